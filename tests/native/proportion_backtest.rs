//! The work of backtests, causes and comparisons is proportional to the events: counted in steps, not in seconds.

use prefect_events::backtest::{
    BacktestOptions, CompareOptions, DifferenceCause, WhyOptions, backtest_captured, compare_automations, why,
};
use prefect_events::simulate::CapturedEvents;
use serde_json::{Value as Json, json};

use super::proportion::{assert_in_proportion, cost};

const SECOND: i64 = 1_000_000;
const START: i64 = 1_772_366_400_000_000;

fn event(number: usize, second: usize, name: &str, resource: &Json, more: &Json) -> String {
    let second = i64::try_from(second).unwrap();
    let at = prefect_events::time::Instant(START + second * SECOND).rfc3339();
    let mut event = json!({
        "id": format!("00000000-0000-4000-8000-{number:012x}"), "occurred": at, "received": at, "event": name,
        "resource": resource,
    });
    for (name, value) in more.as_object().unwrap() {
        event[name] = value.clone();
    }
    format!("{event}\n")
}

const AUTOMATION: &str = "11111111-1111-4111-8111-111111111111";

fn automation(within: u32) -> String {
    json!({"id": AUTOMATION, "name": "zombies", "actions": [], "trigger": {
        "type": "event", "posture": "Proactive", "match": {"prefect.resource.id": "prefect.flow-run.*"},
        "after": ["prefect.flow-run.heartbeat"], "expect": ["prefect.flow-run.*"],
        "for_each": ["prefect.resource.id"], "within": within,
    }})
    .to_string()
}

/// Runs that fall silent after three heartbeats, one every minute. For every second one the server recorded a firing;
/// the others are differences without a known cause.
fn captured(runs: usize) -> CapturedEvents {
    let mut text = String::new();
    for run in 0..runs {
        let id = format!("prefect.flow-run.00000000-0000-4000-8000-{run:012x}");
        let resource = json!({"prefect.resource.id": id, "prefect.resource.name": format!("run-{run}")});
        for beat in 0..3 {
            let number = run * 4 + beat + 1;
            text += &event(number, run * 60 + beat * 30, "prefect.flow-run.heartbeat", &resource, &json!({}));
        }
        if run % 2 == 0 {
            let own = json!({"prefect.resource.id": format!("prefect.automation.{AUTOMATION}"),
                "prefect.resource.name": "zombies"});
            let more = json!({"payload": {"triggering_labels": {"prefect.resource.id": id}}});
            text += &event(run * 4 + 4, run * 60 + 155, "prefect.automation.triggered", &own, &more);
        }
    }
    let mut captured = CapturedEvents::default();
    assert!(captured.add((&*text).into()).valid);
    captured
}

fn in_proportion(what: &str, size: usize, work: impl Fn(&CapturedEvents)) {
    let (small, large) = (captured(size), captured(size * 4));
    assert_in_proportion(what, cost(|| work(&small)), cost(|| work(&large)));
}

#[test]
fn backtest_is_proportional_to_events_and_differences() {
    in_proportion("backtest", 100, |captured| {
        let options = BacktestOptions::default();
        let result = backtest_captured((&*automation(90)).into(), captured, &options).unwrap();
        let own = &result.automations[0];
        assert!(own.both > 20 && own.only_here.len() > 20, "{} {}", own.both, own.only_here.len());
        assert!(
            own.only_here[..20].iter().all(|one| one.cause == DifferenceCause::Unexplained),
            "{:?}",
            own.only_here[0]
        );
    });
}

#[test]
fn why_is_proportional_to_events() {
    in_proportion("why", 100, |captured| {
        let own = automation(90);
        let found = why(captured, "run-2", Some((&*own).into()), &WhyOptions::default()).unwrap();
        assert!(found.fired.is_some(), "{found:?}");
        let healthy = why(captured, "run-3", Some((&*automation(20)).into()), &WhyOptions::default()).unwrap();
        // It falls silent later: no window helps, and all are tried.
        assert!(healthy.fired.is_some() && healthy.change.is_none(), "{healthy:?}");
    });
}

/// Each automation sent one event, and the events describe none of them.
#[test]
fn why_is_proportional_to_the_automations_that_sent_events() {
    let captured = |automations: usize| {
        let run = json!({"prefect.resource.id": "prefect.flow-run.1", "prefect.resource.name": "run"});
        let mut text = event(0, 0, "prefect.flow-run.heartbeat", &run, &json!({}));
        for number in 1..=automations {
            let own = json!({"prefect.resource.id": format!("prefect.automation.{number}")});
            text += &event(number, number, "prefect.automation.triggered", &own, &json!({"payload": {}}));
        }
        let mut captured = CapturedEvents::default();
        assert!(captured.add((&*text).into()).valid);
        captured
    };
    let (small, large) = (captured(500), captured(2000));
    let work = |captured: &CapturedEvents| {
        let found = why(captured, "run", None, &WhyOptions::default()).unwrap();
        assert!(found.fired.is_none(), "{found:?}");
    };
    assert_in_proportion("why", cost(|| work(&small)), cost(|| work(&large)));
}

#[test]
fn diff_is_proportional_to_events_and_changes() {
    in_proportion("diff", 100, |captured| {
        let (old, new) = (automation(90), automation(20));
        let compared =
            compare_automations((&*old).into(), (&*new).into(), captured, &CompareOptions::default()).unwrap();
        assert!(compared.automations[0].changes.len() > 20);
    });
}

/// Windows that no event opens, and recorded firings although the events come: each part is replayed with each reload.
#[test]
fn the_search_for_reloads_is_proportional_to_events_and_differences() {
    let plain = json!({"prefect.resource.id": "acme.a"});
    let own = json!({"prefect.resource.id": format!("prefect.automation.{AUTOMATION}")});
    let other = json!({"prefect.resource.id": "prefect.automation.22222222-2222-4222-8222-222222222222"});
    let quiet = json!({"id": AUTOMATION, "name": "quiet", "actions": [], "trigger": {
        "type": "event", "posture": "Proactive", "expect": ["acme.often"], "within": 60}});
    let captured = |firings: usize| {
        let mut text = String::new();
        for number in 0..firings {
            let (id, second) = (number * 8 + 1, number * 100);
            for beat in 0..5 {
                text += &event(id + beat, second + beat * 20, "acme.often", &plain, &json!({}));
            }
            text += &event(id + 5, second + 30, "prefect.automation.updated", &other, &json!({}));
            text += &event(id + 6, second + 60, "prefect.automation.updated", &other, &json!({}));
            let triggered = json!({"payload": {"triggering_labels": {}}});
            text += &event(id + 7, second + 99, "prefect.automation.triggered", &own, &triggered);
        }
        let mut captured = CapturedEvents::default();
        assert!(captured.add((&*text).into()).valid);
        captured
    };
    let work = |captured: &CapturedEvents, firings: usize| {
        let result = backtest_captured((&*quiet.to_string()).into(), captured, &BacktestOptions::default()).unwrap();
        let recorded = &result.automations[0].only_recorded;
        assert!(recorded.iter().all(|one| one.cause == DifferenceCause::Unexplained), "{:?}", recorded[0]);
        assert_eq!(recorded.len(), firings);
    };
    let (small, large) = (captured(50), captured(200));
    assert_in_proportion("reloads", cost(|| work(&small, 50)), cost(|| work(&large, 200)));
}
