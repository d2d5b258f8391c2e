//! The ids of contacts, imports, exports and conversations.

use std::fmt;

use jiff::Timestamp;
use uuid::Uuid;

/// A contact's id, a UUIDv7.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContactId(Uuid);

/// An import's id, a UUIDv7: the newest import sorts last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImportId(Uuid);

/// An export's id, a UUIDv7.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExportId(Uuid);

/// Why a text is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The text is not the 36-character form of a UUID.
    #[error("not an id: expected a UUID")]
    NotUuid,
    /// The conversation id has a wrong character or length.
    #[error("a conversation id is 1 to 128 characters of A-Z, a-z, 0-9, '.', '_', ':' and '-'")]
    Conversation,
}

macro_rules! uuid_id {
    ($name:ident) => {
        impl $name {
            /// Creates an id. Ids sort by the time of their creation.
            pub fn new() -> $name {
                $name(Uuid::now_v7())
            }

            /// Parses the hyphenated form; upper case is accepted.
            ///
            /// # Errors
            /// [`IdError`] when the text is not such an id.
            pub fn parse(text: &str) -> Result<$name, IdError> {
                // `Uuid`'s parser also accepts braces, URNs and bare hex; then one contact would have several
                // addresses.
                if text.len() != 36 {
                    return Err(IdError::NotUuid);
                }
                Uuid::try_parse(text).map($name).map_err(|_| IdError::NotUuid)
            }

            /// The 16 bytes.
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl Default for $name {
            fn default() -> $name {
                $name::new()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

uuid_id!(ContactId);
uuid_id!(ImportId);
uuid_id!(ExportId);

impl ImportId {
    /// The id of the import that an uploaded file starts. The same upload always gets the same id, so an event that is
    /// delivered twice finds the import that it already started.
    ///
    /// `at` is the event's time; `digest` is a hash that differs for every upload.
    pub fn of_upload(at: Timestamp, digest: &[u8; 32]) -> ImportId {
        let mut random = [0; 10];
        random.copy_from_slice(&digest[..10]);
        let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
        ImportId(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }
}

/// A conversation's id as assigned by its platform: 1–128 characters of `A–Z a–z 0–9 . _ : -`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConversationId(String);

impl ConversationId {
    /// Parses a conversation id, without trimming it or changing its case.
    ///
    /// # Errors
    /// [`IdError::Conversation`] when the text is not a conversation id.
    pub fn parse(text: &str) -> Result<ConversationId, IdError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b':' | b'-');
        if (1..=128).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(ConversationId(text.to_owned()))
        } else {
            Err(IdError::Conversation)
        }
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_id_has_one_written_form() {
        let id = ContactId::new();
        assert_eq!(ContactId::parse(&id.to_string()), Ok(id));
        assert_eq!(ContactId::parse(&id.to_string().to_uppercase()), Ok(id));
        for bad in ["", "x", &format!("{{{id}}}"), &id.to_string().replace('-', "")] {
            assert_eq!(ContactId::parse(bad), Err(IdError::NotUuid), "{bad}");
        }
    }

    #[test]
    fn a_conversation_id_keeps_to_its_alphabet() {
        for good in ["c", "A.z_0:9-", &"c".repeat(128)] {
            assert_eq!(ConversationId::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "a b", "a#b", "a/b", "é", &"c".repeat(129)] {
            assert_eq!(ConversationId::parse(bad), Err(IdError::Conversation), "{bad}");
        }
    }

    #[test]
    fn an_upload_has_one_import_id_and_ids_sort_by_time() {
        let (early, late) = (Timestamp::from_millisecond(1_000).unwrap(), Timestamp::from_millisecond(2_000).unwrap());
        assert_eq!(ImportId::of_upload(early, &[7; 32]), ImportId::of_upload(early, &[7; 32]));
        assert_ne!(ImportId::of_upload(early, &[7; 32]), ImportId::of_upload(early, &[8; 32]));
        assert!(ImportId::of_upload(early, &[9; 32]) < ImportId::of_upload(late, &[0; 32]));
    }
}
