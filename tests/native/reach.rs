//! Triggers that can never fire or never stop, and similar valid ones.

use prefect_events::automation::{self, CheckOptions};
use prefect_events::diagnostic::{Severity, TextOptions};

use serde_json::json;

use super::cases;

const ID: &str = "11111111-1111-4111-8111-111111111111";
const OTHER: &str = "22222222-2222-4222-8222-222222222222";

/// The codes of all findings.
fn codes(text: &str) -> Vec<&'static str> {
    let report = automation::check(text.as_bytes(), TextOptions::default(), &CheckOptions::default()).report;
    report.diagnostics.iter().map(|found| found.code).collect()
}

/// Of an automation with a reactive trigger.
fn reactive(trigger: &str, action: &str) -> Vec<&'static str> {
    codes(&format!("name: x\ntrigger: {{type: event, posture: Reactive, {trigger}}}\nactions: [{action}]\n"))
}

fn proactive(trigger: &str) -> Vec<&'static str> {
    codes(&format!("{{type: event, posture: Proactive, for_each: [prefect.resource.id], {trigger}}}"))
}

#[test]
fn names_of_events() {
    for (name, expected) in [
        ("prefect.foo.bar", &["no-such-event"][..]),
        ("prefect.flow.Completed", &["no-such-event"]),
        ("'prefect.flowrun.*'", &["no-such-event"]),
        ("'prefect.work-queue.un*'", &["no-such-event"]),
        ("prefect.workqueue.ready", &["misspelt-event"]),
        ("prefect.work-queue.unhealthy", &["no-such-status"]),
        ("prefect.deployment.disabled", &["no-such-status"]),
        ("prefect.work-pool.not_ready", &["no-such-status"]),
        ("prefect.flow-run.Failde", &["misspelt-state"]),
        ("prefect.flow-run.Canceled", &["misspelt-state"]),
        ("prefect.flow-run.heartbeats", &["misspelt-state"]),
        ("prefect.task-run.Compleeted", &["misspelt-state"]),
        ("Completed", &["event-without-prefix"]),
        ("flow-run.Completed", &["event-without-prefix"]),
        ("flow_run.Completed", &["event-without-prefix"]),
        ("'flow-run.*'", &["event-without-prefix"]),
        ("work-pool.ready", &["event-without-prefix"]),
        // Custom states, the user's own events, and existing names.
        ("prefect.flow-run.SuccessfullyProcessed", &[]),
        ("prefect.flow-run.Succeeded", &[]),
        ("prefect.flow-run.Skipped", &[]),
        ("prefect.flow-run.Rescheduled", &[]),
        ("prefect.flow-run.Late", &[]),
        ("prefect.flow-run.TimedOut", &[]),
        ("'prefect.flow-run.Cancel*'", &[]),
        ("'prefect.work-pool.*'", &[]),
        ("'prefect.work-queue.not-*'", &[]),
        ("acme.order.created", &[]),
        ("order-created", &[]),
        ("deployment.finished", &[]),
        ("'acme.*'", &[]),
        ("prefect.block.s3-bucket.write_path.called", &[]),
        ("prefect-cloud.incident.declared", &[]),
        ("'{{ prefect.variables.event }}'", &[]),
    ] {
        assert_eq!(reactive(&format!("expect: [{name}]"), "{type: do-nothing}"), expected, "{name}");
    }
    // A word that is as close to a state as a typo is an info, not a warning.
    let text = "{type: event, posture: Reactive, expect: [prefect.flow-run.Passed]}";
    let report = automation::check(text.as_bytes(), TextOptions::default(), &CheckOptions::default()).report;
    assert_eq!(report.diagnostics.iter().map(|found| found.severity).collect::<Vec<_>>(), [Severity::Info]);
}

#[test]
fn resources_and_labels() {
    let flow = format!("match: {{prefect.resource.id: prefect.flow.{ID}}}");
    for (criteria, expected) in [
        (&*flow, &["match-on-related-resource"][..]),
        ("match: {prefect.resource.id: prefect.tag.prod}", &["match-on-related-resource"]),
        ("match: {prefect.resource.id: 'prefect.work-pool.*'}", &["match-on-related-resource"]),
        ("match: {prefect.resource.role: flow, prefect.resource.name: x}", &["match-on-related-resource"]),
        ("match_related: {prefect.resource.id: 'prefect.flow-run.*'}", &["related-on-primary-resource"]),
        ("match_related: {prefect.resource.role: flow-run}", &["related-on-primary-resource"]),
        ("match_related: {prefect.resource.role: tags}", &["role-never-related"]),
        ("match_related: {prefect.resource.role: flow-run, prefect.tag: dlt}", &["label-never-present"]),
        ("match: {prefect.tags: prod}", &["label-never-present"]),
        ("match: {prefect.flow.name: x}", &["label-never-present"]),
        ("match: {prefect.tag: '!prod'}", &["label-never-present"]),
        ("match_related: {prefect.resource.role: work-pool, prefect.work-pool.name: k8s}", &["label-never-present"]),
        (
            "match_related: {prefect.resource.role: flow, prefect.resource.id: prefect.flow.etl}",
            &["label-never-has-value"],
        ),
        ("match: {prefect.state-type: Completed}", &["label-never-has-value"]),
        ("match: {prefect.state-name: Failed}", &["label-never-has-value"]),
        ("for_each: ['related:deploymnt:prefect.resource.id']", &["for-each-never-present"]),
        ("for_each: [deployment]", &["for-each-never-present"]),
        // One of several alternatives is enough; filled-in values are unknown.
        ("match: {prefect.resource.id: [prefect.tag.prod, 'prefect.flow-run.*']}", &[]),
        ("match: {prefect.resource.id: '*flow*'}", &[]),
        ("match: {prefect.resource.id: '!prefect.flow-run.x'}", &[]),
        ("match: {prefect.resource.id: '{{ prefect.variables.id }}'}", &[]),
        ("match: {prefect.state-name: 'Comp*'}", &[]),
        (
            "match_related: [{prefect.resource.role: tag, prefect.resource.id: prefect.tag.a}, {prefect.resource.role: [flow, deployment], prefect.resource.name: x}]",
            &[],
        ),
        ("match_related: {prefect.resource.role: creator, prefect.resource.id: 'prefect.automation.*'}", &[]),
        ("for_each: ['related:work-pool:prefect.work-pool.type', prefect.state-name]", &[]),
    ] {
        let trigger = format!("expect: [prefect.flow-run.Completed], {criteria}");
        assert_eq!(reactive(&trigger, "{type: do-nothing}"), expected, "{criteria}");
        // Nothing is known about the user's own events.
        let own = format!("expect: [acme.a, prefect.flow-run.Completed], {criteria}");
        assert_eq!(reactive(&own, "{type: do-nothing}"), Vec::<&str>::new(), "{criteria}");
    }
    let effects = |trigger: &str| {
        let text = format!("{{type: event, posture: Proactive, within: 600, {trigger}}}");
        let report = automation::check(text.as_bytes(), TextOptions::default(), &CheckOptions::default()).report;
        let found = report.diagnostics.iter().find(|found| found.code == "match-on-related-resource").unwrap();
        found.message.split(", so ").nth(1).unwrap().to_owned()
    };
    // A pattern that never matches does not always mean that nothing fires.
    let pool = "match: {prefect.resource.id: 'prefect.work-pool.*'}, for_each: [prefect.resource.id]";
    assert_eq!(
        effects(&format!("after: [prefect.work-pool.not-ready], expect: [prefect.work-queue.ready], {pool}")),
        "no event counts, and this trigger fires at the end of every window"
    );
    assert_eq!(
        effects(&format!("after: [prefect.work-queue.not-ready], expect: [acme.ready], {pool}")),
        "no window opens, and this trigger never fires"
    );
}

#[test]
fn triggers_that_fire_themselves() {
    let nothing = "{type: do-nothing}";
    let notify = format!("{{type: send-notification, block_document_id: {ID}, body: b}}");
    let run = format!("{{type: run-deployment, deployment_id: {ID}}}");
    let of = |id: &str| {
        format!(
            "expect: [prefect.flow-run.Completed], match_related: {{prefect.resource.role: deployment, prefect.resource.id: prefect.deployment.{id}}}"
        )
    };
    let queue = format!(
        "expect: [prefect.work-queue.ready, prefect.work-queue.paused], match: {{prefect.resource.id: prefect.work-queue.{ID}}}"
    );
    let pause = format!("{{type: pause-work-queue, work_queue_id: {ID}}}");
    let inferred = "{type: run-deployment, source: inferred}";
    let cancel = "{type: cancel-flow-run}";
    for (trigger, action, expected) in [
        ("expect: ['*']", nothing, &["fires-on-its-firing"][..]),
        ("expect: ['prefect.*']", nothing, &["fires-on-its-firing"]),
        ("threshold: 1", nothing, &["fires-on-its-firing"]),
        (
            "expect: ['prefect.automation.*'], match: {prefect.resource.id: 'prefect.automation.*'}",
            nothing,
            &["fires-on-its-firing"],
        ),
        (
            "expect: [prefect.automation.triggered], match: {prefect.resource.name: x}",
            nothing,
            &["fires-on-its-firing"],
        ),
        ("expect: [prefect.automation.triggered], match: {prefect.resource.name: y}", nothing, &[]),
        ("expect: ['*'], match: {prefect.resource.id: '!prefect.automation.*'}", nothing, &[]),
        ("expect: ['*'], match: {prefect.resource.id: 'prefect.flow-run.*'}", nothing, &[]),
        ("expect: ['*'], threshold: 50, within: 60", nothing, &[]),
        ("expect: ['*'], after: [acme.x], within: 60", nothing, &[]),
        ("expect: [prefect.automation.created]", nothing, &[]),
        ("expect: [prefect.automation.action.failed]", &notify, &["fires-on-its-action"]),
        ("expect: [prefect.automation.action.failed]", nothing, &[]),
        ("expect: [prefect.flow-run.Failed]", "{type: change-flow-run-state, state: FAILED}", &["fires-on-its-action"]),
        (
            "expect: [prefect.flow-run.Crashed]",
            "{type: change-flow-run-state, state: CRASHED, force: true}",
            &["fires-on-its-action"],
        ),
        ("expect: [prefect.flow-run.Cancelled]", "{type: change-flow-run-state, state: FAILED}", &[]),
        (
            "expect: ['prefect.flow-run.*'], match: {prefect.resource.id: 'prefect.flow-run.*'}",
            cancel,
            &["fires-on-its-action"],
        ),
        ("expect: [prefect.flow-run.Late]", cancel, &[]),
        ("expect: [prefect.flow-run.Suspended]", "{type: suspend-flow-run}", &[]),
        ("expect: [prefect.flow-run.Suspended]", "{type: resume-flow-run}", &[]),
        ("expect: [prefect.flow-run.Completed]", inferred, &["fires-on-its-action"]),
        (
            "expect: [prefect.flow-run.Completed], match_related: {prefect.resource.role: flow, prefect.resource.name: a}",
            inferred,
            &["fires-on-its-action"],
        ),
        (
            "expect: [prefect.flow-run.Completed], match_related: {prefect.resource.role: flow, prefect.resource.name: a}",
            &run,
            &[],
        ),
        (&of(ID), &run, &["fires-on-its-action"]),
        (&of(OTHER), &run, &[]),
        ("expect: [acme.import.finished]", &run, &[]),
        (&queue, &pause, &["fires-on-its-action"]),
        ("expect: [prefect.work-queue.not-ready]", "{type: pause-work-queue, source: inferred}", &[]),
        (
            "expect: [prefect.automation.updated]",
            "{type: pause-automation, source: inferred}",
            &["fires-on-its-action"],
        ),
    ] {
        assert_eq!(reactive(trigger, action), expected, "{trigger} {action}");
    }
    let deployment = |trigger: &str| {
        codes(&format!("deployments:\n  - name: d\n    triggers:\n      - {{type: event, {trigger}}}\n"))
    };
    for (trigger, expected) in [
        ("expect: [prefect.flow-run.Completed]", &["deployment-starts-itself"][..]),
        (
            "expect: ['prefect.flow-run.*'], match_related: {prefect.resource.role: deployment}",
            &["deployment-starts-itself"],
        ),
        // The server rejects it.
        ("expect: ['prefect.flow-run.*']", &["run-deployment-loop"]),
        (
            "expect: [prefect.flow-run.Completed], match_related: {prefect.resource.role: flow, prefect.resource.name: a}",
            &[],
        ),
        ("expect: [acme.x]", &[]),
    ] {
        assert_eq!(deployment(trigger), expected, "{trigger}");
    }
}

#[test]
fn heartbeats_and_ends_of_runs() {
    let end =
        "[prefect.flow-run.Completed, prefect.flow-run.Failed, prefect.flow-run.Crashed, prefect.flow-run.Cancelled]";
    for (trigger, expected) in [
        (
            "after: [prefect.flow-run.Running], expect: ['prefect.flow-run.*'], within: 3600",
            &["heartbeat-ends-the-watch"][..],
        ),
        ("after: [prefect.flow-run.Running], within: 3600", &["heartbeat-ends-the-watch"]),
        (
            "after: [prefect.flow-run.Running], expect: [prefect.flow-run.Completed, prefect.flow-run.heartbeat], within: 3600",
            &["heartbeat-ends-the-watch"],
        ),
        // More events than occur, or properties that heartbeats do not have.
        ("after: [prefect.flow-run.Running], expect: ['prefect.flow-run.*'], within: 3600, threshold: 50", &[]),
        (
            "after: [prefect.flow-run.Running], expect: ['prefect.flow-run.*'], within: 3600, match: {prefect.state-type: '*'}",
            &[],
        ),
        ("after: [prefect.flow-run.Pending], expect: ['prefect.flow-run.*'], within: 300", &[]),
        (&format!("after: [prefect.flow-run.Running], expect: {end}, within: 3600"), &[]),
    ] {
        assert_eq!(proactive(trigger), expected, "{trigger}");
    }
    let cancel = "{type: cancel-flow-run}";
    for (trigger, action, expected) in [
        ("expect: [prefect.flow-run.Running]", cancel, &["ends-runs-at-start"][..]),
        ("expect: [prefect.flow-run.Running], within: 1800", cancel, &["ends-runs-at-start"]),
        (
            "expect: [prefect.flow-run.Pending]",
            "{type: change-flow-run-state, state: CANCELLED}",
            &["ends-runs-at-start"],
        ),
        ("expect: [prefect.flow-run.Running], within: 1800, threshold: 3", cancel, &[]),
        ("expect: [prefect.flow-run.Running]", "{type: do-nothing}", &[]),
        ("expect: [prefect.flow-run.Failed]", cancel, &["acts-on-ended-runs"]),
        ("expect: [prefect.flow-run.Failed]", "{type: change-flow-run-state, state: CRASHED}", &["acts-on-ended-runs"]),
        ("expect: [prefect.flow-run.Failed]", "{type: change-flow-run-state, state: COMPLETED}", &[]),
        ("expect: [prefect.flow-run.Failed, prefect.flow-run.Late]", cancel, &[]),
        ("expect: [prefect.task-run.Failed]", cancel, &[]),
    ] {
        assert_eq!(reactive(trigger, action), expected, "{trigger} {action}");
    }
}

/// Codes of which none is reported on automations that ran on a live server as they were meant.
const CANNOT_OR_ENDLESS: [&str; 16] = [
    "no-such-event",
    "no-such-status",
    "misspelt-state",
    "event-without-prefix",
    "match-on-related-resource",
    "related-on-primary-resource",
    "role-never-related",
    "label-never-present",
    "label-never-has-value",
    "for-each-never-present",
    "fires-on-its-firing",
    "fires-on-its-action",
    "deployment-starts-itself",
    "heartbeat-ends-the-watch",
    "ends-runs-at-start",
    "acts-on-ended-runs",
];

#[test]
fn live_automations_can_fire_and_stop() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/live/automations");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let found = codes(&std::fs::read_to_string(&path).unwrap());
        assert!(!found.iter().any(|code| CANNOT_OR_ENDLESS.contains(code)), "{}: {found:?}", path.display());
        count += 1;
    }
    assert_eq!(count, 17);
}

/// The triggers of the recorded scenarios: what fired there is never called impossible.
#[test]
fn what_has_fired_can_fire() {
    let (mut fired, mut wrong) = (0, Vec::new());
    cases::each_row("scenarios-3.9.ndjson.gz", |row| {
        let has_fired = row.get("firings").is_some_and(|firings| firings.items().next().is_some());
        let Some(automation) = row.get("automation").filter(|_| has_fired) else { return };
        // A composite fires although one of its triggers never does.
        if automation.get("trigger").unwrap().get("triggers").is_some() {
            return;
        }
        fired += 1;
        let text = String::from_utf8_lossy(automation.raw()).into_owned();
        assert!(text.contains("\"trigger\"") && text.ends_with('}'), "{text}");
        let report = automation::check(text.as_bytes(), TextOptions::default(), &CheckOptions::default()).report;
        // Heartbeats there name their deployment; those of a live server have only its id.
        let unnamed = |message: &str| message.contains("heartbeat` never has the label `prefect.resource.name`");
        let found = report.diagnostics.iter().map(|found| &found.message);
        wrong.extend(
            found
                .filter(|message| message.contains("never fires") && !unnamed(message))
                .map(|message| format!("{message}: {text}")),
        );
    });
    assert!(fired > 500, "{fired}");
    assert_eq!(wrong, Vec::<String>::new());
}

/// A label that is already present is not suggested again: as a fix it would repeat the key.
#[test]
fn no_label_is_proposed_twice() {
    let trigger = "{type: event, posture: Reactive, expect: [prefect.flow-run.Failed], \
        match_related: {prefect.resource.role: tag, prefect.resource.name: prod}}";
    let report = automation::check(trigger.as_bytes(), TextOptions::default(), &CheckOptions::default()).report;
    let [found] = &*report.diagnostics else { panic!("{:?}", report.diagnostics) };
    assert!(
        found.help.as_ref().is_some_and(|help| help.contains("prefect.resource.id: prefect.tag.prod")),
        "{found:?}"
    );
    assert_eq!(found.fix, None);
}

/// A long chain of operators is nested once for each: it is not examined, and this is all that is said about it.
#[test]
fn templates_that_are_nested_too_deeply_are_not_examined() {
    for part in ["|list", "+1", ".a", " and 1", "[1]", " if 1 else 1", " is odd"] {
        let body = ["{{ event", &part.repeat(15_000), " }}"].concat();
        let action = json!({"type": "send-notification", "block_document_id": "11111111-1111-4111-8111-111111111111",
            "subject": "late", "body": body});
        let trigger =
            json!({"type": "event", "posture": "Reactive", "expect": ["acme.late"], "threshold": 1, "within": 0});
        let codes = codes(&json!({"name": "late", "trigger": trigger, "actions": [action]}).to_string());
        assert_eq!(codes, ["template-not-examined"], "{part}");
    }
}
