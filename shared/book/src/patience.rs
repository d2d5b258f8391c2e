//! How long the book tries.

use std::time::{Duration, Instant};

use crate::error::{BookError, Fault};

/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_millis(400);
/// What the first pause is drawn from; it doubles with each attempt.
const FIRST_PAUSE: Duration = Duration::from_millis(8);

/// Attempts with growing random pauses, until a deadline.
///
/// Full jitter: a pause is drawn evenly between nothing and the bound, which keeps those who lost a race from meeting
/// again (AWS Architecture Blog, "Exponential Backoff And Jitter").
pub(crate) struct Patience {
    deadline: Instant,
    limit: Duration,
    bound: Duration,
}

impl Patience {
    pub(crate) fn new(limit: Duration) -> Patience {
        Patience { deadline: Instant::now() + limit, limit, bound: FIRST_PAUSE }
    }

    /// Starts over: something was achieved.
    pub(crate) fn renew(&mut self) {
        *self = Patience::new(self.limit);
    }

    /// Pauses before the next attempt; an error when there is to be none.
    pub(crate) async fn after(&mut self, fault: Fault) -> Result<(), BookError> {
        if let Fault::Final(error) = fault {
            return Err(error);
        }
        let pause = self.bound.mul_f64(fastrand::f64());
        self.bound = (self.bound * 2).min(LONGEST_PAUSE);
        if Instant::now() + pause >= self.deadline {
            return Err(fault.into_error());
        }
        tracing::info!(target: contacts_lambda::METRICS, book_retries = 1);
        tokio::time::sleep(pause).await;
        Ok(())
    }
}
