//! The people that are spoken of, and what is said of them.

use std::collections::HashMap;

use fastrand::Rng;

/// What is told of somebody: fields, as events name them, and texts.
pub(crate) type Told = Vec<(&'static str, String)>;

/// Who is spoken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Population {
    /// People whose values fit together, so that the book has one end only, in whatever order it is told. The even ones
    /// have one value a channel and are known by any of them, so that they may first be met as several contacts; the odd
    /// ones change their phones and handles, and are always named by their email as well.
    Consistent,
    /// People who are taken for each other: any identifier of a group may be told with any other.
    Contradictory,
}

/// Tells of the people of a population, other things each time. All lanes tell of the same people.
#[derive(Debug)]
pub(crate) struct Teller {
    population: Population,
    lane: u64,
    told: u64,
    /// How many new values each of those who change them was given.
    moves: HashMap<u64, u64>,
}

/// How many are spoken of at a time.
const ACQUAINTED: u64 = 20;
/// So often something is told before somebody new is met.
const TOLD_A_PERSON: u64 = 3;
/// The same for a group of those who contradict each other.
const TOLD_A_GROUP: u64 = 40;
/// A contact keeps 20 secondary identifiers: what eight lanes give must be fewer.
const MOST_MOVES: u64 = 2;
/// The channels whose values change.
const MOVING: [&str; 4] = ["telephone", "whatsapp", "instagram", "slack"];
/// Area codes whose numbers are read alike with and without their country.
const AREAS: [u64; 8] = [212, 310, 415, 512, 617, 650, 702, 808];

impl Teller {
    pub(crate) fn new(population: Population, lane: u64) -> Teller {
        Teller { population, lane, told: 0, moves: HashMap::new() }
    }

    /// What is told next, and of whom: a number that also names their conversations.
    pub(crate) fn tell(&mut self, rng: &mut Rng) -> (u64, Told) {
        self.told += 1;
        let (whom, mut told) = match self.population {
            Population::Consistent => self.consistent(rng),
            Population::Contradictory => {
                let group = self.told / TOLD_A_GROUP;
                (group, contradictory(group, rng))
            }
        };
        rng.shuffle(&mut told);
        // Different each time: of values that are told again, the order of telling may decide.
        let mark = format!("{}.{}", self.lane, self.told);
        let others = [
            ("name", format!("Person {whom} of {mark}"), 0.5),
            ("custom.plan", format!("plan {mark}"), 0.3),
            ("custom.budget", format!("{}", self.lane * 10_000_000 + self.told), 0.3),
        ];
        for (field, text, chance) in others {
            if rng.f64() < chance {
                told.push((field, text));
            }
        }
        (whom, told)
    }

    fn consistent(&mut self, rng: &mut Rng) -> (u64, Told) {
        let first = self.told / TOLD_A_PERSON;
        let whom = if rng.f64() < 0.7 { first + rng.u64(..ACQUAINTED) } else { rng.u64(..first + ACQUAINTED) };
        let told = if whom.is_multiple_of(2) { settled(whom, rng) } else { self.moving(whom, rng) };
        (whom, told)
    }

    /// Somebody whose values change: each is told once, by one lane.
    fn moving(&mut self, whom: u64, rng: &mut Rng) -> Told {
        let mut told = vec![("email", email(whom))];
        let moves = self.moves.entry(whom).or_default();
        for _ in 0..rng.u64(..=MOST_MOVES) {
            if *moves < MOST_MOVES {
                let (channel, nth) = (MOVING[rng.usize(..MOVING.len())], self.lane * MOST_MOVES + *moves);
                told.push((channel, value(channel, whom, nth, rng)));
                *moves += 1;
            }
        }
        told
    }
}

/// Somebody with one value a channel, known by one to three of them.
fn settled(whom: u64, rng: &mut Rng) -> Told {
    let mut all = vec![("email", email(whom))];
    all.extend(MOVING.map(|channel| (channel, value(channel, whom, 0, rng))));
    rng.shuffle(&mut all);
    all.truncate(rng.usize(1..=3));
    all
}

fn contradictory(group: u64, rng: &mut Rng) -> Told {
    let mut all: Told = (0..4).map(|nth| ("email", email(group * 4 + nth))).collect();
    all.extend((0..4).map(|nth| ("telephone", value("telephone", group, nth, rng))));
    all.extend((0..2).map(|nth| ("whatsapp", value("whatsapp", group, nth, rng))));
    all.extend((0..2).map(|nth| ("slack", value("slack", group, nth, rng))));
    rng.shuffle(&mut all);
    all.truncate(rng.usize(1..=3));
    all
}

/// Somebody of whom only one lane speaks, once.
pub(crate) fn stranger(lane: u64, nth: u64) -> Told {
    vec![
        ("email", format!("S{lane}.{nth}@Soak.Example")),
        ("slack", format!("S{lane}N{nth}")),
        ("name", format!("Stranger {nth}")),
    ]
}

/// The address of a person.
pub(crate) fn email(whom: u64) -> String {
    format!("P{whom}@Soak.Example")
}

/// The `nth` value of a person in a channel, phones as people write them.
pub(crate) fn value(channel: &str, whom: u64, nth: u64, rng: &mut Rng) -> String {
    match channel {
        "telephone" => phone(whom * 64 + nth, rng.u64(..4)),
        // WhatsApp's ids carry the country. Not the telephones, or the two fields would hold each other's values.
        "whatsapp" => phone(whom * 64 + 32 + nth, rng.u64(..2)),
        "instagram" => format!("soak.{whom}.{nth}"),
        _ => format!("U{whom}N{nth}"),
    }
}

/// A phone in one of four spellings, of which the first two have the country.
fn phone(n: u64, spelling: u64) -> String {
    let (area, exchange, line) = (AREAS[(n / 800_000 % 8) as usize], 220 + n / 10_000 % 80, n % 10_000);
    match spelling {
        0 => format!("+1{area}{exchange}{line:04}"),
        1 => format!("1{area}{exchange}{line:04}"),
        2 => format!("({area}) {exchange}-{line:04}"),
        _ => format!("{area}-{exchange}-{line:04}"),
    }
}
