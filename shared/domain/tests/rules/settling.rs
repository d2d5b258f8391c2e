//! Conflicts that a person settles.

use contacts::{ContactId, Decision, EditRefused, Settlement};
use proptest::prelude::*;

use crate::book::{Book, any_value, at, event, field, identifier, person, settings};

/// Two contacts with emails of their own. A third conversation names the email of one and the phone of the other, and a name.
fn conflict() -> (Book, ContactId, ContactId) {
    let mut book = Book::default();
    book.settings = settings();
    let observed = [("email", "ada@x.com"), ("name", "Ada")];
    let older = book.observe_at(&event("c-1", 0, &observed), at(0)).contact.unwrap();
    let observed = [("email", "bob@x.com"), ("telephone", "+15551234567")];
    let newer = book.observe_at(&event("c-2", 10, &observed), at(10)).contact.unwrap();
    let both = [("email", "ada@x.com"), ("telephone", "+15551234567"), ("custom.plan", "pro"), ("name", "Ada")];
    book.observe_at(&event("c-3", 20, &both), at(20));
    assert_eq!((book.contact(older).conflicts.len(), book.contact(newer).conflicts.len()), (1, 1));
    (book, older, newer)
}

fn settlement(book: &Book, id: ContactId, decision: Decision) -> Settlement {
    Settlement { conflict: book.contact(id).conflicts[0].id(), decision, apply_withheld: false }
}

#[test]
fn a_conflict_has_one_id_on_both_of_its_contacts() {
    let (book, older, newer) = conflict();
    let [ours, theirs] = [older, newer].map(|id| book.contact(id).conflicts[0].id());
    assert_eq!((ours.len(), ours), (16, theirs));
}

#[test]
fn one_person_becomes_one_contact_with_the_values_that_were_chosen() {
    for (from, chosen) in [(0, "ada@x.com"), (0, "bob@x.com"), (1, "ada@x.com"), (1, "bob@x.com")] {
        let (mut book, older, newer) = conflict();
        let id = [older, newer][from];
        let keep = vec![(field("email"), chosen.to_owned())];
        let settlement = settlement(&book, id, Decision::SamePerson { keep });
        assert_eq!(book.settle(id, &settlement, &person(), at(30)), Ok(older));
        let contact = book.contact(older);
        assert_eq!((book.live().count(), book.shows(older, "email")), (1, Some(chosen)));
        assert_eq!(contact.identifiers.secondary().len(), 1, "the other email leads to it as well");
        assert!(contact.conflicts.is_empty() && contact.joined == [newer] && book.joins.len() == 1);
        for (name, text) in [("email", "ada@x.com"), ("email", "bob@x.com"), ("telephone", "+15551234567")] {
            assert_eq!(book.contact_by(&identifier(name, text)).unwrap().id, older);
        }
        // What a person chose stays, whatever a conversation says later.
        book.observe(&event("c-1", 40, &[("email", "ada@x.com")]));
        book.observe(&event("c-2", 50, &[("email", "bob@x.com")]));
        assert_eq!(book.shows(older, "email"), Some(chosen));
    }
}

#[test]
fn a_value_that_neither_has_cannot_be_chosen() {
    let (mut book, older, _) = conflict();
    let keep = vec![(field("email"), "eve@x.com".to_owned())];
    let settlement = settlement(&book, older, Decision::SamePerson { keep });
    assert_eq!(book.settle(older, &settlement, &person(), at(30)), Err(EditRefused::NotHeld(field("email"))));
    assert_eq!(book.live().count(), 2, "nothing is written");
}

#[test]
fn an_identifier_belongs_to_the_contact_on_which_it_is_said() {
    let (phone, telephone) = (identifier("telephone", "+15551234567"), Some("+15551234567"));
    for (from, shown) in [(0, (telephone, None)), (1, (None, telephone))] {
        let (mut book, older, newer) = conflict();
        let id = [older, newer][from];
        let mut settlement = settlement(&book, id, Decision::BelongsHere);
        settlement.apply_withheld = true;
        assert_eq!(book.settle(id, &settlement, &person(), at(30)), Ok(id));
        assert_eq!((book.shows(older, "telephone"), book.shows(newer, "telephone")), shown);
        assert_eq!(book.contact_by(&phone).unwrap().id, id);
        assert_eq!(book.shows(id, "custom.plan"), Some("pro"), "it gets what was withheld");
        assert!(book.contact(older).conflicts.is_empty() && book.contact(newer).conflicts.is_empty());
    }
}

#[test]
fn a_contact_does_not_lose_all_that_names_it() {
    let mut book = Book::default();
    let ada = book.contact_of(&event("c-1", 0, &[("email", "ada@x.com"), ("telephone", "+15551234568")]));
    let other = book.contact_of(&event("c-2", 10, &[("telephone", "+15551234567")]));
    book.observe(&event("c-3", 20, &[("email", "ada@x.com"), ("telephone", "+15551234567")]));
    let settlement = settlement(&book, ada, Decision::BelongsHere);
    assert_eq!(book.settle(ada, &settlement, &person(), at(30)), Err(EditRefused::Nobody));
    assert_eq!(book.shows(other, "telephone"), Some("+15551234567"));
}

#[test]
fn two_people_are_kept_apart() {
    for from in [0, 1] {
        let (mut book, older, newer) = conflict();
        let id = [older, newer][from];
        let settlement = settlement(&book, id, Decision::DifferentPeople);
        assert_eq!(book.settle(id, &settlement, &person(), at(30)), Ok(id));
        for (one, other) in [(older, newer), (newer, older)] {
            let contact = book.contact(one);
            assert_eq!((&contact.conflicts, &*contact.kept_apart), (&vec![], &[other][..]));
        }
        assert_eq!(book.settle(id, &settlement, &person(), at(40)), Err(EditRefused::NotFound), "it is settled");
    }
}

#[test]
fn what_all_conflicts_of_the_two_withhold_is_applied_with_the_one_that_settles_them() {
    for decision in [Decision::DifferentPeople, Decision::SamePerson { keep: vec![] }, Decision::BelongsHere] {
        let mut book = Book::default();
        book.settings = settings();
        let (line, address) = (("telephone", "+15551234560"), ("email", "a@x.com"));
        let ada = book.contact_of(&event("c-1", 0, &[line, address, ("slack", "U00000")]));
        book.contact_of(&event("c-2", 1, &[("telephone", "+15551234561"), ("email", "b@x.com"), ("slack", "U00001")]));
        book.contact_of(&event("c-2", 2, &[line, ("custom.plan", "pro")]));
        book.contact_of(&event("c-2", 3, &[address, ("custom.budget", "5")]));
        assert_eq!(book.contact(ada).conflicts.len(), 2);
        let both = decision != Decision::BelongsHere;
        let conflict = book.contact(ada).conflicts[0].id();
        let settlement = Settlement { conflict, decision, apply_withheld: true };
        assert_eq!(book.settle(ada, &settlement, &person(), at(10)), Ok(ada));
        assert_eq!(
            (book.shows(ada, "custom.plan"), book.shows(ada, "custom.budget")),
            (Some("pro"), both.then_some("5"))
        );
        assert_eq!(book.contact(ada).conflicts.len(), usize::from(!both), "the other one is still to be settled");
    }
}

#[test]
fn an_identifier_that_belongs_here_takes_the_field_of_a_placeholder() {
    let mut book = Book::default();
    book.contact_of(&event("c-1", 0, &[("telephone", "+15551234560"), ("slack", "U00000")]));
    let ada = book.contact_of(&event("c-2", 1, &[("telephone", "+19999999999"), ("slack", "U00001")]));
    assert_eq!(book.observe(&event("c-2", 2, &[("telephone", "+15551234560")])).conflicts.len(), 1);
    let settlement = settlement(&book, ada, Decision::BelongsHere);
    assert_eq!(book.settle(ada, &settlement, &person(), at(10)), Ok(ada));
    assert_eq!((book.shows(ada, "telephone"), book.also_known_by(ada).len()), (Some("+15551234560"), 0));
}

#[test]
fn a_conflict_with_a_deleted_contact_is_only_dismissed() {
    for decision in [Decision::SamePerson { keep: vec![] }, Decision::BelongsHere, Decision::DifferentPeople] {
        let (mut book, older, newer) = conflict();
        let settlement = settlement(&book, older, decision);
        book.delete(newer, 25);
        assert_eq!(book.settle(older, &settlement, &person(), at(30)), Ok(older));
        assert_eq!((book.contact(older).conflicts.len(), book.contact(older).kept_apart.len()), (0, 0));
    }
}

#[test]
fn a_conflict_that_a_join_recorded_twice_is_settled_once() {
    let mut book = Book::default();
    let a = book.contact_of(&event("c-3", 0, &[("email", "b@x.com"), ("slack", "W00000")]));
    book.contact_of(&event("c-0", 1, &[("name", "Ada Aa")]));
    book.contact_of(&event("c-1", 2, &[("slack", "U00000")]));
    book.contact_of(&event("c-1", 3, &[("whatsapp", "+15551234560"), ("email", "b@x.com")]));
    // Joins the other two, and names the first one again.
    book.contact_of(&event("c-0", 4, &[("telephone", "+15551234560"), ("email", "b@x.com")]));
    let conflict = book.contact(a).conflicts[0].id();
    let settlement = Settlement { conflict, decision: Decision::DifferentPeople, apply_withheld: false };
    book.settle(a, &settlement, &person(), at(100)).unwrap();
    assert!(book.live().all(|contact| contact.conflicts.is_empty()));
}

proptest! {
    /// Whatever the conflicts are about: however they are settled, the invariants hold and nobody loses an identifier but to
    /// the other.
    #[test]
    fn any_conflict_can_be_settled_in_any_way(
        observed in prop::collection::vec((0..4u8, prop::collection::vec(any_value(), 1..4)), 2..12),
        decisions in prop::collection::vec((any::<prop::sample::Index>(), 0..3u8, any::<bool>()), 1..8),
    ) {
        let mut book = Book::default();
        for (seconds, (conversation, values)) in (0..).zip(&observed) {
            let values: Vec<(&str, &str)> = values.iter().map(|(name, text)| (*name, text.as_str())).collect();
            book.observe_at(&event(&format!("c-{conversation}"), seconds, &values), at(seconds));
        }
        for (which, decision, apply_withheld) in decisions {
            let all: Vec<(ContactId, String)> = book
                .live()
                .flat_map(|contact| contact.conflicts.iter().map(|conflict| (contact.id, conflict.id())))
                .collect();
            if all.is_empty() {
                break;
            }
            let (id, conflict) = which.get(&all).clone();
            let decision = match decision {
                0 => Decision::SamePerson { keep: Vec::new() },
                1 => Decision::BelongsHere,
                _ => Decision::DifferentPeople,
            };
            let before: usize = book.live().map(|contact| contact.identifiers.owned().count()).sum();
            let settlement = Settlement { conflict: conflict.clone(), decision, apply_withheld };
            match book.settle(id, &settlement, &person(), at(1_000)) {
                Ok(_) => {
                    let mut left = book.live().filter(|contact| contact.id == id).flat_map(|contact| &contact.conflicts);
                    prop_assert!(left.all(|left| left.id() != conflict));
                }
                Err(EditRefused::Known { .. } | EditRefused::Nobody | EditRefused::TooMany) => {
                    let after: usize = book.live().map(|contact| contact.identifiers.owned().count()).sum();
                    prop_assert_eq!(after, before, "what is refused changes nothing");
                }
                Err(refused) => prop_assert!(false, "{refused:?}"),
            }
        }
    }
}
