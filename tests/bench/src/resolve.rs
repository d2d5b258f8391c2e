//! Who somebody is, in a large book, beside the bare two requests that the answer needs.

use std::time::Instant;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{Channel, Question, Settings};
use contacts_book::ContactBook;
use contacts_book::keys::{PK, SK};
use contacts_testing::{Engine, Meter, Request, engine};

use crate::Failure;
use crate::people::{self, Countries, RETRY_LIMIT, workspace};
use crate::stats::percentile;
use crate::table::{Row, Target};

const RESOLVE: &str = "resolve";
const PEOPLE: usize = 100_000;
const ASKED: usize = 1_000;
/// Between two that are asked about, so that nobody is asked about twice and no neighbours follow each other.
const STEP: usize = 97;

/// How much slower than the bare requests an answer may be.
const P50: f64 = 1.3;
const P99: f64 = 2.0;

pub(crate) async fn measure() -> Result<Vec<Row>, Failure> {
    let engine = engine().await;
    people::fill(&engine.book().with_retry_limit(RETRY_LIMIT), 0..PEOPLE).await?;
    let mut asked = Vec::new();
    for n in 0..ASKED {
        let phone = Countries::Sixty.phone(n * STEP % PEOPLE);
        asked.push((Bare::of(&engine, &phone).await?, phone));
    }
    let (mut answered, mut bare) = (Vec::new(), Vec::new());
    for (n, (requests, phone)) in asked.iter().enumerate() {
        // Each side meets a person first in every other round.
        if n % 2 == 0 {
            answered.push(answer(&engine.book(), phone).await?);
            bare.push(requests.send(&engine).await?);
        } else {
            bare.push(requests.send(&engine).await?);
            answered.push(answer(&engine.book(), phone).await?);
        }
    }
    let mut row = |name, percent, most: f64| {
        let (figure, two) = (percentile(&mut answered, percent), percentile(&mut bare, percent));
        let row = Row::new(RESOLVE, format!("by phone, {PEOPLE} contacts: {name}"), figure * 1e3, "ms");
        row.beside("two requests", two * 1e3).target(Target::RatioAtMost(most))
    };
    Ok(vec![row("p50", 50, P50), row("p99", 99, P99)])
}

/// Seconds of an answer, by a book that knows nothing yet.
async fn answer(book: &ContactBook, phone: &str) -> Result<f64, Failure> {
    let begun = Instant::now();
    let read = |settings: &Settings| {
        let mut question = Question::default();
        question.ask(Channel::Telephone, phone, settings);
        question
    };
    let answer = book.who_is(&workspace()?, read).await?;
    let seconds = begun.elapsed().as_secs_f64();
    if answer.contact.is_some() { Ok(seconds) } else { Err(format!("nobody has {phone}").into()) }
}

/// The requests that an answer sends.
struct Bare {
    /// For the settings and the claim.
    first: Request,
    /// For the contact.
    second: Request,
    /// The partition of the contact.
    partition: AttributeValue,
}

impl Bare {
    /// Finds out which they are.
    async fn of(engine: &Engine, phone: &str) -> Result<Bare, Failure> {
        let meter = Meter::default();
        answer(&meter.book(engine), phone).await?;
        let sent = meter.take().requests;
        let [first @ Request::BatchGet(_), second @ Request::BatchGet(contact)] = &sent[..] else {
            return Err(format!("{} requests read", sent.len()).into());
        };
        let keys = contact.request_items.as_ref().and_then(|items| items.get(engine.table()));
        let partition = keys.and_then(|keys| keys.keys().first()?.get(PK)).cloned().ok_or("no contact is read")?;
        Ok(Bare { first: first.clone(), second: second.clone(), partition })
    }

    /// Seconds that they take: the first, then the other two at once.
    async fn send(&self, engine: &Engine) -> Result<f64, Failure> {
        let (client, table) = (engine.client(), engine.table());
        let begun = Instant::now();
        self.first.clone().send(client).await?;
        let contact = self.second.clone().send(client);
        let (contact, conversations) = tokio::join!(contact, query(client, table, self.partition.clone()));
        contact?;
        conversations?;
        Ok(begun.elapsed().as_secs_f64())
    }
}

/// The conversations of a contact.
async fn query(client: &Client, table: &str, partition: AttributeValue) -> Result<(), Failure> {
    let query = client.query().table_name(table).consistent_read(true).scan_index_forward(false).limit(4);
    let query = query.key_condition_expression("#pk = :pk AND begins_with(#sk, :links)");
    let query = query.expression_attribute_names("#pk", PK).expression_attribute_names("#sk", SK);
    let query = query.expression_attribute_values(":pk", partition);
    query.expression_attribute_values(":links", AttributeValue::S("V#".to_owned())).send().await?;
    Ok(())
}
