//! Writes contacts as a CSV file.

use contacts::{Channel, Contact, CustomField, CustomType, Field, Phone, Value};

use crate::also_known_by;
use crate::cell;
use crate::dialect::Delimiter;
use crate::records::RecordWriter;

/// Writes contacts as a CSV file, in pieces. An import of the file reads the same values.
///
/// The columns are `id`, `name`, the channels, `dial_code`, `also_known_by`, a `custom.<key>` for each custom field, `created_at` and
/// `last_seen_at`. The file is UTF-8 with a byte order mark, comma-separated, with CRLF line ends. Texts that a
/// spreadsheet would run as a formula are guarded (see [`cell::guard`]).
#[derive(Debug)]
pub struct ContactWriter {
    custom_fields: Vec<(Field, CustomType)>,
    records: RecordWriter,
}

impl ContactWriter {
    /// Creates a writer of a new file, for a workspace with these custom fields. The header is already written.
    pub fn new(custom_fields: &[CustomField]) -> ContactWriter {
        let custom = |field: &CustomField| (Field::Custom(field.key.clone()), field.kind);
        let custom_fields: Vec<_> = custom_fields.iter().map(custom).collect();
        let mut records = RecordWriter::of_file(Delimiter::Comma);
        for name in
            ["id", "name"].into_iter().chain(Channel::ALL.map(Channel::as_str)).chain(["dial_code", "also_known_by"])
        {
            records.cell(name);
        }
        for (field, _) in &custom_fields {
            records.cell(&field.to_string());
        }
        for name in ["created_at", "last_seen_at"] {
            records.cell(name);
        }
        records.end_record();
        ContactWriter { custom_fields, records }
    }

    /// Writes a contact. Skips custom values whose field is not defined or has another type.
    pub fn write(&mut self, contact: &Contact) {
        let records = &mut self.records;
        records.cell(&contact.id.to_string());
        records.cell(&cell::guard(contact.name().map_or("", |name| name.as_str())));
        for channel in Channel::ALL {
            records.cell(&contact.channel(channel).map_or(String::new(), |value| channel_cell(channel, value)));
        }
        let country = contact.phone().map(Phone::details).and_then(|details| details.dial_code);
        records.cell(&country.map_or(String::new(), |country| country.to_string()));
        let further = contact.identifiers.secondary();
        records.cell(&also_known_by::cell(further.iter().map(|held| (held.channel, &held.value))));
        for (field, kind) in &self.custom_fields {
            records.cell(&contact.value(field).map_or(String::new(), |value| custom_cell(*kind, value)));
        }
        records.cell(&contact.created_at.to_string());
        records.cell(&contact.last_seen_at.map_or(String::new(), |at| at.to_string()));
        records.end_record();
    }

    /// How many bytes [`ContactWriter::take`] would return.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether [`ContactWriter::take`] would return nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the bytes written since the last call. All returned pieces, concatenated, are the file.
    pub fn take(&mut self) -> Vec<u8> {
        self.records.take()
    }
}

/// Phones are not guarded: a spreadsheet would show them as text, not as numbers.
fn channel_cell(channel: Channel, value: &Value) -> String {
    let text = value.as_str();
    match channel {
        Channel::Telephone | Channel::Whatsapp => text.to_owned(),
        Channel::WhatsappUserId | Channel::Email | Channel::Instagram | Channel::Slack | Channel::MicrosoftTeams => {
            cell::guard(text)
        }
    }
}

fn custom_cell(kind: CustomType, value: &Value) -> String {
    match (kind, value) {
        (CustomType::Number, Value::Custom(value)) if value.kind() == kind => value.as_str().to_owned(),
        (CustomType::String, Value::Custom(value)) if value.kind() == kind => cell::guard(value.as_str()),
        _ => String::new(),
    }
}
