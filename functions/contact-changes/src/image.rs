//! Items as they are in stream events: DynamoDB's JSON.

use std::collections::HashMap;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value};

/// An item as JSON.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub(crate) struct Image(Map<String, Value>);

/// An attribute has a type that DynamoDB does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an attribute of the record has an unknown type")]
pub(crate) struct UnknownType;

impl Image {
    pub(crate) fn into_item(self) -> Result<HashMap<String, AttributeValue>, UnknownType> {
        self.0.iter().map(|(name, json)| Ok((name.clone(), attribute(json)?))).collect()
    }
}

/// An attribute: an object with one member, whose name is the type.
fn attribute(json: &Value) -> Result<AttributeValue, UnknownType> {
    let (kind, value) = json.as_object().and_then(|object| object.iter().next()).ok_or(UnknownType)?;
    let text = |value: &Value| value.as_str().map(str::to_owned).ok_or(UnknownType);
    let texts = |value: &Value| value.as_array().ok_or(UnknownType)?.iter().map(text).collect::<Result<Vec<_>, _>>();
    let bytes = |value: &Value| STANDARD.decode(text(value)?).map(Blob::new).map_err(|_| UnknownType);
    Ok(match kind.as_str() {
        "S" => AttributeValue::S(text(value)?),
        "N" => AttributeValue::N(text(value)?),
        "BOOL" => AttributeValue::Bool(value.as_bool().ok_or(UnknownType)?),
        "NULL" => AttributeValue::Null(true),
        "M" => {
            let map = value.as_object().ok_or(UnknownType)?.iter();
            AttributeValue::M(map.map(|(name, json)| Ok((name.clone(), attribute(json)?))).collect::<Result<_, _>>()?)
        }
        "L" => {
            let list = value.as_array().ok_or(UnknownType)?.iter();
            AttributeValue::L(list.map(attribute).collect::<Result<_, _>>()?)
        }
        "B" => AttributeValue::B(bytes(value)?),
        "SS" => AttributeValue::Ss(texts(value)?),
        "NS" => AttributeValue::Ns(texts(value)?),
        "BS" => {
            let list = value.as_array().ok_or(UnknownType)?.iter();
            AttributeValue::Bs(list.map(bytes).collect::<Result<_, _>>()?)
        }
        _ => return Err(UnknownType),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_type_is_read() {
        let image: Image = serde_json::from_value(json!({
            "s": {"S": "x"},
            "n": {"N": "12345678901234567890123456789012345678"},
            "list": {"L": [{"BOOL": true}, {"NULL": true}, {"M": {"b": {"B": "eA=="}}}]},
            "sets": {"M": {"ss": {"SS": ["a"]}, "ns": {"NS": ["1"]}, "bs": {"BS": ["eA=="]}}},
        }))
        .unwrap();
        let item = image.into_item().unwrap();
        let blob = AttributeValue::B(Blob::new("x"));
        let expected = AttributeValue::L(vec![
            AttributeValue::Bool(true),
            AttributeValue::Null(true),
            AttributeValue::M(HashMap::from([("b".to_owned(), blob)])),
        ]);
        assert_eq!(item["s"], AttributeValue::S("x".into()));
        assert_eq!(item["n"], AttributeValue::N("12345678901234567890123456789012345678".into()));
        assert_eq!(item["list"], expected);
        assert_eq!(item["sets"].as_m().unwrap()["bs"], AttributeValue::Bs(vec![Blob::new("x")]));
    }

    #[test]
    fn other_types_are_refused() {
        for json in [json!({"X": "x"}), json!({}), json!("x"), json!({"N": 1}), json!({"M": []}), json!({"B": "!"})] {
            assert_eq!(attribute(&json), Err(UnknownType), "{json}");
        }
    }
}
