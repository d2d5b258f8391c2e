//! The arguments of the tools. Their descriptions are what a model reads.

use contacts::Channel;
use contacts_api::Asked;
use rmcp::schemars::JsonSchema;
use serde::Deserialize;

/// The most conversations of a page.
pub(crate) const MAX_PAGE: u8 = 20;

/// Asks by at least one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "rmcp::schemars")]
pub(crate) struct WhoIs {
    /// A phone in any usual format; with a plus and the country code if possible.
    telephone: Option<String>,
    /// A WhatsApp number.
    whatsapp: Option<String>,
    /// WhatsApp's user id of a person whose number it does not tell.
    whatsapp_user_id: Option<String>,
    email: Option<String>,
    /// An Instagram user name.
    instagram: Option<String>,
    /// A Slack user id, such as U01ABCD234.
    slack: Option<String>,
    /// A Microsoft Teams user id.
    microsoft_teams: Option<String>,
    /// The id of a conversation that was recorded.
    conversation_id: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "rmcp::schemars")]
pub(crate) struct GetContact {
    /// The id of a contact, from the answer of another tool.
    pub(crate) contact_id: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "rmcp::schemars")]
pub(crate) struct ListConversations {
    /// The id of a contact, from the answer of another tool.
    pub(crate) contact_id: String,
    /// The most conversations of the answer, 10 if left out.
    #[schemars(range(min = 1, max = 20))]
    pub(crate) limit: Option<u8>,
    /// The `next_cursor` of the previous answer, for the conversations after those.
    pub(crate) cursor: Option<String>,
}

/// Describes the arguments of `record`, which are read as the event that they are.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "rmcp::schemars")]
#[expect(dead_code, reason = "describes what conversation-upsert reads")]
pub(crate) struct Record {
    /// The id of the conversation: 1 to 128 characters of A-Z a-z 0-9 . _ : - @ +. The same in every call about it.
    conversation_id: String,
    /// Where the conversation takes place.
    channel: Medium,
    /// The id of the assistant that talks.
    assistant_id: String,
    /// When it was said, as 2026-11-22T10:00:00Z; now if left out.
    occurred_at: Option<String>,
    /// Orders the events of one moment.
    sequence: Option<u64>,
    /// What was learnt about the person, in order. The first value of the channel's own field (of a telephone call: the
    /// caller's number) counts as proven by the channel; give it only if the channel provided it, not if somebody said
    /// it.
    #[schemars(length(max = 200))]
    captured: Vec<Captured>,
}

/// The channels of conversations.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(crate = "rmcp::schemars")]
#[expect(dead_code, reason = "describes what conversation-upsert reads")]
enum Medium {
    Telephone,
    Sms,
    Whatsapp,
    WebChat,
    Email,
    Instagram,
    Slack,
    MicrosoftTeams,
}

#[derive(JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[expect(dead_code, reason = "describes what conversation-upsert reads")]
struct Captured {
    /// One of `name`, `telephone`, `whatsapp`, `whatsapp_user_id`, `email`, `instagram`, `slack`, `microsoft_teams`, or the
    /// key of a custom field after `custom.`, as in `custom.plan`.
    field: String,
    /// As it was said.
    value: TextOrNumber,
    /// Give it for a value of the channel's own field that somebody said, such as a number that a caller mentions.
    proof: Option<Stated>,
}

#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(crate = "rmcp::schemars")]
#[expect(dead_code, reason = "describes what conversation-upsert reads")]
enum Stated {
    Stated,
}

#[derive(JsonSchema)]
#[serde(untagged)]
#[schemars(crate = "rmcp::schemars")]
#[expect(dead_code, reason = "describes what conversation-upsert reads")]
enum TextOrNumber {
    Text(String),
    Number(f64),
}

impl WhoIs {
    pub(crate) fn asked(self) -> Asked {
        let mut asked = Asked::default();
        for (channel, text) in [
            (Some(Channel::Telephone), self.telephone),
            (Some(Channel::Whatsapp), self.whatsapp),
            (Some(Channel::WhatsappUserId), self.whatsapp_user_id),
            (Some(Channel::Email), self.email),
            (Some(Channel::Instagram), self.instagram),
            (Some(Channel::Slack), self.slack),
            (Some(Channel::MicrosoftTeams), self.microsoft_teams),
            (None, self.conversation_id),
        ] {
            if let Some(text) = text {
                asked.by(channel, text);
            }
        }
        asked
    }
}

#[cfg(test)]
mod tests {
    use contacts::ConversationChannel;
    use rmcp::handler::server::tool::schema_for_type;

    use super::*;

    #[test]
    fn the_schemas_name_every_channel() {
        let who_is = schema_for_type::<WhoIs>();
        for channel in Channel::ALL {
            assert!(who_is["properties"].get(channel.as_str()).is_some(), "{}", channel.as_str());
        }
        let record = serde_json::to_string(&schema_for_type::<Record>()).unwrap();
        for channel in ConversationChannel::ALL {
            assert!(record.contains(&format!("\"{}\"", channel.as_str())), "{}", channel.as_str());
        }
    }
}
