//! The workspaces whose events the function accepts.

use contacts::Workspace;

/// A list of workspaces: names, and patterns in which `*` stands for any characters, also none. Default: all workspaces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Workspaces(Option<Vec<String>>);

/// A list of workspaces has an entry that no workspace matches.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the name of a workspace (1 to 64 characters of a-z 0-9 _ -) or a pattern of such names with *")]
pub struct InvalidWorkspaces(String);

impl Workspaces {
    /// Parses entries that commas or spaces separate. An empty list is all workspaces.
    ///
    /// # Errors
    /// [`InvalidWorkspaces`] if an entry has a character that no workspace has: such a list is a mistake.
    pub fn parse(list: &str) -> Result<Workspaces, InvalidWorkspaces> {
        let entries = list.split([',', ' ']).filter(|entry| !entry.is_empty());
        let entries = entries.map(|entry| {
            // A workspace that the pattern matches, unless it matches none.
            let example = entry.replace('*', if entry.chars().all(|sign| sign == '*') { "x" } else { "" });
            Workspace::parse(&example).map(|_| entry.to_owned()).map_err(|_| InvalidWorkspaces(entry.to_owned()))
        });
        let entries = entries.collect::<Result<Vec<String>, _>>()?;
        Ok(Workspaces((!entries.is_empty()).then_some(entries)))
    }

    /// Whether events of a workspace are accepted.
    pub fn admit(&self, workspace: &Workspace) -> bool {
        self.0.as_ref().is_none_or(|entries| entries.iter().any(|entry| matches(entry, workspace.as_str())))
    }
}

fn matches(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(name) = name.strip_prefix(start) else { return false };
    // The star takes nothing, or a character and then as much as the whole again.
    (0..=name.len()).any(|taken| matches(rest, &name[taken..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(list: &str, name: &str) -> bool {
        Workspaces::parse(list).unwrap().admit(&Workspace::parse(name).unwrap())
    }

    #[test]
    fn a_workspace_is_admitted_by_its_name_or_by_a_pattern() {
        for (list, name) in [
            ("", "acme"),
            (" , ", "acme"),
            ("acme", "acme"),
            ("other, acme", "acme"),
            ("other acme", "acme"),
            ("*", "acme"),
            ("**", "acme"),
            ("acme*", "acme"),
            ("acme-*", "acme-eu"),
            ("*-eu", "acme-eu"),
            ("a*e*u", "acme-eu"),
        ] {
            assert!(admits(list, name), "{list}: {name}");
        }
        for (list, name) in [
            ("acme", "acme2"),
            ("acme", "acm"),
            ("acme-*", "acme"),
            ("*-eu", "acme-eu2"),
            ("a*e*u", "acme-us"),
            ("b*", "acme"),
        ] {
            assert!(!admits(list, name), "{list}: {name}");
        }
        assert_eq!(Workspaces::default(), Workspaces::parse("").unwrap());
    }

    #[test]
    fn a_list_that_is_a_mistake_is_none() {
        for list in ["Acme", "acme;other", "acme.*", "^acme$", "acme,é"] {
            assert!(Workspaces::parse(list).is_err(), "{list}");
        }
    }
}
