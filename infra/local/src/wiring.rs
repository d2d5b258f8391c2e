//! Connects routes and events with functions: the local counterpart of `template.yaml`.

use std::convert::Infallible;
use std::future;
use std::path::PathBuf;
use std::sync::Arc;

use aws_types::SdkConfig;
use contact_changes::{Bus, Changes, StreamEvent};
use contacts_api::{Api, Claims, Files};
use contacts_book::ContactBook;
use contacts_files::keys;
use contacts_lambda::{aws, causes};
use conversation_upsert::Workspaces;
use csv_export::Exporter;
use csv_import::Importer;
use jiff::SignedDuration;
use lambda_runtime::LambdaEvent;
use serde_json::Value;
use serde_json::value::RawValue;
use web::{Config, Page, Site};

use crate::cli::RunArgs;
use crate::constants::{AUDIENCE, BUCKET, TABLE};
use crate::demo;
use crate::functions::{self, Functions, function_handler};
use crate::gateway::{Access, ApiHandler, Routes, api_handler};
use crate::sdk::sdk_config;
use crate::system::{Endpoints, Subscriber, Wiring, WiringError};

/// How long an import or export may make no progress.
const INTERRUPTED_AFTER: SignedDuration = SignedDuration::from_mins(15);

/// Sets up the functions, with clients for `endpoints`.
///
/// # Errors
///
/// If the table cannot be created, the demo book cannot be filled, or the page has an invalid configuration.
pub async fn wire(endpoints: Endpoints, args: RunArgs) -> Result<Wiring, WiringError> {
    let dynamodb = aws_sdk_dynamodb::Client::new(&as_deployed(&endpoints.dynamodb));
    let s3 = contacts_files::client(&as_deployed(&endpoints.s3));
    contacts_book::schema::create_table(&dynamodb, TABLE).await?;
    contacts_book::schema::enable_stream(&dynamodb, TABLE).await?;
    let book = ContactBook::new(dynamodb, TABLE).with_index_shards(args.index_shards);
    if args.demo {
        demo::fill(&book).await?;
    }
    let api = Api::new(book.clone(), &args.workspace_claim, Files::new(s3.clone(), BUCKET));
    let api = api.with_role_claim(args.role_claim.as_deref()).with_interrupted_after(INTERRUPTED_AFTER);
    let router = future::ready(contacts_api::router(api));
    let api = api_handler(move || contacts_api::service(router.clone()));
    let claims = Claims::new(&args.workspace_claim, args.role_claim.as_deref());
    let router = future::ready(mcp::router(book.clone(), claims));
    let tools = api_handler(move || contacts_api::service(router.clone()));
    let (exporter, importer) = (Exporter::new(book.clone(), s3.clone()), Importer::new(book.clone(), s3));
    let workspaces = args.workspaces.as_deref().map(Workspaces::parse).transpose()?.unwrap_or_default();
    let functions = functions(book, importer, exporter, workspaces, None);
    let page = page(&endpoints, args.page)?;
    let open = ["GET", "HEAD"].into_iter().flat_map(|method| web::PATHS.map(|path| format!("{method} {path}")));
    let routes = Routes::default().with("$default", Access::Token, Arc::clone(&api));
    let routes = routes.with("GET /openapi.json", Access::Open, api);
    let routes = routes.with(format!("ANY {}", mcp::PATH), Access::Token, tools);
    Ok(Wiring {
        routes: open.fold(routes, |routes, key| routes.with(key, Access::Open, Arc::clone(&page))),
        functions: functions.clone(),
        table_changed: functions.find("contact-changes").map(|(_, handler)| Arc::clone(handler)),
        object_created: Some(object_created(functions)),
    })
}

/// The functions that can be invoked by name. `workspaces` are those whose events are accepted; changes of contacts are
/// published on `bus`, if there is one.
pub fn functions(
    book: ContactBook,
    importer: Importer,
    exporter: Exporter,
    workspaces: Workspaces,
    bus: Option<Arc<dyn Bus>>,
) -> Functions {
    let (importer, exporter) = (Arc::new(importer), Arc::new(exporter));
    let changes = Arc::new(Changes::new(book.clone(), bus));
    let changes = function_handler(move |event: LambdaEvent<StreamEvent>| {
        let changes = Arc::clone(&changes);
        async move { Ok::<_, Infallible>(contact_changes::handle(&changes, event.payload).await) }
    });
    let upsert = function_handler(move |event: LambdaEvent<Box<RawValue>>| {
        let (book, workspaces) = (book.clone(), workspaces.clone());
        async move { conversation_upsert::invoke_of(&workspaces, &book, event).await }
    });
    let import = function_handler(move |event| {
        let importer = Arc::clone(&importer);
        async move { csv_import::handle(&importer, event).await }
    });
    let export = function_handler(move |event| {
        let exporter = Arc::clone(&exporter);
        async move { csv_export::handle(&exporter, LambdaEvent::into_parts(event).0).await }
    });
    let functions = Functions::default().with("conversation-upsert", upsert);
    functions.with("csv-import", import).with("csv-export", export).with("contact-changes", changes)
}

/// The page. People sign in at the gateway, and the page uploads to S3. A page in a folder is read at each request.
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
            tracing::error!(error = causes(&error), "could not read the page; serving the embedded one");
            None
        }
    };
    Ok(api_handler(move || web::service(folder.as_ref().and_then(&read).unwrap_or_else(|| embedded.clone()))))
}

/// The configuration of the functions' clients, with the retries and timeouts of the deployed functions.
fn as_deployed(url: &str) -> SdkConfig {
    let config = sdk_config(url).into_builder();
    config.retry_config(aws::retries()).timeout_config(aws::time_outs()).build()
}

/// The bucket's notifications: invokes the function that handles an object's key.
pub fn object_created(functions: Functions) -> Subscriber {
    Arc::new(move |event| {
        let functions = functions.clone();
        Box::pin(async move {
            let key = event.pointer("/Records/0/s3/object/key").and_then(Value::as_str).unwrap_or_default();
            let is_order = key.ends_with(keys::ORDER);
            let orders_import =
                [keys::CHUNKS, keys::ERASURES, keys::PURGES].iter().any(|folder| key.starts_with(folder)) && is_order;
            let name = if key.starts_with(keys::IMPORTS) || orders_import {
                "csv-import"
            } else if key.starts_with(keys::EXPORTS) && is_order {
                "csv-export"
            } else {
                if ![keys::CHUNKS, keys::REPORTS, keys::EXPORTS].iter().any(|folder| key.starts_with(folder)) {
                    tracing::warn!("an object outside of imports/<workspace>/ is not imported");
                }
                return Ok(());
            };
            let (_, handler) = functions.find(name).ok_or("there is no such function")?;
            functions::call(handler, event.to_string()).await.map(drop).map_err(|error| error.to_string())
        })
    })
}
