//! Responds to requests for the page.

use http::header::{
    ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::uri::Scheme;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use lambda_http::{Body, Request};

use crate::Site;
use crate::encoding::Encoding;
use crate::page::{DOCUMENT, File};

const CROSS_ORIGIN_OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// Clients revalidate at every visit, and download again only after a change.
const REVALIDATED: &str = "no-cache";
/// Clients keep the file for a year: changed content has another path.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// Clients do not cache the response: during a deployment a missing file may appear soon.
const NOT_CACHED: &str = "no-store";

/// A readable resource.
enum Resource<'a> {
    Document(&'a File),
    Asset(&'a File),
    Config,
}

/// Responds to a request.
pub(crate) fn answer(site: &Site, request: &Request) -> Response<Body> {
    let resource = find(site, request.uri().path());
    let is_read = [Method::GET, Method::HEAD].contains(request.method());
    let mut response = match &resource {
        None => uncached(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", "There is no such file.\n"),
        Some(_) if !is_read => refused_method(),
        Some(Resource::Config) => uncached(StatusCode::OK, "application/json", &site.config.json),
        Some(Resource::Document(file)) => representation(file, REVALIDATED, site, request.headers()),
        Some(Resource::Asset(file)) => representation(file, IMMUTABLE, site, request.headers()),
    };
    if request.method() == Method::HEAD {
        *response.body_mut() = Body::Empty;
    }
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // RFC 6797, 7.2: the header must not be sent without TLS.
    if request.uri().scheme() == Some(&Scheme::HTTPS) {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    if let Some(Resource::Document(_)) = resource {
        // These headers of the document cover everything that it loads. On every asset they would add a tenth to the page.
        headers.insert(CONTENT_SECURITY_POLICY, site.config.policy.clone());
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers.insert(CROSS_ORIGIN_OPENER_POLICY, HeaderValue::from_static("same-origin"));
    }
    response
}

fn find<'a>(site: &'a Site, path: &str) -> Option<Resource<'a>> {
    match path {
        "/" => site.page.file(DOCUMENT).map(Resource::Document),
        "/config.json" => Some(Resource::Config),
        _ => {
            let (hash, path) = path.strip_prefix("/assets/")?.split_once('/')?;
            site.page.file(path).filter(|_| hash == site.page.hash()).map(Resource::Asset)
        }
    }
}

/// The file in the client's preferred encoding, or 304 if the client already has it.
fn representation(file: &File, caching: &'static str, site: &Site, request: &HeaderMap) -> Response<Body> {
    let accept = text(request, ACCEPT_ENCODING);
    let encoding = Encoding::choose(accept, |encoding| file.encoded(encoding).is_some());
    // A strong tag must differ for each encoding.
    let tag = match encoding.name() {
        Some(name) => format!("\"{}-{name}\"", site.page.hash()),
        None => format!("\"{}\"", site.page.hash()),
    };
    let is_current = is_any_of(text(request, IF_NONE_MATCH), &tag);
    let body = file.encoded(encoding).filter(|_| !is_current);
    let mut response = Response::new(body.map_or(Body::Empty, Body::from));
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(ETAG, tag);
    }
    if is_current {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(file.media_type));
    if let Some(name) = encoding.name() {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    response
}

/// Whether the client already has this version, by a weak comparison (RFC 9110, 13.1.2).
fn is_any_of(tags: &str, tag: &str) -> bool {
    tags.split(',').map(str::trim).any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

fn refused_method() -> Response<Body> {
    let mut response =
        uncached(StatusCode::METHOD_NOT_ALLOWED, "text/plain; charset=utf-8", "The page can only be read.\n");
    response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    response
}

fn uncached(status: StatusCode, media_type: &'static str, body: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(NOT_CACHED));
    response
}

fn text(headers: &HeaderMap, name: HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
