//! DynamoDB in process.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{Config, Credentials, Region};
use aws_sdk_dynamodb::types::AttributeValue;
use contacts::time;
use contacts_book::schema::create_table;
use contacts_book::{Audit, CHANGES_A_WRITE, ContactBook, ContactChange, Violation};
use contacts_lambda::aws;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use crate::faults::FaultInjector;

const TABLE: &str = "contacts";

/// One thread can read a request while another works on the database.
const ENGINE_THREADS: usize = 2;

/// A database in memory behind its own HTTP server, with one empty table. Dropping it stops the server.
#[derive(Debug)]
pub struct Engine {
    address: SocketAddr,
    client: Client,
    /// The engine blocks the threads that it runs on, so it has its own. `None` once it is stopped.
    runtime: Option<Runtime>,
}

/// Starts an engine.
///
/// # Panics
/// When it does not start.
pub async fn engine() -> Engine {
    Engine::start().await.unwrap_or_else(|error| panic!("no engine: {error}"))
}

impl Engine {
    async fn start() -> Result<Engine, Box<dyn std::error::Error>> {
        let database = dynoxide::Database::memory()?;
        let runtime = Builder::new_multi_thread().worker_threads(ENGINE_THREADS).enable_all().build()?;
        let listener = runtime.spawn(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).await??;
        let address = listener.local_addr()?;
        runtime.spawn(dynoxide::server::serve_on(listener, database));
        let client = Client::from_conf(config_for(address).build());
        create_table(&client, TABLE).await?;
        Ok(Engine { address, client, runtime: Some(runtime) })
    }

    /// The engine's URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The configuration of its clients, for tests that change it: an interceptor, other time-outs.
    pub fn config(&self) -> aws_sdk_dynamodb::config::Builder {
        config_for(self.address)
    }

    /// A client with the retries and time-outs of the functions.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The table's name.
    pub fn table(&self) -> &str {
        TABLE
    }

    /// The book in the table. Each call returns one with its own cache of settings, like each running copy of a function.
    pub fn book(&self) -> ContactBook {
        ContactBook::new(self.client.clone(), TABLE)
    }

    /// A book whose requests pass through a fault injector. It retries at once, so that faults take no time.
    pub fn book_through(&self, faults: &FaultInjector) -> ContactBook {
        let retries = aws::retries().with_initial_backoff(Duration::from_millis(1));
        let config = self.config().http_client(faults.http_client()).retry_config(retries);
        ContactBook::new(Client::from_conf(config.build()), TABLE)
    }

    /// The violated invariants of the book.
    ///
    /// # Panics
    /// When the table cannot be read.
    pub async fn audit(&self) -> Vec<Violation> {
        let mut audit = Audit::default();
        for item in self.items().await {
            audit.add(&item, time::now());
        }
        audit.finish()
    }

    /// All items of the table.
    ///
    /// # Panics
    /// When the table cannot be read.
    pub async fn items(&self) -> Vec<HashMap<String, AttributeValue>> {
        let items = self.client.scan().table_name(TABLE).consistent_read(true).into_paginator().items().send();
        items.collect::<Result<_, _>>().await.unwrap_or_else(|error| panic!("cannot scan: {error:?}"))
    }
}

/// The items of a table at one moment.
pub type Items = Vec<HashMap<String, AttributeValue>>;

impl Engine {
    /// The changes of contacts since the table had the items `before`, as a stream would report them. A contact that was
    /// written several times since then changed once.
    ///
    /// # Panics
    /// When the table cannot be read, or an item is malformed.
    pub async fn changes_since(&self, before: &Items) -> (Vec<ContactChange>, Items) {
        let after = self.items().await;
        let before: HashMap<_, _> = before.iter().map(|item| (key_of(item), item)).collect();
        let mut changes = Vec::new();
        for item in &after {
            let old = before.get(&key_of(item)).copied();
            if old != Some(item) {
                let change = ContactChange::read(old, Some(item));
                changes.extend(change.unwrap_or_else(|error| panic!("a malformed item: {error}")));
            }
        }
        (changes, after)
    }

    /// Writes the history since `before`, each entry twice, as a stream delivers at least once.
    ///
    /// # Panics
    /// When the table cannot be read or written.
    pub async fn keep_history(&self, before: &mut Items) {
        let (changes, after) = self.changes_since(before).await;
        let twice: Vec<_> = changes.iter().chain(&changes).map(|change| (change, 400)).collect();
        for some in twice.chunks(CHANGES_A_WRITE) {
            self.book().keep_history(some).await.unwrap_or_else(|error| panic!("no history: {error}"));
        }
        *before = after;
    }
}

/// The partition key and the sort key of an item.
fn key_of(item: &HashMap<String, AttributeValue>) -> [Option<&String>; 2] {
    ["pk", "sk"].map(|name| item.get(name).and_then(|value| value.as_s().ok()))
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A client from [`Engine::config`], so that a test needs no dependency on the SDK.
pub fn client(config: Config) -> Client {
    Client::from_conf(config)
}

fn config_for(address: SocketAddr) -> aws_sdk_dynamodb::config::Builder {
    Config::builder()
        .behavior_version(aws::behavior_version())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("local", "local", None, None, "tests"))
        .endpoint_url(format!("http://{address}"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .retry_config(aws::retries())
        .timeout_config(aws::time_outs())
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::{DeleteGlobalSecondaryIndexAction, GlobalSecondaryIndexUpdate};
    use contacts_book::keys::{CONFLICT_AT, CONFLICT_INDEX, INDEX_SHARD, PK, SK};

    use super::*;

    #[tokio::test]
    async fn a_table_of_an_older_build_gets_the_indexes_that_it_lacks() {
        let engine = engine().await;
        let delete = DeleteGlobalSecondaryIndexAction::builder().index_name(CONFLICT_INDEX).build().unwrap();
        let update = GlobalSecondaryIndexUpdate::builder().delete(delete).build();
        let table = engine.client().update_table().table_name(TABLE).global_secondary_index_updates(update);
        table.send().await.unwrap();
        assert_eq!(indexes(&engine).await.len(), 6);
        let item = [(PK, "W#a#C#1"), (SK, "CONTACT"), (INDEX_SHARD, "a#0"), (CONFLICT_AT, "2026")];
        let item = item.map(|(name, value)| (name.to_owned(), AttributeValue::S(value.to_owned())));
        engine.client().put_item().table_name(TABLE).set_item(Some(item.into())).send().await.unwrap();
        for _ in 0..2 {
            create_table(engine.client(), engine.table()).await.unwrap();
            let indexes = indexes(&engine).await;
            assert!(indexes.len() == 7 && indexes.contains(&CONFLICT_INDEX.to_owned()), "{indexes:?}");
            let scan = engine.client().scan().table_name(TABLE).index_name(CONFLICT_INDEX).send().await.unwrap();
            assert_eq!(scan.count(), 1, "what was there is in it");
        }
    }

    async fn indexes(engine: &Engine) -> Vec<String> {
        let table = engine.client().describe_table().table_name(TABLE).send().await.unwrap().table.unwrap();
        table.global_secondary_indexes().iter().map(|index| index.index_name().unwrap().to_owned()).collect()
    }

    #[tokio::test]
    async fn creating_the_table_again_changes_nothing() {
        let engine = engine().await;
        create_table(engine.client(), engine.table()).await.unwrap();
        assert_eq!(engine.audit().await, []);
    }
}
