//! What is rejected in the input of events and runs, with the key that it is about.

use prefect_events::generate::{
    BuildError, BuildErrorKind, BuildOptions, EventBuilder, RunSpec, Seed, build_event, build_run,
};
use serde_json::json;

fn options() -> BuildOptions {
    serde_json::from_value(json!({"seed": 7, "now": "2026-03-31T18:30:00Z"})).unwrap()
}

fn event(input: &[u8]) -> BuildError {
    build_event("prefect.task-run.Completed", input, &options()).unwrap_err()
}

fn run(spec: &[u8]) -> BuildError {
    RunSpec::from_json(spec).and_then(|spec| build_run(&spec, &options())).unwrap_err()
}

fn shown(error: &BuildError) -> (Option<&str>, String) {
    (error.key.as_deref(), error.to_string())
}

#[test]
fn rejects_lone_surrogates_with_their_key() {
    let half = b"\xED\xA0\x80";
    for (before, after, key) in [
        (r#"{"task_run": {"name": "a"#, r#""}}"#, "task_run.name"),
        (r#"{"tags": ["a", "b"#, r#""]}"#, "tags.1"),
        (r#"{"state": {"message": "a"#, r#""}}"#, "state.message"),
    ] {
        let bytes = [before.as_bytes(), half, after.as_bytes()].concat();
        let escaped = [before.as_bytes(), br"\ud800", after.as_bytes()].concat();
        for input in [bytes, escaped] {
            let message = format!("`{key}` contains a lone surrogate, which is not a character");
            assert_eq!(shown(&event(&input)), (Some(key), message));
        }
    }
    let custom = br#"{"resource": {"prefect.resource.id": "a", "name": "\udc00"}, "payload": {}}"#;
    let error = build_event("acme.paid", custom, &options()).unwrap_err();
    assert_eq!(error.key.as_deref(), Some("resource.name"));
    let custom = br#"{"resource": {"prefect.resource.id": "a"}, "payload": {"a": [1, {"\udc00": 1}]}}"#;
    let error = build_event("acme.paid", custom, &options()).unwrap_err();
    assert_eq!(error.key.as_deref(), Some(r"payload.a.1.\udc00"));
    assert_eq!(run(br#"{"tasks": [{"name": "\ud800"}]}"#).key.as_deref(), Some("tasks.0.name"));
    // A whole pair is a character.
    let whole = build_event("prefect.task-run.Completed", br#"{"task_run": {"name": "\ud83d\ude00"}}"#, &options());
    assert!(whole.unwrap().json().contains("\u{1F600}"));
}

#[test]
fn errors_have_a_kind() {
    let of = |name: &str, input: &[u8]| build_event(name, input, &options()).unwrap_err().kind;
    assert_eq!(of("prefect.task-rn.Completed", b"{}"), BuildErrorKind::UnknownEvent);
    assert_eq!(of("prefect.task-run.Completed", br#"{"task_run": {"nam": 1}}"#), BuildErrorKind::UnknownKey);
    assert_eq!(of("prefect.task-run.Completed", br#"{"task_run": {"id": "7"}}"#), BuildErrorKind::Invalid);
    assert_eq!(of("prefect.task-run.Completed", b"[]"), BuildErrorKind::Invalid);
    assert_eq!(run(br#"{"retry": {"for": "3m"}}"#).kind, BuildErrorKind::MissingKey);
    assert_eq!(run(br#"{"task": []}"#).kind, BuildErrorKind::UnknownKey);
}

#[test]
fn errors_name_the_key_and_the_input() {
    assert_eq!(event(br#"{"task_run": {"nam": 1}}"#).key.as_deref(), Some("task_run.nam"));
    assert_eq!(event(br#"{"task_run": {"id": "7"}}"#).key.as_deref(), Some("task_run.id"));
    assert_eq!(event(br#"{"occurred": "9999-12-31T23:59:59-01:00"}"#).key.as_deref(), Some("occurred"));
    assert_eq!(event(b"[]").key, None);
    let lines =
        EventBuilder::new("prefect.task-run.Completed", &options()).build_lines(br#"[{}, {"tags": 1}]"#).unwrap_err();
    assert_eq!((lines.key.as_deref(), lines.index), (Some("tags"), Some(1)));
    for (spec, key) in [
        (&br#"{"task": []}"#[..], "task"),
        (br#"{"tasks": [{"name": "a"}, {"name": "b", "duration": -1}]}"#, "tasks.1.duration"),
        (br#"{"subflows": [{"worker": "w"}]}"#, "subflows.0.worker"),
        (br#"{"flow": {"id": 7}}"#, "flow.id"),
        (br#"{"state": "Done"}"#, "state"),
        (br#"{"tasks": [{}]}"#, "tasks.0.name"),
        (br#"{"retry": {"for": "3m"}}"#, "retry.at"),
        (br#"{"heartbeat": {"frequency": 0.5}}"#, "heartbeat.frequency"),
    ] {
        assert_eq!(run(spec).key.as_deref(), Some(key), "{}", run(spec));
    }
    assert_eq!(
        run(br#"{"state": null}"#).to_string(),
        "`state` must be the name of a state, or a custom state such as \
         `{ name: \"Processed\", type: \"COMPLETED\" }`, not null"
    );
    assert_eq!(run(br#"{"retry": {"for": "3m"}}"#).to_string(), "`a run` needs `retry.at`");
    assert_eq!(
        run(br#"{"tasks": [7]}"#).to_string(),
        "`tasks` must be a list of objects such as `{ name: \"extract\" }`, not a number (`7`)"
    );
}

#[test]
fn rejects_what_is_not_json() {
    for text in ["", "{", "{'a': 1}", "{} {}", "{\"tags\": [1,]}"] {
        assert_eq!(event(text.as_bytes()).to_string(), "the input of an event must be an object", "{text}");
        assert_eq!(run(text.as_bytes()).to_string(), "a run must be an object", "{text}");
    }
    assert_eq!(event(b"{\"tags\": [\"\xFF\"]}").to_string(), "the input of an event must be an object");
}

#[test]
fn the_last_of_repeated_keys_counts() {
    let built = |text: &str| build_event("prefect.task-run.Completed", text.as_bytes(), &options()).unwrap();
    assert_eq!(
        built(r#"{"task_run": {"name": "a", "run_count": 3}, "task_run": {"name": "b"}}"#),
        built(r#"{"task_run": {"name": "b"}}"#)
    );
    let run = |text: &str| RunSpec::from_json(text.as_bytes()).unwrap();
    assert_eq!(run(r#"{"flow": "a", "tags": ["x"], "flow": "b"}"#), run(r#"{"tags": ["x"], "flow": "b"}"#));
}

#[test]
fn seeds_are_texts_or_numbers() {
    let seed = |value: serde_json::Value| serde_json::from_value::<Seed>(value).unwrap();
    assert_eq!(seed(json!(7)), seed(json!("7")));
    assert_eq!(seed(json!(-7)), Seed::from("-7"));
    assert_eq!(seed(json!(0.1)), Seed::from("0.1"));
    assert_eq!(seed(json!(1e21)), Seed::from("1e+21"));
    assert_eq!(seed(json!(1.5e-7)), Seed::from("1.5e-7"));
    let mistake = |value: serde_json::Value| serde_json::from_value::<BuildOptions>(value).unwrap_err().to_string();
    assert_eq!(mistake(json!({"sed": 1})), "unknown option `sed`: did you mean `seed`?");
    assert_eq!(mistake(json!({"seed": 1})), "missing field `now`");
    assert_eq!(
        mistake(json!({"seed": 1, "now": "soon"})),
        "the option `now`: invalid value: `soon`, expected a time such as `2026-03-31T18:30:00Z`"
    );
    assert_eq!(
        mistake(json!({"seed": [], "now": "2026-03-31T18:30:00Z"})),
        "the option `seed`: invalid type: sequence, expected a number or a text"
    );
}

#[test]
fn says_that_an_input_is_nested_too_deeply() {
    let nested = |before: &str, depth: usize, after: &str| {
        [before, &"[".repeat(depth), &"]".repeat(depth), after].concat().into_bytes()
    };
    let too_deep = "the input is nested more than 900 levels deep, which the server cannot read";
    let payload = r#"{"resource": {"prefect.resource.id": "a"}, "payload": {"tree": "#;
    let input = |depth| nested(payload, depth, "}}");
    build_event("acme.paid", &*input(898), &options()).unwrap();
    let error = build_event("acme.paid", &*input(899), &options()).unwrap_err();
    assert_eq!(shown(&error), (None, too_deep.to_owned()));
    let lines = |depth| {
        let inputs = [b"[", &*input(depth), b"]"].concat();
        EventBuilder::new("acme.paid", &options()).build_lines(&*inputs)
    };
    lines(897).unwrap();
    assert_eq!(shown(&lines(898).unwrap_err()), (None, too_deep.to_owned()));
    assert_eq!(shown(&run(&nested(r#"{"parameters": "#, 900, "}"))), (None, too_deep.to_owned()));
    // What is no JSON for another reason is not nested too deeply.
    let cut = nested("", 900, "");
    assert_eq!(event(&cut[..1000]).to_string(), "the input of an event must be an object");
}
