//! The routes of the HTTP API, with API Gateway's route keys and precedence.

use std::sync::Arc;

use futures_util::future::BoxFuture;

/// Takes the JSON of an API Gateway event and returns the JSON of the function's response.
///
/// An error or a panic becomes a 500 and a log line.
pub type ApiHandler = Arc<dyn Fn(String) -> BoxFuture<'static, Result<String, String>> + Send + Sync>;

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Access {
    /// Anyone.
    Open,
    /// Clients with a token that the authorizer accepts.
    Token,
}

/// Routes and their functions.
#[derive(Clone, Default)]
pub struct Routes {
    routes: Vec<Route>,
}

#[derive(Clone)]
pub(super) struct Route {
    pub(super) key: String,
    pub(super) access: Access,
    pub(super) handler: ApiHandler,
}

/// The route of a request.
pub(super) struct Match<'a> {
    pub(super) route: &'a Route,
    /// The value of `{proxy+}`.
    pub(super) proxy: Option<&'a str>,
}

impl Routes {
    /// Adds a route. `key` is as in API Gateway: a method or `ANY`, then a path that may end in `/{proxy+}`; or `$default`
    /// for all other requests.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, access: Access, handler: ApiHandler) -> Self {
        self.routes.push(Route { key: key.into(), access, handler });
        self
    }

    /// The most specific route: an exact path wins over the longest `{proxy+}` prefix, which wins over `$default`; a method
    /// wins over `ANY`.
    pub(super) fn find<'a>(&'a self, method: &str, path: &'a str) -> Option<Match<'a>> {
        self.routes
            .iter()
            .filter_map(|route| {
                let (rank, proxy) = rank(&route.key, method, path)?;
                Some((rank, Match { route, proxy }))
            })
            .max_by_key(|(rank, _)| *rank)
            .map(|(_, found)| found)
    }
}

/// How specifically a key matches, and the value of its `{proxy+}`; `None` if it does not match.
fn rank<'a>(key: &str, method: &str, path: &'a str) -> Option<((usize, bool), Option<&'a str>)> {
    if key == "$default" {
        return Some(((0, false), None));
    }
    let (wanted, pattern) = key.split_once(' ')?;
    let exact_method = wanted == method;
    if !exact_method && wanted != "ANY" {
        return None;
    }
    match pattern.strip_suffix("{proxy+}") {
        None if pattern == path => Some(((usize::MAX, exact_method), None)),
        None => None,
        Some(prefix) => {
            let proxy = path.strip_prefix(prefix).filter(|rest| !rest.is_empty())?;
            Some(((prefix.len(), exact_method), Some(proxy)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_specific_route_wins() {
        let handler: ApiHandler = Arc::new(|_| Box::pin(async { Ok(String::new()) }));
        let keys = ["$default", "ANY /{proxy+}", "GET /a/{proxy+}", "ANY /a/b", "GET /a/b", "GET /"];
        let routes =
            keys.iter().fold(Routes::default(), |routes, key| routes.with(*key, Access::Open, Arc::clone(&handler)));
        for (method, path, key, proxy) in [
            ("GET", "/a/b", "GET /a/b", None),
            ("POST", "/a/b", "ANY /a/b", None),
            ("GET", "/a/c", "GET /a/{proxy+}", Some("c")),
            ("GET", "/a/", "ANY /{proxy+}", Some("a/")),
            ("PUT", "/a/c", "ANY /{proxy+}", Some("a/c")),
            ("GET", "/", "GET /", None),
            ("PUT", "/", "$default", None),
        ] {
            let found = routes.find(method, path).unwrap();
            assert_eq!((found.route.key.as_str(), found.proxy), (key, proxy), "{method} {path}");
        }
        assert!(Routes::default().find("GET", "/").is_none());
    }
}
