//! What a row may do to somebody whom the book knows already.

use contacts::{Existing, ImportId, Observation, Outcome};

use crate::book::{Book, event, field, row};

/// A row of an import with this mode, observed after everything else.
fn row_with(existing: Existing, line: u64, values: &[(&str, &str)]) -> Observation {
    let mut row = row(ImportId::new(), line, 1_000, values);
    row.existing = existing;
    row
}

/// A book that knows Ada by an email, and somebody else by a phone.
fn book() -> Book {
    let mut book = Book::default();
    let ada = [("email", "ada@x.com"), ("telephone", "+15551230001"), ("name", "Ada"), ("custom.plan", "free")];
    book.observe(&event("c-1", 0, &ada));
    book.observe(&event("c-2", 0, &[("slack", "U00001")]));
    book
}

#[test]
fn blanks_are_filled_and_nothing_else() {
    let mut book = book();
    let row = row_with(
        Existing::FillBlanks,
        2,
        &[
            ("email", "ada@x.com"),
            ("telephone", "+15551230002"),
            ("telephone", "+15551230003"),
            ("whatsapp", "+15551230004"),
            ("whatsapp", "+15551230005"),
            ("name", "Ada Lovelace"),
            ("custom.plan", "pro"),
            ("custom.budget", "5"),
        ],
    );
    let folded = book.observe(&row);
    assert_eq!(folded.outcome, Outcome::Updated);
    let ada = folded.contact.unwrap();
    let shown = ["telephone", "whatsapp", "name", "custom.plan", "custom.budget"].map(|name| book.shows(ada, name));
    let expected = ["+15551230001", "+15551230005", "Ada", "free", "5"].map(Some);
    assert_eq!(shown, expected, "of two values for a blank field the one that counts more");
    assert!(book.also_known_by(ada).is_empty(), "no second value of a field");
    assert_eq!(book.outcome(&row), Outcome::Unchanged);
}

#[test]
fn a_row_with_blanks_to_fill_joins_as_any_other() {
    let mut book = book();
    let folded = book.observe(&row_with(Existing::FillBlanks, 2, &[("email", "ada@x.com"), ("slack", "U00001")]));
    assert_eq!(folded.joined.len(), 1);
    assert_eq!(book.live().count(), 1);
}

#[test]
fn nobody_who_is_known_is_touched() {
    let mut book = book();
    let before = book.clone();
    let values = [("email", "ada@x.com"), ("slack", "U00001"), ("name", "Ada Lovelace"), ("custom.budget", "5")];
    let folded = book.observe(&row_with(Existing::Skip, 2, &values));
    assert_eq!((folded.outcome, folded.joined.len()), (Outcome::Unchanged, 0));
    assert!(folded.conflicts.is_empty() && folded.rejected.is_empty());
    assert_eq!(folded.contact, before.live().find(|contact| contact.value(&field("email")).is_some()).map(|c| c.id));
    assert_eq!(book.records, before.records);
    assert_eq!(book.claims, before.claims);
}

#[test]
fn strangers_are_created_in_every_mode() {
    for existing in Existing::ALL {
        let mut book = book();
        let values = [("email", "bob@x.com"), ("telephone", "+15551230009"), ("telephone", "+15551230010")];
        let folded = book.observe(&row_with(existing, 2, &values));
        assert_eq!(folded.outcome, Outcome::Created, "{existing:?}");
        assert_eq!(book.also_known_by(folded.contact.unwrap()).len(), 1, "{existing:?}");
    }
}
