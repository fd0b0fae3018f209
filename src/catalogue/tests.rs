#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    clippy::too_many_lines
)]

use serde_json::Value as Json;

use super::*;
use crate::text::uuid::is_uuid;

fn family(name: &str) -> &'static Family {
    families().iter().find(|family| family.name.text == name).unwrap_or_else(|| panic!("no family {name}"))
}

fn described(pattern: &str) -> EventType {
    event_types(&|_| Vec::new()).into_iter().find(|described| described.name_pattern == pattern).unwrap()
}

/// All names of a family to test: its variants, or its example.
fn variants(family: &Family) -> Vec<&'static str> {
    let listed: Vec<_> = family.variants.iter().map(|variant| variant.name).collect();
    match (listed.is_empty(), family.placeholder_example()) {
        (false, _) => listed,
        (true, "") => vec![""],
        (true, example) => vec![example],
    }
}

// ---- contents

#[test]
fn counts() {
    let documented = families().iter().filter(|family| family.is_documented() && !family.is_cloud()).count();
    let cloud = families().iter().filter(|family| family.is_documented() && family.is_cloud()).count();
    let undocumented = families().iter().filter(|family| !family.is_documented()).count();
    assert_eq!((documented, cloud, undocumented), (52, 19, 12));
}

#[test]
fn states_of_both_pages() {
    let documented = [
        ("Scheduled", "SCHEDULED"),
        ("Late", "SCHEDULED"),
        ("AwaitingConcurrencySlot", "SCHEDULED"),
        ("AwaitingRetry", "SCHEDULED"),
        ("Pending", "PENDING"),
        ("Running", "RUNNING"),
        ("Retrying", "RUNNING"),
        ("Completed", "COMPLETED"),
        ("Failed", "FAILED"),
        ("Crashed", "CRASHED"),
        ("Cancelled", "CANCELLED"),
        ("Cancelling", "CANCELLING"),
        ("Paused", "PAUSED"),
        ("Suspended", "PAUSED"),
    ];
    for name in ["prefect.flow-run.{state}", "prefect.task-run.{state}"] {
        let listed: Vec<_> = family(name)
            .variants
            .iter()
            .filter(|variant| variant.is_documented())
            .map(|variant| (variant.name, variant.state_type.unwrap()))
            .collect();
        assert_eq!(listed, documented, "{name}");
    }
}

#[test]
fn the_task_run_page() {
    let family = family("prefect.task-run.{state}");
    for label in ["id", "name"].map(|end| format!("prefect.resource.{end}")).into_iter().chain(
        ["run-count", "state-message", "state-name", "state-timestamp", "state-type", "orchestration"]
            .map(|end| format!("prefect.{end}")),
    ) {
        let label = family.labels.iter().find(|own| own.name == label).unwrap();
        assert_eq!(label.presence(), Presence::Required);
        assert!(label.missing.is_some_and(|missing| missing.severity == crate::diagnostic::Severity::Error));
    }
    assert!(family.related.iter().any(|related| related.role == "tag"));
    let described = described("prefect.task-run.{state}");
    for path in [
        "intended.from",
        "intended.to",
        "initial_state",
        "validated_state",
        "task_run",
        "task_run.name",
        "task_run.task_key",
        "task_run.dynamic_key",
        "task_run.flow_run_id",
        "task_run.tags",
        "task_run.task_inputs",
        "initial_state.type",
        "initial_state.name",
        "initial_state.message",
        "initial_state.state_details",
        "validated_state.type",
        "validated_state.name",
        "validated_state.message",
        "validated_state.state_details",
        "validated_state.data",
    ] {
        assert!(described.payload.iter().any(|field| field.path == path), "{path}");
    }
}

#[test]
fn the_worker_and_runner_page() {
    let worker = ["prefect.resource.id", "prefect.resource.name", "prefect.version", "prefect.worker-type"];
    let run = ["flow-run", "flow", "deployment", "work-pool", "tag"];
    let rows: [(&str, &[&str], &[&str]); 5] = [
        ("prefect.worker.started", &worker, &["work-pool"]),
        ("prefect.worker.stopped", &worker, &["work-pool"]),
        ("prefect.worker.submitted-flow-run", &worker, &run),
        ("prefect.worker.executed-flow-run", &worker, &run),
        ("prefect.runner.cancelled-flow-run", &worker[..3], &["deployment", "flow", "flow-run", "tag"]),
    ];
    for (name, labels, roles) in rows {
        let family = family(name);
        assert_eq!(family.labels.iter().map(|label| label.name).collect::<Vec<_>>(), labels, "{name}");
        let mut own: Vec<_> = family.related.iter().map(|related| related.role).collect();
        let mut roles = roles.to_vec();
        own.sort_unstable();
        roles.sort_unstable();
        assert_eq!(own, roles, "{name}");
        let [payload] = family.payload else { panic!("{name}") };
        assert!(payload.fields.is_empty() && payload.other.is_some(), "{name}");
    }
    let executed = family("prefect.worker.executed-flow-run");
    let flow_run = executed.related.iter().find(|related| related.role == "flow-run").unwrap();
    for label in ["prefect.infrastructure.identifier", "prefect.infrastructure.status-code"] {
        assert!(flow_run.labels.iter().any(|own| own.name == label && own.presence() == Presence::Required));
    }
    for (name, before) in [
        ("prefect.worker.stopped", "prefect.worker.started"),
        ("prefect.worker.executed-flow-run", "prefect.worker.submitted-flow-run"),
    ] {
        let follows = family(name).follows.as_ref().unwrap();
        assert!(follows.is_documented());
        assert_eq!(follows.families, [before]);
    }
}

#[test]
fn documentation_links() {
    for (name, link) in [
        (
            "prefect.task-run.{state}",
            concat!(env!("PREFECT_DOCUMENTATION"), "/v3/api-ref/events/task-run-events#prefecttask-runstate"),
        ),
        (
            "prefect.concurrency-limit.v1.acquired",
            concat!(
                env!("PREFECT_DOCUMENTATION"),
                "/v3/api-ref/events/concurrency-events#prefectconcurrency-limitv1acquired"
            ),
        ),
        (
            "prefect-cloud.{resource-type}.{action}",
            concat!(env!("PREFECT_DOCUMENTATION"), "/v3/api-ref/events/cloud-events#audit-log-events"),
        ),
    ] {
        assert_eq!(family(name).docs(), Some(link));
    }
    assert!(families().iter().all(|family| family.docs().is_some() == family.is_documented()));
}

// ---- finding

#[track_caller]
fn finds(name: &str, pattern: &str, hole: Option<&str>) {
    let found = find(name).unwrap_or_else(|| panic!("{name} is not found"));
    assert_eq!((found.family.name.text, found.hole), (pattern, hole));
}

#[test]
fn every_name_finds_its_family() {
    for family in families() {
        for variant in variants(family) {
            let event: Json = serde_json::from_str(&example(family, Some(variant))).unwrap();
            let hole = if family.name.is_literal() { None } else { Some(variant) };
            finds(event["event"].as_str().unwrap(), family.name.text, hole);
        }
    }
}

#[test]
fn literal_names_come_first() {
    finds("prefect.flow-run.heartbeat", "prefect.flow-run.heartbeat", None);
    finds("prefect.flow-run.pull-step.executed", "prefect.flow-run.pull-step.executed", None);
    finds("prefect.flow-run.Running", "prefect.flow-run.{state}", Some("Running"));
    finds("prefect.deployment.created", "prefect.deployment.created", None);
    finds("prefect.deployment.not-ready", "prefect.deployment.{status}", Some("not-ready"));
    finds("prefect.work-pool.updated", "prefect.work-pool.updated", None);
    finds("prefect.work-pool.paused", "prefect.work-pool.{status}", Some("paused"));
    finds("prefect.work-queue.deleted", "prefect.work-queue.deleted", None);
    finds("prefect.concurrency-limit.acquired", "prefect.concurrency-limit.acquired", None);
    finds("prefect.concurrency-limit.v1.acquired", "prefect.concurrency-limit.v1.acquired", None);
    finds("prefect.docker.container.creation-failed", "prefect.docker.container.creation-failed", None);
    finds("prefect.docker.container.dead", "prefect.docker.container.{status}", Some("dead"));
    finds("prefect.block-type.created", "prefect.block-type.created", None);
    finds("prefect.block.slack-webhook.loaded", "prefect.block.{type}.loaded", Some("slack-webhook"));
    finds("prefect-cloud.webhook.received", "prefect-cloud.webhook.received", None);
    finds("prefect-cloud.incident.updated.tags", "prefect-cloud.incident.updated.{field}", Some("tags"));
    finds("prefect-cloud.automation.action.disabled", "prefect-cloud.automation.action.disabled", None);
    finds("prefect-cloud.automation.created", "prefect-cloud.{resource-type}.{action}", Some("automation.created"));
}

#[test]
fn custom_states() {
    finds("prefect.flow-run.SuccessfullyProcessed", "prefect.flow-run.{state}", Some("SuccessfullyProcessed"));
    finds("prefect.task-run.completed", "prefect.task-run.{state}", Some("completed"));
    finds("prefect.task-run.Data quality: failed.", "prefect.task-run.{state}", Some("Data quality: failed."));
    finds("prefect.flow-run.v1.2 done", "prefect.flow-run.{state}", Some("v1.2 done"));
    finds("prefect.flow-run.Fertig ✓", "prefect.flow-run.{state}", Some("Fertig ✓"));
}

#[test]
fn unknown_names() {
    for name in [
        "",
        "prefect",
        "prefect.",
        "acme.order.paid",
        "prefect.flow-run",
        "prefect.flow-run.",
        "prefect.flow-run.pull-step.skipped",
        "prefect.block.webhook.saved",
        "prefect.worker.start",
        "prefect.log.write",
        "prefect-cloud.flow.created",
        "prefect-cloud.account.exploded",
        "prefect-cloud.account.created.twice",
        "Prefect.flow-run.Running",
    ] {
        assert!(find(name).is_none(), "{name}");
    }
}

#[test]
fn suggestions() {
    for (name, meant) in [
        ("prefect.taskrun.Running", "prefect.task-run.Running"),
        ("prefect.task_run.Runing", "prefect.task-run.Running"),
        ("prefect.taskrun.MyOwnState", "prefect.task-run.MyOwnState"),
        ("prefect.flow-run-heartbeat", "prefect.flow-run.heartbeat"),
        ("prefect.flow-run.pull-step.execute", "prefect.flow-run.pull-step.executed"),
        ("prefect.worker.start", "prefect.worker.started"),
        ("prefect.worker.executed-flowrun", "prefect.worker.executed-flow-run"),
        ("Prefect.Flow-Run.Running", "prefect.flow-run.Running"),
        ("prefect.block.my-webhook.load", "prefect.block.my-webhook.loaded"),
        ("prefect-cloud.acount.created", "prefect-cloud.account.created"),
        ("prefect-cloud.incident.declare", "prefect-cloud.incident.declared"),
        ("prefct.automation.triggered", "prefect.automation.triggered"),
    ] {
        assert_eq!(suggest(name).as_deref(), Some(meant), "{name}");
    }
    for name in ["prefect.something.entirely.else", "prefect.x", "acme.worker.started", "", "prefect.log.write"] {
        assert_eq!(suggest(name), None, "{name}");
    }
}

#[test]
fn names_of_a_real_server() {
    for name in [
        "prefect.automation.action.executed",
        "prefect.automation.action.failed",
        "prefect.automation.action.triggered",
        "prefect.automation.created",
        "prefect.automation.deleted",
        "prefect.automation.triggered",
        "prefect.automation.updated",
        "prefect.block-document.created",
        "prefect.block.custom-webhook.loaded",
        "prefect.block.webhook.loaded",
        "prefect.concurrency-limit.acquired",
        "prefect.concurrency-limit.created",
        "prefect.concurrency-limit.released",
        "prefect.concurrency-limit.updated",
        "prefect.deployment.created",
        "prefect.deployment.not-ready",
        "prefect.deployment.ready",
        "prefect.flow-run.AwaitingConcurrencySlot",
        "prefect.flow-run.NotGoodEnough",
        "prefect.flow-run.Resuming",
        "prefect.flow-run.Submitting",
        "prefect.flow-run.TimedOut",
        "prefect.flow-run.heartbeat",
        "prefect.flow-run.pull-step.executed",
        "prefect.flow.created",
        "prefect.runner.cancelled-flow-run",
        "prefect.task-run.Cached",
        "prefect.task-run.DataQualityFailed",
        "prefect.task-run.Skipped",
        "prefect.task-run.TimedOut",
        "prefect.work-pool.created",
        "prefect.work-pool.not-ready",
        "prefect.work-pool.paused",
        "prefect.work-pool.ready",
        "prefect.work-queue.created",
        "prefect.work-queue.not-ready",
        "prefect.work-queue.paused",
        "prefect.work-queue.ready",
        "prefect.worker.executed-flow-run",
        "prefect.worker.started",
        "prefect.worker.submitted-flow-run",
    ] {
        assert!(find(name).is_some(), "{name}");
    }
}

// ---- templates

#[test]
fn templates_match() {
    let template = |name: &str| match &family(name).labels[0].form {
        LabelForm::Templates(templates) => &templates[0].template,
        _ => panic!("{name}"),
    };
    let task_run = template("prefect.task-run.{state}");
    assert_eq!(task_run.prefix(), "prefect.task-run.");
    assert!(task_run.matches(b"prefect.task-run.0B7D6E14-5a92-4c3f-8e21-9d4c7f1a6b30"));
    assert_eq!(
        task_run.part(b"prefect.task-run.0b7d6e14-5a92-4c3f-8e21-9d4c7f1a6b30", "uuid"),
        Some(&b"0b7d6e14-5a92-4c3f-8e21-9d4c7f1a6b30"[..])
    );
    for wrong in [
        "prefect.task-run.0b7d6e145a924c3f8e219d4c7f1a6b30",
        "prefect.task-run.0b7d6e14-5a92-4c3f-8e21-9d4c7f1a6b3",
        "prefect.task-run.0b7d6e14-5a92-4c3f-8e21-9d4c7f1a6b300",
        "prefect.task-run.0b7d6e14-5a92-4c3f-8e21-9d4c7f1a6b3é",
        "prefect.task-run.",
        "prefect.flow-run.0b7d6e14-5a92-4c3f-8e21-9d4c7f1a6b30",
        "",
    ] {
        assert!(!task_run.matches(wrong.as_bytes()), "{wrong}");
        assert_eq!(task_run.part(wrong.as_bytes(), "uuid"), None, "{wrong}");
    }

    let worker = template("prefect.worker.started");
    assert_eq!(worker.part(b"prefect.worker.kubernetes.my-k8s-worker", "name-slug"), Some(&b"my-k8s-worker"[..]));
    assert_eq!(worker.part(b"prefect.worker.kubernetes.my-k8s-worker", "other"), None);
    assert!(!worker.matches(b"prefect.worker.kubernetes"));
    assert!(!worker.matches(b"prefect.worker..my-k8s-worker"));
    assert!(!worker.matches(b"prefect.worker.kubernetes.my.worker"));

    let asset = template("prefect.asset.referenced");
    assert_eq!(asset.prefix(), "");
    assert!(asset.matches(b"s3://bucket/key.parquet") && asset.matches(b"postgres://prod/public/users"));
    for wrong in ["S3://bucket/key", "bucket/key", "s3://bucket/a key", "s3://bucket/?a", "s3://", "://bucket"] {
        assert!(!asset.matches(wrong.as_bytes()), "{wrong}");
    }
    assert!(asset.matches(format!("s3://{}", "a".repeat(507)).as_bytes()));
    assert!(!asset.matches(format!("s3://{}", "a".repeat(508)).as_bytes()));
}

// ---- examples

#[test]
fn examples_are_correct() {
    for family in families() {
        for variant in variants(family) {
            let text = example(family, Some(variant));
            check(family, &text);
            assert_eq!(text, example(family, Some(variant)));
        }
        check(family, &example(family, None));
    }
    for (name, own) in [
        ("prefect.flow-run.{state}", "SuccessfullyProcessed"),
        ("prefect.task-run.{state}", "Data \"quality\""),
        ("prefect.block.{type}.loaded", "slack-webhook"),
        ("prefect-cloud.{resource-type}.{action}", "workspace.transferred-in"),
    ] {
        check(family(name), &example(family(name), Some(own)));
    }
}

#[track_caller]
fn check(family: &Family, text: &str) {
    let event: Json = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(serde_json::to_string_pretty(&event).unwrap().lines().count(), text.lines().count(), "{text}");
    let keys = ["occurred", "event", "resource", "related", "payload", "id", "follows"];
    let places: Vec<_> = keys.iter().map(|key| text.find(&format!("\n  \"{key}\": ")).unwrap()).collect();
    assert!(places.is_sorted(), "{text}");
    assert!(is_uuid(event["id"].as_str().unwrap().as_bytes()), "{text}");
    assert!(event["follows"].is_null() || is_uuid(event["follows"].as_str().unwrap().as_bytes()), "{text}");
    let name = event["event"].as_str().unwrap();
    assert!(family.name.matches(name.as_bytes()), "{text}");

    labels(family.labels, &event["resource"], text);
    for related in family.related {
        let own: Vec<_> = event["related"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|own| own["prefect.resource.role"] == related.role)
            .collect();
        assert!(own.len() >= related.min as usize, "{}: {text}", related.role);
        for own in own {
            form(&related.id, own["prefect.resource.id"].as_str().unwrap());
            labels(related.labels, own, text);
        }
    }
    assert!(family.payload.iter().any(|object| fits(object, &event["payload"], text)), "{text}");
    for rule in family.equal {
        let values: Vec<_> = rule.terms.iter().filter_map(|term| value(family, term, &event)).collect();
        for pair in values.windows(2) {
            let (one, other) = (&pair[0], &pair[1]);
            let same = match rule.compare {
                Compare::Slug => *one == other.to_lowercase().replace(' ', "-"),
                Compare::Tail => other.rsplit(['/', ':']).next().unwrap() == one,
                Compare::Instant => {
                    one.trim_end_matches("+00:00").trim_end_matches('Z')
                        == other.trim_end_matches("+00:00").trim_end_matches('Z')
                }
                _ => one == other,
            };
            assert!(same, "{one} and {other}\n{text}");
        }
    }
}

fn labels(listed: &[Label], resource: &Json, text: &str) {
    for label in listed {
        match resource[label.name].as_str() {
            Some(value) => form(&label.form, value),
            None => assert!(label.presence() == Presence::Optional, "{}\n{text}", label.name),
        }
    }
}

#[track_caller]
fn form(form: &LabelForm, value: &str) {
    let fits = match form {
        LabelForm::Text => true,
        LabelForm::Integer => value.parse::<u64>().is_ok(),
        LabelForm::SignedInteger => value.parse::<i64>().is_ok(),
        LabelForm::Timestamp => value.len() >= 20 && value.contains('T'),
        LabelForm::Uuid => is_uuid(value.as_bytes()),
        LabelForm::JsonStrings => serde_json::from_str::<Vec<String>>(value).is_ok(),
        LabelForm::AtMost(most) => value.chars().count() <= *most,
        LabelForm::Values { values, .. } => values.iter().any(|own| own.text == value && own.remark.is_none()),
        LabelForm::Templates(templates) => {
            templates.iter().any(|own| own.template.matches(value.as_bytes()) && own.remark.is_none())
        }
    };
    assert!(fits, "{value}");
}

fn fits(object: &Object, json: &Json, text: &str) -> bool {
    let Some(members) = json.as_object() else {
        return false;
    };
    if object.other.is_some() {
        assert!(members.keys().all(|key| object.fields.iter().any(|field| field.name == key)), "{text}");
    }
    object.fields.iter().all(|field| match members.get(field.name) {
        None => field.presence() == Presence::Optional || matches!(field.name, "start_time" | "end_time"),
        Some(Json::Null) => field.nullable,
        Some(value) => {
            let kind = |kind: ValueKind, value: &Json| match kind {
                ValueKind::Any => true,
                ValueKind::String => value.is_string(),
                ValueKind::Uuid => value.as_str().is_some_and(|text| is_uuid(text.as_bytes())),
                ValueKind::Timestamp => value.as_str().is_some_and(|text| text.ends_with('Z')),
                ValueKind::Integer => value.is_i64(),
                ValueKind::Number => value.is_number(),
                ValueKind::Boolean => value.is_boolean(),
                ValueKind::Object => value.is_object(),
                ValueKind::StringMap => value.as_object().is_some_and(|map| map.values().all(Json::is_string)),
                ValueKind::Array => value.is_array(),
            };
            let listed = |value: &Json| {
                field.values.is_empty() || field.values.iter().any(|own| *value == own.text && own.remark.is_none())
            };
            kind(field.kind, value)
                && (field.kind == ValueKind::Array || listed(value))
                && field.items.is_none_or(|items| {
                    value.as_array().unwrap().iter().all(|item| kind(items, item) && listed_item(items, item, &listed))
                })
                && field.remark.is_none()
                && (field.kind != ValueKind::Object || field.object.is_none_or(|object| fits(object, value, text)))
                && (field.kind != ValueKind::Array
                    || field
                        .object
                        .is_none_or(|object| value.as_array().unwrap().iter().all(|item| fits(object, item, text))))
        }
    })
}

fn listed_item(items: ValueKind, item: &Json, listed: &dyn Fn(&Json) -> bool) -> bool {
    items != ValueKind::String || listed(item)
}

fn value(family: &Family, term: &Term, event: &Json) -> Option<String> {
    let text = |json: &Json| match json {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    let related =
        |wanted: &str| event["related"].as_array().unwrap().iter().find(|own| own["prefect.resource.role"] == wanted);
    match term {
        Term::Name(hole) => family.name.part(event["event"].as_str()?.as_bytes(), hole).map(text_of),
        Term::Label(label) => event["resource"].get(label).map(text),
        Term::IdPart(part) => id_part(&family.labels[0].form, event["resource"]["prefect.resource.id"].as_str()?, part),
        Term::Payload { path, absent } => {
            let mut place = &event["payload"];
            for key in *path {
                match place.get(key) {
                    Some(inner) => place = inner,
                    None if place.is_null() => break,
                    None => return absent.map(str::to_owned),
                }
            }
            Some(text(place))
        }
        Term::RelatedLabel { role, label } => related(role)?.get(label).map(text),
        Term::RelatedIdPart { role, part } => {
            let form = &family.related.iter().find(|own| own.role == *role)?.id;
            id_part(form, related(role)?["prefect.resource.id"].as_str()?, part)
        }
        Term::Occurred => Some(text(&event["occurred"])),
    }
}

fn id_part(form: &LabelForm, id: &str, part: &str) -> Option<String> {
    let LabelForm::Templates(templates) = form else {
        return None;
    };
    templates.iter().find_map(|own| own.template.part(id.as_bytes(), part)).map(text_of)
}

#[test]
fn examples_of_states() {
    let family = family("prefect.task-run.{state}");
    let event = |state: &str| serde_json::from_str::<Json>(&example(family, Some(state))).unwrap();
    let first = event("Scheduled");
    assert!(first["payload"]["initial_state"].is_null() && first["payload"]["intended"]["from"].is_null());
    assert!(first["follows"].is_null());
    assert_eq!(first["resource"]["prefect.run-count"], "0");
    assert!(first["payload"]["task_run"].get("start_time").is_none());
    let last = event("Completed");
    assert_eq!(last["payload"]["intended"], serde_json::json!({"from": "RUNNING", "to": "COMPLETED"}));
    assert_eq!(last["payload"]["initial_state"]["name"], "Running");
    assert_eq!(last["resource"]["prefect.run-count"], "1");
    assert_eq!(last["payload"]["task_run"]["run_count"], 1);
    assert!(last["payload"]["task_run"].get("end_time").is_some());
    assert!(last["follows"].is_string());
    assert_eq!(event("AwaitingRetry")["resource"]["prefect.run-count"], "1");
    assert_eq!(event("Skipped")["resource"]["prefect.state-type"], "COMPLETED");
}

#[test]
fn unfilled_examples_can_be_filled() {
    let holes = |text: &str, values: &[(&str, &str)]| {
        values.iter().fold(text.to_owned(), |text, (hole, value)| text.replace(&format!("{{{hole}}}"), value))
    };
    // The ids depend on the original name.
    let without_ids = |text: &str| {
        let mut event: Json = serde_json::from_str(text).unwrap();
        for key in ["id", "follows"] {
            event[key] = Json::from(event[key].is_string());
        }
        event
    };
    let rows = [
        ("prefect.task-run.{state}", &[("state", "Own")][..], "Own"),
        ("prefect.flow-run.{state}", &[("state", "Done: v1.2")], "Done: v1.2"),
        ("prefect.block.{type}.loaded", &[("type", "slack-webhook")], "slack-webhook"),
        (
            "prefect-cloud.{resource-type}.{action}",
            &[("resource-type", "webhook"), ("action", "rotated")],
            "webhook.rotated",
        ),
    ];
    for (name, values, value) in rows {
        let filled = holes(&example::unfilled(family(name)).line(), values);
        assert_eq!(without_ids(&filled), without_ids(&example(family(name), Some(value))), "{name}");
    }
    for event in examples().iter().map(|event| without_ids(&event.0)) {
        let name = event["event"].as_str().unwrap();
        assert!(find(name).is_some_and(|found| found.hole.is_some()) || name.contains('{'), "{name}");
    }
}

// ---- descriptions

#[test]
fn descriptions() {
    assert_eq!(event_types(&|_| Vec::new()).len(), 83);
    let task_run = described("prefect.task-run.{state}");
    assert_eq!(task_run.resource_id, "prefect.task-run.{uuid}");
    let json = serde_json::to_value(&task_run).unwrap();
    assert_eq!(json["related"][6]["role"], "tag");
    assert!(json["related"][6].get("max").is_none());
    let from = json["payload"].as_array().unwrap().iter().find(|field| field["path"] == "intended.from").unwrap();
    assert_eq!((&from["type"], &from["nullable"]), (&Json::from("string"), &Json::from(true)));
    let actions = described("prefect.automation.created");
    assert!(actions.payload.iter().any(|field| field.path == "actions[].type"));
    let undocumented = serde_json::to_value(described("prefect.flow.created")).unwrap();
    assert!(undocumented.get("docs").is_none());
}

// ---- pages

/// Data for descriptions is in other statics than the families: each family must get its own.
#[test]
fn every_family_has_the_facts_of_its_page() {
    let mut seen = 0;
    for page in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/catalogue/pages")).unwrap() {
        let text = std::fs::read_to_string(page.unwrap().path()).unwrap();
        let page: Json = serde_saphyr::from_str(&text).unwrap();
        for written in page["families"].as_array().into_iter().flatten() {
            let family = family(written["name"].as_str().unwrap());
            assert_eq!(family.title(), written["title"]);
            assert_eq!(family.emitted_by(), written["emitted_by"]);
            assert_eq!(family.is_documented(), page["page"].is_string());
            assert_eq!(family.notes().len(), written["notes"].as_array().map_or(0, Vec::len));
            for label in written["labels"].as_array().into_iter().flatten() {
                let Some(own) = family.labels.iter().find(|own| label["name"] == own.name) else { continue };
                assert_eq!(own.meaning(), label["meaning"], "{}", own.name);
                assert_eq!(own.example(), label["example"].as_str().unwrap_or_default(), "{}", own.name);
                assert_eq!(own.generation().key, label["key"].as_str().unwrap_or_default(), "{}", own.name);
            }
            seen += 1;
        }
    }
    assert_eq!(seen, families().len());
}

/// A search compares length and text; names with more literal text come first.
#[test]
fn names_are_sorted() {
    use statics::{LITERALS, PATTERNS};

    let sizes = |names: &[(&str, &Family)]| -> Vec<_> {
        names.iter().map(|(name, _)| (name.len(), name.to_string())).collect()
    };
    assert!(sizes(&LITERALS).is_sorted());
    assert!(PATTERNS.iter().rev().map(|(prefix, _)| prefix.len()).is_sorted());
    assert_eq!(LITERALS.len() + PATTERNS.len(), families().len());
    for (name, family) in LITERALS.iter().chain(&PATTERNS) {
        assert_eq!(family.name.prefix(), *name);
    }
}

// ---- any text

proptest::proptest! {
    #[test]
    fn any_name(name in "(prefect(-cloud)?\\.)?(flow-run\\.|task-run\\.|block\\.|account\\.)?.{0,60}") {
        if let Some(found) = find(&name) {
            assert!(found.family.name.matches(name.as_bytes()));
            assert_eq!(suggest(&name).filter(|meant| find(meant).is_none()), None);
        }
        let _ = suggest(&name);
        for family in families() {
            if let Some(LabelForm::Templates(templates)) = family.labels.first().map(|label| &label.form) {
                for alternative in *templates {
                    let part = alternative.template.part(name.as_bytes(), "uuid");
                    assert!(part.is_none() || alternative.template.matches(name.as_bytes()));
                }
            }
        }
    }

    #[test]
    fn any_state(state in "[^.]{1,40}") {
        let family = family("prefect.task-run.{state}");
        check(family, &example(family, Some(&state)));
    }
}

fn text_of(part: &[u8]) -> String {
    std::str::from_utf8(part).unwrap().to_owned()
}
