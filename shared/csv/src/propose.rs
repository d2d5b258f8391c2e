//! Proposes new custom fields for columns that no field takes.

use contacts::{CustomField, CustomKey, CustomType, MAX_CUSTOM_FIELDS, MAX_LABEL_CHARS};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::look::Look;
use crate::numbers::NumberEvidence;
use crate::sample::Sample;
use crate::suggest::Suggestion;

/// The most characters of a proposed key, all of them ASCII.
const MAX_KEY_CHARS: usize = 64;

/// Words of headers whose columns hold codes, even if every value of the sample is a number. The type of a field never
/// changes, so a later `01067` would lose its zero.
const CODES: [&str; 8] = ["cep", "code", "id", "plz", "postal", "postcode", "postleitzahl", "zip"];

/// A custom field that could take a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The column, from 0.
    pub column: usize,
    /// The field, which the workspace does not have yet.
    pub field: CustomField,
}

/// Proposes custom fields for the columns that the suggestion ignores, as many as the workspace has room for.
///
/// - The column must have a header and at least one value.
/// - The key is the header in lower-case ASCII without accents, with a number appended if the key is taken. The header
///   `custom.<key>`, as exports have it, gives that key.
/// - The type is Number only if every value of the sample is a number (see [`NumberEvidence::is_number`]) and no value
///   looks like a code or a phone number. An import checks the rest of the file.
pub fn propose(sample: &Sample, suggestion: &Suggestion, custom_fields: &[CustomField]) -> Vec<Proposal> {
    let room = MAX_CUSTOM_FIELDS.saturating_sub(custom_fields.len());
    let mut proposals: Vec<Proposal> = Vec::new();
    for &column in &suggestion.ignored {
        if proposals.len() == room {
            break;
        }
        let proposed = proposals.iter().map(|proposal| &proposal.field);
        let keys: Vec<&CustomKey> = custom_fields.iter().chain(proposed).map(|field| &field.key).collect();
        let field = field(sample, column, &keys);
        proposals.extend(field.map(|field| Proposal { column, field }));
    }
    proposals
}

/// The custom field for a column. Its key differs from those in `taken`.
fn field(sample: &Sample, column: usize, taken: &[&CustomKey]) -> Option<CustomField> {
    let header = sample.header_of(column)?;
    sample.values(column).next()?;
    let own = own_key(header);
    let words = slug(own.unwrap_or(header));
    let key = match own.filter(|own| CustomKey::parse(own).is_ok()) {
        Some(own) => free_key(own, taken)?,
        None if words.is_empty() => free_key(&format!("field_{}", column + 1), taken)?,
        None => free_key(&words, taken)?,
    };
    let is_code = words.split('_').any(|word| CODES.contains(&word));
    let is_number = !is_code
        && NumberEvidence::new(Some(header)).with(sample.values(column)).is_number()
        && !sample.values(column).any(is_long);
    let kind = if is_number { CustomType::Number } else { CustomType::String };
    CustomField::new(key, &label(own.unwrap_or(header)), kind).ok()
}

/// The part of a header after `custom.`, as exports have it.
fn own_key(header: &str) -> Option<&str> {
    let (prefix, key) = header.split_at_checked("custom.".len())?;
    Some(key).filter(|key| prefix.eq_ignore_ascii_case("custom.") && !key.is_empty())
}

/// A header in `a–z` and `0–9`, with one `_` for each run of other characters.
fn slug(header: &str) -> String {
    let mut slug = String::new();
    for c in header.nfkd().filter(|&c| !is_combining_mark(c)).flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => slug.push(c),
            // Letters that Unicode does not decompose.
            'ß' => slug.push_str("ss"),
            'æ' => slug.push_str("ae"),
            'œ' => slug.push_str("oe"),
            'ø' => slug.push('o'),
            'ł' => slug.push('l'),
            'đ' => slug.push('d'),
            'ı' => slug.push('i'),
            _ if slug.is_empty() || slug.ends_with('_') => {}
            _ => slug.push('_'),
        }
    }
    slug.truncate(MAX_KEY_CHARS);
    slug.trim_end_matches('_').to_owned()
}

/// The key, or the first free one of `key_2`, `key_3` and so on.
fn free_key(key: &str, taken: &[&CustomKey]) -> Option<CustomKey> {
    // One more candidate than there are taken keys, so one is free.
    (1..=taken.len() + 1).find_map(|n| {
        let suffix = if n == 1 { String::new() } else { format!("_{n}") };
        let stem: String = key.chars().take(MAX_KEY_CHARS - suffix.len()).collect();
        CustomKey::parse(&format!("{stem}{suffix}")).ok().filter(|key| !taken.contains(&key))
    })
}

/// The header as a label: on one line, cut to the longest allowed label.
fn label(header: &str) -> String {
    let gap = |c: char| c.is_control() || c.is_whitespace();
    let words: Vec<&str> = header.split(gap).filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(MAX_LABEL_CHARS).collect()
}

/// Whether a value is a phone number, a date or an id rather than an amount: it has seven or more digits in a row, unless
/// they end in `000`, as revenues often do.
fn is_long(value: &str) -> bool {
    let on_end = value.bytes().all(|byte| byte.is_ascii_digit());
    on_end && Look::of(value) == Look::Digits && !value.ends_with("000")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::Extent;
    use crate::suggest::suggest;

    /// The fields proposed for a file: `0 lifecycle_stage "Lifecycle Stage" string`.
    fn proposed(file: &str, custom_fields: &[CustomField]) -> Vec<String> {
        let sample = Sample::read(file.as_bytes(), Extent::Whole, Some(true)).unwrap();
        let proposals = propose(&sample, &suggest(&sample, custom_fields), custom_fields);
        let shown = proposals.iter().map(|Proposal { column, field: CustomField { key, label, kind } }| {
            format!("{column} {key:?} {label:?} {}", kind.as_str())
        });
        shown.collect()
    }

    /// The key proposed for a column with this header.
    fn key(header: &str) -> String {
        let line = proposed(&format!("Email;\"{header}\"\na@x.org;x\n"), &[]).remove(0);
        line.split(' ').nth(1).unwrap().to_owned()
    }

    /// The type proposed for a column with this header and these values.
    fn kind(header: &str, values: &[&str]) -> String {
        let rows: String = values.iter().enumerate().map(|(n, value)| format!("a{n}@x.org;{value}\n")).collect();
        let line = proposed(&format!("Email;{header}\n{rows}"), &[]).remove(0);
        line.rsplit(' ').next().unwrap().to_owned()
    }

    fn custom(key: &str) -> CustomField {
        CustomField::new(CustomKey::parse(key).unwrap(), key, CustomType::String).unwrap()
    }

    #[test]
    fn columns_that_nothing_takes_become_custom_fields() {
        let hubspot = "Record ID,First Name,Email,Lifecycle Stage,Annual Revenue,Postal Code,Birthday,Empty,\n\
            51,Ada,a@x.org,lead,1250000,01067,1985-12-10,,x\n\
            101,Bob,b@x.org,customer,90000.50,10115,,,y\n";
        let expected = [
            "0 record_id \"Record ID\" string",
            "3 lifecycle_stage \"Lifecycle Stage\" string",
            "4 annual_revenue \"Annual Revenue\" number",
            "5 postal_code \"Postal Code\" string",
            "6 birthday \"Birthday\" string",
        ];
        assert_eq!(proposed(hubspot, &[]), expected);
    }

    #[test]
    fn nothing_is_proposed_for_what_an_import_has_no_use_for() {
        let report = "id,email,telephone,dial_code,created_at,last_seen_at,import_result,import_line,import_column,import_reason\n\
            17,a@x.org,1,US,2026-11-22T10:00:00Z,2026-11-22T10:00:00Z,rejected,2,telephone,is too short\n";
        assert_eq!(proposed(report, &[]), [""; 0]);
        assert_eq!(proposed("email,Plan,Size\na@x.org,pro,\n", &[custom("plan")]), [""; 0], "known, and blank");
        assert_eq!(proposed("email,Plan\n", &[]), [""; 0]);
        let unnamed = Sample::read(b"a@x.org,pro\n", Extent::Whole, Some(false)).unwrap();
        assert_eq!(propose(&unnamed, &suggest(&unnamed, &[]), &[]), []);
    }

    #[test]
    fn keys_are_headers_in_plain_letters() {
        let long = "a".repeat(70);
        let cases = [
            ("Lifecycle Stage", "lifecycle_stage"),
            ("Straße/Hausnr.", "strasse_hausnr"),
            ("STRAẞE", "strasse"),
            ("Größe (cm)", "grosse_cm"),
            ("Último contacto", "ultimo_contacto"),
            ("Fødselsdag", "fodselsdag"),
            ("  -- % Off -- ", "off"),
            ("Umsatz\n2024", "umsatz_2024"),
            ("ＰＬＡＮ №5", "plan_no5"),
            ("MEMBER_RATING", "member_rating"),
            ("客户等级", "field_2"),
            ("???", "field_2"),
            ("custom.lead-score", "lead-score"),
            ("Custom.Plan Type", "plan_type"),
            ("custom.", "custom"),
            (&long, &long[..64]),
        ];
        for (header, expected) in cases {
            assert_eq!(key(header), expected, "{header}");
        }
        // A cut between two words leaves nothing hanging.
        assert_eq!(key(&format!("{} b", &long[..63])), &long[..63]);
    }

    #[test]
    fn a_taken_key_gets_a_number() {
        let existing = [custom("notes"), custom("notes_3")];
        let keys: Vec<String> = proposed("Email,Notes:,NOTES!,Notes?,Plan,plan\na@x.org,1,2,3,4,5\n", &existing)
            .iter()
            .map(|line| line.split(' ').nth(1).unwrap().to_owned())
            .collect();
        assert_eq!(keys, ["notes_2", "notes_4", "notes_5", "plan", "plan_2"]);
        let long = "b".repeat(64);
        let line = proposed(&format!("Email,{long}!\na@x.org,1\n"), &[custom(&long)]).remove(0);
        assert!(line.starts_with(&format!("1 {}_2 ", &long[..62])), "{line}");
    }

    #[test]
    fn labels_are_headers_on_one_line() {
        let header = format!("Umsatz\r\n  2024 {}", "x".repeat(100));
        let line = proposed(&format!("Email,\"{header}\"\na@x.org,1\n"), &[]).remove(0);
        assert!(line.contains(&format!(" \"Umsatz 2024 {}\" ", "x".repeat(88))), "{line}");
        let line = proposed("Email,custom.lead-score\na@x.org,1\n", &[]).remove(0);
        assert_eq!(line, "1 lead-score \"lead-score\" number");
        assert_eq!(proposed("Email,\u{1}\na@x.org,1\n", &[]), [""; 0], "no label at all");
    }

    #[test]
    fn only_amounts_are_numbers() {
        let number: [&[&str]; 6] = [
            &["250000", "1500000"],
            &["-3.50", "0", "0.5"],
            &["12345.67", "123456.789"],
            &["1.5E9"],
            &["7", "", " 8 "],
            &["1.500,00"],
        ];
        for values in number {
            assert_eq!(kind("Worth", values), "number", "{values:?}");
        }
        let string: [&[&str]; 11] = [
            &["5", "five"],
            &["007"],
            &["-01"],
            &["00.5"],
            &["+5"],
            &["2015550123"],
            &["1", "20240102"],
            &["1234567890123000"],
            &["1,500"],
            &["2024-01-02"],
            &["true"],
        ];
        for values in string {
            assert_eq!(kind("Worth", values), "string", "{values:?}");
        }
        for header in ["ZIP", "Postal Code", "PLZ", "Customer ID", "Kunden-PLZ"] {
            assert_eq!(kind(header, &["10115"]), "string", "{header}");
        }
        assert_eq!(kind("Number of visits", &["3"]), "number");
    }

    #[test]
    fn a_workspace_is_never_given_more_fields_than_it_can_have() {
        let header: String = (0..120).map(|n| format!(",Note {n}")).collect();
        let row = ",x".repeat(120);
        let file = format!("Email{header}\na@x.org{row}\n");
        let existing: Vec<CustomField> = (0..95).map(|n| custom(&format!("old_{n}"))).collect();
        assert_eq!(proposed(&file, &existing).len(), 5);
        assert_eq!(proposed(&file, &[]).len(), 100);
        let full: Vec<CustomField> = (0..100).map(|n| custom(&format!("old_{n}"))).collect();
        assert_eq!(proposed(&file, &full), [""; 0]);
    }
}
