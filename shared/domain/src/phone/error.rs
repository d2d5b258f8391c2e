//! Why a text is not a phone number.

/// Why a text is not a phone number.
///
/// The messages are lower-case fragments that never contain the number: numbers are personal data, and the messages are
/// stored and logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum PhoneError {
    /// Only white space and invisible characters.
    #[error("is empty")]
    Empty,
    /// The text is longer than any way to write one number.
    #[error("is too long for a phone number")]
    TooMuchText,
    /// `4.41E+11`: a spreadsheet has rounded the number, and its last digits are lost.
    #[error("was shortened to scientific notation by a spreadsheet and has lost digits")]
    Scientific,
    /// The text has words or signs that do not occur in phone numbers, or more than one number.
    #[error("is not a phone number")]
    NotANumber,
    /// Fewer digits than any number of its country.
    #[error("has too few digits for a phone number of its country")]
    TooShort,
    /// More digits than any number of its country, or than the 15 of E.164.
    #[error("has too many digits for a phone number of its country")]
    TooLong,
    /// Some numbers of the country are shorter and some longer, but none has this length.
    #[error("has a number of digits that no phone number of its country has")]
    WrongLength,
    /// A number without its area code: it can be dialled only from nearby, and does not identify a line worldwide.
    #[error("is a phone number without its area code")]
    LocalOnly,
    /// The digits after the `+` do not start with a country's calling code.
    #[error("has an unknown country calling code")]
    UnknownCallingCode,
    /// A stored number is not a `+` and 4 to 15 digits, with or without an extension.
    #[error("is not a phone number in E.164 form")]
    NotE164,
}

impl PhoneError {
    /// The stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            PhoneError::Empty => "phone_empty",
            PhoneError::TooMuchText => "phone_too_much_text",
            PhoneError::Scientific => "phone_scientific_notation",
            PhoneError::NotANumber => "phone_not_a_number",
            PhoneError::TooShort => "phone_too_short",
            PhoneError::TooLong => "phone_too_long",
            PhoneError::WrongLength => "phone_wrong_length",
            PhoneError::LocalOnly => "phone_local_only",
            PhoneError::UnknownCallingCode => "phone_unknown_calling_code",
            PhoneError::NotE164 => "phone_not_e164",
        }
    }
}
