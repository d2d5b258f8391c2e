//! A soak, from its beginning to its end.

use std::sync::Arc;
use std::time::Duration;

use contacts::{Settings, Workspace};
use contacts_book::ContactBook;
use futures_util::future::{LocalBoxFuture, join_all};
use reqwest_tls::{Method, StatusCode};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::again::Again;
use crate::compare::{self, Comparison};
use crate::ground::{Ground, Mode};
use crate::lanes::{Lane, desk, files, lists, talk};
use crate::ledger::Ledger;
use crate::people::Population;
use crate::report::Report;
use crate::seed::Seed;
use crate::site::{CROWD, Call, DESK, QUARREL, Site, WORKSPACES};
use crate::tally::Tally;
use crate::weather;

/// What goes wrong with the soak itself.
pub type SoakError = Box<dyn std::error::Error + Send + Sync>;

/// How many lanes of each kind there are.
const TALKING: u64 = 3;
const PUTTING_FILES: u64 = 2;
const DESKS: u64 = 4;
/// Over how many partitions the indexes are spread at half time.
const SHARDS: u32 = 3;

/// What the lanes share.
pub(crate) struct Run {
    pub(crate) site: Site,
    pub(crate) ledger: Ledger,
    pub(crate) tally: Arc<Tally>,
    pub(crate) again: Again,
    /// The time is up.
    pub(crate) over: CancellationToken,
}

/// Runs all lanes for a time, with faults; then lets the system come to rest and compares.
///
/// # Errors
/// When the system does not start, or cannot be looked at afterwards. What is wrong with it is in the report.
pub async fn soak(mode: Mode, time: Duration, seed: u64) -> Result<Report, SoakError> {
    let soak = Soak::start(mode, Seed(seed)).await?;
    soak.go_on(time).await?;
    let book = soak.compare().await?;
    let counts = soak.run.tally.counts();
    soak.ground.stop().await;
    Ok(Report { seed, time, counts, book })
}

/// A system under test, and what was done to it.
struct Soak {
    seed: Seed,
    ground: Ground,
    run: Arc<Run>,
    /// Of every workspace.
    settings: Settings,
}

impl Soak {
    async fn start(mode: Mode, seed: Seed) -> Result<Soak, SoakError> {
        let (tally, over) = (Arc::new(Tally::default()), CancellationToken::new());
        let (ground, site) = Ground::start(mode, seed, &tally, &over).await?;
        let (ledger, again) = (Ledger::default(), ground.again().clone());
        let run = Arc::new(Run { site, ledger, tally, again, over });
        let settings = prepare(&run.site).await?;
        Ok(Soak { seed, ground, run, settings })
    }

    /// Does all that is done, for a time.
    async fn go_on(&self, time: Duration) -> Result<(), SoakError> {
        let Run { site, tally, over, .. } = &*self.run;
        let generators = ["seconds", "faults"].map(|name| self.seed.generator(name));
        let weather = weather::run(self.ground.faults().clone(), generators, Arc::clone(tally), over.clone());
        let clock = async {
            tokio::time::sleep(time / 2).await;
            let raised = spread(site).await;
            tokio::time::sleep(time / 2).await;
            over.cancel();
            raised
        };
        tokio::join!(join_all(self.lanes()), weather, clock).2
    }

    /// Waits until all has come to rest, and compares.
    async fn compare(&self) -> Result<Comparison, SoakError> {
        self.ground.settle().await;
        compare::compare(&self.run, &self.settings).await
    }

    fn lane(&self, workspace: &'static str) -> Lane {
        Lane { run: Arc::clone(&self.run), workspace }
    }

    fn lanes(&self) -> Vec<LocalBoxFuture<'static, ()>> {
        let (seed, mut lanes) = (self.seed, Vec::<LocalBoxFuture<'static, ()>>::new());
        for n in 0..TALKING {
            let script = talk::Script::new(seed.generator(&format!("talk {n}")), Population::Consistent, n);
            lanes.push(Box::pin(talk::run(self.lane(CROWD), script)));
        }
        for n in TALKING..TALKING + PUTTING_FILES {
            let script = files::Script::new(seed.generator(&format!("files {n}")), Population::Consistent, n);
            lanes.push(Box::pin(files::run(self.lane(CROWD), n, script)));
        }
        let script = talk::Script::new(seed.generator("quarrel"), Population::Contradictory, 0);
        lanes.push(Box::pin(talk::run(self.lane(QUARREL), script)));
        let script = files::Script::new(seed.generator("files of the quarrel"), Population::Contradictory, 1);
        lanes.push(Box::pin(files::run(self.lane(QUARREL), 1, script)));
        for n in 0..DESKS {
            let script = desk::Script::new(seed.generator(&format!("desk {n}")), n, DESKS);
            lanes.push(Box::pin(desk::run(self.lane(DESK), self.settings.clone(), script)));
        }
        for workspace in WORKSPACES {
            let script = lists::Script(seed.generator(&format!("lists of {workspace}")));
            lanes.push(Box::pin(lists::run(self.lane(workspace), script)));
        }
        lanes
    }
}

/// Defines the custom fields of every workspace; gives its settings, which are the same.
async fn prepare(site: &Site) -> Result<Settings, SoakError> {
    for workspace in WORKSPACES {
        for (key, kind) in [("plan", "string"), ("budget", "number")] {
            let field = json!({"key": key, "label": key, "type": kind});
            let path = "/custom-fields".to_owned();
            let call = Call { workspace, method: Method::POST, path, headers: &[], body: Some(&field) };
            let defined = site.ask(&call).await.map_err(|trouble| format!("{trouble:?}"))?;
            if defined.status != StatusCode::CREATED {
                return Err(format!("define {key}: {defined:?}").into());
            }
        }
    }
    let book = ContactBook::new(site.dynamodb.clone(), &site.table);
    Ok(book.settings(&Workspace::parse(CROWD)?).await?)
}

/// Spreads the indexes.
async fn spread(site: &Site) -> Result<(), SoakError> {
    let book = ContactBook::new(site.dynamodb.clone(), &site.table);
    for workspace in WORKSPACES {
        book.raise_index_shards(&Workspace::parse(workspace)?, SHARDS, &contacts_testing::person()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::{self, Event, Way};
    use crate::people::Told;

    fn event(workspace: &'static str, conversation: &str, told: Told) -> Event {
        Event { workspace, conversation: conversation.to_owned(), at: contacts::time::now(), told }
    }

    fn email(name: &str) -> Told {
        vec![("email", format!("{name}@soak.example")), ("name", name.to_owned())]
    }

    /// Takes a contact out without anybody taking note.
    async fn lose(soak: &Soak, workspace: &'static str, email: &str) {
        let found = soak.run.site.ask(&Call::get(workspace, format!("/contacts?email={email}"))).await.unwrap();
        let path = format!("/contacts/{}", found.json["items"][0]["id"].as_str().unwrap());
        let call = Call { workspace, method: Method::DELETE, path, headers: &[], body: None };
        assert_eq!(soak.run.site.ask(&call).await.unwrap().status, StatusCode::NO_CONTENT);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_not_as_it_was_acknowledged_is_found() {
        let soak = Soak::start(Mode::Local, Seed(0)).await.unwrap();
        let (crowd, quarrel) = (soak.lane(CROWD), soak.lane(QUARREL));
        for name in ["ada", "bob"] {
            crowd.tell(event(CROWD, name, email(name)), Way::Wait, &[]).await;
        }
        quarrel.tell(event(QUARREL, "eve", email("eve")), Way::Later, &[]).await;
        assert_eq!(soak.compare().await.unwrap().differences, [] as [&str; 0]);

        lose(&soak, CROWD, "ada@soak.example").await;
        lose(&soak, QUARREL, "eve@soak.example").await;
        for (conversation, name) in [("bob", "robert"), ("dan", "dan")] {
            let untold = event(CROWD, conversation, email(name)).payload();
            events::send(&soak.run.site, &untold, Way::Wait).await.unwrap();
        }
        let found = soak.compare().await.unwrap().differences;
        for expected in [
            "crowd: the book lacks Shown { values: {\"email\": \"ada@soak.example\"",
            ": name is Some(\"robert\"), expected Some(\"bob\")",
            "should not be there: Shown { values: {\"email\": \"dan@soak.example\"",
            "quarrel: email eve@soak.example leads to nobody",
            "quarrel: name \"eve\" of conversation/eve is lost",
        ] {
            assert!(found.iter().any(|difference| difference.contains(expected)), "{expected}: {found:#?}");
        }
        soak.ground.stop().await;
    }
}
