//! Chooses the content encoding of a response (RFC 9110, 12.5.3).

use crate::page::File;

/// A content encoding. Encodings that compress better are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Encoding {
    Identity,
    Gzip,
    Brotli,
}

impl Encoding {
    /// The name in `Content-Encoding`; `None` for an unencoded file.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Encoding::Identity => None,
            Encoding::Gzip => Some("gzip"),
            Encoding::Brotli => Some("br"),
        }
    }

    /// Chooses the available encoding with the greatest weight in `Accept-Encoding`; of equal ones, the one that compresses
    /// best. Falls back to the unencoded file, even if the client excludes it, since an error would not help.
    pub(crate) fn choose(accept: &str, is_available: impl Fn(Encoding) -> bool) -> Encoding {
        let compressed = [Encoding::Brotli, Encoding::Gzip].into_iter().filter(|encoding| is_available(*encoding));
        let weighed = compressed.filter_map(|encoding| {
            let weight = weight(accept, encoding.name()?).or_else(|| weight(accept, "*"))?;
            (weight > 0).then_some((weight, encoding))
        });
        let identity = (weight(accept, "identity").unwrap_or_default(), Encoding::Identity);
        weighed.fold(identity, Ord::max).1
    }
}

impl File {
    /// The file's bytes in an encoding, if available.
    pub(crate) fn encoded(&self, encoding: Encoding) -> Option<&[u8]> {
        match encoding {
            Encoding::Identity => Some(&self.identity),
            Encoding::Gzip => self.gzip,
            Encoding::Brotli => self.brotli,
        }
    }
}

/// The weight of an encoding in thousandths, if `accept` names it. An invalid `q` counts as 0.
fn weight(accept: &str, encoding: &str) -> Option<u16> {
    accept.split(',').find_map(|entry| {
        let (name, parameters) = entry.split_once(';').unwrap_or((entry, ""));
        let is_it = name.trim().eq_ignore_ascii_case(encoding);
        is_it.then(|| match parameters.trim().split_once('=') {
            Some((q, weight)) if q.trim().eq_ignore_ascii_case("q") => thousandths(weight.trim()),
            _ => 1_000,
        })
    })
}

fn thousandths(weight: &str) -> u16 {
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    let digits = format!("{whole}{fraction:0<3}");
    digits.parse().ok().filter(|weight| *weight <= 1_000).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_encoding_is_chosen() {
        for (accept, chosen) in [
            ("", Encoding::Identity),
            ("gzip, deflate, br, zstd", Encoding::Brotli),
            ("gzip, deflate", Encoding::Gzip),
            ("deflate", Encoding::Identity),
            ("BR ; Q=0.5 , gzip;q=0.25", Encoding::Brotli),
            ("br;q=0.5, gzip;q=0.75", Encoding::Gzip),
            ("br;q=0, gzip;q=0.000", Encoding::Identity),
            ("br;q=0, *", Encoding::Gzip),
            ("*;q=0", Encoding::Identity),
            ("identity, br;q=0.5", Encoding::Identity),
            ("identity;q=0.5, br;q=0.5", Encoding::Brotli),
            ("identity;q=0", Encoding::Identity),
            ("br;q=2, gzip;q=x", Encoding::Identity),
            ("br;q=-1, gzip;q=NaN", Encoding::Identity),
        ] {
            assert_eq!(Encoding::choose(accept, |_| true), chosen, "{accept}");
        }
        assert_eq!(Encoding::choose("br, gzip;q=0.1", |encoding| encoding == Encoding::Gzip), Encoding::Gzip);
        assert_eq!(Encoding::choose("br, gzip", |_| false), Encoding::Identity);
    }
}
