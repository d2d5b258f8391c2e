//! `make bench`: how fast, how cheap and how scalable the system is, beside what the engine could do at best.
//!
//! The machine is as it is, and others use it, too: what counts are the ratios. Both sides of one are measured by turns.

mod bare;
mod cold_start;
mod functions;
mod growth;
mod import;
mod list;
mod memory;
mod package;
mod people;
mod pure;
mod resolve;
mod runtime_api;
mod stats;
mod table;
mod upsert;

use std::io::{self, Write as _};
use std::path::PathBuf;

use tokio::runtime::Runtime;

type Failure = Box<dyn std::error::Error + Send + Sync>;

const SUBJECTS: [&str; 8] = ["pure", "import", "upsert", "resolve", "list", "growth", "memory", "functions"];

/// Arguments: the target folder, in which `lambda` has the built functions; then the subjects, all of them by default.
fn main() -> Result<(), Failure> {
    // Cargo says what everybody knows.
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let target = PathBuf::from(arguments.next().ok_or("give the target folder")?);
    let mut subjects: Vec<String> = arguments.collect();
    if subjects.is_empty() {
        subjects = SUBJECTS.map(str::to_owned).to_vec();
    }
    let lambda = target.join("lambda");
    let runtime = Runtime::new()?;
    let mut rows = Vec::new();
    for subject in subjects {
        rows.extend(match subject.as_str() {
            "pure" => pure::measure(&target)?,
            "import" => runtime.block_on(import::measure())?,
            "upsert" => runtime.block_on(upsert::measure())?,
            "resolve" => runtime.block_on(resolve::measure())?,
            "list" => runtime.block_on(list::measure())?,
            "growth" => runtime.block_on(growth::measure())?,
            "memory" => runtime.block_on(memory::measure(&lambda))?,
            "functions" => functions::measure(&lambda)?,
            _ => return Err(format!("{subject} is no subject: there are {}", SUBJECTS.join(", ")).into()),
        });
    }
    let json = target.join("bench.json");
    std::fs::write(&json, format!("{:#}\n", table::json(&rows)))?;
    let mut out = io::stdout().lock();
    writeln!(out)?;
    for row in &rows {
        writeln!(out, "{row}")?;
    }
    writeln!(out, "\nThe same as JSON: {}", json.display())?;
    Ok(())
}
