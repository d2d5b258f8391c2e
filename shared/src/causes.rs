//! Errors for the logs.

use std::error::Error;

/// An error and what caused it, in one line. For logs: the causes may tell what is not for callers.
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
    use crate::BookError;

    #[test]
    fn every_cause_is_told() {
        assert_eq!(
            causes(&BookError::Refused("no permission".into())),
            "the contact table refused a request: no permission"
        );
    }
}
