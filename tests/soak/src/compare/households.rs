//! Compares households: each person has one contact, with nobody else's values, and each shows the line of the household. The
//! order decides who of them owns it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use contacts::{Identifier, Observation};
use serde_json::Value;

use super::shown::{Shown, name_of};
use super::{Comparing, id_of};
use crate::model::{self, Imported, Step};
use crate::state::SoakError;

/// What a person said.
#[derive(Debug, Default)]
struct Person {
    line: String,
    /// All that the person said, by field.
    said: BTreeMap<String, BTreeSet<String>>,
}

/// Compares each person with what the person said.
pub(super) fn compare(
    comparing: &mut Comparing<'_>,
    imports: &HashMap<String, Vec<Imported>>,
    contacts: &[Value],
) -> Result<(), SoakError> {
    let steps = model::steps(comparing.operations(), &comparing.pages.files, imports, comparing.settings)?;
    let mut people: BTreeMap<String, Person> = BTreeMap::new();
    for step in &steps {
        if let Step::Observe(seen) = step {
            listen(seen, &mut people);
        }
    }
    let mut book: BTreeMap<String, Shown> = BTreeMap::new();
    let mut owners: BTreeMap<&str, Vec<&str>> =
        people.values().map(|person| (person.line.as_str(), Vec::new())).collect();
    for contact in contacts {
        book.insert(id_of(contact), Shown::of_json(contact, comparing.settings)?);
    }
    for (id, shown) in &book {
        for identifier in &shown.identifiers {
            owners.entry(identifier).and_modify(|owners| owners.push(id));
        }
    }
    let mut differences: Vec<String> = Vec::new();
    for (line, owners) in owners.iter().filter(|(_, owners)| owners.len() != 1) {
        differences.push(format!("{line} is owned by {owners:?}"));
    }
    let mut left: BTreeSet<&String> = book.keys().collect();
    for (email, person) in &people {
        let mut found = book.iter().filter(|(_, shown)| shown.identifiers.contains(email));
        let (Some((id, shown)), None) = (found.next(), found.next()) else {
            differences.push(format!("{email} has no contact, or several"));
            continue;
        };
        if !left.remove(id) {
            differences.push(format!("{id} is {email} and somebody else"));
        }
        differences.extend(person.differences(email, shown).into_iter().map(|what| format!("{id}: {what}")));
    }
    differences.extend(left.into_iter().map(|id| format!("{id} is nobody: {:?}", book[id])));
    differences.into_iter().for_each(|what| comparing.differ(what));
    Ok(())
}

/// Notes who says what in an observation.
fn listen(seen: &Observation, people: &mut BTreeMap<String, Person>) {
    let named = |is_wanted: fn(&Identifier) -> bool| seen.identifiers().find(|known| is_wanted(known)).map(name_of);
    let (email, line) = (named(|known| known.kind() == "email"), named(|known| known.kind() == "phone"));
    let Some((email, line)) = email.zip(line) else { return };
    let person = people.entry(email).or_default();
    person.line = line;
    for observed in seen.values() {
        person.said.entry(observed.field.to_string()).or_default().insert(observed.value.as_str().to_owned());
    }
}

impl Person {
    /// What the contact has that the person did not say, and what it lacks.
    fn differences(&self, email: &String, shown: &Shown) -> Vec<String> {
        let mut all = Vec::new();
        for (field, text) in &shown.values {
            let said = self.said.get(field).is_some_and(|said| said.contains(text));
            // A phone is compared by its match key, below.
            if !said && *field != "telephone" {
                all.push(format!("{email} never said that {field} is {text:?}"));
            }
        }
        for field in self.said.keys() {
            if !shown.values.contains_key(field) {
                all.push(format!("{field} of {email} is lost"));
            }
        }
        let known: BTreeSet<&String> = shown.identifiers.union(&shown.shared).collect();
        if known != BTreeSet::from([email, &self.line]) {
            all.push(format!("{email} with {} is known by {known:?}", self.line));
        }
        all
    }
}
