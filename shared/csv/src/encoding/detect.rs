//! Finds the encoding of bytes.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};

use super::SAMPLE_BYTES;
use super::doubt::looks_wrong;
use super::label::Encoding;

/// An encoding, and whether text that was decoded by it looks wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Guess {
    pub(super) encoding: Encoding,
    pub(super) doubtful: bool,
}

/// The encoding of the byte order mark at the start of a file.
pub(super) fn marked(sample: &[u8]) -> Option<Encoding> {
    [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be]
        .into_iter()
        .find(|encoding| sample.starts_with(encoding.mark()))
}

/// Recognises UTF-16 without a mark: there every separator has a NUL beside it, in other text almost none has.
pub(super) fn unmarked_utf16(sample: &[u8]) -> Option<Encoding> {
    let separator = |byte: u8| matches!(byte, b',' | b';' | b'\t' | b'|' | b'\r' | b'\n');
    let pairs = || sample.chunks_exact(2);
    let little = pairs().filter(|pair| separator(pair[0]) && pair[1] == 0).count();
    let big = pairs().filter(|pair| pair[0] == 0 && separator(pair[1])).count();
    let all = sample.iter().filter(|&&byte| separator(byte)).count();
    let (encoding, found) = if little >= big { (Encoding::Utf16Le, little) } else { (Encoding::Utf16Be, big) };
    (found * 2 > all).then_some(encoding)
}

/// The encoding of text in which ASCII bytes are ASCII; `None` if the bytes are only ASCII, or ASCII and a character that
/// their end cuts off.
///
/// `before` is the text in front of the bytes, which may be as short as one letter.
pub(super) fn bytewise(before: &[u8], bytes: &[u8]) -> Option<Guess> {
    let (mut good, mut bad) = (0, 0);
    let mut chunks = bytes.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        // A character that the end of the sample cuts off counts as neither.
        let broken = std::str::from_utf8(chunk.invalid()).is_err_and(|error| error.error_len().is_some());
        bad += usize::from(broken || (chunks.peek().is_some() && !chunk.invalid().is_empty()));
    }
    match (good, bad) {
        (0, 0) => None,
        (_, 0) => Some(Guess { encoding: Encoding::Utf8, doubtful: false }),
        (good, bad) if good >= bad => Some(Guess { encoding: Encoding::Utf8, doubtful: false }),
        _ => Some(legacy(before, bytes)),
    }
}

/// The encoding from before Unicode that fits the bytes best.
pub(super) fn legacy(before: &[u8], bytes: &[u8]) -> Guess {
    // The end of a sample may cut a character off, after which the right encoding would seem to be impossible.
    let whole_lines = match bytes.iter().rposition(|&byte| byte == b'\n') {
        Some(end) if bytes.len() >= SAMPLE_BYTES && !bytes[..end].is_ascii() => &bytes[..end],
        _ => bytes,
    };
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(before, false);
    detector.feed(whole_lines, true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    let text = [before, bytes].concat();
    let western = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&text).0;
    let guessed = guess.decode_without_bom_handling(&text).0;
    // Of encodings that read the sample alike the most common one, in which every byte is a character.
    let encoding = Encoding::of(guess).filter(|_| guessed != western).unwrap_or(Encoding::WINDOWS_1252);
    Guess { encoding, doubtful: looks_wrong(if encoding == Encoding::WINDOWS_1252 { &western } else { &guessed }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The guess for a text that was encoded.
    fn guess(text: &str, encoding: &str) -> (&'static str, bool) {
        let Encoding::Legacy(legacy_encoding) = Encoding::parse(encoding).unwrap() else { panic!("{encoding}") };
        let (bytes, _, lossy) = legacy_encoding.encode(text);
        assert!(!lossy, "{text}");
        let Guess { encoding, doubtful } = legacy(b"", &bytes);
        (encoding.as_str(), doubtful)
    }

    #[test]
    fn the_languages_of_address_books_are_found_out() {
        for (text, encoding) in [
            ("Vorname;Nachname;Ort\nJörg;Weiß;Köln\nÄnne;Öhler;Düsseldorf\n", "windows-1252"),
            ("Vorname;Nachname\nJürgen;Groß\nZoë;Müller\n", "windows-1252"),
            ("Name,Email\nRené,r@x.org\n", "windows-1252"),
            ("Prénom,Nom,Société\nÉlodie,Lefèvre,Générique\nBenoît,Garçon,\n", "windows-1252"),
            ("Nombre,Teléfono,Dirección\nJosé Muñoz,600000000,Calle Ñandú\n", "windows-1252"),
            ("Nome,Indirizzo\nNiccolò Città,Via Libertà 5\n", "windows-1252"),
            (
                "Imię;Nazwisko;Miasto\nŁukasz;Wójcik;Kraków\nŻaneta;Świątek;Łódź\nGrażyna;Dąbrowska;Gdańsk\n",
                "windows-1250",
            ),
            ("Имя;Фамилия;Телефон\nИван;Петров;+7 900 000 00 01\nОльга;Сидорова;+7 900 000 00 02\n", "windows-1251"),
            ("姓名,手机,公司名称\n王伟,13800138001,北京示例科技有限公司\n李芳,13800138002,上海样本贸易公司\n", "gbk"),
            ("氏名,メール,会社\n山田太郎,a@x.org,株式会社サンプル\n鈴木花子,b@x.org,東京商事\n", "shift_jis"),
            ("Price,Name\n€5,Ada\n", "windows-1252"),
            ("Note,Name\n“quoted” – it’s,Ada\n", "windows-1252"),
        ] {
            assert_eq!(guess(text, encoding), (encoding, false), "{text}");
        }
    }

    #[test]
    fn text_of_a_mac_looks_wrong_whatever_it_is_taken_for() {
        for text in ["Name;Ort\nJürgen Groß;Köln\nZoë Müller;Ulm\n", "Prénom,Nom\nÉlodie,Lefèvre\nBenoît,Garçon\n"]
        {
            let (encoding, doubtful) = guess(text, "macintosh");
            assert_ne!(encoding, "macintosh");
            assert!(doubtful, "{encoding}");
        }
    }
}
