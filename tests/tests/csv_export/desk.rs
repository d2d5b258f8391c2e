//! An exporter with its bucket and its book.

use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::event::s3::S3Event;
use aws_sdk_s3::Client as S3;
use contacts::{ExportId, Workspace, time};
use contacts_book::{ContactBook, Export};
use contacts_lambda::aws;
use contacts_local::{Options, Subscriber, System, Wiring, sdk_config};
use contacts_testing::{Engine, FaultInjector, engine, person};
use csv_export::{ExportError, Exporter, handle};
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::people::workspace;

pub(crate) const BUCKET: &str = "contacts";

/// All that a test of the export needs. The events of its bucket are handed to the test, which delivers them.
pub(crate) struct Desk {
    pub(crate) engine: Engine,
    pub(crate) exporter: Exporter,
    /// Between the exporter and its table.
    pub(crate) faults: FaultInjector,
    /// Between the exporter and its bucket.
    pub(crate) bucket_faults: FaultInjector,
    s3: S3,
    events: Mutex<UnboundedReceiver<S3Event>>,
    _system: System,
}

/// What is in a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct File {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
    pub(crate) content_type: String,
    pub(crate) etag: String,
}

impl Desk {
    pub(crate) async fn new() -> Desk {
        let engine = engine().await;
        let (sender, events) = unbounded_channel();
        let recorder: Subscriber = Arc::new(move |event| {
            sender.send(serde_json::from_value(event).unwrap()).unwrap();
            Box::pin(async { Ok(()) })
        });
        let wiring = Wiring { object_created: Some(recorder), ..Wiring::default() };
        let system = System::start(Options::default(), async |_| Ok(wiring)).await.unwrap();
        let config = sdk_config(system.s3_url());
        let (faults, bucket_faults) = (FaultInjector::default(), FaultInjector::default());
        let through_faults = aws_sdk_s3::config::Builder::from(&config)
            .http_client(bucket_faults.http_client())
            .retry_config(aws::retries().with_initial_backoff(Duration::from_millis(1)));
        let book = engine.book_through(&faults).with_retry_limit(Duration::from_secs(1));
        let exporter = Exporter::new(book, S3::from_conf(through_faults.build()));
        let (s3, events) = (S3::new(&config), Mutex::new(events));
        Desk { engine, exporter, faults, bucket_faults, s3, events, _system: system }
    }

    /// With an exporter that sends parts as small as S3 takes them.
    pub(crate) async fn with_small_parts() -> Desk {
        let desk = Desk::new().await;
        Desk { exporter: desk.exporter.with_part_bytes(5 * 1024 * 1024), ..desk }
    }

    pub(crate) fn book(&self) -> ContactBook {
        self.engine.book()
    }

    /// Stores an object and gives its event, as S3 sends it.
    pub(crate) async fn put(&self, key: &str) -> S3Event {
        self.s3.put_object().bucket(BUCKET).key(key).body(b"{}".to_vec().into()).send().await.unwrap();
        self.event_of(key).await
    }

    /// The event of an object that was stored.
    pub(crate) async fn event_of(&self, key: &str) -> S3Event {
        let mut events = self.events.lock().await;
        loop {
            let event = tokio::time::timeout(Duration::from_secs(20), events.recv()).await.unwrap().unwrap();
            if event.records[0].s3.object.key.as_deref() == Some(key) {
                return event;
            }
        }
    }

    pub(crate) async fn handle(&self, event: &S3Event) -> Result<(), ExportError> {
        handle(&self.exporter, event.clone()).await
    }

    /// Asks for an export, as the API does.
    pub(crate) async fn ask(&self) -> (ExportId, S3Event) {
        self.ask_for(&workspace()).await
    }

    pub(crate) async fn ask_for(&self, workspace: &Workspace) -> (ExportId, S3Event) {
        let id = ExportId::new();
        self.book().create_export(workspace, &Export::new(id, time::now()), &person()).await.unwrap();
        (id, self.put(&format!("exports/{workspace}/{id}.json")).await)
    }

    /// Asks for an export and writes it.
    pub(crate) async fn export(&self) -> (Export, File) {
        let (id, event) = self.ask().await;
        self.handle(&event).await.unwrap();
        (self.exported(id).await, self.file(id).await.unwrap())
    }

    pub(crate) async fn exported(&self, id: ExportId) -> Export {
        self.book().export(&workspace(), id).await.unwrap().unwrap()
    }

    /// The file of an export, if it is there.
    pub(crate) async fn file(&self, id: ExportId) -> Option<File> {
        self.file_in(&workspace(), id).await
    }

    pub(crate) async fn file_in(&self, workspace: &Workspace, id: ExportId) -> Option<File> {
        let get = self.s3.get_object().bucket(BUCKET).key(format!("exports/{workspace}/{id}.csv")).send().await;
        let answer = match get {
            Ok(answer) => answer,
            Err(error) if error.as_service_error().unwrap().is_no_such_key() => return None,
            Err(error) => panic!("{error:?}"),
        };
        let (content_type, etag) = (answer.content_type.unwrap(), answer.e_tag.unwrap());
        let bytes = answer.body.collect().await.unwrap().into_bytes();
        let text = bytes.strip_prefix("\u{FEFF}".as_bytes()).expect("a byte order mark");
        assert!(!String::from_utf8_lossy(text).contains('\u{FEFF}'), "one mark is enough");
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text);
        let mut rows: Vec<Vec<String>> = reader.deserialize().collect::<Result<_, _>>().unwrap();
        let header = rows.remove(0);
        Some(File { header, rows, content_type, etag })
    }
}

impl File {
    /// A column, from the top.
    pub(crate) fn column(&self, name: &str) -> Vec<&str> {
        let column = self.header.iter().position(|header| header == name).unwrap();
        self.rows.iter().map(|row| row[column].as_str()).collect()
    }
}
