//! The Lambda function: configuration, clients, run.

use contacts_book::ContactBook;
use contacts_lambda::{aws, init, prewarm, variable};
use csv_import::{Importer, Invocation, invoke};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    init("csv-import");
    let table = variable("TABLE_NAME")?;
    let importer = &prewarm(async move {
        let config = aws::sdk_config().await;
        let book = ContactBook::new(aws_sdk_dynamodb::Client::new(&config), &table);
        Importer::new(book, contacts_files::client(&config))
    });
    run(service_fn(async move |event: LambdaEvent<Invocation>| invoke(&importer.clone().await, event).await)).await
}
