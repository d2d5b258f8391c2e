//! What the book should be: all that was acknowledged, applied one after the other by the rules themselves, without a
//! table, without anybody else.

use std::collections::HashMap;

use contacts::memory::MemoryBook;
use contacts::{Caller, ImportId, Observation, OnInvalid, Settings, time};
use contacts_csv::plan::{Plan, PlanOptions};
use contacts_csv::row::{Origin, RowReader};
use contacts_csv::sample::Extent;
use conversation_upsert::Event;
use jiff::Timestamp;
use serde_json::value::RawValue;

use crate::ledger::{Act, File};
use crate::run::SoakError;

/// An import as the system says it was.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Imported {
    pub(crate) id: ImportId,
    pub(crate) at: Timestamp,
}

/// What a file tells.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub(crate) observations: Vec<Observation>,
    pub(crate) rejected: usize,
}

/// One thing after the other.
pub(crate) enum Step<'a> {
    Observe(Observation),
    ByHand(&'a Act),
}

/// What was acknowledged, in that order. Each file is as many imports as the system has made of it.
pub(crate) fn steps<'a>(
    acts: &'a [Act],
    files: &HashMap<String, File>,
    imports: &HashMap<String, Vec<Imported>>,
    settings: &Settings,
) -> Result<Vec<Step<'a>>, SoakError> {
    let mut steps = Vec::new();
    for act in acts {
        match act {
            Act::Event(payload) => steps.push(Step::Observe(observation(payload, settings)?)),
            Act::File(name) if files[name].dry_run => {}
            Act::File(name) => {
                for imported in imports.get(name).into_iter().flatten() {
                    let rows = rows(&files[name].text, *imported, settings)?;
                    steps.extend(rows.observations.into_iter().map(Step::Observe));
                }
            }
            Act::Create(_) | Act::Edit { .. } | Act::Delete { .. } => steps.push(Step::ByHand(act)),
        }
    }
    Ok(steps)
}

/// Puts observations in the order in which they were made. In whatever order they came, they end in the same book.
pub(crate) fn by_moment(steps: &mut [Step<'_>]) {
    steps.sort_by_key(|step| match step {
        Step::Observe(seen) => Some(seen.at()),
        Step::ByHand(_) => None,
    });
}

/// The book after these steps.
///
/// # Errors
/// When a step is impossible: what the system has acknowledged, it should have refused.
pub(crate) fn book(steps: &[Step<'_>]) -> Result<MemoryBook, SoakError> {
    let mut book = MemoryBook::default();
    for step in steps {
        match step {
            Step::Observe(seen) => drop(book.observe(seen, time::now())),
            Step::ByHand(Act::Create(form)) => drop(book.create(form, None)?),
            Step::ByHand(Act::Edit { whom, patch, at }) => {
                let contact = book.contact_by(whom).ok_or("somebody was changed who is not there")?.id;
                book.edit(contact, patch, &Caller::system("soak"), *at)?;
            }
            Step::ByHand(Act::Delete { whom, at }) => {
                let contact = book.contact_by(whom).ok_or("somebody was deleted who is not there")?.id;
                book.delete(contact, &Caller::system("soak"), *at);
            }
            Step::ByHand(Act::Event(_) | Act::File(_)) => {}
        }
    }
    Ok(book)
}

/// What an event says.
pub(crate) fn observation(payload: &str, settings: &Settings) -> Result<Observation, SoakError> {
    let event = Event::parse(&RawValue::from_string(payload.to_owned())?)?;
    Ok(conversation_upsert::observation(&event, settings).0)
}

/// What a file says.
pub(crate) fn rows(text: &str, imported: Imported, settings: &Settings) -> Result<Rows, SoakError> {
    let mut plan = Plan::of(text.as_bytes(), Extent::Whole, &PlanOptions::default(), &settings.custom_fields)?;
    let reader = RowReader::new(&plan.mapping, settings, OnInvalid::default());
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
