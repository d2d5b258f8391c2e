//! The last answer to each query of an index, to answer as an index that is behind.

use std::collections::HashMap;
use std::sync::Mutex;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::byte_stream::ByteStream;

use super::fault::response;
use super::lock::lock;

/// How many answers are kept.
const CAPACITY: usize = 1_000;

/// Answers by the query that they belong to.
#[derive(Default)]
pub(super) struct IndexAnswers(Mutex<HashMap<Vec<u8>, Vec<u8>>>);

impl IndexAnswers {
    pub(super) fn last(&self, query: &[u8]) -> Option<HttpResponse> {
        lock(&self.0).get(query).map(|answer| response(200, answer.clone()))
    }

    /// Keeps an answer, and returns it.
    pub(super) async fn keep(&self, query: Vec<u8>, answer: HttpResponse) -> Result<HttpResponse, ConnectorError> {
        if !answer.status().is_success() {
            return Ok(answer);
        }
        let body = ByteStream::new(answer.into_body()).collect().await;
        let body = body.map_err(|error| ConnectorError::io(error.into()))?.to_vec();
        let mut answers = lock(&self.0);
        if answers.len() >= CAPACITY {
            answers.clear();
        }
        answers.insert(query, body.clone());
        Ok(response(200, body))
    }
}
