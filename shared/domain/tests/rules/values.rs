//! Which value stands.

use contacts::{Identifier, ImportId, MAX_CUSTOM_BYTES, Observation, Outcome, Rejection, SourceRef};

use crate::book::{Book, at, event, field, form, now, person, row, settings, value};

#[test]
fn the_newest_observation_of_a_field_stands() {
    let mut book = Book::default();
    let id = book.contact_of(&event("c-1", 60, &[("email", "ada@x.com"), ("name", "Ada"), ("custom.plan", "pro")]));
    book.observe(&event("c-2", 30, &[("email", "ada@x.com"), ("name", "Old"), ("custom.budget", "5")]));
    assert_eq!(book.shows(id, "name"), Some("Ada"));
    assert_eq!(book.shows(id, "custom.budget"), Some("5"), "a field that was not observed yet takes an older value");
    book.observe(&event("c-2", 90, &[("email", "ada@x.com"), ("name", "Countess")]));
    assert_eq!(book.shows(id, "name"), Some("Countess"));
    assert_eq!(book.shows(id, "custom.plan"), Some("pro"), "what is not said is not cleared");
}

#[test]
fn at_one_moment_source_then_place_then_value_decide() {
    let import = ImportId::new();
    let mut book = Book::default();
    let id = book.contact_of(&row(import, 9, 0, &[("email", "ada@x.com"), ("name", "nine")]));
    book.observe(&row(import, 10, 0, &[("email", "ada@x.com"), ("name", "ten")]));
    book.observe(&row(import, 8, 0, &[("email", "ada@x.com"), ("name", "eight")]));
    assert_eq!(book.shows(id, "name"), Some("ten"), "a later row of a file, counted not spelled");
    book.observe(&event("c-1", 1, &[("email", "ada@x.com"), ("name", "first"), ("name", "last")]));
    assert_eq!(book.shows(id, "name"), Some("last"), "the value observed last");
    book.observe(&event("c-1", 1, &[("email", "ada@x.com"), ("name", "zzz"), ("name", "aaa")]));
    assert_eq!(book.shows(id, "name"), Some("last"), "at one place the greater value: 'last' > 'aaa'");
}

#[test]
fn an_equal_value_keeps_its_stamp_and_is_no_news() {
    let mut book = Book::default();
    let seen = event("c-1", 0, &[("email", "ada@x.com"), ("name", "Ada")]);
    let id = book.contact_of(&seen);
    let writes = book.writes;
    assert_eq!(book.outcome(&seen), Outcome::Unchanged);
    assert_eq!(book.outcome(&event("c-1", 30, &[("email", "ada@x.com"), ("name", "Ada")])), Outcome::Unchanged);
    assert_eq!(book.writes, writes);
    assert_eq!(book.contact(id).stamped(&field("name")).unwrap().1.at, at(0));
    assert_eq!(book.contact(id).version, 1);
}

#[test]
fn last_seen_moves_with_events_that_are_a_minute_newer() {
    let mut book = Book::default();
    let id = book.contact_of(&event("c-1", 100, &[("email", "ada@x.com")]));
    for (seconds, outcome, seen) in [
        (159, Outcome::Unchanged, 100),
        (160, Outcome::Updated, 160),
        (40, Outcome::Unchanged, 160),
        (161, Outcome::Unchanged, 160),
        (400, Outcome::Updated, 400),
    ] {
        assert_eq!(book.outcome(&event("c-1", seconds, &[("email", "ada@x.com")])), outcome, "{seconds}");
        assert_eq!(book.contact(id).last_seen_at, Some(at(seen)));
        assert_eq!(book.contact(id).last_activity(), at(seen));
    }
}

#[test]
fn imports_and_forms_are_not_seen_in_conversation() {
    let mut book = Book::default();
    let id = book.contact_of(&row(ImportId::new(), 2, 0, &[("email", "ada@x.com")]));
    assert_eq!(book.contact(id).last_seen_at, None);
    assert_eq!(book.contact(id).last_activity(), now(), "its creation");
    let id = book.create(&form(50, &[("name", "Bob")]), None).unwrap().id;
    assert_eq!((book.contact(id).last_seen_at, book.contact(id).last_activity()), (None, at(50)));
}

#[test]
fn a_moment_in_the_future_is_read_as_now() {
    let seen = Observation::new(SourceRef::Manual, person(), at(99_999_999), now());
    assert_eq!(seen.at(), now());
}

#[test]
fn provenance_and_source_tell_where_things_came_from() {
    let import = ImportId::new();
    let mut book = Book::default();
    let id = book.contact_of(&row(import, 17, 0, &[("email", "ada@x.com"), ("name", "Ada"), ("custom.plan", "pro")]));
    book.observe(&event("c-1", 60, &[("email", "ada@x.com"), ("name", "Countess")]));
    let contact = book.contact(id);
    assert_eq!(contact.source, SourceRef::Import { id: import, line: 17 });
    assert_eq!(contact.stamped(&field("custom.plan")).unwrap().1.source.to_string(), format!("import/{import}/17"));
    // The conversation stands for what it repeats, also if the file is taken back.
    assert_eq!(contact.stamped(&field("email")).unwrap().1.source.to_string(), "conversation/c-1");
    assert_eq!(contact.stamped(&field("name")).unwrap().1.source.to_string(), "conversation/c-1");
}

#[test]
fn custom_values_that_do_not_fit_are_left_out_and_reported() {
    let mut settings = settings();
    let mut seen = event("c-1", 0, &[("email", "ada@x.com")]);
    let count = MAX_CUSTOM_BYTES / 4_000 + 1;
    for n in 0..count {
        let key = contacts::CustomKey::parse(&format!("k{n}")).unwrap();
        settings.custom_fields.push(contacts::CustomField::new(key, "k", contacts::CustomType::String).unwrap());
        let field = field(&format!("custom.k{n}"));
        let value = field.read(&"x".repeat(4_000).as_str().into(), &settings).unwrap().unwrap();
        seen.add(field, value).unwrap();
    }
    let mut book = Book::default();
    let folded = book.observe(&seen);
    assert_eq!(folded.rejected, [(field(&format!("custom.k{}", count - 1)), Rejection::TooLarge)]);
    assert_eq!(book.contact(folded.contact.unwrap()).custom_values().count(), count - 1);
}

#[test]
fn values_are_compared_as_they_are_shown() {
    let mut book = Book::default();
    let id = book.contact_of(&event("c-1", 0, &[("email", "ada@x.com"), ("custom.budget", "1.50")]));
    assert_eq!(book.outcome(&event("c-1", 10, &[("custom.budget", "1.5")])), Outcome::Unchanged);
    assert_eq!(book.outcome(&event("c-1", 10, &[("custom.budget", "1.51")])), Outcome::Updated);
    assert_eq!(book.shows(id, "custom.budget"), Some("1.51"));
    assert_eq!(value("name", " Ada \n Lovelace ").as_str(), "Ada Lovelace");
    assert!(
        book.claims.keys().all(|identifier| matches!(identifier, Identifier::Email(_) | Identifier::Conversation(_)))
    );
}

#[test]
fn several_values_observed_again_for_one_field_are_no_news() {
    let mut book = Book::default();
    let observed = [
        ("email", "ada@x.com"),
        ("telephone", "+15551234567"),
        ("telephone", "+15551234568"),
        ("name", "A"),
        ("name", "B"),
    ];
    let id = book.contact_of(&event("c-1", 0, &observed));
    assert_eq!((book.shows(id, "telephone"), book.shows(id, "name")), (Some("+15551234568"), Some("B")));
    assert_eq!(book.outcome(&event("c-1", 30, &observed)), Outcome::Unchanged);
}
