//! The Lambda runtime of the API: parses events and serializes responses.

use std::convert::Infallible;
use std::sync::Arc;

use lambda_http::LambdaEvent;
use lambda_http::request::LambdaRequest;
use serde::Serialize;
use tower::Service;

use super::routes::ApiHandler;
use crate::functions::context;

/// A handler that calls a new service for each event and returns its response as JSON. Requests run concurrently.
pub fn api_handler<S>(make: impl Fn() -> S + Send + Sync + 'static) -> ApiHandler
where
    S: Service<LambdaEvent<LambdaRequest>, Response: Serialize, Error = Infallible, Future: Send>,
{
    let make = Arc::new(make);
    Arc::new(move |event| {
        let make = Arc::clone(&make);
        Box::pin(async move {
            let request: LambdaRequest = serde_json::from_str(&event).map_err(|error| error.to_string())?;
            // Drop the service before the await: only the future is `Send`.
            let answer = { make().call(LambdaEvent::new(request, context())) };
            let Ok(answer) = answer.await;
            serde_json::to_string(&answer).map_err(|error| error.to_string())
        })
    })
}
