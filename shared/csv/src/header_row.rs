//! Finds the header row of a file, which may stand below notes and titles.

use crate::cell;
use crate::headers;
use crate::sample_row::SampleRow;

/// The most lines that may stand above the header row.
pub(crate) const MAX_PREAMBLE_LINES: usize = 20;
/// The fewest cells of a header row below a title, if no cell is a known header.
const UNKNOWN_HEADERS: usize = 3;

/// The index of the header row among a file's first records; `None` if the file has none.
///
/// `given` says whether the file has a header row, if that is known. The header row is the first row that looks like one
/// and has more cells than all rows above it, but not one that only stands above a much wider one, as a title does.
pub(crate) fn header_row(rows: &[SampleRow], given: Option<bool>) -> Option<usize> {
    if given == Some(false) {
        return None;
    }
    let candidates = candidates(rows);
    let is_title = |cells: usize, later: &[(usize, usize)]| later.iter().any(|(_, others)| *others >= 2 * cells);
    let found = candidates.iter().enumerate().find(|(place, (_, cells))| !is_title(*cells, &candidates[place + 1..]));
    let first = || rows.first().filter(|first| given.is_some() || first.looks_like_header());
    found.map(|(_, (index, _))| *index).or_else(|| first().map(|_| 0))
}

/// The rows that may be the header row: their indexes, and how many of their cells are not blank.
fn candidates(rows: &[SampleRow]) -> Vec<(usize, usize)> {
    let mut widest_above = 0;
    let mut candidates = Vec::new();
    for (index, row) in rows.iter().enumerate().take_while(|(_, row)| row.line <= MAX_PREAMBLE_LINES as u64 + 1) {
        let cells = row.cells.iter().filter(|cell| !cell::value(cell).is_empty()).count();
        let is_known = row.cells.iter().any(|cell| headers::meaning(cell::value(cell)).is_some());
        let heads_a_table = || {
            let next = rows.get(index + 1).is_some_and(|next| next.cells.len() == row.cells.len());
            index > 0 && widest_above == 1 && cells >= UNKNOWN_HEADERS && next
        };
        if cells > widest_above && row.looks_like_header() && (is_known || heads_a_table()) {
            candidates.push((index, cells));
        }
        widest_above = widest_above.max(cells);
    }
    candidates
}

#[cfg(test)]
mod tests {
    use crate::sample::{Extent, Sample};

    /// The line of the header row, and how many records stand above it.
    fn found(text: &str, header: Option<bool>) -> (Option<u64>, usize) {
        let sample = Sample::read(text.as_bytes(), Extent::Whole, header).unwrap();
        (sample.header.map(|row| row.line), sample.preamble)
    }

    #[test]
    fn a_header_row_is_found_below_notes() {
        for (text, line, above) in [
            ("Notes:\r\n\"Some, addresses\nare missing.\"\r\n\r\nFirst Name,Email,Company\r\nAda,a@x.org,X\r\n", 5, 2),
            ("Adressliste 2026;;;\r\n;;;\r\nVorname;Nachname;Telefon;E-Mail\r\nJo;Li;0171 3920010;j@x.org\r\n", 3, 1),
            ("Email list\nName,Email,Phone\nAda,a@x.org,\n", 2, 1),
            ("Report:,Phone list\nDate:,2026-01-02\n\nName,Email,Phone,City\nAda,a@x.org,,Ulm\n", 4, 2),
            ("Kunden\nWer,Wo,Was\nAda,Ulm,5\n", 2, 1),
            ("sep=;\nTitel;;\nName;Email;Ort\nAda;a@x.org;Ulm\n", 3, 1),
        ] {
            assert_eq!(found(text, None), (Some(line), above), "{text:?}");
            assert_eq!(found(text, Some(true)), (Some(line), above), "{text:?}");
            assert_eq!(found(text, Some(false)), (None, 0), "{text:?}");
        }
    }

    #[test]
    fn the_first_row_is_the_header_where_nothing_says_otherwise() {
        for text in [
            "Name,Email\nAda,a@x.org\n",
            "Name\nName\n",
            "Email,,Phone\nx,y,z\n",
            "Name,Email\nPhone,Name\n",
            "Kunde,Ort\nAda,Bonn\n",
        ] {
            assert_eq!(found(text, None), (Some(1), 0), "{text:?}");
        }
        assert_eq!(found("a@x.org,Ada\nName,Email\n", None), (None, 0));
        assert_eq!(found("a@x.org,Ada\nb@x.org,Bob\n", Some(true)), (Some(1), 0));
        let far = format!("{}Name,Email\nAda,a@x.org\n", "note\n".repeat(21));
        assert_eq!(found(&far, None), (Some(1), 0), "beyond the 20 lines");
        let near = format!("{}Name,Email\nAda,a@x.org\n", "note\n".repeat(20));
        assert_eq!(found(&near, None), (Some(21), 20));
    }
}
