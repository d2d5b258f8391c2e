//! Workspaces are isolated.

use reqwest_tls::{Method, StatusCode};
use serde_json::{Value, json};

use crate::api::Api;
use crate::conversations::{event, send};
use crate::deployment::Deployment;
use crate::imports::upload;

/// What the other workspace has, by which it could be found or known.
struct Theirs {
    contact: String,
    import: String,
    export: String,
    cursor: String,
    /// What no answer to others may hold.
    secrets: Vec<String>,
}

async fn their_book(deployment: &Deployment, user: &Api<'_>) -> Theirs {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (_, answer) = send(deployment, &event("theirs", "their-conversation", "email", "theirs@example.com")).await;
    let contact = text(&answer["contact_id"]);
    user.post("/contacts", &json!({"name": "Theodora", "channels": {"telephone": "+15557770001"}})).await;
    user.post("/custom-fields", &json!({"key": "their_field", "label": "Their field", "type": "string"})).await;
    let import = upload(deployment, user, "their-file.csv", "Email\nthird-theirs@example.com\n").await;
    let export = text(&user.post("/exports", &json!({})).await["id"]);
    user.ended(&format!("/exports/{export}")).await;
    let page = user.get("/contacts?limit=1").await;
    let mut secrets: Vec<String> =
        ["theirs@example.com", "Theodora", "15557770001", "their-conversation", "their_field", "their-file"]
            .map(str::to_owned)
            .into();
    for contact in user.contacts("limit=200").await {
        secrets.push(text(&contact["id"]));
    }
    Theirs { contact, import: text(&import["id"]), export, cursor: text(&page["next_cursor"]), secrets }
}

pub(crate) async fn a_workspace_sees_nothing_of_another(deployment: &Deployment) {
    let (user, stranger) = (deployment.user("theirs"), deployment.user("ours"));
    let theirs = their_book(deployment, &user).await;
    let before = user.contacts("limit=200").await;
    assert_eq!(before.len(), 3, "{before:?}");

    // Every call that there is, with everything that names something of theirs.
    let description = deployment.nobody().get("/openapi.json").await;
    let mut calls = 0;
    for (path, operations) in description["paths"].as_object().unwrap() {
        let id = match &**path {
            path if path.starts_with("/contacts/{id}") => &theirs.contact,
            "/conversations/{id}" => "their-conversation",
            path if path.starts_with("/imports/{id}") => &theirs.import,
            "/exports/{id}" => &theirs.export,
            path => {
                assert!(!path.contains("{id}"), "what is the id of {path}?");
                ""
            }
        };
        let real = path.replace("{id}", id).replace("{key}", "their_field");
        let real = real.replace("{conversation_id}", "their-conversation").replace("{other_id}", id);
        let real = real.replace("{conflict_id}", "a50d75edf6010810");
        for method in operations.as_object().unwrap().keys() {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let body = match &**path {
                path if path.ends_with("/settle") => json!({"decision": "belongs_here"}),
                _ => json!({}),
            };
            let body = (method != Method::GET).then_some(body);
            let answer = stranger.call(method.clone(), &real, body.as_ref()).await;
            if *path != real {
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {real}: {answer:?}");
            }
            unseen(&theirs, &format!("{method} {real}"), &answer.text.replace(&real, ""));
            calls += 1;
        }
    }
    assert!(calls > 15, "{calls}");

    for query in [
        "phone=%2B15557770001",
        "email=theirs@example.com",
        "phone_prefix=%2B1555",
        "email_prefix=the",
        "name_prefix=theo",
        "sort=name",
        "sort=created",
        "sort=phone",
        "sort=email",
        "sort=recent&limit=200",
        &format!("limit=200&cursor={}", theirs.cursor),
    ] {
        unseen(&theirs, query, &stranger.call(Method::GET, &format!("/contacts?{query}"), None).await.text);
    }

    for question in [
        json!({"telephone": "+15557770001"}),
        json!({"email": "theirs@example.com", "conversation_id": "their-conversation"}),
    ] {
        let answer = stranger.call(Method::POST, "/contacts/resolve", Some(&question)).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        unseen(&theirs, "resolve", &answer.text);
    }

    // The id of another workspace's contact matches no contact of this one.
    let file = format!("id,Email,Name\n{},ours@example.com,Ours\n", theirs.contact);
    let import = upload(deployment, &stranger, "ours.csv", &file).await;
    assert_eq!(import["rows"]["created"], 1, "{import}");
    // Nor is what we export theirs.
    let export = stranger.post("/exports", &json!({})).await;
    let export = stranger.ended(&format!("/exports/{}", export["id"].as_str().unwrap())).await;
    unseen(&theirs, "our export", &deployment.download(&export["url"]).await);

    assert_eq!(user.contacts("limit=200").await, before);
}

fn unseen(theirs: &Theirs, what: &str, text: &str) {
    for secret in &theirs.secrets {
        assert!(!text.contains(secret), "{what} tells {secret}: {text}");
    }
}

pub(crate) async fn an_equal_person_of_another_workspace_is_somebody_else(deployment: &Deployment) {
    let mut ids = Vec::new();
    for workspace in ["twin-a", "twin-b"] {
        let (_, answer) = send(deployment, &event(workspace, "twin", "email", "twin@example.com")).await;
        assert_eq!(answer["outcome"], "created", "{answer}");
        ids.push(answer["contact_id"].clone());
    }
    assert_ne!(ids[0], ids[1]);
    for (workspace, id) in ["twin-a", "twin-b"].iter().zip(&ids) {
        let user = deployment.user(workspace);
        assert_eq!(user.get("/conversations/twin").await["contact_id"], *id);
        assert_eq!(user.contacts("email=twin@example.com").await[0]["id"], *id);
    }
}
