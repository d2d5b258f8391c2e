//! The Lambda function: configuration, client, run.

use aws_sdk_dynamodb::Client;
use contacts_book::ContactBook;
use contacts_lambda::{aws, init, prewarm, variable};
use conversation_upsert::handle;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::value::RawValue;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    init("conversation-upsert");
    let table = variable("TABLE_NAME")?;
    let book = &prewarm(async move { ContactBook::new(Client::new(&aws::sdk_config().await), &table) });
    run(service_fn(async move |event: LambdaEvent<Box<RawValue>>| handle(&book.clone().await, event).await)).await
}
