//! The peak memory of the functions as they are deployed: each is a process of its own; table and bucket are here.

use std::path::Path;

use contacts::{CustomField, CustomKey, CustomType, ExportId, time};
use contacts_book::{ContactBook, Export, ExportStatus, ImportStatus, schema};
use contacts_files::keys;
use contacts_harness::Bucket;
use contacts_local::constants::TABLE;
use contacts_local::sdk_config;

use crate::Failure;
use crate::people::{self, Countries, workspace};
use crate::runtime_api::Function;
use crate::table::{Row, Target};

const MEMORY: &str = "memory";
const MOST: f64 = 128.0;
/// Of the file.
const BYTES: usize = 200_000_000;
const PEOPLE: usize = 25_000;
/// As long as a custom text may be.
const NOTE: usize = 4_000;

pub(crate) async fn measure(functions: &Path) -> Result<Vec<Row>, Failure> {
    let bucket = Bucket::start().await;
    let system = bucket.system();
    let dynamodb = aws_sdk_dynamodb::Client::new(&sdk_config(system.dynamodb_url()));
    schema::create_table(&dynamodb, TABLE).await?;
    let book = ContactBook::new(dynamodb, TABLE);

    let function = |name: &str| functions.join(name).join("bootstrap");
    let mut import = Function::start(&function("csv-import"), system.endpoints()).await?;
    import_all(&mut import, &book, &bucket).await?;
    let mut export = Function::start(&function("csv-export"), system.endpoints()).await?;
    export_all(&mut export, &book, &bucket).await?;
    let row = |what: String, function: &Function| -> Result<Row, Failure> {
        let peak = function.peak_memory()? as f64 / 1e6;
        Ok(Row::new(MEMORY, what, peak, "MB").target(Target::AtMost(MOST)))
    };
    let megabytes = BYTES / 1_000_000;
    let rows = vec![
        row(format!("csv-import: a file of {megabytes} MB"), &import)?,
        row(format!("csv-export: {PEOPLE} contacts, {} MB", PEOPLE * NOTE / 1_000_000), &export)?,
    ];
    drop((import, export));
    bucket.stop().await;
    Ok(rows)
}

/// Imports a file of long rows: half of each is kept in a custom field, half is ignored.
async fn import_all(function: &mut Function, book: &ContactBook, bucket: &Bucket) -> Result<(), Failure> {
    let workspace = workspace()?;
    let field = CustomField::new(CustomKey::parse("note")?, "Note", CustomType::String)?;
    book.define_field(&workspace, &field, &contacts_testing::person()).await??;
    let ignored = "x".repeat(BYTES / PEOPLE - NOTE);
    let mut file = "Name,Phone,Email,custom.note,Other\r\n".to_owned();
    for n in 0..PEOPLE {
        let (phone, email) = (Countries::Sixty.phone(n), people::email(n));
        file.push_str(&format!("Ada {n},{phone},{email},{},{ignored}\r\n", "y".repeat(NOTE)));
    }
    let mut event = bucket.put("imports/acme/people.csv", file).await;
    loop {
        function.invoke(serde_json::to_value(event)?).await?;
        let import = book.imports(&workspace, 1, None).await??.imports.into_iter().next().ok_or("no import")?;
        match import.status {
            ImportStatus::Completed if import.counts.created as usize == PEOPLE => return Ok(()),
            ImportStatus::Completed | ImportStatus::Failed => return Err(format!("{import:?}").into()),
            _ => event = bucket.chunk_event().await,
        }
    }
}

async fn export_all(function: &mut Function, book: &ContactBook, bucket: &Bucket) -> Result<(), Failure> {
    let (workspace, id) = (workspace()?, ExportId::new());
    book.create_export(&workspace, &Export::new(id, time::now()), &contacts_testing::person()).await?;
    let event = bucket.put(&keys::export_request(&workspace, id), "{}").await;
    function.invoke(serde_json::to_value(event)?).await?;
    match book.export(&workspace, id).await?.ok_or("no export")?.status {
        ExportStatus::Completed => Ok(()),
        status => Err(format!("the export is {status:?}").into()),
    }
}
