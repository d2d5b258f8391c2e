//! The imports of a workspace: their options, progress and results.
//!
//! An import's file is split into chunks, which are imported concurrently. Each chunk stores its progress in its own
//! item, so that workers do not contend for one item. The transaction that marks a chunk as done also adds its counts
//! to the import, so they are added exactly once, even if several workers finish the chunk. It admits only the numbers of
//! the plan. So the chunks that are done are a set, and the import has its size.

mod interruption;
mod item;
mod list;
mod secret;
mod steps;
mod take_back;
mod undo;
mod waiting;

use jiff::Timestamp;

pub(crate) use item::{PLAN_SECRET, read_counts, read_import};
pub use secret::PlanSecret;
pub use undo::{ImportUndo, UndoCounts, UndoRefused};
pub use waiting::{MAX_WAITING_IMPORTS, TooManyWaiting, UPLOAD_SPAN};

use super::cursor::Cursor;
use contacts::{Country, CustomType, Existing, ImportId, OnInvalid, Quoting};

/// An import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// Its status. It goes backwards only when an interrupted import is resumed.
    pub status: ImportStatus,
    /// The key of its file in the bucket; `None` until the file has arrived.
    pub key: Option<String>,
    /// The file's name at upload.
    pub file_name: String,
    /// The file's size in bytes.
    pub size_bytes: u64,
    /// The entity tag of the file that was planned. It identifies this upload among all uploads to the same key.
    pub etag: Option<String>,
    /// The name of the file's encoding; `None` until this is known.
    pub encoding: Option<String>,
    /// What quotes mean in the file.
    pub quoting: Quoting,
    /// Whether the first row names the columns; `None` until this is known.
    pub header: Option<bool>,
    /// Which column feeds which field; empty until this is known.
    pub mapping: Vec<ImportColumn>,
    /// The country that is tried first for phones without a `+`.
    pub default_country: Country,
    /// How to handle a row with an invalid value.
    pub on_invalid: OnInvalid,
    /// What rows may do to contacts that exist already.
    pub existing: Existing,
    /// Whether it only counts what it would do, and writes no contacts.
    pub dry_run: bool,
    /// When it was created, which is also the time of observation of its rows.
    pub created_at: Timestamp,
    /// When its file arrived.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// When it last made progress.
    pub progressed_at: Option<Timestamp>,
    /// How many bytes of the file have been checked, before any row is imported.
    pub bytes_checked: u64,
    /// How its file is split into chunks; `None` until this is known.
    pub chunks: Option<Chunks>,
    /// The secret of its plan. `None` until there is a plan, and for plans of earlier builds.
    pub plan_secret: Option<PlanSecret>,
    /// Counts so far.
    pub counts: ImportCounts,
    /// How many rows its report lists: those that were not imported unchanged.
    pub reported: u64,
    /// Warnings for its owner, such as ignored columns.
    pub warnings: Vec<String>,
    /// Why it failed.
    pub error: Option<ImportFailure>,
    /// Its undo, if a person has asked for it.
    pub undo: Option<ImportUndo>,
}

/// A column of an import's file and the field that it feeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportColumn {
    /// The index of the column, from 0.
    pub column: usize,
    /// The field's text form, `id` or `dial_code`.
    pub field: String,
    /// The type of the custom field that the import defines for the column.
    pub create: Option<CustomType>,
}

/// How an import's file is split into chunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunks {
    /// The maximum number of rows in a chunk. Stored, so that splitting the file again gives the same chunks.
    pub max_rows: u64,
    /// The bytes of text after which a chunk ends.
    pub max_bytes: u64,
    /// The number of chunks.
    pub total: u32,
    /// The number of chunks that are done.
    pub done: u32,
    /// Whether all have been handed out.
    pub released: bool,
}

/// The status of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImportStatus {
    /// Its file has not arrived yet.
    AwaitingUpload,
    /// Its file is being checked and split into chunks; no row has been folded.
    Planning,
    /// Rows are being folded into the book.
    Running,
    /// All rows were folded or rejected.
    Completed,
    /// It ended early: see [`Import::error`].
    Failed,
    /// A person ended it.
    Cancelled,
}

/// Counts of an import, or of a chunk of one. Rows read = created + updated + unchanged + rejected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportCounts {
    /// Bytes of the file that were read.
    pub bytes_done: u64,
    /// Rows read, without the header and empty lines.
    pub read: u64,
    /// Rows that created a contact.
    pub created: u64,
    /// Rows that changed the book without creating a contact.
    pub updated: u64,
    /// Rows that had no new data.
    pub unchanged: u64,
    /// Rows that could not be imported.
    pub rejected: u64,
    /// Rows that joined contacts.
    pub joined: u64,
    /// Rows with an identifier that was left out because of a contradiction.
    pub conflicts: u64,
    /// Rows about a contact that an earlier row of their chunk is about.
    pub duplicates: u64,
    /// Rows that lead to a contact which had a clearly different name.
    pub other_names: u64,
    /// Rows with an identifier that several people share.
    pub shared: u64,
}

/// Why an import failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportFailure {
    /// A stable code in snake case.
    pub code: String,
    /// An explanation for people.
    pub reason: String,
}

/// A page of imports, the newest first.
#[derive(Debug, Clone)]
pub struct ImportPage {
    /// The imports, at most as many as requested.
    pub imports: Vec<Import>,
    /// The start of the next page; `None` at the end.
    pub next: Option<Cursor>,
}

/// The result of a chunk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChunkResult {
    /// Its counts.
    pub counts: ImportCounts,
    /// How many of its rows the report lists.
    pub reported: u64,
    /// Warnings for the import's owner. The import lists each warning once, even if several chunks have it.
    pub warnings: Vec<String>,
    /// Which of its rows are about one contact, in the form of the caller. The book only keeps it.
    pub people: Option<String>,
}

impl Import {
    /// Creates an import that waits for its file, and determines all its options from the file.
    pub fn new(id: ImportId, file_name: &str, default_country: Country, created_at: Timestamp) -> Import {
        Import {
            id,
            status: ImportStatus::AwaitingUpload,
            key: None,
            file_name: file_name.to_owned(),
            size_bytes: 0,
            etag: None,
            encoding: None,
            quoting: Quoting::default(),
            header: None,
            mapping: Vec::new(),
            default_country,
            on_invalid: OnInvalid::default(),
            existing: Existing::default(),
            dry_run: false,
            created_at,
            started_at: None,
            finished_at: None,
            progressed_at: None,
            bytes_checked: 0,
            chunks: None,
            plan_secret: None,
            counts: ImportCounts::default(),
            reported: 0,
            warnings: Vec::new(),
            error: None,
            undo: None,
        }
    }
}

impl ImportStatus {
    const ALL: [ImportStatus; 6] = [
        ImportStatus::AwaitingUpload,
        ImportStatus::Planning,
        ImportStatus::Running,
        ImportStatus::Completed,
        ImportStatus::Failed,
        ImportStatus::Cancelled,
    ];

    /// The name in every interface and in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            ImportStatus::AwaitingUpload => "awaiting_upload",
            ImportStatus::Planning => "planning",
            ImportStatus::Running => "running",
            ImportStatus::Completed => "completed",
            ImportStatus::Failed => "failed",
            ImportStatus::Cancelled => "cancelled",
        }
    }

    /// Whether the import has ended.
    pub fn is_final(self) -> bool {
        matches!(self, ImportStatus::Completed | ImportStatus::Failed | ImportStatus::Cancelled)
    }
}

impl ImportCounts {
    /// Whether every row has exactly one of the four outcomes.
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
