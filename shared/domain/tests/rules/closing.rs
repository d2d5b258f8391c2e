//! Closed workspaces.

use contacts::{ImportId, Outcome};

use crate::book::{Book, at, event, row};

#[test]
fn an_observation_in_a_closed_workspace_is_suppressed_and_changes_nothing() {
    let mut book = Book::default();
    book.contact_of(&event("c-1", 0, &[("email", "ada@x.com")]));
    book.settings.closed_at = Some(at(50));
    let before = (book.records.clone(), book.claims.clone(), book.links.clone());
    for seen in [
        event("c-1", 10, &[("name", "Ada")]),
        event("c-2", 100, &[("email", "bob@x.com")]),
        row(ImportId::new(), 2, 100, &[("email", "carol@x.com"), ("name", "Carol")]),
    ] {
        let folded = book.observe(&seen);
        assert_eq!((folded.outcome, folded.contact), (Outcome::Suppressed, None));
    }
    assert_eq!((book.records.clone(), book.claims.clone(), book.links.clone()), before);
}
