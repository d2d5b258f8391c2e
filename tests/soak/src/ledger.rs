//! What was acknowledged.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use contacts::{Identifier, Observation, Patch};
use jiff::Timestamp;

/// Something that the system has acknowledged.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// An event, by its payload.
    Event(String),
    /// The import of a file, by its name: of each of its rows.
    File(String),
    /// A contact added by hand.
    Create(Observation),
    /// A change by hand of the contact that has an identifier.
    Edit {
        /// The identifier.
        whom: Identifier,
        /// What was changed.
        patch: Patch,
        /// A moment after all that had been told of that person before, and before all that was told after.
        at: Timestamp,
    },
    /// A deletion.
    Delete {
        /// An identifier of the contact.
        whom: Identifier,
        /// As above.
        at: Timestamp,
    },
}

/// A file that was put up.
#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) text: String,
    pub(crate) dry_run: bool,
}

impl File {
    /// One that is imported.
    pub(crate) fn new(text: String) -> File {
        File { text, dry_run: false }
    }
}

/// All that was acknowledged, by workspace, in the order in which it was.
#[derive(Default)]
pub(crate) struct Ledger(Mutex<Pages>);

#[derive(Debug, Clone, Default)]
pub(crate) struct Pages {
    pub(crate) acts: BTreeMap<&'static str, Vec<Act>>,
    /// By name.
    pub(crate) files: HashMap<String, File>,
}

impl Ledger {
    pub(crate) fn note(&self, workspace: &'static str, act: Act) {
        self.with(|pages| pages.acts.entry(workspace).or_default().push(act));
    }

    pub(crate) fn note_file(&self, workspace: &'static str, name: String, file: File) {
        self.with(|pages| {
            pages.files.insert(name.clone(), file);
            pages.acts.entry(workspace).or_default().push(Act::File(name));
        });
    }

    /// All of it.
    pub(crate) fn pages(&self) -> Pages {
        self.with(|pages| pages.clone())
    }

    fn with<T>(&self, change: impl FnOnce(&mut Pages) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
