//! The Lambda function: configuration, clients, run.

use aws_lambda_events::event::s3::S3Event;
use contacts_book::ContactBook;
use contacts_lambda::{aws, init, prewarm, variable};
use csv_export::{Exporter, handle};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    init("csv-export");
    let table = variable("TABLE_NAME")?;
    let exporter = &prewarm(async move {
        let config = aws::sdk_config().await;
        let book = ContactBook::new(aws_sdk_dynamodb::Client::new(&config), &table);
        Exporter::new(book, contacts_files::client(&config))
    });
    run(service_fn(async move |event: LambdaEvent<S3Event>| handle(&exporter.clone().await, event.payload).await)).await
}
