//! Items outlive builds: what an older build wrote is read, and what a newer one wrote is not lost.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{
    Channel, Contact, ContactId, CustomField, CustomKey, CustomType, Field, Hold, Patch, Proof, Value as FieldValue,
};
use contacts_book::keys::{CONFLICT_AT, FIRST_SCHEMA_VERSION, PK, SCHEMA, SCHEMA_VERSION, SK};
use contacts_book::{BookError, Found, List, Sort};
use contacts_testing::{ByHand as _, Engine, engine, person};
use conversation_upsert::UpsertError;
use serde_json::{Value, json};

use crate::sources::{channel, contact, converse, converse_on, event, event_on, invoke, workspace};

type Item = HashMap<String, AttributeValue>;

/// The items of a table that the last build before schemas, causes and the list of identifiers left: settings, contacts by
/// conversation, form and import, a join, a conflict, an edit, a deletion, an import and an export.
const FIRST_BUILD: &str = include_str!("first_build/items.jsonl");
const ADA: &str = "01a2189d-8d7c-7521-a515-bead0c1ee34f";
const JOINED_INTO_ADA: &str = "01a2189d-8d82-72a3-80e5-4b08185b71fa";
const BOB: &str = "01a2189d-8ddf-71ef-abcc-74c3582245c9";
const CAROL: &str = "01a2189d-8e09-769d-9e08-d0ffbacde6be";
const DAN: &str = "01a2189d-8e34-718b-87cb-aa421dde1934";

fn id(text: &str) -> ContactId {
    ContactId::parse(text).unwrap()
}

/// A value in DynamoDB's own JSON.
fn attribute(json: &Value) -> AttributeValue {
    let (kind, value) = json.as_object().unwrap().iter().next().unwrap();
    match kind.as_str() {
        "S" => AttributeValue::S(value.as_str().unwrap().to_owned()),
        "N" => AttributeValue::N(value.as_str().unwrap().to_owned()),
        "BOOL" => AttributeValue::Bool(value.as_bool().unwrap()),
        "L" => AttributeValue::L(value.as_array().unwrap().iter().map(attribute).collect()),
        "M" => AttributeValue::M(item(value)),
        other => panic!("{other}"),
    }
}

fn item(json: &Value) -> Item {
    json.as_object().unwrap().iter().map(|(name, value)| (name.clone(), attribute(value))).collect()
}

fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

async fn put(engine: &Engine, item: Item) {
    engine.client().put_item().table_name(engine.table()).set_item(Some(item)).send().await.unwrap();
}

async fn get(engine: &Engine, pk: &str, sk: &str) -> Item {
    let key = |text: &str| AttributeValue::S(text.to_owned());
    let get = engine.client().get_item().table_name(engine.table()).key(PK, key(pk)).key(SK, key(sk));
    get.consistent_read(true).send().await.unwrap().item.unwrap()
}

async fn contact_item(engine: &Engine, id: ContactId) -> Item {
    get(engine, &format!("W#acme#C#{id}"), "CONTACT").await
}

fn map<'a>(item: &'a mut Item, name: &str) -> &'a mut Item {
    match item.get_mut(name) {
        Some(AttributeValue::M(map)) => map,
        other => panic!("{name} is {other:?}"),
    }
}

fn list<'a>(item: &'a mut Item, name: &str) -> &'a mut Vec<AttributeValue> {
    match item.entry(name.to_owned()).or_insert_with(|| AttributeValue::L(Vec::new())) {
        AttributeValue::L(list) => list,
        other => panic!("{name} is {other:?}"),
    }
}

async fn names(engine: &Engine) -> Vec<String> {
    let list = List { sort: Sort::Recent, prefix: None, limit: 50, after: None };
    let page = engine.book().list(&workspace(), &list).await.unwrap().unwrap();
    page.contacts.iter().map(|contact| contact.name().unwrap().as_str().to_owned()).collect()
}

fn name(text: &str) -> Patch {
    let value = FieldValue::Name(contacts::Name::parse(text).unwrap());
    Patch { values: vec![(Field::Name, Some(value))], ..Patch::default() }
}

#[tokio::test]
async fn a_book_of_the_build_before_is_read_listed_edited_and_checked() {
    let engine = engine().await;
    for line in FIRST_BUILD.lines() {
        put(&engine, item(&serde_json::from_str(line).unwrap())).await;
    }
    let book = engine.book();
    book.reindex(|_| ()).await.unwrap();
    assert_eq!(engine.audit().await, []);

    let ada = contact(&book, id(ADA)).await;
    assert_eq!((ada.name().unwrap().as_str(), &ada.cause), ("Ada King", &None));
    for (field, value) in [("telephone", "+12015550102"), ("whatsapp", "+12015550101"), ("email", "ada@example.com")] {
        assert_eq!(channel(&contact(&book, id(ADA)).await, field).as_deref(), Some(value));
    }
    assert_eq!(ada.joined, [id(JOINED_INTO_ADA)]);
    assert_eq!(book.contact(&workspace(), id(JOINED_INTO_ADA)).await.unwrap().1, Found::Moved(id(ADA)));
    let deleted = Found::Deleted { restorable_until: None };
    assert_eq!(book.contact(&workspace(), id(DAN)).await.unwrap().1, deleted, "that build kept nothing of it");
    assert_eq!(contact(&book, id(BOB)).await.conflicts[0].contact, id(CAROL));
    assert_eq!(names(&engine).await, ["Frank", "Erin", "Carol", "Bob", "Ada King"]);
    let settings = book.settings(&workspace()).await.unwrap();
    assert_eq!((settings.default_country.as_str(), settings.custom_fields.len()), ("GB", 2));
    assert_eq!(book.imports(&workspace(), 10, None).await.unwrap().unwrap().imports.len(), 2);

    // What was cleared by hand stays cleared for older observations, and a newer one fills it.
    let seen = |occurred_at: &str| {
        let mut seen = event("c-9", 0, &[("whatsapp", "+12015550101"), ("slack", "U01ADA")]);
        seen["occurred_at"] = json!(occurred_at);
        seen
    };
    invoke(&book, &seen("2026-11-20T10:00:00Z")).await.unwrap();
    assert_eq!(channel(&contact(&book, id(ADA)).await, "slack"), None);
    book.change(&workspace(), id(BOB), None, &name("Robert")).await.unwrap().unwrap();
    for edited in [ADA, BOB] {
        assert!(contact(&book, id(edited)).await.cause.is_some(), "a write of this build has a cause");
    }
    let bob = contact_item(&engine, id(BOB)).await;
    assert_eq!(bob[SCHEMA], number(FIRST_SCHEMA_VERSION), "the build before can write it");
    assert!(bob.contains_key(CONFLICT_AT), "the next write lists it by its conflict");
    book.delete(&workspace(), id(ADA), None, &person()).await.unwrap().unwrap();
    assert_eq!(engine.audit().await, []);
}

/// The proof of a channel's value, and whether only people and proof replace it.
fn strength(contact: &Contact, channel: Channel) -> (Proof, bool) {
    let held = contact.identifiers.primary(channel).unwrap();
    assert_eq!(held.hold, Hold::Owned);
    (held.proof, held.by_hand)
}

#[tokio::test]
async fn values_of_the_build_before_have_the_proof_that_their_source_implies() {
    let engine = engine().await;
    for line in FIRST_BUILD.lines() {
        put(&engine, item(&serde_json::from_str(line).unwrap())).await;
    }
    let book = engine.book();
    book.reindex(|_| ()).await.unwrap();
    let ada = contact(&book, id(ADA)).await;
    let name = &ada.values[&Field::Name];
    assert_eq!((name.proof, name.by_hand), (Proof::Person, true), "an edit");
    assert_eq!(strength(&ada, Channel::Email), (Proof::Stated, false), "a conversation");
    let carol = contact(&book, id(CAROL)).await;
    assert_eq!(strength(&carol, Channel::Email), (Proof::Person, true), "a form");
    let list = List { sort: Sort::Email, prefix: Some("erin@".to_owned()), limit: 1, after: None };
    let erin = book.list(&workspace(), &list).await.unwrap().unwrap().contacts.remove(0);
    assert_eq!(strength(&erin, Channel::Email), (Proof::Person, false), "a file");
    for contact in [&ada, &carol, &erin] {
        assert!(contact.identifiers.iter().all(|held| held.stamp.sequence == 0));
        assert_eq!((&contact.unconfirmed, contact.reviewed_at, &contact.kept_apart), (&vec![], None, &vec![]));
    }
    let conflict = contact(&book, id(BOB)).await.conflicts.remove(0);
    let contradiction = contacts::ConflictReason::Contradiction;
    assert_eq!((conflict.value, conflict.reason, conflict.source), (None, contradiction, None));
    // They count as before: who proves an identifier that was only stated is taken for that person.
    let proven = converse_on(&book, "whatsapp", "c-9", 0, &[("whatsapp", "+12015550101")]).await;
    assert_eq!(proven, id(ADA));
    assert_eq!(strength(&contact(&book, id(ADA)).await, Channel::Whatsapp).0, Proof::Channel);
    assert_eq!(engine.audit().await, []);
}

/// What a newer build might add to a contact's item: an attribute, a field, a secondary identifier of a field, attributes of
/// a value and of a conflict.
fn extend(item: &mut Item) {
    item.insert("restored".to_owned(), attribute(&json!({"L": [{"M": {"f": {"S": "name"}}}]})));
    let telegram = attribute(&json!({"M": {"v": {"S": "@ada"}, "at": {"N": "5"}, "n": {"N": "0"}}}));
    map(item, "values").insert("telegram".to_owned(), telegram);
    map(map(item, "values"), "email").insert("checked".to_owned(), attribute(&json!({"S": "by mail"})));
    let secondary = json!({"M": {"f": {"S": "telegram"}, "v": {"S": "@countess"}, "at": {"N": "4"}, "n": {"N": "0"}}});
    list(item, "also_known_by").push(attribute(&secondary));
}

/// Whether an item still has all of [`extend`]; the email's check is in the entry of `checked`, wherever that is.
fn assert_carried(mut item: Item, checked: &str) {
    assert!(item.contains_key("restored"), "{item:?}");
    assert!(map(&mut item, "values").contains_key("telegram"), "{item:?}");
    let is = |entry: &AttributeValue, value: &str| {
        entry.as_m().is_ok_and(|entry| entry.get("v") == Some(&AttributeValue::S(value.to_owned())))
    };
    let secondary = list(&mut item, "also_known_by").clone();
    assert!(secondary.iter().any(|entry| is(entry, "@countess")), "{item:?}");
    let values: Vec<_> = map(&mut item, "values").values().cloned().chain(secondary).collect();
    let email = values.iter().find(|entry| is(entry, checked)).unwrap();
    assert!(email.as_m().unwrap().contains_key("checked"), "{email:?}");
    for entry in values.iter().filter(|entry| !is(entry, checked)) {
        assert!(!entry.as_m().unwrap().contains_key("checked"), "it goes with its value only: {entry:?}");
    }
}

#[tokio::test]
async fn what_this_build_does_not_understand_of_a_contact_is_carried_through_every_write() {
    let engine = engine().await;
    let book = engine.book();
    let ada = converse(&book, "c-1", 0, &[("email", "ada@x.com"), ("name", "Ada")]).await;
    let mut item = contact_item(&engine, ada).await;
    extend(&mut item);
    put(&engine, item).await;

    assert_eq!(names(&engine).await, ["Ada"]);
    // An event, another email, by which the first becomes secondary, and an edit.
    converse(&book, "c-1", 60, &[("telephone", "+12015550101")]).await;
    assert_carried(contact_item(&engine, ada).await, "ada@x.com");
    converse(&book, "c-1", 120, &[("email", "countess@x.com")]).await;
    assert_carried(contact_item(&engine, ada).await, "ada@x.com");
    book.change(&workspace(), ada, None, &name("Ada King")).await.unwrap().unwrap();
    assert_carried(contact_item(&engine, ada).await, "ada@x.com");
    // A join: both records keep theirs, and so does the record of the join.
    let other = converse(&book, "c-2", 0, &[("slack", "U01ADA")]).await;
    let mut item = contact_item(&engine, other).await;
    item.insert("restored".to_owned(), attribute(&json!({"BOOL": true})));
    put(&engine, item).await;
    converse(&book, "c-3", 180, &[("slack", "U01ADA"), ("telephone", "+12015550101")]).await;
    assert_carried(contact_item(&engine, ada).await, "ada@x.com");
    assert!(contact_item(&engine, other).await.contains_key("restored"));
    let joined = contact(&book, ada).await;
    assert_eq!(joined.joined, [other]);
    assert_eq!(engine.audit().await, []);
}

/// The item whose sort key starts so, and whose partition key has this part.
async fn find(engine: &Engine, part: &str, sk: &str) -> Item {
    let is = |item: &Item| item[PK].as_s().unwrap().contains(part) && item[SK].as_s().unwrap().starts_with(sk);
    engine.items().await.into_iter().find(is).unwrap_or_else(|| panic!("no {part} {sk}"))
}

#[tokio::test]
async fn what_this_build_does_not_understand_of_claims_and_links_is_carried_through_every_write() {
    let engine = engine().await;
    let book = engine.book();
    let phone = ("telephone", "+12015550101");
    let ada = converse_on(&book, "telephone", "c-1", 0, &[("email", "ada@x.com"), ("name", "Ada King")]).await;
    let all = [("#I#conversation#", "CLAIM"), ("#I#phone#", "CLAIM"), ("#C#", "V#")];
    for (part, sk) in [all[0], all[2]] {
        let mut item = find(&engine, part, sk).await;
        item.insert("newer".to_owned(), attribute(&json!({"S": "x"})));
        put(&engine, item).await;
    }
    // The conversation proves a phone: its claim and its link are written again.
    assert_eq!(converse_on(&book, "telephone", "c-1", 60, &[phone]).await, ada);
    let mut item = find(&engine, all[1].0, all[1].1).await;
    item.insert("newer".to_owned(), attribute(&json!({"S": "x"})));
    put(&engine, item).await;
    for (part, sk) in [all[0], all[2]] {
        let item = find(&engine, part, sk).await;
        assert_eq!(item["proven"], AttributeValue::Bool(true), "{item:?}");
        assert!(item.contains_key("newer"), "{item:?}");
        assert_eq!(item[SCHEMA], number(1), "the build before can write it");
    }
    // Somebody else of her household calls: the claim of the phone is shared.
    let other = [phone, ("email", "bob@y.com"), ("name", "Zeno Bloom")];
    assert_ne!(converse_on(&book, "telephone", "c-2", 120, &other).await, ada);
    let item = find(&engine, all[1].0, all[1].1).await;
    assert!(item.contains_key("shared_by") && item.contains_key("newer"), "{item:?}");
    assert_eq!(item[SCHEMA], number(2), "the build before would misread it");
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn a_link_of_a_newer_schema_is_not_written() {
    let engine = engine().await;
    let book = engine.book().with_retry_limit(std::time::Duration::from_millis(50));
    converse_on(&book, "telephone", "c-1", 0, &[("email", "ada@x.com")]).await;
    let mut link = find(&engine, "#C#", "V#").await;
    link.insert(SCHEMA.to_owned(), number(SCHEMA_VERSION + 1));
    put(&engine, link.clone()).await;
    let proof = event_on("telephone", "c-1", 60, &[("telephone", "+12015550101")]);
    let refused = invoke(&book, &proof).await.unwrap_err();
    assert!(matches!(refused, UpsertError::Unavailable(BookError::Contended)), "{refused:?}");
    assert_eq!(find(&engine, "#C#", "V#").await, link);
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn what_this_build_does_not_understand_of_the_settings_is_carried_through_every_write() {
    let engine = engine().await;
    let book = engine.book();
    let field = |key: &str| CustomField::new(CustomKey::parse(key).unwrap(), key, CustomType::String).unwrap();
    book.define_field(&workspace(), &field("plan"), &person()).await.unwrap().unwrap();
    let mut item = get(&engine, "W#acme", "SETTINGS").await;
    item.insert("retention".to_owned(), attribute(&json!({"S": "short"})));
    let telegram = json!({"M": {"f": {"S": "telegram"}, "v": {"S": "@firm"}}});
    list(&mut item, "blocked_identifiers").push(attribute(&telegram));
    let birthday = json!({"M": {"key": {"S": "birthday"}, "label": {"S": "Birthday"}, "type": {"S": "date"}}});
    list(&mut item, "custom_fields").push(attribute(&birthday));
    put(&engine, item).await;

    let book = engine.book();
    assert_eq!(book.settings(&workspace()).await.unwrap().custom_fields.len(), 1, "a type of a newer build is hidden");
    book.define_field(&workspace(), &field("budget"), &person()).await.unwrap().unwrap();
    book.remove_field(&workspace(), &CustomKey::parse("plan").unwrap(), &person()).await.unwrap().unwrap();
    let mut item = get(&engine, "W#acme", "SETTINGS").await;
    assert_eq!(item["retention"], attribute(&json!({"S": "short"})));
    assert_eq!(list(&mut item, "blocked_identifiers"), &vec![attribute(&telegram)]);
    let keys =
        list(&mut item, "custom_fields").iter().map(|field| field.as_m().unwrap()["key"].as_s().unwrap().clone());
    assert_eq!(keys.collect::<Vec<_>>(), ["budget", "birthday"]);
}

#[tokio::test]
async fn an_item_of_a_newer_schema_is_read_and_not_written() {
    let engine = engine().await;
    let book = engine.book();
    let ada = converse(&book, "c-1", 0, &[("email", "ada@x.com"), ("name", "Ada")]).await;
    let mut item = contact_item(&engine, ada).await;
    item.insert(SCHEMA.to_owned(), AttributeValue::N((SCHEMA_VERSION + 1).to_string()));
    put(&engine, item.clone()).await;

    assert_eq!(names(&engine).await, ["Ada"]);
    assert_eq!(contact(&book, ada).await.name().unwrap().as_str(), "Ada");
    let no_news = event("c-1", 0, &[("email", "ada@x.com")]);
    assert_eq!(invoke(&book, &no_news).await.unwrap().outcome, "unchanged", "no news, no write");
    let refused = invoke(&book, &event("c-1", 60, &[("name", "Ada King")])).await.unwrap_err();
    assert!(matches!(refused, UpsertError::Unavailable(BookError::Newer)), "{refused:?}");
    let refused = book.change(&workspace(), ada, None, &name("Ada King")).await.unwrap_err();
    assert!(matches!(refused, BookError::Newer) && refused.is_temporary(), "{refused:?}");
    let refused = book.delete(&workspace(), ada, None, &person()).await.unwrap_err();
    assert!(matches!(refused, BookError::Newer), "{refused:?}");
    assert_eq!(contact_item(&engine, ada).await, item);
    assert_eq!(engine.audit().await, []);
}

#[tokio::test]
async fn an_unreadable_item_is_skipped_and_named() {
    let engine = engine().await;
    let book = engine.book();
    let ada = converse(&book, "c-1", 0, &[("email", "ada@x.com"), ("name", "Ada")]).await;
    converse(&book, "c-2", 60, &[("email", "bob@x.com"), ("name", "Bob")]).await;
    let mut item = contact_item(&engine, ada).await;
    item.remove("created_at");
    put(&engine, item).await;

    assert_eq!(names(&engine).await, ["Bob"]);
    let by_email = List { sort: Sort::Email, prefix: None, limit: 50, after: None };
    let page = book.list(&workspace(), &by_email).await.unwrap().unwrap();
    assert_eq!(page.contacts.len(), 1);
    let mut all = book.all_contacts(&workspace()).await.unwrap();
    assert_eq!(all.next_page().await.unwrap().unwrap().len(), 1);
    assert!(all.next_page().await.unwrap().is_none());
    let violations = engine.audit().await;
    let named = format!("the item W#acme#C#{ada} CONTACT cannot be read");
    assert!(violations.iter().any(|violation| violation.to_string().contains(&named)), "{violations:?}");
}
