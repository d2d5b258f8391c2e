//! Any order of deliveries ends in the same values.

use std::collections::BTreeMap;

use contacts::{ImportId, Observation};
use proptest::prelude::*;

use crate::book::{Book, event, field, row};

/// What one observation tells, apart from the identifier that all share.
#[derive(Debug, Clone)]
struct Telling {
    seconds: i64,
    /// The line of the import that tells it, or the conversation's number.
    source: Result<u64, u8>,
    told: Vec<(&'static str, String)>,
}

fn telling() -> impl Strategy<Value = Telling> {
    let told = prop_oneof![
        "[A-C][a-c]".prop_map(|name| ("name", name)),
        "[a-d]".prop_map(|name| ("email", format!("{name}@x.com"))),
        "[0-4]".prop_map(|digit| ("telephone", format!("+1555123456{digit}"))),
        "[0-4]".prop_map(|digit| ("whatsapp", format!("+1555123456{digit}"))),
        "[UV]".prop_map(|id| ("slack", id)),
        "[a-c]".prop_map(|plan| ("custom.plan", plan)),
        "[1-3]".prop_map(|budget| ("custom.budget", budget)),
    ];
    let source = prop_oneof![(1..30u64).prop_map(Ok), (0..4u8).prop_map(Err)];
    (0..8i64, source, prop::collection::vec(told, 0..5)).prop_map(|(seconds, source, told)| Telling {
        seconds,
        source,
        told,
    })
}

impl Telling {
    fn observation(&self, import: ImportId) -> Observation {
        let mut told: Vec<(&str, &str)> = vec![("instagram", "shared")];
        told.extend(self.told.iter().map(|(name, text)| (*name, text.as_str())));
        match self.source {
            Ok(line) => row(import, line, self.seconds, &told),
            Err(conversation) => event(&format!("c-{conversation}"), self.seconds, &told),
        }
    }

    /// What distinguishes it: observations of one moment, source and place that tell one value are the same telling.
    fn values(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.told.iter().map(|(name, text)| (*name, text.as_str()))
    }
}

fn values_after(tellings: &[Telling], order: &[usize], import: ImportId) -> BTreeMap<String, String> {
    let mut book = Book::default();
    let mut id = None;
    for place in order {
        id = book.observe(&tellings[*place].observation(import)).contact;
    }
    assert_eq!(book.live().count(), 1);
    let contact = book.contact(id.expect("a contact"));
    contact.all_stamped().map(|(field, value, _)| (field.to_string(), value.as_str().to_owned())).collect()
}

/// Keeps of each field and value only the first telling. Of a value that is told several times, a late other value
/// between two of them may win: a deliberate limit, since confirming a value would cost a write each time.
fn say_different_things(tellings: &mut [Telling]) {
    let mut said = std::collections::HashSet::new();
    for telling in tellings {
        telling.told.retain(|(name, text)| said.insert((*name, text.clone())));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_order_gives_the_same_values(
        mut tellings in prop::collection::vec(telling(), 1..8),
        shuffles in prop::collection::vec(any::<u64>(), 3),
        repeats in prop::collection::vec(0..8usize, 0..6),
    ) {
        say_different_things(&mut tellings);
        let import = ImportId::new();
        let in_order: Vec<usize> = (0..tellings.len()).collect();
        let expected = values_after(&tellings, &in_order, import);
        for seed in shuffles {
            let mut order = in_order.clone();
            order.extend(repeats.iter().map(|repeat| repeat % tellings.len()));
            order.sort_by_key(|place| (*place as u64 + 1).wrapping_mul(seed | 1).rotate_left(17));
            prop_assert_eq!(&values_after(&tellings, &order, import), &expected);
        }
    }

    #[test]
    fn the_value_with_the_greatest_stamp_stands(mut tellings in prop::collection::vec(telling(), 1..8)) {
        say_different_things(&mut tellings);
        let import = ImportId::new();
        let order: Vec<usize> = (0..tellings.len()).collect();
        let stands = values_after(&tellings, &order, import);
        let mut expected: BTreeMap<String, _> = BTreeMap::new();
        for telling in &tellings {
            let seen = telling.observation(import);
            for (told, (name, text)) in seen.values().iter().skip(1).zip(telling.values()) {
                prop_assert_eq!(&told.field, &field(name));
                let stamp = (seen.at(), seen.source.clone(), told.rank, text.to_owned());
                let best = expected.entry(name.to_owned()).or_insert_with(|| stamp.clone());
                *best = stamp.max(best.clone());
            }
        }
        for (name, (.., text)) in expected {
            prop_assert_eq!(stands.get(&name), Some(&text), "{}", name);
        }
    }
}
