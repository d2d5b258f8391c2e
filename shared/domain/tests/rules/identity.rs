//! Who is who.

use contacts::{
    ImportId, MAX_ALSO_KNOWN_BY, MAX_IDENTIFIERS, MAX_OF_ONE_FIELD, Observation, Outcome, Proof, Rejection, SourceRef,
    TooManyIdentifiers,
};

use crate::book::{Book, at, event, field, form, identifier, now, person, row, value};

#[test]
fn an_email_on_web_chat_then_a_phone_and_the_email_on_whatsapp_are_one_person_in_every_order() {
    let events = [
        event("chat", 0, &[("email", "Ada@Example.com")]),
        event("wa", 60, &[("whatsapp", "15551234567")]),
        event("wa", 120, &[("whatsapp", "15551234567"), ("email", "ada@example.com")]),
    ];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let mut book = Book::default();
        let ids: Vec<_> = order.into_iter().flat_map(|n| [n, n]).map(|n| book.contact_of(&events[n])).collect();
        assert_eq!(book.live().count(), 1, "{order:?}");
        let survivors: Vec<_> = ids.iter().map(|id| book.contact(*id).id).collect();
        assert!(survivors.iter().all(|id| *id == survivors[0]));
        assert_eq!(book.shows(ids[0], "email"), Some("ada@example.com"));
        assert_eq!(book.shows(ids[0], "whatsapp"), Some("+15551234567"));
        assert_eq!(book.contact(ids[0]).last_seen_at, Some(at(120)));
        assert_eq!(book.links.len(), 2);
    }
}

#[test]
fn spellings_of_one_identifier_are_one_contact_and_the_newest_is_shown() {
    for (name, old, new, shown) in [
        ("email", "Ada@EXAMPLE.com", "ada@example.com", "ada@example.com"),
        ("email", "a@bücher.example", "A@xn--bcher-kva.example", "A@xn--bcher-kva.example"),
        ("telephone", "(555) 123-4567", "+1 555 123 4567", "+15551234567"),
        ("telephone", "+5215512345678", "+525512345678", "+525512345678"),
        ("whatsapp", "+5491123456789", "+541123456789", "+541123456789"),
        ("whatsapp", "+551187654321", "+5511987654321", "+5511987654321"),
        ("telephone", "+22501123456", "+2250101123456", "+2250101123456"),
        ("telephone", "+15551234567 x12", "+15551234567;ext=12", "+15551234567;ext=12"),
        ("whatsapp_user_id", "US.13491208", "US.13491208", "US.13491208"),
        ("instagram", "@Ada_L", "ada_l", "ada_l"),
        ("slack", " <@U01ABC> ", "U01ABC", "U01ABC"),
        ("microsoft_teams", "29:1abc", "29:1abc", "29:1abc"),
    ] {
        let mut book = Book::default();
        let id = book.contact_of(&event("c-1", 0, &[(name, old)]));
        assert_eq!(book.contact_of(&event("c-2", 60, &[(name, new)])), id, "{name} {old}");
        assert_eq!(book.shows(id, name), Some(shown));
        assert!(book.contact(id).identifiers.secondary().is_empty());
        // Told again in the old way but at an older time, it stays.
        book.observe(&event("c-3", 30, &[(name, old)]));
        assert_eq!(book.shows(id, name), Some(shown));
    }
}

#[test]
fn handles_are_compared_exactly_but_instagram() {
    let mut book = Book::default();
    let id = book.contact_of(&event("c-1", 0, &[("microsoft_teams", "29:1aB")]));
    assert_ne!(book.contact_of(&event("c-2", 0, &[("microsoft_teams", "29:1ab")])), id);
    let id = book.contact_of(&event("c-3", 0, &[("instagram", "u.12345")]));
    assert_ne!(book.contact_of(&event("c-4", 0, &[("whatsapp_user_id", "US.12345")])), id, "another kind");
}

#[test]
fn telephone_and_whatsapp_are_one_kind_of_identifier() {
    let mut book = Book::default();
    let id = book.contact_of(&event("c-1", 0, &[("telephone", "+15551234567")]));
    assert_eq!(book.contact_of(&event("c-2", 0, &[("whatsapp", "+15551234567")])), id);
    assert_eq!(book.shows(id, "telephone"), book.shows(id, "whatsapp"));
    assert!(book.contact(id).identifiers.secondary().is_empty());
}

#[test]
fn identifiers_count_in_the_order_of_proof_and_then_as_captured_or_in_a_row_by_kind() {
    let observed = [("instagram", "ada"), ("email", "ada@example.com"), ("telephone", "+15551234567")];
    let seen = event("c-1", 0, &observed);
    let kinds: Vec<_> = seen.identifiers().map(|identifier| identifier.kind()).collect();
    assert_eq!(kinds, ["conversation", "instagram", "email", "phone"]);
    let mut seen = event("c-1", 0, &observed[..2]);
    seen.add_proven(field("telephone"), value("telephone", "+15551234567"), Proof::Channel).unwrap();
    let kinds: Vec<_> = seen.identifiers().map(|identifier| identifier.kind()).collect();
    assert_eq!(kinds, ["conversation", "phone", "instagram", "email"]);
    let seen = row(ImportId::new(), 2, 0, &observed);
    let kinds: Vec<_> = seen.identifiers().map(|identifier| identifier.kind()).collect();
    assert_eq!(kinds, ["email", "phone", "instagram"]);
    let twice =
        event("c-1", 0, &[("telephone", "+15551234567"), ("whatsapp", "15551234567"), ("telephone", "5551234567")]);
    assert_eq!(twice.identifiers().count(), 2, "each is taken once");
}

#[test]
fn the_conversation_leads_before_what_was_captured_in_it() {
    let mut book = Book::default();
    let first = book.contact_of(&event("c-1", 0, &[("email", "ada@example.com")]));
    let second = book.contact_of(&event("c-2", 0, &[("email", "bob@example.com")]));
    let folded = book.observe(&event("c-1", 60, &[("email", "bob@example.com")]));
    assert_eq!(folded.contact, Some(first));
    assert_eq!(folded.conflicts[0].contact, second);
}

#[test]
fn an_event_that_names_nobody_is_ignored_unless_its_conversation_is_known() {
    let mut book = Book::default();
    assert_eq!(book.outcome(&event("c-1", 0, &[])), Outcome::Ignored);
    assert_eq!(book.outcome(&event("c-1", 0, &[("custom.plan", "pro")])), Outcome::Ignored);
    assert_eq!((book.writes, book.live().count()), (0, 0));
    assert_eq!(book.outcome(&event("c-1", 0, &[("name", "Ada")])), Outcome::Created, "a name alone makes a contact");
    assert_eq!(
        book.outcome(&event("c-1", 0, &[("custom.plan", "pro")])),
        Outcome::Updated,
        "found by its conversation"
    );
    assert_ne!(book.outcome(&event("c-2", 0, &[("name", "Ada")])), Outcome::Updated, "names do not match");
    assert_eq!(book.live().count(), 2);
}

#[test]
fn a_conversation_is_linked_once_at_the_moment_of_the_event_that_did_it() {
    let mut book = Book::default();
    let id = book.contact_of(&event("c-1", 60, &[("email", "ada@example.com")]));
    book.observe(&event("c-1", 30, &[("email", "ada@example.com")]));
    book.observe(&event("c-1", 90, &[("name", "Ada")]));
    assert_eq!(book.links.len(), 1);
    assert_eq!((book.links[0].0, book.links[0].1.started_at), (id, at(60)));
}

#[test]
fn an_older_value_of_a_taken_field_stays_known_and_claimed() {
    let mut book = Book::default();
    let id = book.contact_of(&event("c-1", 0, &[("email", "a@x.com"), ("telephone", "+15551234567")]));
    book.observe(&event("c-1", 60, &[("email", "b@x.com")]));
    assert_eq!(book.shows(id, "email"), Some("b@x.com"), "the newer takes the field");
    book.observe(&event("c-1", 30, &[("email", "c@x.com")]));
    assert_eq!(book.shows(id, "email"), Some("b@x.com"), "the older does not");
    assert_eq!(book.also_known_by(id), ["email=a@x.com".to_owned(), "email=c@x.com".to_owned()].into());
    for email in ["a@x.com", "b@x.com", "c@x.com"] {
        assert_eq!(book.contact_of(&event("c-2", 10, &[("email", email)])), id, "{email}");
    }
    book.observe(&event("c-1", 90, &[("email", "a@x.com")]));
    assert_eq!(book.shows(id, "email"), Some("a@x.com"), "observed again, it takes the field back");
    assert_eq!(book.also_known_by(id), ["email=b@x.com".to_owned(), "email=c@x.com".to_owned()].into());
}

#[test]
fn a_full_list_of_secondary_identifiers_takes_no_other_and_says_so() {
    let mut book = Book::default();
    let email = |n: usize| format!("mail-{n}@x.com");
    for n in 0..=MAX_ALSO_KNOWN_BY {
        book.observe(&event("c-1", n as i64 * 60, &[("email", &email(n))]));
    }
    let id = book.contact_of(&event("c-1", 0, &[]));
    assert_eq!(book.contact(id).identifiers.secondary().len(), MAX_ALSO_KNOWN_BY);
    for seconds in [-60, 9_000] {
        let folded = book.observe(&event("c-1", seconds, &[("email", "another@x.com")]));
        assert_eq!(folded.rejected, [(field("email"), Rejection::TooMany)]);
        assert!(!book.claims.contains_key(&identifier("email", "another@x.com")));
    }
    for n in 0..=MAX_ALSO_KNOWN_BY {
        assert!(book.claims.contains_key(&identifier("email", &email(n))), "{n} stays");
    }
}

#[test]
fn an_identifier_too_old_to_be_kept_leaves_its_claim_alone() {
    let mut book = Book::default();
    let gone = book.contact_of(&event("gone", -900, &[("email", "old@x.com")]));
    book.delete(gone, -800);
    for n in 0..=MAX_ALSO_KNOWN_BY {
        book.observe(&event("c-1", n as i64 * 60, &[("email", &format!("mail-{n}@x.com"))]));
    }
    let claim = book.claims[&identifier("email", "old@x.com")].clone();
    assert_eq!(book.outcome(&event("c-1", -700, &[("email", "old@x.com")])), Outcome::Unchanged);
    assert_eq!(book.claims[&identifier("email", "old@x.com")], claim, "it still leads to the tombstone");
}

#[test]
fn one_observation_tells_at_most_twenty_identifiers() {
    let mut seen = Observation::new(SourceRef::Manual, person(), at(0), now());
    for n in 0..MAX_OF_ONE_FIELD {
        seen.add(field("email"), value("email", &format!("mail-{n}@x.com"))).unwrap();
        seen.add(field("telephone"), value("telephone", &format!("+1555123456{n}"))).unwrap();
        seen.add(field("slack"), value("slack", &format!("U0000{n}"))).unwrap();
    }
    assert_eq!(seen.add(field("email"), value("email", "mail-5@x.com")), Err(TooManyIdentifiers), "five of one field");
    let other = value("whatsapp", "+15551234570");
    assert_eq!(seen.add(field("whatsapp"), other), Err(TooManyIdentifiers), "five different phones");
    for n in 0..MAX_OF_ONE_FIELD {
        seen.add(field("instagram"), value("instagram", &format!("ada_{n}"))).unwrap();
    }
    let same = value("whatsapp", "+15551234560");
    assert_eq!(seen.add(field("whatsapp"), same), Err(TooManyIdentifiers), "twenty of all");
    assert_eq!(seen.add(field("name"), value("name", "Ada")), Ok(()));
    let mut book = Book::default();
    let id = book.contact_of(&seen);
    assert_eq!(book.shows(id, "email"), Some("mail-4@x.com"), "the value observed last takes the field");
    assert_eq!(book.contact(id).identifiers.secondary().len(), MAX_IDENTIFIERS - 4);
}

#[test]
fn a_row_may_name_its_contact_by_id_before_everything_else() {
    let mut book = Book::default();
    let ada = book.contact_of(&event("c-1", 0, &[("email", "ada@x.com")]));
    let bob = book.contact_of(&event("c-2", 0, &[("email", "bob@x.com")]));
    let import = ImportId::new();
    let mut seen = row(import, 2, 60, &[("email", "bob@x.com"), ("name", "Ada")]);
    seen.contact = Some(ada);
    let folded = book.observe(&seen);
    assert_eq!((folded.contact, folded.conflicts[0].contact), (Some(ada), bob));
    seen = row(import, 3, 60, &[("email", "new@x.com")]);
    seen.contact = Some(contacts::ContactId::new());
    assert_eq!(book.outcome(&seen), Outcome::Created, "an unknown id is ignored");
    book.delete(bob, 100);
    seen = row(import, 4, 60, &[("email", "newer@x.com")]);
    seen.contact = Some(bob);
    assert_eq!(book.outcome(&seen), Outcome::Created, "a deleted one, too");
    let carol = book.contact_of(&event("c-3", 0, &[("slack", "U00003")]));
    let survivor = book.contact_of(&event("c-4", 90, &[("email", "ada@x.com"), ("slack", "U00003")]));
    seen = row(import, 5, 95, &[("name", "Carol")]);
    seen.contact = Some(if survivor == carol { ada } else { carol });
    assert_eq!(book.contact_of(&seen), survivor, "a joined id leads to the survivor");
}

#[test]
fn what_nobody_contradicts_creates_nothing_new_by_hand() {
    let mut book = Book::default();
    let id = book.contact_of(&event("c-1", 0, &[("email", "ada@x.com"), ("slack", "U00001")]));
    let refused =
        book.create(&form(60, &[("name", "Ada"), ("slack", "U00001"), ("email", "ADA@x.com")]), None).unwrap_err();
    assert_eq!(refused, contacts::CreateRefused::Known { field: field("slack"), contact: id });
    assert_eq!(book.create(&form(60, &[("custom.plan", "pro")]), None), Err(contacts::CreateRefused::Nobody));
    assert!(book.create(&form(60, &[("name", "Ada")]), None).is_ok());
}
