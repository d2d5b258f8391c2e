//! Lists: pages of 50, however many contacts there are.

use std::time::Instant;

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{Contact, time};
use contacts_book::keys::{INDEX_SHARD, RECENT, RECENT_INDEX};
use contacts_book::{ContactBook, Cursor, List, Sort};
use contacts_testing::{Engine, engine};

use crate::Failure;
use crate::people::{self, RETRY_LIMIT, workspace};
use crate::stats::percentile;
use crate::table::Row;

const LIST: &str = "list";
const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
const PAGE: usize = 50;
const FAR: usize = 1_000;
const ROUNDS: usize = 100;

pub(crate) async fn measure() -> Result<Vec<Row>, Failure> {
    let engine = engine().await;
    let book = engine.book().with_retry_limit(RETRY_LIMIT);
    let (mut rows, mut filled) = (Vec::new(), 0);
    for size in SIZES {
        people::fill(&book, filled..size).await?;
        filled = size;
        rows.extend(page(&engine, &book, &format!("page 1 of {size} contacts"), None).await?);
        if size >= FAR * PAGE {
            let before = walk(&book, (FAR - 1) * PAGE).await?;
            rows.extend(page(&engine, &book, &format!("page {FAR} of {size} contacts"), Some(before)).await?);
        }
    }
    Ok(rows)
}

/// The page behind so many contacts: the last of them, and the cursor.
async fn walk(book: &ContactBook, mut contacts: usize) -> Result<(Contact, Cursor), Failure> {
    let mut after = None;
    loop {
        let limit = contacts.min(200);
        let list = List { sort: Sort::Recent, prefix: None, limit, after };
        let page = book.list(&workspace()?, &list).await??;
        contacts -= limit;
        match (page.contacts.into_iter().next_back(), page.next) {
            (Some(last), Some(next)) if contacts == 0 => return Ok((last, next)),
            (_, next) => after = Some(next.ok_or("the list ends early")?),
        }
    }
}

async fn page(
    engine: &Engine,
    book: &ContactBook,
    what: &str,
    before: Option<(Contact, Cursor)>,
) -> Result<[Row; 2], Failure> {
    let (last, after) = before.unzip();
    let list = List { sort: Sort::Recent, prefix: None, limit: PAGE, after };
    let (mut listed, mut queried) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let page = book.list(&workspace()?, &list).await??;
        listed.push(begun.elapsed().as_secs_f64());
        let begun = Instant::now();
        let items = query(engine, last.as_ref()).await?;
        queried.push(begun.elapsed().as_secs_f64());
        if page.contacts.len() != PAGE || items != PAGE {
            return Err(format!("{what} has {} contacts and {items} items", page.contacts.len()).into());
        }
    }
    let mut row = |name, percent| {
        let (figure, bare) = (percentile(&mut listed, percent), percentile(&mut queried, percent));
        Row::new(LIST, format!("{what}: {name}"), figure * 1e3, "ms").beside("Query", bare * 1e3)
    };
    Ok([row("p50", 50), row("p99", 99)])
}

/// The bare Query of the page: how many items it has.
async fn query(engine: &Engine, last: Option<&Contact>) -> Result<usize, Failure> {
    let mut condition = "#shard = :shard".to_owned();
    let mut query = engine
        .client()
        .query()
        .table_name(engine.table())
        .index_name(RECENT_INDEX)
        .scan_index_forward(false)
        .limit(i32::try_from(PAGE)?)
        .expression_attribute_names("#shard", INDEX_SHARD)
        .expression_attribute_values(":shard", AttributeValue::S(format!("{}#0", people::WORKSPACE)));
    if let Some(last) = last {
        let from = format!("{}#{}", time::sort_key(last.last_activity()), last.id);
        condition.push_str(" AND #recent < :from");
        query = query
            .expression_attribute_names("#recent", RECENT)
            .expression_attribute_values(":from", AttributeValue::S(from));
    }
    let answer = query.key_condition_expression(condition).send().await?;
    Ok(answer.items().len())
}
