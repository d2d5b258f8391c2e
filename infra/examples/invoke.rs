//! Sends a conversation event to the contact book.
//!
//!     cargo run --package contacts-local --example invoke -- [--async] FUNCTION < events/telephone.json
//!
//! `README.md` says what an event must tell apart: the sender, and what the sender says.
//!
//! FUNCTION is the function's name or ARN: the output `ConversationUpsertFunction` of the stack. For a one-machine system
//! it is `conversation-upsert`, with `AWS_ENDPOINT_URL_LAMBDA=http://127.0.0.1:3000`. The program needs the permission
//! `lambda:InvokeFunction`, and credentials and a region as the SDK finds them (`AWS_REGION`, a profile, a role).
//!
//! Prints the response. Prints a failure to standard error and exits with status 1. With `--async` it does not wait for
//! the response: Lambda stores the event, tries it up to three times, and sends failed events to a queue.

use std::error::Error;
use std::io::{self, Read as _, Write as _};
use std::process::ExitCode;

use aws_config::BehaviorVersion;
use aws_sdk_lambda::Client;
use aws_sdk_lambda::error::DisplayErrorContext;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use serde::Deserialize;

/// The response of a failed function. `InvalidEvent`: do not send the event again. `Unavailable`: send it again.
#[derive(Debug, Deserialize, thiserror::Error)]
#[error("{error_type}: {error_message}")]
#[serde(rename_all = "camelCase")]
struct FunctionError {
    /// Lambda omits it if the function did not finish.
    #[serde(default)]
    error_type: String,
    error_message: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A closed standard error cannot be helped.
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (kind, function) = match &arguments[..] {
        [later, function] if later == "--async" => (InvocationType::Event, function),
        [function] => (InvocationType::RequestResponse, function),
        _ => return Err("usage: invoke [--async] FUNCTION < event.json".into()),
    };
    let mut event = Vec::new();
    io::stdin().read_to_end(&mut event)?;

    // With the default features of aws-config, `aws_config::load_defaults` is enough, and also supports profiles of IAM
    // Identity Center. Create one client for many events.
    let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let config = aws_config::defaults(BehaviorVersion::v2026_01_12()).http_client(http).load().await;
    let client = Client::new(&config);

    // Repeated events are harmless, so the client's retries are safe.
    let invocation = client.invoke().function_name(function).invocation_type(kind).payload(Blob::new(event));
    let answer = invocation.send().await.map_err(|error| DisplayErrorContext(error).to_string())?;
    let payload = answer.payload.unwrap_or_else(|| Blob::new([])).into_inner();
    if answer.function_error.is_some() {
        return Err(serde_json::from_slice::<FunctionError>(&payload)?.into());
    }
    if !payload.is_empty() {
        let mut out = io::stdout().lock();
        out.write_all(&payload)?;
        writeln!(out)?;
    }
    Ok(())
}
