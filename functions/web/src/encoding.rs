//! Which of a file's representations a client gets: RFC 9110, 12.5.3.

use crate::page::File;

/// How a representation is encoded. The better it compresses, the greater it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Encoding {
    Identity,
    Gzip,
    Brotli,
}

impl Encoding {
    /// What `Content-Encoding` says; nothing of a file as it is.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Encoding::Identity => None,
            Encoding::Gzip => Some("gzip"),
            Encoding::Brotli => Some("br"),
        }
    }

    /// Of the encodings that there are, the one with the greatest weight in `Accept-Encoding`, and of equals the one that
    /// compresses best. A file as it is always may be had: it is better than an error.
    pub(crate) fn choose(accept: &str, there_is: impl Fn(Encoding) -> bool) -> Encoding {
        let compressed = [Encoding::Brotli, Encoding::Gzip].into_iter().filter(|encoding| there_is(*encoding));
        let weighed = compressed.filter_map(|encoding| {
            let weight = weight(accept, encoding.name()?).or_else(|| weight(accept, "*"))?;
            (weight > 0).then_some((weight, encoding))
        });
        let as_it_is = (weight(accept, "identity").unwrap_or_default(), Encoding::Identity);
        weighed.fold(as_it_is, Ord::max).1
    }
}

impl File {
    /// The file's bytes in an encoding, if there are.
    pub(crate) fn encoded(&self, encoding: Encoding) -> Option<&[u8]> {
        match encoding {
            Encoding::Identity => Some(&self.identity),
            Encoding::Gzip => self.gzip,
            Encoding::Brotli => self.brotli,
        }
    }
}

/// The weight in thousandths, where the encoding is named. One that makes no sense is none.
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
    fn the_client_gets_what_it_likes_best() {
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
