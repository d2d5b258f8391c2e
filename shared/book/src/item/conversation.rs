//! How conversations, and links from contacts to them, are stored.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{Conversation, ConversationChannel, ConversationId, ConversationInfo};

use super::{Attributes as _, Decoded, Item, moment, optional, text};

pub(super) const CONVERSATION_ID: &str = "conversation_id";
/// Absent if it is false.
pub(super) const PROVEN: &str = "proven";

/// The attributes of a link from a contact to a conversation, without its key.
pub(crate) fn link_attributes(conversation: &Conversation) -> Item {
    let mut item = info_attributes(&conversation.info);
    item.insert("started_at".to_owned(), moment(conversation.started_at));
    if conversation.proven {
        item.insert(PROVEN.to_owned(), AttributeValue::Bool(true));
    }
    item
}

/// What describes a conversation.
pub(super) fn info_attributes(info: &ConversationInfo) -> Item {
    HashMap::from([
        (CONVERSATION_ID.to_owned(), text(info.id.as_str())),
        ("channel".to_owned(), text(info.channel.as_str())),
        ("assistant_id".to_owned(), text(&info.assistant_id)),
    ])
}

pub(super) fn read_info(item: &Item) -> Decoded<ConversationInfo> {
    Ok(ConversationInfo {
        id: item.parsed(CONVERSATION_ID, |text| ConversationId::parse(text).ok())?,
        channel: item.parsed("channel", ConversationChannel::parse)?,
        assistant_id: item.text("assistant_id")?.to_owned(),
    })
}

pub(crate) fn read_conversation(item: &Item) -> Decoded<Conversation> {
    let proven = optional(item, PROVEN, Item::flag)?.unwrap_or(false);
    Ok(Conversation { info: read_info(item)?, started_at: item.moment("started_at")?, proven })
}
