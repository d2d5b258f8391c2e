//! Everything of a workspace is exported.

use std::collections::BTreeMap;

use contacts_admin::export_all;
use contacts_harness::ImportHarness;
use serde_json::{Value, json};

use crate::tenants::{BUDGET, fill, items_of, workspace};

/// The lines of an export, and the text of each.
async fn lines(harness: &ImportHarness, name: &str) -> Vec<(Value, String)> {
    let mut out = Vec::new();
    export_all(&harness.book(), &workspace(name), &mut out, |_| ()).await.unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.ends_with('\n'));
    text.lines().map(|line| (serde_json::from_str(line).unwrap(), line.to_owned())).collect()
}

fn of_kind<'a>(lines: &'a [(Value, String)], kind: &str) -> Vec<&'a Value> {
    lines.iter().map(|(line, _)| line).filter(|line| line["kind"] == kind).collect()
}

#[tokio::test]
async fn every_item_is_one_line_and_secrets_are_left_out() {
    let harness = ImportHarness::new().await;
    fill(&harness, "acme").await;
    fill(&harness, "acme-2").await;
    let lines = lines(&harness, "acme").await;

    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for (line, _) in &lines[..lines.len() - 1] {
        *counts.entry(line["kind"].as_str().unwrap()).or_default() += 1;
    }
    let end = &lines.last().unwrap().0;
    assert_eq!(*end, json!({"kind": "end", "workspace_id": "acme", "lines": counts}));
    let kinds: Vec<&str> = counts.keys().copied().collect();
    assert_eq!(kinds, ["contact", "conversation", "export", "history", "import", "join", "settings"]);
    // Claims, the chunk of the import, and which export runs.
    let left_out = |item: &&crate::tenants::Item| {
        let (pk, sk) = (item["pk"].as_s().unwrap(), item["sk"].as_s().unwrap());
        pk.contains("#I#") || sk.starts_with("CHUNK#") || sk == "RUNNING"
    };
    let items = items_of(&harness, "acme").await;
    let exported = items.iter().filter(|item| !left_out(item)).count();
    assert_eq!(lines.len() - 1, exported);

    for (_, text) in &lines {
        for secret in ["plan_secret", "\"write\"", "\"pk\"", "\"sk\"", "\"recent\"", "index_shard\""] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

#[tokio::test]
async fn a_contact_comes_before_what_belongs_to_it_and_numbers_keep_their_digits() {
    let harness = ImportHarness::new().await;
    fill(&harness, "acme").await;
    let lines = lines(&harness, "acme").await;
    let mut seen: Vec<&str> = Vec::new();
    for (line, _) in &lines {
        let Some(contact) = line["contact_id"].as_str() else { continue };
        if line["kind"] == "contact" {
            assert!(!seen.contains(&contact));
            seen.push(contact);
        } else {
            assert_eq!(seen.last(), Some(&contact), "{line}");
        }
    }
    let contacts = of_kind(&lines, "contact");
    let with = |member: &str| contacts.iter().filter(|contact| contact.get(member).is_some()).count();
    assert_eq!((contacts.len(), with("merged_into"), with("deleted_at")), (10, 1, 1));
    assert!(lines.iter().any(|(line, text)| line["kind"] == "contact" && text.contains(&format!(":{BUDGET}"))));
    assert_eq!(of_kind(&lines, "settings")[0]["custom_fields"][0]["key"], "budget");
    assert_eq!(of_kind(&lines, "import")[0]["file_name"], "people.csv");
    assert!(of_kind(&lines, "export")[0]["id"].is_string());
}

#[tokio::test]
async fn a_workspace_that_nobody_knows_has_only_the_last_line() {
    let harness = ImportHarness::new().await;
    fill(&harness, "acme-2").await;
    let lines = lines(&harness, "acme").await;
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].0, json!({"kind": "end", "workspace_id": "acme", "lines": {}}));
}
