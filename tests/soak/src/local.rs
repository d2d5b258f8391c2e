//! The system on one machine, with functions that die and a fault injector before table and bucket.

use std::future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_lambda::config::retry::RetryConfig;
use contacts_api::{Api, Files};
use contacts_book::{ContactBook, schema};
use contacts_csv::cut::Limits;
use contacts_lambda::aws;
use contacts_local::constants::{BUCKET, TABLE, WORKSPACE_CLAIM};
use contacts_local::wiring::{functions, object_created};
use contacts_local::{
    Access, ApiHandler, Endpoints, FunctionError, FunctionHandler, Functions, Options, Retries, Routes, Subscriber,
    System, Wiring, WiringError, api_handler, sdk_config,
};
use contacts_testing::FaultInjector;
use conversation_upsert::Workspaces;
use csv_export::Exporter;
use csv_import::Importer;
use fastrand::Rng;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::bus::EventLog;
use crate::clients::{Clients, WORKSPACES};
use crate::counters::Counters;
use crate::kills::CallKiller;
use crate::redelivery::Redelivery;
use crate::seed::Seed;

/// How many copies of each function run. Each has its own caches.
const COPIES: usize = 3;
/// Far less than deployed functions have, so that faults reach clients and Lambda.
const RETRY_LIMIT: Duration = Duration::from_millis(1_500);
/// Cuts small files into several chunks.
const CHUNK: Limits = Limits { rows: 25, bytes: 1024 * 1024 };
/// The share of a function's calls that are killed.
const KILL_RATES: [(&str, f64); 3] = [("conversation-upsert", 0.03), ("csv-import", 0.25), ("csv-export", 0.25)];
const API_KILL_RATE: f64 = 0.03;
/// The function that follows the stream of the table.
const FOLLOWER: &str = "contact-changes";
const FOLLOWER_KILL_RATE: f64 = 0.1;

/// A running system.
pub(crate) struct Local {
    pub(crate) system: System,
    pub(crate) faults: FaultInjector,
    pub(crate) redelivery: Redelivery,
}

/// Makes the functions.
struct FunctionFactory {
    killer: Arc<CallKiller>,
    redelivery: Redelivery,
    counters: Arc<Counters>,
    events: Mutex<Rng>,
}

impl Local {
    /// Starts the system. Calls are killed until the time is up.
    pub(crate) async fn start(
        seed: Seed,
        counters: &Arc<Counters>,
        over: &CancellationToken,
    ) -> Result<(Local, Clients), WiringError> {
        let (faults, bus) = (FaultInjector::default(), EventLog::default());
        let options =
            Options { retries: Retries { delay: Duration::from_millis(200), attempts: 3 }, ..Options::default() };
        let mut parts = None;
        let system = System::start(options, async |endpoints| {
            let lambda = aws_sdk_lambda::Client::new(&sdk_config(&endpoints.gateway));
            let redelivery = Redelivery::new(lambda, Arc::clone(counters));
            let killer = CallKiller::new(seed.generator("kills"), Arc::clone(counters), over.clone());
            let events = Mutex::new(seed.generator("events of the bucket"));
            let factory = FunctionFactory {
                killer: Arc::new(killer),
                redelivery: redelivery.clone(),
                counters: Arc::clone(counters),
                events,
            };
            let dynamodb = aws_sdk_dynamodb::Client::new(&sdk_config(&endpoints.dynamodb));
            schema::create_table(&dynamodb, TABLE).await?;
            schema::enable_stream(&dynamodb, TABLE).await?;
            parts = Some((redelivery, endpoints.clone()));
            Ok(factory.wiring(&endpoints, &faults, &bus))
        })
        .await?;
        let (redelivery, endpoints) = parts.ok_or("the system has no functions")?;
        let local = Local { system, faults, redelivery };
        let clients = clients(&endpoints, bus).await?;
        Ok((local, clients))
    }

    /// Waits until no request is under way and no redelivery is due.
    pub(crate) async fn settle(&self) {
        loop {
            self.redelivery.settle().await;
            self.faults.quiet().await;
            self.system.idle().await;
            if self.redelivery.is_settled() {
                return;
            }
        }
    }
}

impl FunctionFactory {
    fn wiring(self, endpoints: &Endpoints, faults: &FaultInjector, bus: &EventLog) -> Wiring {
        let factory = Arc::new(self);
        let config = |url: &str| {
            let config = sdk_config(url).into_builder().http_client(faults.http_client());
            config.retry_config(aws::retries()).timeout_config(aws::time_outs()).build()
        };
        let dynamodb = aws_sdk_dynamodb::Client::new(&config(&endpoints.dynamodb));
        let s3 = contacts_files::client(&config(&endpoints.s3));
        let books = [(); COPIES].map(|()| ContactBook::new(dynamodb.clone(), TABLE).with_retry_limit(RETRY_LIMIT));
        let copies = books.clone().map(|book| {
            let importer = Importer::new(book.clone(), s3.clone()).with_chunks(CHUNK);
            functions(
                book.clone(),
                importer,
                Exporter::new(book, s3.clone()),
                Workspaces::default(),
                Some(Arc::new(bus.bus())),
            )
        });
        let routers = books.map(|book| {
            let api = Api::new(book, WORKSPACE_CLAIM, Files::new(s3.clone(), BUCKET));
            future::ready(contacts_api::router(api))
        });
        let api = api_handler(move || contacts_api::service(routers[fastrand::usize(..COPIES)].clone()));
        let functions = KILL_RATES.into_iter().fold(Functions::default(), |all, (name, deaths)| {
            let copies = copies.iter().filter_map(|copy| Some(copy.find(name)?.1.clone())).collect();
            all.with(name, Arc::clone(&factory).killable(name, deaths, copies))
        });
        Wiring {
            routes: Routes::default().with("$default", Access::Token, Arc::clone(&factory).killable_api(api)),
            functions: functions.clone(),
            table_changed: Some(Arc::clone(&factory).killable_follower(&copies)),
            object_created: Some(factory.repeat_and_delay(object_created(functions))),
        }
    }

    /// A function whose calls go to a random copy and may be killed.
    fn killable(self: Arc<Self>, name: &'static str, deaths: f64, copies: Vec<FunctionHandler>) -> FunctionHandler {
        Arc::new(move |payload| {
            let (factory, copy) = (Arc::clone(&self), Arc::clone(&copies[fastrand::usize(..copies.len())]));
            Box::pin(async move {
                let called = factory.killer.call(name, deaths, copy(payload.clone())).await;
                let is_done = match &called {
                    Some(Ok(_)) => true,
                    // It would be refused again.
                    Some(Err(error)) => error.error_type == "InvalidEvent",
                    None => false,
                };
                factory.redelivery.note(name, &payload, is_done);
                let died =
                    || FunctionError { error_type: "Runtime.ExitError".to_owned(), error_message: String::new() };
                let answer = called.unwrap_or_else(|| Err(died()));
                // All injected faults are temporary.
                if let Err(error) = &answer
                    && error.error_type == "Internal"
                {
                    factory.counters.find(format!("{name}: {error}: {payload}"));
                }
                answer
            })
        })
    }

    /// The follower of the table's stream, whose calls go to a random copy and may be killed. The stream delivers again.
    fn killable_follower(self: Arc<Self>, copies: &[Functions]) -> FunctionHandler {
        let find = |copy: &Functions| Some(Arc::clone(copy.find(FOLLOWER)?.1));
        let copies: Vec<FunctionHandler> = copies.iter().filter_map(find).collect();
        Arc::new(move |event| {
            let (factory, copy) = (Arc::clone(&self), Arc::clone(&copies[fastrand::usize(..copies.len())]));
            Box::pin(async move {
                let called = factory.killer.call(FOLLOWER, FOLLOWER_KILL_RATE, copy(event)).await;
                let died =
                    || FunctionError { error_type: "Runtime.ExitError".to_owned(), error_message: String::new() };
                called.unwrap_or_else(|| Err(died()))
            })
        })
    }

    /// The API, whose calls may be killed.
    fn killable_api(self: Arc<Self>, api: ApiHandler) -> ApiHandler {
        Arc::new(move |event| {
            let (factory, api) = (Arc::clone(&self), Arc::clone(&api));
            Box::pin(async move {
                let called = factory.killer.call("contacts-api", API_KILL_RATE, api(event)).await;
                called.unwrap_or_else(|| Err("the function has died".to_owned()))
            })
        })
    }

    /// Delivers events of the bucket late and more than once.
    fn repeat_and_delay(self: Arc<Self>, subscriber: Subscriber) -> Subscriber {
        Arc::new(move |event: Value| {
            let (late, repeat) = {
                let mut rng = self.events.lock().unwrap_or_else(PoisonError::into_inner);
                let late = (rng.u8(..4) == 0).then(|| Duration::from_millis(rng.u64(..500)));
                (late, (rng.u8(..4) == 0).then(|| Duration::from_millis(rng.u64(..10_000))))
            };
            let key = event.pointer("/Records/0/s3/object/key").and_then(Value::as_str).unwrap_or_default();
            let function = if key.starts_with("exports/") { "csv-export" } else { "csv-import" };
            if let Some(after) = repeat {
                self.redelivery.later(after, "events of the bucket", function, event.to_string());
            }
            let handled = subscriber(event);
            Box::pin(async move {
                if let Some(late) = late {
                    tokio::time::sleep(late).await;
                }
                handled.await
            })
        })
    }
}

/// A client without retries.
fn lambda(endpoints: &Endpoints) -> aws_sdk_lambda::Client {
    let config = sdk_config(&endpoints.gateway).into_builder().retry_config(RetryConfig::disabled());
    aws_sdk_lambda::Client::new(&config.build())
}

async fn clients(endpoints: &Endpoints, bus: EventLog) -> Result<Clients, WiringError> {
    let http = reqwest_tls::Client::builder().redirect(reqwest_tls::redirect::Policy::none()).build()?;
    let mut tokens = std::collections::HashMap::new();
    for workspace in WORKSPACES {
        let url = format!("{}/dev/token?workspace={workspace}&ttl=604800", endpoints.gateway);
        let token: Value = http.get(url).send().await?.error_for_status()?.json().await?;
        tokens.insert(workspace, token["access_token"].as_str().unwrap_or_default().to_owned());
    }
    let s3 = sdk_config(&endpoints.s3).into_builder().retry_config(RetryConfig::disabled());
    Ok(Clients {
        api: endpoints.gateway.clone(),
        http,
        tokens,
        lambda: lambda(endpoints),
        upsert: "conversation-upsert".to_owned(),
        s3: contacts_files::client(&s3.build()),
        bucket: BUCKET.to_owned(),
        dynamodb: aws_sdk_dynamodb::Client::new(&sdk_config(&endpoints.dynamodb)),
        table: TABLE.to_owned(),
        bus: Some(bus),
    })
}
