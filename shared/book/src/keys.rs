//! The names in the table: keys, indexes, and the attributes that several modules use.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contacts::{Contact, ContactId, ConversationId, ExportId, Identifier, ImportId, LedgerKey, Workspace, time};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

/// The table's partition key.
pub const PK: &str = "pk";
/// The table's sort key.
pub const SK: &str = "sk";
/// The time at which DynamoDB expires an item, in seconds since 1970.
pub const EXPIRES_AT: &str = "expires_at";

/// The partition key of every index: `<workspace>#<shard>`.
pub const INDEX_SHARD: &str = "index_shard";
/// Lookup and order by phone; projects keys only.
pub const PHONE_INDEX: &str = "phone-index";
/// Sort key of [`PHONE_INDEX`]: the phone in E.164.
pub const PHONE: &str = "phone";
/// Lookup and order by email; projects keys only.
pub const EMAIL_INDEX: &str = "email-index";
/// Sort key of [`EMAIL_INDEX`]: the email's match key.
pub const EMAIL: &str = "email";
/// The list by last activity; projects all attributes.
pub const RECENT_INDEX: &str = "recent-index";
/// Sort key of [`RECENT_INDEX`]: `<last activity>#<id>`.
pub const RECENT: &str = "recent";

/// Lookup and order by name; projects keys only.
pub const NAME_INDEX: &str = "name-index";
/// Sort key of [`NAME_INDEX`]: the folded name.
pub const NAME_KEY: &str = "name_key";
/// Lookup by family name; projects keys only. Contacts with a name of one word are not in it.
pub const FAMILY_INDEX: &str = "family-index";
/// Sort key of [`FAMILY_INDEX`]: the folded name, its last word first.
pub const FAMILY_KEY: &str = "family_key";
/// The order by creation, which nothing changes; projects keys only. Its sort key is [`PK`], which contains the id.
pub const CREATED_INDEX: &str = "created-index";

/// The list of contacts in conflict; projects keys only. Contacts without conflicts are not in it.
pub const CONFLICT_INDEX: &str = "conflict-index";
/// Sort key of [`CONFLICT_INDEX`]: `<newest conflict>#<id>`.
pub const CONFLICT_AT: &str = "conflict_at";

/// The format version of an item: see [`SCHEMA_VERSION`].
pub const SCHEMA: &str = "schema";
/// The newest format version that this build knows. A build reads what it understands of items in a newer format, and
/// never writes them. An item without the attribute is older than formats.
///
/// Every item has the lowest version that its content needs, so that in a deployment, or after a rollback, older builds
/// refuse only what they would misread. Version 2 has identifiers that a contact only shows, contacts that are kept apart,
/// shared claims and unlinked conversations.
pub const SCHEMA_VERSION: u64 = 2;
/// The format version of items that need no later one.
pub const FIRST_SCHEMA_VERSION: u64 = 1;

pub(crate) const VERSION: &str = "version";
pub(crate) const CAUSE: &str = "cause";
pub(crate) const WRITE: &str = "write";
pub(crate) const CONTACT_ID: &str = "contact_id";
pub(crate) const VOID_BEFORE: &str = "void_before";
pub(crate) const TAKEN_FROM: &str = "taken_from";
pub(crate) const SHARED_BY: &str = "shared_by";
pub(crate) const UNLINKED: &str = "unlinked";
pub(crate) const MERGED_INTO: &str = "merged_into";
pub(crate) const DELETED_AT: &str = "deleted_at";
pub(crate) const ERASED_AT: &str = "erased_at";
/// Marked the tombstone of a deletion that an older build had not finished.
pub(crate) const UNCLEARED: &str = "uncleared";
pub(crate) const ANSWER: &str = "answer";
/// When a contact last had as many conflicts as it can have, so that it may have forgotten older ones.
pub(crate) const CONFLICTS_FULL_AT: &str = "conflicts_full_at";

/// An item's primary key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

/// The maximum length of a sort key in DynamoDB, in bytes.
pub(crate) const MAX_SORT_KEY: usize = 1_024;
/// The bytes of a name by which it is sorted, so that the end of a range fits a sort key, too.
const MAX_NAME_KEY: usize = 1_000;
/// Sorts after every sort key of a prefix, so no sort key contains it.
pub(crate) const GREATEST: char = '\u{10ffff}';

const SETTINGS_SK: &str = "SETTINGS";
const CONTACT_SK: &str = "CONTACT";
const CLAIM_SK: &str = "CLAIM";
const LEDGER_SK: &str = "ERASED";
/// The sort key of the item that names the export which runs, beside the exports.
pub(crate) const RUNNING_SK: &str = "RUNNING";
/// The prefix of the sort keys of chunks.
const CHUNK_PREFIX: &str = "CHUNK#";
/// The prefix of the sort keys of conversation links.
pub(crate) const LINK_PREFIX: &str = "V#";
/// The prefix of the sort keys of join records.
pub(crate) const JOIN_PREFIX: &str = "J#";
/// The prefix of the sort keys of history.
pub(crate) const HISTORY_PREFIX: &str = "H#";

impl Key {
    pub(crate) fn settings(workspace: &Workspace) -> Key {
        Key { pk: workspace_partition(workspace), sk: SETTINGS_SK.to_owned() }
    }

    pub(crate) fn contact(workspace: &Workspace, id: ContactId) -> Key {
        Key { pk: contact_partition(workspace, id), sk: CONTACT_SK.to_owned() }
    }

    /// The key of a claim contains a hash, so it has no personal data and a fixed length.
    pub(crate) fn claim(workspace: &Workspace, identifier: &Identifier) -> Key {
        let mut hash = Sha256::new();
        for part in [workspace.as_str(), identifier.kind(), identifier.match_key()] {
            hash.update(part);
            // No part contains NUL, so different triples are hashed differently.
            hash.update([0]);
        }
        let hash = URL_SAFE_NO_PAD.encode(hash.finalize());
        Key { pk: format!("W#{workspace}#I#{}#{hash}", identifier.kind()), sk: CLAIM_SK.to_owned() }
    }

    /// The key of a claim with this partition.
    pub(crate) fn claim_at(partition: &str) -> Key {
        Key { pk: partition.to_owned(), sk: CLAIM_SK.to_owned() }
    }

    /// The key of an entry in the ledger of erasures. Its hash needs the workspace's key, so that nobody who reads the table can
    /// try out whose identifier it is.
    pub(crate) fn erased(workspace: &Workspace, key: &LedgerKey, identifier: &Identifier) -> Key {
        // Any key is accepted: HMAC hashes long ones.
        let hash = Hmac::<Sha256>::new_from_slice(key.as_str().as_bytes()).map_or_else(
            |_| Vec::new(),
            |mut hash| {
                for part in [identifier.kind(), identifier.match_key()] {
                    hash.update(part.as_bytes());
                    // No part contains NUL.
                    hash.update(&[0]);
                }
                hash.finalize().into_bytes().to_vec()
            },
        );
        let pk = format!("{}#{}", erasures_partition(workspace), URL_SAFE_NO_PAD.encode(hash));
        Key { pk, sk: LEDGER_SK.to_owned() }
    }

    pub(crate) fn erasure(workspace: &Workspace, at: Timestamp, id: ContactId) -> Key {
        Key { pk: erasures_partition(workspace), sk: format!("{}#{id}", time::sort_key(at)) }
    }

    pub(crate) fn link(workspace: &Workspace, id: ContactId, at: Timestamp, conversation: &ConversationId) -> Key {
        Key { pk: contact_partition(workspace, id), sk: link_sort_key(at, conversation) }
    }

    pub(crate) fn join(workspace: &Workspace, id: ContactId, at: Timestamp, other: ContactId) -> Key {
        Key { pk: contact_partition(workspace, id), sk: format!("{JOIN_PREFIX}{}#{other}", time::sort_key(at)) }
    }

    pub(crate) fn history(workspace: &Workspace, id: ContactId, version: u64) -> Key {
        Key { pk: contact_partition(workspace, id), sk: history_sort_key(version) }
    }

    pub(crate) fn chunk(workspace: &Workspace, id: ImportId, number: u32) -> Key {
        Key { pk: chunks_partition(workspace, id), sk: format!("{CHUNK_PREFIX}{number:06}") }
    }

    pub(crate) fn import(workspace: &Workspace, id: ImportId) -> Key {
        Key { pk: imports_partition(workspace), sk: id.to_string() }
    }

    pub(crate) fn export(workspace: &Workspace, id: ExportId) -> Key {
        Key { pk: exports_partition(workspace), sk: id.to_string() }
    }

    pub(crate) fn running_export(workspace: &Workspace) -> Key {
        Key { pk: exports_partition(workspace), sk: RUNNING_SK.to_owned() }
    }
}

/// The partition of a workspace's settings.
pub(crate) fn workspace_partition(workspace: &Workspace) -> String {
    format!("W#{workspace}")
}

/// The start of the keys of a workspace's other partitions.
pub(crate) fn workspace_partitions(workspace: &Workspace) -> String {
    format!("W#{workspace}#")
}

/// The partition of a contact, its joins, its conversation links and its history.
pub(crate) fn contact_partition(workspace: &Workspace, id: ContactId) -> String {
    format!("{}{id}", contact_partitions(workspace))
}

/// The start of every contact's partition key in a workspace.
pub(crate) fn contact_partitions(workspace: &Workspace) -> String {
    format!("W#{workspace}#C#")
}

/// The partition of a workspace's imports.
pub(crate) fn imports_partition(workspace: &Workspace) -> String {
    format!("W#{workspace}#M")
}

/// The partition of a workspace's exports.
pub(crate) fn exports_partition(workspace: &Workspace) -> String {
    format!("W#{workspace}#X")
}

/// The partition of a workspace's erasures. Those of the ledger's entries begin with it.
pub(crate) fn erasures_partition(workspace: &Workspace) -> String {
    format!("W#{workspace}#E")
}

/// Parses the number of a chunk from its sort key.
pub(crate) fn chunk_number(sort_key: &str) -> Option<u32> {
    sort_key.strip_prefix(CHUNK_PREFIX)?.parse().ok()
}

/// The partition of an import's chunks.
pub(crate) fn chunks_partition(workspace: &Workspace, id: ImportId) -> String {
    format!("W#{workspace}#M#{id}")
}

/// The sort key of a version's history.
pub(crate) fn history_sort_key(version: u64) -> String {
    format!("{HISTORY_PREFIX}{version:012}")
}

/// Whether a sort key is that of a contact's own item.
pub(crate) fn is_contact(sort_key: &str) -> bool {
    sort_key == CONTACT_SK
}

/// The sort key of a link. Conversations are listed by their start.
pub(crate) fn link_sort_key(at: Timestamp, conversation: &ConversationId) -> String {
    format!("{LINK_PREFIX}{}#{conversation}", time::sort_key(at))
}

/// The partition key of one shard of an index.
pub(crate) fn index_shard(workspace: &Workspace, shard: u32) -> String {
    format!("{workspace}#{shard}")
}

/// The shard of a contact among `shards`, from the last bytes of the UUIDv7, which are random.
pub(crate) fn shard_of(id: ContactId, shards: u32) -> u32 {
    let bytes = id.as_bytes();
    u32::from_be_bytes([bytes[12], bytes[13], bytes[14], bytes[15]]) % shards.max(1)
}

/// The attributes of a live contact that are sort keys of indexes.
pub(crate) const SORT_KEYS: [&str; 6] = [RECENT, NAME_KEY, FAMILY_KEY, PHONE, EMAIL, CONFLICT_AT];

/// The value of one of the [`SORT_KEYS`]; `None` if the contact is not in the index.
pub(crate) fn sort_key(attribute: &str, contact: &Contact) -> Option<String> {
    match attribute {
        NAME_KEY => contact.name().and_then(|name| name_key(&name.folded())),
        FAMILY_KEY => contact.name().and_then(|name| name_key(&name.folded_family_first()?)),
        PHONE => Some(contact.phone()?.as_str().to_owned()),
        EMAIL => Some(contact.email()?.match_key().to_owned()),
        CONFLICT_AT => conflict_at(contact),
        _ => Some(recent(contact.last_activity(), contact.id)),
    }
}

/// A folded name, or the start of one, as it is in the indexes: without the greatest character, and of a length that
/// DynamoDB accepts.
pub(crate) fn name_key(folded: &str) -> Option<String> {
    let mut key = folded.replace(GREATEST, "");
    key.truncate(key.floor_char_boundary(MAX_NAME_KEY));
    (!key.is_empty()).then_some(key)
}

/// The sort key of the list by last activity.
pub(crate) fn recent(last_activity: Timestamp, id: ContactId) -> String {
    format!("{}#{id}", time::sort_key(last_activity))
}

/// The sort key of the list of conflicts; `None` if the contact has none.
fn conflict_at(contact: &Contact) -> Option<String> {
    let newest = contact.conflicts.iter().map(|conflict| conflict.at).max()?;
    Some(format!("{}#{}", time::sort_key(newest), contact.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_as_the_table_is_documented() {
        let workspace = Workspace::parse("acme").unwrap();
        let id = ContactId::parse("0190c5f2-0000-7000-8000-000000000001").unwrap();
        let at = time::from_millis(0);
        let key = |key: Key| format!("{} | {}", key.pk, key.sk);
        assert_eq!(key(Key::settings(&workspace)), "W#acme | SETTINGS");
        assert_eq!(key(Key::contact(&workspace, id)), "W#acme#C#0190c5f2-0000-7000-8000-000000000001 | CONTACT");
        let conversation = ConversationId::parse("c:1").unwrap();
        assert_eq!(
            key(Key::link(&workspace, id, at, &conversation)),
            "W#acme#C#0190c5f2-0000-7000-8000-000000000001 | V#1970-01-01T00:00:00.000Z#c:1"
        );
        let export = ExportId::parse("0190c5f2-0000-7000-8000-000000000002").unwrap();
        assert_eq!(key(Key::export(&workspace, export)), "W#acme#X | 0190c5f2-0000-7000-8000-000000000002");
        let claim = Key::claim(&workspace, &Identifier::Email("ada@example.com".to_owned()));
        assert!(claim.pk.starts_with("W#acme#I#email#") && !claim.pk.contains("ada"), "{claim:?}");
        assert_eq!(claim.pk.len(), "W#acme#I#email#".len() + 43);
        let secret = |text: &str| LedgerKey::new(text.to_owned());
        let ada = Identifier::Email("ada@example.com".to_owned());
        let erased = Key::erased(&workspace, &secret("k"), &ada);
        assert!(erased.pk.starts_with("W#acme#E#") && erased.pk.len() == "W#acme#E#".len() + 43, "{erased:?}");
        assert_ne!(erased.pk, Key::erased(&workspace, &secret("l"), &ada).pk, "only who has the key can make it");
        assert_ne!(erased.pk, Key::erased(&workspace, &secret("k"), &Identifier::Slack("ada@example.com".into())).pk);
        assert_eq!(
            key(Key::erasure(&workspace, at, id)),
            "W#acme#E | 1970-01-01T00:00:00.000Z#0190c5f2-0000-7000-8000-000000000001"
        );
        assert_eq!(recent(at, id), "1970-01-01T00:00:00.000Z#0190c5f2-0000-7000-8000-000000000001");
    }

    #[test]
    fn a_name_of_any_length_fits_an_index() {
        let key = name_key(&format!("{}{GREATEST}", "é".repeat(600))).unwrap();
        assert_eq!((key.len(), key.chars().all(|c| c == 'é')), (MAX_NAME_KEY, true));
        assert_eq!(name_key(&GREATEST.to_string()), None);
    }

    #[test]
    fn a_claim_belongs_to_one_workspace_and_one_kind() {
        let key =
            |workspace: &str, identifier: Identifier| Key::claim(&Workspace::parse(workspace).unwrap(), &identifier);
        let slack = key("acme", Identifier::Slack("u1".into()));
        assert_ne!(slack.pk.rsplit('#').next(), key("acme2", Identifier::Slack("u1".into())).pk.rsplit('#').next());
        assert_ne!(slack.pk.rsplit('#').next(), key("acme", Identifier::Instagram("u1".into())).pk.rsplit('#').next());
    }
}
