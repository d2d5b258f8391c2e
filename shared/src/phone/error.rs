//! Why a text is not taken as a phone number.

/// Why a text is not taken as a phone number.
///
/// The messages are lower-case fragments that never repeat the number: it is personal data, and they are stored and
/// logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum PhoneError {
    /// Nothing but white space and invisible characters.
    #[error("is empty")]
    Empty,
    /// The text is longer than any way to write one number.
    #[error("is too long for a phone number")]
    TooMuchText,
    /// `4.41E+11`: a spreadsheet has rounded the number, and its last digits are lost.
    #[error("was shortened to scientific notation by a spreadsheet and has lost digits")]
    Scientific,
    /// The text has words or signs that no phone number has, or more than one number.
    #[error("is not a phone number")]
    NotANumber,
    /// Fewer digits than any number of its country.
    #[error("has too few digits for a phone number of its country")]
    TooShort,
    /// More digits than any number of its country, or than the 15 of E.164.
    #[error("has too many digits for a phone number of its country")]
    TooLong,
    /// Some numbers of the country are shorter and some longer, but none has this length.
    #[error("has as many digits as no phone number of its country has")]
    WrongLength,
    /// A number without its area code: it can be dialled from nearby only, and names no line of the world.
    #[error("is a phone number without its area code")]
    LocalOnly,
    /// The digits after the `+` begin with no country's calling code.
    #[error("has an unknown country calling code")]
    UnknownCallingCode,
    /// A stored number is not a `+` and 4 to 15 digits.
    #[error("is not a phone number in E.164 form")]
    NotE164,
}

impl PhoneError {
    /// A name for programs: stable, in snake_case.
    pub fn code(&self) -> &'static str {
        match self {
            PhoneError::Empty => "empty",
            PhoneError::TooMuchText => "too_much_text",
            PhoneError::Scientific => "scientific_notation",
            PhoneError::NotANumber => "not_a_number",
            PhoneError::TooShort => "too_short",
            PhoneError::TooLong => "too_long",
            PhoneError::WrongLength => "wrong_length",
            PhoneError::LocalOnly => "local_only",
            PhoneError::UnknownCallingCode => "unknown_calling_code",
            PhoneError::NotE164 => "not_e164",
        }
    }
}
