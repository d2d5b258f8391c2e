//! Joins that are taken back, and conversations that are taken from a contact.

use contacts::{ConversationId, EditRefused, Outcome};
use proptest::prelude::*;

use crate::book::{Book, any_value, at, event, identifier, patch, person};

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

proptest! {
    /// Whatever two contacts are, and whatever joins them: taken back at once, each is as it was.
    #[test]
    fn a_join_taken_back_at_once_restores_both(
        one in prop::collection::vec(any_value(), 0..5),
        other in prop::collection::vec(any_value(), 0..5),
    ) {
        let mut book = Book::default();
        let tell = |book: &mut Book, conversation: &str, seconds: i64, key: (&'static str, &'static str), values: &[(&'static str, String)]| {
            let mut observed = vec![key];
            observed.extend(values.iter().map(|(name, text)| (*name, text.as_str())));
            book.observe_at(&event(conversation, seconds, &observed), at(seconds)).contact
        };
        let a = tell(&mut book, "c-1", 0, ("instagram", "ada"), &one).unwrap();
        let b = tell(&mut book, "c-2", 10, ("microsoft_teams", "29:ada"), &other).unwrap();
        prop_assume!(a != b && book.live().count() == 2);
        let before = [book.contact(a).clone(), book.contact(b).clone()];
        let joining = event("c-1", 20, &[("microsoft_teams", "29:ada")]);
        prop_assume!(book.observe_at(&joining, at(20)).joined == [b]);
        book.undo_join(a, b, &person(), at(30)).unwrap();
        for before in before {
            let after = book.contact(before.id);
            let values = |contact: &contacts::Contact| -> Vec<(String, String)> {
                contact.all_stamped().map(|(field, value, _)| (field.to_string(), value.as_str().to_owned())).collect()
            };
            prop_assert_eq!(values(after), values(&before));
            prop_assert_eq!(after.identifiers.iter().count(), before.identifiers.iter().count());
        }
    }
}
