//! Values of DynamoDB as plain JSON.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::ser::{Serialize, Serializer};
use serde_json::value::RawValue;

/// A value as plain JSON: `{"N": "1"}` is `1`. Numbers keep all of their digits, sets are lists, and the members of a map are
/// in the order of their names.
pub(crate) struct Json<'a>(pub(crate) &'a AttributeValue);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            AttributeValue::S(text) => serializer.serialize_str(text),
            AttributeValue::N(digits) => number(digits, serializer),
            AttributeValue::Bool(flag) => serializer.serialize_bool(*flag),
            AttributeValue::L(list) => serializer.collect_seq(list.iter().map(Json)),
            AttributeValue::M(map) => {
                let sorted: BTreeMap<&String, Json<'_>> = map.iter().map(|(name, value)| (name, Json(value))).collect();
                serializer.collect_map(sorted)
            }
            AttributeValue::Ss(texts) => serializer.collect_seq(texts),
            // The book writes neither sets of numbers nor bytes.
            AttributeValue::Ns(numbers) => serializer.collect_seq(numbers),
            AttributeValue::B(bytes) => serializer.collect_seq(bytes.as_ref()),
            AttributeValue::Bs(list) => serializer.collect_seq(list.iter().map(AsRef::<[u8]>::as_ref)),
            _ => serializer.serialize_unit(),
        }
    }
}

/// A float would change the digits.
fn number<S: Serializer>(digits: &str, serializer: S) -> Result<S::Ok, S::Error> {
    match RawValue::from_string(digits.to_owned()) {
        Ok(number) => number.serialize(serializer),
        Err(_) => serializer.serialize_str(digits),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn values_are_plain_and_keep_their_digits() {
        let digits = "12345678901234567890123456789012345678";
        let map = HashMap::from([
            ("b".to_owned(), AttributeValue::N(digits.to_owned())),
            ("a".to_owned(), AttributeValue::L(vec![AttributeValue::Bool(true), AttributeValue::Null(true)])),
            ("c".to_owned(), AttributeValue::Ss(vec!["x\n".to_owned()])),
        ]);
        let json = serde_json::to_string(&Json(&AttributeValue::M(map))).unwrap();
        assert_eq!(json, format!(r#"{{"a":[true,null],"b":{digits},"c":["x\n"]}}"#));
    }
}
