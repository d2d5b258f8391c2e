//! `POST /contacts/{id}/conflicts/{conflict_id}/settle`, and secondary identifiers that are taken away.

use serde_json::{Value, json};

use crate::support::{TestApi, api};

/// Two contacts with emails of their own, and a conversation that names the email of one and the phone of the other: both
/// contacts, and the conflict.
async fn conflict(api: &TestApi) -> (String, String, String) {
    let ada = [("email", "ada@x.org"), ("name", "Ada")];
    let ada = api.converse("c-1", 300, &ada).await.contact.unwrap().to_string();
    let bob = [("email", "bob@x.org"), ("telephone", "+16502530000")];
    let bob = api.converse("c-2", 200, &bob).await.contact.unwrap().to_string();
    api.converse("c-3", 100, &[("email", "ada@x.org"), ("telephone", "+16502530000"), ("custom.plan", "pro")]).await;
    let conflicts = |contact: &Value| contact["conflicts"][0]["id"].as_str().unwrap().to_owned();
    let ours = conflicts(&api.get(&format!("/contacts/{ada}")).await.ok().json);
    assert_eq!(ours, conflicts(&api.get(&format!("/contacts/{bob}")).await.ok().json), "it is one on both");
    (ada, bob, ours)
}

#[tokio::test]
async fn each_answer_settles_a_conflict_from_each_side() {
    for from_other_side in [false, true] {
        for (decision, live) in [("same_person", 1), ("belongs_here", 2), ("different_people", 2)] {
            let api = api().await;
            api.define("plan", "string").await;
            let (ada, bob, conflict) = conflict(&api).await;
            let id = if from_other_side { &bob } else { &ada };
            let mut body = json!({"decision": decision, "apply_withheld": true});
            if decision == "same_person" {
                body["keep"] = json!([{"field": "email", "value": "bob@x.org"}]);
            }
            let path = format!("/contacts/{id}/conflicts/{conflict}/settle");
            let contact = api.post(&path, body).await.ok().json;
            let expected = if decision == "same_person" { &ada } else { id };
            assert_eq!((&contact["id"], &contact["conflicts"]), (&json!(expected), &Value::Null), "{decision}");
            assert_eq!(contact["custom_fields"]["plan"], "pro");
            match decision {
                "same_person" => assert_eq!(contact["email"], "bob@x.org"),
                "belongs_here" => assert_eq!(contact["phone"], "+16502530000"),
                _ => assert_eq!(contact["kept_apart"].as_array().unwrap().len(), 1),
            }
            assert_eq!(api.get("/contacts").await.ok().items("id").len(), live);
            assert_eq!(api.get("/contacts?conflicts=true").await.ok().items("id").len(), 0);
            assert!([404, 308].contains(&api.post(&path, json!({"decision": decision})).await.status), "it is settled");
            api.check().await;
        }
    }
}

#[tokio::test]
async fn what_cannot_be_decided_is_refused_and_named() {
    let api = api().await;
    api.define("plan", "string").await;
    let (ada, _, conflict) = conflict(&api).await;
    let path = format!("/contacts/{ada}/conflicts/{conflict}/settle");
    for (body, fields) in [
        (json!({}), &["decision"][..]),
        (json!({"decision": "perhaps", "apply_withheld": 1, "x": 2}), &["decision", "apply_withheld", "x"]),
        (json!({"decision": "belongs_here", "keep": [{"field": "email", "value": "a"}]}), &["keep"]),
        (json!({"decision": "same_person", "keep": [{"field": "id"}]}), &["keep[0].field", "keep[0].value"]),
        (json!({"decision": "same_person", "keep": [{"field": "email", "value": "eve@x.org"}]}), &["keep"]),
    ] {
        assert_eq!(api.post(&path, body.clone()).await.problem(422), fields, "{body}");
    }
    let decision = json!({"decision": "belongs_here"});
    for (path, status) in [
        (format!("/contacts/{ada}/conflicts/nothing/settle"), 404),
        (format!("/contacts/0190c5f2-4a5b-7c3d-9e8f-0123456789ab/conflicts/{conflict}/settle"), 404),
        ("/contacts/x/conflicts/y/settle".to_owned(), 404),
    ] {
        assert_eq!(api.post(&path, decision.clone()).await.status, status, "{path}");
    }
    assert_eq!(api.get("/contacts?conflicts=true").await.ok().items("id").len(), 2, "nothing was settled");
}

#[tokio::test]
async fn secondary_identifiers_are_taken_away() {
    let api = api().await;
    let ada = api.converse("c-1", 300, &[("email", "ada@x.org")]).await.contact.unwrap().to_string();
    for (n, email) in ["ada@y.org", "ada@z.org"].into_iter().enumerate() {
        api.converse("c-1", 200 - n as i64, &[("email", email)]).await;
    }
    let path = format!("/contacts/{ada}");
    let before = api.get(&path).await.ok().json["also_known_by"].clone();
    assert_eq!(before.as_array().unwrap().len(), 2);
    let errors =
        api.patch(&path, json!({"also_known_by": [before[0], {"field": "email", "value": "eve@x.org"}]})).await;
    assert_eq!(errors.problem(422), ["also_known_by[1]"]);
    let left = api.patch(&path, json!({"also_known_by": [before[1]]})).await.ok().json;
    assert_eq!(left["also_known_by"], json!([before[1]]));
    let gone = before[0]["value"].as_str().unwrap();
    assert_eq!(api.get(&format!("/contacts?email={gone}")).await.ok().items("id").len(), 0);
    assert_eq!(
        api.post("/contacts", json!({"channels": {"email": gone}})).await.status,
        201,
        "somebody else may have it"
    );
    assert_eq!(api.patch(&path, json!({"also_known_by": null})).await.ok().json["also_known_by"], Value::Null);
    api.check().await;
}
