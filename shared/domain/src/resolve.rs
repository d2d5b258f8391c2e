//! Who somebody is, by identifiers: a question, not an observation. It changes nothing.

use jiff::Timestamp;

use crate::identifier::Identifier;
use crate::ids::ContactId;
use crate::record::ClaimNote;
use crate::snapshot::{Resolution, Snapshot, Torn};

/// The answer to the question who somebody is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// How clear the answer is.
    pub matched: Match,
    /// Whether every identifier asked by is proven for the contact. What an assistant may disclose depends on it.
    pub proven: bool,
    /// The contact: the only one, or the owner of a shared identifier.
    pub contact: Option<ContactId>,
    /// The others: who shares the identifier, or whom the other identifiers name.
    pub candidates: Vec<ContactId>,
}

/// How clear it is who somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// All identifiers name one contact.
    One,
    /// They name nobody.
    None,
    /// Several contacts share the identifiers.
    Shared,
    /// The identifiers name different contacts.
    Several,
}

impl Match {
    /// The name in every interface.
    pub fn as_str(self) -> &'static str {
        match self {
            Match::One => "one",
            Match::None => "none",
            Match::Shared => "shared",
            Match::Several => "several",
        }
    }
}

/// Finds the contacts that identifiers name. Blocked identifiers must be left out.
///
/// The snapshot must hold the claims of the identifiers, and every record that those lead through. A contact that shares an
/// identifier is a candidate if its record is in the snapshot.
///
/// # Errors
/// [`Torn`] when the reads contradict each other: read again.
pub fn resolve(book: &Snapshot, identifiers: &[Identifier]) -> Result<Resolved, Torn> {
    let mut owners: Vec<ContactId> = Vec::new();
    let mut sharers: Vec<ContactId> = Vec::new();
    let mut proven = !identifiers.is_empty();
    let (mut all_shared, mut any_found) = (true, false);
    for identifier in identifiers {
        let Resolution::Live(id) = book.resolve(identifier, Timestamp::MAX)? else {
            proven = false;
            continue;
        };
        any_found = true;
        let claim = book.claim(identifier).ok_or(Torn)?;
        proven &= match &claim.note {
            ClaimNote::Conversation(conversation) => conversation.proven,
            _ => {
                let mode = book.settings().identity;
                let held = book.live(id).and_then(|contact| contact.identifiers.find(identifier));
                held.is_some_and(|held| held.proof >= mode.proves())
            }
        };
        let mut shares = false;
        for other in &claim.shared_by {
            if let Ok(Resolution::Live(other)) = book.follow(*other, Timestamp::MAX)
                && other != id
                && book.live(other).is_some_and(|contact| contact.identifiers.shows(identifier))
            {
                shares = true;
                push(&mut sharers, other);
            }
        }
        if !shares {
            all_shared = false;
        }
        push(&mut owners, id);
    }
    let contact = owners.first().copied();
    let matched = match owners.len() {
        0 => Match::None,
        _ if any_found && all_shared => Match::Shared,
        1 => Match::One,
        _ => Match::Several,
    };
    let mut candidates = owners.split_off(owners.len().min(1));
    if matched == Match::Shared {
        sharers.into_iter().filter(|id| contact != Some(*id)).for_each(|id| push(&mut candidates, id));
    }
    Ok(Resolved { matched, proven: proven && matched == Match::One, contact, candidates })
}

fn push(list: &mut Vec<ContactId>, id: ContactId) {
    if !list.contains(&id) {
        list.push(id);
    }
}
