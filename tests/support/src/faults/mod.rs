//! Faults between the AWS SDK and its services.

mod client;
mod each_request;
mod fault;
mod index_answers;
mod injector;
mod lock;
mod request;

pub use each_request::each_request;
pub use fault::Fault;
pub use injector::FaultInjector;
pub use request::{InterceptedRequest, Service};
