//! Which function answers what: the local counterpart of `template.yaml`.

use std::sync::Arc;

use aws_config::SdkConfig;
use contacts::{ContactBook, aws};
use contacts_api::Api;
use csv_import::Importer;
use lambda_runtime::LambdaEvent;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::cli::RunArgs;
use crate::constants::TABLE;
use crate::demo;
use crate::functions::{Functions, function_handler};
use crate::gateway::{Access, Routes, api_handler};
use crate::sdk::sdk_config;
use crate::system::{Endpoints, Subscriber, Wiring, WiringError};

/// The system's functions, with clients for `endpoints`.
///
/// # Errors
///
/// When the table cannot be made, or the demo's contacts not be added.
pub async fn wire(endpoints: Endpoints, args: RunArgs) -> Result<Wiring, WiringError> {
    let dynamodb = aws_sdk_dynamodb::Client::new(&as_deployed(&endpoints.dynamodb));
    let s3 = aws_sdk_s3::Client::from_conf(
        // Bucket names do not resolve as host names here.
        aws_sdk_s3::config::Builder::from(&as_deployed(&endpoints.s3)).force_path_style(true).build(),
    );
    contacts::schema::create_table(&dynamodb, TABLE).await?;
    let book = ContactBook::new(dynamodb, TABLE).with_index_shards(args.index_shards);
    if args.demo {
        demo::fill(&book).await?;
    }
    let api = Api::new(book.clone(), &args.workspace_claim);
    let api = api_handler(move || contacts_api::service(api.clone()));
    let importer = Arc::new(Importer::new(book.clone(), s3));
    let object_created = subscriber(Arc::clone(&importer));
    let upsert_book = book.clone();
    let upsert = function_handler(move |event: LambdaEvent<Box<RawValue>>| {
        let book = upsert_book.clone();
        async move { conversation_upsert::handle(&book, &event.payload).await }
    });
    let import = function_handler(move |event| {
        let importer = Arc::clone(&importer);
        async move { csv_import::handle(&importer, LambdaEvent::into_parts(event).0).await }
    });
    Ok(Wiring {
        routes: Routes::default().with("$default", Access::Token, Arc::clone(&api)).with(
            "GET /openapi.json",
            Access::Open,
            api,
        ),
        functions: Functions::default().with("conversation-upsert", upsert).with("csv-import", import),
        object_created: Some(object_created),
    })
}

/// What the functions' clients are made from: with the retries and time-outs of the deployed functions.
fn as_deployed(url: &str) -> SdkConfig {
    let config = sdk_config(url).into_builder();
    config.retry_config(aws::retries()).timeout_config(aws::time_outs()).build()
}

/// The bucket's notification: objects under `imports/` invoke the import function.
fn subscriber(importer: Arc<Importer>) -> Subscriber {
    Arc::new(move |event| {
        let importer = Arc::clone(&importer);
        Box::pin(async move {
            let key = event.pointer("/Records/0/s3/object/key").and_then(Value::as_str);
            if !key.is_some_and(|key| key.starts_with("imports/")) {
                tracing::warn!("an object was put outside of imports/<workspace>/: it is not imported");
                return Ok(());
            }
            let event = serde_json::from_value(event).map_err(|error| error.to_string())?;
            csv_import::handle(&importer, event).await.map_err(|error| error.to_string())
        })
    })
}
