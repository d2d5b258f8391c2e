//! Those who contradict each other: who is who depends on the order, but nothing that was acknowledged may be lost.

use std::collections::{BTreeMap, HashMap};

use contacts::{Field, Observation, Value};
use jiff::Timestamp;
use serde_json::Value as Json;

use super::shown::{Shown, name_of};
use super::{Comparing, id_of};
use crate::model::{self, Imported, Step};
use crate::run::SoakError;

/// A contact, with what decides whether it has heard of something.
struct Heard {
    id: String,
    /// Of its fields, when their values were told.
    told_at: BTreeMap<String, Timestamp>,
}

/// Looks for all that was told.
pub(super) async fn compare(
    comparing: &mut Comparing<'_>,
    imports: &HashMap<String, Vec<Imported>>,
    contacts: &[Json],
) -> Result<(), SoakError> {
    let mut owners: HashMap<String, Heard> = HashMap::new();
    for contact in contacts {
        for name in Shown::of_json(contact, comparing.settings)?.identifiers {
            if let Some(other) = owners.insert(name.clone(), heard(contact)?) {
                comparing.differ(format!("{name} is of {} and of {}", id_of(contact), other.id));
            }
        }
    }
    for (conversation, id) in comparing.conversations().await? {
        let contact = contacts.iter().find(|contact| id.as_ref() == Some(&id_of(contact)));
        match contact {
            Some(contact) => drop(owners.insert(format!("conversation {conversation}"), heard(contact)?)),
            None => comparing.differ(format!("conversation {conversation} leads to {id:?}")),
        }
    }
    let steps = model::steps(comparing.acts(), &comparing.pages.files, imports, comparing.settings)?;
    let mut lost = Vec::new();
    for step in &steps {
        if let Step::Observe(seen) = step {
            lost.extend(missing(seen, &owners));
        }
    }
    lost.into_iter().for_each(|what| comparing.differ(what));
    Ok(())
}

fn heard(contact: &Json) -> Result<Heard, SoakError> {
    let mut told_at = BTreeMap::new();
    for (field, source) in contact["provenance"].as_object().into_iter().flatten() {
        told_at.insert(field.clone(), source["at"].as_str().unwrap_or_default().parse()?);
    }
    Ok(Heard { id: id_of(contact), told_at })
}

/// What of an observation is nowhere: an identifier that leads to nobody; or a value that none of those has whom it names,
/// nor a newer one.
fn missing(seen: &Observation, owners: &HashMap<String, Heard>) -> Vec<String> {
    let names: Vec<String> = seen.identifiers().map(name_of).collect();
    let mut lost: Vec<String> =
        names.iter().filter(|name| !owners.contains_key(*name)).map(|name| format!("{name} leads to nobody")).collect();
    for told in seen.values() {
        if matches!(told.field, Field::Channel(_)) {
            continue;
        }
        let field = told.field.to_string();
        let is_heard = |name: &String| owners.get(name)?.told_at.get(&field).filter(|at| **at >= seen.at());
        if !names.iter().any(|name| is_heard(name).is_some()) {
            lost.push(format!("{field} {:?} of {} is lost", Value::as_str(&told.value), seen.source));
        }
    }
    lost
}
