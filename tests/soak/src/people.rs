//! Invented people and their values.

use std::collections::HashMap;

use fastrand::Rng;

/// Values of a person: fields, as events name them, and texts.
pub(crate) type Values = Vec<(&'static str, String)>;

/// A kind of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Population {
    /// People whose values fit together, so that the book does not depend on the order in which they arrive. Even ones have
    /// one value a channel and may occur with any of them, so that they can begin as several contacts. Odd ones change
    /// their phones and handles and always occur with their email.
    Consistent,
    /// People who are mistaken for each other: any identifier of a group may occur with any other.
    Contradictory,
    /// Households. All people of a household call from one line, and each says a name and an email of their own.
    Household,
}

/// Makes random values of the people of a population. All lanes use the same people.
#[derive(Debug)]
pub(crate) struct Speaker {
    population: Population,
    lane: u64,
    sent: u64,
    /// How many new values each person who changes them got.
    moves: HashMap<u64, u64>,
}

/// How many people occur at a time.
const CURRENT_PEOPLE: u64 = 20;
/// After so many observations a new person appears.
const OBSERVATIONS_A_PERSON: u64 = 3;
/// After so many observations a new group appears of people who contradict each other. A conflict keeps 20 values.
const OBSERVATIONS_A_GROUP: u64 = 12;
/// After so many observations a new household appears.
const OBSERVATIONS_A_HOUSEHOLD: u64 = 10;
/// How many households occur at a time.
const CURRENT_HOUSEHOLDS: u64 = 4;
/// The names of the people of each household. They are clearly different.
const HOUSEHOLD: [&str; 4] = ["Anneliese Quick", "Bartholomew Frey", "Okonkwo Yusuf", "Siobhan Dhillon"];
/// A number that each workspace blocks: that of its own switchboard, which many calls show.
pub(crate) const SWITCHBOARD: &str = "+12125550100";
/// A contact takes five values of a kind. The five lanes together must give it no more.
const MOST_MOVES: u64 = 1;
/// The channels whose values change.
pub(crate) const MOVING: [&str; 4] = ["telephone", "whatsapp", "instagram", "slack"];
/// Area codes whose numbers parse to the same phone with and without the country code.
const AREAS: [u64; 8] = [212, 310, 415, 512, 617, 650, 702, 808];

impl Speaker {
    pub(crate) fn new(population: Population, lane: u64) -> Speaker {
        Speaker { population, lane, sent: 0, moves: HashMap::new() }
    }

    /// The next values, and the number of the person, which also names their conversations.
    pub(crate) fn next_values(&mut self, rng: &mut Rng) -> (u64, Values) {
        self.sent += 1;
        let (person, mut values) = match self.population {
            Population::Consistent => self.consistent(rng),
            Population::Contradictory => {
                let group = self.sent / OBSERVATIONS_A_GROUP;
                (group, contradictory(group, rng))
            }
            Population::Household => {
                let household = self.sent / OBSERVATIONS_A_HOUSEHOLD + rng.u64(..CURRENT_HOUSEHOLDS);
                let member = household * HOUSEHOLD.len() as u64 + rng.u64(..HOUSEHOLD.len() as u64);
                return (member, self.member(member, rng));
            }
        };
        // Next to another identifier a placeholder decides nothing.
        if self.population == Population::Consistent && rng.u8(..10) == 0 {
            values.push(("telephone", SWITCHBOARD.to_owned()));
        }
        rng.shuffle(&mut values);
        // Different each time: with repeated values the outcome could depend on the order.
        let mark = format!("{}.{}", self.lane, self.sent);
        let others = [
            ("name", format!("Person {person} of {mark}"), 0.5),
            ("custom.plan", format!("plan {mark}"), 0.3),
            ("custom.budget", format!("{}", self.lane * 10_000_000 + self.sent), 0.3),
        ];
        for (field, text, chance) in others {
            if rng.f64() < chance {
                values.push((field, text));
            }
        }
        (person, values)
    }

    fn consistent(&mut self, rng: &mut Rng) -> (u64, Values) {
        let first = self.sent / OBSERVATIONS_A_PERSON;
        let person =
            if rng.f64() < 0.7 { first + rng.u64(..CURRENT_PEOPLE) } else { rng.u64(..first + CURRENT_PEOPLE) };
        let values = if person.is_multiple_of(2) { settled(person, rng) } else { self.moving(person, rng) };
        (person, values)
    }

    /// A member of a household.
    fn member(&self, member: u64, rng: &mut Rng) -> Values {
        let household = member / HOUSEHOLD.len() as u64;
        let mut values = vec![("telephone", line(household, rng)), ("email", email(member))];
        rng.shuffle(&mut values);
        values.push(("name", name_of_member(member).to_owned()));
        if rng.bool() {
            values.push(("custom.plan", format!("plan {}.{}", self.lane, self.sent)));
        }
        values
    }

    /// A person whose values change: one lane sends each value once.
    fn moving(&mut self, person: u64, rng: &mut Rng) -> Values {
        let mut values = vec![("email", email(person))];
        let moves = self.moves.entry(person).or_default();
        for _ in 0..rng.u64(..=MOST_MOVES) {
            if *moves < MOST_MOVES {
                let (channel, nth) = (MOVING[rng.usize(..MOVING.len())], self.lane * MOST_MOVES + *moves);
                values.push((channel, value(channel, person, nth, rng)));
                *moves += 1;
            }
        }
        values
    }
}

/// A person with one value a channel: one to three of them.
fn settled(person: u64, rng: &mut Rng) -> Values {
    let mut all = vec![("email", email(person))];
    all.extend(MOVING.map(|channel| (channel, value(channel, person, 0, rng))));
    // WhatsApp names a person by a number or by a user id.
    let field = if rng.bool() { "whatsapp" } else { "whatsapp_user_id" };
    all.push((field, value("whatsapp_user_id", person, 0, rng)));
    rng.shuffle(&mut all);
    all.truncate(rng.usize(1..=3));
    all
}

fn contradictory(group: u64, rng: &mut Rng) -> Values {
    let mut all: Values = (0..4).map(|nth| ("email", email(group * 4 + nth))).collect();
    all.extend((0..4).map(|nth| ("telephone", value("telephone", group, nth, rng))));
    all.extend((0..2).map(|nth| ("whatsapp", value("whatsapp", group, nth, rng))));
    all.extend((0..2).map(|nth| ("slack", value("slack", group, nth, rng))));
    rng.shuffle(&mut all);
    all.truncate(rng.usize(1..=3));
    all
}

/// A person who occurs in one lane only, once.
pub(crate) fn stranger(lane: u64, nth: u64) -> Values {
    vec![
        ("email", format!("S{lane}.{nth}@Soak.Example")),
        ("slack", format!("UL{lane}N{nth:05}")),
        ("name", format!("Stranger {nth}")),
    ]
}

/// The line of a household.
pub(crate) fn line(household: u64, rng: &mut Rng) -> String {
    value("telephone", household, 0, rng)
}

/// The name of a member of a household.
pub(crate) fn name_of_member(member: u64) -> &'static str {
    HOUSEHOLD[(member % HOUSEHOLD.len() as u64) as usize]
}

/// The address of a person.
pub(crate) fn email(person: u64) -> String {
    format!("P{person}@Soak.Example")
}

/// The `nth` value of a person in a channel, phones as people write them.
pub(crate) fn value(channel: &str, person: u64, nth: u64, rng: &mut Rng) -> String {
    match channel {
        "telephone" => phone(person * 64 + nth, rng.u64(..4)),
        // WhatsApp ids have the country code. They are not the telephones, or the two fields would share values.
        "whatsapp" => phone(person * 64 + 32 + nth, rng.u64(..2)),
        "whatsapp_user_id" => format!("US.{:015}", person * 64 + nth),
        "instagram" => format!("soak.{person}.{nth}"),
        _ => format!("U{person:05}N{nth}"),
    }
}

/// A phone in one of four spellings; the first two have the country code.
fn phone(n: u64, spelling: u64) -> String {
    let (area, exchange, line) = (AREAS[(n / 800_000 % 8) as usize], 220 + n / 10_000 % 80, n % 10_000);
    match spelling {
        0 => format!("+1{area}{exchange}{line:04}"),
        1 => format!("1{area}{exchange}{line:04}"),
        2 => format!("({area}) {exchange}-{line:04}"),
        _ => format!("{area}-{exchange}-{line:04}"),
    }
}
