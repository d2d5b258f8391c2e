//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Runs Contacts on this machine: gateway and page at the port, DynamoDB at the next, S3 at the one after.
#[derive(Debug, Parser)]
#[command(name = "contacts-local", args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What to do instead of running.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// How to run.
    #[command(flatten)]
    pub run: RunArgs,
}

/// Other things to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Verifies the book's invariants; exit status 1 if one fails.
    Check(CheckArgs),
    /// Imports a CSV file into a running system.
    Import(ImportArgs),
    /// Exports the contacts of a running system as CSV.
    Export(ExportArgs),
}

/// Which system, and whose contacts.
#[derive(Debug, Args)]
pub struct ServerArgs {
    /// Gateway of the running system.
    #[arg(long, default_value = "http://127.0.0.1:3000")]
    pub url: String,
    /// The workspace.
    #[arg(long, default_value = crate::constants::DEMO_WORKSPACE)]
    pub workspace: String,
}

/// What to import.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The CSV file. Rows that could not be taken are written to a .report.csv beside it.
    pub file: PathBuf,
    /// Which system, and whose contacts.
    #[command(flatten)]
    pub server: ServerArgs,
    /// Which field a column feeds, where the suggestion is to be changed: its header, or its number from 1; the field, or
    /// nothing to leave the column out. `custom.<key>:string` and `custom.<key>:number` define the field.
    #[arg(long, value_name = "HEADER=FIELD")]
    pub map: Vec<String>,
    /// Define custom fields for the columns that feed nothing else.
    #[arg(long)]
    pub create_fields: bool,
    /// The first row is data.
    #[arg(long)]
    pub no_header: bool,
    /// Country in which phone numbers without a plus are read first, for instance GB; that of the workspace by default.
    #[arg(long)]
    pub country: Option<String>,
    /// Leave out cells that cannot be read, instead of rejecting their rows.
    #[arg(long)]
    pub skip_cells: bool,
    /// Only tell what would happen.
    #[arg(long)]
    pub dry_run: bool,
}

/// Where to export to.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The CSV file to write.
    pub file: PathBuf,
    /// Which system, and whose contacts.
    #[command(flatten)]
    pub server: ServerArgs,
    /// Replace the file if it is there.
    #[arg(long)]
    pub force: bool,
}

/// How to run.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// First of three ports.
    #[arg(long, default_value_t = 3000)]
    pub port: u16,
    /// Folder of the data.
    #[arg(long, value_name = "DIR", default_value = ".contacts", conflicts_with = "memory")]
    pub data: PathBuf,
    /// Keep everything in memory and forget it at the end.
    #[arg(long)]
    pub memory: bool,
    /// Fill the workspace `demo` if it is empty.
    #[arg(long)]
    pub demo: bool,
    /// Index shards of a new workspace.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=i64::from(contacts::MAX_INDEX_SHARDS)))]
    pub index_shards: u32,
    /// Folder of the page, to be read at every request: for those who change it.
    #[arg(long, value_name = "DIR", hide = true)]
    pub page: Option<PathBuf>,
    /// Claim of a token that names the workspace.
    #[arg(long, env = "WORKSPACE_CLAIM", default_value = crate::constants::WORKSPACE_CLAIM, hide = true)]
    pub workspace_claim: String,
}

/// What to check.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Folder of the data of a system that does not run.
    #[arg(long, value_name = "DIR", default_value = ".contacts", conflicts_with = "url")]
    pub data: PathBuf,
    /// DynamoDB of a running system, for instance <http://127.0.0.1:3001>.
    #[arg(long)]
    pub url: Option<String>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn reads_what_the_design_shows() {
        let parse = |line: &str| Cli::try_parse_from(line.split(' '));
        assert_eq!(parse("contacts-local").unwrap().run.port, 3000);
        assert!(parse("contacts-local --port 0 --memory --demo --index-shards 4").is_ok());
        assert!(parse("contacts-local --data d --memory").is_err());
        assert!(parse("contacts-local --index-shards 0").is_err());
        let check = parse("contacts-local check --url http://127.0.0.1:3001").unwrap();
        assert!(matches!(check.command, Some(Command::Check(CheckArgs { url: Some(_), .. }))));
        assert!(parse("contacts-local check --data d --url u").is_err());
        let import = parse("contacts-local import a.csv --url http://h --workspace w --map A=name --map 2=");
        assert!(matches!(import.unwrap().command, Some(Command::Import(import)) if import.map == ["A=name", "2="]));
        assert!(parse("contacts-local export a.csv --workspace w").is_ok());
        assert!(parse("contacts-local import").is_err());
    }
}
