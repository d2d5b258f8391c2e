//! What requests cost: their number, their capacity units, and each of them to be sent again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::{
    AfterDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextMut,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::batch_get_item::{BatchGetItemInput, BatchGetItemOutput};
use aws_sdk_dynamodb::operation::put_item::{PutItemInput, PutItemOutput};
use aws_sdk_dynamodb::operation::transact_write_items::{TransactWriteItemsInput, TransactWriteItemsOutput};
use aws_sdk_dynamodb::types::{ConsumedCapacity, ReturnConsumedCapacity};
use contacts_book::ContactBook;

use crate::Engine;

/// Asks with every request what it consumes, and keeps the requests. Clones are one.
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<Mutex<Spent>>);

/// What was sent since the last time.
#[derive(Debug, Clone, Default)]
pub struct Spent {
    /// The requests, in order.
    pub requests: Vec<Request>,
    /// DynamoDB's read capacity units.
    pub read_units: f64,
    /// DynamoDB's write capacity units, of the table and its indexes.
    pub write_units: f64,
}

/// A request of the book.
#[derive(Debug, Clone)]
pub enum Request {
    /// Reads items by key.
    BatchGet(BatchGetItemInput),
    /// Writes one item.
    Put(Box<PutItemInput>),
    /// Writes several items, or none.
    Transact(TransactWriteItemsInput),
}

impl Meter {
    /// A book whose requests are metered.
    pub fn book(&self, engine: &Engine) -> ContactBook {
        let config = engine.config().interceptor(self.clone()).build();
        ContactBook::new(Client::from_conf(config), engine.table())
    }

    /// What was spent since the last call.
    pub fn take(&self) -> Spent {
        std::mem::take(&mut *self.spent())
    }

    fn spent(&self) -> MutexGuard<'_, Spent> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Request {
    /// The name of the operation.
    pub fn operation(&self) -> &'static str {
        match self {
            Request::BatchGet(_) => "BatchGetItem",
            Request::Put(_) => "PutItem",
            Request::Transact(_) => "TransactWriteItems",
        }
    }

    /// Sends it once more, as it is.
    ///
    /// # Errors
    /// When DynamoDB refuses it.
    pub async fn send(self, client: &Client) -> Result<(), aws_sdk_dynamodb::Error> {
        let capacity = Some(ReturnConsumedCapacity::Indexes);
        match self {
            Request::BatchGet(input) => {
                let get = client.batch_get_item().set_request_items(input.request_items);
                get.set_return_consumed_capacity(capacity).send().await?;
            }
            Request::Put(input) => {
                let put = client.put_item().set_table_name(input.table_name).set_item(input.item);
                put.set_condition_expression(input.condition_expression)
                    .set_expression_attribute_names(input.expression_attribute_names)
                    .set_expression_attribute_values(input.expression_attribute_values)
                    .set_return_consumed_capacity(capacity)
                    .send()
                    .await?;
            }
            Request::Transact(input) => {
                let transact = client.transact_write_items().set_transact_items(input.transact_items);
                transact.set_return_consumed_capacity(capacity).send().await?;
            }
        }
        Ok(())
    }
}

impl Intercept for Meter {
    fn name(&self) -> &'static str {
        "Meter"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let (input, capacity) = (context.input_mut(), Some(ReturnConsumedCapacity::Indexes));
        let request = if let Some(input) = input.downcast_mut::<BatchGetItemInput>() {
            input.return_consumed_capacity = capacity;
            Request::BatchGet(input.clone())
        } else if let Some(input) = input.downcast_mut::<PutItemInput>() {
            input.return_consumed_capacity = capacity;
            Request::Put(Box::new(input.clone()))
        } else if let Some(input) = input.downcast_mut::<TransactWriteItemsInput>()
            // The book writes contacts whole; updates concern the progress of an import.
            && input.transact_items().iter().all(|item| item.update.is_none())
        {
            input.return_consumed_capacity = capacity;
            Request::Transact(input.clone())
        } else {
            return Ok(());
        };
        self.spent().requests.push(request);
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Ok(output) = context.output_or_error() else { return Ok(()) };
        let units = |consumed: &[ConsumedCapacity]| consumed.iter().filter_map(|of| of.capacity_units).sum::<f64>();
        let mut spent = self.spent();
        if let Some(output) = output.downcast_ref::<BatchGetItemOutput>() {
            spent.read_units += units(output.consumed_capacity());
        } else if let Some(output) = output.downcast_ref::<PutItemOutput>() {
            spent.write_units += units(output.consumed_capacity.as_slice());
        } else if let Some(output) = output.downcast_ref::<TransactWriteItemsOutput>() {
            spent.write_units += units(output.consumed_capacity());
        }
        Ok(())
    }
}
