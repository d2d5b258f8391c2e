//! Lists objects page by page.

use std::ops::Bound;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use s3s::dto;
use s3s::{S3Result, s3_error};
use serde::{Deserialize, Serialize};

use super::event;
use super::object::Object;
use super::store::Catalog;

/// The most keys of a page, as in S3.
const PAGE: usize = 1_000;

/// The parameters of a listing.
struct Query<'a> {
    prefix: &'a str,
    delimiter: Option<&'a str>,
    after: Position,
    limit: usize,
}

/// Where a page ended.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Position {
    /// After this key.
    Key(String),
    /// After everything that starts with this.
    Prefix(String),
}

/// A page.
#[derive(Default)]
struct ListingPage {
    objects: Vec<Arc<Object>>,
    prefixes: Vec<String>,
    /// Where the next page starts, if there is one.
    next: Option<Position>,
}

impl Position {
    fn to_token(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::json!(self).to_string())
    }

    /// `None` if the token is invalid.
    fn from_token(token: &str) -> Option<Self> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token).ok()?).ok()
    }
}

/// Lists objects: `ListObjectsV2`.
///
/// # Errors
///
/// `InvalidArgument` for an invalid continuation token.
pub(super) fn list(catalog: &Catalog, input: dto::ListObjectsV2Input) -> S3Result<dto::ListObjectsV2Output> {
    let after = match (&input.continuation_token, &input.start_after) {
        (Some(token), _) => Position::from_token(token)
            .ok_or_else(|| s3_error!(InvalidArgument, "the continuation token is invalid"))?,
        (None, Some(key)) => Position::Key(key.clone()),
        (None, None) => Position::Key(String::new()),
    };
    let limit = input.max_keys.map_or(PAGE, |max| usize::try_from(max).unwrap_or(0).min(PAGE));
    let prefix = input.prefix.as_deref().unwrap_or_default();
    let delimiter = input.delimiter.as_deref().filter(|delimiter| !delimiter.is_empty());
    let page = page(catalog, &Query { prefix, delimiter, after, limit });
    // XML cannot represent every character of a key, so clients may ask for URL encoding.
    let url = input.encoding_type.as_ref().map(dto::EncodingType::as_str) == Some("url");
    let text = |key: &str| {
        if url { event::encode(key) } else { key.to_owned() }
    };
    let contents = page.objects.iter().map(|object| dto::Object {
        key: Some(text(&object.key)),
        e_tag: Some(object.etag()),
        size: Some(object.length()),
        last_modified: Some(object.last_modified()),
        ..Default::default()
    });
    let prefixes = page.prefixes.iter().map(|prefix| dto::CommonPrefix { prefix: Some(text(prefix)) });
    Ok(dto::ListObjectsV2Output {
        name: Some(input.bucket),
        key_count: i32::try_from(page.objects.len() + page.prefixes.len()).ok(),
        max_keys: i32::try_from(limit).ok(),
        is_truncated: Some(page.next.is_some()),
        next_continuation_token: page.next.as_ref().map(Position::to_token),
        contents: Some(contents.collect()),
        common_prefixes: Some(prefixes.collect()),
        prefix: input.prefix.as_deref().map(text),
        delimiter: input.delimiter.as_deref().map(text),
        start_after: input.start_after.as_deref().map(text),
        continuation_token: input.continuation_token,
        encoding_type: input.encoding_type,
        ..Default::default()
    })
}

/// The keys that start with the prefix. Rolls up keys that contain the delimiter after it.
fn page(catalog: &Catalog, query: &Query<'_>) -> ListingPage {
    let after = match &query.after {
        Position::Key(key) | Position::Prefix(key) => key.as_str(),
    };
    let start = if after < query.prefix { Bound::Included(query.prefix) } else { Bound::Excluded(after) };
    let mut page = ListingPage::default();
    let mut last = query.after.clone();
    for (key, object) in catalog.range::<str, _>((start, Bound::Unbounded)) {
        let Some(rest) = key.strip_prefix(query.prefix) else {
            break;
        };
        if matches!(&last, Position::Prefix(done) if key.starts_with(done.as_str())) {
            continue;
        }
        if page.objects.len() + page.prefixes.len() == query.limit {
            page.next = Some(last);
            break;
        }
        let rolled_up = query
            .delimiter
            .and_then(|delimiter| Some(rest.find(delimiter)? + delimiter.len()))
            .and_then(|end| rest.get(..end));
        if let Some(rolled_up) = rolled_up {
            let prefix = format!("{}{rolled_up}", query.prefix);
            page.prefixes.push(prefix.clone());
            last = Position::Prefix(prefix);
        } else {
            page.objects.push(Arc::clone(object));
            last = Position::Key(key.clone());
        }
    }
    page
}
