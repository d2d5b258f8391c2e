//! `POST /contacts`.

use serde_json::{Value, json};

use crate::support::{JSON, api};

#[tokio::test]
async fn a_contact_is_added_and_shown() {
    let api = api().await;
    api.define("plan", "string").await;
    api.define("budget", "number").await;
    let answer = api
        .post(
            "/contacts",
            json!({
                "name": "  Ada \t Lovelace ",
                "channels": {
                    "telephone": "(555) 123-4567", "whatsapp": "447911123456", "instagram": "@Ada_L",
                    "slack": "U01ABCD234", "microsoft_teams": "29:1abc", "email": "Person@Example.com",
                },
                "custom_fields": {"plan": "pro", "budget": 1200},
            }),
        )
        .await;
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(answer.header("etag"), Some("\"1\""));
    assert_eq!(answer.header("content-type"), Some(JSON));
    let id = answer.text("id").to_owned();
    assert_eq!(answer.header("location"), Some(&*format!("/contacts/{id}")));
    let at = answer.text("created_at");
    let source = json!({"at": answer.json["provenance"]["name"]["at"], "source": "manual", "proof": "person"});
    assert_eq!(
        answer.json,
        json!({
            "id": id,
            "name": "Ada Lovelace",
            "phone": "+15551234567",
            "email": "Person@Example.com",
            "channels": {
                "telephone": "+15551234567", "national_number": "5551234567", "country_code": "1", "dial_code": "US",
                "whatsapp": "+447911123456", "instagram": "ada_l", "slack": "U01ABCD234",
                "microsoft_teams": "29:1abc", "email": "Person@Example.com",
            },
            "custom_fields": {"plan": "pro", "budget": 1200},
            "source": "manual",
            "provenance": {
                "name": source, "telephone": source, "whatsapp": source, "instagram": source, "slack": source,
                "microsoft_teams": source, "email": source, "custom.plan": source, "custom.budget": source,
            },
            "proven": false,
            "created_at": at,
            "updated_at": at,
            "version": 1,
        })
    );
    assert_eq!(api.get(&format!("/contacts/{id}")).await.ok().json, answer.json);
    api.check().await;
}

#[tokio::test]
async fn a_value_may_say_more_than_its_field() {
    let api = api().await;
    let channels = json!({"email": "Ada Lovelace <ada@example.com>", "whatsapp": "US.13491208655302741918"});
    let ada = api.add(json!({"channels": channels})).await;
    let shown = api.get(&format!("/contacts/{ada}")).await.json;
    assert_eq!(shown["name"], "Ada Lovelace");
    let channels = json!({"email": "ada@example.com", "whatsapp_user_id": "US.13491208655302741918"});
    assert_eq!(shown["channels"], channels);
    let bob = api.add(json!({"name": "Bob", "channels": {"email": "Robert <bob@example.com>"}})).await;
    let path = format!("/contacts/{bob}");
    assert_eq!(api.get(&path).await.json["name"], "Bob");
    api.patch(&path, json!({"channels": {"email": "Robert <bob@example.org>"}})).await.ok();
    let patched = api.patch(&path, json!({"channels": {"whatsapp": "US.55512345"}})).await.ok().json;
    assert_eq!(patched["name"], "Bob", "a patch of the email does not rename");
    assert_eq!(patched["channels"], json!({"email": "bob@example.org", "whatsapp_user_id": "US.55512345"}));
    api.check().await;
}

#[tokio::test]
async fn what_is_null_or_blank_is_not_said() {
    let api = api().await;
    api.define("plan", "string").await;
    let answer = api
        .post(
            "/contacts",
            json!({"name": "Ada", "channels": {"email": null, "slack": "  "}, "custom_fields": {"plan": null}}),
        )
        .await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.json["channels"], json!({}));
    assert_eq!(answer.json.get("custom_fields"), None);
    for body in [json!({"name": "Bob", "channels": null}), json!({"name": "Eve", "custom_fields": null})] {
        assert_eq!(api.post("/contacts", body).await.status, 201);
    }
}

#[tokio::test]
async fn it_needs_a_name_or_an_identifier() {
    let api = api().await;
    api.define("plan", "string").await;
    for body in [json!({}), json!({"name": " ", "channels": {}}), json!({"custom_fields": {"plan": "pro"}})] {
        api.post("/contacts", body).await.problem(422);
    }
    for body in [json!({"name": "Ada"}), json!({"channels": {"slack": "U00001"}})] {
        assert_eq!(api.post("/contacts", body).await.status, 201);
    }
}

#[tokio::test]
async fn a_known_identifier_is_409_with_its_contact() {
    let api = api().await;
    let ada = json!({"telephone": "+15551234567", "email": "ada@example.com", "instagram": "ada"});
    let ada = api.add(json!({"name": "Ada", "channels": ada})).await;
    let bob = api.add(json!({"name": "Bob", "channels": {"slack": "U00002", "email": "bob@example.com"}})).await;
    for (channels, existing, field) in [
        (r#"{"email": "ADA@example.COM"}"#, &ada, "channels.email"),
        (r#"{"telephone": "555 123 4567"}"#, &ada, "channels.telephone"),
        (r#"{"whatsapp": "15551234567"}"#, &ada, "channels.whatsapp"),
        (r#"{"instagram": "@ADA"}"#, &ada, "channels.instagram"),
        (r#"{"slack": "U00002"}"#, &bob, "channels.slack"),
        // The first known identifier in the order of the body.
        (r#"{"telephone": "+15551234567", "email": "bob@example.com"}"#, &ada, "channels.telephone"),
        (r#"{"email": "bob@example.com", "telephone": "+15551234567"}"#, &bob, "channels.email"),
        (r#"{"slack": "U00002", "email": "ada@example.com"}"#, &bob, "channels.slack"),
    ] {
        let call = api.call("POST", "/contacts").body(JSON, format!(r#"{{"name": "Eve", "channels": {channels}}}"#));
        let answer = call.send().await;
        assert_eq!(answer.problem(409), [field], "{channels}");
        assert_eq!(answer.text("existing_contact_id"), existing, "{channels}");
    }
    assert_eq!(api.get("/contacts").await.items("name").len(), 2);
}

#[tokio::test]
async fn a_secondary_identifier_and_one_of_a_joined_contact_are_known_too() {
    let api = api().await;
    let (survivor, _) = api.joined().await;
    let answer = api.post("/contacts", json!({"channels": {"telephone": "+15550001111"}})).await;
    answer.problem(409);
    assert_eq!(answer.text("existing_contact_id"), survivor);
    api.converse("c", 0, &[("email", "ada@example.com"), ("telephone", "+15550002222")]).await;
    let answer = api.post("/contacts", json!({"channels": {"telephone": "+15550001111"}})).await;
    assert_eq!(answer.text("existing_contact_id"), survivor);
}

/// Through `serde_json`'s own values they would become floats.
#[tokio::test]
async fn numbers_keep_all_their_digits() {
    let api = api().await;
    api.define("n", "number").await;
    api.define("s", "string").await;
    for (number, text, shown, shown_text) in [
        ("12345678901234567890123456789012345678", "1.50", "12345678901234567890123456789012345678", "1.50"),
        ("-0.10", "12345678901234567890123456789012345678901", "-0.1", "12345678901234567890123456789012345678901"),
        ("1e-130", "1E5", "1E-130", "1E5"),
        ("\" 9007199254740993 \"", "007.50e1", "9007199254740993", ""),
    ] {
        let text = if text.starts_with("00") { "\"\"" } else { text };
        let body = format!(r#"{{"name": "Ada", "custom_fields": {{"n": {number}, "s": {text}}}}}"#);
        let answer = api.call("POST", "/contacts").body(JSON, body).send().await;
        assert_eq!(answer.status, 201, "{answer:?}");
        assert!(answer.written.contains(&format!("\"n\":{shown}")), "{}", answer.written);
        assert_eq!(answer.json["custom_fields"]["s"].as_str().unwrap_or_default(), shown_text);
        let read = api.get(&format!("/contacts/{}", answer.text("id"))).await;
        assert!(read.written.contains(&format!("\"n\":{shown}")), "{}", read.written);
    }
    for number in ["123456789012345678901234567890123456789", "1e126", "1e999999999", "\"1,200\"", "true"] {
        let body = format!(r#"{{"name": "Ada", "custom_fields": {{"n": {number}}}}}"#);
        let answer = api.call("POST", "/contacts").body(JSON, body).send().await;
        assert_eq!(answer.problem(422), ["custom_fields.n"], "{number}");
    }
}

#[tokio::test]
async fn phones_are_read_in_the_workspaces_country() {
    let api = api().await;
    api.patch("/settings", json!({"default_country": "GB"})).await.ok();
    let answer = api.post("/contacts", json!({"channels": {"telephone": "07400 123456"}})).await;
    let expected = json!({
        "telephone": "+447400123456", "national_number": "7400123456", "country_code": "44", "dial_code": "GB"
    });
    assert_eq!(answer.json["channels"], expected);
}

#[tokio::test]
async fn the_phone_is_the_whatsapp_number_when_there_is_no_telephone() {
    let api = api().await;
    let answer = api.post("/contacts", json!({"channels": {"whatsapp": "+80012345678"}})).await;
    assert_eq!(answer.text("phone"), "+80012345678");
    // Of no country: no flag.
    let channels = json!({"whatsapp": "+80012345678", "national_number": "12345678", "country_code": "800"});
    assert_eq!(answer.json["channels"], channels);
    assert_eq!(answer.json.get("name"), None::<&Value>);
}
