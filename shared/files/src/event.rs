//! The object that an S3 event names.

use aws_lambda_events::event::s3::S3EventRecord;
use contacts::{IdError, Workspace, WorkspaceError};
use percent_encoding::percent_decode_str;

/// An object that was put into a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredObject {
    /// The bucket.
    pub bucket: String,
    /// The object's key, decoded.
    pub key: String,
    /// Identifies this version of the object: a replacement with the same key has another. Without quotes.
    pub etag: Option<String>,
}

/// Why a function ignores an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Ignored {
    /// The event does not report a created object.
    #[error("the event does not report a created object")]
    NotCreated,
    /// The event lacks the bucket or the key.
    #[error("the event names no object")]
    NoObject,
    /// The key is not UTF-8.
    #[error("the key is not UTF-8")]
    NotUtf8,
    /// The key does not have a form that this function handles.
    #[error("the key has no form that this function handles")]
    Elsewhere,
    /// The second part of the key is not a valid workspace.
    #[error("the key has no valid workspace")]
    Workspace(#[from] WorkspaceError),
    /// The part of the key that should be an id is not one.
    #[error("the key has no valid id")]
    Id(#[from] IdError),
}

impl StoredObject {
    /// Reads one record of an event.
    ///
    /// # Errors
    /// [`Ignored::NotCreated`], [`Ignored::NoObject`] and [`Ignored::NotUtf8`].
    pub fn of(record: &S3EventRecord) -> Result<StoredObject, Ignored> {
        if record.event_name.as_ref().is_some_and(|name| !name.starts_with("ObjectCreated:")) {
            return Err(Ignored::NotCreated);
        }
        let object = &record.s3.object;
        let (Some(bucket), Some(key)) = (&record.s3.bucket.name, &object.key) else { return Err(Ignored::NoObject) };
        Ok(StoredObject {
            bucket: bucket.clone(),
            key: decode(key).ok_or(Ignored::NotUtf8)?,
            etag: object.e_tag.as_ref().map(|etag| etag.trim_matches('"').to_owned()),
        })
    }

    /// Splits a key in this folder into the workspace and the rest.
    ///
    /// # Errors
    /// [`Ignored::Elsewhere`] and [`Ignored::Workspace`].
    pub fn below(&self, folder: &str) -> Result<(Workspace, &str), Ignored> {
        let rest = self.key.strip_prefix(folder).ok_or(Ignored::Elsewhere)?;
        let (workspace, name) = rest.split_once('/').ok_or(Ignored::Elsewhere)?;
        Ok((Workspace::parse(workspace)?, name))
    }
}

/// Decodes the URL encoding of keys in events, where `+` is a space.
fn decode(key: &str) -> Option<String> {
    let key = key.replace('+', " ");
    Some(percent_decode_str(&key).decode_utf8().ok()?.into_owned())
}

#[cfg(test)]
mod tests {
    use aws_lambda_events::event::s3::S3Event;
    use serde_json::json;

    use super::*;

    fn object_with(key: &str, name: &str) -> Result<StoredObject, Ignored> {
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
                "object": {"key": key, "size": 42, "eTag": "e", "sequencer": "01"},
            },
        }]}))
        .unwrap();
        StoredObject::of(&event.records[0])
    }

    fn object(key: &str) -> StoredObject {
        object_with(key, "ObjectCreated:Put").unwrap()
    }

    #[test]
    fn keys_are_decoded() {
        for (encoded, key) in [
            ("imports/acme/people.csv", "imports/acme/people.csv"),
            ("imports/acme/my+people%2B1+%28new%29.CSV", "imports/acme/my people+1 (new).CSV"),
            ("a%2Fb/%C3%BC%2525", "a/b/ü%25"),
        ] {
            assert_eq!(object(encoded).key, key);
        }
        assert_eq!((object("a").bucket.as_str(), object("a").etag.as_deref()), ("b", Some("e")));
        assert_eq!(object_with("a%FF", "ObjectCreated:Copy"), Err(Ignored::NotUtf8));
        assert_eq!(object_with("a", "ObjectRemoved:Delete"), Err(Ignored::NotCreated));
    }

    #[test]
    fn an_object_is_of_a_workspace() {
        let below = |key: &str| object(key).below("imports/").map(|(workspace, rest)| format!("{workspace}|{rest}"));
        assert_eq!(below("imports/a_b-2/2026/x.csv"), Ok("a_b-2|2026/x.csv".to_owned()));
        for (key, reason) in [
            ("imports/people.csv", Ignored::Elsewhere),
            ("exports/acme/people.csv", Ignored::Elsewhere),
            ("Imports/acme/people.csv", Ignored::Elsewhere),
            ("imports/Acme/people.csv", Ignored::Workspace(WorkspaceError)),
            ("imports//people.csv", Ignored::Workspace(WorkspaceError)),
            ("imports/a%23b/people.csv", Ignored::Workspace(WorkspaceError)),
        ] {
            assert_eq!(below(key), Err(reason), "{key}");
        }
    }
}
