//! Reads all items of a workspace, page by page.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::operation::scan::ScanOutput;
use aws_sdk_dynamodb::types::AttributeValue;
use contacts::Workspace;
use jiff::Timestamp;

use crate::error::{self, Fault};
use crate::imports::PLAN_SECRET;
use crate::item::{self, Attributes as _, Item, LEDGER_KEY, MalformedItem};
use crate::keys::{self, INDEX_SHARD, PK, SK, SORT_KEYS, WRITE};
use crate::kind::ItemKind;
use crate::{BookError, ContactBook, SCAN_PAGE};

/// An item of a workspace, as the table holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredItem {
    /// What it is.
    pub kind: ItemKind,
    /// Its attributes; those of its key only, if only keys were read.
    pub attributes: HashMap<String, AttributeValue>,
}

/// All items of a workspace, in the order of the table: those of one contact come together, the contact first.
///
/// No index has all items of a workspace, so this reads the whole table, and DynamoDB charges for that. It is for operators.
/// Items that are written during the read may be missing.
pub struct WorkspaceItems {
    book: ContactBook,
    workspace: Workspace,
    parts: Parts,
    /// Where the next page starts; `None` at both ends.
    start: Option<Item>,
    is_at_end: bool,
    read: u64,
}

/// What is read of each item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Parts {
    All,
    Key,
}

impl ContactBook {
    /// Starts to read all items of a workspace.
    pub fn workspace_items(&self, workspace: &Workspace) -> WorkspaceItems {
        WorkspaceItems::new(self, workspace, Parts::All)
    }

    /// Starts to read the keys of all items of a workspace.
    pub fn workspace_keys(&self, workspace: &Workspace) -> WorkspaceItems {
        WorkspaceItems::new(self, workspace, Parts::Key)
    }

    /// A page of the table, of which only the items of a workspace are returned. The name of another workspace may start with
    /// the name of this one.
    async fn workspace_page(
        &self,
        workspace: &Workspace,
        parts: Parts,
        start: Option<Item>,
    ) -> Result<ScanOutput, Fault> {
        let scan = self
            .client
            .scan()
            .table_name(&*self.table)
            .limit(SCAN_PAGE)
            .consistent_read(true)
            .set_exclusive_start_key(start)
            .filter_expression("#pk = :own OR begins_with(#pk, :below)")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_values(":own", item::text(keys::workspace_partition(workspace)))
            .expression_attribute_values(":below", item::text(keys::workspace_partitions(workspace)));
        let scan = match parts {
            Parts::All => scan,
            Parts::Key => scan.projection_expression("#pk, #sk").expression_attribute_names("#sk", SK),
        };
        scan.send().await.map_err(error::of)
    }
}

impl WorkspaceItems {
    fn new(book: &ContactBook, workspace: &Workspace, parts: Parts) -> WorkspaceItems {
        let (book, workspace) = (book.clone(), workspace.clone());
        WorkspaceItems { book, workspace, parts, start: None, is_at_end: false, read: 0 }
    }

    /// How many items of the table have been read, also those of other workspaces.
    pub fn read(&self) -> u64 {
        self.read
    }

    /// Returns the items in the next page of the table, perhaps none; `None` at the end. A page has at most 1 MB. After an
    /// error, call it again to get the same page.
    ///
    /// # Errors
    /// When the table is unavailable for longer than the book's retry limit.
    pub async fn next_page(&mut self) -> Result<Option<Vec<StoredItem>>, BookError> {
        if self.is_at_end {
            return Ok(None);
        }
        let (book, workspace, parts) = (&self.book, &self.workspace, self.parts);
        let page = book.retry(|| book.workspace_page(workspace, parts, self.start.clone())).await?;
        let items = page.items.unwrap_or_default().into_iter().map(StoredItem::new).collect::<Result<_, _>>()?;
        self.read += u64::try_from(page.scanned_count).unwrap_or_default();
        self.start = page.last_evaluated_key;
        self.is_at_end = self.start.is_none();
        Ok(Some(items))
    }
}

impl std::fmt::Debug for WorkspaceItems {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WorkspaceItems").field("workspace", &self.workspace).finish_non_exhaustive()
    }
}

impl StoredItem {
    fn new(attributes: Item) -> Result<StoredItem, MalformedItem> {
        Ok(StoredItem { kind: ItemKind::of(attributes.text(PK)?, attributes.text(SK)?), attributes })
    }

    /// The id of the contact to which the item belongs: a contact itself, its history, a join or a conversation.
    pub fn contact_id(&self) -> Option<&str> {
        match self.kind {
            ItemKind::Contact | ItemKind::History | ItemKind::Join | ItemKind::Conversation => {
                self.attributes.text(PK).ok()?.split('#').nth(3)
            }
            _ => None,
        }
    }

    /// The id of an import or an export.
    pub fn job_id(&self) -> Option<&str> {
        match self.kind {
            ItemKind::Import | ItemKind::Export => self.attributes.text(SK).ok(),
            _ => None,
        }
    }

    /// Whether the item has expired: it counts as absent, although DynamoDB may take days to remove it.
    pub fn has_expired(&self, now: Timestamp) -> bool {
        item::has_expired(&self.attributes, now).unwrap_or_default()
    }

    /// The attributes that the owner of the workspace may see: without the key, what the indexes derive from the others, the
    /// mark of the last write, the secret of an import's plan, and the key of the ledger of erasures.
    pub fn content(&self) -> BTreeMap<&str, &AttributeValue> {
        let is_internal = |name: &str| {
            [PK, SK, INDEX_SHARD, WRITE, PLAN_SECRET, LEDGER_KEY].contains(&name) || SORT_KEYS.contains(&name)
        };
        let content = self.attributes.iter().filter(|(name, _)| !is_internal(name));
        content.map(|(name, value)| (name.as_str(), value)).collect()
    }
}
