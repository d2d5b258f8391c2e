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
    Access, ApiHandler, Endpoints, FunctionError, FunctionHandler, Functions, Options, Routes, Subscriber, System,
    Wiring, WiringError, api_handler, sdk_config,
};
use contacts_testing::FaultInjector;
use csv_export::Exporter;
use csv_import::Importer;
use fastrand::Rng;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::again::Again;
use crate::reaper::Reaper;
use crate::seed::Seed;
use crate::site::{Site, WORKSPACES};
use crate::tally::Tally;

/// How many copies of each function run: each has a memory of its own.
const COPIES: usize = 3;
/// Far less than the functions have, so that disturbances come through to clients and to Lambda.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// So that small files have several chunks.
const CHUNK: Limits = Limits { rows: 25, bytes: 1024 * 1024 };
/// How many of the calls of a function die.
const DEATHS: [(&str, f64); 3] = [("conversation-upsert", 0.03), ("csv-import", 0.25), ("csv-export", 0.25)];
const DEATHS_OF_THE_API: f64 = 0.03;

/// A running system.
pub(crate) struct Local {
    pub(crate) system: System,
    pub(crate) faults: FaultInjector,
    pub(crate) again: Again,
}

/// What the functions are made with.
struct Maker {
    reaper: Arc<Reaper>,
    again: Again,
    tally: Arc<Tally>,
    events: Mutex<Rng>,
}

impl Local {
    /// Starts it. Until the time is up, calls die.
    pub(crate) async fn start(
        seed: Seed,
        tally: &Arc<Tally>,
        over: &CancellationToken,
    ) -> Result<(Local, Site), WiringError> {
        let faults = FaultInjector::default();
        let options = Options { retry_delay: Duration::from_millis(200), ..Options::default() };
        let mut parts = None;
        let system = System::start(options, async |endpoints| {
            let lambda = aws_sdk_lambda::Client::new(&sdk_config(&endpoints.gateway));
            let again = Again::new(lambda, Arc::clone(tally));
            let reaper = Reaper::new(seed.generator("deaths"), Arc::clone(tally), over.clone());
            let events = Mutex::new(seed.generator("events of the bucket"));
            let maker = Maker { reaper: Arc::new(reaper), again: again.clone(), tally: Arc::clone(tally), events };
            schema::create_table(&aws_sdk_dynamodb::Client::new(&sdk_config(&endpoints.dynamodb)), TABLE).await?;
            parts = Some((again, endpoints.clone()));
            Ok(maker.wiring(&endpoints, &faults))
        })
        .await?;
        let (again, endpoints) = parts.ok_or("the system has no functions")?;
        let local = Local { system, faults, again };
        let site = site(&endpoints).await?;
        Ok((local, site))
    }

    /// Waits until nothing is under way any more, and nothing comes again.
    pub(crate) async fn settle(&self) {
        loop {
            self.again.settle().await;
            self.faults.quiet().await;
            self.system.idle().await;
            if self.again.is_settled() {
                return;
            }
        }
    }
}

impl Maker {
    fn wiring(self, endpoints: &Endpoints, faults: &FaultInjector) -> Wiring {
        let maker = Arc::new(self);
        let config = |url: &str| {
            let config = sdk_config(url).into_builder().http_client(faults.http_client());
            config.retry_config(aws::retries()).timeout_config(aws::time_outs()).build()
        };
        let dynamodb = aws_sdk_dynamodb::Client::new(&config(&endpoints.dynamodb));
        let s3 = contacts_files::client(&config(&endpoints.s3));
        let books = [(); COPIES].map(|()| ContactBook::new(dynamodb.clone(), TABLE).with_retry_limit(PATIENCE));
        let copies = books.clone().map(|book| {
            let importer = Importer::new(book.clone(), s3.clone()).with_chunks(CHUNK);
            functions(book.clone(), importer, Exporter::new(book, s3.clone()))
        });
        let routers = books.map(|book| {
            let api = Api::new(book, WORKSPACE_CLAIM, Files::new(s3.clone(), BUCKET));
            future::ready(contacts_api::router(api))
        });
        let api = api_handler(move || contacts_api::service(routers[fastrand::usize(..COPIES)].clone()));
        let functions = DEATHS.into_iter().fold(Functions::default(), |all, (name, deaths)| {
            let copies = copies.iter().filter_map(|copy| Some(copy.find(name)?.1.clone())).collect();
            all.with(name, Arc::clone(&maker).mortal(name, deaths, copies))
        });
        Wiring {
            routes: Routes::default().with("$default", Access::Token, Arc::clone(&maker).mortal_api(api)),
            functions: functions.clone(),
            object_created: Some(maker.disorderly(object_created(functions))),
        }
    }

    /// A function any copy of which is called, and whose calls may die.
    fn mortal(self: Arc<Self>, name: &'static str, deaths: f64, copies: Vec<FunctionHandler>) -> FunctionHandler {
        Arc::new(move |payload| {
            let (maker, copy) = (Arc::clone(&self), Arc::clone(&copies[fastrand::usize(..copies.len())]));
            Box::pin(async move {
                let called = maker.reaper.call(name, deaths, copy(payload.clone())).await;
                maker.again.note(name, &payload, matches!(called, Some(Ok(_))));
                let died =
                    || FunctionError { error_type: "Runtime.ExitError".to_owned(), error_message: String::new() };
                let answer = called.unwrap_or_else(|| Err(died()));
                // All that is broken here mends itself.
                if let Err(error) = &answer
                    && error.error_type == "Internal"
                {
                    maker.tally.find(format!("{name}: {error}: {payload}"));
                }
                answer
            })
        })
    }

    /// The API, whose calls may die.
    fn mortal_api(self: Arc<Self>, api: ApiHandler) -> ApiHandler {
        Arc::new(move |event| {
            let (maker, api) = (Arc::clone(&self), Arc::clone(&api));
            Box::pin(async move {
                let called = maker.reaper.call("contacts-api", DEATHS_OF_THE_API, api(event)).await;
                called.unwrap_or_else(|| Err("the function has died".to_owned()))
            })
        })
    }

    /// Gets events of the bucket late and more than once.
    fn disorderly(self: Arc<Self>, subscriber: Subscriber) -> Subscriber {
        Arc::new(move |event: Value| {
            let (late, again) = {
                let mut rng = self.events.lock().unwrap_or_else(PoisonError::into_inner);
                let late = (rng.u8(..4) == 0).then(|| Duration::from_millis(rng.u64(..500)));
                (late, (rng.u8(..4) == 0).then(|| Duration::from_millis(rng.u64(..10_000))))
            };
            let key = event.pointer("/Records/0/s3/object/key").and_then(Value::as_str).unwrap_or_default();
            let function = if key.starts_with("exports/") { "csv-export" } else { "csv-import" };
            if let Some(after) = again {
                self.again.later(after, "events of the bucket", function, event.to_string());
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

/// A client that does not try again by itself.
fn lambda(endpoints: &Endpoints) -> aws_sdk_lambda::Client {
    let config = sdk_config(&endpoints.gateway).into_builder().retry_config(RetryConfig::disabled());
    aws_sdk_lambda::Client::new(&config.build())
}

async fn site(endpoints: &Endpoints) -> Result<Site, WiringError> {
    let http = reqwest_tls::Client::builder().redirect(reqwest_tls::redirect::Policy::none()).build()?;
    let mut tokens = std::collections::HashMap::new();
    for workspace in WORKSPACES {
        let url = format!("{}/dev/token?workspace={workspace}&ttl=604800", endpoints.gateway);
        let token: Value = http.get(url).send().await?.error_for_status()?.json().await?;
        tokens.insert(workspace, token["access_token"].as_str().unwrap_or_default().to_owned());
    }
    let s3 = sdk_config(&endpoints.s3).into_builder().retry_config(RetryConfig::disabled());
    Ok(Site {
        api: endpoints.gateway.clone(),
        http,
        tokens,
        lambda: lambda(endpoints),
        upsert: "conversation-upsert".to_owned(),
        s3: contacts_files::client(&s3.build()),
        bucket: BUCKET.to_owned(),
        dynamodb: aws_sdk_dynamodb::Client::new(&sdk_config(&endpoints.dynamodb)),
        table: TABLE.to_owned(),
    })
}
