//! The page's files. The build script also compiles this file: it reads the files and adds compressed forms.

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::Path;

use sha2::{Digest as _, Sha256};

/// The path of the document in the folder.
pub(crate) const DOCUMENT: &str = "index.html";

/// The files of a version of the page, and their hash.
#[derive(Clone, Debug)]
pub struct Page {
    pub(crate) hash: Cow<'static, str>,
    /// Sorted by path.
    pub(crate) files: Cow<'static, [File]>,
}

/// A file of the page: unencoded, and compressed where that is smaller.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) path: Cow<'static, str>,
    pub(crate) media_type: &'static str,
    pub(crate) identity: Cow<'static, [u8]>,
    pub(crate) brotli: Option<&'static [u8]>,
    pub(crate) gzip: Option<&'static [u8]>,
}

impl Page {
    /// Reads the page in a folder, without compressing it. Replaces `"/assets/` by `"/assets/<hash>/` in the document.
    ///
    /// # Errors
    /// If the folder cannot be read; [`io::ErrorKind::InvalidData`] for a file of an unknown type, or with a name that needs
    /// escaping in a URL.
    pub fn read(folder: &Path) -> io::Result<Page> {
        let mut files = Vec::new();
        read_folder(folder, "", &mut files)?;
        files.sort_by(|a: &File, b| a.path.cmp(&b.path));
        let mut digest = Sha256::new();
        for part in files.iter().flat_map(|file| [file.path.as_bytes(), &file.identity]) {
            digest.update(part.len().to_be_bytes());
            digest.update(part);
        }
        let hash: String = digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        for document in files.iter_mut().filter(|file| file.path == DOCUMENT) {
            let html = String::from_utf8_lossy(&document.identity);
            document.identity = html.replace("\"/assets/", &format!("\"/assets/{hash}/")).into_bytes().into();
        }
        Ok(Page { hash: hash.into(), files: files.into() })
    }

    /// A hash of all files, in 16 hexadecimal digits.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }
}

/// Adds the files of a folder. `prefix` is the folder's own path, with a slash at its end.
fn read_folder(folder: &Path, prefix: &str, files: &mut Vec<File>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            read_folder(&entry.path(), &format!("{path}/"), files)?;
        } else {
            let media_type = media_type(&path).ok_or_else(|| {
                io::Error::new(io::ErrorKind::InvalidData, format!("{path} is not a valid file of the page"))
            })?;
            let identity = fs::read(entry.path())?.into();
            files.push(File { path: path.into(), media_type, identity, brotli: None, gzip: None });
        }
    }
    Ok(())
}

fn media_type(path: &str) -> Option<&'static str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte);
    if !path.bytes().all(plain) {
        return None;
    }
    match path.rsplit_once('.')?.1 {
        "html" => Some("text/html; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "svg" => Some("image/svg+xml; charset=utf-8"),
        "png" => Some("image/png"),
        "md" | "txt" => Some("text/plain; charset=utf-8"),
        _ => None,
    }
}
