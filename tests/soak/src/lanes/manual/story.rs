//! The steps that happen to one person.

use std::collections::HashMap;
use std::time::Duration;

use fastrand::Rng;

use crate::events::{Way, hang_up};
use crate::lanes::conversations;
use crate::people::{self, MOVING, Values};

/// Fields and their new values; `None` clears a field.
pub(super) type Changes = Vec<(&'static str, Option<String>)>;

/// The steps of one person.
#[derive(Debug, PartialEq)]
pub(crate) struct Story {
    pub(super) person: u64,
    pub(super) steps: Vec<Step>,
}

#[derive(Debug, PartialEq)]
pub(super) enum Step {
    Event(EventStep),
    /// An import of a file with these rows.
    Rows(Vec<Values>),
    /// The contact is added by hand.
    Create {
        values: Values,
        hang_up: Option<Duration>,
    },
    /// An edit. Meanwhile an event arrives that concerns other fields.
    Edit {
        changes: Changes,
        hang_up: Option<Duration>,
        meanwhile: Option<EventStep>,
    },
    /// A deletion. Meanwhile an event arrives that happened before.
    Delete {
        hang_up: Option<Duration>,
        meanwhile: Option<EventStep>,
    },
    /// The contact is erased. Meanwhile an event arrives that happened before.
    Erase {
        hang_up: Option<Duration>,
        meanwhile: Option<EventStep>,
    },
    /// The deletion right before is taken back.
    Restore {
        hang_up: Option<Duration>,
    },
}

/// An event.
#[derive(Debug, PartialEq)]
pub(super) struct EventStep {
    pub(super) values: Values,
    pub(super) conversation: String,
    /// The event happened right before this step.
    pub(super) moment: usize,
    pub(super) way: Way,
    /// After which times the event is delivered again.
    pub(super) repeats: Vec<Duration>,
}

/// The random stories of a lane.
pub(crate) struct Script {
    rng: Rng,
    /// The number of the next person: `lane`, `lane + lanes`, ….
    next: u64,
    lanes: u64,
    /// Whether people are erased as well.
    erases: bool,
}

/// A story that is being made.
struct Speaker<'a> {
    rng: &'a mut Rng,
    person: u64,
    /// How many values were sent so far.
    sent: u64,
    /// Values that an edit replaced. They may be sent again.
    replaced: Values,
    /// Values that were sent since the last edit of their field.
    current: Values,
    /// Both lists before the last deletion.
    kept: (Values, Values),
    /// How many values of each channel were made.
    made: HashMap<&'static str, usize>,
}

/// The fields that an edit may change: not the email, which always identifies the person, nor WhatsApp, which may first
/// identify another contact.
const CHANGED: [&str; 6] = ["name", "telephone", "instagram", "slack", "custom.plan", "custom.budget"];
/// How many values of a channel a person has, besides a phone that is given away and a WhatsApp id, which is a phone, too:
/// a contact takes five of a kind.
const MOST_OF_A_CHANNEL: usize = 3;

impl Script {
    pub(crate) fn new(rng: Rng, lane: u64, lanes: u64) -> Script {
        Script { rng, next: lane, lanes, erases: false }
    }

    /// The same, with people who are erased as well.
    pub(crate) fn with_erasures(self) -> Script {
        Script { erases: true, ..self }
    }
}

impl Iterator for Script {
    type Item = Story;

    fn next(&mut self) -> Option<Story> {
        let person = self.next;
        self.next += self.lanes;
        let length = self.rng.usize(4..=12);
        let (sent, replaced, current, made) = (0, Vec::new(), Vec::new(), HashMap::new());
        let kept = (Vec::new(), Vec::new());
        let mut speaker = Speaker { rng: &mut self.rng, person, sent, replaced, current, kept, made };
        let mut steps = Vec::with_capacity(length);
        // Whether a contact with the person's email exists, and the last step that deleted one.
        let (mut exists, mut deleted, mut deleted_before) = (false, None, None);
        // From then on, rows bring nobody back.
        let mut was_erased = false;
        for number in 1..=length {
            // An event that comes between the two would be lost or not, depending on who is faster.
            let is_quiet = matches!(steps.last(), Some(Step::Delete { meanwhile: None, .. }));
            let step = match speaker.rng.u8(..20) {
                _ if is_quiet && speaker.rng.bool() => speaker.restore(),
                0..=5 if exists && self.erases => speaker.erase(number),
                0..=3 if exists => speaker.edit(number),
                4..=5 if exists => speaker.delete(number),
                0..=5 if !exists => speaker.create(),
                6 => speaker.rows(),
                _ => Step::Event(speaker.event(number)),
            };
            match &step {
                Step::Delete { .. } => (exists, deleted_before, deleted) = (false, deleted, Some(number)),
                Step::Erase { .. } => (exists, was_erased, deleted) = (false, true, Some(number)),
                Step::Restore { .. } => (exists, deleted) = (true, deleted_before),
                Step::Edit { .. } => {}
                Step::Create { .. } => exists = true,
                Step::Rows(_) => exists |= !was_erased,
                Step::Event(EventStep { values, moment, .. }) => {
                    let named = values.iter().any(|(field, _)| *field == "email");
                    exists |= named && deleted.is_none_or(|deleted| *moment > deleted);
                }
            }
            steps.push(step);
        }
        if exists && speaker.rng.bool() {
            steps.extend(speaker.give_phone_away(length + 1));
        }
        Some(Story { person, steps })
    }
}

impl Speaker<'_> {
    /// An event. One in six has only WhatsApp as identifier, which may create another contact, until an event with both
    /// joins the two. One in four is late.
    fn event(&mut self, number: usize) -> EventStep {
        let whatsapp = ("whatsapp", people::value("whatsapp", self.person, 0, self.rng));
        let of = |conversation: usize| format!("d-{}-{conversation}", self.person);
        let (conversation, late) = (of(self.rng.usize(..4)), of(4 + number));
        let (values, moment, conversation) = match self.rng.u8(..12) {
            0..=1 => (vec![whatsapp, self.name()], number, conversation),
            2..=3 => (self.with_email(vec![whatsapp]), number, conversation),
            4..=6 => {
                let fields = self.available(&CHANGED);
                (self.side_values(&fields), self.rng.usize(..number), late)
            }
            _ => (self.with_email(Vec::new()), number, conversation),
        };
        EventStep {
            values,
            conversation,
            moment,
            way: Way::waiting(self.rng),
            repeats: conversations::repeats(self.rng),
        }
    }

    /// Values of a late or simultaneous event, which has its own conversation. It does not count if the person is deleted
    /// before it arrives; if its value or conversation occurred again, the outcome would depend on redeliveries.
    fn side_values(&mut self, fields: &[&'static str]) -> Values {
        let field = fields[self.rng.usize(..fields.len())];
        vec![("email", people::email(self.person)), (field, self.new_value(field))]
    }

    /// In one of two cases, an event that arrives during an edit or deletion and concerns only these fields.
    fn meanwhile(&mut self, number: usize, fields: &[&'static str]) -> Option<EventStep> {
        let fields = self.available(fields);
        if fields.is_empty() || self.rng.bool() {
            return None;
        }
        let (values, conversation) = (self.side_values(&fields), format!("m-{}-{number}", self.person));
        Some(EventStep {
            values,
            conversation,
            moment: number,
            way: Way::waiting(self.rng),
            repeats: conversations::repeats(self.rng),
        })
    }

    fn rows(&mut self) -> Step {
        let rows = self.rng.usize(1..=3);
        Step::Rows((0..rows).map(|_| self.with_email(Vec::new())).collect())
    }

    fn create(&mut self) -> Step {
        Step::Create { values: self.with_email(Vec::new()), hang_up: hang_up(self.rng) }
    }

    fn edit(&mut self, number: usize) -> Step {
        let mut fields = CHANGED.to_vec();
        self.rng.shuffle(&mut fields);
        let others = fields.split_off(self.rng.usize(1..=3));
        let changes = fields.into_iter().map(|field| (field, self.change(field))).collect();
        Step::Edit { changes, hang_up: hang_up(self.rng), meanwhile: self.meanwhile(number, &others) }
    }

    fn delete(&mut self, number: usize) -> Step {
        // After a deletion nobody has the values that were replaced before, and the book no longer knows when that was.
        self.kept = (std::mem::take(&mut self.replaced), self.current.clone());
        self.replaced = std::mem::take(&mut self.current);
        Step::Delete { hang_up: hang_up(self.rng), meanwhile: self.meanwhile(number, &CHANGED) }
    }

    fn erase(&mut self, number: usize) -> Step {
        // What the person had may be said again, but nothing of the book shows that it was there.
        self.replaced.clear();
        self.current.clear();
        Step::Erase { hang_up: hang_up(self.rng), meanwhile: self.meanwhile(number, &CHANGED) }
    }

    fn restore(&mut self) -> Step {
        (self.replaced, self.current) = std::mem::take(&mut self.kept);
        Step::Restore { hang_up: hang_up(self.rng) }
    }

    /// A telephone turns out to be another person's: an edit removes it, and a new contact gets it as its only value. Before,
    /// an edit clears the field: a number that was typed by hand would stay there, and the other one be secondary.
    fn give_phone_away(&mut self, number: usize) -> [Step; 5] {
        let phone = ("telephone", self.new_value("telephone"));
        let wrong = EventStep {
            values: vec![("email", people::email(self.person)), phone.clone()],
            conversation: format!("h-{}", self.person),
            moment: number + 1,
            way: Way::waiting(self.rng),
            repeats: conversations::repeats(self.rng),
        };
        let clear = || Step::Edit { changes: vec![("telephone", None)], hang_up: None, meanwhile: None };
        let values = vec![self.name(), phone];
        [
            clear(),
            Step::Event(wrong),
            clear(),
            Step::Create { values, hang_up: None },
            Step::Event(self.event(number + 4)),
        ]
    }

    /// The new value of a field: none, one that was sent before, or another.
    fn change(&mut self, field: &'static str) -> Option<String> {
        let before: Vec<_> = self.current.extract_if(.., |(other, _)| *other == field).collect();
        let chosen = match self.rng.u8(..4) {
            0 => None,
            _ if self.is_exhausted(field) => None,
            1 if !before.is_empty() => Some(before[self.rng.usize(..before.len())].1.clone()),
            _ => Some(self.new_value(field)),
        };
        self.replaced.extend(before.into_iter().filter(|(_, text)| Some(text) != chosen.as_ref()));
        self.current.extend(chosen.clone().map(|text| (field, text)));
        chosen
    }

    /// Values with the email, which identifies the person whatever else has changed: a new one, or one that was replaced.
    fn with_email(&mut self, mut values: Values) -> Values {
        values.push(("email", people::email(self.person)));
        if self.rng.bool() {
            values.push(self.name());
        }
        match self.rng.u8(..4) {
            0 => {}
            1 if !self.replaced.is_empty() => {
                let old = self.replaced.swap_remove(self.rng.usize(..self.replaced.len()));
                // One value a field.
                if values.iter().all(|(field, _)| *field != old.0) {
                    values.push(old);
                }
            }
            _ => {
                let fields = self.available(&CHANGED[1..]);
                let field = fields[self.rng.usize(..fields.len())];
                values.push((field, self.new_value(field)));
            }
        }
        self.current.extend(values.iter().filter(|(field, _)| CHANGED.contains(field)).cloned());
        values
    }

    /// Those of these fields of which the person may have another value.
    fn available(&self, fields: &[&'static str]) -> Vec<&'static str> {
        fields.iter().copied().filter(|field| !self.is_exhausted(field)).collect()
    }

    fn is_exhausted(&self, field: &str) -> bool {
        MOVING.contains(&field) && self.made.get(field).is_some_and(|made| *made >= MOST_OF_A_CHANNEL)
    }

    fn name(&mut self) -> (&'static str, String) {
        ("name", self.new_value("name"))
    }

    /// A value that was not sent before.
    fn new_value(&mut self, field: &'static str) -> String {
        self.sent += 1;
        *self.made.entry(field).or_default() += 1;
        match field {
            "name" => format!("Person {} at {}", self.person, self.sent),
            "custom.plan" => format!("plan {}", self.sent),
            "custom.budget" => format!("{}", self.sent),
            channel => people::value(channel, self.person, self.sent, self.rng),
        }
    }
}
