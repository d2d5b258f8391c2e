//! `GET /imports`.

use contacts::{Country, CustomType, ImportId, OnInvalid};
use contacts_book::{Import, ImportColumn, ImportCounts, ImportFailure, ImportStatus};
use serde_json::{Value, json};

use crate::bucket::link;
use crate::support::{TestApi, ago, api};

fn import(age: i64) -> Import {
    let column = |column, field: &str, create| ImportColumn { column, field: field.to_owned(), create };
    Import {
        size_bytes: 1_200,
        mapping: vec![column(0, "email", None), column(3, "custom.plan", Some(CustomType::String))],
        on_invalid: OnInvalid::RejectRow,
        ..Import::new(ImportId::of_upload(ago(age), &[7; 32]), "people.csv", Country::US, ago(age))
    }
}

/// Stores the import; how it is shown.
async fn shown(api: &TestApi, import: &Import) -> Value {
    assert!(api.book().create_import(&api.workspace(), import, &contacts_testing::person()).await.unwrap());
    api.get(&format!("/imports/{}", import.id)).await.ok().json
}

#[tokio::test]
async fn an_import_is_shown_with_nulls_for_what_is_not_there() {
    let api = api().await;
    let awaiting = import(20);
    assert_eq!(
        shown(&api, &awaiting).await,
        json!({
            "id": awaiting.id.to_string(), "status": "awaiting_upload", "file_name": "people.csv", "size_bytes": 1200,
            "encoding": null, "quoting": "standard", "header": null,
            "mapping": [
                {"column": 0, "field": "email", "create": null},
                {"column": 3, "field": "custom.plan", "create": "string"},
            ],
            "default_country": "US", "on_invalid": "reject_row", "existing": "update", "dry_run": false,
            "created_at": awaiting.created_at.to_string(), "started_at": null, "finished_at": null,
            "bytes": {"total": 1200, "checked": 0, "done": 0},
            "rows": {"read": 0, "created": 0, "updated": 0, "unchanged": 0, "rejected": 0},
            "joined": 0, "conflicts": 0, "duplicates": 0, "other_names": 0, "shared": 0, "warnings": [], "report_url": null, "error": null,
        })
    );
    let failed = Import {
        status: ImportStatus::Failed,
        header: Some(true),
        on_invalid: OnInvalid::SkipCell,
        dry_run: true,
        started_at: Some(ago(10)),
        finished_at: Some(ago(5)),
        bytes_checked: 1_100,
        counts: ImportCounts {
            bytes_done: 600,
            read: 10,
            created: 4,
            updated: 3,
            unchanged: 2,
            rejected: 1,
            joined: 5,
            conflicts: 6,
            duplicates: 7,
            other_names: 8,
            shared: 9,
        },
        warnings: vec!["column 2 is ignored".into()],
        error: Some(ImportFailure { code: "not_text".into(), reason: "the file is no text".into() }),
        ..import(10)
    };
    let shown = shown(&api, &failed).await;
    assert_eq!(shown["status"], "failed");
    assert_eq!(shown["header"], true);
    assert_eq!((&shown["on_invalid"], &shown["dry_run"]), (&json!("skip_cell"), &json!(true)));
    assert_eq!(shown["started_at"], failed.started_at.unwrap().to_string());
    assert_eq!(shown["finished_at"], failed.finished_at.unwrap().to_string());
    assert_eq!(shown["bytes"], json!({"total": 1200, "checked": 1100, "done": 600}));
    assert_eq!(shown["rows"], json!({"read": 10, "created": 4, "updated": 3, "unchanged": 2, "rejected": 1}));
    assert_eq!((&shown["joined"], &shown["conflicts"]), (&json!(5), &json!(6)));
    assert_eq!([&shown["duplicates"], &shown["other_names"], &shown["shared"]], [&json!(7), &json!(8), &json!(9)]);
    assert_eq!(shown["warnings"], json!(["column 2 is ignored"]));
    assert_eq!(shown["error"], json!({"code": "not_text", "reason": "the file is no text"}));
    api.check().await;
}

#[tokio::test]
async fn every_status_has_its_name_and_an_ended_import_with_reported_rows_a_report() {
    let api = api().await;
    for (status, name, reported, has_report) in [
        (ImportStatus::AwaitingUpload, "awaiting_upload", 0, false),
        (ImportStatus::Planning, "planning", 0, false),
        (ImportStatus::Running, "running", 3, false),
        (ImportStatus::Completed, "completed", 0, false),
        (ImportStatus::Completed, "completed", 3, true),
        (ImportStatus::Failed, "failed", 3, true),
        (ImportStatus::Cancelled, "cancelled", 0, false),
    ] {
        let import = Import { id: ImportId::new(), status, reported, ..import(20) };
        let shown = shown(&api, &import).await;
        assert_eq!(shown["status"], name);
        assert_eq!(shown["report_url"].is_string(), has_report, "{name} {reported}");
        assert_eq!(api.get("/imports?limit=1").await.ok().json["items"][0]["report_url"].is_string(), has_report);
    }
}

#[tokio::test]
async fn a_report_is_saved_under_the_name_of_its_file() {
    let api = api().await;
    for (file_name, disposition) in [
        ("people.csv", "attachment; filename=\"people-report.csv\""),
        ("Müller.CSV", "attachment; filename=\"M_ller-report.csv\"; filename*=UTF-8''M%C3%BCller-report.csv"),
        ("a\"b;c.txt", "attachment; filename=\"a_b;c-report.csv\"; filename*=UTF-8''a%22b%3Bc-report.csv"),
    ] {
        let (status, reported) = (ImportStatus::Completed, 1);
        let import = Import { id: ImportId::new(), status, reported, file_name: file_name.into(), ..import(20) };
        let shown = shown(&api, &import).await;
        let (url, query) = link(shown["report_url"].as_str().unwrap());
        assert_eq!(url, format!("https://contacts.s3.us-east-1.amazonaws.com/reports/acme/{}.csv", import.id));
        assert_eq!(query["response-content-disposition"], disposition);
        assert_eq!(query["X-Amz-SignedHeaders"], "host");
    }
}

#[tokio::test]
async fn imports_are_listed_the_newest_first_page_by_page() {
    let api = api().await;
    assert_eq!(api.get("/imports").await.ok().json, json!({"items": [], "next_cursor": null}));
    let mut ids = Vec::new();
    for age in [10, 20, 30] {
        ids.push(shown(&api, &import(age)).await["id"].as_str().unwrap().to_owned());
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
