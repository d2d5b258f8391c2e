//! Erasing a contact: nothing that names the person remains.
//!
//! An erasure takes several writes. [`begin_erasure`] puts a tombstone in the place of the contact, which still keeps the
//! contact but can no longer be restored. The store then finds by the kept contact what else is to be removed, and
//! [`finish_erasure`] removes the contact from the tombstone last. So an erasure that was interrupted can be repeated.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::cause::{Actor, Caller, Cause};
use crate::conflict::Conflict;
use crate::contact::Contact;
use crate::diff::Change;
use crate::edit::{EditRefused, identifier};
use crate::field::Value;
use crate::identifier::Identifier;
use crate::identifiers::{HeldIdentifier, Hold};
use crate::ids::ContactId;
use crate::ledger::{Ledger, LedgerKey};
use crate::record::{Record, Tombstone};
use crate::snapshot::{Snapshot, Torn};
use crate::stamp::SourceRef;
use crate::text;
use crate::unconfirmed::Unconfirmed;

/// The task of the system that takes what names an erased person out of other contacts.
const TASK: &str = "erasure";
/// The digits of a phone that a text must have to name it without its calling code.
const MIN_LOCAL_DIGITS: usize = 7;

/// What names a person in the book.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traces {
    /// The contact and those that were joined into it.
    pub contacts: BTreeSet<ContactId>,
    /// The identifiers that the person has or had, conversations included.
    pub identifiers: BTreeSet<Identifier>,
    /// The names.
    pub names: BTreeSet<String>,
    /// Other contacts that may note something of the person.
    pub related: BTreeSet<ContactId>,
}

impl Traces {
    /// Adds what a state of the person's contact says.
    pub fn add(&mut self, contact: &Contact) {
        self.names.extend(contact.name().map(|name| name.as_str().to_owned()));
        let owned = contact.identifiers.owned().map(|held| held.identifier.clone());
        self.identifiers.extend(owned);
        let values = contact.values.values().map(|entry| &entry.stamp.source);
        let identifiers = contact.identifiers.iter().map(|held| &held.stamp.source);
        // Also conversations that a person took from the contact. The claims say which of them are others' by now.
        let unsettled = contact.unconfirmed.iter().map(|entry| &entry.stamp.source);
        let unsettled = unsettled.chain(contact.conflicts.iter().filter_map(|conflict| conflict.source.as_ref()));
        for source in values.chain(identifiers).chain(unsettled).chain([&contact.source]) {
            self.add_source(source);
        }
        let last = contact.last_conversation.iter().map(|info| Identifier::Conversation(info.id.clone()));
        self.identifiers.extend(last);
        self.related.extend(contact.conflicts.iter().map(|conflict| conflict.contact));
        self.related.extend(&contact.kept_apart);
    }

    /// Adds what a write of the person's contact changed.
    pub fn add_change(&mut self, change: &Change) {
        match change {
            Change::Value { before, after, .. } => {
                for entry in before.iter().chain(after) {
                    if let Value::Name(name) = &entry.value {
                        self.names.insert(name.as_str().to_owned());
                    }
                    self.add_source(&entry.stamp.source);
                }
            }
            Change::Primary { before, after, .. } => self.add_held(before.iter().chain(after)),
            Change::Secondary { before, after } => self.add_held(before.iter().chain(after)),
            Change::Conflicts { before, after } => {
                for conflict in before.iter().chain(after) {
                    self.related.insert(conflict.contact);
                    conflict.source.iter().for_each(|source| self.add_source(source));
                }
            }
            Change::Unconfirmed { before, after } => {
                before.iter().chain(after).for_each(|entry| self.add_source(&entry.stamp.source));
            }
            Change::KeptApart { before, after } => self.related.extend(before.iter().chain(after)),
            Change::LastConversation { before, after } => {
                let both = before.iter().chain(after);
                self.identifiers.extend(both.map(|info| Identifier::Conversation(info.id.clone())));
            }
            Change::Shared { .. }
            | Change::Reviewed { .. }
            | Change::Edited { .. }
            | Change::Joined { .. }
            | Change::LastSeen { .. } => {}
        }
    }

    fn add_held<'a>(&mut self, held: impl Iterator<Item = &'a HeldIdentifier>) {
        for held in held.filter(|held| held.hold == Hold::Owned) {
            self.identifiers.insert(held.identifier.clone());
            self.add_source(&held.stamp.source);
        }
    }

    fn add_source(&mut self, source: &SourceRef) {
        if let SourceRef::Conversation(id) = source {
            self.identifiers.insert(Identifier::Conversation(id.clone()));
        }
    }

    /// Whether a conflict of another contact is one with the person.
    pub fn are_in_conflict(&self, conflict: &Conflict) -> bool {
        self.contacts.contains(&conflict.contact)
    }

    /// Whether an unconfirmed value of another contact is one of the person, or was said in their conversation.
    pub fn are_in_unconfirmed(&self, entry: &Unconfirmed) -> bool {
        let said_by = match &entry.stamp.source {
            SourceRef::Conversation(id) => Some(Identifier::Conversation(id.clone())),
            _ => None,
        };
        let named = identifier(&entry.field, &entry.value);
        said_by.into_iter().chain(named).any(|identifier| self.identifiers.contains(&identifier))
    }

    /// Whether the name of a file names the person: by an identifier, or by all words of a name.
    pub fn are_in_file_name(&self, file_name: &str) -> bool {
        let file_name = text::fold(file_name);
        let words: BTreeSet<&str> = file_name.split(|c: char| !c.is_alphanumeric()).collect();
        let has_name = |name: &String| {
            let name = text::fold(name);
            let mut of_name = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).peekable();
            of_name.peek().is_some() && of_name.all(|word| words.contains(word))
        };
        let has_identifier = |identifier: &Identifier| match identifier {
            Identifier::Phone(phone) => has_phone(&file_name, phone),
            Identifier::Conversation(_) | Identifier::Request(_) => false,
            other => file_name.contains(&text::fold(other.match_key())),
        };
        self.names.iter().any(has_name) || self.identifiers.iter().any(has_identifier)
    }
}

/// Whether a text has the digits of a phone, or, without its calling code, the last ones.
fn has_phone(text: &str, phone: &str) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let number = digits(phone.split(';').next().unwrap_or_default());
    let written = digits(text);
    written.contains(&number) || (written.len() >= MIN_LOCAL_DIGITS && number.ends_with(&written))
}

impl Cause {
    /// Whether the write took what names an erased person out of another contact. Its history must not say what that was.
    pub fn is_erasure(&self) -> bool {
        self.actor == Actor::System(TASK.to_owned())
    }
}

/// Begins to erase a live or deleted contact: a tombstone takes its place, or remains, which can no longer be restored. Notes
/// the erasure in the settings, and begins the workspace's ledger with `key` if it has none and keeps one. Returns the
/// tombstone. It may be repeated.
///
/// # Errors
/// The outer error is [`Torn`]: read again. The inner one is final: there is no such contact, or it was joined into another.
pub fn begin_erasure(
    book: &mut Snapshot,
    id: ContactId,
    key: &LedgerKey,
    caller: &Caller,
    now: Timestamp,
) -> Result<Result<Tombstone, EditRefused>, Torn> {
    book.begin(caller.cause(Some(SourceRef::Edit), now));
    let (tombstone, is_begun) = match book.record(id) {
        None => return Ok(Err(EditRefused::NotFound)),
        Some(Record::Joined { .. }) => {
            let survivor = book.end_of(id)?.map(Record::id);
            return Ok(Err(survivor.map_or(EditRefused::NotFound, EditRefused::Moved)));
        }
        Some(Record::Live(contact)) => {
            let contact = Some(Box::new(contact.clone()));
            (Tombstone { id, at: now, version: 0, cause: None, contact, erased_at: Some(now) }, false)
        }
        Some(Record::Deleted(tombstone)) => {
            let erased_at = tombstone.erased_at.or(Some(now));
            (Tombstone { erased_at, ..tombstone.clone() }, tombstone.erased_at.is_some())
        }
    };
    let settings = book.settings_mut();
    settings.last_erasure = settings.last_erasure.max(tombstone.erased_at);
    if settings.erasure_days > 0 {
        settings.ledger.get_or_insert_with(|| Ledger { key: key.clone(), since: now });
    }
    if !is_begun {
        book.replace(Record::Deleted(tombstone.clone()))?;
    }
    Ok(Ok(tombstone))
}

/// Begins to erase a contact that had identifiers of the erased person before and was deleted: it may be restored otherwise, and
/// would bring the person back.
///
/// # Errors
/// As [`begin_erasure`]; also if the contact has been restored, or its data are gone.
pub fn begin_erasure_of_deleted(
    book: &mut Snapshot,
    id: ContactId,
    key: &LedgerKey,
    caller: &Caller,
    now: Timestamp,
) -> Result<Result<Tombstone, EditRefused>, Torn> {
    match book.record(id) {
        Some(Record::Deleted(Tombstone { contact: Some(_), .. })) => begin_erasure(book, id, key, caller, now),
        _ => Ok(Err(EditRefused::NotFound)),
    }
}

/// Ends an erasure: the tombstone keeps nothing of the contact.
///
/// # Errors
/// [`Torn`] when the record is no such tombstone: read again.
pub fn finish_erasure(book: &mut Snapshot, id: ContactId, caller: &Caller, now: Timestamp) -> Result<(), Torn> {
    book.begin(caller.cause(Some(SourceRef::Edit), now));
    match book.record(id) {
        Some(Record::Deleted(tombstone)) if tombstone.erased_at.is_some() => {
            if tombstone.contact.is_some() {
                let erased = Tombstone { contact: None, ..tombstone.clone() };
                book.replace(Record::Deleted(erased))?;
            }
            Ok(())
        }
        // The tombstone has expired meanwhile.
        None => Ok(()),
        Some(_) => Err(Torn),
    }
}

/// Takes what names an erased person out of another contact, live or not: conflicts with the person, and unconfirmed values of
/// theirs.
///
/// # Errors
/// [`Torn`] when the record was not read.
pub fn forget(book: &mut Snapshot, id: ContactId, traces: &Traces, now: Timestamp) -> Result<(), Torn> {
    book.begin(Caller::system(TASK).cause(None, now));
    let Some(mut record) = book.record(id).cloned() else { return Ok(()) };
    let Some(contact) = record.contact_mut() else { return Ok(()) };
    let before = (contact.conflicts.len(), contact.unconfirmed.len());
    contact.conflicts.retain(|conflict| !traces.are_in_conflict(conflict));
    contact.unconfirmed.retain(|entry| !traces.are_in_unconfirmed(entry));
    if (contact.conflicts.len(), contact.unconfirmed.len()) != before {
        book.replace(record)?;
    }
    Ok(())
}
