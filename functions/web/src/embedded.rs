//! The page that is embedded in this build.

use std::borrow::Cow;

use crate::page::{File, Page};

pub(crate) static EMBEDDED: Page = include!(concat!(env!("OUT_DIR"), "/page.rs"));
