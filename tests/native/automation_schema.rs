//! The JSON Schemas of automations against `check`, and against the real server.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use jsonschema::{Draft, Validator};
use prefect_events::automation::schema::{AUTOMATION, DEPLOYMENT_TRIGGERS, TRIGGER, schemas};
use prefect_events::automation::{CheckOptions, Route, check};
use prefect_events::diagnostic::TextOptions;
use prefect_events::json::Kind;
use serde_json::{Value, json};

use super::cases;

/// Why a schema has a different verdict.
struct Class {
    name: &'static str,
    reason: &'static str,
    /// The schema rejects what Prefect accepts. Otherwise it accepts what Prefect rejects.
    stricter: bool,
    applies: fn(&Row) -> bool,
}

struct Row<'r> {
    document: &'r Value,
    /// The codes of the errors of `check`.
    errors: &'r [&'static str],
    /// The places and kinds of the schema's errors.
    mistakes: &'r [String],
}

impl Row<'_> {
    fn only(&self, code: &str) -> bool {
        !self.errors.is_empty() && self.errors.iter().all(|error| *error == code)
    }
}

/// Whether any object in a document satisfies this.
fn any_object(value: &Value, is: &dyn Fn(&serde_json::Map<String, Value>) -> bool) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| any_object(item, is)),
        Value::Object(object) => is(object) || object.values().any(|value| any_object(value, is)),
        _ => false,
    }
}

const CLASSES: &[Class] = &[
    Class {
        name: "ignored fields",
        reason: "Prefect drops unknown fields of triggers and actions; an editor should mark them",
        stricter: true,
        applies: |row| {
            any_object(row.document, &|object| {
                object.contains_key("surprise")
                    || object.contains_key("x")
                    || object.get("type") == Some(&json!("sequence")) && object.contains_key("require")
            })
        },
    },
    Class {
        name: "booleans for numbers",
        reason: "pydantic reads `true` as 1; an editor would propose it",
        stricter: true,
        applies: |row| {
            any_object(row.document, &|object| {
                ["threshold", "within", "require", "schedule_after"]
                    .iter()
                    .any(|field| object.get(*field).is_some_and(Value::is_boolean))
            })
        },
    },
    Class {
        name: "actions without a type",
        reason: "the server reads an action without a `type` as the first that fits; what is intended is unknown",
        stricter: true,
        applies: |row| {
            let actions = row.document["actions"].as_array();
            actions
                .is_some_and(|actions| actions.iter().any(|action| action.is_object() && action.get("type").is_none()))
        },
    },
    Class {
        name: "fields that the server writes",
        reason: "`prefect automation create` accepts an exported automation, the REST API does not",
        stricter: false,
        applies: |row| {
            row.only("unknown-automation-field")
                && ["id", "created"].iter().any(|field| row.document.get(field).is_some())
        },
    },
    Class {
        name: "loops of run-deployment",
        reason: "no schema can compare a trigger with an action",
        stricter: false,
        applies: |row| row.only("run-deployment-loop"),
    },
    Class {
        name: "more than there are triggers",
        reason: "no schema can compare a number with the length of a list",
        stricter: false,
        applies: |row| row.only("require-out-of-range"),
    },
    Class {
        name: "templates",
        reason: "no schema can read Jinja",
        stricter: false,
        applies: |row| row.only("invalid-template"),
    },
    Class {
        name: "payloads in JSON",
        reason: "`prefect automation create` only accepts a string, the REST API any JSON",
        stricter: false,
        applies: |row| {
            let is_json = |value: &Value| value.is_object() || value.is_array();
            row.only("wrong-automation-value")
                && any_object(row.document, &|object| object.get("payload").is_some_and(is_json))
        },
    },
    Class {
        name: "short windows as text",
        reason: "no pattern can compare `PT9S` with 10 seconds",
        stricter: false,
        applies: |row| {
            row.only("within-too-short")
                && any_object(row.document, &|object| object.get("within").is_some_and(Value::is_string))
        },
    },
];

fn schema(name: &str) -> Value {
    let all = schemas();
    let schema = all.iter().find(|schema| schema.name == name).unwrap();
    serde_json::from_str(&schema.line()).unwrap()
}

fn compiled(schema: &Value) -> Validator {
    let options = jsonschema::options().with_draft(Draft::Draft202012);
    options.should_validate_formats(true).build(schema).unwrap()
}

/// The places and kinds of a schema's errors.
pub(super) fn mistakes(validator: &Validator, document: &Value) -> Vec<String> {
    validator.iter_errors(document).map(|error| format!("{} {error}", error.instance_path())).collect()
}

#[derive(Default)]
pub(super) struct Comparison {
    pub(super) count: usize,
    classes: BTreeMap<&'static str, usize>,
    wrong: Vec<String>,
}

impl Comparison {
    pub(super) fn compare(
        &mut self,
        case: &str,
        mistakes: Vec<String>,
        document: &Value,
        text: &str,
        route: Route,
        accepted: bool,
    ) {
        self.count += 1;
        if mistakes.is_empty() == accepted {
            return;
        }
        let options = CheckOptions { route: Some(route), ..CheckOptions::default() };
        let report = check(text.as_bytes(), TextOptions::default(), &options).report;
        let errors: Vec<&'static str> = report
            .diagnostics
            .iter()
            .filter(|found| found.severity == prefect_events::diagnostic::Severity::Error)
            .map(|found| found.code)
            .collect();
        let row = Row { document, errors: &errors, mistakes: &mistakes };
        match CLASSES.iter().find(|class| class.stricter == accepted && (class.applies)(&row)) {
            Some(class) => *self.classes.entry(class.name).or_default() += 1,
            None => self.wrong.push(format!(
                "{case} {route:?}: accepted {accepted}, {errors:?}, the schema says {:?}\n    {text}",
                row.mistakes.iter().map(|one| one.chars().take(300).collect::<String>()).collect::<Vec<_>>()
            )),
        }
    }

    pub(super) fn end(self, expected: &[(&str, usize)]) {
        assert!(self.wrong.is_empty(), "{} of {}:\n{}", self.wrong.len(), self.count, self.wrong.join("\n"));
        for class in CLASSES {
            println!("{}: {} ({})", class.name, self.classes.get(class.name).unwrap_or(&0), class.reason);
        }
        assert_eq!(self.classes.into_iter().collect::<Vec<_>>(), expected);
    }
}

/// The rows of the verdicts, with the server's answers.
#[test]
fn agrees_with_the_server_on_every_row() {
    let (automation, trigger) = (compiled(&schema(AUTOMATION)), compiled(&schema(TRIGGER)));
    let (mut whole, mut single) = (Comparison::default(), 0);
    cases::each_row("automation-verdicts.ndjson.gz", |row| {
        let case = row.get("case").unwrap().string();
        let text = std::str::from_utf8(row.get("document").unwrap().raw()).unwrap();
        let document: Value = serde_json::from_str(text).unwrap();
        let accepted = row.at_path(&["server", "ok"]).unwrap().kind() == Kind::True;
        whole.compare(&case, mistakes(&automation, &document), &document, text, Route::Api, accepted);
        // Only the trigger: errors outside of it do not count.
        if let Some(inner) = document.get("trigger") {
            let mut only = document.clone();
            only["actions"] = json!([{"type": "do-nothing"}]);
            only["name"] = json!("n");
            let only = json!({"name": "n", "trigger": only["trigger"], "actions": only["actions"]});
            assert_eq!(trigger.is_valid(inner), automation.is_valid(&only), "{case}");
            single += 1;
        }
    });
    assert_eq!((whole.count, single), (475, 475));
    whole.end(&[
        ("actions without a type", 1),
        ("booleans for numbers", 3),
        ("fields that the server writes", 2),
        ("ignored fields", 6),
        ("loops of run-deployment", 65),
        ("more than there are triggers", 1),
        ("short windows as text", 1),
        ("templates", 2),
    ]);
}

/// The triggers of the same rows, with the answers of the models of `prefect deploy` and then of the server.
#[test]
fn agrees_with_prefect_deploy_on_every_row() {
    let validator = compiled(&schema(DEPLOYMENT_TRIGGERS));
    let mut recorded = BTreeMap::new();
    cases::each_row("automation-verdicts-by-route.ndjson.gz", |row| {
        let deploy = row.get("deploy").unwrap().kind();
        recorded.insert(row.get("case").unwrap().string().into_owned(), deploy);
    });
    let mut comparison = Comparison::default();
    cases::each_row("automation-verdicts.ndjson.gz", |row| {
        let case = row.get("case").unwrap().string();
        let Some(trigger) = row.at_path(&["document", "trigger"]) else { return };
        let accepted = match recorded[&*case] {
            Kind::Null => return,
            kind => kind == Kind::True,
        };
        let trigger: Value = serde_json::from_slice(trigger.raw()).unwrap();
        let text = json!({"triggers": [trigger]}).to_string();
        comparison.compare(
            &case,
            mistakes(&validator, &json!([trigger])),
            &json!([trigger]),
            &text,
            Route::Deploy,
            accepted,
        );
        // In a whole file the verdict is the same.
        let file = json!({"deployments": [{"name": "d", "triggers": [trigger]}]});
        assert_eq!(validator.is_valid(&json!([trigger])), validator.is_valid(&file), "{case}");
    });
    assert!(comparison.count > 460, "{}", comparison.count);
    comparison.end(&[
        ("booleans for numbers", 3),
        ("ignored fields", 5),
        ("loops of run-deployment", 27),
        ("more than there are triggers", 1),
        ("short windows as text", 1),
    ]);
}

/// Documents that a real server returned, and that its command line accepts.
#[test]
fn accepts_live_automations() {
    let validator = compiled(&schema(AUTOMATION));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/live/automations");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let document: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new(), "{}", path.display());
        for form in [json!([document]), json!({"automations": [document]})] {
            assert!(validator.is_valid(&form), "{}", path.display());
        }
        count += 1;
    }
    assert_eq!(count, 17);
}

/// Placeholders of `prefect deploy` can replace any value.
#[test]
fn accepts_placeholders_of_prefect_deploy() {
    let deploy = compiled(&schema(DEPLOYMENT_TRIGGERS));
    let api = compiled(&schema(TRIGGER));
    let right = json!({"expect": ["a.b"], "posture": "Reactive"});
    assert!(deploy.is_valid(&json!([right])) && api.is_valid(&right));
    for field in ["type", "posture", "match", "match_related", "after", "expect", "for_each", "threshold", "within"] {
        for (value, accepted) in [("{{ prefect.variables.x }}", true), ("{{ $W }}", true), ("{{}}", false)] {
            let mut trigger = right.clone();
            trigger[field] = json!(value);
            assert_eq!(deploy.is_valid(&json!([trigger])), accepted, "{trigger}");
            assert!(!api.is_valid(&trigger), "{trigger}");
        }
    }
}

/// Every property has a description, and every part is used.
#[test]
fn everything_is_described() {
    fn walk(value: &Value, path: &str, bare: &mut Vec<String>, used: &mut Vec<String>) {
        match value {
            Value::Object(object) => {
                if let Some(Value::String(target)) = object.get("$ref") {
                    used.push(target.replace("#/$defs/", ""));
                }
                let is_schema = object.get("additionalProperties") == Some(&json!(false));
                if let Some(Value::Object(properties)) = object.get("properties").filter(|_| is_schema) {
                    for (name, schema) in properties {
                        if schema.get("description").is_none() {
                            bare.push(format!("{path}/{name}"));
                        }
                    }
                }
                for (key, value) in object {
                    walk(value, &format!("{path}/{key}"), bare, used);
                }
            }
            Value::Array(items) => {
                for item in items {
                    walk(item, path, bare, used);
                }
            }
            _ => {}
        }
    }
    for name in [AUTOMATION, TRIGGER, DEPLOYMENT_TRIGGERS] {
        let schema = schema(name);
        let (mut bare, mut used) = (Vec::new(), Vec::new());
        walk(&schema, name, &mut bare, &mut used);
        assert_eq!(bare, Vec::<String>::new());
        for part in schema["$defs"].as_object().unwrap().keys() {
            assert!(used.contains(part), "{name}: {part}");
        }
        for part in &used {
            assert!(schema["$defs"].get(part).is_some(), "{name}: {part}");
        }
        assert!(!schema.to_string().contains(r#""description":"""#), "{name}");
    }
}
