//! A chunk of an import, as its object describes it.

use aws_sdk_s3::Client;
use contacts::{ImportId, Workspace};
use contacts_csv::cut::Cut;
use contacts_csv::dialect::Delimiter;
use contacts_csv::encoding::Encoding;
use contacts_files::{BucketError, Ignored, ObjectReader, ReadError, StoredObject, keys};
use serde::{Deserialize, Serialize};

/// Where a chunk is, and how to read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Chunk {
    /// The import's file: this very object.
    pub(crate) key: String,
    pub(crate) etag: Option<String>,
    /// The chunk's bytes in it.
    pub(crate) start: u64,
    pub(crate) end: u64,
    /// The physical line of its start, from 1.
    pub(crate) line: u64,
    pub(crate) encoding: Encoding,
    pub(crate) delimiter: Delimiter,
    /// The file's headers, as many as its widest record has cells.
    pub(crate) columns: Vec<String>,
}

/// An object that describes a chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChunkOrder {
    pub(crate) workspace: Workspace,
    pub(crate) import: ImportId,
    pub(crate) number: u32,
    pub(crate) object: StoredObject,
}

impl Chunk {
    pub(crate) fn of(cut: &Cut, file: &StoredObject, delimiter: Delimiter, columns: &[String]) -> Chunk {
        Chunk {
            key: file.key.clone(),
            etag: file.etag.clone(),
            start: cut.bytes.start,
            end: cut.bytes.end,
            line: cut.line,
            encoding: cut.encoding,
            delimiter,
            columns: columns.to_vec(),
        }
    }

    /// Reads the object that describes a chunk.
    pub(crate) async fn read(s3: &Client, object: &StoredObject) -> Result<Chunk, ReadError> {
        let json = ObjectReader::open(s3, object).await?.head(usize::MAX).await?;
        // Not written by us, or not by this version: nothing that would change at the next try.
        serde_json::from_slice(&json).map_err(|error| BucketError::Refused(error.into()).into())
    }

    /// The import's file.
    pub(crate) fn file(&self, bucket: &str) -> StoredObject {
        StoredObject { bucket: bucket.to_owned(), key: self.key.clone(), etag: self.etag.clone() }
    }
}

impl ChunkOrder {
    /// Reads the key of a chunk's object.
    pub(crate) fn of(object: StoredObject) -> Result<ChunkOrder, Ignored> {
        let (workspace, name) = object.below(keys::CHUNKS)?;
        let (id, number) =
            name.strip_suffix(keys::ORDER).and_then(|name| name.split_once('/')).ok_or(Ignored::Elsewhere)?;
        let import = ImportId::parse(id)?;
        let number = number.parse().map_err(|_| Ignored::Elsewhere)?;
        Ok(ChunkOrder { workspace, import, number, object })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(key: String) -> Result<ChunkOrder, Ignored> {
        ChunkOrder::of(StoredObject { bucket: "b".to_owned(), key, etag: None })
    }

    #[test]
    fn the_key_says_which_chunk_it_is() {
        let (workspace, id) = (Workspace::parse("acme").unwrap(), ImportId::new());
        let found = order(keys::chunk(&workspace, id, 17)).unwrap();
        assert_eq!((found.workspace, found.import, found.number), (workspace.clone(), id, 17));
        for key in [
            keys::report_part(&workspace, id, 17),
            format!("chunks/acme/{id}/x.json"),
            format!("chunks/acme/{id}.json"),
            format!("chunks/acme/{id}/1/2.json"),
        ] {
            assert_eq!(order(key.clone()), Err(Ignored::Elsewhere), "{key}");
        }
        assert!(matches!(order("chunks/acme/x/1.json".to_owned()), Err(Ignored::Id(_))));
    }
}
