//! The S3 bucket: the keys of its objects, its events, and reading and writing objects of any size in little memory.

mod client;
mod error;
mod event;
pub mod keys;
mod list;
mod read;
mod write;

pub use client::client;
pub use error::{BucketError, ReadError};
pub use event::{Ignored, StoredObject};
pub use list::{Listed, list, remove};
pub use read::ObjectReader;
pub use write::{ObjectWriter, PART_BYTES};
