//! Lines that can be written in more than one way, each of which is a complete international number.
//!
//! Some countries changed how their numbers are written, and the old spellings remain in address books and in messengers'
//! ids. [`SPELLINGS`] lists them with their sources. All functions here check only prefix and length, so they cost nothing
//! for other countries.

use std::borrow::Cow;

/// An old or additional spelling of numbers, and how the canonical one differs from it.
struct Spelling {
    /// A `+`, the calling code, and the digits that the canonical spelling does not have.
    old: &'static str,
    /// What takes the place of `old`.
    new: &'static str,
    /// The number of digits of the area code that follows. Area codes have no 0: this excludes service numbers.
    area: usize,
    /// The digits that the canonical spelling has before the line.
    added: &'static str,
    /// How the line may begin.
    starts: &'static [&'static str],
    /// The number of digits of the line.
    digits: usize,
}

/// The line may begin with any digit.
const ANY: &[&str] = &[""];

/// The rule of a country that put digits in front of all its numbers or of those of one operator.
const fn renumbered(
    code: &'static str,
    added: &'static str,
    starts: &'static [&'static str],
    digits: usize,
) -> Spelling {
    Spelling { old: code, new: code, area: 0, added, starts, digits }
}

/// All rules. Only one applies to a number.
const SPELLINGS: [Spelling; 10] = [
    // Mexico dropped the 1 in front of mobile numbers that are called from abroad (IFT, numbering plan of 3 August 2019).
    // The rest is a complete number that belongs to the same person.
    Spelling { old: "+521", new: "+52", area: 0, added: "", starts: ANY, digits: 10 },
    // Argentina puts a 9 in front of a mobile that is called from abroad, but people often omit it (ENACOM, Plan
    // Fundamental de Numeración Nacional).
    Spelling { old: "+549", new: "+54", area: 0, added: "", starts: ANY, digits: 10 },
    // Brazil put a 9 before its 8-digit mobile numbers (Anatel, resolution 553/2010, done in 2016). Never the other way
    // round: eight digits that begin with 2 to 5 are a landline, so 9 3123 4567 without its 9 would be another person's.
    Spelling { old: "+55", new: "+55", area: 2, added: "9", starts: &["6", "7", "8", "9"], digits: 8 },
    // Ivory Coast went from 8 to 10 digits on 31 January 2021: two digits of the operator were put in front, 01, 05 and 07
    // for mobiles, 21, 25 and 27 for landlines (ARTCI, Plan national de numérotage à 10 chiffres; the blocks of landlines
    // agree with the ranges of Google's metadata).
    renumbered("+225", "01", MOOV_MOBILES, 8),
    renumbered("+225", "05", MTN_MOBILES, 8),
    renumbered("+225", "07", ORANGE_MOBILES, 8),
    renumbered("+225", "21", &["208", "218", "228", "238"], 8),
    renumbered("+225", "25", MTN_LANDLINES, 8),
    renumbered("+225", "27", ORANGE_LANDLINES, 8),
    // Benin put 01 in front of its 8-digit landlines and mobiles on 30 November 2024 (ARCEP Bénin, plan national de
    // numérotation). Service numbers, which begin with 8, stayed as they were.
    renumbered("+229", "01", &["2", "4", "5", "6", "9"], 8),
];

const MOOV_MOBILES: &[&str] =
    &["01", "02", "03", "40", "41", "42", "43", "50", "51", "52", "53", "70", "71", "72", "73"];

#[rustfmt::skip]
const MTN_MOBILES: &[&str] = &[
    "04", "05", "06", "44", "45", "46", "54", "55", "56", "64", "65", "66", "74", "75", "76", "84", "85", "86", "94", "95",
    "96",
];

#[rustfmt::skip]
const ORANGE_MOBILES: &[&str] = &[
    "07", "08", "09", "47", "48", "49", "57", "58", "59", "67", "68", "69", "77", "78", "79", "87", "88", "89", "97", "98",
    "99",
];

const MTN_LANDLINES: &[&str] = &["200", "210", "220", "230", "240", "300", "310", "320", "330", "340", "350", "360"];

#[rustfmt::skip]
const ORANGE_LANDLINES: &[&str] = &[
    "202", "203", "212", "213", "215", "217", "224", "225", "234", "235", "243", "244", "245", "306", "316", "319", "327",
    "337", "347", "357", "359", "367", "368",
];

/// The canonical form of a number in E.164: the same for all spellings of one line. Applying this function twice
/// changes nothing.
pub(super) fn canonical(e164: &str) -> Cow<'_, str> {
    SPELLINGS.iter().find_map(|spelling| spelling.canonical(e164)).map_or(Cow::Borrowed(e164), Cow::Owned)
}

impl Spelling {
    /// The canonical form of a number in this spelling; `None` if the number is not.
    fn canonical(&self, e164: &str) -> Option<String> {
        // The first digit rules out most numbers.
        if e164.as_bytes().get(1) != self.old.as_bytes().get(1) {
            return None;
        }
        let rest = e164.strip_prefix(self.old).filter(|rest| rest.len() == self.area + self.digits)?;
        let (area, line) = rest.split_at_checked(self.area)?;
        let applies = !area.contains('0') && self.starts.iter().any(|start| line.starts_with(start));
        applies.then(|| format!("{}{area}{}{line}", self.new, self.added))
    }
}

/// Converts a `+`, calling code and digits that are dialled only inside the country to the international number, where
/// the library cannot. Returns `None` if no conversion applies.
///
/// - Mexico until 2019: `01` before long-distance, `044` and `045` before mobile numbers.
/// - Argentina marks a mobile with `15` between area code and number inside the country. The library converts it to the
///   international `9`, unless that is also present, and does not know that `15` and eight digits are a mobile of
///   Buenos Aires, the only area with eight-digit numbers. No area code starts with `15`.
pub(super) fn from_domestic(e164: &str) -> Option<String> {
    match e164.as_bytes() {
        [b'+', b'5', b'2', b'0', b'1', line @ ..] if line.len() == 10 => Some(format!("+52{}", &e164[5..])),
        [b'+', b'5', b'2', b'0', b'4', b'4' | b'5', line @ ..] if line.len() == 10 => {
            Some(format!("+52{}", &e164[6..]))
        }
        [b'+', b'5', b'4', b'9', line @ ..] if line.len() == 12 => Some(format!("+54{}", &e164[4..])),
        [b'+', b'5', b'4', b'1', b'5', line @ ..] | [b'+', b'5', b'4', b'9', b'1', b'5', line @ ..]
            if line.len() == 8 =>
        {
            Some(format!("+54911{}", &e164[e164.len() - 8..]))
        }
        _ => None,
    }
}

/// Whether the digits contain the extra digit of an old spelling although they are dialled at home, where it is never
/// used. Mexico's `1` occurred only after `+52`; `1` and ten digits are a North American number.
pub(super) fn is_foreign(digits: &str, home_code: i32) -> bool {
    home_code == 52 && digits.len() == 11 && digits.starts_with('1')
}
