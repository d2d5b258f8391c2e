//! What an import and its preview are told alike.

use contacts::{Country, Settings};

use super::mapping::ToldMapping;
use crate::Problem;
use crate::body::{Body, Said};

/// How a file is to be read, as far as it was told.
#[derive(Debug)]
pub(super) struct Reading {
    /// Whether the first row names the columns.
    pub(super) header: Option<bool>,
    pub(super) mapping: Option<ToldMapping>,
    pub(super) default_country: Option<Country>,
}

impl Reading {
    /// Takes the members `header`, `mapping` and `default_country`.
    pub(super) fn take(body: &mut Body, settings: &Settings) -> Result<Reading, Problem> {
        Ok(Reading {
            header: body.take("header", Said::flag)?,
            mapping: ToldMapping::take(body, settings)?,
            default_country: body.take("default_country", country)?,
        })
    }
}

fn country(said: Said) -> Result<Country, String> {
    Country::parse(&said.text()?).map_err(|error| format!("is {error}"))
}
