//! Makes files, and reads them as an import does.

pub(crate) mod case;

use contacts::{ImportId, OnInvalid, Settings, time};
use contacts_csv::encoding::{Encoding, SAMPLE_BYTES};
use contacts_csv::plan::{Plan, PlanError, PlanOptions};
use contacts_csv::reader::Record;
use contacts_csv::row::{Origin, Row, RowProblem, RowReader};
use contacts_csv::sample::Extent;

/// The rows of a file, or why it cannot be read to its end.
pub(crate) fn read(
    file: &[u8],
    options: &PlanOptions,
    settings: &Settings,
    on_invalid: OnInvalid,
) -> Result<Vec<Result<Row, Vec<RowProblem>>>, PlanError> {
    let (sample, rest) = file.split_at(file.len().min(SAMPLE_BYTES));
    let extent = if rest.is_empty() { Extent::Whole } else { Extent::Beginning };
    let mut plan = Plan::of(sample, extent, options, &settings.custom_fields)?;
    let mut text = plan.text;
    plan.decoder.decode(rest, &mut text)?;
    plan.decoder.finish(&mut text)?;

    let headers = plan.sample.headers();
    let reader = RowReader::new(&plan.mapping, &headers, settings, on_invalid);
    let origin = Origin { import: ImportId::new(), at: time::now() };
    let mut skipped = plan.sample.records_before_data();
    let mut rows = Vec::new();
    let mut keep = |record: Record<'_>| {
        if record.is_blank() {
            return;
        }
        if skipped > 0 {
            skipped -= 1;
        } else {
            rows.push(reader.read(&record, origin, time::now()));
        }
    };
    let mut unread = text.as_slice();
    while let Some(record) = plan.reader.read(&mut unread)? {
        keep(record);
    }
    if let Some(record) = plan.reader.finish()? {
        keep(record);
    }
    Ok(rows)
}

/// A file with this text, and perhaps a byte order mark.
pub(crate) fn encode(text: &str, encoding: Encoding, mark: bool) -> Vec<u8> {
    let text = if mark { format!("\u{FEFF}{text}") } else { text.to_owned() };
    match encoding {
        Encoding::Utf8 => text.into_bytes(),
        Encoding::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Encoding::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        Encoding::Legacy(legacy) => legacy.encode(&text).0.into_owned(),
    }
}
