//! The names of encodings.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The encoding of a CSV file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// An encoding from before Unicode, as the WHATWG defines it.
    Legacy(&'static encoding_rs::Encoding),
}

/// The label names no encoding that an import can read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is not an encoding that an import can read, such as utf-8, windows-1252, macintosh or shift_jis: {0:?}")]
pub struct UnknownEncoding(pub String);

/// The encodings from before Unicode. In all of them the bytes of a line end are line ends and nothing else, by which
/// positions in the text are found in the file. ISO-2022-JP lacks that property.
static LEGACY: [(&str, &encoding_rs::Encoding); 34] = [
    ("big5", &encoding_rs::BIG5_INIT),
    ("euc-jp", &encoding_rs::EUC_JP_INIT),
    ("euc-kr", &encoding_rs::EUC_KR_INIT),
    ("gb18030", &encoding_rs::GB18030_INIT),
    ("gbk", &encoding_rs::GBK_INIT),
    ("ibm866", &encoding_rs::IBM866_INIT),
    ("iso-8859-2", &encoding_rs::ISO_8859_2_INIT),
    ("iso-8859-3", &encoding_rs::ISO_8859_3_INIT),
    ("iso-8859-4", &encoding_rs::ISO_8859_4_INIT),
    ("iso-8859-5", &encoding_rs::ISO_8859_5_INIT),
    ("iso-8859-6", &encoding_rs::ISO_8859_6_INIT),
    ("iso-8859-7", &encoding_rs::ISO_8859_7_INIT),
    ("iso-8859-8", &encoding_rs::ISO_8859_8_INIT),
    ("iso-8859-8-i", &encoding_rs::ISO_8859_8_I_INIT),
    ("iso-8859-10", &encoding_rs::ISO_8859_10_INIT),
    ("iso-8859-13", &encoding_rs::ISO_8859_13_INIT),
    ("iso-8859-14", &encoding_rs::ISO_8859_14_INIT),
    ("iso-8859-15", &encoding_rs::ISO_8859_15_INIT),
    ("iso-8859-16", &encoding_rs::ISO_8859_16_INIT),
    ("koi8-r", &encoding_rs::KOI8_R_INIT),
    ("koi8-u", &encoding_rs::KOI8_U_INIT),
    ("macintosh", &encoding_rs::MACINTOSH_INIT),
    ("shift_jis", &encoding_rs::SHIFT_JIS_INIT),
    ("windows-874", &encoding_rs::WINDOWS_874_INIT),
    ("windows-1250", &encoding_rs::WINDOWS_1250_INIT),
    ("windows-1251", &encoding_rs::WINDOWS_1251_INIT),
    ("windows-1252", &encoding_rs::WINDOWS_1252_INIT),
    ("windows-1253", &encoding_rs::WINDOWS_1253_INIT),
    ("windows-1254", &encoding_rs::WINDOWS_1254_INIT),
    ("windows-1255", &encoding_rs::WINDOWS_1255_INIT),
    ("windows-1256", &encoding_rs::WINDOWS_1256_INIT),
    ("windows-1257", &encoding_rs::WINDOWS_1257_INIT),
    ("windows-1258", &encoding_rs::WINDOWS_1258_INIT),
    ("x-mac-cyrillic", &encoding_rs::X_MAC_CYRILLIC_INIT),
];

/// Labels that people use and the WHATWG does not list.
const ALIASES: [(&str, &str); 6] = [
    ("utf8-bom", "utf-8"),
    ("utf-8-sig", "utf-8"),
    ("mac-roman", "macintosh"),
    ("macroman", "macintosh"),
    ("ansi", "windows-1252"),
    ("cp936", "gbk"),
];

impl Encoding {
    /// Windows-1252, the "CSV" of spreadsheets in western languages.
    pub const WINDOWS_1252: Encoding = Encoding::Legacy(&encoding_rs::WINDOWS_1252_INIT);

    /// The name, as the API and stored imports use it.
    pub fn as_str(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Utf16Le => "utf-16le",
            Encoding::Utf16Be => "utf-16be",
            Encoding::Legacy(legacy) => {
                LEGACY.iter().find(|(_, known)| *known == legacy).map_or(legacy.name(), |(name, _)| name)
            }
        }
    }

    /// Parses a name or another label of an encoding, in any case: `latin1` is `windows-1252`, as on the Web.
    ///
    /// # Errors
    /// [`UnknownEncoding`] for any other text.
    pub fn parse(label: &str) -> Result<Encoding, UnknownEncoding> {
        let wanted = label.trim().to_ascii_lowercase();
        let wanted = ALIASES.iter().find(|(alias, _)| *alias == wanted).map_or(wanted.as_str(), |(_, name)| name);
        encoding_rs::Encoding::for_label(wanted.as_bytes())
            .and_then(Encoding::of)
            .ok_or_else(|| UnknownEncoding(label.to_owned()))
    }

    /// The names of all encodings, those of Unicode first.
    pub fn names() -> impl Iterator<Item = &'static str> {
        ["utf-8", "utf-16le", "utf-16be"].into_iter().chain(LEGACY.iter().map(|(name, _)| *name))
    }

    /// An encoding of the library, if an import can read it.
    pub(super) fn of(encoding: &'static encoding_rs::Encoding) -> Option<Encoding> {
        if encoding == encoding_rs::UTF_8 {
            Some(Encoding::Utf8)
        } else if encoding == encoding_rs::UTF_16LE {
            Some(Encoding::Utf16Le)
        } else if encoding == encoding_rs::UTF_16BE {
            Some(Encoding::Utf16Be)
        } else {
            LEGACY.iter().find(|(_, known)| *known == encoding).map(|(_, known)| Encoding::Legacy(known))
        }
    }

    pub(super) fn mark(self) -> &'static [u8] {
        match self {
            Encoding::Utf8 => b"\xEF\xBB\xBF",
            Encoding::Utf16Le => b"\xFF\xFE",
            Encoding::Utf16Be => b"\xFE\xFF",
            Encoding::Legacy(_) => b"",
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for Encoding {
    type Error = UnknownEncoding;

    fn try_from(label: String) -> Result<Encoding, UnknownEncoding> {
        Encoding::parse(&label)
    }
}

impl From<Encoding> for String {
    fn from(encoding: Encoding) -> String {
        encoding.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for name in Encoding::names() {
            assert_eq!(Encoding::parse(name).map(Encoding::as_str), Ok(name));
        }
    }

    #[test]
    fn labels_are_read_in_any_case() {
        for (label, name) in [
            ("UTF8", "utf-8"),
            (" Latin1 ", "windows-1252"),
            ("CP1251", "windows-1251"),
            ("gb2312", "gbk"),
            ("SJIS", "shift_jis"),
            ("x-mac-roman", "macintosh"),
            ("Mac-Roman", "macintosh"),
            ("utf-16", "utf-16le"),
        ] {
            assert_eq!(Encoding::parse(label).map(Encoding::as_str), Ok(name));
        }
        for label in ["", "klingon", "iso-2022-jp", "replacement", "x-user-defined"] {
            let error = Encoding::parse(label).unwrap_err();
            assert!(error.to_string().contains(&format!("{label:?}")), "{error}");
        }
    }
}
