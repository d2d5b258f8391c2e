//! Compares people who contradict each other: the order decides who has which value, but no acknowledged value is lost.

use std::collections::{BTreeMap, HashMap};

use contacts::{Field, Observation, Value};
use jiff::Timestamp;
use serde_json::Value as Json;

use super::shown::{Shown, name_of};
use super::{Comparing, id_of};
use crate::model::{self, Imported, Step};
use crate::run::SoakError;

/// A contact, and the moments of its values.
struct Moments {
    id: String,
    /// The moments of its values, by field.
    by_field: BTreeMap<String, Timestamp>,
}

/// Looks for all acknowledged values.
pub(super) async fn compare(
    comparing: &mut Comparing<'_>,
    imports: &HashMap<String, Vec<Imported>>,
    contacts: &[Json],
) -> Result<(), SoakError> {
    let mut owners: HashMap<String, Moments> = HashMap::new();
    for contact in contacts {
        for name in Shown::of_json(contact, comparing.settings)?.identifiers {
            if let Some(other) = owners.insert(name.clone(), moments(contact)?) {
                comparing.differ(format!("{name} is of {} and of {}", id_of(contact), other.id));
            }
        }
    }
    for (conversation, id) in comparing.conversations().await? {
        let contact = contacts.iter().find(|contact| id.as_ref() == Some(&id_of(contact)));
        match contact {
            Some(contact) => drop(owners.insert(format!("conversation {conversation}"), moments(contact)?)),
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

fn moments(contact: &Json) -> Result<Moments, SoakError> {
    let mut by_field = BTreeMap::new();
    for (field, source) in contact["provenance"].as_object().into_iter().flatten() {
        by_field.insert(field.clone(), source["at"].as_str().unwrap_or_default().parse()?);
    }
    Ok(Moments { id: id_of(contact), by_field })
}

/// What is lost of an observation: an identifier that leads to no contact, or a value where no contact that the observation
/// names has it or a newer one.
fn missing(seen: &Observation, owners: &HashMap<String, Moments>) -> Vec<String> {
    let names: Vec<String> = seen.identifiers().map(name_of).collect();
    let mut lost: Vec<String> =
        names.iter().filter(|name| !owners.contains_key(*name)).map(|name| format!("{name} leads to nobody")).collect();
    for observed in seen.values() {
        if matches!(observed.field, Field::Channel(_)) {
            continue;
        }
        let field = observed.field.to_string();
        let is_newer = |name: &String| owners.get(name)?.by_field.get(&field).filter(|at| **at >= seen.at());
        if !names.iter().any(|name| is_newer(name).is_some()) {
            lost.push(format!("{field} {:?} of {} is lost", Value::as_str(&observed.value), seen.source));
        }
    }
    lost
}
