//! Errors between the book and its table. Only this module inspects the SDK's errors.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use contacts::Torn;

use crate::item::{Item, MalformedItem};
use crate::keys::WRITE;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why a call of the book failed.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// Other writers kept changing the same contact until the retry limit. Try again.
    #[error("the contact is being changed by too many others at once")]
    Contended,
    /// The table was unreachable, overloaded or too slow until the retry limit. Try again.
    #[error("the contact table is not available")]
    Unavailable(#[source] Source),
    /// The table rejected the request, because of a defect or a missing permission.
    #[error("the contact table refused a request")]
    Refused(#[source] Source),
    /// This build cannot read an item that the call needs.
    #[error(transparent)]
    Malformed(#[from] MalformedItem),
    /// The call would write an item that is in the format of a newer build. Try again where the newer build runs.
    #[error("the contact table has an item in the format of a newer version")]
    Newer,
    /// The workspace is closed: nothing is written to its book.
    #[error("the workspace is closed")]
    Closed,
}

impl BookError {
    /// Whether the same call may succeed later.
    pub fn is_temporary(&self) -> bool {
        matches!(self, BookError::Contended | BookError::Unavailable(_) | BookError::Newer)
    }
}

/// Why one attempt failed.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Nothing was written, because another writer was faster or the reads were torn. Read again.
    Lost,
    /// The write may or may not have happened. Read again.
    Unclear(Source),
    /// A retry does not help.
    Final(BookError),
}

impl From<Torn> for Fault {
    fn from(_: Torn) -> Fault {
        Fault::Lost
    }
}

impl From<MalformedItem> for Fault {
    fn from(error: MalformedItem) -> Fault {
        Fault::Final(error.into())
    }
}

impl Fault {
    /// The error that the book returns when it gives up.
    pub(crate) fn into_error(self) -> BookError {
        match self {
            Fault::Lost => BookError::Contended,
            Fault::Unclear(source) => BookError::Unavailable(source),
            Fault::Final(error) => error,
        }
    }
}

/// Service errors that are temporary.
const TEMPORARY: [&str; 8] = [
    "InternalServerError",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "ThrottlingException",
    "TransactionConflictException",
    "TransactionInProgressException",
];

/// Classifies an error that any operation can return. [`of_put`] and [`of_transaction`] handle failed conditions.
pub(crate) fn of<E>(error: SdkError<E>) -> Fault
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let temporary = match &error {
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => true,
        SdkError::ServiceError(service) => {
            let code = service.err().code();
            code.is_some_and(|code| TEMPORARY.contains(&code)) || service.raw().status().is_server_error()
        }
        _ => false,
    };
    if temporary { Fault::Unclear(error.into()) } else { Fault::Final(BookError::Refused(error.into())) }
}

/// Whether the condition of a write was met; if not, nothing was written.
pub(crate) fn condition_met<T, E>(sent: Result<T, SdkError<E>>) -> Result<bool, Fault>
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    match sent {
        Ok(_) => Ok(true),
        Err(error) if is_failed_condition(&error) => Ok(false),
        Err(error) => Err(of(error)),
    }
}

/// Whether the condition of a single write failed.
pub(crate) fn is_failed_condition<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    error.as_service_error().and_then(|error| error.code()) == Some("ConditionalCheckFailedException")
}

/// The existing item that made the condition of an update fail.
pub(crate) fn item_there(error: &SdkError<UpdateItemError>) -> Option<&Item> {
    match error.as_service_error()? {
        UpdateItemError::ConditionalCheckFailedException(failed) => failed.item(),
        _ => None,
    }
}

/// Whether a transaction was cancelled because a condition failed.
pub(crate) fn is_failed_condition_of_transaction(error: &SdkError<TransactWriteItemsError>) -> bool {
    let Some(TransactWriteItemsError::TransactionCanceledException(canceled)) = error.as_service_error() else {
        return false;
    };
    canceled.cancellation_reasons().iter().any(|reason| reason.code() == Some("ConditionalCheckFailed"))
}

/// The result of a conditional single write: `Ok` when an earlier attempt already made this write.
pub(crate) fn of_put(error: SdkError<PutItemError>, marks: &[String]) -> Result<(), Fault> {
    match error.as_service_error() {
        Some(PutItemError::ConditionalCheckFailedException(failed)) => {
            if failed.item().is_some_and(|item| was_written_by(item, marks)) { Ok(()) } else { Err(Fault::Lost) }
        }
        _ => Err(of(error)),
    }
}

/// The result of a transaction, as in [`of_put`]. `marks` are the marks of all drafts in the transaction.
pub(crate) fn of_transaction(error: SdkError<TransactWriteItemsError>, marks: &[String]) -> Result<(), Fault> {
    let Some(TransactWriteItemsError::TransactionCanceledException(canceled)) = error.as_service_error() else {
        return Err(of(error));
    };
    let reasons = canceled.cancellation_reasons();
    if reasons.iter().filter_map(|reason| reason.item()).any(|item| was_written_by(item, marks)) {
        return Ok(());
    }
    let codes = reasons.iter().filter_map(|reason| reason.code()).filter(|code| *code != "None");
    let mut fault = Fault::Lost;
    for code in codes {
        match code {
            "ConditionalCheckFailed" | "TransactionConflict" => {}
            "ProvisionedThroughputExceeded" | "ThrottlingError" => {
                fault = Fault::Unclear(format!("transaction canceled: {code}").into());
            }
            // An item is too large, or there is a defect: the code says which.
            other => return Err(Fault::Final(BookError::Refused(format!("transaction canceled: {other}").into()))),
        }
    }
    Err(fault)
}

fn was_written_by(item: &Item, marks: &[String]) -> bool {
    matches!(item.get(WRITE), Some(AttributeValue::S(mark)) if marks.contains(mark))
}
