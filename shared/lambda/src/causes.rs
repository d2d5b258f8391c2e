//! Errors for the logs.

use std::error::Error;

/// An error and its chain of causes, in one line. Only for logs: causes may contain details that callers must not see.
pub fn causes(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the contact table refused a request")]
    struct Refused(#[source] std::io::Error);

    #[test]
    fn every_cause_is_named() {
        assert_eq!(
            causes(&Refused(std::io::Error::other("no permission"))),
            "the contact table refused a request: no permission"
        );
    }
}
