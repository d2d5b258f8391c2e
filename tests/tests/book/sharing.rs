//! Identifiers that several people share, and those that name nobody.

use contacts::{Channel, ContactId, Email, Field, Identifier, ImportId, ListedIdentifier, Outcome, Phone, Value};
use contacts_book::{ContactBook, Rehearsal};
use contacts_testing::{ByHand as _, Engine, Fault, FaultInjector, engine, person};

use crate::sources::{channel, contact, converse, converse_on, event_on, form, invoke, row, workspace};

const PHONE: (&str, &str) = ("telephone", "+15551234567");
const DESK: (&str, &str) = ("email", "desk@firm.co");

fn phone() -> Identifier {
    Identifier::Phone(Phone::from_e164(PHONE.1).unwrap().match_key().into_owned())
}

fn email(text: &str) -> Identifier {
    Identifier::Email(Email::parse(text).unwrap().match_key().to_owned())
}

async fn found(book: &ContactBook, identifier: &Identifier) -> Option<ContactId> {
    book.contact_by(&workspace(), identifier).await.unwrap().1.map(|contact| contact.id)
}

/// How many contacts share the phone, as its claim says.
async fn sharers(engine: &Engine) -> usize {
    let items = engine.items().await;
    let claim = items.iter().find(|item| item["pk"].as_s().unwrap().contains("#I#phone#")).unwrap();
    claim.get("shared_by").map_or(0, |list| list.as_l().unwrap().len())
}

#[tokio::test]
async fn a_household_is_as_many_contacts_as_it_has_people() {
    let engine = engine().await;
    let book = engine.book();
    let ada = converse_on(&book, "telephone", "c-1", 0, &[PHONE, ("name", "Ada King"), ("email", "ada@x.com")]).await;
    let zeno =
        converse_on(&book, "telephone", "c-2", 9, &[PHONE, ("name", "Zeno Bloom"), ("email", "zeno@y.com")]).await;
    assert_ne!(ada, zeno);
    for (id, address) in [(ada, "ada@x.com"), (zeno, "zeno@y.com")] {
        let contact = contact(&book, id).await;
        assert_eq!(channel(&contact, "telephone").as_deref(), Some(PHONE.1), "both show it");
        assert_eq!(contact.holds(&phone()), id == ada, "one owns it");
        assert_eq!(found(&book, &email(address)).await, Some(id));
    }
    assert_eq!(found(&book, &phone()).await, Some(ada));
    assert_eq!(converse_on(&book, "telephone", "c-3", 20, &[PHONE]).await, ada, "alone it leads to its owner");
    assert_eq!(converse_on(&book, "telephone", "c-4", 30, &[PHONE, ("email", "zeno@y.com")]).await, zeno);
    // To give it up by hand frees it only where it is owned.
    let gone = contacts::Patch { values: vec![(Field::Channel(Channel::Telephone), None)], ..Default::default() };
    book.change(&workspace(), zeno, None, &gone).await.unwrap().unwrap();
    assert_eq!(found(&book, &phone()).await, Some(ada));
    assert_eq!(engine.audit().await, []);
}

/// Two people who share a phone and an address, and the second of them.
async fn desk(book: &ContactBook) -> ContactId {
    let import = ImportId::new();
    let people = [
        row(import, 2, &[PHONE, DESK, ("name", "Ada King"), ("slack", "U0000ADA1")]),
        row(import, 3, &[PHONE, ("email", "zeno@y.com"), ("name", "Zeno Bloom")]),
    ];
    let folded = book.observe_all(&workspace(), &people).await.unwrap();
    assert!(folded.iter().all(|folded| folded.outcome == Outcome::Created), "{folded:?}");
    folded[1].contact.unwrap()
}

#[tokio::test]
async fn identifiers_that_are_all_shared_lead_to_who_has_all_of_them() {
    let engine = engine().await;
    let book = engine.book();
    let zeno = desk(&book).await;
    // The address is shared, too, once a row with another phone of somebody else names it.
    let import = ImportId::new();
    let carl = row(import, 4, &[DESK, ("telephone", "+15557654321"), ("name", "Carl Quist")]);
    let folded = book.observe_all(&workspace(), std::slice::from_ref(&carl)).await.unwrap();
    let carl = folded[0].contact.unwrap();
    assert_ne!(carl, zeno);
    let both = [("telephone", "+15557654321"), DESK];
    let dora = row(import, 5, &[("telephone", "+15557654321"), ("email", "dora@z.com"), ("name", "Dora Vane")]);
    book.observe_all(&workspace(), &[dora]).await.unwrap();
    assert_eq!(engine.audit().await, []);

    // Neither claim leads to Carl alone, but he has both.
    assert_eq!(converse(&book, "c-1", 0, &both).await, carl);
    let rows = [row(import, 6, &both), row(import, 7, &[("slack", "U0000ADA1"), ("name", "Ada King")])];
    let mut rehearsal = Rehearsal::default();
    let rehearsed = book.rehearse_all(&workspace(), &mut rehearsal, &rows).await.unwrap();
    let folded = book.observe_all(&workspace(), &rows).await.unwrap();
    assert_eq!(folded, rehearsed);
    assert_eq!(folded[0].contact, Some(carl));
    let refused = book.add(&workspace(), &form(&both), None).await.unwrap().unwrap_err();
    assert!(matches!(refused, contacts::CreateRefused::Known { contact, .. } if contact == carl), "{refused:?}");
    assert_eq!(engine.audit().await, []);
}

/// Ada, who owns a phone and an address, and Zeno, who shows both. Returns Zeno.
async fn desk_of_two(book: &ContactBook) -> ContactId {
    let import = ImportId::new();
    let rows = [
        row(import, 2, &[PHONE, DESK, ("name", "Ada King")]),
        row(import, 3, &[PHONE, ("email", "zeno@y.com"), ("name", "Zeno Bloom")]),
        row(import, 4, &[DESK, ("email", "zeno@y.com"), ("name", "Zeno Bloom")]),
    ];
    for row in &rows {
        book.observe_all(&workspace(), std::slice::from_ref(row)).await.unwrap();
    }
    found(book, &email("zeno@y.com")).await.unwrap()
}

#[tokio::test]
async fn a_form_with_identifiers_that_somebody_only_shares_is_refused() {
    let engine = engine().await;
    let book = engine.book().with_retry_limit(std::time::Duration::from_millis(200));
    let zeno = desk_of_two(&book).await;
    let contact = contact(&book, zeno).await;
    let shown: Vec<_> = contact.identifiers.shared().map(|held| held.value.as_str()).collect();
    assert_eq!(shown, [PHONE.1, DESK.1]);
    let both = [PHONE, DESK, ("name", "Zeno Bloom")];
    assert_eq!(converse(&book, "c-1", 0, &both).await, zeno);
    let refused = book.add(&workspace(), &form(&both), None).await.unwrap().unwrap_err();
    assert!(matches!(refused, contacts::CreateRefused::Known { contact, .. } if contact == zeno), "{refused:?}");
    // Rows that lead to one contact in different ways are folded one after the other.
    let import = ImportId::new();
    let rows = [row(import, 5, &both), row(import, 6, &[("email", "zeno@y.com"), ("slack", "U0000ZEN0")])];
    let folded = book.observe_all(&workspace(), &rows).await.unwrap();
    assert_eq!(folded.iter().map(|folded| folded.contact).collect::<Vec<_>>(), [Some(zeno); 2]);
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn an_unlinked_conversation_is_not_led_back_by_shared_identifiers() {
    let engine = engine().await;
    let book = engine.book();
    let both = [PHONE, DESK, ("name", "Zeno Bloom")];
    let zeno = desk_of_two(&book).await;
    assert_eq!(converse(&book, "c-1", 0, &both).await, zeno);
    let conversation = contacts::ConversationId::parse("c-1").unwrap();
    book.unlink(&workspace(), zeno, &conversation, &person()).await.unwrap().unwrap();
    assert_ne!(converse(&book, "c-1", 60, &both).await, zeno);
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn a_rehearsal_follows_what_it_would_share() {
    let engine = engine().await;
    let book = engine.book();
    let import = ImportId::new();
    let people = [
        row(import, 2, &[PHONE, DESK, ("name", "Ada King")]),
        row(import, 3, &[PHONE, ("email", "zeno@y.com"), ("name", "Zeno Bloom")]),
        row(import, 4, &[("telephone", "+15557654321"), DESK, ("name", "Carl Quist")]),
        row(import, 5, &[PHONE, DESK]),
        row(import, 6, &[("email", "zeno@y.com"), ("slack", "U0000ADA1")]),
    ];
    let mut rehearsal = Rehearsal::default();
    let mut rehearsed = Vec::new();
    for person in &people {
        rehearsed.extend(book.rehearse_all(&workspace(), &mut rehearsal, std::slice::from_ref(person)).await.unwrap());
    }
    let folded = book.observe_all(&workspace(), &people).await.unwrap();
    let outcomes = |folded: &[contacts::Folded]| folded.iter().map(|folded| folded.outcome).collect::<Vec<_>>();
    assert_eq!(outcomes(&rehearsed), outcomes(&folded));
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn two_people_who_begin_to_share_an_identifier_at_once_are_both_known() {
    let engine = engine().await;
    let book = engine.book();
    converse_on(&book, "telephone", "c-1", 0, &[PHONE, ("name", "Ada King"), ("email", "ada@x.com")]).await;
    let faults = FaultInjector::default();
    let slow = engine.book_through(&faults);
    faults.inject(|request| {
        let is_first_write = request.operation == "TransactWriteItems" && request.nth_of_operation == 0;
        is_first_write.then_some(Fault::Hold)
    });
    let zeno = event_on("telephone", "c-2", 9, &[PHONE, ("name", "Zeno Bloom"), ("email", "zeno@y.com")]);
    let carl = async {
        faults.held().await;
        let carl = [PHONE, ("name", "Carl Quist"), ("email", "carl@z.com")];
        converse_on(&book, "telephone", "c-3", 9, &carl).await;
        faults.release();
    };
    let (answer, ()) = tokio::join!(invoke(&slow, &zeno), carl);
    assert_eq!(answer.unwrap().outcome, "created");
    assert_eq!(sharers(&engine).await, 2);
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn a_blocked_identifier_finds_nobody_and_is_not_claimed() {
    let engine = engine().await;
    let book = engine.book();
    let ada = converse(&book, "c-1", 0, &[DESK, ("slack", "U0000ADA1")]).await;
    assert_eq!(found(&book, &email(DESK.1)).await, Some(ada));
    let block = |settings: &mut contacts::Settings| {
        let value = Value::Email(Email::parse(DESK.1).unwrap());
        settings.blocked_identifiers.push(ListedIdentifier { channel: Channel::Email, value });
        Ok::<_, std::convert::Infallible>(())
    };
    let Ok(settings) = book.change_settings(&workspace(), &person(), block).await.unwrap();
    assert_eq!(settings.blocked_identifiers.len(), 1);
    assert_eq!(found(&book, &email(DESK.1)).await, None, "also who had it before");
    let bob = converse(&book, "c-2", 9, &[DESK, ("name", "Bob")]).await;
    let bob = contact(&book, bob).await;
    assert_eq!(channel(&bob, "email").as_deref(), Some(DESK.1), "it is shown");
    assert_ne!(bob.id, ada);
    assert!(!bob.holds(&email(DESK.1)), "{:?}", bob.identifiers);
    assert_eq!(engine.audit().await, []);
}
