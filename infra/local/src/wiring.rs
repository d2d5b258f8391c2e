//! Which function answers what: the local counterpart of `template.yaml`.

use std::future;
use std::path::PathBuf;
use std::sync::Arc;

use aws_config::SdkConfig;
use contacts::{ContactBook, aws};
use contacts_api::{Api, Files};
use contacts_files::keys;
use csv_export::Exporter;
use csv_import::Importer;
use lambda_runtime::LambdaEvent;
use serde_json::Value;
use serde_json::value::RawValue;
use web::{Config, Page, Site};

use crate::cli::RunArgs;
use crate::constants::{AUDIENCE, BUCKET, TABLE};
use crate::demo;
use crate::functions::{Functions, function_handler};
use crate::gateway::{Access, ApiHandler, Routes, api_handler};
use crate::sdk::sdk_config;
use crate::system::{Endpoints, Subscriber, Wiring, WiringError};

/// The system's functions, with clients for `endpoints`.
///
/// # Errors
///
/// When the table cannot be made, or the demo's contacts not be added.
pub async fn wire(endpoints: Endpoints, args: RunArgs) -> Result<Wiring, WiringError> {
    let dynamodb = aws_sdk_dynamodb::Client::new(&as_deployed(&endpoints.dynamodb));
    let s3 = contacts_files::client(&as_deployed(&endpoints.s3));
    contacts::schema::create_table(&dynamodb, TABLE).await?;
    let book = ContactBook::new(dynamodb, TABLE).with_index_shards(args.index_shards);
    if args.demo {
        demo::fill(&book).await?;
    }
    let api = Api::new(book.clone(), &args.workspace_claim, Files::new(s3.clone(), BUCKET));
    let router = future::ready(contacts_api::router(api));
    let api = api_handler(move || contacts_api::service(router.clone()));
    let exporter = Arc::new(Exporter::new(book.clone(), s3.clone()));
    let importer = Arc::new(Importer::new(book.clone(), s3));
    let object_created = subscriber(Arc::clone(&importer), Arc::clone(&exporter));
    let upsert_book = book.clone();
    let upsert = function_handler(move |event: LambdaEvent<Box<RawValue>>| {
        let book = upsert_book.clone();
        async move { conversation_upsert::handle(&book, &event.payload).await }
    });
    let import = function_handler(move |event| {
        let importer = Arc::clone(&importer);
        async move { csv_import::handle(&importer, LambdaEvent::into_parts(event).0).await }
    });
    let export = function_handler(move |event| {
        let exporter = Arc::clone(&exporter);
        async move { csv_export::handle(&exporter, LambdaEvent::into_parts(event).0).await }
    });
    let page = page(&endpoints, args.page)?;
    let open = ["GET", "HEAD"].into_iter().flat_map(|method| web::PATHS.map(|path| format!("{method} {path}")));
    let routes = Routes::default().with("$default", Access::Token, Arc::clone(&api));
    let routes = routes.with("GET /openapi.json", Access::Open, api);
    Ok(Wiring {
        routes: open.fold(routes, |routes, key| routes.with(key, Access::Open, Arc::clone(&page))),
        functions: Functions::default()
            .with("conversation-upsert", upsert)
            .with("csv-import", import)
            .with("csv-export", export),
        object_created: Some(object_created),
    })
}

/// The page, for which people sign in at the gateway and upload to S3. One in a folder is as it is at each request.
fn page(endpoints: &Endpoints, folder: Option<PathBuf>) -> Result<ApiHandler, WiringError> {
    let config = Config::read(|name| match name {
        "OIDC_ISSUER" => Some(endpoints.gateway.clone()),
        "OIDC_CLIENT_ID" => Some(AUDIENCE.to_owned()),
        "CONNECT_ORIGINS" => Some(endpoints.s3.clone()),
        _ => None,
    })?;
    let embedded = Site::embedded(config.clone());
    let read = move |folder: &PathBuf| match Page::read(folder) {
        Ok(page) => Some(Site::of(page, config.clone())),
        Err(error) => {
            tracing::error!(%error, "the page cannot be read; this is the one that was built in");
            None
        }
    };
    Ok(api_handler(move || web::service(folder.as_ref().and_then(&read).unwrap_or_else(|| embedded.clone()))))
}

/// What the functions' clients are made from: with the retries and time-outs of the deployed functions.
fn as_deployed(url: &str) -> SdkConfig {
    let config = sdk_config(url).into_builder();
    config.retry_config(aws::retries()).timeout_config(aws::time_outs()).build()
}

/// The bucket's notifications: which objects invoke which function.
fn subscriber(importer: Arc<Importer>, exporter: Arc<Exporter>) -> Subscriber {
    Arc::new(move |event| {
        let (importer, exporter) = (Arc::clone(&importer), Arc::clone(&exporter));
        Box::pin(async move {
            let key = event.pointer("/Records/0/s3/object/key").and_then(Value::as_str).unwrap_or_default();
            let is_order = key.ends_with(keys::ORDER);
            let (to_import, to_export) = (
                key.starts_with(keys::IMPORTS) || (key.starts_with(keys::CHUNKS) && is_order),
                key.starts_with(keys::EXPORTS) && is_order,
            );
            let ours = [keys::CHUNKS, keys::REPORTS, keys::EXPORTS].iter().any(|folder| key.starts_with(folder));
            if !(to_import || to_export || ours) {
                tracing::warn!("an object was put outside of imports/<workspace>/: it is not imported");
            }
            if !(to_import || to_export) {
                return Ok(());
            }
            let event = serde_json::from_value(event).map_err(|error| error.to_string())?;
            if to_import {
                csv_import::handle(&importer, event).await.map_err(|error| error.to_string())
            } else {
                csv_export::handle(&exporter, event).await.map_err(|error| error.to_string())
            }
        })
    })
}
