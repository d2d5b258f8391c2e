//! Contacts for the tests, made by observations as the functions make them.

use contacts::{
    Captured, ContactId, ConversationChannel, ConversationId, ConversationInfo, CustomField, CustomKey, CustomType,
    Field, Observation, Settings, SourceRef, Workspace, time,
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
pub(crate) fn form(settings: &Settings, values: &[(&str, &str)]) -> Observation {
    with_values(
        Observation::new(SourceRef::Manual, contacts_testing::person(), time::now(), time::now()),
        settings,
        values,
    )
}

/// A conversation.
pub(crate) fn conversation(id: &str, seconds: i64, values: &[(&str, &str)]) -> Observation {
    let id = ConversationId::parse(id).unwrap();
    let info = ConversationInfo { id, channel: ConversationChannel::Sms, assistant_id: "a".into() };
    let seen = Observation::of_conversation(info, at(seconds), time::now());
    with_values(seen, &Settings::default(), values)
}

/// A call. The first telephone number is the caller's.
pub(crate) fn call(id: &str, seconds: i64, values: &[(&str, &str)]) -> Observation {
    let id = ConversationId::parse(id).unwrap();
    let info = ConversationInfo { id, channel: ConversationChannel::Telephone, assistant_id: "a".into() };
    let mut seen = Observation::of_conversation(info, at(seconds), time::now());
    let captured = |(field, text): &(&str, &str)| {
        let (field, value) = ((*field).to_owned(), (*text).into());
        Captured { field, value, proof: None }
    };
    let captured: Vec<Captured> = values.iter().map(captured).collect();
    assert_eq!(seen.add_captured(&captured, &Settings::default()), []);
    seen
}

fn with_values(mut observation: Observation, settings: &Settings, values: &[(&str, &str)]) -> Observation {
    for (name, text) in values {
        let field = Field::parse(name).unwrap();
        let value = field.read(&(*text).into(), settings).unwrap().unwrap();
        observation.add(field, value).unwrap();
    }
    observation
}

/// Creates that many contacts. Returns their ids in the order in which they were last active, which is not the order of
/// creation.
pub(crate) async fn create_contacts(book: &ContactBook, workspace: &Workspace, people: usize) -> Vec<ContactId> {
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

/// The value of `custom.text` of large contacts: 16,000 bytes.
pub(crate) fn long_text() -> String {
    "\u{1F600}".repeat(4_000)
}

/// Large contacts whose file has a part of 5 MiB, the least that S3 takes, and a shorter one.
pub(crate) const TWO_PARTS: usize = 400;
/// Large contacts whose file has two parts of 5 MiB and a shorter one.
pub(crate) const THREE_PARTS: usize = 700;

/// Creates so many large contacts.
pub(crate) async fn create_large_contacts(book: &ContactBook, count: usize) {
    let (settings, text) = (define(book, "text", CustomType::String).await, long_text());
    let people = (0..count).map(|n| form(&settings, &[("email", &format!("mail-{n}@x.com")), ("custom.text", &text)]));
    book.observe_all(&workspace(), &people.collect::<Vec<_>>()).await.unwrap();
}
