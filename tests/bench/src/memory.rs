//! The peak memory of the functions as they are deployed: each is a process of its own; table and bucket are here.

use std::path::Path;
use std::sync::Arc;

use contacts::{CustomField, CustomKey, CustomType, ExportId, time};
use contacts_book::{ContactBook, Export, ExportStatus, ImportStatus, schema};
use contacts_files::keys;
use contacts_local::constants::{BUCKET, TABLE};
use contacts_local::{Options, Subscriber, System, Wiring, sdk_config};
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

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
    let (sender, mut events) = unbounded_channel();
    let recorder: Subscriber = Arc::new(move |event| {
        let sent = sender.send(event).map_err(|error| error.to_string());
        Box::pin(async { sent })
    });
    let wiring = Wiring { object_created: Some(recorder), ..Wiring::default() };
    let system = System::start(Options::default(), async |_| Ok(wiring)).await?;
    let dynamodb = aws_sdk_dynamodb::Client::new(&sdk_config(system.dynamodb_url()));
    schema::create_table(&dynamodb, TABLE).await?;
    let book = ContactBook::new(dynamodb, TABLE);
    let s3 = aws_sdk_s3::Client::new(&sdk_config(system.s3_url()));

    let function = |name: &str| functions.join(name).join("bootstrap");
    let mut import = Function::start(&function("csv-import"), system.endpoints()).await?;
    import_all(&mut import, &book, &s3, &mut events).await?;
    let mut export = Function::start(&function("csv-export"), system.endpoints()).await?;
    export_all(&mut export, &book, &s3, &mut events).await?;
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
    system.stop().await;
    Ok(rows)
}

/// Imports a file of long rows: half of each is kept in a custom field, half is ignored.
async fn import_all(
    function: &mut Function,
    book: &ContactBook,
    s3: &aws_sdk_s3::Client,
    events: &mut UnboundedReceiver<Value>,
) -> Result<(), Failure> {
    let workspace = workspace()?;
    let field = CustomField::new(CustomKey::parse("note")?, "Note", CustomType::String)?;
    book.define_field(&workspace, &field, &contacts_testing::person()).await??;
    let ignored = "x".repeat(BYTES / PEOPLE - NOTE);
    let mut file = "Name,Phone,Email,custom.note,Other\r\n".to_owned();
    for n in 0..PEOPLE {
        let (phone, email) = (Countries::Sixty.phone(n), people::email(n));
        file.push_str(&format!("Ada {n},{phone},{email},{},{ignored}\r\n", "y".repeat(NOTE)));
    }
    s3.put_object().bucket(BUCKET).key("imports/acme/people.csv").body(file.into_bytes().into()).send().await?;
    loop {
        // The reports' and the exports' files have events, too, that their functions do not get.
        let event = events.recv().await.ok_or("no event of the import")?;
        function.invoke(event).await?;
        let import = book.imports(&workspace, 1, None).await??.imports.into_iter().next().ok_or("no import")?;
        match import.status {
            ImportStatus::Completed if import.counts.created as usize == PEOPLE => return Ok(()),
            ImportStatus::Completed | ImportStatus::Failed => return Err(format!("{import:?}").into()),
            _ => {}
        }
    }
}

async fn export_all(
    function: &mut Function,
    book: &ContactBook,
    s3: &aws_sdk_s3::Client,
    events: &mut UnboundedReceiver<Value>,
) -> Result<(), Failure> {
    let (workspace, id) = (workspace()?, ExportId::new());
    book.create_export(&workspace, &Export::new(id, time::now()), &contacts_testing::person()).await?;
    let key = keys::export_request(&workspace, id);
    s3.put_object().bucket(BUCKET).key(key).body(b"{}".to_vec().into()).send().await?;
    loop {
        function.invoke(events.recv().await.ok_or("no event of the export")?).await?;
        match book.export(&workspace, id).await?.ok_or("no export")?.status {
            ExportStatus::Completed => return Ok(()),
            ExportStatus::Failed => return Err("the export has failed".into()),
            ExportStatus::Running => {}
        }
    }
}
