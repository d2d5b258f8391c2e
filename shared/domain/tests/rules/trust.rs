//! Whom the book believes: random customers, households, visitors and attackers.

use std::collections::{BTreeMap, BTreeSet};

use contacts::{
    Captured, Contact, ContactId, ConversationChannel, ConversationId, ConversationInfo, Identifier, ImportId,
    Observation, Outcome,
};
use proptest::prelude::*;

use crate::book::{Book, at, event, identifier, now, row, settings};

/// Names that are clearly different.
const NAMES: [&str; 6] =
    ["Ana Szabó", "Bo Lindqvist", "Camila Fuentes", "Dmitri Volkov", "Elif Yıldız", "Farid Nazari"];

fn phone(n: usize) -> String {
    format!("+1415200{n:04}")
}

fn email(n: usize) -> String {
    format!("mail-{n}@x.com")
}

/// An event on a channel, whose proofs follow from the channel.
pub(crate) fn on(
    channel: ConversationChannel,
    conversation: &str,
    seconds: i64,
    values: &[(&str, &str)],
) -> Observation {
    let id = ConversationId::parse(conversation).unwrap();
    let info = ConversationInfo { id, channel, assistant_id: "a-1".into() };
    let captured: Vec<Captured> = values
        .iter()
        .map(|(field, value)| Captured { field: (*field).to_owned(), value: (*value).into(), proof: None })
        .collect();
    let mut seen = Observation::of_conversation(info, at(seconds), now()).delivered_by("r-1");
    assert!(seen.add_captured(&captured, &settings()).is_empty());
    seen
}

/// A book with three customers, each proven by a call or an email.
fn customers() -> (Book, Vec<ContactId>) {
    let mut book = Book::default();
    let ids = (0..3).map(|n| {
        let (phone, email) = (phone(n), email(n));
        let call = format!("call-{n}");
        let observed = [("telephone", &*phone), ("name", NAMES[n]), ("custom.plan", "pro"), ("email", &*email)];
        match n {
            0 => book.contact_of(&on(ConversationChannel::Telephone, &call, 0, &observed)),
            1 => book.contact_of(&on(ConversationChannel::Email, &call, 0, &observed[1..])),
            _ => {
                book.contact_of(&row(ImportId::new(), 2, 0, &observed));
                book.contact_of(&on(ConversationChannel::Telephone, &call, 0, &observed[..1]))
            }
        }
    });
    let ids = ids.collect();
    (book, ids)
}

/// What a visitor of the web chat says: identifiers of customers, of other visitors and of nobody, names and values.
fn statement() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let value = prop_oneof![
        (0..3usize).prop_map(|n| ("telephone", phone(n))),
        (0..3usize).prop_map(|n| ("email", email(n))),
        (3..8usize).prop_map(|n| ("telephone", phone(n))),
        (3..8usize).prop_map(|n| ("email", email(n))),
        (0..3usize).prop_map(|n| ("instagram", format!("visitor_{n}"))),
        (0..6usize).prop_map(|n| ("name", NAMES[n].to_owned())),
        "[a-c]".prop_map(|plan| ("custom.plan", plan)),
        "[1-3]".prop_map(|budget| ("custom.budget", budget)),
    ];
    prop::collection::vec(value, 1..5)
}

/// What somebody does who may not speak for a customer: he says something, or proves a number of his own besides.
fn attack() -> impl Strategy<Value = (u8, bool, i64, Vec<(&'static str, String)>)> {
    (0..4u8, prop::bool::weighted(0.2), 1..100i64, statement())
}

fn carry_out(
    book: &mut Book,
    (conversation, proves, seconds, observed): &(u8, bool, i64, Vec<(&'static str, String)>),
) {
    let mut observed: Vec<(&str, &str)> = observed.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let own = phone(20 + usize::from(*conversation));
    let seen = if *proves {
        observed.insert(0, ("whatsapp", &own));
        on(ConversationChannel::Whatsapp, &format!("wa-{conversation}"), *seconds, &observed)
    } else {
        on(ConversationChannel::WebChat, &format!("web-{conversation}"), *seconds, &observed)
    };
    book.observe(&seen);
}

/// The fields that have a value, with their texts.
fn fields(contact: &Contact) -> BTreeMap<String, String> {
    contact.all_stamped().map(|(field, value, _)| (field.to_string(), value.as_str().to_owned())).collect()
}

fn owned(contact: &Contact) -> BTreeSet<Identifier> {
    contact.identifiers.owned().map(|held| held.identifier.clone()).collect()
}

/// The identifiers that lead to a live contact, and those that wait for a person to accept them.
fn known(book: &Book) -> BTreeSet<Identifier> {
    let unconfirmed = book.live().flat_map(|contact| &contact.unconfirmed);
    let unconfirmed = unconfirmed.filter_map(|entry| match entry.field {
        contacts::Field::Channel(channel) => entry.value.identifier(channel),
        _ => None,
    });
    book.live().flat_map(owned).chain(unconfirmed).collect()
}

/// A row of a file: a person of a household, with one line for all, or a placeholder.
fn member() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let line = prop_oneof![
        3 => (30..32usize).prop_map(|n| Some(("telephone", phone(n)))),
        1 => Just(Some(("telephone", "+19999999999".to_owned()))),
        1 => Just(None),
    ];
    let own = prop_oneof![
        4 => (0..6usize).prop_map(|n| Some(("email", email(n)))),
        1 => Just(Some(("email", "noemail@x.com".to_owned()))),
        1 => Just(None),
    ];
    (0..6usize, line, own, prop::option::of(0..3usize)).prop_map(|(name, line, own, handle)| {
        let mut cells = vec![("name", NAMES[name].to_owned())];
        cells.extend(line);
        cells.extend(own);
        cells.extend(handle.map(|n| ("instagram", format!("member_{n}"))));
        cells
    })
}

/// Imports a file, and returns the outcome of each row and the contact to which it was folded.
fn import(book: &mut Book, seconds: i64, rows: &[Vec<(&str, String)>]) -> Vec<(Outcome, Option<ContactId>)> {
    let import = ImportId::new();
    let mut done = Vec::new();
    for (line, cells) in (2..).zip(rows) {
        let cells: Vec<(&str, &str)> = cells.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let folded = book.observe(&row(import, line, seconds, &cells));
        done.push((folded.outcome, folded.contact));
    }
    done
}

/// Whether the rows of a file say two different things about one contact.
fn says_two_things(book: &Book, rows: &[Vec<(&str, String)>], done: &[(Outcome, Option<ContactId>)]) -> bool {
    let mut said: BTreeMap<(ContactId, &str), BTreeSet<&str>> = BTreeMap::new();
    for (cells, (_, contact)) in rows.iter().zip(done) {
        let Some(id) = contact.and_then(|id| book.survivor(id)).map(|contact| contact.id) else { continue };
        for (name, text) in cells {
            said.entry((id, *name)).or_default().insert(text);
        }
    }
    said.values().any(|texts| texts.len() > 1)
}

#[test]
fn nothing_is_taken_from_the_contact_that_the_event_is_about() {
    let mut book = Book::default();
    let telephone = on(ConversationChannel::WebChat, "web", 0, &[("telephone", "+15551234560"), ("name", "Ada Aa")]);
    let ada = book.contact_of(&telephone);
    for (seconds, address) in [(1, "d@x.com"), (2, "e@x.com")] {
        book.contact_of(&on(ConversationChannel::WebChat, "web", seconds, &[("email", address)]));
    }
    // The address would be somebody else's, with another telephone and name. But the number leads to her.
    let mail =
        [("email", "d@x.com"), ("whatsapp", "+15551234560"), ("name", "Bo Lindqvist"), ("telephone", "+15551234561")];
    assert_eq!(book.contact_of(&on(ConversationChannel::Email, "mail", 3, &mail)), ada);
    assert_eq!(book.contact_by(&identifier("email", "d@x.com")).map(|contact| contact.id), Some(ada));
}

proptest! {
    #![proptest_config(ProptestConfig { max_global_rejects: 100_000, ..ProptestConfig::with_cases(2 * ProptestConfig::default().cases) })]

    #[test]
    fn hearsay_changes_nothing_of_a_proven_contact(attacks in prop::collection::vec(attack(), 1..12)) {
        let (mut book, ids) = customers();
        let before: Vec<Contact> = ids.iter().map(|id| book.contact(*id).clone()).collect();
        // A stated address may be proven by its owner, who is not one of these attackers.
        for attack in &attacks {
            carry_out(&mut book, attack);
        }
        for contact in &before {
            let after = book.contact(contact.id);
            prop_assert_eq!(after.id, contact.id, "it is joined into no other");
            let fields_after = fields(after);
            for (field, value) in fields(contact) {
                prop_assert_eq!(fields_after.get(&field), Some(&value), "{}", field);
            }
            prop_assert!(owned(after).is_superset(&owned(contact)), "no claim is taken");
        }
        let distinct: BTreeSet<ContactId> = ids.iter().map(|id| book.contact(*id).id).collect();
        prop_assert_eq!(distinct.len(), ids.len());
    }

    #[test]
    fn no_identifier_is_lost_without_being_reported(
        attacks in prop::collection::vec(attack(), 1..15),
        rows in prop::collection::vec(member(), 0..6),
    ) {
        let (mut book, _) = customers();
        import(&mut book, 50, &rows);
        let mut before = known(&book);
        for attack in &attacks {
            carry_out(&mut book, attack);
            let after = known(&book);
            let lost: Vec<_> = before.difference(&after).collect();
            prop_assert!(lost.is_empty(), "{:?}", lost);
            before = after;
        }
    }

    #[test]
    fn people_on_a_shared_line_are_the_same_people_in_every_order(
        tellings in prop::collection::vec((0..5usize, 0..3u8, any::<bool>()), 1..12),
        seed in any::<u64>(),
    ) {
        let line = phone(30);
        let tell = |book: &mut Book, place: usize| {
            let (n, how, with_line) = tellings[place];
            let (mail, seconds) = (email(n), i64::try_from(place).unwrap());
            let mut observed = vec![("email", &*mail), ("name", NAMES[n])];
            if with_line {
                observed.insert(0, ("telephone", &*line));
            }
            let conversation = format!("c-{place}");
            let seen = match how {
                0 => event(&conversation, seconds, &observed),
                1 => on(ConversationChannel::Telephone, &conversation, seconds, &observed),
                _ => row(ImportId::new(), 2, seconds, &observed),
            };
            book.observe(&seen);
        };
        let mut order: Vec<usize> = (0..tellings.len()).collect();
        for _ in 0..2 {
            let mut book = Book::default();
            order.iter().for_each(|place| tell(&mut book, *place));
            let people: BTreeSet<usize> = tellings.iter().map(|(n, ..)| *n).collect();
            let found: BTreeSet<ContactId> = people
                .iter()
                .filter_map(|n| book.contact_by(&identifier("email", &email(*n))))
                .map(|contact| contact.id)
                .collect();
            prop_assert_eq!(found.len(), people.len(), "each person has a contact of their own");
            prop_assert_eq!(book.live().count(), people.len(), "and there are no others");
            order.sort_by_key(|place| (*place as u64 + 1).wrapping_mul(seed | 1).rotate_left(17));
        }
    }

    #[test]
    fn a_file_that_says_one_thing_about_each_contact_comes_to_rest(rows in prop::collection::vec(member(), 1..8)) {
        let mut book = Book::default();
        let done = import(&mut book, 0, &rows);
        prop_assume!(!says_two_things(&book, &rows, &done));
        let writes = book.writes;
        for (outcome, _) in import(&mut book, 100, &rows) {
            prop_assert!(matches!(outcome, Outcome::Unchanged | Outcome::Ignored), "{outcome:?}");
        }
        prop_assert_eq!(book.writes, writes);
    }

    #[test]
    fn honest_people_on_several_channels_are_one_contact_each(
        flows in prop::collection::vec(0..4u8, 1..5),
        seed in any::<u64>(),
    ) {
        let mut steps: Vec<(usize, usize, Observation)> = Vec::new();
        for (n, flow) in flows.iter().enumerate() {
            let (phone, mail, name) = (phone(n), email(n), NAMES[n]);
            let (wa, web, call) = (format!("wa-{n}"), format!("web-{n}"), format!("call-{n}"));
            let seen = match flow {
                // An email in the chat, then WhatsApp with the same email.
                0 => vec![
                    on(ConversationChannel::WebChat, &web, 1, &[("email", &mail)]),
                    on(ConversationChannel::Whatsapp, &wa, 2, &[("whatsapp", &phone), ("name", name)]),
                    on(ConversationChannel::Whatsapp, &wa, 3, &[("email", &mail)]),
                ],
                // Imported, then a call.
                1 => vec![
                    row(ImportId::new(), 2, 1, &[("name", name), ("telephone", &phone), ("email", &mail)]),
                    on(ConversationChannel::Telephone, &call, 2, &[("telephone", &phone)]),
                ],
                // A call, then a chat with phone and email.
                2 => vec![
                    on(ConversationChannel::Telephone, &call, 1, &[("telephone", &phone)]),
                    on(ConversationChannel::WebChat, &web, 2, &[("telephone", &phone), ("email", &mail), ("name", name)]),
                ],
                // Name, email and phone in three messages.
                _ => vec![
                    on(ConversationChannel::WebChat, &web, 1, &[("name", name)]),
                    on(ConversationChannel::WebChat, &web, 2, &[("email", &mail)]),
                    on(ConversationChannel::WebChat, &web, 3, &[("telephone", &phone)]),
                ],
            };
            steps.extend(seen.into_iter().enumerate().map(|(place, seen)| (n, place, seen)));
        }
        steps.sort_by_key(|(n, place, _)| ((n * 5 + place) as u64 + 1).wrapping_mul(seed | 1).rotate_left(17));
        let mut book = Book::default();
        for (.., seen) in &steps {
            book.observe(seen);
        }
        prop_assert_eq!(book.live().count(), flows.len());
    }
}

#[test]
fn an_attacker_who_repeats_himself_writes_nothing() {
    let (mut book, ids) = customers();
    let seen = on(
        ConversationChannel::WebChat,
        "web-1",
        60,
        &[("email", "mail-1@x.com"), ("name", "Mallory Quint"), ("custom.plan", "free")],
    );
    assert_eq!(book.outcome(&seen), Outcome::Updated);
    let writes = book.writes;
    assert_eq!(book.outcome(&seen), Outcome::Unchanged);
    assert_eq!(book.writes, writes);
    assert_eq!(book.unconfirmed(ids[1]), ["name=Mallory Quint", "custom.plan=free"]);
    assert_eq!((book.shows(ids[1], "name"), book.shows(ids[1], "custom.plan")), (Some(NAMES[1]), Some("pro")));
}
