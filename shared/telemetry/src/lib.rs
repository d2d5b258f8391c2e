//! What a function tells of itself: logs and metrics, each a line of JSON on standard output, where Lambda picks them up.
//!
//! Logs are events of `tracing`, with the fields of the spans they are in: the runtime's has the id of the request. They
//! name workspaces, imports, exports and contacts by id, and never a phone, an address or a name.
//!
//! Metrics are events of the target [`metrics::TARGET`]; see [`metrics`].

pub mod metrics;

use std::io;

use tracing::Subscriber;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt, registry};

use crate::metrics::TARGET;

/// Sets up logs and metrics of a function, once, at its start. `RUST_LOG` says what is logged, `info` by default; what the
/// function is called when deployed is known to Lambda.
pub fn init(function: &str) {
    let function = std::env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_else(|_| function.to_owned());
    let wanted = std::env::var("RUST_LOG").ok().and_then(|wanted| wanted.parse().ok());
    subscriber(function, wanted.unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO))).init();
}

/// Each layer says beforehand what it takes: all else, the many spans of the SDK above all, is not even made.
fn subscriber(function: String, wanted: Targets) -> impl Subscriber + Send + Sync {
    let logs = fmt::layer()
        .json()
        .flatten_event(true)
        .with_target(false)
        .with_current_span(false)
        .with_span_list(true)
        .with_filter(wanted.with_target(TARGET, LevelFilter::OFF));
    registry().with(logs).with(metrics::layer(function, io::stdout))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_takes_is_not_made() {
        for (wanted, most) in [("info", LevelFilter::INFO), ("warn,contacts=debug", LevelFilter::DEBUG)] {
            let subscriber = subscriber("f".to_owned(), wanted.parse().unwrap());
            assert_eq!(subscriber.max_level_hint(), Some(most), "{wanted}");
        }
    }
}
