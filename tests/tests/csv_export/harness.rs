//! An exporter with its table and its bucket.

use std::time::Duration;

use aws_lambda_events::event::s3::S3Event;
use contacts::{ExportId, Workspace, time};
use contacts_book::{ContactBook, Export};
use contacts_harness::Bucket;
use contacts_testing::{Engine, FaultInjector, engine, person};
use csv_export::{ExportError, Exporter, handle};

use crate::people::workspace;

/// An exporter with its table and its bucket. The test delivers the events.
pub(crate) struct ExportHarness {
    pub(crate) engine: Engine,
    pub(crate) bucket: Bucket,
    pub(crate) exporter: Exporter,
    /// Between the exporter and its table.
    pub(crate) faults: FaultInjector,
    /// Between the exporter and its bucket.
    pub(crate) bucket_faults: FaultInjector,
}

/// The contents of a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct File {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
    pub(crate) content_type: String,
    pub(crate) etag: String,
}

impl ExportHarness {
    pub(crate) async fn new() -> ExportHarness {
        let (engine, bucket) = (engine().await, Bucket::start().await);
        let (faults, bucket_faults) = (FaultInjector::default(), FaultInjector::default());
        let book = engine.book_through(&faults).with_retry_limit(Duration::from_secs(1));
        let exporter = Exporter::new(book, bucket.client_through(&bucket_faults));
        ExportHarness { engine, bucket, exporter, faults, bucket_faults }
    }

    /// A harness whose exporter sends parts as small as S3 takes them.
    pub(crate) async fn with_small_parts() -> ExportHarness {
        let harness = ExportHarness::new().await;
        ExportHarness { exporter: harness.exporter.with_part_bytes(5 * 1024 * 1024), ..harness }
    }

    /// The test's own book in the table.
    pub(crate) fn book(&self) -> ContactBook {
        self.engine.book()
    }

    /// Stores an object and returns its event, as S3 sends it.
    pub(crate) async fn put(&self, key: &str) -> S3Event {
        self.bucket.put(key, "{}").await
    }

    pub(crate) async fn handle(&self, event: &S3Event) -> Result<(), ExportError> {
        handle(&self.exporter, event.clone()).await
    }

    /// Orders an export, as the API does.
    pub(crate) async fn order(&self) -> (ExportId, S3Event) {
        self.order_for(&workspace()).await
    }

    pub(crate) async fn order_for(&self, workspace: &Workspace) -> (ExportId, S3Event) {
        let id = ExportId::new();
        self.book().create_export(workspace, &Export::new(id, time::now()), &person()).await.unwrap();
        (id, self.put(&format!("exports/{workspace}/{id}.json")).await)
    }

    /// Orders an export and delivers its event.
    pub(crate) async fn export(&self) -> (Export, File) {
        let (id, event) = self.order().await;
        self.handle(&event).await.unwrap();
        (self.exported(id).await, self.file(id).await.unwrap())
    }

    pub(crate) async fn exported(&self, id: ExportId) -> Export {
        self.book().export(&workspace(), id).await.unwrap().unwrap()
    }

    /// The file of an export, if it exists.
    pub(crate) async fn file(&self, id: ExportId) -> Option<File> {
        self.file_in(&workspace(), id).await
    }

    pub(crate) async fn file_in(&self, workspace: &Workspace, id: ExportId) -> Option<File> {
        let object = self.bucket.get(&format!("exports/{workspace}/{id}.csv")).await?;
        let text = object.bytes.strip_prefix("\u{FEFF}".as_bytes()).expect("a byte order mark");
        assert!(!String::from_utf8_lossy(text).contains('\u{FEFF}'), "one mark is enough");
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text);
        let mut rows: Vec<Vec<String>> = reader.deserialize().collect::<Result<_, _>>().unwrap();
        let header = rows.remove(0);
        Some(File { header, rows, content_type: object.content_type.unwrap(), etag: object.etag })
    }
}

impl File {
    /// A column, from the top.
    pub(crate) fn column(&self, name: &str) -> Vec<&str> {
        let column = self.header.iter().position(|header| header == name).unwrap();
        self.rows.iter().map(|row| row[column].as_str()).collect()
    }
}
