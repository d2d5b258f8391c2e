//! The captured values of a conversation's event.

use crate::field::{Channel, Field, Value};
use crate::observation::{ConversationChannel, Observation};
use crate::proof::Proof;
use crate::raw::Raw;
use crate::settings::Settings;

/// A captured value, not yet parsed as a value of its field.
#[derive(Debug, Clone)]
pub struct Captured {
    /// The name of the field.
    pub field: String,
    /// The raw value.
    pub value: Raw,
    /// How it was learnt: `channel`, `token` or `stated`. If it is left out, the first value of the channel's own field is
    /// proven by the channel, and all others are stated.
    pub proof: Option<String>,
}

/// A captured value that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The field, as the event names it.
    pub field: String,
    /// The reason, for people.
    pub reason: String,
}

impl Observation {
    /// Adds captured values to the observation of an event. Each is read by itself; returns those that were left out.
    pub fn add_captured(&mut self, captured: &[Captured], settings: &Settings) -> Vec<Rejected> {
        let channel = self.conversation().map(|info| info.channel);
        // The name in front of an email counts only if the event has no other.
        let mut mentioned = None;
        let mut attested: Vec<Channel> = Vec::new();
        let mut rejected = Vec::new();
        for entry in captured {
            let mut attests = |field: &Field| match field {
                Field::Channel(field) if channel.is_some_and(|channel| channel.attests(*field)) => {
                    // Also a value that cannot be read is the first.
                    let first = !attested.contains(field);
                    attested.push(*field);
                    first
                }
                _ => false,
            };
            match self.add_one(entry, settings, &mut attests) {
                Ok(name) => mentioned = mentioned.or(name),
                Err(reason) => rejected.push(Rejected { field: entry.field.clone(), reason }),
            }
        }
        if let Some(name) = mentioned.filter(|_| self.best_name().is_none()) {
            // A name is no identifier, so it always fits.
            let _ = self.add(Field::Name, name);
        }
        rejected
    }

    /// Adds one captured value. Returns the name that it mentions besides.
    fn add_one(
        &mut self,
        entry: &Captured,
        settings: &Settings,
        attests: &mut impl FnMut(&Field) -> bool,
    ) -> Result<Option<Value>, String> {
        let field = Field::parse(&entry.field).map_err(|error| error.to_string())?;
        let is_attested = attests(&field);
        let proof = match entry.proof.as_deref() {
            None if is_attested => Proof::Channel,
            None => Proof::Stated,
            Some(text) => match Proof::parse(text) {
                Some(proof) if proof != Proof::Person => proof,
                _ => return Err("has an unknown proof; it is channel, token or stated".to_owned()),
            },
        };
        let mut mentioned = None;
        for (of, value) in field.read_all(&entry.value, settings).map_err(|error| error.to_string())? {
            if field.is_beside(&of) {
                mentioned = Some(value);
            } else {
                self.add_proven(of, value, proof).map_err(|error| error.to_string())?;
            }
        }
        Ok(mentioned)
    }
}

impl ConversationChannel {
    /// Whether a conversation on this channel attests who a value of a field names: the caller id, the sender.
    pub fn attests(self, field: Channel) -> bool {
        matches!(
            (self, field),
            (ConversationChannel::Telephone | ConversationChannel::Sms, Channel::Telephone)
                | (ConversationChannel::Whatsapp, Channel::Whatsapp | Channel::WhatsappUserId)
                | (ConversationChannel::Email, Channel::Email)
                | (ConversationChannel::Instagram, Channel::Instagram)
                | (ConversationChannel::Slack, Channel::Slack)
                | (ConversationChannel::MicrosoftTeams, Channel::MicrosoftTeams)
        )
    }
}
