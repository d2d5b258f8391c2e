//! Keeps pages that are open in a browser away from ports that trust everything on the machine.
//!
//! The credentials of DynamoDB and S3 are the same everywhere, so any page could sign requests. Browsers say which page
//! sends a request: they add `Origin` to every request that a script could misuse, and `Sec-Fetch-Site` to all. A page whose
//! host name was rebound to 127.0.0.1 sends its own `Host`.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use http::header::{HOST, ORIGIN};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

const FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");
const FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FETCH_USER: HeaderName = HeaderName::from_static("sec-fetch-user");

/// Who may send requests to a port: programs on this machine, and at most one page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visitors {
    /// The port of the page that may use it, too.
    page: Option<u16>,
}

impl Visitors {
    /// Admits programs only, no browser.
    pub(crate) fn programs() -> Visitors {
        Visitors { page: None }
    }

    /// Admits programs and the page at `page`: what its scripts send, and downloads that it links to.
    pub(crate) fn programs_and_page(page: SocketAddr) -> Visitors {
        Visitors { page: Some(page.port()) }
    }

    /// Responds with 403 to all others.
    pub(crate) fn guard(self, router: Router) -> Router {
        router.layer(from_fn_with_state(self, refuse))
    }

    fn admits(self, method: &Method, headers: &HeaderMap) -> bool {
        if !headers.get(HOST).is_some_and(is_this_machine) {
            return false;
        }
        match (headers.get(ORIGIN), self.page) {
            (Some(origin), Some(page)) => is_own(origin, "http://", page),
            (Some(_), None) => false,
            (None, Some(_)) => !is_of_browser(headers) || is_visit(method, headers),
            (None, None) => !is_of_browser(headers),
        }
    }
}

/// The names of this machine with a port, as in `Host`.
pub(crate) fn hosts(port: u16) -> [String; 2] {
    [format!("127.0.0.1:{port}"), format!("localhost:{port}")]
}

/// Whether a header has one of the names of this machine with a port.
pub(crate) fn is_own(value: &HeaderValue, scheme: &str, port: u16) -> bool {
    let host = value.to_str().ok().and_then(|text| text.strip_prefix(scheme));
    host.is_some_and(|host| hosts(port).iter().any(|own| own == host))
}

/// Whether a `Host` names this machine. Any port will do: a client may come through a forwarded port.
fn is_this_machine(host: &HeaderValue) -> bool {
    let Ok(host) = host.to_str() else { return false };
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    ["127.0.0.1", "localhost"].contains(&name)
}

async fn refuse(State(visitors): State<Visitors>, request: Request, next: Next) -> Response {
    if visitors.admits(request.method(), request.headers()) {
        return next.run(request).await;
    }
    (StatusCode::FORBIDDEN, "web pages of other sites may not use this port\n").into_response()
}

/// Browsers send the site with every request. `Sec-Fetch-Mode` alone is no mark: `fetch` of Node sends it, too.
fn is_of_browser(headers: &HeaderMap) -> bool {
    [FETCH_DEST, FETCH_SITE, FETCH_USER].iter().any(|name| headers.contains_key(name))
}

/// Whether the user visits the URL, such as the link of a download. The page that has the link cannot read the response.
fn is_visit(method: &Method, headers: &HeaderMap) -> bool {
    let is = |name, value| headers.get(name).is_some_and(|found| found == value);
    *method == Method::GET && is(FETCH_MODE, "navigate") && is(FETCH_DEST, "document")
}
