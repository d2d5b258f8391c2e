//! What can go wrong with a request, and the answers that say so.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;

use super::request::Service;

/// What goes wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The service refuses the request because too many arrive; it does not run.
    Throttled,
    /// The service refuses the request because another transaction holds an item; it does not run. Requests to S3 pass,
    /// as S3 has no such error.
    TransactionConflict,
    /// The request is lost on its way; it does not run.
    TimeoutBefore,
    /// The request runs, but its answer is lost.
    TimeoutAfter,
    /// The client gives the request up; it runs a moment later.
    Late,
    /// The request runs, but the answer is a server error.
    ErrorAfter,
    /// The index is behind: a query gets the answer that the same query got last. Other requests pass.
    StaleIndex,
    /// The request waits for [`FaultInjector::release`](super::FaultInjector::release), then it runs.
    Hold,
    /// The function that sends the request dies: neither this request nor any later one leaves it, and
    /// [`FaultInjector::run_until_killed`](super::FaultInjector::run_until_killed) returns.
    Kill,
}

impl Fault {
    /// Whether a service can answer so.
    pub(super) fn applies_to(self, service: Service) -> bool {
        match self {
            Fault::StaleIndex => false,
            Fault::TransactionConflict => service == Service::DynamoDb,
            _ => true,
        }
    }
}

const DYNAMODB_THROTTLED: &str =
    r#"{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"slow down"}"#;
const DYNAMODB_CONFLICT: &str =
    r#"{"__type":"com.amazonaws.dynamodb.v20120810#TransactionConflictException","message":"in a transaction"}"#;
const DYNAMODB_CANCELED: &str = r#"{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
    "Message":"Transaction cancelled","CancellationReasons":[{"Code":"TransactionConflict"},{"Code":"None"}]}"#;
const DYNAMODB_INTERNAL: &str =
    r#"{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"sorry"}"#;
const S3_THROTTLED: &str = "<Error><Code>SlowDown</Code><Message>slow down</Message></Error>";
const S3_INTERNAL: &str = "<Error><Code>InternalError</Code><Message>sorry</Message></Error>";

pub(super) fn throttled(service: Service) -> HttpResponse {
    match service {
        Service::DynamoDb => response(400, DYNAMODB_THROTTLED),
        Service::S3 => response(503, S3_THROTTLED),
    }
}

pub(super) fn server_error(service: Service) -> HttpResponse {
    match service {
        Service::DynamoDb => response(500, DYNAMODB_INTERNAL),
        Service::S3 => response(500, S3_INTERNAL),
    }
}

/// DynamoDB's refusal of an item that another transaction holds.
pub(super) fn transaction_conflict(operation: &str) -> HttpResponse {
    response(400, if operation == "TransactWriteItems" { DYNAMODB_CANCELED } else { DYNAMODB_CONFLICT })
}

pub(super) fn response(status: u16, body: impl Into<Vec<u8>>) -> HttpResponse {
    let status = status.try_into().unwrap_or_else(|_| unreachable!("a status code"));
    HttpResponse::new(status, SdkBody::from(body.into()))
}

pub(super) fn timeout() -> ConnectorError {
    ConnectorError::timeout("the answer is lost".into())
}
