//! Pagination: the parameters and the JSON of a page, for all lists.

use std::str::FromStr;

use axum::extract::FromRequestParts;
use contacts_book::{Cursor, CursorError};
use http::request::Parts;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::Problem;
use crate::query::Parameters;

const DEFAULT_LIMIT: usize = 50;
const MAX_LIMIT: usize = 200;
/// The most bytes of JSON of a page.
const MAX_PAGE_BYTES: usize = 4 * 1024 * 1024;
/// The most bytes of a page in the response of the function, where it is a text in JSON once more: less than Lambda's 6 MB.
const MAX_ESCAPED_BYTES: usize = 5_500_000;

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// The items of the page, at most `limit`, and fewer if they would take more than 4 MiB.
    pub(crate) items: Vec<T>,
    /// The `cursor` of the next page; null at the end.
    #[schema(required)]
    pub(crate) next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// A page of items, each converted by `show`.
    pub(crate) fn new<K>(
        items: impl IntoIterator<Item = K>,
        show: impl FnMut(K) -> T,
        next: Option<Cursor>,
    ) -> Page<T> {
        Page { items: items.into_iter().map(show).collect(), next_cursor: next.map(|cursor| cursor.to_string()) }
    }
}

impl<T: Serialize> Page<T> {
    /// A page of items with the position after each. Ends early if the next item would make the answer too large; one item
    /// is always in it. `next` is the start of the page after all items.
    pub(crate) fn that_fits<C: ToString>(items: impl IntoIterator<Item = (T, C)>, next: Option<C>) -> Page<T> {
        let mut page = Page { items: Vec::new(), next_cursor: None };
        let mut room = Room::default();
        let mut last: Option<C> = None;
        for (item, end) in items {
            if !room.takes(&item) && last.is_some() {
                page.next_cursor = last.map(|cursor| cursor.to_string());
                return page;
            }
            page.items.push(item);
            last = Some(end);
        }
        page.next_cursor = next.map(|cursor| cursor.to_string());
        page
    }
}

/// The items that an answer has, by their size.
#[derive(Debug, Default)]
pub(crate) struct Room {
    bytes: usize,
    escaped: usize,
}

impl Room {
    /// Adds an item. Returns whether the answer still fits.
    pub(crate) fn takes(&mut self, item: &impl Serialize) -> bool {
        // Serializing a view never fails. If it did, so would the answer.
        let json = serde_json::to_vec(item).unwrap_or_default();
        self.bytes += json.len() + 1;
        self.escaped += json.len() + 1 + json.iter().filter(|byte| matches!(byte, b'"' | b'\\')).count();
        self.bytes <= MAX_PAGE_BYTES && self.escaped <= MAX_ESCAPED_BYTES
    }
}

/// The requested page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Paging<C = Cursor> {
    pub(crate) limit: usize,
    pub(crate) after: Option<C>,
}

/// The parameters of [`Paging`], for the documentation.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters that Paging reads")]
pub(crate) struct PagingParams {
    /// The most items of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
    /// The `next_cursor` of the previous page. The other parameters must stay the same.
    cursor: Option<String>,
}

/// The names of the parameters.
pub(crate) const PARAMETERS: [&str; 2] = ["limit", "cursor"];

impl<C: FromStr<Err = CursorError>> Paging<C> {
    /// Reads the parameters.
    pub(crate) fn of(parameters: &Parameters) -> Result<Paging<C>, Problem> {
        let limit = match parameters.get("limit") {
            None => DEFAULT_LIMIT,
            Some(text) => read_limit(text)
                .ok_or_else(|| Problem::bad_parameter("limit", format!("must be a number from 1 to {MAX_LIMIT}")))?,
        };
        let after = parameters.get("cursor").map(str::parse).transpose()?;
        Ok(Paging { limit, after })
    }
}

fn read_limit(text: &str) -> Option<usize> {
    // `str::parse` would also accept a plus sign.
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|limit| is_number && (1..=MAX_LIMIT).contains(limit))
}

impl<S: Sync, C: FromStr<Err = CursorError>> FromRequestParts<S> for Paging<C> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Paging<C>, Problem> {
        Paging::of(&Parameters::of(parts, &PARAMETERS)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Paging, Problem> {
        Paging::of(&Parameters::read(query, &PARAMETERS).unwrap())
    }

    #[test]
    fn a_limit_is_1_to_200_and_50_by_default() {
        for (query, limit) in [("", 50), ("limit=1", 1), ("limit=200", 200), ("limit=007", 7)] {
            assert_eq!(read(query), Ok(Paging { limit, after: None }), "{query}");
        }
        for query in [
            "limit=0",
            "limit=201",
            "limit=-1",
            "limit=%2B5",
            "limit=1.5",
            "limit=x",
            "limit=",
            "limit=99999999999999999999",
        ] {
            assert_eq!(read(query).unwrap_err().status(), 400, "{query}");
        }
    }

    #[test]
    fn a_cursor_must_be_one() {
        assert_eq!(read("cursor=xyz").unwrap_err(), Problem::bad_parameter("cursor", "is not a cursor of this API"));
        assert_eq!(read("cursor=").unwrap_err().status(), 400);
    }
}
