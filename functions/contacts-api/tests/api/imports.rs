//! `GET /imports`.

use contacts::{Country, Import, ImportCounts, ImportFailure, ImportId, ImportStatus};
use serde_json::json;

use crate::support::{ago, api};

fn import(age: i64) -> Import {
    Import {
        id: ImportId::of_upload(ago(age), &[7; 32]),
        status: ImportStatus::Running,
        file_name: "people.csv".into(),
        size_bytes: 1_200,
        header: None,
        mapping: vec![(0, "name".into()), (3, "custom.plan".into())],
        default_country: Country::US,
        created_at: ago(age),
        started_at: None,
        finished_at: None,
        counts: ImportCounts::default(),
        warnings: vec![],
        error: None,
    }
}

#[tokio::test]
async fn an_import_is_shown_with_nulls_for_what_is_not_there() {
    let api = api().await;
    let running = import(20);
    api.book().save_import(&api.workspace(), &running).await.unwrap();
    let path = format!("/imports/{}", running.id);
    assert_eq!(
        api.get(&path).await.ok().json,
        json!({
            "id": running.id.to_string(), "status": "running", "file_name": "people.csv", "size_bytes": 1200,
            "header": null, "mapping": [{"column": 0, "field": "name"}, {"column": 3, "field": "custom.plan"}],
            "default_country": "US", "on_invalid": "reject_row", "dry_run": false,
            "created_at": running.created_at.to_string(), "started_at": null, "finished_at": null,
            "bytes": {"total": 1200, "done": 0},
            "rows": {"read": 0, "created": 0, "updated": 0, "unchanged": 0, "rejected": 0},
            "joined": 0, "conflicts": 0, "warnings": [], "report_url": null, "error": null,
        })
    );
    let failed = Import {
        status: ImportStatus::Failed,
        header: Some(true),
        started_at: Some(ago(10)),
        finished_at: Some(ago(5)),
        counts: ImportCounts {
            bytes_done: 600,
            read: 10,
            created: 4,
            updated: 3,
            unchanged: 2,
            rejected: 1,
            joined: 5,
            conflicts: 6,
        },
        warnings: vec!["column 2 is ignored".into()],
        error: Some(ImportFailure { code: "not_text".into(), reason: "the file is no text".into() }),
        ..running
    };
    api.book().save_import(&api.workspace(), &failed).await.unwrap();
    let shown = api.get(&path).await.ok().json;
    assert_eq!(shown["status"], "failed");
    assert_eq!(shown["header"], true);
    assert_eq!(shown["finished_at"], failed.finished_at.unwrap().to_string());
    assert_eq!(shown["bytes"], json!({"total": 1200, "done": 600}));
    assert_eq!(shown["rows"], json!({"read": 10, "created": 4, "updated": 3, "unchanged": 2, "rejected": 1}));
    assert_eq!((&shown["joined"], &shown["conflicts"]), (&json!(5), &json!(6)));
    assert_eq!(shown["warnings"], json!(["column 2 is ignored"]));
    assert_eq!(shown["error"], json!({"code": "not_text", "reason": "the file is no text"}));
}

#[tokio::test]
async fn imports_are_listed_the_newest_first_page_by_page() {
    let api = api().await;
    assert_eq!(api.get("/imports").await.ok().json, json!({"items": [], "next_cursor": null}));
    let mut ids = Vec::new();
    for age in [10, 20, 30] {
        let import = import(age);
        api.book().save_import(&api.workspace(), &import).await.unwrap();
        ids.push(import.id.to_string());
    }
    assert_eq!(api.get("/imports").await.items("id"), ids);
    let first = api.get("/imports?limit=2").await.ok();
    assert_eq!(first.items("id"), ids[..2]);
    let rest = api.get(&format!("/imports?limit=2&cursor={}", first.text("next_cursor"))).await.ok();
    assert_eq!(rest.items("id"), ids[2..]);
    assert!(rest.json["next_cursor"].is_null());
}

#[tokio::test]
async fn what_is_no_import_is_404() {
    let api = api().await;
    for id in ["x", "0190c5f2-4a5b-7c3d-9e8f-0123456789ab", "%C3%A9"] {
        api.get(&format!("/imports/{id}")).await.problem(404);
    }
}
