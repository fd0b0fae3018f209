//! An event that is like one before is checked by less: it must come to the same.

use std::collections::BTreeMap;

use prefect_events::diagnostic::Diagnostic;
use prefect_events::diagnostic::TextOptions;
use prefect_events::validate::{ValidateOptions, validate};
use serde_json::Value;

use super::cases;

/// What is said of an event together with others.
const ACROSS_EVENTS: &[&str] = &["repeated-event-id", "states-at-same-instant", "heartbeat-after-end"];

fn findings(text: &str, event: u64) -> Vec<String> {
    let report = validate(text.as_bytes(), TextOptions::default(), &ValidateOptions::default());
    assert_eq!(report.truncated, None);
    let own = |found: &&Diagnostic| {
        found.event == Some(event)
            && !ACROSS_EVENTS.contains(&found.code)
            && !found.code.starts_with("follows-")
            && found.code != "broken-state-chain"
    };
    let words = |found: &Diagnostic| format!("{} {}: {}", found.code, found.path, found.message);
    report.diagnostics.iter().filter(own).map(words).collect()
}

/// Findings in an event by itself and behind one that is right. By itself, it has no others to be compared with.
pub fn compare(right: &Value, other: &Value, wrong: &mut Vec<String>) {
    let (right, other) = (right.to_string(), other.to_string());
    let alone = findings(&other, 0);
    // Twice: the right one is learned from, and the second right one is checked by it.
    let behind = findings(&format!("{right}\n{right}\n{other}"), 2);
    let own: Vec<_> = alone.into_iter().filter(|found| !found.starts_with("follows-itself")).collect();
    if own != behind {
        wrong.push(format!("{other}\n  alone:  {own:?}\n  behind: {behind:?}"));
    }
}

fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                pointers(member, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointers(item, &format!("{at}/{index}"), found);
            }
        }
        _ => found.push(at.to_owned()),
    }
}

/// Other values that keep the shape of an event, and some that do not.
fn others(value: &Value) -> Vec<Value> {
    match value {
        Value::String(text) => {
            let mut last = text.clone();
            let end = last.pop();
            last.push(if end == Some('x') { 'y' } else { 'x' });
            let texts = [String::new(), " ".to_owned(), "x".to_owned(), last, text.to_uppercase(), text.to_lowercase()];
            let mut others: Vec<Value> = texts.into_iter().map(Value::from).collect();
            others.extend(
                ["00000000-0000-0000-0000-000000000000", "0", "9d1f6c2e-9b0a-4f57-8c3d-2e7a5b904613"].map(Value::from),
            );
            others.extend(["2026-01-01T00:00:00Z", "2026-01-01 00:00:00", "RUNNING", "prefect.tag.x"].map(Value::from));
            others.push(Value::Null);
            others
        }
        Value::Number(_) => vec![0.into(), 7.into(), Value::Null],
        _ => vec!["x".into(), Value::Null],
    }
}

#[test]
fn real_events_with_other_values() {
    let text = String::from_utf8(cases::read("events.ndjson.gz")).unwrap();
    let mut by_name: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for line in text.lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        by_name.entry(event["event"].as_str().unwrap().to_owned()).or_default().push(event);
    }
    let (mut count, mut wrong) = (0, Vec::new());
    for events in by_name.values() {
        // The longest has most places.
        let event = events.iter().max_by_key(|event| event.to_string().len()).unwrap();
        let mut places = Vec::new();
        pointers(event, "", &mut places);
        for place in places {
            for other in others(event.pointer(&place).unwrap()) {
                let mut changed = event.clone();
                *changed.pointer_mut(&place).unwrap() = other;
                compare(event, &changed, &mut wrong);
                count += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong[..wrong.len().min(20)].join("\n"));
    assert!(count > 20_000, "{count}");
}
