//! Which columns make up the names of the rows, and how.

use crate::headers::{Fit, Kind, Meaning, NamePart, Whole, is_own, is_person, meaning};
use crate::words::{Sense, Words};

/// The column of a name, and what it holds. `None` if its header does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NameColumn {
    pub(crate) column: usize,
    pub(crate) part: Option<NamePart>,
}

/// The columns that feed the name according to their headers, in the order in which parts are joined, whole names last.
///
/// Headers of guests and employees count if `unsure_too`. A bare `Name` beside a `Contact Name` is that of a firm.
pub(crate) fn suggested(headers: &[&str], meanings: &[Option<Meaning>], unsure_too: bool) -> Vec<usize> {
    let is_fit = |fit: Fit| fit == Fit::Plain || (unsure_too && fit == Fit::Unsure);
    let fits = |column: &usize| match meanings[*column] {
        Some(Meaning { kind: Kind::Name(_), fit }) => is_fit(fit),
        _ => false,
    };
    let mut columns = resolved((0..headers.len()).filter(fits).map(|column| (column, headers[column])));
    let is_contacts =
        |column: &NameColumn| column.part == Some(NamePart::Whole(Whole::Person)) && is_contact(headers[column.column]);
    if columns.iter().any(is_contacts) {
        columns.retain(|column| column.part != Some(NamePart::Whole(Whole::Bare)) || !is_own_name(headers, *column));
    }
    columns.sort_by_key(|column| (column.part, column.column));
    columns.into_iter().map(|column| column.column).collect()
}

/// Whether a header says that a name is that of the contact at a firm.
fn is_contact(header: &str) -> bool {
    let words = Words::of(header);
    words.has(Sense::Person) || words.has(Sense::ContactName)
}

/// Whether a column is just called `Name`.
fn is_own_name(headers: &[&str], column: NameColumn) -> bool {
    Words::of(headers[column.column]).known.len() == 1
}

/// What the columns of a mapping hold, by their headers. Headers are read together: `Nombre` beside `Apellidos` is the given
/// name, and `Name` beside `Vorname` is the family name.
pub(crate) fn resolved<'h>(columns: impl Iterator<Item = (usize, &'h str)>) -> Vec<NameColumn> {
    let part = |header: &str| match meaning(header) {
        Some(Meaning { kind: Kind::Name(part), .. }) => Some(part),
        _ if is_person(header) => Some(NamePart::Whole(Whole::Unnamed)),
        _ => None,
    };
    let columns: Vec<(usize, &str)> = columns.collect();
    let mut named: Vec<NameColumn> =
        columns.iter().map(|&(column, header)| NameColumn { column, part: part(header) }).collect();
    let has = |part| named.iter().any(|column| column.part == Some(part));
    let (given, family) = (has(NamePart::Given), has(NamePart::Family));
    let loose_given = has(NamePart::GivenOrWhole);
    // In German and Dutch files, `Name` next to `Vorname` is the family name.
    let by_given = |header: &str| {
        let rest = columns.iter().any(|(_, other)| ["vorname", "voornaam"].iter().any(|word| is_own(other, word)));
        rest && ["name", "naam"].iter().any(|word| is_own(header, word))
    };
    for (column, (_, header)) in named.iter_mut().zip(&columns) {
        column.part = column.part.map(|part| match part {
            NamePart::GivenOrWhole if family => NamePart::Given,
            NamePart::FamilyOrWhole if given || loose_given => NamePart::Family,
            NamePart::GivenOrWhole | NamePart::FamilyOrWhole => NamePart::Whole(Whole::Bare),
            NamePart::Whole(Whole::Bare) if !family && given && by_given(header) => NamePart::Family,
            part => part,
        });
    }
    named
}

/// The names that a row has, the best one first: its parts if both the given and the family name are there, else the whole
/// name, else the parts that are there. If a header does not say what it holds, all cells are joined in the given order.
///
/// The cells are clean, and blank where they say nothing.
pub(crate) fn candidates(columns: &[NameColumn], cells: &[&str]) -> Vec<String> {
    let filled = || columns.iter().zip(cells).filter(|(_, cell)| !cell.is_empty());
    let joined = |cells: &[&str]| cells.join(" ");
    if columns.iter().any(|column| column.part.is_none()) {
        return vec![joined(&filled().map(|(_, cell)| *cell).collect::<Vec<_>>())];
    }
    let is_whole = |column: &NameColumn| matches!(column.part, Some(NamePart::Whole(_)));
    let mut parts: Vec<(NamePart, &str)> = filled()
        .filter(|(column, _)| !is_whole(column))
        .filter_map(|(column, cell)| Some((column.part?, *cell)))
        .collect();
    let has = |part| parts.iter().any(|(other, _)| *other == part);
    let is_complete = has(NamePart::Given) && has(NamePart::Family);
    if parts.iter().all(|(_, cell)| is_east_asian(cell)) {
        parts.sort_by_key(|(part, _)| std::cmp::Reverse(*part));
    }
    let parts = joined(&parts.into_iter().map(|(_, cell)| cell).collect::<Vec<_>>());
    let mut wholes: Vec<(Whole, String)> = filled()
        .filter_map(|(column, cell)| match column.part {
            Some(NamePart::Whole(whole)) => Some((whole, turned(whole, cell))),
            _ => None,
        })
        .collect();
    wholes.sort_by_key(|(whole, _)| *whole);
    let wholes = wholes.into_iter().map(|(_, name)| name);
    let mut names: Vec<String> = if is_complete {
        std::iter::once(parts).chain(wholes).collect()
    } else {
        wholes.chain(std::iter::once(parts)).collect()
    };
    names.retain(|name| !name.is_empty());
    names
}

/// `Lovelace, Ada` as `Ada Lovelace`, if the header says that the family name comes first.
fn turned(whole: Whole, name: &str) -> String {
    match name.split_once(',') {
        Some((family, given)) if whole == Whole::FamilyFirst && !given.contains(',') && !given.trim().is_empty() => {
            format!("{} {}", given.trim(), family.trim())
        }
        _ => name.to_owned(),
    }
}

/// Whether a name is written in Chinese or Japanese, where the family name comes first.
fn is_east_asian(name: &str) -> bool {
    name.chars().any(|c| matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The best name of a row with these headers and cells.
    fn name(headers: &[&str], cells: &[&str]) -> String {
        let columns = resolved(headers.iter().copied().enumerate());
        candidates(&columns, cells).into_iter().next().unwrap_or_default()
    }

    #[test]
    fn the_best_name_of_a_row_counts() {
        for (headers, cells, expected) in [
            (&["First Name", "Last Name", "Name"][..], &["Ada", "King", "A. King"][..], "Ada King"),
            (&["First Name", "Last Name", "Name"], &["Ada", "", "Ada King"], "Ada King"),
            (&["First Name", "Last Name", "Name"], &["", "King", ""], "King"),
            (&["Display Name", "Contact Name"], &["ada_k", "Ada King"], "Ada King"),
            (&["Display Name", "Contact Name"], &["ada_k", ""], "ada_k"),
            (&["Name (Last, First)"], &["King, Ada"], "Ada King"),
            (&["Nachname, Vorname"], &["King, Ada"], "Ada King"),
            (&["Name"], &["King, Ada"], "King, Ada"),
            (&["Name (Last, First)"], &["King, Ada, Countess"], "King, Ada, Countess"),
            (&["Vorname", "Name"], &["Ada", "King"], "Ada King"),
            (&["Nombre", "Apellido paterno", "Apellido materno"], &["Ana", "López", "Ruiz"], "Ana López Ruiz"),
            (&["Nom", "Prénom"], &["King", "Ada"], "King Ada"),
            (&["名", "姓"], &["太郎", "山田"], "山田 太郎"),
            (&["Vorname", "Zusatz"], &["Ada", "King"], "Ada King"),
            (&["Zusatz", "Name"], &["von", "King"], "von King"),
        ] {
            assert_eq!(name(headers, cells), expected, "{headers:?} {cells:?}");
        }
    }
}
