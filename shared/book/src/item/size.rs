//! How large items are.

use aws_sdk_dynamodb::types::AttributeValue;

use super::Item;

/// The size of an item in bytes, roughly as DynamoDB counts it.
pub(crate) fn size_of(item: &Item) -> usize {
    item.iter().map(|(name, value)| name.len() + size_of_value(value)).sum()
}

fn size_of_value(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.len(),
        AttributeValue::Ss(texts) | AttributeValue::Ns(texts) => texts.iter().map(String::len).sum(),
        AttributeValue::L(list) => list.iter().map(|value| 1 + size_of_value(value)).sum(),
        AttributeValue::M(map) => map.iter().map(|(name, value)| 1 + name.len() + size_of_value(value)).sum(),
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        _ => 1,
    }
}
