//! Imports of strangers that are taken back, while a conversation names one of them.

use fastrand::Rng;
use reqwest_tls::{Method, StatusCode};
use serde_json::Value;

use super::{Lane, PAUSE, files};
use crate::acknowledged::File;
use crate::clients::Call;
use crate::events::{Event, Way};
use crate::people::{Values, stranger};

/// The number of this lane among those that name strangers.
const LANE: u64 = 99;
/// The most strangers of a file.
const MOST: u64 = 60;

/// The random steps of the lane: how many strangers a file has, and which of them a conversation names, and how.
pub(crate) struct Script {
    rng: Rng,
    strangers: u64,
}

/// A step of the lane.
#[derive(Debug, PartialEq)]
pub(crate) struct Step {
    strangers: std::ops::Range<u64>,
    named: u64,
    way: Way,
}

impl Script {
    pub(crate) fn new(rng: Rng) -> Script {
        Script { rng, strangers: 0 }
    }
}

impl Iterator for Script {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let strangers = self.strangers..self.strangers + self.rng.u64(2..=MOST);
        self.strangers = strangers.end;
        let named = self.rng.u64(strangers.clone());
        Some(Step { strangers, named, way: Way::waiting(&mut self.rng) })
    }
}

/// Imports, lets a conversation name one of the contacts, and takes the import back: who was named stays, with what the
/// conversation said.
pub(crate) async fn run(lane: Lane, script: Script) {
    for (step, count) in script.zip(0..) {
        if lane.is_over() {
            return;
        }
        let name = format!("{}-undone-{count}.csv", lane.workspace);
        let rows: String = step.strangers.clone().map(|nth| files::row(&stranger(LANE, nth))).collect();
        let file = File { undone: true, ..File::new(files::header() + &rows) };
        let Some(id) = files::upload(&lane, &name, &file).await else { continue };
        lane.run.acknowledged.note_file(lane.workspace, name, file);
        if files::ended(&lane, &id).await.is_none() {
            continue;
        }
        let values: Values = stranger(LANE, step.named).into_iter().filter(|(field, _)| *field == "email").collect();
        let (workspace, conversation, at) = (lane.workspace, format!("undone-{count}"), contacts::time::now());
        lane.send(Event { workspace, channel: "web_chat", conversation, at, values }, step.way, &[]).await;
        let Some(undo) = undo(&lane, &id).await else { return };
        let counts = ["removed", "restored", "kept"].map(|count| undo[count].as_u64().unwrap_or_default());
        if counts != [step.strangers.count() as u64 - 1, 0, 1] {
            lane.find(format!("the undo of import {id}: {undo}"));
        }
    }
}

/// Takes an import back and waits for the end; `None` if it went wrong.
async fn undo(lane: &Lane, id: &str) -> Option<Value> {
    let path = format!("/imports/{id}/undo");
    let ask = Call { workspace: lane.workspace, method: Method::POST, path, headers: &[], body: None };
    lane.call("imports undone", &ask).await?;
    loop {
        let import = lane.call("undos looked at", &Call::get(lane.workspace, format!("/imports/{id}"))).await?;
        if import.status != StatusCode::OK || import.json["undo"].is_null() {
            lane.find(format!("the undo of import {id}: {import:?}"));
            return None;
        }
        match import.json["undo"]["status"].as_str() {
            Some("completed") => return Some(import.json["undo"].clone()),
            Some("interrupted") => drop(lane.call("imports undone", &ask).await?),
            _ => tokio::time::sleep(PAUSE).await,
        }
    }
}
