//! How claims are stored.

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{Answered, Claim, ClaimNote, time};

use super::contact::{contact_attributes, read_contact};
use super::conversation::{CONVERSATION_ID, PROVEN, link_attributes, read_conversation};
use super::unknown::{carry_attributes, carry_schema, has_only};
use super::{
    Attributes as _, Decoded, Item, id_in, ids_in, item_at, moment, needs_schema, number, optional, put_ids, text,
};
use crate::keys::{ANSWER, CONTACT_ID, EXPIRES_AT, Key, SHARED_BY, TAKEN_FROM, UNLINKED, VOID_BEFORE};

const FINGERPRINT: &str = "fingerprint";
/// The attributes of a claim that this build understands.
const ATTRIBUTES: [&str; 13] = [
    CONTACT_ID,
    EXPIRES_AT,
    VOID_BEFORE,
    TAKEN_FROM,
    SHARED_BY,
    FINGERPRINT,
    ANSWER,
    CONVERSATION_ID,
    "channel",
    "assistant_id",
    "started_at",
    PROVEN,
    UNLINKED,
];

pub(crate) fn claim(key: Key, claim: &Claim) -> Item {
    let mut item = item_at(key);
    item.insert(CONTACT_ID.to_owned(), text(claim.contact.to_string()));
    match &claim.note {
        ClaimNote::None => {}
        ClaimNote::Conversation(conversation) => item.extend(link_attributes(conversation)),
        ClaimNote::Unlinked(conversation) => {
            item.extend(link_attributes(conversation));
            item.insert(UNLINKED.to_owned(), AttributeValue::Bool(true));
        }
        ClaimNote::Request(answered) => {
            item.insert(FINGERPRINT.to_owned(), text(&answered.fingerprint));
            if let Some(answer) = &answered.answer {
                item.insert(ANSWER.to_owned(), AttributeValue::M(contact_attributes(answer)));
            }
        }
    }
    if let Some(at) = claim.expires_at {
        item.insert(EXPIRES_AT.to_owned(), number(at.as_second()));
    }
    if let Some(at) = claim.void_before {
        item.insert(VOID_BEFORE.to_owned(), moment(at));
    }
    put_ids(&mut item, TAKEN_FROM, &claim.taken_from);
    put_ids(&mut item, SHARED_BY, &claim.shared_by);
    if !claim.shared_by.is_empty() || matches!(claim.note, ClaimNote::Unlinked(_)) {
        // A build that knows only schema 1 would take the claim for one that decides alone.
        needs_schema(&mut item, 2);
    }
    item
}

pub(crate) fn read_claim(item: &Item) -> Decoded<Claim> {
    let contact = id_in(item, CONTACT_ID)?;
    let note = if item.contains_key(FINGERPRINT) {
        let answer = optional(item, ANSWER, |item, name| read_contact(item.map(name)?))?;
        ClaimNote::Request(Answered { fingerprint: item.text(FINGERPRINT)?.to_owned(), answer: answer.map(Box::new) })
    } else if item.contains_key(CONVERSATION_ID) {
        let conversation = read_conversation(item)?;
        if optional(item, UNLINKED, Item::flag)?.unwrap_or(false) {
            ClaimNote::Unlinked(conversation)
        } else {
            ClaimNote::Conversation(conversation)
        }
    } else {
        ClaimNote::None
    };
    let expires: Option<i64> = optional(item, EXPIRES_AT, Item::number)?;
    let expires_at = expires.map(|seconds| time::from_millis(seconds.saturating_mul(1_000)));
    let void_before = optional(item, VOID_BEFORE, Item::moment)?;
    let (taken_from, shared_by) = (ids_in(item, TAKEN_FROM)?, ids_in(item, SHARED_BY)?);
    Ok(Claim { contact, note, expires_at, void_before, taken_from, shared_by })
}

/// Whether a claim's item has anything that this build does not understand.
pub(crate) fn has_unknown_claim(item: &Item) -> bool {
    !has_only(item, &ATTRIBUTES)
}

/// Puts back into a claim's new item what this build did not understand in the item that it read.
pub(crate) fn carry_unknown_claim(item: &mut Item, read: &Item) {
    carry_attributes(item, read, &ATTRIBUTES);
    carry_schema(item, read);
}
