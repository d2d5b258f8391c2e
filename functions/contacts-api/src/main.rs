//! The HTTP API as a Lambda function behind API Gateway.

use std::env;

use contacts::{ContactBook, aws};
use contacts_api::{Api, DEFAULT_WORKSPACE_CLAIM, service};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().json().with_env_filter(filter).with_current_span(true).with_span_list(false).init();
    let table = env::var("TABLE_NAME").map_err(|_| "the environment variable TABLE_NAME is not set")?;
    let claim = env::var("WORKSPACE_CLAIM").unwrap_or_else(|_| DEFAULT_WORKSPACE_CLAIM.to_owned());
    let client = aws_sdk_dynamodb::Client::new(&aws::sdk_config().await);
    lambda_http::lambda_runtime::run(service(Api::new(ContactBook::new(client, &table), &claim))).await
}
