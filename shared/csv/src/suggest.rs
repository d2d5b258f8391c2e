//! Suggests a mapping from a file's headers and first rows.

use contacts::{Channel, CustomField, Field};

use crate::confirm::{self, confirms, confirms_countries, confirms_ids, confirms_names};
use crate::headers::{Fit, Kind, Meaning, is_own, is_person, is_vetoed, meaning};
use crate::mapping::{MappedColumn, Mapping, Target};
use crate::names;
use crate::report::REPORT_COLUMNS;
use crate::sample::Sample;

/// Columns that only exports of this system have: the first alone, or two of the others.
const OWN_COLUMN: &str = "dial_code";
const OWN_COLUMNS: [&str; 4] = ["last_seen_at", "whatsapp_user_id", "microsoft_teams", "also_known_by"];

/// The channels whose values are recognised if no header names them.
const RECOGNISED: [Channel; 2] = [Channel::Email, Channel::Telephone];

/// A suggested mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The mapping, valid for the sample.
    pub mapping: Mapping,
    /// The columns that feed no field, from 0, except those of exports that an import ignores anyway.
    pub ignored: Vec<usize>,
}

/// What is known about a file before columns are chosen.
struct Columns<'s> {
    sample: &'s Sample,
    headers: Vec<&'s str>,
    meanings: Vec<Option<Meaning>>,
    /// Whether the file is an export of this system.
    is_own_export: bool,
    /// Whether it is an export or a report of this system. In a report bad values do not speak against a header.
    is_own: bool,
}

/// Suggests a mapping.
///
/// - [`meaning`] reads headers, and the values of the sample must confirm what they say; custom fields are recognised by key,
///   label or `custom.<key>`.
/// - A column that may be about somebody else is not used. One about guests or employees is used if no other column identifies
///   anybody.
/// - All columns of names are used, the parts in the order in which they are joined. Each row takes the best name that it has.
/// - A column `id` holds contact ids if the file is an export of this system or the values are UUIDs of version 7. A column of
///   countries says how the row's phone numbers are read.
/// - If no header names a column of email addresses, or of phone numbers, then the most distinct column of email addresses, or
///   of international phone numbers, is used. If no header names a name, a column that is just called customer or similar is.
/// - If several columns could feed a field that takes one, the first does.
pub fn suggest(sample: &Sample, custom_fields: &[CustomField]) -> Suggestion {
    let columns = Columns::of(sample);
    let targets = columns.targets(custom_fields);
    let names = columns.names(&targets);
    let mut mapped: Vec<MappedColumn> = Vec::new();
    let mut ignored = Vec::new();
    let mut next_name = names.iter();
    for (column, target) in targets.into_iter().enumerate() {
        let target = if names.contains(&column) { Some(Target::Field(Field::Name)) } else { target };
        match target {
            // Whichever name column comes first in the file, the mapping lists them in joining order.
            Some(field @ Target::Field(Field::Name)) => {
                mapped.extend(next_name.next().map(|&column| MappedColumn { column, field }));
            }
            Some(field) if field.takes_several() || mapped.iter().all(|other| other.field != field) => {
                mapped.push(MappedColumn { column, field });
            }
            None if columns.is_dispensable(column) => {}
            Some(_) | None => ignored.push(column),
        }
    }
    // Each column occurs once and each field as often as it may, so the mapping is always valid.
    Suggestion { mapping: Mapping::new(mapped).unwrap_or_default(), ignored }
}

impl<'s> Columns<'s> {
    fn of(sample: &'s Sample) -> Columns<'s> {
        let headers: Vec<&str> = (0..sample.width()).map(|column| sample.header_of(column).unwrap_or("")).collect();
        let meanings = headers.iter().map(|header| meaning(header)).collect();
        let has = |own: &str| headers.iter().any(|header| is_own(header, own));
        let is_own_export = has(OWN_COLUMN) || OWN_COLUMNS.iter().filter(|own| has(own)).count() > 1;
        let is_own = is_own_export || REPORT_COLUMNS.iter().all(|own| has(own));
        Columns { sample, headers, meanings, is_own_export, is_own }
    }

    /// What each column feeds, except names.
    fn targets(&self, custom_fields: &[CustomField]) -> Vec<Option<Target>> {
        let exact = |column: usize| {
            let is_exact = Channel::ALL.iter().any(|channel| is_own(self.headers[column], channel.as_str()));
            is_exact.then(|| self.channel(column, Fit::Plain)).flatten()
        };
        let custom = custom_targets(&self.headers, custom_fields);
        let custom = custom.into_iter().enumerate().map(|(column, custom)| match exact(column) {
            // Built-in names win: a custom field with the label "Email" does not take that column.
            Some(channel) => Some(Target::Field(Field::Channel(channel))),
            None if self.is_own_column(column) => None,
            None => custom,
        });
        let mut targets: Vec<Option<Target>> = custom.collect();
        let width = self.headers.len();
        let free =
            |targets: &[Option<Target>]| (0..width).filter(|&column| targets[column].is_none()).collect::<Vec<_>>();
        let channel_of = |channel| Some(Target::Field(Field::Channel(channel)));
        for column in free(&targets) {
            targets[column] = match self.meanings[column].map(|meaning| meaning.kind) {
                Some(Kind::Id) => (self.is_own_export || confirms_ids(self.sample, column)).then_some(Target::Id),
                Some(Kind::DialCode) => Some(Target::DialCode),
                Some(Kind::AlsoKnownBy) => Some(Target::AlsoKnownBy),
                _ => self.channel(column, Fit::Plain).and_then(channel_of),
            };
        }
        let is_channel = |target: &Option<Target>| matches!(target, Some(Target::Field(Field::Channel(_))));
        if !targets.iter().any(is_channel) {
            for column in free(&targets) {
                targets[column] = self.channel(column, Fit::Unsure).and_then(channel_of);
            }
        }
        for channel in RECOGNISED {
            if !targets.contains(&channel_of(channel))
                && let Some(column) = self.most_distinct(&free(&targets), channel)
            {
                targets[column] = channel_of(channel);
            }
        }
        let has_phones =
            [Channel::Telephone, Channel::Whatsapp].iter().any(|phone| targets.contains(&channel_of(*phone)));
        let country = free(&targets).into_iter().find(|&column| {
            self.meanings[column] == Some(Meaning { kind: Kind::Country, fit: Fit::Plain })
                && confirms_countries(self.sample, column)
        });
        if let Some(column) = country
            && has_phones
            && !targets.contains(&Some(Target::DialCode))
        {
            targets[column] = Some(Target::DialCode);
        }
        targets
    }

    /// The columns of names, in joining order.
    fn names(&self, targets: &[Option<Target>]) -> Vec<usize> {
        let identifies = |column: usize| {
            let is_channel = matches!(targets[column], Some(Target::Field(Field::Channel(_))));
            is_channel && self.meanings[column].is_some_and(|meaning| meaning.fit == Fit::Plain)
        };
        let unsure_too = !(0..self.headers.len()).any(identifies);
        let mut names = names::suggested(&self.headers, &self.meanings, unsure_too);
        if names.is_empty() {
            let is_name = |column: &usize| {
                targets[*column].is_none() && is_person(self.headers[*column]) && confirms_names(self.sample, *column)
            };
            names.extend((0..self.headers.len()).find(is_name));
        }
        names
    }

    /// The channel that a header of this fit names, if the values confirm it.
    fn channel(&self, column: usize, fit: Fit) -> Option<Channel> {
        match self.meanings[column]? {
            Meaning { kind: Kind::Channel(channel), fit: found } if found == fit => {
                (self.is_own || confirms(self.sample, column, channel)).then_some(channel)
            }
            _ => None,
        }
    }

    /// Of columns whose headers do not say it clearly the one with the most distinct values of a channel. Of two that are
    /// equally distinct, one whose header names the channel wins, else the first one.
    fn most_distinct(&self, free: &[usize], channel: Channel) -> Option<usize> {
        let rated = free.iter().filter_map(|&column| {
            let meaning = self.meanings[column];
            let names_it = meaning == Some(Meaning { kind: Kind::Channel(channel), fit: Fit::Vague });
            let confirmed = if names_it {
                confirms(self.sample, column, channel) && confirm::distinct(self.sample, column) > 0
            } else {
                meaning.is_none()
                    && !is_vetoed(self.headers[column])
                    && confirm::speaks_for_itself(self.sample, column, channel)
            };
            let rating = (confirm::distinct(self.sample, column), names_it, std::cmp::Reverse(column));
            confirmed.then_some((rating, column))
        });
        rated.max().map(|(_, column)| column)
    }

    /// Whether a column of this system's files feeds no custom field.
    fn is_own_column(&self, column: usize) -> bool {
        match self.meanings[column].map(|meaning| meaning.kind) {
            Some(Kind::DialCode | Kind::AlsoKnownBy | Kind::Report) => true,
            Some(Kind::Id) => self.is_own_export || confirms_ids(self.sample, column),
            Some(Kind::Derived) => self.is_own_export,
            _ => false,
        }
    }

    /// Whether an import does not need a column of this system's files, so that nothing is lost without it.
    fn is_dispensable(&self, column: usize) -> bool {
        self.is_own_column(column) && !matches!(self.meanings[column].map(|meaning| meaning.kind), Some(Kind::Id))
    }
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
    if wanted.is_empty() {
        return None;
    }
    let key = wanted.strip_prefix("custom.").unwrap_or(&wanted);
    custom_fields
        .iter()
        .find(|field| field.key.as_str() == key)
        .or_else(|| custom_fields.iter().find(|field| field.label.to_lowercase() == wanted))
        .map(|field| Field::Custom(field.key.clone()))
}
