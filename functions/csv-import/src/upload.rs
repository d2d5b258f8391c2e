//! An upload, as the event of S3 tells of it.

use aws_lambda_events::event::s3::S3EventRecord;
use contacts::{ImportId, Workspace, WorkspaceError, time};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use sha2::{Digest as _, Sha256};

/// Where the files to import are.
const FOLDER: &str = "imports/";
/// How their keys end, in any case.
const SUFFIX: &str = ".csv";

/// A file that was put up for import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Upload {
    /// The import that it starts: the same for every delivery of the event.
    pub(crate) id: ImportId,
    pub(crate) workspace: Workspace,
    pub(crate) bucket: String,
    pub(crate) key: String,
    /// Without quotes.
    pub(crate) etag: Option<String>,
    pub(crate) size: u64,
    /// When it was uploaded: the moment at which its rows were observed.
    pub(crate) at: Timestamp,
}

/// Why an event starts no import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Ignored {
    #[error("the event is not of a created object")]
    NotCreated,
    #[error("the event names no object")]
    NoObject,
    #[error("the key is not UTF-8")]
    NotUtf8,
    #[error("the key is not of the form imports/<workspace>/<name>.csv")]
    Elsewhere,
    #[error("the key names no workspace: {0}")]
    Workspace(#[from] WorkspaceError),
}

impl Upload {
    /// Reads one record of an event.
    pub(crate) fn of(record: &S3EventRecord) -> Result<Upload, Ignored> {
        if record.event_name.as_ref().is_some_and(|name| !name.starts_with("ObjectCreated:")) {
            return Err(Ignored::NotCreated);
        }
        let object = &record.s3.object;
        let (Some(bucket), Some(key)) = (&record.s3.bucket.name, &object.key) else { return Err(Ignored::NoObject) };
        let key = decode(key).ok_or(Ignored::NotUtf8)?;
        let rest = key.strip_prefix(FOLDER).ok_or(Ignored::Elsewhere)?;
        let (workspace, name) = rest.split_once('/').ok_or(Ignored::Elsewhere)?;
        if !name.to_ascii_lowercase().ends_with(SUFFIX) {
            return Err(Ignored::Elsewhere);
        }
        let workspace = Workspace::parse(workspace)?;
        let at = time::from_millis(record.event_time.timestamp_millis());
        // Every part of the event that could tell this upload from another of the same name in the same millisecond.
        let marks = [&object.sequencer, &object.version_id, &object.e_tag];
        let marks = marks.map(|mark| mark.as_deref().unwrap_or_default());
        let mut digest = Sha256::new();
        for part in [bucket, key.as_str()].into_iter().chain(marks) {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        Ok(Upload {
            id: ImportId::of_upload(at, &digest.finalize().into()),
            workspace,
            bucket: bucket.clone(),
            etag: object.e_tag.as_ref().map(|etag| etag.trim_matches('"').to_owned()),
            size: object.size.and_then(|size| u64::try_from(size).ok()).unwrap_or(0),
            at,
            key,
        })
    }

    /// The file's name, without the folders it is in.
    pub(crate) fn file_name(&self) -> &str {
        self.key.rsplit('/').next().unwrap_or(&self.key)
    }
}

/// Undoes the URL encoding of keys in events, in which `+` is a space.
fn decode(key: &str) -> Option<String> {
    let key = key.replace('+', " ");
    Some(percent_decode_str(&key).decode_utf8().ok()?.into_owned())
}

#[cfg(test)]
mod tests {
    use aws_lambda_events::event::s3::S3Event;
    use serde_json::json;

    use super::*;

    fn upload_with(key: &str, name: &str, sequencer: &str) -> Result<Upload, Ignored> {
        let event: S3Event = serde_json::from_value(json!({"Records": [{
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "awsRegion": "us-east-1",
            "eventTime": "2026-11-22T10:00:00.123Z",
            "eventName": name,
            "userIdentity": {"principalId": "AWS:1"},
            "requestParameters": {"sourceIPAddress": "127.0.0.1"},
            "responseElements": {"x-amz-request-id": "1", "x-amz-id-2": "2"},
            "s3": {
                "s3SchemaVersion": "1.0",
                "configurationId": "c",
                "bucket": {"name": "b", "ownerIdentity": {"principalId": "1"}, "arn": "arn:aws:s3:::b"},
                "object": {"key": key, "size": 42, "eTag": "e", "sequencer": sequencer},
            },
        }]}))
        .unwrap();
        Upload::of(&event.records[0])
    }

    fn upload(key: &str) -> Result<Upload, Ignored> {
        upload_with(key, "ObjectCreated:Put", "01")
    }

    #[test]
    fn keys_are_decoded() {
        for (key, workspace, name) in [
            ("imports/acme/people.csv", "acme", "people.csv"),
            ("imports/acme/my+people%2B1+%28new%29.CSV", "acme", "my people+1 (new).CSV"),
            ("imports/a_b-2/2026/Mai/Leute+%C3%BC.Csv", "a_b-2", "Leute ü.Csv"),
            ("imports/acme/%2525.csv", "acme", "%25.csv"),
            ("imports/acme/.csv", "acme", ".csv"),
        ] {
            let upload = upload(key).unwrap();
            assert_eq!((upload.workspace.as_str(), upload.file_name()), (workspace, name));
        }
        let upload = upload("imports/acme/a.csv").unwrap();
        assert_eq!((upload.size, upload.etag.as_deref()), (42, Some("e")));
        assert_eq!(upload.at.to_string(), "2026-11-22T10:00:00.123Z");
    }

    #[test]
    fn other_objects_are_left_alone() {
        for (key, reason) in [
            ("imports/acme/people.xlsx", Ignored::Elsewhere),
            ("imports/acme/people.csv/x", Ignored::Elsewhere),
            ("imports/people.csv", Ignored::Elsewhere),
            ("exports/acme/people.csv", Ignored::Elsewhere),
            ("Imports/acme/people.csv", Ignored::Elsewhere),
            ("imports/Acme/people.csv", Ignored::Workspace(WorkspaceError)),
            ("imports//people.csv", Ignored::Workspace(WorkspaceError)),
            ("imports/a%23b/people.csv", Ignored::Workspace(WorkspaceError)),
            ("imports/acme/%FF.csv", Ignored::NotUtf8),
        ] {
            assert_eq!(upload(key), Err(reason), "{key}");
        }
        assert_eq!(upload_with("imports/acme/a.csv", "ObjectRemoved:Delete", "01"), Err(Ignored::NotCreated));
    }

    #[test]
    fn an_upload_has_one_import_however_often_its_event_comes() {
        let id = |key, sequencer| upload_with(key, "ObjectCreated:Put", sequencer).unwrap().id;
        assert_eq!(id("imports/acme/a.csv", "01"), id("imports/acme/a.csv", "01"));
        assert_ne!(id("imports/acme/a.csv", "01"), id("imports/acme/a.csv", "02"));
        assert_ne!(id("imports/acme/a.csv", "01"), id("imports/acme/b.csv", "01"));
    }
}
