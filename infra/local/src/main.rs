//! `contacts-local`: Contacts on one machine.

use std::env;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser as _;
use contacts_lambda::causes;
use contacts_local::cli::{Cli, Command};
use contacts_local::client;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt, registry};

/// The default log filter. s3s, dynoxide and rmcp log every refused request; their callers log real failures.
const LOG: &str = "warn,s3s=off,dynoxide=error,rmcp=error,contacts_local=info";

#[tokio::main]
async fn main() -> ExitCode {
    let wanted: Option<Targets> = env::var("RUST_LOG").ok().and_then(|wanted| wanted.parse().ok());
    let wanted = wanted.or_else(|| LOG.parse().ok());
    registry().with(fmt::layer().with_writer(io::stderr).with_filter(wanted)).init();
    let Cli { command, run } = Cli::parse();
    let outcome = match command {
        None => contacts_local::run::run(run).await.map_err(|error| causes(&error)),
        Some(Command::Import(import)) => client::import(import).await.map_err(|error| causes(&error)),
        Some(Command::Export(export)) => client::export(export).await.map_err(|error| causes(&error)),
        Some(Command::Undo(undo)) => client::undo(undo).await.map_err(|error| causes(&error)),
        Some(Command::Check(check)) => contacts_local::check::check(check).await.map_err(|error| causes(&error)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A closed standard error cannot be helped.
            let _ = writeln!(io::stderr(), "contacts-local: failed to {error}");
            ExitCode::FAILURE
        }
    }
}
