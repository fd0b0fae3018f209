//! The reader accepts what `serde_json` accepts and reads the same, with a new tape or a used one.

use prefect_events::json::{Decimal, Fault, Kind, Tape, Value, parse};
use serde_json::Value as Json;

/// `serde_json` reads no deeper.
const DEEP: usize = 120;

pub fn target(text: &[u8]) {
    let (mut tape, mut issues) = (Tape::new(), Vec::new());
    let parsed = parse(text, 0, &mut tape, &mut issues);
    let document = tape.document(text);
    used_tape_is_new(text, document.root());
    let length = text.len() as u32;
    assert!(issues.iter().all(|issue| issue.span.start <= issue.span.end && issue.span.end <= length), "{issues:?}");
    if parsed.depth > DEEP {
        return;
    }
    match serde_json::from_slice::<Json>(text) {
        Ok(theirs) => {
            assert!(parsed.complete && issues.is_empty(), "{issues:?}");
            assert_same(document.root().expect("a value"), &theirs);
        }
        Err(error) => assert!(!parsed.complete || !issues.is_empty(), "{error}"),
    }
    // Where the meaning is clear, reading continues; the rest is still JSON.
    assert!(parsed.complete || !issues.is_empty());
    assert!(
        !issues.iter().any(|issue| matches!(issue.fault, Fault::DuplicateKey { .. })),
        "nobody has looked for them"
    );
}

fn used_tape_is_new(text: &[u8], fresh: Option<Value<'_>>) {
    let (mut tape, mut issues) = (Tape::new(), Vec::new());
    let before: &[u8] =
        br#"{"event": "a", "resource": {"prefect.resource.id": "b"}, "related": [{"x": 1}], "event": 1}"#;
    assert!(parse(before, 0, &mut tape, &mut issues).complete);
    let _ = parse(text, 0, &mut tape, &mut issues);
    let document = tape.document(text);
    let nodes = |root: Option<Value<'_>>| {
        let all = root.into_iter().flat_map(Value::descendants);
        all.map(|value| (value.kind(), value.span(), value.is_complete())).collect::<Vec<_>>()
    };
    assert_eq!(nodes(document.root()), nodes(fresh));
}

fn assert_same(ours: Value<'_>, theirs: &Json) {
    match (ours.kind(), theirs) {
        (Kind::Null, Json::Null) | (Kind::True, Json::Bool(true)) | (Kind::False, Json::Bool(false)) => {}
        (Kind::Integer | Kind::Float, Json::Number(number)) => {
            let ours = Decimal::read(ours.raw()).map(Decimal::to_double).expect("a number");
            let theirs = number.as_f64().expect("a double");
            // The nearest double or, where it has many digits or a large exponent, one close to it.
            assert!((ours - theirs).abs() <= theirs.abs() * 1e-12 + 1e-300, "{number} is {ours}");
        }
        (Kind::String, Json::String(text)) => assert_eq!(&*ours.string(), text),
        (Kind::Array, Json::Array(items)) => {
            assert_eq!(ours.items().count(), items.len());
            ours.items().zip(items).for_each(|(ours, theirs)| assert_same(ours, theirs));
        }
        (Kind::Object, Json::Object(members)) => {
            for (key, theirs) in members {
                assert_same(ours.get(key).expect("the same keys"), theirs);
            }
            assert!(ours.members().all(|(key, _)| members.contains_key(&*key.string())));
        }
        (kind, other) => panic!("{kind:?} is {other}"),
    }
}
