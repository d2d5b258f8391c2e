//! What the Lambda functions share around their handlers: environment, clients of AWS, batches of queues, logs, metrics, and
//! how errors are logged.

pub mod aws;
mod causes;
mod environment;
mod logs;
pub mod metrics;
mod prewarm;
mod queue;

pub use causes::causes;
pub use environment::{MissingVariable, variable};
pub use logs::init;
pub use metrics::TARGET as METRICS;
pub use prewarm::prewarm;
pub use queue::{FailedMessage, QueueAnswer, QueueBatch, QueueMessage, QueueSource};
