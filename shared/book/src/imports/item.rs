//! How imports and their chunks are stored in the table.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{Country, CustomType, Existing, ImportId, OnInvalid, Quoting, Workspace};

use super::undo::read_undo;
use super::{Chunks, Import, ImportColumn, ImportCounts, ImportFailure, ImportStatus, PlanSecret};
use crate::item::{self, Attributes as _, Item, MalformedItem, optional};
use crate::keys::{Key, SK};

pub(super) const STATUS: &str = "status";
/// The warnings of chunks, as a set of strings, so that each is listed once.
pub(super) const NOTES: &str = "notes";
/// Which rows of a chunk are about one contact.
pub(super) const PEOPLE: &str = "people";
pub(super) const REPORTED: &str = "rows_reported";
pub(super) const CHUNKS_TOTAL: &str = "chunks_total";
pub(super) const CHUNKS_DONE: &str = "chunks_done";
pub(super) const CHUNKS_RELEASED: &str = "chunks_released";

/// The key of the import's file.
pub(super) const KEY: &str = "file_key";
/// When the import, or a chunk of it, last made progress.
pub(super) const PROGRESSED_AT: &str = "progressed_at";
pub(super) const BYTES_CHECKED: &str = "bytes_checked";
/// The secret that the chunks of the import prove to know.
pub(crate) const PLAN_SECRET: &str = "plan_secret";
pub(super) const ERROR_CODE: &str = "error_code";
pub(super) const ERROR_REASON: &str = "error_reason";

type Count = fn(&mut ImportCounts) -> &mut u64;

/// The counts, by the names of their attributes.
pub(super) const COUNTS: [(&str, Count); 11] = [
    ("bytes_done", |counts| &mut counts.bytes_done),
    ("rows_read", |counts| &mut counts.read),
    ("rows_created", |counts| &mut counts.created),
    ("rows_updated", |counts| &mut counts.updated),
    ("rows_unchanged", |counts| &mut counts.unchanged),
    ("rows_rejected", |counts| &mut counts.rejected),
    ("joined", |counts| &mut counts.joined),
    ("conflicts", |counts| &mut counts.conflicts),
    ("duplicates", |counts| &mut counts.duplicates),
    ("other_names", |counts| &mut counts.other_names),
    ("shared", |counts| &mut counts.shared),
];

pub(super) fn import_item(workspace: &Workspace, import: &Import) -> Item {
    let mut item = item::item_at(Key::import(workspace, import.id));
    item.extend(plan_attributes(import));
    let mut put = |name: &str, value: AttributeValue| item.insert(name.to_owned(), value);
    put(STATUS, item::text(import.status.as_str()));
    put("file_name", item::text(&import.file_name));
    put("default_country", item::text(import.default_country.as_str()));
    put("on_invalid", item::text(import.on_invalid.as_str()));
    put("existing", item::text(import.existing.as_str()));
    put("quoting", item::text(import.quoting.as_str()));
    put("dry_run", AttributeValue::Bool(import.dry_run));
    let moments = [
        ("created_at", Some(import.created_at)),
        ("started_at", import.started_at),
        ("finished_at", import.finished_at),
        (PROGRESSED_AT, import.progressed_at),
    ];
    for (name, at) in moments {
        if let Some(at) = at {
            put(name, item::number(at.as_millisecond()));
        }
    }
    put(REPORTED, item::number(import.reported));
    if let Some(key) = &import.key {
        put(KEY, item::text(key));
    }
    if let Some(error) = &import.error {
        put(ERROR_CODE, item::text(&error.code));
        put(ERROR_REASON, item::text(&error.reason));
    }
    item
}

/// The attributes that the plan of an import's file determines.
pub(super) fn plan_attributes(import: &Import) -> Item {
    let mut item = Item::new();
    let mut put = |name: &str, value: AttributeValue| item.insert(name.to_owned(), value);
    put("size_bytes", item::number(import.size_bytes));
    put(BYTES_CHECKED, item::number(import.bytes_checked));
    if let Some(etag) = &import.etag {
        put("etag", item::text(etag));
    }
    if let Some(encoding) = &import.encoding {
        put("encoding", item::text(encoding));
    }
    if let Some(header) = import.header {
        put("header", AttributeValue::Bool(header));
    }
    put("mapping", AttributeValue::L(import.mapping.iter().map(column_attribute).collect()));
    put("warnings", AttributeValue::L(import.warnings.iter().map(item::text).collect()));
    if let Some(chunks) = import.chunks {
        put("chunk_rows", item::number(chunks.max_rows));
        put("chunk_bytes", item::number(chunks.max_bytes));
        put(CHUNKS_TOTAL, item::number(chunks.total));
        put(CHUNKS_DONE, item::number(chunks.done));
        put(CHUNKS_RELEASED, AttributeValue::Bool(chunks.released));
    }
    if let Some(secret) = &import.plan_secret {
        put(PLAN_SECRET, item::text(secret.as_str()));
    }
    item.extend(counts_attributes(&import.counts));
    item
}

pub(super) fn counts_attributes(counts: &ImportCounts) -> Item {
    let mut counts = *counts;
    COUNTS.iter().map(|(name, count)| ((*name).to_owned(), item::number(*count(&mut counts)))).collect()
}

fn column_attribute(column: &ImportColumn) -> AttributeValue {
    let mut map = HashMap::from([
        ("column".to_owned(), item::number(column.column)),
        ("field".to_owned(), item::text(&column.field)),
    ]);
    if let Some(kind) = column.create {
        map.insert("create".to_owned(), item::text(kind.as_str()));
    }
    AttributeValue::M(map)
}

pub(crate) fn read_import(item: &Item) -> Result<Import, MalformedItem> {
    let mut mapping = Vec::new();
    for column in item.list("mapping")? {
        let column = column.as_m().map_err(|_| MalformedItem("mapping"))?;
        mapping.push(ImportColumn {
            column: column.number("column")?,
            field: column.text("field")?.to_owned(),
            create: optional(column, "create", |column, name| {
                column.parsed(name, |text| CustomType::parse(text).ok())
            })?,
        });
    }
    let chunks = optional(item, CHUNKS_TOTAL, |item, total| {
        Ok(Chunks {
            max_rows: item.number("chunk_rows")?,
            max_bytes: item.number("chunk_bytes")?,
            total: item.number(total)?,
            done: item.number(CHUNKS_DONE)?,
            released: flag(item, CHUNKS_RELEASED)?,
        })
    })?;
    let warning = |value: &AttributeValue| value.as_s().cloned().map_err(|_| MalformedItem("warnings"));
    let mut warnings: Vec<String> = item.list("warnings")?.iter().map(warning).collect::<Result<_, _>>()?;
    if let Some(notes) = item.get(NOTES) {
        warnings.extend(notes.as_ss().map_err(|_| MalformedItem(NOTES))?.iter().cloned());
    }
    Ok(Import {
        id: item.parsed(SK, |text| ImportId::parse(text).ok())?,
        status: item.parsed(STATUS, |text| ImportStatus::ALL.into_iter().find(|status| status.as_str() == text))?,
        file_name: item.text("file_name")?.to_owned(),
        size_bytes: item.number("size_bytes")?,
        etag: optional(item, "etag", |item, name| Ok(item.text(name)?.to_owned()))?,
        encoding: optional(item, "encoding", |item, name| Ok(item.text(name)?.to_owned()))?,
        // Imports from before these options lack them.
        quoting: optional(item, "quoting", |item, name| item.parsed(name, Quoting::parse))?.unwrap_or_default(),
        existing: optional(item, "existing", |item, name| item.parsed(name, Existing::parse))?.unwrap_or_default(),
        header: optional(item, "header", flag)?,
        mapping,
        default_country: item.parsed("default_country", |text| Country::parse(text).ok())?,
        on_invalid: item.parsed("on_invalid", OnInvalid::parse)?,
        dry_run: flag(item, "dry_run")?,
        created_at: item.moment("created_at")?,
        started_at: optional(item, "started_at", Item::moment)?,
        finished_at: optional(item, "finished_at", Item::moment)?,
        // Imports from before these attributes lack them.
        key: optional(item, KEY, |item, name| Ok(item.text(name)?.to_owned()))?,
        progressed_at: optional(item, PROGRESSED_AT, Item::moment)?,
        bytes_checked: optional(item, BYTES_CHECKED, Item::number)?.unwrap_or_default(),
        chunks,
        plan_secret: optional(item, PLAN_SECRET, |item, name| Ok(PlanSecret::of(item.text(name)?)))?,
        counts: read_counts(item)?,
        reported: item.number(REPORTED)?,
        warnings,
        error: optional(item, ERROR_CODE, |item, name| {
            Ok(ImportFailure { code: item.text(name)?.to_owned(), reason: item.text(ERROR_REASON)?.to_owned() })
        })?,
        undo: read_undo(item)?,
    })
}

pub(crate) fn read_counts(item: &Item) -> Result<ImportCounts, MalformedItem> {
    let mut counts = ImportCounts::default();
    for (name, count) in COUNTS {
        // Imports from before a count lack it.
        *count(&mut counts) = optional(item, name, Item::number)?.unwrap_or_default();
    }
    Ok(counts)
}

fn flag(item: &Item, name: &'static str) -> Result<bool, MalformedItem> {
    item.get(name).and_then(|value| value.as_bool().ok()).copied().ok_or(MalformedItem(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use contacts::time;

    #[test]
    fn an_import_reads_back() {
        let workspace = Workspace::parse("acme").unwrap();
        let column = |column, field: &str, create| ImportColumn { column, field: field.to_owned(), create };
        let import = Import {
            id: ImportId::new(),
            status: ImportStatus::Failed,
            file_name: "people.csv".into(),
            size_bytes: 42,
            etag: Some("e".into()),
            encoding: Some("macintosh".into()),
            quoting: Quoting::None,
            existing: Existing::FillBlanks,
            header: Some(true),
            mapping: vec![column(0, "name", None), column(3, "custom.plan", Some(CustomType::Number))],
            default_country: Country::US,
            on_invalid: OnInvalid::SkipCell,
            dry_run: true,
            created_at: time::from_millis(1),
            started_at: Some(time::from_millis(2)),
            finished_at: None,
            key: Some("imports/acme/people.csv".into()),
            progressed_at: Some(time::from_millis(3)),
            bytes_checked: 41,
            chunks: Some(Chunks { max_rows: 10, max_bytes: 1_000, total: 3, done: 1, released: true }),
            plan_secret: Some(PlanSecret::new()),
            counts: ImportCounts { read: 3, created: 1, rejected: 2, ..ImportCounts::default() },
            reported: 2,
            warnings: vec!["w".into()],
            error: Some(ImportFailure { code: "not_text".into(), reason: "r".into() }),
            undo: None,
        };
        assert_eq!(read_import(&import_item(&workspace, &import)), Ok(import));
    }
}
