//! The page that this build was made with.

use std::borrow::Cow;

use crate::page::{File, Page};

pub(crate) static EMBEDDED: Page = include!(concat!(env!("OUT_DIR"), "/page.rs"));
