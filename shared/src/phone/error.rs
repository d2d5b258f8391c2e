//! Why a text is not taken as a phone number.

/// Why a text is not taken as a phone number.
///
/// The messages are lower-case fragments that never repeat the number: it is personal data, and they are stored and
/// logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum PhoneError {
    /// Nothing but white space and invisible characters.
    #[error("the phone number is empty")]
    Empty,
    /// The text is longer than any way to write one number.
    #[error("the text is too long for a phone number")]
    TooMuchText,
    /// `4.41E+11`: a spreadsheet has rounded the number, and its last digits are lost.
    #[error("a spreadsheet has shortened the phone number to scientific notation and lost digits")]
    Scientific,
    /// The text has words or signs that no phone number has, or more than one number.
    #[error("the text is not a phone number")]
    NotANumber,
    /// Fewer digits than any number of its country.
    #[error("the phone number has too few digits for its country")]
    TooShort,
    /// More digits than any number of its country, or than the 15 of E.164.
    #[error("the phone number has too many digits for its country")]
    TooLong,
    /// Some numbers of the country are shorter and some longer, but none has this length.
    #[error("no phone number of its country has this many digits")]
    WrongLength,
    /// A number without its area code: it can be dialled from nearby only, and names no line of the world.
    #[error("the phone number lacks its area code")]
    LocalOnly,
    /// The digits after the `+` begin with no country's calling code.
    #[error("the phone number has an unknown country calling code")]
    UnknownCallingCode,
    /// A stored number is not a `+` and 4 to 15 digits.
    #[error("the phone number is not in E.164 form")]
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
