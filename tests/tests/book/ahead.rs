//! What a machine wrote whose clock ran ahead.

use contacts::{
    Channel, ConversationChannel, ConversationId, ConversationInfo, Email, Field, Name, Observation, Value, time,
};
use contacts_book::{ContactBook, Found};
use contacts_testing::engine;
use jiff::{SignedDuration, Timestamp};

use crate::sources::workspace;

/// Folds an event that a machine with this time sees now.
async fn converse_at(book: &ContactBook, conversation: &str, name: &str, now: Timestamp) -> contacts::ContactId {
    let info = ConversationInfo {
        id: ConversationId::parse(conversation).unwrap(),
        channel: ConversationChannel::WebChat,
        assistant_id: "a-1".to_owned(),
    };
    let mut event = Observation::of_conversation(info, now, now);
    event.add(Channel::Email.into(), Value::Email(Email::parse("ada@example.com").unwrap())).unwrap();
    event.add(Field::Name, Value::Name(Name::parse(name).unwrap())).unwrap();
    book.observe(&workspace(), |_| (event.clone(), ())).await.unwrap().0.contact.unwrap()
}

#[tokio::test]
async fn a_moment_to_come_counts_as_now_once_its_contact_is_written() {
    let engine = engine().await;
    let book = engine.book();
    let ahead = time::now() + SignedDuration::from_hours(48);
    let id = converse_at(&book, "c-1", "Ada Ahead", ahead).await;
    // Its link is news, so the contact is written.
    assert_eq!(converse_at(&book, "c-2", "Ada Second", time::now()).await, id);
    let (_, Found::Live(contact)) = book.contact(&workspace(), id).await.unwrap() else { panic!("no contact") };
    let now = time::now();
    assert!(contact.last_seen_at.unwrap() <= now && contact.created_at <= now && contact.updated_at <= now);
    // What is observed from then on is newer.
    while time::now() <= now {}
    assert_eq!(converse_at(&book, "c-3", "Ada Third", time::now()).await, id);
    let (_, Found::Live(contact)) = book.contact(&workspace(), id).await.unwrap() else { panic!("no contact") };
    assert_eq!(contact.name().map(Name::as_str), Some("Ada Third"));
    assert_eq!(engine.audit().await, []);
}
