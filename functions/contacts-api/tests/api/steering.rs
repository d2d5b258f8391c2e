//! `POST /imports/{id}/cancel` and `/resume`, and exports that stand still.

use contacts::{Country, ExportId, ImportId};
use contacts_book::{Export, Import, ImportStatus};
use contacts_testing::Fault;
use serde_json::json;

use crate::support::{TestApi, ago, api, impatient_api};

async fn stored(api: &TestApi, status: ImportStatus) -> ImportId {
    let id = ImportId::new();
    let import = Import { status, started_at: Some(ago(60)), ..Import::new(id, "people.csv", Country::US, ago(60)) };
    assert!(api.book().create_import(&api.workspace(), &import, &contacts_testing::person()).await.unwrap());
    id
}

#[tokio::test]
async fn an_import_is_cancelled_once() {
    let api = api().await;
    for status in [ImportStatus::AwaitingUpload, ImportStatus::Planning, ImportStatus::Running] {
        let id = stored(&api, status).await;
        let cancelled = api.call("POST", &format!("/imports/{id}/cancel")).send().await.ok();
        assert_eq!((cancelled.text("status"), cancelled.text("id")), ("cancelled", &*id.to_string()));
        assert_eq!(api.get(&format!("/imports/{id}")).await.ok().text("status"), "cancelled");
        for step in ["cancel", "resume"] {
            let refused = api.call("POST", &format!("/imports/{id}/{step}")).send().await;
            assert_eq!(refused.status, 409, "{step}");
        }
    }
    for path in ["/imports/nothing/cancel".to_owned(), format!("/imports/{}/resume", ImportId::new())] {
        assert_eq!(api.call("POST", &path).send().await.status, 404);
    }
}

#[tokio::test]
async fn an_import_without_progress_fails_and_is_resumed() {
    let api = impatient_api().await;
    for list in [false, true] {
        let id = stored(&api, ImportStatus::Planning).await;
        let shown = if list {
            api.get("/imports?limit=1").await.ok().json["items"][0].clone()
        } else {
            api.get(&format!("/imports/{id}")).await.ok().json
        };
        assert_eq!((&shown["status"], &shown["error"]["code"]), (&json!("failed"), &json!("interrupted")));
        let resumed = api.call("POST", &format!("/imports/{id}/resume")).send().await.ok();
        assert_eq!((resumed.text("status"), &resumed.json["error"]), ("planning", &json!(null)));
        // Its event continues the work.
        assert!(api.bucket.objects().keys().any(|url| url.ends_with(&format!("/chunks/acme/{id}/resume.json"))));
    }
    // One that is not interrupted makes progress, or has ended.
    let id = stored(&api, ImportStatus::Completed).await;
    assert_eq!(api.call("POST", &format!("/imports/{id}/resume")).send().await.status, 409);
}

#[tokio::test]
async fn an_import_whose_resumption_cannot_be_requested_can_be_resumed_again() {
    let impatient = impatient_api().await;
    let id = stored(&impatient, ImportStatus::Planning).await;
    assert_eq!(impatient.get(&format!("/imports/{id}")).await.ok().text("status"), "failed");
    // Read by an API that waits for hours, so that only the failed request can have stopped it again.
    let api = impatient.patient();
    api.bucket.faults.inject(|_| Some(Fault::TimeoutBefore));
    api.call("POST", &format!("/imports/{id}/resume")).send().await.problem(503);
    let shown = api.get(&format!("/imports/{id}")).await.ok().json;
    assert_eq!((&shown["status"], &shown["error"]["code"]), (&json!("failed"), &json!("interrupted")));
    api.bucket.faults.inject(|_| None);
    assert_eq!(api.call("POST", &format!("/imports/{id}/resume")).send().await.ok().text("status"), "planning");
}

#[tokio::test]
async fn an_export_that_stands_still_fails_and_does_not_hold_off_the_next() {
    let api = impatient_api().await;
    let old = Export::new(ExportId::new(), ago(60));
    api.book().create_export(&api.workspace(), &old, &contacts_testing::person()).await.unwrap();
    let new = api.call("POST", "/exports").send().await;
    assert_eq!(new.status, 201);
    let shown = api.get(&format!("/exports/{}", old.id)).await.ok();
    assert_eq!((shown.text("status"), &shown.json["error"]["code"]), ("failed", &json!("interrupted")));
}
