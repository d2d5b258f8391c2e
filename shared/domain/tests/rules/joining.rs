//! Two contacts found to be one person.

use contacts::{ConflictReason, ContactId, ImportId, MAX_CONFLICTS, Outcome, Record, Rejection};

use crate::book::{Book, at, event, field, form, patch, row, value};

/// A contact made at that moment.
fn made(book: &mut Book, seconds: i64, observed: &[(&str, &str)]) -> ContactId {
    book.observe_at(&event(&format!("made-{seconds}"), seconds, observed), at(seconds)).contact.unwrap()
}

#[test]
fn an_observation_that_names_two_contacts_joins_them_into_the_older() {
    for order in [["email", "telephone"], ["telephone", "email"]] {
        let mut book = Book::default();
        let older = made(&mut book, 0, &[("email", "ada@x.com"), ("name", "A. Lovelace")]);
        let newer = made(&mut book, 10, &[("telephone", "+15551234567"), ("name", "Ada"), ("custom.plan", "pro")]);
        let observed = order.map(|name| (name, if name == "email" { "ada@x.com" } else { "+15551234567" }));
        let folded = book.observe(&event("c", 100, &observed));
        assert_eq!((folded.contact, folded.joined), (Some(older), vec![newer]), "whoever was named first");
        assert_eq!(folded.outcome, Outcome::Updated);
        let contact = book.contact(newer);
        assert_eq!(contact.id, older, "both ids resolve");
        assert_eq!((contact.created_at, contact.last_seen_at), (at(0), Some(at(100))));
        assert_eq!(book.shows(older, "name"), Some("Ada"), "of two names the newer");
        assert_eq!(book.shows(older, "custom.plan"), Some("pro"));
        assert_eq!(contact.joined, [newer]);
        assert_eq!(book.live().count(), 1);
        let Record::Joined { contact, .. } = &book.records[&newer] else { panic!("it is joined") };
        assert_eq!(contact.name().unwrap().as_str(), "Ada", "the loser keeps its data");
        let (survivor, join) = &book.joins[0];
        assert_eq!((*survivor, join.other), (older, newer));
        assert_eq!(join.before.name().unwrap().as_str(), "A. Lovelace", "what the survivor was is recorded");
        let conversations = [made(&mut book, 0, &[]), made(&mut book, 10, &[])];
        assert_eq!(conversations, [older, older], "the conversations of both lead to the survivor");
    }
}

#[test]
fn of_two_made_at_once_the_smaller_id_survives() {
    let mut book = Book::default();
    let a = book.contact_of(&event("c-1", 0, &[("email", "ada@x.com")]));
    let b = book.contact_of(&event("c-2", 0, &[("slack", "U00001")]));
    assert_eq!(book.contact_of(&event("c-3", 0, &[("slack", "U00001"), ("email", "ada@x.com")])), a.min(b));
}

#[test]
fn contacts_that_contradict_stay_apart_and_nothing_is_lost() {
    let mut book = Book::default();
    let a = book.contact_of(&event("c-1", 0, &[("email", "ada@x.com"), ("slack", "U00001")]));
    let b = book.contact_of(&event("c-2", 0, &[("telephone", "+15551234567"), ("slack", "U00002")]));
    let both = event("c-3", 60, &[("email", "ada@x.com"), ("telephone", "+15551234567"), ("name", "Ada")]);
    let folded = book.observe(&both);
    assert_eq!((folded.contact, folded.outcome), (Some(a), Outcome::Updated));
    assert_eq!((&folded.conflicts[0].field, folded.conflicts[0].contact), (&field("telephone"), b));
    assert_eq!(book.shows(a, "telephone"), None, "nothing is stolen");
    assert_eq!(book.shows(b, "telephone"), Some("+15551234567"));
    assert_eq!(book.shows(a, "name"), None, "the name may be that of either");
    for id in [a, b] {
        let [conflict] = &*book.contact(id).conflicts else { panic!("a conflict on both sides") };
        assert_eq!(conflict.withheld, [(field("name"), value("name", "Ada"))]);
        assert_eq!((conflict.reason, conflict.contact), (ConflictReason::Contradiction, if id == a { b } else { a }));
    }
    let (writes, folded) = (book.writes, book.observe(&both));
    assert_eq!((folded.outcome, folded.conflicts.len()), (Outcome::Unchanged, 1), "observed again, and no news");
    assert_eq!(book.writes, writes);
}

#[test]
fn each_channel_of_its_own_can_contradict_but_secondary_identifiers_and_names_do_not() {
    for (name, one, other) in [
        ("telephone", "+15551234567", "+15551234568"),
        ("whatsapp", "+15551234567", "+15551234568"),
        ("email", "a@x.com", "b@x.com"),
        ("instagram", "ada", "bob"),
        ("slack", "U00001", "U00002"),
        ("microsoft_teams", "29:ada", "29:bob"),
    ] {
        let mut book = Book::default();
        let key = if name == "slack" { ("instagram", "key") } else { ("slack", "W00000") };
        let a = book.contact_of(&event("c-1", 0, &[key, (name, one)]));
        let b = book.contact_of(&event("c-2", 0, &[(name, other)]));
        let folded = book.observe(&event("c-1", 60, &[(name, other)]));
        assert_eq!((folded.contact, folded.conflicts.len()), (Some(a), 1), "{name}");
        assert_eq!(book.contact(b).id, b);
    }
    let mut book = Book::default();
    let a = book.contact_of(&event("c-1", 0, &[("email", "old@x.com"), ("name", "Ada")]));
    book.observe(&event("c-1", 60, &[("email", "new@x.com")]));
    let b = book.contact_of(&event("c-2", 0, &[("telephone", "+15551234567"), ("name", "Augusta")]));
    let folded = book.observe(&event("c-3", 60, &[("telephone", "+15551234567"), ("email", "old@x.com")]));
    assert!(folded.conflicts.is_empty(), "the secondary address names its contact");
    assert_eq!(book.contact(a).id, book.contact(b).id);
}

#[test]
fn equal_lines_in_two_spellings_do_not_contradict() {
    let mut book = Book::default();
    let a = book.contact_of(&event("c-1", 0, &[("email", "ada@x.com"), ("telephone", "+525512345678")]));
    let folded = book.observe(&event("c-1", 60, &[("telephone", "+5215512345678")]));
    assert_eq!((folded.contact, folded.conflicts.len()), (Some(a), 0));
}

#[test]
fn further_contacts_are_judged_against_what_the_primary_has_become() {
    let mut book = Book::default();
    let a = made(&mut book, 0, &[("email", "ada@x.com")]);
    let b = made(&mut book, 1, &[("telephone", "+15551234567"), ("slack", "U00001")]);
    // Compatible with `a` alone, but not once `b` has been joined.
    let c = made(&mut book, 2, &[("instagram", "ada"), ("slack", "U00002")]);
    let observed = [("email", "ada@x.com"), ("telephone", "+15551234567"), ("instagram", "ada")];
    let folded = book.observe(&event("c", 60, &observed));
    assert_eq!((folded.contact, folded.joined), (Some(a), vec![b]));
    assert_eq!(folded.conflicts[0].contact, c);
}

#[test]
fn joins_come_before_new_identifiers_are_attached() {
    let mut book = Book::default();
    let a = made(&mut book, 0, &[("email", "ada@x.com")]);
    let b = made(&mut book, 1, &[("slack", "U00001"), ("telephone", "+15551234567")]);
    let folded =
        book.observe(&event("c", 60, &[("email", "ada@x.com"), ("telephone", "+15559999999"), ("slack", "U00001")]));
    assert_eq!(folded.joined, [b], "the new phone does not make them contradict");
    assert_eq!(book.shows(a, "telephone"), Some("+15559999999"));
    assert_eq!(book.also_known_by(a), ["telephone=+15551234567".to_owned()].into());
}

#[test]
fn a_chain_of_joins_leads_to_the_end() {
    let mut book = Book::default();
    let c = made(&mut book, 0, &[("slack", "U00001")]);
    let b = made(&mut book, 1, &[("instagram", "ada")]);
    let a = made(&mut book, 2, &[("email", "ada@x.com")]);
    assert_eq!(book.contact_of(&event("x", 60, &[("email", "ada@x.com"), ("instagram", "ada")])), b);
    assert_eq!(book.contact_of(&event("y", 60, &[("instagram", "ada"), ("slack", "U00001")])), c);
    assert_eq!(book.contact_of(&event("z", 60, &[("email", "ada@x.com")])), c, "through two joins");
    assert_eq!(book.contact(c).joined, [b, a]);
}

#[test]
fn a_contact_keeps_its_ten_newest_conflicts() {
    let mut book = Book::default();
    let id = made(&mut book, 0, &[("email", "ada@x.com"), ("slack", "U00000")]);
    for n in 1..=12 {
        let phone = format!("+155512345{n:02}");
        made(&mut book, n, &[("telephone", &phone), ("slack", &format!("U{n:05}"))]);
        book.observe_at(&event("c", 60, &[("email", "ada@x.com"), ("telephone", &phone)]), at(100 + n));
    }
    let kept: Vec<_> = book.contact(id).conflicts.iter().map(|conflict| conflict.at).collect();
    assert_eq!(kept, (103..=112).map(at).collect::<Vec<_>>());
    assert_eq!(kept.len(), MAX_CONFLICTS);
}

#[test]
fn more_conflicts_than_are_kept_are_no_news_when_they_are_observed_again() {
    let mut book = Book::default();
    made(&mut book, 0, &[("email", "ada@x.com"), ("slack", "U00000")]);
    let text = |n: usize| match n % 3 {
        0 => ("telephone", format!("+155512345{n:02}")),
        1 => ("instagram", format!("ada_{n}")),
        _ => ("microsoft_teams", format!("29:ada-{n}")),
    };
    let texts: Vec<(&str, String)> = (0..12).map(text).collect();
    let mut observed = vec![("email", "ada@x.com")];
    for (n, (name, text)) in (1..).zip(&texts) {
        made(&mut book, n, &[(name, text), ("slack", &format!("U{n:05}"))]);
        observed.push((name, text));
    }
    let seen = event("c", 60, &observed);
    assert_eq!(book.observe(&seen).conflicts.len(), 12);
    let writes = book.writes;
    assert_eq!(book.observe(&seen).conflicts.len(), 12);
    assert_eq!(book.writes, writes);
}

#[test]
fn very_many_contacts_join_in_several_rounds_each_within_a_transaction() {
    let mut book = Book::default();
    let fields = ["telephone", "email", "instagram", "microsoft_teams"];
    let text = |n: i64, old: bool| match fields[n as usize % 4] {
        "email" => format!("mail-{n}-{old}@x.com"),
        "instagram" => format!("ada_{n}_{old}"),
        "microsoft_teams" => format!("29:ada-{n}-{old}"),
        _ => format!("+1555{}1234{n:02}", u8::from(old)),
    };
    for n in 0..20 {
        let (conversation, name) = (format!("made-{n}"), fields[n as usize % 4]);
        // A second value makes the first one secondary. Then the field is cleared: nothing contradicts.
        let id = made(&mut book, n, &[(name, &text(n, true))]);
        book.observe(&event(&conversation, 60, &[(name, &text(n, false))]));
        book.edit(id, 200, &patch(&[(name, None), ("name", Some("Ada"))])).unwrap();
    }
    let observed: Vec<(&str, String)> = (0..20).map(|n| (fields[n as usize % 4], text(n, true))).collect();
    let observed: Vec<(&str, &str)> = observed.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let folded = book.observe(&row(ImportId::new(), 2, 300, &observed));
    assert_eq!(folded.joined.len(), 19);
    assert_eq!(book.live().count(), 1);
    let identifiers = &book.contact(folded.contact.unwrap()).identifiers;
    assert_eq!(identifiers.iter().count(), 20, "all of them stay");
}

#[test]
fn an_event_joins_at_most_five_contacts() {
    let mut book = Book::default();
    let observed = [
        ("telephone", "+15551234567"),
        ("email", "a@x.com"),
        ("instagram", "ada_a"),
        ("whatsapp", "+15551234568"),
        ("slack", "U0SLACK01"),
        ("microsoft_teams", "29:ada"),
        ("name", "Ada"),
    ];
    for (n, observed) in (0..).zip(&observed[..6]) {
        made(&mut book, n, &[*observed]);
    }
    made(&mut book, 6, &[("instagram", "ada_b"), ("name", "Ada")]);
    let mut observed = observed.to_vec();
    observed.insert(6, ("instagram", "ada_b"));
    let folded = book.observe(&event("c", 60, &observed));
    assert_eq!((folded.joined.len(), folded.conflicts.len()), (5, 1));
    assert_eq!(folded.conflicts[0].reason, ConflictReason::TooMany);
}

#[test]
fn conflicts_go_when_the_two_are_joined() {
    let mut book = Book::default();
    let a = made(&mut book, 0, &[("email", "ada@x.com"), ("slack", "U00001")]);
    let b = made(&mut book, 1, &[("telephone", "+15551234567"), ("slack", "U00002")]);
    book.observe(&event("c", 60, &[("email", "ada@x.com"), ("telephone", "+15551234567")]));
    assert_eq!(book.contact(a).conflicts.len(), 1);
    book.edit(b, 100, &patch(&[("slack", None)])).unwrap();
    book.observe(&event("c", 120, &[("telephone", "+15551234567")]));
    assert_eq!(book.contact(b).id, a);
    assert!(book.contact(a).conflicts.is_empty());
}

#[test]
fn a_conflict_that_both_sides_have_is_kept_once() {
    let mut book = Book::default();
    let a = made(&mut book, 0, &[("email", "ada@x.com"), ("slack", "U00001")]);
    let b = made(&mut book, 1, &[("whatsapp", "+15550000001")]);
    let third = made(&mut book, 2, &[("telephone", "+15551234567"), ("slack", "U00002"), ("whatsapp", "+15550000002")]);
    let other = made(&mut book, 3, &[("microsoft_teams", "29:xyz"), ("slack", "U00003"), ("whatsapp", "+15550000003")]);
    // Each side has two, so equal ones do not follow each other in time.
    for (name, text, seconds) in [("email", "ada@x.com", 60), ("whatsapp", "+15550000001", 70)] {
        let observed = [(name, text), ("telephone", "+15551234567"), ("microsoft_teams", "29:xyz")];
        book.observe_at(&event(&format!("c-{seconds}"), seconds, &observed), at(seconds));
    }
    assert_eq!((book.contact(a).conflicts.len(), book.contact(b).conflicts.len()), (2, 2));
    assert_eq!(book.contact_of(&event("c", 100, &[("email", "ada@x.com"), ("whatsapp", "+15550000001")])), a);
    let mut kept: Vec<_> = book.contact(a).conflicts.iter().map(|conflict| conflict.contact).collect();
    kept.sort();
    let mut expected = vec![third, other];
    expected.sort();
    assert_eq!(kept, expected);
}

#[test]
fn a_value_on_one_side_stands_before_a_clearing_on_the_other() {
    let mut book = Book::default();
    let a = made(&mut book, 0, &[("email", "ada@x.com"), ("telephone", "+15551230000"), ("name", "Ada")]);
    book.edit(a, 100, &patch(&[("telephone", None)])).unwrap();
    made(&mut book, 10, &[("telephone", "+15551234567")]);
    book.observe(&event("c", 200, &[("email", "ada@x.com"), ("telephone", "+15551234567")]));
    assert_eq!(book.shows(a, "telephone"), Some("+15551234567"));
}

#[test]
fn what_does_not_fit_one_item_is_not_joined() {
    let mut book = Book::default();
    let mut settings = crate::book::settings();
    for n in 0..80 {
        let key = contacts::CustomKey::parse(&format!("k{n}")).unwrap();
        settings.custom_fields.push(contacts::CustomField::new(key, "k", contacts::CustomType::String).unwrap());
    }
    let mut big = |seconds: i64, observed: (&str, &str), fields: std::ops::Range<i32>| {
        let mut seen = form(seconds, &[observed]);
        for n in fields {
            let field = field(&format!("custom.k{n}"));
            let value = field.read(&"x".repeat(4_000).as_str().into(), &settings).unwrap().unwrap();
            seen.add(field, value).unwrap();
        }
        book.observe_at(&seen, at(seconds)).contact.unwrap()
    };
    let a = big(0, ("email", "ada@x.com"), 0..40);
    let b = big(1, ("slack", "U00001"), 40..80);
    let folded = book.observe(&event("c", 60, &[("email", "ada@x.com"), ("slack", "U00001")]));
    assert_eq!((folded.contact, folded.conflicts[0].contact), (Some(a), b));
}

#[test]
fn what_a_conflict_withholds_fits_an_item_and_the_rest_is_reported() {
    let mut book = Book::default();
    let a = made(&mut book, 0, &[("email", "ada@x.com"), ("slack", "U00001")]);
    made(&mut book, 1, &[("telephone", "+15551234567"), ("slack", "U00002")]);
    let mut settings = crate::book::settings();
    let mut seen = event("c", 60, &[("email", "ada@x.com"), ("telephone", "+15551234567")]);
    for n in 0..20 {
        let key = contacts::CustomKey::parse(&format!("k{n}")).unwrap();
        settings.custom_fields.push(contacts::CustomField::new(key, "k", contacts::CustomType::String).unwrap());
        let field = field(&format!("custom.k{n}"));
        let value = field.read(&"x".repeat(4_000).as_str().into(), &settings).unwrap().unwrap();
        seen.add(field, value).unwrap();
    }
    let folded = book.observe(&seen);
    let withheld = book.contact(a).conflicts[0].withheld.len();
    assert_eq!((withheld, folded.rejected.len()), (8, 12));
    assert!(folded.rejected.iter().all(|(_, why)| *why == Rejection::TooLarge));
    assert_eq!(book.outcome(&seen), Outcome::Unchanged);
}
