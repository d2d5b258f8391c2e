//! The local API Gateway: an HTTP API with a JWT authorizer in front of the functions.

mod answer;
mod body;
mod codes;
mod cors;
mod event;
mod lambda;
mod local;
mod message;
mod openid;
mod own;
mod routes;
mod state;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::response::Response;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use jiff::Timestamp;
use serde_json::{Map, Value};
use tokio::net::TcpListener;

pub use self::lambda::api_handler;
pub use self::routes::{Access, ApiHandler, Routes};
pub(crate) use self::state::Gateway;

use self::body::BodyError;
use self::message::message;
use self::routes::Match;
use crate::invoke::SYNC_LIMIT;
use crate::server::Server;

/// Quotas of an HTTP API: bytes of the body, bytes of the URI, and the time for a response.
const BODY_LIMIT: usize = 10 * 1024 * 1024;
const URI_LIMIT: usize = 10_240;
const TIMEOUT: Duration = Duration::from_secs(30);

const REQUEST_ID: HeaderName = HeaderName::from_static("apigw-requestid");

/// Serves the gateway on `listener`.
pub(crate) fn serve(listener: TcpListener, gateway: Gateway) -> Server {
    let gateway = Arc::new(gateway);
    let router = local::routes(&gateway).fallback(forward).with_state(gateway);
    Server::axum("gateway", listener, router)
}

async fn forward(
    State(gateway): State<Arc<Gateway>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let request_id = uuid::Uuid::new_v4().simple().to_string();
    let mut response = gateway.answer(&parts, body, peer, &request_id).await;
    cors::allow(&parts.headers, &mut response);
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

impl Gateway {
    async fn answer(&self, parts: &Parts, body: Body, peer: SocketAddr, request_id: &str) -> Response {
        if parts.method == Method::OPTIONS {
            return cors::preflight(&parts.headers);
        }
        let path = event::path(parts);
        // Also keeps the URI that a function builds from the path below the limit of the crate `http`.
        if path.len() + parts.uri.query().map_or(0, str::len) > URI_LIMIT {
            return message(StatusCode::URI_TOO_LONG, "Request Too Long");
        }
        let Some(Match { route, proxy }) = self.routes.find(parts.method.as_str(), path) else {
            return message(StatusCode::NOT_FOUND, "Not Found");
        };
        let claims = match route.access {
            Access::Open => None,
            Access::Token => match self.claims(parts) {
                Ok(claims) => Some(claims),
                Err(challenge) => return unauthorized(&challenge),
            },
        };
        let body = match body::collect(body, BODY_LIMIT).await {
            Ok(body) => body,
            Err(BodyError::TooLong) => return message(StatusCode::PAYLOAD_TOO_LARGE, "Request Too Long"),
            Err(BodyError::Broken) => return message(StatusCode::BAD_REQUEST, "Bad Request"),
        };
        let call = event::Call {
            route_key: &route.key,
            proxy,
            claims: claims.as_ref(),
            request_id,
            peer,
            own: self.address,
            at: Timestamp::now(),
        };
        invoke(&route.handler, event::event(parts, &body, &call), request_id).await
    }

    /// The claims of the request's token, or the challenge of a 401.
    fn claims(&self, parts: &Parts) -> Result<Map<String, Value>, String> {
        let value = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = value
            .and_then(|value| value.split_once(' '))
            .and_then(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()));
        let token = token.ok_or("Bearer")?;
        self.issuer.check(token).map_err(|error| {
            tracing::debug!(%error, "refused a token");
            r#"Bearer scope="" error="invalid_token" error_description="the token is invalid""#.to_owned()
        })
    }
}

/// Calls the function. It runs to its end even if the client disconnects, as on Lambda.
async fn invoke(handler: &ApiHandler, event: String, request_id: &str) -> Response {
    let handler = Arc::clone(handler);
    let call = tokio::spawn(async move { handler(event).await });
    let failure = match tokio::time::timeout(TIMEOUT, call).await {
        Ok(Ok(Ok(answer))) if answer.len() > SYNC_LIMIT => "the response is too long".to_owned(),
        Ok(Ok(Ok(answer))) => match answer::response(&answer) {
            Ok(response) => return response,
            Err(error) => contacts_lambda::causes(&error),
        },
        Ok(Ok(Err(error))) => error,
        // The text of a panic is not logged, since it may contain personal data.
        Ok(Err(_)) => "the function panicked".to_owned(),
        Err(_) => {
            tracing::error!(request_id, "the function took too long");
            return message(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable");
        }
    };
    tracing::error!(request_id, error = failure, "the function failed");
    message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
}

fn unauthorized(challenge: &str) -> Response {
    let mut response = message(StatusCode::UNAUTHORIZED, "Unauthorized");
    if let Ok(challenge) = HeaderValue::from_str(challenge) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}
