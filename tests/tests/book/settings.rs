//! Settings count at once.

use std::time::Duration;

use contacts::{Country, CustomField, CustomKey, CustomType};
use contacts_book::SettingsRefused;
use contacts_testing::{FaultInjector, engine, person};

use crate::sources::{channel, contact, converse, event, invoke, workspace};

fn field(key: &str) -> CustomField {
    CustomField::new(CustomKey::parse(key).unwrap(), key, CustomType::String).unwrap()
}

#[tokio::test]
async fn a_new_custom_field_and_another_country_count_at_once_for_books_that_remember_the_old() {
    let engine = engine().await;
    let (reader, writer) = (engine.book(), engine.book());
    converse(&reader, "c-1", 0, &[("email", "ada@x.com")]).await;
    writer.define_field(&workspace(), &field("plan"), &person()).await.unwrap().unwrap();
    writer.set_default_country(&workspace(), Country::parse("GB").unwrap(), &person()).await.unwrap();
    let id = converse(&reader, "c-1", 10, &[("custom.plan", "pro"), ("telephone", "020 7946 0018")]).await;
    let contact = contact(&reader, id).await;
    assert_eq!(channel(&contact, "telephone").as_deref(), Some("+442079460018"));
    assert_eq!(contact.custom_values().count(), 1);
}

#[tokio::test]
async fn settings_that_are_known_cost_no_request_of_their_own() {
    let engine = engine().await;
    engine.book().define_field(&workspace(), &field("plan"), &person()).await.unwrap().unwrap();
    let faults = FaultInjector::default();
    let book = engine.book_through(&faults);
    converse(&book, "c-1", 0, &[("email", "ada@x.com")]).await;
    faults.take_counts();
    converse(&book, "c-2", 0, &[("email", "bob@x.com")]).await;
    assert_eq!(faults.take_counts().into_values().sum::<usize>(), 2);
}

#[tokio::test]
async fn definitions_are_unique_limited_and_changed_one_after_the_other() {
    let engine = engine().await;
    // A hundred writers of one item meet: the last one waits for all others, however busy the machine is.
    let book = engine.book().with_retry_limit(Duration::from_secs(60));
    let defined = (0..100).map(|n| {
        let book = book.clone();
        async move { book.define_field(&workspace(), &field(&format!("k{n}")), &person()).await.unwrap() }
    });
    for settings in futures_util::future::join_all(defined).await {
        settings.unwrap();
    }
    let settings = book.settings(&workspace()).await.unwrap();
    assert_eq!((settings.custom_fields.len(), settings.version), (100, 100));
    assert_eq!(
        book.define_field(&workspace(), &field("one-more"), &person()).await.unwrap(),
        Err(SettingsRefused::TooMany)
    );
    assert_eq!(book.define_field(&workspace(), &field("k1"), &person()).await.unwrap(), Err(SettingsRefused::KeyTaken));
    let unknown = CustomKey::parse("unknown").unwrap();
    assert_eq!(book.remove_field(&workspace(), &unknown, &person()).await.unwrap(), Err(SettingsRefused::UnknownKey));
    assert_eq!(
        book.relabel_field(&workspace(), &unknown, "x", &person()).await.unwrap(),
        Err(SettingsRefused::UnknownKey)
    );
    let answer = invoke(&book, &event("c-1", 0, &[("name", "Ada"), ("custom.unknown", "x")])).await.unwrap();
    assert_eq!(answer.rejected[0].reason, "is not a custom field of this workspace");
}

#[tokio::test]
async fn index_shards_are_only_ever_raised() {
    let engine = engine().await;
    let book = engine.book();
    for (raised, to) in [(4, 4), (2, 4), (16, 16)] {
        assert_eq!(book.raise_index_shards(&workspace(), raised, &person()).await.unwrap().index_shards, to);
    }
}
