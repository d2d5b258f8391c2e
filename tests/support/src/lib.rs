//! What the tests of several crates share: DynamoDB in process with an empty book, a fault injector, and a meter of what requests cost.

mod by_hand;
mod engine;
mod faults;
mod malformed;
mod meter;

pub use by_hand::{ByHand, person};
pub use engine::{Engine, Items, client, engine};
pub use faults::{Fault, FaultInjector, InterceptedRequest, Service, each_request};
pub use malformed::{any_json, damaged, object_of};
pub use meter::{Meter, Request, Spent};
