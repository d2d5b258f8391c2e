//! Contacts as a CSV file.

use contacts::{Channel, Contact, CustomField, CustomType, Field, Phone, Value};

use crate::cell;
use crate::dialect::Delimiter;
use crate::records::RecordWriter;

/// Writes contacts as a CSV file, piece by piece: an import of the file reads the same values.
///
/// The columns are `id`, `name`, the channels, `dial_code`, a `custom.<key>` for each custom field, `created_at` and
/// `last_seen_at`. It is UTF-8 with a byte order mark, cells are separated by commas, lines end with CRLF. Texts that a
/// spreadsheet would run as a formula are guarded (see [`cell::guard`]).
#[derive(Debug)]
pub struct ContactWriter {
    /// With their types.
    custom_fields: Vec<(Field, CustomType)>,
    records: RecordWriter,
}

impl ContactWriter {
    /// A writer of a new file, for a workspace with these custom fields; the header waits to be taken.
    pub fn new(custom_fields: &[CustomField]) -> ContactWriter {
        let custom = |field: &CustomField| (Field::Custom(field.key.clone()), field.kind);
        let custom_fields: Vec<_> = custom_fields.iter().map(custom).collect();
        let mut records = RecordWriter::of_file(Delimiter::Comma);
        for name in ["id", "name"].into_iter().chain(Channel::ALL.map(Channel::as_str)).chain(["dial_code"]) {
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

    /// Writes a contact. Custom values without a definition, or of another type than it has, are left out.
    pub fn write(&mut self, contact: &Contact) {
        let records = &mut self.records;
        records.cell(&contact.id.to_string());
        records.cell(&cell::guard(contact.name().map_or("", |name| name.as_str())));
        for channel in Channel::ALL {
            records.cell(&contact.channel(channel).map_or(String::new(), |value| channel_cell(channel, value)));
        }
        let country = contact.phone().map(Phone::details).and_then(|details| details.dial_code);
        records.cell(&country.map_or(String::new(), |country| country.to_string()));
        for (field, kind) in &self.custom_fields {
            records.cell(&contact.value(field).map_or(String::new(), |value| custom_cell(*kind, value)));
        }
        records.cell(&contact.created_at.to_string());
        records.cell(&contact.last_seen_at.map_or(String::new(), |at| at.to_string()));
        records.end_record();
    }

    /// How many bytes wait to be taken.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether nothing waits to be taken.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Gives away what was written since the last time. What was taken, one after the other, is the file.
    pub fn take(&mut self) -> Vec<u8> {
        self.records.take()
    }
}

/// Phones stay as they are: with a guard, they would be no numbers to whoever opens the file.
fn channel_cell(channel: Channel, value: &Value) -> String {
    let text = value.as_str();
    match channel {
        Channel::Telephone | Channel::Whatsapp => text.to_owned(),
        // Reading takes one off, as people write one.
        Channel::Instagram if text.starts_with('@') => cell::guard(&format!("@{text}")),
        Channel::Email | Channel::Instagram | Channel::Slack | Channel::MicrosoftTeams => cell::guard(text),
    }
}

fn custom_cell(kind: CustomType, value: &Value) -> String {
    match (kind, value) {
        (CustomType::Number, Value::Custom(value)) if value.kind() == kind => value.as_str().to_owned(),
        (CustomType::String, Value::Custom(value)) if value.kind() == kind => cell::guard(value.as_str()),
        _ => String::new(),
    }
}
