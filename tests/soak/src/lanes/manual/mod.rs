//! Changes by hand: one lane sends all values, edits and deletions of a person and waits for each answer. Only repeated
//! events come in between.

mod story;

use std::time::Duration;

use contacts::{Caller, Email, Field, Identifier, Observation, Patch, Settings, SourceRef, time};
use jiff::{SignedDuration, Timestamp};
use reqwest_tls::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Lane, files};
use crate::acknowledged::{File, Operation};
use crate::clients::{Answer, Call};
use crate::events::Event;
use crate::people;
use crate::retry::{Attempt, Failure, hang_up_after};

pub(crate) use story::Script;
use story::{Changes, EventStep, Step, Story};

/// How long before the first step the earliest events happened.
const LONG_AGO: SignedDuration = SignedDuration::from_mins(10);

/// A lane at work on one person.
struct ManualLane<'a> {
    lane: &'a Lane,
    settings: &'a Settings,
    person: u64,
    /// A moment before each step so far; the first is long ago.
    moments: Vec<Timestamp>,
    /// The id of the contact that was deleted last.
    deleted: String,
}

pub(crate) async fn run(lane: Lane, settings: Settings, script: Script) {
    for Story { person, steps } in script {
        let moments = vec![time::now() - LONG_AGO];
        let mut manual = ManualLane { lane: &lane, settings: &settings, person, moments, deleted: String::new() };
        let mut is_erased = false;
        for step in steps {
            let erases = matches!(step, Step::Erase { .. });
            // After a step that went wrong, the next ones make no sense.
            if lane.is_over() || manual.take(step).await.is_none() {
                break;
            }
            is_erased = erases;
        }
        if is_erased {
            lane.run.acknowledged.note_erased(people::email(person).to_lowercase());
        }
        if lane.is_over() {
            return;
        }
    }
}

impl ManualLane<'_> {
    /// Takes a step; `None` if it went wrong.
    async fn take(&mut self, step: Step) -> Option<()> {
        self.moments.push(moment().await);
        let lane = self.lane;
        let act = match step {
            Step::Event(event) => {
                self.event(Some(event)).await;
                return Some(());
            }
            Step::Rows(rows) => {
                let text = files::header() + &rows.iter().map(files::row).collect::<String>();
                let name = format!("{}-by-hand-{}-{}.csv", lane.workspace, self.person, self.moments.len());
                let file = File::new(text);
                let id = files::upload(lane, &name, &file).await?;
                files::ended(lane, &id).await?;
                lane.run.acknowledged.note_file(lane.workspace, name, file);
                return Some(());
            }
            Step::Create { values, hang_up } => {
                let changes = values.into_iter().map(|(field, text)| (field, Some(text))).collect();
                self.create(&changes, hang_up).await?
            }
            Step::Edit { changes, hang_up, meanwhile } => {
                tokio::join!(self.edit(&changes, hang_up), self.event(meanwhile)).0?
            }
            Step::Delete { hang_up, meanwhile } => {
                let (act, id) = tokio::join!(self.delete(hang_up), self.event(meanwhile)).0?;
                self.deleted = id;
                act
            }
            Step::Erase { hang_up, meanwhile } => tokio::join!(self.erase(hang_up), self.event(meanwhile)).0?,
            Step::Restore { hang_up } => self.restore(hang_up).await?,
        };
        lane.run.acknowledged.note(lane.workspace, act);
        Some(())
    }

    async fn event(&self, event: Option<EventStep>) {
        let Some(EventStep { values, conversation, moment, way, repeats }) = event else { return };
        let (workspace, at) = (self.lane.workspace, self.moments[moment]);
        let event = Event { workspace, channel: "web_chat", conversation, at, values };
        self.lane.send(event, way, &repeats).await;
    }

    async fn create(&self, values: &Changes, hang_up: Option<Duration>) -> Option<Operation> {
        let key = format!("{}-{}", self.person, self.moments.len());
        let (body, headers) = (body(values), [("Idempotency-Key", key.as_str())]);
        let call = self.call(Method::POST, "/contacts".to_owned(), &headers, Some(&body));
        let created = self.lane.act("contacts added", async |tries| {
            let answer = hang_up_after(hang_up.filter(|_| tries == 0), self.lane.run.clients.ask(&call)).await?;
            let at = answer.json["created_at"].as_str().and_then(|at| at.parse::<Timestamp>().ok());
            at.filter(|_| answer.status == StatusCode::CREATED).ok_or_else(|| wrong(&body, &answer))
        });
        let at = created.await?;
        let mut form = Observation::new(SourceRef::Manual, Caller::system("soak"), at, at);
        for (field, value) in self.patch(values).values {
            form.add(field, value?).ok()?;
        }
        Some(Operation::Create(form))
    }

    /// Changes the contact once. `If-Match` refuses an earlier attempt that still arrives.
    async fn edit(&self, changes: &Changes, hang_up: Option<Duration>) -> Option<Operation> {
        let (body, patch) = (body(changes), self.patch(changes));
        let edited = self.lane.act("edits", async |tries| {
            hang_up_after(hang_up.filter(|_| tries == 0), async {
                let contact = self.contact().await?;
                if tries > 0 && has_values(&contact, &patch) {
                    return Ok(());
                }
                let (id, version) = (contact["id"].as_str().unwrap_or_default(), format!("\"{}\"", contact["version"]));
                let headers = [("If-Match", version.as_str())];
                let call = self.call(Method::PATCH, format!("/contacts/{id}"), &headers, Some(&body));
                let answer = self.lane.run.clients.ask(&call).await?;
                match answer.status {
                    StatusCode::OK if has_values(&answer.json, &patch) => Ok(()),
                    StatusCode::PRECONDITION_FAILED | StatusCode::PERMANENT_REDIRECT => {
                        Err(Failure::Unanswered(format!("{answer:?}")))
                    }
                    _ => Err(wrong(&body, &answer)),
                }
            })
            .await
        });
        edited.await?;
        Some(Operation::Edit { person: self.email()?, patch, at: moment().await })
    }

    /// Deletes the contact. Also returns its id.
    async fn delete(&self, hang_up: Option<Duration>) -> Option<(Operation, String)> {
        let contact = self.lane.act("contacts looked at", async |_| self.contact().await).await?;
        let id = contact["id"].as_str().unwrap_or_default();
        let call = self.call(Method::DELETE, format!("/contacts/{id}"), &[], None);
        let deleted = self.lane.act("deletions", async |tries| {
            let answer = hang_up_after(hang_up.filter(|_| tries == 0), self.lane.run.clients.ask(&call)).await?;
            match answer.status {
                StatusCode::NO_CONTENT => Ok(()),
                // An earlier attempt deleted it, but its answer was lost.
                StatusCode::GONE if tries > 0 => Ok(()),
                _ => Err(wrong(&contact, &answer)),
            }
        });
        deleted.await?;
        Some((Operation::Delete { person: self.email()?, at: moment().await }, id.to_owned()))
    }

    async fn erase(&self, hang_up: Option<Duration>) -> Option<Operation> {
        let contact = self.lane.act("contacts looked at", async |_| self.contact().await).await?;
        let path = format!("/contacts/{}/erase", contact["id"].as_str().unwrap_or_default());
        let call = self.call(Method::POST, path, &[], None);
        let erased = self.lane.act("erasures", async |tries| {
            let answer = hang_up_after(hang_up.filter(|_| tries == 0), self.lane.run.clients.ask(&call)).await?;
            if answer.status == StatusCode::OK { Ok(()) } else { Err(wrong(&contact, &answer)) }
        });
        erased.await?;
        Some(Operation::Erase { person: self.email()?, at: moment().await })
    }

    async fn restore(&self, hang_up: Option<Duration>) -> Option<Operation> {
        let call = self.call(Method::POST, format!("/contacts/{}/restore", self.deleted), &[], None);
        let restored = self.lane.act("restorations", async |tries| {
            let answer = hang_up_after(hang_up.filter(|_| tries == 0), self.lane.run.clients.ask(&call)).await?;
            let is_whole = answer.status == StatusCode::OK && answer.json["left_with_others"] == json!([]);
            if is_whole { Ok(()) } else { Err(wrong(&json!(self.deleted), &answer)) }
        });
        restored.await?;
        Some(Operation::Restore { person: self.email()?, at: moment().await })
    }

    /// The current contact of the person, which must exist.
    async fn contact(&self) -> Attempt<Value> {
        let email = people::email(self.person);
        let call = self.call(Method::GET, format!("/contacts?email={email}"), &[], None);
        let found = self.lane.run.clients.ask(&call).await?;
        found.json["items"].get(0).cloned().ok_or_else(|| Failure::Wrong(format!("{email} is not there: {found:?}")))
    }

    fn call<'a>(
        &self,
        method: Method,
        path: String,
        headers: &'a [(&'static str, &'a str)],
        body: Option<&'a Value>,
    ) -> Call<'a> {
        Call { workspace: self.lane.workspace, method, path, headers, body }
    }

    /// The changes as a patch of the book.
    fn patch(&self, changes: &Changes) -> Patch {
        let values = changes.iter().filter_map(|(field, text)| {
            let field = Field::parse(field).ok()?;
            let value = text.as_ref().and_then(|text| field.read(&text.as_str().into(), self.settings).ok()?);
            Some((field, value))
        });
        Patch { values: values.collect(), ..Patch::default() }
    }

    fn email(&self) -> Option<Identifier> {
        let email = Email::parse(&people::email(self.person)).ok()?;
        Some(Identifier::Email(email.match_key().to_owned()))
    }
}

fn wrong(asked: &Value, answer: &Answer) -> Failure {
    Failure::Wrong(format!("{asked}: {answer:?}"))
}

/// The JSON of changes, for a form or a merge patch.
fn body(changes: &Changes) -> Value {
    let mut body = json!({});
    for (field, text) in changes {
        match field.strip_prefix("custom.") {
            Some(key) => body["custom_fields"][key] = json!(text),
            None if *field == "name" => body["name"] = json!(text),
            None => body["channels"][field] = json!(text),
        }
    }
    body
}

/// Whether a contact, as the API shows it, has the values of a patch.
fn has_values(contact: &Value, patch: &Patch) -> bool {
    patch.values.iter().all(|(field, value)| {
        let shown = match field {
            Field::Name => &contact["name"],
            Field::Channel(channel) => &contact["channels"][channel.as_str()],
            Field::Custom(key) => &contact["custom_fields"][key.as_str()],
        };
        match (value, shown) {
            (None, shown) => shown.is_null(),
            (Some(value), Value::String(shown)) => value.as_str() == shown,
            (Some(value), shown) => {
                let digits = shown.to_string();
                value.as_str() == digits
            }
        }
    })
}

/// The current moment, later than all earlier steps and earlier than all later ones.
async fn moment() -> Timestamp {
    let before = later_than(time::now()).await;
    later_than(before).await;
    before
}

/// The current moment, once it is later than `before`.
async fn later_than(before: Timestamp) -> Timestamp {
    loop {
        let now = time::now();
        if now > before {
            return now;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
