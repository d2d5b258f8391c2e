//! What goes wrong between the functions and their table and bucket. Like weather, it changes: every second.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use contacts_testing::{Fault, FaultInjector, Service};
use fastrand::Rng;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::reaper;
use crate::tally::Tally;

/// What may go wrong at any time, and how often.
const ANY: [Fault; 6] = [
    Fault::Throttled,
    Fault::TransactionConflict,
    Fault::TimeoutBefore,
    Fault::TimeoutAfter,
    Fault::Late,
    Fault::ErrorAfter,
];
const ANY_TIME: f64 = 0.02;

/// What a second may be like: what goes wrong then, and with how many of the requests.
const SECONDS: [(&[Fault], f64); 10] = [
    (&ANY, 0.05),
    (&ANY, 0.1),
    (&[Fault::StaleIndex], 0.9),
    (&[Fault::StaleIndex], 0.5),
    (&[Fault::Throttled], 0.35),
    (&[Fault::TransactionConflict], 0.35),
    (&[Fault::TimeoutAfter, Fault::ErrorAfter], 0.2),
    (&[Fault::TimeoutBefore, Fault::Late], 0.2),
    // Nothing gets through.
    (&[Fault::Throttled], 1.0),
    (&[Fault::TimeoutBefore], 1.0),
];

/// The present second.
struct Sky {
    rng: Rng,
    second: (&'static [Fault], f64),
    /// Nothing has gone wrong in this second yet.
    calm: bool,
}

impl Sky {
    /// What goes wrong with the next request, to this operation.
    fn fault(&mut self, service: Service, operation: &str) -> Option<Fault> {
        let (faults, chance) = self.second;
        let (any, here) = (self.rng.f64() < ANY_TIME || self.calm, self.rng.f64() < chance);
        let faults = if here { faults } else { &ANY };
        let fault = faults[self.rng.usize(..faults.len())];
        let fault = Some(fault).filter(|fault| (any || here) && applies(*fault, service, operation));
        self.calm &= fault.is_none();
        fault
    }
}

/// Whether a request to this operation can meet with the fault.
fn applies(fault: Fault, service: Service, operation: &str) -> bool {
    match fault {
        Fault::StaleIndex => operation == "Query",
        Fault::TransactionConflict => service == Service::DynamoDb,
        _ => true,
    }
}

/// Injects faults until the time is up, others each second, and counts them.
pub(crate) async fn run(faults: FaultInjector, seed: [Rng; 2], tally: Arc<Tally>, over: CancellationToken) {
    let [mut seconds, rng] = seed;
    let sky = Arc::new(Mutex::new(Sky { rng, second: SECONDS[0], calm: true }));
    let above = Arc::clone(&sky);
    faults.inject(move |request| {
        // Whoever is dead sends nothing.
        if reaper::takes() {
            return Some(Fault::TimeoutBefore);
        }
        above.lock().unwrap_or_else(PoisonError::into_inner).fault(request.service, request.operation)
    });
    let mut ticks = tokio::time::interval(Duration::from_secs(1));
    // A second is a second, also after a pause of the whole machine.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks.tick().await;
    while over.run_until_cancelled(ticks.tick()).await.is_some() {
        let mut sky = sky.lock().unwrap_or_else(PoisonError::into_inner);
        tally.second(sky.calm);
        // Nothing reads these counts, and they would grow for as long as the soak goes on.
        faults.reset_counts();
        sky.second = SECONDS[seconds.usize(..SECONDS.len())];
        sky.calm = true;
    }
    faults.clear();
    tally.faults(faults.take_faults());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;

    fn faults(seed: u64) -> Vec<Option<Fault>> {
        let rng = Seed(seed).generator("faults");
        let mut sky = Sky { rng, second: (&ANY, 0.5), calm: true };
        (0..200).map(|_| sky.fault(Service::DynamoDb, "PutItem")).collect()
    }

    #[test]
    fn the_seed_decides_what_goes_wrong() {
        assert_eq!(faults(7), faults(7));
        assert_ne!(faults(7), faults(8));
    }

    #[test]
    fn the_first_request_of_every_second_that_can_go_wrong_does() {
        let mut sky = Sky { rng: Seed(1).generator("faults"), second: (&[Fault::StaleIndex], 1.0), calm: true };
        assert_eq!(sky.fault(Service::S3, "GetObject"), None, "S3 has no index");
        assert_eq!(sky.fault(Service::DynamoDb, "Query"), Some(Fault::StaleIndex));
        assert!(!sky.calm);
        sky = Sky { rng: Seed(1).generator("faults"), second: (&ANY, 0.0), calm: true };
        assert!((0..10).any(|_| sky.fault(Service::DynamoDb, "PutItem").is_some()));
        assert!((0..10).filter(|_| sky.fault(Service::DynamoDb, "PutItem").is_some()).count() < 5);
    }
}
