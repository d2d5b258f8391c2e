//! Logs one line per request, and one more per failure, with ids and never personal data: paths appear as their pattern,
//! queries not at all.

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use http::Extensions;
use lambda_http::request::RequestContext;
use tracing::Instrument as _;
use tracing::field::Empty;

use crate::problem::Failure;

/// Runs the request in a span, and logs its failure, if any, and its status.
pub(crate) async fn request(request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map_or("(none)", MatchedPath::as_str);
    let span = tracing::info_span!(
        "request",
        method = %request.method(),
        path,
        request_id = request_id(request.extensions()),
        workspace = Empty,
        user = Empty,
    );
    async {
        let mut response = next.run(request).await;
        if let Some(failure) = response.extensions_mut().remove::<Failure>() {
            failure.log(response.status());
        }
        tracing::info!(status = response.status().as_u16(), "answered");
        response
    }
    .instrument(span)
    .await
}

/// The id that API Gateway gave the request.
pub(crate) fn request_id(extensions: &Extensions) -> Option<&str> {
    match extensions.get()? {
        RequestContext::ApiGatewayV2(context) => context.request_id.as_deref(),
        _ => None,
    }
}
