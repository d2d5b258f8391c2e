//! How settings are stored.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{Country, CustomField, CustomKey, CustomType, Settings, Workspace};

use super::cause::read_cause;
use super::unknown::{carry_attributes, extend_list};
use super::{Attributes as _, Decoded, Item, cause, item_at, number, put_list, text};
use crate::keys::{CAUSE, Key, VERSION};

const CUSTOM_FIELDS: &str = "custom_fields";
/// The attributes that this build understands.
const ATTRIBUTES: [&str; 5] = [VERSION, CAUSE, "default_country", "index_shards", CUSTOM_FIELDS];
/// The attributes of a custom field that this build understands.
const FIELD_ATTRIBUTES: [&str; 3] = ["key", "label", "type"];

pub(crate) fn settings(workspace: &Workspace, settings: &Settings) -> Item {
    let mut item = item_at(Key::settings(workspace));
    item.insert(VERSION.to_owned(), number(settings.version));
    if let Some(by) = &settings.cause {
        item.insert(CAUSE.to_owned(), cause(by));
    }
    item.insert("default_country".to_owned(), text(settings.default_country.as_str()));
    item.insert("index_shards".to_owned(), number(settings.index_shards));
    put_list(
        &mut item,
        CUSTOM_FIELDS,
        settings.custom_fields.iter().map(|field| {
            AttributeValue::M(HashMap::from([
                ("key".to_owned(), text(field.key.as_str())),
                ("label".to_owned(), text(&field.label)),
                ("type".to_owned(), text(field.kind.as_str())),
            ]))
        }),
    );
    item
}

/// Leaves out custom fields that this build does not understand; every write preserves them.
pub(crate) fn read_settings(item: &Item) -> Decoded<Settings> {
    Ok(Settings {
        version: item.number(VERSION)?,
        cause: read_cause(item),
        default_country: item.parsed("default_country", |text| Country::parse(text).ok())?,
        index_shards: item.number("index_shards")?,
        custom_fields: item.list(CUSTOM_FIELDS)?.iter().filter_map(read_custom_field).collect(),
    })
}

fn read_custom_field(field: &AttributeValue) -> Option<CustomField> {
    let field = field.as_m().ok()?;
    Some(CustomField {
        key: field.parsed("key", |text| CustomKey::parse(text).ok()).ok()?,
        label: field.text("label").ok()?.to_owned(),
        kind: field.parsed("type", |text| CustomType::parse(text).ok()).ok()?,
    })
}

/// Puts back into the new item of the settings what this build did not understand in the item that it read.
pub(crate) fn carry_unknown_settings(item: &mut Item, read: &Item) {
    carry_attributes(item, read, &ATTRIBUTES);
    let mut unknown = Vec::new();
    for stored in read.list(CUSTOM_FIELDS).unwrap_or_default() {
        match (read_custom_field(stored), stored.as_m()) {
            (None, _) => unknown.push(stored.clone()),
            (Some(_), Err(_)) => {}
            (Some(field), Ok(stored)) => {
                if let Some(AttributeValue::L(fields)) = item.get_mut(CUSTOM_FIELDS) {
                    let same = |map: &&mut Item| map.text("key").ok() == Some(field.key.as_str());
                    let maps = fields.iter_mut().filter_map(|value| match value {
                        AttributeValue::M(map) => Some(map),
                        _ => None,
                    });
                    if let Some(map) = { maps }.find(same) {
                        carry_attributes(map, stored, &FIELD_ATTRIBUTES);
                    }
                }
            }
        }
    }
    extend_list(item, CUSTOM_FIELDS, unknown);
}
