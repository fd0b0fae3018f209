//! The list of inputs for an event, against the builder itself.

use prefect_events::catalogue::{Family, Input, describe, event_types, example, families};
use prefect_events::diagnostic::TextOptions;
use prefect_events::generate::{BuildOptions, BuiltEvent, build_event, custom_inputs, inputs};
use prefect_events::validate::{ValidateOptions, validate};
use serde_json::{Value, json};

fn built(name: &str, input: &Value) -> Result<String, String> {
    let options: BuildOptions = serde_json::from_value(json!({"seed": 7, "now": "2026-03-31T18:30:00Z"})).unwrap();
    build_event(name, input.to_string().as_bytes(), &options)
        .map(BuiltEvent::into_json)
        .map_err(|error| error.to_string())
}

fn name(family: &Family) -> String {
    let event: Value = serde_json::from_str(&example(family, None)).unwrap();
    event["event"].as_str().unwrap().to_owned()
}

fn set(input: &mut Value, key: &str, value: Value) {
    let mut at = input;
    for part in key.split('.') {
        if !at.is_object() {
            *at = json!({});
        }
        at = &mut at[part];
    }
    *at = value;
}

fn value(input: &Input) -> Value {
    let example = input.example.as_deref();
    serde_json::from_str(example.unwrap_or_else(|| panic!("`{}` has no example", input.key))).unwrap()
}

fn required(family: &'static Family) -> Value {
    let mut given = json!({});
    for input in inputs(family).iter().filter(|input| input.required) {
        set(&mut given, &input.key, value(input));
    }
    given
}

#[test]
fn examples_of_required_inputs_build_valid_events() {
    for family in families() {
        let given = required(family);
        let event = built(&name(family), &given).unwrap_or_else(|mistake| panic!("{mistake}\n{given:#}"));
        let report = validate(event.as_bytes(), TextOptions::default(), &ValidateOptions::default());
        assert_eq!(report.diagnostics.len(), 0, "{} {:?}\n{event}", family.name.text, report.diagnostics.first());
    }
}

#[test]
fn reports_missing_required_inputs() {
    for family in families() {
        let all = inputs(family);
        for without in all.iter().filter(|input| input.required) {
            let mut given = json!({});
            for input in all.iter().filter(|input| input.required && input.key != without.key) {
                set(&mut given, &input.key, value(input));
            }
            let mistake = built(&name(family), &given).unwrap_err();
            assert!(mistake.contains(&format!("needs `{}`", without.key)), "{mistake}");
        }
    }
}

#[test]
fn accepts_every_listed_key_and_no_other() {
    let mut count = 0;
    for family in families() {
        let name = name(family);
        for input in inputs(family) {
            let mut given = json!({});
            set(&mut given, &input.key, json!(null));
            let mistake = built(&name, &given).err().unwrap_or_default();
            assert!(!mistake.contains("knows no"), "{mistake}");
            count += 1;
        }
        let mut given = required(family);
        set(&mut given, "anything_else", json!("there"));
        assert!(built(&name, &given).unwrap_err().contains("has no `anything_else`"));
    }
    assert!(count > 800, "{count}");
}

#[test]
fn custom_events_accept_their_listed_keys_and_no_other() {
    let all = custom_inputs();
    let mut given = json!({});
    for input in all.iter().filter(|input| input.required) {
        assert!(built("acme.order.paid", &given).unwrap_err().contains(&format!("needs `{}`", input.key)));
        set(&mut given, &input.key, value(input));
    }
    let event = built("acme.order.paid", &given).unwrap();
    let report = validate(event.as_bytes(), TextOptions::default(), &ValidateOptions::default());
    assert_eq!(report.diagnostics.len(), 0, "{:?}\n{event}", report.diagnostics.first());
    let event: Value = serde_json::from_str(&event).unwrap();
    for input in &all {
        let is_always =
            event.get(&input.key).is_some_and(|value| *value != json!([]) && *value != json!({}) && !value.is_null());
        assert_eq!(input.always, is_always, "{}", input.key);
        given[&input.key] = event[&input.key].clone();
    }
    assert_eq!(serde_json::from_str::<Value>(&built("acme.order.paid", &given).unwrap()).unwrap(), event);
    given["anything_else"] = json!("there");
    assert!(built("acme.order.paid", &given).unwrap_err().contains("has no `anything_else`"));
}

#[test]
fn descriptions_of_events_list_their_inputs() {
    let types = serde_json::to_value(event_types(&inputs)).unwrap();
    let types = types.as_array().unwrap();
    let worker = types.iter().find(|one| one["namePattern"] == "prefect.worker.started").unwrap();
    let key = |key: &str| worker["inputs"].as_array().unwrap().iter().find(|input| input["key"] == key).unwrap();
    assert_eq!(
        *key("worker.type"),
        json!({
            "key": "worker.type", "required": true, "always": true, "type": "text", "example": "kubernetes",
            "meaning": "Worker type (for example, `kubernetes`, `process`, `docker`)",
        })
    );
    assert_eq!(key("worker.name_slug")["otherwise"], "the slug of `worker.name`");
    assert_eq!(key("worker.version")["otherwise"], "`3.9.1`");
    let task = types.iter().find(|one| one["namePattern"] == "prefect.ecs.task.{status}").unwrap();
    let mut ends = task["inputs"].as_array().unwrap().iter().map(|input| &input["otherwise"]);
    assert!(ends.any(|otherwise| otherwise == "the last part of `task.arn`"), "{task:#}");
    let state = types.iter().find(|one| one["namePattern"] == "prefect.flow-run.{state}").unwrap();
    let state = state["inputs"].as_array().unwrap().iter().find(|input| input["key"] == "state.name").unwrap();
    assert_eq!(state["named"], true);
}

#[test]
fn documented_extra_resources_and_fields_are_listed() {
    let more = json!({"prefect.resource.id": "acme.order.1", "prefect.resource.role": "order", "acme.total": "12"});
    let (mut with_related, mut with_payload) = (0, 0);
    for family in families() {
        let takes = |key: &str| inputs(family).iter().any(|input| input.key == key);
        let mut given = required(family);
        if takes("related") {
            given["related"] = json!([more]);
        }
        if takes("payload") {
            given["payload"] = json!({"acme_total": 12});
        }
        let event: Value = serde_json::from_str(&built(&name(family), &given).unwrap()).unwrap();
        if takes("related") {
            assert_eq!(event["related"].as_array().unwrap().last(), Some(&more), "{event:#}");
            with_related += 1;
        }
        if takes("payload") {
            assert_eq!(event["payload"]["acme_total"], 12, "{event:#}");
            with_payload += 1;
        }
    }
    assert!(with_related > 0 && with_payload > 0, "{with_related} {with_payload}");
}

#[test]
fn events_are_described_by_the_patterns_of_their_names_too() {
    let all = event_types(&inputs);
    let differ = |pattern: &&str| {
        let known = all.iter().find(|one| one.name_pattern == *pattern);
        describe(pattern, &inputs).as_ref() != known
    };
    let patterns: Vec<_> = all.iter().map(|one| one.name_pattern).filter(differ).collect();
    assert_eq!(patterns, Vec::<&str>::new());
    assert_eq!(describe("acme.{state}", &inputs), None);
}
