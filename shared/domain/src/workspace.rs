//! Workspaces, the tenants of the system.

use std::fmt;
use std::sync::Arc;

/// A tenant's name: 1–64 characters of `a–z 0–9 _ -`.
///
/// Every key, query and log line belongs to exactly one workspace. The alphabet excludes `#`, which separates the parts
/// of a key, so the keys of one workspace cannot collide with those of another.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Workspace(Arc<str>);

/// Why a text is not a workspace name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a workspace is 1 to 64 characters of a-z, 0-9, _ and -")]
pub struct WorkspaceError;

impl Workspace {
    /// Parses a workspace name, without trimming it or changing its case.
    ///
    /// # Errors
    /// [`WorkspaceError`] when the text is not a workspace name.
    pub fn parse(text: &str) -> Result<Workspace, WorkspaceError> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-';
        if (1..=64).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Workspace(text.into()))
        } else {
            Err(WorkspaceError)
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Workspace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Workspace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_the_alphabet_and_nothing_else() {
        for good in ["a", "acme-2_x", &"a".repeat(64)] {
            assert_eq!(Workspace::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "Acme", "a#b", "a b", "é", &"a".repeat(65)] {
            assert_eq!(Workspace::parse(bad), Err(WorkspaceError), "{bad:?}");
        }
    }
}
