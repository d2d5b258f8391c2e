//! Authorization codes: each is good once, and for a minute.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use contacts::Workspace;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// How long a code is good.
const LIFE: SignedDuration = SignedDuration::from_mins(1);

/// What was granted, and what whoever redeems the code has to know.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Grant {
    pub(super) workspace: Workspace,
    pub(super) redirect_uri: String,
    pub(super) code_challenge: String,
    pub(super) nonce: Option<String>,
}

/// The codes that nobody has redeemed yet.
#[derive(Default)]
pub(super) struct Codes {
    grants: Mutex<HashMap<String, (Timestamp, Grant)>>,
}

impl Codes {
    /// A code for a grant.
    pub(super) fn issue(&self, grant: Grant, now: Timestamp) -> String {
        let code = Uuid::new_v4().simple().to_string();
        let mut grants = self.grants.lock().unwrap_or_else(PoisonError::into_inner);
        grants.retain(|_, (issued, _)| is_good(*issued, now));
        grants.insert(code.clone(), (now, grant));
        code
    }

    /// What a code stands for, if it is still good. After that it is not.
    pub(super) fn redeem(&self, code: &str, now: Timestamp) -> Option<Grant> {
        let (issued, grant) = self.grants.lock().unwrap_or_else(PoisonError::into_inner).remove(code)?;
        is_good(issued, now).then_some(grant)
    }
}

fn is_good(issued: Timestamp, now: Timestamp) -> bool {
    now.duration_since(issued) < LIFE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_good_once_and_for_a_minute() {
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
