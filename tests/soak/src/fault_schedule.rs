//! The faults between the functions and their table and bucket. They change every second.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use contacts_testing::{Fault, FaultInjector, Service};
use fastrand::Rng;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::counters::Counters;
use crate::kills;

/// The faults that are injected at any time, and how often.
const ANY: [Fault; 6] = [
    Fault::Throttled,
    Fault::TransactionConflict,
    Fault::TimeoutBefore,
    Fault::TimeoutAfter,
    Fault::Late,
    Fault::ErrorAfter,
];
const ANY_TIME: f64 = 0.02;

/// The choices for a second: the faults, and the share of requests that meet them.
const SECONDS: [(&[Fault], f64); 10] = [
    (&ANY, 0.05),
    (&ANY, 0.1),
    (&[Fault::StaleIndex], 0.9),
    (&[Fault::StaleIndex], 0.5),
    (&[Fault::Throttled], 0.35),
    (&[Fault::TransactionConflict], 0.35),
    (&[Fault::TimeoutAfter, Fault::ErrorAfter], 0.2),
    (&[Fault::TimeoutBefore, Fault::Late], 0.2),
    // No request passes.
    (&[Fault::Throttled], 1.0),
    (&[Fault::TimeoutBefore], 1.0),
];

/// The faults of the current second.
struct CurrentFaults {
    rng: Rng,
    second: (&'static [Fault], f64),
    /// No fault has been injected in this second yet.
    without_fault: bool,
}

impl CurrentFaults {
    /// The fault of the next request, which calls this operation.
    fn fault(&mut self, service: Service, operation: &str) -> Option<Fault> {
        let (faults, chance) = self.second;
        let (any, here) = (self.rng.f64() < ANY_TIME || self.without_fault, self.rng.f64() < chance);
        let faults = if here { faults } else { &ANY };
        let fault = faults[self.rng.usize(..faults.len())];
        let fault = Some(fault).filter(|fault| (any || here) && applies(*fault, service, operation));
        self.without_fault &= fault.is_none();
        fault
    }
}

/// Whether a request to this operation can meet the fault.
fn applies(fault: Fault, service: Service, operation: &str) -> bool {
    match fault {
        Fault::StaleIndex => operation == "Query",
        Fault::TransactionConflict => service == Service::DynamoDb,
        _ => true,
    }
}

/// Injects the faults of the schedule until the time is up, and counts them.
pub(crate) async fn run(faults: FaultInjector, seed: [Rng; 2], counters: Arc<Counters>, over: CancellationToken) {
    let [mut seconds, rng] = seed;
    let current = Arc::new(Mutex::new(CurrentFaults { rng, second: SECONDS[0], without_fault: true }));
    let shared = Arc::clone(&current);
    faults.inject(move |request| {
        // A killed call sends no request.
        if kills::kills_current_call() {
            return Some(Fault::TimeoutBefore);
        }
        shared.lock().unwrap_or_else(PoisonError::into_inner).fault(request.service, request.operation)
    });
    let mut ticks = tokio::time::interval(Duration::from_secs(1));
    // Keep whole seconds after a pause of the machine.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks.tick().await;
    while over.run_until_cancelled(ticks.tick()).await.is_some() {
        let mut current = current.lock().unwrap_or_else(PoisonError::into_inner);
        counters.second(current.without_fault);
        // Nothing reads these counts, and they would grow for as long as the soak goes on.
        faults.reset_counts();
        current.second = SECONDS[seconds.usize(..SECONDS.len())];
        current.without_fault = true;
    }
    faults.clear();
    counters.faults(faults.take_faults());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;

    fn faults(seed: u64) -> Vec<Option<Fault>> {
        let rng = Seed(seed).generator("faults");
        let mut current = CurrentFaults { rng, second: (&ANY, 0.5), without_fault: true };
        (0..200).map(|_| current.fault(Service::DynamoDb, "PutItem")).collect()
    }

    #[test]
    fn the_seed_decides_what_goes_wrong() {
        assert_eq!(faults(7), faults(7));
        assert_ne!(faults(7), faults(8));
    }

    #[test]
    fn the_first_request_of_every_second_that_can_go_wrong_does() {
        let mut current = CurrentFaults {
            rng: Seed(1).generator("faults"),
            second: (&[Fault::StaleIndex], 1.0),
            without_fault: true,
        };
        assert_eq!(current.fault(Service::S3, "GetObject"), None, "S3 has no index");
        assert_eq!(current.fault(Service::DynamoDb, "Query"), Some(Fault::StaleIndex));
        assert!(!current.without_fault);
        current = CurrentFaults { rng: Seed(1).generator("faults"), second: (&ANY, 0.0), without_fault: true };
        assert!((0..10).any(|_| current.fault(Service::DynamoDb, "PutItem").is_some()));
        assert!((0..10).filter(|_| current.fault(Service::DynamoDb, "PutItem").is_some()).count() < 5);
    }
}
