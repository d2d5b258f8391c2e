//! Joins that are taken back, and conversations that are taken from a contact.

use contacts::{
    Conflict, Contact, ConversationChannel, ConversationId, Decision, EditRefused, Field, Outcome, Settlement,
};
use proptest::prelude::*;

use crate::acts::{Act, act, differences, perform_all, values};
use crate::book::{Book, at, event, identifier, patch, person};
use crate::trust::on;

/// Two contacts that one event joins: the older one with an email, the other with a phone.
fn joined() -> (Book, contacts::ContactId, contacts::ContactId) {
    let mut book = Book::default();
    let older = book.observe_at(&event("c-1", 0, &[("email", "ada@x.com"), ("name", "Ada")]), at(0)).contact.unwrap();
    let observed = [("telephone", "+15551234567"), ("name", "Ada L."), ("custom.plan", "pro")];
    let newer = book.observe_at(&event("c-2", 10, &observed), at(10)).contact.unwrap();
    let both = event("c-3", 20, &[("email", "ada@x.com"), ("telephone", "+15551234567"), ("custom.budget", "5")]);
    assert_eq!(book.observe_at(&both, at(20)).joined, [newer]);
    (book, older, newer)
}

#[test]
fn a_join_that_is_taken_back_leaves_both_as_they_were_and_what_came_since_with_the_survivor() {
    let (mut book, older, newer) = joined();
    assert_eq!(book.undo_join(older, newer, &person(), at(30)), Ok(vec![]));
    assert_eq!(book.live().count(), 2);
    let shows = |id, name| book.shows(id, name);
    assert_eq!(
        (shows(older, "name"), shows(older, "email"), shows(older, "telephone")),
        (Some("Ada"), Some("ada@x.com"), None)
    );
    assert_eq!((shows(older, "custom.plan"), shows(older, "custom.budget")), (None, Some("5")));
    assert_eq!((shows(newer, "name"), shows(newer, "telephone")), (Some("Ada L."), Some("+15551234567")));
    assert_eq!(book.contact_by(&identifier("telephone", "+15551234567")).unwrap().id, newer);
    assert_eq!((&*book.contact(older).kept_apart, &*book.contact(newer).kept_apart), (&[newer][..], &[older][..]));
    assert!(book.contact(older).joined.is_empty() && book.joins.is_empty());
    let folded = book.observe(&event("c-2", 40, &[("custom.plan", "free")]));
    assert_eq!(folded.contact, Some(newer), "its conversations are its own again");
    let folded = book.observe(&event("c-4", 50, &[("email", "ada@x.com"), ("telephone", "+15551234567")]));
    assert_eq!((folded.contact, folded.joined), (Some(older), vec![]), "no conversation joins them again");
}

#[test]
fn what_others_took_meanwhile_stays_with_them() {
    let (mut book, older, newer) = joined();
    book.edit(older, 30, &patch(&[("telephone", None)])).unwrap();
    let third = book.observe_at(&event("c-5", 40, &[("telephone", "+15551234567")]), at(40)).contact.unwrap();
    let left = book.undo_join(older, newer, &person(), at(50)).unwrap();
    assert_eq!(left, [identifier("telephone", "+15551234567")]);
    assert_eq!(book.contact_by(&left[0]).unwrap().id, third);
    assert_eq!(book.shows(newer, "telephone"), None);
}

#[test]
fn what_the_person_chose_who_joined_them_goes_back_too_and_their_conflict_is_settled() {
    let mut book = Book::default();
    let older = book.contact_of(&event("c-1", 0, &[("whatsapp", "+15551234560"), ("name", "Ada")]));
    let newer = book.contact_of(&event("c-2", 1, &[("whatsapp", "+15551234561"), ("name", "Ada L.")]));
    book.observe_at(&event("c-2", 2, &[("whatsapp", "+15551234560")]), at(2));
    let before = [older, newer].map(|id| book.contact(id).clone());
    let conflict = before[0].conflicts[0].id();
    let keep = vec![(Field::Name, "Ada L.".to_owned())];
    let settlement = Settlement { conflict, decision: Decision::SamePerson { keep }, apply_withheld: false };
    assert_eq!(book.settle(older, &settlement, &person(), at(3)), Ok(older));
    assert_eq!(book.shows(older, "name"), Some("Ada L."));
    book.undo_join(older, newer, &person(), at(4)).unwrap();
    for (id, other, mut before) in [(older, newer, before[0].clone()), (newer, older, before[1].clone())] {
        before.conflicts.clear();
        before.kept_apart.push(other);
        assert_eq!(differences(&before, book.contact(id)), []);
    }
}

#[test]
fn only_a_join_can_be_taken_back() {
    let (mut book, older, newer) = joined();
    book.undo_join(older, newer, &person(), at(30)).unwrap();
    assert_eq!(book.undo_join(older, newer, &person(), at(40)), Err(EditRefused::NotFound));
}

#[test]
fn a_conversation_that_is_taken_from_a_contact_starts_anew() {
    let mut book = Book::default();
    let ada = book.contact_of(&event("c-1", 0, &[("email", "ada@x.com")]));
    let conversation = ConversationId::parse("c-1").unwrap();
    book.unlink(ada, &conversation, &person(), at(10)).unwrap();
    assert!(book.links.is_empty());
    assert_eq!(book.unlink(ada, &conversation, &person(), at(11)), Err(EditRefused::NotFound));
    assert_eq!(book.outcome(&event("c-1", 20, &[("email", "ada@x.com")])), Outcome::Created, "it is somebody else");
    let folded = book.observe(&event("c-1", 30, &[("name", "Bob")]));
    let bob = folded.contact.unwrap();
    assert_ne!(bob, ada);
    assert_eq!((&*book.contact(ada).kept_apart, &*book.contact(bob).kept_apart), (&[bob][..], &[ada][..]));
    assert_eq!(book.contact_by(&identifier("email", "ada@x.com")).unwrap().id, ada);
}

#[test]
fn a_conflict_that_is_found_again_after_a_join_goes_back_with_the_contact_that_had_it() {
    let mut book = Book::default();
    let third = book.contact_of(&event("c-3", 0, &[("whatsapp", "+15551234560"), ("email", "b@x.com")]));
    let older = book.contact_of(&event("c-1", 1, &[("slack", "U00000")]));
    let newer = book.contact_of(&event("c-2", 2, &[("whatsapp", "+15551234561"), ("microsoft_teams", "29:ada")]));
    // Their WhatsApp numbers contradict each other.
    let again = [("microsoft_teams", "29:ada"), ("email", "b@x.com")];
    assert_eq!(book.observe_at(&event("c-2", 3, &again), at(3)).conflicts.len(), 1);
    assert_eq!(book.observe_at(&event("c-1", 4, &[("microsoft_teams", "29:ada")]), at(4)).joined, [newer]);
    assert_eq!(book.observe_at(&event("c-1", 5, &again), at(5)).conflicts.len(), 1);
    assert_eq!(book.contact(third).conflicts.len(), 1, "it is the same conflict");
    book.undo_join(older, newer, &person(), at(6)).unwrap();
    let conflicts = |id| book.contact(id).conflicts.iter().map(|conflict| conflict.contact).collect::<Vec<_>>();
    assert_eq!((conflicts(older), conflicts(newer), conflicts(third)), (vec![], vec![third], vec![newer]));
}

proptest! {
    #![proptest_config(ProptestConfig { max_global_rejects: 1_000_000, ..ProptestConfig::default() })]

    /// Whoever a conversation joins, by one identifier: taken back at once, each is as it was, apart from what the
    /// conversation said.
    #[test]
    fn a_join_by_a_conversation_that_is_taken_back_at_once_restores_both(
        acts in prop::collection::vec(act(), 0..6),
        (visitor, caller) in (values(), values()),
        more in prop::collection::vec(act(), 0..4),
        calls_first in any::<bool>(),
        conversation in 0..2_u8,
    ) {
        let mut book = Book::default();
        let event = |channel, conversation, handle: Option<&str>, mut values: Vec<(&'static str, String)>| {
            values.splice(0..0, handle.map(|handle| ("instagram", handle.to_owned())));
            Act::Event { channel, conversation, seconds_late: 0, values }
        };
        let mut met = [
            event(ConversationChannel::WebChat, 8, None, visitor),
            event(ConversationChannel::Telephone, 8, Some("ada"), caller),
        ];
        if calls_first {
            met.reverse();
        }
        let acts: Vec<Act> = acts.into_iter().chain(met).chain(more).collect();
        let seconds = perform_all(&mut book, &acts);
        let before: Vec<Contact> = book.live().cloned().collect();
        let joining = on(ConversationChannel::WebChat, &format!("web_chat-{}", 7 + conversation), seconds, &[("instagram", "ada")]);
        let folded = book.observe_at(&joining, at(seconds));
        prop_assume!(folded.joined.len() == 1 && folded.conflicts.is_empty());
        let (survivor, joined) = (folded.contact.unwrap(), folded.joined[0]);
        prop_assert_eq!(book.undo_join(survivor, joined, &person(), at(seconds + 1)), Ok(vec![]));
        for before in before {
            let mut differ = differences(&before, book.contact(before.id));
            let said = ["instagram", "last_seen_at", "last_conversation", "kept_apart", "conflicts"];
            differ.retain(|change| change.field().is_none_or(|field| !said.contains(&&*field)));
            prop_assert_eq!(differ, []);
        }
    }

    /// Whatever two contacts are: a person says that they are one, takes it back at once, and each is as it was, apart from
    /// the conflicts between the two.
    #[test]
    fn a_join_by_hand_that_is_taken_back_at_once_restores_both(
        acts in prop::collection::vec(act(), 0..8),
        (one, two) in (values(), values()),
        more in prop::collection::vec(act(), 0..4),
        which in any::<prop::sample::Index>(),
        keeps in prop::collection::vec(any::<prop::sample::Index>(), 0..3),
        apply_withheld in any::<bool>(),
    ) {
        let mut book = Book::default();
        let met = [("ada", one), ("ana", two), ("ada", Vec::new())].map(|(handle, mut values)| {
            values.insert(0, ("instagram", handle.to_owned()));
            let conversation = if handle == "ada" && values.len() > 1 { 8 } else { 9 };
            Act::Event { channel: ConversationChannel::WebChat, conversation, seconds_late: 0, values }
        });
        let acts: Vec<Act> = acts.into_iter().chain(met).chain(more).collect();
        let seconds = perform_all(&mut book, &acts);
        let live: Vec<Contact> = book.live().cloned().collect();
        let all: Vec<(&Contact, &Conflict)> = live
            .iter()
            .flat_map(|contact| contact.conflicts.iter().map(move |conflict| (contact, conflict)))
            .filter(|(contact, conflict)| book.survivor(conflict.contact).is_some_and(|other| other.id != contact.id))
            .collect();
        prop_assume!(!all.is_empty());
        let (contact, conflict) = *which.get(&all);
        let other = book.survivor(conflict.contact).unwrap().clone();
        let both = [contact.id, other.id];
        let values: Vec<(Field, String)> =
            [contact, &other].iter().flat_map(|contact| contact.all_stamped()).map(|(field, value, _)| (field, value.as_str().to_owned())).collect();
        let mut keep: Vec<(Field, String)> = Vec::new();
        for kept in keeps {
            let kept = kept.get(&values).clone();
            if keep.iter().all(|(field, _)| *field != kept.0) {
                keep.push(kept);
            }
        }
        let settlement = Settlement { conflict: conflict.id(), decision: Decision::SamePerson { keep }, apply_withheld };
        let Ok(survivor) = book.settle(contact.id, &settlement, &person(), at(seconds)) else { return Ok(()) };
        let joined = if survivor == contact.id { other.id } else { contact.id };
        prop_assert_eq!(book.undo_join(survivor, joined, &person(), at(seconds + 1)), Ok(vec![]));
        for mut before in live {
            let between = |conflict: &Conflict| book.survivor(conflict.contact).is_some_and(|other| both.contains(&other.id));
            if both.contains(&before.id) {
                before.conflicts.retain(|conflict| !between(conflict));
                let apart = if before.id == survivor { joined } else { survivor };
                if !before.kept_apart.contains(&apart) {
                    before.kept_apart.push(apart);
                }
            }
            prop_assert_eq!(differences(&before, book.contact(before.id)), []);
        }
    }
}
