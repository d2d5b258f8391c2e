//! Looks for people who were erased: the table and the bucket must have nothing of them.

use std::collections::BTreeSet;

use crate::clients::{Clients, ERASED};
use crate::state::SoakError;

/// Says for each email of somebody who was erased that the text of this item or object has it.
pub(super) fn in_text(place: &str, text: &str, erased: &BTreeSet<String>) -> Vec<String> {
    let lower = text.to_lowercase();
    let words: BTreeSet<&str> = lower.split(|c: char| !(c.is_alphanumeric() || ".@".contains(c))).collect();
    let left = words.into_iter().filter(|word| word.contains('@') && erased.contains(*word));
    left.map(|email| format!("{ERASED}: {email} was erased, and is left in {place}")).collect()
}

/// The same for every object of the workspace.
pub(super) async fn in_files(clients: &Clients, erased: &BTreeSet<String>) -> Result<Vec<String>, SoakError> {
    let mut left = Vec::new();
    let mut pages = clients.s3.list_objects_v2().bucket(&clients.bucket).into_paginator().send();
    while let Some(page) = pages.next().await {
        for key in page?.contents().iter().filter_map(|object| object.key()) {
            if key.split('/').any(|part| part == ERASED) {
                let object = clients.s3.get_object().bucket(&clients.bucket).key(key).send().await?;
                let content = object.body.collect().await?.into_bytes();
                left.extend(in_text(key, &format!("{key} {}", String::from_utf8_lossy(&content)), erased));
            }
        }
    }
    Ok(left)
}
