//! Internal properties: how often a text is read, and how many events the cache decides.

use std::collections::HashSet;
use std::io::Read;

use flate2::read::GzDecoder;

use crate::diagnostic::TextOptions;

use super::*;

fn captured() -> String {
    let mut text = String::new();
    let bytes = include_bytes!("../../tests/cases/events.ndjson.gz");
    GzDecoder::new(&bytes[..]).read_to_string(&mut text).expect("captured events");
    text
}

fn validated(validator: &mut Validator, text: &str) -> (u64, u64) {
    let session = &mut validator.session;
    (session.parses, session.hits) = (0, 0);
    let _ = validator.validate(text.as_bytes(), TextOptions::default(), &ValidateOptions::default());
    (validator.session.parses, validator.session.hits)
}

/// Keys, kinds and numbers of items, as the cache compares them, but read with another parser.
fn shape(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Object(members) => {
            members.iter().map(|(key, member)| format!("{key:?}:{}", shape(member))).collect::<Vec<_>>().join(",") + "}"
        }
        serde_json::Value::Array(items) => items.iter().map(shape).collect::<String>() + "]",
        serde_json::Value::String(_) => "s".to_owned(),
        serde_json::Value::Number(number) => if number.is_f64() { "f" } else { "i" }.to_owned(),
        other => other.to_string(),
    }
}

#[test]
fn the_cache_decides_on_most_captured_events() {
    let mut validator = Validator::default();
    let text = captured();
    let count = text.lines().count() as u64;
    // The first event of each name and shape misses the cache, and so do events with findings: more than 253 in total.
    let mut seen = HashSet::new();
    let mut known = 0;
    for line in text.lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        let report = validate(line.as_bytes(), TextOptions::default(), &ValidateOptions::default());
        known +=
            u64::from(report.diagnostics.is_empty() && !seen.insert(format!("{} {}", event["event"], shape(&event))));
    }
    let (_, cold) = validated(&mut validator, &text);
    let (_, warm) = validated(&mut validator, &text);
    assert!(known * 100 >= count * 80 && cold * 100 >= known * 97, "{cold} of {known} of {count}");
    // All but those with findings.
    let without = |line: &&str| {
        validate(line.as_bytes(), TextOptions::default(), &ValidateOptions::default()).diagnostics.is_empty()
    };
    assert_eq!(warm, text.lines().filter(without).count() as u64, "of {count}");
}

#[test]
fn the_cache_decides_on_events_of_users() {
    let mut validator = Validator::default();
    let event = |name: &str, id: u32| {
        format!(
            r#"{{"occurred": "2026-03-31T18:30:00Z", "event": "{name}", "resource": {{"prefect.resource.id": "acme.{id}"}}, "id": "01a1ffe4-419a-726f-8626-5e21f619db{id}"}}"#
        )
    };
    assert_eq!(validated(&mut validator, &event("acme.order.created", 10)).1, 0);
    assert_eq!(validated(&mut validator, &event("acme.order.created", 11)).1, 1);
    assert_eq!(validated(&mut validator, &event("acme.order.paid", 12)).1, 0);
    // Not one that looks like a misspelt name of Prefect.
    for id in [13, 14] {
        assert_eq!(validated(&mut validator, &event("prefect.flow-run.Complete", id)).1, 0);
    }
}

#[test]
fn an_event_alone_is_compared_with_no_others() {
    let text = captured();
    let mut validator = Validator::default();
    let mut related = |text: &str| {
        validator.session.related = 0;
        let report = validator.validate(text.as_bytes(), TextOptions::default(), &ValidateOptions::default());
        let codes: Vec<_> = report.diagnostics.iter().map(|found| found.code).collect();
        (validator.session.related, codes)
    };
    for line in text.lines() {
        // Twice: the second time from the cache.
        let (alone, again) = (related(line), related(line));
        assert_eq!((alone.0, again.0), (0, 0), "{line}");
        let (number, codes) = related(&format!("[{line}]"));
        assert_eq!((number, &codes, &codes), (1, &alone.1, &again.1), "{line}");
    }
    let line = text.lines().next().unwrap_or_default();
    assert_eq!(related(&line.replacen('{', "{\n", 1)).0, 0);
    assert_eq!(related(&[line, line].join("\n")), (2, vec!["repeated-event-id"]));
    let wrapped = format!(r#"{{"events": [{line}, {line}], "total": 2, "next_page": null}}"#);
    assert_eq!(related(&wrapped), (2, vec!["repeated-event-id"]));
}

#[test]
fn a_document_on_one_line_is_read_once() {
    let text = captured();
    let lines: Vec<&str> = text.lines().collect();
    let mut validator = Validator::default();
    let parses = |validator: &mut Validator, text: &str| validated(validator, text).0;
    assert_eq!(parses(&mut validator, lines[0]), 1);
    assert_eq!(parses(&mut validator, &format!("{}\n\n", lines[0])), 1);
    assert_eq!(parses(&mut validator, &format!("[{}]", lines.join(","))), 1);
    assert_eq!(parses(&mut validator, &lines[..3].join("\n")), 3);
    assert_eq!(parses(&mut validator, &format!("[\n{}\n]", lines.join(",\n"))), 2);
}
