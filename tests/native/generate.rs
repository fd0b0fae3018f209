//! Built events: complete, and without findings.

use std::collections::{BTreeMap, BTreeSet};

use prefect_events::catalogue::{Family, example, families, find};
use prefect_events::diagnostic::TextOptions;
use prefect_events::generate::{BuildOptions, EventBuilder, RunSpec, build_event, build_run};
use prefect_events::time;
use prefect_events::validate::{ValidateOptions, validate};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::cases;

const NOW: &str = "2026-03-31T18:30:00Z";

fn options(seed: u64) -> BuildOptions {
    BuildOptions { seed: seed.into(), now: time::read(NOW.as_bytes()).unwrap().instant.unwrap() }
}

fn built(name: &str, input: &Value) -> Result<Value, String> {
    let built = build_event(name, input.to_string().as_bytes(), &options(7));
    built.map(|event| serde_json::to_value(&event).unwrap()).map_err(|error| error.to_string())
}

fn findings(event: &Value) -> Vec<String> {
    let report = validate(event.to_string().as_bytes(), TextOptions::default(), &ValidateOptions::default());
    report.diagnostics.iter().map(|found| format!("{} at {}: {}", found.code, found.path, found.message)).collect()
}

/// Values that only the caller knows. A required key missing here fails the tests.
fn answer(key: &str, event: &Value) -> Value {
    match key {
        "state.type" => json!("COMPLETED"),
        "follows" => json!("019d4528-e040-7abc-8000-000000000001"),
        "updates" => event["payload"]["updates"].clone(),
        "infrastructure.identifier" => json!("brave-otter-x7k2p"),
        "infrastructure.status_code" => json!(0),
        "worker.type" | "work_pool.type" => json!("kubernetes"),
        "asset.key" => json!("s3://warehouse/orders.parquet"),
        "concurrency_limit.limit" => json!(5),
        "artifact_collection.data" | "variable.value" => json!("# Report"),
        "action.type" => json!("call-webhook"),
        "action.reason" => json!("it did not answer"),
        "trigger.type" => json!("event"),
        "automation.trigger.type" => json!("event"),
        "block_type.slug" => json!("webhook"),
        "pod.namespace" => json!("prefect"),
        "task.arn" => json!("arn:aws:ecs:eu-west-1:123456789012:task/etl/9f2c4e7a1b3d45608c9e"),
        "step.qualified_name" => json!("prefect.deployments.steps.git_clone"),
        "transfer.source_profile" | "transfer.target_profile" => json!("local"),
        "transfer.source_url" | "transfer.target_url" => json!("http://127.0.0.1:4200/api"),
        "transfer.total_resources" | "transfer.succeeded" => json!(3),
        "transfer.failed" | "transfer.skipped" => json!(0),
        "subscription.cancel_at_period_end" | "account.cancel_at_period_end" => json!(false),
        "incident.status" => json!("active"),
        "resource.id" => json!("prefect-cloud.workspace.2e9a6c41-8f03-4d75-b1ec-70d5f4a3b968"),
        key => panic!("`{key}` is asked for"),
    }
}

fn set(input: &mut Value, key: &str, value: Value) {
    let mut at = input;
    for part in key.split('.') {
        if !at.is_object() {
            *at = Value::Object(Map::new());
        }
        at = &mut at[part];
    }
    *at = value;
}

/// The event with all required inputs.
fn complete(name: &str, mut input: Value, right: &Value, seed: u64) -> Value {
    for _ in 0..12 {
        match build_event(name, input.to_string().as_bytes(), &options(seed)) {
            Ok(event) => return serde_json::from_str(event.json()).unwrap(),
            Err(error) => {
                let message = error.to_string();
                let asked = message.strip_prefix(&format!("`{name}` needs `"));
                let key = asked
                    .and_then(|rest| rest.split('`').next())
                    .unwrap_or_else(|| panic!("{name}: {message}\n{input}"));
                assert_eq!(error.key.as_deref(), Some(key));
                set(&mut input, key, answer(key, right));
            }
        }
    }
    panic!("{name} asks without end: {input}");
}

/// The names of a family's events: each variant, and one beside them where a state can have any name.
fn names(family: &'static Family) -> Vec<(String, Value)> {
    let of = |variant: Option<&str>| {
        let right: Value = serde_json::from_str(&example(family, variant)).unwrap();
        (right["event"].as_str().unwrap().to_owned(), right)
    };
    let mut names: Vec<_> = family.variants.iter().map(|variant| of(Some(variant.name))).collect();
    if names.is_empty() {
        names.push(of(None));
    }
    names
}

#[test]
fn every_event_can_be_built() {
    let mut count = 0;
    for family in families() {
        for (name, right) in names(family) {
            let event = complete(&name, json!({}), &right, 7);
            assert_eq!(findings(&event), Vec::<String>::new(), "{event:#}");
            assert_eq!(event["event"], json!(name));
            count += 1;
        }
    }
    assert!(count > 140, "{count}");
}

/// The related resources of the catalogue's example, with new names and ids.
fn things(family: &'static Family, text: &str, tags: &[String]) -> Value {
    let mut input = json!({});
    for related in family.related {
        let key = if related.generation().key.is_empty() {
            related.role.replace('-', "_")
        } else {
            related.generation().key.to_owned()
        };
        match (key.as_str(), related.max) {
            ("tags", _) => set(&mut input, "tags", json!(tags)),
            ("creator" | "target", _) => {
                set(&mut input, &key, json!("prefect.automation.b6e0d3f8-2a94-4c71-8d5e-f3a17c9b0462"))
            }
            ("worker", _) => set(&mut input, "worker.name", json!(text)),
            ("work_pool", _) => set(&mut input, &key, json!({"name": text, "type": "docker"})),
            ("flow_run" | "task_run" | "flow" | "deployment" | "work_queue", _)
                if related.labels.iter().any(|label| label.name == "prefect.resource.name") =>
            {
                set(&mut input, &format!("{key}.name"), json!(text));
            }
            _ => {}
        }
    }
    input
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_built_of_anything_is_right(
        seed: u64,
        text in "[a-zA-Z0-9][ -~&&[^&/\"\\\\]]{0,20}",
        tags in prop::collection::vec("[a-z\u{e4}\u{1F600} ]{1,8}", 0..4),
        place in 0..10_000_usize,
    ) {
        let families = families();
        let family = &families[place % families.len()];
        let names = names(family);
        let (name, right) = &names[place / families.len() % names.len()];
        let input = things(family, text.trim(), &tags);
        let event = complete(name, input, right, seed);
        prop_assert_eq!(findings(&event), Vec::<String>::new(), "{}", event);
        prop_assert_eq!(complete(name, things(family, text.trim(), &[]), right, seed)["event"].clone(), json!(name));
    }
}

#[test]
fn the_same_seed_and_time_give_the_same_event() {
    let input = json!({"task_run": {"name": "say-hello-0"}}).to_string();
    let one = build_event("prefect.task-run.Completed", input.as_bytes(), &options(7));
    assert_eq!(one, build_event("prefect.task-run.Completed", input.as_bytes(), &options(7)));
    assert_ne!(one, build_event("prefect.task-run.Completed", input.as_bytes(), &options(8)));
}

#[test]
fn derived_values_are_filled_in() {
    let event = built(
        "prefect.task-run.Completed",
        &json!({
            "task_run": {"name": "say-hello-0"},
            "state": {"message": "all good"},
            "previous": {"name": "Retrying"},
            "flow_run": {"id": "3f8a1c52-77b4-4e0b-9c1d-2a6f0b9d4e11", "name": "brave-otter"},
            "tags": ["prod", "eu", "prod"],
        }),
    )
    .unwrap();
    assert_eq!(event["resource"]["prefect.state-message"], "all good");
    assert_eq!(event["resource"]["prefect.orchestration"], "client");
    assert_eq!(event["resource"]["prefect.run-count"], "2");
    assert_eq!(event["resource"]["prefect.state-timestamp"], "2026-03-31T18:30:00.000000+00:00");
    assert_eq!(event["payload"]["intended"], json!({"from": "RUNNING", "to": "COMPLETED"}));
    assert_eq!(event["payload"]["initial_state"]["name"], "Retrying");
    assert_eq!(event["payload"]["validated_state"]["message"], "all good");
    assert_eq!(event["payload"]["task_run"]["name"], "say-hello-0");
    assert_eq!(event["payload"]["task_run"]["run_count"], 2);
    let ids: Vec<_> = event["related"]
        .as_array()
        .unwrap()
        .iter()
        .map(|related| related["prefect.resource.id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["prefect.flow-run.3f8a1c52-77b4-4e0b-9c1d-2a6f0b9d4e11", "prefect.tag.eu", "prefect.tag.prod"]);
    assert_eq!(findings(&event), Vec::<String>::new());

    let event = built(
        "prefect.worker.executed-flow-run",
        &json!({
            "worker": {"name": "My k8s worker", "type": "kubernetes"},
            "flow_run": {"name": "brave-otter"}, "flow": {"name": "etl"}, "work_pool": {"name": "k8s-pool"},
            "infrastructure": {"identifier": "my-job-abc123", "status_code": -15},
            "follows": "019d4528-e040-7abc-8000-000000000001",
        }),
    )
    .unwrap();
    assert_eq!(event["resource"]["prefect.resource.id"], "prefect.worker.kubernetes.my-k8s-worker");
    let flow_run = event["related"]
        .as_array()
        .unwrap()
        .iter()
        .find(|related| related["prefect.resource.role"] == "flow-run")
        .unwrap();
    assert_eq!(flow_run["prefect.infrastructure.status-code"], "-15");
    assert_eq!(findings(&event), Vec::<String>::new());

    // An id ends like the label that it is generated from.
    let input = complete("prefect.ecs.task.running", json!({}), &json!({}), 7);
    assert_eq!(input["resource"]["ecs.taskArn"], "arn:aws:ecs:eu-west-1:123456789012:task/etl/9f2c4e7a1b3d45608c9e");
    assert_eq!(input["resource"]["prefect.resource.id"], "prefect.ecs.task.9f2c4e7a1b3d45608c9e");

    // A task run has a start once it has been running, and an end once it has ended.
    for (state, has_start, has_end) in [
        ("Pending", false, false),
        ("Running", true, false),
        ("AwaitingRetry", true, false),
        ("Completed", true, true),
        ("Crashed", true, true),
    ] {
        let event = built(&format!("prefect.task-run.{state}"), &json!({})).unwrap();
        let has = |field: &str| event["payload"]["task_run"].get(field).is_some();
        assert_eq!((has("start_time"), has("end_time")), (has_start, has_end), "{event:#}");
    }

    let first = built("prefect.flow-run.Pending", &json!({"previous": null})).unwrap();
    assert_eq!(first["payload"]["initial_state"], Value::Null);
    assert_eq!(first["payload"]["intended"]["from"], Value::Null);
    let outside = built("prefect.task-run.Running", &json!({"flow_run": null})).unwrap();
    assert_eq!(outside["related"], json!([]));
}

#[test]
fn reports_errors_and_builds_nothing_partially() {
    for (name, input, mistake) in [
        (
            "prefect.task-run.Completed",
            json!({"taskrun": {}}),
            "`prefect.task-run.Completed` has no `taskrun`: did you mean `task_run`?",
        ),
        (
            "prefect.task-run.Completed",
            json!({"task_run": {"nam": "a"}}),
            "`prefect.task-run.Completed` has no `nam` in `task_run`: did you mean `name`?",
        ),
        (
            "prefect.flow-run.SuccessfullyProcessed",
            json!({}),
            "`prefect.flow-run.SuccessfullyProcessed` needs `state.type`: the type of a custom state, such as `COMPLETED`",
        ),
        (
            "prefect.flow-run.Completd",
            json!({"state": {"type": "DONE"}}),
            "`state.type` must be one of `SCHEDULED`, `PENDING`, `RUNNING`, `COMPLETED`, `FAILED`, `CANCELLED`, `CRASHED`, `PAUSED`, `CANCELLING`, not `DONE`",
        ),
        (
            "prefect.flow-run.Running",
            json!({"state": {"name": "Completed"}}),
            "`state.name` is `Running`, but must equal `Completed`",
        ),
        ("prefect.flow-run.Running", json!({"flow_run": {"id": "7"}}), "`flow_run.id` must be a UUID, not `7`"),
        ("prefect.flow-run.Running", json!({"flow_run": 7}), "`flow_run` must be an object, not a number (`7`)"),
        ("prefect.flow-run.Running", json!({"tags": "prod"}), "`tags` must be a list, not `prod`"),
        (
            "prefect.flow-run.Running",
            json!({"occurred": "soon"}),
            "`occurred` must be a time such as `2026-03-31T18:30:00Z`, not `soon`",
        ),
        ("prefect.flow-run.Running", json!({"id": 1}), "`id` must be the UUID of an event, not a number (`1`)"),
        (
            "prefect.worker.stopped",
            json!({"worker": {"type": "process"}}),
            "`prefect.worker.stopped` needs `follows`: the id of the `prefect.worker.started` event of the worker; null for none",
        ),
        (
            "prefect.flow-runs.Running.x",
            json!({}),
            "Prefect has no event `prefect.flow-runs.Running.x`: did you mean `prefect.flow-run.Running`? (names that begin with `prefect.` are Prefect's own)",
        ),
        ("prefect.flow-run.hartbeat.x", json!([]), "the input of an event must be an object"),
        ("acme.paid", json!({}), "`acme.paid` needs `resource`: its labels, including `prefect.resource.id`"),
        (
            "acme.paid",
            json!({"resource": {"prefect.resource.id": 7}}),
            "`resource[\"prefect.resource.id\"]` must be a text, not a number (`7`)",
        ),
        ("acme.paid", json!({"resources": {}}), "`acme.paid` has no `resources`: did you mean `resource`?"),
    ] {
        assert_eq!(built(name, &input).unwrap_err(), mistake, "{name} {input}");
    }
}

#[test]
fn custom_events_get_an_envelope() {
    let input = json!({
        "resource": {"prefect.resource.id": "acme.order.1", "name": "Order"},
        "related": [{"prefect.resource.id": "acme.customer.7", "prefect.resource.role": "customer"}],
        "payload": {"total": 12.5},
    });
    let event = built("acme.order.paid", &input).unwrap();
    assert_eq!(event["resource"], input["resource"]);
    assert_eq!(event["related"], input["related"]);
    assert_eq!(event["payload"], input["payload"]);
    assert_eq!(event["occurred"], "2026-03-31T18:30:00.000000Z");
    assert_eq!(findings(&event), Vec::<String>::new());
}

fn run(spec: &Value) -> Result<Vec<Value>, String> {
    let built = RunSpec::from_json(spec.to_string().as_bytes()).and_then(|spec| build_run(&spec, &options(7)));
    built.map(|text| serde_json::from_str(&text).unwrap()).map_err(|error| error.to_string())
}

fn names_of(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["event"].as_str().unwrap()).collect()
}

#[test]
fn histories_have_no_findings() {
    let deployed =
        json!({"deployment": "nightly", "work_pool": {"name": "k8s", "type": "kubernetes"}, "tags": ["prod", "eu"]});
    for more in [
        json!({}),
        json!({"scheduled": "-10m", "ends": "20m", "heartbeat": {"frequency": 30}, "worker": "My k8s worker"}),
        json!({"worker": {"name": "W", "type": "process"}, "ends": "2m", "infrastructure": {"identifier": "job-1", "status_code": -9}}),
        json!({"state": {"name": "SuccessfullyProcessed", "type": "COMPLETED"}}),
        json!({"state": "Crashed", "worker": "W"}),
        json!({"state": "Failed", "retry": {"at": "20s", "for": "10s"}}),
        json!({"cancelled": "30s", "runner": "etl-runner", "ends": "40s"}),
        json!({"cancelled": "30s"}),
        json!({"pause": {"at": "1m", "for": "10m"}, "suspend": [{"at": "20m", "for": "1h"}], "ends": "2h"}),
        json!({"dies": "10s", "tasks": [{"name": "load", "duration": "1m"}]}),
        json!({"tasks": [{"name": "extract", "retries": 2, "tags": ["io"]}, {"name": "extract"}, {"name": "load", "duration": "6m", "state": "Failed"}, {"name": "skip", "state": "Cached"}]}),
        json!({"subflows": [{"flow": "child", "starts": "5s", "ends": "50s", "tasks": [{"name": "a", "starts": "6s"}]}, {"flow": "child", "starts": "51s", "ends": "52s"}], "ends": "2m"}),
    ] {
        for base in [json!({}), deployed.clone()] {
            let mut spec = base;
            spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let events = run(&spec).unwrap();
            // A custom state name is reported, but is not a mistake.
            let own = json!(events).to_string().contains("SuccessfullyProcessed");
            let found: Vec<_> = findings(&json!(events))
                .into_iter()
                .filter(|found| !(own && found.starts_with("custom-state-name")))
                .collect();
            assert_eq!(found, Vec::<String>::new(), "{spec}");
            assert!(
                events.windows(2).all(|pair| pair[0]["occurred"].as_str() <= pair[1]["occurred"].as_str()),
                "{spec}"
            );
        }
    }
}

#[test]
fn a_history_contains_all_events() {
    let events = run(&json!({
        "deployment": "nightly", "work_pool": {"name": "k8s", "type": "kubernetes"}, "worker": "W", "scheduled": "-10m",
        "ends": "100s", "heartbeat": {"frequency": 45}, "tasks": [{"name": "extract", "retries": 1}],
    }))
    .unwrap();
    let names = [
        "prefect.flow-run.Scheduled",
        "prefect.flow-run.Pending",
        "prefect.worker.submitted-flow-run",
        "prefect.flow-run.Running",
        "prefect.task-run.Pending",
        "prefect.task-run.Running",
        "prefect.flow-run.heartbeat",
        "prefect.task-run.AwaitingRetry",
        "prefect.task-run.Retrying",
        "prefect.task-run.Completed",
        "prefect.flow-run.heartbeat",
        "prefect.flow-run.heartbeat",
        "prefect.flow-run.Completed",
        "prefect.worker.executed-flow-run",
    ];
    assert_eq!(names_of(&events), names);
    let by_name = |name: &str| events.iter().find(|event| event["event"] == name).unwrap();
    // Ten minutes after `Scheduled`, nothing is followed; the worker's two events are linked.
    assert_eq!(by_name("prefect.flow-run.Pending")["follows"], Value::Null);
    assert_eq!(by_name("prefect.flow-run.Running")["follows"], by_name("prefect.flow-run.Pending")["id"]);
    assert_eq!(
        by_name("prefect.worker.executed-flow-run")["follows"],
        by_name("prefect.worker.submitted-flow-run")["id"]
    );
    for (state, count) in [("Pending", 0), ("Running", 1), ("AwaitingRetry", 1), ("Retrying", 2), ("Completed", 2)] {
        let event = by_name(&format!("prefect.task-run.{state}"));
        assert_eq!(event["resource"]["prefect.run-count"], count.to_string(), "{state}");
        assert_eq!(event["payload"]["task_run"]["run_count"], count, "{state}");
    }
    assert_eq!(by_name("prefect.task-run.Completed")["payload"]["task_run"]["total_run_time"], 2.0);
    assert!(events.iter().all(|event| event.get("received").is_none()));
}

#[test]
fn the_last_state_has_its_message() {
    let message = "Flow run encountered an exception: ValueError: \"no\"";
    let spec = json!({
        "state": {"name": "Failed", "message": message},
        "tasks": [
            {"name": "a", "state": {"name": "Odd", "type": "FAILED", "message": "odd"}},
            {"name": "a"},
            {"name": "a", "state": {"name": "Odd", "type": "FAILED", "message": "odder"}},
        ],
    });
    let events = run(&spec).unwrap();
    let of = |name: &str| -> Vec<(Value, Value)> {
        let events = events.iter().filter(|event| event["event"] == name);
        let messages = events.map(|event| {
            let state = &event["payload"]["validated_state"];
            (event["resource"]["prefect.state-message"].clone(), state["message"].clone())
        });
        messages.collect()
    };
    assert_eq!(of("prefect.flow-run.Failed"), [(json!(message), json!(message))]);
    // The state events of flow runs have no message then, those of task runs an empty one.
    assert_eq!(of("prefect.flow-run.Running"), [(json!(""), Value::Null)]);
    let odd = ["odd", "odder"].map(|message| (json!(message), json!(message)));
    assert_eq!(of("prefect.task-run.Odd"), odd);
    assert_eq!(of("prefect.task-run.Completed"), [(json!(""), json!(""))]);
    let found: Vec<_> = findings(&json!(events)).into_iter().filter(|found| !found.starts_with("custom-")).collect();
    assert_eq!(found, Vec::<String>::new());
}

/// What is built here after others, and by a builder that has built nothing before.
#[test]
fn similar_events_get_the_same_findings_as_the_first() {
    let id = "3f8a1c52-77b4-4e0b-9c1d-2a6f0b9d4e11";
    let inputs = [
        json!({"task_run": {"name": "a"}, "state": {"message": "one"}, "flow_run": {"id": id, "name": "x"}}),
        json!({"task_run": {"name": "b \"\u{e4}"}, "state": {"message": "two"}, "flow_run": {"id": id, "name": "y"}}),
        json!({"task_run": {"name": ""}, "state": {"message": ""}, "flow_run": {"id": id, "name": "y"}}),
        json!({"task_run": {"name": "c"}, "state": {"message": "1"}, "flow_run": {"id": format!("prefect.flow-run.{id}"), "name": "y"}}),
        json!({"task_run": {"name": "d"}, "state": {"message": "1"}, "flow_run": {"id": "none", "name": "y"}}),
        json!({"task_run": {"id": id, "run_count": 1}, "id": id}),
        json!({"task_run": {"id": "4f8a1c52-77b4-4e0b-9c1d-2a6f0b9d4e11", "run_count": 2}, "id": id}),
        json!({"task_run": {"id": "none", "run_count": 2}, "id": id}),
        json!({"task_run": {"id": format!("prefect.task-run.{id}"), "run_count": 2}, "id": id}),
        json!({"task_run": {"id": id, "run_count": -2}, "id": id}),
        json!({"task_run": {"id": id, "run_count": 2}, "id": "none"}),
        json!({"occurred": NOW, "task_run": {"name": "a", "run_count": 3, "start_time": NOW}, "previous": {"name": "Running"}, "tags": ["a"]}),
        json!({"occurred": "2026-01-01T00:00:00+01:00", "task_run": {"name": "a", "run_count": 0, "start_time": "2025-12-31T22:00:00Z"}, "previous": {"name": "Retrying"}, "tags": ["b"]}),
        json!({"occurred": "9999-12-31T23:59:59-01:00", "task_run": {"name": "a", "run_count": 0, "start_time": "soon"}, "previous": {"name": "Pending"}, "tags": ["b"]}),
    ];
    for name in ["prefect.task-run.Completed", "prefect.task-run.Failed"] {
        for input in inputs.iter().chain(&inputs) {
            let text = input.to_string();
            let alone = std::thread::spawn(move || build_event(name, text.as_bytes(), &options(7)));
            assert_eq!(build_event(name, input.to_string().as_bytes(), &options(7)), alone.join().unwrap(), "{input}");
        }
    }
    // Tasks whose courses differ, and the same tasks with others before them.
    let task =
        |name: &str, retries: u8, tag: &str| json!({"name": name, "starts": "1s", "retries": retries, "tags": [tag]});
    let tasks = [task("a", 0, "x"), task("b", 0, "x"), task("c", 1, "x"), task("d", 1, "y"), task("e \"", 1, "y")];
    let events = run(&json!({"heartbeat": null, "ends": "1h", "tasks": tasks})).unwrap();
    let of = |name: &str| -> Vec<&Value> {
        let is_of = |event: &&Value| event["payload"]["task_run"]["name"] == format!("{name}-0");
        events.iter().filter(is_of).collect()
    };
    for (name, count, tag) in [("a", 3, "x"), ("b", 3, "x"), ("c", 5, "x"), ("d", 5, "y"), ("e \"", 5, "y")] {
        let own = of(name);
        assert_eq!(own.len(), count, "{name}");
        assert!(own.iter().all(|event| event["payload"]["task_run"]["tags"] == json!([tag])), "{name}");
        let ids: Vec<_> = own.iter().map(|event| &event["resource"]["prefect.resource.id"]).collect();
        assert!(ids.windows(2).all(|pair| pair[0] == pair[1]), "{name}");
        assert!(own.windows(2).all(|pair| pair[1]["follows"] == pair[0]["id"]), "{name}");
    }
    assert_eq!(findings(&json!(events)), Vec::<String>::new());
}

#[test]
fn reports_errors_in_runs() {
    for (spec, mistake) in [
        (json!({"task": []}), "`a run` has no `task`: did you mean `tasks`?"),
        (json!({"ends": "-5s"}), "the run's `ends` is before its `starts`"),
        (
            json!({"state": "Done"}),
            "`state` must be the name of a state, or a custom state such as `{ name: \"Processed\", type: \"COMPLETED\" }`, not `Done`",
        ),
        (json!({"runner": "r"}), "`a run` needs `cancelled`: the `runner` reports that it cancelled the run"),
        (json!({"tasks": [{}]}), "`a run` needs `tasks.name`: the name of the task"),
        (
            json!({"ends": "1s", "tasks": [{"name": "a", "duration": "5s"}]}),
            "a task or a subflow ends after its run: give a later `ends`",
        ),
        (json!({"flow": 7}), "`flow` must be a name, or an object such as `{ id, name }`, not a number (`7`)"),
    ] {
        assert_eq!(run(&spec).unwrap_err(), mistake);
    }
}

#[test]
fn many_events_with_one_name_are_lines() {
    let inputs = json!([{"task_run": {"name": "a"}}, {}, {"task_run": {"name": "c"}}]);
    let lines = |inputs: &Value| {
        let built =
            EventBuilder::new("prefect.task-run.Completed", &options(7)).build_lines(inputs.to_string().as_bytes());
        built.map_err(|error| error.to_string())
    };
    let text = lines(&inputs).unwrap();
    let events: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(findings(&json!(events)), Vec::<String>::new());
    assert_eq!(Some(events[0].clone()), built("prefect.task-run.Completed", &inputs[0]).ok());
    assert_eq!(events[2]["payload"]["task_run"]["name"], "c");
    assert_ne!(events[0]["id"], events[1]["id"]);
    // Random values differ between events, even for equal inputs.
    let made = lines(&json!([{"task_run": {"name": "a"}}, {"task_run": {"name": "a"}}])).unwrap();
    let made: Vec<Value> = made.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for field in ["id", "task_key", "dynamic_key"] {
        let [one, other] = [0, 1].map(|at| &made[at]["payload"]["task_run"][field]);
        assert!(one != other || one.is_null(), "{field}: {one}");
    }
    assert_ne!(made[0]["resource"]["prefect.resource.id"], made[1]["resource"]["prefect.resource.id"]);
    assert!(made[1]["payload"]["task_run"]["task_key"].as_str().unwrap().starts_with("a-"));
    assert_eq!(lines(&json!([])).unwrap(), "");
    assert_eq!(lines(&json!({})).unwrap_err(), "the inputs of events must be a list of objects");
    assert_eq!(lines(&json!([{}, 7])).unwrap_err(), "of event 1: the input of an event must be an object");
}

#[test]
fn tasks_need_no_heartbeats() {
    let tasks: Vec<Value> = (0..200).map(|_| json!({"name": "a", "duration": "2h"})).collect();
    assert_eq!(run(&json!({"heartbeat": null, "tasks": tasks})).unwrap().len(), 603);
}

#[test]
fn tasks_have_the_events_of_real_ones() {
    let spec = json!({"tags": ["prod"], "tasks": [{"name": "a", "retries": 1, "tags": ["io"]}, {"name": "b"}]});
    let events = run(&spec).unwrap();
    let of = |event: &Value| -> Vec<String> {
        let related = event["related"].as_array().unwrap().iter();
        let tags = related.filter(|related| related["prefect.resource.role"] == "tag");
        tags.map(|tag| tag["prefect.resource.id"].as_str().unwrap().to_owned()).collect()
    };
    let tasks = |name: &str| -> Vec<&Value> { events.iter().filter(|event| event["event"] == name).collect() };
    let ended = tasks("prefect.task-run.Completed");
    assert_eq!(of(ended[0]), ["prefect.tag.io", "prefect.tag.prod"]);
    assert_eq!(ended[0]["payload"]["task_run"]["tags"], json!(["io"]));
    assert_eq!(of(ended[1]), ["prefect.tag.prod"]);
    assert_eq!(ended[1]["payload"]["task_run"]["tags"], json!([]));
    let (waiting, retrying) = (tasks("prefect.task-run.AwaitingRetry")[0], tasks("prefect.task-run.Retrying")[0]);
    let details = &waiting["payload"]["validated_state"]["state_details"];
    assert_eq!(details["scheduled_time"], retrying["occurred"]);
    assert_eq!(*details, retrying["payload"]["initial_state"]["state_details"]);
}

fn related<'e>(event: &'e Value, role: &str) -> Option<&'e Value> {
    event["related"].as_array().unwrap().iter().find(|related| related["prefect.resource.role"] == role)
}

/// Histories with all that surrounds a run, and with little of it.
fn surrounded() -> [Vec<Value>; 4] {
    let whole = json!({
        "deployment": "nightly", "work_pool": {"name": "k8s", "type": "kubernetes"}, "tags": ["eu", "prod"],
        "worker": "W", "runner": "R", "cancelled": "9m", "ends": "10m", "tasks": [{"name": "extract"}],
    });
    let mut without_tags = whole.clone();
    without_tags["tags"] = json!([]);
    let without_pool = json!({
        "deployment": "nightly", "tags": ["eu"], "runner": "R", "cancelled": "9m", "ends": "10m",
        "tasks": [{"name": "extract"}],
    });
    let bare = json!({"subflows": [{"flow": "child", "starts": "5s", "ends": "50s"}], "tasks": [{"name": "extract"}]});
    [whole, without_tags, without_pool, bare].map(|spec| run(&spec).unwrap())
}

#[test]
fn related_resources_have_the_order_of_real_events() {
    // Each role once, however many resources are in it.
    let roles = |event: &Value| -> Vec<String> {
        let roles = event["related"].as_array().unwrap().iter();
        let mut roles: Vec<_> = roles.map(|one| one["prefect.resource.role"].as_str().unwrap().to_owned()).collect();
        roles.dedup();
        roles
    };
    let mut real: BTreeMap<&str, BTreeSet<Vec<String>>> = BTreeMap::new();
    cases::each_row("events.ndjson.gz", |row| {
        let event: Value = serde_json::from_slice(row.raw()).unwrap();
        if let Some(found) = find(event["event"].as_str().unwrap()) {
            real.entry(found.family.name.text).or_default().insert(roles(&event));
        }
    });
    let mut compared = BTreeSet::new();
    for event in surrounded().iter().flatten() {
        let family = find(event["event"].as_str().unwrap()).unwrap().family.name.text;
        // The only recorded event of a runner has a tag.
        let lacks_tag = family == "prefect.runner.cancelled-flow-run" && related(event, "tag").is_none();
        if !lacks_tag {
            let roles = roles(event);
            assert!(real[family].contains(&roles), "{} {roles:?}: {:?}", event["event"], real[family]);
            compared.insert(family);
        }
    }
    assert_eq!(compared.len(), 6, "{compared:?}");
}

#[test]
fn an_entity_has_one_id_in_all_events_of_a_run() {
    let [events, ..] = surrounded();
    let run = events.iter().find(|event| event["event"] == "prefect.flow-run.Running").unwrap();
    for (role, least) in [("flow-run", 6), ("flow", 12), ("deployment", 12), ("work-pool", 11), ("work-queue", 9)] {
        let found = events.iter().filter_map(|event| related(event, role));
        let mut ids: Vec<_> = found.map(|one| one["prefect.resource.id"].as_str().unwrap()).collect();
        assert!(ids.len() >= least, "{role}: {}", ids.len());
        if role == "flow-run" {
            ids.push(run["resource"]["prefect.resource.id"].as_str().unwrap());
        }
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 1, "{role}: {ids:?}");
    }
    let task_runs: BTreeSet<_> = (events.iter())
        .filter(|event| event["event"].as_str().unwrap().starts_with("prefect.task-run."))
        .map(|event| event["resource"]["prefect.resource.id"].as_str().unwrap())
        .collect();
    assert_eq!(task_runs.len(), 1, "{task_runs:?}");
}

#[test]
fn paused_runs_resume_like_real_ones() {
    let course = |spec: Value| -> Vec<(String, Value)> {
        let events = run(&spec).unwrap();
        let name = |event: &Value| event["event"].as_str().unwrap().replace("prefect.flow-run.", "");
        events.iter().map(|event| (name(event), event["resource"]["prefect.run-count"].clone())).collect()
    };
    let beat = ("heartbeat".to_owned(), Value::Null);
    let state = |name: &str, count: u8| (name.to_owned(), json!(count.to_string()));
    // While it waits for its retry nothing beats; then it runs once more.
    assert_eq!(
        course(json!({"heartbeat": {"frequency": 30}, "retry": {"at": "40s", "for": "2m"}, "ends": "165s"})),
        [
            state("Pending", 0),
            state("Running", 1),
            beat.clone(),
            beat.clone(),
            state("AwaitingRetry", 1),
            state("Running", 2),
            beat.clone(),
            state("Completed", 2),
        ]
    );
    // A process that is paused lives on; one that is suspended does not.
    let paused = course(json!({"heartbeat": {"frequency": 30}, "pause": {"at": "40s", "for": "50s"}, "ends": "100s"}));
    let between = |course: &[(String, Value)], state: &str| {
        let from = course.iter().position(|(name, _)| name == state).unwrap();
        course[from..].iter().skip(1).take_while(|(name, _)| name == "heartbeat").count()
    };
    assert_eq!(between(&paused, "Paused"), 1);
    let suspended =
        course(json!({"heartbeat": {"frequency": 30}, "suspend": {"at": "40s", "for": "50s"}, "ends": "100s"}));
    assert_eq!(between(&suspended, "Suspended"), 0);
    let names: Vec<_> = suspended.iter().map(|(name, _)| name.as_str()).filter(|name| *name != "heartbeat").collect();
    assert_eq!(names, ["Pending", "Running", "Suspended", "Resuming", "Pending", "Running", "Completed"]);
    // The server reports whether the run must be rescheduled.
    let spec = json!({"pause": {"at": "1m", "for": "1m"}, "suspend": {"at": "3m", "for": "1m"}, "ends": "5m"});
    let events = run(&spec).unwrap();
    let reschedule = |name: &str| {
        let event = events.iter().find(|event| event["event"] == format!("prefect.flow-run.{name}")).unwrap();
        event["payload"]["validated_state"]["pause_reschedule"].clone()
    };
    assert_eq!((reschedule("Paused"), reschedule("Suspended")), (json!("false"), json!("true")));
}

#[test]
fn worker_and_runner_report_how_a_run_ended() {
    let of = |spec: Value, name: &str| -> Value {
        run(&spec).unwrap().into_iter().find(|event| event["event"] == format!("prefect.{name}")).unwrap()
    };
    let status_code = |state: &str| -> Value {
        let event = of(json!({"worker": "W", "state": state}), "worker.executed-flow-run");
        related(&event, "flow-run").unwrap()["prefect.infrastructure.status-code"].clone()
    };
    assert_eq!(["Completed", "Failed", "Crashed"].map(status_code), [json!("0"), json!("0"), json!("1")]);
    // A worker polls a pool of its own type.
    let pool = json!({"worker": "W", "work_pool": {"name": "k8s", "type": "kubernetes"}});
    let worker = of(pool, "worker.submitted-flow-run");
    assert_eq!(worker["resource"]["prefect.resource.id"], "prefect.worker.kubernetes.w");
    let worker = of(json!({"worker": "W"}), "worker.submitted-flow-run");
    assert_eq!(worker["resource"]["prefect.resource.id"], "prefect.worker.process.w");
    // The runner knows the flow only from the deployment.
    let served = json!({"cancelled": "9s", "runner": "R", "flow": "etl", "deployment": "nightly"});
    let runner = of(served.clone(), "runner.cancelled-flow-run");
    assert_eq!(related(&runner, "flow").unwrap()["prefect.resource.name"], "etl");
    let runner = of(json!({"cancelled": "9s", "runner": "R", "flow": "etl"}), "runner.cancelled-flow-run");
    assert_eq!(related(&runner, "flow"), None);
    let cancelling = of(served, "flow-run.Cancelling");
    assert_eq!(cancelling["payload"]["validated_state"]["type"], "CANCELLING");
}

#[test]
fn subflows_are_numbered_as_the_server_numbers_them() {
    let child = |name: &str, starts: &str, ends: &str| json!({"flow": name, "starts": starts, "ends": ends});
    let subflows = [child("child", "1s", "2s"), child("other", "3s", "4s"), child("child", "5s", "6s")];
    let events = run(&json!({"subflows": subflows})).unwrap();
    let running = events.iter().filter(|event| event["event"] == "prefect.flow-run.Running");
    let task_runs = running.filter_map(|event| related(event, "task-run"));
    let names: Vec<_> = task_runs.map(|task_run| task_run["prefect.resource.name"].as_str().unwrap()).collect();
    assert_eq!(names, ["child-0", "other-0", "child-1"]);
}

#[test]
fn limits_related_resources_like_the_server() {
    let tags = |count: usize| json!({"flow_run": null, "tags": (0..count).map(|tag| format!("tag-{tag}")).collect::<Vec<_>>()});
    let task_run =
        |count: usize| built("prefect.task-run.Completed", &tags(count)).map(|event| event["related"].clone());
    assert_eq!(task_run(100).unwrap().as_array().map(Vec::len), Some(100));
    assert_eq!(task_run(101).unwrap_err(), "an event has at most 100 related resources, not 101");
    let custom = |count: usize| {
        let one = json!({"prefect.resource.id": "acme.customer.7", "prefect.resource.role": "customer"});
        built("acme.paid", &json!({"resource": {"prefect.resource.id": "acme.order.1"}, "related": vec![one; count]}))
    };
    assert_eq!(custom(100).unwrap()["related"].as_array().map(Vec::len), Some(100));
    assert_eq!(custom(101).unwrap_err(), "an event has at most 100 related resources, not 101");
}

#[test]
fn a_task_run_keeps_its_times_and_its_key() {
    let tasks = json!([
        {"name": "a", "retries": 1, "retry_delay": "20s", "duration": "5s"}, {"name": "a"}, {"name": "b"},
    ]);
    let events = run(&json!({"tasks": tasks, "heartbeat": null})).unwrap();
    let of = |name: &str| -> Vec<&Value> {
        events.iter().filter(|event| event["payload"]["task_run"]["name"] == name).collect()
    };
    let first = of("a-0");
    let times: Vec<_> = first.iter().map(|event| event["occurred"].as_str().unwrap()).collect();
    assert_eq!(
        times.iter().map(|time| &time[17..22]).collect::<Vec<_>>(),
        ["00.01", "00.02", "05.02", "25.02", "30.02"],
        "Pending, Running, AwaitingRetry, Retrying, Completed"
    );
    for (at, event) in first.iter().enumerate() {
        let task_run = &event["payload"]["task_run"];
        assert_eq!(task_run["expected_start_time"], times[0]);
        assert_eq!(task_run.get("start_time"), (at > 0).then(|| json!(times[1])).as_ref());
    }
    let key = |name: &str| of(name)[0]["payload"]["task_run"]["task_key"].clone();
    assert_eq!(key("a-0"), key("a-1"));
    let hash = |name: &str| key(name).as_str().unwrap()[2..].to_owned();
    assert_ne!(hash("a-0"), hash("b-0"));
    // The run ends once its last task has ended.
    let last = of("b-0").last().unwrap()["occurred"].as_str().unwrap();
    let end = events.iter().find(|event| event["event"] == "prefect.flow-run.Completed").unwrap();
    assert!(last < end["occurred"].as_str().unwrap());
}

#[test]
fn dead_runs_send_nothing_more() {
    let spec = json!({
        "dies": "40s", "heartbeat": {"frequency": 30}, "worker": "W",
        "tasks": [{"name": "load", "duration": "1m"}],
        "subflows": [{"flow": "child", "starts": "5s"}, {"flow": "child", "starts": "10s", "ends": "50s"}],
    });
    let events = run(&spec).unwrap();
    let names = names_of(&events);
    assert_eq!(names.iter().filter(|name| **name == "prefect.flow-run.Running").count(), 3);
    assert!(!names.iter().any(|name| name.ends_with("Completed") || name.ends_with("executed-flow-run")), "{names:?}");
    for event in &events {
        assert!(event["occurred"].as_str() < Some("2026-03-31T18:30:40"), "{event:#}");
    }
}

#[test]
fn the_input_of_a_run_appears_in_its_events() {
    let id = |last: u8| format!("3f8a1c52-77b4-4e0b-9c1d-2a6f0b9d4e{last:02}");
    let events = run(&json!({
        "flow_run": {"id": id(1), "name": "brave-otter"}, "flow": id(2), "deployment": {"id": id(3)},
        "worker": "W", "infrastructure": {"identifier": "job-1", "status_code": 3},
    }))
    .unwrap();
    let by_name = |name: &str| events.iter().find(|event| event["event"] == format!("prefect.{name}")).unwrap();
    let running = by_name("flow-run.Running");
    assert_eq!(running["resource"]["prefect.resource.id"], format!("prefect.flow-run.{}", id(1)));
    let id_of = |role: &str| related(running, role).unwrap()["prefect.resource.id"].clone();
    assert_eq!(id_of("flow"), format!("prefect.flow.{}", id(2)));
    assert_eq!(id_of("deployment"), format!("prefect.deployment.{}", id(3)));
    assert_eq!(
        by_name("flow-run.heartbeat")["resource"],
        json!({
            "prefect.resource.id": format!("prefect.flow-run.{}", id(1)),
            "prefect.resource.name": "brave-otter",
            "prefect.version": "3.9.1",
        })
    );
    let flow_run = related(by_name("worker.executed-flow-run"), "flow-run").unwrap();
    assert_eq!(flow_run["prefect.infrastructure.identifier"], "job-1");
    assert_eq!(flow_run["prefect.infrastructure.status-code"], "3");
}
