//! The work of the engine and of scenarios is proportional to any input: counted in steps, not in seconds.

use std::fmt::Write;

use prefect_events::automation::{CheckOptions, check};
use prefect_events::diagnostic::TextOptions;
use prefect_events::simulate::{
    ReplayOptions, SimulateOptions, SimulationResult, compare_replays, compare_versions, replay, simulate,
    test_scenarios,
};
use serde_json::json;

use super::proportion::{assert_in_proportion, cost};

fn in_proportion(what: &str, size: usize, play: impl Fn(usize)) {
    assert_in_proportion(what, cost(|| play(size)), cost(|| play(size * 4)));
}

fn moment(second: usize) -> String {
    let (minute, hour) = (second / 60, second / 3600);
    format!("2026-03-{:02}T{:02}:{:02}:{:02}Z", 1 + hour / 24, hour % 24, minute % 60, second % 60)
}

fn event(number: usize, name: &str, second: usize, more: &str) -> String {
    let at = moment(second);
    format!(r#"{{"id": "00000000-0000-4000-8000-{number:012x}", "occurred": "{at}", "event": {}{more}}}"#, json!(name))
}

const RESOURCE: &str = r#", "resource": {"prefect.resource.id": "x"}"#;

fn replayed(automation: &serde_json::Value, events: &str) -> SimulationResult {
    let options = ReplayOptions { trace: true, timeline: true, ..ReplayOptions::default() };
    let result = replay((&*automation.to_string()).into(), events.into(), &options).unwrap();
    assert!(result.errors.is_empty(), "{:?}", result.errors.first());
    result
}

fn simulated(scenario: &serde_json::Value) -> SimulationResult {
    let options = SimulateOptions { trace: true, timeline: true, ..SimulateOptions::default() };
    let result = simulate((&*scenario.to_string()).into(), &options);
    assert!(result.errors.is_empty(), "{:?}", result.errors.first());
    result
}

/// Many labels in one event, each twice, and a trigger that asks for all of them.
#[test]
fn labels() {
    in_proportion("labels", 1000, |size| {
        let mut resource = String::from(r#", "resource": {"prefect.resource.id": "x""#);
        for label in (0..size).chain(0..size) {
            let _ = write!(resource, r#", "l{label}": "v""#);
        }
        resource.push('}');
        let wanted: serde_json::Map<_, _> = (0..size).map(|label| (format!("l{label}"), json!("v"))).collect();
        let automation = json!({"trigger": {"posture": "Reactive", "expect": ["a"], "match": wanted}});
        assert_eq!(replayed(&automation, &event(1, "a", 0, &resource)).firings.len(), 1);
    });
}

/// Why nothing fires: many events with different names and resources, and many labels that none of them has.
#[test]
fn reasons() {
    in_proportion("reasons", 500, |size| {
        let related: Vec<_> = (0..size)
            .map(|role| json!({"prefect.resource.id": format!("i{role}"), "prefect.resource.role": format!("r{role}")}))
            .collect();
        let more = format!(r#", "related": {}"#, json!(related));
        let events: String = (0..size)
            .map(|number| {
                let resource = format!(r#", "resource": {{"prefect.resource.id": "x{number}"}}"#);
                let more = if number == 0 { &*more } else { "" };
                event(number, &format!("acme.n{number}"), number, &format!("{resource}{more}"))
            })
            .collect();
        let wanted: serde_json::Map<_, _> = (0..size).map(|label| (format!("l{label}"), json!("v"))).collect();
        for (expect, key) in [("acme.*", "match"), ("acme.*", "match_related"), ("acme.none", "match")] {
            let trigger = json!({"posture": "Reactive", "expect": [expect], key: wanted});
            let result = replayed(&json!({"trigger": trigger}), &events);
            assert!(result.reason.is_some_and(|reason| reason.contains("none")));
        }
    });
}

/// The same for many triggers, of which the first 100 are listed.
#[test]
fn reasons_of_many_triggers() {
    in_proportion("reasons of many triggers", 250, |size| {
        let child = |number: usize| {
            json!({
                "posture": "Reactive", "expect": ["acme.a", format!("acme.n{number}")],
                "match_related": {"prefect.resource.id": format!("y{number}")},
            })
        };
        let triggers: Vec<_> = (0..size).map(child).collect();
        let automation = json!({"trigger": {"type": "compound", "require": "any", "within": 60, "triggers": triggers}});
        let result = replayed(&automation, &event(1, "acme.a", 0, RESOURCE));
        assert!(result.reason.is_some_and(|reason| reason.starts_with("0 of")));
        assert_eq!(result.coverage.map(|coverage| coverage.len()), Some(100));
    });
}

/// Many related resources, and a key with the label of each.
#[test]
fn related_resources() {
    in_proportion("related resources", 400, |size| {
        let mut more = format!(r#"{RESOURCE}, "related": ["#);
        for role in 0..size {
            let comma = if role > 0 { ", " } else { "" };
            let _ = write!(more, r#"{comma}{{"prefect.resource.id": "i{role}", "prefect.resource.role": "r{role}"}}"#);
        }
        more.push(']');
        let key: Vec<_> = (0..size).map(|role| format!("related:r{role}:prefect.resource.id")).collect();
        let automation = json!({"trigger": {"posture": "Reactive", "expect": ["a"], "for_each": key}});
        assert_eq!(replayed(&automation, &event(1, "a", 0, &more)).firings[0].labels.len(), size);
    });
}

/// A long list of patterns, and as many different names, of which one in two is in the list.
#[test]
fn names_of_expect() {
    in_proportion("names of `expect`", 400, |size| {
        let expect: Vec<_> = (0..size).map(|name| format!("acme.n{name}")).collect();
        let automation =
            json!({"trigger": {"posture": "Reactive", "expect": expect, "threshold": 1_000_000, "within": 10}});
        let name = |number: usize| format!("acme.{}{number}", if number.is_multiple_of(2) { "m" } else { "n" });
        let events: String = (0..size).map(|number| event(number, &name(number), number, RESOURCE)).collect();
        assert_eq!(replayed(&automation, &events).firings.len(), 0);
    });
}

fn list(size: usize, item: impl Fn(usize) -> String) -> Vec<String> {
    (0..size).map(item).collect()
}

/// Events with these names and ids of resources.
fn events(size: usize, name_and_id: impl Fn(usize) -> (String, String)) -> String {
    let one = |number: usize| {
        let (name, id) = name_and_id(number);
        event(number, &name, number, &format!(r#", "resource": {{"prefect.resource.id": {}}}"#, json!(id)))
    };
    (0..size).map(one).collect()
}

fn with_clause(key: &str, value: &serde_json::Value) -> serde_json::Value {
    let mut trigger = json!({"posture": "Reactive", "expect": ["a"], "threshold": 1_000_000, "within": 10});
    trigger[key] = value.clone();
    json!({"trigger": trigger})
}

/// Related resources with these ids.
fn related(size: usize, id: impl Fn(usize) -> String) -> String {
    let one = |place: usize| json!({"prefect.resource.id": id(place), "prefect.resource.role": "r"});
    format!(r#"{RESOURCE}, "related": {}"#, json!((0..size).map(one).collect::<Vec<_>>()))
}

/// A long list of patterns for a label, and as many different values.
#[test]
fn patterns_of_values() {
    let patterns = |size: usize| json!({"prefect.resource.id": list(size, |at| format!("z{at}*"))});
    in_proportion("patterns of values", 300, |size| {
        let automation = with_clause("match", &patterns(size));
        replayed(&automation, &events(size, |number| ("a".to_owned(), format!("y{number}"))));
    });
    in_proportion("patterns of related values", 300, |size| {
        let automation = with_clause("match_related", &patterns(size));
        replayed(&automation, &event(1, "a", 0, &related(size, |place| format!("y{place}"))));
    });
}

/// A long list of patterns in `expect` or `after`, and as many different names, which only the last pattern matches, or none.
#[test]
fn patterns_of_names() {
    for (key, last) in [("expect", "x*"), ("expect", "y*"), ("after", "x*"), ("after", "y*")] {
        in_proportion(key, 300, |size| {
            let patterns = list(size, |at| if at + 1 == size { last.to_owned() } else { format!("0{at}*") });
            replayed(
                &with_clause(key, &json!(patterns)),
                &events(size, |number| (format!("y{number}"), "x".to_owned())),
            );
        });
    }
}

/// The clauses with so many patterns that must be compared one by one, or items of `match_related`.
fn compared_one_by_one(count: usize) -> Vec<serde_json::Value> {
    let patterns = json!(list(count, |at| format!("?z{at}[a-z]*")));
    let names = json!(list(count, |at| format!("*.z{at}")));
    let items: Vec<_> = (0..count).map(|_| json!({"prefect.resource.id": "last"})).collect();
    vec![
        with_clause("match", &json!({"prefect.resource.id": patterns})),
        with_clause("match", &json!({"prefect.resource.id": ["b*", format!("*a?{}*b", "a".repeat(count - 5))]})),
        with_clause("match", &json!({"prefect.resource.id": list(count, |at| format!("*z{at}*"))})),
        with_clause("match", &json!({"prefect.resource.id": list(count, |_| "!y*".to_owned())})),
        with_clause("match", &json!({"prefect.resource.id": list(count, |at| format!("!*{}*", "y".repeat(at % 2)))})),
        with_clause("match_related", &json!([{"prefect.resource.id": list(count - 1, |at| format!("?z{at}*"))}])),
        with_clause("match_related", &json!(items)),
        with_clause("expect", &names),
        with_clause("expect", &patterns),
        with_clause("after", &json!(list(count, |at| format!("z{at}\n*")))),
    ]
}

/// Such patterns have a limit, so that they take time in proportion to the events.
#[test]
fn patterns_that_are_compared_one_by_one() {
    for automation in compared_one_by_one(5000) {
        in_proportion("patterns compared one by one", 30, |size| {
            let id = |place: usize| if place + 1 == size { "last".to_owned() } else { format!("y{place}") };
            let mut own = events(size, |number| (format!("y{number}"), format!("y{}{number}", "a".repeat(60))));
            own.push_str(&event(size, "a", size, &related(size, id)));
            replayed(&automation, &own);
        });
    }
    for automation in compared_one_by_one(5001) {
        let compound = json!({"trigger": {"type": "compound", "require": "any", "within": 60,
            "triggers": [{"posture": "Reactive", "expect": ["a"]}, automation["trigger"]]}});
        for automation in [automation, compound] {
            let text = automation.to_string();
            let result =
                replay((&*text).into(), (&*event(1, "a", 0, RESOURCE)).into(), &ReplayOptions::default()).unwrap();
            let scenario = json!({"automation": automation, "events": []}).to_string();
            for errors in [&result.errors, &simulate((&*scenario).into(), &SimulateOptions::default()).errors] {
                let found: Vec<_> = errors.iter().map(|error| error.code).collect();
                assert_eq!(found, ["scenario-too-large"], "{:?}", errors.first().map(|error| &error.message));
                assert!(errors[0].message.starts_with("the trigger has more than 5,000 patterns that"));
                assert!(errors[0].path.ends_with("/trigger"), "{}", errors[0].path);
            }
            // Prefect accepts it.
            let checked = check(text.as_bytes(), TextOptions::default(), &CheckOptions::default());
            assert!(checked.report.diagnostics.iter().all(|finding| finding.code != "scenario-too-large"));
        }
    }
}

/// A long pattern and a long name that nearly match.
#[test]
fn long_patterns() {
    for (piece, last, end) in
        [("*a", "b", "a"), ("*", "b", "a"), ("a", "*b", "a"), ("*ab", "", "ab"), ("*a", "", "a"), ("[", "b", "a")]
    {
        in_proportion("long patterns", 2000, |size| {
            let pattern = [&*piece.repeat(size), last].concat();
            let automation = json!({"trigger": {"posture": "Reactive", "expect": [pattern]}});
            let name = [&*"a".repeat(size), end].concat();
            replayed(&automation, &event(1, &name, 0, RESOURCE));
        });
    }
}

/// Many runs, each with expectations, most of which are not met.
#[test]
fn runs_and_expectations() {
    in_proportion("runs and expectations", 120, |size| {
        let runs: Vec<_> = (0..size).map(|run| json!({"name": format!("r{run}"), "dies": "40s"})).collect();
        let of_one = (0..size).flat_map(|run| {
            [
                json!({"run": format!("r{run}"), "fires": 2}),
                json!({"label": {"prefect.resource.id": format!("r{run}")}}),
            ]
        });
        // Lists are limited, and these reach the limit: they come last.
        let of_all = (0..size).flat_map(|run| {
            [
                json!({"fires": run}),
                json!({"event": "prefect.flow-run.heartbeat", "fires": run, "between": ["0s", "10m"]}),
            ]
        });
        let expect: Vec<_> = of_one.chain(of_all).collect();
        let scenario = json!({"automation": "crash-zombie-flows", "heartbeat": {"frequency": 30}, "runs": runs,
            "start": "2026-03-01T12:00:00Z", "end": "4m", "expect": expect});
        let report = test_scenarios((&*scenario.to_string()).into());
        assert!(report.scenarios[0].errors.is_empty() && report.expectations == size * 4);
    });
    // Met expectations are not listed.
    in_proportion("runs that fire as expected", 300, |size| {
        let runs: Vec<_> = (0..size).map(|run| json!({"name": format!("r{run}"), "dies": "40s"})).collect();
        let expect: Vec<_> = (0..size).map(|run| json!({"run": format!("r{run}"), "fires": 1})).collect();
        let scenario = json!({"automation": "crash-zombie-flows", "heartbeat": {"frequency": 30}, "runs": runs,
            "intended": true, "end": "4m", "expect": expect});
        assert!(test_scenarios((&*scenario.to_string()).into()).passed);
    });
}

/// Many unknown names of runs beside many known ones.
#[test]
fn unknown_runs() {
    in_proportion("unknown runs", 1500, |size| {
        let runs: Vec<_> = (0..size).map(|run| json!({"name": format!("run-{run}"), "ends": "1s"})).collect();
        let expect: Vec<_> = (0..size).map(|run| json!({"run": format!("other-{run}")})).collect();
        let scenario = json!({"automation": "crash-zombie-flows", "runs": runs, "expect": expect});
        assert!(!test_scenarios((&*scenario.to_string()).into()).passed);
    });
}

/// Many firings that differ between the versions.
#[test]
fn differences() {
    in_proportion("differences", 150, |size| {
        let scenario = json!({"automation": "crash-zombie-flows", "start": "2026-03-01T12:00:00Z",
            "heartbeat": {"frequency": 30, "first": 0.5, "delay": 0.7, "drift": 0},
            "runs": [{"ends": "0.9s", "count": size, "every": "1s"}]});
        let comparison = compare_versions((&*scenario.to_string()).into(), &SimulateOptions::default());
        assert!(comparison.differences.len() >= size.min(500));
    });
    // Of one label: what ends the silence is received before what begins it.
    in_proportion("differences of one label", 400, |size| {
        let automation =
            json!({"trigger": {"posture": "Proactive", "after": ["a"], "expect": ["b"], "within": 10, "threshold": 1}});
        let events: String = (0..size)
            .flat_map(|number| {
                let late = format!(r#"{RESOURCE}, "received": "{}""#, moment(number * 60 + 2));
                [event(number * 2, "b", number * 60 + 1, RESOURCE), event(number * 2 + 1, "a", number * 60, &late)]
            })
            .collect();
        let automation = automation.to_string();
        let comparison = compare_replays((&*automation).into(), (&*events).into(), &ReplayOptions::default()).unwrap();
        assert!(comparison.differences.len() >= size);
    });
}

/// Many triggers in one, each with its own window. Each tick evaluates all of them, so the number of ticks is constant.
#[test]
fn many_windows() {
    in_proportion("many windows", 200, |size| {
        let triggers: Vec<_> = (0..size)
            .map(|number| {
                json!({"type": "event", "posture": "Reactive", "expect": [format!("e{number}")], "threshold": 2,
                "within": number + 10})
            })
            .collect();
        let trigger = json!({"type": "compound", "require": "all", "within": 60, "triggers": triggers});
        let events: String = (0..3).map(|number| event(number, &format!("e{number}"), number, RESOURCE)).collect();
        let options: ReplayOptions = serde_json::from_str(r#"{"trace": true, "timeline": true, "end": "4m"}"#).unwrap();
        let automation = json!({"trigger": trigger}).to_string();
        let result = replay((&*automation).into(), (&*events).into(), &options).unwrap();
        assert!(result.errors.is_empty() && result.timeline.unwrap().lanes[0].windows.len() == 3);
    });
}

/// Many events that wait for one, and chains of those that wait for each other.
#[test]
fn followers() {
    let automation = json!({"trigger": {"posture": "Reactive", "expect": ["a"], "threshold": 100_000, "within": 600}});
    let leader = "00000000-0000-4000-8000-ffffffffffff";
    in_proportion("followers", 1000, |size| {
        let more = format!(r#"{RESOURCE}, "follows": "{leader}""#);
        let mut events: String = (0..size).map(|number| event(number, "a", number / 1000, &more)).collect();
        events.push_str(&event(0xFFFF_FFFF_FFFF, "a", 700, RESOURCE));
        assert!(replayed(&automation, &events).decisions.unwrap().len() > size * 2);
    });
    in_proportion("a chain", 1000, |size| {
        let follows =
            |number: usize| format!(r#"{RESOURCE}, "follows": "00000000-0000-4000-8000-{:012x}""#, number + 1);
        let events: String = (0..size).map(|number| event(number, "a", number / 1000, &follows(number))).collect();
        // Longer than any of them waits.
        let options: ReplayOptions =
            serde_json::from_str(r#"{"trace": true, "timeline": true, "end": "20m"}"#).unwrap();
        let result = replay((&*automation.to_string()).into(), (&*events).into(), &options).unwrap();
        assert!(result.decisions.unwrap().len() > size * 2);
    });
    // One that comes again and again, among many others that wait for the same.
    in_proportion("one that waits again", 1000, |size| {
        let waits =
            |number: usize, leader: &str| event(number, "a", 0, &format!(r#"{RESOURCE}, "follows": "{leader}""#));
        let mut events: String = (1..size).map(|number| waits(number, leader)).collect();
        for _ in 0..size {
            events.push_str(&waits(0, leader));
            events.push_str(&waits(0, "00000000-0000-4000-8000-eeeeeeeeeeee"));
        }
        let direct: ReplayOptions = serde_json::from_str(r#"{"delivery": "direct"}"#).unwrap();
        replay((&*automation.to_string()).into(), (&*events).into(), &direct).unwrap();
    });
}

/// Many events that are held for one key, in and out of order.
#[test]
fn held_events() {
    for backwards in [false, true] {
        in_proportion("held events", 1000, |size| {
            let automation = json!({"trigger": {"posture": "Proactive", "after": ["a"], "expect": ["b"], "within": 1000,
                "threshold": size * 2}});
            let events: String = (0..size)
                .flat_map(|number| {
                    let second = if backwards { size - number } else { number } / 8;
                    let more = format!(r#"{RESOURCE}, "received": "{}""#, moment(3600 + number / 8));
                    [event(number * 2, "b", second, &more), event(number * 2 + 1, "a", second, &more)]
                })
                .collect();
            replayed(&automation, &events);
        });
    }
}

/// Many firings, each with an event that waits for an absent one.
#[test]
fn delayed_events() {
    in_proportion("delayed events", 500, |size| {
        let automation =
            json!({"trigger": {"posture": "Proactive", "after": ["b"], "expect": ["a", "b"], "within": 10}});
        let waits = format!(r#"{RESOURCE}, "follows": "00000000-0000-4000-8000-ffffffffffff""#);
        let events: String = (0..size)
            .flat_map(|number| {
                let second = number * 30;
                [event(number * 2, "b", second, RESOURCE), event(number * 2 + 1, "a", second + 1, &waits)]
            })
            .collect();
        let result = replayed(&automation, &events);
        assert!(result.firings.len() > size / 2);
        assert!(result.firings.iter().filter(|firing| !firing.delayed.is_empty()).count() > size / 2);
    });
}

/// Many recorded firings, and actions that all act on one resource.
#[test]
fn recorded_actions() {
    in_proportion("recorded actions", 300, |size| {
        let automation = json!({"name": "own", "trigger": {"posture": "Reactive", "expect": ["a"]}});
        let own = r#", "resource": {"prefect.resource.id": "prefect.automation.1", "prefect.resource.name": "own"}"#;
        let target = r#", "related": [{"prefect.resource.id": "x", "prefect.resource.role": "target"},
            {"prefect.resource.id": "prefect.automation.1", "prefect.resource.role": "creator"}]"#;
        let labels = r#", "payload": {"triggering_labels": {}}"#;
        let events: String = (0..size)
            .flat_map(|number| {
                let id = |place: usize| number * 4 + place;
                [
                    event(id(0), "a", number, RESOURCE),
                    event(id(1), "prefect.automation.triggered", number, &[own, labels].concat()),
                    event(id(2), "prefect.automation.action.executed", number, &[own, target].concat()),
                    event(id(3), "changed", number, &[RESOURCE, target].concat()),
                ]
            })
            .collect();
        let result = replayed(&automation, &events);
        assert_eq!(result.recorded.unwrap().matched, size);
        assert_eq!(result.recorded_actions.unwrap().effects.len(), size * 2);
    });
}

/// Many keys, and a lane for each.
#[test]
fn keys() {
    in_proportion("keys", 1000, |size| {
        let automation = json!({"trigger": {"posture": "Reactive", "expect": ["a"], "for_each": ["prefect.resource.id"],
            "threshold": 2, "within": 60}});
        let resource =
            |number: usize| format!(r#", "resource": {{"prefect.resource.id": "prefect.flow-run.{number}"}}"#);
        let events: String = (0..size).map(|number| event(number, "a", number % 60, &resource(number))).collect();
        assert_eq!(replayed(&automation, &events).timeline.unwrap().lanes.len(), size);
    });
}

/// A captured run whose heartbeats stopped for years.
#[test]
fn missed_heartbeats_are_bounded() {
    let automation = json!({"trigger": {"posture": "Proactive", "after": ["prefect.flow-run.heartbeat"],
        "expect": ["prefect.flow-run.*"], "for_each": ["prefect.resource.id"], "within": 90}});
    let run = r#", "resource": {"prefect.resource.id": "prefect.flow-run.1"}"#;
    let mut events: String = (0..5).map(|number| event(number, "prefect.flow-run.heartbeat", number, run)).collect();
    events.push_str(&event(9, "prefect.flow-run.heartbeat", 5, run).replace("2026-", "2028-"));
    let options = r#"{"timeline": true, "end": "2026-03-01T13:00:00Z"}"#;
    let options: ReplayOptions = serde_json::from_str(options).unwrap();
    let result = replay((&*automation.to_string()).into(), (&*events).into(), &options).unwrap();
    assert_eq!(result.timeline.unwrap().lanes[0].missed.len(), 100_000);
    assert!(
        !simulated(&json!({"automation": "crash-zombie-flows", "end": "1m", "runs": [{}]}))
            .timeline
            .unwrap()
            .lanes
            .is_empty()
    );
}
