//! `contacts-local undo IMPORT`.

use std::io::{self, Write as _};

use serde::Deserialize;
use serde_json::json;

use super::ClientError;
use super::api::Api;
use super::progress::{self, ASK_EVERY};
use crate::cli::UndoArgs;

#[derive(Debug, Deserialize)]
struct Import {
    undo: Option<Undo>,
}

#[derive(Debug, Deserialize)]
struct Undo {
    status: String,
    removed: u64,
    restored: u64,
    kept: u64,
}

/// Takes back an import into a running system, and shows the progress.
///
/// # Errors
///
/// See [`ClientError`].
pub async fn undo(args: UndoArgs) -> Result<(), ClientError> {
    let api = Api::sign_in(&args.server).await?;
    let path = format!("/imports/{}", args.import);
    let mut import: Import = api.post(&format!("{path}/undo"), &json!({}), "undo the import").await?;
    let bar = progress::contacts().with_message("Undoing");
    loop {
        let missing =
            || ClientError::Refused { doing: "undo the import", reason: "the response has no undo".to_owned() };
        let Undo { status, removed, restored, kept } = import.undo.ok_or_else(missing)?;
        bar.set_position(removed + restored + kept);
        match status.as_str() {
            "running" => tokio::time::sleep(ASK_EVERY).await,
            "completed" => {
                bar.finish_and_clear();
                writeln!(
                    io::stdout(),
                    "{removed} contacts removed, {restored} as they were before, {kept} kept with what others said later"
                )?;
                return Ok(());
            }
            _ => {
                let (doing, reason) =
                    (format!("undo the import {}", args.import), "it has made no progress; try again");
                return Err(ClientError::Failed { doing, reason: reason.to_owned(), code: status });
            }
        }
        import = api.get(&path, "ask for the import").await?;
    }
}
