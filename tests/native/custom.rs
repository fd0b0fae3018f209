//! The user's own JSON Schemas.

use std::sync::Arc;

use prefect_events::diagnostic::TextOptions;
use prefect_events::diagnostic::{Code, Diagnostic, Report};
use prefect_events::explain::explain;
use prefect_events::schema::{all, schemas};
use prefect_events::text::steps;
use prefect_events::validate::{SchemaFile, Schemas, StreamValidator, ValidateOptions, Validator, validate};
use serde_json::Value;

use super::cases;
use super::options::validate_options;

/// An event of Acme's with this payload.
fn order(payload: &str) -> String {
    [
        r#"{"occurred": "2026-03-31T18:30:00Z", "event": "acme.order.created", "resource": {"prefect.resource.id": "acme.order.42"}, "payload": "#,
        payload,
        r#", "id": "01a1ffe4-419a-726f-8626-5e21f619db83"}"#,
    ]
    .concat()
}

/// A schema of the event, from the payload's members.
fn payload(schema: &str) -> String {
    format!(r#"{{"schemas": {{"acme.order.*": {{"properties": {{"payload": {schema}}}}}}}}}"#)
}

fn check(text: &str, options: &str) -> Report {
    validate(text.as_bytes(), TextOptions::default(), &validate_options(options).unwrap())
}

/// Path, message, and the marked text.
fn found(schema: &str, instance: &str) -> Vec<(String, String, String)> {
    let text = order(instance);
    let described = |found: Diagnostic| {
        assert_eq!(found.code, "schema-violation", "{}", found.message);
        let range = found.range.unwrap();
        let marked = text[range.start.offset as usize..range.end.offset as usize].to_owned();
        (found.path, found.message, marked)
    };
    check(&text, &payload(schema)).diagnostics.into_iter().map(described).collect()
}

fn one(schema: &str, instance: &str) -> (String, String, String) {
    let mut all = found(schema, instance);
    assert_eq!(all.len(), 1, "{all:#?}");
    all.remove(0)
}

fn mistake(options: &str) -> String {
    validate_options(options).err().unwrap_or_default()
}

#[test]
fn each_keyword_has_a_message() {
    let cases = [
        (
            r#"{"properties": {"a": {"type": "number"}}}"#,
            r#"{"a": "x"}"#,
            "/payload/a",
            "`/payload/a` must be a number, not `x`",
            r#""x""#,
        ),
        (
            r#"{"properties": {"a": {"type": ["integer", "null"]}}}"#,
            r#"{"a": 1.5}"#,
            "/payload/a",
            "`/payload/a` must be null or a whole number, not a number (`1.5`)",
            "1.5",
        ),
        (r#"{"required": ["a"]}"#, r#"{"b": 1}"#, "/payload/a", "`/payload` must have `a`", "{"),
        (
            r#"{"properties": {"b": {}}, "additionalProperties": false}"#,
            r#"{"a~/": 1}"#,
            "/payload/a~0~1",
            "`/payload` must not have `a~/`",
            r#""a~/""#,
        ),
        (
            r#"{"properties": {"a": {"enum": ["x", "y", 3]}}}"#,
            r#"{"a": "z"}"#,
            "/payload/a",
            "`/payload/a` must be `x`, `y` or `3`, not `z`",
            r#""z""#,
        ),
        (
            r#"{"properties": {"a": {"const": true}}}"#,
            r#"{"a": false}"#,
            "/payload/a",
            "`/payload/a` must be `true`, not a boolean (`false`)",
            "false",
        ),
        (
            r#"{"properties": {"a": {"minimum": 0}}}"#,
            r#"{"a": -1}"#,
            "/payload/a",
            "`/payload/a` must be at least `0`, not a number (`-1`)",
            "-1",
        ),
        (
            r#"{"properties": {"a": {"exclusiveMaximum": 5}}}"#,
            r#"{"a": 5}"#,
            "/payload/a",
            "`/payload/a` must be less than `5`, not a number (`5`)",
            "5",
        ),
        (
            r#"{"properties": {"a": {"minLength": 3}}}"#,
            r#"{"a": "é"}"#,
            "/payload/a",
            "`/payload/a` must have at least 3 characters, unlike `é`",
            "",
        ),
        (
            r#"{"properties": {"a": {"pattern": "^b+$"}}}"#,
            r#"{"a": "c"}"#,
            "/payload/a",
            "`/payload/a` must match the pattern `^b+$`, unlike `c`",
            r#""c""#,
        ),
        (
            r#"{"properties": {"a": {"format": "date"}}}"#,
            r#"{"a": "today"}"#,
            "/payload/a",
            "`/payload/a` must have the format `date`, unlike `today`",
            r#""today""#,
        ),
        (
            r#"{"properties": {"a": {"uniqueItems": true}}}"#,
            r#"{"a": [1, 1]}"#,
            "/payload/a",
            "`/payload/a` must not have the same item twice",
            "[1, 1]",
        ),
        (
            r#"{"properties": {"a": {"items": {"maxItems": 1}}}}"#,
            r#"{"a": [[], [1, 2]]}"#,
            "/payload/a/1",
            "`/payload/a/1` must have at most 1 item",
            "[1, 2]",
        ),
        (r#"{"properties": {"a": false}}"#, r#"{"a": 1}"#, "/payload/a", "`/payload/a` must not be present", "1"),
        (
            r#"{"propertyNames": {"maxLength": 1}}"#,
            r#"{"ab": 1}"#,
            "/payload",
            "`/payload` must not have a key like `ab`, which must have at most 1 character, unlike it",
            r#"{"ab": 1}"#,
        ),
    ];
    for (schema, instance, path, sentence, marked) in cases {
        let found = one(schema, instance);
        assert_eq!((found.0.as_str(), found.1.as_str()), (path, sentence));
        if instance.is_ascii() {
            assert_eq!(found.2, marked, "{sentence}");
        }
    }
}

#[test]
fn each_cause_has_one_finding() {
    let shapes = r#"{"oneOf": [
        {"properties": {"kind": {"const": "card"}, "number": {"type": "string"}}},
        {"properties": {"kind": {"const": "cash"}, "amount": {"type": "number"}}}
    ]}"#;
    assert_eq!(one(shapes, r#"{"kind": "cash", "amount": "1"}"#).0, "/payload/amount");
    assert!(one(shapes, r#"{"kind": "gold"}"#).1.ends_with("must match a schema in `oneOf`, but matches none"));
    let nullable = r#"{"properties": {"a": {"anyOf": [{"type": "null"}, {"type": "object", "required": ["b"]}]}}}"#;
    assert_eq!(one(nullable, r#"{"a": {}}"#).0, "/payload/a/b");
    // A rejected member is not unevaluated too.
    let closed = r#"{"properties": {"a": {"type": "number"}}, "unevaluatedProperties": false}"#;
    assert_eq!(one(closed, r#"{"a": "x"}"#).1, "`/payload/a` must be a number, not `x`");
    // Errors of the general rules are not repeated in other words.
    let report = check(&order("5"), &payload(r#"{"type": "object"}"#));
    let codes: Vec<&str> = report.diagnostics.iter().map(|found| found.code).collect();
    assert_eq!(codes.len(), 1, "{codes:?}");
    assert_ne!(codes, ["schema-violation"]);
}

#[test]
fn schemas_apply_to_events_that_match_their_pattern() {
    let count = |schemas: &str| check(&order("{}"), &format!(r#"{{"schemas": {schemas}}}"#)).errors;
    for pattern in ["acme.order.*", "acme.*", "*", "acme.order.created", "acme.order.creat[e]?"] {
        assert_eq!(count(&format!(r#"{{"{pattern}": false}}"#)), 1, "{pattern}");
    }
    for pattern in ["acme.order", "order.*", "Acme.*", "acme.order.[!c]*"] {
        assert_eq!(count(&format!(r#"{{"{pattern}": false}}"#)), 0, "{pattern}");
    }
    assert_eq!(count(r#"{"acme.*": false, "*.created": false}"#), 2);
    assert_eq!(count(r#"{"acme.*": {"x-prefect-events": "other", "not": {}}}"#), 0);
    assert_eq!(count(r#"{"other": {"x-prefect-events": ["x", "acme.*"], "not": {}}}"#), 1);
}

#[test]
fn schemas_refer_only_to_one_another() {
    let price = r#""price": {"type": "number"}"#;
    let with = |reference: &str, others: &str| {
        format!(
            r#"{{"schemas": {{"acme.order.*": {{"properties": {{"payload": {{"properties": {{"total": {{"$ref": "{reference}"}}}}}}}}}}, {others}}}}}"#
        )
    };
    let id = r#""x": {"$id": "https://acme.example/price", "type": "number"}"#;
    for options in [with("price", price), with("price.json", price), with("https://acme.example/price", id)] {
        let report = check(&order(r#"{"total": "1"}"#), &options);
        assert_eq!(report.errors, 1, "{options}");
        assert!(report.diagnostics[0].help.as_deref().unwrap().contains("/total/$ref/type"));
        assert_eq!(check(&order(r#"{"total": 1}"#), &options).errors, 0);
    }
    assert_eq!(
        mistake(&with("https://acme.example/none.json", price)),
        "invalid schema `acme.order.*`: it refers to `https://acme.example/none.json`, which is not one of the given schemas (nothing is fetched) (at `#/properties/payload/properties/total/$ref`)"
    );
    let missing = mistake(&with("#/$defs/none", price));
    assert!(missing.contains("which does not exist (at `#/properties/payload/properties/total/$ref`)"), "{missing}");
}

#[test]
fn all_drafts_are_known() {
    for (draft, schema) in [
        ("http://json-schema.org/draft-04/schema#", r#"{"maximum": 5, "exclusiveMaximum": true}"#),
        ("http://json-schema.org/draft-06/schema#", r#"{"exclusiveMaximum": 5}"#),
        ("http://json-schema.org/draft-07/schema#", r#"{"if": true, "then": {"exclusiveMaximum": 5}}"#),
        ("https://json-schema.org/draft/2019-09/schema", r#"{"exclusiveMaximum": 5}"#),
        ("https://json-schema.org/draft/2020-12/schema", r#"{"exclusiveMaximum": 5}"#),
    ] {
        let options = format!(
            r#"{{"schemas": {{"acme.*": {{"$schema": "{draft}", "properties": {{"payload": {{"properties": {{"a": {schema}}}}}}}}}}}}}"#
        );
        assert_eq!(check(&order(r#"{"a": 5}"#), &options).errors, 1, "{draft}");
        assert_eq!(check(&order(r#"{"a": 4}"#), &options).errors, 0, "{draft}");
    }
}

#[test]
fn reports_invalid_schemas_with_their_place() {
    assert_eq!(
        mistake(r#"{"schemas": []}"#),
        "the option `schemas` must be an object of event names and JSON Schemas, not an array (`[]`)"
    );
    assert_eq!(
        mistake(r#"{"schemas": {"a": 5}}"#),
        "invalid schema `a`: a JSON Schema is an object, `true` or `false` (at `#`)"
    );
    let bad = |schema: &str| mistake(&format!(r#"{{"schemas": {{"a": {schema}}}}}"#));
    assert!(
        bad(r#"{"properties": {"x": {"type": "strng"}}}"#).ends_with("(at `#/properties/x/type`)"),
        "{}",
        bad(r#"{"properties": {"x": {"type": "strng"}}}"#)
    );
    assert!(
        bad(r#"{"properties": {"x": {"minimum": "1"}}}"#)
            .ends_with("`minimum` must be a number, not the string `1` (at `#/properties/x/minimum`)"),
        "{}",
        bad(r#"{"properties": {"x": {"minimum": "1"}}}"#)
    );
    assert!(
        bad(r#"{"properties": {"x": {"pattern": "("}}}"#).contains("(at `#/properties/x/pattern`)"),
        "{}",
        bad(r#"{"properties": {"x": {"pattern": "("}}}"#)
    );
    assert!(
        bad(r#"{"$schema": "https://acme.example/meta"}"#).contains("(at `#/$schema`)"),
        "{}",
        bad(r#"{"$schema": "https://acme.example/meta"}"#)
    );
    let deep = format!(r#"{{"a": {}{{}}{}}}"#, r#"{"not":"#.repeat(200), "}".repeat(200));
    assert!(Schemas::read(&deep).unwrap_err().to_string().contains("nested too deeply"));
}

#[test]
fn settings_count() {
    let with = |more: &str| {
        let options = payload(r#"{"required": ["a", "b", "c"]}"#);
        check(&order("{}"), &format!("{}, {more}}}", options.strip_suffix('}').unwrap()))
    };
    assert_eq!(with(r#""profile": "server""#).errors, 3);
    let warned = with(r#""severity": {"schema-violation": "warning"}"#);
    assert_eq!((warned.valid, warned.warnings), (true, 3));
    assert_eq!(with(r#""severity": {"schema-violation": "off"}"#).errors, 0);
    let few = with(r#""maxDiagnostics": 1"#);
    assert_eq!((few.errors, few.diagnostics.len(), few.truncated), (3, 1, Some(2)));
}

#[test]
fn checks_every_event_even_similar_ones() {
    let event: Value = serde_json::from_str(&explain(Code::MISSING_LABEL).right).unwrap();
    let line = event.to_string();
    let lines = format!("{line}\n{line}\n{line}\n");
    let settings = validate_options(r#"{"schemas": {"prefect.*": false}}"#).unwrap();
    assert!(validate(lines.as_bytes(), TextOptions::default(), &settings).errors >= 3);
    let mut stream = StreamValidator::new(settings);
    let of_schema = |report: Report| {
        report
            .diagnostics
            .iter()
            .filter(|found| found.code == "schema-violation")
            .map(|found| found.index)
            .collect::<Vec<_>>()
    };
    assert_eq!(of_schema(stream.chunk(lines.as_bytes())), [Some(0), Some(1), Some(2)]);
    assert_eq!(of_schema(stream.chunk(lines.as_bytes())), [Some(3), Some(4), Some(5)]);
}

#[test]
fn files_are_read() {
    let file = |text: &str| {
        Schemas::of_files(&[SchemaFile { file: "s/a.*.json".to_owned(), key: "a.*".to_owned(), text: text.to_owned() }])
    };
    let sentence = |text: &str| file(text).unwrap_err().to_string();
    let read = file(r#" {"properties": {"payload": {"required": ["total"]}}} "#).unwrap();
    assert_eq!(format!("{read:?}"), r#"["a.*"]"#);
    let bad = sentence("{\n  \"properties\": {\n    \"é\": {\"type\": \"strng\"}\n  }\n}");
    assert!(bad.starts_with("s/a.*.json:3:19: invalid schema: "), "{bad}");
    let broken = sentence("{\n  \"type\" \"object\"\n}");
    assert_eq!(broken, "s/a.*.json:2:10: a colon is missing here: a key is followed by `:` and its value");
    assert!(sentence("").starts_with("s/a.*.json:1:1: "));
}

/// The error of the schemas, or the finding in an event; and the number of steps.
fn budget(schemas: &str, event: &str) -> (String, u64) {
    let before = steps();
    let outcome = match Schemas::read(schemas) {
        Err(error) => error.to_string(),
        Ok(schemas) => {
            let options = ValidateOptions { schemas: Some(Arc::new(schemas)), ..ValidateOptions::default() };
            let report = validate(event.as_bytes(), TextOptions::default(), &options);
            report.diagnostics.first().map_or(String::new(), |found| format!("{}: {}", found.code, found.message))
        }
    };
    (outcome, steps() - before)
}

/// `allOf` of two references to the next one, repeated this many times.
fn doubling(root: &str, levels: usize, last: &str) -> String {
    let level = |at: usize| {
        format!(r##""d{at}": {{"allOf": [{{"$ref": "#/$defs/d{0}"}}, {{"$ref": "#/$defs/d{0}"}}]}}"##, at + 1)
    };
    let all: Vec<String> = (0..levels).map(level).collect();
    format!(r##"{{"*": {{{root}, "$defs": {{{}, "d{levels}": {last}}}}}}}"##, all.join(", "))
}

#[test]
fn reports_work_beyond_the_budget_instead_of_doing_it() {
    let many = |count: usize, one: &dyn Fn(usize) -> String| (0..count).map(one).collect::<Vec<_>>().join(",");
    let nested = |level: &dyn Fn(&str) -> String| {
        (0..4).fold(r#"{"const": 1}"#.to_owned(), |inner, _| level(&many(20, &|_| inner.clone())))
    };
    let listed = order(&format!(r#"{{"a": [{}]}}"#, many(200_000, &|at| at.to_string())));
    let long = order(&format!(r#"{{"{}": [{}]}}"#, "k".repeat(300_000), many(100_000, &|at| at.to_string())));
    let items = |schema: &str| {
        format!(r#"{{"*": {{"properties": {{"payload": {{"additionalProperties": {{"items": {schema}}}}}}}}}}}"#)
    };
    let first = r##""$ref": "#/$defs/d0""##;
    let keywords = "more than 20000 of its keywords can apply to one value of an event";
    let values = "the schemas have more than 50000 values in total";
    let cases: [(&str, String, &str, &str); 15] = [
        ("nested allOf", doubling(first, 30, "{}"), "{}", keywords),
        ("nested allOf of itself", doubling(first, 30, r##"{"items": {"$ref": "#"}}"##), "{}", keywords),
        (
            "allOf for each item",
            doubling(
                r##""properties": {"payload": {"additionalProperties": {"items": {"$ref": "#/$defs/d0"}}}}"##,
                11,
                "{}",
            ),
            &listed,
            "schema-budget-exceeded",
        ),
        (
            "anyOf of very many",
            items(&format!(r#"{{"anyOf": [{}]}}"#, many(100_000, &|at| format!(r#"{{"const": {at}}}"#)))),
            &listed,
            values,
        ),
        (
            "anyOf of many",
            items(&format!(r#"{{"anyOf": [{}]}}"#, many(15_000, &|at| format!(r#"{{"const": {at}}}"#)))),
            &listed,
            "schema-budget-exceeded",
        ),
        ("anyOf in anyOf", items(&nested(&|all| format!(r#"{{"anyOf": [{all}]}}"#))), &listed, values),
        (
            "a long pattern",
            items(&format!(r#"{{"pattern": "{}"}}"#, many(200_000, &|at| at.to_string()).replace(',', "|"))),
            &listed,
            "a regular expression has more than 2000 bytes",
        ),
        (
            "a long pattern for keys",
            items(&format!(r#"{{"patternProperties": {{"{}": {{}}}}}}"#, "a|".repeat(2000))),
            &listed,
            "a regular expression has more than 2000 bytes",
        ),
        (
            "very many schemas",
            format!("{{{}}}", many(10_000, &|at| format!(r#""a{at}": {{}}"#))),
            "{}",
            "there are more than 1000 schemas",
        ),
        (
            "very many properties",
            items(&format!(r#"{{"properties": {{{}}}}}"#, many(300_000, &|at| format!(r#""p{at}": {{}}"#)))),
            &listed,
            values,
        ),
        (
            "a long list of what is required",
            items(&format!(r#"{{"required": [{}]}}"#, many(40_000, &|at| format!(r#""p{at}""#)))),
            &listed,
            keywords,
        ),
        (
            "references to very many anchors",
            format!(
                r#"{{"*": {{"allOf": [{}], "$defs": {{{}}}}}}}"#,
                many(10_000, &|_| r##"{"$ref": "#a"}"##.to_owned()),
                many(10_000, &|at| format!(r#""d{at}": {{"$anchor": "a"}}"#))
            ),
            "{}",
            keywords,
        ),
        (
            "references to nothing",
            format!(
                r#"{{"*": {{"allOf": [{}], "$defs": {{{}}}}}}}"#,
                many(10_000, &|at| format!(r##"{{"$ref": "#/x{at}"}}"##)),
                many(10_000, &|at| format!(r#""d{at}": {{"$id": "a{at}"}}"#))
            ),
            "{}",
            keywords,
        ),
        (
            "items of a wrong type",
            items(r#"{"type": "string"}"#),
            &listed,
            "schema-violation: `/payload/a/0` must be a string, not a number (`0`)",
        ),
        ("items of a wrong type below a long key", items(r#"{"type": "string"}"#), &long, "schema-budget-exceeded"),
    ];
    for (what, schemas, event, expected) in cases {
        let (outcome, steps) = budget(&schemas, event);
        assert!(outcome.contains(expected), "{what}: {outcome}");
        // Proportional to the texts, and to the limit for calculating the budget.
        let bound = 8 * (schemas.len() + event.len()) as u64 + 11_000_000;
        assert!(steps < bound, "{what}: {steps} of {bound} steps");
    }
}

#[test]
fn own_schemas_are_within_the_budget() {
    let captured = String::from_utf8(cases::read("events.ndjson.gz")).unwrap();
    let mut own: Vec<(String, String)> = schemas().iter().map(|schema| (schema.name.clone(), schema.text())).collect();
    own.push(("events".to_owned(), all().text()));
    for (name, text) in &own {
        let before = steps();
        let schemas = Schemas::read(&format!(r#"{{"*": {text}}}"#)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(steps() - before < 500_000, "{name}: {} steps", steps() - before);
        if name == "events" {
            let options = ValidateOptions {
                schemas: Some(Arc::new(schemas)),
                max_diagnostics: usize::MAX,
                ..ValidateOptions::default()
            };
            let report = validate(captured.as_bytes(), TextOptions::default(), &options);
            let exceeded = report.diagnostics.iter().filter(|found| found.code == "schema-budget-exceeded").count();
            assert_eq!(exceeded, 0);
        }
    }
    // All of them at once, as files of one folder.
    let together: Vec<String> = own.iter().map(|(name, text)| format!(r#""{name}": {text}"#)).collect();
    let before = steps();
    Schemas::read(&format!("{{{}}}", together.join(","))).unwrap_or_else(|error| panic!("{error}"));
    assert!(steps() - before < 2_000_000, "{} steps", steps() - before);
}

/// Events that are nested deeply are checked as the others are, and so are those beside them.
#[test]
fn deep_events_are_checked() {
    let deep = |depth: usize| {
        let payload = [r#"{"a": "#, &"[".repeat(depth), &"]".repeat(depth), "}"].concat();
        order(&payload)
    };
    let schemas = r#"{"acme.*": {"properties": {"payload": {"required": ["total"]}}}}"#;
    let options =
        ValidateOptions { schemas: Some(Schemas::read(schemas).unwrap().into()), ..ValidateOptions::default() };
    let violations = |text: &str| {
        let report = validate(text.as_bytes(), TextOptions::default(), &options);
        report.diagnostics.iter().filter(|found| found.code == "schema-violation").count()
    };
    for depth in [1, 188, 189, 195, 220, 253] {
        assert_eq!(violations(&deep(depth)), 1, "{depth}");
        assert_eq!(violations(&format!("[{}, {}]", deep(depth), order("{}"))), 2, "{depth}");
    }
}

#[test]
fn a_validator_keeps_the_last_schemas() {
    let (one, other) = (r#"{"acme.*": {"required": ["a"]}}"#, r#"{"acme.*": {"required": ["b"]}}"#);
    let mut validator = Validator::default();
    let read = validator.schemas(one).unwrap();
    assert!(Arc::ptr_eq(&read, &validator.schemas(one).unwrap()));
    assert!(validator.schemas("{").is_err());
    assert!(Arc::ptr_eq(&read, &validator.schemas(one).unwrap()));
    let options = ValidateOptions { schemas: Some(validator.schemas(other).unwrap()), ..ValidateOptions::default() };
    let report = validator.validate(order("{}").as_bytes(), TextOptions::default(), &options);
    assert!(report.diagnostics[0].message.contains("must have `b`"), "{:?}", report.diagnostics);
    assert!(!Arc::ptr_eq(&read, &validator.schemas(one).unwrap()));
}
