//! Conflicts that a person settles, while their contacts change.

use fastrand::Rng;
use reqwest_tls::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Lane, PAUSE};
use crate::clients::Call;

/// Only contacts with at most so many conflicts are settled: of one that had more, the oldest may be forgotten, and with it
/// what it withholds.
const MOST_CONFLICTS: usize = 2;

/// The random choices of the lane.
pub(crate) struct Script(pub(crate) Rng);

/// Settles random conflicts. What they withhold is given to the contact, so that nothing is lost.
pub(crate) async fn run(lane: Lane, Script(mut rng): Script) {
    while !lane.is_over() {
        let path = "/contacts?conflicts=true&limit=50";
        let Some(page) = lane.call("conflicts looked at", &Call::get(lane.workspace, path)).await else { return };
        let contacts = page.json["items"].as_array().map(Vec::as_slice).unwrap_or_default();
        let conflicts = |contact: &Value| contact["conflicts"].as_array().map_or(0, Vec::len);
        let few: Vec<&Value> = contacts.iter().filter(|contact| conflicts(contact) <= MOST_CONFLICTS).collect();
        let others = |contact: &Value| contact["conflicts"][0]["contact_id"].clone();
        // The other contact of the conflict has few, too.
        let both = few.iter().filter(|contact| few.iter().any(|other| other["id"] == others(contact)));
        let both: Vec<&&Value> = both.collect();
        if let Some(contact) = rng.choice(both) {
            let decision = if rng.bool() { "different_people" } else { "same_person" };
            settle(&lane, contact, decision).await;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn settle(lane: &Lane, contact: &Value, decision: &str) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (id, conflict) = (text(&contact["id"]), text(&contact["conflicts"][0]["id"]));
    let body = json!({"decision": decision, "apply_withheld": true});
    let path = format!("/contacts/{id}/conflicts/{conflict}/settle");
    let call = Call { workspace: lane.workspace, method: Method::POST, path, headers: &[], body: Some(&body) };
    let Some(answer) = lane.call("conflicts settled", &call).await else { return };
    let expected = [
        StatusCode::OK,
        // It was settled by the attempt before, or the contact was joined; or the two together would have too many values.
        StatusCode::NOT_FOUND,
        StatusCode::PERMANENT_REDIRECT,
        StatusCode::CONFLICT,
    ];
    if !expected.contains(&answer.status) {
        lane.find(format!("settle {conflict} of {id} as {decision}: {answer:?}"));
    }
}
