//! The event that S3 sends to Lambda after an object was created.

use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::object::Object;
use crate::constants::{ACCOUNT, BUCKET, REGION};

/// How an object was created.
#[derive(Clone, Copy, Debug)]
pub(super) enum Created {
    Put,
    Copy,
    CompleteMultipartUpload,
}

/// Escapes all characters except those that S3 does not escape in a key. A space becomes `+` afterwards.
const KEY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'*').remove(b'/');

/// The event of one created object. `sequencer` grows with every event.
pub(super) fn created(object: &Object, how: Created, sequencer: u64) -> Value {
    let name = match how {
        Created::Put => "ObjectCreated:Put",
        Created::Copy => "ObjectCreated:Copy",
        Created::CompleteMultipartUpload => "ObjectCreated:CompleteMultipartUpload",
    };
    json!({"Records": [{
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": REGION,
        "eventTime": time(object.modified),
        "eventName": name,
        "userIdentity": {"principalId": format!("AWS:{ACCOUNT}")},
        "requestParameters": {"sourceIPAddress": "127.0.0.1"},
        "responseElements": {
            "x-amz-request-id": uuid::Uuid::new_v4().simple().to_string().to_uppercase(),
            "x-amz-id-2": uuid::Uuid::new_v4().simple().to_string(),
        },
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "contacts-local",
            "bucket": {
                "name": BUCKET,
                "ownerIdentity": {"principalId": ACCOUNT},
                "arn": format!("arn:aws:s3:::{BUCKET}"),
            },
            "object": {
                "key": encode(&object.key),
                "size": object.size,
                "eTag": object.etag,
                "sequencer": format!("{sequencer:016X}"),
            },
        },
    }]})
}

/// The key of the object in an event that [`created`] made.
pub(super) fn subject(event: &Value) -> Option<String> {
    let key = event.pointer("/Records/0/s3/object/key")?.as_str()?.replace('+', " ");
    Some(percent_encoding::percent_decode_str(&key).decode_utf8().ok()?.into_owned())
}

/// S3's URL encoding of a key.
pub(super) fn encode(key: &str) -> String {
    utf8_percent_encode(key, KEY).to_string().replace("%20", "+")
}

fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_encoded_as_s3_does_it_and_read_back() {
        let cases = [
            ("imports/acme/a.csv", "imports/acme/a.csv"),
            ("red flower+1.jpg", "red+flower%2B1.jpg"),
            ("ünï/%2F~(x)!'.csv", "%C3%BCn%C3%AF/%252F%7E%28x%29%21%27.csv"),
        ];
        for (key, encoded) in cases {
            assert_eq!(encode(key), encoded);
            let event = json!({"Records": [{"s3": {"object": {"key": encoded}}}]});
            assert_eq!(subject(&event), Some(key.to_owned()));
        }
    }
}
