//! S3 in process.

use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::event::s3::S3Event;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;
use contacts_book::ContactBook;
use contacts_lambda::aws;
use contacts_local::constants::BUCKET;
use contacts_local::{Options, Subscriber, System, Wiring, sdk_config};
use contacts_testing::FaultInjector;
use csv_import::Importer;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// How long an event may take to arrive.
const EVENT_TIMEOUT: Duration = Duration::from_secs(20);

/// A bucket whose events wait for the test to take them and deliver them.
pub struct Bucket {
    client: Client,
    events: Mutex<Events>,
    system: System,
}

struct Events {
    incoming: UnboundedReceiver<Value>,
    /// Those that arrived while the test waited for another one.
    skipped: Vec<S3Event>,
}

/// An object of the bucket.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// What it contains.
    pub bytes: Vec<u8>,
    /// The type that it was stored with.
    pub content_type: Option<String>,
    /// Its entity tag.
    pub etag: String,
}

impl Bucket {
    /// The bucket's name.
    pub const NAME: &str = BUCKET;

    /// Starts an empty bucket.
    pub async fn start() -> Bucket {
        let (sender, incoming) = unbounded_channel();
        let recorder: Subscriber = Arc::new(move |event| {
            let sent = sender.send(event).map_err(|error| error.to_string());
            Box::pin(async { sent })
        });
        let wiring = Wiring { object_created: Some(recorder), ..Wiring::default() };
        let system = System::start(Options::default(), async |_| Ok(wiring)).await.unwrap();
        let client = Client::new(&sdk_config(system.s3_url()));
        let events = Mutex::new(Events { incoming, skipped: Vec::new() });
        Bucket { client, events, system }
    }

    /// The one-machine system that the bucket belongs to.
    pub fn system(&self) -> &System {
        &self.system
    }

    /// A client without faults.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Its host and port.
    pub fn address(&self) -> &str {
        self.system.s3_url().strip_prefix("http://").unwrap()
    }

    /// A client whose requests pass through a fault injector. It retries at once, so that faults take no time.
    pub fn client_through(&self, faults: &FaultInjector) -> Client {
        let config = Builder::from(&sdk_config(self.system.s3_url())).http_client(faults.http_client());
        let retries = aws::retries().with_initial_backoff(Duration::from_millis(1));
        Client::from_conf(config.retry_config(retries).build())
    }

    /// An importer of the files in this bucket, which sends to the bucket without faults.
    pub fn importer(&self, book: ContactBook) -> Importer {
        Importer::new(book, self.client.clone())
    }

    /// Stores an object and returns its event, as S3 sends it.
    pub async fn put(&self, key: &str, body: impl Into<Vec<u8>>) -> S3Event {
        self.client.put_object().bucket(BUCKET).key(key).body(body.into().into()).send().await.unwrap();
        self.event(|other| other == key).await
    }

    /// An object, if it exists.
    pub async fn get(&self, key: &str) -> Option<Object> {
        let object = match self.client.get_object().bucket(BUCKET).key(key).send().await {
            Ok(object) => object,
            Err(error) if error.as_service_error().is_some_and(|error| error.is_no_such_key()) => return None,
            Err(error) => panic!("{key}: {error:?}"),
        };
        let (content_type, etag) = (object.content_type, object.e_tag.unwrap());
        Some(Object { bytes: object.body.collect().await.unwrap().into_bytes().into(), content_type, etag })
    }

    /// Removes an object.
    pub async fn delete(&self, key: &str) {
        self.client.delete_object().bucket(BUCKET).key(key).send().await.unwrap();
    }

    /// The next event of an object whose key is a wanted one.
    pub async fn event(&self, is_wanted: impl Fn(&str) -> bool) -> S3Event {
        let mut events = self.events.lock().await;
        if let Some(found) = events.skipped.iter().position(|event| is_wanted(&key_of(event))) {
            return events.skipped.remove(found);
        }
        loop {
            let event = tokio::time::timeout(EVENT_TIMEOUT, events.incoming.recv()).await.unwrap().unwrap();
            let event: S3Event = serde_json::from_value(event).unwrap();
            if is_wanted(&key_of(&event)) {
                return event;
            }
            events.skipped.push(event);
        }
    }

    /// The event of the next chunk of any import.
    pub async fn chunk_event(&self) -> S3Event {
        self.event(|key| key.starts_with("chunks/") && key.ends_with(".json")).await
    }

    /// Stops the bucket.
    pub async fn stop(self) {
        self.system.stop().await;
    }
}

/// The key of an event's object. Events carry keys encoded like forms.
fn key_of(event: &S3Event) -> String {
    let key = event.records[0].s3.object.key.as_deref().unwrap().replace('+', " ");
    percent_decode_str(&key).decode_utf8().unwrap().into_owned()
}
