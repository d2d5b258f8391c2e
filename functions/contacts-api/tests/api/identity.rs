//! What is proven of a contact, what is unconfirmed or shared, and why it is in conflict with another.

use contacts::ConversationChannel;
use serde_json::{Value, json};

use crate::support::{TestApi, ago, api};

/// A contact that her calls prove. A web chat said another name, email, plan and budget of her.
async fn ada(api: &TestApi) -> String {
    api.define("plan", "string").await;
    api.define("budget", "number").await;
    let call = ConversationChannel::Telephone;
    let known = [
        ("telephone", "+15550001111"),
        ("name", "Ada Lovelace"),
        ("email", "ada@example.com"),
        ("custom.plan", "pro"),
        ("custom.budget", "1200"),
    ];
    let ada = api.converse_by(call, "call", 120, &known).await.contact.unwrap();
    let claims = [
        ("telephone", "+15550001111"),
        ("name", "Ada King"),
        ("email", "ada@new.example.com"),
        ("custom.plan", "free"),
        ("custom.budget", "5"),
    ];
    assert_eq!(api.converse("chat", 60, &claims).await.contact, Some(ada));
    format!("/contacts/{ada}")
}

fn unconfirmed(contact: &Value) -> Vec<(&str, &Value)> {
    let entries = contact["unconfirmed"].as_array().into_iter().flatten();
    entries.map(|entry| (entry["field"].as_str().unwrap(), &entry["value"])).collect()
}

#[tokio::test]
async fn a_contact_is_proven_by_its_channel() {
    let api = api().await;
    let ada = api.get(&ada(&api).await).await.ok();
    assert_eq!(ada.json["proven"], true);
    for (field, proof) in [("telephone", "channel"), ("email", "stated"), ("name", "stated"), ("custom.plan", "stated")]
    {
        assert_eq!(ada.json["provenance"][field]["proof"], proof, "{field}");
    }
    let chat = api.converse("other", 0, &[("email", "eve@example.com")]).await.contact.unwrap();
    let form = api.add(json!({"channels": {"email": "bob@example.com"}})).await;
    for (id, proof) in [(chat.to_string(), "stated"), (form.clone(), "person")] {
        let shown = api.get(&format!("/contacts/{id}")).await.ok();
        assert_eq!(
            (&shown.json["proven"], &shown.json["provenance"]["email"]["proof"]),
            (&json!(false), &json!(proof))
        );
    }
    api.patch("/settings", json!({"identity": "guarded"})).await.ok();
    assert_eq!(api.get(&format!("/contacts/{form}")).await.json["proven"], true);
    assert_eq!(api.get(&format!("/contacts/{chat}")).await.json["proven"], false);
}

#[tokio::test]
async fn what_a_stranger_says_is_unconfirmed() {
    let api = api().await;
    let path = ada(&api).await;
    let shown = api.get(&path).await.ok();
    assert_eq!(shown.text("name"), "Ada Lovelace");
    let mut entries = unconfirmed(&shown.json);
    entries.sort_unstable_by_key(|(field, _)| *field);
    let expected = [
        ("custom.budget", &json!(5)),
        ("custom.plan", &json!("free")),
        ("email", &json!("ada@new.example.com")),
        ("name", &json!("Ada King")),
    ];
    assert_eq!(entries, expected);
    let first = &shown.json["unconfirmed"][0];
    assert_eq!(first["source"], "conversation/chat");
    assert!(first["at"].as_str().unwrap() < ago(50).to_string().as_str(), "{first}");
    // The value of a field that is no longer defined is hidden.
    assert_eq!(api.delete("/custom-fields/plan").await.status, 204);
    assert_eq!(unconfirmed(&api.get(&path).await.json).len(), 3);
}

#[tokio::test]
async fn setting_a_field_takes_its_unconfirmed_values_away() {
    let api = api().await;
    let path = ada(&api).await;
    let accepted = json!({"channels": {"email": "ada@new.example.com"}, "custom_fields": {"budget": 5}});
    let answer = api.patch(&path, accepted).await.ok();
    assert_eq!(answer.text("email"), "ada@new.example.com");
    assert_eq!(answer.json["custom_fields"]["budget"], 5);
    let mut left: Vec<&str> = unconfirmed(&answer.json).into_iter().map(|(field, _)| field).collect();
    left.sort_unstable();
    assert_eq!(left, ["custom.plan", "name"]);
    let answer = api.patch(&path, json!({"name": "Ada Byron", "custom_fields": {"plan": null}})).await.ok();
    assert_eq!(answer.json.get("unconfirmed"), None);
    api.check().await;
}

#[tokio::test]
async fn unconfirmed_values_that_are_left_out_are_dismissed() {
    let api = api().await;
    let path = ada(&api).await;
    let read = async || api.get(&path).await.ok().json;
    // As they were read.
    let mut kept = read().await["unconfirmed"].as_array().unwrap().clone();
    kept.retain(|entry| entry["field"] != "name");
    let answer = api.patch(&path, json!({"unconfirmed": kept})).await.ok();
    assert_eq!(answer.json["unconfirmed"], json!(kept));
    // A number in another form is the same number.
    let kept = json!([{"field": "custom.budget", "value": "5.0"}]);
    let answer = api.patch(&path, json!({"unconfirmed": kept})).await.ok();
    assert_eq!(unconfirmed(&answer.json), [("custom.budget", &json!(5))]);
    let answer = api.patch(&path, json!({"unconfirmed": null, "custom_fields": {"plan": "max"}})).await.ok();
    assert_eq!(answer.json.get("unconfirmed"), None);
    assert_eq!(answer.json["custom_fields"]["plan"], "max");
    // What was dismissed does not come back with a late event.
    api.converse("chat", 70, &[("telephone", "+15550001111"), ("name", "Ada King")]).await;
    assert_eq!(read().await.get("unconfirmed"), None);
    api.check().await;
}

#[tokio::test]
async fn unconfirmed_values_cannot_be_added() {
    let api = api().await;
    let path = ada(&api).await;
    let name = json!({"field": "name", "value": "Ada King"});
    for (body, fields) in [
        (json!({"unconfirmed": "name"}), &["unconfirmed"][..]),
        (json!({"unconfirmed": [name, "name"]}), &["unconfirmed[1]"]),
        (json!({"unconfirmed": [{"field": "x"}]}), &["unconfirmed[0].field", "unconfirmed[0].value"]),
        (
            json!({"unconfirmed": [
                {"field": "name", "value": "Eve"}, name, {"field": "name", "value": "Bob"}, {"field": "slack", "value": "U1"}
            ]}),
            &["unconfirmed[0]", "unconfirmed[2]", "unconfirmed[3]"],
        ),
        (json!({"unconfirmed": [name], "name": "Ada Byron"}), &["unconfirmed[0]"]),
    ] {
        assert_eq!(api.patch(&path, body.clone()).await.problem(422), fields, "{body}");
    }
    assert_eq!(unconfirmed(&api.get(&path).await.json).len(), 4);
    assert_eq!(api.get(&path).await.text("name"), "Ada Lovelace");
}

#[tokio::test]
async fn both_contacts_of_a_conflict_say_why_and_what_was_withheld() {
    let api = api().await;
    let add = async |email: &str, slack: &str| api.add(json!({"channels": {"email": email, "slack": slack}})).await;
    let (ada, bob) = (add("ada@example.com", "U01ABCD231").await, add("bob@example.com", "U01ABCD232").await);
    let values = [("email", "ada@example.com"), ("email", "bob@example.com"), ("name", "Cy Holm")];
    let folded = api.converse("three", 0, &values).await;
    assert_eq!(folded.contact.unwrap().to_string(), ada);
    for (id, other) in [(&ada, &bob), (&bob, &ada)] {
        let shown = api.get(&format!("/contacts/{id}")).await.ok();
        let (at, conflict) = (&shown.json["conflicts"][0]["at"], &shown.json["conflicts"][0]["id"]);
        assert!(at.is_string() && conflict.is_string(), "{shown:?}");
        let expected = json!([{
            "id": conflict, "field": "email", "value": "bob@example.com", "contact_id": other, "reason": "contradiction", "at": at,
            "source": "conversation/three", "withheld": [{"field": "name", "value": "Cy Holm"}],
        }]);
        assert_eq!(shown.json["conflicts"], expected);
    }
    api.patch(&format!("/contacts/{bob}"), json!({"conflicts": []})).await.ok();
    for id in [ada, bob] {
        assert_eq!(api.get(&format!("/contacts/{id}")).await.json.get("conflicts"), None::<&Value>);
    }
    api.check().await;
}

#[tokio::test]
async fn an_identifier_of_several_people_is_shared() {
    let api = api().await;
    let call = ConversationChannel::Telephone;
    let values = [("telephone", "+15550001111"), ("name", "Ada Lovelace"), ("email", "ada@example.com")];
    let ada = api.converse_by(call, "one", 60, &values).await.contact.unwrap();
    // The form knows the line and says who else uses it.
    let body = json!({"name": "Charles Babbage", "channels": {"email": "charles@example.com"}});
    let charles = api.add(body).await;
    let values = [("telephone", "+15550001111"), ("name", "Charles Babbage"), ("email", "charles@example.com")];
    api.converse_by(call, "two", 0, &values).await;
    let shown = api.get(&format!("/contacts/{charles}")).await.ok();
    assert_eq!(shown.json["shared"], json!([{"field": "telephone", "value": "+15550001111"}]));
    assert_eq!(shown.text("phone"), "+15550001111");
    assert_eq!(api.get(&format!("/contacts/{ada}")).await.json.get("shared"), None);
    assert_eq!(api.get("/contacts?phone=%2B15550001111").await.items("id"), [ada.to_string()]);
    api.check().await;
}
