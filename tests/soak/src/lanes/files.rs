//! Imports of CSV files, in several chunks.

use fastrand::Rng;
use reqwest_tls::{Method, StatusCode};
use serde_json::{Value, json};

use super::Lane;
use crate::acknowledged::File;
use crate::clients::Call;
use crate::people::{Population, Speaker, Values, stranger};
use crate::retry::Failure;

/// The columns of every file. Two that only this system's exports have make an import believe all headers, although few people
/// are in many rows.
const COLUMNS: [&str; 10] = [
    "name",
    "telephone",
    "whatsapp",
    "whatsapp_user_id",
    "email",
    "instagram",
    "slack",
    "microsoft_teams",
    "custom.plan",
    "custom.budget",
];
/// Rows without an identifier, or with an invalid phone.
const BAD_ROWS: [&str; 2] = ["Nobody,,,,,,,,,\n", "Somebody,4.41E+11,,,x@,,,,,\n"];
/// One in so many files begins with people who occur nowhere else: enough of them for the import to write contacts without
/// looking them up.
const STRANGERS_IN: u8 = 100;
const STRANGERS: u64 = 2_000;

/// A step of the lane.
#[derive(Debug, PartialEq)]
pub(crate) struct Step {
    text: String,
    /// Uploads by a link of the API, else straight into the bucket.
    by_link: bool,
    dry_run: bool,
}

/// The random steps of the lane.
pub(crate) struct Script {
    rng: Rng,
    speaker: Speaker,
    lane: u64,
    /// Whether some files begin with strangers, and how many there were.
    has_strangers: bool,
    strangers: u64,
}

impl Script {
    pub(crate) fn new(rng: Rng, population: Population, lane: u64) -> Script {
        let has_strangers = population != Population::Household;
        Script { rng, speaker: Speaker::new(population, lane), lane, has_strangers, strangers: 0 }
    }
}

impl Iterator for Script {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let rng = &mut self.rng;
        let mut text = header();
        if rng.u8(..STRANGERS_IN) == 0 && self.has_strangers {
            let strangers = self.strangers..self.strangers + STRANGERS;
            self.strangers = strangers.end;
            text.extend(strangers.map(|nth| row(&stranger(self.lane, nth))));
        }
        for _ in 0..rng.usize(1..=120) {
            match rng.usize(..40) {
                n if n < BAD_ROWS.len() => text.push_str(BAD_ROWS[n]),
                _ => text.push_str(&row(&self.speaker.next_values(rng).1)),
            }
        }
        let by_link = rng.bool();
        Some(Step { text, by_link, dry_run: by_link && rng.u8(..8) == 0 })
    }
}

/// The names of the columns.
pub(super) fn header() -> String {
    format!("{}\n", COLUMNS.join(","))
}

/// A row with these values, which have no commas.
pub(super) fn row(values: &Values) -> String {
    let cells = COLUMNS.map(|column| {
        let values = values.iter().filter(|(field, _)| *field == column);
        values.map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(" ::: ")
    });
    format!("{}\n", cells.join(","))
}

/// Runs the lane with this number.
pub(crate) async fn run(lane: Lane, number: u64, script: Script) {
    for (put, count) in script.zip(0..) {
        if lane.is_over() {
            return;
        }
        let name = format!("{}-{number}-{count}.csv", lane.workspace);
        let file = File { dry_run: put.dry_run, ..File::new(put.text) };
        if put.by_link {
            if let Some(id) = upload(&lane, &name, &file).await {
                lane.run.acknowledged.note_file(lane.workspace, name, file);
                ended(&lane, &id).await;
            }
        } else if drop_into(&lane, &name, &file).await {
            lane.run.acknowledged.note_file(lane.workspace, name, file);
        }
    }
}

/// Uploads a file by a link of the API; returns the import's id.
pub(super) async fn upload(lane: &Lane, name: &str, file: &File) -> Option<String> {
    let order = json!({"file_name": name, "size_bytes": file.text.len(), "dry_run": file.dry_run});
    let path = "/imports".to_owned();
    let call = Call { workspace: lane.workspace, method: Method::POST, path, headers: &[], body: Some(&order) };
    let ordered = lane.call("imports ordered", &call).await?;
    let put = lane.act("files put up", async |_| {
        let upload = &ordered.json["upload"];
        let mut put = lane.run.clients.http.put(upload["url"].as_str().unwrap_or_default()).body(file.text.clone());
        for (name, value) in upload["headers"].as_object().into_iter().flatten() {
            put = put.header(name, value.as_str().unwrap_or_default());
        }
        match put.send().await {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) if answer.status().is_server_error() => Err(Failure::Unanswered(format!("{answer:?}"))),
            Ok(answer) => Err(Failure::Wrong(format!("{answer:?}"))),
            Err(error) => Err(Failure::Unanswered(contacts_lambda::causes(&error))),
        }
    });
    put.await?;
    ordered.json["id"].as_str().map(ToOwned::to_owned)
}

/// Puts a file into the bucket, without retries: a second upload would be a second import.
async fn drop_into(lane: &Lane, name: &str, file: &File) -> bool {
    let clients = &lane.run.clients;
    let dropped = lane.act("files dropped", async |_| {
        let key = format!("imports/{}/{name}", lane.workspace);
        let put = clients.s3.put_object().bucket(&clients.bucket).key(key).body(file.text.clone().into_bytes().into());
        put.send().await.map(drop).map_err(|error| Failure::Wrong(contacts_lambda::causes(&error)))
    });
    dropped.await.is_some()
}

/// Waits for the end of an import.
pub(super) async fn ended(lane: &Lane, id: &str) -> Option<Value> {
    loop {
        let import = lane.call("imports looked at", &Call::get(lane.workspace, format!("/imports/{id}"))).await?;
        if import.status != StatusCode::OK {
            lane.find(format!("import {id}: {import:?}"));
            return None;
        }
        if import.json["status"] == "completed" || import.json["status"] == "failed" {
            return Some(import.json);
        }
        tokio::time::sleep(super::PAUSE).await;
    }
}
