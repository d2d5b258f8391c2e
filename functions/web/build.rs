//! Compresses the page's files at the highest level, and writes the table of files that the library includes.
//!
//! The page is the folder `page`, or the one that the environment variable `CONTACTS_PAGE` names: `make build` sets it to the
//! bundle.

#[path = "src/page.rs"]
#[expect(dead_code, unreachable_pub, reason = "it is the library's")]
mod page;

use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::{env, fs};

use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

use self::page::Page;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::var_os("CONTACTS_PAGE").map_or_else(|| PathBuf::from("page"), PathBuf::from);
    println!("cargo::rerun-if-env-changed=CONTACTS_PAGE");
    println!("cargo::rerun-if-changed={}", folder.display());
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    let page = Page::read(&folder).map_err(|error| format!("failed to read {}: {error}", folder.display()))?;
    let mut table = format!("Page {{ hash: Cow::Borrowed({:?}), files: Cow::Borrowed(&[\n", page.hash());
    for (number, file) in page.files.iter().enumerate() {
        let name = |coding: &str| out.join(format!("{number}{coding}"));
        let kept = |coding: &str, bytes: Vec<u8>| -> Result<String, Box<dyn Error>> {
            // Files that compression does not shrink, such as images, are served unencoded.
            if bytes.len() >= file.identity.len() {
                return Ok("None".to_owned());
            }
            fs::write(name(coding), bytes)?;
            Ok(format!("Some(include_bytes!({:?}))", name(coding)))
        };
        fs::write(name(""), &file.identity)?;
        writeln!(
            table,
            "File {{ path: Cow::Borrowed({:?}), media_type: {:?}, identity: Cow::Borrowed(include_bytes!({:?})), \
            brotli: {}, gzip: {} }},",
            file.path,
            file.media_type,
            name(""),
            kept(".br", brotli(&file.identity)?)?,
            kept(".gz", gzip(&file.identity)?)?,
        )?;
    }
    table.push_str("]) }");
    fs::write(out.join("page.rs"), table)?;
    Ok(())
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &BrotliEncoderParams::default())?;
    Ok(compressed)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}
