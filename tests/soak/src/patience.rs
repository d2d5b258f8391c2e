//! Clients that try until they are answered.

use std::time::{Duration, Instant};

/// Longer than any disturbance: what is not answered by then is a fault of the system.
const PATIENCE: Duration = Duration::from_secs(120);

/// Why there is no good answer.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// There is none, or only that the system is busy: the same is asked again.
    Unanswered(String),
    /// There is one that should not have been given.
    Wrong(String),
}

/// What came of asking once.
pub(crate) type Asked<T> = Result<T, Trouble>;

/// Asks until there is an answer, which is given with the number of tries before it.
///
/// # Errors
/// What was wrong, or last in the way.
pub(crate) async fn persist<T>(mut ask: impl AsyncFnMut(usize) -> Asked<T>) -> (usize, Result<T, String>) {
    let began = Instant::now();
    let mut tries = 0;
    loop {
        match ask(tries).await {
            Ok(answer) => return (tries, Ok(answer)),
            Err(Trouble::Wrong(what)) => return (tries, Err(what)),
            Err(Trouble::Unanswered(why)) if began.elapsed() > PATIENCE => {
                return (tries, Err(format!("not answered for {PATIENCE:?}: {why}")));
            }
            Err(Trouble::Unanswered(_)) => {}
        }
        tries += 1;
        // Not drawn from the lane's generator: how often it comes to this is not the seed's choice.
        tokio::time::sleep(Duration::from_millis(fastrand::u64(10..200))).await;
    }
}

/// Asks, and hangs up after a time.
pub(crate) async fn hurried<T>(limit: Option<Duration>, ask: impl Future<Output = Asked<T>>) -> Asked<T> {
    match limit {
        None => ask.await,
        Some(limit) => {
            let hung_up = || Err(Trouble::Unanswered("the client hung up".to_owned()));
            tokio::time::timeout(limit, ask).await.unwrap_or_else(|_| hung_up())
        }
    }
}
