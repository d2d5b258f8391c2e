//! The desk: people who are told of, added, changed and deleted by one lane, which waits for every answer. Only repeated
//! events come in between.

mod story;

use std::time::Duration;

use contacts::{Caller, Email, Field, Identifier, Observation, Patch, Settings, SourceRef, time};
use jiff::{SignedDuration, Timestamp};
use reqwest_tls::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Lane, files};
use crate::events::Event;
use crate::ledger::{Act, File};
use crate::patience::{Asked, Trouble, hurried};
use crate::people;
use crate::site::{Answer, Call};

pub(crate) use story::Script;
use story::{Changes, Heard, Step, Story};

/// When what happened before the first step did.
const LONG_AGO: SignedDuration = SignedDuration::from_mins(10);

/// One lane with one person at a time.
struct Desk<'a> {
    lane: &'a Lane,
    settings: &'a Settings,
    whom: u64,
    /// Before each step so far, the first long ago.
    moments: Vec<Timestamp>,
}

pub(crate) async fn run(lane: Lane, settings: Settings, script: Script) {
    for Story { whom, steps } in script {
        let moments = vec![time::now() - LONG_AGO];
        let mut desk = Desk { lane: &lane, settings: &settings, whom, moments };
        for step in steps {
            // After a step that went wrong, what was to follow makes no sense.
            if lane.is_over() || desk.take(step).await.is_none() {
                break;
            }
        }
        if lane.is_over() {
            return;
        }
    }
}

impl Desk<'_> {
    /// Takes a step; `None` when it went wrong.
    async fn take(&mut self, step: Step) -> Option<()> {
        self.moments.push(moment().await);
        let lane = self.lane;
        let act = match step {
            Step::Hear(heard) => {
                self.hear(Some(heard)).await;
                return Some(());
            }
            Step::Rows(rows) => {
                let text = files::header() + &rows.iter().map(files::row).collect::<String>();
                let (name, file) = (format!("desk-{}-{}.csv", self.whom, self.moments.len()), File::new(text));
                let id = files::upload(lane, &name, &file).await?;
                files::ended(lane, &id).await?;
                lane.run.ledger.note_file(lane.workspace, name, file);
                return Some(());
            }
            Step::Create { told, hang_up } => {
                let changes = told.into_iter().map(|(field, text)| (field, Some(text))).collect();
                self.create(&changes, hang_up).await?
            }
            Step::Edit { changes, hang_up, meanwhile } => {
                tokio::join!(self.edit(&changes, hang_up), self.hear(meanwhile)).0?
            }
            Step::Delete { hang_up, meanwhile } => tokio::join!(self.delete(hang_up), self.hear(meanwhile)).0?,
        };
        lane.run.ledger.note(lane.workspace, act);
        Some(())
    }

    async fn hear(&self, heard: Option<Heard>) {
        let Some(Heard { told, conversation, moment, way, again }) = heard else { return };
        let event = Event { workspace: self.lane.workspace, conversation, at: self.moments[moment], told };
        self.lane.tell(event, way, &again).await;
    }

    async fn create(&self, told: &Changes, hang_up: Option<Duration>) -> Option<Act> {
        let key = format!("{}-{}", self.whom, self.moments.len());
        let (body, headers) = (body(told), [("Idempotency-Key", key.as_str())]);
        let call = self.call(Method::POST, "/contacts".to_owned(), &headers, Some(&body));
        let created = self.lane.act("contacts added", async |tries| {
            let answer = hurried(hang_up.filter(|_| tries == 0), self.lane.run.site.ask(&call)).await?;
            let at = answer.json["created_at"].as_str().and_then(|at| at.parse::<Timestamp>().ok());
            at.filter(|_| answer.status == StatusCode::CREATED).ok_or_else(|| wrong(&body, &answer))
        });
        let at = created.await?;
        let mut form = Observation::new(SourceRef::Manual, Caller::system("soak"), at, at);
        for (field, value) in self.patch(told).values {
            form.add(field, value?).ok()?;
        }
        Some(Act::Create(form))
    }

    /// Changes the contact, once: an attempt that was given up may still arrive, and finds another version then.
    async fn edit(&self, changes: &Changes, hang_up: Option<Duration>) -> Option<Act> {
        let (body, patch) = (body(changes), self.patch(changes));
        let edited = self.lane.act("edits", async |tries| {
            hurried(hang_up.filter(|_| tries == 0), async {
                let contact = self.contact().await?;
                if tries > 0 && says(&contact, &patch) {
                    return Ok(());
                }
                let (id, version) = (contact["id"].as_str().unwrap_or_default(), format!("\"{}\"", contact["version"]));
                let headers = [("If-Match", version.as_str())];
                let call = self.call(Method::PATCH, format!("/contacts/{id}"), &headers, Some(&body));
                let answer = self.lane.run.site.ask(&call).await?;
                match answer.status {
                    StatusCode::OK if says(&answer.json, &patch) => Ok(()),
                    StatusCode::PRECONDITION_FAILED | StatusCode::PERMANENT_REDIRECT => {
                        Err(Trouble::Unanswered(format!("{answer:?}")))
                    }
                    _ => Err(wrong(&body, &answer)),
                }
            })
            .await
        });
        edited.await?;
        Some(Act::Edit { whom: self.anchor()?, patch, at: moment().await })
    }

    async fn delete(&self, hang_up: Option<Duration>) -> Option<Act> {
        let contact = self.lane.act("contacts looked at", async |_| self.contact().await).await?;
        let id = contact["id"].as_str().unwrap_or_default();
        let call = self.call(Method::DELETE, format!("/contacts/{id}"), &[], None);
        let deleted = self.lane.act("deletions", async |tries| {
            let answer = hurried(hang_up.filter(|_| tries == 0), self.lane.run.site.ask(&call)).await?;
            match answer.status {
                StatusCode::NO_CONTENT => Ok(()),
                // Of an attempt whose answer was lost.
                StatusCode::NOT_FOUND if tries > 0 => Ok(()),
                _ => Err(wrong(&contact, &answer)),
            }
        });
        deleted.await?;
        Some(Act::Delete { whom: self.anchor()?, at: moment().await })
    }

    /// The person's contact, which there must be, as it is now.
    async fn contact(&self) -> Asked<Value> {
        let email = people::email(self.whom);
        let call = self.call(Method::GET, format!("/contacts?email={email}"), &[], None);
        let found = self.lane.run.site.ask(&call).await?;
        found.json["items"].get(0).cloned().ok_or_else(|| Trouble::Wrong(format!("{email} is not there: {found:?}")))
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

    /// What the changes are to the book.
    fn patch(&self, changes: &Changes) -> Patch {
        let values = changes.iter().filter_map(|(field, text)| {
            let field = Field::parse(field).ok()?;
            let value = text.as_ref().and_then(|text| field.read(&text.as_str().into(), self.settings).ok()?);
            Some((field, value))
        });
        Patch { values: values.collect(), dismiss_conflicts: false }
    }

    fn anchor(&self) -> Option<Identifier> {
        let email = Email::parse(&people::email(self.whom)).ok()?;
        Some(Identifier::Email(email.match_key().to_owned()))
    }
}

fn wrong(asked: &Value, answer: &Answer) -> Trouble {
    Trouble::Wrong(format!("{asked}: {answer:?}"))
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

/// Whether a contact, as the API shows it, is as a change wants it.
fn says(contact: &Value, patch: &Patch) -> bool {
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

/// The present moment, later than all that was done before and earlier than all that is done after.
async fn moment() -> Timestamp {
    let before = later_than(time::now()).await;
    later_than(before).await;
    before
}

/// The present moment, once it is later than `before`.
async fn later_than(before: Timestamp) -> Timestamp {
    loop {
        let now = time::now();
        if now > before {
            return now;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
