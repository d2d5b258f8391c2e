//! Decodes a file chunk by chunk.

use encoding_rs::{DecoderResult, UTF_16BE, UTF_16LE};

use super::detect::{self, Guess};
use super::label::Encoding;

/// How many bytes after the first non-ASCII one decide on the encoding of a file whose sample is ASCII.
const LATE_SAMPLE_BYTES: usize = 16 * 1024;

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
    /// Whether the decoder has seen only ASCII, so that the encoding is still to be found out.
    open: bool,
    doubtful: bool,
    /// Where in the file `cut` starts, which is where the next decoded character starts.
    offset: u64,
    /// The bytes at the end of the last chunk that are not decoded yet.
    cut: Vec<u8>,
    /// The last decoded byte, while the encoding is open.
    before: Option<u8>,
    /// The bytes of the text since the last [`Decoder::forget`], if the encoding is not one of Unicode or may still change.
    raw: Vec<u8>,
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
    /// The sample should have [`SAMPLE_BYTES`](super::SAMPLE_BYTES), or be the whole file if that is shorter.
    pub fn detect(sample: &[u8]) -> Decoder {
        match detect::marked(sample).or_else(|| detect::unmarked_utf16(sample)) {
            Some(encoding) => Decoder::new(encoding, 0),
            None => match detect::bytewise(b"", sample) {
                Some(Guess { encoding, doubtful }) => Decoder { doubtful, ..Decoder::new(encoding, 0) },
                None => Decoder { open: true, ..Decoder::new(Encoding::Utf8, 0) },
            },
        }
    }

    /// Creates a decoder for the file that starts with `sample` and is in this encoding, unless a byte order mark says
    /// otherwise.
    pub fn of(sample: &[u8], encoding: Encoding) -> Decoder {
        Decoder::new(detect::marked(sample).unwrap_or(encoding), 0)
    }

    /// Creates a decoder of a known encoding from the byte `offset` of the file, where a character must start.
    pub fn new(encoding: Encoding, offset: u64) -> Decoder {
        Decoder { encoding, open: false, doubtful: false, offset, cut: Vec::new(), before: None, raw: Vec::new() }
    }

    /// The encoding; UTF-8 for an ASCII file.
    ///
    /// While all decoded text is ASCII, the encoding may still change.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Whether the encoding is a guess after which the text has control characters, or symbols inside words.
    pub fn is_doubtful(&self) -> bool {
        self.doubtful
    }

    /// The position in the file of the first byte that is not decoded.
    pub fn position(&self) -> u64 {
        self.offset
    }

    /// Starts a new text, for [`Decoder::encoded_len`].
    pub fn forget(&mut self) {
        self.raw.clear();
    }

    /// The length in the file of a part of the decoded text, without a byte order mark. The part starts where the text
    /// did after the last [`Decoder::forget`], and ends after a line end, unless it is empty.
    ///
    /// Decoding is lossless, so this converts a position in the decoded text to a position in the file.
    pub fn encoded_len(&self, decoded: &[u8]) -> u64 {
        match self.encoding {
            Encoding::Utf8 => decoded.len() as u64,
            Encoding::Utf16Le | Encoding::Utf16Be => utf16_len(decoded),
            Encoding::Legacy(_) => {
                let is_line_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
                let Some(last) = decoded.iter().filter(|byte| is_line_end(byte)).count().checked_sub(1) else {
                    return 0;
                };
                let mut ends = self.raw.iter().enumerate().filter(|(_, byte)| is_line_end(byte));
                ends.nth(last).map_or(self.raw.len(), |(at, _)| at + 1) as u64
            }
        }
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
        if self.open {
            let ascii = if bytes.is_ascii() { bytes.len() } else { ascii_len(bytes) };
            self.take(bytes, ascii, out)?;
            bytes = &bytes[ascii..];
            match bytes.get(..LATE_SAMPLE_BYTES) {
                Some(sample) => self.decide(sample),
                None => {
                    self.cut = bytes.to_vec();
                    return Ok(start);
                }
            }
        }
        let taken = self.take(bytes, bytes.len(), out)?;
        self.cut = bytes[taken..].to_vec();
        Ok(start)
    }

    /// Ends the file: decodes the rest of it. Returns the same as [`Decoder::decode`].
    ///
    /// # Errors
    /// [`EncodingError`] if the file ends inside a character, or as in [`Decoder::decode`].
    pub fn finish(&mut self, out: &mut Vec<u8>) -> Result<u64, EncodingError> {
        let start = self.offset;
        let rest = std::mem::take(&mut self.cut);
        if rest.is_empty() {
            return Ok(start);
        }
        if self.open {
            self.decide(&rest);
        }
        let taken = self.take(&rest, rest.len(), out)?;
        if taken < rest.len() {
            return Err(EncodingError::Malformed { encoding: self.encoding, offset: self.offset });
        }
        Ok(start)
    }

    /// Decides on the encoding by the first bytes that are not ASCII.
    fn decide(&mut self, sample: &[u8]) {
        self.open = false;
        let before = self.before.as_slice();
        // A file whose only non-ASCII byte is its last is not UTF-8.
        let guess = detect::bytewise(before, sample).unwrap_or_else(|| detect::legacy(before, sample));
        (self.encoding, self.doubtful) = (guess.encoding, guess.doubtful);
    }

    /// Decodes the first `count` bytes. Returns how many it consumed: those before an incomplete character.
    fn take(&mut self, bytes: &[u8], count: usize, out: &mut Vec<u8>) -> Result<usize, EncodingError> {
        let bytes = &bytes[..count];
        let (start, before) = (self.offset, out.len());
        let taken = match self.encoding {
            Encoding::Utf8 => self.utf8(bytes, out),
            Encoding::Utf16Le | Encoding::Utf16Be => self.utf16(bytes, out),
            Encoding::Legacy(encoding) => self.legacy(encoding, bytes, out),
        };
        // Checked before `taken?`: of two errors the first in the file is reported, wherever the chunks end.
        if out[before..].contains(&0) {
            let at = out[before..].iter().take_while(|&&byte| byte != 0).count();
            let before = match self.encoding {
                Encoding::Utf8 => at as u64,
                Encoding::Utf16Le | Encoding::Utf16Be => utf16_len(&out[before..before + at]),
                Encoding::Legacy(_) => bytes.iter().position(|&byte| byte == 0).unwrap_or(0) as u64,
            };
            return Err(EncodingError::NotText { offset: start + before });
        }
        let taken = taken?;
        self.offset += taken as u64;
        if self.open || matches!(self.encoding, Encoding::Legacy(_)) {
            self.raw.extend_from_slice(&bytes[..taken]);
            self.before = bytes[..taken].last().copied().or(self.before);
        }
        Ok(taken)
    }

    /// Appends the valid bytes, even if an error follows them. Returns how many bytes it consumed.
    fn utf8(&self, bytes: &[u8], out: &mut Vec<u8>) -> Result<usize, EncodingError> {
        let (valid, broken) = match std::str::from_utf8(bytes) {
            Ok(_) => (bytes.len(), false),
            Err(error) => (error.valid_up_to(), error.error_len().is_some()),
        };
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
        Err(EncodingError::Malformed { encoding: self.encoding, offset: self.offset + utf16_len(valid.as_bytes()) })
    }

    fn legacy(
        &self,
        encoding: &'static encoding_rs::Encoding,
        bytes: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<usize, EncodingError> {
        let mut decoder = encoding.new_decoder_without_bom_handling();
        let start = out.len();
        let most = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
        out.resize(start + most.unwrap_or_else(|| 4 * bytes.len() + 16), 0);
        let (result, read, written) = decoder.decode_to_utf8_without_replacement(bytes, &mut out[start..], true);
        out.truncate(start + written);
        match result {
            DecoderResult::InputEmpty | DecoderResult::OutputFull => Ok(read),
            DecoderResult::Malformed(length, after) => {
                let at = read - usize::from(length) - usize::from(after);
                // The next chunk may complete the character.
                if read == bytes.len() && after == 0 {
                    return Ok(at);
                }
                Err(EncodingError::Malformed { encoding: self.encoding, offset: self.offset + at as u64 })
            }
        }
    }
}

/// How many ASCII bytes come first.
fn ascii_len(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii()).count()
}

/// How many bytes a text has in UTF-16.
fn utf16_len(decoded: &[u8]) -> u64 {
    let starts = decoded.iter().filter(|&&byte| byte & 0xC0 != 0x80).count();
    // A character of four bytes in UTF-8 is a surrogate pair.
    let pairs = decoded.iter().filter(|&&byte| byte >= 0xF0).count();
    2 * (starts + pairs) as u64
}
