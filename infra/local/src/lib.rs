//! The whole system in one process, for Linux and macOS. Replaces API Gateway, Lambda, DynamoDB and S3, and calls the
//! handlers of the functions.
//!
//! [`System::start`] starts it with the functions of a [`Wiring`]. [`run`] is the program `contacts-local`.

mod browsers;
pub mod check;
pub mod cli;
pub mod client;
pub mod constants;
mod data;
mod deliveries;
mod demo;
mod dynamo;
mod functions;
mod gateway;
mod invoke;
mod issuer;
pub mod run;
mod s3;
mod sdk;
mod server;
mod stream;
mod system;
pub mod wiring;

pub use self::data::DataError;
pub use self::deliveries::Retries;
pub use self::dynamo::DynamoError;
pub use self::functions::{FunctionError, FunctionHandler, Functions, function_handler};
pub use self::gateway::{Access, ApiHandler, Routes, api_handler};
pub use self::issuer::IssuerError;
pub use self::sdk::sdk_config;
pub use self::system::{Endpoints, Options, StartError, Subscriber, System, Wiring, WiringError};
