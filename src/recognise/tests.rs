//! The recognition of inputs.

use crate::json::{Tape, parse};
use crate::yaml;

use super::sniff::{Foreign, Sniffed, sniff};
use super::{Form, ItemForm, events_start, recognise};

/// The form of a text, and the places and kinds of its contents.
fn recognised(text: &str) -> (Form, Vec<(String, ItemForm)>) {
    let (mut tape, mut issues) = (Tape::new(), Vec::new());
    let is_json = parse(text.as_bytes(), 0, &mut tape, &mut issues).complete && issues.is_empty();
    if !is_json {
        yaml::read(text.as_bytes(), &mut tape).expect(text);
    }
    let document = tape.document(text.as_bytes());
    let recognised = recognise(document.root().expect(text));
    let items = recognised.items.into_iter().map(|item| (String::from(item.pointer), item.form));
    (recognised.form, items.collect())
}

const EVENT: &str = r#"{"occurred": "x", "event": "a", "resource": {}, "id": "y"}"#;
const AUTOMATION: &str = r#"{"name": "a", "trigger": {"expect": ["a"]}, "actions": []}"#;

type Input = (String, Form, Vec<(&'static str, ItemForm)>);

/// Texts, their forms, and their contents.
fn inputs() -> Vec<Input> {
    use ItemForm::{Automation, DeploymentTrigger, Event, Scenario, Trigger, Unknown};
    let given = |text: &str, form, items: &[(&'static str, ItemForm)]| (text.to_owned(), form, items.to_vec());
    vec![
        given(EVENT, Form::Event, &[("", Event)]),
        given(&format!("[{EVENT}, {EVENT}]"), Form::Events, &[("/0", Event), ("/1", Event)]),
        given(&format!(r#"{{"events": [{EVENT}], "total": 1}}"#), Form::Events, &[("/events/0", Event)]),
        given(&format!(r#"{{"type": "event", "event": {EVENT}}}"#), Form::Event, &[("/event", Event)]),
        given(AUTOMATION, Form::Automation, &[("", Automation)]),
        given(&format!("[{AUTOMATION}]"), Form::Automations, &[("/0", Automation)]),
        given(&format!(r#"{{"automations": [{AUTOMATION}]}}"#), Form::Automations, &[("/automations/0", Automation)]),
        given(&format!(r#"{{"results": [{AUTOMATION}]}}"#), Form::Automations, &[("/results/0", Automation)]),
        // With misspelt keys, it is still an automation.
        given("{name: a, triggers: {type: event}, action: []}", Form::Automation, &[("", Automation)]),
        given("{name: a, triggers: [{type: event}], action: []}", Form::Automation, &[("", Automation)]),
        given("{type: event, posture: Reactive}", Form::Trigger, &[("", Trigger)]),
        given("{type: event, events: [a]}", Form::Trigger, &[("", Trigger)]),
        given("{type: sequence, triggers: []}", Form::Trigger, &[("", Trigger)]),
        given("{enabled: true, expect: [a]}", Form::DeploymentTriggers, &[("", DeploymentTrigger)]),
        given("triggers: [{expect: [a]}]", Form::DeploymentTriggers, &[("/triggers/0", DeploymentTrigger)]),
        given("deployments: [{name: d}]", Form::PrefectYaml, &[]),
        given("{name: x, pull: [{a: b}]}", Form::PrefectYaml, &[]),
        given(
            "{deployments: [{name: d}, {triggers: [{expect: [a]}]}], automations: []}",
            Form::PrefectYaml,
            &[("/deployments/1/triggers/0", DeploymentTrigger)],
        ),
        given("{automation: crash-zombie-flows, runs: []}", Form::Scenario, &[("", Scenario)]),
        given(&format!("{{automation: ./a.yaml, events: [{EVENT}]}}"), Form::Scenario, &[("", Scenario)]),
        given("[{automation: a, expect: []}]", Form::Scenarios, &[("/0", Scenario)]),
        given(r#"{"format_version": "1.0", "terraform_version": "1.9.0"}"#, Form::Terraform, &[]),
        given(r#"{"name": "my-package", "version": "1.0.0", "type": "module"}"#, Form::Unknown, &[("", Unknown)]),
        given("[]", Form::Unknown, &[]),
    ]
}

#[test]
fn recognises_inputs() {
    for (text, form, items) in inputs() {
        let items: Vec<_> = items.into_iter().map(|(pointer, form)| (pointer.to_owned(), form)).collect();
        assert_eq!(recognised(&text), (form, items), "{text}");
    }
}

/// The first lines of a text in block style are enough to recognise it.
#[test]
fn recognises_yaml() {
    for (text, form) in [
        ("name: a\ntrigger:\n  type: event\nactions:\n  - type: do-nothing\n", Form::Automation),
        ("# an export\n- name: a\n  tags: []\n  trigger:\n    type: event\n- name: b\n", Form::Automations),
        ("automations:\n  - name: a\n", Form::Automations),
        ("type: event\nexpect:\n  - a\n", Form::Trigger),
        ("triggers:\n  - type: event\n", Form::DeploymentTriggers),
        ("enabled: true\nexpect: [a]\n", Form::DeploymentTriggers),
        ("name: x\nprefect-version: 3.9.1\ndeployments:\n", Form::PrefectYaml),
        ("pull:\n- prefect.deployments.steps.git_clone:\n    repository: x\n", Form::PrefectYaml),
        ("automation: crash-zombie-flows\nruns:\n  - {name: a}\n", Form::Scenario),
    ] {
        assert_eq!(sniff(text.as_bytes()), Some(Sniffed::Yaml(form)), "{text}");
        assert_eq!(recognised(text).0, form, "{text}");
    }
    for text in ["", "hello", "name: my-package\n", "occurred: x\nevent: y\n", "{\"a\": 1}"] {
        assert_eq!(sniff(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn recognises_text_that_is_neither_json_nor_yaml() {
    for (text, foreign) in [
        ("Automation(\n    name='a',\n", Foreign::Console),
        ("[\n    Automation(\n        name='a',\n", Foreign::Console),
        ("# main\nterraform {\n}\nresource \"prefect_automation\" \"a\" {\n  name = \"a\"\n}\n", Foreign::Hcl),
    ] {
        assert_eq!(sniff(text.as_bytes()), Some(Sniffed::Foreign(foreign)), "{text}");
    }
}

#[test]
fn finds_where_events_begin() {
    for (text, start) in [
        ("{}", 0),
        ("\u{feff}{}", 3),
        ("Subscribing to event stream...\n{}", 31),
        ("Subscribing to event stream...\r\n{}", 32),
        ("Subscribing to event stream... {}", 0),
        ("", 0),
    ] {
        assert_eq!(events_start(text.as_bytes()), start, "{text}");
    }
}
