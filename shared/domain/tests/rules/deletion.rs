//! Deletions, and deletions that are taken back.

use contacts::{EditRefused, Outcome, Record, TOMBSTONE_SPAN, diff};
use proptest::prelude::*;

use crate::acts::{act, perform_all};
use crate::book::{Book, at, event, field, form, identifier, patch, person};

#[test]
fn a_deleted_contact_is_kept_in_its_tombstone_and_leads_nowhere() {
    let mut book = Book::default();
    let id = book.contact_of(&event("c-1", 0, &[("email", "ada@x.com"), ("name", "Ada")]));
    let before = book.contact(id).clone();
    book.delete(id, 100);
    let Record::Deleted(tombstone) = &book.records[&id] else { panic!("it is deleted") };
    assert_eq!((tombstone.at, tombstone.version), (at(100), 2));
    assert_eq!(tombstone.contact.as_deref(), Some(&before));
    assert_eq!(tombstone.restorable_until(), Some(at(100) + TOMBSTONE_SPAN));
    assert_eq!(book.live().count(), 0);
    assert!(book.contact_by(&identifier("email", "ada@x.com")).is_none());
}

#[test]
fn a_restored_contact_has_everything_that_nobody_took_meanwhile() {
    let mut book = Book::default();
    let ada =
        book.contact_of(&event("c-1", 0, &[("email", "ada@x.com"), ("telephone", "+15551234567"), ("name", "Ada")]));
    book.contact_of(&event("c-2", 0, &[("email", "ada@x.com")]));
    book.delete(ada, 100);
    let other = book.contact_of(&event("c-2", 150, &[("telephone", "+15551234567")]));
    assert_ne!(other, ada);
    assert_eq!(book.links.iter().filter(|(_, linked)| linked.info.id.as_str() == "c-2").count(), 1, "linked once");

    assert_eq!(book.restore(ada, &person(), at(200)), Ok(vec![identifier("telephone", "+15551234567")]));
    assert_eq!((book.shows(ada, "name"), book.shows(ada, "telephone")), (Some("Ada"), None));
    assert_eq!(book.contact_by(&identifier("email", "ada@x.com")).map(|contact| contact.id), Some(ada));
    assert_eq!(book.contact_by(&identifier("telephone", "+15551234567")).map(|contact| contact.id), Some(other));
    assert_eq!(book.contact_of(&event("c-1", 210, &[])), ada, "its conversations lead to it again");
    assert_eq!(book.contact_of(&event("c-2", 210, &[])), other);
    assert_eq!(book.restore(ada, &person(), at(220)), Ok(vec![]), "it lives");
}

#[test]
fn a_contact_is_restored_with_those_that_were_joined_into_it() {
    let mut book = Book::default();
    let a = book.contact_of(&event("c-1", 0, &[("email", "ada@x.com")]));
    let b = book.contact_of(&event("c-2", 0, &[("telephone", "+15551234567")]));
    let survivor = book.contact_of(&event("c-3", 10, &[("email", "ada@x.com"), ("telephone", "+15551234567")]));
    book.delete(survivor, 100);
    assert_eq!(book.restore(survivor, &person(), at(110)), Ok(vec![]));
    for (conversation, id) in [("c-1", a), ("c-2", b)] {
        assert_eq!(book.contact_of(&event(conversation, 120, &[])), survivor);
        assert_eq!(book.survivor(id).map(|contact| contact.id), Some(survivor));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { max_global_rejects: 1_000_000, ..ProptestConfig::default() })]

    /// Whatever a contact is: deleted and restored at once, it is as it was, and so is everybody else.
    #[test]
    fn a_deletion_taken_back_at_once_changes_nothing(
        acts in prop::collection::vec(act(), 1..15),
        pick in any::<prop::sample::Index>(),
    ) {
        let mut book = Book::default();
        perform_all(&mut book, &acts);
        let live: Vec<_> = book.live().map(|contact| contact.id).collect();
        prop_assume!(!live.is_empty());
        let id = *pick.get(&live);
        let before = (book.records.clone(), book.claims.clone(), book.links.clone());
        book.delete(id, 100);
        prop_assert_eq!(book.restore(id, &person(), at(110)), Ok(vec![]));
        for (other, record) in &before.0 {
            // Of who was erased nothing is kept.
            let Some(before) = record.contact() else { continue };
            prop_assert_eq!(book.records[other].contact().map(|after| diff(before, after)), Some(vec![]));
        }
        let owners = |book: &Book| -> Vec<_> {
            let owner = |claim: &contacts::Claim| book.survivor(claim.contact).map(|contact| contact.id);
            book.claims.iter().map(|(identifier, claim)| (identifier.clone(), owner(claim))).collect()
        };
        let mut expected = Book::default();
        (expected.records, expected.claims) = (before.0, before.1);
        prop_assert_eq!((owners(&book), &book.links), (owners(&expected), &before.2));
    }
}

#[test]
fn an_older_observation_is_suppressed_and_a_newer_one_begins_anew() {
    let mut book = Book::default();
    let id = book.contact_of(&event("c-1", 0, &[("email", "ada@x.com")]));
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
    let gone = book.contact_of(&event("c-1", 0, &[("email", "ada@x.com")]));
    let here = book.contact_of(&event("c-2", 0, &[("telephone", "+15551234567")]));
    book.delete(gone, 100);
    let folded =
        book.observe(&event("c-3", 50, &[("email", "ada@x.com"), ("telephone", "+15551234567"), ("name", "Ada")]));
    assert_eq!(folded.contact, Some(here));
    assert_eq!((book.shows(here, "email"), book.shows(here, "name")), (None, Some("Ada")));
    let folded = book.observe(&event("c-3", 150, &[("email", "ada@x.com"), ("telephone", "+15551234567")]));
    assert_eq!(folded.contact, Some(here));
    assert_eq!(book.shows(here, "email"), Some("ada@x.com"), "observed after the deletion, it is taken over");
}

#[test]
fn identifiers_of_contacts_joined_into_a_deleted_one_lead_to_the_tombstone() {
    let mut book = Book::default();
    let a = book.contact_of(&event("c-1", 0, &[("email", "ada@x.com")]));
    let b = book.contact_of(&event("c-2", 0, &[("telephone", "+15551234567")]));
    let survivor = book.contact_of(&event("c-3", 10, &[("email", "ada@x.com"), ("telephone", "+15551234567")]));
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
    let id = book.contact_of(&older);
    book.delete(id, 100);
    // Two contacts, each with something of the deleted one.
    let one = book.contact_of(&event("c-1", 150, &[("email", "ada@x.com")]));
    let other = book.create(&form(160, &[("telephone", "+15551234567")]), None).unwrap().id;
    let folded = book.observe(&older);
    assert_eq!((folded.outcome, folded.contact, folded.joined), (Outcome::Suppressed, None, vec![]));
    assert_eq!((book.shows(one, "name"), book.shows(other, "name")), (None, None));

    // What was said since joins them.
    let newer = book.contact_of(&event("c-2", 150, &[("email", "ada@x.com"), ("telephone", "+15551234567")]));
    assert_eq!(book.live().map(|contact| contact.id).collect::<Vec<_>>(), [newer]);
    assert_eq!(book.outcome(&older), Outcome::Suppressed);
    book.delete(newer, 200);
    assert_eq!(book.outcome(&event("c-2", 170, &[("email", "ada@x.com")])), Outcome::Suppressed);
}

#[test]
fn what_was_taken_over_is_not_taken_away_by_a_clock_that_is_behind() {
    let mut book = Book::default();
    let gone = book.contact_of(&event("c-1", 0, &[("email", "ada@x.com")]));
    book.delete(gone, 100);
    let ada = book.contact_of(&event("c-2", 150, &[("email", "ada@x.com")]));
    let bob = book.contact_of(&event("c-3", 0, &[("email", "bob@x.com")]));
    let refused = book.edit(bob, 90, &patch(&[("email", Some("ada@x.com"))]));
    assert_eq!(refused, Err(EditRefused::Known { field: field("email"), contact: ada }));
}
