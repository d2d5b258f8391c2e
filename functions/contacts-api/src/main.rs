//! The HTTP API as a Lambda function behind API Gateway.

use std::env;

use contacts_api::{Api, DEFAULT_WORKSPACE_CLAIM, Files, router, service};
use contacts_book::ContactBook;
use contacts_lambda::{aws, init, prewarm, variable};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    init("contacts-api");
    let table = variable("TABLE_NAME")?;
    let bucket = variable("BUCKET_NAME")?;
    let claim = env::var("WORKSPACE_CLAIM").unwrap_or_else(|_| DEFAULT_WORKSPACE_CLAIM.to_owned());
    let role_claim = env::var("ROLE_CLAIM").ok();
    let router = prewarm(async move {
        let config = aws::sdk_config().await;
        let book = ContactBook::new(aws_sdk_dynamodb::Client::new(&config), &table);
        let files = Files::new(aws_sdk_s3::Client::new(&config), &bucket);
        router(Api::new(book, &claim, files).with_role_claim(role_claim.as_deref()))
    });
    lambda_http::lambda_runtime::run(service(router)).await
}
