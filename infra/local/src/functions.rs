//! The functions by name, called with the JSON of an event, as Lambda does.

use std::collections::BTreeMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use lambda_runtime::{Context, Diagnostic, LambdaEvent};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Takes the JSON of an event and returns the JSON of the response.
pub type FunctionHandler = Arc<dyn Fn(String) -> BoxFuture<'static, Result<String, FunctionError>> + Send + Sync>;

/// The error of a failed invocation.
#[derive(Clone, Debug, PartialEq, Serialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{error_type}: {error_message}")]
pub struct FunctionError {
    /// The stable name of the error.
    pub error_type: String,
    /// The message, for people.
    pub error_message: String,
}

impl From<Diagnostic> for FunctionError {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { error_type: diagnostic.error_type, error_message: diagnostic.error_message }
    }
}

/// The functions that can be invoked.
#[derive(Clone, Default)]
pub struct Functions {
    by_name: BTreeMap<String, FunctionHandler>,
}

impl Functions {
    /// Adds a function. Replaces an earlier one of the same name.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, handler: FunctionHandler) -> Self {
        self.by_name.insert(name.into(), handler);
        self
    }

    /// Finds a function by its name, `account:function:name` or ARN, with or without a version.
    pub fn find(&self, name: &str) -> Option<(&str, &FunctionHandler)> {
        let mut words = name.split(':');
        let bare = match name.split_once("function:") {
            Some((_, rest)) => rest.split(':').next(),
            None => words.next(),
        };
        self.by_name.get_key_value(bare?).map(|(name, handler)| (name.as_str(), handler))
    }
}

/// Wraps the handler of a function as Lambda's runtime does: parses the event, serializes the response, and converts an
/// error to its [`Diagnostic`].
pub fn function_handler<Event, Answer, Error, Fut>(
    handler: impl Fn(LambdaEvent<Event>) -> Fut + Send + Sync + 'static,
) -> FunctionHandler
where
    Event: DeserializeOwned,
    Answer: Serialize,
    Error: Into<Diagnostic>,
    Fut: Future<Output = Result<Answer, Error>> + Send + 'static,
{
    let handler = Arc::new(handler);
    Arc::new(move |payload: String| {
        let handler = Arc::clone(&handler);
        async move {
            let event = serde_json::from_str(&payload).map_err(json_error)?;
            let answer = handler(LambdaEvent::new(event, context())).await;
            let answer = answer.map_err(|error| FunctionError::from(error.into()))?;
            serde_json::to_string(&answer).map_err(json_error)
        }
        .boxed()
    })
}

/// The context of an invocation. It has only the members that the functions use.
pub(crate) fn context() -> Context {
    let mut context = Context::default();
    context.request_id = uuid::Uuid::new_v4().to_string();
    context
}

/// Calls a function. A panic becomes an error.
pub(crate) async fn call(handler: &FunctionHandler, payload: String) -> Result<String, FunctionError> {
    let call = async { handler(payload).await };
    AssertUnwindSafe(call).catch_unwind().await.unwrap_or_else(|_| {
        Err(FunctionError { error_type: "Runtime.Panic".to_owned(), error_message: "the function panicked".to_owned() })
    })
}

fn json_error(error: serde_json::Error) -> FunctionError {
    FunctionError { error_type: "Runtime.InvalidJson".to_owned(), error_message: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_found_by_every_form_of_its_name() {
        let handler = function_handler(|event: LambdaEvent<String>| async { Ok::<_, String>(event.payload) });
        let functions = Functions::default().with("greet", handler);
        for name in [
            "greet",
            "greet:$LATEST",
            "000000000000:function:greet",
            "arn:aws:lambda:us-east-1:000000000000:function:greet",
            "arn:aws:lambda:us-east-1:000000000000:function:greet:7",
        ] {
            assert_eq!(functions.find(name).map(|(name, _)| name), Some("greet"), "{name}");
        }
        for name in ["", "function:", "other", "arn:aws:lambda:us-east-1:000000000000:function:other"] {
            assert!(functions.find(name).is_none(), "{name}");
        }
    }
}
