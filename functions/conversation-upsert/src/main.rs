//! The Lambda function: configuration, client, run.

use std::env;

use aws_sdk_dynamodb::Client;
use contacts_book::ContactBook;
use contacts_lambda::{aws, init, prewarm, variable};
use conversation_upsert::{Workspaces, invoke_of};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::value::RawValue;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    init("conversation-upsert");
    let table = variable("TABLE_NAME")?;
    let workspaces = Workspaces::parse(&env::var("WORKSPACES").unwrap_or_default())?;
    let book = &prewarm(async move { ContactBook::new(Client::new(&aws::sdk_config().await), &table) });
    let handle = async |event: LambdaEvent<Box<RawValue>>| invoke_of(&workspaces, &book.clone().await, event).await;
    run(service_fn(handle)).await
}
