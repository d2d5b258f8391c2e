//! Contacts for the tests, told to the book as sources tell of them.

use contacts::{
    ContactId, ConversationChannel, ConversationId, ConversationInfo, CustomField, CustomKey, CustomType, Field,
    Observation, Settings, SourceRef, Workspace, time,
};
use contacts_book::ContactBook;
use jiff::{SignedDuration, Timestamp};

pub(crate) fn workspace() -> Workspace {
    Workspace::parse("acme").unwrap()
}

/// A moment in the past, in seconds after a fixed one.
pub(crate) fn at(seconds: i64) -> Timestamp {
    time::from_millis(1_700_000_000_000) + SignedDuration::from_secs(seconds)
}

/// A form that a person fills in now.
pub(crate) fn form(settings: &Settings, told: &[(&str, &str)]) -> Observation {
    tell(Observation::new(SourceRef::Manual, contacts_testing::person(), time::now(), time::now()), settings, told)
}

/// A conversation with somebody.
pub(crate) fn conversation(id: &str, seconds: i64, told: &[(&str, &str)]) -> Observation {
    let id = ConversationId::parse(id).unwrap();
    let info = ConversationInfo { id, channel: ConversationChannel::Sms, assistant_id: "a".into() };
    let seen = Observation::of_conversation(info, at(seconds), time::now());
    tell(seen, &Settings::default(), told)
}

fn tell(mut observation: Observation, settings: &Settings, told: &[(&str, &str)]) -> Observation {
    for (name, text) in told {
        let field = Field::parse(name).unwrap();
        let value = field.read(&(*text).into(), settings).unwrap().unwrap();
        observation.add(field, value).unwrap();
    }
    observation
}

/// Makes so many contacts, and gives their ids in the order in which they were last active, which is not that of their
/// making.
pub(crate) async fn crowd(book: &ContactBook, workspace: &Workspace, people: usize) -> Vec<ContactId> {
    let seconds = |n: usize| (n * 7_919 % people) as i64;
    let seen: Vec<Observation> = (0..people)
        .map(|n| conversation(&format!("c-{n}"), 100 * seconds(n), &[("email", &format!("mail-{n}@x.com"))]))
        .collect();
    let folded = book.observe_all(workspace, &seen).await.unwrap();
    let mut made: Vec<(i64, ContactId)> = Vec::new();
    made.extend(folded.iter().enumerate().map(|(n, folded)| (seconds(n), folded.contact.unwrap())));
    made.sort();
    made.dedup();
    assert_eq!(made.len(), people);
    made.into_iter().map(|(_, id)| id).collect()
}

pub(crate) async fn define(book: &ContactBook, key: &str, kind: CustomType) -> Settings {
    let field = CustomField { key: CustomKey::parse(key).unwrap(), label: key.to_owned(), kind };
    book.define_field(&workspace(), &field, &contacts_testing::person()).await.unwrap().unwrap()
}

/// How many contacts [`heavy`] makes.
pub(crate) const HEAVY: usize = 700;

/// What each of them has in `custom.text`: 16,000 bytes.
pub(crate) fn long_text() -> String {
    "\u{1F600}".repeat(4_000)
}

/// Makes contacts whose file has two parts of 5 MiB, the least that S3 takes, and a shorter one.
pub(crate) async fn heavy(book: &ContactBook) {
    let (settings, text) = (define(book, "text", CustomType::String).await, long_text());
    let people = (0..HEAVY).map(|n| form(&settings, &[("email", &format!("mail-{n}@x.com")), ("custom.text", &text)]));
    book.observe_all(&workspace(), &people.collect::<Vec<_>>()).await.unwrap();
}
