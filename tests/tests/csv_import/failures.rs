//! Files that cannot be read, and services that cannot be reached.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_sdk_s3::Client as S3;
use contacts_book::ImportStatus;
use contacts_csv::cut::Limits;
use contacts_harness::{ImportHarness, assert_counts_add_up, people_csv, summary};
use contacts_local::sdk_config;
use contacts_testing::{Fault, FaultInjector, each_request};
use csv_import::{ImportError, Importer, handle};
use lambda_runtime::{Context, Diagnostic, LambdaEvent};
use tokio::io::{AsyncReadExt as _, copy};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

#[tokio::test]
async fn a_file_that_cannot_be_read_fails_its_import_with_a_reason() {
    let harness = ImportHarness::new().await;
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
        let import = harness.import(name, body).await;
        let error = import.error.clone().unwrap();
        assert_eq!((import.status, error.code.as_str()), (ImportStatus::Failed, code), "{name}");
        assert!(error.reason.contains(reason), "{name}: {}", error.reason);
        assert!(import.finished_at.is_some());
        assert_eq!(import.counts.read, 0, "{name}");
    }
    assert_eq!(harness.people().await, [""; 0]);
}

#[tokio::test]
async fn a_file_with_only_a_header_imports_no_contact() {
    let harness = ImportHarness::new().await;
    for (name, body) in [("line", "name,email\r\n"), ("open", "sep=;\nname;email"), ("padded", "name,email\n,\n\n")] {
        assert_eq!(summary(&harness.import(name, body).await), "completed", "{name}");
    }
}

#[tokio::test]
async fn a_fault_at_the_end_of_a_file_is_found_before_any_row_is_imported() {
    let harness = ImportHarness::new().await;
    let import = harness.import("nul", people_csv(1_200) + "Eve,\0,,").await;
    assert_eq!(summary(&import), "failed(not_text)");
    let quote = harness.import("quote", people_csv(1_201) + "\"Eve,,,\n").await;
    assert_eq!(summary(&quote), "failed(unclosed_quote)");
    let late = [people_csv(1_000).as_bytes(), b"Zo\xC3\xAB,,zoe@example.com,\n\xFF"].concat();
    // The first character beyond ASCII was UTF-8, so what comes last is not Windows-1252.
    assert_eq!(summary(&harness.import("late", late).await), "failed(malformed_text)");
    assert_eq!(harness.faults.contact_writes(), 0);
    assert_eq!(harness.people().await, [""; 0]);
}

#[tokio::test]
async fn a_file_that_is_gone_or_another_one_fails_its_import() {
    let harness = ImportHarness::new().await;
    let first = harness.put("imports/acme/replaced.csv", "email\nada@example.com\n").await;
    let second = harness.put("imports/acme/replaced.csv", "email\nbob@example.com\n").await;
    harness.handle(&first).await.unwrap();
    harness.handle(&second).await.unwrap();
    let mut imports: Vec<String> = harness.imports().await.iter().map(summary).collect();
    imports.sort();
    assert_eq!(imports, ["completed read=1 created=1", "failed(file_replaced)"]);

    let gone = harness.put("imports/acme/gone.csv", "email\nada@example.com\n").await;
    harness.bucket.delete("imports/acme/gone.csv").await;
    harness.handle(&gone).await.unwrap();
    assert_eq!(summary(&harness.imported("gone.csv").await), "failed(file_gone)");

    let mut elsewhere = harness.put("imports/acme/elsewhere.csv", "email\nada@example.com\n").await;
    elsewhere.records[0].s3.bucket.name = Some("another-bucket".to_owned());
    harness.handle(&elsewhere).await.unwrap();
    assert_eq!(summary(&harness.imported("elsewhere.csv").await), "failed(file_unreadable)");
    assert_eq!(harness.people().await, ["email:bob@example.com"]);
}

#[tokio::test]
async fn an_import_goes_on_after_an_outage_of_the_book() {
    let harness = ImportHarness::new().await;
    let event = harness.put("imports/acme/people.csv", people_csv(900)).await;
    let faults = FaultInjector::default();
    let book = harness.engine.book_through(&faults).with_retry_limit(Duration::from_millis(100));
    let importer = harness.bucket.importer(book);
    // After 20 writes of contacts the table is out of reach.
    let writes = AtomicUsize::new(0);
    faults.inject(move |request| {
        let before = writes.fetch_add(usize::from(request.writes_contacts()), Ordering::SeqCst);
        (before >= 20).then_some(Fault::TimeoutBefore)
    });
    let error = handle(&importer, LambdaEvent::new(event.clone(), Context::default())).await.unwrap_err();
    assert!(matches!(error, ImportError::BookUnavailable(_)), "{error:?}");
    assert_eq!(Diagnostic::from(error).error_type, "Unavailable");
    let import = harness.imported("people.csv").await;
    assert_counts_add_up(&import);
    assert_eq!(import.status, ImportStatus::Running);
    let there = harness.people().await.len();
    assert!(there > 0 && there < 900, "{there}");

    harness.handle(&event).await.unwrap();
    let import = harness.imported("people.csv").await;
    assert_eq!(harness.people().await.len(), 900);
    // Those that were made before the outage count as what they were.
    assert_eq!(summary(&import), "completed read=900 created=900");
}

#[tokio::test]
async fn an_import_waits_for_its_file() {
    let harness = ImportHarness::new().await;
    let event = harness.put("imports/acme/people.csv", "email\nada@example.com\n").await;
    // A port that is taken, so that no other test gets it, but on which nobody listens.
    let nowhere = TcpSocket::new_v4().unwrap();
    nowhere.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let endpoint = format!("http://{}", nowhere.local_addr().unwrap());
    let importer = Importer::new(harness.book(), S3::new(&sdk_config(endpoint)));
    let error = handle(&importer, LambdaEvent::new(event.clone(), Context::default())).await.unwrap_err();
    assert_eq!(Diagnostic::from(error).error_type, "Unavailable");
    harness.handle(&event).await.unwrap();
    assert_eq!(summary(&harness.imported("people.csv").await), "completed read=1 created=1");
}

#[tokio::test]
async fn a_broken_connection_is_made_anew_where_it_broke() {
    let harness = ImportHarness::new().await;
    let event = harness.put("imports/acme/people.csv", people_csv(2_000)).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (proxy, s3) = (listener.local_addr().unwrap(), harness.bucket.address().to_owned());
    tokio::spawn(async move {
        for limit in [200_000, 100_000, 200_000, 50_000, u64::MAX] {
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
    let importer = Importer::new(harness.book(), S3::new(&sdk_config(format!("http://{proxy}"))));
    handle(&importer, LambdaEvent::new(event, Context::default())).await.unwrap();
    assert_eq!(summary(&harness.imported("people.csv").await), "completed read=2000 created=2000");
}

#[tokio::test]
async fn a_table_that_refuses_is_a_defect() {
    let harness = ImportHarness::new().await;
    let event = harness.put("imports/acme/people.csv", "email\nada@example.com\n").await;
    let book = contacts_book::ContactBook::new(harness.engine.client().clone(), "no-such-table");
    let error = handle(&harness.bucket.importer(book), LambdaEvent::new(event, Context::default())).await.unwrap_err();
    let diagnostic = Diagnostic::from(error);
    assert_eq!(
        (diagnostic.error_type.as_str(), diagnostic.error_message.as_str()),
        ("Internal", "the import could not be carried out")
    );
}

#[tokio::test]
async fn no_lost_answer_stops_an_import() {
    // One answer is lost in each run: that of the first request, of the second, … until a run has fewer requests.
    for lost in each_request() {
        let harness = ImportHarness::with_chunks(Limits { rows: 40, bytes: u64::MAX }).await;
        let faults = FaultInjector::default();
        let importer = harness.importer_through(&faults).with_chunks(Limits { rows: 40, bytes: u64::MAX });
        faults.inject(move |request| (request.nth == lost).then_some(Fault::TimeoutAfter));
        let event = harness.put("imports/acme/people.csv", people_csv(100)).await;
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            if handle(&importer, LambdaEvent::new(event.clone(), Context::default())).await.is_err() {
                handle(&importer, LambdaEvent::new(event, Context::default())).await.unwrap();
            }
            if !harness.imported("people.csv").await.status.is_final() {
                events.push(harness.chunk_event().await);
            }
        }
        let import = harness.imported("people.csv").await;
        assert_eq!(summary(&import), "completed read=100 created=100", "request {lost}");
        assert_eq!(harness.people().await.len(), 100);
        if faults.take_faults().is_empty() {
            assert!(lost > 15, "{lost}");
            return;
        }
    }
}

#[tokio::test]
async fn an_import_that_fails_reports_what_its_chunks_rejected() {
    let harness = ImportHarness::with_chunks(Limits { rows: 2, bytes: u64::MAX }).await;
    let key = "imports/acme/people.csv";
    let event =
        harness.put(key, "email,telephone\na@example.com,12\nb@example.com,+16502530000\nc@example.com,\n").await;
    harness.handle(&event).await.unwrap();
    let chunks = [harness.chunk_event().await, harness.chunk_event().await];
    let first = |chunk: &&aws_lambda_events::event::s3::S3Event| {
        chunk.records[0].s3.object.key.as_ref().unwrap().ends_with("/0.json")
    };
    harness.handle(chunks.iter().find(first).unwrap()).await.unwrap();
    harness.bucket.delete(key).await;
    harness.handle(chunks.iter().find(|chunk| !first(chunk)).unwrap()).await.unwrap();
    let import = harness.imported("people.csv").await;
    assert_eq!(summary(&import), "failed(file_gone) read=2 created=2");
    assert!(harness.report(&import).await.contains("a@example.com,12,skipped,2,telephone,"));
}
