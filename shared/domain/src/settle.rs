//! Settling a conflict: a person says who two contacts are.

use jiff::Timestamp;

use crate::cause::Caller;
use crate::conflict::Conflict;
use crate::contact::{Contact, FieldValue, MAX_ALSO_KNOWN_BY};
use crate::edit::{EditRefused, dismiss, identifier, keep_apart, names_nobody, set_values};
use crate::field::{Field, Value};
use crate::identifier::Identifier;
use crate::identifiers::{HeldIdentifier, Hold};
use crate::ids::ContactId;
use crate::join::{Joining, join};
use crate::proof::Proof;
use crate::record::ClaimNote;
use crate::snapshot::{Resolution, Snapshot, Torn};
use crate::stamp::{SourceRef, Stamp};

/// What a person says of the two contacts of a conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// They are one person, and are joined. Of fields in which they differ, these values stay; the other identifiers become
    /// secondary. Where none is given, the values are merged as in every join.
    SamePerson {
        /// Values that one of the two has, with their fields.
        keep: Vec<(Field, String)>,
    },
    /// The identifier belongs to the contact on which the conflict is settled.
    BelongsHere,
    /// They are two people, and are kept apart.
    DifferentPeople,
}

/// How a conflict is settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// [`Conflict::id`].
    pub conflict: String,
    /// What the person says.
    pub decision: Decision,
    /// Whether the contact gets what the conflict withholds, and what others withhold that are settled with it, as if the
    /// person had typed it.
    pub apply_withheld: bool,
}

impl Conflict {
    /// The identifiers whose claims must be read to settle it.
    pub fn identifiers(&self) -> Vec<Identifier> {
        let own = self.value.iter().filter_map(|value| identifier(&self.field, value));
        own.chain(self.withheld.iter().filter_map(|(field, value)| identifier(field, value))).collect()
    }
}

/// Settles a conflict of a live contact, on both of its sides. Returns the contact in which the result is: after a join the
/// one that survived.
///
/// The snapshot must hold both contacts and the claims of the conflict's [identifiers](Conflict::identifiers). If the other
/// contact was deleted, the conflict is only dismissed.
///
/// # Errors
/// The outer error is [`Torn`]: read again. The inner one is final: [`EditRefused::NotFound`] if the contact has no such
/// conflict.
pub fn settle(
    book: &mut Snapshot,
    id: ContactId,
    settlement: &Settlement,
    caller: &Caller,
    now: Timestamp,
) -> Result<Result<ContactId, EditRefused>, Torn> {
    book.begin(caller.cause(Some(SourceRef::Edit), now));
    let conflicts = &book.live(id).ok_or(Torn)?.conflicts;
    let Some(conflict) = conflicts.iter().find(|conflict| conflict.id() == settlement.conflict).cloned() else {
        return Ok(Err(EditRefused::NotFound));
    };
    let led = book.follow(conflict.contact, Timestamp::MAX)?;
    let mut withheld = match led {
        Resolution::Live(other) => withheld_besides(book, id, other, &conflict, &settlement.decision)?,
        Resolution::Unclaimed | Resolution::Suppressed => Vec::new(),
    };
    withheld.extend(conflict.withheld.iter().cloned());
    let settled = match led {
        Resolution::Live(other) if other != id => match &settlement.decision {
            Decision::SamePerson { keep } => unite(book, id, other, keep, now)?,
            Decision::BelongsHere => give(book, id, other, &conflict, now)?.map(|()| id),
            Decision::DifferentPeople => {
                keep_apart(book, id, other)?;
                Ok(id)
            }
        },
        _ => Ok(id),
    };
    let live = match settled {
        Ok(live) => live,
        Err(refused) => return Ok(Err(refused)),
    };
    if live == id {
        dismiss(book, id, &conflict)?;
    }
    if settlement.apply_withheld {
        let defined = |field: &Field| match field {
            Field::Custom(key) => book.settings().custom_field(key).is_some(),
            Field::Name | Field::Channel(_) => true,
        };
        let mut values: Vec<(Field, Option<Value>)> = Vec::new();
        for (field, value) in withheld.iter().filter(|(field, _)| defined(field)) {
            // Of several values of a field, the last one counts.
            values.retain(|(other, _)| other != field);
            values.push((field.clone(), Some(value.clone())));
        }
        if let Err(refused) = set_values(book, live, &values, now)? {
            return Ok(Err(refused));
        }
    }
    Ok(Ok(live))
}

/// What the other conflicts withhold that are settled with one: those over the same identifier, and if a person says who
/// the two are, all between them. Names and custom values only: the claims of other values were not read.
fn withheld_besides(
    book: &Snapshot,
    id: ContactId,
    other: ContactId,
    conflict: &Conflict,
    decision: &Decision,
) -> Result<Vec<(Field, Value)>, Torn> {
    let mut withheld = Vec::new();
    for (one, two) in [(id, other), (other, id)] {
        let (one, two) = (book.live(one).ok_or(Torn)?, book.live(two).ok_or(Torn)?);
        for besides in one.conflicts.iter().filter(|besides| two.is_or_was(besides.contact)) {
            let is_over_it = besides.field == conflict.field && besides.value == conflict.value;
            if is_over_it || *decision != Decision::BelongsHere {
                let others = besides.withheld.iter().filter(|(field, _)| !matches!(field, Field::Channel(_)));
                withheld.extend(others.cloned());
            }
        }
    }
    Ok(withheld)
}

/// Joins the two contacts, and returns the one that survives.
fn unite(
    book: &mut Snapshot,
    id: ContactId,
    other: ContactId,
    keep: &[(Field, String)],
    now: Timestamp,
) -> Result<Result<ContactId, EditRefused>, Torn> {
    let both = [book.live(id).ok_or(Torn)?.clone(), book.live(other).ok_or(Torn)?.clone()];
    let joining = Joining { proven: Vec::new(), hearsay: None, by_hand: true };
    let Ok(pair) = join(book, id, other, &joining, now)? else { return Ok(Err(EditRefused::TooMany)) };
    let survivor = book.live_mut(pair.survivor)?;
    for (place, (field, value)) in (0..).zip(keep) {
        let stamp = Stamp { at: now, sequence: 0, source: SourceRef::Edit, place };
        if !choose(survivor, &both, field, value, stamp) {
            return Ok(Err(EditRefused::NotHeld(field.clone())));
        }
        survivor.edited.insert(field.clone(), now);
        survivor.unconfirmed.retain(|entry| entry.field != *field);
    }
    if survivor.identifiers.secondary().len() > MAX_ALSO_KNOWN_BY {
        return Ok(Err(EditRefused::TooMany));
    }
    Ok(Ok(pair.survivor))
}

/// Puts one of the values that two contacts had into its field. Returns whether one of them had it.
fn choose(survivor: &mut Contact, both: &[Contact; 2], field: &Field, value: &str, stamp: Stamp) -> bool {
    if let Field::Channel(channel) = field {
        let is = |held: &&HeldIdentifier| held.channel == *channel && held.value.as_str() == value;
        let Some(held) = survivor.identifiers.iter().find(is).cloned() else { return false };
        let proof = held.proof.max(Proof::Person);
        survivor.identifiers.promote(HeldIdentifier { stamp, proof, by_hand: true, ..held });
        return true;
    }
    let had = both.iter().filter_map(|contact| contact.values.get(field));
    let Some(chosen) = had.into_iter().find(|had| had.value.as_str() == value).cloned() else { return false };
    survivor.set(field, FieldValue::new(chosen.value, stamp, Proof::Person));
    true
}

/// Moves the identifier of a conflict from the other contact to this one.
fn give(
    book: &mut Snapshot,
    id: ContactId,
    other: ContactId,
    conflict: &Conflict,
    now: Timestamp,
) -> Result<Result<(), EditRefused>, Torn> {
    let stamp = Stamp { at: now, sequence: 0, source: SourceRef::Edit, place: 0 };
    let held = match (&conflict.field, &conflict.value) {
        (Field::Channel(channel), Some(value)) => HeldIdentifier::new(*channel, value.clone(), stamp),
        _ => None,
    };
    // A conflict of an older build does not say over which identifier it is.
    let Some(held) = held else { return Ok(Err(EditRefused::NotHeld(conflict.field.clone()))) };
    match book.resolve(&held.identifier, Timestamp::MAX)? {
        Resolution::Live(owner) if owner == id => return Ok(Ok(())),
        Resolution::Live(owner) if owner == other => {
            let theirs = book.live_mut(other)?;
            for channel in theirs.identifiers.primaries().iter().filter(|theirs| theirs.identifier == held.identifier) {
                theirs.edited.insert(Field::Channel(channel.channel), now);
            }
            theirs.identifiers.remove(&held.identifier);
            if names_nobody(theirs) {
                return Ok(Err(EditRefused::Nobody));
            }
        }
        Resolution::Live(contact) => return Ok(Err(EditRefused::Known { field: conflict.field.clone(), contact })),
        Resolution::Unclaimed | Resolution::Suppressed => {}
    }
    let ours = book.live_mut(id)?;
    // It may have been shown as another contact's.
    ours.identifiers.remove(&held.identifier);
    ours.unconfirmed.retain(|entry| entry.value != held.value);
    let identifier = held.identifier.clone();
    if ours.identifiers.primary(held.channel).is_none_or(|primary| primary.hold != Hold::Owned) {
        ours.edited.insert(conflict.field.clone(), now);
        ours.identifiers.promote(held);
    } else if ours.identifiers.secondary().len() < MAX_ALSO_KNOWN_BY {
        ours.identifiers.add_besides(held);
    } else {
        return Ok(Err(EditRefused::TooMany));
    }
    book.take(identifier, id, ClaimNote::None, None);
    Ok(Ok(()))
}
