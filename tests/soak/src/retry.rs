//! Clients that retry until they get an answer.

use std::time::{Duration, Instant};

/// Longer than any series of faults: a request without an answer by then is a defect of the system.
const RETRY_LIMIT: Duration = Duration::from_secs(120);

/// Why an attempt has no good answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// No answer, or one that says the system is busy. The client retries.
    Unanswered(String),
    /// A wrong answer.
    Wrong(String),
}

/// The result of one attempt.
pub(crate) type Attempt<T> = Result<T, Failure>;

/// Repeats attempts until there is an answer; returns it with the number of attempts before.
///
/// # Errors
/// The wrong answer, or why the last attempt failed.
pub(crate) async fn retry<T>(mut ask: impl AsyncFnMut(usize) -> Attempt<T>) -> (usize, Result<T, String>) {
    let began = Instant::now();
    let mut tries = 0;
    loop {
        match ask(tries).await {
            Ok(answer) => return (tries, Ok(answer)),
            Err(Failure::Wrong(what)) => return (tries, Err(what)),
            Err(Failure::Unanswered(why)) if began.elapsed() > RETRY_LIMIT => {
                return (tries, Err(format!("not answered for {RETRY_LIMIT:?}: {why}")));
            }
            Err(Failure::Unanswered(_)) => {}
        }
        tries += 1;
        // Not from the lane's generator: the seed does not decide how often this happens.
        tokio::time::sleep(Duration::from_millis(fastrand::u64(10..200))).await;
    }
}

/// Makes an attempt, and hangs up after a time.
pub(crate) async fn hang_up_after<T>(limit: Option<Duration>, ask: impl Future<Output = Attempt<T>>) -> Attempt<T> {
    match limit {
        None => ask.await,
        Some(limit) => {
            let hung_up = || Err(Failure::Unanswered("the client hung up".to_owned()));
            tokio::time::timeout(limit, ask).await.unwrap_or_else(|_| hung_up())
        }
    }
}
