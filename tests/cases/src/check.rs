//! Comparing what the book says at the end with what is expected.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::scenario::{Lookup, Scenario, Step, list, text};

/// What the interfaces show after the last step.
#[derive(Debug, Clone, Default)]
pub struct End {
    /// Whether the steps were carried out as written, not in another order.
    pub as_written: bool,
    /// All contacts by id, as `GET /contacts/{id}` shows them. `conversations` maps the id of each conversation to its
    /// `identity`.
    pub contacts: BTreeMap<String, Value>,
    /// The id of the contact to which each step or row leads now; `None` for those without a contact.
    pub led: BTreeMap<String, Option<String>>,
    /// What each step was answered.
    pub answers: BTreeMap<String, Answer>,
    /// The answers to [`Scenario::lookups`], in that order.
    pub found: Vec<Found>,
}

/// The answer to a step. Members that its kind of step does not have are absent.
pub type Answer = Map<String, Value>;

/// The answer to a lookup.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The contact that `GET /contacts?…=` finds.
    pub finds: Option<String>,
    /// The answer of `POST /contacts/resolve`, if it was asked: `match`, `identity` and `lists` (ids).
    pub resolved: Option<Value>,
}

impl Scenario {
    /// What is asked at the end.
    pub fn lookups(&self) -> Vec<Lookup> {
        let by = |lookup: &Value| {
            let (field, value) = lookup["by"].as_object().and_then(|by| by.iter().next()).expect("what it is asked by");
            Lookup { field: field.clone(), value: text(value) }
        };
        list(&self.expect["lookups"]).iter().map(by).collect()
    }

    /// Every difference between the end and what is expected.
    pub fn check(&self, end: &End) -> Vec<String> {
        let mut check = Check { scenario: self, end, names: BTreeMap::new(), problems: Vec::new() };
        check.who_is_who();
        check.contacts();
        check.lookups();
        if end.as_written {
            check.answers();
        }
        check.problems
    }

    fn step_names(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().map(|Step { name, .. }| name.as_str())
    }
}

struct Check<'a> {
    scenario: &'a Scenario,
    end: &'a End,
    /// The ids of the contacts by the names that the scenario uses.
    names: BTreeMap<&'a str, &'a str>,
    problems: Vec<String>,
}

impl<'a> Check<'a> {
    fn who_is_who(&mut self) {
        let mut alone = BTreeSet::new();
        for (name, contact) in self.scenario.expect["contacts"].as_object().into_iter().flatten() {
            let steps: Vec<String> = list(&contact["steps"]).iter().map(text).collect();
            let ids: BTreeSet<Option<&str>> = steps.iter().map(|step| self.led(step)).collect();
            match ids.iter().collect::<Vec<_>>()[..] {
                [Some(id)] if !self.names.values().any(|known| known == id) => {
                    self.names.insert(name, id);
                }
                _ => self.problem(format!(
                    "{name}: the steps {steps:?} lead to {ids:?}, and other names to {:?}",
                    self.names
                )),
            }
        }
        for step in list(&self.scenario.expect["one_each"]).iter().map(text) {
            let repeated = format!("{step}.");
            let steps = self.scenario.step_names().filter(|name| *name == step || name.starts_with(&repeated));
            let mut steps: Vec<String> = steps.map(str::to_owned).collect();
            if steps.is_empty() {
                steps.push(step);
            }
            for step in steps {
                let id = self.led(&step);
                if id.is_none_or(|id| !alone.insert(id) || self.names.values().any(|known| *known == id)) {
                    self.problem(format!("{step} has no contact of its own: {id:?}"));
                }
            }
        }
        let expected = self.names.len() + alone.len();
        if self.end.contacts.len() != expected {
            self.problem(format!(
                "{} contacts instead of {expected}: {:?}",
                self.end.contacts.len(),
                self.end.contacts
            ));
        }
        for step in list(&self.scenario.expect["nobody"]).iter().map(text) {
            if let Some(id) = self.led(&step) {
                self.problem(format!("{step} has the contact {id}"));
            }
        }
    }

    fn contacts(&mut self) {
        for (name, expected) in self.scenario.expect["contacts"].as_object().into_iter().flatten() {
            let Some(contact) = self.names.get(name.as_str()).and_then(|id| self.end.contacts.get(*id)) else {
                continue;
            };
            self.members(name, expected, contact);
            if self.end.as_written {
                self.members(name, &expected["in_given_order"], contact);
            }
        }
    }

    fn members(&mut self, name: &str, expected: &Value, contact: &Value) {
        for (member, expected) in expected.as_object().into_iter().flatten() {
            let actual = &contact[member];
            let is_right = match member.as_str() {
                "steps" | "in_given_order" => true,
                "channels" | "custom_fields" | "proof" => {
                    expected.as_object().into_iter().flatten().all(|(field, value)| same(&actual[field], value))
                }
                "also_known_by" | "shared" | "unconfirmed" => {
                    let entry = |entry: &Value| format!("{}={}", entry["field"], entry["value"]);
                    sorted(list(actual).iter().map(entry)) == sorted(list(expected).iter().map(entry))
                }
                "kept_apart" => {
                    let ids = list(expected).iter().map(|name| self.id_of(&text(name)));
                    sorted(list(actual).iter().map(text)) == sorted(ids)
                }
                "conversations" => conversations(actual, expected),
                "conflicts" => self.conflicts(list(actual), list(expected)),
                _ => same(actual, expected),
            };
            if !is_right {
                self.problem(format!("{name}.{member} is {actual} instead of {expected}"));
            }
        }
    }

    /// Whether each expected conflict is one of the actual ones, and there are no others.
    fn conflicts(&self, actual: &[Value], expected: &[Value]) -> bool {
        let matches = |expected: &Value, actual: &Value| {
            let pairs = |list_: &Value| {
                sorted(list(list_).iter().map(|entry| format!("{}={}", entry["field"], entry["value"])))
            };
            let with = expected["with"].as_str().is_none_or(|with| actual["contact_id"] == self.id_of(with));
            let reason = expected
                .get("reason")
                .is_none_or(|reason| reason == &actual["reason"] || list(reason).contains(&actual["reason"]));
            let same = |member: &str| expected.get(member).is_none_or(|value| actual[member] == *value);
            let withheld =
                expected.get("withheld").is_none_or(|withheld| pairs(withheld) == pairs(&actual["withheld"]));
            with && reason && same("field") && same("value") && withheld
        };
        actual.len() == expected.len()
            && expected.iter().all(|expected| actual.iter().any(|actual| matches(expected, actual)))
    }

    fn lookups(&mut self) {
        for (expected, found) in list(&self.scenario.expect["lookups"]).iter().zip(&self.end.found) {
            if expected["in_given_order"] == true && !self.end.as_written {
                continue;
            }
            let by = &expected["by"];
            if let Some(finds) = expected.get("finds") {
                let id = finds.as_str().map(|name| self.id_of(name));
                if found.finds != id {
                    self.problem(format!("{by} finds {:?} instead of {finds}", found.finds));
                }
            }
            let Some(resolved) = &found.resolved else { continue };
            for member in ["match", "identity"] {
                if expected.get(member).is_some_and(|value| *value != resolved[member]) {
                    self.problem(format!("{by} is resolved as {resolved} instead of {}", expected[member]));
                }
            }
            if let Some(names) = expected.get("lists") {
                let ids = sorted(list(names).iter().map(|name| self.id_of(&text(name))));
                if sorted(list(&resolved["lists"]).iter().map(text)) != ids {
                    self.problem(format!("{by} lists {resolved} instead of {names}"));
                }
            }
        }
    }

    fn answers(&mut self) {
        for (step, expected) in self.scenario.expect["answers"].as_object().into_iter().flatten() {
            let Some(actual) = self.end.answers.get(step) else {
                self.problem(format!("{step} was not answered"));
                continue;
            };
            for (member, expected) in expected.as_object().into_iter().flatten() {
                let value = actual.get(member).unwrap_or(&Value::Null);
                let fields = || json!(list(value).iter().map(|entry| entry["field"].clone()).collect::<Vec<_>>());
                let is_right = match member.as_str() {
                    "contact" => actual.get("contact_id") == Some(&json!(self.id_of(&text(expected)))),
                    "reason" => list(&actual["rejected"]).iter().all(|entry| entry["reason"] == *expected),
                    "rejected" => fields() == *expected,
                    "unconfirmed" => sorted(list(value).iter().map(text)) == sorted(list(expected).iter().map(text)),
                    "conflicts" if expected.is_array() => self.conflicts(list(value), list(expected)),
                    "rows" => expected.as_object().into_iter().flatten().all(|(kind, rows)| value[kind] == *rows),
                    _ => value == expected,
                };
                if !is_right {
                    self.problem(format!("{step} was answered {member} {value} instead of {expected}"));
                }
            }
        }
    }

    fn led(&self, step: &str) -> Option<&'a str> {
        self.end.led.get(step).and_then(Option::as_deref)
    }

    fn id_of(&self, name: &str) -> String {
        self.names.get(name).map(|id| (*id).to_owned()).unwrap_or_default()
    }

    fn problem(&mut self, problem: String) {
        self.problems.push(problem);
    }
}

/// Whether conversations are those expected: a list of ids, or a map from id to `identity`.
fn conversations(actual: &Value, expected: &Value) -> bool {
    match expected {
        Value::Object(_) => actual == expected,
        _ => {
            let ids = actual.as_object().into_iter().flatten().map(|(id, _)| id.clone());
            sorted(ids) == sorted(list(expected).iter().map(text))
        }
    }
}

/// Whether a member is as expected; `null` means that it is absent. Numbers may be written as texts.
fn same(actual: &Value, expected: &Value) -> bool {
    actual == expected || (!expected.is_null() && !actual.is_null() && text(actual) == text(expected))
}

fn sorted(items: impl Iterator<Item = String>) -> Vec<String> {
    let mut items: Vec<String> = items.collect();
    items.sort();
    items
}
