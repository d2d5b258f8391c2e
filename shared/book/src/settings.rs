//! A workspace's settings and custom fields.

use contacts::{Caller, Country, CustomField, CustomKey, MAX_CUSTOM_FIELDS, MAX_INDEX_SHARDS, Settings, Workspace};

use crate::{BookError, ContactBook};

/// Why a change of the settings was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsRefused {
    /// A custom field with this key exists.
    #[error("a custom field with this key exists")]
    KeyTaken,
    /// There is no custom field with this key.
    #[error("there is no custom field with this key")]
    UnknownKey,
    /// The workspace has the maximum number of custom fields.
    #[error("a workspace has at most {MAX_CUSTOM_FIELDS} custom fields")]
    TooMany,
}

impl ContactBook {
    /// The workspace's settings.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn settings(&self, workspace: &Workspace) -> Result<Settings, BookError> {
        Ok(self.read_with_retries(workspace, &[], &[]).await?.settings)
    }

    /// Sets the country that is tried first for phone numbers without a `+`. Stored numbers do not change.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn set_default_country(
        &self,
        workspace: &Workspace,
        country: Country,
        caller: &Caller,
    ) -> Result<Settings, BookError> {
        self.set(workspace, caller, |settings| settings.default_country = country).await
    }

    /// Spreads the indexes over at least `shards` partitions (at most [`MAX_INDEX_SHARDS`]). The number of partitions
    /// never decreases.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn raise_index_shards(
        &self,
        workspace: &Workspace,
        shards: u32,
        caller: &Caller,
    ) -> Result<Settings, BookError> {
        let raise = |settings: &mut Settings| {
            settings.index_shards = settings.index_shards.max(shards.min(MAX_INDEX_SHARDS));
        };
        self.set(workspace, caller, raise).await
    }

    /// Defines a custom field.
    ///
    /// # Errors
    /// The outer error is the book's: try again. The inner one is the refusal.
    pub async fn define_field(
        &self,
        workspace: &Workspace,
        field: &CustomField,
        caller: &Caller,
    ) -> Result<Result<Settings, SettingsRefused>, BookError> {
        self.change_settings(workspace, caller, |settings| {
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
    ///
    /// # Errors
    /// The outer error is the book's: try again. The inner one is the refusal.
    pub async fn relabel_field(
        &self,
        workspace: &Workspace,
        key: &CustomKey,
        label: &str,
        caller: &Caller,
    ) -> Result<Result<Settings, SettingsRefused>, BookError> {
        self.change_settings(workspace, caller, |settings| {
            let field = settings.custom_fields.iter_mut().find(|field| field.key == *key);
            label.clone_into(&mut field.ok_or(SettingsRefused::UnknownKey)?.label);
            Ok(())
        })
        .await
    }

    /// Removes a custom field's definition. Contacts keep their values of the field, which become hidden.
    ///
    /// # Errors
    /// The outer error is the book's: try again. The inner one is the refusal.
    pub async fn remove_field(
        &self,
        workspace: &Workspace,
        key: &CustomKey,
        caller: &Caller,
    ) -> Result<Result<Settings, SettingsRefused>, BookError> {
        self.change_settings(workspace, caller, |settings| {
            let count = settings.custom_fields.len();
            settings.custom_fields.retain(|field| field.key != *key);
            if settings.custom_fields.len() == count { Err(SettingsRefused::UnknownKey) } else { Ok(()) }
        })
        .await
    }

    async fn set(
        &self,
        workspace: &Workspace,
        caller: &Caller,
        set: impl Fn(&mut Settings),
    ) -> Result<Settings, BookError> {
        let changed = self.change_settings(workspace, caller, |settings| {
            set(settings);
            Ok::<(), std::convert::Infallible>(())
        });
        let Ok(settings) = changed.await?;
        Ok(settings)
    }
}
