//! The expected book: the rules applied in memory to each acknowledged operation, one after the other.

use std::collections::HashMap;

use contacts::memory::MemoryBook;
use contacts::{Caller, ImportId, Observation, OnInvalid, Record, Settings, time};
use contacts_csv::plan::{Plan, PlanOptions};
use contacts_csv::row::{Origin, RowReader};
use contacts_csv::sample::Extent;
use conversation_upsert::Event;
use jiff::Timestamp;
use serde_json::value::RawValue;

use crate::acknowledged::{File, Operation};
use crate::state::SoakError;

/// An import as the system reports it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Imported {
    pub(crate) id: ImportId,
    pub(crate) at: Timestamp,
}

/// The rows of a file.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub(crate) observations: Vec<Observation>,
    pub(crate) rejected: usize,
}

/// An operation to apply.
pub(crate) enum Step<'a> {
    Observe(Box<Observation>),
    ByHand(&'a Operation),
}

/// The acknowledged operations in order. A file counts once for each import that the system made of it.
pub(crate) fn steps<'a>(
    operations: &'a [Operation],
    files: &HashMap<String, File>,
    imports: &HashMap<String, Vec<Imported>>,
    settings: &Settings,
) -> Result<Vec<Step<'a>>, SoakError> {
    let mut steps = Vec::new();
    for act in operations {
        match act {
            Operation::Event(payload) => steps.push(Step::Observe(Box::new(observation(payload, settings)?))),
            Operation::File(name) if !files[name].counts() => {}
            Operation::File(name) => {
                for imported in imports.get(name).into_iter().flatten() {
                    let rows = rows(&files[name].text, *imported, settings)?;
                    steps.extend(rows.observations.into_iter().map(|seen| Step::Observe(Box::new(seen))));
                }
            }
            Operation::Create(_)
            | Operation::Edit { .. }
            | Operation::Delete { .. }
            | Operation::Erase { .. }
            | Operation::Restore { .. } => steps.push(Step::ByHand(act)),
        }
    }
    Ok(steps)
}

/// Sorts observations by their moments. The book does not depend on the order in which they arrived.
pub(crate) fn by_moment(steps: &mut [Step<'_>]) {
    steps.sort_by_key(|step| match step {
        Step::Observe(seen) => Some(seen.at()),
        Step::ByHand(_) => None,
    });
}

/// The book after these steps.
///
/// # Errors
/// When a step is impossible: the system acknowledged what it should have refused.
pub(crate) fn book(steps: &[Step<'_>], settings: &Settings) -> Result<MemoryBook, SoakError> {
    let mut book = MemoryBook { settings: settings.clone(), ..MemoryBook::default() };
    for step in steps {
        match step {
            Step::Observe(seen) => drop(book.observe(seen, time::now())),
            Step::ByHand(Operation::Create(form)) => drop(book.create(form, None)?),
            Step::ByHand(Operation::Edit { person, patch, at }) => {
                let contact = book.contact_by(person).ok_or("somebody was changed who is not there")?.id;
                book.edit(contact, patch, &Caller::system("soak"), *at)?;
            }
            Step::ByHand(Operation::Delete { person, at }) => {
                let contact = book.contact_by(person).ok_or("somebody was deleted who is not there")?.id;
                book.delete(contact, &Caller::system("soak"), *at);
            }
            Step::ByHand(Operation::Erase { person, at }) => {
                let contact = book.contact_by(person).ok_or("somebody was erased who is not there")?.id;
                book.erase(contact, &Caller::system("soak"), *at)?;
            }
            Step::ByHand(Operation::Restore { person, at }) => {
                let mut id = book.claims.get(person).ok_or("somebody was restored of whom nothing is left")?.contact;
                while let Some(Record::Joined { into, .. }) = book.records.get(&id) {
                    id = *into;
                }
                book.restore(id, &Caller::system("soak"), *at)?;
            }
            Step::ByHand(Operation::Event(_) | Operation::File(_)) => {}
        }
    }
    Ok(book)
}

/// The observation of an event.
pub(crate) fn observation(payload: &str, settings: &Settings) -> Result<Observation, SoakError> {
    let event = Event::parse(&RawValue::from_string(payload.to_owned())?)?;
    Ok(event.observation(settings).0)
}

/// The observations of a file.
pub(crate) fn rows(text: &str, imported: Imported, settings: &Settings) -> Result<Rows, SoakError> {
    let mut plan = Plan::of(text.as_bytes(), Extent::Whole, &PlanOptions::default(), &settings.custom_fields)?;
    let headers = plan.sample.headers();
    let reader = RowReader::new(&plan.mapping, &headers, settings, OnInvalid::default());
    let origin = Origin { import: imported.id, at: imported.at };
    let (mut text, mut rows, mut is_header) = (plan.text.as_slice(), Rows::default(), plan.sample.header.is_some());
    while let Some(record) = plan.reader.read(&mut text)? {
        if std::mem::take(&mut is_header) || record.is_blank() {
            continue;
        }
        match reader.read(&record, origin, time::now()) {
            Ok(row) => rows.observations.push(row.observation),
            Err(_) => rows.rejected += 1,
        }
    }
    Ok(rows)
}
