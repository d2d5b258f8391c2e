//! Reads the table itself: its invariants and its contacts.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::time;
use contacts_book::Audit;
use contacts_book::keys::{INDEX_SHARD, PK};

use crate::clients::Clients;
use crate::run::SoakError;

/// The contents of the table.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) items: usize,
    /// The ids of the live contacts, by workspace.
    pub(super) live: HashMap<String, BTreeSet<String>>,
    pub(super) violations: Vec<String>,
}

/// Reads the whole table.
pub(super) async fn read(clients: &Clients) -> Result<Table, SoakError> {
    let (mut audit, mut table) = (Audit::default(), Table::default());
    let mut pages = clients.dynamodb.scan().table_name(&clients.table).consistent_read(true).into_paginator().send();
    while let Some(page) = pages.next().await {
        for item in page?.items() {
            audit.add(item, time::now());
            table.items += 1;
            // `W#<workspace>#C#<id>`; the audit checks that exactly the live contacts are in the indexes.
            if let Some(AttributeValue::S(pk)) = item.get(PK)
                && item.contains_key(INDEX_SHARD)
                && let [_, workspace, _, id] = pk.split('#').collect::<Vec<_>>()[..]
            {
                table.live.entry(workspace.to_owned()).or_default().insert(id.to_owned());
            }
        }
    }
    table.violations = audit.finish().into_iter().map(|violation| violation.to_string()).collect();
    Ok(table)
}
