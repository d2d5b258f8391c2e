//! The tools of the contact book as a Lambda function behind API Gateway.

use std::env;

use contacts_api::{Claims, DEFAULT_WORKSPACE_CLAIM, service};
use contacts_book::ContactBook;
use contacts_lambda::{aws, init, prewarm, variable};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    init("mcp");
    let table = variable("TABLE_NAME")?;
    let claim = env::var("WORKSPACE_CLAIM").unwrap_or_else(|_| DEFAULT_WORKSPACE_CLAIM.to_owned());
    let claims = Claims::new(&claim, env::var("ROLE_CLAIM").ok().as_deref());
    let router = prewarm(async move {
        let book = ContactBook::new(aws_sdk_dynamodb::Client::new(&aws::sdk_config().await), &table);
        mcp::router(book, claims)
    });
    lambda_http::lambda_runtime::run(service(router)).await
}
