//! Lambda's runtime API, for one function: it is handed one event after the other.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path as PathOf, State};
use axum::http::{HeaderName, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use contacts_local::Endpoints;
use contacts_local::constants::{ACCESS_KEY, BUCKET, REGION, SECRET_KEY, TABLE};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use crate::Failure;

/// A function that runs by itself, as on Lambda.
#[derive(Debug)]
pub(crate) struct Function {
    process: Child,
    api: JoinHandle<()>,
    events: UnboundedSender<Value>,
    results: UnboundedReceiver<Result<(), String>>,
}

#[derive(Debug)]
struct Api {
    events: Mutex<UnboundedReceiver<Value>>,
    results: UnboundedSender<Result<(), String>>,
}

impl Function {
    /// Starts a function with the table and the bucket of a system.
    pub(crate) async fn start(binary: &Path, endpoints: &Endpoints) -> Result<Function, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (events, coming) = unbounded_channel();
        let (sender, results) = unbounded_channel();
        let api = Arc::new(Api { events: Mutex::new(coming), results: sender });
        let routes = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/{result}", post(ended))
            .with_state(api);
        let api = tokio::spawn(async move {
            // It ends with the function.
            let _ = axum::serve(listener, routes).await;
        });
        let process = Command::new(binary)
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "bench")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "bench")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "bench")
            .env("AWS_REGION", REGION)
            .env("AWS_ACCESS_KEY_ID", ACCESS_KEY)
            .env("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
            .env("AWS_ENDPOINT_URL_DYNAMODB", &endpoints.dynamodb)
            .env("AWS_ENDPOINT_URL_S3", &endpoints.s3)
            .env("TABLE_NAME", TABLE)
            .env("BUCKET_NAME", BUCKET)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Function { process, api, events, results })
    }

    /// Hands it an event, and waits until it has dealt with it.
    pub(crate) async fn invoke(&mut self, event: Value) -> Result<(), Failure> {
        self.events.send(event)?;
        let result = self.results.recv().await.ok_or("the function is gone")?;
        Ok(result?)
    }

    /// The most memory that it has had so far, in bytes (`VmHWM`).
    pub(crate) fn peak_memory(&self) -> Result<u64, Failure> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
        let kilobytes: u64 = peak.trim().trim_end_matches(" kB").parse()?;
        Ok(kilobytes * 1024)
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        self.api.abort();
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn next(State(api): State<Arc<Api>>) -> impl IntoResponse {
    let event = api.events.lock().await.recv().await;
    let header = |name, value| (HeaderName::from_static(name), value);
    // In the year 2100.
    let headers = [header("lambda-runtime-aws-request-id", "1"), header("lambda-runtime-deadline-ms", "4102444800000")];
    match event {
        Some(event) => (StatusCode::OK, headers, event.to_string()),
        None => (StatusCode::GONE, headers, String::new()),
    }
}

async fn ended(State(api): State<Arc<Api>>, PathOf((_, result)): PathOf<(String, String)>, body: String) -> StatusCode {
    let result = if result == "response" { Ok(()) } else { Err(body) };
    // Nobody waits any more when the bench has failed.
    let _ = api.results.send(result);
    StatusCode::ACCEPTED
}
