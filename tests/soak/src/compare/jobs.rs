//! Compares the imports: each has ended, and its counts are those of its file.

use std::collections::HashMap;

use contacts::ImportId;
use reqwest_tls::StatusCode;
use serde_json::Value;

use super::Comparing;
use crate::clients::{Call, ERASED};
use crate::model::{self, Imported};
use crate::state::SoakError;

/// How a report marks a rejected row.
const REJECTED: &str = ",rejected,";

/// Compares every import; returns those that wrote to the book, by file.
pub(super) async fn compare(comparing: &mut Comparing<'_>) -> Result<HashMap<String, Vec<Imported>>, SoakError> {
    let mut imports: HashMap<String, Vec<Imported>> = HashMap::new();
    for import in list(comparing).await? {
        let (id, name) = (&import["id"], import["file_name"].as_str().unwrap_or_default());
        // The answer to its creation was lost, and the client created another for the file.
        if import["status"] == "awaiting_upload" {
            continue;
        }
        let Some(file) = comparing.pages.files.get(name) else {
            comparing.differ(format!("import {id} is of {name:?}, which was not put up"));
            continue;
        };
        let imported = Imported {
            id: ImportId::parse(id.as_str().unwrap_or_default())?,
            at: import["created_at"].as_str().unwrap_or_default().parse()?,
        };
        let rows = model::rows(&file.text, imported, comparing.settings)?;
        let (taken, rejected) = (rows.observations.len() as u64, rows.rejected as u64);
        // Rows of people who were erased are rejected as well, and the reports about them removed.
        let may_differ = comparing.lane.workspace == ERASED;
        let count = |name: &str| import["rows"][name].as_u64().unwrap_or_default();
        let is_right = import["status"] == "completed"
            && (count("rejected") == rejected || may_differ)
            && count("created") + count("updated") + count("unchanged") + count("rejected") == taken + rejected
            && count("read") == taken + rejected
            && import["bytes"]["done"] == import["bytes"]["total"];
        if !is_right {
            comparing.differ(format!("of {name}, {taken} rows are to be taken and {rejected} rejected: {import}"));
        }
        let reported = match import["report_url"].as_str() {
            Some(url) => {
                comparing.lane.run.clients.download(url).await?.lines().filter(|row| row.contains(REJECTED)).count()
            }
            None => 0,
        };
        if reported as u64 != rejected && !may_differ {
            comparing.differ(format!("of {name}, {reported} rows are reported as rejected, of {rejected}"));
        }
        if file.undone && import["undo"]["status"] != "completed" {
            comparing.differ(format!("{name} was not taken back: {import}"));
        }
        comparing.found.imports += 1;
        comparing.found.rows += count("read");
        if file.counts() {
            imports.entry(name.to_owned()).or_default().push(imported);
        }
    }
    for (name, file) in &comparing.pages.files {
        let of_here = comparing
            .operations()
            .iter()
            .any(|act| matches!(act, crate::acknowledged::Operation::File(file) if file == name));
        if of_here && file.counts() && imports.get(name).is_none_or(|imports| imports.len() != 1) {
            comparing.differ(format!("{name} was imported {} times", imports.get(name).map_or(0, Vec::len)));
        }
    }
    Ok(imports)
}

async fn list(comparing: &Comparing<'_>) -> Result<Vec<Value>, SoakError> {
    let lane = &comparing.lane;
    let (mut imports, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/imports?limit=200{cursor}");
        let page = lane.call("pages of imports", &Call::get(lane.workspace, path)).await;
        let page = page.filter(|page| page.status == StatusCode::OK).ok_or("the imports cannot be read")?;
        imports.extend(page.json["items"].as_array().into_iter().flatten().cloned());
        let Some(next) = page.json["next_cursor"].as_str() else { return Ok(imports) };
        cursor = format!("&cursor={next}");
    }
}
