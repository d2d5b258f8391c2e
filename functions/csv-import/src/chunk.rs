//! A chunk of an import, and the object that describes it.

use aws_sdk_s3::Client;
use contacts::{ImportId, Workspace};
use contacts_book::{Import, PlanSecret};
use contacts_csv::cut::Cut;
use contacts_csv::dialect::Delimiter;
use contacts_csv::encoding::Encoding;
use contacts_csv::numbers::NumberFormats;
use contacts_files::{Ignored, ObjectReader, ReadError, StoredObject, keys};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::error::ImportError;

/// The most bytes of an object that describes a chunk. The longest record of a file, its header, is far shorter.
const MAX_ORDER_BYTES: usize = 64 * 1024 * 1024;

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
    /// A code that proves that the import's plan made the chunk, and with which number. In hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seal: Option<String>,
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
            seal: None,
        }
    }

    /// Adds the proof that the plan of `import` made this chunk with this number. Plans of earlier builds have no secret,
    /// and their chunks no proof.
    pub(crate) fn sealed(mut self, import: &Import, number: u32) -> Result<Chunk, ImportError> {
        if let Some(secret) = &import.plan_secret {
            let code = self.code(secret, number).map_err(|error| ImportError::Internal(error.into()))?;
            self.seal = Some(hex(&code.finalize().into_bytes()));
        }
        Ok(self)
    }

    /// Whether the plan of `import` made this chunk with this number.
    pub(crate) fn is_of(&self, import: &Import, workspace: &Workspace, number: u32) -> bool {
        let (folder, file) = (keys::IMPORTS, self.key.as_str());
        let is_of_workspace = file
            .strip_prefix(folder)
            .and_then(|name| name.split_once('/'))
            .is_some_and(|(w, _)| w == workspace.as_str());
        let is_planned = import.chunks.is_some_and(|chunks| number < chunks.total);
        is_of_workspace
            && is_planned
            && self.etag == import.etag
            && import.plan_secret.as_ref().is_none_or(|secret| self.has_seal(secret, number))
    }

    fn has_seal(&self, secret: &PlanSecret, number: u32) -> bool {
        let seal = self.seal.as_deref().and_then(unhex);
        // Takes the same time for every wrong code.
        seal.zip(self.code(secret, number).ok()).is_some_and(|(seal, code)| code.verify_slice(&seal).is_ok())
    }

    /// The code of everything that the chunk says, and of its number.
    fn code(&self, secret: &PlanSecret, number: u32) -> Result<Hmac<Sha256>, serde_json::Error> {
        let chunk = serde_json::to_vec(&Chunk { seal: None, ..self.clone() })?;
        // Never fails: HMAC takes keys of every length.
        let mut code = Hmac::<Sha256>::new_from_slice(secret.as_str().as_bytes())
            .map_err(<serde_json::Error as serde::ser::Error>::custom)?;
        code.update(&number.to_be_bytes());
        code.update(&chunk);
        Ok(code)
    }

    /// Reads the object that describes a chunk; `None` if it does not describe one, so that another program wrote it.
    pub(crate) async fn read(s3: &Client, object: &StoredObject) -> Result<Option<Chunk>, ReadError> {
        let mut reader = ObjectReader::open(s3, object).await?;
        let json = reader.head(MAX_ORDER_BYTES).await?;
        if json.len() > MAX_ORDER_BYTES || !reader.is_at_end() {
            return Ok(None);
        }
        Ok(serde_json::from_slice(&json).ok())
    }

    /// The import's file.
    pub(crate) fn file(&self, bucket: &str) -> StoredObject {
        StoredObject { bucket: bucket.to_owned(), key: self.key.clone(), etag: self.etag.clone() }
    }
}

/// A person's request about an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) workspace: Workspace,
    pub(crate) import: ImportId,
    pub(crate) bucket: String,
    pub(crate) what: Requested,
}

/// What a person wants of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Requested {
    Resume,
    Undo,
}

impl Request {
    /// Parses the key of a request; `None` if it is another object.
    pub(crate) fn of(object: &StoredObject) -> Option<Request> {
        let (workspace, name) = object.below(keys::CHUNKS).ok()?;
        let (id, name) = name.strip_suffix(keys::ORDER)?.split_once('/')?;
        let what = match name {
            keys::RESUME => Requested::Resume,
            keys::UNDO => Requested::Undo,
            _ => return None,
        };
        Some(Request { workspace, import: ImportId::parse(id).ok()?, bucket: object.bucket.clone(), what })
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

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = text.chars().map(|digit| digit.to_digit(16)).collect::<Option<_>>()?;
    digits.chunks(2).map(|pair| u8::try_from(pair.iter().fold(0, |byte, digit| byte * 16 + digit)).ok()).collect()
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
