//! What the tools answer: data of limited length, so that it fits the context of a model.

use std::collections::BTreeMap;

use contacts_api::ContactView;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

/// The members of a contact that are for the people of the workspace: what they have to decide, and where values come from.
const FOR_PEOPLE: [&str; 5] = ["conflicts", "joined", "kept_apart", "provenance", "unconfirmed"];
/// The members of a candidate.
const BRIEF: [&str; 5] = ["id", "name", "phone", "email", "last_seen_at"];
/// The most candidates of an answer.
const MAX_CANDIDATES: usize = 10;

/// The most digits that a number keeps in the protocol's JSON, which has floats.
const EXACT_DIGITS: usize = 15;

/// The JSON of a view, in which numbers of more digits than a float keeps are texts. Serializing a view never fails.
pub(crate) fn json_of(view: &impl Serialize) -> Value {
    serde_json::value::to_raw_value(view).map(|written| exact(&written)).unwrap_or_default()
}

fn exact(written: &RawValue) -> Value {
    let text = written.get();
    let read = match text.as_bytes().first() {
        Some(b'{') => serde_json::from_str(text).map(|members: BTreeMap<String, Box<RawValue>>| {
            members.into_iter().map(|(name, value)| (name, exact(&value))).collect()
        }),
        Some(b'[') => {
            serde_json::from_str(text).map(|items: Vec<Box<RawValue>>| items.iter().map(|item| exact(item)).collect())
        }
        Some(b'-' | b'0'..=b'9') if text.bytes().filter(u8::is_ascii_digit).count() > EXACT_DIGITS => {
            Ok(Value::String(text.to_owned()))
        }
        _ => serde_json::from_str(text),
    };
    read.unwrap_or_default()
}

/// A contact, at most some 40 KB: its custom values have at most 32 KiB.
pub(crate) fn contact(view: &ContactView) -> Value {
    let mut contact = json_of(view);
    hide(&mut contact);
    contact
}

fn hide(contact: &mut Value) {
    if let Some(members) = contact.as_object_mut() {
        members.retain(|name, _| !FOR_PEOPLE.contains(&name.as_str()));
    }
}

/// The answer to who somebody is, with the contact as [`contact`] shows it. The candidates have only what tells them apart.
pub(crate) fn who_is(mut answer: Value) -> Value {
    hide(&mut answer["contact"]);
    if let Some(candidates) = answer["candidates"].as_array_mut() {
        let left_out = candidates.len().saturating_sub(MAX_CANDIDATES);
        candidates.truncate(MAX_CANDIDATES);
        for candidate in candidates {
            let brief: Map<String, Value> =
                BRIEF.iter().filter_map(|name| Some(((*name).to_owned(), candidate.get(*name)?.clone()))).collect();
            *candidate = Value::Object(brief);
        }
        if left_out > 0 {
            answer["candidates_left_out"] = json!(left_out);
        }
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_its_digits() {
        let written = r#"{"a":[1,-2.5,12345678901234567890123,"1"],"b":{"c":null,"d":true}}"#;
        let view: &RawValue = serde_json::from_str(written).unwrap();
        let expected = json!({"a": [1, -2.5, "12345678901234567890123", "1"], "b": {"c": null, "d": true}});
        assert_eq!(json_of(&view), expected);
    }

    #[test]
    fn an_answer_has_what_an_assistant_needs_in_limited_length() {
        let full =
            json!({"id": "1", "name": "Ada", "provenance": {}, "unconfirmed": [1], "custom_fields": {"plan": "pro"}});
        let answer = json!({"match": "shared", "contact": full, "candidates": vec![full.clone(); 12]});
        let expected = json!({
            "match": "shared",
            "contact": {"id": "1", "name": "Ada", "custom_fields": {"plan": "pro"}},
            "candidates": vec![json!({"id": "1", "name": "Ada"}); 10],
            "candidates_left_out": 2,
        });
        assert_eq!(who_is(answer), expected);
        assert_eq!(who_is(json!({"contact": null, "candidates": []})), json!({"contact": null, "candidates": []}));
    }
}
