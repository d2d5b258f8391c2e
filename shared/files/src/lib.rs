//! The bucket: what its objects are called, what its events tell, and objects of any size in little memory.

mod client;
mod error;
mod event;
pub mod keys;
mod read;
mod write;

pub use client::client;
pub use error::{BucketError, ReadError};
pub use event::{Ignored, StoredObject};
pub use read::ObjectReader;
pub use write::{ObjectWriter, PART_BYTES};
