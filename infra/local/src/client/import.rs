//! `contacts-local import FILE`.

use std::io::{self, IsTerminal as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contacts_csv::encoding::SAMPLE_BYTES;
use futures_util::TryStreamExt as _;
use indicatif::ProgressBar;
use serde::Deserialize;
use serde_json::json;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

use super::ClientError;
use super::api::{Api, Failure};
use super::mapping::{self, Mapped, People, Preview};
use super::progress::{self, ASK_EVERY};
use crate::cli::ImportArgs;

/// The members of an import that this client uses.
#[derive(Debug, Deserialize)]
struct Import {
    id: String,
    status: String,
    bytes: Bytes,
    rows: Rows,
    joined: u64,
    conflicts: u64,
    warnings: Vec<String>,
    report_url: Option<String>,
    error: Option<Failure>,
    upload: Option<UploadLink>,
}

#[derive(Debug, Deserialize)]
struct Bytes {
    #[serde(default)]
    checked: u64,
    done: u64,
}

#[derive(Debug, Deserialize)]
struct Rows {
    read: u64,
    created: u64,
    updated: u64,
    unchanged: u64,
    rejected: u64,
}

#[derive(Debug, Deserialize)]
struct UploadLink {
    url: String,
    headers: std::collections::BTreeMap<String, String>,
}

/// Imports a file into a running system, and shows the progress.
///
/// # Errors
///
/// See [`ClientError`].
pub async fn import(args: ImportArgs) -> Result<(), ClientError> {
    let unusable = |source| ClientError::File { path: args.file.clone(), source };
    let mut file = File::open(&args.file).await.map_err(unusable)?;
    let size = file.metadata().await.map_err(unusable)?.len();
    let mut sample = Vec::new();
    (&mut file).take(SAMPLE_BYTES as u64).read_to_end(&mut sample).await.map_err(unusable)?;
    file.seek(SeekFrom::Start(0)).await.map_err(unusable)?;

    if sample.is_empty() {
        return Err(failed(&args, Failure { code: "empty_file".to_owned(), reason: "the file is empty".to_owned() }));
    }
    let api = Api::sign_in(&args.server).await?;
    let header = args.no_header.then_some(false);
    let sample = json!({
        "sample": STANDARD.encode(&sample),
        "encoding": args.encoding,
        "quoting": args.quoting,
        "header": header,
    });
    let preview: Preview = api.post("/imports/preview", &sample, "read the file").await?;
    let mapping = mapping::mapping_of(&preview, &args.map, args.create_fields)?;
    if mapping.is_empty() {
        let reason = "no column was recognised: name one of phones, emails or handles with --map 'Header=field'";
        return Err(failed(&args, Failure { code: "no_identifier_column".to_owned(), reason: reason.to_owned() }));
    }
    {
        let mut out = io::stdout().lock();
        writeln!(out, "read as {}", preview.encoding)?;
        mapping::show(&preview, &mapping, &mut out)?;
        for warning in &preview.warnings {
            writeln!(out, "{warning}")?;
        }
        let left_out = preview.columns.len().saturating_sub(mapping.len());
        if left_out > 0 && !args.create_fields {
            writeln!(
                out,
                "columns can be kept as custom fields: --create-fields, or --map 'Header=custom.<key>:string'"
            )?;
        }
    }
    if !args.dry_run && !args.yes {
        confirm(&args, preview.people)?;
    }
    let started = order(&api, &args, size, header, &mapping).await?;
    writeln!(
        io::stdout(),
        "import {} has started; it continues on the server if this program stops after the upload",
        started.id
    )?;
    upload(&api, started.upload, file, size).await?;
    let import = wait(&api, &started.id, size).await?;
    show_result(&api, &args, import).await
}

/// Asks before an import in which more than one row in twenty is about a contact that is clearly called differently.
fn confirm(args: &ImportArgs, People { rows, other_names }: People) -> Result<(), ClientError> {
    if other_names * 20 <= rows {
        return Ok(());
    }
    let question =
        format!("{other_names} of the first {rows} rows are about contacts that have clearly different names");
    let is_yes = if io::stdin().is_terminal() {
        write!(io::stdout(), "{question}. Import anyway? [y/N] ")?;
        io::stdout().flush()?;
        let mut answer = String::new();
        io::stdin().read_line(&mut answer)?;
        matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
    } else {
        false
    };
    let reason = format!("{question}; --dry-run shows the effect, --yes imports them anyway");
    if is_yes { Ok(()) } else { Err(failed(args, Failure { code: "other_names".to_owned(), reason })) }
}

async fn order(
    api: &Api,
    args: &ImportArgs,
    size: u64,
    header: Option<bool>,
    mapping: &[Mapped],
) -> Result<Import, ClientError> {
    let name = args.file.file_name().unwrap_or_default().to_string_lossy();
    let mut order = json!({
        "file_name": name,
        "size_bytes": size,
        "encoding": args.encoding,
        "quoting": args.quoting,
        "existing": args.existing,
        "header": header,
        "mapping": mapping,
        "dry_run": args.dry_run,
        "on_invalid": if args.reject_rows { "reject_row" } else { "skip_cell" },
    });
    if let Some(country) = &args.country {
        order["default_country"] = json!(country);
    }
    api.post("/imports", &order, "start the import").await
}

async fn upload(api: &Api, upload: Option<UploadLink>, file: File, size: u64) -> Result<(), ClientError> {
    let missing =
        ClientError::Refused { doing: "upload the file", reason: "the response has no upload link".to_owned() };
    let UploadLink { url, mut headers } = upload.ok_or(missing)?;
    let bar = progress::bytes(size).with_message("Uploading");
    let counted = bar.clone();
    let stream = ReaderStream::new(file).inspect_ok(move |bytes| counted.inc(bytes.len() as u64));
    headers.insert("content-length".to_owned(), size.to_string());
    api.put(&url, headers, reqwest::Body::wrap_stream(stream), "upload the file").await?;
    bar.finish_and_clear();
    Ok(())
}

/// Waits until the import ends.
async fn wait(api: &Api, id: &str, size: u64) -> Result<Import, ClientError> {
    let bar: ProgressBar = progress::import(size);
    loop {
        let import: Import = api.get(&format!("/imports/{id}"), "ask for the import").await?;
        if import.status == "planning" {
            bar.set_prefix("Checking");
            bar.set_position(import.bytes.checked);
        } else {
            bar.set_prefix("Importing");
            bar.set_position(import.bytes.done);
            bar.set_message(format!("{} rows", import.rows.read));
        }
        if matches!(import.status.as_str(), "completed" | "failed" | "cancelled") {
            bar.finish_and_clear();
            return Ok(import);
        }
        tokio::time::sleep(ASK_EVERY).await;
    }
}

async fn show_result(api: &Api, args: &ImportArgs, import: Import) -> Result<(), ClientError> {
    let report = match &import.report_url {
        Some(url) => Some(fetch_report(api, &args.file, url).await),
        None => None,
    };
    let Rows { read, created, updated, unchanged, rejected } = import.rows;
    let mut out = io::stdout().lock();
    let note = if args.dry_run { " (nothing was written: this was a dry run)" } else { "" };
    writeln!(
        out,
        "{read} rows read: {created} created, {updated} updated, {unchanged} unchanged, {rejected} rejected{note}"
    )?;
    if import.joined + import.conflicts > 0 {
        writeln!(out, "{} rows joined contacts, {} rows were in conflict", import.joined, import.conflicts)?;
    }
    for warning in &import.warnings {
        writeln!(out, "{warning}")?;
    }
    if let Some(Ok(report)) = &report {
        writeln!(out, "the rows that need attention are in {}", report.display())?;
    }
    match import.error {
        None if import.status == "cancelled" => {
            let reason = "it was cancelled; the rows that were imported stay".to_owned();
            Err(failed(args, Failure { code: import.status, reason }))
        }
        None => report.transpose().map(drop),
        Some(failure) => Err(failed(args, failure)),
    }
}

fn failed(args: &ImportArgs, Failure { code, reason }: Failure) -> ClientError {
    ClientError::Failed { doing: format!("import {}", args.file.display()), reason, code }
}

/// Downloads the report next to the file: for `people.csv` to `people.report.csv`. If that exists, because an earlier report
/// is still being corrected, to `people.report-2.csv` and so on.
async fn fetch_report(api: &Api, file: &Path, url: &str) -> Result<PathBuf, ClientError> {
    let mut names = (2..).map(|number| file.with_extension(format!("report-{number}.csv")));
    let mut report = file.with_extension("report.csv");
    while report.exists() {
        report = names.next().unwrap_or_else(|| report.clone());
    }
    api.download(url, &report, "fetch the report").await?;
    Ok(report)
}
