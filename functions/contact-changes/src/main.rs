//! The Lambda function: configuration, clients, run.

use std::sync::Arc;

use contact_changes::{Changes, EventBridge, StreamEvent, handle};
use contacts_book::ContactBook;
use contacts_lambda::{aws, init, prewarm, variable};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    init("contact-changes");
    let (table, bus) = (variable("TABLE_NAME")?, variable("EVENT_BUS_NAME")?);
    let changes = &prewarm(async move {
        let config = aws::sdk_config().await;
        let book = ContactBook::new(aws_sdk_dynamodb::Client::new(&config), &table);
        let bus = EventBridge::new(aws_sdk_eventbridge::Client::new(&config), bus);
        Changes::new(book, Some(Arc::new(bus)))
    });
    run(service_fn(async move |event: LambdaEvent<StreamEvent>| {
        Ok::<_, Error>(handle(&changes.clone().await, event.payload).await)
    }))
    .await
}
