//! Notifications of the bucket that come by a queue.

use std::time::Duration;

use aws_lambda_events::event::s3::S3Event;
use contacts_lambda::{QueueBatch, causes};
use lambda_runtime::{Context, LambdaEvent};
use serde::Deserialize;

use crate::error::ImportError;
use crate::{Importer, handle};

/// The pauses before a message is handled again within its invocation: those between Lambda's attempts at an asynchronous
/// event. The queue delivers a message again too late for faults that pass, since its visibility timeout is far longer than
/// an invocation.
pub(crate) const PAUSES: [Duration; 2] = [Duration::from_secs(60), Duration::from_secs(120)];

/// The body of a message.
#[derive(Deserialize)]
#[serde(untagged)]
enum Notification {
    Objects(S3Event),
    /// S3 sends it when the queue becomes the target of notifications.
    Test {
        #[serde(rename = "Event")]
        _event: TestEvent,
    },
}

#[derive(Deserialize)]
enum TestEvent {
    #[serde(rename = "s3:TestEvent")]
    Test,
}

/// Handles the messages of a queue.
///
/// # Errors
/// The first [`ImportError`]. The other messages are still handled.
pub(crate) async fn run(importer: &Importer, batch: &QueueBatch, context: &Context) -> Result<(), ImportError> {
    let mut result = Ok(());
    for message in &batch.messages {
        let done = match serde_json::from_str(&message.body) {
            Ok(Notification::Objects(event)) => run_with_retries(importer, &event, context).await,
            Ok(Notification::Test { .. }) => Ok(()),
            Err(error) => {
                let error = ImportError::Internal(error.into());
                tracing::error!(message_id = message.id, error = causes(&error), "message is no notification");
                Err(error)
            }
        };
        result = result.and(done);
    }
    result
}

/// Handles an event, again after each pause while the table or the bucket is not available.
async fn run_with_retries(importer: &Importer, event: &S3Event, context: &Context) -> Result<(), ImportError> {
    let mut pauses = importer.pauses.iter();
    loop {
        // Boxed: the SDK's futures nest so deep that the function would meet the compiler's recursion limit.
        let result = Box::pin(handle(importer, LambdaEvent::new(event.clone(), context.clone()))).await;
        match result {
            Err(ImportError::BookUnavailable(_) | ImportError::BucketUnavailable(_)) => {
                let Some(pause) = pauses.next() else { return result };
                tokio::time::sleep(*pause).await;
            }
            Ok(()) | Err(ImportError::Internal(_)) => return result,
        }
    }
}
