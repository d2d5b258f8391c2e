//! `make bench`: how large the functions are, and how long they take to start, beside a function that does nothing.

mod cold_start;
mod package;

use std::io::{self, Write as _};
use std::path::Path;

use serde_json::{Value, json};

/// Built like the functions.
const HELLO: &str = "hello";
const FUNCTIONS: [&str; 5] = ["contacts-api", "conversation-upsert", "csv-export", "csv-import", "web"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("give the folder of the built functions, such as target/lambda")?;
    let mut rows = Vec::new();
    for function in [HELLO].into_iter().chain(FUNCTIONS) {
        let binary = Path::new(&folder).join(function).join("bootstrap");
        rows.push((function, package::measure(&binary)?, cold_start::measure(&binary)?));
    }
    let hello = rows[0].2;
    let mut out = io::stdout().lock();
    writeln!(out, "{:20} {:>9} {:>9} {:>12} {:>9}", "function", "binary", "zipped", "cold start", "× hello")?;
    for (function, size, start) in &rows {
        writeln!(
            out,
            "{function:20} {:>6.1} MB {:>6.1} MB {:>9.1} ms {:>9.2}",
            megabytes(size.binary),
            megabytes(size.zipped),
            start * 1e3,
            start / hello
        )?;
    }
    let row = |(function, size, start): &(&str, package::Size, f64)| -> Value {
        json!({
            "function": function, "binary_bytes": size.binary, "zipped_bytes": size.zipped,
            "cold_start_ms": start * 1e3, "times_hello": start / hello,
        })
    };
    writeln!(out, "{}", json!({"functions": rows.iter().map(row).collect::<Vec<_>>()}))?;
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "for people")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
