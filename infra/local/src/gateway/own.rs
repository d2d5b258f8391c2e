//! The gateway's own host names, and requests from other sites.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, HOST, ORIGIN, VARY};
use http::{HeaderMap, HeaderValue, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::message::message;
use super::state::Gateway;
use crate::browsers::{hosts, is_own};

/// Refuses requests of other sites' pages, which may be open in the developer's browser: they must not get tokens or call
/// functions. The gateway's own page may read the responses under both of its host names.
pub(super) async fn same_site(State(gateway): State<Arc<Gateway>>, request: Request, next: Next) -> Response {
    if !is_same_site(request.headers(), gateway.address.port()) {
        return message(StatusCode::FORBIDDEN, "Forbidden");
    }
    let origin = request.headers().get(ORIGIN).cloned();
    let mut response = next.run(request).await;
    if let Some(origin) = origin {
        response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        response.headers_mut().append(VARY, HeaderValue::from_static("origin"));
    }
    response
}

/// Whether a URL is the gateway's and fit for a redirect, which means that it has no fragment.
pub(super) fn is_own_url(url: &str, port: u16) -> bool {
    let is_plain = url.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#');
    let path = |host: &String| url.strip_prefix("http://")?.strip_prefix(host.as_str());
    is_plain && hosts(port).iter().filter_map(path).any(|path| path.is_empty() || path.starts_with(['/', '?']))
}

/// Adds parameters to the query of a URL.
pub(super) fn with_parameters<'a>(url: &str, parameters: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    parameters.fold(url.to_owned(), |url, (name, value)| {
        let separator = if url.contains('?') { '&' } else { '?' };
        format!("{url}{separator}{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC))
    })
}

/// Whether the request is for one of the gateway's names and, if a page sent it, from the gateway's own page.
fn is_same_site(headers: &HeaderMap, port: u16) -> bool {
    headers.get(HOST).is_some_and(|host| is_own(host, "", port))
        && headers.get(ORIGIN).is_none_or(|origin| is_own(origin, "http://", port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_lead_only_to_this_gateway() {
        for own in
            ["http://127.0.0.1:3000", "http://localhost:3000/", "http://localhost:3000/x?y", "http://localhost:3000?y"]
        {
            assert!(is_own_url(own, 3000), "{own}");
        }
        for other in [
            "",
            "/",
            "//localhost:3000/",
            "https://localhost:3000/",
            "http://localhost:30001/",
            "http://localhost:3000.evil.example/",
            "http://localhost:3000@evil.example/",
            "http://localhost:3000\\@evil.example/",
            "http://evil.example/http://localhost:3000/",
            "http://evil@localhost:3000/",
            "http://localhost:3000/#x",
            "http://localhost:3000/\r\nset-cookie: x",
            "http://localhost:3000/é",
        ] {
            assert!(!is_own_url(other, 3000), "{other}");
        }
    }
}
