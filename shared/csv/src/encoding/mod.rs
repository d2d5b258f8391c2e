//! Detects the encoding of a file and decodes its bytes to UTF-8.
//!
//! Decoding is lossless: a byte sequence that is invalid in the encoding is an error with its position, never replaced.
//! The encoding is found as follows:
//!
//! 1. A byte order mark decides, then the encoding that the file's owner set.
//! 2. If most separators and line ends have a NUL byte beside them, the file is UTF-16 without a mark.
//! 3. A sample that is valid UTF-8 is UTF-8. So is one with more valid than invalid sequences, and decoding it fails:
//!    as a single-byte encoding every accented name in it would be stored wrong.
//! 4. Anything else is a guess by the frequency of letters. See [`Decoder::is_doubtful`].
//! 5. A sample of only ASCII leaves the choice open until the first non-ASCII sequence, however late that comes.

mod decoder;
mod detect;
mod doubt;
mod label;

pub use decoder::{Decoder, EncodingError};
pub use label::{Encoding, UnknownEncoding};

/// How many bytes of a file's start are used to detect its encoding.
pub const SAMPLE_BYTES: usize = 256 * 1024;
