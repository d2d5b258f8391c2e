//! Waiting for what another process does.

use std::time::{Duration, Instant};

/// Far longer than anything takes here, also on a busy machine.
const WAIT_LIMIT: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(100);

/// Asks until there is an answer.
pub async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(began.elapsed() < WAIT_LIMIT, "in vain waited for this: {what}");
        tokio::time::sleep(PAUSE).await;
    }
}
