//! Multipart uploads. An upload is a folder with `upload.json` and a file `<number>-<md5>-<size>` for each part.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use s3s::crypto::{Checksum as _, Md5};
use s3s::dto::{CompletedPart, ETag};
use s3s::{S3Result, s3_error};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::fault::internal;
use super::object::Attributes;
use super::receive::Received;
use super::store::{Draft, hex};

/// The valid part numbers, and the smallest size of all parts except the last, as in S3.
const NUMBERS: std::ops::RangeInclusive<i32> = 1..=10_000;
const LEAST: u64 = 5 * 1024 * 1024;

/// The running uploads.
pub(super) struct Uploads {
    folder: PathBuf,
}

/// The parameters with which an upload was started.
#[derive(Deserialize, Serialize)]
pub(super) struct Upload {
    pub(super) key: String,
    pub(super) attributes: Attributes,
}

/// An uploaded part, read from the name of its file.
struct Part {
    number: i32,
    md5: String,
    size: u64,
    file: PathBuf,
}

/// An assembled upload.
pub(super) struct Whole {
    pub(super) size: u64,
    pub(super) etag: String,
}

impl Uploads {
    pub(super) fn open(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    /// Starts an upload and returns its id.
    pub(super) fn create(&self, upload: &Upload) -> io::Result<String> {
        let id = Uuid::now_v7().simple().to_string();
        let folder = self.folder.join(&id);
        fs::create_dir(&folder)?;
        fs::write(folder.join("upload.json"), serde_json::to_vec(upload)?)?;
        Ok(id)
    }

    /// The upload with this id and key.
    ///
    /// # Errors
    /// `NoSuchUpload` if it does not exist.
    pub(super) fn get(&self, id: &str, key: &str) -> S3Result<Upload> {
        let upload = Uuid::try_parse(id)
            .ok()
            .and_then(|_| fs::read(self.folder.join(id).join("upload.json")).ok())
            .and_then(|record| serde_json::from_slice::<Upload>(&record).ok());
        match upload {
            Some(upload) if upload.key == key => Ok(upload),
            _ => Err(s3_error!(NoSuchUpload)),
        }
    }

    /// Adds a received part to its upload. Replaces an earlier one with the same number.
    pub(super) fn add(&self, id: &str, number: i32, draft: Draft, received: &Received) -> S3Result<ETag> {
        if !NUMBERS.contains(&number) {
            return Err(s3_error!(InvalidArgument, "a part number must be from 1 to 10000"));
        }
        let folder = self.folder.join(id);
        let md5 = hex(&received.md5);
        let file = folder.join(format!("{number}-{md5}-{}", received.size));
        fs::rename(draft.path(), &file).map_err(internal)?;
        draft.keep();
        for part in parts(&folder).map_err(internal)? {
            if part.number == number && part.file != file {
                fs::remove_file(part.file).map_err(internal)?;
            }
        }
        Ok(ETag::Strong(md5))
    }

    /// Concatenates the listed parts into `draft`.
    ///
    /// # Errors
    ///
    /// `InvalidPartOrder`, `InvalidPart` for a part that was not uploaded, `EntityTooSmall`.
    pub(super) async fn assemble(&self, id: &str, wanted: &[CompletedPart], draft: &Draft) -> S3Result<Whole> {
        let parts = select(parts(&self.folder.join(id)).map_err(internal)?, wanted)?;
        let mut file = tokio::fs::File::create(draft.path()).await.map_err(internal)?;
        let (mut size, mut digests) = (0, Md5::new());
        for part in &parts {
            let mut bytes = tokio::fs::File::open(&part.file).await.map_err(internal)?;
            size += tokio::io::copy(&mut bytes, &mut file).await.map_err(internal)?;
            digests.update(&unhex(&part.md5));
        }
        // Otherwise an error of the last write would be lost.
        tokio::io::AsyncWriteExt::flush(&mut file).await.map_err(internal)?;
        Ok(Whole { size, etag: format!("{}-{}", hex(&digests.finalize()), parts.len()) })
    }

    /// Removes an upload and its parts.
    pub(super) fn remove(&self, id: &str) -> io::Result<()> {
        fs::remove_dir_all(self.folder.join(id))
    }
}

/// The uploaded parts that the client lists, in its order.
fn select(mut uploaded: Vec<Part>, wanted: &[CompletedPart]) -> S3Result<Vec<Part>> {
    if wanted.is_empty() {
        return Err(s3_error!(MalformedXML, "an upload needs at least one part"));
    }
    if !wanted.is_sorted_by(|a, b| a.part_number < b.part_number) {
        return Err(s3_error!(InvalidPartOrder));
    }
    let mut selected = Vec::with_capacity(wanted.len());
    for part in wanted {
        let same = |uploaded: &Part| {
            Some(uploaded.number) == part.part_number
                && part.e_tag.as_ref().is_none_or(|etag| etag.value() == uploaded.md5)
        };
        let Some(index) = uploaded.iter().position(same) else {
            return Err(s3_error!(InvalidPart));
        };
        selected.push(uploaded.swap_remove(index));
    }
    match selected.split_last() {
        Some((_, others)) if others.iter().any(|part| part.size < LEAST) => Err(s3_error!(EntityTooSmall)),
        _ => Ok(selected),
    }
}

fn parts(folder: &Path) -> io::Result<Vec<Part>> {
    let mut parts = Vec::new();
    for entry in fs::read_dir(folder)? {
        parts.extend(part(entry?.path()));
    }
    Ok(parts)
}

fn part(file: PathBuf) -> Option<Part> {
    let name = file.file_name()?.to_str()?.to_owned();
    let mut words = name.split('-');
    let number = words.next()?.parse().ok()?;
    let md5 = words.next()?.to_owned();
    let size = words.next()?.parse().ok()?;
    Some(Part { number, md5, size, file })
}

/// Decodes lower-case hexadecimal that [`hex`] wrote.
fn unhex(text: &str) -> Vec<u8> {
    let digit = |byte: u8| {
        if byte.is_ascii_digit() { byte - b'0' } else { byte - b'a' + 10 }
    };
    text.as_bytes().chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}
