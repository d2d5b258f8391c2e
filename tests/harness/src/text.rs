//! Contacts and imports as text, for assertions; and a file of many people.

use contacts::{Channel, Contact, Field};
use contacts_book::Import;

/// A contact in one line: `Ada Lovelace telephone:+1… email:… also:…`, fields in the order in which they are shown.
pub fn contact_line(contact: &Contact) -> String {
    let mut words: Vec<String> = contact.name().map(|name| name.as_str().to_owned()).into_iter().collect();
    let channels = Channel::ALL.map(Field::Channel).into_iter();
    let custom = contact.values.keys().filter(|field| matches!(field, Field::Custom(_))).cloned();
    for field in channels.chain(custom) {
        words.extend(contact.value(&field).map(|value| format!("{field}:{}", value.as_str())));
    }
    let mut also: Vec<String> =
        contact.identifiers.secondary().iter().map(|known| known.value.as_str().to_owned()).collect();
    also.sort();
    words.extend(also.into_iter().map(|value| format!("also:{value}")));
    words.join(" ")
}

/// Asserts that an import counts each row that it read once.
pub fn assert_counts_add_up(import: &Import) {
    let counts = import.counts;
    assert_eq!(counts.read, counts.created + counts.updated + counts.unchanged + counts.rejected, "{counts:?}");
}

/// An import in one line: its status and the counts that are not 0. Asserts that the counts add up.
pub fn summary(import: &Import) -> String {
    assert_counts_add_up(import);
    let counts = import.counts;
    let status = match &import.error {
        Some(error) => format!("{}({})", import.status.as_str(), error.code),
        None => import.status.as_str().to_owned(),
    };
    let named = [
        ("read", counts.read),
        ("created", counts.created),
        ("updated", counts.updated),
        ("unchanged", counts.unchanged),
        ("rejected", counts.rejected),
        ("joined", counts.joined),
        ("conflicts", counts.conflicts),
    ];
    let counts = named.iter().filter(|(_, count)| *count > 0).map(|(name, count)| format!(" {name}={count}"));
    status + &counts.collect::<String>()
}

/// A file of that many people, each with a phone and an email. A row takes some 300 bytes.
pub fn people_csv(people: usize) -> String {
    let note = "x".repeat(240);
    let rows = (0..people).map(|n| format!("Person {n},+1650253{n:04},person{n}@example.com,{note}\r\n"));
    "Name,Phone,Email,Notes\r\n".to_owned() + &rows.collect::<String>()
}
