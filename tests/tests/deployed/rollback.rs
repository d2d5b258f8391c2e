//! The functions of an older build take the place of this build's, work on its items, and go again. `make rollback` builds
//! them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::time;
use reqwest_tls::{Method, StatusCode};
use serde_json::{Value, json};

use crate::api::Api;
use crate::conversations::{event, send};
use crate::deployment::{Deployment, STACK};
use crate::tools::{FUNCTIONS, root, tool};
use crate::wait::eventually;

const WORKSPACE: &str = "rollback";

/// An item's attributes, by its keys.
type Items = BTreeMap<(String, String), BTreeMap<String, AttributeValue>>;

/// The folder with the functions of the older build. Without it, the test is ignored.
pub(crate) fn older_build() -> Option<PathBuf> {
    std::env::var_os("CONTACTS_BEFORE").map(PathBuf::from)
}

pub(crate) async fn what_this_build_has_written_outlives_a_rollback(deployment: &Deployment) {
    let user = deployment.user(WORKSPACE);
    user.post("/custom-fields", &json!({"key": "plan", "label": "Plan", "type": "string"})).await;
    let channels = json!({"telephone": "+15550000011", "email": "ada@example.com"});
    let ada =
        user.post("/contacts", &json!({"name": "Ada", "channels": channels, "custom_fields": {"plan": "x"}})).await;
    let ada = path_of(&ada["id"]);
    let bob = said("bob-1", "bob@example.com", deployment).await;
    let dan = said("dan-1", "dan@example.com", deployment).await;
    // A claim that was taken over from a deleted contact.
    let first_carol = said("carol-1", "carol@example.com", deployment).await;
    delete(&user, &first_carol).await;
    let carol = said("carol-2", "carol@example.com", deployment).await;
    for (contact, versions) in [(&ada, 1), (&bob, 1), (&dan, 1), (&carol, 1)] {
        until_kept(&user, contact, versions).await;
    }
    let (listed, written) = (user.contacts("limit=50").await, items(deployment).await);
    assert_eq!(listed.len(), 4);

    release(deployment, &older_build().unwrap()).await;

    for (before, now) in listed.iter().zip(&user.contacts("limit=50").await) {
        for (member, value) in now.as_object().unwrap() {
            assert_eq!(before[member], *value, "{member} of {before}");
        }
    }
    change(&user, &ada, json!({"name": "Ada King"})).await;
    assert_eq!(said("bob-2", "bob@example.com", deployment).await, bob);
    assert_eq!(said("carol-3", "carol@example.com", deployment).await, carol);
    delete(&user, &dan).await;
    let new = user.post("/contacts", &json!({"name": "Eve", "channels": {"email": "eve@example.com"}})).await;
    until_kept(&user, &ada, 2).await;
    until_kept(&user, &path_of(&new["id"]), 1).await;
    let touched = [&ada, &bob, &carol, &dan].map(|path| format!("W#{WORKSPACE}#C#{}", &path["/contacts/".len()..]));
    let now = items(deployment).await;
    for (key, before) in &written {
        let after = now.get(key).unwrap_or_else(|| panic!("{key:?} is gone"));
        if !touched.contains(&key.0) {
            assert_eq!(after, before, "{key:?}");
        } else if key.0 != touched[3] {
            let lost: Vec<&String> = before.keys().filter(|name| !after.contains_key(*name)).collect();
            assert!(lost.is_empty(), "{key:?} has lost {lost:?}");
        }
    }

    release(deployment, &root().join("target/lambda")).await;

    change(&user, &ada, json!({"name": "Ada Lovelace"})).await;
    until_kept(&user, &ada, 3).await;
    let restored = user.call(Method::POST, &format!("{dan}/restore"), None).await;
    assert_eq!(restored.status, StatusCode::OK, "{restored:?}");
    assert_eq!(user.contacts("email=dan@example.com").await.len(), 1);
    // The older build wrote its deletion.
    until_kept(&user, &dan, 3).await;
    assert_eq!(path_of(&user.get("/conversations/bob-2").await["contact_id"]), bob);
    assert_eq!(user.contacts("limit=50").await.len(), 5);
}

fn path_of(id: &Value) -> String {
    format!("/contacts/{}", id.as_str().unwrap())
}

/// A conversation in which somebody gives an email now. Returns the path of the contact.
async fn said(conversation: &str, email: &str, deployment: &Deployment) -> String {
    let mut event = event(WORKSPACE, conversation, "email", email);
    event["occurred_at"] = json!(time::now().to_string());
    let (_, answer) = send(deployment, &event).await;
    assert!(answer["contact_id"].is_string(), "{answer}");
    path_of(&answer["contact_id"])
}

async fn change(user: &Api<'_>, contact: &str, patch: Value) {
    let changed = user.call(Method::PATCH, contact, Some(&patch)).await;
    assert_eq!(changed.status, StatusCode::OK, "{changed:?}");
}

async fn delete(user: &Api<'_>, contact: &str) {
    let deleted = user.call(Method::DELETE, contact, None).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT, "{deleted:?}");
}

/// Waits until the history of a contact has so many entries.
async fn until_kept(user: &Api<'_>, contact: &str, versions: usize) {
    let path = format!("{contact}/history");
    eventually(&path, async || {
        let history = user.call(Method::GET, &path, None).await;
        (history.json()["items"].as_array()?.len() == versions).then_some(())
    })
    .await;
}

/// The items of the workspace.
async fn items(deployment: &Deployment) -> Items {
    let mut items = Items::new();
    let scan = deployment.dynamodb().scan().table_name(&deployment.outputs["TableName"]);
    let mut pages = scan.into_paginator().items().send();
    while let Some(item) = pages.next().await {
        let item = item.unwrap();
        let key = |name: &str| item[name].as_s().unwrap().clone();
        let (pk, sk) = (key("pk"), key("sk"));
        if pk == format!("W#{WORKSPACE}") || pk.starts_with(&format!("W#{WORKSPACE}#")) {
            items.insert((pk, sk), item.into_iter().collect());
        }
    }
    items
}

/// Publishes the functions of a build, and moves the aliases to them. The page writes nothing, and has no alias.
async fn release(deployment: &Deployment, build: &Path) {
    let folder = tempfile::tempdir().unwrap();
    for name in FUNCTIONS.into_iter().filter(|name| *name != "web") {
        let package = folder.path().join(format!("{name}.zip"));
        let mut zip = Command::new(tool("python3"));
        zip.args(["-m", "zipfile", "-c"]).arg(&package).arg("bootstrap").current_dir(build.join(name));
        assert!(zip.status().unwrap().success(), "{zip:?}");
        let (function, file) = (format!("{STACK}-{name}"), format!("fileb://{}", package.display()));
        let update = ["lambda", "update-function-code", "--publish", "--function-name", &function, "--zip-file", &file];
        let published = deployment.aws(&update).await;
        let version = published["Version"].as_str().unwrap();
        let update = ["lambda", "update-alias", "--name", "live", "--function-name", &function];
        let alias = deployment.aws(&[&update[..], &["--function-version", version]].concat()).await;
        assert_eq!(alias["FunctionVersion"], version, "{alias}");
    }
}
