//! Batches of messages with which Lambda invokes a function for an SQS queue, and the answer to them.

use serde::{Deserialize, Serialize};

/// The payload of an invocation by a queue.
#[derive(Debug, Clone, Deserialize)]
pub struct QueueBatch {
    /// In no particular order.
    #[serde(rename = "Records")]
    pub messages: Vec<QueueMessage>,
}

/// A message. Its other members are ignored.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueueMessage {
    /// The kind of the queue. The records of other sources, such as S3, are no messages.
    pub event_source: QueueSource,
    /// The id that the queue gave the message.
    #[serde(rename = "messageId")]
    pub id: String,
    /// What the sender sent.
    pub body: String,
}

/// The services whose queues invoke functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum QueueSource {
    /// Amazon SQS.
    #[serde(rename = "aws:sqs")]
    Sqs,
}

/// Which messages of a batch failed. The queue delivers them again, and removes all others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct QueueAnswer {
    /// The messages that failed.
    #[serde(rename = "batchItemFailures")]
    pub failures: Vec<FailedMessage>,
}

/// A message that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedMessage {
    /// Its id.
    #[serde(rename = "itemIdentifier")]
    pub id: String,
}

impl FromIterator<String> for QueueAnswer {
    /// The answer that the messages with these ids failed.
    fn from_iter<I: IntoIterator<Item = String>>(ids: I) -> QueueAnswer {
        QueueAnswer { failures: ids.into_iter().map(|id| FailedMessage { id }).collect() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_batch_is_read_and_records_of_other_sources_are_none() {
        let batch = |source: &str| {
            let record = json!({
                "eventSource": source, "messageId": "m-1", "body": "{}", "receiptHandle": "r",
                "attributes": {"ApproximateReceiveCount": "1"}, "messageAttributes": {},
            });
            serde_json::from_value::<QueueBatch>(json!({"Records": [record]})).ok()
        };
        let batch_of_queue = batch("aws:sqs").unwrap();
        assert_eq!((&*batch_of_queue.messages[0].id, &*batch_of_queue.messages[0].body), ("m-1", "{}"));
        assert!(batch("aws:s3").is_none());
    }

    #[test]
    fn the_answer_names_the_failed_messages() {
        let answer: QueueAnswer = ["m-1".to_owned()].into_iter().collect();
        assert_eq!(serde_json::to_value(answer).unwrap(), json!({"batchItemFailures": [{"itemIdentifier": "m-1"}]}));
        assert_eq!(serde_json::to_value(QueueAnswer::default()).unwrap(), json!({"batchItemFailures": []}));
    }
}
