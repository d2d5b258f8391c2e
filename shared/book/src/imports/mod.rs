//! The imports of a workspace: what was ordered, how far they are, and what came of them.
//!
//! An import's file is cut into chunks, which are imported side by side. Each chunk has an item of its own for its
//! progress, so that those who work on them do not meet; what a finished chunk counts is added to the import in the
//! transaction that marks the chunk as done, so it is added once, whoever did it and however often.

mod item;
mod list;
mod steps;

use jiff::Timestamp;

pub(crate) use item::{read_counts, read_import};

use super::cursor::Cursor;
use contacts::{Country, CustomType, ImportId, OnInvalid};

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
    /// The entity tag of the file that was planned: this upload, and no other one of its key.
    pub etag: Option<String>,
    /// Whether the first row names the columns; `None` while that has not been found out.
    pub header: Option<bool>,
    /// Which column feeds which field; empty while that has not been found out.
    pub mapping: Vec<ImportColumn>,
    /// The country in which phones without a `+` are read first.
    pub default_country: Country,
    /// What becomes of a row with a value that cannot be taken.
    pub on_invalid: OnInvalid,
    /// Whether it only counts what it would do.
    pub dry_run: bool,
    /// When it was created: the moment at which its rows were observed.
    pub created_at: Timestamp,
    /// When its file came.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// How its file is cut; `None` until it is.
    pub chunks: Option<Chunks>,
    /// Counts so far.
    pub counts: ImportCounts,
    /// How many rows its report lists: those that were not taken as they are.
    pub reported: u64,
    /// What its owner should know, columns that were ignored for instance.
    pub warnings: Vec<String>,
    /// Why it failed.
    pub error: Option<ImportFailure>,
}

/// A column of an import's file and the field that it feeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportColumn {
    /// From 0.
    pub column: usize,
    /// The field's text form, `id` or `dial_code`.
    pub field: String,
    /// The type of the custom field that the import defines for the column.
    pub create: Option<CustomType>,
}

/// How an import's file is cut into chunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunks {
    /// The most rows of one. Kept, so that whoever cuts the file again cuts it in the same places.
    pub max_rows: u64,
    /// The bytes of text after which one ends.
    pub max_bytes: u64,
    /// How many there are.
    pub total: u32,
    /// How many are done.
    pub done: u32,
    /// Whether all have been handed out.
    pub released: bool,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImportStatus {
    /// Its file has not come yet.
    AwaitingUpload,
    /// Its file is checked and cut into chunks; no row has been folded.
    Planning,
    /// Rows are being folded into the book.
    Running,
    /// All rows were folded or rejected.
    Completed,
    /// It ended early: see [`Import::error`].
    Failed,
}

/// Counts of an import, or of a chunk of one. Rows read = created + updated + unchanged + rejected.
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

/// What came of a chunk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChunkResult {
    /// Its counts.
    pub counts: ImportCounts,
    /// How many of its rows the report lists.
    pub reported: u64,
    /// What the import's owner should know; said once however many chunks say it.
    pub warnings: Vec<String>,
}

impl Import {
    /// An import that waits for its file, and finds out all about it.
    pub fn new(id: ImportId, file_name: &str, default_country: Country, created_at: Timestamp) -> Import {
        Import {
            id,
            status: ImportStatus::AwaitingUpload,
            file_name: file_name.to_owned(),
            size_bytes: 0,
            etag: None,
            header: None,
            mapping: Vec::new(),
            default_country,
            on_invalid: OnInvalid::default(),
            dry_run: false,
            created_at,
            started_at: None,
            finished_at: None,
            chunks: None,
            counts: ImportCounts::default(),
            reported: 0,
            warnings: Vec::new(),
            error: None,
        }
    }
}

impl ImportStatus {
    const ALL: [ImportStatus; 5] = [
        ImportStatus::AwaitingUpload,
        ImportStatus::Planning,
        ImportStatus::Running,
        ImportStatus::Completed,
        ImportStatus::Failed,
    ];

    /// The name in every interface and in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            ImportStatus::AwaitingUpload => "awaiting_upload",
            ImportStatus::Planning => "planning",
            ImportStatus::Running => "running",
            ImportStatus::Completed => "completed",
            ImportStatus::Failed => "failed",
        }
    }

    /// Whether nothing will happen any more.
    pub fn is_final(self) -> bool {
        matches!(self, ImportStatus::Completed | ImportStatus::Failed)
    }
}

impl ImportCounts {
    /// Whether every row was counted as one of the four things that can become of it.
    pub fn add_up(&self) -> bool {
        self.read == self.created + self.updated + self.unchanged + self.rejected
    }
}

impl std::ops::AddAssign for ImportCounts {
    fn add_assign(&mut self, mut other: ImportCounts) {
        for (_, count) in item::COUNTS {
            *count(self) += *count(&mut other);
        }
    }
}
