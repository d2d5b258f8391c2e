//! What Lambda's runtime does for the API: an event in, an answer out.

use std::convert::Infallible;
use std::sync::Arc;

use lambda_http::LambdaEvent;
use lambda_http::request::LambdaRequest;
use serde::Serialize;
use tower::Service;

use super::routes::ApiHandler;
use crate::functions::context;

/// A handler that gives each event to a service of its own, as Lambda's runtime would, and answers with the JSON that
/// Lambda would post. Requests run concurrently.
pub fn api_handler<S>(make: impl Fn() -> S + Send + Sync + 'static) -> ApiHandler
where
    S: Service<LambdaEvent<LambdaRequest>, Response: Serialize, Error = Infallible, Future: Send>,
{
    let make = Arc::new(make);
    Arc::new(move |event| {
        let make = Arc::clone(&make);
        Box::pin(async move {
            let request: LambdaRequest = serde_json::from_str(&event).map_err(|error| error.to_string())?;
            // Only the future is `Send`: the service ends with the block.
            let answer = { make().call(LambdaEvent::new(request, context())) };
            let Ok(answer) = answer.await;
            serde_json::to_string(&answer).map_err(|error| error.to_string())
        })
    })
}
