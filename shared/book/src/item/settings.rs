//! How settings are stored.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{
    ConversationUrl, Country, CustomField, CustomKey, CustomType, Field, IdentityMode, Ledger, LedgerKey,
    ListedIdentifier, Purge, Settings, Workspace,
};

use super::cause::read_cause;
use super::unknown::{EntryList, carry_attributes, carry_entries};
use super::value::{FIELD, VALUE, bare, read_bare};
use super::{Attributes as _, Decoded, Item, cause, item_at, moment, number, optional, put_list, text};
use crate::keys::{CAUSE, Key, VERSION};

const CUSTOM_FIELDS: &str = "custom_fields";
const IDENTITY: &str = "identity";
const BLOCKED: &str = "blocked_identifiers";
const ALLOWED: &str = "allowed_identifiers";
/// Absent if it is the default.
const HISTORY_DAYS: &str = "history_days";
const CONVERSATION_URL: &str = "conversation_url";
/// Absent while the workspace is open.
const CLOSED_AT: &str = "closed_at";
/// Absent if it is the default.
const ERASURE_DAYS: &str = "erasure_days";
pub(crate) const LEDGER_KEY: &str = "ledger_key";
const LEDGER_SINCE: &str = "ledger_since";
const LAST_ERASURE: &str = "last_erasure";
/// The custom fields whose values are being removed.
const PURGES: &str = "purges";
/// The attributes that this build understands.
const ATTRIBUTES: [&str; 16] = [
    VERSION,
    CAUSE,
    "default_country",
    "index_shards",
    IDENTITY,
    BLOCKED,
    ALLOWED,
    HISTORY_DAYS,
    ERASURE_DAYS,
    LEDGER_KEY,
    LEDGER_SINCE,
    LAST_ERASURE,
    PURGES,
    CONVERSATION_URL,
    CLOSED_AT,
    CUSTOM_FIELDS,
];
/// The attributes of a custom field that this build understands.
const FIELD_ATTRIBUTES: [&str; 3] = ["key", "label", "type"];
/// The attributes of a listed identifier that this build understands.
const LISTED_ATTRIBUTES: [&str; 2] = [FIELD, VALUE];

pub(crate) fn settings(workspace: &Workspace, settings: &Settings) -> Item {
    let mut item = item_at(Key::settings(workspace));
    item.insert(VERSION.to_owned(), number(settings.version));
    if let Some(by) = &settings.cause {
        item.insert(CAUSE.to_owned(), cause(by));
    }
    item.insert("default_country".to_owned(), text(settings.default_country.as_str()));
    item.insert("index_shards".to_owned(), number(settings.index_shards));
    if settings.identity != IdentityMode::default() {
        item.insert(IDENTITY.to_owned(), text(settings.identity.as_str()));
    }
    if settings.history_days != Settings::default().history_days {
        item.insert(HISTORY_DAYS.to_owned(), number(settings.history_days));
    }
    if settings.erasure_days != Settings::default().erasure_days {
        item.insert(ERASURE_DAYS.to_owned(), number(settings.erasure_days));
    }
    if let Some(ledger) = &settings.ledger {
        item.insert(LEDGER_KEY.to_owned(), text(ledger.key.as_str()));
        item.insert(LEDGER_SINCE.to_owned(), moment(ledger.since));
    }
    if let Some(at) = settings.last_erasure {
        item.insert(LAST_ERASURE.to_owned(), moment(at));
    }
    let purge = |purge: &Purge| {
        let key = ("key".to_owned(), text(purge.key.as_str()));
        AttributeValue::M(HashMap::from([key, ("at".to_owned(), moment(purge.at))]))
    };
    put_list(&mut item, PURGES, settings.purges.iter().map(purge));
    if let Some(url) = &settings.conversation_url {
        item.insert(CONVERSATION_URL.to_owned(), text(url.as_str()));
    }
    if let Some(at) = settings.closed_at {
        item.insert(CLOSED_AT.to_owned(), moment(at));
    }
    for (name, listed) in [(BLOCKED, &settings.blocked_identifiers), (ALLOWED, &settings.allowed_identifiers)] {
        put_list(
            &mut item,
            name,
            listed.iter().map(|listed| AttributeValue::M(bare(&listed.channel.into(), &listed.value))),
        );
    }
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

/// Leaves out entries of lists that this build does not understand; every write preserves them.
pub(crate) fn read_settings(item: &Item) -> Decoded<Settings> {
    let listed = |name| item.list(name).map(|list| list.iter().filter_map(read_listed_identifier).collect());
    Ok(Settings {
        version: item.number(VERSION)?,
        cause: read_cause(item),
        default_country: item.parsed("default_country", |text| Country::parse(text).ok())?,
        identity: match optional(item, IDENTITY, |item, name| item.text(name).map(str::to_owned))? {
            None => IdentityMode::default(),
            // A mode of a newer build is replaced with the one that lets hearsay do least.
            Some(mode) => IdentityMode::parse(&mode).unwrap_or(IdentityMode::Guarded),
        },
        blocked_identifiers: listed(BLOCKED)?,
        allowed_identifiers: listed(ALLOWED)?,
        history_days: optional(item, HISTORY_DAYS, Item::number)?.unwrap_or(Settings::default().history_days),
        erasure_days: optional(item, ERASURE_DAYS, Item::number)?.unwrap_or(Settings::default().erasure_days),
        ledger: optional(item, LEDGER_KEY, |item, name| {
            Ok(Ledger { key: LedgerKey::new(item.text(name)?.to_owned()), since: item.moment(LEDGER_SINCE)? })
        })?,
        last_erasure: optional(item, LAST_ERASURE, Item::moment)?,
        purges: item.list(PURGES)?.iter().filter_map(read_purge).collect(),
        conversation_url: item.text(CONVERSATION_URL).ok().and_then(|url| ConversationUrl::parse(url).ok()),
        index_shards: item.number("index_shards")?,
        closed_at: optional(item, CLOSED_AT, Item::moment)?,
        custom_fields: item.list(CUSTOM_FIELDS)?.iter().filter_map(read_custom_field).collect(),
    })
}

fn read_listed_identifier(entry: &AttributeValue) -> Option<ListedIdentifier> {
    match read_bare(entry)? {
        (Field::Channel(channel), value) => Some(ListedIdentifier { channel, value }),
        (Field::Name | Field::Custom(_), _) => None,
    }
}

fn read_purge(entry: &AttributeValue) -> Option<Purge> {
    let entry = entry.as_m().ok()?;
    Some(Purge { key: entry.parsed("key", |text| CustomKey::parse(text).ok()).ok()?, at: entry.moment("at").ok()? })
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
    let unknown_mode = read.get(IDENTITY).filter(|_| read.parsed(IDENTITY, IdentityMode::parse).is_err());
    if let (Some(mode), Ok(Some(IdentityMode::Guarded))) =
        (unknown_mode, optional(item, IDENTITY, |item, name| item.parsed(name, IdentityMode::parse)))
    {
        item.insert(IDENTITY.to_owned(), mode.clone());
    }
    let is_readable = |entry: &AttributeValue| read_custom_field(entry).is_some();
    let fields = EntryList { name: CUSTOM_FIELDS, key: &["key"], known: &FIELD_ATTRIBUTES, is_readable, inner: None };
    carry_entries(item, read, &fields);
    for name in [BLOCKED, ALLOWED] {
        let is_readable = |entry: &AttributeValue| read_listed_identifier(entry).is_some();
        let listed = EntryList { name, key: &LISTED_ATTRIBUTES, known: &LISTED_ATTRIBUTES, is_readable, inner: None };
        carry_entries(item, read, &listed);
    }
}
