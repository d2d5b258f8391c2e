//! The cases of identity, on decisions alone and in every order.

use std::collections::BTreeMap;

use contacts::memory::MemoryBook;
use contacts::{
    Captured, Channel, Contact, ContactId, ConversationChannel, ConversationId, ConversationInfo, Country,
    CreateRefused, CustomField, CustomKey, CustomType, EditRefused, Field, IdentityMode, ImportId, ListedIdentifier,
    Observation, Outcome, Patch, Question, Raw, Settings, SourceRef, Value, time,
};
use contacts_cases::{Action, Answer, End, Found, Row, Scenario, Step, scenarios};
use jiff::Timestamp;
use serde_json::{Value as Json, json};

use crate::book::person as user;

#[test]
fn every_case_has_the_right_answer_in_every_order() {
    let mut problems = Vec::new();
    for scenario in &scenarios() {
        for (place, order) in scenario.orders().into_iter().enumerate() {
            let run = std::panic::catch_unwind(|| {
                let mut world = World::new(scenario);
                for step in &order {
                    world.carry_out(step);
                }
                scenario.check(&world.end(scenario, place == 0))
            });
            let found = run.unwrap_or_else(|_| vec!["panic".to_owned()]);
            if !found.is_empty() {
                let steps: Vec<&str> = order.iter().map(|step| step.name.as_str()).collect();
                problems.push(format!("{} {steps:?}:\n    {}", scenario.title, found.join("\n    ")));
                break;
            }
        }
    }
    assert!(problems.is_empty(), "{} scenarios fail\n{}", problems.len(), problems.join("\n"));
}

/// A workspace, and what its interfaces would answer.
struct World {
    book: MemoryBook,
    now: Timestamp,
    led: BTreeMap<String, Option<ContactId>>,
    rows: Vec<Row>,
    answers: BTreeMap<String, Answer>,
}

impl World {
    fn new(scenario: &Scenario) -> World {
        let mut book = MemoryBook::default();
        for (key, kind) in &scenario.custom_fields {
            let kind = if kind == "number" { CustomType::Number } else { CustomType::String };
            let field = CustomField::new(CustomKey::parse(key).unwrap(), key, kind).unwrap();
            book.settings.custom_fields.push(field);
        }
        let now = time::from_millis(1_790_000_000_000);
        let mut world = World { book, now, led: BTreeMap::new(), rows: Vec::new(), answers: BTreeMap::new() };
        if let Some(settings) = &scenario.settings {
            world.change_settings(settings);
        }
        world
    }

    fn change_settings(&mut self, body: &Json) {
        let settings = &mut self.book.settings;
        if let Some(country) = body["default_country"].as_str() {
            settings.default_country = Country::parse(country).unwrap();
        }
        if let Some(mode) = body["identity"].as_str() {
            settings.identity = IdentityMode::parse(mode).unwrap();
        }
        let listed = |name: &str, settings: &Settings| -> Vec<ListedIdentifier> {
            let entry = |entry: &Json| {
                let channel = Channel::parse(entry["field"].as_str().unwrap()).unwrap();
                let value = read(channel.into(), entry["value"].as_str().unwrap(), settings).unwrap();
                ListedIdentifier { channel, value }
            };
            body[name].as_array().into_iter().flatten().map(entry).collect()
        };
        settings.blocked_identifiers = listed("blocked_identifiers", settings);
        settings.allowed_identifiers = listed("allowed_identifiers", settings);
    }

    fn carry_out(&mut self, step: &Step) {
        // Each step happens a second after the one before.
        self.now += jiff::SignedDuration::from_secs(1);
        let answer = match &step.action {
            Action::Event { event, captured_json } => {
                let (answer, contact) = self.event(event, captured_json.as_deref());
                self.led.insert(step.name.clone(), contact);
                answer
            }
            Action::Form(body) => {
                let (answer, contact) = self.form(body);
                self.led.insert(step.name.clone(), contact);
                answer
            }
            Action::Patch { of, body } => self.patch(of, body),
            Action::Unlink { of, conversation } => {
                let (id, conversation) = (self.contact_of(of), ConversationId::parse(conversation).unwrap());
                self.book.unlink(id, &conversation, &user(), self.now).unwrap();
                json!({})
            }
            Action::Settings(body) => {
                self.change_settings(body);
                json!({})
            }
            Action::Import(rows) => self.import(rows),
            Action::UndoJoin { of, was } => {
                let (survivor, other) = (self.contact_of(of), self.led[was].unwrap());
                self.book.undo_join(survivor, other, &user(), self.now).unwrap();
                json!({})
            }
        };
        self.answers.insert(step.name.clone(), answer.as_object().unwrap().clone());
    }

    fn event(&mut self, event: &Json, captured_json: Option<&str>) -> (Json, Option<ContactId>) {
        let captured = captured_json.map_or_else(|| event["captured"].to_string(), str::to_owned);
        let captured = captured_of(&captured);
        let at = match event["occurred_at"].as_str().unwrap() {
            "now" => self.now,
            at => at.parse().unwrap(),
        };
        let info = ConversationInfo {
            id: ConversationId::parse(event["conversation_id"].as_str().unwrap()).unwrap(),
            channel: ConversationChannel::parse(event["channel"].as_str().unwrap()).unwrap(),
            assistant_id: "a-1".to_owned(),
        };
        let mut seen = Observation::of_conversation(info, at, self.now);
        seen.sequence = event["sequence"].as_u64().unwrap_or(0);
        let mut rejected: Vec<Json> = seen
            .add_captured(&captured, &self.book.settings)
            .iter()
            .map(|rejected| json!({"field": rejected.field, "reason": rejected.reason}))
            .collect();
        let folded = self.book.observe(&seen, self.now);
        if folded.outcome == Outcome::WrongChannel {
            return (json!({"invalid": true}), None);
        }
        let left_out = folded.rejected.iter();
        rejected.extend(left_out.map(|(field, why)| json!({"field": field.to_string(), "reason": why.to_string()})));
        let answer = json!({
            "outcome": format!("{:?}", folded.outcome).to_lowercase(),
            "invalid": false,
            "contact_id": folded.contact.map(|id| id.to_string()),
            "identity": identity(folded.proven),
            "joined": folded.joined.len(),
            "conflicts": folded.conflicts.iter().map(conflict).collect::<Vec<_>>(),
            "unconfirmed": folded.unconfirmed.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "rejected": rejected,
        });
        (answer, folded.contact)
    }

    fn form(&mut self, body: &Json) -> (Json, Option<ContactId>) {
        let mut form = Observation::new(SourceRef::Manual, user(), self.now, self.now);
        for (field, value) in members(body) {
            form.add(field.clone(), read(field, value.unwrap(), &self.book.settings).unwrap()).unwrap();
        }
        match self.book.create(&form, None) {
            Ok(contact) => (json!({"status": 201}), Some(contact.id)),
            Err(CreateRefused::Known { .. }) => (json!({"status": 409}), None),
            Err(_) => (json!({"status": 422}), None),
        }
    }

    fn patch(&mut self, of: &str, body: &Json) -> Json {
        let settings = &self.book.settings;
        let values = members(body).into_iter().map(|(field, value)| {
            let value = value.map(|value| read(field.clone(), value, settings).unwrap());
            (field, value)
        });
        let kept = |entry: &Json| {
            (Field::parse(entry["field"].as_str().unwrap()).unwrap(), entry["value"].as_str().unwrap().to_owned())
        };
        let patch = Patch {
            values: values.collect(),
            dismiss_conflicts: body.get("conflicts").is_some(),
            keep_unconfirmed: body["unconfirmed"].as_array().map(|kept_| kept_.iter().map(kept).collect()),
            keep_also_known_by: None,
        };
        match self.book.edit(self.contact_of(of), &patch, &user(), self.now) {
            Ok(()) => json!({"status": 200}),
            Err(EditRefused::Known { .. }) => json!({"status": 409}),
            Err(_) => json!({"status": 422}),
        }
    }

    fn import(&mut self, rows: &[Row]) -> Json {
        let import = ImportId::new();
        let mut counts: BTreeMap<&str, usize> =
            ["read", "created", "updated", "unchanged", "rejected"].into_iter().map(|kind| (kind, 0)).collect();
        let (mut joined, mut conflicts) = (0, 0);
        for (line, row) in (2..).zip(rows) {
            let mut seen = Observation::of_row(import, line, self.now, self.now);
            for (field, text) in &row.cells {
                let field = Field::parse(field).unwrap();
                seen.add(field.clone(), read(field, text, &self.book.settings).unwrap()).unwrap();
            }
            let folded = self.book.observe(&seen, self.now);
            joined += folded.joined.len();
            conflicts += usize::from(!folded.conflicts.is_empty());
            *counts.get_mut("read").unwrap() += 1;
            *counts
                .get_mut(match folded.outcome {
                    Outcome::Created => "created",
                    Outcome::Updated => "updated",
                    Outcome::Unchanged => "unchanged",
                    _ => "rejected",
                })
                .unwrap() += 1;
        }
        self.rows.extend(rows.iter().filter(|row| row.name.is_some()).cloned());
        json!({"rows": counts, "joined": joined, "conflicts": conflicts})
    }

    fn contact_of(&self, step: &str) -> ContactId {
        self.book.survivor(self.led[step].unwrap()).unwrap().id
    }

    fn find(&self, field: &str, text: &str) -> Option<&Contact> {
        let channel = Channel::parse(field).unwrap();
        let value = Field::from(channel).read(&text.into(), &self.book.settings).ok()??;
        let identifier = value.identifier(channel).filter(|identifier| !self.book.settings.blocks(identifier))?;
        self.book.contact_by(&identifier)
    }

    fn resolve(&self, field: &str, text: &str) -> Json {
        let mut question = Question::default();
        question.ask(Channel::parse(field).unwrap(), text, &self.book.settings);
        let resolved = self.book.resolve(&question);
        let listed = resolved.contact.into_iter().chain(resolved.candidates);
        json!({
            "match": resolved.matched.as_str(),
            "identity": identity(resolved.proven),
            "lists": listed.map(|id| id.to_string()).collect::<Vec<_>>(),
        })
    }

    fn end(&self, scenario: &Scenario, as_written: bool) -> End {
        let survivor = |id: &ContactId| self.book.survivor(*id).map(|contact| contact.id.to_string());
        let mut led: BTreeMap<String, Option<String>> =
            self.led.iter().map(|(step, id)| (step.clone(), id.as_ref().and_then(survivor))).collect();
        for row in &self.rows {
            let (field, text) = row.found_by.as_ref().unwrap();
            led.insert(row.name.clone().unwrap(), self.find(field, text).map(|contact| contact.id.to_string()));
        }
        let found = scenario.lookups().into_iter().map(|lookup| Found {
            finds: self.find(&lookup.field, &lookup.value).map(|contact| contact.id.to_string()),
            resolved: Some(self.resolve(&lookup.field, &lookup.value)),
        });
        End {
            as_written,
            contacts: self.book.live().map(|contact| (contact.id.to_string(), self.show(contact))).collect(),
            led,
            answers: self.answers.clone(),
            found: found.collect(),
        }
    }

    /// A contact as the API shows it.
    fn show(&self, contact: &Contact) -> Json {
        let entry = |channel: Channel, value: &Value| json!({"field": channel.as_str(), "value": value.as_str()});
        let conversations = self.book.links.iter().filter_map(|(id, conversation)| {
            let ours = self.book.survivor(*id)?.id == contact.id;
            ours.then(|| (conversation.info.id.as_str().to_owned(), json!(identity(conversation.proven))))
        });
        let kept_apart = contact.kept_apart.iter().filter_map(|id| self.book.survivor(*id));
        let mut channels = json!({});
        for held in contact.identifiers.primaries() {
            channels[held.channel.as_str()] = json!(held.value.as_str());
        }
        let mut custom_fields = json!({});
        for (key, value) in contact.custom_values() {
            custom_fields[key.as_str()] = json!(value.as_str());
        }
        json!({
            "id": contact.id.to_string(),
            "name": contact.name().map(contacts::Name::as_str),
            "phone": contact.phone().map(contacts::Phone::as_str),
            "channels": channels,
            "also_known_by": contact.identifiers.secondary().iter().map(|held| entry(held.channel, &held.value)).collect::<Vec<_>>(),
            "shared": contact.identifiers.shared().map(|held| entry(held.channel, &held.value)).collect::<Vec<_>>(),
            "unconfirmed": contact.unconfirmed.iter().map(|entry| json!({"field": entry.field.to_string(), "value": entry.value.as_str()})).collect::<Vec<_>>(),
            "custom_fields": custom_fields,
            "source": match contact.source {
                SourceRef::Conversation(_) => "conversation",
                SourceRef::Import { .. } => "import",
                _ => "manual",
            },
            "proven": contact.is_proven(self.book.settings.identity),
            "conflicts": contact.conflicts.iter().map(conflict).collect::<Vec<_>>(),
            "kept_apart": kept_apart.map(|contact| contact.id.to_string()).collect::<Vec<_>>(),
            "conversations": conversations.collect::<serde_json::Map<_, _>>(),
        })
    }
}

fn conflict(conflict: &contacts::Conflict) -> Json {
    let withheld = conflict.withheld.iter();
    json!({
        "field": conflict.field.to_string(),
        "value": conflict.value.as_ref().map(Value::as_str),
        "contact_id": conflict.contact.to_string(),
        "reason": conflict.reason.as_str(),
        "withheld": withheld.map(|(field, value)| json!({"field": field.to_string(), "value": value.as_str()})).collect::<Vec<_>>(),
    })
}

fn identity(proven: bool) -> &'static str {
    if proven { "proven" } else { "stated" }
}

fn read(field: Field, text: &str, settings: &Settings) -> Option<Value> {
    field.read(&text.into(), settings).unwrap()
}

/// The fields of a form or patch, with their texts.
fn members(body: &Json) -> Vec<(Field, Option<&str>)> {
    let name = body.get("name").map(|name| (Field::Name, name.as_str()));
    let channels = body["channels"].as_object().into_iter().flatten();
    let channels = channels.map(|(channel, value)| (Field::Channel(Channel::parse(channel).unwrap()), value.as_str()));
    name.into_iter().chain(channels).collect()
}

/// The entries of `captured` that can be read as entries; the others are the function's to refuse.
fn captured_of(json: &str) -> Vec<Captured> {
    let entries: Vec<Box<serde_json::value::RawValue>> = serde_json::from_str(json).unwrap();
    let entry = |raw: &serde_json::value::RawValue| {
        #[derive(serde::Deserialize)]
        struct Entry {
            field: String,
            value: Raw,
            proof: Option<String>,
        }
        let entry: Entry = serde_json::from_str(raw.get()).ok()?;
        Some(Captured { field: entry.field, value: entry.value, proof: entry.proof })
    };
    entries.iter().filter_map(|raw| entry(raw)).collect()
}
