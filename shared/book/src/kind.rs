//! What an item of the table is, by its key.

use crate::keys::{self, HISTORY_PREFIX, JOIN_PREFIX, LINK_PREFIX, RUNNING_SK};

/// What an item of a workspace is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemKind {
    /// The settings of the workspace, with its custom fields.
    Settings,
    /// A contact, live, joined into another, or deleted.
    Contact,
    /// An entry of a contact's history.
    History,
    /// A join of a contact.
    Join,
    /// A conversation of a contact.
    Conversation,
    /// The claim of an identifier.
    Claim,
    /// An import.
    Import,
    /// A chunk of an import.
    Chunk,
    /// An export.
    Export,
    /// Which export runs.
    RunningExport,
    /// An erasure.
    Erasure,
    /// An entry of the ledger of erasures: the keyed hash of an identifier.
    LedgerEntry,
    /// An item that this build does not know.
    Unknown,
}

impl ItemKind {
    /// The kind of the item with this key.
    pub(crate) fn of(pk: &str, sk: &str) -> ItemKind {
        let mut parts = pk.split('#').skip(2);
        match (parts.next(), parts.next()) {
            (None, _) => ItemKind::Settings,
            (Some("C"), Some(_)) if keys::is_contact(sk) => ItemKind::Contact,
            (Some("C"), Some(_)) if sk.starts_with(HISTORY_PREFIX) => ItemKind::History,
            (Some("C"), Some(_)) if sk.starts_with(JOIN_PREFIX) => ItemKind::Join,
            (Some("C"), Some(_)) if sk.starts_with(LINK_PREFIX) => ItemKind::Conversation,
            (Some("I"), Some(_)) => ItemKind::Claim,
            (Some("M"), None) => ItemKind::Import,
            (Some("M"), Some(_)) => ItemKind::Chunk,
            (Some("X"), None) if sk == RUNNING_SK => ItemKind::RunningExport,
            (Some("X"), None) => ItemKind::Export,
            (Some("E"), None) => ItemKind::Erasure,
            (Some("E"), Some(_)) => ItemKind::LedgerEntry,
            _ => ItemKind::Unknown,
        }
    }

    /// The name in exports and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            ItemKind::Settings => "settings",
            ItemKind::Contact => "contact",
            ItemKind::History => "history",
            ItemKind::Join => "join",
            ItemKind::Conversation => "conversation",
            ItemKind::Claim => "claim",
            ItemKind::Import => "import",
            ItemKind::Chunk => "chunk",
            ItemKind::Export => "export",
            ItemKind::RunningExport => "running_export",
            ItemKind::Erasure => "erasure",
            ItemKind::LedgerEntry => "ledger_entry",
            ItemKind::Unknown => "unknown",
        }
    }
}

#[cfg(test)]
mod tests {
    use contacts::{ContactId, ConversationId, ExportId, Identifier, ImportId, LedgerKey, Workspace, time};

    use super::*;
    use crate::keys::Key;

    #[test]
    fn every_key_has_its_kind() {
        let (workspace, at) = (Workspace::parse("acme").unwrap(), time::from_millis(0));
        let (id, import) = (ContactId::new(), ImportId::new());
        let conversation = ConversationId::parse("c-1").unwrap();
        let named = Identifier::Conversation(conversation.clone());
        for (key, kind) in [
            (Key::settings(&workspace), ItemKind::Settings),
            (Key::contact(&workspace, id), ItemKind::Contact),
            (Key::history(&workspace, id, 3), ItemKind::History),
            (Key::join(&workspace, id, at, ContactId::new()), ItemKind::Join),
            (Key::link(&workspace, id, at, &conversation), ItemKind::Conversation),
            (Key::erased(&workspace, &LedgerKey::new("k".to_owned()), &named), ItemKind::LedgerEntry),
            (Key::erasure(&workspace, at, id), ItemKind::Erasure),
            (Key::claim(&workspace, &named), ItemKind::Claim),
            (Key::import(&workspace, import), ItemKind::Import),
            (Key::chunk(&workspace, import, 7), ItemKind::Chunk),
            (Key::export(&workspace, ExportId::new()), ItemKind::Export),
            (Key::running_export(&workspace), ItemKind::RunningExport),
            (Key { pk: "W#acme#Z".to_owned(), sk: "1".to_owned() }, ItemKind::Unknown),
        ] {
            assert_eq!(ItemKind::of(&key.pk, &key.sk), kind, "{key:?}");
        }
    }
}
