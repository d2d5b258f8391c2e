//! The Lambda function: configuration, client, run.

use aws_sdk_dynamodb::Client;
use contacts::{ContactBook, aws, beside};
use conversation_upsert::handle;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::value::RawValue;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    contacts_telemetry::init("conversation-upsert");
    let table = std::env::var("TABLE_NAME").map_err(|_| "the environment variable TABLE_NAME is not set")?;
    let book = &beside(async move { ContactBook::new(Client::new(&aws::sdk_config().await), &table) });
    run(service_fn(async move |event: LambdaEvent<Box<RawValue>>| handle(&book.clone().await, &event.payload).await))
        .await
}
