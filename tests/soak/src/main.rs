//! `make soak`.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use contacts_soak::{Mode, SoakError, soak};

/// Soaks the system and compares its book with the model. Exit status 1 means that they differ.
#[derive(Debug, Parser)]
struct Arguments {
    /// How long the soak takes.
    #[arg(long, default_value_t = 600)]
    seconds: u64,
    /// The seed of all random choices; random by default.
    #[arg(long)]
    seed: Option<u64>,
    /// Which system is soaked. The deployed one needs `make build`.
    #[arg(long, value_enum, default_value_t = Mode::Local)]
    mode: Mode,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // A closed standard error cannot be reported anywhere.
            let _ = writeln!(io::stderr(), "contacts-soak: failed to {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<bool, SoakError> {
    let seed = arguments.seed.unwrap_or_else(|| fastrand::u64(..));
    writeln!(io::stdout(), "seed {seed}")?;
    let report = soak(arguments.mode, Duration::from_secs(arguments.seconds), seed).await?;
    writeln!(io::stdout(), "{report}")?;
    Ok(report.differences().next().is_none())
}
