//! Repairs what is safe to repair without knowing how it came about.

use contacts_book::{Audited, ContactBook};

use crate::AdminError;

/// What was repaired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repaired {
    /// How many contacts got the sort keys that their values require.
    pub indexed: u64,
    /// How many claims were removed, because they led to a contact that does not list them.
    pub released: u64,
}

/// Repairs what an audit found: sort keys follow from the values of their contact, and a claim that its contact does not list
/// only blocks its identifier. Others may write meanwhile: what they write is left alone.
///
/// # Errors
/// When the table cannot be used. What was repaired stays repaired.
pub async fn repair(book: &ContactBook, audited: &Audited) -> Result<Repaired, AdminError> {
    let indexed = book.reindex(|_| ()).await?;
    let mut released = 0;
    for stray in &audited.strays {
        released += u64::from(book.release_stray(stray).await?);
    }
    Ok(Repaired { indexed, released })
}
