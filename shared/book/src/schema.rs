//! Creates the table where no deployment does: on a developer machine and in tests. A table that an older build created
//! gets the indexes that it lacks.

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::client::Waiters as _;
use aws_sdk_dynamodb::error::{BuildError, ProvideErrorMetadata as _};
use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::operation::update_table::UpdateTableError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, CreateGlobalSecondaryIndexAction, GlobalSecondaryIndex,
    GlobalSecondaryIndexUpdate, IndexStatus, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType, StreamSpecification, StreamViewType, TableDescription, TimeToLiveSpecification,
    TimeToLiveStatus,
};

use crate::ContactBook;
use crate::keys::{
    CONFLICT_AT, CONFLICT_INDEX, CREATED_INDEX, EMAIL, EMAIL_INDEX, EXPIRES_AT, FAMILY_INDEX, FAMILY_KEY, INDEX_SHARD,
    NAME_INDEX, NAME_KEY, PHONE, PHONE_INDEX, PK, RECENT, RECENT_INDEX, SK,
};

/// The maximum time until a new table, or a new index, is usable.
const READY_LIMIT: Duration = Duration::from_secs(60);
/// How long to wait before asking again whether an index is usable.
const POLL_EVERY: Duration = Duration::from_millis(100);

/// How often the progress of indexing is logged.
const LOG_EVERY: Duration = Duration::from_secs(5);

/// The indexes: name, sort key, projection.
const INDEXES: [(&str, &str, ProjectionType); 7] = [
    (CREATED_INDEX, PK, ProjectionType::KeysOnly),
    (FAMILY_INDEX, FAMILY_KEY, ProjectionType::KeysOnly),
    (NAME_INDEX, NAME_KEY, ProjectionType::KeysOnly),
    (PHONE_INDEX, PHONE, ProjectionType::KeysOnly),
    (EMAIL_INDEX, EMAIL, ProjectionType::KeysOnly),
    (CONFLICT_INDEX, CONFLICT_AT, ProjectionType::KeysOnly),
    (RECENT_INDEX, RECENT, ProjectionType::All),
];

/// Why the table was not created. The text continues "failed to …".
#[derive(Debug, thiserror::Error)]
#[error("create the contact table")]
pub struct SchemaError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl SchemaError {
    fn of(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> SchemaError {
        SchemaError(error.into())
    }
}

/// Creates the table with its indexes, unless it exists, and waits until it is usable. If it exists, creates the indexes
/// that it lacks.
///
/// # Errors
/// [`SchemaError`] when DynamoDB rejects a request, or takes longer than a minute for the table or an index.
pub async fn create_table(client: &Client, table: &str) -> Result<(), SchemaError> {
    let mut create = client.create_table().table_name(table).billing_mode(BillingMode::PayPerRequest);
    for name in [SK, INDEX_SHARD].into_iter().chain(INDEXES.iter().map(|(_, sort, _)| *sort)) {
        create = create.attribute_definitions(text_attribute(name).map_err(SchemaError::of)?);
    }
    create = create.set_key_schema(Some(keys(PK, SK).map_err(SchemaError::of)?));
    for (name, sort, projected) in INDEXES {
        create = create.global_secondary_indexes(index(name, sort, projected).map_err(SchemaError::of)?);
    }
    match create.send().await {
        Ok(_) => {}
        Err(error) if error.as_service_error().is_some_and(CreateTableError::is_resource_in_use_exception) => {}
        Err(error) => return Err(SchemaError::of(error)),
    }
    let ready = client.wait_until_table_exists().table_name(table).wait(READY_LIMIT).await;
    ready.map_err(SchemaError::of)?;
    add_missing_indexes(client, table).await?;
    expire(client, table).await
}

/// Creates the indexes that a table of an older build lacks, one after the other, as DynamoDB requires. Before that,
/// contacts get the sort keys of the indexes, so that all of them are in an index once it is usable. If this is
/// interrupted, an index is still missing at the next start, and everything is repeated.
async fn add_missing_indexes(client: &Client, table: &str) -> Result<(), SchemaError> {
    let found = describe(client, table).await?;
    if INDEXES.iter().all(|(name, ..)| index_status(&found, name) == Some(IndexStatus::Active)) {
        return Ok(());
    }
    let mut logged = Instant::now();
    let progress = |contacts| {
        if logged.elapsed() > LOG_EVERY {
            logged = Instant::now();
            tracing::info!(contacts, "indexing contacts of an older version");
        }
    };
    ContactBook::new(client.clone(), table).reindex(progress).await.map_err(SchemaError::of)?;
    for (name, sort, projected) in INDEXES {
        let status = index_status(&found, name);
        if status == Some(IndexStatus::Active) {
            continue;
        }
        if status.is_none() {
            let action = create_action(name, sort, projected).map_err(SchemaError::of)?;
            let update = client
                .update_table()
                .table_name(table)
                .attribute_definitions(text_attribute(INDEX_SHARD).map_err(SchemaError::of)?)
                .attribute_definitions(text_attribute(sort).map_err(SchemaError::of)?)
                .global_secondary_index_updates(GlobalSecondaryIndexUpdate::builder().create(action).build());
            match update.send().await {
                Ok(_) => {}
                // Another process creates it.
                Err(error) if error.as_service_error().is_some_and(UpdateTableError::is_resource_in_use_exception) => {}
                Err(error) => return Err(SchemaError::of(error)),
            }
        }
        wait_for_index(client, table, name).await?;
    }
    Ok(())
}

async fn wait_for_index(client: &Client, table: &str, name: &str) -> Result<(), SchemaError> {
    let started = Instant::now();
    loop {
        if index_status(&describe(client, table).await?, name) == Some(IndexStatus::Active) {
            return Ok(());
        }
        if started.elapsed() > READY_LIMIT {
            return Err(SchemaError::of(format!("the index {name} is not usable after {} s", READY_LIMIT.as_secs())));
        }
        tokio::time::sleep(POLL_EVERY).await;
    }
}

async fn describe(client: &Client, table: &str) -> Result<TableDescription, SchemaError> {
    let described = client.describe_table().table_name(table).send().await.map_err(SchemaError::of)?;
    described.table.ok_or_else(|| SchemaError::of("the description of the table is missing"))
}

/// The status of an index; `None` if the table does not have it. An engine without statuses has usable indexes only.
fn index_status(table: &TableDescription, name: &str) -> Option<IndexStatus> {
    let index = table.global_secondary_indexes().iter().find(|index| index.index_name() == Some(name))?;
    Some(index.index_status().cloned().unwrap_or(IndexStatus::Active))
}

/// Enables the stream of the table's changes, with both images, unless it is enabled.
///
/// # Errors
/// [`SchemaError`] when DynamoDB rejects a request.
pub async fn enable_stream(client: &Client, table: &str) -> Result<(), SchemaError> {
    let found = describe(client, table).await?;
    if found.stream_specification.is_some_and(|stream| stream.stream_enabled) {
        return Ok(());
    }
    let stream = StreamSpecification::builder().stream_enabled(true);
    let stream = stream.stream_view_type(StreamViewType::NewAndOldImages).build().map_err(SchemaError::of)?;
    let update = client.update_table().table_name(table).stream_specification(stream);
    update.send().await.map(drop).map_err(SchemaError::of)
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

fn create_action(
    name: &str,
    sort: &str,
    projected: ProjectionType,
) -> Result<CreateGlobalSecondaryIndexAction, BuildError> {
    CreateGlobalSecondaryIndexAction::builder()
        .index_name(name)
        .set_key_schema(Some(keys(INDEX_SHARD, sort)?))
        .projection(Projection::builder().projection_type(projected).build())
        .build()
}

fn index(name: &str, sort: &str, projected: ProjectionType) -> Result<GlobalSecondaryIndex, BuildError> {
    GlobalSecondaryIndex::builder()
        .index_name(name)
        .set_key_schema(Some(keys(INDEX_SHARD, sort)?))
        .projection(Projection::builder().projection_type(projected).build())
        .build()
}
