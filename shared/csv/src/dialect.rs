//! The dialect of a CSV file: how it separates its cells.

use contacts::Quoting;
use serde::{Deserialize, Serialize};

/// The character between two cells of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delimiter {
    /// `,`
    #[serde(rename = ",")]
    Comma,
    /// `;`, common where the comma is the decimal separator.
    #[serde(rename = ";")]
    Semicolon,
    /// A tab.
    #[serde(rename = "\t")]
    Tab,
    /// `|`
    #[serde(rename = "|")]
    Pipe,
}

/// What a reader must know about a file to split it into records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// The character between two cells.
    pub delimiter: Delimiter,
    /// Whether the first line is a `sep=;` line, which declares the delimiter to spreadsheets.
    pub sep_line: bool,
    /// What quotes mean.
    pub quoting: Quoting,
}

impl Delimiter {
    /// All delimiters, in order of preference.
    pub const ALL: [Delimiter; 4] = [Delimiter::Comma, Delimiter::Semicolon, Delimiter::Tab, Delimiter::Pipe];

    /// The delimiter as an ASCII byte.
    pub fn byte(self) -> u8 {
        match self {
            Delimiter::Comma => b',',
            Delimiter::Semicolon => b';',
            Delimiter::Tab => b'\t',
            Delimiter::Pipe => b'|',
        }
    }
}
