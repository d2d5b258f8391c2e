//! `POST /contacts/{id}/erase` and `GET /contacts/{id}/everything`.

use contacts::{ConversationChannel, ExportId};
use contacts_testing::Fault;
use serde_json::{Value, json};

use crate::support::{Answer, TestApi, api};

const FOLDER: &str = "https://contacts.s3.us-east-1.amazonaws.com/erasures/acme";

async fn erase(api: &TestApi, id: &str) -> Answer {
    api.call("POST", &format!("/contacts/{id}/erase")).send().await
}

#[tokio::test]
async fn an_erased_contact_is_gone_for_good_and_its_files_are_ordered_to_be_removed() {
    let api = api().await;
    let (survivor, other) = api.joined().await;
    let moved = erase(&api, &other).await;
    assert_eq!((moved.status, moved.header("location")), (308, Some(&*format!("/contacts/{survivor}/erase"))));
    let erased = erase(&api, &survivor).await.ok().json;
    assert_eq!(erased["contact_id"], json!(survivor));
    assert!(api.bucket.objects().contains_key(&format!("{FOLDER}/{survivor}.json")));
    let gone = api.get(&format!("/contacts/{survivor}")).await;
    gone.problem(410);
    assert_eq!(gone.json["restorable_until"], Value::Null);
    api.get(&format!("/contacts/{survivor}/everything")).await.problem(410);
    api.get(&format!("/contacts/{other}")).await.problem(404);
    api.call("POST", &format!("/contacts/{survivor}/restore")).send().await.problem(404);
    assert_eq!(erase(&api, &survivor).await.ok().json, erased, "it may be repeated");
    erase(&api, "0190c5f2-4a5b-7c3d-9e8f-0123456789ab").await.problem(404);
    // By hand, the person may be added again.
    api.add(json!({"channels": {"email": "ada@example.com"}})).await;
    api.check().await;
}

#[tokio::test]
async fn a_deleted_contact_can_be_erased_and_a_lost_order_is_repeated() {
    let api = api().await;
    let id = api.add(json!({"name": "Ada", "channels": {"email": "ada@example.com"}})).await;
    api.delete(&format!("/contacts/{id}")).await;
    let everything = api.get(&format!("/contacts/{id}/everything")).await.ok().json;
    assert!(everything["restorable_until"].is_string(), "before an erasure, people ask: {everything}");
    api.bucket.faults.inject(|_| Some(Fault::TimeoutBefore));
    erase(&api, &id).await.problem(503);
    api.bucket.faults.clear();
    erase(&api, &id).await.ok();
    assert!(api.bucket.objects().contains_key(&format!("{FOLDER}/{id}.json")));
    api.check().await;
}

#[tokio::test]
async fn exports_from_before_an_erasure_have_no_file_any_more() {
    let api = api().await;
    let id = api.add(json!({"name": "Ada"})).await;
    let export = api.post("/exports", json!({})).await.text("id").to_owned();
    let finished = api.book().finish_export(&api.workspace(), ExportId::parse(&export).unwrap(), 1, Ok(())).await;
    assert!(finished.unwrap());
    assert!(api.get(&format!("/exports/{export}")).await.ok().json["url"].is_string());
    erase(&api, &id).await.ok();
    let export = api.get(&format!("/exports/{export}")).await.ok().json;
    assert_eq!((&export["status"], &export["url"]), (&json!("completed"), &Value::Null));
    assert_eq!(export["error"]["code"], "erased");
}

#[tokio::test]
async fn everything_of_a_person_is_one_answer() {
    let api = api().await;
    api.define("plan", "string").await;
    let phone = ConversationChannel::Telephone;
    let first = api.converse_by(phone, "c-1", 300, &[("telephone", "+16502530000"), ("name", "Ada")]).await;
    let id = first.contact.unwrap().to_string();
    let second = api.converse("c-2", 200, &[("email", "ada@x.org"), ("custom.plan", "pro")]).await.contact.unwrap();
    let both = [("telephone", "+16502530000"), ("email", "ada@x.org")];
    assert_eq!(api.converse_by(phone, "c-3", 100, &both).await.joined, [second]);
    api.converse("c-4", 50, &[("telephone", "+16502530000"), ("name", "Eve")]).await;

    let everything = api.get(&format!("/contacts/{id}/everything")).await.ok().json;
    assert_eq!(everything["contact"], api.get(&format!("/contacts/{id}")).await.ok().json);
    assert_eq!(everything["contact"]["unconfirmed"][0]["value"], "Eve");
    let texts = |list: &str, member: &str| -> Vec<String> {
        let items = everything[list].as_array().unwrap().iter();
        items.map(|item| item[member].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(texts("values", "field"), ["name", "custom.plan", "telephone", "email"]);
    let sources = ["conversation/c-1", "conversation/c-2", "conversation/c-1", "conversation/c-2"];
    assert_eq!(texts("values", "source"), sources);
    assert_eq!(texts("joins", "contact_id"), [second.to_string()]);
    assert_eq!(texts("joined", "id"), [second.to_string()]);
    assert_eq!(everything["joined"][0]["email"], "ada@x.org");
    assert_eq!(texts("conversations", "conversation_id"), ["c-4", "c-3", "c-2", "c-1"]);
    assert_eq!((&everything["history"], &everything["truncated"]), (&json!([]), &json!(false)), "nobody follows here");
    assert_eq!((&everything["history_cursor"], &everything["conversations_cursor"]), (&Value::Null, &Value::Null));
    assert_eq!(api.get(&format!("/contacts/{second}/everything")).await.status, 308);
    api.get("/contacts/x/everything").await.problem(404);
}
