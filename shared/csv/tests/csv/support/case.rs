//! Runs a case of a file on a book in memory.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeMap;

use contacts::memory::MemoryBook;
use contacts::{
    Actor, Caller, Channel, Contact, ContactId, Country, CustomField, CustomKey, CustomType, Existing, Field, ImportId,
    Observation, OnInvalid, Outcome, Quoting, Raw, Settings, SourceRef, time,
};
use contacts_cases::{COUNTS, Column, FileCase, Imported, Person};
use contacts_csv::cut::{Cutter, Limits};
use contacts_csv::encoding::Encoding;
use contacts_csv::mapping::Target;
use contacts_csv::numbers::NumberFormats;
use contacts_csv::people::People;
use contacts_csv::plan::{Plan, PlanError, PlanOptions};
use contacts_csv::preview::{Preview, preview};
use contacts_csv::row::{Origin, RowReader};
use contacts_csv::sample::Extent;
use contacts_csv::types::number_columns;
use serde_json::{Value, json};

/// What an import did.
#[derive(Debug, Default)]
pub(crate) struct Done {
    pub(crate) counts: BTreeMap<String, u64>,
    /// What the report says of a physical line.
    pub(crate) report: BTreeMap<u64, String>,
    pub(crate) warnings: Vec<String>,
}

fn settings(case: &FileCase) -> Settings {
    let country = case.default_country().map(|code| Country::parse(code).unwrap());
    Settings { default_country: country.unwrap_or(Country::US), ..Settings::default() }
}

fn options(case: &FileCase) -> PlanOptions {
    PlanOptions {
        encoding: case.option("encoding").map(|label| Encoding::parse(label).unwrap()),
        quoting: case.option("quoting").map_or(Quoting::Standard, |name| Quoting::parse(name).unwrap()),
        ..PlanOptions::default()
    }
}

fn existing(case: &FileCase) -> Existing {
    case.option("existing").map_or(Existing::Update, |name| Existing::parse(name).unwrap())
}

/// Everything in which a case differs from what is expected.
pub(crate) fn run(case: &FileCase) -> Vec<String> {
    let mut book = MemoryBook { settings: settings(case), ..MemoryBook::default() };
    let (bytes, options, existing) = (case.bytes(), options(case), existing(case));
    if case.failure().is_some() {
        return match import(&mut book, &bytes, &options, existing) {
            Err(error) => case.check_failure(error.code(), &error.to_string()),
            Ok(_) => vec!["the import does not fail".to_owned()],
        };
    }
    for before in case.before() {
        add(&mut book, before);
    }
    let (preview, _) = match preview(&bytes, &options, &book.settings) {
        Ok(preview) => preview,
        Err(error) => return vec![format!("no preview: {error}")],
    };
    book.settings.custom_fields.extend(created(&preview));
    let plan = PlanOptions { header: Some(preview.header), mapping: Some(preview.mapping.clone()), ..options.clone() };
    let Done { counts, report, warnings } = match import(&mut book, &bytes, &plan, existing) {
        Ok(done) => done,
        Err(error) => return vec![format!("no import: {error}")],
    };
    let columns = preview.columns.iter().map(|column| Column {
        header: column.header.clone().unwrap_or_default(),
        field: column.field.as_ref().map(Target::to_string),
        create: column.create.map(|kind| kind.as_str().to_owned()),
        is_blank: column.samples.is_empty(),
    });
    let imported = Imported {
        encoding: preview.encoding.as_str().to_owned(),
        columns: columns.collect(),
        counts,
        report,
        warnings: [preview.warnings, warnings].concat(),
        contacts: book.live().map(person).collect(),
    };
    let mut faults = case.check(&imported);
    if case.is_repeated() {
        again(case, &mut book, &imported.counts, &mut faults);
    }
    faults
}

/// Imports the file once more, without a mapping: nothing changes.
fn again(case: &FileCase, book: &mut MemoryBook, first: &BTreeMap<String, u64>, faults: &mut Vec<String>) {
    let versions =
        |book: &MemoryBook| -> BTreeMap<ContactId, u64> { book.live().map(|it| (it.id, it.version)).collect() };
    let before = versions(book);
    let second = match import(book, &case.bytes(), &options(case), existing(case)) {
        Ok(done) => done.counts,
        Err(error) => return faults.push(format!("again: no import: {error}")),
    };
    for count in ["read", "rejected"] {
        if second[count] != first[count] {
            faults.push(format!("again: {count} is {}, not {}", second[count], first[count]));
        }
    }
    if second["unchanged"] + second["rejected"] != second["read"] {
        faults.push(format!("again: {second:?}"));
    }
    if versions(book) != before {
        faults.push("again: a contact has a new version".to_owned());
    }
}

fn person(contact: &Contact) -> Person {
    let all = |channels: &[Channel]| -> Vec<String> {
        let held = contact.identifiers.iter().filter(|held| channels.contains(&held.channel));
        held.map(|held| held.value.as_str().to_owned()).collect()
    };
    let handles = [Channel::Instagram, Channel::Slack, Channel::MicrosoftTeams]
        .into_iter()
        .filter_map(|channel| Some((channel.as_str().to_owned(), contact.channel(channel)?.as_str().to_owned())));
    let custom = contact.custom_values().map(|(key, value)| (key.as_str().to_owned(), json!(value.as_str())));
    Person {
        name: contact.name().map(|name| name.as_str().to_owned()),
        phones: all(&[Channel::Telephone, Channel::Whatsapp]),
        emails: all(&[Channel::Email]).iter().map(|email| email.to_lowercase()).collect(),
        handles: handles.collect(),
        custom: custom.collect(),
    }
}

/// Imports a file as the import does, one row after the other.
pub(crate) fn import(
    book: &mut MemoryBook,
    file: &[u8],
    options: &PlanOptions,
    existing: Existing,
) -> Result<Done, PlanError> {
    let mut done = Done { counts: COUNTS.map(|name| (name.to_owned(), 0)).into(), ..Done::default() };
    let numbers = decide_types(book, file, options, &mut done)?;
    let plan = Plan::of(file, Extent::Whole, options, &book.settings.custom_fields)?;
    done.warnings.extend(plan.remarks.iter().chain(&plan.warnings).cloned());
    let (mapping, settings, headers) = (plan.mapping.clone(), book.settings.clone(), plan.sample.headers());
    let column = |column: usize| plan.sample.column_name(column);
    let reader = RowReader::new(&mapping, &headers, &settings, OnInvalid::SkipCell).with_numbers(numbers);
    let mut people = People::new(&mapping, &headers);
    let origin = Origin { import: ImportId::new(), at: time::now() };
    // The lines above the header, and the header itself, are no rows.
    let mut above = plan.sample.records_before_data();
    let mut records = plan.reader;
    let (mut text, mut ended) = (plan.text.as_slice(), false);
    while !ended {
        let record = match records.read(&mut text)? {
            Some(record) => record,
            None => {
                ended = true;
                let Some(record) = records.finish()? else { break };
                record
            }
        };
        if record.is_blank() {
            continue;
        }
        if above > 0 {
            above -= 1;
            continue;
        }
        let mut count = |name: &'static str, by: u64| *done.counts.get_mut(name).unwrap() += by;
        count("read", 1);
        let now = time::now();
        let mut problems = Vec::new();
        match reader.read(&record, origin, now) {
            Ok(mut row) => {
                row.observation.existing = existing;
                let folded = book.observe(&row.observation, now);
                people.add(record.line(), &row.observation, &folded);
                count(outcome(folded.outcome), 1);
                count("joined", u64::from(!folded.joined.is_empty()));
                count("conflicts", u64::from(!folded.conflicts.is_empty()));
                problems.extend(row.skipped);
                let left_out = folded.rejected.iter().map(|(field, rejection)| format!("{field}: {rejection}"));
                done.report.extend(left_out.map(|text| (record.line(), text)));
            }
            Err(found) => {
                count("rejected", 1);
                problems.extend(found);
            }
        }
        for problem in problems {
            let of = problem.column.map_or("row".to_owned(), column);
            *done.report.entry(record.line()).or_default() += &format!("{of}: {}; ", problem.reason);
        }
    }
    done.warnings.extend(people.meetings().warnings());
    Ok(done)
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Created => "created",
        Outcome::Updated => "updated",
        Outcome::Unchanged | Outcome::Suppressed => "unchanged",
        Outcome::Ignored | Outcome::Erased | Outcome::WrongChannel => "rejected",
    }
}

/// Adds a contact by form.
fn add(book: &mut MemoryBook, contact: &Value) {
    let now = time::now();
    let caller = Caller { actor: Actor::User("u-1".to_owned()), request: None };
    let mut form = Observation::new(SourceRef::Manual, caller, now, now);
    for (member, value) in contact.as_object().unwrap() {
        let field = Field::parse(if member == "phone" { "telephone" } else { member }).unwrap();
        let value = field.read(&Raw::from(value.as_str().unwrap()), &book.settings).unwrap().unwrap();
        form.add(field, value).unwrap();
    }
    book.create(&form, None).unwrap();
}

/// Decides the types of the fields that the import creates, by the whole file, as the planner does.
fn decide_types(
    book: &mut MemoryBook,
    file: &[u8],
    options: &PlanOptions,
    done: &mut Done,
) -> Result<NumberFormats, PlanError> {
    let plan = Plan::of(file, Extent::Whole, options, &book.settings.custom_fields)?;
    let mapping = plan.mapping.clone();
    let kind = |key: &CustomKey| book.settings.custom_field(key).map(|field| field.kind);
    let columns = number_columns(&mapping, &plan.sample, kind);
    let names: Vec<String> = columns.iter().map(|(column, _)| plan.sample.column_name(*column)).collect();
    let limits = Limits { rows: 1_000_000, bytes: 1_000_000_000 };
    let found = Cutter::new(plan, limits).watching_numbers(columns).finish()?;
    done.warnings.extend(found.warnings);
    for ((column, evidence), name) in found.numbers.iter().zip(names) {
        let of = mapping.columns().iter().find(|mapped| mapped.column == *column).map(|mapped| &mapped.field);
        if let Some(Target::Field(Field::Custom(key))) = of
            && !evidence.is_number()
            && book.live().all(|contact| contact.custom_values().all(|(known, _)| known != key))
        {
            let field = book.settings.custom_fields.iter_mut().find(|field| field.key == *key).unwrap();
            field.kind = CustomType::String;
            done.warnings.push(format!("the column {name:?} was read as text, not as numbers"));
        }
    }
    Ok(NumberFormats::new(found.numbers.iter().map(|(column, evidence)| (*column, evidence.format()))))
}

/// The custom fields that the import creates.
fn created(preview: &Preview) -> impl Iterator<Item = CustomField> {
    preview.columns.iter().filter_map(|column| {
        let key = CustomKey::parse(column.field.as_ref()?.to_string().strip_prefix("custom.")?).ok()?;
        let label = column.header.clone().unwrap_or_else(|| key.as_str().to_owned());
        CustomField::new(key, &label, column.create?).ok()
    })
}
