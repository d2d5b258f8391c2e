//! What a function tells of itself: logs and metrics, each a line of JSON on standard output, where Lambda picks them up.
//!
//! Logs are events of `tracing`, with the fields of the spans they are in: the runtime's has the id of the request. They
//! name workspaces, imports, exports and contacts by id, and never a phone, an address or a name.
//!
//! Metrics are events of the target [`metrics::TARGET`]; see [`metrics`].

pub mod metrics;

use std::io;

use tracing_subscriber::filter::{FilterExt as _, LevelFilter, Targets, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt, registry};

use crate::metrics::{MetricsLayer, TARGET};

/// Sets up logs and metrics of a function, once, at its start. `RUST_LOG` says what is logged, `info` by default; what the
/// function is called when deployed is known to Lambda.
pub fn init(function: &str) {
    let function = std::env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_else(|_| function.to_owned());
    let wanted = std::env::var("RUST_LOG").ok().and_then(|wanted| wanted.parse().ok());
    let wanted = wanted.unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO));
    let logs = fmt::layer()
        .json()
        .flatten_event(true)
        .with_target(false)
        .with_current_span(false)
        .with_span_list(true)
        .with_filter(wanted.and(filter_fn(|metadata| metadata.target() != TARGET)));
    registry().with(logs).with(MetricsLayer::new(function, io::stdout)).init();
}
