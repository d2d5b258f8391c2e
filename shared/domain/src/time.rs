//! Time, in whole milliseconds.

use jiff::Timestamp;

/// The current time.
pub fn now() -> Timestamp {
    to_millis(Timestamp::now())
}

/// Truncates a time to milliseconds, the resolution in which times are stored and compared.
pub fn to_millis(at: Timestamp) -> Timestamp {
    from_millis(at.as_millisecond())
}

/// The time that many milliseconds after 1970. A number outside the range of a timestamp gives the nearest timestamp.
pub fn from_millis(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(if millis < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

/// A time as part of a sort key. Its width is fixed, so the order of the texts is the order in time.
///
/// This holds for the years 0 to 9999; [`crate::Observation`] allows no others.
pub fn sort_key(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// Parses the result of [`sort_key`].
pub fn from_sort_key(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sort_keys_are_of_one_width_and_read_back() {
        for (millis, key) in [(0, "1970-01-01T00:00:00.000Z"), (1_795_341_600_120, "2026-11-22T10:00:00.120Z")] {
            let at = from_millis(millis);
            assert_eq!(sort_key(at), key);
            assert_eq!(from_sort_key(key), Some(at));
        }
    }
}
