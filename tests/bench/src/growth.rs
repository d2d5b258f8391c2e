//! How rates change as the book grows. The engine slows down, too: the same requests go to a replica, which grows with
//! the book.

use std::ops::Range;
use std::time::Instant;

use contacts_book::ContactBook;
use contacts_harness::Bucket;
use contacts_testing::{Engine, Meter, Request, engine};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::Failure;
use crate::import;
use crate::people::{self, Countries, fill};
use crate::stats::median;
use crate::table::{Row, Target};
use crate::upsert::{event, upsert};

const GROWTH: &str = "growth";
const SIZES: [usize; 3] = [0, 10_000, 100_000];
const ROUNDS: usize = 5;
/// Rows and events of a round.
const ROWS: usize = 500;
const EVENTS: usize = 50;
const FILLED_AT_ONCE: usize = 2_000;
const REQUESTS_AT_ONCE: usize = 16;

/// How much of the empty book's ratio to the engine is to be left.
const KEPT: f64 = 0.85;

pub(crate) async fn measure() -> Result<Vec<Row>, Failure> {
    let mut book = Growing::new().await?;
    let mut rows = Vec::new();
    let mut first: Option<[f64; 3]> = None;
    for size in SIZES {
        book.grow(size).await?;
        let mut seconds: [Vec<(f64, f64)>; 3] = Default::default();
        for _ in 0..ROUNDS {
            for (all, one) in seconds.iter_mut().zip(book.round().await?) {
                all.push(one);
            }
        }
        let measured = seconds.each_ref().map(|all| median(all));
        let ratios = measured.map(|(figure, bare)| bare / figure);
        let empty = *first.get_or_insert(ratios);
        let kinds = [("rows imported", ROWS), ("new contacts upserted", EVENTS), ("new values upserted", EVENTS)];
        for (((what, count), (figure, bare)), ratio) in kinds.into_iter().zip(measured).zip(empty) {
            let row = Row::new(GROWTH, format!("{what}, {size} contacts"), count as f64 / figure, "/s");
            let row = row.beside("requests alone", count as f64 / bare);
            rows.push(if size == 0 { row } else { row.target(Target::RatioAtLeast(KEPT * ratio)) });
        }
    }
    book.bucket.stop().await;
    Ok(rows)
}

/// A book, and an engine that gets the same requests.
struct Growing {
    bucket: Bucket,
    replica: Engine,
    meter: Meter,
    book: ContactBook,
    /// How many people there are.
    people: usize,
    // The book's.
    _engine: Engine,
}

impl Growing {
    async fn new() -> Result<Growing, Failure> {
        let (engine, replica, meter) = (engine().await, engine().await, Meter::default());
        let book = meter.book(&engine).with_retry_limit(people::RETRY_LIMIT);
        Ok(Growing { bucket: Bucket::start().await, replica, meter, book, people: 0, _engine: engine })
    }

    /// New people.
    fn next(&mut self, count: usize) -> Range<usize> {
        let first = self.people;
        self.people += count;
        first..self.people
    }

    async fn grow(&mut self, people: usize) -> Result<(), Failure> {
        while self.people < people {
            let next = self.next((people - self.people).min(FILLED_AT_ONCE));
            fill(&self.book, next).await?;
            self.replay().await?;
        }
        Ok(())
    }

    /// Sends what was written since the last time to the replica, in so many seconds.
    async fn replay(&self) -> Result<f64, Failure> {
        let writes = self.meter.take().requests.into_iter().filter(|request| !matches!(request, Request::BatchGet(_)));
        let begun = Instant::now();
        let sent = stream::iter(writes).map(|write| write.send(self.replica.client()));
        sent.buffer_unordered(REQUESTS_AT_ONCE).try_collect::<()>().await?;
        Ok(begun.elapsed().as_secs_f64())
    }

    /// Seconds of an import, of events of new contacts, and of events with new values; and those of their writes alone.
    async fn round(&mut self) -> Result<[(f64, f64); 3], Failure> {
        let people = self.next(ROWS);
        let name = format!("from-{}", people.start);
        let file = people::file(people, Countries::Sixty, "Ada");
        let (imported, _) = import::import(&self.bucket, &self.book, &name, &file).await?;
        let rows = (imported, self.replay().await?);
        let people = self.next(EVENTS);
        let new = self.events(people.clone(), None, "created").await?;
        let news = self.events(people, Some("Ada"), "updated").await?;
        Ok([rows, new, news])
    }

    /// One after the other.
    async fn events(&self, people: Range<usize>, name: Option<&str>, outcome: &str) -> Result<(f64, f64), Failure> {
        let (mut seconds, mut bare) = (0.0, 0.0);
        for n in people {
            let name = name.map(|name| ("name", name.to_owned()));
            let captured: Vec<_> = [("email", people::email(n))].into_iter().chain(name).collect();
            let event = event(&format!("chat-{n}"), 0, &captured)?;
            let begun = Instant::now();
            upsert(&self.book, &event, outcome).await?;
            seconds += begun.elapsed().as_secs_f64();
            bare += self.replay().await?;
        }
        Ok((seconds, bare))
    }
}
