//! What the tests of several crates share: DynamoDB in process with an empty book, and a fault injector.

mod by_hand;
mod engine;
mod faults;
mod malformed;

pub use by_hand::{ByHand, person};
pub use engine::{Engine, client, engine};
pub use faults::{Fault, FaultInjector, InterceptedRequest, Service};
pub use malformed::{any_json, damaged, object_of};
