//! Files that cannot be read, and services that cannot be reached.

use lambda_runtime::{Context, LambdaEvent};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_sdk_s3::Client as S3;
use contacts_book::ImportStatus;
use contacts_csv::cut::Limits;
use contacts_local::sdk_config;
use contacts_testing::{Fault, FaultInjector};
use csv_import::{ImportError, Importer, handle};
use lambda_runtime::Diagnostic;
use tokio::io::{AsyncReadExt as _, copy};
use tokio::net::{TcpListener, TcpStream};

use crate::desk::{BUCKET, Desk, crowd, told};

#[tokio::test]
async fn a_file_that_cannot_be_read_fails_its_import_with_a_reason() {
    let desk = Desk::new().await;
    let wide = format!("email{}\n", ",x".repeat(1_000));
    let long = format!("email,note\na@example.com,\"{}\"\n", "x".repeat(10 * 1024 * 1024));
    let cases: Vec<(&str, Vec<u8>, &str, &str)> = vec![
        ("empty", b"".to_vec(), "empty_file", "the file is empty"),
        ("mark", b"\xEF\xBB\xBF".to_vec(), "empty_file", "the file is empty"),
        ("blank", b"\r\n;;\r\n \r\n".to_vec(), "empty_file", "the file is empty"),
        (
            "workbook",
            b"PK\x03\x04\x14\x00\x06\x00".to_vec(),
            "not_text",
            "byte 5 of the file is NUL: it is not a text file",
        ),
        (
            "damaged",
            "email\né\u{FC}é@x.org,é\n".bytes().chain(*b"\xFF\n").collect(),
            "malformed_text",
            "is not valid utf-8",
        ),
        ("wide", wide.into(), "too_many_columns", "the record on line 1 has more than 1000 columns"),
        ("long", long.into(), "cell_too_long", "cell 2 of the record on line 2 is longer than 1048576 bytes"),
        ("quote", b"email\n\"a@example.com\n".to_vec(), "unclosed_quote", "the quote opened on line 2 is never closed"),
        ("nobody", b"Name,City\nAda,London\n".to_vec(), "no_identifier_column", "the columns are \"Name\", \"City\""),
    ];
    for (name, body, code, reason) in cases {
        let import = desk.import(name, body).await;
        let error = import.error.clone().unwrap();
        assert_eq!((import.status, error.code.as_str()), (ImportStatus::Failed, code), "{name}");
        assert!(error.reason.contains(reason), "{name}: {}", error.reason);
        assert!(import.finished_at.is_some());
        assert_eq!(import.counts.read, 0, "{name}");
    }
    assert_eq!(desk.people().await, [""; 0]);
}

#[tokio::test]
async fn a_header_alone_is_an_import_of_nobody() {
    let desk = Desk::new().await;
    for (name, body) in [("line", "name,email\r\n"), ("open", "sep=;\nname;email"), ("padded", "name,email\n,\n\n")] {
        assert_eq!(told(&desk.import(name, body).await), "completed", "{name}");
    }
}

#[tokio::test]
async fn a_fault_at_the_end_of_a_file_is_found_before_any_row_is_imported() {
    let desk = Desk::new().await;
    let import = desk.import("nul", crowd(1_200) + "Eve,\0,,").await;
    assert_eq!(told(&import), "failed(not_text)");
    let quote = desk.import("quote", crowd(1_201) + "\"Eve,,,\n").await;
    assert_eq!(told(&quote), "failed(unclosed_quote)");
    let late = [crowd(1_000).as_bytes(), b"Zo\xC3\xAB,,zoe@example.com,\n\xFF"].concat();
    // The first character beyond ASCII was UTF-8, so what comes last is not Windows-1252.
    assert_eq!(told(&desk.import("late", late).await), "failed(malformed_text)");
    assert_eq!(desk.faults.contact_writes(), 0);
    assert_eq!(desk.people().await, [""; 0]);
}

#[tokio::test]
async fn a_file_that_is_gone_or_another_one_fails_its_import() {
    let desk = Desk::new().await;
    let first = desk.put("imports/acme/replaced.csv", "email\nada@example.com\n").await;
    let second = desk.put("imports/acme/replaced.csv", "email\nbob@example.com\n").await;
    desk.handle(&first).await.unwrap();
    desk.handle(&second).await.unwrap();
    let mut imports: Vec<String> = desk.imports().await.iter().map(told).collect();
    imports.sort();
    assert_eq!(imports, ["completed read=1 created=1", "failed(file_replaced)"]);

    let gone = desk.put("imports/acme/gone.csv", "email\nada@example.com\n").await;
    desk.s3.delete_object().bucket(BUCKET).key("imports/acme/gone.csv").send().await.unwrap();
    desk.handle(&gone).await.unwrap();
    assert_eq!(told(&desk.imported("gone.csv").await), "failed(file_gone)");

    let mut elsewhere = desk.put("imports/acme/elsewhere.csv", "email\nada@example.com\n").await;
    elsewhere.records[0].s3.bucket.name = Some("another-bucket".to_owned());
    desk.handle(&elsewhere).await.unwrap();
    assert_eq!(told(&desk.imported("elsewhere.csv").await), "failed(file_unreadable)");
    assert_eq!(desk.people().await, ["email:bob@example.com"]);
}

#[tokio::test]
async fn an_import_goes_on_after_an_outage_of_the_book() {
    let desk = Desk::new().await;
    let event = desk.put("imports/acme/people.csv", crowd(900)).await;
    let faults = FaultInjector::default();
    let book = desk.engine.book_through(&faults).with_retry_limit(Duration::from_millis(100));
    let importer = Importer::new(book, desk.s3.clone());
    // After 20 writes of contacts the table is out of reach.
    let writes = AtomicUsize::new(0);
    faults.inject(move |request| {
        let before = writes.fetch_add(usize::from(request.writes_contacts()), Ordering::SeqCst);
        (before >= 20).then_some(Fault::TimeoutBefore)
    });
    let error = handle(&importer, LambdaEvent::new(event.clone(), Context::default())).await.unwrap_err();
    assert!(matches!(error, ImportError::BookUnavailable(_)), "{error:?}");
    assert_eq!(Diagnostic::from(error).error_type, "Unavailable");
    let import = desk.imported("people.csv").await;
    told(&import);
    assert_eq!(import.status, ImportStatus::Running);
    let there = desk.people().await.len();
    assert!(there > 0 && there < 900, "{there}");

    desk.handle(&event).await.unwrap();
    let import = desk.imported("people.csv").await;
    assert_eq!(desk.people().await.len(), 900);
    // Those that were made before the outage count as what they were.
    assert_eq!(told(&import), "completed read=900 created=900");
}

#[tokio::test]
async fn an_import_waits_for_its_file() {
    let desk = Desk::new().await;
    let event = desk.put("imports/acme/people.csv", "email\nada@example.com\n").await;
    let nowhere = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let importer = Importer::new(desk.book(), S3::new(&sdk_config(format!("http://{nowhere}"))));
    let error = handle(&importer, LambdaEvent::new(event.clone(), Context::default())).await.unwrap_err();
    assert_eq!(Diagnostic::from(error).error_type, "Unavailable");
    desk.handle(&event).await.unwrap();
    assert_eq!(told(&desk.imported("people.csv").await), "completed read=1 created=1");
}

#[tokio::test]
async fn a_broken_connection_is_made_anew_where_it_broke() {
    let desk = Desk::new().await;
    let event = desk.put("imports/acme/people.csv", crowd(3_000)).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (proxy, s3) = (listener.local_addr().unwrap(), desk.s3_address().to_owned());
    tokio::spawn(async move {
        for limit in [300_000, 200_000, 1_000_000, 100_000, u64::MAX] {
            let (mut client, _) = listener.accept().await.unwrap();
            let mut server = TcpStream::connect(&s3).await.unwrap();
            let (mut from_client, mut to_client) = client.split();
            let (from_server, mut to_server) = server.split();
            let mut answer = from_server.take(limit);
            tokio::select! {
                _ = copy(&mut answer, &mut to_client) => {}
                _ = copy(&mut from_client, &mut to_server) => {}
            }
        }
    });
    let importer = Importer::new(desk.book(), S3::new(&sdk_config(format!("http://{proxy}"))));
    handle(&importer, LambdaEvent::new(event, Context::default())).await.unwrap();
    assert_eq!(told(&desk.imported("people.csv").await), "completed read=3000 created=3000");
}

#[tokio::test]
async fn a_table_that_refuses_is_a_defect() {
    let desk = Desk::new().await;
    let event = desk.put("imports/acme/people.csv", "email\nada@example.com\n").await;
    let book = contacts_book::ContactBook::new(desk.engine.client().clone(), "no-such-table");
    let error =
        handle(&Importer::new(book, desk.s3.clone()), LambdaEvent::new(event, Context::default())).await.unwrap_err();
    let diagnostic = Diagnostic::from(error);
    assert_eq!(
        (diagnostic.error_type.as_str(), diagnostic.error_message.as_str()),
        ("Internal", "the import could not be carried out")
    );
}

#[tokio::test]
async fn no_lost_answer_of_the_table_stops_an_import() {
    // One answer is lost in each run: that of the first request, of the second, … until a run has fewer requests.
    for lost in 0.. {
        let desk = Desk::with_chunks(Limits { rows: 40, bytes: u64::MAX }).await;
        let faults = FaultInjector::default();
        let book = desk.engine.book_through(&faults).with_retry_limit(Duration::from_secs(2));
        let importer = Importer::new(book, desk.s3.clone()).with_chunks(Limits { rows: 40, bytes: u64::MAX });
        faults.inject(move |request| (request.nth == lost).then_some(Fault::TimeoutAfter));
        let event = desk.put("imports/acme/people.csv", crowd(100)).await;
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            if handle(&importer, LambdaEvent::new(event.clone(), Context::default())).await.is_err() {
                handle(&importer, LambdaEvent::new(event, Context::default())).await.unwrap();
            }
            if !desk.imported("people.csv").await.status.is_final() {
                events.push(desk.chunk().await);
            }
        }
        let import = desk.imported("people.csv").await;
        assert_eq!(told(&import), "completed read=100 created=100", "request {lost}");
        assert_eq!(desk.people().await.len(), 100);
        if faults.take_faults().is_empty() {
            assert!(lost > 15, "{lost}");
            return;
        }
    }
}

#[tokio::test]
async fn an_import_that_fails_reports_what_its_chunks_rejected() {
    let desk = Desk::with_chunks(Limits { rows: 2, bytes: u64::MAX }).await;
    let key = "imports/acme/people.csv";
    let event = desk.put(key, "email,telephone\na@example.com,12\nb@example.com,\nc@example.com,\n").await;
    desk.handle(&event).await.unwrap();
    let chunks = [desk.chunk().await, desk.chunk().await];
    let first = |chunk: &&aws_lambda_events::event::s3::S3Event| {
        chunk.records[0].s3.object.key.as_ref().unwrap().ends_with("/0.json")
    };
    desk.handle(chunks.iter().find(first).unwrap()).await.unwrap();
    desk.s3.delete_object().bucket(BUCKET).key(key).send().await.unwrap();
    desk.handle(chunks.iter().find(|chunk| !first(chunk)).unwrap()).await.unwrap();
    let import = desk.imported("people.csv").await;
    assert_eq!(told(&import), "failed(file_gone) read=2 created=1 rejected=1");
    assert!(desk.report(&import).await.contains("a@example.com,12,rejected,2,telephone,"));
}
