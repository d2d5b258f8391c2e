//! Files as other systems write them, and what each must become: `data/files/README.md`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Map, Value};

/// The counts of an import.
pub const COUNTS: [&str; 7] = ["read", "created", "updated", "unchanged", "rejected", "joined", "conflicts"];

/// One file, read with one set of options.
#[derive(Debug)]
pub struct FileCase {
    /// The name of the file.
    pub file: String,
    /// Why it is here.
    pub about: String,
    expected: Value,
}

/// What a preview and an import made of a file.
#[derive(Debug, Default)]
pub struct Imported {
    /// The encoding in the preview.
    pub encoding: String,
    /// The columns in the preview.
    pub columns: Vec<Column>,
    /// The counts, by their names in [`COUNTS`].
    pub counts: BTreeMap<String, u64>,
    /// The warnings of the preview and of the import.
    pub warnings: Vec<String>,
    /// What the report says of a physical line.
    pub report: BTreeMap<u64, String>,
    /// All contacts.
    pub contacts: Vec<Person>,
}

/// A column of a preview.
#[derive(Debug)]
pub struct Column {
    /// The header; empty without one.
    pub header: String,
    /// The suggested field; `None` if the column is left out.
    pub field: Option<String>,
    /// The type of the custom field that the import creates.
    pub create: Option<String>,
    /// Whether all its cells in the sample are blank.
    pub is_blank: bool,
}

/// A contact.
#[derive(Debug, Default)]
pub struct Person {
    /// The name.
    pub name: Option<String>,
    /// All numbers by which it is known or that it shares.
    pub phones: Vec<String>,
    /// All addresses, in lower case.
    pub emails: Vec<String>,
    /// The handles, by channel.
    pub handles: BTreeMap<String, String>,
    /// The custom values, by key.
    pub custom: BTreeMap<String, Value>,
}

/// The folder of the files.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/files")
}

/// All cases.
///
/// # Panics
/// If `expected.json` is malformed.
pub fn file_cases() -> Vec<FileCase> {
    let all: Value = serde_json::from_str(include_str!("../data/files/expected.json")).expect("it is JSON");
    let text = |case: &Value, member: &str| case[member].as_str().unwrap_or_default().to_owned();
    let case = |case: &Value| FileCase { file: text(case, "file"), about: text(case, "about"), expected: case.clone() };
    all["cases"].as_array().expect("there are cases").iter().map(case).collect()
}

impl FileCase {
    /// The bytes of the file.
    ///
    /// # Panics
    /// If the file is missing.
    pub fn bytes(&self) -> Vec<u8> {
        std::fs::read(folder().join(&self.file)).expect("the file is here")
    }

    /// The default country of the workspace, if it is not US.
    pub fn default_country(&self) -> Option<&str> {
        self.expected["default_country"].as_str()
    }

    /// An option of the import: `encoding`, `quoting` or `existing`.
    pub fn option(&self, name: &str) -> Option<&str> {
        self.expected["options"][name].as_str()
    }

    /// The contacts that exist already, as bodies of `POST /contacts`.
    pub fn before(&self) -> &[Value] {
        list(&self.expected["before"])
    }

    /// The contacts that there must be in the end.
    pub fn contacts(&self) -> &[Value] {
        list(&self.expected["contacts"])
    }

    /// What is expected of an import that fails.
    pub fn failure(&self) -> Option<&Map<String, Value>> {
        self.expected["failure"].as_object()
    }

    /// Whether the file is imported once more.
    pub fn is_repeated(&self) -> bool {
        self.expected["again"] != "any"
    }

    /// Every difference of a failed import, with this code and reason, from what is expected.
    pub fn check_failure(&self, code: &str, reason: &str) -> Vec<String> {
        let mut faults = Vec::new();
        let Some(failure) = self.failure() else { return faults };
        let codes = failure.get("codes").map_or(&[][..], list);
        if !codes.is_empty() && !codes.iter().any(|wanted| wanted == code) {
            faults.push(format!("the code is {code}"));
        }
        let words = failure.get("says").map_or(&[][..], list).iter().filter_map(Value::as_str);
        faults.extend(words.filter(|word| !reason.contains(word)).map(|word| format!("{reason} does not say {word}")));
        faults
    }

    /// Every difference from what is expected.
    pub fn check(&self, imported: &Imported) -> Vec<String> {
        let mut faults = Vec::new();
        if let Some(encoding) = self.expected["encoding"].as_str()
            && !encoding.split('|').any(|encoding| encoding == imported.encoding)
        {
            faults.push(format!("encoding is {}, not {encoding}", imported.encoding));
        }
        self.check_mapping(&imported.columns, &mut faults);
        faults.extend(self.check_counts(&imported.counts));
        self.check_contacts(imported, &mut faults);
        self.check_warnings(&imported.warnings, &mut faults);
        for (line, said) in self.expected["report"].as_object().into_iter().flatten() {
            let found = line.parse().ok().and_then(|line: u64| imported.report.get(&line));
            let said = said.as_str().unwrap_or_default();
            if found.is_none_or(|found| !found.contains(said)) {
                faults.push(format!("line {line} of the report says {found:?}, not {said:?}"));
            }
        }
        faults
    }

    /// Every difference of the counts, of an import or of a dry run.
    pub fn check_counts(&self, counts: &BTreeMap<String, u64>) -> Vec<String> {
        let wanted = |name: &str| {
            let zero = matches!(name, "joined" | "conflicts").then_some(0);
            self.expected["counts"][name].as_u64().or(zero)
        };
        let differs = |(name, found): &(&String, &u64)| wanted(name).is_some_and(|wanted| wanted != **found);
        counts
            .iter()
            .filter(differs)
            .map(|(name, found)| format!("{name} is {found}, not {:?}", wanted(name)))
            .collect()
    }

    fn check_mapping(&self, columns: &[Column], faults: &mut Vec<String>) {
        let Some(expected) = self.expected["mapping"].as_object() else { return };
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for column in columns {
            let times = seen.entry(&column.header).or_default();
            *times += 1;
            let name = if *times > 1 { format!("{}#{times}", column.header) } else { column.header.clone() };
            let found = match (&column.field, &column.create) {
                (Some(_), Some(kind)) => format!("custom:{kind}"),
                (Some(field), None) => field.clone(),
                (None, _) => "none".to_owned(),
            };
            let wanted = match expected.get(&name) {
                Some(wanted) => wanted.as_str().unwrap_or_default(),
                None if column.is_blank => "any",
                None => "custom:string|custom:number|dial_code|none",
            };
            if wanted != "any" && !wanted.split('|').any(|wanted| wanted == found) {
                faults.push(format!("{name} is {found}, not {wanted}"));
            }
        }
        for name in expected.keys() {
            let (header, times) =
                name.split_once('#').map_or((name.as_str(), 1), |(name, times)| (name, times.parse().unwrap_or(1)));
            if seen.get(header).is_none_or(|seen| *seen < times) {
                faults.push(format!("there is no column {name}"));
            }
        }
    }

    fn check_warnings(&self, warnings: &[String], faults: &mut Vec<String>) {
        // Digits count also with what stands between them.
        let plain: Vec<String> = warnings.iter().map(|warning| warning.to_lowercase()).collect();
        let digits: Vec<String> =
            plain.iter().map(|text| text.chars().filter(char::is_ascii_digit).collect()).collect();
        for wanted in list(&self.expected["warnings"]).iter().filter_map(Value::as_str) {
            let is_said = |wanted: &str| {
                let wanted = wanted.to_lowercase();
                let is_number = wanted.bytes().all(|byte| byte.is_ascii_digit());
                plain.iter().chain(digits.iter().filter(|_| is_number)).any(|warning| warning.contains(&wanted))
            };
            if !wanted.split('|').any(is_said) {
                faults.push(format!("no warning says {wanted}: {warnings:?}"));
            }
        }
    }

    /// Compares the contacts, which are found by their values.
    fn check_contacts(&self, imported: &Imported, faults: &mut Vec<String>) {
        let keys: BTreeMap<&str, &str> = imported
            .columns
            .iter()
            .filter_map(|column| Some((column.header.as_str(), column.field.as_deref()?.strip_prefix("custom.")?)))
            .collect();
        let mut left: Vec<&Person> = imported.contacts.iter().collect();
        for wanted in self.contacts() {
            match left.iter().position(|person| person.is(wanted, &keys)) {
                Some(at) => drop(left.remove(at)),
                None => faults.push(format!("nobody is {wanted}")),
            }
        }
        faults.extend(left.into_iter().map(|person| format!("unexpected: {person:?}")));
    }
}

impl Person {
    /// Whether it is the expected contact. `keys` has the custom fields that the columns feed, by header.
    fn is(&self, wanted: &Value, keys: &BTreeMap<&str, &str>) -> bool {
        let name = self.name.clone().map_or(Value::Null, Value::String);
        let is_named = match &wanted["name"] {
            Value::Array(names) => names.contains(&name),
            wanted => *wanted == "any" || *wanted == name,
        };
        let handle = |channel: &&str| {
            let found = self.handles.get(*channel).map(|handle| handle.to_lowercase());
            let wanted = wanted[*channel].as_str().map(str::to_lowercase);
            wanted.as_deref() == Some("any") || wanted == found
        };
        let custom = |(header, wanted): (&String, &Value)| {
            let found = keys.get(header.as_str()).and_then(|key| self.custom.get(*key));
            match wanted {
                Value::Number(wanted) => found.and_then(number) == wanted.as_f64(),
                wanted => found.and_then(Value::as_str) == wanted.as_str(),
            }
        };
        is_named
            && has_all(&self.phones, &wanted["phones"], &wanted["phones_maybe"])
            && has_all(&self.emails, &wanted["emails"], &wanted["emails_maybe"])
            && ["instagram", "slack", "microsoft_teams"].iter().all(handle)
            && wanted["custom"].as_object().into_iter().flatten().all(custom)
    }
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

/// Whether these are all wanted values, and no other than the possible ones.
fn has_all(found: &[String], wanted: &Value, maybe: &Value) -> bool {
    let is_in = |values: &Value, value: &String| list(values).iter().any(|one| one == value.as_str());
    *wanted == "any"
        || (list(wanted).iter().all(|value| found.iter().any(|found| value == found.as_str()))
            && found.iter().all(|value| is_in(wanted, value) || is_in(maybe, value)))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
