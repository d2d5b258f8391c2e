//! The orders in which the steps of a scenario are carried out.

use crate::scenario::{Scenario, Step};

/// The most steps of which every order is tried; of more, some are.
const MOST_STEPS: usize = 5;
/// How many orders of many steps are tried.
const SOME_ORDERS: u64 = 24;

impl Scenario {
    /// The orders to try, first as written.
    pub fn orders(&self) -> Vec<Vec<Step>> {
        let given: Vec<usize> = (0..self.steps.len()).collect();
        let orders = match self.steps.len() {
            _ if !self.every_order => vec![given],
            0..=MOST_STEPS => permutations(&given),
            _ => std::iter::once(given.clone()).chain((1..SOME_ORDERS).map(|seed| shuffled(&given, seed))).collect(),
        };
        orders.into_iter().map(|order| order.into_iter().map(|place| self.steps[place].clone()).collect()).collect()
    }
}

fn permutations(items: &[usize]) -> Vec<Vec<usize>> {
    if items.is_empty() {
        return vec![Vec::new()];
    }
    let with_first = |place: usize| {
        let mut rest = items.to_vec();
        let first = rest.remove(place);
        permutations(&rest).into_iter().map(move |rest| std::iter::once(first).chain(rest).collect())
    };
    (0..items.len()).flat_map(with_first).collect()
}

/// A fixed order for each seed, so that a failure can be repeated.
fn shuffled(items: &[usize], seed: u64) -> Vec<usize> {
    let mut items = items.to_vec();
    let mut state = seed;
    for place in (1..items.len()).rev() {
        // The multiplier and increment of Knuth's MMIX generator.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let other = usize::try_from((state >> 33) % (place as u64 + 1)).unwrap_or(0);
        items.swap(place, other);
    }
    items
}
