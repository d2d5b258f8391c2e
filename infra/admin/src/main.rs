//! `contacts-admin`: tasks of an operator on a table in AWS, with the credentials in the environment.

use std::io::{self, Write as _};
use std::process::ExitCode;

use aws_sdk_dynamodb::Client;
use clap::{Parser, Subcommand};
use contacts_book::{BookError, ContactBook};
use contacts_lambda::{aws, causes};

/// Operates on the table of a deployed system. Takes region and credentials from the environment, as the AWS CLI prints
/// them with `aws configure export-credentials --format env`.
#[derive(Debug, Parser)]
#[command(name = "contacts-admin")]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// The name of the table: by default that of the stack.
    #[arg(long, global = true, default_value = "contacts")]
    table: String,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Checks the invariants of the book. It changes nothing. The exit status is 1 if one does not hold.
    Check,
    /// Indexes contacts that an older version wrote. It may be interrupted and repeated, while the system is in use.
    Reindex,
}

/// Why a command failed. Each text fits "failed to {error}".
#[derive(Debug, thiserror::Error)]
enum AdminError {
    #[error("use the table {table}")]
    Table { table: String, source: BookError },
    #[error("confirm the book: {0} invariants do not hold")]
    Unsound(usize),
    #[error("use the terminal")]
    Terminal(#[from] io::Error),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A closed standard error cannot be helped.
            let _ = writeln!(io::stderr(), "contacts-admin: failed to {}", causes(&error));
            ExitCode::FAILURE
        }
    }
}

async fn run(Cli { command, table }: Cli) -> Result<(), AdminError> {
    let book = ContactBook::new(Client::new(&aws::sdk_config().await), &table);
    let failed = |source| AdminError::Table { table: table.clone(), source };
    let mut out = io::stdout().lock();
    match command {
        Command::Check => {
            let audited = book.audit().await.map_err(failed)?;
            for violation in &audited.violations {
                writeln!(out, "{violation}")?;
            }
            if !audited.violations.is_empty() {
                return Err(AdminError::Unsound(audited.violations.len()));
            }
            writeln!(out, "{} items checked: every invariant holds", audited.items)?;
        }
        Command::Reindex => {
            let mut shown = 0;
            let progress = |read| {
                if read / PROGRESS_EVERY > shown {
                    shown = read / PROGRESS_EVERY;
                    // Progress that cannot be shown does not matter.
                    let _ = writeln!(io::stderr(), "{read} contacts read");
                }
            };
            let corrected = book.reindex(progress).await.map_err(failed)?;
            writeln!(out, "{corrected} contacts indexed")?;
        }
    }
    Ok(())
}

/// How many contacts are read between two lines of progress.
const PROGRESS_EVERY: u64 = 10_000;
