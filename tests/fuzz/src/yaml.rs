//! YAML is read or rejected with a bounded number of steps; values are at the place of their text; a reused tape gives
//! the same result as a new one; and text that is also JSON means the same in both.

use prefect_events::json::{Kind, Span, Tape, Value, parse};
use prefect_events::text::steps;
use prefect_events::yaml::{self, YamlProblem};

/// Aliases and merge keys can expand to more than the text, up to a bound.
const MOST_STEPS: u64 = 20_000_000;

pub fn target(text: &[u8]) {
    let mut tape = Tape::new();
    let before = steps();
    let outcome = yaml::read(text, &mut tape);
    assert!(steps() - before < MOST_STEPS, "{} steps", steps() - before);
    match outcome {
        Err(error) => {
            let Span { start, end } = error.span;
            assert!(start <= end && end as usize <= text.len(), "{error:?}");
            let as_text = std::str::from_utf8(text);
            assert!(as_text.is_ok() || error.problem == YamlProblem::Utf8, "{error:?}");
            assert!(as_text.is_ok_and(|text| text.is_char_boundary(start as usize)) || as_text.is_err(), "{error:?}");
            assert!(tape.document(text).root().is_none());
        }
        Ok(()) => {
            let document = tape.document(text);
            let root = document.root().expect("a value");
            assert_places(std::str::from_utf8(text).expect("UTF-8"), root);
            used_tape_is_new(text, root);
            let (mut json, mut issues) = (Tape::new(), Vec::new());
            // To YAML 1.1 this is a line break, which becomes a space.
            let has_next_line = text.windows(2).any(|pair| pair == "\u{85}".as_bytes());
            if !has_next_line && parse(text, 0, &mut json, &mut issues).complete && issues.is_empty() {
                assert_same(root, json.document(text).root().expect("a value"));
            }
        }
    }
}

/// Every value is at the place of its text: quotes, brackets and indicators fit its kind.
pub fn assert_places(text: &str, root: Value<'_>) {
    for value in root.descendants() {
        let Span { start, end } = value.span();
        let written = text.get(start as usize..end as usize).unwrap_or_else(|| panic!("{text:?} {start}..{end}"));
        let trimmed = written.trim_matches([' ', '\n', '\r', '\t']);
        assert_eq!(trimmed, written, "{text:?}: white space around {:?}", value.kind());
        match value.kind() {
            Kind::Array | Kind::Object => {}
            _ if value.is_bare() => {
                let block = written.starts_with(['|', '>']);
                assert!(
                    block || written.len() < 2 || !written.starts_with(['"', '\'', '&', '!', '#']),
                    "{text:?}: {written:?}"
                );
            }
            _ => {
                let quote = written.starts_with(['"', '\'']) && written.len() > 1 && written.ends_with(&written[..1]);
                assert!(quote || written.starts_with(['|', '>']), "{text:?}: {written:?}");
            }
        }
    }
}

fn used_tape_is_new(text: &[u8], fresh: Value<'_>) {
    let mut tape = Tape::new();
    assert_eq!(yaml::read(b"- &a {x: 'y''s', z: \"\\u00e9\"}\n- *a\n", &mut tape), Ok(()));
    assert_eq!(yaml::read(text, &mut tape), Ok(()));
    let document = tape.document(text);
    let nodes = |root: Value<'_>| {
        root.descendants().map(|value| (value.kind(), value.span(), value.string().into_owned())).collect::<Vec<_>>()
    };
    assert_eq!(nodes(document.root().expect("a value")), nodes(fresh));
}

/// Except numbers: `1e5` is a string in YAML 1.1.
fn assert_same(yaml: Value<'_>, json: Value<'_>) {
    match json.kind() {
        Kind::Integer | Kind::Float | Kind::NonFinite => {}
        kind => assert_eq!(yaml.kind(), kind),
    }
    match json.kind() {
        Kind::String => assert_eq!(yaml.string(), json.string()),
        Kind::Array => {
            assert_eq!(yaml.items().count(), json.items().count());
            yaml.items().zip(json.items()).for_each(|(yaml, json)| assert_same(yaml, json));
        }
        Kind::Object => {
            assert_eq!(yaml.members().count(), json.members().count());
            for ((key, value), (same_key, same_value)) in yaml.members().zip(json.members()) {
                assert_eq!(key.string(), same_key.string());
                assert_same(value, same_value);
            }
        }
        _ => {}
    }
}
