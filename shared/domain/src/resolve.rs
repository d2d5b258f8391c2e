//! Who somebody is, by identifiers: a question, not an observation. It changes nothing.

use jiff::Timestamp;

use crate::field::{Channel, Field};
use crate::identifier::Identifier;
use crate::ids::{ContactId, ConversationId};
use crate::raw::Raw;
use crate::record::ClaimNote;
use crate::settings::Settings;
use crate::snapshot::{Resolution, Snapshot, Torn};

/// Who somebody is, asked by identifiers, which are parsed under the settings of a workspace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Question {
    identifiers: Vec<Identifier>,
    /// Whether a value that was asked by names nobody: it is blank, blocked, or not a value of its field.
    names_nobody: bool,
}

impl Question {
    /// Asks by a value of a channel. A value that cannot be read, or that the workspace blocks, names nobody.
    pub fn ask(&mut self, channel: Channel, text: &str, settings: &Settings) {
        let field = Field::Channel(channel);
        let values = field.read_all(&Raw::from(text), settings).unwrap_or_default();
        let named = values.into_iter().find_map(|(of, value)| match of {
            // A WhatsApp user id is a value of another channel.
            Field::Channel(of) => value.identifier(of),
            Field::Name | Field::Custom(_) => None,
        });
        self.add(named.filter(|identifier| !settings.blocks(identifier)));
    }

    /// Asks by a conversation.
    pub fn ask_conversation(&mut self, id: &str) {
        self.add(ConversationId::parse(id).ok().map(Identifier::Conversation));
    }

    fn add(&mut self, named: Option<Identifier>) {
        match named {
            Some(identifier) if self.identifiers.contains(&identifier) => {}
            Some(identifier) => self.identifiers.push(identifier),
            None => self.names_nobody = true,
        }
    }

    /// The identifiers that may lead to somebody, each once, in the order of asking.
    pub fn identifiers(&self) -> &[Identifier] {
        &self.identifiers
    }
}

/// The answer to the question who somebody is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// How clear the answer is.
    pub matched: Match,
    /// Whether every identifier asked by is proven for the contact. What an assistant may disclose depends on it. A value
    /// that names nobody is not proven, and neither is a line that several people share. A conversation that is not known yet
    /// does not count.
    pub proven: bool,
    /// The contact: the only one, or the owner of a shared identifier.
    pub contact: Option<ContactId>,
    /// The others: who shares the identifier, or whom the other identifiers name.
    pub candidates: Vec<ContactId>,
}

/// How clear it is who somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// The identifiers name one contact. Those that name nobody, and shared ones beside another identifier, do not count.
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

/// Finds the contacts that the identifiers of a question name.
///
/// A shared identifier decides nothing beside one that is not, as in [`crate::fold()`].
///
/// The snapshot must hold the claims of the identifiers, and every record that those lead through, also to the contacts that
/// share an identifier.
///
/// # Errors
/// [`Torn`] when the reads contradict each other: read again.
pub fn resolve(book: &Snapshot, question: &Question) -> Result<Resolved, Torn> {
    let (mut alone, mut shared, mut sharers) = (Vec::new(), Vec::new(), Vec::new());
    let mut proven = !question.names_nobody && !question.identifiers.is_empty();
    for identifier in &question.identifiers {
        let Resolution::Live(owner) = book.resolve(identifier, Timestamp::MAX)? else {
            // A conversation that begins is not known yet, and says nothing against the caller.
            proven &= matches!(identifier, Identifier::Conversation(_));
            continue;
        };
        let others = sharers_of(book, identifier, owner)?;
        if others.is_empty() {
            proven &= is_proven(book, identifier, owner)?;
            push(&mut alone, owner);
        } else {
            proven = false;
            push(&mut shared, owner);
            others.into_iter().for_each(|other| push(&mut sharers, other));
        }
    }
    let (matched, found) = match alone.len() {
        0 if shared.is_empty() => (Match::None, alone),
        0 => {
            sharers.into_iter().for_each(|other| push(&mut shared, other));
            (Match::Shared, shared)
        }
        1 => (Match::One, alone),
        _ => (Match::Several, alone),
    };
    let mut found = found.into_iter();
    Ok(Resolved {
        matched,
        proven: proven && matched == Match::One,
        contact: found.next(),
        candidates: found.collect(),
    })
}

/// The live contacts besides the owner that show an identifier.
fn sharers_of(book: &Snapshot, identifier: &Identifier, owner: ContactId) -> Result<Vec<ContactId>, Torn> {
    let claim = book.claim(identifier).ok_or(Torn)?;
    let mut sharers = Vec::new();
    for other in &claim.shared_by {
        if let Resolution::Live(other) = book.follow(*other, Timestamp::MAX)?
            && other != owner
            && book.live(other).is_some_and(|contact| contact.identifiers.shows(identifier))
        {
            push(&mut sharers, other);
        }
    }
    Ok(sharers)
}

/// Whether an identifier is proven for its owner.
fn is_proven(book: &Snapshot, identifier: &Identifier, owner: ContactId) -> Result<bool, Torn> {
    Ok(match &book.claim(identifier).ok_or(Torn)?.note {
        ClaimNote::Conversation(conversation) => conversation.proven,
        ClaimNote::None | ClaimNote::Unlinked(_) | ClaimNote::Request(_) => {
            let held = book.live(owner).and_then(|contact| contact.identifiers.find(identifier));
            held.is_some_and(|held| held.proof >= book.settings().identity.proves())
        }
    })
}

fn push(list: &mut Vec<ContactId>, id: ContactId) {
    if !list.contains(&id) {
        list.push(id);
    }
}
