//! The operations of DynamoDB that the engine has, by their names in the protocol.

use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The JSON of a response.
type Answer = Result<String, DynoxideError>;

/// An operation: takes the JSON of a request.
pub(super) type Operation = fn(&Database, &str) -> Answer;

/// Finds the operation with a name such as `PutItem`.
pub(super) fn find(name: &str) -> Option<Operation> {
    macro_rules! operations {
        ($($name:literal => $method:ident),+ $(,)?) => {
            match name {
                $($name => Some(|database, body| answer(body, |request| database.$method(request))),)+
                _ => None,
            }
        };
    }
    operations! {
        "CreateTable" => create_table,
        "DeleteTable" => delete_table,
        "DescribeTable" => describe_table,
        "ListTables" => list_tables,
        "UpdateTable" => update_table,
        "PutItem" => put_item,
        "GetItem" => get_item,
        "DeleteItem" => delete_item,
        "UpdateItem" => update_item,
        "Query" => query,
        "Scan" => scan,
        "BatchGetItem" => batch_get_item,
        "BatchWriteItem" => batch_write_item,
        "TransactWriteItems" => transact_write_items,
        "TransactGetItems" => transact_get_items,
        "ListStreams" => list_streams,
        "DescribeStream" => describe_stream,
        "GetShardIterator" => get_shard_iterator,
        "GetRecords" => get_records,
        "UpdateTimeToLive" => update_time_to_live,
        "DescribeTimeToLive" => describe_time_to_live,
        "ExecuteStatement" => execute_statement,
        "ExecuteTransaction" => execute_transaction,
        "BatchExecuteStatement" => batch_execute_statement,
        "TagResource" => tag_resource,
        "UntagResource" => untag_resource,
        "ListTagsOfResource" => list_tags_of_resource,
    }
}

fn answer<I: DeserializeOwned, O: Serialize>(body: &str, run: impl FnOnce(I) -> Result<O, DynoxideError>) -> Answer {
    let request = serde_json::from_str(body).map_err(|error| malformed(&error))?;
    serde_json::to_string(&run(request)?).map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}

/// The SDKs send no malformed requests, so only the class of the error is DynamoDB's, not the text.
fn malformed(error: &serde_json::Error) -> DynoxideError {
    if error.is_data() {
        DynoxideError::ValidationException(error.to_string())
    } else {
        DynoxideError::SerializationException(error.to_string())
    }
}
