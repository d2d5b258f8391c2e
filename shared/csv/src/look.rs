//! What values look like.

/// What a value looks like. This is a guess: only parsing decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    Blank,
    Email,
    /// A phone number that starts with `+`.
    InternationalPhone,
    /// At least seven digits, perhaps with separators: a phone number, a date or an amount.
    Digits,
    /// A number too short to be a phone number.
    Number,
    Uuid,
    Text,
}

impl Look {
    pub(crate) fn of(value: &str) -> Look {
        let digits = value.bytes().filter(u8::is_ascii_digit).count();
        let numeric = |c: char| c.is_ascii_digit() || c.is_whitespace() || "+-–()[]./,:'".contains(c);
        if value.is_empty() {
            Look::Blank
        } else if is_email(value) {
            Look::Email
        } else if is_uuid(value) {
            Look::Uuid
        } else if digits == 0 || !value.chars().all(numeric) {
            Look::Text
        } else if digits < 7 {
            Look::Number
        } else if value.starts_with('+') {
            Look::InternationalPhone
        } else {
            Look::Digits
        }
    }
}

fn is_email(value: &str) -> bool {
    let Some((local, domain)) = value.split_once('@') else { return false };
    let odd = |c: char| c.is_whitespace() || "@,;<>()".contains(c);
    let labels = domain.split_once('.').is_some_and(|(first, rest)| !first.is_empty() && !rest.is_empty());
    labels && !local.is_empty() && !local.contains(odd) && !domain.contains(odd)
}

/// Whether a value is a UUID in the hyphenated form.
fn is_uuid(value: &str) -> bool {
    value.len() == 36
        && value.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_look_like_what_they_are() {
        let cases = [
            ("a@x.org", Look::Email),
            ("a@x", Look::Text),
            ("mail a@x.org", Look::Text),
            ("+1 (555) 123-4567", Look::InternationalPhone),
            ("0171/1234567", Look::Digits),
            ("2024-01-02", Look::Digits),
            ("12.5", Look::Number),
            ("+", Look::Text),
            ("0190c5f2-0000-7000-8000-00000000000A", Look::Uuid),
            ("Phone 1", Look::Text),
            ("", Look::Blank),
        ];
        for (value, look) in cases {
            assert_eq!(Look::of(value), look, "{value}");
        }
    }
}
