//! Faults between the AWS SDK and its services.

mod client;
mod fault;
mod index_answers;
mod injector;
mod request;

pub use fault::Fault;
pub use injector::FaultInjector;
pub use request::{InterceptedRequest, Service};
