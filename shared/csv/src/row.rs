//! A record, read as an observation.

use contacts::{Channel, ContactId, Field, ImportId, Observation, Raw, Settings, SourceRef, Value, ValueError};
use jiff::Timestamp;

use crate::cell;
use crate::mapping::{Mapping, Target};
use crate::reader::Record;

/// Reads the rows of one file.
#[derive(Debug)]
pub struct RowReader<'a> {
    settings: &'a Settings,
    id: Option<usize>,
    /// In the order in which they are joined.
    names: Vec<usize>,
    /// In the order of the columns: of several that feed one field the first filled one counts.
    fields: Vec<(usize, &'a Field)>,
}

/// What a row told is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The import.
    pub import: ImportId,
    /// When the file was put up.
    pub at: Timestamp,
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The column, from 0; `None` when it is the row as a whole.
    pub column: Option<usize>,
    /// What it is.
    pub reason: Reason,
}

/// What is wrong with a row. The text never repeats a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Neither an identifier nor the id of a contact.
    #[error("has no phone, email, handle or id: it names nobody")]
    NamesNobody,
    /// A cell that is no value of its field.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// More identifiers than an observation may have.
    #[error(transparent)]
    TooManyIdentifiers(#[from] contacts::TooManyIdentifiers),
}

/// For people, who count columns from 1.
impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.column {
            Some(column) => write!(f, "column {} {}", column + 1, self.reason),
            None => self.reason.fmt(f),
        }
    }
}

impl<'a> RowReader<'a> {
    /// A reader of rows that are mapped so, in a workspace with these settings.
    pub fn new(mapping: &'a Mapping, settings: &'a Settings) -> RowReader<'a> {
        let mut reader = RowReader { settings, id: None, names: Vec::new(), fields: Vec::new() };
        for mapped in mapping.columns() {
            match &mapped.field {
                Target::Id => reader.id = Some(mapped.column),
                Target::Field(Field::Name) => reader.names.push(mapped.column),
                Target::Field(field) => reader.fields.push((mapped.column, field)),
            }
        }
        reader.fields.sort_by_key(|(column, _)| *column);
        reader
    }

    /// Reads a row.
    ///
    /// # Errors
    /// All that is wrong with it; one problem at least.
    pub fn read(&self, record: &Record<'_>, origin: Origin, now: Timestamp) -> Result<Observation, Vec<Problem>> {
        let mut problems = Vec::new();
        let values = self.values(record, &mut problems);
        let source = SourceRef::Import { id: origin.import, line: record.line() };
        let mut observation = Observation::new(source, origin.at, now);
        // An id that is none is of another system, and ignored like one of nobody here.
        let id = self.id.and_then(|column| record.cell(column));
        observation.contact = id.and_then(|id| ContactId::parse(cell::value(id)).ok());
        let names_somebody =
            observation.contact.is_some() || values.iter().any(|(_, field, _)| matches!(field, Field::Channel(_)));
        if !names_somebody && problems.is_empty() {
            problems.push(Problem { column: None, reason: Reason::NamesNobody });
        }
        // The first column counts, and of two told values the one with the greater place.
        for (place, (column, field, value)) in (0..u32::MAX).rev().zip(values) {
            if let Err(error) = observation.tell_at(field, value, place) {
                problems.push(Problem { column: Some(column), reason: error.into() });
                break;
            }
        }
        if problems.is_empty() { Ok(observation) } else { Err(problems) }
    }

    /// The row's values with their columns; the name is last, where its place does not matter.
    fn values(&self, record: &Record<'_>, problems: &mut Vec<Problem>) -> Vec<(usize, Field, Value)> {
        let mut values = Vec::new();
        let mut read = |column: usize, field: &Field, text: &str| match field.read(&Raw::from(text), self.settings) {
            Ok(None) => {}
            Ok(Some(value)) => values.push((column, field.clone(), value)),
            Err(error) => problems.push(Problem { column: Some(column), reason: error.into() }),
        };
        for &(column, field) in &self.fields {
            let Some(text) = record.cell(column) else { continue };
            match field {
                Field::Channel(Channel::Telephone | Channel::Whatsapp | Channel::Email) => {
                    cell::values(text).for_each(|value| read(column, field, value));
                }
                _ => read(column, field, cell::value(text)),
            }
        }
        let parts = self.names.iter().filter_map(|column| record.cell(*column)).map(cell::value);
        let name = parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        if let Some(first) = self.names.first() {
            read(*first, &Field::Name, &name);
        }
        values
    }
}

#[cfg(test)]
mod tests {
    use contacts::{CustomField, CustomKey, CustomType, time};

    use super::*;
    use crate::plan::{Plan, Told};
    use crate::sample::Extent;

    fn settings() -> Settings {
        let field = |key: &str, kind| CustomField::new(CustomKey::parse(key).unwrap(), key, kind).unwrap();
        let custom_fields = vec![field("plan", CustomType::String), field("score", CustomType::Number)];
        Settings { custom_fields, ..Settings::default() }
    }

    fn origin() -> Origin {
        Origin { import: ImportId::new(), at: time::from_millis(1_000) }
    }

    /// Reads the rows of a file with the suggested mapping.
    fn rows(file: &str) -> Vec<Result<Observation, Vec<Problem>>> {
        let settings = settings();
        let mut plan = Plan::of(file.as_bytes(), Extent::Whole, &Told::default(), &settings.custom_fields).unwrap();
        let reader = RowReader::new(&plan.mapping, &settings);
        let (mut text, mut rows) = (plan.text.as_slice(), Vec::new());
        let mut header = plan.sample.header.is_some();
        while let Some(record) = plan.reader.read(&mut text).unwrap() {
            if !std::mem::take(&mut header) {
                rows.push(reader.read(&record, origin(), time::now()));
            }
        }
        rows
    }

    /// A row as text: what it tells for each field, by rank, or what is wrong with it.
    fn shown(row: Result<Observation, Vec<Problem>>) -> String {
        let words: Vec<String> = match row {
            Ok(row) => {
                let mut told: Vec<_> = row.told().iter().collect();
                told.sort_by_key(|told| (told.field.clone(), std::cmp::Reverse(told.place)));
                let id = row.contact.map(|id| format!("id={id}"));
                id.into_iter()
                    .chain(told.iter().map(|told| format!("{}={}", told.field, told.value.as_str())))
                    .collect()
            }
            Err(problems) => {
                let column = |problem: &Problem| problem.column.map_or("row".to_owned(), |column| column.to_string());
                problems.iter().map(|problem| format!("{}: {}", column(problem), problem.reason)).collect()
            }
        };
        words.join("; ")
    }

    #[test]
    fn rows_become_observations() {
        let id = ContactId::new();
        let id_upper = id.to_string().to_uppercase();
        let id_row = format!("{id_upper},x@x.org");
        let id_alone = format!("{id},");
        let cases = [
            ("Name,Email", "Ada Lovelace,Ada@X.org", "name=Ada Lovelace; email=Ada@X.org"),
            // Names are joined as people are called, whatever the order of the columns.
            ("Last Name,First Name,Email", " Lovelace , Ada ,a@x.org", "name=Ada Lovelace; email=a@x.org"),
            ("First Name,Last Name,Email", ",Lovelace,a@x.org", "name=Lovelace; email=a@x.org"),
            ("First Name,Last Name,Email", ",,a@x.org", "email=a@x.org"),
            // Of several columns the first filled one counts; a cell may hold several values.
            (
                "Phone 1 - Value,Phone 2 - Value,Mobile",
                ",(650) 253-0000 ::: +44 20 7031 3000,+1 650 253 0001",
                "telephone=+16502530000; telephone=+442070313000; telephone=+16502530001",
            ),
            ("E-mail 1 - Value", "a@x.org ::: ::: b@x.org", "email=a@x.org; email=b@x.org"),
            // The guard of an export comes off.
            ("telephone,name", "'+16502530000,'=Ada", "name==Ada; telephone=+16502530000"),
            ("whatsapp", "4915112345678", "whatsapp=+4915112345678"),
            ("instagram,slack,microsoft_teams", "@Ada.L,U1,29:1", "instagram=ada.l; slack=U1; microsoft_teams=29:1"),
            ("email,plan,custom.score", "a@x.org,007,007.50", "email=a@x.org; custom.plan=007; custom.score=7.5"),
            // Blank says nothing, and cells that a row lacks are blank.
            ("email,plan,telephone", "a@x.org", "email=a@x.org"),
            ("email,plan,telephone", "a@x.org, ,\u{200B}", "email=a@x.org"),
            ("id,email,dial_code", &id_row, &format!("id={id}; email=x@x.org")),
            ("id,name,dial_code", &id_alone, &format!("id={id}")),
            ("id,email,dial_code", "17,x@x.org", "email=x@x.org"),
            // A row that names nobody, or says something wrong.
            ("email,name", ",Ada", "row: has no phone, email, handle or id: it names nobody"),
            ("id,name,dial_code", "17,Ada", "row: has no phone, email, handle or id: it names nobody"),
        ];
        for (header, row, expected) in cases {
            let row = rows(&format!("{header}\n{row}\n")).remove(0);
            assert_eq!(shown(row), expected, "{header}");
        }
    }

    #[test]
    fn a_row_tells_all_that_is_wrong_with_it_and_no_value() {
        let file = format!("name,email,telephone,score\n{},ada.x.org,4.41E+11,many\n", "x".repeat(201));
        let problems = rows(&file).remove(0).unwrap_err();
        assert_eq!(problems.iter().map(|problem| problem.column).collect::<Vec<_>>(), [1, 2, 3, 0].map(Some));
        let shown = shown(Err(problems));
        for value in ["ada", "4.41", "many", "xx"] {
            assert!(!shown.contains(value), "{shown}");
        }
    }

    #[test]
    fn a_row_has_its_line_and_its_moment() {
        let rows = rows("email\na@x.org\n\n\"b@x.org\n\"\nc@x.org\n");
        let lines = rows.iter().map(|row| match row.as_ref().unwrap().source {
            SourceRef::Import { line, .. } => line,
            _ => 0,
        });
        assert_eq!(lines.collect::<Vec<_>>(), [2, 4, 6]);
        assert_eq!(rows[0].as_ref().unwrap().at(), time::from_millis(1_000));
    }

    #[test]
    fn more_identifiers_than_fit_are_refused() {
        let cell: Vec<String> = (0..21).map(|n| format!("a{n}@x.org")).collect();
        let row = rows(&format!("email\n{}\n", cell.join(" ::: "))).remove(0);
        assert!(shown(row).starts_with("0: is more than the 20"));
    }
}
