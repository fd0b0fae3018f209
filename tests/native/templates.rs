//! Templates of actions against Jinja's own verdicts in the server (`validate_user_template`).

use prefect_events::automation::{self, CheckOptions, Route};
use prefect_events::diagnostic::{Report, TextOptions};

use serde_json::json;

use super::cases;

fn check(action: &str) -> Report {
    check_for(None, action)
}

fn check_for(route: Option<Route>, action: &str) -> Report {
    let text = format!(
        r#"{{"name": "n", "trigger": {{"type": "event", "posture": "Reactive", "expect": ["acme.a"]}}, "actions": [{action}]}}"#
    );
    let options = CheckOptions { route, ..CheckOptions::default() };
    automation::check(text.as_bytes(), TextOptions::default(), &options).report
}

const ID: &str = "11111111-1111-4111-8111-111111111111";

fn notification(body: &str) -> Report {
    let body = serde_json::to_string(body).unwrap();
    check(&format!(r#"{{"type": "send-notification", "block_document_id": "{ID}", "body": {body}}}"#))
}

fn parameters(parameters: &str) -> Report {
    check(&format!(r#"{{"type": "run-deployment", "deployment_id": "{ID}", "parameters": {parameters}}}"#))
}

fn codes(report: &Report) -> Vec<&str> {
    report.diagnostics.iter().map(|found| found.code).collect()
}

/// How many rows Jinja rejects and this does not.
const OVERLOOKED: usize = 53;

#[test]
fn agrees_with_jinja() {
    let (mut rows, mut overlooked, mut wrong) = (0, Vec::new(), Vec::new());
    cases::each_row("templates.ndjson.gz", |row| {
        rows += 1;
        let template = row.get("template").unwrap().string();
        let accepted = row.get("ok").unwrap().string() == "true";
        let is_wrong = codes(&notification(&template)).contains(&"invalid-template");
        match (accepted, is_wrong) {
            (true, true) => wrong.push(template.into_owned()),
            (false, false) => overlooked.push(template.into_owned()),
            _ => {}
        }
    });
    assert_eq!(rows, 3010);
    // Nothing that Jinja accepts is reported.
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(overlooked.len(), OVERLOOKED, "{overlooked:#?}");
}

#[test]
fn parameters_are_checked_at_any_depth() {
    let nested = |depth: usize| {
        let text = format!(r#"{}"{{{{ evnt.id }}}}"{}"#, r#"{"x": "#.repeat(depth), "}".repeat(depth));
        parameters(&text)
    };
    for depth in [1, 64, 65, 66, 500, 890] {
        assert_eq!(codes(&nested(depth)), ["template-undefined"], "{depth}");
    }
}

#[test]
fn each_text_of_a_payload_is_checked() {
    let texts = [vec!["{{ event.id }}"; 1000], vec!["{{ evnt.id }}"]].concat();
    // Prefect's client takes only a text.
    let action = json!({"type": "call-webhook", "block_document_id": ID, "payload": texts});
    assert_eq!(codes(&check_for(Some(Route::Api), &action.to_string())), ["template-undefined"]);
}

/// Parameters, and whether the server accepted them in a new automation.
#[test]
fn agrees_with_the_server_on_parameters() {
    for (text, accepted) in [
        (r#"{"x": "{{ event.payload.x "}"#, false),
        (r#"{"x": ["{{ bad"]}"#, true),
        (r#"{"x": {"y": "{{ bad"}}"#, false),
        (r#"{"x": "{{- a -}}"}"#, false),
        (r#"{"x": "{{ a | tojson }}"}"#, true),
        (r#"{"x": {"__prefect_kind": "jnja", "template": "{{ a }}"}}"#, true),
        (r#"{"x": {"__prefect_kind": "json", "value": "{bad"}}"#, false),
        (r#"{"x": {"__prefect_kind": "json"}}"#, true),
        (r#"{"x": {"__prefect_kind": "jinja"}}"#, false),
        (r#"{"x": {"__prefect_kind": "none"}}"#, false),
        (r#"{"x": {"__prefect_kind": "jinja", "template": 5}}"#, true),
        (r#"{"x": {"__prefect_kind": "jinja", "template": "{{ bad"}}"#, false),
        (r#"{"x": {"__prefect_kind": [1]}}"#, false),
        (r#"{"x": {"__prefect_kind": "workspace_variable"}}"#, true),
        (r#"{"__prefect_kind": "jinja", "template": "{{ x }}"}"#, true),
        (r#"{"x": [{"y": "{{ bad"}]}"#, true),
        (r#"{"x": [["{{ bad"]]}"#, true),
        (r#"{"x": {"__prefect_kind": "json", "value": {"__prefect_kind": "jinja", "template": "{{ bad"}}}"#, false),
        (r#"{"x": "{% if a %}"}"#, false),
        (r#"{"x": "a {{ b } c"}"#, false),
        (r#"{"x": "{{ a }} {{ b"}"#, false),
        (r#"{"x": "{{ a; b }}"}"#, false),
        (r#"{"x": "{{ a if b }}"}"#, true),
        (r#"{"x": [{"__prefect_kind": "json", "value": "{bad"}]}"#, true),
        (r#"{"x": {"__prefect_kind": "none", "value": "{{ bad"}}"#, true),
        (r#"{"x": {"__prefect_kind": "none", "value": {"__prefect_kind": "json", "value": "{bad"}}}"#, false),
        (r#"{"x": {"__prefect_kind": null, "value": 1}}"#, true),
        (r#"{"x": {"__prefect_kind": "json", "value": 5}}"#, true),
        (r#"{"__prefect_kind": "none"}"#, false),
        (r#"{"x": "{{ a }}", "y": {"z": {"w": "{{ b | }}"}}}"#, false),
        (r##"{"x": "{# {{ a #}"}"##, true),
        (r#"{"x": "{{"}"#, false),
    ] {
        assert_eq!(parameters(text).errors == 0, accepted, "{text}: {:?}", codes(&parameters(text)));
    }
}

#[test]
fn names_what_renders_to_nothing() {
    for (template, expected) in [
        ("{{ event.name }}", &["template-undefined"][..]),
        ("{{ flow_run_url }}", &["template-undefined"]),
        ("{{ flow_run | ui_url }} {{ event | ui_resource_events_url }}", &[]),
        ("{{ prefect.variables.x }}", &["template-undefined"]),
        ("{{ evnt.event }}", &["template-undefined"]),
        ("{{ event.payload.anything.at.all }} {{ labels.x }} {{ event.resource['a'] }}", &[]),
        ("{{ foo | default('x') }} {% if bar is defined %}{{ bar }}{% endif %}", &[]),
        ("{% for one in event.related %}{{ one.id }} {{ loop.index }}{% endfor %}", &[]),
        ("{% set x = event.event %}{{ x }}", &[]),
        ("{{ event.event | upper | nosuch }}", &["template-unknown-filter"]),
        ("{{ event.event is nosuch }}", &["template-unknown-filter"]),
        ("{{ flow_run.url }}", &["template-undefined"]),
        ("{{ event.payload }}", &[]),
        ("{{ flow_run.state.message }} {{ deployment.name }} {{ work_pool.name }} {{ variables.x }}", &[]),
        ("{{ event.occurred | humanize_naturaltime }}", &[]),
    ] {
        assert_eq!(codes(&notification(template)), expected, "{template}");
    }
    for (text, expected) in [
        (r#"{"x": "{{ flow_run.id }}"}"#, &["template-not-json"][..]),
        (r#"{"x": "{{ flow_run.id }} "}"#, &["template-not-json"]),
        (r#"{"x": "run {{ flow_run.id }}"}"#, &[]),
        (r#"{"x": "{{ flow_run.id | string }}"}"#, &[]),
        (r#"{"x": "{{ event.payload.count }}"}"#, &[]),
        (r#"{"x": {"__prefect_kind": "jinja", "template": "{{ event.payload.count }}"}}"#, &["template-value-as-text"]),
        (r#"{"x": ["{{ bad"]}"#, &["template-fails"]),
        (r#"{"x": {"__prefect_kind": "workspace_variables"}}"#, &["unknown-prefect-kind"]),
    ] {
        assert_eq!(codes(&parameters(text)), expected, "{text}");
    }
}

/// Of the objects whose names begin alike, the longest is meant.
#[test]
fn variables_of_old_templates_get_the_new_name() {
    let report = notification("{{ flow_run_url }} {{ flow_run_name }}");
    let help: Vec<_> = report.diagnostics.iter().filter_map(|found| found.help.as_deref()).collect();
    assert_eq!(help, ["write `{{ flow_run | ui_url }}`", "write `flow_run.name`"]);
}

/// No findings must mean that a template was examined.
#[test]
fn says_which_templates_are_not_examined() {
    let (long, deep) = ("x".repeat(100_001) + "{{ 1 }}", ["{{ 1", &"|e".repeat(301), "}}"].concat());
    for (template, reason) in [(long, "longer than 100,000 bytes"), (deep, "nested deeper than 300 levels")] {
        let text = serde_json::to_string(&template).unwrap();
        let reports = [
            notification(&template),
            parameters(&format!(r#"{{"x": {text}}}"#)),
            parameters(&format!(r#"{{"x": {{"__prefect_kind": "jinja", "template": {text}}}}}"#)),
        ];
        for report in reports {
            assert_eq!(codes(&report), ["template-not-examined"]);
            assert!(report.diagnostics[0].message.ends_with(&format!("because it is {reason}")));
        }
    }
    assert_eq!(codes(&notification(&("x".repeat(99_993) + "{{ 1 }}"))), Vec::<&str>::new());
    assert_eq!(codes(&notification(&["{{ 1", &"|e".repeat(299), "}}"].concat())), Vec::<&str>::new());
}

/// No findings must mean that each name was examined.
#[test]
fn each_name_of_a_template_is_checked() {
    let many = |one: &dyn Fn(usize) -> String| (0..150).map(one).collect::<String>();
    let many = [
        many(&|at| format!("{{{{ event.payload.a{at} }}}}")),
        many(&|at| format!("{{% set a{at} = event.id %}}{{{{ a{at} }}}}")),
        many(&|at| format!("{{{{ b{at}.c.d | default(1) }}}}{{{{ b{at}.c.d.e }}}}")),
    ];
    for many in many {
        let template = format!("{many}{{{{ evnt.a }}}}{{{{ evnt.b | evnt }}}}");
        assert_eq!(codes(&notification(&template)), ["template-undefined", "template-unknown-filter"], "{template}");
    }
    let filters = format!("{}{{{{ 1 | nosuch }}}}{{{{ 1 is nosuch }}}}", "{{ 1 | int }}{{ 1 is odd }}".repeat(150));
    assert_eq!(codes(&notification(&filters)), ["template-unknown-filter"; 2]);
    assert_eq!(notification(&"{{ a0 | b0 }}{{ a1 | b1 }}".repeat(3)).diagnostics.len(), 4);
    let different = (0..1500).map(|at| format!("{{{{ a{at} }}}}")).collect::<String>();
    assert_eq!(notification(&different).errors + notification(&different).warnings, 1500);
}
