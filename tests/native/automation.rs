//! Automations against the verdicts of the real server (`AutomationCreate`, the body of `POST /api/automations/`).

use prefect_events::automation::{self, CheckSettings, Composite, EventTrigger, Order, Specification, Trigger, read};
use prefect_events::diagnostic::Report;
use prefect_events::json::{Kind, Value};
use prefect_events::validate::{Profile, Settings, TextOptions};

fn settings(profile: Profile) -> CheckSettings {
    CheckSettings { common: Settings { profile, ..Settings::default() }, ..CheckSettings::default() }
}

fn check(text: &[u8], profile: Profile) -> Report {
    automation::check(text, TextOptions::default(), &settings(profile))
}

fn texts(value: Value<'_>) -> Vec<String> {
    let mut texts: Vec<String> = value.items().map(|item| item.string().into_owned()).collect();
    texts.sort();
    texts
}

fn specification(value: Value<'_>) -> Specification {
    let patterns = |value: Value<'_>| match value.kind() {
        Kind::Array => value.items().map(|item| item.string().into_owned()).collect(),
        _ => vec![value.string().into_owned()],
    };
    Specification(value.members().map(|(key, value)| (key.string().into_owned(), patterns(value))).collect())
}

/// Seconds as Python writes them.
fn micros(value: Value<'_>) -> i64 {
    (value.string().parse::<f64>().unwrap() * 1e6).round() as i64
}

/// A trigger as the server writes it: every default filled in, every value coerced.
fn recorded(value: Value<'_>) -> Trigger {
    let get = |key: &str| value.get(key).unwrap();
    let order = match &*get("type").string() {
        "event" => {
            let related = get("match_related");
            return Trigger::Event(EventTrigger {
                posture: read::posture(get("posture")).unwrap(),
                matches: specification(get("match")),
                match_related: match related.kind() {
                    Kind::Array => related.items().map(specification).collect(),
                    _ => vec![specification(related)],
                },
                after: texts(get("after")),
                expect: texts(get("expect")),
                for_each: texts(get("for_each")),
                threshold: get("threshold").string().parse().unwrap_or(i64::MAX),
                within: micros(get("within")),
            });
        }
        "compound" => Order::Any,
        _ => Order::Declared,
    };
    let triggers: Vec<Trigger> = get("triggers").items().map(recorded).collect();
    let require = match value.get("require") {
        None => triggers.len(),
        Some(require) if require.is("any") => 1,
        Some(require) if require.is("all") => triggers.len(),
        Some(require) => require.string().parse().unwrap(),
    };
    let within = Some(get("within")).filter(|within| within.kind() != Kind::Null).map(micros);
    Trigger::Composite(Composite { order, triggers, within, require })
}

#[test]
fn agrees_with_the_server_on_every_row() {
    let (mut count, mut wrong) = (0, Vec::new());
    super::cases::each_row("automation-verdicts.ndjson.gz", |row| {
        count += 1;
        let case = row.get("case").unwrap().string();
        let document = row.get("document").unwrap();
        let accepted = row.at_path(&["server", "ok"]).unwrap().kind() == Kind::True;
        let report = check(document.raw(), Profile::Server);
        let codes: Vec<_> = report.diagnostics.iter().map(|found| (found.code, &found.message)).collect();
        if report.valid != accepted {
            wrong.push(format!("{case}: the server says {accepted}, we say {codes:?}"));
        }
        if report.warnings + report.infos > 0 {
            wrong.push(format!("{case}: more than errors under the server profile: {codes:?}"));
        }
        // What is missing is said field by field, all else once.
        if report.errors > 1 && codes.iter().any(|(code, _)| *code != "missing-automation-field") {
            wrong.push(format!("{case}: more than one error: {codes:?}"));
        }
        if accepted {
            let ours = read::automation(document).map(|automation| automation.trigger);
            let theirs = recorded(row.at_path(&["server", "trigger"]).unwrap());
            if ours.as_ref() != Some(&theirs) {
                wrong.push(format!("{case}: the server reads {theirs:?}, we read {ours:?}"));
            }
        }
    });
    assert_eq!(wrong, Vec::<String>::new());
    assert!(count > 400, "{count}");
}

/// The place of a server's error in the document: the steps of its unions left out.
fn place(document: Value<'_>, error: Value<'_>) -> String {
    let (mut pointer, mut at) = (String::new(), Some(document));
    for step in error.get("loc").unwrap().items() {
        let name = step.string();
        let inner = match at {
            Some(value) if value.kind() == Kind::Array => {
                name.parse().ok().and_then(|index: usize| value.items().nth(index))
            }
            Some(value) => value.get(&name),
            None => None,
        };
        let is_last_and_missing = error.get("type").unwrap().is("missing") && !name.contains(['[', '(']);
        if inner.is_some() || is_last_and_missing && name.chars().all(|c| c.is_lowercase() || c == '_') {
            pointer += &format!("/{}", name.replace('~', "~0").replace('/', "~1"));
            at = inner;
        }
    }
    pointer
}

/// The server names a place for each kind of trigger or action that it might have been: ours is one of them, or
/// within one where the server names a whole trigger or action.
#[test]
fn points_where_the_server_points() {
    let mut wrong = Vec::new();
    super::cases::each_row("automation-verdicts.ndjson.gz", |row| {
        let case = row.get("case").unwrap().string();
        let document = row.get("document").unwrap();
        let errors = row.at_path(&["server", "errors"]);
        let places: Vec<String> =
            errors.into_iter().flat_map(Value::items).map(|error| place(document, error)).collect();
        // Of many errors only the first dozen was recorded.
        let count = row.at_path(&["server", "count"]).map_or(0, |count| count.string().parse().unwrap());
        let all = places.len() == count;
        let action = |path: &str| path.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
        for found in check(document.raw(), Profile::Server).diagnostics {
            if !all && places.iter().any(|place| action(place) == action(&found.path)) {
                continue;
            }
            if !places.iter().any(|place| found.path.starts_with(place.as_str())) {
                wrong.push(format!("{case}: {:?} {} {places:?}", found.path, found.code));
            }
            assert!(found.range.is_some(), "{case}");
        }
    });
    assert_eq!(wrong, Vec::<String>::new());
}
