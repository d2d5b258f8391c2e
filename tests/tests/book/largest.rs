//! The largest contact that events can make.

use contacts::{ContactId, CustomField, CustomKey, CustomType};
use contacts_book::Found;
use contacts_testing::{engine, person};
use serde_json::{Value, json};

use crate::sources::{event, invoke, workspace};

#[tokio::test]
async fn thirty_events_that_fill_text_fields_leave_a_contact_of_32_kib() {
    let engine = engine().await;
    let book = engine.book();
    let fields = (0..30).map(|n| {
        CustomField::new(CustomKey::parse(&format!("field_{n}")).unwrap(), "Field", CustomType::String).unwrap()
    });
    let fields: Vec<CustomField> = fields.collect();
    let define = |settings: &mut contacts::Settings| {
        settings.custom_fields.clone_from(&fields);
        Ok::<(), ()>(())
    };
    book.change_settings(&workspace(), &person(), define).await.unwrap().unwrap();
    let mut rejected = Vec::new();
    let mut contact = None;
    for n in 0..30 {
        let mut event = event("c-1", n, &[("email", "ada@example.com")]);
        let value = json!({"field": format!("custom.field_{n}"), "value": "x".repeat(4_000)});
        event["captured"].as_array_mut().unwrap().push(value);
        let answer = invoke(&book, &event).await.unwrap();
        contact = answer.contact_id.clone();
        rejected.extend(serde_json::to_value(&answer).unwrap()["rejected"].as_array().unwrap().clone());
    }
    let expected = |n| json!({"field": format!("custom.field_{n}"), "reason": "does not fit: custom values may have 32 KiB together"});
    assert_eq!(rejected, (8..30).map(expected).collect::<Vec<Value>>());
    let id = ContactId::parse(&contact.unwrap()).unwrap();
    let (_, Found::Live(contact)) = book.contact(&workspace(), id).await.unwrap() else { panic!("no contact") };
    assert_eq!(contact.custom_values().count(), 8);
}
