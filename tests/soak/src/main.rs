//! `make soak`.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use contacts_soak::{Mode, SoakError, soak};

/// Soaks the system, and tells whether its book is what it should be; exit status 1 if not.
#[derive(Debug, Parser)]
struct Arguments {
    /// For how long.
    #[arg(long, default_value_t = 600)]
    seconds: u64,
    /// From which all choices follow; drawn if it is not given.
    #[arg(long)]
    seed: Option<u64>,
    /// Which system. The deployed one wants what `make build` makes.
    #[arg(long, value_enum, default_value_t = Mode::Local)]
    mode: Mode,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // Nothing can be done about a standard error that is closed.
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
