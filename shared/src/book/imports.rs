//! The imports of a workspace: their status and counts.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use super::cursor::{Cursor, CursorError};
use super::error::{self, Fault};
use super::item::{self, Attributes as _, Item, MalformedItem, optional};
use super::keys::{self, Key, PK, SK};
use super::{BookError, ContactBook};
use crate::country::Country;
use crate::ids::ImportId;
use crate::workspace::Workspace;

/// The name of this list in its cursors.
const LIST: &str = "imports";

/// An import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// How far it is. A status never goes backwards.
    pub status: ImportStatus,
    /// The file's name, as it was uploaded.
    pub file_name: String,
    /// The file's size in bytes.
    pub size_bytes: u64,
    /// Whether the first row names the columns; `None` while that has not been found out.
    pub header: Option<bool>,
    /// Which column (from 0) fills which field, in the fields' text form or `id`.
    pub mapping: Vec<(usize, String)>,
    /// The country in which phones without a `+` are read first.
    pub default_country: Country,
    /// When it was created: the moment at which its rows were observed.
    pub created_at: Timestamp,
    /// When it began to run.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// Counts so far.
    pub counts: ImportCounts,
    /// What its owner should know, columns that were ignored for instance.
    pub warnings: Vec<String>,
    /// Why it failed.
    pub error: Option<ImportFailure>,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImportStatus {
    /// Rows are being folded into the book.
    Running,
    /// All rows were folded or rejected.
    Completed,
    /// It ended early: see [`Import::error`].
    Failed,
}

/// Counts of an import. Rows read = created + updated + unchanged + rejected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportCounts {
    /// Bytes of the file that were read.
    pub bytes_done: u64,
    /// Rows read, without the header and empty lines.
    pub read: u64,
    /// Rows that made a contact.
    pub created: u64,
    /// Rows that stored something else.
    pub updated: u64,
    /// Rows that said nothing new.
    pub unchanged: u64,
    /// Rows that could not be taken.
    pub rejected: u64,
    /// Rows that joined contacts.
    pub joined: u64,
    /// Rows of which an identifier was left out because of a contradiction.
    pub conflicts: u64,
}

/// Why an import failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportFailure {
    /// A stable code in snake case.
    pub code: String,
    /// A sentence for people.
    pub reason: String,
}

/// A page of imports, the newest first.
#[derive(Debug, Clone)]
pub struct ImportPage {
    /// The imports, at most as many as asked for.
    pub imports: Vec<Import>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Cursor>,
}

impl ImportStatus {
    const ALL: [ImportStatus; 3] = [ImportStatus::Running, ImportStatus::Completed, ImportStatus::Failed];

    /// The name in every interface and in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            ImportStatus::Running => "running",
            ImportStatus::Completed => "completed",
            ImportStatus::Failed => "failed",
        }
    }
}

impl Import {
    /// Whether it has ended.
    pub fn is_finished(&self) -> bool {
        self.status != ImportStatus::Running
    }
}

impl ContactBook {
    /// Notes how far an import is. Refused (`false`) when it has already ended: a late delivery changes nothing.
    pub async fn save_import(&self, workspace: &Workspace, import: &Import) -> Result<bool, BookError> {
        self.patiently(|| async {
            let put = self
                .client
                .put_item()
                .table_name(&*self.table)
                .set_item(Some(import_item(workspace, import)))
                .condition_expression("attribute_not_exists(#pk) OR #status = :running")
                .expression_attribute_names("#pk", PK)
                .expression_attribute_names("#status", "status")
                .expression_attribute_values(":running", item::text(ImportStatus::Running.as_str()));
            match put.send().await {
                Ok(_) => Ok(true),
                Err(error) if error::is_failed_condition(&error) => Ok(false),
                Err(error) => Err(error::of(error)),
            }
        })
        .await
    }

    /// An import.
    pub async fn import(&self, workspace: &Workspace, id: ImportId) -> Result<Option<Import>, BookError> {
        self.patiently(|| async {
            let items = self.batch_get(vec![Key::import(workspace, id)]).await?;
            Ok(items.first().map(read_import).transpose()?)
        })
        .await
    }

    /// A page of imports, the newest first.
    ///
    /// # Errors
    /// The outer error is the book's, the inner one says that the cursor is of another list.
    pub async fn imports(
        &self,
        workspace: &Workspace,
        limit: usize,
        after: Option<Cursor>,
    ) -> Result<Result<ImportPage, CursorError>, BookError> {
        let after = match after.map(|cursor| cursor.of(LIST, "")).transpose() {
            Ok(after) => after.map(|cursor| cursor.value),
            Err(error) => return Ok(Err(error)),
        };
        let page = self.patiently(|| self.imports_page(workspace, limit, after.as_deref()));
        page.await.map(Ok)
    }

    async fn imports_page(
        &self,
        workspace: &Workspace,
        limit: usize,
        after: Option<&str>,
    ) -> Result<ImportPage, Fault> {
        let wanted = limit + 1;
        let mut imports = Vec::new();
        let mut start = None;
        // A query ends at 1 MB, whether that is enough or not.
        while imports.len() < wanted {
            let query = self.imports_query(workspace, wanted - imports.len(), after).set_exclusive_start_key(start);
            let answer = query.send().await.map_err(error::of)?;
            for item in answer.items() {
                imports.push(read_import(item)?);
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        let more = imports.len() > limit;
        imports.truncate(limit);
        let last = imports.last().filter(|_| more);
        let next = last.map(|last| Cursor { list: LIST.to_owned(), value: last.id.to_string(), id: String::new() });
        Ok(ImportPage { imports, next })
    }

    fn imports_query(&self, workspace: &Workspace, limit: usize, after: Option<&str>) -> QueryFluentBuilder {
        let query = self
            .client
            .query()
            .table_name(&*self.table)
            .consistent_read(true)
            .scan_index_forward(false)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .key_condition_expression("#pk = :pk")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_values(":pk", item::text(keys::imports_partition(workspace)));
        match after {
            None => query,
            Some(after) => query
                .key_condition_expression("#pk = :pk AND #sk < :after")
                .expression_attribute_names("#sk", SK)
                .expression_attribute_values(":after", item::text(after)),
        }
    }
}

fn import_item(workspace: &Workspace, import: &Import) -> Item {
    let mut item = item::key_of(Key::import(workspace, import.id));
    let mut put = |name: &str, value: AttributeValue| item.insert(name.to_owned(), value);
    put("status", item::text(import.status.as_str()));
    put("file_name", item::text(&import.file_name));
    put("size_bytes", item::number(import.size_bytes));
    if let Some(header) = import.header {
        put("header", AttributeValue::Bool(header));
    }
    let mapping = import.mapping.iter().map(|(column, field)| {
        AttributeValue::M(HashMap::from([
            ("column".to_owned(), item::number(column)),
            ("field".to_owned(), item::text(field)),
        ]))
    });
    put("mapping", AttributeValue::L(mapping.collect()));
    put("default_country", item::text(import.default_country.as_str()));
    let moments = [
        ("created_at", Some(import.created_at)),
        ("started_at", import.started_at),
        ("finished_at", import.finished_at),
    ];
    for (name, at) in moments {
        if let Some(at) = at {
            put(name, item::number(at.as_millisecond()));
        }
    }
    for (name, count) in COUNTS {
        let mut counts = import.counts;
        put(name, item::number(*count(&mut counts)));
    }
    put("warnings", AttributeValue::L(import.warnings.iter().map(item::text).collect()));
    if let Some(error) = &import.error {
        put("error_code", item::text(&error.code));
        put("error_reason", item::text(&error.reason));
    }
    item
}

pub(crate) fn read_import(item: &Item) -> Result<Import, MalformedItem> {
    let mut mapping = Vec::new();
    for column in item.list("mapping")? {
        let column = column.as_m().map_err(|_| MalformedItem("mapping"))?;
        mapping.push((column.number("column")?, column.text("field")?.to_owned()));
    }
    let warning = |value: &AttributeValue| value.as_s().cloned().map_err(|_| MalformedItem("warnings"));
    let mut counts = ImportCounts::default();
    for (name, count) in COUNTS {
        *count(&mut counts) = item.number(name)?;
    }
    let error = optional(item, "error_code", |item, name| {
        Ok(ImportFailure { code: item.text(name)?.to_owned(), reason: item.text("error_reason")?.to_owned() })
    })?;
    Ok(Import {
        id: item.parsed(SK, |text| ImportId::parse(text).ok())?,
        status: item.parsed("status", |text| ImportStatus::ALL.into_iter().find(|status| status.as_str() == text))?,
        file_name: item.text("file_name")?.to_owned(),
        size_bytes: item.number("size_bytes")?,
        header: item.get("header").and_then(|value| value.as_bool().ok()).copied(),
        mapping,
        default_country: item.parsed("default_country", |text| Country::parse(text).ok())?,
        created_at: item.moment("created_at")?,
        started_at: optional(item, "started_at", Item::moment)?,
        finished_at: optional(item, "finished_at", Item::moment)?,
        counts,
        warnings: item.list("warnings")?.iter().map(warning).collect::<Result<_, _>>()?,
        error,
    })
}

type Count = fn(&mut ImportCounts) -> &mut u64;

/// The counts, by the names of their attributes.
const COUNTS: [(&str, Count); 8] = [
    ("bytes_done", |counts| &mut counts.bytes_done),
    ("rows_read", |counts| &mut counts.read),
    ("rows_created", |counts| &mut counts.created),
    ("rows_updated", |counts| &mut counts.updated),
    ("rows_unchanged", |counts| &mut counts.unchanged),
    ("rows_rejected", |counts| &mut counts.rejected),
    ("joined", |counts| &mut counts.joined),
    ("conflicts", |counts| &mut counts.conflicts),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time;

    #[test]
    fn an_import_reads_back() {
        let workspace = Workspace::parse("acme").unwrap();
        let import = Import {
            id: ImportId::new(),
            status: ImportStatus::Failed,
            file_name: "people.csv".into(),
            size_bytes: 42,
            header: Some(true),
            mapping: vec![(0, "name".into()), (3, "custom.plan".into())],
            default_country: Country::US,
            created_at: time::from_millis(1),
            started_at: Some(time::from_millis(2)),
            finished_at: None,
            counts: ImportCounts { read: 3, created: 1, rejected: 2, ..ImportCounts::default() },
            warnings: vec!["w".into()],
            error: Some(ImportFailure { code: "not_text".into(), reason: "r".into() }),
        };
        assert_eq!(read_import(&import_item(&workspace, &import)), Ok(import));
    }
}
