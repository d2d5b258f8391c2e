//! `contacts-local export FILE`.

use std::io::{self, Write as _};

use serde::Deserialize;
use serde_json::json;

use super::ClientError;
use super::api::{Api, Failure};
use super::progress::{self, ASK_EVERY};
use crate::cli::ExportArgs;

#[derive(Debug, Deserialize)]
struct Export {
    id: String,
    status: String,
    rows: u64,
    url: Option<String>,
    error: Option<Failure>,
}

/// Exports the contacts of a running system into a file.
///
/// # Errors
///
/// See [`ClientError`].
pub async fn export(args: ExportArgs) -> Result<(), ClientError> {
    if args.file.exists() && !args.force {
        return Err(ClientError::Exists(args.file));
    }
    let api = Api::sign_in(&args.server).await?;
    let mut export: Export = api.post("/exports", &json!({}), "start the export").await?;
    let bar = progress::contacts().with_message("Exporting");
    while export.status == "running" {
        tokio::time::sleep(ASK_EVERY).await;
        export = api.get(&format!("/exports/{}", export.id), "read the export").await?;
        bar.set_position(export.rows);
    }
    bar.finish_and_clear();
    if let Some(Failure { code, reason }) = export.error {
        return Err(ClientError::Failed { doing: "export the contacts".to_owned(), reason, code });
    }
    let missing = ClientError::Refused { doing: "fetch the export", reason: "the response has no link".to_owned() };
    let url = export.url.ok_or(missing)?;
    api.download(&url, &args.file, "fetch the export").await?;
    writeln!(io::stdout(), "{} contacts are in {}", export.rows, args.file.display())?;
    Ok(())
}
