//! Input that no program should send, for property tests of what reads it.

use proptest::prelude::*;
use proptest::sample::select;

/// Well-formed values of JSON at the edges: numbers beyond every type, halves of surrogate pairs, control characters, values
/// that a field accepts, deep nesting, names that come twice.
pub fn any_json() -> impl Strategy<Value = String> {
    let edges = vec![
        "null",
        "true",
        "false",
        "0",
        "-0",
        "-0.0e-0",
        "1e999999",
        "-1E-999999",
        "18446744073709551616",
        "123456789012345678901234567890123456789012345678901234567890",
        r#""""#,
        r#""\ud83d""#,
        r#""Ada \ude00 Lovelace""#,
        r#""\u0000\u001b\u202e""#,
        r#""\/\b\f\n\r\t\"\\""#,
        r#""ada@example.com""#,
        r#""+1 555 123 4567;ext=\ud83d""#,
        r#""U01ABCD234""#,
        r#""9999-12-31T23:59:59Z""#,
    ];
    let leaf = prop_oneof![
        4 => select(edges).prop_map(str::to_owned),
        2 => any::<String>().prop_map(|text| quoted(&text)),
        1 => "[0-9]{1,60}(\\.[0-9]{1,60})?".prop_map(|digits| format!("1{digits}")),
        1 => (1..200_usize).prop_map(|depth| "[".repeat(depth) + &"]".repeat(depth)),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(|items| format!("[{}]", items.join(","))),
            object_of(&["field", "value", "proof", "name", "email", "telephone", "\\ud83d", ""], inner),
        ]
    })
}

/// An object with some of these members, in any order and perhaps repeated. The names are JSON without quotes.
pub fn object_of<V: Strategy<Value = String>>(
    names: &[&'static str],
    values: V,
) -> impl Strategy<Value = String> + use<V> {
    let member = (select(names.to_vec()), values).prop_map(|(name, value)| format!("\"{name}\":{value}"));
    prop::collection::vec(member, 0..6).prop_map(|members| format!("{{{}}}", members.join(",")))
}

/// Texts like this one with a piece cut out, doubled or replaced, or cut off. Most of them are not JSON.
pub fn damaged(text: String) -> impl Strategy<Value = String> {
    let noise = vec!["", "\"", "\\", "{", "}", "[", "]", ",", ":", "null", "\\ud83d", "\u{0}", "\u{FEFF}", "é", "9e9"];
    let cuts = (any::<prop::sample::Index>(), 0..8_usize, select(noise));
    prop::collection::vec(cuts, 1..4).prop_map(move |cuts| {
        cuts.into_iter().fold(text.clone(), |text, (at, length, noise)| {
            let characters: Vec<char> = text.chars().collect();
            let at = at.index(characters.len() + 1);
            let end = (at + length).min(characters.len());
            characters[..at].iter().copied().chain(noise.chars()).chain(characters[end..].iter().copied()).collect()
        })
    })
}

fn quoted(text: &str) -> String {
    text.chars().fold("\"".to_owned(), |json, sign| match sign {
        '"' | '\\' => format!("{json}\\{sign}"),
        sign if sign < ' ' => format!("{json}\\u{:04x}", u32::from(sign)),
        sign => json + sign.encode_utf8(&mut [0; 4]),
    }) + "\""
}
