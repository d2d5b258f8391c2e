//! The keys of the objects. No other file spells one.
//!
//! | object | key |
//! | --- | --- |
//! | the file of a created import | `imports/<workspace>/<import id>.csv` |
//! | any other file to import | `imports/<workspace>/….csv` |
//! | a chunk of an import | `chunks/<workspace>/<import id>/<number>.json` |
//! | the rows of a chunk that were not taken | `chunks/<workspace>/<import id>/<number>.csv` |
//! | an import's report | `reports/<workspace>/<import id>.csv` |
//! | the request of an export | `exports/<workspace>/<export id>.json` |
//! | an export | `exports/<workspace>/<export id>.csv` |

use contacts::{ExportId, ImportId, Workspace};

/// Where files to import are put.
pub const IMPORTS: &str = "imports/";
/// Where imports keep their chunks.
pub const CHUNKS: &str = "chunks/";
/// Where the reports of imports are.
pub const REPORTS: &str = "reports/";
/// Where exports are, and their requests.
pub const EXPORTS: &str = "exports/";

/// How the key of a file ends. That of a file to import may be in any case.
pub const FILE: &str = ".csv";
/// How the key of an object ends that starts work: a chunk, or the request of an export.
pub const ORDER: &str = ".json";

/// The file of a created import.
pub fn import(workspace: &Workspace, id: ImportId) -> String {
    format!("{IMPORTS}{workspace}/{id}{FILE}")
}

/// A chunk of an import.
pub fn chunk(workspace: &Workspace, id: ImportId, number: u32) -> String {
    format!("{CHUNKS}{workspace}/{id}/{number}{ORDER}")
}

/// The rows of a chunk that were not taken as they are.
pub fn report_part(workspace: &Workspace, id: ImportId, number: u32) -> String {
    format!("{CHUNKS}{workspace}/{id}/{number}{FILE}")
}

/// The report of an import.
pub fn report(workspace: &Workspace, id: ImportId) -> String {
    format!("{REPORTS}{workspace}/{id}{FILE}")
}

/// The request of an export.
pub fn export_request(workspace: &Workspace, id: ExportId) -> String {
    format!("{EXPORTS}{workspace}/{id}{ORDER}")
}

/// An export.
pub fn export(workspace: &Workspace, id: ExportId) -> String {
    format!("{EXPORTS}{workspace}/{id}{FILE}")
}
