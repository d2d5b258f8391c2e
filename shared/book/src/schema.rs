//! Creates the table where no deployment does: on a developer machine and in tests.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::client::Waiters as _;
use aws_sdk_dynamodb::error::{BuildError, ProvideErrorMetadata as _};
use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType, TimeToLiveSpecification, TimeToLiveStatus,
};

use crate::keys::{EMAIL, EMAIL_INDEX, EXPIRES_AT, INDEX_SHARD, PHONE, PHONE_INDEX, PK, RECENT, RECENT_INDEX, SK};

/// The maximum time until a new table is usable.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why the table was not created. The text continues "failed to …".
#[derive(Debug, thiserror::Error)]
#[error("create the contact table")]
pub struct SchemaError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl SchemaError {
    fn of(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> SchemaError {
        SchemaError(error.into())
    }
}

/// Creates the table with its indexes, unless it exists, and waits until it is usable.
///
/// # Errors
/// [`SchemaError`] when DynamoDB rejects a request, or takes longer than a minute.
pub async fn create_table(client: &Client, table: &str) -> Result<(), SchemaError> {
    let mut create = client.create_table().table_name(table).billing_mode(BillingMode::PayPerRequest);
    for name in [PK, SK, INDEX_SHARD, PHONE, EMAIL, RECENT] {
        create = create.attribute_definitions(text_attribute(name).map_err(SchemaError::of)?);
    }
    create = create.set_key_schema(Some(keys(PK, SK).map_err(SchemaError::of)?));
    for (name, sort, projected) in [
        (PHONE_INDEX, PHONE, ProjectionType::KeysOnly),
        (EMAIL_INDEX, EMAIL, ProjectionType::KeysOnly),
        (RECENT_INDEX, RECENT, ProjectionType::All),
    ] {
        create = create.global_secondary_indexes(index(name, sort, projected).map_err(SchemaError::of)?);
    }
    match create.send().await {
        Ok(_) => {}
        Err(error) if error.as_service_error().is_some_and(CreateTableError::is_resource_in_use_exception) => {}
        Err(error) => return Err(SchemaError::of(error)),
    }
    let ready = client.wait_until_table_exists().table_name(table).wait(PATIENCE).await;
    ready.map_err(SchemaError::of)?;
    expire(client, table).await
}

/// Enables expiry of items by [`EXPIRES_AT`]. DynamoDB rejects the request if expiry is already enabled.
async fn expire(client: &Client, table: &str) -> Result<(), SchemaError> {
    let is = client.describe_time_to_live().table_name(table).send().await.map_err(SchemaError::of)?;
    let status = is.time_to_live_description.and_then(|description| description.time_to_live_status);
    if matches!(status, Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)) {
        return Ok(());
    }
    let specification = TimeToLiveSpecification::builder().attribute_name(EXPIRES_AT).enabled(true).build();
    let specification = specification.map_err(SchemaError::of)?;
    let update = client.update_time_to_live().table_name(table).time_to_live_specification(specification);
    match update.send().await {
        Ok(_) => Ok(()),
        // Another process enabled it first.
        Err(error) if error.code() == Some("ValidationException") => Ok(()),
        Err(error) => Err(SchemaError::of(error)),
    }
}

fn text_attribute(name: &str) -> Result<AttributeDefinition, BuildError> {
    AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build()
}

fn keys(partition: &str, sort: &str) -> Result<Vec<KeySchemaElement>, BuildError> {
    [(partition, KeyType::Hash), (sort, KeyType::Range)]
        .into_iter()
        .map(|(name, kind)| KeySchemaElement::builder().attribute_name(name).key_type(kind).build())
        .collect()
}

fn index(name: &str, sort: &str, projected: ProjectionType) -> Result<GlobalSecondaryIndex, BuildError> {
    GlobalSecondaryIndex::builder()
        .index_name(name)
        .set_key_schema(Some(keys(INDEX_SHARD, sort)?))
        .projection(Projection::builder().projection_type(projected).build())
        .build()
}
