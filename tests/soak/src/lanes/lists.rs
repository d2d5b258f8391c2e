//! Lists, step-ups and exports, while everything changes.

use std::collections::HashSet;

use fastrand::Rng;
use reqwest_tls::{Method, StatusCode};
use serde_json::Value;

use super::Lane;
use crate::clients::{Answer, Call, ERASED};
use crate::people;

/// The lists and their page sizes. Few of them, so that a lane repeats a query while the index is behind.
const QUERIES: [&str; 5] = ["sort=recent&", "sort=phone&", "sort=email&", "email_prefix=p1&", "phone_prefix=%2B1212&"];
const LIMITS: [usize; 4] = [5, 20, 50, 200];
const PAGES: usize = 5;

/// A step of the lane.
#[derive(Debug, PartialEq)]
pub(crate) enum Step {
    /// Reads the first pages of a list.
    Walk {
        query: &'static str,
        limit: usize,
    },
    /// Looks one person up.
    Person(u64),
    Export,
}

/// The random steps of the lane.
pub(crate) struct Script(pub(crate) Rng);

impl Iterator for Script {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let rng = &mut self.0;
        Some(match rng.u8(..20) {
            0..=7 => {
                let query = QUERIES[rng.usize(..QUERIES.len())];
                Step::Walk { query, limit: LIMITS[rng.usize(..LIMITS.len())] }
            }
            8 => Step::Export,
            _ => Step::Person(rng.u64(..400)),
        })
    }
}

pub(crate) async fn run(lane: Lane, script: Script) {
    for step in script {
        if lane.is_over() {
            return;
        }
        match step {
            Step::Walk { query, limit } => drop(walk(&lane, query, limit, PAGES).await),
            Step::Person(person) => look_person_up(&lane, person).await,
            // An erasure removes all exports.
            Step::Export if lane.workspace == ERASED => {}
            Step::Export => drop(export(&lane).await),
        }
    }
}

/// The contacts of a list, page by page; `None` if a page was wrong.
pub(crate) async fn walk(lane: &Lane, query: &str, limit: usize, pages: usize) -> Option<Vec<Value>> {
    let (mut contacts, mut cursor) = (Vec::new(), String::new());
    for _ in 0..pages {
        let path = format!("/contacts?{query}limit={limit}{cursor}");
        let page = lane.call("pages of lists", &Call::get(lane.workspace, &path)).await?;
        let items = page.json["items"].as_array();
        let Some(items) = items.filter(|items| page.status == StatusCode::OK && is_page(items, limit)) else {
            lane.find(format!("{path}: no page: {page:?}"));
            return None;
        };
        contacts.extend(items.iter().cloned());
        let Some(next) = page.json["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    Some(contacts)
}

fn is_page(items: &[Value], limit: usize) -> bool {
    let ids: HashSet<&str> = items.iter().filter_map(|contact| contact["id"].as_str()).collect();
    ids.len() == items.len() && items.len() <= limit
}

/// The contact with an identifier, by look-up.
pub(crate) async fn look_up(lane: &Lane, query: &str) -> Option<Answer> {
    let answer = lane.call("look-ups", &Call::get(lane.workspace, format!("/contacts?{query}"))).await?;
    let found = answer.json["items"].as_array().map_or(usize::MAX, Vec::len);
    if answer.status != StatusCode::OK || found > 1 {
        lane.find(format!("{query}: {answer:?}"));
        return None;
    }
    Some(answer)
}

async fn look_person_up(lane: &Lane, person: u64) {
    let email = people::email(person);
    let Some(found) = look_up(lane, &format!("email={email}")).await else { return };
    let Some(contact) = found.json["items"].get(0) else { return };
    if !contact.to_string().contains(&email) {
        lane.find(format!("{email} is said to be {contact}"));
    }
}

/// Makes an export, and returns the link to its file.
pub(crate) async fn export(lane: &Lane) -> Option<String> {
    let path = "/exports".to_owned();
    let order = Call { workspace: lane.workspace, method: Method::POST, path, headers: &[], body: None };
    let id = lane.call("exports", &order).await?.json["id"].as_str()?.to_owned();
    loop {
        let export = lane.call("exports looked at", &Call::get(lane.workspace, format!("/exports/{id}"))).await?;
        match export.json["status"].as_str() {
            Some("running") => tokio::time::sleep(super::PAUSE).await,
            Some("completed") => return export.json["url"].as_str().map(ToOwned::to_owned),
            _ => {
                lane.find(format!("export {id}: {export:?}"));
                return None;
            }
        }
    }
}
