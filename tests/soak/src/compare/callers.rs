//! Compares callers and those who say that they are those callers.
//!
//! The contact of a caller is as if nobody but the caller had spoken. Only its unconfirmed values, its conflicts, the list of
//! its conversations and the moment of its last activity may show that others did.

use std::collections::{BTreeMap, BTreeSet};

use contacts::LAST_SEEN_STEP;
use serde_json::Value;

use super::shown::{Shown, list};
use super::{Comparing, Linked, id_of};
use crate::acknowledged::Operation;
use crate::lanes::callers::{FOREIGN, OWN};
use crate::model;
use crate::state::SoakError;

/// Compares each caller with a model that knows only the caller's own events.
pub(super) async fn compare(comparing: &mut Comparing<'_>, contacts: &[Value]) -> Result<(), SoakError> {
    let own: Vec<Operation> = comparing.operations().iter().filter(|operation| is_own(operation)).cloned().collect();
    let mut steps = model::steps(&own, &comparing.pages.files, &Default::default(), comparing.settings)?;
    model::by_moment(&mut steps);
    let model = model::book(&steps, comparing.settings)?;
    let conversations = comparing.conversations().await?;
    let mut book: BTreeMap<String, (Shown, &Value)> = BTreeMap::new();
    for contact in contacts {
        book.insert(id_of(contact), (Shown::of_json(contact, comparing.settings)?, contact));
    }
    let mut found = BTreeSet::new();
    for expected in Shown::all_of(&model) {
        let owner = book.iter().find(|(_, (shown, _))| !shown.identifiers.is_disjoint(&expected.identifiers));
        let Some((id, (shown, contact))) = owner else {
            comparing.differ(format!("the book lacks the caller {expected:?}"));
            continue;
        };
        if !found.insert(id.clone()) {
            comparing.differ(format!("{id} is two callers: {contact}"));
        }
        for what in differences(&expected, shown, contact, &conversations) {
            comparing.differ(format!("{id}: {what}"));
        }
    }
    for Linked { conversation, contact, is_proven } in &conversations {
        let is_caller = contact.as_ref().is_some_and(|id| found.contains(id));
        if conversation.starts_with(FOREIGN) && is_caller && *is_proven {
            comparing.differ(format!("conversation {conversation} is taken for one of the caller {contact:?}"));
        }
    }
    Ok(())
}

/// What is not as the caller alone said.
fn differences(expected: &Shown, shown: &Shown, contact: &Value, conversations: &[Linked]) -> Vec<String> {
    let alone = Shown {
        unconfirmed: expected.unconfirmed.clone(),
        last_seen_at: expected.last_seen_at,
        conversations: expected.conversations.clone(),
        ..shown.clone()
    };
    let mut all = expected.differences(&alone);
    if contact["proven"] != true {
        all.push("the caller is not proven".to_owned());
    }
    let is_seen = match (shown.last_seen_at, expected.last_seen_at) {
        (Some(found), Some(expected)) => expected.duration_since(found) < LAST_SEEN_STEP,
        (found, expected) => found == expected,
    };
    if !is_seen {
        all.push(format!("last seen at {:?}, expected {:?}", shown.last_seen_at, expected.last_seen_at));
    }
    for entry in list(contact, "unconfirmed") {
        if !entry["source"].as_str().is_some_and(|source| source.starts_with(&format!("conversation/{FOREIGN}"))) {
            all.push(format!("the caller's own words are unconfirmed: {entry}"));
        }
    }
    for conversation in &expected.conversations {
        let linked = conversations.iter().find(|linked| linked.conversation == *conversation);
        if !linked.is_some_and(|linked| linked.contact == Some(id_of(contact)) && linked.is_proven) {
            all.push(format!("conversation {conversation} is not one of the caller, or is not proven"));
        }
    }
    all
}

fn is_own(operation: &Operation) -> bool {
    let Operation::Event(payload) = operation else { return false };
    let event: Value = serde_json::from_str(payload).unwrap_or_default();
    event["conversation_id"].as_str().is_some_and(|conversation| conversation.starts_with(OWN))
}
