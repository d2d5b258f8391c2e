//! Imports that are taken back.

use std::collections::BTreeSet;

use contacts::{Channel, Contact, ContactId, ConversationChannel, ImportId, Outcome, SourceRef, Undone};
use proptest::prelude::*;

use crate::acts::{act, differences, perform_all, values};
use crate::book::{Book, at, event, form, identifier, patch, person, row};
use crate::trust::on;

/// What a contact says, without its id and where it is from.
fn content(contact: &Contact) -> BTreeSet<String> {
    let values = contact.all_stamped().map(|(field, value, _)| format!("{field}={}", value.as_str()));
    let held = contact.identifiers.iter().map(|held| format!("{:?} {}", held.hold, held.value.as_str()));
    let unconfirmed = contact.unconfirmed.iter().map(|entry| format!("{}?{}", entry.field, entry.value.as_str()));
    values.chain(held).chain(unconfirmed).collect()
}

/// What all live contacts say.
fn contents(book: &Book) -> Vec<BTreeSet<String>> {
    let mut all: Vec<_> = book.live().map(content).collect();
    all.sort();
    all
}

#[test]
fn a_contact_that_only_the_import_has_written_is_removed_and_can_be_restored() {
    let (mut book, import) = (Book::default(), ImportId::new());
    let observed = [("name", "Ada"), ("email", "ada@x.com"), ("telephone", "+15551234567")];
    let ada = book.contact_of(&row(import, 2, 0, &observed));
    book.contact_of(&row(import, 3, 0, &[("email", "ada@x.com"), ("custom.plan", "pro")]));
    assert_eq!(book.undo_import(import, 10).into_iter().collect::<Vec<_>>(), [(ada, Undone::Removed)]);
    assert_eq!(book.live().count(), 0);
    assert_eq!(book.outcome(&row(import, 2, 0, &observed)), Outcome::Suppressed, "a chunk that is delivered late");
    assert!(book.undo_import(import, 20).is_empty(), "it is taken back once");
    assert_eq!(book.restore(ada, &person(), at(30)), Ok(vec![]));
    assert_eq!(book.shows(ada, "custom.plan"), Some("pro"));
}

#[test]
fn what_the_undo_removes_holds_off_nobody_but_the_import() {
    for source in 0..3 {
        let (mut book, import) = (Book::default(), ImportId::new());
        book.contact_of(&row(import, 2, 0, &[("email", "ada@x.com")]));
        book.undo_import(import, 100);
        let observed = [("email", "ada@x.com"), ("custom.plan", "pro")];
        // Each is older than the undo.
        let created = match source {
            0 => book.outcome(&event("c-1", 50, &observed)),
            1 => book.outcome(&row(ImportId::new(), 2, 50, &observed)),
            _ => book.create(&form(50, &observed), None).map(|_| Outcome::Created).unwrap(),
        };
        assert_eq!(created, Outcome::Created);
        assert_eq!(book.outcome(&event("c-2", 40, &[("email", "ada@x.com"), ("name", "Ada")])), Outcome::Updated);
    }
}

#[test]
fn what_others_said_later_stays() {
    let (mut book, import) = (Book::default(), ImportId::new());
    let observed = [("name", "Ada"), ("email", "ada@x.com"), ("telephone", "+15551234567"), ("custom.plan", "pro")];
    let ada = book.contact_of(&row(import, 2, 0, &observed));
    book.contact_of(&event(
        "c-1",
        10,
        &[("telephone", "+15551234567"), ("custom.budget", "5"), ("custom.plan", "pro")],
    ));
    book.edit(ada, 20, &patch(&[("name", Some("Ada"))])).unwrap();
    assert_eq!(book.undo_import(import, 30).into_iter().collect::<Vec<_>>(), [(ada, Undone::Kept)]);
    let shows = |name| book.shows(ada, name);
    assert_eq!((shows("email"), shows("telephone")), (None, Some("+15551234567")), "said again by a conversation");
    assert_eq!((shows("custom.plan"), shows("custom.budget"), shows("name")), (Some("pro"), Some("5"), Some("Ada")));
    assert!(!book.claims.contains_key(&identifier("email", "ada@x.com")), "whoever comes may claim it");
}

#[test]
fn what_was_there_before_comes_back() {
    let (mut book, import) = (Book::default(), ImportId::new());
    let values = [("name", "Ada"), ("email", "ada@x.com"), ("telephone", "+15551234567"), ("custom.plan", "free")];
    let ada = book.contact_of(&event("c-1", 0, &values));
    book.edit(ada, 1, &patch(&[("custom.budget", Some("7"))])).unwrap();
    let before = content(book.contact(ada));
    for (line, name) in [(2, "Ada L."), (3, "Ada Lo.")] {
        let observed = [("email", "ada@x.com"), ("name", name), ("telephone", "+15551234568"), ("custom.plan", "pro")];
        assert_eq!(book.outcome(&row(import, line, 10, &observed)), Outcome::Updated);
    }
    assert_eq!((book.shows(ada, "name"), book.shows(ada, "telephone")), (Some("Ada Lo."), Some("+15551234568")));
    assert_eq!(book.undo_import(import, 20).into_iter().collect::<Vec<_>>(), [(ada, Undone::Restored)]);
    assert_eq!(content(book.contact(ada)), before);
    assert_eq!(book.contact_by(&identifier("telephone", "+15551234568")), None);
}

#[test]
fn without_a_history_the_import_s_values_stay_where_something_was_before() {
    let (mut book, import) = (Book::default(), ImportId::new());
    let ada = book.contact_of(&event("c-1", 0, &[("name", "Ada"), ("email", "ada@x.com")]));
    book.contact_of(&row(import, 2, 10, &[("email", "ada@x.com"), ("name", "Ada L.")]));
    let new = book.contact_of(&row(import, 3, 10, &[("email", "bob@x.com"), ("name", "Bob")]));
    book.history.clear();
    let undone = book.undo_import(import, 20);
    assert_eq!((undone.get(&ada), undone.get(&new)), (Some(&Undone::Kept), Some(&Undone::Removed)));
    assert_eq!(book.shows(ada, "name"), Some("Ada L."), "nothing is lost");
}

#[test]
fn a_join_that_the_import_made_is_taken_back_and_counts_once() {
    let (mut book, import) = (Book::default(), ImportId::new());
    let ada = book.contact_of(&event("c-1", 0, &[("email", "ada@x.com"), ("name", "Ada")]));
    let other = book.contact_of(&event("c-2", 1, &[("telephone", "+15551234567")]));
    let before = contents(&book);
    let both = [("email", "ada@x.com"), ("telephone", "+15551234567"), ("custom.plan", "pro")];
    assert_eq!(book.observe(&row(import, 2, 10, &both)).joined, [other]);
    assert_eq!(book.undo_import(import, 20).into_iter().collect::<Vec<_>>(), [(ada, Undone::Restored)]);
    assert_eq!(contents(&book), before);
    assert!(book.joins.is_empty());
    assert!(book.undo_import(import, 25).is_empty(), "the two count once");
    let folded = book.observe_at(&event("c-2", 30, &[("email", "ada@x.com")]), at(30));
    assert_eq!(folded.joined, [other], "no person has said that they are two");
}

#[test]
fn a_join_of_two_that_the_import_created_is_removed_as_a_whole() {
    let (mut book, import) = (Book::default(), ImportId::new());
    book.contact_of(&row(import, 2, 0, &[("email", "ada@x.com")]));
    book.contact_of(&row(import, 3, 0, &[("telephone", "+15551234567")]));
    book.contact_of(&row(import, 4, 0, &[("email", "ada@x.com"), ("telephone", "+15551234567")]));
    assert_eq!(book.undo_import(import, 10).into_values().collect::<Vec<_>>(), [Undone::Removed]);
    assert_eq!(book.live().count(), 0);
}

#[test]
fn three_that_one_row_joined_are_three_again() {
    let (mut book, import) = (Book::default(), ImportId::new());
    let oldest = book.contact_of(&event("c-1", 0, &[("telephone", "+15551234564")]));
    let middle = book.contact_of(&event("c-2", 1, &[("whatsapp", "+15551234560")]));
    let newest = book.contact_of(&event("c-3", 2, &[("email", "c@x.com")]));
    let before = by_id(&book);
    // The email address comes first: the newest is joined into the one in the middle, and that into the oldest.
    let all = [("telephone", "+15551234560"), ("email", "c@x.com"), ("telephone", "+15551234564")];
    assert_eq!(book.observe(&row(import, 2, 10, &all)).joined, [newest, middle]);
    assert_eq!(book.undo_import(import, 20).into_iter().collect::<Vec<_>>(), [(oldest, Undone::Restored)]);
    assert_eq!(by_id(&book), before);
}

#[test]
fn a_conflict_goes_back_with_the_contact_that_had_it() {
    let (mut book, import) = (Book::default(), ImportId::new());
    let ada = book.contact_of(&event("c-0", 0, &[("email", "c@x.com")]));
    let other = book.contact_of(&event("c-1", 1, &[("whatsapp", "+15551234561")]));
    let third = book.contact_of(&event("c-2", 2, &[("whatsapp", "+15551234560"), ("telephone", "+15551234564")]));
    assert_eq!(book.observe_at(&event("c-1", 3, &[("telephone", "+15551234564")]), at(3)).conflicts.len(), 1);
    let both = [("telephone", "+15551234564"), ("email", "c@x.com")];
    assert_eq!(book.observe_at(&row(import, 2, 10, &both), at(10)).joined, [third]);
    book.undo_import(import, 20);
    let conflicts = |id| book.contact(id).conflicts.iter().map(|conflict| conflict.contact).collect::<Vec<_>>();
    assert_eq!((conflicts(ada), conflicts(other), conflicts(third)), (vec![], vec![third], vec![other]));
}

#[test]
fn what_somebody_has_proved_since_stays_theirs() {
    let (mut book, import) = (Book::default(), ImportId::new());
    let (line, whatsapp) = (("telephone", "+15551234564"), ("whatsapp", "+15551234564"));
    let bo = book.contact_of(&event("c-0", 0, &[("email", "bo@x.com"), whatsapp, ("name", "Bo Lindqvist")]));
    assert_eq!(book.contact_of(&row(import, 2, 10, &[("email", "bo@x.com"), line])), bo);
    let proof = [whatsapp, ("email", "ada@x.com"), ("name", "Ada Lovelace")];
    let ada = book.contact_of(&on(ConversationChannel::Whatsapp, "c-1", 20, &proof));
    assert_ne!(ada, bo);
    assert_eq!(book.undo_import(import, 30).into_iter().collect::<Vec<_>>(), [(bo, Undone::Kept)]);
    let [shown] = book.contact(bo).identifiers.shared().collect::<Vec<_>>()[..] else { panic!("one is shown") };
    assert_eq!((shown.channel, book.shows(bo, "telephone")), (Channel::Whatsapp, None));
    assert_eq!(book.contact_by(&identifier("whatsapp", "+15551234564")).map(|contact| contact.id), Some(ada));
}

#[test]
fn what_a_contact_only_showed_until_a_row_said_it_is_only_shown_again() {
    let (mut book, import) = (Book::default(), ImportId::new());
    let (line, address) = (("whatsapp", "+15551234560"), ("email", "b@x.com"));
    let bo = book.contact_of(&event("c-0", 0, &[address, ("whatsapp", "+15551234561"), ("name", "Bo Lindqvist")]));
    let ada = book.contact_of(&event("c-1", 1, &[address, line, ("name", "Ada Lovelace")]));
    assert_eq!(book.contact(ada).identifiers.shared().count(), 1);
    book.delete(bo, 2);
    book.observe_at(&row(import, 2, 10, &[address, line]), at(10));
    assert_eq!(book.contact_by(&identifier("email", "b@x.com")).map(|contact| contact.id), Some(ada));
    assert_eq!(book.undo_import(import, 20).into_iter().collect::<Vec<_>>(), [(ada, Undone::Restored)]);
    assert_eq!(book.contact(ada).identifiers.shared().count(), 1);
    assert_eq!(book.restore(bo, &person(), at(30)), Ok(vec![]), "nobody has taken it");
}

#[test]
fn what_a_row_adds_to_a_known_conflict_is_taken_out_again() {
    let (mut book, import) = (Book::default(), ImportId::new());
    let ada = book.contact_of(&event("c-0", 0, &[("email", "c@x.com"), ("telephone", "+15551234561")]));
    book.contact_of(&event("c-1", 1, &[("email", "d@x.com"), ("telephone", "+15551234562")]));
    let both = [("email", "c@x.com"), ("telephone", "+15551234562")];
    book.observe_at(&event("c-0", 2, &both), at(2));
    let before = book.contact(ada).conflicts.clone();
    assert_eq!(before.len(), 1);
    book.observe_at(&row(import, 2, 10, &[both[0], both[1], ("custom.plan", "pro")]), at(10));
    assert_ne!(book.contact(ada).conflicts, before);
    book.undo_import(import, 20);
    assert_eq!(book.contact(ada).conflicts, before);
}

#[test]
fn a_contact_of_whom_only_the_import_says_who_they_are_keeps_that() {
    let (mut book, import) = (Book::default(), ImportId::new());
    let ada = book.contact_of(&row(import, 2, 0, &[("email", "ada@x.com"), ("custom.plan", "pro")]));
    book.edit(ada, 10, &patch(&[("custom.budget", Some("5"))])).unwrap();
    assert_eq!(book.undo_import(import, 20).into_values().collect::<Vec<_>>(), [Undone::Kept]);
    assert_eq!((book.shows(ada, "email"), book.shows(ada, "custom.plan")), (Some("ada@x.com"), None));
}

#[test]
fn conflicts_that_the_import_found_go_from_both_contacts() {
    let (mut book, import) = (Book::default(), ImportId::new());
    let ada = book.contact_of(&event("c-1", 0, &[("telephone", "+15551234561"), ("name", "Ada")]));
    let new = book.contact_of(&row(import, 2, 10, &[("telephone", "+15551234563")]));
    let both = row(import, 3, 10, &[("telephone", "+15551234561"), ("whatsapp", "+15551234563")]);
    assert_eq!(book.observe(&both).conflicts.len(), 1);
    assert!(!book.contact(ada).conflicts.is_empty() && !book.contact(new).conflicts.is_empty());
    let undone = book.undo_import(import, 20);
    assert_eq!((undone.get(&ada), undone.get(&new)), (Some(&Undone::Restored), Some(&Undone::Removed)));
    assert!(book.contact(ada).conflicts.is_empty());
}

#[test]
fn an_import_that_did_nothing_to_a_contact_is_not_taken_back_from_it() {
    let (mut book, import) = (Book::default(), ImportId::new());
    let ada = book.contact_of(&row(ImportId::new(), 2, 0, &[("email", "ada@x.com"), ("name", "Ada")]));
    assert_eq!(book.outcome(&row(import, 2, 10, &[("email", "ada@x.com"), ("name", "Ada")])), Outcome::Unchanged);
    let writes = book.writes;
    assert!(book.undo_import(import, 20).is_empty());
    assert_eq!((book.writes, book.contact(ada).version), (writes, 1));
}

/// What each contact is before and after: its content.
fn by_id(book: &Book) -> Vec<(ContactId, BTreeSet<String>)> {
    book.live().map(|contact| (contact.id, content(contact))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3 * ProptestConfig::default().cases))]

    /// Whatever people, conversations and other files did before, and whatever a file says: taken back at once, each contact
    /// is exactly as it was.
    #[test]
    fn an_import_that_is_taken_back_at_once_leaves_the_book_as_it_was(
        acts in prop::collection::vec(act(), 0..12),
        rows in prop::collection::vec(values(), 1..4),
    ) {
        let (mut book, import) = (Book::default(), ImportId::new());
        let seconds = perform_all(&mut book, &acts);
        let before: Vec<Contact> = book.live().cloned().collect();
        for (line, observed) in (2..).zip(&rows) {
            let observed: Vec<_> = observed.iter().map(|(name, text)| (*name, text.as_str())).collect();
            book.observe_at(&row(import, line, seconds, &observed), at(seconds));
        }
        let undone = book.undo_import(import, seconds + 1);
        prop_assert!(!undone.values().any(|undone| *undone == Undone::Kept), "{:?}", undone);
        prop_assert_eq!(book.live().count(), before.len());
        for before in before {
            prop_assert_eq!(differences(&before, book.contact(before.id)), []);
        }
    }

    /// What conversations say of an imported book stays when the import is taken back, and nothing of the import does.
    #[test]
    fn after_an_undo_the_book_is_what_it_were_without_the_import(
        rows in prop::collection::vec(("[A-C]", "[a-d]", "[1-3]"), 1..4),
        later in prop::collection::vec((0..4_u64, 0..4_u64, "[a-c]"), 0..5),
    ) {
        let (mut book, mut without, import) = (Book::default(), Book::default(), ImportId::new());
        // One phone each: that two are one person's, conversations may learn from a file.
        for (digit, (name, email, budget)) in rows.iter().enumerate() {
            let (phone, email) = (format!("+1555123456{digit}"), format!("{email}{digit}@x.com"));
            let observed = [("telephone", &*phone), ("name", name), ("email", &email), ("custom.budget", budget)];
            book.observe_at(&row(import, 2, 0, &observed), at(0));
        }
        for (seconds, (conversation, digit, plan)) in (10..).zip(&later) {
            let phone = format!("+1555123456{digit}");
            let observed = event(&format!("c-{conversation}-{digit}"), seconds, &[("telephone", &phone), ("custom.plan", plan)]);
            book.observe_at(&observed, at(seconds));
            without.observe_at(&observed, at(seconds));
        }
        book.undo_import(import, 200);
        let is_imported = |source: &SourceRef| source.is_row_of(import);
        for contact in book.live() {
            let mut stamps = contact.all_stamped().map(|(.., stamp)| stamp).chain(contact.identifiers.iter().map(|held| &held.stamp));
            prop_assert!(!stamps.any(|stamp| is_imported(&stamp.source)), "{:?}", contact);
        }
        prop_assert_eq!(contents(&book), contents(&without));
        prop_assert!(book.undo_import(import, 300).is_empty());
    }
}
