//! An importer with its table and its bucket.

use aws_lambda_events::event::s3::S3Event;
use contacts::{Contact, Workspace};
use contacts_book::{ContactBook, Import, List, Sort};
use contacts_csv::cut::Limits;
use contacts_testing::{Engine, FaultInjector, engine};
use csv_import::{ImportError, Importer, handle};
use lambda_runtime::{Context, LambdaEvent};

use crate::bucket::Bucket;
use crate::text::contact_line;

/// Limits that cut no file of a test.
pub const ONE_CHUNK: Limits = Limits { rows: 10_000, bytes: u64::MAX };

/// An importer with its table and its bucket. The test delivers the events.
pub struct ImportHarness {
    /// The table.
    pub engine: Engine,
    /// The bucket.
    pub bucket: Bucket,
    /// The importer.
    pub importer: Importer,
    /// Between the importer and its table and bucket.
    pub faults: FaultInjector,
}

/// The workspace of all imports of the harness.
pub fn workspace() -> Workspace {
    Workspace::parse("acme").unwrap()
}

impl ImportHarness {
    /// A harness that imports every file as one chunk.
    pub async fn new() -> ImportHarness {
        ImportHarness::with_chunks(ONE_CHUNK).await
    }

    /// A harness that cuts files at these limits.
    pub async fn with_chunks(limits: Limits) -> ImportHarness {
        let (engine, bucket, faults) = (engine().await, Bucket::start().await, FaultInjector::default());
        let importer = importer_through(&engine, &bucket, &faults).with_chunks(limits);
        ImportHarness { engine, bucket, importer, faults }
    }

    /// Another importer, which shares only table and bucket with the first.
    pub fn importer_through(&self, faults: &FaultInjector) -> Importer {
        importer_through(&self.engine, &self.bucket, faults)
    }

    /// The test's own book in the table.
    pub fn book(&self) -> ContactBook {
        self.engine.book()
    }

    /// Stores an object and returns its event, as S3 sends it.
    pub async fn put(&self, key: &str, body: impl Into<Vec<u8>>) -> S3Event {
        self.bucket.put(key, body).await
    }

    /// Delivers an event.
    ///
    /// # Errors
    /// As the function returns them to Lambda.
    pub async fn handle(&self, event: &S3Event) -> Result<(), ImportError> {
        handle(&self.importer, LambdaEvent::new(event.clone(), Context::default())).await
    }

    /// The event of the next chunk of any import.
    pub async fn chunk_event(&self) -> S3Event {
        self.bucket.chunk_event().await
    }

    /// Delivers the events of chunks until the import of a file ends.
    pub async fn finish(&self, file_name: &str) -> Import {
        loop {
            let import = self.imported(file_name).await;
            if import.status.is_final() {
                return import;
            }
            let chunk = self.chunk_event().await;
            self.handle(&chunk).await.unwrap();
        }
    }

    /// Imports a file. `name` must be unique within the harness.
    pub async fn import(&self, name: &str, body: impl Into<Vec<u8>>) -> Import {
        let event = self.put(&format!("imports/acme/{name}.csv"), body).await;
        self.handle(&event).await.unwrap();
        self.finish(&format!("{name}.csv")).await
    }

    /// The only import of a file.
    pub async fn imported(&self, file_name: &str) -> Import {
        let mut imports = self.imports().await;
        imports.retain(|import| import.file_name == file_name);
        assert_eq!(imports.len(), 1, "{file_name}");
        imports.remove(0)
    }

    /// All imports, the latest first.
    pub async fn imports(&self) -> Vec<Import> {
        self.book().imports(&workspace(), 100, None).await.unwrap().unwrap().imports
    }

    /// The report of an import, without its byte order mark.
    pub async fn report(&self, import: &Import) -> String {
        let report = self.bucket.get(&format!("reports/acme/{}.csv", import.id)).await.unwrap();
        String::from_utf8(report.bytes).unwrap().strip_prefix('\u{FEFF}').unwrap().to_owned()
    }

    /// All contacts, the last active first.
    pub async fn contacts(&self) -> Vec<Contact> {
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

    /// All contacts as text, sorted. Asserts the invariants of the book.
    pub async fn people(&self) -> Vec<String> {
        assert_eq!(self.engine.audit().await, []);
        let mut people: Vec<String> = self.contacts().await.iter().map(contact_line).collect();
        people.sort();
        people
    }
}

/// An importer all of whose requests pass through a fault injector.
fn importer_through(engine: &Engine, bucket: &Bucket, faults: &FaultInjector) -> Importer {
    Importer::new(engine.book_through(faults), bucket.client_through(faults))
}
