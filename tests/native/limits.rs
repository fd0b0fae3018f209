//! What is played has limits, so that it ends with an error before memory does, and takes time in proportion to the
//! events.

use std::fmt::Write;

use prefect_events::automation::{CheckOptions, check};
use prefect_events::backtest::{CompareOptions, compare_automations};
use prefect_events::diagnostic::TextOptions;
use prefect_events::simulate::{
    CapturedEvents, ReplayError, ReplayOptions, SimulateOptions, TestReport, replay, scenario_files, simulate,
    test_scenarios,
};
use prefect_events::trigger::EngineLimit;
use serde_json::{Value, json};

/// Events with different ids and resources, all within a second.
fn events(count: usize) -> String {
    events_of("x", count)
}

/// `resource`: how the ids of the resources begin.
fn events_of(resource: &str, count: usize) -> String {
    let mut all = String::new();
    for number in 0..count {
        let at = format!("2026-03-01T12:00:00.{number:06}Z");
        let _ = write!(
            all,
            r#"{{"id": "00000000-0000-4000-8000-{number:012x}", "occurred": "{at}", "event": "a",
            "resource": {{"prefect.resource.id": "{resource}{number}"}}}}"#
        );
    }
    all
}

fn trigger(labels: usize, threshold: usize) -> Value {
    let labels: Vec<String> = (1..labels).map(|label| format!("l{label}")).collect();
    let labels = [&["prefect.resource.id".to_owned()], &*labels].concat();
    json!({"posture": "Reactive", "expect": ["a"], "for_each": labels, "threshold": threshold, "within": 60})
}

fn compound(triggers: &[Value], require: &str) -> Value {
    json!({"type": "compound", "require": require, "within": 60, "triggers": triggers})
}

fn played(trigger: &Value, count: usize) -> Result<usize, ReplayError> {
    played_with(trigger, &events(count), &ReplayOptions::default())
}

fn played_with(trigger: &Value, events: &str, options: &ReplayOptions) -> Result<usize, ReplayError> {
    let automation = json!({"trigger": trigger}).to_string();
    let result = replay((&*automation).into(), events.into(), options)?;
    assert!(result.errors.is_empty(), "{:?}", result.errors.first());
    Ok(result.firings.len() + result.child_firings.len())
}

#[test]
fn the_size_of_a_trigger() {
    let pattern = |count: usize| {
        let all: Vec<String> = (0..count).map(|at| format!("?z{at}")).collect();
        json!({"posture": "Reactive", "expect": ["a"], "match": {"prefect.resource.id": all}})
    };
    let cases = [
        (
            compound(&vec![trigger(1, 1); 1000], "any"),
            compound(&vec![trigger(1, 1); 1001], "any"),
            "1,000 event triggers",
        ),
        (trigger(5000, 1), trigger(5001, 1), "5,000 labels in `for_each`"),
        (
            compound(&[trigger(2500, 1), trigger(2500, 1)], "any"),
            compound(&[trigger(2500, 1), compound(&[trigger(1, 1), trigger(2500, 1)], "all")], "any"),
            "5,000 labels in `for_each`",
        ),
        (
            compound(&[pattern(2500), pattern(2500)], "any"),
            compound(&[pattern(2500), compound(&[pattern(1), pattern(2500)], "all")], "any"),
            "5,000 patterns that",
        ),
    ];
    for (allowed, above, what) in cases {
        played(&allowed, 2).unwrap();
        let automation = json!({"trigger": above});
        let text = automation.to_string();
        let replayed = replay((&*text).into(), (&*events(1)).into(), &ReplayOptions::default()).unwrap();
        let scenario = json!({"automation": automation, "events": []}).to_string();
        let simulated = simulate((&*scenario).into(), &SimulateOptions::default());
        for errors in [replayed.errors, simulated.errors] {
            assert_eq!(errors.len(), 1, "{errors:?}");
            assert_eq!(errors[0].code, "scenario-too-large");
            assert!(
                errors[0].message.starts_with(&format!("the trigger has more than {what}")),
                "{}",
                errors[0].message
            );
        }
        // Prefect accepts it.
        let checked = check(text.as_bytes(), TextOptions::default(), &CheckOptions::default());
        assert!(checked.report.diagnostics.iter().all(|finding| finding.code != "scenario-too-large"));
    }
}

#[test]
fn the_size_of_a_result() {
    let all = compound(&vec![trigger(1, 1); 1000], "any");
    assert_eq!(played(&all, 10), Ok(20_000));
    assert_eq!(played(&all, 2001), Err(ReplayError::TooMuch(EngineLimit::Outcome)));
    assert_eq!(played(&trigger(5000, 1), 2001), Err(ReplayError::TooMuch(EngineLimit::Parts)));
    let error = ReplayError::TooMuch(EngineLimit::Parts).to_string();
    assert_eq!(error, "there are more than 10,000,000 labels and child firings: choose a shorter time");
}

#[test]
fn the_size_of_firings_of_children_and_of_decisions() {
    let never = json!({"posture": "Reactive", "expect": ["b"], "within": 60});
    let all = compound(&[vec![trigger(1, 1); 999], vec![never]].concat(), "all");
    assert_eq!(played(&all, 10), Ok(9990));
    assert_eq!(played(&all, 2003), Err(ReplayError::TooMuch(EngineLimit::Outcome)));
    let traced = ReplayOptions { trace: true, ..ReplayOptions::default() };
    let counting = compound(&vec![trigger(1, 2); 1000], "any");
    assert_eq!(played_with(&counting, &events(2001), &ReplayOptions::default()), Ok(0));
    assert_eq!(played_with(&counting, &events(2001), &traced), Err(ReplayError::TooMuch(EngineLimit::Outcome)));
}

/// A firing also has the labels of its children, and a long text is as large as many labels.
#[test]
fn the_size_of_what_is_in_a_firing() {
    let children = compound(&vec![trigger(500, 1); 10], "any");
    assert_eq!(played(&children, 600), Ok(12_000));
    assert_eq!(played(&children, 1100), Err(ReplayError::TooMuch(EngineLimit::Parts)));
    let all = compound(&vec![trigger(1, 1); 1000], "any");
    let long = events_of(&"x".repeat(640), 500);
    assert_eq!(played(&all, 500), Ok(1_000_000));
    assert_eq!(played_with(&all, &long, &ReplayOptions::default()), Err(ReplayError::TooMuch(EngineLimit::Parts)));
}

/// One result has the firings of all automations.
#[test]
fn the_size_of_the_results_of_several_automations() {
    let one = json!({"trigger": compound(&vec![trigger(1, 1); 1000], "any")});
    let three = json!([one, one, one]).to_string();
    let text = events(700);
    assert_eq!(
        replay((&*three).into(), (&*text).into(), &ReplayOptions::default()),
        Err(ReplayError::TooMuch(EngineLimit::Outcome))
    );
    let mut captured = CapturedEvents::default();
    captured.add((&*text).into());
    let other = json!({"trigger": trigger(1, 1), "name": "other"});
    let (other, same) = (json!([other]).to_string(), json!([one, one, one, other]).to_string());
    let compare = |new: &str| compare_automations((&*three).into(), new.into(), &captured, &CompareOptions::default());
    assert_eq!(compare(&other), Err(ReplayError::TooMuch(EngineLimit::Outcome)));
    // Only what differs is kept.
    assert_eq!(compare(&same).unwrap().automations.iter().map(|own| own.same).sum::<usize>(), 2_100_000);
}

#[test]
fn open_windows() {
    let labels = trigger(5000, 2);
    assert_eq!(played(&labels, 1000), Ok(0));
    assert_eq!(played(&labels, 3000), Err(ReplayError::TooMuch(EngineLimit::Windows)));
}

/// Each expectation that is not met has the runs of the whole scenario, whose names may be long.
#[test]
fn the_size_of_a_test_report() {
    let report = |runs: usize, expectations: usize, name: usize| {
        let run = |number: usize| json!({"name": format!("{number}{}", "x".repeat(name)), "dies": "2m"});
        let runs: Vec<Value> = (0..runs).map(run).collect();
        let expect: Vec<Value> = (0..expectations).map(|_| json!({"fires": 5000})).collect();
        let scenario = json!({
            "automation": "crash-zombie-flows", "heartbeat": {"frequency": 30}, "runs": runs, "expect": expect,
        });
        test_scenarios((&*scenario.to_string()).into())
    };
    let timelines = |report: &TestReport| {
        report.scenarios[0].expectations.iter().filter(|expectation| expectation.timeline.is_some()).count()
    };
    let usual = report(20, 20, 10);
    assert_eq!((usual.failures, timelines(&usual)), (20, 20));
    let large = report(200, 200, 50_000);
    assert_eq!(large.failures, 200);
    assert!((1..20).contains(&timelines(&large)), "{}", timelines(&large));
    let length = serde_json::to_string(&large).unwrap().len();
    assert!(length < 250_000_000, "{length}");
}

#[test]
fn paths_of_files_with_a_lone_surrogate_are_none() {
    assert_eq!(scenario_files(r#"{"automation": "./\ud800"}"#.into()), Vec::<String>::new());
    assert_eq!(scenario_files(r#"{"automation": "./\ud83d\ude00"}"#.into()), ["./\u{1F600}"]);
}
