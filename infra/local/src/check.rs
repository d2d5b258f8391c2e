//! `contacts-local check`: checks the invariants of the book, as far as its items show them. [`ContactBook::audit`] says what.
//! It repairs nothing.

use std::io::{self, Write as _};
use std::net::Ipv4Addr;
use std::path::Path;

use aws_sdk_dynamodb::Client;
use contacts_book::{Audited, BookError, ContactBook};
use tokio::net::TcpListener;

use crate::browsers::Visitors;
use crate::cli::CheckArgs;
use crate::constants::TABLE;
use crate::data::{DataError, DataFolder};
use crate::dynamo::{self, DynamoError};
use crate::sdk::sdk_config;
use crate::stream::Writes;

/// Why the check failed. Each text fits "failed to {error}".
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The data folder cannot be used.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The data folder has no database.
    #[error("check {0}: there is no database in it")]
    NoDatabase(String),
    /// The database cannot be opened.
    #[error(transparent)]
    Database(#[from] DynamoError),
    /// The table cannot be read.
    #[error("read the contact table at {url}")]
    Table {
        /// The URL of DynamoDB.
        url: String,
        /// The error of the book.
        source: BookError,
    },
    /// The terminal cannot be used.
    #[error("use the terminal")]
    Terminal(#[from] io::Error),
    /// Invariants do not hold. They have been printed.
    #[error("confirm the book: {0} invariants do not hold")]
    Unsound(usize),
}

/// Checks the table of a running system, or of a data folder that no system uses.
///
/// # Errors
///
/// See [`CheckError`].
pub async fn check(args: CheckArgs) -> Result<(), CheckError> {
    let Audited { items, violations, .. } = match args.url {
        Some(url) => audit(&url).await?,
        None => audit_folder(&args.data).await?,
    };
    let mut out = io::stdout().lock();
    for violation in &violations {
        writeln!(out, "{violation}")?;
    }
    if violations.is_empty() {
        writeln!(out, "{items} items checked: every invariant holds")?;
        Ok(())
    } else {
        Err(CheckError::Unsound(violations.len()))
    }
}

async fn audit_folder(path: &Path) -> Result<Audited, CheckError> {
    // Opening a missing folder would create it.
    if !path.is_dir() {
        return Err(CheckError::NoDatabase(path.display().to_string()));
    }
    let folder = DataFolder::open(Some(path))?;
    let file = folder.database();
    if !file.exists() {
        return Err(CheckError::NoDatabase(path.display().to_string()));
    }
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let server = dynamo::serve(listener, dynamo::open(&file)?, Writes::new(), Visitors::programs());
    let found = audit(&url).await;
    server.stop(std::time::Duration::from_secs(5)).await;
    found
}

async fn audit(url: &str) -> Result<Audited, CheckError> {
    let book = ContactBook::new(Client::new(&sdk_config(url)), TABLE);
    book.audit().await.map_err(|source| CheckError::Table { url: url.to_owned(), source })
}
