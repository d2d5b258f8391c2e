//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Runs Contacts on this machine: the API and the page on the given port, DynamoDB and S3 on the next two.
#[derive(Debug, Parser)]
#[command(name = "contacts-local", args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// The command to run instead of the system.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The options of the system.
    #[command(flatten)]
    pub run: RunArgs,
}

/// A command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Checks the invariants of the book. The exit status is 1 if one does not hold.
    Check(CheckArgs),
    /// Imports a CSV file into a running system.
    Import(ImportArgs),
    /// Exports the contacts of a running system as CSV.
    Export(ExportArgs),
    /// Takes back an import into a running system.
    Undo(UndoArgs),
}

/// The running system to use.
#[derive(Debug, Args)]
pub struct ServerArgs {
    /// The URL of the running system.
    #[arg(long, default_value = "http://127.0.0.1:3000")]
    pub url: String,
    /// The workspace.
    #[arg(long, default_value = crate::constants::DEMO_WORKSPACE)]
    pub workspace: String,
}

/// The options of an import.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The CSV file. Rejected rows are written to a .report.csv file next to it.
    pub file: PathBuf,
    /// The running system to use.
    #[command(flatten)]
    pub server: ServerArgs,
    /// Change which field a column feeds. HEADER is the column's header, or its number from 1. Leave FIELD empty to ignore
    /// the column. `custom.<key>:string` and `custom.<key>:number` create a custom field.
    #[arg(long, value_name = "HEADER=FIELD")]
    pub map: Vec<String>,
    /// Create custom fields for the columns that feed no other field.
    #[arg(long)]
    pub create_fields: bool,
    /// Treat the first row as data, not as a header.
    #[arg(long)]
    pub no_header: bool,
    /// The file's encoding, such as windows-1251 or macintosh. Default: detected.
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// What quotes mean: `standard`, or `none` to take them as they are. Default: standard.
    #[arg(long, value_name = "standard|none")]
    pub quoting: Option<String>,
    /// What to do with contacts that exist already: `update`, `fill_blanks` or `skip`. Default: update.
    #[arg(long, value_name = "update|fill_blanks|skip")]
    pub existing: Option<String>,
    /// The country of phone numbers without a plus, such as GB. Default: the workspace's.
    #[arg(long)]
    pub country: Option<String>,
    /// Reject rows with an invalid cell. By default the cell is left out.
    #[arg(long)]
    pub reject_rows: bool,
    /// Do not ask before an import in which many rows are about contacts with clearly different names.
    #[arg(long)]
    pub yes: bool,
    /// Only count what would change.
    #[arg(long)]
    pub dry_run: bool,
}

/// The options of an export.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The CSV file to write.
    pub file: PathBuf,
    /// The running system to use.
    #[command(flatten)]
    pub server: ServerArgs,
    /// Replace the file if it exists.
    #[arg(long)]
    pub force: bool,
}

/// The options of an undo.
#[derive(Debug, Args)]
pub struct UndoArgs {
    /// The id of the import, which `contacts-local import` prints.
    pub import: String,
    /// The running system to use.
    #[command(flatten)]
    pub server: ServerArgs,
}

/// The options of the system.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// The first of three consecutive ports.
    #[arg(long, default_value_t = 3000)]
    pub port: u16,
    /// The folder of the data.
    #[arg(long, value_name = "DIR", default_value = ".contacts", conflicts_with = "memory")]
    pub data: PathBuf,
    /// Keep everything in memory, and lose it at the end.
    #[arg(long)]
    pub memory: bool,
    /// Fill the workspace `demo` with sample contacts if it is empty.
    #[arg(long)]
    pub demo: bool,
    /// The number of index shards of a new workspace.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=i64::from(contacts::MAX_INDEX_SHARDS)))]
    pub index_shards: u32,
    /// The folder of the page, read at every request. For development of the page.
    #[arg(long, value_name = "DIR", hide = true)]
    pub page: Option<PathBuf>,
    /// The claim of a token that has the workspace.
    #[arg(long, env = "WORKSPACE_CLAIM", default_value = crate::constants::WORKSPACE_CLAIM, hide = true)]
    pub workspace_claim: String,
    /// The claim of a token that has the user's role: `reader`, `editor` or `admin`. Without one everybody is an admin.
    /// Tokens get it from `/dev/token?workspace=…&role=…`.
    #[arg(long, value_name = "CLAIM", env = "ROLE_CLAIM")]
    pub role_claim: Option<String>,
    /// The workspaces whose events are accepted, separated by commas; `*` stands for any characters. Default: all.
    #[arg(long, value_name = "NAMES", env = "WORKSPACES")]
    pub workspaces: Option<String>,
}

/// The options of a check.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The folder of the data, if no system uses it.
    #[arg(long, value_name = "DIR", default_value = ".contacts", conflicts_with = "url")]
    pub data: PathBuf,
    /// The URL of a running system's DynamoDB, such as <http://127.0.0.1:3001>.
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
    fn the_documented_options_are_read() {
        let parse = |line: &str| Cli::try_parse_from(line.split(' '));
        assert_eq!(parse("contacts-local").unwrap().run.port, 3000);
        assert!(parse("contacts-local --port 0 --memory --demo --index-shards 4").is_ok());
        assert!(parse("contacts-local --data d --memory").is_err());
        assert!(parse("contacts-local --index-shards 0").is_err());
        assert!(parse("contacts-local --role-claim role --workspaces acme,demo-*").is_ok());
        let check = parse("contacts-local check --url http://127.0.0.1:3001").unwrap();
        assert!(matches!(check.command, Some(Command::Check(CheckArgs { url: Some(_), .. }))));
        assert!(parse("contacts-local check --data d --url u").is_err());
        let import = parse("contacts-local import a.csv --url http://h --workspace w --map A=name --map 2=");
        assert!(matches!(import.unwrap().command, Some(Command::Import(import)) if import.map == ["A=name", "2="]));
        assert!(parse("contacts-local export a.csv --workspace w").is_ok());
        assert!(parse("contacts-local import").is_err());
        assert!(parse("contacts-local undo 0190c5f2-4a5b-7c3d-9e8f-0123456789ab --workspace w").is_ok());
        assert!(parse("contacts-local undo").is_err());
    }
}
