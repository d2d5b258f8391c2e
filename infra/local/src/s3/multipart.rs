//! Uploads in parts. An upload is a folder: `upload.json`, and a file `<number>-<md5>-<size>` for each part.

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

/// S3's bounds of a part's number and the least size of all but the last.
const NUMBERS: std::ops::RangeInclusive<i32> = 1..=10_000;
const LEAST: u64 = 5 * 1024 * 1024;

/// The uploads that have begun and are neither completed nor aborted.
pub(super) struct Uploads {
    folder: PathBuf,
}

/// What was said when the upload began.
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

/// What an upload came to.
pub(super) struct Whole {
    pub(super) size: u64,
    pub(super) etag: String,
}

impl Uploads {
    pub(super) fn open(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    /// Begins an upload and gives its id.
    pub(super) fn create(&self, upload: &Upload) -> io::Result<String> {
        let id = Uuid::now_v7().simple().to_string();
        let folder = self.folder.join(&id);
        fs::create_dir(&folder)?;
        fs::write(folder.join("upload.json"), serde_json::to_vec(upload)?)?;
        Ok(id)
    }

    /// `NoSuchUpload` unless there is one with this id and key.
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

    /// Takes a received part into its upload, in the place of an earlier one of that number.
    pub(super) fn add(&self, id: &str, number: i32, draft: Draft, received: &Received) -> S3Result<ETag> {
        if !NUMBERS.contains(&number) {
            return Err(s3_error!(InvalidArgument, "a part's number is from 1 to 10000"));
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

    /// Writes the listed parts one after the other to `draft`.
    ///
    /// # Errors
    ///
    /// `InvalidPartOrder`, `InvalidPart` for one that was not uploaded, `EntityTooSmall`.
    pub(super) async fn assemble(&self, id: &str, wanted: &[CompletedPart], draft: &Draft) -> S3Result<Whole> {
        let parts = select(parts(&self.folder.join(id)).map_err(internal)?, wanted)?;
        let mut file = tokio::fs::File::create(draft.path()).await.map_err(internal)?;
        let (mut size, mut digests) = (0, Md5::new());
        for part in &parts {
            let mut bytes = tokio::fs::File::open(&part.file).await.map_err(internal)?;
            size += tokio::io::copy(&mut bytes, &mut file).await.map_err(internal)?;
            digests.update(&unhex(&part.md5));
        }
        // Else an error of the last write would go unseen.
        tokio::io::AsyncWriteExt::flush(&mut file).await.map_err(internal)?;
        Ok(Whole { size, etag: format!("{}-{}", hex(&digests.finalize()), parts.len()) })
    }

    /// Forgets an upload and its parts.
    pub(super) fn remove(&self, id: &str) -> io::Result<()> {
        fs::remove_dir_all(self.folder.join(id))
    }
}

/// The uploaded parts in the order that the client lists.
fn select(mut uploaded: Vec<Part>, wanted: &[CompletedPart]) -> S3Result<Vec<Part>> {
    if wanted.is_empty() {
        return Err(s3_error!(MalformedXML, "an upload has at least one part"));
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

/// The bytes of our own lower-case hexadecimal.
fn unhex(text: &str) -> Vec<u8> {
    let digit = |byte: u8| {
        if byte.is_ascii_digit() { byte - b'0' } else { byte - b'a' + 10 }
    };
    text.as_bytes().chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}
