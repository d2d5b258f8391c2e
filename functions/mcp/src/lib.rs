//! The contact book as tools for AI assistants: the Model Context Protocol over streamable HTTP.
//!
//! The server is stateless and answers each message with JSON, so any instance of a Lambda function can answer any of
//! them. The token decides the workspace and the role, as in the HTTP API. No tool runs a language model.

mod arguments;
mod message;
mod shown;
mod tools;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use contacts_api::{Claims, MAX_BODY_BYTES, with_layers};
use contacts_book::ContactBook;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};

use crate::tools::Tools;

/// The path of the endpoint.
pub const PATH: &str = "/mcp";

/// The origins of pages that may call the endpoint: those of the user's own machine, such as the Inspector's page. The
/// protocol requires that all others are refused.
const PAGES: [&str; 2] = ["http://localhost:*", "http://127.0.0.1:*"];

/// The endpoint. Each request must have API Gateway's `RequestContext` as an extension, as `lambda_http` adds it.
pub fn router(book: ContactBook, claims: Claims) -> Router {
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_sse_keep_alive(None)
        // The endpoint does not know its own name. A page whose name was rebound to the server's address is refused by its
        // `Origin`, which browsers add to every POST.
        .disable_allowed_hosts()
        .with_allowed_origins(PAGES)
        .with_max_request_body_bytes(MAX_BODY_BYTES);
    let tools = move || Ok(Tools::new(book.clone()));
    let service = StreamableHttpService::new(tools, Arc::new(NeverSessionManager::default()), config);
    let routes = Router::new().route_service(PATH, service);
    with_layers(routes.layer(from_fn_with_state(claims, message::authorize)))
}
