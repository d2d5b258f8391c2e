//! What happens to a person at the desk.

use std::time::Duration;

use fastrand::Rng;

use crate::events::{Way, hang_up};
use crate::lanes::talk;
use crate::people::{self, Told};

/// Fields, and what each is changed to; `None` clears.
pub(super) type Changes = Vec<(&'static str, Option<String>)>;

/// One person's.
#[derive(Debug, PartialEq)]
pub(crate) struct Story {
    pub(super) whom: u64,
    pub(super) steps: Vec<Step>,
}

#[derive(Debug, PartialEq)]
pub(super) enum Step {
    Hear(Heard),
    /// An import of a file with these rows.
    Rows(Vec<Told>),
    /// The contact is added by hand.
    Create {
        told: Told,
        hang_up: Option<Duration>,
    },
    /// It is changed, while something else is heard that changes nothing of it.
    Edit {
        changes: Changes,
        hang_up: Option<Duration>,
        meanwhile: Option<Heard>,
    },
    /// It is deleted, while something is heard that happened before.
    Delete {
        hang_up: Option<Duration>,
        meanwhile: Option<Heard>,
    },
}

/// An event.
#[derive(Debug, PartialEq)]
pub(super) struct Heard {
    pub(super) told: Told,
    pub(super) conversation: String,
    /// It happened right before this step.
    pub(super) moment: usize,
    pub(super) way: Way,
    /// After which times it comes again.
    pub(super) again: Vec<Duration>,
}

/// A lane's choices.
pub(crate) struct Script {
    rng: Rng,
    /// Whom the lanes speak of one after the other: `lane`, `lane + lanes`, ….
    next: u64,
    lanes: u64,
}

/// A story being told.
struct Teller<'a> {
    rng: &'a mut Rng,
    whom: u64,
    /// How many values were told so far.
    told: u64,
    /// Values that stood in fields which were changed by hand since, and may be told anew.
    taken_out: Vec<(&'static str, String)>,
    /// Values told since each field was last changed by hand.
    standing: Vec<(&'static str, String)>,
}

/// What an edit may change: neither by what the person is always named, nor by what they may be met as somebody else.
const CHANGED: [&str; 6] = ["name", "telephone", "instagram", "slack", "custom.plan", "custom.budget"];

impl Script {
    pub(crate) fn new(rng: Rng, lane: u64, lanes: u64) -> Script {
        Script { rng, next: lane, lanes }
    }
}

impl Iterator for Script {
    type Item = Story;

    fn next(&mut self) -> Option<Story> {
        let whom = self.next;
        self.next += self.lanes;
        let length = self.rng.usize(4..=12);
        let (told, taken_out, standing) = (0, Vec::new(), Vec::new());
        let mut teller = Teller { rng: &mut self.rng, whom, told, taken_out, standing };
        let mut steps = Vec::with_capacity(length);
        // Whether there is a contact with the person's email; and the last step that deleted one.
        let (mut exists, mut deleted) = (false, None);
        for number in 1..=length {
            let step = match teller.rng.u8(..20) {
                0..=3 if exists => teller.edit(number),
                4..=5 if exists => teller.delete(number),
                0..=5 if !exists => teller.create(),
                6 => teller.rows(),
                _ => Step::Hear(teller.hear(number)),
            };
            match &step {
                Step::Delete { .. } => (exists, deleted) = (false, Some(number)),
                Step::Edit { .. } => {}
                Step::Create { .. } | Step::Rows(_) => exists = true,
                Step::Hear(Heard { told, moment, .. }) => {
                    let named = told.iter().any(|(field, _)| *field == "email");
                    exists |= named && deleted.is_none_or(|deleted| *moment > deleted);
                }
            }
            steps.push(step);
        }
        if exists && teller.rng.bool() {
            steps.extend(teller.hand_on(length + 1));
        }
        Some(Story { whom, steps })
    }
}

impl Teller<'_> {
    /// An event. One in six names the person by WhatsApp alone: perhaps as somebody else, to be joined when both are told
    /// together. One in four is late.
    fn hear(&mut self, number: usize) -> Heard {
        let whatsapp = ("whatsapp", people::value("whatsapp", self.whom, 0, self.rng));
        let of = |conversation: usize| format!("d-{}-{conversation}", self.whom);
        let (conversation, late) = (of(self.rng.usize(..4)), of(4 + number));
        let (told, moment, conversation) = match self.rng.u8(..12) {
            0..=1 => (vec![whatsapp, self.name()], number, conversation),
            2..=3 => (self.anchored(vec![whatsapp]), number, conversation),
            4..=6 => (self.aside(&CHANGED), self.rng.usize(..number), late),
            _ => (self.anchored(Vec::new()), number, conversation),
        };
        Heard { told, conversation, moment, way: Way::waiting(self.rng), again: talk::again(self.rng) }
    }

    /// What is told late or meanwhile, in a conversation of its own. If the person is deleted before it comes, it does not
    /// count; were the value told again, or the conversation taken up, it would depend on whether it comes once more.
    fn aside(&mut self, fields: &[&'static str]) -> Told {
        let field = fields[self.rng.usize(..fields.len())];
        vec![("email", people::email(self.whom)), (field, self.fresh(field))]
    }

    /// What is heard in one of two cases while something is done by hand that leaves these fields alone.
    fn meanwhile(&mut self, number: usize, fields: &[&'static str]) -> Option<Heard> {
        if fields.is_empty() || self.rng.bool() {
            return None;
        }
        let (told, conversation) = (self.aside(fields), format!("m-{}-{number}", self.whom));
        Some(Heard { told, conversation, moment: number, way: Way::waiting(self.rng), again: talk::again(self.rng) })
    }

    fn rows(&mut self) -> Step {
        let rows = self.rng.usize(1..=3);
        Step::Rows((0..rows).map(|_| self.anchored(Vec::new())).collect())
    }

    fn create(&mut self) -> Step {
        Step::Create { told: self.anchored(Vec::new()), hang_up: hang_up(self.rng) }
    }

    fn edit(&mut self, number: usize) -> Step {
        let mut fields = CHANGED.to_vec();
        self.rng.shuffle(&mut fields);
        let others = fields.split_off(self.rng.usize(1..=3));
        let changes = fields.into_iter().map(|field| (field, self.change(field))).collect();
        Step::Edit { changes, hang_up: hang_up(self.rng), meanwhile: self.meanwhile(number, &others) }
    }

    fn delete(&mut self, number: usize) -> Step {
        // What was taken out before is nobody's, and nothing tells any more when it was.
        self.taken_out = std::mem::take(&mut self.standing);
        Step::Delete { hang_up: hang_up(self.rng), meanwhile: self.meanwhile(number, &CHANGED) }
    }

    /// A telephone that was told is somebody else's: it is taken out by hand, and given to a contact that has nothing else.
    fn hand_on(&mut self, number: usize) -> [Step; 4] {
        let phone = ("telephone", self.fresh("telephone"));
        let wrong = Heard {
            told: vec![("email", people::email(self.whom)), phone.clone()],
            conversation: format!("h-{}", self.whom),
            moment: number,
            way: Way::waiting(self.rng),
            again: talk::again(self.rng),
        };
        let (changes, told) = (vec![("telephone", None)], vec![self.name(), phone]);
        [
            Step::Hear(wrong),
            Step::Edit { changes, hang_up: None, meanwhile: None },
            Step::Create { told, hang_up: None },
            Step::Hear(self.hear(number + 3)),
        ]
    }

    /// What a field is changed to: nothing, something that was told of it before, or something new.
    fn change(&mut self, field: &'static str) -> Option<String> {
        let before: Vec<_> = self.standing.extract_if(.., |(other, _)| *other == field).collect();
        let chosen = match self.rng.u8(..4) {
            0 => None,
            1 if !before.is_empty() => Some(before[self.rng.usize(..before.len())].1.clone()),
            _ => Some(self.fresh(field)),
        };
        self.taken_out.extend(before.into_iter().filter(|(_, text)| Some(text) != chosen.as_ref()));
        self.standing.extend(chosen.clone().map(|text| (field, text)));
        chosen
    }

    /// Told with the email, so that it is of this person whatever else has changed: something new, or what was taken out.
    fn anchored(&mut self, mut told: Told) -> Told {
        told.push(("email", people::email(self.whom)));
        if self.rng.bool() {
            told.push(self.name());
        }
        match self.rng.u8(..4) {
            0 => {}
            1 if !self.taken_out.is_empty() => {
                let again = self.taken_out.swap_remove(self.rng.usize(..self.taken_out.len()));
                // Told once already.
                if told.iter().all(|(field, _)| *field != again.0) {
                    told.push(again);
                }
            }
            _ => {
                let field = CHANGED[self.rng.usize(1..CHANGED.len())];
                told.push((field, self.fresh(field)));
            }
        }
        self.standing.extend(told.iter().filter(|(field, _)| CHANGED.contains(field)).cloned());
        told
    }

    fn name(&mut self) -> (&'static str, String) {
        ("name", self.fresh("name"))
    }

    /// A value that was not told before.
    fn fresh(&mut self, field: &str) -> String {
        self.told += 1;
        match field {
            "name" => format!("Person {} at {}", self.whom, self.told),
            "custom.plan" => format!("plan {}", self.told),
            "custom.budget" => format!("{}", self.told),
            channel => people::value(channel, self.whom, self.told, self.rng),
        }
    }
}
