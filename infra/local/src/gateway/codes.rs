//! Authorization codes: each is valid once, for a minute.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use contacts::Workspace;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// How long a code is valid.
const LIFE: SignedDuration = SignedDuration::from_mins(1);

/// What a code grants, and what its redeemer must prove.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Grant {
    pub(super) workspace: Workspace,
    pub(super) redirect_uri: String,
    pub(super) code_challenge: String,
    pub(super) nonce: Option<String>,
}

/// The codes that are not redeemed yet.
#[derive(Default)]
pub(super) struct Codes {
    grants: Mutex<HashMap<String, (Timestamp, Grant)>>,
}

impl Codes {
    /// Issues a code for a grant.
    pub(super) fn issue(&self, grant: Grant, now: Timestamp) -> String {
        let code = Uuid::new_v4().simple().to_string();
        let mut grants = self.grants.lock().unwrap_or_else(PoisonError::into_inner);
        grants.retain(|_, (issued, _)| is_valid(*issued, now));
        grants.insert(code.clone(), (now, grant));
        code
    }

    /// Redeems a code. Returns its grant if it is still valid.
    pub(super) fn redeem(&self, code: &str, now: Timestamp) -> Option<Grant> {
        let (issued, grant) = self.grants.lock().unwrap_or_else(PoisonError::into_inner).remove(code)?;
        is_valid(issued, now).then_some(grant)
    }
}

fn is_valid(issued: Timestamp, now: Timestamp) -> bool {
    now.duration_since(issued) < LIFE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_valid_once_for_a_minute() {
        let grant = Grant {
            workspace: Workspace::parse("acme").unwrap(),
            redirect_uri: "http://localhost:3000/".to_owned(),
            code_challenge: "x".to_owned(),
            nonce: None,
        };
        let (codes, now) = (Codes::default(), Timestamp::now());
        let code = codes.issue(grant.clone(), now);
        assert_eq!(codes.redeem("x", now), None);
        assert_eq!(codes.redeem(&code, now), Some(grant.clone()));
        assert_eq!(codes.redeem(&code, now), None);
        let code = codes.issue(grant.clone(), now);
        assert_eq!(codes.redeem(&code, now + LIFE), None);
        let forgotten = codes.issue(grant.clone(), now);
        codes.issue(grant, now + LIFE);
        assert!(!codes.grants.lock().unwrap().contains_key(&forgotten));
    }
}
