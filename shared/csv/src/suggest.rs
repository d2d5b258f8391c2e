//! Suggests a mapping from a file's headers and first rows.

use contacts::{Channel, CustomField, Field};

use crate::headers::{Meaning, NamePart, is_own, meaning, normalise};
use crate::mapping::{MappedColumn, Mapping, Target};
use crate::sample::{Look, Sample};

/// Columns that only exports of this system have.
const OWN_COLUMNS: [&str; 2] = ["dial_code", "last_seen_at"];

/// A suggested mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The mapping, valid for the sample.
    pub mapping: Mapping,
    /// The columns that feed no field, from 0, except those of exports that an import ignores anyway.
    pub ignored: Vec<usize>,
}

/// Suggests a mapping.
///
/// - [`meaning`] recognises headers; custom fields are recognised by key, label or `custom.<key>`.
/// - A column of full names wins over columns of parts. Parts are joined as given, middle, family name, in any order of
///   the columns.
/// - A column `id` holds contact ids if the file is an export of this system or the values are UUIDs. A column
///   `dial_code` always holds countries.
/// - If no header names a channel, columns of email addresses and of international phone numbers are recognised by their
///   values. Names are never guessed.
/// - If several columns could feed a field that takes one, the first does.
pub fn suggest(sample: &Sample, custom_fields: &[CustomField]) -> Suggestion {
    let width = sample.width();
    let headers: Vec<&str> = (0..width).map(|column| sample.header_of(column).unwrap_or("")).collect();
    let meanings: Vec<Option<Meaning>> = headers.iter().map(|header| meaning(header)).collect();
    let names = name_columns(&headers, &meanings);
    let own_export = headers.iter().any(|header| OWN_COLUMNS.iter().any(|own| is_own(header, own)));
    let custom: Vec<Option<Target>> = custom_targets(&headers, custom_fields);
    let by_header = meanings.iter().any(|meaning| matches!(meaning, Some(Meaning::Channel(_))));

    let target = |column: usize| match (custom[column].clone(), meanings[column]) {
        _ if names.contains(&column) => Some(Target::Field(Field::Name)),
        (Some(field), _) => Some(field),
        (None, Some(Meaning::Channel(channel))) => Some(Target::Field(Field::Channel(channel))),
        (None, Some(Meaning::Id)) => (own_export || sample.mostly(column, Look::Uuid)).then_some(Target::Id),
        (None, Some(Meaning::DialCode)) => Some(Target::DialCode),
        (None, Some(Meaning::Name(_) | Meaning::Derived)) => None,
        (None, None) if by_header => None,
        (None, None) => by_values(sample, column),
    };
    let mut columns: Vec<MappedColumn> = Vec::new();
    let mut ignored = Vec::new();
    let mut next_name = names.iter();
    for (column, known) in meanings.iter().enumerate() {
        match target(column) {
            // Whichever name column comes first in the file, the mapping lists them in joining order.
            Some(field @ Target::Field(Field::Name)) => {
                columns.extend(next_name.next().map(|&column| MappedColumn { column, field }));
            }
            Some(field) if field.takes_several() || columns.iter().all(|other| other.field != field) => {
                columns.push(MappedColumn { column, field });
            }
            None if *known == Some(Meaning::Derived) => {}
            Some(_) | None => ignored.push(column),
        }
    }
    // Each column occurs once and each field as often as it may, so the mapping is always valid.
    Suggestion { mapping: Mapping::new(columns).unwrap_or_default(), ignored }
}

/// The columns that make up the name, in joining order.
fn name_columns(headers: &[&str], meanings: &[Option<Meaning>]) -> Vec<usize> {
    let mut parts: Vec<(NamePart, usize)> = meanings
        .iter()
        .enumerate()
        .filter_map(|(column, meaning)| match meaning {
            Some(Meaning::Name(part)) => Some((*part, column)),
            _ => None,
        })
        .collect();
    let has = |part: NamePart| parts.iter().any(|(other, _)| *other == part);
    let (given, family) = (has(NamePart::Given), has(NamePart::Family));
    // In German files, `Name` next to `Vorname` is the family name.
    let german = !family && headers.iter().any(|header| normalise(header) == "vorname");
    for (part, column) in &mut parts {
        *part = match *part {
            NamePart::GivenOrFull if family => NamePart::Given,
            NamePart::FamilyOrFull if given => NamePart::Family,
            NamePart::GivenOrFull | NamePart::FamilyOrFull => NamePart::Full,
            NamePart::Full if german && normalise(headers[*column]) == "name" => NamePart::Family,
            part => part,
        };
    }
    if let Some((_, full)) = parts.iter().find(|(part, _)| *part == NamePart::Full) {
        return vec![*full];
    }
    parts.sort_unstable();
    parts.into_iter().map(|(_, column)| column).collect()
}

/// The custom fields that headers name. If several fields share a label, equal headers name them in turn.
fn custom_targets(headers: &[&str], custom_fields: &[CustomField]) -> Vec<Option<Target>> {
    let mut left: Vec<&CustomField> = custom_fields.iter().collect();
    let target = |header: &&str| {
        let found = custom_field(header, &left).or_else(|| {
            let all: Vec<&CustomField> = custom_fields.iter().collect();
            custom_field(header, &all)
        })?;
        left.retain(|field| Field::Custom(field.key.clone()) != found);
        Some(Target::Field(found))
    };
    headers.iter().map(target).collect()
}

/// The custom field that a header names by `custom.<key>`, key or label, in any case.
fn custom_field(header: &str, custom_fields: &[&CustomField]) -> Option<Field> {
    let wanted = header.to_lowercase();
    // Built-in names win: a custom field with the label "Email" does not take that column.
    let own = matches!(meaning(header), Some(Meaning::Id | Meaning::DialCode | Meaning::Derived))
        || Field::parse(&wanted).is_ok_and(|field| !matches!(field, Field::Custom(_)));
    if wanted.is_empty() || own {
        return None;
    }
    let key = wanted.strip_prefix("custom.").unwrap_or(&wanted);
    custom_fields
        .iter()
        .find(|field| field.key.as_str() == key)
        .or_else(|| custom_fields.iter().find(|field| field.label.to_lowercase() == wanted))
        .map(|field| Field::Custom(field.key.clone()))
}

fn by_values(sample: &Sample, column: usize) -> Option<Target> {
    let channel = if sample.mostly(column, Look::Email) {
        Channel::Email
    } else if sample.mostly(column, Look::InternationalPhone) {
        Channel::Telephone
    } else {
        return None;
    };
    Some(Target::Field(Field::Channel(channel)))
}
