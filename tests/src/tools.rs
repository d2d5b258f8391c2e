//! What `make test` has put ready: the tools of `.tools` and the functions of `target/lambda`.

use std::path::{Path, PathBuf};

/// The functions, by the names of their programs.
pub const FUNCTIONS: [&str; 7] =
    ["contact-changes", "contacts-api", "conversation-upsert", "csv-import", "csv-export", "mcp", "web"];

/// The folder of the repository.
pub fn root() -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).canonicalize().unwrap()
}

/// A program of `.tools`.
pub fn tool(name: &str) -> PathBuf {
    there(root().join(".tools/python/bin").join(name))
}

/// The program of a function, as it is deployed.
pub fn function(name: &str) -> PathBuf {
    there(root().join("target/lambda").join(name).join("bootstrap"))
}

fn there(path: PathBuf) -> PathBuf {
    assert!(path.exists(), "{} is missing: these tests are run by `make test`, which makes it", path.display());
    path
}
