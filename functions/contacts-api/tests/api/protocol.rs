//! What holds for every path: methods, encodings, sizes.

use serde_json::json;

use crate::support::{Answer, JSON, api};

#[tokio::test]
async fn an_unknown_path_is_404() {
    let api = api().await;
    for path in ["/", "/contact", "/contacts/", "/contacts/x/y", "/contacts//conversations", "/imports/preview/x"] {
        api.get(path).await.problem(404);
    }
}

#[tokio::test]
async fn an_unknown_method_is_405_and_says_which_are_known() {
    let api = api().await;
    for (method, path, allow) in [
        ("DELETE", "/contacts", "GET,HEAD,POST"),
        ("POST", "/contacts/x", "GET,HEAD,PATCH,DELETE"),
        ("PUT", "/contacts/x", "GET,HEAD,PATCH,DELETE"),
        ("POST", "/contacts/x/conversations", "GET,HEAD"),
        ("GET", "/contacts/x/conversations/y", "DELETE"),
        ("DELETE", "/conversations/x", "GET,HEAD"),
        ("GET", "/custom-fields/plan", "PATCH,DELETE"),
        ("PUT", "/custom-fields", "GET,HEAD,POST"),
        ("POST", "/settings", "GET,HEAD,PATCH"),
        ("DELETE", "/imports", "GET,HEAD,POST"),
        ("DELETE", "/imports/x", "GET,HEAD"),
        ("PUT", "/imports/preview", "POST"),
        ("GET", "/exports", "POST"),
        ("POST", "/exports/x", "GET,HEAD"),
        ("POST", "/openapi.json", "GET,HEAD"),
        ("OPTIONS", "/contacts", "GET,HEAD,POST"),
    ] {
        let answer = api.call(method, path).send().await;
        answer.problem(405);
        let mut allowed: Vec<&str> = answer.header("allow").unwrap().split(',').collect();
        let mut expected: Vec<&str> = allow.split(',').collect();
        allowed.sort_unstable();
        expected.sort_unstable();
        assert_eq!(allowed, expected, "{method} {path}");
    }
}

#[tokio::test]
async fn malformed_percent_encoding_is_400_wherever_it_stands() {
    let api = api().await;
    for path in [
        "/contacts/%zz",
        "/contacts/%ff",
        "/contacts/%C3",
        "/%",
        "/conversations/a%2",
        "/custom-fields/%zz",
        "/imports/%ff",
        "/contacts?phone=%zz",
        "/contacts?email=%ff",
        "/contacts?%=1",
        "/contacts?cursor=%",
        "/imports?limit=%zz",
        "/settings?%ff",
    ] {
        api.get(path).await.problem(400);
    }
    api.delete("/contacts/%ff").await.problem(400);
}

#[tokio::test]
async fn characters_that_a_url_does_not_have_are_read_as_if_they_were_escaped() {
    let api = api().await;
    let id = api.add(json!({"channels": {"email": "a{b}@example.com"}})).await;
    assert_eq!(api.get("/contacts?email=a{b}@example.com").await.items("id"), [&id]);
    for query in ["email=<a@b.co", "email=\"a\"@b.co", "email=a b@b.co", "email=é#b", "email=a\u{1}b"] {
        assert_eq!(api.get(&format!("/contacts?{query}")).await.problem(400), ["email"], "{query}");
    }
    for path in ["/contacts/<x>", "/contacts/a b", "/contacts/é", "/contacts/a\"b"] {
        api.get(path).await.problem(404);
    }
}

#[tokio::test]
async fn unknown_and_repeated_parameters_are_400() {
    let api = api().await;
    let id = api.add(json!({"name": "Ada"})).await;
    let conversations = format!("/contacts/{id}/conversations");
    for path in ["/contacts", "/imports", &conversations] {
        assert_eq!(api.get(&format!("{path}?x=1&limit=1&limit=2")).await.problem(400), ["x", "limit"]);
    }
    assert_eq!(api.get("/custom-fields?limit=1").await.problem(400), ["limit"]);
    let contact = format!("/contacts/{id}");
    for (method, path) in [
        ("POST", "/contacts"),
        ("GET", &contact),
        ("PATCH", &contact),
        ("DELETE", &contact),
        ("DELETE", &format!("{conversations}/c")),
        ("GET", "/conversations/c"),
        ("POST", "/custom-fields"),
        ("PATCH", "/custom-fields/plan"),
        ("DELETE", "/custom-fields/plan"),
        ("GET", "/settings"),
        ("PATCH", "/settings"),
        ("POST", "/imports"),
        ("POST", "/imports/preview"),
        ("GET", "/imports/0190c5f2-4a5b-7c3d-9e8f-0123456789ab"),
        ("POST", "/exports"),
        ("GET", "/exports/0190c5f2-4a5b-7c3d-9e8f-0123456789ab"),
    ] {
        let answer = api.call(method, &format!("{path}?dry_run=1")).body(JSON, "{}").send().await;
        assert_eq!(answer.problem(400), ["dry_run"], "{method} {path}");
    }
    api.get(&contact).await.ok();
}

#[tokio::test]
async fn a_limit_is_1_to_200() {
    let api = api().await;
    let id = api.add(json!({"name": "Ada"})).await;
    let conversations = format!("/contacts/{id}/conversations");
    for path in ["/contacts", "/imports", &conversations] {
        for limit in ["0", "201", "-1", "1.5", "x", "", "99999999999999999999"] {
            assert_eq!(api.get(&format!("{path}?limit={limit}")).await.problem(400), ["limit"]);
        }
        for limit in ["1", "200"] {
            api.get(&format!("{path}?limit={limit}")).await.ok();
        }
    }
}

/// Cursors that no list gave out, some of them well-formed: `{"v":1,"l":<list>,"s":<position>,"i":"x"}`.
#[tokio::test]
async fn a_bad_cursor_is_400() {
    let api = api().await;
    let id = api.add(json!({"name": "Ada", "channels": {"telephone": "+15551234567"}})).await;
    let conversations = format!("/contacts/{id}/conversations");
    let of_conversations = format!("conversations:{id}");
    let long = "x".repeat(1_100);
    for (path, list, position) in [
        ("/contacts", "recent:", ""),
        ("/contacts", "recent:", &long),
        ("/contacts", "phone:", "+1"),
        ("/contacts?sort=phone", "phone:", ""),
        ("/contacts?sort=phone", "phone:", "\u{10ffff}\u{10ffff}"),
        ("/contacts?phone_prefix=%2B1", "phone:+1", "+9"),
        ("/contacts?email_prefix=a", "email:a", "z"),
        ("/contacts?phone=%2B15551234567", "phone:", "+1"),
        ("/contacts?email=a@b.co", "email:", "a"),
        ("/contacts?slack=U01ABCD234", "recent:", "x"),
        ("/contacts?conflicts=true", "recent:", "x"),
        ("/imports", "imports", ""),
        ("/imports", "contacts", "x"),
        (&conversations, &of_conversations, "A#"),
        (&conversations, &of_conversations, ""),
        (&conversations, "conversations:other", "V#2026"),
    ] {
        let cursor = encode(&json!({"v": 1, "l": list, "s": position, "i": "x"}).to_string());
        let path = format!("{path}{}cursor={cursor}", if path.contains('?') { '&' } else { '?' });
        assert_eq!(api.get(&path).await.problem(400), ["cursor"], "{list} {position}");
    }
    for path in ["/contacts", "/contacts?sort=email", "/imports", &conversations] {
        for cursor in ["", "x", "!!!", "e30", &"A".repeat(3_000)] {
            let path = format!("{path}{}cursor={cursor}", if path.contains('?') { '&' } else { '?' });
            assert_eq!(api.get(&path).await.problem(400), ["cursor"], "{path}");
        }
    }
}

#[tokio::test]
async fn a_body_has_at_most_one_mebibyte() {
    let api = api().await;
    let body = |bytes: usize| format!("{{\"name\":\"Ada\"{}}}", " ".repeat(bytes - 14));
    let post = |body: String| api.call("POST", "/contacts").body(JSON, body);
    post(body(1024 * 1024 + 1)).send().await.problem(413);
    post(body(1024 * 1024 + 1)).header("content-length", "5").send().await.problem(413);
    post("x".repeat(3_000_000)).send().await.problem(413);
    assert_eq!(post(body(1024 * 1024)).send().await.status, 201);
    let id = api.add(json!({"name": "Ada"})).await;
    for path in [format!("/contacts/{id}"), "/settings".to_owned(), "/custom-fields/x".to_owned()] {
        api.call("PATCH", &path).body(JSON, body(1024 * 1024 + 1)).send().await.problem(413);
    }
    for path in ["/custom-fields", "/imports", "/imports/preview", "/exports"] {
        api.call("POST", path).body(JSON, body(1024 * 1024 + 1)).send().await.problem(413);
    }
}

#[tokio::test]
async fn no_response_is_cached_or_taken_for_another_type() {
    let api = api().await;
    let contact = format!("/contacts/{}", api.add(json!({"name": "Ada"})).await);
    let (_, joined) = api.joined().await;
    let joined = format!("/contacts/{joined}");
    let conversations = format!("{joined}/conversations");
    let calls = [
        ("GET", &*contact, "", 200),
        ("HEAD", &*contact, "", 200),
        ("GET", "/openapi.json", "", 200),
        ("POST", "/contacts", r#"{"name": "Bob"}"#, 201),
        ("GET", &*joined, "", 308),
        ("PATCH", &*joined, "{}", 308),
        ("DELETE", &*joined, "", 308),
        ("GET", &*conversations, "", 308),
        ("GET", "/contacts/%ff", "", 400),
        ("GET", "/nowhere", "", 404),
        ("GET", "/contacts/0190c5f2-4a5b-7c3d-9e8f-0123456789ab", "", 404),
        ("PUT", "/settings", "", 405),
        ("POST", "/contacts", "{", 400),
        ("POST", "/contacts", "{}", 422),
        ("DELETE", &*contact, "", 204),
    ];
    for (method, path, body, status) in calls {
        assert_not_kept(&api.call(method, path).body(JSON, body).send().await, status, &format!("{method} {path}"));
    }
    assert_not_kept(&api.call("POST", "/contacts").body("text/plain", "x").send().await, 415, "a wrong type");
    let large = api.call("POST", "/contacts").body(JSON, "x".repeat(3_000_000));
    assert_not_kept(&large.send().await, 413, "a large body");
    let known = api.add(json!({"name": "Eve"})).await;
    let known = api.call("GET", &format!("/contacts/{known}")).header("if-none-match", "*");
    assert_not_kept(&known.send().await, 304, "a known version");
    let nobody = api.with_claims(None).call("GET", "/contacts").send().await;
    assert_not_kept(&nobody, 403, "no workspace");
}

#[track_caller]
fn assert_not_kept(answer: &Answer, status: u16, call: &str) {
    let headers = (answer.header("cache-control"), answer.header("x-content-type-options"));
    assert_eq!((answer.status, headers), (status, (Some("no-store"), Some("nosniff"))), "{call}");
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    let api = api().await;
    let answer = api.call("HEAD", "/settings").send().await;
    assert_eq!((answer.status, answer.written.as_str()), (200, ""));
}

#[tokio::test]
async fn a_book_out_of_reach_is_503_and_says_when_to_try_again() {
    let engine = contacts_testing::engine().await;
    let nowhere = engine.config().endpoint_url("http://127.0.0.1:9").build();
    let book = contacts_book::ContactBook::new(contacts_testing::client(nowhere), engine.table());
    let api = crate::support::api_to(engine, book.with_retry_limit(std::time::Duration::from_millis(50)));
    let answer = api.get("/contacts").await;
    answer.problem(503);
    assert_eq!(answer.header("retry-after"), Some("1"));
}

#[tokio::test]
async fn a_defect_is_500_without_details() {
    let engine = contacts_testing::engine().await;
    let book = contacts_book::ContactBook::new(engine.client().clone(), "no-such-table");
    let api = crate::support::api_to(engine, book);
    let answer = api.get("/contacts").await;
    answer.problem(500);
    assert!(!answer.written.contains("table"), "{answer:?}");
}

fn encode(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}
