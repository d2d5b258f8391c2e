//! Who somebody is.

use contacts::{Channel, ContactId, ConversationChannel, IdentityMode, ListedIdentifier, Match, Question};

use crate::book::{Book, event, form, value};
use crate::trust::on;

const CALL: ConversationChannel = ConversationChannel::Telephone;
const PHONE: (&str, &str) = ("telephone", "+14152000001");
const EMAIL: (&str, &str) = ("email", "ada@x.com");

/// What is answered to a question: how clear it is, whether it is proven, and whom it names.
fn ask(book: &Book, asked: &[(&str, &str)]) -> (Match, bool, Vec<ContactId>) {
    let mut question = Question::default();
    for (field, text) in asked {
        match Channel::parse(field) {
            Ok(channel) => question.ask(channel, text, &book.settings),
            Err(_) => question.ask_conversation(text),
        }
    }
    let resolved = book.resolve(&question);
    (resolved.matched, resolved.proven, resolved.contact.into_iter().chain(resolved.candidates).collect())
}

#[test]
fn only_what_is_proven_for_the_contact_is_proven() {
    let mut book = Book::default();
    let ada = book.contact_of(&on(CALL, "call", 0, &[PHONE, EMAIL]));
    let one = |proven| (Match::One, proven, vec![ada]);
    assert_eq!(ask(&book, &[PHONE]), one(true));
    assert_eq!(ask(&book, &[("whatsapp", "14152000001"), PHONE]), one(true), "one identifier, asked by twice");
    assert_eq!(ask(&book, &[EMAIL]), one(false));
    assert_eq!(ask(&book, &[PHONE, EMAIL]), one(false));
    assert_eq!(ask(&book, &[("conversation_id", "call")]), one(true));
    assert_eq!(ask(&book, &[PHONE, ("conversation_id", "call")]), one(true));
    assert_eq!(ask(&book, &[PHONE, ("conversation_id", "a-new-call")]), one(true), "it has only begun");
    // What leads to nobody, or cannot be read, is not proven for her.
    for other in [("email", "new@x.com"), ("email", "ada at x"), ("slack", " ")] {
        assert_eq!(ask(&book, &[PHONE, other]), one(false), "{other:?}");
    }
    book.contact_of(&event("chat", 10, &[EMAIL]));
    assert_eq!(ask(&book, &[("conversation_id", "chat")]), one(false), "a visitor only says who she is");
    assert_eq!(ask(&book, &[PHONE, ("conversation_id", "chat")]), one(false));
}

#[test]
fn what_people_entered_is_proven_in_a_guarded_workspace() {
    let mut book = Book::default();
    let ada = book.contact_of(&form(0, &[EMAIL]));
    assert_eq!(ask(&book, &[EMAIL]), (Match::One, false, vec![ada]));
    book.settings.identity = IdentityMode::Guarded;
    assert_eq!(ask(&book, &[EMAIL]), (Match::One, true, vec![ada]));
}

#[test]
fn nobody_is_named_by_what_cannot_be_read_or_is_blocked() {
    let mut book = Book::default();
    book.contact_of(&on(CALL, "call", 0, &[PHONE]));
    let nobody = (Match::None, false, vec![]);
    for asked in [
        &[][..],
        &[("telephone", "call me")],
        &[("telephone", "+266696687")],
        &[("email", "")],
        &[("email", "noreply@x.com")],
        &[("slack", "x")],
        &[("conversation_id", "not an id")],
        &[("conversation_id", "other")],
        &[("telephone", "+14152000009"), ("email", "new@x.com")],
    ] {
        assert_eq!(ask(&book, asked), nobody, "{asked:?}");
    }
    let phone = ListedIdentifier { channel: Channel::Telephone, value: value(PHONE.0, PHONE.1) };
    book.settings.blocked_identifiers.push(phone);
    assert_eq!(ask(&book, &[PHONE]), nobody, "blocked since");
}

#[test]
fn identifiers_of_different_contacts_are_several() {
    let mut book = Book::default();
    let ada = book.contact_of(&on(CALL, "call", 0, &[PHONE]));
    let bob = book.contact_of(&form(0, &[("email", "bob@x.com")]));
    assert_eq!(ask(&book, &[("email", "bob@x.com"), PHONE]), (Match::Several, false, vec![bob, ada]));
}

#[test]
fn a_shared_line_names_all_who_show_it_and_decides_nothing_beside_another_identifier() {
    let mut book = Book::default();
    let [ada, bob] = [("Ana Szabó", "ana@x.com"), ("Bo Lindqvist", "bo@x.com")].map(|(name, email)| {
        let call = format!("call-{}", email.len());
        book.contact_of(&on(CALL, &call, 0, &[PHONE, ("name", name), ("email", email)]))
    });
    assert_ne!(ada, bob);
    assert_eq!(ask(&book, &[PHONE]), (Match::Shared, false, vec![ada, bob]));
    for (asked, id) in [("ana@x.com", ada), ("bo@x.com", bob)] {
        assert_eq!(ask(&book, &[PHONE, ("email", asked)]), (Match::One, false, vec![id]), "{asked}");
    }
    assert_eq!(ask(&book, &[PHONE, ("email", "new@x.com")]), (Match::Shared, false, vec![ada, bob]));
    // When nobody else shows it any longer, it is hers.
    book.delete(bob, 20);
    assert_eq!(ask(&book, &[PHONE]), (Match::One, true, vec![ada]));
}

#[test]
fn a_joined_contact_is_who_it_was_joined_into() {
    let mut book = Book::default();
    let ada = book.contact_of(&on(CALL, "call", 0, &[PHONE]));
    let chat = book.contact_of(&on(ConversationChannel::Email, "mail", 1, &[EMAIL]));
    assert_ne!(ada, chat);
    book.contact_of(&on(CALL, "call", 2, &[PHONE, EMAIL]));
    let matched = ask(&book, &[EMAIL]);
    assert!(matched.0 == Match::One && matched.2.len() == 1, "{matched:?}");
}
