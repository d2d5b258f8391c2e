//! Lambda's Invoke API.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use contacts_local::{FunctionHandler, Functions, System, function_handler};
use lambda_runtime::{Diagnostic, LambdaEvent};
use serde_json::{Value, json};
use tokio::sync::mpsc::unbounded_channel;

use crate::support::{SLOW, functions, next, start, start_with, stored, within};

struct Failure;

impl From<Failure> for Diagnostic {
    fn from(_: Failure) -> Self {
        Diagnostic { error_type: "InvalidEvent".into(), error_message: "no name".into() }
    }
}

/// Greets by name; fails or panics for certain names.
fn greet() -> Functions {
    let handler = function_handler(|event: LambdaEvent<Value>| async move {
        match event.payload["name"].as_str() {
            Some("panic") => panic!("as requested"),
            Some(name) => Ok(json!({"greeting": format!("hello {name}")})),
            None => Err(Failure),
        }
    });
    Functions::default().with("greet", handler)
}

async fn invoke(system: &System, name: &str, kind: Option<&str>, body: impl Into<reqwest::Body>) -> reqwest::Response {
    let url = format!("{}/2015-03-31/functions/{name}/invocations", system.url());
    let mut post = reqwest::Client::new().post(url).body(body);
    if let Some(kind) = kind {
        post = post.header("X-Amz-Invocation-Type", kind);
    }
    post.send().await.unwrap()
}

#[tokio::test]
async fn a_function_answers() {
    let system = start(functions(greet())).await;
    for name in ["greet", "greet:$LATEST", "arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Agreet"] {
        let answer = invoke(&system, name, None, r#"{"name": "Zoë"}"#).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["x-amz-executed-version"], "$LATEST");
        assert!(!answer.headers().contains_key("x-amz-function-error"));
        assert_eq!(answer.json::<Value>().await.unwrap(), json!({"greeting": "hello Zoë"}));
    }
    system.stop().await;
}

#[tokio::test]
async fn a_function_that_fails_says_what_is_wrong() {
    let system = start(functions(greet())).await;
    for (payload, kind, message) in
        [("", "InvalidEvent", "no name"), (r#"{"name": "panic"}"#, "Runtime.Panic", "the function panicked")]
    {
        let answer = invoke(&system, "greet", Some("RequestResponse"), payload).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["x-amz-function-error"], "Unhandled");
        let error = answer.json::<Value>().await.unwrap();
        assert_eq!(error, json!({"errorType": kind, "errorMessage": message}));
    }
    system.stop().await;
}

#[tokio::test]
async fn an_invocation_that_makes_no_sense_is_refused() {
    let system = start(functions(greet())).await;
    let mib = 1024 * 1024;
    for (name, kind, body, status, error) in [
        ("nobody", None, b"{}".to_vec(), 404, "ResourceNotFoundException"),
        ("greet", None, b"{".to_vec(), 400, "InvalidRequestContentException"),
        ("greet", None, b"\"\xff\"".to_vec(), 400, "InvalidRequestContentException"),
        ("greet", Some("Later"), b"{}".to_vec(), 400, "InvalidParameterValueException"),
        ("greet", None, vec![b' '; 6 * mib + 1], 413, "RequestTooLargeException"),
        ("greet", None, vec![b' '; 8 * mib], 413, "RequestTooLargeException"),
        ("greet", Some("Event"), vec![b' '; mib + 1], 413, "RequestTooLargeException"),
    ] {
        let answer = invoke(&system, name, kind, body).await;
        assert_eq!((answer.status().as_u16(), error), (status, error));
        assert_eq!(answer.headers()["x-amzn-errortype"], error);
        let error = answer.json::<Value>().await.unwrap();
        assert_eq!(error["Type"], "User");
        assert!(error["Message"].is_string());
    }
    let dry = invoke(&system, "greet", Some("DryRun"), "{}").await;
    assert_eq!(dry.status(), 204);
    system.stop().await;
}

#[tokio::test]
async fn an_event_is_handled_in_the_background_and_tried_again() {
    let (sender, mut payloads) = unbounded_channel();
    let calls = AtomicUsize::new(0);
    let handler: FunctionHandler = Arc::new(move |payload| {
        sender.send(payload).unwrap();
        let fails = calls.fetch_add(1, Ordering::SeqCst) < 2;
        Box::pin(async move {
            let failure = || contacts_local::FunctionError { error_type: "E".into(), error_message: "m".into() };
            if fails { Err(failure()) } else { Ok("null".to_owned()) }
        })
    });
    let system = start(functions(Functions::default().with("f", handler))).await;
    // More digits than a double has.
    let payload = r#"{"budget": 12345678901234567890.123456789}"#;
    let answer = invoke(&system, "f", Some("Event"), payload).await;
    assert_eq!(answer.status(), 202);
    for _ in 0..3 {
        assert_eq!(next(&mut payloads).await, payload);
    }
    within(system.idle()).await;
    assert!(payloads.try_recv().is_err());
    system.stop().await;
}

#[tokio::test]
async fn an_event_outlives_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let failing: FunctionHandler = Arc::new(|_| Box::pin(async { panic!("not now") }));
    let slow = contacts_local::Options { retries: SLOW, ..stored(&folder) };
    let system = start_with(slow, functions(Functions::default().with("f", failing))).await;
    assert_eq!(invoke(&system, "f", Some("Event"), "7").await.status(), 202);
    system.stop().await;
    let (sender, mut payloads) = unbounded_channel();
    let handler: FunctionHandler = Arc::new(move |payload| {
        sender.send(payload).unwrap();
        Box::pin(async { Ok("null".to_owned()) })
    });
    let wiring = functions(Functions::default().with("f", handler));
    let system = start_with(stored(&folder), wiring).await;
    assert_eq!(next(&mut payloads).await, "7");
    system.stop().await;
}
