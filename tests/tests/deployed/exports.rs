//! CSV exports.

use reqwest_tls::StatusCode;
use serde_json::{Value, json};

use crate::api::Api;
use crate::deployment::Deployment;
use crate::imports::upload;

/// Exports all contacts; gives the export when it has ended.
async fn export(user: &Api<'_>) -> Value {
    let export = user.post("/exports", &json!({})).await;
    user.ended(&format!("/exports/{}", export["id"].as_str().unwrap())).await
}

async fn people(user: &Api<'_>) {
    for (name, phone, email) in
        [("=Ada \"the\" first", "+15550000001", "ada@example.com"), ("Grüße, Zoë", "+442079460018", "zoe@example.com")]
    {
        user.post("/contacts", &json!({"name": name, "channels": {"telephone": phone, "email": email}})).await;
    }
}

pub(crate) async fn an_export_is_downloaded_by_its_link(deployment: &Deployment) {
    let user = deployment.user("exported");
    people(&user).await;
    let export = export(&user).await;
    assert_eq!((&export["status"], &export["rows"]), (&json!("completed"), &json!(2)), "{export}");

    // The link is the permission: it needs no token, and is good for this file only.
    let url = export["url"].as_str().unwrap();
    let file = deployment.http.get(url).send().await.unwrap();
    let disposition = file.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(disposition.starts_with("attachment"), "{disposition}");
    let text = file.text().await.unwrap();
    assert!(text.contains("'=Ada \"\"the\"\" first") && text.contains("+442079460018"), "{text}");
    let bare = url.split('?').next().unwrap();
    assert_eq!(deployment.http.get(bare).send().await.unwrap().status(), StatusCode::FORBIDDEN);
    let other = url.replace(export["id"].as_str().unwrap(), "0190c5f2-0000-7000-8000-000000000001");
    assert_eq!(deployment.http.get(other).send().await.unwrap().status(), StatusCode::FORBIDDEN);
}

pub(crate) async fn what_was_exported_is_imported_without_news(deployment: &Deployment) {
    let user = deployment.user("returned");
    people(&user).await;
    let before = user.contacts("limit=200").await;
    let file = deployment.download(&export(&user).await["url"]).await;
    let import = upload(deployment, &user, "contacts.csv", &file).await;
    assert_eq!(
        import["rows"],
        json!({"read": 2, "created": 0, "updated": 0, "unchanged": 2, "rejected": 0}),
        "{import}"
    );
    assert_eq!(user.contacts("limit=200").await, before);
}
