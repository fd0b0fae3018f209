#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::arithmetic_side_effects
)]

use std::collections::HashMap;

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
fn reads_on_after_what_is_too_deep() {
    let mut tape = Tape::new();
    let mut around = |text: &str| {
        let mut issues = Vec::new();
        let parsed = parse_around(text.as_bytes(), 0, &mut tape, &mut issues);
        let faults: Vec<_> = issues.iter().map(|issue| (issue.fault, issue.span.start as usize)).collect();
        let document = tape.document(text.as_bytes());
        let values = document.root().map(|root| root.items().map(|item| item.written().to_vec()).collect::<Vec<_>>());
        (parsed.complete, faults, values.unwrap_or_default())
    };
    let deep = |inside: &str| "[".repeat(MAX_DEPTH) + inside + &"]".repeat(MAX_DEPTH);
    // Brackets, quotes and backslashes in strings, and both kinds of brackets.
    for inside in ["", "1", "[[], {}]", r#"{"]": "\"[", "a": ["\\"]}"#] {
        let text = format!("[{}, 5, {}, 6]", deep(inside), deep(inside));
        let second = text.find(", 5, ").unwrap() + 5;
        let (complete, faults, values) = around(&text);
        assert!(complete, "{text}");
        assert_eq!(faults, [(Fault::TooDeep, MAX_DEPTH), (Fault::TooDeep, second + MAX_DEPTH - 1)]);
        assert_eq!(values, [&deep(inside), "5", &deep(inside), "6"].map(|value| value.as_bytes().to_vec()));
        for end in 1..text.len() {
            assert!(!around(&text[..end]).0, "{end}");
        }
    }
    // Once in an event, however often it is too deep.
    let wide = "[".repeat(MAX_DEPTH) + &"[],".repeat(100) + "{}" + &"]".repeat(MAX_DEPTH);
    assert_eq!(around(&wide).1, [(Fault::TooDeep, MAX_DEPTH)]);
    let mixed = "[".repeat(MAX_DEPTH) + "[1}" + &"]".repeat(MAX_DEPTH);
    assert!(!around(&mixed).0);
    assert_eq!(around(&"[".repeat(1_000_000)).1, [(Fault::TooDeep, MAX_DEPTH)]);
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

/// Reads documents with skeletons and without: with the same result. Returns how many had a known one.
fn read_all(documents: &[Vec<u8>]) -> u64 {
    let (mut tape, mut other) = (Tape::new(), Tape::new());
    let (mut skeletons, mut shapes) = (Skeletons::default(), HashMap::new());
    for text in documents {
        let (mut issues, mut expected) = (Vec::new(), Vec::new());
        let parsed = skeletons.parse(text, 0, &mut tape, &mut issues);
        let shown = String::from_utf8_lossy(text);
        // The numbers of names depend on what was read before.
        other.names = std::mem::take(&mut tape.names);
        assert_eq!(parsed, parse(text, 0, &mut other, &mut expected), "{shown}");
        assert_eq!(issues, expected, "{shown}");
        assert_eq!(tape.nodes[..tape.count], other.nodes[..other.count], "{shown}");
        tape.names = std::mem::take(&mut other.names);
        let document = tape.document(text);
        if let Some((root, SkeletonId(number))) = document.root().and_then(|root| Some((root, root.skeleton()?))) {
            assert_eq!(shapes.entry(number).or_insert_with(|| root.shape()), &root.shape(), "{shown}");
        }
    }
    // The same, one after the other.
    let all = documents.join(&b'\n');
    let (mut prefixes, mut at, mut before) = (Skeletons::default(), 0, 0);
    while at < all.len() {
        let (mut issues, mut expected) = (Vec::new(), Vec::new());
        let parsed = prefixes.parse_prefix_around(&all, at, &mut tape, &mut issues);
        other.names = std::mem::take(&mut tape.names);
        assert_eq!(parsed, parse_prefix_around(&all, at, &mut other, &mut expected), "from byte {at}");
        assert_eq!(issues, expected, "from byte {at}");
        assert_eq!(tape.nodes[..tape.count], other.nodes[..other.count], "from byte {at}");
        tape.names = std::mem::take(&mut other.names);
        if !parsed.complete || parsed.end <= at {
            break;
        }
        (at, before) = (parsed.end, before + 1);
    }
    // Where all documents are complete, all but the first one are as before: it alone has no line end before it.
    if before == documents.len() {
        assert!(prefixes.known() + 2 > skeletons.known(), "{} and {}", prefixes.known(), skeletons.known());
    }
    skeletons.known()
}

#[test]
fn documents_alike_but_for_strings_and_numbers_have_one_skeleton() {
    let alike =
        |id: &str, number: &str| format!(r#"{{"id": "{id}", "of": [{{}}, null, "{id}"], "n": {number}}}"#).into_bytes();
    let documents = ["a", "", "\u{e9}", "longer than eight", "b"].map(|id| alike(id, "7"));
    assert_eq!(read_all(&[&documents[..], &[alike("c", "-120")]].concat()), 4);
    let kinds = ["7", "1.5", "7", "-0.25", "0"].map(|number| alike("a", number));
    assert_eq!(read_all(&kinds), 2);
    // Not those that read otherwise.
    for number in ["01", "-", "1.", ".5", "1e3", "1.5e3", "--1", "1x", "1234567890123456789012345", "", "\"1\"", "nul"]
    {
        assert_eq!(read_all(&[alike("a", "7"), alike("b", "7"), alike("c", number)]), 0, "{number}");
    }
    for id in [r"\n", r"\ud800", "\t", "\n", r"\", "\"", "\", \"x\": \""] {
        assert_eq!(read_all(&[alike("a", "7"), alike("b", "7"), alike(id, "7")]), 0, "{id}");
    }
}

#[test]
fn most_captured_events_have_a_known_skeleton() {
    let file = std::fs::File::open(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/events.ndjson.gz")).unwrap();
    let text = std::io::read_to_string(flate2::read::GzDecoder::new(file)).unwrap();
    let lines: Vec<Vec<u8>> = text.lines().map(|line| line.as_bytes().to_vec()).collect();
    let count = lines.len() as u64;
    let (known, twice) = (read_all(&lines), read_all(&[&lines[..], &lines].concat()));
    assert!(known * 100 > count * 80, "{known} of {count}");
    assert!((twice - known) * 100 > count * 98, "{} of {count} that were read before", twice - known);
}

#[test]
fn most_keys_of_captured_events_are_predicted() {
    let file = std::fs::File::open(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/events.ndjson.gz")).unwrap();
    let text = std::io::read_to_string(flate2::read::GzDecoder::new(file)).unwrap();
    let (mut tape, mut issues) = (Tape::new(), Vec::new());
    let mut keys = 0;
    let mut steps_of_all = || {
        let before = steps();
        for line in text.lines() {
            parse(line.as_bytes(), 0, &mut tape, &mut issues);
            keys += tape.nodes[..tape.count].iter().filter(|node| node.name != names::NO_NAME).count() as u64;
        }
        steps() - before
    };
    steps_of_all();
    // A key that is not predicted takes as many steps as it has bytes.
    let again = steps_of_all();
    assert!(again < keys, "{again} steps for {} keys", keys / 2);
}

#[test]
fn skeletons_need_bounded_memory_and_time() {
    let steps_of = |count: usize| {
        let documents: Vec<_> = (0..count).map(|n| format!("{{\"a\": \"\", \"{n}\": \"\"}}").into_bytes()).collect();
        let before = steps();
        let known = read_all(&documents);
        (known, steps() - before)
    };
    let (none, some) = steps_of(1000);
    let (_, more) = steps_of(2000);
    assert_eq!(none, 0);
    assert!(more < 3 * some, "{some} steps, {more} for twice as many");
    let (mut tape, mut skeletons) = (Tape::new(), Skeletons::default());
    let (mut most, mut last) = (0, 0);
    for n in 0..0x10000 {
        let keys = [n & 15, n >> 4 & 15, n >> 8 & 15, n >> 12].map(|key| format!("\"{key}\": 1"));
        skeletons.parse(format!("{{{}}}", keys.join(", ")).as_bytes(), 0, &mut tape, &mut Vec::new());
        let [pieces, nodes, texts] = skeletons.sizes();
        assert!(pieces <= nodes && nodes <= 50_000 && texts <= 1 << 20, "{pieces} {nodes} {texts}");
        most = most.max(nodes);
        last = nodes;
    }
    assert!(most > 49_000 && last < most, "{most} {last}");
}

proptest! {
    #[test]
    fn skeletons_change_nothing(
        keys in prop::collection::vec("[abc]{1,2}", 1..4),
        values in prop::collection::vec(
            prop_oneof![
                "\"[a-c\u{e9}]{0,9}\"",
                "-?[0-9]{1,3}",
                Just("null".to_owned()),
                Just("[]".to_owned()),
                Just("1.5".to_owned())
            ],
            4..40,
        ),
        cut in prop::option::of((0_usize..60, any::<u8>())),
    ) {
        let members = |values: &[String]| -> Vec<String> {
            keys.iter().zip(values).map(|(key, value)| format!("\"{key}\": {value}")).collect()
        };
        let mut documents: Vec<Vec<u8>> = values
            .chunks(keys.len())
            .map(|values| format!("{{{}}}", members(values).join(", ")).into_bytes())
            .collect();
        if let Some((at, byte)) = cut {
            for text in documents.iter_mut().skip(2).step_by(2) {
                if let Some(place) = text.get_mut(at) {
                    *place = byte;
                }
            }
        }
        read_all(&documents);
    }
}
