//! `contacts-local`: Contacts on one machine.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser as _;
use contacts_local::cli::{Cli, Command};
use contacts_local::client;
use tracing_subscriber::EnvFilter;

/// s3s and dynoxide log every refused request; what really fails is logged by those who asked.
const LOG: &str = "warn,s3s=off,dynoxide=error,contacts_local=info";

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LOG));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).init();
    let Cli { command, run } = Cli::parse();
    let outcome = match command {
        None => contacts_local::run::run(run).await.map_err(|error| error.to_string()),
        Some(Command::Import(import)) => client::import(import).await.map_err(|error| error.to_string()),
        Some(Command::Export(export)) => client::export(export).await.map_err(|error| error.to_string()),
        Some(Command::Check(check)) => contacts_local::check::check(check).await.map_err(|error| error.to_string()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing can be done about a standard error that is closed.
            let _ = writeln!(io::stderr(), "contacts-local: failed to {error}");
            ExitCode::FAILURE
        }
    }
}
