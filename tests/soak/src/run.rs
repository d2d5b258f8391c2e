//! The course of a soak.

use std::sync::Arc;
use std::time::Duration;

use contacts::{IdentityMode, Settings, Workspace};
use contacts_book::ContactBook;
use futures_util::future::{LocalBoxFuture, join_all};
use reqwest_tls::{Method, StatusCode};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::acknowledged::AcknowledgedLog;
use crate::clients::{ATTACKED, CONFLICTING, Call, Clients, ERASED, GUARDED, HOUSEHOLDS, MANUAL, SHARED, WORKSPACES};
use crate::compare::{self, Comparison};
use crate::counters::Counters;
use crate::fault_schedule;
use crate::lanes::{Lane, callers, conversations, files, lists, manual, parted, settling, undone};
use crate::people::{Population, SWITCHBOARD};
use crate::report::Report;
use crate::seed::Seed;
use crate::state::{Run, SoakError};
use crate::target::{Mode, Target};

/// How many lanes of each kind there are.
const CONVERSATION_LANES: u64 = 3;
const FILE_LANES: u64 = 2;
const MANUAL_LANES: u64 = 4;
const ERASING_LANES: u64 = 3;
const CALLER_LANES: u64 = 2;
const HOUSEHOLD_LANES: u64 = 2;
/// The index shards of each workspace from half time on.
const SHARDS: u32 = 3;

/// Runs all lanes with faults for a time, waits until the system is idle, and compares its book with the model.
///
/// # Errors
/// When the system does not start or cannot be read afterwards. Its own defects are in the report.
pub async fn soak(mode: Mode, time: Duration, seed: u64) -> Result<Report, SoakError> {
    let soak = Soak::start(mode, Seed(seed)).await?;
    soak.go_on(time).await?;
    let book = soak.compare().await?;
    let counts = soak.run.counters.counts();
    soak.target.stop().await;
    Ok(Report { seed, time, counts, book })
}

/// A system under test, and the operations on it.
struct Soak {
    seed: Seed,
    target: Target,
    run: Arc<Run>,
    /// The settings of every workspace.
    settings: Settings,
}

impl Soak {
    async fn start(mode: Mode, seed: Seed) -> Result<Soak, SoakError> {
        let (counters, over) = (Arc::new(Counters::default()), CancellationToken::new());
        let (target, clients) = Target::start(mode, seed, &counters, &over).await?;
        let (acknowledged, redelivery) = (AcknowledgedLog::default(), target.redelivery().clone());
        let run = Arc::new(Run { clients, acknowledged, counters, redelivery, over });
        let settings = prepare(&run.clients).await?;
        Ok(Soak { seed, target, run, settings })
    }

    /// Runs all lanes for a time.
    async fn go_on(&self, time: Duration) -> Result<(), SoakError> {
        let Run { clients, counters, over, .. } = &*self.run;
        let generators = ["seconds", "faults"].map(|name| self.seed.generator(name));
        let weather = fault_schedule::run(self.target.faults().clone(), generators, Arc::clone(counters), over.clone());
        let clock = async {
            tokio::time::sleep(time / 2).await;
            let raised = spread(clients).await;
            tokio::time::sleep(time / 2).await;
            over.cancel();
            raised
        };
        tokio::join!(join_all(self.lanes()), weather, clock).2
    }

    /// Waits until the system is idle, and compares.
    async fn compare(&self) -> Result<Comparison, SoakError> {
        self.target.settle().await;
        compare::compare(&self.run, &self.settings).await
    }

    fn lane(&self, workspace: &'static str) -> Lane {
        Lane { run: Arc::clone(&self.run), workspace }
    }

    fn lanes(&self) -> Vec<LocalBoxFuture<'static, ()>> {
        let (seed, mut lanes) = (self.seed, Vec::<LocalBoxFuture<'static, ()>>::new());
        for n in 0..CONVERSATION_LANES {
            let script =
                conversations::Script::new(seed.generator(&format!("conversations {n}")), Population::Consistent, n);
            lanes.push(Box::pin(conversations::run(self.lane(SHARED), script)));
        }
        for n in CONVERSATION_LANES..CONVERSATION_LANES + FILE_LANES {
            let script = files::Script::new(seed.generator(&format!("files {n}")), Population::Consistent, n);
            lanes.push(Box::pin(files::run(self.lane(SHARED), n, script)));
        }
        let script = conversations::Script::new(seed.generator("conflicting"), Population::Contradictory, 0);
        lanes.push(Box::pin(conversations::run(self.lane(CONFLICTING), script)));
        let script = files::Script::new(seed.generator("conflicting files"), Population::Contradictory, 1);
        lanes.push(Box::pin(files::run(self.lane(CONFLICTING), 1, script)));
        let script = settling::Script(seed.generator("settling"));
        lanes.push(Box::pin(settling::run(self.lane(CONFLICTING), script)));
        // The model of the other workspaces would join them again.
        lanes.push(Box::pin(parted::run(self.lane(CONFLICTING), parted::Script(seed.generator("parted")))));
        let script = undone::Script::new(seed.generator("undone"));
        lanes.push(Box::pin(undone::run(self.lane(SHARED), script)));
        for n in 0..MANUAL_LANES {
            let script = manual::Script::new(seed.generator(&format!("manual {n}")), n, MANUAL_LANES);
            lanes.push(Box::pin(manual::run(self.lane(MANUAL), self.settings.clone(), script)));
        }
        for n in 0..ERASING_LANES {
            let rng = seed.generator(&format!("erasing {n}"));
            let script = manual::Script::new(rng, n, ERASING_LANES).with_erasures();
            lanes.push(Box::pin(manual::run(self.lane(ERASED), self.settings.clone(), script)));
        }
        for (workspace, mode) in [(ATTACKED, IdentityMode::Open), (GUARDED, IdentityMode::Guarded)] {
            for n in 0..CALLER_LANES {
                let rng = seed.generator(&format!("{workspace} callers {n}"));
                let script = callers::Script::new(rng, mode, n, CALLER_LANES);
                lanes.push(Box::pin(callers::run(self.lane(workspace), script)));
            }
        }
        for n in 0..HOUSEHOLD_LANES {
            let rng = seed.generator(&format!("households {n}"));
            let script = conversations::Script::new(rng, Population::Household, n);
            lanes.push(Box::pin(conversations::run(self.lane(HOUSEHOLDS), script)));
        }
        let script = files::Script::new(seed.generator("household files"), Population::Household, HOUSEHOLD_LANES);
        lanes.push(Box::pin(files::run(self.lane(HOUSEHOLDS), HOUSEHOLD_LANES, script)));
        for workspace in WORKSPACES {
            let script = lists::Script(seed.generator(&format!("lists of {workspace}")));
            lanes.push(Box::pin(lists::run(self.lane(workspace), script)));
        }
        lanes
    }
}

/// Defines the same custom fields in every workspace and blocks the same number; returns the settings of most.
async fn prepare(clients: &Clients) -> Result<Settings, SoakError> {
    for workspace in WORKSPACES {
        for (key, kind) in [("plan", "string"), ("budget", "number")] {
            let field = json!({"key": key, "label": key, "type": kind});
            let path = "/custom-fields".to_owned();
            let call = Call { workspace, method: Method::POST, path, headers: &[], body: Some(&field) };
            let defined = clients.ask(&call).await.map_err(|failure| format!("{failure:?}"))?;
            if defined.status != StatusCode::CREATED {
                return Err(format!("define {key}: {defined:?}").into());
            }
        }
        let mode = if workspace == GUARDED { IdentityMode::Guarded } else { IdentityMode::Open };
        let blocked = json!([{"field": "telephone", "value": SWITCHBOARD}]);
        let settings = json!({"identity": mode.as_str(), "blocked_identifiers": blocked});
        let path = "/settings".to_owned();
        let call = Call { workspace, method: Method::PATCH, path, headers: &[], body: Some(&settings) };
        let changed = clients.ask(&call).await.map_err(|failure| format!("{failure:?}"))?;
        if changed.status != StatusCode::OK {
            return Err(format!("change the settings: {changed:?}").into());
        }
    }
    let book = ContactBook::new(clients.dynamodb.clone(), &clients.table);
    Ok(book.settings(&Workspace::parse(SHARED)?).await?)
}

/// Raises the number of index shards.
async fn spread(clients: &Clients) -> Result<(), SoakError> {
    let book = ContactBook::new(clients.dynamodb.clone(), &clients.table);
    for workspace in WORKSPACES {
        book.raise_index_shards(&Workspace::parse(workspace)?, SHARDS, &contacts_testing::person()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::{self, Event, Way};
    use crate::people::Values;

    fn event(workspace: &'static str, conversation: &str, values: Values) -> Event {
        let (conversation, at) = (conversation.to_owned(), contacts::time::now());
        Event { workspace, channel: "web_chat", conversation, at, values }
    }

    fn email(name: &str) -> Values {
        vec![("email", format!("{name}@soak.example")), ("name", name.to_owned())]
    }

    /// Deletes a contact without recording it.
    async fn lose(soak: &Soak, workspace: &'static str, email: &str) {
        let found = soak.run.clients.ask(&Call::get(workspace, format!("/contacts?email={email}"))).await.unwrap();
        let path = format!("/contacts/{}", found.json["items"][0]["id"].as_str().unwrap());
        let call = Call { workspace, method: Method::DELETE, path, headers: &[], body: None };
        assert_eq!(soak.run.clients.ask(&call).await.unwrap().status, StatusCode::NO_CONTENT);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_not_as_it_was_acknowledged_is_found() {
        let soak = Soak::start(Mode::Local, Seed(0)).await.unwrap();
        let (shared, conflicting) = (soak.lane(SHARED), soak.lane(CONFLICTING));
        for name in ["ada", "bob"] {
            shared.send(event(SHARED, name, email(name)), Way::Wait, &[]).await;
        }
        conflicting.send(event(CONFLICTING, "eve", email("eve")), Way::Later, &[]).await;
        assert_eq!(soak.compare().await.unwrap().differences, [] as [&str; 0]);

        lose(&soak, SHARED, "ada@soak.example").await;
        lose(&soak, CONFLICTING, "eve@soak.example").await;
        for (conversation, name) in [("bob", "robert"), ("dan", "dan")] {
            let unrecorded = event(SHARED, conversation, email(name)).payload();
            events::send(&soak.run.clients, &unrecorded, Way::Wait).await.unwrap();
        }
        let found = soak.compare().await.unwrap().differences;
        for expected in [
            "shared: the book lacks Shown { values: {\"email\": \"ada@soak.example\"",
            ": name is Some(\"robert\"), expected Some(\"bob\")",
            "should not be there: Shown { values: {\"email\": \"dan@soak.example\"",
            "conflicting: email eve@soak.example leads to nobody",
            "conflicting: name \"eve\" of conversation/eve is lost",
        ] {
            assert!(found.iter().any(|difference| difference.contains(expected)), "{expected}: {found:#?}");
        }
        soak.target.stop().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_left_of_people_who_were_erased_is_found() {
        let soak = Soak::start(Mode::Local, Seed(0)).await.unwrap();
        soak.lane(ERASED).send(event(ERASED, "ada", email("ada")), Way::Wait, &[]).await;
        assert_eq!(soak.compare().await.unwrap().differences, [] as [&str; 0]);

        soak.run.acknowledged.note_erased("ada@soak.example".to_owned());
        let Clients { s3, bucket, .. } = &soak.run.clients;
        let file =
            s3.put_object().bucket(bucket).key("exports/erased/left.csv").body(b"Ada@Soak.Example,".to_vec().into());
        file.send().await.unwrap();
        let found = soak.compare().await.unwrap().differences;
        for place in ["W#erased#C#", "exports/erased/left.csv"] {
            let expected = format!("erased: ada@soak.example was erased, and is left in {place}");
            assert!(found.iter().any(|difference| difference.contains(&expected)), "{expected}: {found:#?}");
        }
        soak.target.stop().await;
    }

    /// An event on the telephone.
    fn call(workspace: &'static str, conversation: &str, values: &[(&'static str, &str)]) -> Event {
        let values = values.iter().map(|(field, text)| (*field, (*text).to_owned())).collect();
        Event { channel: "telephone", ..event(workspace, conversation, values) }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn callers_who_are_taken_for_others_are_found() {
        let soak = Soak::start(Mode::Local, Seed(0)).await.unwrap();
        let attacked = soak.lane(ATTACKED);
        let ada = [("telephone", "+12125550101"), ("email", "ada@soak.example"), ("name", "Ada")];
        let bob = [("telephone", "+12125550102"), ("email", "bob@soak.example"), ("name", "Bob")];
        let eve = [("telephone", "+12125550103"), ("email", "eve@soak.example"), ("name", "Eve")];
        for (conversation, values) in [("caller-0-0", ada), ("caller-1-0", bob), ("caller-2-0", eve)] {
            attacked.send(call(ATTACKED, conversation, &values), Way::Wait, &[]).await;
        }
        let said = Event { channel: "web_chat", ..call(ATTACKED, "attack-0-0-1", &[ada[1], ("name", "Mallory")]) };
        attacked.send(said, Way::Wait, &[]).await;
        assert_eq!(soak.compare().await.unwrap().differences, [] as [&str; 0]);

        // As if what the attackers say were proven, and as if the callers had said what is not their own.
        let taken = call(ATTACKED, "attack-0-0-2", &[ada[0], ("name", "Mallory")]);
        attacked.send(taken, Way::Wait, &[]).await;
        let unrecorded = [
            call(ATTACKED, "unrecorded-1", &[bob[0], ("email", "mallory@soak.example")]),
            Event { channel: "web_chat", ..call(ATTACKED, "unrecorded-2", &[bob[1], ("name", "Mallory")]) },
        ];
        for event in unrecorded {
            events::send(&soak.run.clients, &event.payload(), Way::Wait).await.unwrap();
        }
        lose(&soak, ATTACKED, "eve@soak.example").await;
        let found = soak.compare().await.unwrap().differences;
        for expected in [
            ": name is Some(\"Mallory\"), expected Some(\"Ada\")",
            "conversation attack-0-0-2 is taken for one of the caller",
            "of the identifiers [] are not there, and [\"email mallory@soak.example\"] should not be",
            "the caller's own words are unconfirmed",
            "the book lacks the caller Shown { values: {\"email\": \"eve@soak.example\"",
        ] {
            assert!(found.iter().any(|difference| difference.contains(expected)), "{expected}: {found:#?}");
        }
        soak.target.stop().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn members_of_a_household_who_are_not_apart_are_found() {
        let soak = Soak::start(Mode::Local, Seed(0)).await.unwrap();
        let households = soak.lane(HOUSEHOLDS);
        let line = ("telephone", "+12125550104");
        let member = |name| [line, ("email", email_of(name)), ("name", name)];
        let names = ["Anneliese Quick", "Bartholomew Frey", "Okonkwo Yusuf"];
        for name in names {
            households
                .send(call(HOUSEHOLDS, email_of(name).split_once('@').unwrap().0, &member(name)), Way::Wait, &[])
                .await;
        }
        let compared = soak.compare().await.unwrap();
        assert_eq!((compared.differences.as_slice(), compared.shared), (&[] as &[String], 2));

        // The owner of the line is lost, another one has another's name, and somebody comes who said nothing.
        lose(&soak, HOUSEHOLDS, email_of(names[0])).await;
        let unrecorded = [
            call(HOUSEHOLDS, "unrecorded-1", &[("email", email_of(names[1])), ("name", names[2])]),
            call(HOUSEHOLDS, "unrecorded-2", &[("email", "mallory@soak.example"), ("name", "Mallory")]),
        ];
        for event in unrecorded {
            events::send(&soak.run.clients, &event.payload(), Way::Wait).await.unwrap();
        }
        let found = soak.compare().await.unwrap().differences;
        for expected in [
            "phone +12125550104 is owned by []",
            "email anneliese@soak.example has no contact, or several",
            "email bartholomew@soak.example never said that name is \"Okonkwo Yusuf\"",
            "is nobody: Shown { values: {\"email\": \"mallory@soak.example\"",
        ] {
            assert!(found.iter().any(|difference| difference.contains(expected)), "{expected}: {found:#?}");
        }
        soak.target.stop().await;
    }

    fn email_of(name: &str) -> &'static str {
        match name {
            "Anneliese Quick" => "anneliese@soak.example",
            "Bartholomew Frey" => "bartholomew@soak.example",
            _ => "okonkwo@soak.example",
        }
    }
}
