//! `POST /imports/preview`.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use serde_json::{Value, json};

use crate::support::{Answer, JSON, TestApi, api};

/// The most bytes of a sample.
const MAX_BYTES: usize = 256 * 1024;

/// Previews a file, with more members of the request.
async fn preview(api: &TestApi, file: impl AsRef<[u8]>, more: Value) -> Answer {
    let mut body = json!({"sample": STANDARD.encode(file)});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    api.post("/imports/preview", body).await
}

/// The mapping as text: `0 name, 1 custom.plan (string)`.
fn mapping(answer: &Answer) -> String {
    let columns = answer.json["mapping"].as_array().unwrap_or_else(|| panic!("no preview: {answer:?}")).iter();
    let columns = columns.map(|mapped| {
        let create = mapped["create"].as_str().map(|kind| format!(" ({kind})")).unwrap_or_default();
        format!("{} {}{create}", mapped["column"], mapped["field"].as_str().unwrap())
    });
    columns.collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn a_file_is_shown_as_it_would_be_imported() {
    let api = api().await;
    api.define("budget", "number").await;
    let file = "Last Name;First Name;Phone;E-mail;Tags;Budget;Empty;Plan\n\
        Lovelace;Ada;(555) 123-4567;ada@x.org ::: lady@x.org;a;12.50;;pro\n\
        \n\
        Byron;;4.41E+11;;b;many;;\n\
        Babbage;Charles;;;a;;;basic\n";
    let answer = preview(&api, file, json!({})).await.ok();
    let column = |column: usize, header: &str, samples: Value, field: Value, create: Value| json!({"column": column, "header": header, "samples": samples, "field": field, "create": create, "note": null});
    assert_eq!(
        answer.json,
        json!({
            "encoding": "utf-8", "delimiter": ";", "header": true,
            "columns": [
                column(0, "Last Name", json!(["Lovelace", "Byron", "Babbage"]), json!("name"), Value::Null),
                column(1, "First Name", json!(["Ada", "Charles"]), json!("name"), Value::Null),
                column(2, "Phone", json!(["(555) 123-4567", "4.41E+11"]), json!("telephone"), Value::Null),
                column(3, "E-mail", json!(["ada@x.org ::: lady@x.org"]), json!("email"), Value::Null),
                column(4, "Tags", json!(["a", "b"]), json!("custom.tags"), json!("string")),
                column(5, "Budget", json!(["12.50", "many"]), json!("custom.budget"), Value::Null),
                column(6, "Empty", json!([]), Value::Null, Value::Null),
                column(7, "Plan", json!(["pro", "basic"]), json!("custom.plan"), json!("string")),
            ],
            // As the parts of a name are joined.
            "mapping": [
                {"column": 1, "field": "name", "create": null},
                {"column": 0, "field": "name", "create": null},
                {"column": 2, "field": "telephone", "create": null},
                {"column": 3, "field": "email", "create": null},
                {"column": 5, "field": "custom.budget", "create": null},
                {"column": 4, "field": "custom.tags", "create": "string"},
                {"column": 7, "field": "custom.plan", "create": "string"},
            ],
            "rows": [
                {
                    "line": 2,
                    "contact": {
                        "name": "Ada Lovelace", "phone": "+15551234567", "email": "ada@x.org",
                        "channels": {
                            "telephone": "+15551234567", "national_number": "5551234567", "country_code": "1",
                            "dial_code": "US", "email": "ada@x.org",
                        },
                        "also_known_by": [{"field": "email", "value": "lady@x.org"}],
                        "custom_fields": {"budget": 12.5, "tags": "a", "plan": "pro"},
                    },
                    "problems": [],
                    "skipped": [],
                },
                {
                    "line": 4,
                    "contact": {"name": "Byron", "channels": {}, "custom_fields": {"tags": "b"}},
                    "problems": [
                        {"column": 2, "code": answer.json["rows"][1]["problems"][0]["code"],
                            "reason": "was shortened to scientific notation by a spreadsheet and has lost digits"},
                        {"column": 5, "code": answer.json["rows"][1]["problems"][1]["code"],
                            "reason": "is not a number (digits, a decimal point, an exponent; no grouping)"},
                        {"column": null, "code": "names_nobody",
                            "reason": "has no phone, email, handle or id to identify a contact"},
                    ],
                    "skipped": [],
                },
                {
                    "line": 5,
                    "contact": {
                        "name": "Charles Babbage", "channels": {}, "custom_fields": {"tags": "a", "plan": "basic"},
                    },
                    "problems": [
                        {"column": null, "code": answer.json["rows"][2]["problems"][0]["code"],
                            "reason": "has no phone, email, handle or id to identify a contact"},
                    ],
                    "skipped": [],
                },
            ],
            "people": {"rows": 1, "duplicates": 0, "other_names": 0, "shared": 0},
            "warnings": [],
        })
    );
    for problem in answer.json["rows"].as_array().unwrap().iter().flat_map(|row| row["problems"].as_array().unwrap()) {
        assert!(!problem["code"].as_str().unwrap().is_empty());
    }
    // Nothing is stored.
    assert_eq!(api.get("/custom-fields").await.items("key"), ["budget"]);
    assert_eq!(api.get("/contacts").await.items("id"), [""; 0]);
}

#[tokio::test]
async fn the_suggested_mapping_is_one_that_an_import_takes() {
    let api = api().await;
    api.define("plan", "string").await;
    let file = "Email,Plan,Size,Last Name,First Name\na@x.org,pro,7,Lovelace,Ada\n";
    let suggested = preview(&api, file, json!({})).await.ok();
    let expected = "0 email, 1 custom.plan, 4 name, 3 name, 2 custom.size (number)";
    assert_eq!(mapping(&suggested), expected);
    let options = json!({"mapping": suggested.json["mapping"], "header": suggested.json["header"]});
    let again = preview(&api, file, options.clone()).await.ok();
    assert_eq!(again.json, suggested.json);
    let mut order = options;
    (order["file_name"], order["size_bytes"]) = (json!("people.csv"), json!(file.len()));
    let ordered = api.post("/imports", order).await;
    assert_eq!(ordered.status, 201, "{ordered:?}");
    assert_eq!(ordered.json["mapping"], suggested.json["mapping"]);
}

#[tokio::test]
async fn given_options_override_the_guesses() {
    let api = api().await;
    api.define("plan", "string").await;
    let file = "Email,Phone\n030 901820,x7\n";
    let options = json!({
        "header": false,
        "default_country": "DE",
        "mapping": [
            {"column": 0, "field": "telephone"},
            {"column": 1, "field": "custom.plan", "create": "string"},
            {"column": 1, "field": "custom.note", "create": "string"},
            {"column": 0, "field": "custom.raw", "create": "string"},
        ],
    });
    let answer = preview(&api, file, options).await.ok();
    assert_eq!(answer.json["header"], false);
    // One that is there need not be created.
    let expected = "0 telephone, 1 custom.plan, 1 custom.note (string), 0 custom.raw (string)";
    assert_eq!(mapping(&answer), expected);
    let column = |column: usize| {
        let column = &answer.json["columns"][column];
        (&column["header"], &column["field"], &column["create"])
    };
    assert_eq!(column(0), (&Value::Null, &json!("telephone"), &Value::Null));
    assert_eq!(column(1), (&Value::Null, &json!("custom.plan"), &Value::Null));
    let rows = &answer.json["rows"];
    assert_eq!(rows[1]["contact"]["phone"], "+4930901820");
    assert_eq!(rows[1]["contact"]["channels"]["dial_code"], "DE");
    assert_eq!(rows[1]["contact"]["custom_fields"], json!({"plan": "x7", "note": "x7", "raw": "030 901820"}));
    assert_eq!((&rows[0]["line"], &rows[0]["problems"][0]["column"]), (&json!(1), &json!(0)));

    // A custom field that is the first its column feeds.
    let options =
        json!({"mapping": [{"column": 0, "field": "email"}, {"column": 1, "field": "custom.n", "create": "number"}]});
    let answer = preview(&api, "a,b\na@x.org,007\n", options).await.ok();
    assert_eq!(answer.json["columns"][1]["create"], "number");
    assert_eq!(answer.json["rows"][0]["contact"]["custom_fields"], json!({"n": 7}));
}

#[tokio::test]
async fn a_preview_may_have_a_mapping_without_identifier() {
    let api = api().await;
    let file = "Who,City\nAda,London\n";
    for more in [json!({}), json!({"mapping": [{"column": 0, "field": "name"}]})] {
        let answer = preview(&api, file, more).await.ok();
        assert!(answer.json["warnings"][0].as_str().unwrap().contains("no column identifies a contact"));
        assert_eq!(answer.json["rows"][0]["problems"][0]["column"], Value::Null);
    }
}

#[tokio::test]
async fn phones_are_read_in_the_workspaces_country() {
    let api = api().await;
    api.patch("/settings", json!({"default_country": "GB"})).await.ok();
    let answer = preview(&api, "Phone\n07400 123456\n", json!({"default_country": null})).await.ok();
    assert_eq!(answer.json["rows"][0]["contact"]["phone"], "+447400123456");
}

#[tokio::test]
async fn encodings_and_delimiters_have_their_names() {
    let api = api().await;
    let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    for (file, encoding, delimiter) in [
        ("Name,Email\nJosé,j@x.org\n".as_bytes().to_vec(), "utf-8", ","),
        (b"Name;Email\nJos\xe9;j@x.org\n".to_vec(), "windows-1252", ";"),
        (utf16("\u{feff}Name\tEmail\nJosé\tj@x.org\n", u16::to_le_bytes), "utf-16le", "\t"),
        (utf16("\u{feff}Name|Email\nJosé|j@x.org\n", u16::to_be_bytes), "utf-16be", "|"),
    ] {
        let answer = preview(&api, file, json!({})).await.ok();
        assert_eq!((answer.text("encoding"), answer.text("delimiter")), (encoding, delimiter));
        assert_eq!(answer.json["rows"][0]["contact"]["name"], "José");
    }
}

#[tokio::test]
async fn an_encoding_and_the_meaning_of_quotes_can_be_set() {
    let api = api().await;
    let mac = b"Name;Email\nJ\x9frgen \"Gro\xa7\";j@x.org\n\"Zo\x91;z@x.org\n".to_vec();
    let answer = preview(&api, mac.clone(), json!({"encoding": "Macintosh", "quoting": "none"})).await.ok();
    assert_eq!(answer.text("encoding"), "macintosh");
    assert_eq!(answer.json["rows"][0]["contact"]["name"], "Jürgen \"Groß\"");
    assert_eq!(answer.json["warnings"], json!([]));
    let answer = preview(&api, mac, json!({"quoting": "none"})).await.ok();
    assert!(answer.json["warnings"][0].as_str().unwrap().contains("encoding"), "{answer:?}");
}

#[tokio::test]
async fn a_new_number_field_depends_on_the_rest_of_the_file() {
    let api = api().await;
    let answer = preview(&api, "Email;Umsatz;Menge\na@x.org;12.000;12.000\nb@x.org;7,5;3.500\n", json!({})).await.ok();
    let column = |column: usize| &answer.json["columns"][column];
    assert_eq!((&column(1)["create"], &column(2)["create"]), (&json!("number"), &json!("string")));
    assert_eq!(column(1)["note"], "Number, if the rest of the file agrees; else String");
    assert_eq!(answer.json["rows"][0]["contact"]["custom_fields"], json!({"umsatz": 12000, "menge": "12.000"}));
}

#[tokio::test]
async fn a_sample_is_base64_padded_or_not() {
    let api = api().await;
    let post = async |sample: Value| api.post("/imports/preview", json!({"sample": sample})).await;
    for file in ["Email\na@x.org", "Email\nab@x.org", "Email\nabc@x.org", "Email\n\u{7ff}\u{ffff}@x.org"] {
        for sample in [STANDARD.encode(file), STANDARD_NO_PAD.encode(file)] {
            post(json!(sample)).await.ok();
        }
    }
    for sample in ["!", "RW1h aWw=", "RW1haWw=\n", "RW1haWw==", "RW1haW-_", "A", "AB", "RW1haWw=RW1haWw="] {
        assert_eq!(post(json!(sample)).await.problem(422), ["sample"], "{sample}");
    }
    for sample in [json!(1), json!(["RW1haWw="]), Value::Null, json!("")] {
        assert_eq!(post(sample.clone()).await.problem(422), ["sample"], "{sample}");
    }
}

#[tokio::test]
async fn a_sample_has_at_most_256_kib() {
    let api = api().await;
    let line = "a@x.org,12345678\n";
    let file = line.repeat(MAX_BYTES / line.len() + 2);
    let answer = preview(&api, &file[..MAX_BYTES + 1], json!({})).await;
    assert_eq!(answer.problem(422), ["sample"]);
    assert_eq!(answer.json.get("code"), None);
    let answer = preview(&api, &file[..MAX_BYTES], json!({})).await.ok();
    assert_eq!(answer.json["rows"].as_array().unwrap().len(), 10);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_422_with_a_code() {
    let api = api().await;
    let open = format!("\"{}", "x".repeat(MAX_BYTES - 1));
    let wide = ",".repeat(1_000);
    for (file, code) in [
        (&b"\n\n"[..], "empty_file"),
        (b"\xef\xbb\xbf", "empty_file"),
        (b"PK\x03\x04\0\0\0\0", "not_text"),
        (b"\xff\xfeE\0m\0\x00\xd8a\0\n\0", "malformed_text"),
        (b"Email\n\"a@x.org\n", "unclosed_quote"),
        (wide.as_bytes(), "too_many_columns"),
        (open.as_bytes(), "no_record"),
    ] {
        let answer = preview(&api, file, json!({})).await;
        assert_eq!(answer.problem(422), ["sample"], "{code}");
        assert_eq!(answer.json["code"], code);
    }
}

#[tokio::test]
async fn a_mapping_of_columns_that_the_file_does_not_have_is_422() {
    let api = api().await;
    let options = json!({"mapping": [
        {"column": 2, "field": "name"}, {"column": 1, "field": "email"}, {"column": 7, "field": "telephone"},
    ]});
    let answer = preview(&api, "a,b\nc,d\n", options).await;
    assert_eq!(answer.problem(422), ["mapping[0].column", "mapping[2].column"]);
    assert_eq!(answer.json["code"], "column_out_of_range");
}

#[tokio::test]
async fn every_bad_member_is_named() {
    let api = api().await;
    let body = json!({
        "sample": "?", "header": "no", "default_country": "XX", "file_name": "people.csv",
        "mapping": [{"column": 0, "field": "custom.plan"}, {"column": 1, "field": "phone"}],
    });
    let answer = api.post("/imports/preview", body).await;
    let fields = ["sample", "header", "mapping[0].field", "mapping[1].field", "default_country", "file_name"];
    assert_eq!(answer.problem(422), fields);
    assert_eq!(api.post("/imports/preview", json!({})).await.problem(422), ["sample"]);
    api.call("POST", "/imports/preview").body(JSON, "{\"sample\":\"\\ud800\"}").send().await.problem(400);
}
