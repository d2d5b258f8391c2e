//! Exports everything of a workspace, as JSON objects, one a line. `infra/TENANTS.md` describes the format.

use std::collections::BTreeMap;
use std::io::Write;

use contacts::{Workspace, time};
use contacts_book::{ContactBook, ItemKind, StoredItem};
use serde::ser::{Serialize, SerializeMap as _, Serializer};

use crate::AdminError;
use crate::json::Json;

/// Writes everything of a workspace: its settings, contacts, their history, joins and conversations, imports and exports.
/// Holds one page of the table in memory. Returns how many lines of each kind it wrote, which the last line says, too.
/// `progress` is called with the number of items of the table read so far.
///
/// # Errors
/// When the table cannot be read, or `out` cannot be written. The last line is then missing.
pub async fn export_all(
    book: &ContactBook,
    workspace: &Workspace,
    out: &mut impl Write,
    mut progress: impl FnMut(u64),
) -> Result<BTreeMap<&'static str, u64>, AdminError> {
    let mut counts = BTreeMap::new();
    let mut items = book.workspace_items(workspace);
    while let Some(page) = items.next_page().await? {
        let now = time::now();
        for item in page.iter().filter(|item| is_exported(item.kind) && !item.has_expired(now)) {
            write_line(out, &Line(item))?;
            *counts.entry(item.kind.as_str()).or_default() += 1;
        }
        progress(items.read());
    }
    write_line(out, &serde_json::json!({"kind": "end", "workspace_id": workspace.as_str(), "lines": &counts}))?;
    out.flush()?;
    Ok(counts)
}

/// Claims repeat the identifiers of the contacts; chunks, which export runs, and the ledger of erasures, whose hashes need its key, are
/// of no use elsewhere.
fn is_exported(kind: ItemKind) -> bool {
    match kind {
        ItemKind::Settings
        | ItemKind::Contact
        | ItemKind::History
        | ItemKind::Join
        | ItemKind::Conversation
        | ItemKind::Import
        | ItemKind::Export
        | ItemKind::Unknown => true,
        ItemKind::Claim | ItemKind::Chunk | ItemKind::RunningExport | ItemKind::Erasure | ItemKind::LedgerEntry => {
            false
        }
    }
}

fn write_line(out: &mut impl Write, line: &impl Serialize) -> Result<(), AdminError> {
    serde_json::to_writer(&mut *out, line).map_err(std::io::Error::from)?;
    out.write_all(b"\n")?;
    Ok(())
}

/// An item as a line.
struct Line<'a>(&'a StoredItem);

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let item = self.0;
        let mut line = serializer.serialize_map(None)?;
        line.serialize_entry("kind", item.kind.as_str())?;
        let mut content = item.content();
        // A contact and its history store the id of the contact, which is in the key of all that belongs to it.
        content.remove("id");
        for (name, id) in [("contact_id", item.contact_id()), ("id", item.job_id())] {
            if let Some(id) = id {
                line.serialize_entry(name, id)?;
            }
        }
        for (name, value) in content {
            line.serialize_entry(name, &Json(value))?;
        }
        line.end()
    }
}
