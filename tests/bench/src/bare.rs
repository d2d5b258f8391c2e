//! What the engine does at best: the same items, by the same client, without anything else.

use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::time::Instant;

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, Put, TransactWriteItem};
use contacts_book::keys::{PK, SK};
use contacts_testing::Engine;
use futures_util::stream::{self, StreamExt as _};

use crate::Failure;

/// The most items of a transaction, and keys of a `BatchGetItem`.
const ITEMS_A_REQUEST: usize = 100;

/// How many requests are under way at once: the best of these is found by trying.
pub(crate) const CONCURRENCIES: [usize; 5] = [1, 2, 4, 8, 16];

pub(crate) type Item = HashMap<String, AttributeValue>;

/// A contact's items: its record and its claims.
pub(crate) type Person = Vec<Item>;

/// All that a book holds of its contacts, in the order of their making.
pub(crate) async fn people(engine: &Engine) -> Result<Vec<Person>, Failure> {
    let scan = engine.client().scan().table_name(engine.table()).consistent_read(true);
    let items: Vec<Item> = scan.into_paginator().items().send().collect::<Result<_, _>>().await?;
    let mut people: BTreeMap<String, Person> = BTreeMap::new();
    for item in items {
        // A contact has its id, a claim that of its contact; imports have neither.
        let id = match text(&item, SK) {
            "CONTACT" => text(&item, "id"),
            "CLAIM" => text(&item, "contact_id"),
            _ => continue,
        };
        people.entry(id.to_owned()).or_default().push(item);
    }
    // The record before its claims.
    people.values_mut().for_each(|person| person.sort_by_key(|item| text(item, SK) != "CONTACT"));
    Ok(people.into_values().collect())
}

fn text<'a>(item: &'a Item, name: &str) -> &'a str {
    item.get(name).and_then(|value| value.as_s().ok()).map_or("", String::as_str)
}

fn key(item: &Item) -> Item {
    [PK, SK].into_iter().filter_map(|name| Some((name.to_owned(), item.get(name)?.clone()))).collect()
}

/// Seconds that it takes to write people in full transactions.
pub(crate) async fn transact(engine: &Engine, people: &[Person], at_once: usize) -> Result<f64, Failure> {
    let put = |item: &Item| -> Result<_, BuildError> {
        let put = Put::builder().table_name(engine.table()).set_item(Some(item.clone())).build()?;
        Ok(TransactWriteItem::builder().put(put).build())
    };
    let mut packs: Vec<Vec<TransactWriteItem>> = vec![Vec::new()];
    for person in people {
        if packs.last().is_none_or(|pack| pack.len() + person.len() > ITEMS_A_REQUEST) {
            packs.push(Vec::new());
        }
        let items = person.iter().map(put).collect::<Result<Vec<_>, _>>()?;
        packs.last_mut().into_iter().for_each(|pack| pack.extend(items.iter().cloned()));
    }
    all(packs, at_once, |pack| {
        let transact = engine.client().transact_write_items().set_transact_items(Some(pack));
        async move {
            transact.send().await?;
            Ok(())
        }
    })
    .await
}

/// Seconds that it takes to replace people's records with what they are given as, by a `PutItem` each.
pub(crate) async fn put(engine: &Engine, people: &[Person], at_once: usize) -> Result<f64, Failure> {
    let records: Vec<Item> = people.iter().filter_map(|person| person.first().cloned()).collect();
    all(records, at_once, |record| {
        let put = engine.client().put_item().table_name(engine.table()).set_item(Some(record));
        async move {
            put.send().await?;
            Ok(())
        }
    })
    .await
}

/// Seconds that it takes to read people's claims and records, all consistently.
pub(crate) async fn batch_get(engine: &Engine, people: &[Person], at_once: usize) -> Result<f64, Failure> {
    let keys: Vec<Item> = people.iter().flatten().map(key).collect();
    let packs: Vec<Vec<Item>> = keys.chunks(ITEMS_A_REQUEST).map(<[Item]>::to_vec).collect();
    let table = engine.table();
    all(packs, at_once, |pack| {
        let (client, wanted) = (engine.client().clone(), pack.len());
        let table = table.to_owned();
        async move {
            let keys = KeysAndAttributes::builder().set_keys(Some(pack)).consistent_read(true).build()?;
            let answer = client.batch_get_item().request_items(&table, keys).send().await?;
            let found = answer.responses.and_then(|tables| tables.get(&table).map(Vec::len));
            if found == Some(wanted) { Ok(()) } else { Err("the engine lacks items".into()) }
        }
    })
    .await
}

/// Sends requests, so many at once, on all processors.
async fn all<T, F>(requests: Vec<T>, at_once: usize, send: impl Fn(T) -> F) -> Result<f64, Failure>
where
    F: Future<Output = Result<(), Failure>> + Send + 'static,
{
    let begun = Instant::now();
    let mut sent = stream::iter(requests).map(|request| tokio::spawn(send(request))).buffer_unordered(at_once);
    while let Some(one) = sent.next().await {
        one??;
    }
    Ok(begun.elapsed().as_secs_f64())
}
