//! A chunk of an import, and the object that describes it.

use aws_sdk_s3::Client;
use contacts::{ImportId, Workspace};
use contacts_csv::cut::Cut;
use contacts_csv::dialect::Delimiter;
use contacts_csv::encoding::Encoding;
use contacts_csv::numbers::NumberFormats;
use contacts_files::{BucketError, Ignored, ObjectReader, ReadError, StoredObject, keys};
use serde::{Deserialize, Serialize};

/// A chunk's place in the file, and how to read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Chunk {
    /// The key and the version of the import's file.
    pub(crate) key: String,
    pub(crate) etag: Option<String>,
    /// The chunk's range of bytes in the file.
    pub(crate) start: u64,
    pub(crate) end: u64,
    /// The physical line on which it starts, from 1.
    pub(crate) line: u64,
    pub(crate) encoding: Encoding,
    pub(crate) delimiter: Delimiter,
    /// The file's headers, one for each cell of its longest record.
    pub(crate) columns: Vec<String>,
    /// How the whole file writes its numbers.
    #[serde(default)]
    pub(crate) numbers: NumberFormats,
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
    pub(crate) fn of(
        cut: &Cut,
        file: &StoredObject,
        delimiter: Delimiter,
        columns: &[String],
        numbers: &NumberFormats,
    ) -> Chunk {
        Chunk {
            key: file.key.clone(),
            etag: file.etag.clone(),
            start: cut.bytes.start,
            end: cut.bytes.end,
            line: cut.line,
            encoding: cut.encoding,
            delimiter,
            columns: columns.to_vec(),
            numbers: numbers.clone(),
        }
    }

    /// Reads the object that describes a chunk.
    pub(crate) async fn read(s3: &Client, object: &StoredObject) -> Result<Chunk, ReadError> {
        let json = ObjectReader::open(s3, object).await?.head(usize::MAX).await?;
        // Another program, or another version of this one, wrote the object. A retry would not change that.
        serde_json::from_slice(&json).map_err(|error| BucketError::Refused(error.into()).into())
    }

    /// The import's file.
    pub(crate) fn file(&self, bucket: &str) -> StoredObject {
        StoredObject { bucket: bucket.to_owned(), key: self.key.clone(), etag: self.etag.clone() }
    }
}

impl ChunkOrder {
    /// Parses the key of a chunk's object.
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
    fn the_key_names_the_chunk() {
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
