//! Reads the table itself: its invariants and its contacts.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::time;
use contacts_book::Audit;
use contacts_book::keys::{INDEX_SHARD, PK, SK};

use super::erased;
use crate::bus::EventLog;
use crate::clients::{Clients, ERASED};
use crate::state::SoakError;

/// The contents of the table.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) items: usize,
    /// The ids of the live contacts, by workspace.
    pub(super) live: HashMap<String, BTreeSet<String>>,
    pub(super) violations: Vec<String>,
}

/// Reads the whole table. What it has of people who were `erased` is a violation.
pub(super) async fn read(clients: &Clients, erased: &BTreeSet<String>) -> Result<Table, SoakError> {
    let (mut audit, mut table, mut histories) = (Audit::default(), Table::default(), Histories::default());
    let mut left = Vec::new();
    let mut pages = clients.dynamodb.scan().table_name(&clients.table).consistent_read(true).into_paginator().send();
    while let Some(page) = pages.next().await {
        for item in page?.items() {
            audit.add(item, time::now());
            table.items += 1;
            histories.add(item);
            let Some(AttributeValue::S(pk)) = item.get(PK) else { continue };
            // `W#<workspace>#C#<id>` is the partition of a contact.
            let parts: Vec<&str> = pk.split('#').collect();
            if parts.contains(&ERASED) {
                left.extend(erased::in_text(&format!("{pk} {:?}", item.get(SK)), &format!("{item:?}"), erased));
            }
            // The audit checks that exactly the live contacts are in the indexes.
            if item.contains_key(INDEX_SHARD)
                && let [_, workspace, _, id] = parts[..]
            {
                table.live.entry(workspace.to_owned()).or_default().insert(id.to_owned());
            }
        }
    }
    table.violations = audit.finish().into_iter().map(|violation| violation.to_string()).collect();
    table.violations.extend(histories.finish());
    table.violations.extend(clients.bus.iter().flat_map(|bus| histories.unpublished(bus)));
    table.violations.extend(left);
    Ok(table)
}

/// The versions of the contacts, and those that their histories have.
#[derive(Debug, Default)]
struct Histories {
    versions: HashMap<String, u64>,
    entries: HashMap<String, BTreeSet<u64>>,
}

impl Histories {
    fn add(&mut self, item: &HashMap<String, AttributeValue>) {
        let (Some(AttributeValue::S(pk)), Some(AttributeValue::S(sk))) = (item.get(PK), item.get(SK)) else { return };
        let version = item.get("version").and_then(|version| version.as_n().ok()?.parse().ok());
        if let Some(entry) = sk.strip_prefix("H#").and_then(|version| version.parse().ok()) {
            self.entries.entry(pk.clone()).or_default().insert(entry);
        } else if sk == "CONTACT" && !item.contains_key("erased_at") {
            self.versions.extend(version.map(|version| (pk.clone(), version)));
        }
    }

    /// The versions that were not published, besides those of erased contacts.
    fn unpublished(&self, bus: &EventLog) -> Vec<String> {
        let all = self.entries.iter().flat_map(|(pk, versions)| versions.iter().map(move |version| (pk, *version)));
        let missing = all.filter(|(pk, version)| {
            let contact = pk.rsplit('#').next().unwrap_or_default();
            self.versions.contains_key(*pk) && !bus.has(contact, *version)
        });
        missing.map(|(pk, version)| format!("{pk}: version {version} was not published")).collect()
    }

    /// The contacts that do not have one entry for each version, besides those that were erased. A system whose stream nobody
    /// follows has none at all.
    fn finish(&self) -> Vec<String> {
        if self.entries.is_empty() {
            return Vec::new();
        }
        let missing = |(pk, version): &(&String, &u64)| {
            !self.entries.get(*pk).is_some_and(|entries| entries.iter().copied().eq(1..=**version))
        };
        let without = self.versions.iter().filter(missing);
        without.map(|(pk, version)| format!("{pk}: the history does not have each of its {version} versions")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_that_was_not_published_is_found() {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let of = |sk: &str, version: &str| {
            let version = ("version".to_owned(), AttributeValue::N(version.to_owned()));
            HashMap::from([(PK.to_owned(), text("W#acme#C#7")), (SK.to_owned(), text(sk)), version])
        };
        let mut histories = Histories::default();
        for item in [of("H#000000000001", "1"), of("H#000000000002", "2"), of("CONTACT", "2")] {
            histories.add(&item);
        }
        let bus = EventLog::default();
        bus.note("7", 1);
        assert_eq!(histories.finish(), [] as [&str; 0]);
        assert_eq!(histories.unpublished(&bus), ["W#acme#C#7: version 2 was not published"]);
    }
}
