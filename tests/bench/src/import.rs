//! The import of a file, from the event of S3 to its last row, beside the same items alone.

use lambda_runtime::{Context, LambdaEvent};
use std::time::Instant;

use contacts_book::{ContactBook, ImportCounts};
use contacts_harness::Bucket;
use contacts_testing::engine;

use crate::Failure;
use crate::bare::{self, CONCURRENCIES};
use crate::people::{self, Countries, RETRY_LIMIT, workspace};
use crate::stats::median;
use crate::table::{Row, Target};

const IMPORT: &str = "import";
/// As many as a chunk has.
const PEOPLE: usize = 10_000;
const ROUNDS: usize = 7;
/// How often the file without news is imported in a round: it takes the least time, so it is disturbed the most.
const AGAIN: usize = 3;

pub(crate) async fn measure() -> Result<Vec<Row>, Failure> {
    let bucket = Bucket::start().await;
    let best = Best::find(&bucket).await?;
    let (mut new, mut news, mut unchanged) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let round = round(&bucket, &best).await?;
        new.push(round.new);
        news.push(round.news);
        unchanged.extend(round.unchanged);
    }
    bucket.stop().await;
    let row = |what: &str, beside: &'static str, pairs: &[(f64, f64)]| {
        let (imported, bare) = median(pairs);
        Row::new(IMPORT, what, PEOPLE as f64 / imported, "rows/s").beside(beside, PEOPLE as f64 / bare)
    };
    Ok(vec![
        row("all new", "full transactions", &new).target(Target::RatioAtLeast(0.8)),
        row("all known, with news", "PutItem", &news),
        row("all unchanged", "BatchGetItem", &unchanged).target(Target::RatioAtLeast(0.8)),
    ])
}

/// Seconds of an import and of the bare requests.
struct Round {
    new: (f64, f64),
    news: (f64, f64),
    unchanged: [(f64, f64); AGAIN],
}

/// Imports a file of new people, one with news of them, and that again.
async fn round(bucket: &Bucket, best: &Best) -> Result<Round, Failure> {
    let (engine, plain) = (engine().await, engine().await);
    let book = engine.book().with_retry_limit(RETRY_LIMIT);
    let [first, second] = ["Ada", "Grace"].map(|name| people::file(0..PEOPLE, Countries::One, name));
    let all = |count: u64| if count == PEOPLE as u64 { Ok(()) } else { Err(format!("only {count} rows")) };

    let (imported, counts) = import(bucket, &book, "first", &first).await?;
    all(counts.created)?;
    let people = bare::people(&engine).await?;
    let new = (imported, bare::transact(&plain, &people, best.transact).await?);

    let (imported, counts) = import(bucket, &book, "second", &second).await?;
    all(counts.updated)?;
    let people = bare::people(&engine).await?;
    let news = (imported, bare::put(&plain, &people, best.put).await?);

    let mut unchanged = [(f64::NAN, f64::NAN); AGAIN];
    for (time, pair) in unchanged.iter_mut().enumerate() {
        let (imported, counts) = import(bucket, &book, &format!("again-{time}"), &second).await?;
        all(counts.unchanged)?;
        *pair = (imported, bare::batch_get(&plain, &people, best.batch_get).await?);
    }
    Ok(Round { new, news, unchanged })
}

/// The best concurrency of each bare loop.
struct Best {
    transact: usize,
    put: usize,
    batch_get: usize,
}

impl Best {
    async fn find(bucket: &Bucket) -> Result<Best, Failure> {
        let booked = engine().await;
        import(bucket, &booked.book(), "some", &people::file(0..PEOPLE / 4, Countries::One, "Ada")).await?;
        let people = bare::people(&booked).await?;
        let mut found = [[0.0; CONCURRENCIES.len()]; 3];
        for (place, at_once) in CONCURRENCIES.into_iter().enumerate() {
            let engine = engine().await;
            found[0][place] = bare::transact(&engine, &people, at_once).await?;
            found[1][place] = bare::put(&engine, &people, at_once).await?;
            found[2][place] = bare::batch_get(&engine, &people, at_once).await?;
        }
        let [transact, put, batch_get] = found.map(|seconds| {
            let all = CONCURRENCIES.into_iter().zip(seconds);
            all.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(1, |(at_once, _)| at_once)
        });
        Ok(Best { transact, put, batch_get })
    }
}

/// Imports a file; returns the seconds that it took and the counts of its rows.
pub(crate) async fn import(
    bucket: &Bucket,
    book: &ContactBook,
    name: &str,
    file: &str,
) -> Result<(f64, ImportCounts), Failure> {
    let event = bucket.put(&format!("imports/{}/{name}.csv", people::WORKSPACE), file).await;
    let importer = bucket.importer(book.clone());
    let begun = Instant::now();
    csv_import::handle(&importer, LambdaEvent::new(event, Context::default())).await?;
    let seconds = begun.elapsed().as_secs_f64();
    let imports = book.imports(&workspace()?, 1, None).await??.imports;
    let import = imports.into_iter().next().ok_or("no import")?;
    Ok((seconds, import.counts))
}
