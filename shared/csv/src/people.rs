//! Who becomes one: the rows of a file that are about the same contact.

use std::collections::HashMap;
use std::fmt::Write as _;

use contacts::{ContactId, Field, Folded, Identifier, Observation, Outcome};
use serde::{Deserialize, Serialize};

use crate::cell;
use crate::mapping::{Mapping, Target};

/// How many examples a message gives, and how many shared identifiers it lists.
const EXAMPLES: usize = 3;
const LISTED: usize = 20;
/// How many characters of a column's name it gives.
const NAME_CHARS: usize = 60;

/// Notices which rows of a file, or of a part of it, are about one contact.
#[derive(Debug)]
pub struct People<'a> {
    mapping: &'a Mapping,
    headers: &'a [String],
    /// The lines of the first rows about a contact, and with an identifier.
    contacts: HashMap<ContactId, u64>,
    identifiers: HashMap<Identifier, u64>,
    meetings: Meetings,
}

/// The rows of a file that are about a contact of another row, and the identifiers that several people share.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meetings {
    /// How many rows are about a contact that an earlier row is about.
    pub duplicates: u64,
    /// How many rows have a clearly different name than the contact to which they lead.
    pub other_names: u64,
    /// How many rows have an identifier that several people share.
    pub shared: u64,
    columns: Vec<ByColumn>,
    /// The lines of the first rows with another name.
    other_name_lines: Vec<u64>,
    shared_by: Vec<SharedBy>,
}

/// The rows that a column leads to the contact of an earlier row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ByColumn {
    /// Its name; `None` if no single column does.
    column: Option<String>,
    rows: u64,
    /// The lines of the first of them, each with that of the earlier row.
    lines: Vec<(u64, u64)>,
}

/// An identifier that several people share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct SharedBy {
    value: String,
    /// The lines of the first rows with it.
    lines: Vec<u64>,
}

impl<'a> People<'a> {
    /// Starts with no row, in a file with this mapping and these headers.
    pub fn new(mapping: &'a Mapping, headers: &'a [String]) -> People<'a> {
        let (contacts, identifiers) = (HashMap::new(), HashMap::new());
        People { mapping, headers, contacts, identifiers, meetings: Meetings::default() }
    }

    /// Notices a row that was folded.
    pub fn add(&mut self, line: u64, row: &Observation, folded: &Folded) {
        let Some(contact) = folded.contact else { return };
        for identifier in &folded.shared {
            self.add_shared(line, row, identifier);
        }
        self.meetings.shared += u64::from(!folded.shared.is_empty());
        if folded.other_name {
            self.meetings.other_names += 1;
            push(&mut self.meetings.other_name_lines, line);
        }
        match self.contacts.get(&contact) {
            Some(earlier) if *earlier != line && folded.outcome != Outcome::Created => {
                let (column, earlier) = self.leading(row, folded).unwrap_or((None, *earlier));
                self.meetings.duplicates += 1;
                self.meetings.meet(&ByColumn { column, rows: 1, lines: vec![(line, earlier)] });
            }
            _ => drop(self.contacts.insert(contact, line)),
        }
        for identifier in row.identifiers() {
            self.identifiers.entry(identifier.clone()).or_insert(line);
        }
    }

    /// What was noticed.
    pub fn meetings(&self) -> &Meetings {
        &self.meetings
    }

    /// What was noticed.
    pub fn into_meetings(self) -> Meetings {
        self.meetings
    }

    /// The column with an identifier of an earlier row, and the line of that row.
    fn leading(&self, row: &Observation, folded: &Folded) -> Option<(Option<String>, u64)> {
        row.values().iter().find_map(|observed| {
            let Field::Channel(channel) = observed.field else { return None };
            let identifier = observed.value.identifier(channel)?;
            let earlier = *self.identifiers.get(&identifier).filter(|_| !folded.shared.contains(&identifier))?;
            let column = self.mapping.column_of(&Target::Field(observed.field.clone()));
            Some((column.map(|column| self.name_of(column)), earlier))
        })
    }

    fn name_of(&self, column: usize) -> String {
        let header = self.headers.get(column).map_or("", |header| cell::value(header));
        if header.is_empty() { (column + 1).to_string() } else { header.chars().take(NAME_CHARS).collect() }
    }

    fn add_shared(&mut self, line: u64, row: &Observation, identifier: &Identifier) {
        let value = row.values().iter().find_map(|observed| match observed.field {
            Field::Channel(channel) if observed.value.identifier(channel).as_ref() == Some(identifier) => {
                Some(observed.value.as_str().to_owned())
            }
            _ => None,
        });
        let Some(value) = value else { return };
        let first = self.identifiers.get(identifier).copied();
        let lines = first.into_iter().chain([line]).collect();
        self.meetings.share(SharedBy { value, lines });
    }
}

impl Meetings {
    /// Adds those of another part of the file.
    pub fn merge(&mut self, other: Meetings) {
        self.duplicates += other.duplicates;
        self.other_names += other.other_names;
        self.shared += other.shared;
        other.columns.iter().for_each(|by| self.meet(by));
        other.other_name_lines.into_iter().for_each(|line| push(&mut self.other_name_lines, line));
        other.shared_by.into_iter().for_each(|shared| self.share(shared));
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        *self == Meetings::default()
    }

    /// Messages for the file's owner.
    pub fn warnings(&self) -> Vec<String> {
        [self.duplicates_warning(), self.other_names_warning(), self.shared_warning()].into_iter().flatten().collect()
    }

    fn duplicates_warning(&self) -> Option<String> {
        if self.columns.is_empty() {
            return None;
        }
        let by = self.columns.iter().map(|by| {
            let other = || "other values of the contact".to_owned();
            let column = by.column.as_ref().map_or_else(other, |name| format!("the column {name:?}"));
            let lines: Vec<String> = by.lines.iter().map(|(line, earlier)| format!("{line} with {earlier}")).collect();
            format!("{} by {column} (line {})", by.rows, lines.join(", "))
        });
        let by: Vec<String> = by.collect();
        Some(format!("{} about the same contact as an earlier row: {}", rows_are(self.duplicates), by.join("; ")))
    }

    fn other_names_warning(&self) -> Option<String> {
        (self.other_names > 0).then(|| {
            format!(
                "{} about a contact that had a clearly different name ({}): check whether it is the same person",
                rows_are(self.other_names),
                listed(&self.other_name_lines)
            )
        })
    }

    fn shared_warning(&self) -> Option<String> {
        if self.shared_by.is_empty() {
            return None;
        }
        let mut text = "several people share these values, which do not decide whose a row is: ".to_owned();
        for (index, shared) in self.shared_by.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            // Writing to a string cannot fail.
            let _ = write!(text, "{separator}{} ({})", shared.value, listed(&shared.lines));
        }
        if self.shared_by.len() == LISTED {
            text.push_str("; and perhaps others");
        }
        Some(text)
    }

    fn meet(&mut self, by: &ByColumn) {
        match self.columns.iter_mut().find(|known| known.column == by.column) {
            Some(known) => {
                known.rows += by.rows;
                by.lines.iter().for_each(|lines| push(&mut known.lines, *lines));
            }
            None => self.columns.push(by.clone()),
        }
    }

    fn share(&mut self, shared: SharedBy) {
        let has_room = self.shared_by.len() < LISTED;
        match self.shared_by.iter_mut().find(|known| known.value == shared.value) {
            Some(known) => {
                for line in shared.lines {
                    if !known.lines.contains(&line) {
                        push(&mut known.lines, line);
                    }
                }
            }
            None if has_room => self.shared_by.push(shared),
            None => {}
        }
    }
}

fn push<T>(examples: &mut Vec<T>, example: T) {
    if examples.len() < EXAMPLES {
        examples.push(example);
    }
}

fn rows_are(count: u64) -> String {
    if count == 1 { "1 row is".to_owned() } else { format!("{count} rows are") }
}

/// The lines, for people: `line 3`, or `lines 3, 5`.
fn listed(lines: &[u64]) -> String {
    let numbers: Vec<String> = lines.iter().map(u64::to_string).collect();
    format!("line{} {}", if lines.len() == 1 { "" } else { "s" }, numbers.join(", "))
}
