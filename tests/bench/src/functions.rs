//! How large the functions are, and how long they take to start, beside an empty function.

use std::path::Path;

use crate::table::Row;
use crate::{Failure, cold_start, package};

const SIZE: &str = "functions";
/// Built like the functions.
const HELLO: &str = "hello";
const FUNCTIONS: [&str; 7] =
    ["contact-changes", "contacts-api", "conversation-upsert", "csv-export", "csv-import", "mcp", "web"];

/// Measures the functions that were built into this folder.
pub(crate) fn measure(functions: &Path) -> Result<Vec<Row>, Failure> {
    let binary = |function: &str| functions.join(function).join("bootstrap");
    let hello = binary(HELLO);
    let hello_size = package::measure(&hello)?;
    let mut rows = Vec::new();
    for function in FUNCTIONS {
        let binary = binary(function);
        let size = package::measure(&binary)?;
        let (start, hello_start) = cold_start::measure(&binary, &hello)?;
        let row = |what: &str, figure, unit, hello| {
            Row::new(SIZE, format!("{function}: {what}"), figure, unit).beside(HELLO, hello)
        };
        rows.push(row("binary", megabytes(size.binary), "MB", megabytes(hello_size.binary)));
        rows.push(row("zipped", megabytes(size.zipped), "MB", megabytes(hello_size.zipped)));
        rows.push(row("cold start", start * 1e3, "ms", hello_start * 1e3));
    }
    Ok(rows)
}

#[expect(clippy::cast_precision_loss, reason = "for people")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
