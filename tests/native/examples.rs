//! Examples for automations: which histories are found, and that playing them again gives the same result.

use prefect_events::simulate::{
    ExampleOptions, ExampleRun, ExampleRuns, Files, SimulateOptions, example_runs, simulate,
};

/// Each trigger with the history on which it fires, and the one on which it does not.
const TRIGGERS: [(&str, &str, &str); 17] = [
    ("{posture: Reactive, expect: [prefect.flow-run.Failed]}", "A run fails", "A run completes"),
    (
        "{posture: Reactive, expect: [prefect.flow-run.Completed], match_related: [{prefect.resource.name: etl, prefect.resource.role: flow}, {prefect.resource.id: prefect.tag.prod, prefect.resource.role: tag}]}",
        "A run completes",
        "A run fails",
    ),
    (
        "{posture: Reactive, expect: [prefect.flow-run.Crashed], match_related: {prefect.resource.name: 'nightly-*', prefect.resource.role: deployment}}",
        "A run crashes",
        "A run completes",
    ),
    (
        "{posture: Reactive, expect: [prefect.flow-run.Extracted]}",
        "A run reaches the state `Extracted`",
        "A run completes",
    ),
    ("{posture: Reactive, expect: [prefect.flow-run.Failed], threshold: 3, within: 600}", "3 runs fail", "2 runs fail"),
    (
        "{posture: Proactive, match: {prefect.resource.id: prefect.flow-run.*}, for_each: [prefect.resource.id], after: [prefect.flow-run.heartbeat], expect: [prefect.flow-run.*], within: 90}",
        "The process of a run dies, and its heartbeats stop",
        "A run sends heartbeats until it completes",
    ),
    (
        "{posture: Proactive, for_each: [prefect.resource.id], after: [prefect.flow-run.heartbeat], expect: [prefect.flow-run.*], within: 540}",
        "The process of a run dies, and its heartbeats stop",
        "A run sends heartbeats until it completes",
    ),
    (
        "{posture: Proactive, for_each: [prefect.resource.id], after: [prefect.flow-run.Running], expect: [prefect.flow-run.Completed, prefect.flow-run.Failed], within: 1800}",
        "A run takes 1 h 1 min",
        "A run completes",
    ),
    (
        "{posture: Proactive, for_each: [prefect.resource.id], after: [prefect.flow-run.Pending], expect: [prefect.flow-run.Running, prefect.flow-run.Crashed], within: 60}",
        "`prefect.flow-run.Pending`, and none of the expected events within 1 min",
        "`prefect.flow-run.Pending`, then `prefect.flow-run.Crashed` in time",
    ),
    (
        "{posture: Reactive, expect: [prefect.flow-run.Late], match: {prefect.resource.id: prefect.flow-run.*}}",
        "`prefect.flow-run.Late`",
        "A run completes",
    ),
    (
        "{posture: Reactive, expect: [external.resource.pinged], match: {prefect.resource.id: my.external.resource}}",
        "`external.resource.pinged`",
        "`external.resource.pinged` of a resource that does not match",
    ),
    (
        "{posture: Proactive, after: [prefect.work-queue.not-ready], expect: [prefect.work-queue.ready], for_each: [prefect.resource.id], match: {prefect.resource.name: [default]}, within: 300}",
        "`prefect.work-queue.not-ready`, and no `prefect.work-queue.ready` within 5 min",
        "`prefect.work-queue.not-ready`, then `prefect.work-queue.ready` in time",
    ),
    (
        "{type: sequence, within: 600, triggers: [{posture: Reactive, expect: [acme.extracted]}, {posture: Reactive, expect: [acme.loaded]}]}",
        "The events of all triggers, one after the other",
        "The events of all triggers but the last",
    ),
    (
        "{type: compound, require: all, within: 600, triggers: [{posture: Proactive, for_each: [prefect.resource.id], after: [prefect.flow-run.heartbeat], expect: [prefect.flow-run.*], within: 90}, {posture: Reactive, expect: [prefect.flow-run.Failed]}]}",
        "The process of a run dies, and another run fails",
        "The process of a run dies, and its heartbeats stop",
    ),
    (
        "{posture: Reactive, expect: [s3.put], threshold: 5, within: 10, for_each: ['related:bucket:prefect.resource.id']}",
        "5 × `s3.put` within 10 s",
        "4 × `s3.put` within 10 s",
    ),
    (
        "{posture: Proactive, expect: [acme.backup.done], within: 604800}",
        "Nothing, so no `acme.backup.done` within 7 d",
        "`acme.backup.done` in time",
    ),
    (
        "{posture: Reactive, expect: ['acme.*'], match: {prefect.resource.id: '!acme.x'}}",
        "`acme.example`",
        "A run completes",
    ),
];

fn examples(document: &str) -> ExampleRuns {
    example_runs(document.into(), &ExampleOptions::default())
}

/// What an example does when its scenario is played again.
fn fires_again(run: &ExampleRun, automation: &str, index: usize) -> bool {
    let mut files = Files::default();
    files.insert("./automation.yaml", automation);
    let options =
        SimulateOptions { timeline: true, files, automation_index: Some(index), ..SimulateOptions::default() };
    let result = simulate((&*run.scenario.json()).into(), &options);
    assert_eq!(result.errors, [], "{}", run.scenario.json());
    assert_eq!(result.timeline.as_ref(), Some(&run.timeline), "{}", run.title);
    !result.firings.is_empty()
}

#[test]
fn finds_a_firing_history_and_the_most_similar_one_that_does_not_fire() {
    for (trigger, fires, does_not_fire) in TRIGGERS {
        let automation = format!("trigger: {trigger}");
        let found = examples(&automation);
        let title = |run: &Option<ExampleRun>| run.as_ref().map(|run| run.title.clone()).unwrap_or_default();
        assert_eq!([title(&found.fires), title(&found.does_not_fire)], [fires, does_not_fire], "{trigger}");
        assert_eq!((found.reason, &*found.errors), (None, &[][..]), "{trigger}");
    }
}

#[test]
fn examples_give_the_same_result_when_played_again() {
    for (trigger, ..) in TRIGGERS {
        let automation = format!("trigger: {trigger}");
        let found = examples(&automation);
        assert!(fires_again(&found.fires.unwrap(), &automation, 0), "{trigger}");
        assert!(!fires_again(&found.does_not_fire.unwrap(), &automation, 0), "{trigger}");
    }
}

#[test]
fn documents_from_prefect_have_examples() {
    for (name, index) in [("b01.yaml", 0), ("prefect.yaml", 0), ("api-list.json", 2), ("inspect.yaml", 0)] {
        let path = format!("{}/tests/cases/live/forms/{name}", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        let options = ExampleOptions { automation_index: Some(index), ..ExampleOptions::default() };
        let found = example_runs((&*text).into(), &options);
        assert!(fires_again(&found.fires.expect(name), &text, index), "{name}");
        assert!(!fires_again(&found.does_not_fire.expect(name), &text, index), "{name}");
    }
}

#[test]
fn explains_why_an_example_is_absent() {
    let never = examples("{trigger: {posture: Reactive, expect: [acme.x]}, enabled: false}");
    assert!(never.fires.is_none() && never.does_not_fire.is_some());
    assert!(never.reason.unwrap().contains("disabled"));
    let always = examples("trigger: {posture: Reactive, expect: []}");
    assert!(always.fires.is_some() && always.does_not_fire.is_none());
    assert!(always.reason.unwrap().starts_with("it fires on each of the "));
    let metric = examples("trigger: {type: metric, metric: {name: successes}}");
    assert_eq!((metric.errors.len(), metric.errors[0].code), (1, "scenario-automation"));
    let options = ExampleOptions { automation_index: Some(1), ..ExampleOptions::default() };
    let other = example_runs("trigger: {expect: [a]}".into(), &options);
    assert_eq!(other.reason.as_deref(), Some("the document has no automation with the index 1"));
}

#[test]
fn long_windows_and_high_thresholds_are_bounded() {
    for trigger in [
        "{posture: Proactive, expect: [a], within: 1000000000000}",
        "{posture: Proactive, for_each: [prefect.resource.id], after: [prefect.flow-run.heartbeat], expect: [prefect.flow-run.*], within: 31536000}",
        "{posture: Reactive, expect: [a], threshold: 1000000000, within: 10}",
    ] {
        let steps = prefect_events::text::steps();
        let found = examples(&format!("trigger: {trigger}"));
        assert!(found.errors.is_empty());
        let taken = prefect_events::text::steps() - steps;
        assert!(taken < 20_000_000, "{taken} steps: {trigger}");
        if let Some(run) = found.fires {
            assert!(run.scenario.json().len() < 100_000);
        }
    }
}
