//! The API as a Lambda function: events of API Gateway in, answers for it out.

use std::convert::Infallible;

use axum::Router;
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, LambdaEvent};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use tower::{Service, service_fn};

/// What no query of a URI has, though clients send it and API Gateway passes it on.
const FOREIGN: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>');

/// The API for Lambda's runtime: what [`lambda_http::run`] makes of a router, but for every query,
/// and of one that may still be in the making.
pub fn service(
    router: impl Future<Output = Router> + Clone + Send,
) -> impl Service<LambdaEvent<LambdaRequest>, Response: serde::Serialize, Error = Infallible, Future: Send> {
    service_fn(move |event| {
        let router = router.clone();
        async move {
            let router = router.await;
            // Only the future is `Send`: the adapter ends with the block.
            let answer = { Adapter::from(router).call(escaped(event)) };
            answer.await
        }
    })
}

/// Escapes what would make [`lambda_http`] panic when it builds the URI.
fn escaped(mut event: LambdaEvent<LambdaRequest>) -> LambdaEvent<LambdaRequest> {
    if let LambdaRequest::ApiGatewayV2(request) = &mut event.payload
        && let Some(query) = &mut request.raw_query_string
    {
        *query = utf8_percent_encode(query, FOREIGN).to_string();
    }
    event
}
