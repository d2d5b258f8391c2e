//! Joins of strangers that are taken back.

use fastrand::Rng;
use reqwest_tls::{Method, StatusCode};
use serde_json::{Value, json};

use super::Lane;
use crate::clients::{Answer, Call};
use crate::events::{Event, Way};
use crate::people::{Values, stranger};

/// The number of this lane among those that name strangers.
const LANE: u64 = 98;

/// The random choices of the lane: how each of three events is sent.
pub(crate) struct Script(pub(crate) Rng);

impl Iterator for Script {
    type Item = [Way; 3];

    fn next(&mut self) -> Option<[Way; 3]> {
        Some(std::array::from_fn(|_| Way::waiting(&mut self.0)))
    }
}

/// Lets one conversation name a stranger by email, another one a stranger by Slack, and a third one both; then takes back
/// the join: each has what it had, and nothing else.
pub(crate) async fn run(lane: Lane, script: Script) {
    for (ways, nth) in script.zip(0..) {
        if lane.is_over() {
            return;
        }
        let [one, two]: [Values; 2] = [["email", "name"], ["slack", "custom.plan"]].map(|fields| said(nth, fields));
        let both = vec![one[0].clone(), two[0].clone()];
        for (way, (conversation, values)) in ways.into_iter().zip(["a", "b", "c"].into_iter().zip([&one, &two, &both]))
        {
            let (workspace, at) = (lane.workspace, contacts::time::now());
            let conversation = format!("parted-{nth}-{conversation}");
            lane.send(Event { workspace, channel: "web_chat", conversation, at, values: values.clone() }, way, &[])
                .await;
        }
        if part(&lane, &one, &two).await.is_none() {
            return;
        }
    }
}

/// What is said of a stranger in two fields.
fn said(nth: u64, fields: [&'static str; 2]) -> Values {
    let mut values = stranger(LANE, nth);
    values.push(("custom.plan", format!("plan {LANE}.{nth}")));
    values.retain(|(field, _)| fields.contains(field));
    values
}

/// Takes back the join of the two, and looks at both; `None` if it went wrong.
async fn part(lane: &Lane, one: &Values, two: &Values) -> Option<()> {
    let joined = find(lane, two).await?;
    let Some([other]) = joined["joined"].as_array().map(Vec::as_slice) else {
        lane.find(format!("{one:?} and {two:?} are not one contact: {joined}"));
        return None;
    };
    let path = format!("/contacts/{}/joins/{}/undo", text(&joined["id"]), text(other));
    let undo = Call { workspace: lane.workspace, method: Method::POST, path, headers: &[], body: None };
    let undone = lane.call("joins undone", &undo).await?;
    // An attempt without an answer may have undone it.
    if ![StatusCode::OK, StatusCode::NOT_FOUND].contains(&undone.status) {
        lane.find(format!("{}: {undone:?}", undo.path));
        return None;
    }
    for (own, others) in [(one, two), (two, one)] {
        let contact = find(lane, own).await?;
        let shows = |(field, value): &(&'static str, String)| match field.strip_prefix("custom.") {
            Some(key) => contact["custom_fields"][key] == json!(value),
            None if *field == "name" => contact["name"] == json!(value),
            None => contact["channels"][field].as_str().is_some_and(|shown| shown.eq_ignore_ascii_case(value)),
        };
        let is_parted = contact["kept_apart"].as_array().is_some_and(|apart| apart.len() == 1);
        if !own.iter().all(shows) || others.iter().any(shows) || !is_parted {
            lane.find(format!("{own:?} was not taken back from {others:?}: {contact}"));
        }
    }
    Some(())
}

/// The contact with the identifier that comes first.
async fn find(lane: &Lane, values: &Values) -> Option<Value> {
    let (field, value) = &values[0];
    let path = format!("/contacts?{field}={value}");
    let Answer { json, .. } = lane.call("strangers looked up", &Call::get(lane.workspace, path)).await?;
    match json["items"].as_array().map(Vec::as_slice) {
        Some([contact]) => Some(contact.clone()),
        _ => {
            lane.find(format!("{field} {value}: {json}"));
            None
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
