//! The triggers of deployments in a `prefect.yaml` imply their action: it runs the deployment, with the trigger's
//! parameters.

use prefect_events::simulate::{ActionSettings, EventTexts, ReplayOptions, replay, replay_actions};
use serde_json::{Value as Json, json};

const FILE: &str = r#"
deployments:
  - name: load
    entrypoint: flows.py:load
    triggers:
      - type: event
        expect: [acme.order.paid]
        parameters:
          order: "{{ event.resource.id }}"
          total: "{{ event.payload.total }}"
          note: "for {{ flow_run.name }}"
        job_variables: {image: "{{ not rendered }}"}
      - type: event
        expect: [acme.order.paid]
  - name: report
    entrypoint: flows.py:report
    triggers:
      - type: event
        name: By hand
        enabled: true
        expect: [acme.order.paid]
"#;

const EVENT: &str = r#"{"id": "00000000-0000-4000-8000-000000000001", "occurred": "2026-03-01T12:00:00Z",
    "event": "acme.order.paid", "resource": {"prefect.resource.id": "acme.order.7"}, "payload": {"total": 12}}"#;

#[test]
fn the_trigger_of_a_deployment_runs_it_with_its_parameters() {
    let events: EventTexts<'_> = EVENT.into();
    let result =
        replay_actions(FILE.into(), &events, None, &ReplayOptions::default(), &ActionSettings::default()).unwrap();
    assert_eq!(result.errors, []);
    assert_eq!(result.firings.len(), 3);
    let first = &result.firings[0].actions;
    assert_eq!(first.len(), 1);
    assert_eq!((&*first[0].kind, &*first[0].summary), ("run-deployment", "runs the deployment load"));
    let shown = serde_json::to_value(&first[0]).unwrap();
    assert_eq!(shown["parameters"]["order"], json!("acme.order.7"));
    assert_eq!(shown["parameters"]["total"], json!(12), "a single expression keeps its type");
    assert_eq!(shown["jobVariables"], json!({"image": "{{ not rendered }}"}));
    assert_eq!(
        shown["target"],
        json!({"kind": "prefect.deployment", "id": "‹deployment.id›", "name": "load", "inferred": false})
    );
    let unknown: Vec<&Json> =
        shown["uses"].as_array().unwrap().iter().filter(|one| one["source"] == "unknown").collect();
    assert_eq!(unknown, [&json!({"name": "deployment.id", "source": "unknown"})]);
    for (place, name) in [(1, "load"), (2, "report")] {
        let actions = &result.firings[place].actions;
        assert_eq!(actions[0].summary, format!("runs the deployment {name}"));
        assert_eq!(actions[0].parameters.as_deref(), Some("{}"));
    }
}

/// `_initialize_deployment_triggers` of `prefect deploy`.
#[test]
fn its_automation_has_the_name_that_prefect_gives() {
    let result = replay(FILE.into(), EVENT.into(), &ReplayOptions::default()).unwrap();
    let names: Vec<_> = result.automations.iter().map(|one| one.automation.as_deref().unwrap()).collect();
    assert_eq!(names, ["load__automation_1", "load__automation_2", "By hand"]);
}
