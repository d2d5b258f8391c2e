//! `GET /contacts/{id}`.

use serde_json::{Value, json};

use crate::support::api;

#[tokio::test]
async fn what_is_no_contact_is_404() {
    let api = api().await;
    for id in [
        "x",
        "0190c5f2-4a5b-7c3d-9e8f-0123456789ab",
        "0190c5f24a5b7c3d9e8f0123456789ab",
        "%7B0190c5f2%7D",
        "a%2Fb",
        "%C3%A9",
    ] {
        api.get(&format!("/contacts/{id}")).await.problem(404);
        api.patch(&format!("/contacts/{id}"), json!({})).await.problem(404);
        api.delete(&format!("/contacts/{id}")).await.problem(404);
        api.get(&format!("/contacts/{id}/conversations")).await.problem(404);
    }
}

#[tokio::test]
async fn a_joined_id_is_308_to_the_survivor_for_every_method() {
    let api = api().await;
    let (survivor, other) = api.joined().await;
    let contact = format!("/contacts/{survivor}");
    let path = format!("/contacts/{other}");
    for answer in [
        api.get(&path).await,
        api.patch(&path, json!({"name": "x"})).await,
        api.call("PATCH", &path).header("if-match", "\"9\", \"8\"").json("application/json", &json!({})).send().await,
        api.delete(&path).await,
        api.call("DELETE", &path).header("if-match", "W/\"1\"").send().await,
    ] {
        assert_eq!((answer.status, answer.header("location")), (308, Some(&*contact)), "{answer:?}");
    }
    let answer = api.get(&format!("{path}/conversations?limit=7")).await;
    let expected = format!("{contact}/conversations?limit=7");
    assert_eq!((answer.status, answer.header("location")), (308, Some(&*expected)));
    let shown = api.get(&contact).await.ok();
    assert_eq!(shown.text("name"), "Ada");
    assert_eq!(shown.json["joined"], json!([other]));
    api.check().await;
}

#[tokio::test]
async fn conversations_are_where_its_values_came_from() {
    let api = api().await;
    let folded = api.converse("conv-1", 100, &[("email", "ada@example.com"), ("telephone", "+15550001111")]).await;
    api.converse("conv-2", 0, &[("email", "ada@example.com"), ("telephone", "+15550002222")]).await;
    let shown = api.get(&format!("/contacts/{}", folded.contact.unwrap())).await.ok();
    assert_eq!(shown.text("source"), "conversation");
    assert_eq!(shown.json["provenance"]["email"]["source"], "conversation/conv-1");
    assert_eq!(shown.json["provenance"]["telephone"]["source"], "conversation/conv-2");
    assert_eq!(shown.json["also_known_by"], json!([{"field": "telephone", "value": "+15550001111"}]));
    assert!(shown.text("last_seen_at") > shown.json["provenance"]["email"]["at"].as_str().unwrap());
    assert_eq!(shown.header("etag"), Some("\"2\""));
}

#[tokio::test]
async fn a_conflict_is_shown_until_the_other_is_gone() {
    let api = api().await;
    let ada = json!({"channels": {"email": "ada@example.com", "slack": "U00001"}});
    let bob = json!({"channels": {"telephone": "+15550001111", "slack": "U00002"}});
    let (ada, bob) = (api.add(ada).await, api.add(bob).await);
    api.converse("c", 0, &[("email", "ada@example.com"), ("telephone", "+15550001111")]).await;
    let shown = api.get(&format!("/contacts/{ada}")).await;
    assert_eq!(shown.json["conflicts"][0]["field"], "telephone");
    assert_eq!(shown.json["conflicts"][0]["contact_id"], *bob);
    assert!(shown.json["conflicts"][0]["at"].is_string());
    api.delete(&format!("/contacts/{bob}")).await;
    assert_eq!(api.get(&format!("/contacts/{ada}")).await.json.get("conflicts"), None::<&Value>);
}

#[tokio::test]
async fn a_known_version_is_304() {
    let api = api().await;
    let path = format!("/contacts/{}", api.add(json!({"name": "Ada"})).await);
    let get = async |tags: &str| api.call("GET", &path).header("if-none-match", tags).send().await;
    for tags in ["\"1\"", "W/\"1\"", "\"7\", \"1\"", "*"] {
        let answer = get(tags).await;
        assert_eq!((answer.status, &*answer.written, answer.header("etag")), (304, "", Some("\"1\"")), "{tags}");
    }
    for tags in ["\"2\"", "\"x\""] {
        get(tags).await.ok();
    }
    assert_eq!(get("1").await.problem(400), ["If-None-Match"]);
}

#[tokio::test]
async fn custom_values_are_hidden_while_their_definition_is_gone_or_of_another_type() {
    let api = api().await;
    api.define("plan", "string").await;
    let id = api.add(json!({"name": "Ada", "custom_fields": {"plan": "pro"}})).await;
    let shown = async || api.get(&format!("/contacts/{id}")).await.json;
    assert_eq!(shown().await["custom_fields"], json!({"plan": "pro"}));
    assert_eq!(api.delete("/custom-fields/plan").await.status, 204);
    assert_eq!(shown().await.get("custom_fields"), None);
    assert_eq!(shown().await["provenance"].get("custom.plan"), None);
    assert_eq!(api.get("/contacts").await.json["items"][0].get("custom_fields"), None);
    api.define("plan", "number").await;
    assert_eq!(shown().await.get("custom_fields"), None);
    api.delete("/custom-fields/plan").await;
    api.define("plan", "string").await;
    assert_eq!(shown().await["custom_fields"], json!({"plan": "pro"}));
}
