//! Logs and metrics: each is a line of JSON on standard output, where Lambda picks it up.
//!
//! Logs are events of `tracing`, with the fields of the spans that they are in; the span of the Lambda runtime has the
//! request's id. They name workspaces, imports, exports and contacts by id, and never a phone, an address or a name.
//!
//! Metrics are events of the target [`crate::metrics::TARGET`]; see [`crate::metrics`].

use std::io;

use tracing::Subscriber;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt, registry};

use crate::metrics::{self, TARGET};

/// Sets up the logs and metrics of a function, once, at its start.
///
/// `RUST_LOG` sets what is logged (`info` by default). `function` is its name where Lambda does not give one.
pub fn init(function: &str) {
    let function = std::env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_else(|_| function.to_owned());
    let wanted = std::env::var("RUST_LOG").ok().and_then(|wanted| wanted.parse().ok());
    subscriber(function, wanted.unwrap_or_else(usual)).init();
}

/// What is logged unless `RUST_LOG` says otherwise. The reader of the Model Context Protocol would log what clients send.
fn usual() -> Targets {
    Targets::new().with_default(LevelFilter::INFO).with_target("rmcp", LevelFilter::ERROR)
}

/// Each layer filters by target and level, so that events and spans that no layer takes (the many spans of the SDK above
/// all) are never built.
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
