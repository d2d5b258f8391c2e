//! Checks the percent-encoding of a request before anything reads its path or query.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use percent_encoding::percent_decode_str;

use crate::Problem;

/// Refuses a request whose path or query cannot be decoded without loss.
pub(crate) async fn refuse_malformed(request: Request, next: Next) -> Response {
    for (part, text) in [("path", request.uri().path()), ("query", request.uri().query().unwrap_or_default())] {
        if !is_well_encoded(text) {
            return Problem::bad_request(format!("the {part} has a % without two hexadecimal digits, or is not UTF-8"))
                .into_response();
        }
    }
    next.run(request).await
}

fn is_well_encoded(text: &str) -> bool {
    let escapes = text.split('%').skip(1);
    let is_hex = |digits: &[u8]| digits.len() == 2 && digits.iter().all(u8::is_ascii_hexdigit);
    escapes.into_iter().all(|after| after.as_bytes().get(..2).is_some_and(is_hex))
        && percent_decode_str(text).decode_utf8().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_escapes_of_utf8_pass() {
        for good in ["", "/contacts", "a=b+c", "%41", "%C3%A9", "a%20b%2B"] {
            assert!(is_well_encoded(good), "{good}");
        }
        for bad in ["%", "%4", "%zz", "a%2", "%%41", "%C3", "%ff", "é%C3"] {
            assert!(!is_well_encoded(bad), "{bad}");
        }
    }
}
