//! An event similar to an earlier one is checked with fewer steps: the result must be the same.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use prefect_events::diagnostic::{Code, Diagnostic, Profile, Report, Severity, TextOptions};
use prefect_events::validate::{Merge, PartValidator, Schemas, StreamValidator, ValidateOptions, Validator, validate};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;

use super::cases;

/// Findings about an event together with others.
const ACROSS_EVENTS: &[&str] = &["repeated-event-id", "states-at-same-instant", "heartbeat-after-end"];

fn findings(text: &str, event: u64) -> Vec<String> {
    let report = validate(text.as_bytes(), TextOptions::default(), &ValidateOptions::default());
    assert_eq!(report.truncated, None);
    let own = |found: &&Diagnostic| {
        found.index == Some(event)
            && !ACROSS_EVENTS.contains(&found.code)
            && !found.code.starts_with("follows-")
            && found.code != "broken-state-chain"
    };
    let words = |found: &Diagnostic| format!("{} {}: {}", found.code, found.path, found.message);
    report.diagnostics.iter().filter(own).map(words).collect()
}

/// The report on NDJSON as the only part of a text.
fn report_of_part(validator: &mut PartValidator, lines: &str, options: &ValidateOptions) -> Report {
    let mut merge = Merge::new(options);
    merge.add(validator.check(lines.as_bytes(), true, false));
    merge.report()
}

/// Findings in an event alone and after a valid one. Alone, it has no others for comparison.
pub(crate) fn compare(right: &Value, other: &Value, wrong: &mut Vec<String>) {
    let (right, other) = (right.to_string(), other.to_string());
    let alone = findings(&other, 0);
    // Twice: the first valid one fills the cache, the second one is checked against it.
    let lines = format!("{right}\n{right}\n{other}");
    let behind = findings(&lines, 2);
    let options = ValidateOptions::default();
    let as_part = report_of_part(&mut PartValidator::new(options.clone()), &lines, &options);
    if as_part != validate(lines.as_bytes(), TextOptions::default(), &options) {
        wrong.push(format!("{other}\n  as a part: {as_part:?}"));
    }
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

// ---- what came before, under every option

/// An event that the server rejects or drops or that contradicts itself, and a similar valid one.
fn pairs() -> Vec<(&'static str, String, String)> {
    let text = String::from_utf8(cases::read("events.ndjson.gz")).unwrap();
    let events: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let with_related =
        events.iter().find(|event| event["related"].as_array().is_some_and(|all| !all.is_empty())).unwrap();
    let mut without_role = with_related.clone();
    without_role["related"][0]["prefect.resource.role"] = "".into();
    let (mut short, mut long) = (with_related.clone(), with_related.clone());
    short["payload"]["text"] = "x".into();
    long["payload"]["text"] = "x".repeat(1_600_000).into();
    let synced = |total: &str| {
        format!(
            r#"{{"occurred":"2026-03-31T18:30:00Z","event":"prefect.asset.x","resource":{{"prefect.resource.id":"acme.y"}},"payload":{{"succeeded":5,"failed":5,"skipped":5,"total_resources":{total}}},"id":"01a1ffe4-419a-726f-8626-5e21f619db83"}}"#
        )
    };
    vec![
        ("an empty role", with_related.to_string(), without_role.to_string()),
        ("too large", short.to_string(), long.to_string()),
        ("more than the total", synced("99999999999999999999"), synced("7")),
    ]
}

/// The reports on a text by a validator that has seen others, and by a fresh one.
fn warm_and_cold(before: &[&str], text: &str, options: &ValidateOptions) -> (Report, Report) {
    let mut validator = Validator::default();
    for text in before {
        let _ = validator.validate(text.as_bytes(), TextOptions::default(), options);
    }
    let warm = validator.validate(text.as_bytes(), TextOptions::default(), options);
    (warm, validate(text.as_bytes(), TextOptions::default(), options))
}

#[test]
fn finds_errors_after_an_event_of_the_same_shape() {
    for profile in [Profile::Documented, Profile::Server] {
        let options = ValidateOptions { profile, ..ValidateOptions::default() };
        for (what, right, wrong) in pairs() {
            let (warm, cold) = warm_and_cold(&[&right, &right], &wrong, &options);
            assert_eq!(warm, cold, "{what} {profile:?}");
            let alone: Vec<_> = cold.diagnostics.iter().map(|found| found.code).collect();
            let lines = validate(format!("{right}\n{wrong}\n").as_bytes(), TextOptions::default(), &options);
            let mut stream = StreamValidator::new(options.clone());
            let _ = stream.chunk(format!("{right}\n").as_bytes());
            for report in [lines, stream.chunk(format!("{wrong}\n").as_bytes())] {
                let codes: Vec<_> =
                    report.diagnostics.iter().filter(|found| found.index == Some(1)).map(|found| found.code).collect();
                assert!(alone.iter().all(|code| codes.contains(code)), "{what} {profile:?}: {alone:?} {codes:?}");
            }
        }
    }
    let server = ValidateOptions { profile: Profile::Server, ..ValidateOptions::default() };
    let (_, _, wrong) = &pairs()[0];
    assert_eq!(validate(wrong.as_bytes(), TextOptions::default(), &server).errors, 1);
}

fn real() -> &'static [Value] {
    static EVENTS: OnceLock<Vec<Value>> = OnceLock::new();
    EVENTS.get_or_init(|| {
        let text = String::from_utf8(cases::read("events.ndjson.gz")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    })
}

/// A captured event with other values at some of its places: the shape usually stays.
fn changed() -> impl Strategy<Value = String> {
    (any::<Index>(), prop::collection::vec((any::<Index>(), any::<Index>()), 0..3)).prop_map(|(which, changes)| {
        // From everywhere, but so few that they come again.
        let mut event = real()[which.index(60) * real().len() / 60].clone();
        for (place, other) in changes {
            let mut places = Vec::new();
            pointers(&event, "", &mut places);
            let place = &places[place.index(places.len())];
            let others = others(event.pointer(place).unwrap());
            *event.pointer_mut(place).unwrap() = others[other.index(others.len())].clone();
        }
        event.to_string()
    })
}

fn options() -> impl Strategy<Value = ValidateOptions> {
    let severity = prop::collection::vec(
        (0..Code::ALL.len(), select(&[None, Some(Severity::Info), Some(Severity::Error)][..])),
        0..4,
    );
    let schema = select(&["", r#"{"prefect.*": {"properties": {"payload": {"maxProperties": 3}}}}"#][..]);
    let profile = select(&[Profile::Documented, Profile::Server][..]);
    (profile, severity, select(&[0_usize, 1, 1000][..]), schema).prop_map(
        |(profile, severity, max_diagnostics, schema)| {
            let schemas = (!schema.is_empty()).then(|| Arc::new(Schemas::read(schema).unwrap()));
            let severity = severity.into_iter().map(|(code, severity)| (Code::ALL[code], severity)).collect();
            ValidateOptions { profile, severity, max_diagnostics, schemas }
        },
    )
}

proptest! {
    #![proptest_config(super::properties::config(200))]

    /// Whatever a validator has seen, under any options, its results equal those of a fresh one.
    #[test]
    fn warm_is_cold(before in prop::collection::vec((prop::collection::vec(changed(), 1..5), options()), 1..4), texts in prop::collection::vec(changed(), 1..4), options in options()) {
        let mut validator = Validator::default();
        for (texts, options) in &before {
            for text in texts.iter().map(String::clone).chain([texts.join("\n"), format!("[{}]", texts.join(","))]) {
                let _ = validator.validate(text.as_bytes(), TextOptions::default(), options);
            }
        }
        for text in texts.iter().map(String::clone).chain([texts.join("\n"), format!("[{}]", texts.join(",\n"))]) {
            let warm = validator.validate(text.as_bytes(), TextOptions::default(), &options);
            prop_assert_eq!(&warm, &validate(text.as_bytes(), TextOptions::default(), &options), "{}", text);
        }
        let mut parts = PartValidator::new(options.clone());
        for (texts, _) in &before {
            let _ = parts.check(texts.join("\n").as_bytes(), true, false);
        }
        let lines = texts.join("\n");
        let warm = report_of_part(&mut parts, &lines, &options);
        prop_assert_eq!(warm, report_of_part(&mut PartValidator::new(options.clone()), &lines, &options), "{}", lines);
    }
}
