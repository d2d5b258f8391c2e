//! Gives contacts that an older build wrote the sort keys of newer indexes.

use aws_sdk_dynamodb::operation::scan::ScanOutput;
use futures_util::{StreamExt as _, TryStreamExt as _};

use contacts::{Contact, Record};

use crate::error::{self, Fault};
use crate::item::{self, Attributes as _, Item};
use crate::keys::{self, INDEX_SHARD, PK, SK, VERSION};
use crate::{BookError, ContactBook, SCAN_PAGE};

/// How many contacts are corrected at once.
const CONCURRENCY: usize = 16;

impl ContactBook {
    /// Reads the whole table and gives every contact the sort keys that its values require. Returns how many contacts it
    /// corrected. It changes nothing else, so a contact keeps its version and its cause.
    ///
    /// It may run while others write, be interrupted, and be repeated: a contact that somebody writes meanwhile gets its
    /// sort keys by that write. `progress` is called with the number of contacts read so far.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn reindex(&self, mut progress: impl FnMut(u64)) -> Result<u64, BookError> {
        let (mut start, mut read, mut corrected) = (None, 0, 0);
        loop {
            let page = self.retry(|| self.contacts_page(start.clone())).await?;
            let items = page.items.unwrap_or_default();
            read += items.len() as u64;
            let outdated = items.iter().filter_map(outdated);
            let corrections = futures_util::stream::iter(outdated)
                .map(|(contact, item)| self.retry(move || self.correct(contact.clone(), item)))
                .buffer_unordered(CONCURRENCY);
            corrected += corrections.try_fold(0, async |sum, done| Ok(sum + u64::from(done))).await?;
            progress(read);
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(corrected);
            }
        }
    }

    /// A page of the table, of which only live contacts are returned.
    async fn contacts_page(&self, start: Option<Item>) -> Result<ScanOutput, Fault> {
        let scan = self.client.scan().table_name(&*self.table).limit(SCAN_PAGE).set_exclusive_start_key(start);
        let scan = scan.filter_expression("attribute_exists(#shard)").expression_attribute_names("#shard", INDEX_SHARD);
        scan.send().await.map_err(error::of)
    }

    /// Writes the sort keys of a contact, unless it was written since it was read. Returns whether it did.
    async fn correct(&self, contact: Contact, item: &Item) -> Result<bool, Fault> {
        let key = |name: &'static str| Ok::<_, item::MalformedItem>(item::text(item.text(name)?));
        let mut update = self
            .client
            .update_item()
            .table_name(&*self.table)
            .key(PK, key(PK)?)
            .key(SK, key(SK)?)
            .condition_expression("#version = :version")
            .expression_attribute_names("#version", VERSION)
            .expression_attribute_values(":version", item::number(contact.version));
        let (mut set, mut remove) = (Vec::new(), Vec::new());
        for (place, name) in keys::SORT_KEYS.into_iter().enumerate() {
            update = update.expression_attribute_names(format!("#{place}"), name);
            match keys::sort_key(name, &contact) {
                Some(value) => {
                    update = update.expression_attribute_values(format!(":{place}"), item::text(value));
                    set.push(format!("#{place} = :{place}"));
                }
                None => remove.push(format!("#{place}")),
            }
        }
        let clause = |word, parts: &[String]| match parts {
            [] => String::new(),
            parts => format!("{word} {} ", parts.join(", ")),
        };
        let update = update.update_expression(clause("SET", &set) + &clause("REMOVE", &remove));
        match update.send().await {
            Ok(_) => Ok(true),
            Err(error)
                if error.as_service_error().is_some_and(|error| error.is_conditional_check_failed_exception()) =>
            {
                Ok(false)
            }
            Err(error) => Err(error::of(error)),
        }
    }
}

/// The contact of an item whose sort keys are not those that its values require. Items that this build cannot read, or
/// must not write, are left alone.
fn outdated(item: &Item) -> Option<(Contact, &Item)> {
    let Record::Live(contact) = item::readable(item, item::read_record)? else { return None };
    let differs =
        |name: &str| keys::sort_key(name, &contact) != item.get(name).and_then(|value| value.as_s().ok()).cloned();
    (!item::is_newer(item) && keys::SORT_KEYS.into_iter().any(differs)).then_some((contact, item))
}
