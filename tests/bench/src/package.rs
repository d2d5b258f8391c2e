//! The size of the deployed packages.

use std::io;
use std::path::Path;

use flate2::Compression;
use flate2::write::DeflateEncoder;

/// In bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) binary: u64,
    /// As deflate, the method of zip files, makes it. The rest of such a file is some hundred bytes.
    pub(crate) zipped: u64,
}

pub(crate) fn measure(binary: &Path) -> io::Result<Size> {
    let bytes = std::fs::read(binary)?;
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    io::copy(&mut bytes.as_slice(), &mut encoder)?;
    Ok(Size { binary: bytes.len() as u64, zipped: encoder.finish()?.len() as u64 })
}
