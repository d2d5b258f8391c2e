//! Any order of deliveries ends in the same values.

use std::collections::BTreeMap;

use contacts::{ImportId, Observation};
use proptest::prelude::*;

use crate::book::{Book, any_value, event, field, row};

/// One observation, apart from the identifier that all share.
#[derive(Debug, Clone)]
struct Statement {
    seconds: i64,
    /// The line of the import, or the number of the conversation.
    source: Result<u64, u8>,
    values: Vec<(&'static str, String)>,
}

fn statement() -> impl Strategy<Value = Statement> {
    let source = prop_oneof![(1..30u64).prop_map(Ok), (0..4u8).prop_map(Err)];
    (0..8i64, source, prop::collection::vec(any_value(), 0..5)).prop_map(|(seconds, source, values)| Statement {
        seconds,
        source,
        values,
    })
}

impl Statement {
    fn observation(&self, import: ImportId) -> Observation {
        let mut values: Vec<(&str, &str)> = vec![("instagram", "shared")];
        values.extend(self.values.iter().map(|(name, text)| (*name, text.as_str())));
        match self.source {
            Ok(line) => row(import, line, self.seconds, &values),
            Err(conversation) => event(&format!("c-{conversation}"), self.seconds, &values),
        }
    }

    /// Its fields and values.
    fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.values.iter().map(|(name, text)| (*name, text.as_str()))
    }
}

fn values_after(statements: &[Statement], order: &[usize], import: ImportId) -> BTreeMap<String, String> {
    let mut book = Book::default();
    let mut id = None;
    for place in order {
        id = book.observe(&statements[*place].observation(import)).contact;
    }
    assert_eq!(book.live().count(), 1);
    let contact = book.contact(id.expect("a contact"));
    contact.all_stamped().map(|(field, value, _)| (field.to_string(), value.as_str().to_owned())).collect()
}

/// Keeps only the first statement of each field and value. If a value is stated several times, a late other value
/// between two of them may win: a deliberate limit, since confirming a value would cost a write each time.
fn say_different_things(statements: &mut [Statement]) {
    let mut said = std::collections::HashSet::new();
    for statement in statements {
        statement.values.retain(|(name, text)| said.insert((*name, text.clone())));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2 * ProptestConfig::default().cases))]

    #[test]
    fn every_order_gives_the_same_values(
        mut statements in prop::collection::vec(statement(), 1..8),
        shuffles in prop::collection::vec(any::<u64>(), 3),
        repeats in prop::collection::vec(0..8usize, 0..6),
    ) {
        say_different_things(&mut statements);
        let import = ImportId::new();
        let in_order: Vec<usize> = (0..statements.len()).collect();
        let expected = values_after(&statements, &in_order, import);
        for seed in shuffles {
            let mut order = in_order.clone();
            order.extend(repeats.iter().map(|repeat| repeat % statements.len()));
            order.sort_by_key(|place| (*place as u64 + 1).wrapping_mul(seed | 1).rotate_left(17));
            prop_assert_eq!(&values_after(&statements, &order, import), &expected);
        }
    }

    #[test]
    fn the_value_with_the_greatest_stamp_stands(mut statements in prop::collection::vec(statement(), 1..8)) {
        say_different_things(&mut statements);
        let import = ImportId::new();
        let order: Vec<usize> = (0..statements.len()).collect();
        let stands = values_after(&statements, &order, import);
        let mut expected: BTreeMap<String, _> = BTreeMap::new();
        for statement in &statements {
            let seen = statement.observation(import);
            for (observed, (name, text)) in seen.values().iter().skip(1).zip(statement.pairs()) {
                prop_assert_eq!(&observed.field, &field(name));
                let stamp = (seen.at(), seen.source.clone(), observed.rank, text.to_owned());
                let best = expected.entry(name.to_owned()).or_insert_with(|| stamp.clone());
                *best = stamp.max(best.clone());
            }
        }
        for (name, (.., text)) in expected {
            prop_assert_eq!(stands.get(&name), Some(&text), "{}", name);
        }
    }
}
