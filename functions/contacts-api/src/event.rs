//! The API as a Lambda function: events of API Gateway in, answers for it out.

use std::convert::Infallible;

use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, LambdaEvent};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use tower::Service;
use tower::util::MapRequest;

use crate::{Api, router};

/// What no query of a URI has, though clients send it and API Gateway passes it on.
const FOREIGN: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>');

/// The API for Lambda's runtime: what [`lambda_http::run`] makes of a router, but for every query.
pub fn service(
    api: Api,
) -> impl Service<LambdaEvent<LambdaRequest>, Response: serde::Serialize, Error = Infallible, Future: Send> {
    let adapter = Adapter::from(router(api));
    MapRequest::new(adapter, escaped)
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
