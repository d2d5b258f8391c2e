//! The keys of the bucket's objects. No other file builds or names one.
//!
//! | object | key |
//! | --- | --- |
//! | the file of a created import | `imports/<workspace>/<import id>.csv` |
//! | any other file to import | `imports/<workspace>/….csv` |
//! | a chunk of an import | `chunks/<workspace>/<import id>/<number>.json` |
//! | the request to resume an import | `chunks/<workspace>/<import id>/resume.json` |
//! | the request to take an import back | `chunks/<workspace>/<import id>/undo.json` |
//! | the reported rows of a chunk | `chunks/<workspace>/<import id>/<number>.csv` |
//! | an import's report | `reports/<workspace>/<import id>.csv` |
//! | the request of an export | `exports/<workspace>/<export id>.json` |
//! | an export | `exports/<workspace>/<export id>.csv` |
//! | the order to remove the values of a custom field | `purges/<workspace>/<key>.json` |
//! | the order to remove files after an erasure | `erasures/<workspace>/<contact id>.json` |

use contacts::{ContactId, CustomKey, ExportId, ImportId, Workspace};

/// The folder of files to import.
pub const IMPORTS: &str = "imports/";
/// The folder of the chunks of imports.
pub const CHUNKS: &str = "chunks/";
/// The folder of the reports of imports.
pub const REPORTS: &str = "reports/";
/// The folder of exports and their requests.
pub const EXPORTS: &str = "exports/";
/// The folder of the orders to remove files after an erasure.
pub const ERASURES: &str = "erasures/";
/// The folder of the orders to remove the values of custom fields.
pub const PURGES: &str = "purges/";

/// All folders. Each has a folder for each workspace.
pub const FOLDERS: [&str; 6] = [IMPORTS, CHUNKS, REPORTS, EXPORTS, ERASURES, PURGES];

/// The suffix of a file's key. Files to import may have it in any case.
pub const FILE: &str = ".csv";
/// The suffix of the key of an object that starts work: a chunk, the request of an export, the order of an erasure or a purge.
pub const ORDER: &str = ".json";

/// What stands in the place of a chunk's number in the key of the request to resume an import.
pub const RESUME: &str = "resume";
/// What stands there in the key of the request to take an import back.
pub const UNDO: &str = "undo";

/// The start of the keys of a workspace's objects in one of the [`FOLDERS`].
pub fn of_workspace(folder: &str, workspace: &Workspace) -> String {
    format!("{folder}{workspace}/")
}

/// The key of the file of a created import.
pub fn import(workspace: &Workspace, id: ImportId) -> String {
    format!("{IMPORTS}{workspace}/{id}{FILE}")
}

/// The key of a chunk of an import.
pub fn chunk(workspace: &Workspace, id: ImportId, number: u32) -> String {
    format!("{CHUNKS}{workspace}/{id}/{number}{ORDER}")
}

/// The key of the request to resume an import.
pub fn resume(workspace: &Workspace, id: ImportId) -> String {
    format!("{CHUNKS}{workspace}/{id}/{RESUME}{ORDER}")
}

/// The key of the request to take an import back.
pub fn undo(workspace: &Workspace, id: ImportId) -> String {
    format!("{CHUNKS}{workspace}/{id}/{UNDO}{ORDER}")
}

/// The key of the reported rows of a chunk.
pub fn report_part(workspace: &Workspace, id: ImportId, number: u32) -> String {
    format!("{CHUNKS}{workspace}/{id}/{number}{FILE}")
}

/// The key of the report of an import.
pub fn report(workspace: &Workspace, id: ImportId) -> String {
    format!("{REPORTS}{workspace}/{id}{FILE}")
}

/// The key of the request of an export.
pub fn export_request(workspace: &Workspace, id: ExportId) -> String {
    format!("{EXPORTS}{workspace}/{id}{ORDER}")
}

/// The key of an export.
pub fn export(workspace: &Workspace, id: ExportId) -> String {
    format!("{EXPORTS}{workspace}/{id}{FILE}")
}

/// The key of the order to remove files after a contact was erased.
pub fn erasure(workspace: &Workspace, id: ContactId) -> String {
    format!("{ERASURES}{workspace}/{id}{ORDER}")
}

/// The key of the order to remove the values of a custom field.
pub fn purge(workspace: &Workspace, key: &CustomKey) -> String {
    format!("{PURGES}{workspace}/{}{ORDER}", key.as_str())
}
