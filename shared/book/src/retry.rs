//! How often and how long the book tries again.

use std::time::{Duration, Instant};

use crate::ContactBook;
use crate::error::{BookError, Fault};

/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_millis(400);
/// The bound of the first pause; it doubles with each attempt.
const FIRST_PAUSE: Duration = Duration::from_millis(8);

/// Attempts with growing random pauses, until a deadline.
///
/// Full jitter: a pause is drawn evenly between zero and the bound, so that writers who lost a race do not meet again (AWS
/// Architecture Blog, "Exponential Backoff And Jitter").
pub(crate) struct RetryBudget {
    deadline: Instant,
    limit: Duration,
    bound: Duration,
}

impl RetryBudget {
    pub(crate) fn new(limit: Duration) -> RetryBudget {
        RetryBudget { deadline: Instant::now() + limit, limit, bound: FIRST_PAUSE }
    }

    /// Starts over, after progress was made.
    pub(crate) fn renew(&mut self) {
        *self = RetryBudget::new(self.limit);
    }

    /// Pauses before the next attempt; returns an error if no attempt is left.
    pub(crate) async fn pause(&mut self, fault: Fault) -> Result<(), BookError> {
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

impl ContactBook {
    /// Repeats an attempt until it succeeds, fails for good, or the retry budget is used up.
    ///
    /// `attempt` is not an `AsyncFn`: the compiler cannot prove that the future of one is `Send`.
    pub(crate) async fn retry<T, F>(&self, mut attempt: impl FnMut() -> F) -> Result<T, BookError>
    where
        F: Future<Output = Result<T, Fault>>,
    {
        let mut budget = RetryBudget::new(self.retry_limit);
        loop {
            // Boxed: the SDK's futures nest so deep that callers would meet the compiler's recursion limit.
            match Box::pin(attempt()).await {
                Ok(result) => return Ok(result),
                Err(fault) => budget.pause(fault).await?,
            }
        }
    }
}
