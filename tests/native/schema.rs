//! The JSON Schemas against `validate`, and against the real server: they reject the same events.
//!
//! What is tried here, with the schemas' verdicts, is written to `schema-cases.ndjson.gz` in cargo's target folder:
//! `tests/node/schema.test.js` gives it to Ajv.

use std::collections::BTreeMap;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use jsonschema::{Draft, Validator};
use prefect_events::catalogue::{Family, example, families, find};
use prefect_events::diagnostic::{Profile, TextOptions};
use prefect_events::diagnostic::{Report, Severity};
use prefect_events::schema::{Schema, all, name, schemas};
use prefect_events::validate::{ValidateOptions, validate};
use serde_json::{Value, json};

use super::{cases, mutation};

/// Why a schema has a different verdict.
struct Class {
    name: &'static str,
    reason: &'static str,
    /// The schema rejects what is not an error. Otherwise it accepts an error.
    stricter: bool,
    /// The codes of which all errors must be; where the schema is stricter, one of which a finding must have.
    codes: &'static [&'static str],
}

const CLASSES: &[Class] = &[
    Class {
        name: "places that must agree",
        reason: "no schema can compare one place of an event with another",
        stricter: false,
        codes: &["values-disagree"],
    },
    Class {
        name: "misspelt names",
        reason: "no schema can say that a name is all but that of another event: it takes `pull-stepp.executed` for a state",
        stricter: true,
        codes: &["unknown-event"],
    },
    Class {
        name: "lenient dates, rejected",
        reason: "the server reads week dates, ordinal dates and much more, of which a schema knows the common ones",
        stricter: true,
        codes: &["timestamp-not-rfc3339"],
    },
    Class {
        name: "lenient dates, accepted",
        reason: "a pattern does not know how many days a month has, or which numbers the server reads as a time",
        stricter: false,
        codes: &["invalid-timestamp"],
    },
    Class {
        name: "whole numbers with a fraction",
        reason: "to JSON Schema `5.0` is an integer, to Python and to Prefect it is not",
        stricter: false,
        codes: &["wrong-payload-type"],
    },
    Class {
        name: "exchanged roles",
        reason: "where one resource stands in the role of another that is missing, `validate` tells of the missing one alone, \
                 which can be no error; a schema cannot look for what is missing",
        stricter: true,
        codes: &["misspelt-role"],
    },
];

impl Class {
    fn applies(&self, rejected: bool, report: &Report) -> bool {
        let mut found = report.diagnostics.iter();
        let is_of_it = |code: &str| self.codes.contains(&code);
        self.stricter == rejected
            && if rejected {
                found.any(|found| is_of_it(found.code))
            } else {
                found.filter(|found| found.severity == Severity::Error).all(|found| is_of_it(found.code))
            }
    }
}

fn compiled(schema: &Schema) -> Validator {
    let schema: Value = serde_json::from_str(&schema.line()).unwrap();
    let options = jsonschema::options().with_draft(Draft::Draft202012);
    options.should_validate_formats(true).build(&schema).unwrap()
}

fn documented(text: &str) -> Report {
    validate(text.as_bytes(), TextOptions::default(), &ValidateOptions::default())
}

struct Comparison {
    schemas: BTreeMap<String, Validator>,
    /// Per set of cases: how many are accepted and rejected.
    counts: BTreeMap<&'static str, (usize, usize)>,
    classes: BTreeMap<&'static str, usize>,
    wrong: Vec<String>,
    file: GzEncoder<Vec<u8>>,
}

impl Comparison {
    fn new() -> Comparison {
        let schemas = schemas().into_iter().chain([all()]);
        Comparison {
            schemas: schemas.map(|schema| (schema.name.clone(), compiled(&schema))).collect(),
            counts: BTreeMap::new(),
            classes: BTreeMap::new(),
            wrong: Vec::new(),
            file: GzEncoder::new(Vec::new(), Compression::fast()),
        }
    }

    /// The schema of all events against `validate`, and that of the event's family too.
    fn event(&mut self, set: &'static str, case: &str, text: &str, event: &Value) {
        let report = documented(text);
        self.compare(set, case, "events", event, report.valid, &report);
        if let Some(found) = event["event"].as_str().and_then(find) {
            self.compare(set, case, &name(found.family), event, report.valid, &report);
        }
    }

    fn compare(&mut self, set: &'static str, case: &str, schema: &str, event: &Value, expected: bool, report: &Report) {
        let valid = self.schemas[schema].is_valid(event);
        let count = self.counts.entry(set).or_default();
        if valid {
            count.0 += 1
        } else {
            count.1 += 1
        }
        writeln!(
            self.file,
            "{}",
            json!({"case": format!("{set}: {case}"), "schema": schema, "valid": valid, "event": event})
        )
        .unwrap();
        if valid == expected {
            return;
        }
        match CLASSES.iter().find(|class| class.applies(!valid, report)) {
            Some(class) => *self.classes.entry(class.name).or_default() += 1,
            None => {
                let errors = self.schemas[schema].iter_errors(event);
                let errors: Vec<_> = errors.map(|error| format!("{}: {error}", error.instance_path())).collect();
                let found = report.diagnostics.iter();
                let ours: Vec<_> = found.map(|found| format!("{} {}", found.code, found.path)).collect();
                self.wrong
                    .push(format!("{set} {case}: {schema} says {valid} {errors:?}, but it is {expected}: {ours:?}"));
            }
        }
    }

    fn end(self) {
        println!("accepted and rejected: {:#?}\nexceptions: {:#?}", self.counts, self.classes);
        let shown: Vec<_> = self.wrong.iter().take(30).collect();
        assert!(shown.is_empty(), "{}: {shown:#?}", self.wrong.len());
        for class in CLASSES {
            assert!(self.classes.contains_key(class.name), "{}: never happens ({})", class.name, class.reason);
        }
        let (accepted, rejected) = self.counts.values().fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
        assert!(accepted > 5_000 && rejected > 30_000, "{accepted} accepted, {rejected} rejected");
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        std::fs::write(folder.join("schema-cases.ndjson.gz"), self.file.finish().unwrap()).unwrap();
    }
}

#[test]
fn the_schemas_reject_errors() {
    let mut comparison = Comparison::new();
    cases::each_row("events.ndjson.gz", |row| {
        let text = std::str::from_utf8(row.raw()).unwrap();
        comparison.event("real", &row.get("id").unwrap().string(), text, &serde_json::from_str(text).unwrap());
    });

    let mut unread = Vec::new();
    cases::each_row("envelope-verdicts.ndjson.gz", |row| {
        let case = row.get("case").unwrap().string();
        let text = match row.get("raw") {
            Some(raw) => raw.bytes().into_owned(),
            None => row.get("event").unwrap().raw().to_vec(),
        };
        let text = String::from_utf8_lossy(&text).into_owned();
        // Invalid JSON, or JSON nested too deeply for the reader, never reaches a schema.
        let Ok(event) = serde_json::from_str(&text) else { return unread.push(case.into_owned()) };
        comparison.event("envelope", &case, &text, &event);
        // The real server's answers.
        let accepted = row.at_path(&["http", "status"]).unwrap().raw() == b"204";
        let settings = ValidateOptions { profile: Profile::Server, ..ValidateOptions::default() };
        let mut report = validate(text.as_bytes(), TextOptions::default(), &settings);
        // What it is lenient with is a finding of the other profile.
        report
            .diagnostics
            .extend(documented(&text).diagnostics.into_iter().filter(|found| found.code.starts_with("timestamp-")));
        comparison.compare("server", &case, "event", &event, accepted, &report);
    });
    println!("no JSON for everyone: {unread:?}");
    assert!(unread.len() < 20);

    let occurred = String::from_utf8(cases::read("occurred.tsv")).unwrap();
    for line in occurred.lines().filter(|line| !line.starts_with('#')) {
        let (text, _) = line.split_once('\t').unwrap();
        let event = format!(
            r#"{{"occurred": {text}, "event": "acme.order.created", "resource": {{"prefect.resource.id": "acme.order.42"}}, "id": "01a1ffe4-419a-726f-8626-5e21f619db83"}}"#
        );
        comparison.event("occurred", text, &event, &serde_json::from_str(&event).unwrap());
    }

    mutation::each_mutant(|mutant| {
        let case = format!("{} {} {}", mutant.family, mutant.place, mutant.mutation);
        comparison.event("mutants", &case, &mutant.event.to_string(), &mutant.event);
    });
    mutation::each_disagreement(|family, _, term, event| {
        let case = format!("{} {term:?}", family.name.text);
        comparison.event("disagreements", &case, &event.to_string(), &event);
    });
    // Cases that no mutation produces.
    let made = |name: &str, place: &str, value: Value| -> Value {
        let found = find(name).unwrap();
        let mut event: Value = serde_json::from_str(&example(found.family, found.hole)).unwrap();
        *event.pointer_mut(place).unwrap() = value;
        event
    };
    for event in [
        made("prefect.concurrency-limit.created", "/payload/limit", json!(5.0)),
        made("prefect.task-run.Running", "/related/0/prefect.resource.role", json!("flow")),
    ] {
        comparison.event("made", event["event"].as_str().unwrap(), &event.to_string(), &event);
    }
    // Without a whole part, or with nothing in it.
    for family in families() {
        let right = example_of(family);
        for (part, nothing) in [("related", json!([])), ("payload", json!({}))] {
            let mut event = right.clone();
            event[part] = nothing;
            comparison.event("empty", &format!("{} {part}", family.name.text), &event.to_string(), &event);
            event.as_object_mut().unwrap().remove(part);
            comparison.event("absent", &format!("{} {part}", family.name.text), &event.to_string(), &event);
        }
    }
    // Examples have the first of several shapes.
    let mut count = 0;
    for family in families().iter().filter(|family| family.payload.len() > 1) {
        for payload in [
            json!({"tag": "database", "concurrency_limit": 5}),
            json!({"tag": "database"}),
            json!({"concurrency_limit": 5}),
            json!({"tag": 5, "concurrency_limit": 5}),
            json!({"tag": "database", "concurrency_limit": "5"}),
        ] {
            let event = made(family.name.text, "/payload", payload);
            comparison.event("shapes", family.name.text, &event.to_string(), &event);
            count += 1;
        }
    }
    assert_eq!(count, 15);
    comparison.end();
}

fn example_of(family: &'static Family) -> Value {
    serde_json::from_str(&example(family, None)).unwrap()
}

#[test]
fn the_schema_of_a_family_accepts_only_its_names() {
    let all: Vec<(&Family, Validator)> =
        families().iter().zip(schemas().iter().skip(1)).map(|(family, schema)| (family, compiled(schema))).collect();
    for (family, schema) in &all {
        for other in families() {
            let is_own = std::ptr::eq(*family, other);
            assert_eq!(schema.is_valid(&example_of(other)), is_own, "{} by {}", other.name.text, family.name.text);
        }
        // The form of the name alone decides: the rest is right.
        let right = example_of(family);
        let name = right["event"].as_str().unwrap();
        let mut others = vec![name.replacen('.', "x", 1), format!("x{name}"), name.to_uppercase()];
        for choice in family.choices {
            let hole = family.name.part(name.as_bytes(), choice.hole).unwrap();
            others.push(name.replace(std::str::from_utf8(hole).unwrap(), "odd"));
        }
        let foreign = families().iter().filter(|other| !std::ptr::eq(*family, *other));
        others.extend(foreign.map(|other| example_of(other)["event"].as_str().unwrap().to_owned()));
        for other in others {
            let mut event = right.clone();
            event["event"] = json!(other);
            assert!(!schema.is_valid(&event), "{other} by {}", family.name.text);
        }
    }
}

#[test]
fn limits_are_those_of_the_server() {
    let schema = compiled(&all());
    let mut event = json!({
        "occurred": "2026-03-31T18:30:00Z", "event": "x".repeat(1024), "resource": {}, "payload": {},
        "id": "01a1ffe4-419a-726f-8626-5e21f619db83",
    });
    for label in 1..500 {
        event["resource"][format!("label-{label}")] = json!("x");
    }
    event["resource"]["prefect.resource.id"] = json!("acme.order.42");
    let both = |event: &Value| (schema.is_valid(event), documented(&event.to_string()).valid);
    assert_eq!(both(&event), (true, true));
    let mut more = event.clone();
    more["resource"]["label-500"] = json!("x");
    assert_eq!(both(&more), (false, false));
    event["event"] = json!("x".repeat(1025));
    assert_eq!(both(&event), (false, false));
}

#[test]
fn schemas_are_found_by_their_names_and_unknown_names_get_a_hint() {
    let named = |name: &str| prefect_events::simulate::schema::find(name).map(|schema| schema.name);
    for own in ["automation", "trigger", "deployment-triggers", "scenario", "event", "events"] {
        assert_eq!(named(own).as_deref(), Ok(own));
    }
    for family in families() {
        assert_eq!(named(family.name.text), Ok(name(family)));
    }
    assert_eq!(named("prefect.task-run.Running").as_deref(), Ok("prefect.task-run.state"));
    for (unknown, hint) in [
        ("triger", "; did you mean `trigger`?"),
        ("automatoin", "; did you mean `automation`?"),
        ("prefct.worker.started", "; did you mean `prefect.worker.started`?"),
        ("acme.order", "; the schema of any event is `event`"),
        ("xent", ""),
        ("", ""),
    ] {
        let said = named(unknown).map_err(|error| error.to_string());
        assert_eq!(said, Err(format!("unknown schema or event: {unknown}{hint}")));
    }
}
