#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::arithmetic_side_effects
)]

use proptest::prelude::*;

use super::*;
use crate::text::steps::steps;

fn read(text: &[u8]) -> (bool, Vec<Issue>, Tape) {
    let mut tape = Tape::new();
    let mut issues = Vec::new();
    let parsed = parse(text, 0, &mut tape, &mut issues);
    if let Some(root) = tape.document(text).root() {
        repeated_keys(root, &mut issues);
    }
    (parsed.complete, issues, tape)
}

/// The faults of a text, each with the text at its place.
fn faults(text: &str) -> Vec<(Fault, &str)> {
    let (_, issues, _) = read(text.as_bytes());
    issues.iter().map(|issue| (issue.fault, &text[issue.span.start as usize..issue.span.end as usize])).collect()
}

fn to_serde(value: Value<'_>) -> serde_json::Value {
    match value.kind() {
        Kind::Null => serde_json::Value::Null,
        Kind::True => true.into(),
        Kind::False => false.into(),
        Kind::Integer | Kind::Float | Kind::NonFinite => serde_json::from_slice(value.raw()).unwrap(),
        Kind::String | Kind::Date => value.string().into_owned().into(),
        Kind::Array => value.items().map(to_serde).collect(),
        Kind::Object => value.members().map(|(key, value)| (key.string().into_owned(), to_serde(value))).collect(),
    }
}

#[test]
fn reads_what_serde_json_reads() {
    for text in [
        "null",
        " [1, -2.5e3, true, false, null] ",
        r#"{"a": {"b": [{}, []]}, "c": "\u00e9\ud83d\ude00\"\\\/\b\f\n\r\t", "é😀": ""}"#,
        "{\"a\":\r\n\t[ ]\n}",
        "0",
        "-0",
        "1E5",
    ] {
        let (complete, issues, tape) = read(text.as_bytes());
        assert!(complete, "{text}: {issues:?}");
        assert_eq!(issues, [], "{text}");
        let expected: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(to_serde(tape.document(text.as_bytes()).root().unwrap()), expected, "{text}");
    }
}

#[test]
fn names_the_fault_and_its_place() {
    let open = |at| Fault::Truncated { open: Some(at) };
    assert_eq!(faults(""), [(Fault::Empty, "")]);
    assert_eq!(faults(" \n"), [(Fault::Empty, "")]);
    assert_eq!(faults("[1, {\"a\": "), [(open(4), "")]);
    assert_eq!(faults("{\"a"), [(open(0), "")]);
    assert_eq!(faults("{\"a\" \"b\"}"), [(Fault::MissingColon, "\"")]);
    assert_eq!(faults("{\"a\": 1,}"), [(Fault::TrailingComma, ",")]);
    assert_eq!(faults("[1 2]"), [(Fault::MissingComma, "2")]);
    assert_eq!(faults("[1,,2]"), [(Fault::MissingValue, ",")]);
    assert_eq!(faults("[1}"), [(Fault::Mismatched, "}")]);
    assert_eq!(faults("{} {}"), [(Fault::TrailingText, "{}")]);
    assert_eq!(faults("{'a': 'b', 'c': 'é\"'}"), [(Fault::SingleQuotes, "'")]);
    assert_eq!(faults("{a: 1, b: 2}"), [(Fault::UnquotedKey, "a")]);
    assert_eq!(faults("[1, // one\n 2 /* two */]"), [(Fault::Comment, "// one")]);
    assert_eq!(faults("[NaN, -Infinity]"), [(Fault::NonFinite, "NaN"), (Fault::NonFinite, "-Infinity")]);
    for odd in ["01", "1.", ".5", "+1", "0x1F", "1e", "--1", "1_000", "-"] {
        assert_eq!(faults(odd), [(Fault::Number, odd)]);
    }
    assert_eq!(faults("[True, nul]"), [(Fault::Literal, "True"), (Fault::Literal, "nul")]);
    assert_eq!(faults("\"a\tb\""), [(Fault::ControlCharacter(9), "\t")]);
    assert_eq!(faults("\"a\nb\""), [(Fault::UnterminatedString, "\"a")]);
    assert_eq!(faults(r#""\x41\u12""#), [(Fault::Escape, r"\x"), (Fault::Escape, r"\u")]);
    assert_eq!(faults(r#""\ud800""#), [(Fault::LoneSurrogate, r"\ud800")]);
    assert_eq!(
        faults(r#""\udc00\ud800\u0041""#),
        [(Fault::LoneSurrogate, r"\udc00"), (Fault::LoneSurrogate, r"\ud800")]
    );
    assert_eq!(faults("[1e400, -1e400]"), [(Fault::NumberRange, "1e400"), (Fault::NumberRange, "-1e400")]);
    assert_eq!(faults("1e308"), []);
}

#[test]
fn names_bytes_that_are_no_utf8() {
    let (complete, issues, _) = read(b"\"a\xffb\xed\xa0\x80c\"");
    assert!(complete);
    let found: Vec<_> = issues.iter().map(|issue| (issue.fault, issue.span)).collect();
    assert_eq!(
        found,
        [(Fault::InvalidUtf8, Span { start: 2, end: 3 }), (Fault::LoneSurrogate, Span { start: 4, end: 7 }),]
    );
}

#[test]
fn finds_repeated_keys() {
    assert_eq!(
        faults(r#"{"a": 1, "b": 2, "\u0061": 3}"#),
        [(Fault::DuplicateKey { first: Span { start: 1, end: 4 } }, r#""\u0061""#)]
    );
    let many: Vec<String> = (0..10_000).map(|n| format!("\"{}\": 0", n % 9_999)).collect();
    assert_eq!(faults(&format!("{{{}}}", many.join(","))).len(), 1);
    let few: Vec<String> = (0..64).map(|n| format!("\"{}\": 0", n % 32)).collect();
    assert_eq!(faults(&format!("{{{}}}", few.join(","))).len(), 32);
    assert_eq!(faults(r#"[{"a": 1}, {"a": 1}]"#), []);
}

#[test]
fn limits_depth() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert_eq!(faults(&nested(MAX_DEPTH)), []);
    assert_eq!(faults(&nested(MAX_DEPTH + 1)), [(Fault::TooDeep, "[")]);
    assert_eq!(faults(&"[".repeat(1_000_000)), [(Fault::TooDeep, "[")]);
}

#[test]
fn takes_the_last_of_repeated_keys() {
    let text = br#"{"a": 1, "a": 2}"#;
    let (_, _, tape) = read(text);
    assert_eq!(tape.document(text).root().unwrap().get("a").unwrap().raw(), b"2");
}

fn document() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(|number| serde_json::json!(number)),
        ".*".prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 64, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::btree_map(".*", inner, 0..40)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn agrees_with_serde_json_on_documents(value in document(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let (complete, issues, tape) = read(text.as_bytes());
        prop_assert!(complete && issues.is_empty(), "{issues:?}");
        prop_assert_eq!(to_serde(tape.document(text.as_bytes()).root().unwrap()), value);
    }

    #[test]
    fn agrees_with_serde_json_on_damaged_documents(value in document(), cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut text = serde_json::to_vec(&value).unwrap();
        for (place, byte) in cuts {
            if !text.is_empty() {
                let at = place.index(text.len());
                text[at] = byte;
            }
        }
        let (complete, issues, _) = read(&text);
        // serde_json rejects lone surrogates and numbers beyond double, and accepts repeated keys.
        let ours = complete && issues.iter().all(|issue| matches!(issue.fault, Fault::DuplicateKey { .. }));
        prop_assert_eq!(ours, serde_json::from_slice::<serde_json::Value>(&text).is_ok(), "{:?}", issues);
    }

    #[test]
    fn survives_any_bytes(text in prop::collection::vec(any::<u8>(), 0..200)) {
        let (_, issues, tape) = read(&text);
        for issue in issues {
            prop_assert!(issue.span.start <= issue.span.end && issue.span.end as usize <= text.len());
        }
        if let Some(root) = tape.document(&text).root() {
            for value in root.descendants() {
                let _ = value.string();
            }
        }
    }

    #[test]
    fn survives_json_like_text(text in r#"[\[\]{}",:'\\/tfnu0-9eE.\-+ \t\n]{0,60}"#) {
        let (complete, issues, _) = read(text.as_bytes());
        let ours = complete && issues.iter().all(|issue| matches!(issue.fault, Fault::DuplicateKey { .. }));
        prop_assert_eq!(ours, serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{:?}", issues);
    }
}

#[test]
fn keys_in_the_order_of_a_document_before_are_not_looked_up() {
    let text = br#"{"event": "a", "resource": {"prefect.resource.id": "b", "name": "c"}, "id": "d"}"#;
    let mut tape = Tape::new();
    let mut looked_up = || {
        let before = steps();
        assert!(parse(text, 0, &mut tape, &mut Vec::new()).complete);
        steps() - before
    };
    assert!(looked_up() >= "eventresourceprefect.resource.idnameid".len() as u64);
    assert_eq!(looked_up(), 0);
}

#[test]
fn only_a_long_document_gives_back_its_memory() {
    let (_, _, mut tape) = read(b"[1, 2]");
    tape.shrink();
    assert_eq!(tape.document(b"[1, 2]").root().unwrap().items().count(), 2);
    let text = format!("[{}1]", "1,".repeat(70_000));
    let (_, _, mut tape) = read(text.as_bytes());
    tape.shrink();
    assert_eq!(tape.nodes.capacity(), 0);
    assert!(tape.document(text.as_bytes()).root().is_none());
}
