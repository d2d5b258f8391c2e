//! The operations that the system acknowledged.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use contacts::{Identifier, Observation, Patch};
use jiff::Timestamp;

/// An operation that the system acknowledged.
#[derive(Debug, Clone)]
pub(crate) enum Operation {
    /// An event: its payload.
    Event(String),
    /// The import of a file: its name.
    File(String),
    /// A contact added by hand.
    Create(Observation),
    /// A change by hand.
    Edit {
        /// An identifier of the contact.
        person: Identifier,
        /// The changed fields.
        patch: Patch,
        /// A moment later than all earlier steps of that person and earlier than all later ones.
        at: Timestamp,
    },
    /// A deletion.
    Delete {
        /// An identifier of the contact.
        person: Identifier,
        /// As for `Edit`.
        at: Timestamp,
    },
    /// An erasure.
    Erase {
        /// An identifier of the contact.
        person: Identifier,
        /// As for `Edit`.
        at: Timestamp,
    },
    /// A deletion that is taken back.
    Restore {
        /// An identifier of the contact.
        person: Identifier,
        /// As for `Edit`.
        at: Timestamp,
    },
}

/// An uploaded file.
#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) text: String,
    pub(crate) dry_run: bool,
    /// Its import is taken back.
    pub(crate) undone: bool,
}

impl File {
    /// Whether the book has its rows in the end.
    pub(crate) fn counts(&self) -> bool {
        !self.dry_run && !self.undone
    }

    /// A file that is imported.
    pub(crate) fn new(text: String) -> File {
        File { text, dry_run: false, undone: false }
    }
}

/// Collects the acknowledged operations.
#[derive(Default)]
pub(crate) struct AcknowledgedLog(Mutex<Acknowledged>);

#[derive(Debug, Clone, Default)]
pub(crate) struct Acknowledged {
    pub(crate) operations: BTreeMap<&'static str, Vec<Operation>>,
    /// By name.
    pub(crate) files: HashMap<String, File>,
    /// The emails of erased people about whom nothing was sent afterwards, in lower case.
    pub(crate) erased: BTreeSet<String>,
}

impl AcknowledgedLog {
    pub(crate) fn note(&self, workspace: &'static str, act: Operation) {
        self.with(|pages| pages.operations.entry(workspace).or_default().push(act));
    }

    pub(crate) fn note_file(&self, workspace: &'static str, name: String, file: File) {
        self.with(|pages| {
            let other = pages.files.insert(name.clone(), file);
            assert!(other.is_none(), "two files are called {name}");
            pages.operations.entry(workspace).or_default().push(Operation::File(name));
        });
    }

    pub(crate) fn note_erased(&self, email: String) {
        self.with(|pages| pages.erased.insert(email));
    }

    /// A copy of all.
    pub(crate) fn pages(&self) -> Acknowledged {
        self.with(|pages| pages.clone())
    }

    fn with<T>(&self, change: impl FnOnce(&mut Acknowledged) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
