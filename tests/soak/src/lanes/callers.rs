//! Callers, and others who say that they are those callers. Even callers use the telephone, and odd ones WhatsApp, which
//! attests a number and a user id. One lane sends all events of a caller and of those who attack the caller. It introduces
//! the caller first, and waits until that is acknowledged.

use std::collections::VecDeque;
use std::time::Duration;

use contacts::IdentityMode;
use fastrand::Rng;
use jiff::SignedDuration;

use super::{Lane, conversations};
use crate::events::{self, Event, Way};
use crate::people::{self, Values};

/// How the ids of the callers' conversations begin, and those of the others.
pub(crate) const OWN: &str = "caller-";
pub(crate) const FOREIGN: &str = "attack-";
/// After so many steps a new caller is introduced.
const STEPS_A_CALLER: u64 = 15;
/// How many callers occur at a time, and how many attackers there are.
const CURRENT_CALLERS: usize = 4;
const ATTACKERS: u64 = 6;
/// What proves who even and odd callers are.
const PROVEN: [&[&str]; 2] = [&["telephone"], &["whatsapp", "whatsapp_user_id"]];
/// People with greater numbers are attackers.
const FIRST_ATTACKER: u64 = 50_000;

/// A step of the lane.
#[derive(Debug, PartialEq)]
pub(crate) struct Step {
    channel: &'static str,
    conversation: String,
    values: Values,
    /// How long ago it happened.
    ago: SignedDuration,
    way: Way,
    /// After which times the event is delivered again.
    repeats: Vec<Duration>,
    /// Whether the event is on another channel than its conversation.
    is_on_wrong_channel: bool,
}

/// The random steps of the lane.
pub(crate) struct Script {
    rng: Rng,
    mode: IdentityMode,
    lane: u64,
    lanes: u64,
    sent: u64,
    callers: Vec<u64>,
    /// Steps that follow one that was already taken.
    next: VecDeque<Step>,
}

impl Script {
    /// The script of one of several lanes, in a workspace with this mode.
    pub(crate) fn new(rng: Rng, mode: IdentityMode, lane: u64, lanes: u64) -> Script {
        Script { rng, mode, lane, lanes, sent: 0, callers: Vec::new(), next: VecDeque::new() }
    }

    /// The first event of a new caller. It fills every field that an attacker may mention.
    fn introduction(&mut self) -> Step {
        let caller = self.lane + self.callers.len() as u64 * self.lanes;
        self.callers.push(caller);
        let mut values = self.identifiers(caller);
        values.extend(["name", "custom.plan", "custom.budget"].map(|field| (field, self.new_value(caller, field))));
        let mut step = self.step(channel_of(caller), format!("{OWN}{caller}-0"), values);
        (step.ago, step.way) = (SignedDuration::ZERO, Way::waiting(&mut self.rng));
        step
    }

    /// An event of a caller. It proves an identifier, unless its conversation is known to be the caller's.
    fn call(&mut self, caller: u64) -> Step {
        let number = self.rng.u8(..4);
        let mut values = self.identifiers(caller);
        let proves = PROVEN[usize::from(caller % 2 == 1)];
        let proof = proves[self.rng.usize(..proves.len())];
        values.retain(|(field, _)| (*field == proof && number > 0) || self.rng.bool());
        for field in ["name", "custom.plan", "custom.budget"] {
            if self.rng.bool() {
                values.push((field, self.new_value(caller, field)));
            }
        }
        self.step(channel_of(caller), format!("{OWN}{caller}-{number}"), values)
    }

    /// An event of somebody who mentions what identifies a caller.
    fn attack(&mut self, caller: u64) -> Step {
        let attacker = FIRST_ATTACKER + self.lane + self.rng.u64(..ATTACKERS) * self.lanes;
        let email = ("email", people::email(caller));
        let proven = PROVEN.concat()[self.rng.usize(..3)];
        let proven = (proven, people::value(proven, caller, 0, &mut self.rng));
        let own_email = ("email", people::email(attacker));
        let own_telephone = ("telephone", people::value("telephone", attacker, 0, &mut self.rng));
        let name = ("name", format!("Mallory {attacker}"));
        let plan = ("custom.plan", self.new_value(attacker, "custom.plan"));
        let conversation = format!("{FOREIGN}{caller}-{}-{}", self.lane, self.sent);
        let (channel, mut values) = match self.rng.u8(..9) {
            0 => ("web_chat", vec![email, name, plan]),
            1 => ("web_chat", vec![proven, plan, name]),
            // Somebody else, with an address of their own.
            2 => ("web_chat", vec![email, own_email, name]),
            // Under the name of the caller.
            3 => ("web_chat", vec![email, own_telephone, ("name", self.new_value(caller, "name"))]),
            4 => {
                let then = self.step("web_chat", conversation.clone(), vec![email, name, plan]);
                self.next.push_back(then);
                ("web_chat", vec![own_email])
            }
            // Two callers are said to be one.
            5 => {
                let other = self.callers[self.rng.usize(..self.callers.len())];
                ("web_chat", vec![proven, ("email", people::email(other))])
            }
            // A caller with a telephone of their own.
            6 => ("telephone", vec![own_telephone, email, name, plan]),
            7 => ("telephone", vec![own_telephone, own_email]),
            _ => {
                let step = self.step("web_chat", format!("{OWN}{caller}-0"), vec![name, plan]);
                return Step { way: Way::Wait, repeats: Vec::new(), is_on_wrong_channel: true, ..step };
            }
        };
        if self.mode == IdentityMode::Guarded {
            // A field that the caller leaves empty.
            values.push(("slack", people::value("slack", attacker, self.sent, &mut self.rng)));
        }
        self.step(channel, conversation, values)
    }

    fn step(&mut self, channel: &'static str, conversation: String, values: Values) -> Step {
        let rng = &mut self.rng;
        Step {
            channel,
            conversation,
            values,
            ago: SignedDuration::from_millis(if rng.bool() { 0 } else { rng.i64(0..600_000) }),
            way: Way::any(rng),
            repeats: conversations::repeats(rng),
            is_on_wrong_channel: false,
        }
    }

    fn identifiers(&mut self, caller: u64) -> Values {
        let mut values = vec![("email", people::email(caller))];
        let fields = ["telephone", "whatsapp", "whatsapp_user_id", "instagram"];
        values.extend(fields.map(|field| (field, people::value(field, caller, 0, &mut self.rng))));
        self.rng.shuffle(&mut values);
        values
    }

    /// A value that was not sent before.
    fn new_value(&mut self, person: u64, field: &str) -> String {
        self.sent += 1;
        match field {
            "name" => format!("Caller {person} of {}.{}", self.lane, self.sent),
            "custom.plan" => format!("plan {}.{}", self.lane, self.sent),
            _ => format!("{}", self.lane * 10_000_000 + self.sent),
        }
    }
}

fn channel_of(caller: u64) -> &'static str {
    if caller.is_multiple_of(2) { "telephone" } else { "whatsapp" }
}

impl Iterator for Script {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        if let Some(step) = self.next.pop_front() {
            return Some(step);
        }
        self.sent += 1;
        if self.callers.is_empty() || self.rng.u64(..STEPS_A_CALLER) == 0 {
            return Some(self.introduction());
        }
        let current = self.callers.len().saturating_sub(CURRENT_CALLERS);
        let first = if self.rng.u8(..4) == 0 { 0 } else { current };
        let caller = self.callers[self.rng.usize(first..self.callers.len())];
        Some(if self.rng.bool() { self.call(caller) } else { self.attack(caller) })
    }
}

pub(crate) async fn run(lane: Lane, script: Script) {
    for step in script {
        if lane.is_over() {
            return;
        }
        let Step { channel, conversation, values, ago, way, repeats, is_on_wrong_channel } = step;
        let at = contacts::time::now() - ago;
        let event = Event { workspace: lane.workspace, channel, conversation, at, values };
        if is_on_wrong_channel {
            let payload = event.payload();
            lane.act("events refused", async |_| events::send_in_vain(&lane.run.clients, &payload).await).await;
        } else {
            lane.send(event, way, &repeats).await;
        }
    }
}
