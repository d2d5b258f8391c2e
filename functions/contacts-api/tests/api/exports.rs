//! `/exports`.

use std::collections::BTreeMap;

use contacts::{ExportId, time};
use contacts_book::{Export, ExportFailure, ExportStatus};
use contacts_testing::Fault;
use serde_json::{Value, json};

use crate::bucket::link;
use crate::support::{JSON, TestApi, ago, api};

const FOLDER: &str = "https://contacts.s3.us-east-1.amazonaws.com/exports/acme";

async fn stored(api: &TestApi, id: &str) -> Export {
    api.book().export(&api.workspace(), ExportId::parse(id).unwrap()).await.unwrap().unwrap()
}

#[tokio::test]
async fn an_export_is_ordered_by_an_object_in_the_bucket() {
    let api = api().await;
    let before = time::now();
    let answer = api.call("POST", "/exports").send().await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let id = answer.text("id").to_owned();
    assert_eq!(answer.header("location"), Some(&*format!("/exports/{id}")));
    let request = json!({"workspace": "acme", "export": id});
    assert_eq!(api.bucket.objects(), BTreeMap::from([(format!("{FOLDER}/{id}.json"), request)]));
    let export = stored(&api, &id).await;
    assert!(before <= export.created_at && export.created_at <= time::now());
    assert_eq!(export, Export::new(export.id, export.created_at));
    let running = json!({
        "id": id, "status": "running", "rows": 0, "url": null, "error": null,
        "created_at": export.created_at.to_string(), "finished_at": null,
    });
    assert_eq!(answer.json, running);
    assert_eq!(api.get(&format!("/exports/{id}")).await.ok().json, running);
    api.check().await;
}

#[tokio::test]
async fn one_export_of_a_workspace_runs_at_a_time() {
    let api = api().await;
    // Ordered at once, and one after the other.
    let order = || api.post("/exports", json!({}));
    let mut answers = futures_util::future::join_all((0..20).map(|_| order())).await;
    answers.push(order().await);
    let id = answers[0].text("id").to_owned();
    for answer in &answers {
        assert_eq!(answer.text("id"), id);
        assert_eq!(answer.header("location"), Some(&*format!("/exports/{id}")));
    }
    let statuses = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((statuses(201), statuses(200)), (1, 20));
    assert_eq!(api.bucket.objects().len(), 1);
    let other = api.token_of("rival").call("POST", "/exports").send().await;
    assert_eq!(other.status, 201, "{other:?}");

    // The next one may begin when this one has ended, well or not.
    for outcome in [Ok(()), Err(ExportFailure { code: "internal".into(), reason: "it stopped".into() })] {
        let running = order().await;
        assert_eq!(running.status, 200);
        let running = ExportId::parse(running.text("id")).unwrap();
        api.book().finish_export(&api.workspace(), running, 0, outcome).await.unwrap();
        assert_eq!(order().await.status, 201);
    }
    api.check().await;
}

#[tokio::test]
async fn an_export_whose_creator_died_before_requesting_it_is_requested_by_the_next_order() {
    let api = api().await;
    let created = Export::new(ExportId::new(), time::now());
    api.book().create_export(&api.workspace(), &created, &contacts_testing::person()).await.unwrap();
    let answer = api.post("/exports", json!({})).await;
    assert_eq!((answer.status, answer.text("id")), (200, &*created.id.to_string()));
    assert_eq!(api.bucket.objects().into_keys().collect::<Vec<_>>(), [format!("{FOLDER}/{}.json", created.id)]);
}

#[tokio::test]
async fn an_export_that_was_lost_does_not_hold_off_others_for_ever() {
    let api = api().await;
    let old = Export::new(ExportId::new(), ago(8 * 3_600));
    api.book().create_export(&api.workspace(), &old, &contacts_testing::person()).await.unwrap();
    assert_eq!(api.post("/exports", json!({})).await.status, 201);
}

#[tokio::test]
async fn a_body_has_no_members() {
    let api = api().await;
    let post = |body: &str| api.call("POST", "/exports").body(JSON, body);
    assert_eq!(post("{\"format\":\"csv\",\"x\":null}").send().await.problem(422), ["format", "x"]);
    for body in ["[]", "null", "\"\""] {
        post(body).send().await.problem(422);
    }
    for body in ["{", " ", "{}{}"] {
        post(body).send().await.problem(400);
    }
    assert_eq!(api.bucket.objects().len(), 0);
    // The type of an empty body is ignored.
    assert_eq!(api.call("POST", "/exports").body("text/plain", "").send().await.status, 201);
    assert_eq!(post(" {} ").send().await.status, 200);
}

#[tokio::test]
async fn a_completed_export_has_a_link_to_its_file() {
    let api = api().await;
    let id = api.post("/exports", json!({})).await.text("id").to_owned();
    let export = stored(&api, &id).await;
    assert!(api.book().save_export_progress(&api.workspace(), export.id, 5).await.unwrap());
    let shown = api.get(&format!("/exports/{id}")).await.ok().json;
    assert_eq!((&shown["status"], &shown["rows"], &shown["url"]), (&json!("running"), &json!(5), &Value::Null));

    api.book().finish_export(&api.workspace(), export.id, 7, Ok(())).await.unwrap();
    let shown = api.get(&format!("/exports/{id}")).await.ok().json;
    assert_eq!((&shown["status"], &shown["rows"], &shown["error"]), (&json!("completed"), &json!(7), &Value::Null));
    assert_eq!(shown["finished_at"], stored(&api, &id).await.finished_at.unwrap().to_string());
    let (url, query) = link(shown["url"].as_str().unwrap());
    assert_eq!(url, format!("{FOLDER}/{id}.csv"));
    let date = &export.created_at.to_string()[..10];
    assert_eq!(query["response-content-disposition"], format!("attachment; filename=\"contacts-{date}.csv\""));
}

#[tokio::test]
async fn a_failed_export_says_why_and_has_no_link() {
    let api = api().await;
    let id = api.post("/exports", json!({})).await.text("id").to_owned();
    let failure = ExportFailure { code: "internal".into(), reason: "it stopped".into() };
    api.book().finish_export(&api.workspace(), ExportId::parse(&id).unwrap(), 3, Err(failure)).await.unwrap();
    let shown = api.get(&format!("/exports/{id}")).await.ok().json;
    assert_eq!((&shown["status"], &shown["rows"], &shown["url"]), (&json!("failed"), &json!(3), &Value::Null));
    assert_eq!(shown["error"], json!({"code": "internal", "reason": "it stopped"}));
}

/// No client knows its id, but the table must not have an export that runs for ever.
#[tokio::test]
async fn an_export_that_cannot_be_started_is_503_and_has_failed() {
    let api = api().await;
    api.bucket.faults.inject(|_| Some(Fault::TimeoutBefore));
    let answer = api.post("/exports", json!({})).await;
    answer.problem(503);
    assert_eq!(answer.header("retry-after"), Some("1"));
    let mut exports = api.items("W#acme#X").await;
    exports.retain(|key| key != "RUNNING");
    assert_eq!(exports.len(), 1);
    let export = stored(&api, &exports[0]).await;
    assert_eq!(export.status, ExportStatus::Failed);
    assert_eq!(export.error.unwrap().code, "not_started");
}

#[tokio::test]
async fn an_unknown_export_is_404() {
    let api = api().await;
    for id in ["x", "0190c5f2-4a5b-7c3d-9e8f-0123456789ab", "%C3%A9"] {
        api.get(&format!("/exports/{id}")).await.problem(404);
    }
}
