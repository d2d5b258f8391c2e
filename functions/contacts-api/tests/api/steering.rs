//! `POST /imports/{id}/cancel` and `/resume`, and exports that stand still.

use contacts::{Country, ExportId, ImportId};
use contacts_book::{Export, Import, ImportStatus};
use contacts_testing::Fault;
use serde_json::json;

use crate::support::{TestApi, ago, api, api_that_interrupts_at_once};

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
    let api = api_that_interrupts_at_once().await;
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
    let at_once = api_that_interrupts_at_once().await;
    let id = stored(&at_once, ImportStatus::Planning).await;
    assert_eq!(at_once.get(&format!("/imports/{id}")).await.ok().text("status"), "failed");
    // Read by an API that waits for hours, so that only the failed request can have stopped it again.
    let api = at_once.that_interrupts_late();
    api.bucket.faults.inject(|_| Some(Fault::TimeoutBefore));
    api.call("POST", &format!("/imports/{id}/resume")).send().await.problem(503);
    let shown = api.get(&format!("/imports/{id}")).await.ok().json;
    assert_eq!((&shown["status"], &shown["error"]["code"]), (&json!("failed"), &json!("interrupted")));
    api.bucket.faults.inject(|_| None);
    assert_eq!(api.call("POST", &format!("/imports/{id}/resume")).send().await.ok().text("status"), "planning");
}

#[tokio::test]
async fn an_import_that_runs_is_resumed_only_if_it_stands_still() {
    let api = api().await;
    for status in [ImportStatus::Planning, ImportStatus::Running] {
        // As if a function had died between setting it running and storing the request.
        let id = stored(&api, status).await;
        api.bucket.faults.inject(|_| Some(Fault::TimeoutBefore));
        api.call("POST", &format!("/imports/{id}/resume")).send().await.problem(503);
        api.bucket.faults.inject(|_| None);
        let shown = api.get(&format!("/imports/{id}")).await.ok();
        assert_eq!(shown.text("status"), status.as_str(), "it may have gone on meanwhile");
        let resumed = api.call("POST", &format!("/imports/{id}/resume")).send().await.ok();
        assert_eq!(resumed.text("status"), status.as_str());
        assert!(api.bucket.objects().keys().any(|url| url.ends_with(&format!("/chunks/acme/{id}/resume.json"))));

        let works = ImportId::new();
        let import =
            Import { status, started_at: Some(ago(0)), ..Import::new(works, "people.csv", Country::US, ago(60)) };
        assert!(api.book().create_import(&api.workspace(), &import, &contacts_testing::person()).await.unwrap());
        api.call("POST", &format!("/imports/{works}/resume")).send().await.problem(409);
    }
}

#[tokio::test]
async fn an_export_that_stands_still_fails_and_does_not_hold_off_the_next() {
    let api = api_that_interrupts_at_once().await;
    let old = Export::new(ExportId::new(), ago(60));
    api.book().create_export(&api.workspace(), &old, &contacts_testing::person()).await.unwrap();
    let new = api.call("POST", "/exports").send().await;
    assert_eq!(new.status, 201);
    let shown = api.get(&format!("/exports/{}", old.id)).await.ok();
    assert_eq!((shown.text("status"), &shown.json["error"]["code"]), ("failed", &json!("interrupted")));
}

#[tokio::test]
async fn an_import_that_has_ended_is_undone_once() {
    let api = api().await;
    for status in [ImportStatus::Completed, ImportStatus::Failed, ImportStatus::Cancelled] {
        let id = stored(&api, status).await;
        assert_eq!(api.get(&format!("/imports/{id}")).await.ok().json.get("undo"), None);
        for _ in 0..2 {
            let asked = api.call("POST", &format!("/imports/{id}/undo")).send().await;
            assert_eq!(asked.status, 202, "asking again changes nothing: {asked:?}");
            let undo = &asked.json["undo"];
            assert_eq!((&undo["status"], &undo["removed"], &undo["kept"]), (&json!("running"), &json!(0), &json!(0)));
        }
        // Its event does the work.
        assert!(api.bucket.objects().keys().any(|url| url.ends_with(&format!("/chunks/acme/{id}/undo.json"))));
        let until = std::time::Instant::now() + std::time::Duration::from_secs(60);
        assert!(api.book().undo_import(&api.workspace(), id, until).await.unwrap());
        let undo = &api.get(&format!("/imports/{id}")).await.ok().json["undo"];
        assert_eq!((&undo["status"], undo["finished_at"].is_string()), (&json!("completed"), true));
        api.call("POST", &format!("/imports/{id}/undo")).send().await.problem(409);
    }
    let running = stored(&api, ImportStatus::Running).await;
    api.call("POST", &format!("/imports/{running}/undo")).send().await.problem(409);
    let dry = Import {
        dry_run: true,
        status: ImportStatus::Completed,
        ..Import::new(ImportId::new(), "a.csv", Country::US, ago(60))
    };
    api.book().create_import(&api.workspace(), &dry, &contacts_testing::person()).await.unwrap();
    let refused = api.call("POST", &format!("/imports/{}/undo", dry.id)).send().await;
    refused.problem(409);
    assert_eq!(refused.text("detail"), "a dry run has changed nothing");
    assert_eq!(api.call("POST", "/imports/nothing/undo").send().await.status, 404);
}

#[tokio::test]
async fn an_undo_that_stands_still_is_interrupted_and_continues_when_it_is_asked_for_again() {
    let api = api_that_interrupts_at_once().await;
    let id = stored(&api, ImportStatus::Completed).await;
    api.bucket.faults.inject(|_| Some(Fault::TimeoutBefore));
    api.call("POST", &format!("/imports/{id}/undo")).send().await.problem(503);
    assert_eq!(api.get(&format!("/imports/{id}")).await.ok().json["undo"]["status"], json!("interrupted"));
    api.bucket.faults.inject(|_| None);
    assert_eq!(api.call("POST", &format!("/imports/{id}/undo")).send().await.status, 202);
}
