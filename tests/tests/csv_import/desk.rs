//! An importer with its bucket and its book.

use lambda_runtime::{Context, LambdaEvent};
use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::event::s3::S3Event;
use aws_sdk_s3::Client as S3;
use contacts::{Channel, Contact, Field, Workspace};
use contacts_book::{ContactBook, Import, List, Sort};
use contacts_csv::cut::Limits;
use contacts_local::{Options, Subscriber, System, Wiring, sdk_config};
use contacts_testing::{Engine, FaultInjector, engine};
use csv_import::{ImportError, Importer, handle};
use percent_encoding::percent_decode_str;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

pub(crate) const BUCKET: &str = "contacts";

/// All that a test of the import needs. The events of its bucket are handed to the test, which delivers them.
pub(crate) struct Desk {
    pub(crate) engine: Engine,
    pub(crate) s3: S3,
    pub(crate) importer: Importer,
    /// Between the importer and its table and bucket.
    pub(crate) faults: FaultInjector,
    events: Mutex<Events>,
    system: System,
}

/// The events of the bucket.
struct Events {
    coming: UnboundedReceiver<serde_json::Value>,
    /// Those that nobody has asked for yet.
    waiting: Vec<S3Event>,
}

pub(crate) fn workspace() -> Workspace {
    Workspace::parse("acme").unwrap()
}

impl Desk {
    pub(crate) async fn new() -> Desk {
        Desk::with_chunks(Limits { rows: 10_000, bytes: u64::MAX }).await
    }

    /// One that cuts files so.
    pub(crate) async fn with_chunks(limits: Limits) -> Desk {
        let engine = engine().await;
        let (sender, events) = unbounded_channel();
        let recorder: Subscriber = Arc::new(move |event| {
            sender.send(event).unwrap();
            Box::pin(async { Ok(()) })
        });
        let wiring = Wiring { object_created: Some(recorder), ..Wiring::default() };
        let system = System::start(Options::default(), async |_| Ok(wiring)).await.unwrap();
        let s3 = S3::new(&sdk_config(system.s3_url()));
        let faults = FaultInjector::default();
        let importer = importer(&engine, &system, &faults).with_chunks(limits);
        let events = Mutex::new(Events { coming: events, waiting: Vec::new() });
        Desk { engine, s3, importer, faults, events, system }
    }

    pub(crate) fn book(&self) -> ContactBook {
        self.engine.book()
    }

    /// Another importer, which shares only table and bucket with the first.
    pub(crate) fn importer_through(&self, faults: &FaultInjector) -> Importer {
        importer(&self.engine, &self.system, faults)
    }

    pub(crate) fn s3_address(&self) -> &str {
        self.system.s3_url().strip_prefix("http://").unwrap()
    }

    /// Stores an object and gives its event, as S3 sends it.
    pub(crate) async fn put(&self, key: &str, body: impl Into<Vec<u8>>) -> S3Event {
        self.s3.put_object().bucket(BUCKET).key(key).body(body.into().into()).send().await.unwrap();
        self.event(|other| other == key).await
    }

    /// The next event of an object with such a key.
    pub(crate) async fn event(&self, wanted: impl Fn(&str) -> bool) -> S3Event {
        let mut events = self.events.lock().await;
        loop {
            let found = events.waiting.iter().position(|event| {
                let key = event.records[0].s3.object.key.as_deref().unwrap().replace('+', " ");
                wanted(&percent_decode_str(&key).decode_utf8().unwrap())
            });
            if let Some(found) = found {
                return events.waiting.remove(found);
            }
            let event = tokio::time::timeout(Duration::from_secs(20), events.coming.recv()).await;
            events.waiting.push(serde_json::from_value(event.unwrap().unwrap()).unwrap());
        }
    }

    /// The event of the next chunk.
    pub(crate) async fn chunk(&self) -> S3Event {
        self.event(|key| key.starts_with("chunks/") && key.ends_with(".json")).await
    }

    /// Delivers the events of the chunks of an import until it has ended.
    pub(crate) async fn work_off(&self, file_name: &str) -> Import {
        loop {
            let import = self.imported(file_name).await;
            if import.status.is_final() {
                return import;
            }
            let chunk = self.chunk().await;
            self.handle(&chunk).await.unwrap();
        }
    }

    pub(crate) async fn handle(&self, event: &S3Event) -> Result<(), ImportError> {
        handle(&self.importer, LambdaEvent::new(event.clone(), Context::default())).await
    }

    /// Imports a file under a name of its own.
    pub(crate) async fn import(&self, name: &str, body: impl Into<Vec<u8>>) -> Import {
        let event = self.put(&format!("imports/acme/{name}.csv"), body).await;
        self.handle(&event).await.unwrap();
        self.work_off(&format!("{name}.csv")).await
    }

    /// The report of an import, without its byte order mark.
    pub(crate) async fn report(&self, import: &Import) -> String {
        let key = format!("reports/acme/{}.csv", import.id);
        let report = self.s3.get_object().bucket(BUCKET).key(key).send().await.unwrap();
        let report = report.body.collect().await.unwrap().to_vec();
        String::from_utf8(report).unwrap().strip_prefix('\u{FEFF}').unwrap().to_owned()
    }

    /// The import of a file, which has to be there once.
    pub(crate) async fn imported(&self, file_name: &str) -> Import {
        let mut imports = self.imports().await;
        imports.retain(|import| import.file_name == file_name);
        assert_eq!(imports.len(), 1, "{file_name}");
        imports.remove(0)
    }

    pub(crate) async fn imports(&self) -> Vec<Import> {
        self.book().imports(&workspace(), 100, None).await.unwrap().unwrap().imports
    }

    pub(crate) async fn contacts(&self) -> Vec<Contact> {
        let (book, mut contacts) = (self.book(), Vec::new());
        let mut list = List { sort: Sort::Recent, prefix: None, limit: 1_000, after: None };
        loop {
            let mut page = book.list(&workspace(), &list).await.unwrap().unwrap();
            contacts.append(&mut page.contacts);
            list.after = Some(match page.next {
                Some(next) => next,
                None => return contacts,
            });
        }
    }

    /// The contacts as text, sorted. Asserts that the book is sound.
    pub(crate) async fn people(&self) -> Vec<String> {
        assert_eq!(self.engine.audit().await, []);
        let mut people: Vec<String> = self.contacts().await.iter().map(person).collect();
        people.sort();
        people
    }
}

/// An importer that gives up soon, and all of whose requests pass through a fault injector.
fn importer(engine: &Engine, bucket: &System, faults: &FaultInjector) -> Importer {
    let book = engine.book_through(faults).with_retry_limit(Duration::from_secs(2));
    let s3 = sdk_config(bucket.s3_url()).into_builder().http_client(faults.http_client()).build();
    Importer::new(book, S3::new(&s3))
}

/// `Ada Lovelace telephone:+1… email:… also:…`, fields in the order in which they are shown.
pub(crate) fn person(contact: &Contact) -> String {
    let mut words: Vec<String> = contact.name().map(|name| name.as_str().to_owned()).into_iter().collect();
    let channels = Channel::ALL.map(Field::Channel).into_iter();
    let custom = contact.values.keys().filter(|field| matches!(field, Field::Custom(_))).cloned();
    for field in channels.chain(custom) {
        words.extend(contact.value(&field).map(|value| format!("{field}:{}", value.as_str())));
    }
    let mut also: Vec<String> =
        contact.identifiers.secondary().iter().map(|known| known.value.as_str().to_owned()).collect();
    also.sort();
    words.extend(also.into_iter().map(|value| format!("also:{value}")));
    words.join(" ")
}

/// An import in one line: its status and the counts that are not nought. Asserts that they add up.
pub(crate) fn told(import: &Import) -> String {
    let counts = import.counts;
    assert_eq!(counts.read, counts.created + counts.updated + counts.unchanged + counts.rejected, "{counts:?}");
    let status = match &import.error {
        Some(error) => format!("{}({})", import.status.as_str(), error.code),
        None => import.status.as_str().to_owned(),
    };
    let named = [
        ("read", counts.read),
        ("created", counts.created),
        ("updated", counts.updated),
        ("unchanged", counts.unchanged),
        ("rejected", counts.rejected),
        ("joined", counts.joined),
        ("conflicts", counts.conflicts),
    ];
    let counts = named.iter().filter(|(_, count)| *count > 0).map(|(name, count)| format!(" {name}={count}"));
    status + &counts.collect::<String>()
}

/// A file of so many people, each with a phone and an email; a row takes some 300 bytes.
pub(crate) fn crowd(people: usize) -> String {
    let note = "x".repeat(240);
    let rows = (0..people).map(|n| format!("Person {n},+1650253{n:04},person{n}@example.com,{note}\r\n"));
    "Name,Phone,Email,Notes\r\n".to_owned() + &rows.collect::<String>()
}
