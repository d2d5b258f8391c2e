//! Upserts: the event of a conversation, from its JSON to the answer.

use lambda_runtime::{Context, LambdaEvent};
use std::slice::from_ref;
use std::time::Instant;

use contacts_book::ContactBook;
use contacts_testing::{Meter, Spent, engine};
use serde_json::json;
use serde_json::value::RawValue;

use crate::Failure;
use crate::people;
use crate::stats::percentile;
use crate::table::{Row, Target};

const UPSERT: &str = "upsert";
const PEOPLE: usize = 300;

/// A kind of upsert: what it costs by the layout of the table at least (see ARCHITECTURE.md), and what it took.
struct Kind {
    what: &'static str,
    outcome: &'static str,
    requests: f64,
    read_units: f64,
    write_units: f64,
    spent: Spent,
    seconds: Vec<f64>,
    bare_seconds: Vec<f64>,
}

impl Kind {
    fn new(what: &'static str, outcome: &'static str, requests: u32, read_units: u32, write_units: u32) -> Kind {
        let [requests, read_units, write_units] = [requests, read_units, write_units].map(f64::from);
        let spent = Spent::default();
        Kind { what, outcome, requests, read_units, write_units, spent, seconds: Vec::new(), bare_seconds: Vec::new() }
    }
}

pub(crate) async fn measure() -> Result<Vec<Row>, Failure> {
    let (engine, replica, meter) = (engine().await, engine().await, Meter::default());
    let book = meter.book(&engine).with_retry_limit(people::RETRY_LIMIT);
    let mut new = Kind::new("new", "created", 2, 3, 11);
    let mut no_news = Kind::new("known, no news", "unchanged", 2, 4, 0);
    let mut named = Kind::new("known, first name", "updated", 3, 4, 4);
    let mut renamed = Kind::new("known, another name", "updated", 3, 4, 6);
    let mut later = Kind::new("known, a minute later", "updated", 3, 4, 3);
    let mut identifier = Kind::new("known, new identifier", "updated", 3, 4, 6);
    let mut conversation = Kind::new("known, new conversation", "updated", 3, 4, 8);
    let mut join = Kind::new("join", "updated", 3, 5, 10);
    let mut other = Kind::new("", "created", 2, 3, 11);
    for n in 0..PEOPLE {
        let email = ("email", people::email(n));
        let phone = ("telephone", people::Countries::Sixty.phone(n));
        let whatsapp = ("whatsapp", people::Countries::Sixty.phone(PEOPLE + n));
        let (chat, second) = (format!("chat-{n}"), format!("whatsapp-{n}"));
        let steps = [
            (&mut new, event(&chat, 0, from_ref(&email))),
            (&mut no_news, event(&chat, 0, from_ref(&email))),
            (&mut named, event(&chat, 0, &[email.clone(), ("name", format!("Person {n}"))])),
            (&mut renamed, event(&chat, 0, &[email.clone(), ("name", format!("Somebody Else{n}"))])),
            (&mut later, event(&chat, 1, from_ref(&email))),
            (&mut identifier, event(&chat, 1, &[phone])),
            (&mut conversation, event(&format!("again-{n}"), 2, from_ref(&email))),
            (&mut other, event(&second, 2, &[whatsapp])),
            (&mut join, event(&second, 2, &[email])),
        ];
        for (kind, event) in steps {
            let begun = Instant::now();
            upsert(&book, &event?, kind.outcome).await?;
            kind.seconds.push(begun.elapsed().as_secs_f64());
            kind.spent = meter.take();
            // All, so that the replica holds the same. The last is the one of the upsert's kind.
            for request in kind.spent.requests.clone() {
                let begun = Instant::now();
                request.send(replica.client()).await?;
                kind.bare_seconds.push(begun.elapsed().as_secs_f64());
            }
        }
    }
    Ok([new, no_news, named, renamed, later, identifier, conversation, join].iter().flat_map(rows).collect())
}

fn rows(kind: &Kind) -> [Row; 5] {
    let row = |what: &str, figure, unit| Row::new(UPSERT, format!("{}: {what}", kind.what), figure, unit);
    let last = kind.spent.requests.last().map_or("", |request| request.operation());
    let each = kind.spent.requests.len();
    let mut lasts: Vec<f64> = kind.bare_seconds.chunks(each).filter_map(|one| one.last().copied()).collect();
    let mut all = kind.seconds.clone();
    let mut time = |name, percent| {
        let (figure, bare) = (percentile(&mut all, percent), percentile(&mut lasts, percent));
        row(name, figure * 1e3, "ms").beside(last, bare * 1e3)
    };
    [
        time("p50", 50),
        time("p99", 99),
        row("requests", each as f64, "").target(Target::Exactly(kind.requests)),
        row("read", kind.spent.read_units, "units").target(Target::Exactly(kind.read_units)),
        row("written", kind.spent.write_units, "units").target(Target::Exactly(kind.write_units)),
    ]
}

pub(crate) async fn upsert(book: &ContactBook, event: &RawValue, outcome: &str) -> Result<(), Failure> {
    let answer = conversation_upsert::handle(book, LambdaEvent::new(event.to_owned(), Context::default())).await?;
    let answer = serde_json::to_value(&answer)?;
    if answer["outcome"] == outcome { Ok(()) } else { Err(format!("not {outcome}: {answer}").into()) }
}

/// The event of a conversation that began at noon.
pub(crate) fn event(
    conversation: &str,
    minute: u32,
    captured: &[(&str, String)],
) -> Result<Box<RawValue>, serde_json::Error> {
    let captured: Vec<_> = captured.iter().map(|(field, value)| json!({"field": field, "value": value})).collect();
    serde_json::value::to_raw_value(&json!({
        "workspace_id": people::WORKSPACE,
        "conversation_id": conversation,
        "channel": "web_chat",
        "assistant_id": "front-desk",
        "occurred_at": format!("2026-01-01T12:{minute:02}:00Z"),
        "captured": captured,
    }))
}
