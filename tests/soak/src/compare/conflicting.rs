//! Compares people who contradict each other: the order decides who has which value, but no acknowledged value is lost. What
//! may be about either of two people waits in their conflict.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use contacts::{Field, Observation, Value};
use jiff::Timestamp;
use serde_json::Value as Json;

use super::shown::{Shown, list, name_of, text_of};
use super::{Comparing, Linked, id_of};
use crate::model::{self, Imported, Step};
use crate::state::SoakError;

/// A conflict keeps so many values, and a contact so many conflicts.
const MOST_WITHHELD: usize = 20;
const MOST_CONFLICTS: usize = 10;

/// What a contact has and knows.
#[derive(Clone)]
struct Known {
    id: String,
    /// The moments of its values, by field.
    by_field: BTreeMap<String, Timestamp>,
    /// The values that its conflicts withhold, and the unconfirmed ones, as field and text.
    withheld: BTreeSet<String>,
    /// Whether its conflicts may have forgotten some.
    is_full: bool,
}

/// Looks for all acknowledged values.
pub(super) async fn compare(
    comparing: &mut Comparing<'_>,
    imports: &HashMap<String, Vec<Imported>>,
    contacts: &[Json],
) -> Result<(), SoakError> {
    let mut owners: HashMap<String, Known> = HashMap::new();
    for contact in contacts {
        for name in Shown::of_json(contact, comparing.settings)?.identifiers {
            if let Some(other) = owners.insert(name.clone(), known(contact)?) {
                comparing.differ(format!("{name} is of {} and of {}", id_of(contact), other.id));
            }
        }
    }
    for Linked { conversation, contact: id, .. } in comparing.conversations().await? {
        let contact = contacts.iter().find(|contact| id.as_ref() == Some(&id_of(contact)));
        match contact {
            Some(contact) => drop(owners.insert(format!("conversation {conversation}"), known(contact)?)),
            None => comparing.differ(format!("conversation {conversation} leads to {id:?}")),
        }
    }
    let steps = model::steps(comparing.operations(), &comparing.pages.files, imports, comparing.settings)?;
    let mut lost = Vec::new();
    for step in &steps {
        if let Step::Observe(seen) = step {
            lost.extend(missing(seen, &owners));
        }
    }
    lost.into_iter().for_each(|what| comparing.differ(what));
    Ok(())
}

fn known(contact: &Json) -> Result<Known, SoakError> {
    let mut by_field = BTreeMap::new();
    for (field, source) in contact["provenance"].as_object().into_iter().flatten() {
        by_field.insert(field.clone(), source["at"].as_str().unwrap_or_default().parse()?);
    }
    let withheld = || list(contact, "conflicts").flat_map(|conflict| list(conflict, "withheld"));
    // Where a conflict was settled, a person has typed what it withheld, and conversations no longer replace the name.
    let waiting = || withheld().chain(list(contact, "unconfirmed"));
    let is_full = list(contact, "unconfirmed").count() >= MOST_WITHHELD
        || list(contact, "conflicts").count() >= MOST_CONFLICTS
        || list(contact, "conflicts").any(|conflict| list(conflict, "withheld").count() >= MOST_WITHHELD);
    let text = |entry: &Json| format!("{} {}", text_of(&entry["field"]), text_of(&entry["value"]));
    Ok(Known { id: id_of(contact), by_field, withheld: waiting().map(text).collect(), is_full })
}

/// What is lost of an observation: an identifier that leads to no contact, or a value where no contact that the observation
/// names has it or a newer one, or withholds it.
fn missing(seen: &Observation, owners: &HashMap<String, Known>) -> Vec<String> {
    let names: Vec<String> = seen.identifiers().map(name_of).collect();
    let mut lost: Vec<String> =
        names.iter().filter(|name| !owners.contains_key(*name)).map(|name| format!("{name} leads to nobody")).collect();
    for observed in seen.values() {
        if matches!(observed.field, Field::Channel(_)) {
            continue;
        }
        let field = observed.field.to_string();
        let text = format!("{field} {}", observed.value.as_str());
        let keeps = |owner: &Known| {
            let is_newer = owner.by_field.get(&field).is_some_and(|at| *at >= seen.at());
            is_newer || owner.withheld.contains(&text) || owner.is_full
        };
        if !names.iter().any(|name| owners.get(name).is_some_and(keeps)) {
            lost.push(format!("{field} {:?} of {} is lost", Value::as_str(&observed.value), seen.source));
        }
    }
    lost
}
