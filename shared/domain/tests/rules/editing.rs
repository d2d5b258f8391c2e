//! What a person changes.

use contacts::{EditRefused, Outcome, Patch, Request};

use crate::book::{Book, event, field, form, identifier, patch};

#[test]
fn an_edit_releases_what_it_replaces_and_claims_what_it_sets() {
    let mut book = Book::default();
    let id = book.contact_of(&event("c-1", 0, &[("email", "old@x.com"), ("telephone", "+15551234567")]));
    book.edit(id, 100, &patch(&[("email", Some("new@x.com")), ("telephone", None)])).unwrap();
    assert_eq!(book.shows(id, "email"), Some("new@x.com"));
    assert_eq!(book.shows(id, "telephone"), None);
    assert!(book.contact(id).identifiers.secondary().is_empty());
    for gone in [identifier("email", "old@x.com"), identifier("telephone", "+15551234567")] {
        assert!(!book.claims.contains_key(&gone));
    }
    assert!(book.claims.contains_key(&identifier("email", "new@x.com")));
}

#[test]
fn a_number_that_another_field_still_holds_keeps_its_claim() {
    let mut book = Book::default();
    let id = book.contact_of(&event("c-1", 0, &[("telephone", "+15551234567"), ("whatsapp", "+15551234567")]));
    book.edit(id, 100, &patch(&[("telephone", None)])).unwrap();
    assert!(book.claims.contains_key(&identifier("whatsapp", "+15551234567")));
}

#[test]
fn older_observations_neither_refill_nor_reattach() {
    let mut book = Book::default();
    let id =
        book.contact_of(&event("c-1", 0, &[("email", "ada@x.com"), ("telephone", "+15551234567"), ("name", "Ada")]));
    book.edit(id, 100, &patch(&[("telephone", None), ("name", Some("Countess"))])).unwrap();
    let late = event("c-1", 50, &[("email", "ada@x.com"), ("telephone", "+15551234567"), ("name", "Ada")]);
    assert_eq!(book.outcome(&late), Outcome::Unchanged);
    assert_eq!((book.shows(id, "telephone"), book.shows(id, "name")), (None, Some("Countess")));
    assert!(!book.claims.contains_key(&identifier("telephone", "+15551234567")));
    let newer = event("c-1", 150, &[("telephone", "+15551234567"), ("name", "Ada")]);
    assert_eq!(book.outcome(&newer), Outcome::Updated);
    assert_eq!((book.shows(id, "telephone"), book.shows(id, "name")), (Some("+15551234567"), Some("Countess")));
    assert_eq!(book.unconfirmed(id), ["name=Ada"], "a conversation does not replace a name that a person typed");
}

#[test]
fn an_older_observation_does_not_reattach_once_a_newer_one_has_taken_the_field() {
    for cleared in [None, Some("new@x.com")] {
        let late = event("c-1", 50, &[("email", "old@x.com"), ("slack", "U00001")]);
        let newer = event("c-1", 150, &[("email", "newest@x.com")]);
        for order in [[&late, &newer], [&newer, &late]] {
            let mut book = Book::default();
            let id = book.contact_of(&event("c-1", 0, &[("email", "old@x.com"), ("name", "Ada")]));
            book.edit(id, 100, &patch(&[("email", cleared)])).unwrap();
            for seen in order {
                book.observe(seen);
            }
            assert_eq!(book.shows(id, "email"), Some(cleared.unwrap_or("newest@x.com")), "what a person typed stays");
            assert!(book.contact(id).holds(&identifier("email", "newest@x.com")));
            assert!(!book.claims.contains_key(&identifier("email", "old@x.com")), "{cleared:?}");
            assert_eq!(book.shows(id, "slack"), Some("U00001"), "the rest flows in");
        }
    }
}

#[test]
fn a_late_event_still_adds_to_what_a_form_said() {
    let mut book = Book::default();
    let id = book.create(&form(100, &[("email", "ada@x.com"), ("telephone", "+15551234567")]), None).unwrap().id;
    book.observe(&event("c-1", 50, &[("email", "ada@x.com"), ("telephone", "+15559999999")]));
    assert_eq!(book.shows(id, "telephone"), Some("+15551234567"));
    assert_eq!(book.also_known_by(id), ["telephone=+15559999999".to_owned()].into(), "nothing is lost");
}

#[test]
fn an_edit_that_changes_nothing_writes_nothing() {
    let mut book = Book::default();
    let id = book.contact_of(&event("c-1", 0, &[("email", "ada@x.com"), ("name", "Ada")]));
    let writes = book.writes;
    book.edit(id, 100, &patch(&[("name", Some("Ada")), ("telephone", None)])).unwrap();
    assert_eq!((book.writes, book.contact(id).version), (writes, 1));
}

#[test]
fn a_secondary_identifier_that_is_set_moves_into_the_field() {
    let mut book = Book::default();
    let id = book.contact_of(&event("c-1", 0, &[("email", "old@x.com")]));
    book.observe(&event("c-1", 10, &[("email", "new@x.com")]));
    book.edit(id, 100, &patch(&[("email", Some("old@x.com"))])).unwrap();
    assert_eq!(book.shows(id, "email"), Some("old@x.com"));
    assert!(book.contact(id).identifiers.secondary().is_empty());
    assert!(!book.claims.contains_key(&identifier("email", "new@x.com")), "the replaced one is released");
}

#[test]
fn what_another_contact_has_is_refused_and_nothing_is_written() {
    let mut book = Book::default();
    let ada = book.contact_of(&event("c-1", 0, &[("email", "ada@x.com")]));
    let bob = book.contact_of(&event("c-2", 0, &[("email", "bob@x.com")]));
    let writes = book.writes;
    let refused = book.edit(ada, 100, &patch(&[("name", Some("Ada")), ("email", Some("BOB@x.com"))]));
    assert_eq!(refused, Err(EditRefused::Known { field: field("email"), contact: bob }));
    let refused = book.edit(ada, 100, &patch(&[("email", None)]));
    assert_eq!(refused, Err(EditRefused::Nobody), "nothing would be left of the contact");
    assert_eq!(book.writes, writes);
}

#[test]
fn conflicts_can_be_dismissed() {
    let mut book = Book::default();
    let a = book.contact_of(&event("c-1", 0, &[("email", "ada@x.com"), ("slack", "U00001")]));
    let b = book.contact_of(&event("c-2", 0, &[("telephone", "+15551234567"), ("slack", "U00002")]));
    book.observe(&event("c-1", 60, &[("telephone", "+15551234567")]));
    assert_eq!((book.contact(a).conflicts.len(), book.contact(b).conflicts.len()), (1, 1));
    book.edit(a, 100, &Patch { dismiss_conflicts: true, ..Patch::default() }).unwrap();
    assert!(book.contact(a).conflicts.is_empty() && book.contact(b).conflicts.is_empty(), "on both sides");
}

#[test]
fn a_repeated_request_is_answered_as_before_and_its_key_serves_no_other() {
    let mut book = Book::default();
    let request = |fingerprint: &str| Request { key: "k-1".into(), fingerprint: fingerprint.into() };
    let first = book.create(&form(0, &[("email", "ada@x.com")]), Some(&request("a"))).unwrap();
    book.edit(first.id, 10, &patch(&[("name", Some("Ada"))])).unwrap();
    let again = book.create(&form(20, &[("email", "ada@x.com")]), Some(&request("a"))).unwrap();
    assert_eq!(again, first, "as it was answered, not as it is now");
    let other = book.create(&form(20, &[("email", "bob@x.com")]), Some(&request("b")));
    assert_eq!(other, Err(contacts::CreateRefused::KeyReused));
    book.delete(first.id, 30);
    let again = book.create(&form(40, &[("email", "ada@x.com")]), Some(&request("a")));
    assert_eq!(again, Err(contacts::CreateRefused::Deleted));
}

#[test]
fn an_older_observation_does_not_join_with_whom_an_identifier_was_given_to_by_hand() {
    let observed = [("telephone", "+15551234567"), ("email", "ada@x.com"), ("name", "Ada")];
    let reversed: Vec<_> = observed.iter().rev().copied().collect();
    for late in [event("c-1", 50, &observed), event("c-2", 50, &observed), event("c-2", 50, &reversed)] {
        let mut book = Book::default();
        let ada = book.contact_of(&event("c-1", 0, &observed));
        book.edit(ada, 100, &patch(&[("telephone", None)])).unwrap();
        let bob = book.create(&form(110, &[("telephone", "+15551234567")]), None).unwrap().id;
        let folded = book.observe(&late);
        assert_eq!((folded.contact, folded.joined, folded.conflicts), (Some(ada), vec![], vec![]));
        assert_eq!((book.shows(ada, "telephone"), book.shows(bob, "name")), (None, None));
        let newer = book.observe(&event("c-3", 150, &observed));
        assert_eq!(newer.joined.len(), 1, "said once more, it is so");
    }
}
