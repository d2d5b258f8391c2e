//! The HTTP API as a Lambda function behind API Gateway.

use std::env;

use contacts::{ContactBook, aws, beside};
use contacts_api::{Api, DEFAULT_WORKSPACE_CLAIM, Files, router, service};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    contacts_telemetry::init("contacts-api");
    let table = env::var("TABLE_NAME").map_err(|_| "the environment variable TABLE_NAME is not set")?;
    let bucket = env::var("BUCKET_NAME").map_err(|_| "the environment variable BUCKET_NAME is not set")?;
    let claim = env::var("WORKSPACE_CLAIM").unwrap_or_else(|_| DEFAULT_WORKSPACE_CLAIM.to_owned());
    let router = beside(async move {
        let config = aws::sdk_config().await;
        let book = ContactBook::new(aws_sdk_dynamodb::Client::new(&config), &table);
        let files = Files::new(aws_sdk_s3::Client::new(&config), &bucket);
        router(Api::new(book, &claim, files))
    });
    lambda_http::lambda_runtime::run(service(router)).await
}
