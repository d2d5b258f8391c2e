//! A workspace's settings and custom fields.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use contacts::{Country, CustomField, CustomKey, MAX_CUSTOM_FIELDS, MAX_INDEX_SHARDS, Settings, Workspace};

use crate::error::{self, Fault};
use crate::item;
use crate::keys::{PK, VERSION, WRITE};
use crate::patience::Patience;
use crate::{BookError, ContactBook, write};

/// Why settings were not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsRefused {
    /// A custom field with this key exists.
    #[error("a custom field with this key exists")]
    KeyTaken,
    /// There is no custom field with this key.
    #[error("there is no custom field with this key")]
    UnknownKey,
    /// The workspace has as many custom fields as it may have.
    #[error("a workspace has at most {MAX_CUSTOM_FIELDS} custom fields")]
    TooMany,
}

impl ContactBook {
    /// The workspace's settings.
    pub async fn settings(&self, workspace: &Workspace) -> Result<Settings, BookError> {
        Ok(self.read_patiently(workspace, &[], &[]).await?.settings)
    }

    /// Sets the country in which phone numbers without a `+` are read first. Stored numbers stay as they are.
    pub async fn set_default_country(&self, workspace: &Workspace, country: Country) -> Result<Settings, BookError> {
        self.change(workspace, |settings| settings.default_country = country).await
    }

    /// Spreads the indexes over at least `shards` partitions (at most [`MAX_INDEX_SHARDS`]); they are never spread over
    /// fewer again.
    pub async fn raise_index_shards(&self, workspace: &Workspace, shards: u32) -> Result<Settings, BookError> {
        let raise = |settings: &mut Settings| {
            settings.index_shards = settings.index_shards.max(shards.min(MAX_INDEX_SHARDS));
        };
        self.change(workspace, raise).await
    }

    /// Defines a custom field. The outer error is the book's, the inner one the refusal.
    pub async fn define_field(
        &self,
        workspace: &Workspace,
        field: &CustomField,
    ) -> Result<Result<Settings, SettingsRefused>, BookError> {
        self.try_change(workspace, |settings| {
            if settings.custom_field(&field.key).is_some() {
                return Err(SettingsRefused::KeyTaken);
            }
            if settings.custom_fields.len() >= MAX_CUSTOM_FIELDS {
                return Err(SettingsRefused::TooMany);
            }
            settings.custom_fields.push(field.clone());
            Ok(())
        })
        .await
    }

    /// Changes a custom field's label; key and type never change.
    pub async fn relabel_field(
        &self,
        workspace: &Workspace,
        key: &CustomKey,
        label: &str,
    ) -> Result<Result<Settings, SettingsRefused>, BookError> {
        self.try_change(workspace, |settings| {
            let field = settings.custom_fields.iter_mut().find(|field| field.key == *key);
            label.clone_into(&mut field.ok_or(SettingsRefused::UnknownKey)?.label);
            Ok(())
        })
        .await
    }

    /// Removes a custom field's definition. The contacts' values are kept, and hidden.
    pub async fn remove_field(
        &self,
        workspace: &Workspace,
        key: &CustomKey,
    ) -> Result<Result<Settings, SettingsRefused>, BookError> {
        self.try_change(workspace, |settings| {
            let count = settings.custom_fields.len();
            settings.custom_fields.retain(|field| field.key != *key);
            if settings.custom_fields.len() == count { Err(SettingsRefused::UnknownKey) } else { Ok(()) }
        })
        .await
    }

    async fn change(&self, workspace: &Workspace, change: impl Fn(&mut Settings)) -> Result<Settings, BookError> {
        let changed = self.try_change(workspace, |settings| {
            change(settings);
            Ok::<(), std::convert::Infallible>(())
        });
        let Ok(settings) = changed.await?;
        Ok(settings)
    }

    async fn try_change<E>(
        &self,
        workspace: &Workspace,
        change: impl Fn(&mut Settings) -> Result<(), E>,
    ) -> Result<Result<Settings, E>, BookError> {
        let mut patience = Patience::new(self.patience);
        // What was sent, by the marks of writes whose answers were lost.
        let mut unclear: HashMap<String, Settings> = HashMap::new();
        loop {
            let attempt = async {
                let reads = self.read(workspace, &[], &[]).await?;
                if let Some(mark) = unclear.keys().find(|mark| reads.writes.contains(*mark)) {
                    return Ok(Ok(unclear[mark].clone()));
                }
                let mut settings = reads.settings.clone();
                if let Err(refused) = change(&mut settings) {
                    return Ok(Err(refused));
                }
                if settings != reads.settings {
                    settings.version += 1;
                    let mark = write::mark();
                    let put = self.put_settings(workspace, &settings, &mark).await;
                    if let Err(Fault::Unclear(_)) = &put {
                        unclear.insert(mark, settings.clone());
                    }
                    put?;
                }
                Ok(Ok(settings))
            };
            match Box::pin(attempt).await {
                Ok(done) => return Ok(done),
                Err(fault) => patience.after(fault).await?,
            }
        }
    }

    async fn put_settings(&self, workspace: &Workspace, settings: &Settings, mark: &str) -> Result<(), Fault> {
        let put = self
            .client
            .put_item()
            .table_name(&*self.table)
            .set_item(Some(item::settings(workspace, settings)))
            .item(WRITE, item::text(mark))
            .condition_expression("attribute_not_exists(#pk) OR #version = :read")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_names("#version", VERSION)
            .expression_attribute_values(":read", item::number(settings.version - 1))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let put = put.send().await;
        put.map(drop).or_else(|error| error::of_put(error, &[mark.to_owned()]))?;
        self.cache_settings(workspace, settings);
        Ok(())
    }
}
