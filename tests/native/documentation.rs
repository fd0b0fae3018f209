//! Differences between the documentation's examples and Prefect's events: events that follow the examples have no
//! errors.

use prefect_events::catalogue::{example, families};
use prefect_events::diagnostic::Severity;
use prefect_events::diagnostic::TextOptions;
use prefect_events::validate::{ValidateOptions, validate};
use serde_json::{Value, json};

const RUN: &str = "c4a7e1d2-36b8-4f09-9e5a-80d1f7b2c365";

fn right(family: &str, variant: Option<&str>) -> Value {
    let family = families().iter().find(|other| other.name.text == family).unwrap();
    serde_json::from_str(&example(family, variant)).unwrap()
}

/// The codes of the findings; none of them may be an error.
fn found(event: &Value) -> Vec<(&'static str, Severity, String)> {
    let report = validate(event.to_string().as_bytes(), TextOptions::default(), &ValidateOptions::default());
    assert!(report.valid, "{:#?}", report.diagnostics);
    report.diagnostics.into_iter().map(|found| (found.code, found.severity, found.path)).collect()
}

fn without_role(event: &mut Value, role: &str) {
    event["related"].as_array_mut().unwrap().retain(|related| related["prefect.resource.role"] != role);
}

/// D2: `task_run.flow_run_id` is in the table and in the example.
#[test]
fn the_flow_run_in_the_payload_of_a_task_run() {
    let mut event = right("prefect.task-run.{state}", Some("Completed"));
    let of = event["related"]
        .as_array()
        .unwrap()
        .iter()
        .find(|related| related["prefect.resource.role"] == "flow-run")
        .unwrap();
    let id = of["prefect.resource.id"].as_str().unwrap().rsplit('.').next().unwrap().to_owned();
    event["payload"]["task_run"]["flow_run_id"] = json!(id);
    let expected = ("emitter-differs", Severity::Info, "/payload/task_run/flow_run_id".to_owned());
    assert_eq!(found(&event), std::slice::from_ref(&expected));
    // Only there, as in the documentation.
    event["related"] = json!([]);
    event["payload"]["task_run"]["tags"] = json!([]);
    event["payload"]["task_run"]["flow_run_id"] = json!(RUN);
    assert_eq!(found(&event), [expected, ("missing-related", Severity::Info, "/related".to_owned())]);
}

/// D10: deployments are named `flow/deployment`.
#[test]
fn the_name_of_a_deployment_with_its_flow() {
    for family in [
        "prefect.deployment.created",
        "prefect.deployment.updated",
        "prefect.deployment.deleted",
        "prefect.deployment.{status}",
    ] {
        let mut event = right(family, None);
        event["resource"]["prefect.resource.name"] = json!("nightly-load/eu-west");
        assert_eq!(
            found(&event),
            [("emitter-differs", Severity::Info, "/resource/prefect.resource.name".to_owned())],
            "{family}"
        );
    }
}

/// D11: a field changes that deployments no longer have.
#[test]
fn a_change_of_a_field_that_is_not_watched() {
    let mut event = right("prefect.deployment.updated", None);
    event["payload"] = json!({"updated_fields": ["is_schedule_active"], "updates": {"is_schedule_active": {"from": false, "to": true}}});
    let found = found(&event);
    assert!(!found.is_empty() && found.iter().all(|(_, severity, _)| *severity == Severity::Warning), "{found:?}");
}

/// D16: the states of a task run have a type and a name only.
#[test]
fn the_states_of_a_task_run_cut_short() {
    let mut event = right("prefect.task-run.{state}", Some("Completed"));
    event["payload"]["initial_state"] = json!({"type": "RUNNING", "name": "Running"});
    event["payload"]["validated_state"] = json!({"type": "COMPLETED", "name": "Completed"});
    let paths = [
        "initial_state/message",
        "initial_state/state_details",
        "validated_state/message",
        "validated_state/state_details",
        "validated_state/data",
    ];
    let mut found = found(&event);
    found.sort_by_key(|(.., path)| paths.iter().position(|own| path.ends_with(own)));
    assert_eq!(found, paths.map(|path| ("missing-payload-field", Severity::Warning, format!("/payload/{path}"))));
}

/// D23: the worker of a pod or an ECS task is its bare name.
#[test]
fn a_worker_by_its_bare_name() {
    for family in ["prefect.kubernetes.pod.{phase}", "prefect.ecs.task.{status}"] {
        let mut event = right(family, Some("running"));
        without_role(&mut event, "worker");
        let related = event["related"].as_array_mut().unwrap();
        related.insert(0, json!({"prefect.resource.id": "night-shift", "prefect.resource.role": "worker", "prefect.worker-type": "kubernetes"}));
        assert_eq!(
            found(&event),
            [("emitter-differs", Severity::Warning, "/related/0/prefect.resource.id".to_owned())],
            "{family}"
        );
    }
}

/// D8: the documentation says that the flow is always present; Prefect omits it if it does not find it.
#[test]
fn reports_a_missing_flow() {
    let mut seen = 0;
    for (family, variant) in [
        ("prefect.flow-run.{state}", Some("Running")),
        ("prefect.deployment.created", None),
        ("prefect.worker.submitted-flow-run", None),
        ("prefect.worker.executed-flow-run", None),
    ] {
        let mut event = right(family, variant);
        without_role(&mut event, "flow");
        let found = found(&event);
        assert!(
            found.iter().all(|found| *found == ("missing-related", Severity::Warning, "/related".to_owned())),
            "{family}: {found:?}"
        );
        seen += found.len();
    }
    assert_eq!(seen, 4);
}
