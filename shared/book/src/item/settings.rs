//! Settings.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{Country, CustomField, CustomKey, CustomType, Settings, Workspace};

use super::{Attributes as _, Decoded, Item, MalformedItem, key_of, number, put_list, text};
use crate::keys::{Key, VERSION};

pub(crate) fn settings(workspace: &Workspace, settings: &Settings) -> Item {
    let mut item = key_of(Key::settings(workspace));
    item.insert(VERSION.to_owned(), number(settings.version));
    item.insert("default_country".to_owned(), text(settings.default_country.as_str()));
    item.insert("index_shards".to_owned(), number(settings.index_shards));
    put_list(
        &mut item,
        "custom_fields",
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

pub(crate) fn read_settings(item: &Item) -> Decoded<Settings> {
    let mut custom_fields = Vec::new();
    for field in item.list("custom_fields")? {
        let field = field.as_m().map_err(|_| MalformedItem("custom_fields"))?;
        custom_fields.push(CustomField {
            key: field.parsed("key", |text| CustomKey::parse(text).ok())?,
            label: field.text("label")?.to_owned(),
            kind: field.parsed("type", |text| CustomType::parse(text).ok())?,
        });
    }
    Ok(Settings {
        version: item.number(VERSION)?,
        default_country: item.parsed("default_country", |text| Country::parse(text).ok())?,
        index_shards: item.number("index_shards")?,
        custom_fields,
    })
}
