//! How claims, and links from contacts to conversations, are stored.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{Answered, Claim, ClaimNote, Conversation, ConversationChannel, ConversationId, ConversationInfo, time};

use super::contact::{contact_attributes, read_contact};
use super::{Attributes as _, Decoded, Item, id_in, item_at, moment, number, optional, text};
use crate::keys::{ANSWER, CONTACT_ID, EXPIRES_AT, Key, VOID_BEFORE};

pub(crate) fn claim(key: Key, claim: &Claim) -> Item {
    let mut item = item_at(key);
    item.insert(CONTACT_ID.to_owned(), text(claim.contact.to_string()));
    match &claim.note {
        ClaimNote::None => {}
        ClaimNote::Conversation(conversation) => item.extend(conversation_attributes(conversation)),
        ClaimNote::Request(answered) => {
            item.insert("fingerprint".to_owned(), text(&answered.fingerprint));
            if let Some(answer) = &answered.answer {
                item.insert(ANSWER.to_owned(), AttributeValue::M(contact_attributes(answer)));
            }
        }
    }
    if let Some(at) = claim.expires_at {
        item.insert(EXPIRES_AT.to_owned(), number(at.as_second()));
    }
    if let Some(at) = claim.void_before {
        item.insert(VOID_BEFORE.to_owned(), moment(at));
    }
    item
}

pub(crate) fn read_claim(item: &Item) -> Decoded<Claim> {
    let contact = id_in(item, CONTACT_ID)?;
    let note = if item.contains_key("fingerprint") {
        let answer = optional(item, ANSWER, |item, name| read_contact(item.map(name)?))?;
        ClaimNote::Request(Answered { fingerprint: item.text("fingerprint")?.to_owned(), answer: answer.map(Box::new) })
    } else if item.contains_key("conversation_id") {
        ClaimNote::Conversation(read_conversation(item)?)
    } else {
        ClaimNote::None
    };
    let expires: Option<i64> = optional(item, EXPIRES_AT, Item::number)?;
    let expires_at = expires.map(|seconds| time::from_millis(seconds.saturating_mul(1_000)));
    let void_before = optional(item, VOID_BEFORE, Item::moment)?;
    Ok(Claim { contact, note, expires_at, void_before })
}

pub(crate) fn link(key: Key, conversation: &Conversation) -> Item {
    let mut item = item_at(key);
    item.extend(conversation_attributes(conversation));
    item
}

fn conversation_attributes(conversation: &Conversation) -> Item {
    HashMap::from([
        ("conversation_id".to_owned(), text(conversation.info.id.as_str())),
        ("channel".to_owned(), text(conversation.info.channel.as_str())),
        ("assistant_id".to_owned(), text(&conversation.info.assistant_id)),
        ("started_at".to_owned(), moment(conversation.started_at)),
    ])
}

pub(crate) fn read_conversation(item: &Item) -> Decoded<Conversation> {
    let info = ConversationInfo {
        id: item.parsed("conversation_id", |text| ConversationId::parse(text).ok())?,
        channel: item.parsed("channel", ConversationChannel::parse)?,
        assistant_id: item.text("assistant_id")?.to_owned(),
    };
    Ok(Conversation { info, started_at: item.moment("started_at")? })
}
