//! `POST /contacts/resolve`.

use contacts::ConversationChannel;
use contacts_testing::FaultInjector;
use serde_json::{Value, json};

use crate::support::{Answer, JSON, TestApi, api, api_to};

const CALL: ConversationChannel = ConversationChannel::Telephone;
const PHONE: &str = "+14152000001";

async fn ask(api: &TestApi, question: Value) -> Answer {
    api.post("/contacts/resolve", question).await.ok()
}

/// How clear the answer is, and the ids of the contact and the candidates.
fn found(answer: &Answer) -> (&str, &str, Vec<&str>) {
    let contact = Some(&answer.json["contact"]).filter(|contact| contact.is_object());
    let listed = contact.into_iter().chain(answer.json["candidates"].as_array().unwrap());
    let ids = listed.map(|contact| contact["id"].as_str().unwrap()).collect();
    (answer.text("match"), answer.text("identity"), ids)
}

fn conversations(answer: &Answer) -> Vec<&str> {
    let listed = answer.json["conversations"].as_array().unwrap().iter();
    listed.map(|conversation| conversation["conversation_id"].as_str().unwrap()).collect()
}

async fn ada(api: &TestApi) -> String {
    api.define("plan", "string").await;
    let values = [("telephone", PHONE), ("name", "Ada Lovelace"), ("email", "ada@example.com"), ("custom.plan", "pro")];
    let ada = api.converse_by(CALL, "call-1", 500, &values).await.contact.unwrap();
    for (conversation, age) in [("call-2", 400), ("call-3", 300), ("call-4", 200)] {
        api.converse_by(CALL, conversation, age, &[("telephone", PHONE)]).await;
    }
    api.converse("chat-5", 100, &[("email", "ada@example.com")]).await;
    ada.to_string()
}

#[tokio::test]
async fn a_caller_is_known_with_what_the_book_has_and_the_last_conversations() {
    let api = api().await;
    let ada = ada(&api).await;
    for (question, identity) in [
        (json!({"telephone": PHONE}), "proven"),
        (json!({"telephone": "(415) 200-0001"}), "proven"),
        (json!({"whatsapp": "14152000001", "telephone": PHONE, "email": null}), "proven"),
        (json!({"conversation_id": "call-2"}), "proven"),
        (json!({"email": "Ada@Example.com"}), "stated"),
        (json!({"conversation_id": "chat-5"}), "stated"),
        (json!({"telephone": PHONE, "email": "ada@example.com"}), "stated"),
        (json!({"telephone": PHONE, "slack": "not a slack id"}), "stated"),
        (json!({"telephone": PHONE, "conversation_id": "new"}), "proven"),
    ] {
        let answer = ask(&api, question.clone()).await;
        assert_eq!(found(&answer), ("one", identity, vec![&*ada]), "{question}");
        assert_eq!(conversations(&answer), ["chat-5", "call-4", "call-3"]);
        assert_eq!(answer.json["contact"], api.get(&format!("/contacts/{ada}")).await.json);
        assert_eq!(answer.json["contact"]["custom_fields"], json!({"plan": "pro"}));
    }
    let shown = api.get(&format!("/contacts/{ada}/conversations?limit=3")).await.json;
    assert_eq!(ask(&api, json!({"telephone": PHONE})).await.json["conversations"], shown["items"]);
    api.check().await;
}

#[tokio::test]
async fn nobody_is_an_answer() {
    let api = api().await;
    ada(&api).await;
    for question in [
        json!({"telephone": "+14152000009"}),
        json!({"telephone": "anonymous"}),
        json!({"telephone": ""}),
        json!({"telephone": "+266696687"}),
        json!({"whatsapp": "4.41E+11"}),
        json!({"whatsapp_user_id": "?"}),
        json!({"email": "noreply@example.com"}),
        json!({"instagram": "not one", "slack": "x", "microsoft_teams": "x"}),
        json!({"conversation_id": "\u{0}"}),
        json!({"email": "x".repeat(100_000)}),
    ] {
        let answer = ask(&api, question.clone()).await;
        let expected =
            json!({"match": "none", "identity": "stated", "contact": null, "candidates": [], "conversations": []});
        assert_eq!(answer.json, expected, "{question}");
    }
}

#[tokio::test]
async fn what_cannot_be_a_question_is_refused() {
    let api = api().await;
    for (body, status, fields) in [
        ("{", 400, &[][..]),
        ("{\"email\":\"a\",\"email\":\"b\"}", 400, &[]),
        ("[]", 422, &[]),
        ("{}", 422, &[]),
        ("{\"telephone\":null}", 422, &[]),
        ("{\"telephone\":14152000001,\"name\":\"Ada\"}", 422, &["telephone", "name"]),
        ("{\"email\":\"a@b.co\",\"phone\":\"1\"}", 422, &["phone"]),
    ] {
        let answer = api.call("POST", "/contacts/resolve").body(JSON, body).send().await;
        assert_eq!(answer.problem(status), fields, "{body}");
    }
    assert!(api.post("/contacts/resolve", json!({})).await.text("detail").contains("at least one of telephone"));
    api.call("POST", "/contacts/resolve?x=1").json(JSON, &json!({"email": "a@b.co"})).send().await.problem(400);
    api.call("POST", "/contacts/resolve").body("text/plain", "{}").send().await.problem(415);
    api.call("GET", "/contacts/resolve").send().await.problem(405);
}

#[tokio::test]
async fn a_shared_line_has_candidates_and_different_people_are_several() {
    let api = api().await;
    let call = async |conversation: &str, name: &str, email: &str| {
        let values = [("telephone", PHONE), ("name", name), ("email", email)];
        api.converse_by(CALL, conversation, 10, &values).await.contact.unwrap().to_string()
    };
    let ana = call("one", "Ana Szabó", "ana@example.com").await;
    let bo = call("two", "Bo Lindqvist", "bo@example.com").await;
    let line = ask(&api, json!({"telephone": PHONE})).await;
    assert_eq!(found(&line), ("shared", "stated", vec![&*ana, &*bo]));
    assert_eq!(conversations(&line), ["one"], "of the first");
    let beside = ask(&api, json!({"telephone": PHONE, "email": "bo@example.com"})).await;
    assert_eq!(found(&beside), ("one", "stated", vec![&*bo]));
    assert_eq!(conversations(&beside), ["two"]);
    let both = ask(&api, json!({"email": "ana@example.com", "conversation_id": "two"})).await;
    let (matched, identity, mut ids) = found(&both);
    ids.sort_unstable();
    let mut expected = vec![&*ana, &*bo];
    expected.sort_unstable();
    assert_eq!((matched, identity, ids), ("several", "stated", expected));
    assert_eq!(api.delete(&format!("/contacts/{bo}")).await.status, 204);
    assert_eq!(found(&ask(&api, json!({"telephone": PHONE})).await), ("one", "proven", vec![&*ana]));
    api.check().await;
}

#[tokio::test]
async fn a_joined_contact_answers_with_the_conversations_of_both() {
    let api = api().await;
    let (survivor, _) = api.joined().await;
    api.converse("later", 5, &[("telephone", "+15550001111")]).await;
    for question in [json!({"telephone": "+15550001111"}), json!({"email": "ada@example.com"})] {
        let answer = ask(&api, question).await;
        assert_eq!(found(&answer), ("one", "stated", vec![&*survivor]));
        assert_eq!(conversations(&answer), ["join", "later"]);
    }
}

#[tokio::test]
async fn a_number_without_a_country_is_the_workspaces() {
    let api = api().await;
    let id = api.add(json!({"channels": {"telephone": "+493012345678"}})).await;
    api.patch("/settings", json!({"default_country": "DE"})).await.ok();
    assert_eq!(found(&ask(&api, json!({"telephone": "030 12345678"})).await).2, [&*id]);
    // Also for a process that has not seen the settings.
    let (book, engine) = (api.engine.book(), api.engine);
    let fresh = api_to(engine, book);
    assert_eq!(found(&ask(&fresh, json!({"telephone": "030 12345678"})).await).2, [&*id]);
}

#[tokio::test]
async fn another_workspace_and_a_deleted_contact_are_nobody() {
    let api = api().await;
    let id = ada(&api).await;
    let question = json!({"telephone": PHONE, "email": "ada@example.com", "conversation_id": "call-1"});
    let stranger = api.token_of("other").call("POST", "/contacts/resolve").json(JSON, &question).send().await.ok();
    assert_eq!(found(&stranger), ("none", "stated", vec![]));
    assert_eq!(api.delete(&format!("/contacts/{id}")).await.status, 204);
    assert_eq!(found(&ask(&api, question).await), ("none", "stated", vec![]));
}

#[tokio::test]
async fn an_answer_takes_two_rounds_of_requests_and_no_write() {
    let engine = contacts_testing::engine().await;
    let faults = FaultInjector::default();
    let book = engine.book_through(&faults);
    let api = api_to(engine, book);
    ada(&api).await;
    api.add(json!({"channels": {"email": "grace@example.com"}})).await;
    api.add(json!({"channels": {"telephone": "+15550001111"}})).await;
    api.converse("join", 0, &[("email", "grace@example.com"), ("telephone", "+15550001111")]).await;
    let cost = async |question: Value| {
        faults.take_counts();
        ask(&api, question).await;
        let counts = faults.take_counts();
        assert!(counts.keys().all(|operation| ["BatchGetItem", "Query"].contains(&operation.as_str())), "{counts:?}");
        ["BatchGetItem", "Query"].map(|operation| counts.get(operation).copied().unwrap_or_default())
    };
    // Settings and claim; then contact and, at the same time, conversations.
    assert_eq!(cost(json!({"telephone": PHONE})).await, [2, 1]);
    assert_eq!(
        cost(json!({"telephone": PHONE, "email": "ada@example.com", "conversation_id": "call-1"})).await,
        [2, 1]
    );
    assert_eq!(cost(json!({"telephone": "+14152000009"})).await, [1, 0], "nobody");
    assert_eq!(cost(json!({"telephone": "nonsense"})).await, [1, 0], "unreadable");
    // The survivor of a join, whose conversations are also those of the other; and the other, whose claim stays.
    assert_eq!(cost(json!({"email": "grace@example.com"})).await, [2, 2]);
    assert_eq!(cost(json!({"telephone": "+15550001111"})).await, [3, 2]);
}
