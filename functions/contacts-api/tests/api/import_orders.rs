//! `POST /imports`.

use contacts::{Country, CustomType, Existing, ImportId, OnInvalid, Quoting, time};
use contacts_book::{Import, ImportColumn, ImportCounts, ImportStatus};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::bucket::link;
use crate::support::{Answer, JSON, TestApi, ago, api};

/// Orders an import of a file with this mapping.
async fn with_mapping(api: &TestApi, mapping: Value) -> Answer {
    api.post("/imports", json!({"file_name": "people.csv", "size_bytes": 1, "mapping": mapping})).await
}

async fn stored(api: &TestApi, answer: &Answer) -> Import {
    let id = ImportId::parse(answer.text("id")).unwrap();
    api.book().import(&api.workspace(), id).await.unwrap().unwrap()
}

#[tokio::test]
async fn an_import_awaits_its_file_and_says_how_to_put_it_up() {
    let api = api().await;
    let before = time::now();
    let answer = api.post("/imports", json!({"file_name": "people.csv", "size_bytes": 1200})).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(answer.header("content-type"), Some(JSON));
    let id = answer.text("id");
    assert_eq!(answer.header("location"), Some(&*format!("/imports/{id}")));

    let upload = &answer.json["upload"];
    let (url, query) = link(upload["url"].as_str().unwrap());
    assert_eq!(url, format!("https://contacts.s3.us-east-1.amazonaws.com/imports/acme/{id}.csv"));
    assert_eq!(query["X-Amz-SignedHeaders"], "content-length;content-type;host");
    assert_eq!((&upload["method"], &upload["headers"]), (&json!("PUT"), &json!({"content-type": "text/csv"})));
    let expires_at: Timestamp = upload["expires_at"].as_str().unwrap().parse().unwrap();
    let signed_at = (expires_at - SignedDuration::from_hours(1)).strftime("%Y%m%dT%H%M%SZ").to_string();
    assert_eq!(query["X-Amz-Date"], signed_at);
    assert_eq!(api.bucket.objects().len(), 0);

    let import = stored(&api, &answer).await;
    assert!(before <= import.created_at && import.created_at <= time::now());
    assert_eq!(
        import,
        Import {
            id: import.id,
            status: ImportStatus::AwaitingUpload,
            key: None,
            file_name: "people.csv".into(),
            size_bytes: 1_200,
            etag: None,
            encoding: None,
            quoting: Quoting::Standard,
            header: None,
            mapping: vec![],
            default_country: Country::US,
            on_invalid: OnInvalid::SkipCell,
            existing: Existing::Update,
            dry_run: false,
            created_at: import.created_at,
            started_at: None,
            finished_at: None,
            progressed_at: None,
            bytes_checked: 0,
            chunks: None,
            plan_secret: None,
            counts: ImportCounts::default(),
            reported: 0,
            warnings: vec![],
            error: None,
            undo: None,
        }
    );
    // But for the link it is shown as it is read.
    let mut shown = answer.json.clone();
    shown.as_object_mut().unwrap().remove("upload");
    assert_eq!(api.get(&format!("/imports/{id}")).await.ok().json, shown);
    api.check().await;
}

#[tokio::test]
async fn all_options_are_stored() {
    let api = api().await;
    api.define("plan", "string").await;
    let mapping = json!([
        {"column": 1, "field": "name"},
        {"column": 0, "field": "name", "create": null},
        {"column": 2, "field": "email"},
        {"column": 3, "field": "custom.plan"},
        {"column": 4, "field": "custom.budget", "create": "number"},
        {"column": 999, "field": "id"},
    ]);
    let answer = api
        .post(
            "/imports",
            json!({
                "file_name": "Kunden (2).CSV", "size_bytes": 5_368_709_120_u64, "header": false, "mapping": mapping,
                "default_country": "de", "on_invalid": "skip_cell", "dry_run": true,
                "encoding": "Latin1", "quoting": "none", "existing": "fill_blanks",
            }),
        )
        .await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let import = stored(&api, &answer).await;
    let column = |column, field: &str, create| ImportColumn { column, field: field.to_owned(), create };
    let columns = [
        column(1, "name", None),
        column(0, "name", None),
        column(2, "email", None),
        column(3, "custom.plan", None),
        column(4, "custom.budget", Some(CustomType::Number)),
        column(999, "id", None),
    ];
    assert_eq!(import.mapping, columns);
    assert_eq!((import.file_name.as_str(), import.size_bytes), ("Kunden (2).CSV", 5_368_709_120));
    assert_eq!((import.header, import.default_country.as_str()), (Some(false), "DE"));
    assert_eq!((import.on_invalid, import.dry_run), (OnInvalid::SkipCell, true));
    assert_eq!(import.encoding.as_deref(), Some("windows-1252"));
    assert_eq!((import.quoting, import.existing), (Quoting::None, Existing::FillBlanks));
    // The import itself defines the fields.
    assert_eq!(api.get("/custom-fields").await.items("key"), ["plan"]);
}

#[tokio::test]
async fn what_is_null_is_not_said() {
    let api = api().await;
    api.patch("/settings", json!({"default_country": "GB"})).await.ok();
    let body = json!({
        "file_name": "a", "size_bytes": 1, "header": null, "mapping": null, "default_country": null,
        "on_invalid": null, "dry_run": null, "encoding": null, "quoting": null, "existing": null,
    });
    let import = stored(&api, &api.post("/imports", body).await).await;
    assert_eq!((import.header, import.mapping, import.default_country.as_str()), (None, vec![], "GB"));
    assert_eq!((import.on_invalid, import.dry_run), (OnInvalid::SkipCell, false));
}

#[tokio::test]
async fn every_bad_member_is_named_and_nothing_is_stored() {
    let api = api().await;
    let answer = api
        .post(
            "/imports",
            json!({
                "file_name": "a/b", "size_bytes": 0, "header": "yes", "mapping": {}, "default_country": "Germany",
                "on_invalid": "ignore", "dry_run": 1, "status": "running", "encoding": "klingon", "quoting": "double",
                "existing": "replace",
            }),
        )
        .await;
    let fields = [
        "file_name",
        "size_bytes",
        "encoding",
        "quoting",
        "header",
        "mapping",
        "default_country",
        "on_invalid",
        "existing",
        "dry_run",
        "status",
    ];
    assert_eq!(answer.problem(422), fields);
    assert!(answer.json.to_string().contains("klingon"), "the label is named");
    assert_eq!(api.post("/imports", json!({})).await.problem(422), ["file_name", "size_bytes"]);
    assert_eq!(api.get("/imports").await.items("id"), [""; 0]);

    let good = json!({"file_name": "a", "size_bytes": 1});
    for (member, bad) in [
        ("file_name", vec![json!(""), json!("x".repeat(256)), json!("a\nb"), json!("a\u{85}b"), json!(1), json!(null)]),
        (
            "size_bytes",
            vec![json!(-1), json!(1.5), json!("1"), json!(5_368_709_121_u64), json!(1e30), json!(null), json!([1])],
        ),
        ("header", vec![json!(1), json!("true"), json!([])]),
        ("default_country", vec![json!("UK"), json!(""), json!(1)]),
        ("on_invalid", vec![json!("REJECT_ROW"), json!(true)]),
        ("encoding", vec![json!(""), json!("iso-2022-jp"), json!(1252)]),
        ("quoting", vec![json!("None"), json!(false)]),
        ("existing", vec![json!("Skip"), json!(true)]),
        ("dry_run", vec![json!("false"), json!({})]),
        ("mapping", vec![json!([]), json!("name"), json!(true), json!(vec![json!({}); 1_001])]),
    ] {
        for value in bad {
            let mut body = good.clone();
            body[member] = value;
            assert_eq!(api.post("/imports", body.clone()).await.problem(422), [member], "{body}");
        }
    }
    for good in ["x", &"ü".repeat(255), "a\\b", " "] {
        assert_eq!(api.post("/imports", json!({"file_name": good, "size_bytes": 1})).await.status, 201, "{good}");
    }
}

#[tokio::test]
async fn every_bad_entry_of_a_mapping_is_named() {
    let api = api().await;
    api.define("plan", "string").await;
    for (entry, fields) in [
        (json!(null), &["mapping[1]"][..]),
        (json!("name"), &["mapping[1]"]),
        (json!({}), &["mapping[1].field", "mapping[1].column"]),
        (json!({"column": 1_000, "field": "name"}), &["mapping[1].column"]),
        (json!({"column": -1, "field": "name"}), &["mapping[1].column"]),
        (json!({"column": "1", "field": "phone"}), &["mapping[1].field", "mapping[1].column"]),
        (json!({"column": "1", "field": "custom.new"}), &["mapping[1].field", "mapping[1].column"]),
        (json!({"column": 1, "field": 7}), &["mapping[1].field"]),
        (json!({"column": 1, "field": "national_number"}), &["mapping[1].field"]),
        (json!({"column": 1, "field": "name", "as": "x", "b": 1}), &["mapping[1].as", "mapping[1].b"]),
        (json!({"column": 1, "field": "name", "create": "string"}), &["mapping[1].create"]),
        (json!({"column": 1, "field": "custom.A B", "create": "string"}), &["mapping[1].field"]),
        (json!({"column": 1, "field": "custom.new", "create": "date"}), &["mapping[1].create"]),
        (json!({"column": 1, "field": "custom.new"}), &["mapping[1].field"]),
        (json!({"column": 1, "field": "custom.plan", "create": "number"}), &["mapping[1].create"]),
        (json!({"column": 0, "field": "email"}), &["mapping[1].field"]),
    ] {
        let answer = with_mapping(&api, json!([{"column": 0, "field": "email"}, entry])).await;
        assert_eq!(answer.problem(422), fields, "{entry}");
    }
    // Errors name columns by their position, whatever is wrong with those before.
    let mapping = json!([
        {"column": 0, "field": "slack"}, {"column": 1}, {"column": 2, "field": "slack"}, [],
        {"column": 0, "field": "slack"},
    ]);
    let fields = ["mapping[1].field", "mapping[3]", "mapping[2].field", "mapping[4].field"];
    assert_eq!(with_mapping(&api, mapping).await.problem(422), fields);
    assert_eq!(api.get("/imports").await.items("id"), [""; 0]);
}

#[tokio::test]
async fn a_mapping_needs_an_identifier() {
    let api = api().await;
    api.define("plan", "string").await;
    for field in ["name", "dial_code", "custom.plan"] {
        let answer = with_mapping(&api, json!([{"column": 0, "field": field}])).await;
        assert_eq!(answer.problem(422), ["mapping"], "{field}");
    }
    for field in ["id", "telephone", "whatsapp", "whatsapp_user_id", "email", "instagram", "slack", "microsoft_teams"] {
        assert_eq!(with_mapping(&api, json!([{"column": 0, "field": field}])).await.status, 201, "{field}");
    }
}

#[tokio::test]
async fn several_columns_feed_only_some_fields() {
    let api = api().await;
    api.define("plan", "string").await;
    for field in ["id", "dial_code", "whatsapp_user_id", "instagram", "slack", "microsoft_teams", "custom.plan"] {
        let mapping =
            json!([{"column": 9, "field": "email"}, {"column": 0, "field": field}, {"column": 1, "field": field}]);
        assert_eq!(with_mapping(&api, mapping).await.problem(422), ["mapping[2].field"], "{field}");
    }
    for field in ["name", "telephone", "whatsapp", "email"] {
        let mapping =
            json!([{"column": 9, "field": "id"}, {"column": 0, "field": field}, {"column": 1, "field": field}]);
        assert_eq!(with_mapping(&api, mapping).await.status, 201, "{field}");
    }
}

#[tokio::test]
async fn custom_fields_are_there_or_are_created() {
    let api = api().await;
    api.define("plan", "string").await;
    for (field, create) in [
        ("custom.plan", Value::Null),
        ("custom.plan", json!("string")),
        ("custom.new", json!("string")),
        ("custom.new", json!("number")),
    ] {
        let mapping = json!([{"column": 0, "field": "email"}, {"column": 1, "field": field, "create": create}]);
        let answer = with_mapping(&api, mapping.clone()).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        assert_eq!(answer.json["mapping"][1], mapping[1]);
    }
    let mapping = json!([
        {"column": 0, "field": "email"},
        {"column": 1, "field": "custom.new", "create": "string"},
        {"column": 2, "field": "custom.new", "create": "string"},
    ]);
    assert_eq!(with_mapping(&api, mapping).await.problem(422), ["mapping[2].field"]);
}

#[tokio::test]
async fn a_mapping_creates_no_more_fields_than_there_is_room_for() {
    let api = api().await;
    for key in ["a", "b"] {
        api.define(key, "string").await;
    }
    let creating = |count: usize| {
        let mut mapping = vec![json!({"column": 0, "field": "email"})];
        let keys = ["a".to_owned()].into_iter().chain((0..count).map(|n| format!("new{n}")));
        let create = |(n, key)| json!({"column": n + 1, "field": format!("custom.{key}"), "create": "string"});
        mapping.extend(keys.enumerate().map(create));
        Value::Array(mapping)
    };
    assert_eq!(with_mapping(&api, creating(98)).await.status, 201);
    let answer = with_mapping(&api, creating(100)).await;
    assert_eq!(answer.problem(422), ["mapping[100].create", "mapping[101].create"]);
}

#[tokio::test]
async fn what_no_json_can_say_is_400() {
    let api = api().await;
    for body in [
        r#"{"file_name": "\ud800", "size_bytes": 1}"#,
        r#"{"file_name": "a", "size_bytes": 01}"#,
        r#"{"file_name": "a", "size_bytes": 1, "mapping": [{"column": 0, "column": 1, "field": "email"}]}"#,
    ] {
        api.call("POST", "/imports").body(JSON, body).send().await.problem(400);
    }
}

#[tokio::test]
async fn at_most_20_imports_wait_for_their_file() {
    let api = api().await;
    let order = || api.post("/imports", json!({"file_name": "people.csv", "size_bytes": 1_200}));
    let mut ids = Vec::new();
    for _ in 0..20 {
        let answer = order().await;
        assert_eq!(answer.status, 201, "{answer:?}");
        ids.push(ImportId::parse(answer.text("id")).unwrap());
    }
    let refused = order().await;
    refused.problem(429);
    assert!(refused.text("detail").contains("at most 20 imports"), "{refused:?}");
    assert_eq!(refused.text("code"), "too_many_waiting_imports");
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((3_500..=3_601).contains(&wait), "{wait}");
    assert_eq!(api.items("W#acme#M").await.len(), 20);
    let other = api.token_of("rival").call("POST", "/imports");
    let other = other.json(JSON, &json!({"file_name": "people.csv", "size_bytes": 1_200})).send().await;
    assert_eq!(other.status, 201, "{other:?}");

    // A file makes room for one more, whoever asks first.
    assert!(api.book().begin_import(&api.workspace(), ids[7], "imports/acme/x.csv").await.unwrap());
    let answers = futures_util::future::join_all((0..8).map(|_| order())).await;
    let accepted = answers.iter().filter(|answer| answer.status == 201).count();
    assert!(accepted <= 1 && answers.iter().all(|answer| [201, 429].contains(&answer.status)), "{answers:?}");
    assert_eq!(api.items("W#acme#M").await.len(), 20 + accepted);
    if accepted == 0 {
        assert_eq!(order().await.status, 201);
    }
    api.check().await;
}

#[tokio::test]
async fn an_import_whose_link_has_expired_waits_no_longer() {
    let api = api().await;
    for n in 0..30 {
        let at = ago(3_601);
        let import = Import::new(ImportId::of_upload(at, &[n; 32]), "people.csv", Country::US, at);
        assert!(api.book().create_import(&api.workspace(), &import, &contacts_testing::person()).await.unwrap());
    }
    let answer = api.post("/imports", json!({"file_name": "people.csv", "size_bytes": 1_200})).await;
    assert_eq!(answer.status, 201, "{answer:?}");
}
