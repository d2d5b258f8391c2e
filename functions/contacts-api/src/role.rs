//! What the user of a token may do in the workspace.

use std::fmt;

use http::StatusCode;

use crate::Problem;

/// A role. Each may do what the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// Reads contacts, conversations, settings and the progress of imports.
    Reader,
    /// Writes contacts, too.
    Editor,
    /// Does everything: imports, exports, settings, custom fields.
    Admin,
}

impl Role {
    const ALL: [Role; 3] = [Role::Reader, Role::Editor, Role::Admin];

    /// The name in tokens.
    fn as_str(self) -> &'static str {
        match self {
            Role::Reader => "reader",
            Role::Editor => "editor",
            Role::Admin => "admin",
        }
    }

    /// Reads a claim: the name of a role, or a list with one, which API Gateway writes as `[a b]`. Of several roles the
    /// greatest counts; other words, such as groups of other systems, do not. `None` if the claim has no role.
    pub(crate) fn of_claim(claim: &str) -> Option<Role> {
        let list = claim.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let words = list.unwrap_or(claim).split([' ', ',']);
        words.filter_map(|word| Role::ALL.into_iter().find(|role| role.as_str() == word)).max()
    }

    /// Refuses a user who does not have at least the role that is needed.
    pub(crate) fn require(self, needed: Role) -> Result<(), Problem> {
        if self >= needed {
            return Ok(());
        }
        let detail = format!("this needs the role {needed}; the token has the role {self}");
        let code = match needed {
            Role::Reader => "needs_reader",
            Role::Editor => "needs_editor",
            Role::Admin => "needs_admin",
        };
        Err(Problem::new(StatusCode::FORBIDDEN, detail).with_code(code))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_a_role_or_a_list_with_one() {
        for (claim, role) in [
            ("reader", Some(Role::Reader)),
            ("editor", Some(Role::Editor)),
            ("admin", Some(Role::Admin)),
            ("[reader]", Some(Role::Reader)),
            ("[sales editor eu-west-1_Google reader]", Some(Role::Editor)),
            ("editor,reader", Some(Role::Editor)),
            ("", None),
            ("[]", None),
            ("Admin", None),
            ("administrator", None),
            ("owner", None),
            ("null", None),
        ] {
            assert_eq!(Role::of_claim(claim), role, "{claim}");
        }
    }
}
