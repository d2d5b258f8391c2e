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

/// The endpoint. Each request must have API Gateway's `RequestContext` as an extension, as `lambda_http` adds it.
pub fn router(book: ContactBook, claims: Claims) -> Router {
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_sse_keep_alive(None)
        // A token protects the endpoint, so it needs no protection against DNS rebinding; and it does not know its name.
        .disable_allowed_hosts()
        .with_max_request_body_bytes(MAX_BODY_BYTES);
    let tools = move || Ok(Tools::new(book.clone()));
    let service = StreamableHttpService::new(tools, Arc::new(NeverSessionManager::default()), config);
    let routes = Router::new().route_service(PATH, service);
    with_layers(routes.layer(from_fn_with_state(claims, message::authorize)))
}
