//! The API as a Lambda function, for events of API Gateway.

use std::convert::Infallible;

use axum::Router;
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, LambdaEvent};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use tower::{Service, service_fn};

/// Characters that are invalid in a query, though clients send them and API Gateway passes them on.
const FOREIGN: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>');

/// A service for Lambda's runtime, like the one that [`lambda_http::run`] makes of a router, with two differences: it
/// accepts every query, and the router may still be under construction.
pub fn service(
    router: impl Future<Output = Router> + Clone + Send,
) -> impl Service<LambdaEvent<LambdaRequest>, Response: serde::Serialize, Error = Infallible, Future: Send> {
    service_fn(move |event| {
        let router = router.clone();
        async move {
            let router = router.await;
            // Drop the adapter before the await: only the future is `Send`.
            let answer = { Adapter::from(router).call(escaped(event)) };
            answer.await
        }
    })
}

/// Escapes characters that would make [`lambda_http`] panic when it builds the URI.
fn escaped(mut event: LambdaEvent<LambdaRequest>) -> LambdaEvent<LambdaRequest> {
    if let LambdaRequest::ApiGatewayV2(request) = &mut event.payload
        && let Some(query) = &mut request.raw_query_string
    {
        *query = utf8_percent_encode(query, FOREIGN).to_string();
    }
    event
}
