//! Detects the encoding of a file and decodes its bytes to UTF-8.
//!
//! Decoding is lossless: a byte sequence that is invalid in the encoding is an error with its position, never replaced.
//! The encoding is detected as follows:
//!
//! 1. A byte order mark decides.
//! 2. If most separators and line ends have a NUL byte beside them, the file is UTF-16 without a mark.
//! 3. A sample that is valid UTF-8 is UTF-8. So is one with more valid than invalid sequences, and decoding it fails:
//!    as Windows-1252 every accented name in it would be stored wrong.
//! 4. Anything else is Windows-1252, the "CSV" of spreadsheets in western languages.
//! 5. A sample of only ASCII leaves the choice open until the first non-ASCII sequence, however late that comes.

use std::fmt;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use serde::{Deserialize, Serialize};

/// How many bytes of a file's start are used to detect its encoding.
pub const SAMPLE_BYTES: usize = 256 * 1024;

/// The encoding of a CSV file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-16, low byte first.
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// UTF-16, high byte first.
    #[serde(rename = "utf-16be")]
    Utf16Be,
    /// Windows-1252 as the WHATWG defines it, where every byte is a character.
    #[serde(rename = "windows-1252")]
    Windows1252,
}

/// Why bytes cannot be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncodingError {
    /// The file contains a NUL: it is a workbook, an archive or a picture rather than CSV.
    #[error("byte {offset} of the file is NUL: it is not a text file")]
    NotText {
        /// The position of the byte in the file, from 0.
        offset: u64,
    },
    /// A sequence is invalid in the encoding, or the file ends inside a character.
    #[error("byte {offset} of the file is not valid {encoding}")]
    Malformed {
        /// The encoding of the file.
        encoding: Encoding,
        /// The position of the sequence's first byte in the file, from 0.
        offset: u64,
    },
}

/// Decodes a file's bytes to UTF-8, chunk by chunk. A chunk may end inside a character.
#[derive(Debug, Clone)]
pub struct Decoder {
    encoding: Encoding,
    /// Whether the decoder has seen only ASCII, so that the encoding may still become Windows-1252.
    open: bool,
    /// Where in the file `cut` starts, which is where the next decoded character starts.
    offset: u64,
    /// The bytes of an incomplete character at the end of the last chunk.
    cut: Vec<u8>,
}

impl Encoding {
    /// The name, as the API and stored imports use it.
    pub fn as_str(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Utf16Le => "utf-16le",
            Encoding::Utf16Be => "utf-16be",
            Encoding::Windows1252 => "windows-1252",
        }
    }

    /// The length in bytes of `decoded` in this encoding, without a byte order mark.
    ///
    /// Decoding is lossless, so this converts a position in the decoded text to a position in the file.
    pub fn encoded_len(self, decoded: &[u8]) -> u64 {
        let starts = || decoded.iter().filter(|&&byte| byte & 0xC0 != 0x80).count();
        let count = match self {
            Encoding::Utf8 => decoded.len(),
            Encoding::Windows1252 => starts(),
            // A character of four bytes in UTF-8 is a surrogate pair.
            Encoding::Utf16Le | Encoding::Utf16Be => {
                2 * (starts() + decoded.iter().filter(|&&byte| byte >= 0xF0).count())
            }
        };
        count as u64
    }

    fn mark(self) -> &'static [u8] {
        match self {
            Encoding::Utf8 => b"\xEF\xBB\xBF",
            Encoding::Utf16Le => b"\xFF\xFE",
            Encoding::Utf16Be => b"\xFE\xFF",
            Encoding::Windows1252 => b"",
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl EncodingError {
    /// The stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            EncodingError::NotText { .. } => "not_text",
            EncodingError::Malformed { .. } => "malformed_text",
        }
    }
}

impl Decoder {
    /// Creates a decoder for the file that starts with `sample`. Decode the file from its start, including the sample.
    ///
    /// The sample should have [`SAMPLE_BYTES`], or be the whole file if that is shorter.
    pub fn detect(sample: &[u8]) -> Decoder {
        let marked = [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be]
            .into_iter()
            .find(|encoding| sample.starts_with(encoding.mark()));
        match marked.or_else(|| unmarked_utf16(sample)) {
            Some(encoding) => Decoder::new(encoding, 0),
            None => bytewise(sample),
        }
    }

    /// Creates a decoder of a known encoding from the byte `offset` of the file, where a character must start.
    pub fn new(encoding: Encoding, offset: u64) -> Decoder {
        Decoder { encoding, open: false, offset, cut: Vec::new() }
    }

    /// The encoding; UTF-8 for an ASCII file.
    ///
    /// While all decoded text is ASCII, the encoding may still become Windows-1252.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Appends the text of the next bytes to `out`. Returns the position in the file of the first appended character.
    ///
    /// # Errors
    /// [`EncodingError`] if the bytes are invalid in the encoding or contain NUL. The decoder is unusable afterwards.
    pub fn decode(&mut self, input: &[u8], out: &mut Vec<u8>) -> Result<u64, EncodingError> {
        let mut joined = std::mem::take(&mut self.cut);
        let mut bytes = input;
        if !joined.is_empty() {
            joined.extend_from_slice(input);
            bytes = &joined;
        }
        if self.offset == 0 {
            let mark = self.encoding.mark();
            if bytes.len() < mark.len() && mark.starts_with(bytes) {
                self.cut = bytes.to_vec();
                return Ok(0);
            }
            if let Some(rest) = bytes.strip_prefix(mark) {
                bytes = rest;
                self.offset = mark.len() as u64;
            }
        }
        let start = self.offset;
        let before = out.len();
        let taken = match self.encoding {
            Encoding::Utf8 => self.utf8(bytes, out),
            Encoding::Windows1252 => Ok(windows_1252(bytes, out)),
            Encoding::Utf16Le | Encoding::Utf16Be => self.utf16(bytes, out),
        };
        // Checked before `taken?`: of two errors the first in the file is reported, wherever the chunks end.
        if let Some(at) = out[before..].iter().position(|&byte| byte == 0) {
            let offset = start + self.encoding.encoded_len(&out[before..before + at]);
            return Err(EncodingError::NotText { offset });
        }
        let taken = taken?;
        self.offset += taken as u64;
        self.cut = bytes[taken..].to_vec();
        Ok(start)
    }

    /// Ends the file: decodes an incomplete character. Returns the same as [`Decoder::decode`].
    ///
    /// # Errors
    /// [`EncodingError::Malformed`] if the file ends inside a character.
    pub fn finish(&mut self, out: &mut Vec<u8>) -> Result<u64, EncodingError> {
        let start = self.offset;
        if self.cut.is_empty() {
            return Ok(start);
        }
        if !self.open {
            return Err(EncodingError::Malformed { encoding: self.encoding, offset: start });
        }
        // A file whose only non-ASCII byte is its last is not UTF-8.
        self.encoding = Encoding::Windows1252;
        self.open = false;
        let rest = std::mem::take(&mut self.cut);
        self.offset += windows_1252(&rest, out) as u64;
        Ok(start)
    }

    /// Appends the valid bytes, even if an error follows them. Returns how many bytes it consumed.
    fn utf8(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<usize, EncodingError> {
        let (valid, broken) = match std::str::from_utf8(bytes) {
            Ok(_) => (bytes.len(), false),
            Err(error) => (error.valid_up_to(), error.error_len().is_some()),
        };
        self.open = self.open && bytes[..valid].is_ascii();
        if broken && self.open {
            self.encoding = Encoding::Windows1252;
            self.open = false;
            return Ok(windows_1252(bytes, out));
        }
        out.extend_from_slice(&bytes[..valid]);
        if broken {
            return Err(EncodingError::Malformed { encoding: self.encoding, offset: self.offset + valid as u64 });
        }
        Ok(valid)
    }

    fn utf16(&self, bytes: &[u8], out: &mut Vec<u8>) -> Result<usize, EncodingError> {
        let (encoding, unit): (_, fn([u8; 2]) -> u16) = match self.encoding {
            Encoding::Utf16Be => (UTF_16BE, u16::from_be_bytes),
            _ => (UTF_16LE, u16::from_le_bytes),
        };
        let mut whole = bytes.len() & !1;
        // Leave a high surrogate for the next chunk, which has its other half.
        if whole >= 2 && (0xD800..0xDC00).contains(&unit([bytes[whole - 2], bytes[whole - 1]])) {
            whole -= 2;
        }
        if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(&bytes[..whole]) {
            out.extend_from_slice(text.as_bytes());
            return Ok(whole);
        }
        let units = bytes[..whole].chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        let valid: String = char::decode_utf16(units).map_while(Result::ok).collect();
        out.extend_from_slice(valid.as_bytes());
        let offset = self.offset + self.encoding.encoded_len(valid.as_bytes());
        Err(EncodingError::Malformed { encoding: self.encoding, offset })
    }
}

fn windows_1252(bytes: &[u8], out: &mut Vec<u8>) -> usize {
    out.extend_from_slice(WINDOWS_1252.decode_without_bom_handling(bytes).0.as_bytes());
    bytes.len()
}

/// Recognises UTF-16 without a mark: there every separator has a NUL beside it, in other text almost none has.
fn unmarked_utf16(sample: &[u8]) -> Option<Encoding> {
    let separator = |byte: u8| matches!(byte, b',' | b';' | b'\t' | b'|' | b'\r' | b'\n');
    let pairs = || sample.chunks_exact(2);
    let little = pairs().filter(|pair| separator(pair[0]) && pair[1] == 0).count();
    let big = pairs().filter(|pair| pair[0] == 0 && separator(pair[1])).count();
    let all = sample.iter().filter(|&&byte| separator(byte)).count();
    let (encoding, found) = if little >= big { (Encoding::Utf16Le, little) } else { (Encoding::Utf16Be, big) };
    (found * 2 > all).then_some(encoding)
}

/// A decoder of UTF-8 or Windows-1252, or of ASCII that may become either.
fn bytewise(sample: &[u8]) -> Decoder {
    let (mut good, mut bad) = (0, 0);
    let mut chunks = sample.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        // A character that the end of the sample cuts off counts as neither.
        let broken = std::str::from_utf8(chunk.invalid()).is_err_and(|error| error.error_len().is_some());
        bad += usize::from(broken || (chunks.peek().is_some() && !chunk.invalid().is_empty()));
    }
    let encoding = if bad == 0 || good > bad { Encoding::Utf8 } else { Encoding::Windows1252 };
    Decoder { open: good == 0 && bad == 0, ..Decoder::new(encoding, 0) }
}
