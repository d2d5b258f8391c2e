//! The page's files. Also compiled into the build script, which reads them and adds what is compressed.

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::Path;

use sha2::{Digest as _, Sha256};

/// The document, by its path in the folder.
pub(crate) const DOCUMENT: &str = "index.html";

/// A state of the page: its files, and the hash of them all.
#[derive(Clone, Debug)]
pub struct Page {
    pub(crate) hash: Cow<'static, str>,
    /// In the order of their paths.
    pub(crate) files: Cow<'static, [File]>,
}

/// A file of the page, as it is and, where that is smaller, compressed.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) path: Cow<'static, str>,
    pub(crate) media_type: &'static str,
    pub(crate) identity: Cow<'static, [u8]>,
    pub(crate) brotli: Option<&'static [u8]>,
    pub(crate) gzip: Option<&'static [u8]>,
}

impl Page {
    /// The page in a folder, not compressed. In its document, `"/assets/` becomes `"/assets/<hash>/`.
    ///
    /// # Errors
    /// When the folder cannot be read, and [`io::ErrorKind::InvalidData`] for a file that no browser would know what to do
    /// with, or whose name has to be escaped in a URL.
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

    /// 16 hexadecimal digits that change with any file.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }
}

/// Adds the files of a folder whose own path, with a slash at its end, is `prefix`.
fn read_folder(folder: &Path, prefix: &str, files: &mut Vec<File>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            read_folder(&entry.path(), &format!("{path}/"), files)?;
        } else {
            let media_type = media_type(&path).ok_or_else(|| {
                io::Error::new(io::ErrorKind::InvalidData, format!("{path} is not what a page is made of"))
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
