//! What is left of a deleted contact.

use contacts::{EditRefused, Outcome, Record, TOMBSTONE_SPAN};

use crate::book::{Book, at, event, field, form, identifier, patch};

#[test]
fn a_stub_without_personal_data_is_left_and_its_claims_end_with_it() {
    let mut book = Book::default();
    let id = book.told(&event("c-1", 0, &[("email", "ada@x.com"), ("name", "Ada")]));
    book.delete(id, 100);
    let Record::Deleted(stub) = &book.records[&id] else { panic!("it is deleted") };
    assert_eq!((stub.at, stub.version), (at(100), 2));
    let claim = &book.claims[&identifier("email", "ada@x.com")];
    assert_eq!((claim.contact, claim.expires_at), (id, Some(at(100) + TOMBSTONE_SPAN)));
    assert_eq!(book.live().count(), 0);
}

#[test]
fn an_older_observation_is_suppressed_and_a_newer_one_begins_anew() {
    let mut book = Book::default();
    let id = book.told(&event("c-1", 0, &[("email", "ada@x.com")]));
    book.delete(id, 100);
    let writes = book.writes;
    for late in [
        event("c-1", 99, &[("name", "Ada")]),
        event("c-1", 99, &[]),
        event("c-2", 99, &[("email", "ada@x.com"), ("telephone", "+15551234567")]),
    ] {
        let folded = book.observe(&late);
        assert_eq!((folded.outcome, folded.contact), (Outcome::Suppressed, None));
    }
    assert_eq!(book.writes, writes);
    let folded = book.observe(&event("c-1", 100, &[("email", "ada@x.com")]));
    assert_eq!(folded.outcome, Outcome::Created);
    assert_ne!(folded.contact, Some(id));
    let linked = book.links.last().unwrap();
    assert_eq!((Some(linked.0), linked.1.started_at), (folded.contact, at(100)), "the conversation begins anew");
}

#[test]
fn what_else_names_a_live_contact_goes_there_without_the_deleted_identifier() {
    let mut book = Book::default();
    let gone = book.told(&event("c-1", 0, &[("email", "ada@x.com")]));
    let here = book.told(&event("c-2", 0, &[("telephone", "+15551234567")]));
    book.delete(gone, 100);
    let folded =
        book.observe(&event("c-3", 50, &[("email", "ada@x.com"), ("telephone", "+15551234567"), ("name", "Ada")]));
    assert_eq!(folded.contact, Some(here));
    assert_eq!((book.shows(here, "email"), book.shows(here, "name")), (None, Some("Ada")));
    let folded = book.observe(&event("c-3", 150, &[("email", "ada@x.com"), ("telephone", "+15551234567")]));
    assert_eq!(folded.contact, Some(here));
    assert_eq!(book.shows(here, "email"), Some("ada@x.com"), "told after the deletion, it is taken over");
}

#[test]
fn identifiers_of_contacts_joined_into_a_deleted_one_lead_to_the_stub() {
    let mut book = Book::default();
    let a = book.told(&event("c-1", 0, &[("email", "ada@x.com")]));
    let b = book.told(&event("c-2", 0, &[("telephone", "+15551234567")]));
    let survivor = book.told(&event("c-3", 10, &[("email", "ada@x.com"), ("telephone", "+15551234567")]));
    assert!(survivor == a || survivor == b);
    book.delete(survivor, 100);
    for late in [event("c-1", 50, &[]), event("c-2", 50, &[]), event("c-9", 50, &[("telephone", "+15551234567")])] {
        assert_eq!(book.outcome(&late), Outcome::Suppressed);
    }
}

#[test]
fn what_is_older_than_a_deletion_stays_out_of_what_was_begun_anew() {
    let mut book = Book::default();
    let older = event("c-1", 50, &[("email", "ada@x.com"), ("telephone", "+15551234567"), ("name", "Ada")]);
    let id = book.told(&older);
    book.delete(id, 100);
    // Two contacts, each with something of the deleted one.
    let one = book.told(&event("c-1", 150, &[("email", "ada@x.com")]));
    let other = book.create(&form(160, &[("telephone", "+15551234567")]), None).unwrap().id;
    let folded = book.observe(&older);
    assert_eq!((folded.outcome, folded.contact, folded.joined), (Outcome::Suppressed, None, vec![]));
    assert_eq!((book.shows(one, "name"), book.shows(other, "name")), (None, None));

    // What was said since joins them.
    let newer = book.told(&event("c-2", 150, &[("email", "ada@x.com"), ("telephone", "+15551234567")]));
    assert_eq!(book.live().map(|contact| contact.id).collect::<Vec<_>>(), [newer]);
    assert_eq!(book.outcome(&older), Outcome::Suppressed);
    book.delete(newer, 200);
    assert_eq!(book.outcome(&event("c-2", 170, &[("email", "ada@x.com")])), Outcome::Suppressed);
}

#[test]
fn what_was_taken_over_is_not_taken_away_by_a_clock_that_is_behind() {
    let mut book = Book::default();
    let gone = book.told(&event("c-1", 0, &[("email", "ada@x.com")]));
    book.delete(gone, 100);
    let ada = book.told(&event("c-2", 150, &[("email", "ada@x.com")]));
    let bob = book.told(&event("c-3", 0, &[("email", "bob@x.com")]));
    let refused = book.edit(bob, 90, &patch(&[("email", Some("ada@x.com"))]));
    assert_eq!(refused, Err(EditRefused::Known { field: field("email"), contact: ada }));
}
