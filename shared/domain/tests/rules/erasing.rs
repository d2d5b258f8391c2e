//! Erasures, and what the ledger keeps out afterwards.

use contacts::{Channel, EditRefused, ImportId, Outcome, Proof, Record, Traces};

use crate::book::{Book, at, event, field, form, identifier, person, row, value};

/// An event on WhatsApp, which proves the number.
fn whatsapp(conversation: &str, seconds: i64, number: &str) -> contacts::Observation {
    let mut seen = event(conversation, seconds, &[]);
    seen.add_proven(field("whatsapp"), value("whatsapp", number), Proof::Channel).unwrap();
    seen
}

/// A contact with a conversation, into which another was joined.
fn ada(book: &mut Book) -> contacts::ContactId {
    let id = book.contact_of(&event("c-1", 0, &[("email", "ada@x.com"), ("name", "Ada Lovelace")]));
    book.contact_of(&event("c-2", 10, &[("telephone", "+15551234567")]));
    assert_eq!(book.contact_of(&event("c-3", 20, &[("email", "ada@x.com"), ("telephone", "+15551234567")])), id);
    id
}

#[test]
fn only_a_tombstone_without_data_and_the_ledger_remain() {
    let mut book = Book::default();
    let id = ada(&mut book);
    assert_eq!(book.records.len(), 2);
    book.erase(id, &person(), at(100)).unwrap();
    let Record::Deleted(tombstone) = &book.records[&id] else { panic!("a tombstone remains") };
    assert!(tombstone.is_erased() && tombstone.restorable_until().is_none());
    assert_eq!((tombstone.erased_at, tombstone.version), (Some(at(100)), 4), "two writes");
    assert_eq!((book.records.len(), book.claims.len(), book.links.len(), book.joins.len()), (1, 0, 0, 0));
    assert_eq!(book.erased.len(), 5, "email, phone and three conversations");
    assert_eq!(book.restore(id, &person(), at(110)), Err(EditRefused::NotFound));
    let before = (book.records.clone(), book.erased.clone());
    book.erase(id, &person(), at(200)).unwrap();
    assert_eq!((book.records.clone(), book.erased.clone()), before, "again, it changes nothing");
}

#[test]
fn a_deleted_contact_can_be_erased_too() {
    let mut book = Book::default();
    let id = ada(&mut book);
    book.delete(id, 50);
    book.erase(id, &person(), at(100)).unwrap();
    let Record::Deleted(tombstone) = &book.records[&id] else { panic!("a tombstone remains") };
    assert_eq!((tombstone.at, tombstone.erased_at, &tombstone.contact), (at(50), Some(at(100)), &None));
    // Between the deletion and the erasure.
    assert_eq!(book.outcome(&event("c-9", 70, &[("email", "ada@x.com")])), Outcome::Erased);
}

#[test]
fn what_was_deleted_of_the_person_before_is_erased_too() {
    let mut book = Book::default();
    let first = ada(&mut book);
    book.delete(first, 50);
    let second = book.contact_of(&event("c-10", 60, &[("email", "ada@x.com")]));
    book.delete(second, 70);
    let third = book.contact_of(&event("c-11", 80, &[("email", "ada@x.com")]));
    let other = book.contact_of(&event("c-12", 85, &[("email", "bob@x.com")]));
    book.delete(other, 90);
    book.erase(third, &person(), at(100)).unwrap();
    for id in [first, second, third] {
        let Record::Deleted(tombstone) = &book.records[&id] else { panic!("a tombstone remains") };
        assert_eq!((tombstone.erased_at, &tombstone.contact), (Some(at(100)), &None));
        assert_eq!(book.restore(id, &person(), at(110)), Err(EditRefused::NotFound));
    }
    assert_eq!(book.outcome(&row(ImportId::new(), 2, 150, &[("telephone", "+15551234567")])), Outcome::Erased);
    book.restore(other, &person(), at(110)).unwrap();
}

#[test]
fn two_that_had_each_other_s_identifiers_are_erased_together() {
    let mut book = Book::default();
    let (email, line, slack) = (("email", "ada@x.com"), ("telephone", "+15551234567"), ("slack", "U00000"));
    let first = book.contact_of(&event("c-1", 0, &[email, line, slack]));
    book.delete(first, 10);
    let second = book.contact_of(&event("c-2", 20, &[line, slack]));
    assert_eq!(book.restore(first, &person(), at(30)).unwrap().len(), 2);
    book.delete(second, 40);
    assert_eq!(book.contact_of(&event("c-3", 50, &[email, line])), first);
    // The second has what the first had, and the first what the second had.
    book.erase(first, &person(), at(100)).unwrap();
    for id in [first, second] {
        assert!(matches!(&book.records[&id], Record::Deleted(tombstone) if tombstone.is_erased()));
    }
    assert_eq!((book.records.len(), book.claims.len()), (2, 0));
}

#[test]
fn whoever_was_deleted_and_restored_is_another_contact() {
    let mut book = Book::default();
    let first = ada(&mut book);
    book.delete(first, 50);
    let second = book.contact_of(&event("c-10", 60, &[("email", "ada@x.com")]));
    book.restore(first, &person(), at(70)).unwrap();
    book.erase(second, &person(), at(100)).unwrap();
    assert_eq!(book.shows(first, "telephone"), Some("+15551234567"));
}

#[test]
fn old_files_and_late_events_bring_nobody_back_but_the_person_does() {
    let mut book = Book::default();
    let id = ada(&mut book);
    book.erase(id, &person(), at(100)).unwrap();
    let person_again = [("email", "ada@x.com"), ("name", "Ada Lovelace")];
    assert_eq!(book.outcome(&event("c-9", 90, &person_again)), Outcome::Erased, "a late event");
    assert_eq!(book.outcome(&event("c-1", 90, &[("name", "Ada")])), Outcome::Erased, "one of its conversation");
    for seconds in [50, 150] {
        assert_eq!(book.outcome(&row(ImportId::new(), 2, seconds, &person_again)), Outcome::Erased, "a file");
    }
    let beside = [("email", "ada@x.com"), ("telephone", "+15557654321")];
    assert_eq!(book.outcome(&row(ImportId::new(), 2, 150, &beside)), Outcome::Erased, "with a new phone");
    assert_eq!(book.live().count(), 0);

    let anew = book.contact_of(&whatsapp("c-10", 200, "+15551234567"));
    assert_ne!(anew, id);
    assert_eq!(book.shows(anew, "name"), None);
    let known = [("telephone", "+15551234567"), ("email", "ada@x.com")];
    assert_eq!(book.contact_of(&row(ImportId::new(), 2, 210, &known)), anew, "a file may name the person again");
    assert_eq!(book.outcome(&row(ImportId::new(), 2, 90, &known)), Outcome::Erased, "but not one from before");
    assert_eq!(book.outcome(&event("c-9", 95, &person_again)), Outcome::Erased, "nor a late event");
}

#[test]
fn a_person_may_be_added_by_hand_and_come_in_a_conversation_that_goes_on() {
    let mut book = Book::default();
    let id = ada(&mut book);
    book.erase(id, &person(), at(100)).unwrap();
    let added = book.create(&form(0, &[("email", "ada@x.com")]), None).unwrap();
    assert_ne!(added.id, id);

    let mut book = Book::default();
    let id = ada(&mut book);
    book.erase(id, &person(), at(100)).unwrap();
    let goes_on = book.contact_of(&event("c-1", 150, &[("email", "ada@x.com")]));
    assert_ne!(goes_on, id);
}

#[test]
fn a_line_that_others_share_keeps_nobody_out() {
    let mut book = Book::default();
    let line = ("telephone", "+15551234567");
    let ada = book.contact_of(&form(0, &[line, ("email", "ada@x.com"), ("name", "Ada Lovelace")]));
    let bob = book.contact_of(&row(ImportId::new(), 2, 10, &[line, ("email", "bob@x.com"), ("name", "Bob Stone")]));
    assert_ne!(ada, bob);
    book.erase(ada, &person(), at(100)).unwrap();
    assert!(book.erased.contains_key(&identifier("email", "ada@x.com")));
    assert!(!book.erased.contains_key(&identifier("telephone", "+15551234567")), "it is Bob's as well");
    let again = row(ImportId::new(), 2, 150, &[line, ("email", "bob@x.com"), ("name", "Bob Stone")]);
    assert_eq!(book.contact_of(&again), bob);
}

#[test]
fn other_contacts_forget_their_conflicts_with_the_person() {
    let mut book = Book::default();
    let ada = book.contact_of(&whatsapp("c-1", 0, "+15551234567"));
    let bob = book.contact_of(&whatsapp("c-2", 0, "+15557654321"));
    let both = event("c-3", 10, &[("whatsapp", "+15551234567"), ("telephone", "+15557654321"), ("name", "Zeno")]);
    book.observe(&both);
    assert_eq!((book.contact(ada).conflicts.len(), book.contact(bob).conflicts.len()), (1, 1));
    let version = book.contact(bob).version;
    book.erase(ada, &person(), at(100)).unwrap();
    let bob = book.contact(bob);
    assert_eq!((bob.conflicts.len(), bob.version), (0, version + 1));
    assert!(bob.cause.as_ref().unwrap().is_erasure());
}

#[test]
fn without_a_ledger_nothing_is_kept_out() {
    let mut book = Book::default();
    book.settings.erasure_days = 0;
    let id = ada(&mut book);
    book.erase(id, &person(), at(100)).unwrap();
    assert_eq!((book.erased.len(), book.settings.ledger.is_none()), (0, true));
    assert_eq!(book.settings.last_erasure, Some(at(100)));
    assert_eq!(book.outcome(&row(ImportId::new(), 2, 150, &[("email", "ada@x.com")])), Outcome::Created);
}

#[test]
fn the_name_of_a_file_may_name_a_person() {
    let mut traces = Traces::default();
    traces.names.insert("Zoë Müller".to_owned());
    traces.identifiers.insert(identifier("telephone", "+15551234567"));
    traces.identifiers.insert(value("instagram", "zoe.m").identifier(Channel::Instagram).unwrap());
    traces.identifiers.insert(contacts::Identifier::Conversation(contacts::ConversationId::parse("c").unwrap()));
    for name in ["müller-zoe.csv", "ZOË MÜLLER (1).csv", "call 555 123-4567.csv", "15551234567.csv", "@zoe.m.csv"] {
        assert!(traces.are_in_file_name(name), "{name}");
    }
    for name in ["people.csv", "müller.csv", "zoe.csv", "2026-11-27.csv", "4567.csv", "contacts.csv"] {
        assert!(!traces.are_in_file_name(name), "{name}");
    }
}
