//! The command line.

use std::fs::File;
use std::io::{self, BufRead as _, BufWriter, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use aws_types::SdkConfig;
use clap::{Parser, Subcommand};
use contacts::{Workspace, time};
use contacts_book::ContactBook;
use jiff::{SignedDuration, Timestamp};

use crate::offboarding::QUIET;
use crate::{AdminError, Offboarding, Repaired, export_all, repair};

/// How many items are read between two lines of progress.
const PROGRESS_EVERY: u64 = 10_000;
/// How long DynamoDB can restore the table to an earlier state.
const RECOVERY: SignedDuration = SignedDuration::from_hours(35 * 24);

/// Operates on the table and the bucket of a deployed system. Takes region and credentials from the environment, as the AWS
/// CLI prints them with `aws configure export-credentials --format env`.
#[derive(Debug, Parser)]
#[command(name = "contacts-admin")]
pub struct Cli {
    /// The task.
    #[command(subcommand)]
    pub command: Command,
    /// The name of the table: by default that of the stack.
    #[arg(long, global = true, default_value = "contacts")]
    pub table: String,
}

/// A task.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Checks the invariants of the book. Without --repair it changes nothing. The exit status is 1 if one does not hold.
    Check {
        /// Index contacts anew that are indexed wrongly, and remove claims that lead to a contact which does not list them; then
        /// check again. Everything else is left to you.
        #[arg(long)]
        repair: bool,
    },
    /// Repeats in a restored table the erasures of the current one. It may be interrupted and repeated.
    ReplayErasures {
        /// The name of the current table, whose erasures are repeated in the one that --table names.
        #[arg(long)]
        from: String,
    },
    /// Indexes contacts that an older version wrote. It may be interrupted and repeated, while the system is in use.
    Reindex,
    /// Writes everything that the table has of a workspace, as JSON, one object a line. It changes nothing.
    ExportAll {
        /// The workspace.
        #[arg(value_parser = Workspace::parse)]
        workspace: Workspace,
        /// The file to create. By default, standard output.
        #[arg(long)]
        output: Option<PathBuf>,
    },
    /// Removes a workspace for good: refuses its writes, then removes everything of it from the table and the bucket. It asks
    /// for the name first. It may be interrupted and repeated.
    Offboard {
        /// The workspace.
        #[arg(value_parser = Workspace::parse)]
        workspace: Workspace,
        /// The name of the bucket, which is an output of the stack.
        #[arg(long)]
        bucket: String,
        /// Do not ask for the name.
        #[arg(long)]
        yes: bool,
    },
}

/// Runs a task.
///
/// # Errors
/// See [`AdminError`].
pub async fn run(Cli { command, table }: Cli, config: &SdkConfig) -> Result<(), AdminError> {
    let book = ContactBook::new(aws_sdk_dynamodb::Client::new(config), &table);
    match command {
        Command::Check { repair } => check(&book, repair).await,
        Command::ReplayErasures { from } => {
            let current = ContactBook::new(aws_sdk_dynamodb::Client::new(config), &from);
            replay_erasures(&book, &current).await
        }
        Command::Reindex => {
            let corrected = book.reindex(progress("contacts")).await?;
            writeln!(io::stdout(), "{corrected} contacts indexed")?;
            Ok(())
        }
        Command::ExportAll { workspace, output } => export(&book, &workspace, output).await,
        Command::Offboard { workspace, bucket, yes } => {
            let s3 = contacts_files::client(config);
            let offboarding = Offboarding { book: &book, s3: &s3, bucket: &bucket, workspace: &workspace };
            offboard(&offboarding, yes).await
        }
    }
}

async fn check(book: &ContactBook, repairs: bool) -> Result<(), AdminError> {
    let mut audited = book.audit().await?;
    let mut out = io::stdout().lock();
    if repairs && !audited.violations.is_empty() {
        let Repaired { indexed, released } = repair(book, &audited).await?;
        writeln!(out, "{indexed} contacts indexed anew, {released} claims removed")?;
        audited = book.audit().await?;
    }
    for violation in &audited.violations {
        writeln!(out, "{violation}")?;
    }
    if !audited.violations.is_empty() {
        return Err(AdminError::Unsound(audited.violations.len()));
    }
    writeln!(out, "{} items checked: every invariant holds", audited.items)?;
    Ok(())
}

async fn replay_erasures(restored: &ContactBook, current: &ContactBook) -> Result<(), AdminError> {
    let replayed = restored.replay_erasures(current).await?;
    let mut out = io::stdout().lock();
    for (workspace, id) in &replayed.left {
        writeln!(out, "{workspace}: contact {id} is joined into another; undo the join, and repeat this")?;
    }
    if !replayed.left.is_empty() {
        return Err(AdminError::NotErased(replayed.left.len()));
    }
    writeln!(out, "{} contacts erased again", replayed.erased)?;
    Ok(())
}

async fn export(book: &ContactBook, workspace: &Workspace, output: Option<PathBuf>) -> Result<(), AdminError> {
    let progress = progress("items");
    let counts = match output {
        None => export_all(book, workspace, &mut BufWriter::new(io::stdout().lock()), progress).await?,
        Some(path) => {
            let file = File::create_new(&path).map_err(|source| AdminError::File { path, source })?;
            export_all(book, workspace, &mut BufWriter::new(file), progress).await?
        }
    };
    if counts.is_empty() {
        return Err(AdminError::UnknownWorkspace(workspace.clone()));
    }
    Ok(())
}

async fn offboard(offboarding: &Offboarding<'_>, is_confirmed: bool) -> Result<(), AdminError> {
    let workspace = offboarding.workspace;
    let mut terminal = io::stderr();
    let found = offboarding.found().await?;
    if found.is_empty() {
        return Err(AdminError::UnknownWorkspace(workspace.clone()));
    }
    write!(terminal, "{workspace} has\n{found}")?;
    if !is_confirmed {
        write!(terminal, "Type the name of the workspace to remove all of this for good: ")?;
        terminal.flush()?;
        let mut typed = String::new();
        io::stdin().lock().read_line(&mut typed)?;
        if typed.trim() != workspace.as_str() {
            return Err(AdminError::NotConfirmed(workspace.clone()));
        }
    }
    let closed_at = offboarding.close().await?;
    let rest = rest_of_quiet(closed_at, time::now());
    writeln!(terminal, "{workspace} refuses writes since {closed_at}")?;
    if !rest.is_zero() {
        writeln!(terminal, "waiting {} s for functions that began before", rest.as_secs())?;
        tokio::time::sleep(rest).await;
    }
    let removed = offboarding.remove(progress("items")).await?;
    let mut out = io::stdout().lock();
    write!(out, "removed of {workspace}\n{removed}")?;
    writeln!(out, "Nothing is left but the moment of its closing, by which late events and files are refused.")?;
    writeln!(
        out,
        "Backups of the table keep what was removed until {}, and so do backups that you made yourself. See \
         infra/TENANTS.md for logs and queues.",
        (time::now() + RECOVERY).strftime("%F")
    )?;
    Ok(())
}

/// How long to wait until no function can write any more what it read before the closing.
fn rest_of_quiet(closed_at: Timestamp, now: Timestamp) -> Duration {
    let since = Duration::try_from(now.duration_since(closed_at)).unwrap_or_default();
    QUIET.saturating_sub(since)
}

/// Prints how much was read, from time to time.
fn progress(of: &'static str) -> impl FnMut(u64) {
    let mut shown = 0;
    move |read| {
        if read / PROGRESS_EVERY > shown {
            // Progress that cannot be shown does not matter.
            let _ = writeln!(io::stderr(), "{read} {of} read");
        }
        // A new round begins at 0.
        shown = read / PROGRESS_EVERY;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_offboarding_waits_only_for_the_rest() {
        let closed_at = time::from_millis(1_000_000);
        for (later, rest) in [(0, 120), (50, 70), (120, 0), (100_000, 0), (-5, 120)] {
            let now = closed_at + SignedDuration::from_secs(later);
            assert_eq!(rest_of_quiet(closed_at, now), Duration::from_secs(rest), "{later}");
        }
    }

    #[test]
    fn the_name_of_a_workspace_is_checked() {
        let parse = |workspace| Cli::try_parse_from(["contacts-admin", "offboard", workspace, "--bucket", "b"]);
        assert!(parse("acme-2").is_ok());
        assert!(parse("Acme").unwrap_err().to_string().contains("a workspace is 1 to 64 characters"));
    }
}
