//! An uploaded file, from its S3 event.

use aws_lambda_events::event::s3::S3EventRecord;
use contacts::{ImportId, Workspace, time};
use contacts_files::{Ignored, StoredObject, keys};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

/// A file that was uploaded for import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Upload {
    pub(crate) workspace: Workspace,
    pub(crate) object: StoredObject,
    /// The id in the file's key: that of a created import, if one waits for this file.
    pub(crate) awaited: Option<ImportId>,
    /// The id of the import that the file starts if none waits for it. The same for every delivery of the event.
    pub(crate) dropped: ImportId,
    /// When it was uploaded.
    pub(crate) at: Timestamp,
}

impl Upload {
    /// Parses one record of an event.
    pub(crate) fn of(object: StoredObject, record: &S3EventRecord) -> Result<Upload, Ignored> {
        let (workspace, name) = object.below(keys::IMPORTS)?;
        if !name.to_ascii_lowercase().ends_with(keys::FILE) {
            return Err(Ignored::Elsewhere);
        }
        let awaited = name.strip_suffix(keys::FILE).and_then(|id| ImportId::parse(id).ok());
        let at = time::from_millis(record.event_time.timestamp_millis());
        // Every part of the event that may distinguish two uploads of the same name in the same millisecond.
        let event = &record.s3.object;
        let marks = [&event.sequencer, &event.version_id, &event.e_tag];
        let marks = marks.map(|mark| mark.as_deref().unwrap_or_default());
        let mut digest = Sha256::new();
        for part in [object.bucket.as_str(), object.key.as_str()].into_iter().chain(marks) {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        let dropped = ImportId::of_upload(at, &digest.finalize().into());
        Ok(Upload { workspace, awaited, dropped, at, object })
    }

    /// The file's name, without the folders it is in.
    pub(crate) fn file_name(&self) -> &str {
        self.object.key.rsplit('/').next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use aws_lambda_events::event::s3::S3Event;
    use serde_json::json;

    use super::*;

    fn upload_with(key: &str, sequencer: &str) -> Result<Upload, Ignored> {
        let event: S3Event = serde_json::from_value(json!({"Records": [{
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "awsRegion": "us-east-1",
            "eventTime": "2026-11-22T10:00:00.123Z",
            "eventName": "ObjectCreated:Put",
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
        Upload::of(StoredObject::of(&event.records[0])?, &event.records[0])
    }

    fn upload(key: &str) -> Result<Upload, Ignored> {
        upload_with(key, "01")
    }

    #[test]
    fn csv_files_of_a_workspace_are_uploads() {
        for (key, workspace, name) in [
            ("imports/acme/people.csv", "acme", "people.csv"),
            ("imports/a_b-2/2026/Mai/Leute+%C3%BC.Csv", "a_b-2", "Leute ü.Csv"),
            ("imports/acme/.csv", "acme", ".csv"),
        ] {
            let upload = upload(key).unwrap();
            assert_eq!((upload.workspace.as_str(), upload.file_name(), upload.awaited), (workspace, name, None));
        }
        assert_eq!(upload("imports/acme/a.csv").unwrap().at.to_string(), "2026-11-22T10:00:00.123Z");
        for key in ["imports/acme/people.xlsx", "imports/acme/people.csv/x", "imports/people.csv", "exports/acme/a.csv"]
        {
            assert_eq!(upload(key), Err(Ignored::Elsewhere), "{key}");
        }
    }

    #[test]
    fn a_file_named_by_an_id_may_be_awaited() {
        let id = ImportId::new();
        assert_eq!(upload(&format!("imports/acme/{id}.csv")).unwrap().awaited, Some(id));
        for key in
            [format!("imports/acme/new/{id}.csv"), format!("imports/acme/{id}.CSV"), format!("imports/acme/x{id}.csv")]
        {
            assert_eq!(upload(&key).unwrap().awaited, None, "{key}");
        }
    }

    #[test]
    fn an_upload_has_one_import_however_often_its_event_comes() {
        let id = |key, sequencer| upload_with(key, sequencer).unwrap().dropped;
        assert_eq!(id("imports/acme/a.csv", "01"), id("imports/acme/a.csv", "01"));
        assert_ne!(id("imports/acme/a.csv", "01"), id("imports/acme/a.csv", "02"));
        assert_ne!(id("imports/acme/a.csv", "01"), id("imports/acme/b.csv", "01"));
    }
}
