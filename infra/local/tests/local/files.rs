//! Files as other systems write them, through the interfaces: preview, dry run, import, and the import once more.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contacts_cases::{COUNTS, Column, FileCase, Imported, Person, file_cases};
use futures_util::{StreamExt as _, future, stream};
use reqwest::Method;
use serde_json::{Value, json};

use crate::running::Program;
use crate::workspace::{AT_ONCE, Workspace};

#[tokio::test]
async fn files_of_other_systems_become_the_contacts_that_people_expect() {
    let program = Program::start(&["--memory"]);
    let cases = file_cases();
    let runs = stream::iter(cases.iter().enumerate()).map(async |(place, case)| {
        let workspace = Workspace::new(&program, &format!("file-{place}")).await;
        let faults = run(&workspace, case).await;
        let problem = || format!("{} ({}):\n    {}", case.file, case.about, faults.join("\n    "));
        (!faults.is_empty()).then(problem)
    });
    let problems: Vec<String> = runs.buffered(AT_ONCE).filter_map(future::ready).collect().await;
    assert!(problems.is_empty(), "{} cases fail\n{}", problems.len(), problems.join("\n"));
    program.stop();
}

/// Everything in which a case differs from what is expected.
async fn run(workspace: &Workspace<'_>, case: &FileCase) -> Vec<String> {
    if let Some(country) = case.default_country() {
        workspace.change_settings(&json!({"default_country": country})).await;
    }
    for before in case.before() {
        let form =
            json!({"name": before["name"], "channels": {"telephone": before["phone"], "email": before["email"]}});
        let (status, body) = workspace.call(Method::POST, "/contacts", Some(&form)).await;
        assert_eq!(status, 201, "{body}");
    }
    let mut order = json!({});
    for name in ["encoding", "quoting", "existing"] {
        if let Some(option) = case.option(name) {
            order[name] = json!(option);
        }
    }
    if case.failure().is_some() {
        let import = workspace.import(&order, case.bytes()).await;
        let text = |member: &str| import["error"][member].as_str().unwrap_or_default();
        let mut faults = case.check_failure(text("code"), text("reason"));
        if !contacts(workspace).await.is_empty() {
            faults.push("contacts were written".to_owned());
        }
        return faults;
    }
    let mut sample = json!({"sample": STANDARD.encode(case.bytes())});
    for name in ["encoding", "quoting"] {
        sample[name] = order[name].clone();
    }
    let (status, preview) = workspace.call(Method::POST, "/imports/preview", Some(&sample)).await;
    if status != 200 {
        return vec![format!("no preview: {preview}")];
    }
    let before = contacts(workspace).await;
    let mut mapped = order.clone();
    (mapped["mapping"], mapped["header"], mapped["dry_run"]) =
        (preview["mapping"].clone(), preview["header"].clone(), json!(true));
    let rehearsed = workspace.import(&mapped, case.bytes()).await;
    let mut faults = case.check_counts(&counts(&rehearsed));
    if contacts(workspace).await != before {
        faults.push("the dry run changed contacts".to_owned());
    }
    mapped["dry_run"] = json!(false);
    let import = workspace.import(&mapped, case.bytes()).await;
    let written = contacts(workspace).await;
    faults.extend(case.check(&Imported {
        encoding: preview["encoding"].as_str().unwrap().to_owned(),
        columns: preview["columns"].as_array().unwrap().iter().map(column).collect(),
        counts: counts(&import),
        warnings: [texts(&preview["warnings"]), texts(&import["warnings"])].concat(),
        report: report(&import).await,
        contacts: written.iter().map(person).collect(),
    }));
    if case.is_repeated() {
        let again = counts(&workspace.import(&order, case.bytes()).await);
        let first = counts(&import);
        let is_at_rest = again["unchanged"] + again["rejected"] == again["read"];
        if !is_at_rest || ["read", "rejected"].iter().any(|name| again[*name] != first[*name]) {
            faults.push(format!("again: {again:?}"));
        }
        if contacts(workspace).await != written {
            faults.push("again: contacts changed".to_owned());
        }
    }
    faults
}

/// All contacts, in the order of their ids.
async fn contacts(workspace: &Workspace<'_>) -> Vec<Value> {
    let list = workspace.get("/contacts?limit=200").await;
    let mut contacts = list["items"].as_array().unwrap().clone();
    contacts.sort_by_key(|contact| contact["id"].to_string());
    contacts
}

fn counts(import: &Value) -> BTreeMap<String, u64> {
    let count = |name: &str| import["rows"][name].as_u64().or(import[name].as_u64()).unwrap_or_default();
    COUNTS.iter().map(|name| ((*name).to_owned(), count(name))).collect()
}

fn column(column: &Value) -> Column {
    let text = |member: &str| column[member].as_str().map(str::to_owned);
    Column {
        header: text("header").unwrap_or_default(),
        field: text("field"),
        create: text("create"),
        is_blank: column["samples"].as_array().unwrap().is_empty(),
    }
}

fn person(contact: &Value) -> Person {
    let channels = &contact["channels"];
    let further =
        ["also_known_by", "shared"].iter().flat_map(|member| contact[*member].as_array().into_iter().flatten());
    let all = |fields: &[&str]| -> Vec<String> {
        let own = fields.iter().filter_map(|field| channels[*field].as_str());
        let further = further.clone().filter(|other| fields.contains(&other["field"].as_str().unwrap()));
        let mut all: Vec<String> =
            own.chain(further.filter_map(|other| other["value"].as_str())).map(str::to_lowercase).collect();
        all.sort();
        all.dedup();
        all
    };
    let handles = ["instagram", "slack", "microsoft_teams"];
    let handles = handles.iter().filter_map(|field| Some(((*field).to_owned(), channels[*field].as_str()?.to_owned())));
    let custom = contact["custom_fields"].as_object().into_iter().flatten();
    Person {
        name: contact["name"].as_str().map(str::to_owned),
        phones: all(&["telephone", "whatsapp"]),
        emails: all(&["email"]),
        handles: handles.collect(),
        custom: custom.map(|(key, value)| (key.clone(), value.clone())).collect(),
    }
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// What the report says of each line, in its column and reason.
async fn report(import: &Value) -> BTreeMap<u64, String> {
    let Some(url) = import["report_url"].as_str() else { return BTreeMap::new() };
    let text = reqwest::get(url).await.unwrap().text().await.unwrap();
    let delimiter = if text.lines().next().unwrap().contains(";import_result") { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        let from_end = |place: usize| row[row.len() - place].to_owned();
        (from_end(3).parse().unwrap(), format!("{}: {}", from_end(2), from_end(1)))
    });
    rows.collect()
}
