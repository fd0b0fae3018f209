//! The trigger engine against the decisions of real servers.

use std::rc::Rc;

use prefect_events::automation::{Automation, Composite, EventTrigger, Order, Posture, Specification, Trigger};
use prefect_events::event::{Labels, ReceivedEvent};
use prefect_events::json::Value;
use prefect_events::simulate::{Scenario, ScenarioError, play};
use prefect_events::time::Instant;
use prefect_events::trigger::{Delivery, Options, Version};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value as Json;
use uuid::Uuid;

/// How many scenarios there are, and how many of them prove something: the others depended on chance.
const COUNTS: [(&str, Version, usize, usize); 2] =
    [("scenarios-3.9.ndjson.gz", Version::V3_9, 1456, 1421), ("scenarios-3.8.ndjson.gz", Version::V3_8, 338, 338)];

fn fires(row: Value<'_>, version: Version, chance: u64) -> Json {
    let scenario = Scenario::read(row).unwrap_or_else(|error| panic!("{error}"));
    let played = play(Scenario { version, ..scenario }, Options { chance, ..Options::default() }).unwrap();
    serde_json::to_value(&played).unwrap()
}

/// Firings in a comparable form: without the recorder's additions, and with children sorted by path.
fn comparable(firings: &Json) -> Vec<Json> {
    let mut firings = firings.as_array().unwrap().clone();
    for firing in &mut firings {
        let firing = firing.as_object_mut().unwrap();
        for own in ["reason", "states", "delayed", "fault", "earliest", "latest"] {
            firing.remove(own);
        }
        if firing.get("posture").is_some_and(Json::is_null) {
            firing.remove("posture");
        }
        if let Some(Json::Array(children)) = firing.get_mut("children") {
            children.sort_by_key(|child| child["path"].to_string());
        }
    }
    // The server leaves to chance in which order it does what one event or tick causes at the same time.
    firings.sort_by_key(|firing| [&firing["at"], &firing["path"], firing].map(Json::to_string));
    firings
}

fn is_same(ours: &Json, recorded: &Json) -> bool {
    ["firings", "childFirings"].iter().all(|key| comparable(&ours[key]) == comparable(&recorded[key]))
        && ours["undelivered"] == recorded["undelivered"]
}

/// The names in `tests/cases/by-chance.json`.
fn by_chance(version: Version) -> Vec<Json> {
    let names: Json = serde_json::from_slice(&super::cases::read("by-chance.json")).unwrap();
    names[if version == Version::V3_9 { "3.9" } else { "3.8" }].as_array().unwrap().clone()
}

#[test]
fn every_scenario_fires_as_on_the_real_server() {
    let mut wrong = Vec::new();
    for (file, version, all, proving) in COUNTS {
        let names = by_chance(version);
        let (mut count, mut agree, mut by_chance, mut sensitive, mut sensitive_agree) = (0, 0, 0, 0, 0);
        super::cases::each_row(file, |row| {
            let recorded = super::cases::renamed(&serde_json::from_slice(row.raw()).unwrap());
            let ours = fires(row, version, 0);
            let same = is_same(&ours, &recorded);
            count += 1;
            if recorded["order_sensitive"] == true {
                sensitive += 1;
                sensitive_agree += usize::from(same);
            } else if same {
                agree += 1;
            } else {
                let name = recorded["scenario"].as_str().unwrap();
                let explained = || (1..50).any(|chance| is_same(&fires(row, version, chance), &recorded));
                if names.iter().any(|known| known == name) && explained() {
                    by_chance += 1;
                    return;
                }
                let difference = |key: &str| {
                    let (ours, theirs) = (comparable(&ours[key]), comparable(&recorded[key]));
                    let only =
                        |some: &[Json], other: &[Json]| some.iter().find(|firing| !other.contains(firing)).cloned();
                    format!("  {key}: ours {:?}\n    recorded {:?}", only(&ours, &theirs), only(&theirs, &ours))
                };
                wrong.push(format!("{version:?} {name}\n{}\n{}", difference("firings"), difference("childFirings")));
            }
        });
        let total = count - sensitive;
        println!(
            "{file}: {agree} of {total} agree, {by_chance} in another order; of {sensitive} marked {sensitive_agree}"
        );
        assert_eq!((count, total), (all, proving));
        // The list names no more than it must.
        assert_eq!(by_chance, names.len());
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong[..wrong.len().min(10)].join("\n"));
}

/// A scenario that returns its decisions.
fn traced(text: &str) -> Vec<(String, String)> {
    let (mut tape, mut issues) = (prefect_events::json::Tape::new(), Vec::new());
    prefect_events::json::parse(text.as_bytes(), 0, &mut tape, &mut issues);
    let document = tape.document(text.as_bytes());
    let scenario = Scenario::read(document.root().unwrap()).unwrap();
    let played = play(scenario, Options { trace: true, ..Options::default() }).unwrap();
    let decisions = played.decisions.unwrap();
    decisions.iter().map(|decision| (decision.kind().name().to_owned(), decision.reason_sentence())).collect()
}

#[test]
fn reports_decisions() {
    let event = |id: u8, name: &str, time: &str, received: &str| {
        format!(
            r#"{{"id": "00000000-0000-4000-8000-0000000000{id:02}", "occurred": "2026-03-01T12:{time}Z",
               "received": "2026-03-01T12:{received}Z", "event": "prefect.flow-run.{name}",
               "resource": {{"prefect.resource.id": "prefect.flow-run.1"}}, "related": []}}"#
        )
    };
    let events = [
        event(1, "Running", "00:00", "00:00"),
        event(2, "heartbeat", "04:00", "04:00"),
        event(3, "heartbeat", "04:30", "04:30"),
        event(4, "heartbeat", "04:15", "04:31"),
        event(5, "Completed", "05:00", "05:00"),
        event(6, "heartbeat", "05:30", "05:30"),
    ];
    let told = traced(&format!(
        r#"{{"automation": {{"name": "zombies", "actions": [], "trigger": {{"posture": "Proactive", "after": ["prefect.flow-run.heartbeat"],
            "expect": ["prefect.flow-run.*"], "for_each": ["prefect.resource.id"], "within": 90}}}},
            "start": "2026-03-01T12:00:00Z", "end": "2026-03-01T12:10:00Z", "events": [{}]}}"#,
        events.join(",")
    ));
    let told: Vec<String> = told.iter().map(|(kind, because)| format!("{kind}: {because}")).collect();
    assert_eq!(
        told,
        [
            "held: no window is open: prefect.flow-run.Running is held, and counts in a later window that includes 12:00:00",
            "armed: prefect.flow-run.heartbeat opened a window until 12:05:30: the trigger fires after 90 s without the expected events",
            "rearmed: prefect.flow-run.heartbeat moved the window to 12:06:00: the trigger fires after 90 s without the expected events",
            "ignored: prefect.flow-run.heartbeat occurred before the window begins at 12:04:30: it changes nothing",
            "held: prefect.flow-run.Completed is held, so that it also counts in a later window that includes 12:05:00",
            "disarmed: prefect.flow-run.Completed arrived in time, 1 of 1: the window until 12:06:00 will not fire",
            "rearmed: prefect.flow-run.heartbeat moved the window to 12:07:00: the trigger fires after 90 s without the expected events",
            "fired: none of the expected events arrived (1 needed) from 12:05:30 to 12:07:00, after prefect.flow-run.heartbeat at 12:05:30",
        ]
    );
}

/// One trigger, many runs that die at once: beyond 500 the server forgets every second batch.
#[test]
fn batches_skip_what_the_server_skips() {
    let trigger = r#"{"posture": "Proactive", "after": ["hb"], "expect": ["hb", "end"], "for_each": ["prefect.resource.id"], "within": 90}"#;
    let events = |runs: usize| {
        let event = |run: usize| {
            format!(
                r#"{{"id": "00000000-0000-4000-8000-{run:012}", "occurred": "2026-03-01T12:00:01Z", "event": "hb",
                    "resource": {{"prefect.resource.id": "run.{run:04}"}}, "related": []}}"#
            )
        };
        (0..runs).map(event).collect::<Vec<_>>().join(",")
    };
    for (runs, intended, fired) in [(500, false, 500), (1200, false, 700), (1200, true, 1200), (1700, false, 1000)] {
        let text = format!(
            r#"{{"automation": {{"name": "a", "actions": [], "trigger": {trigger}}}, "events": [{}],
                "start": "2026-03-01T12:00:00Z", "end": "2026-03-01T12:10:00Z", "intended": {intended}}}"#,
            events(runs)
        );
        let (mut tape, mut issues) = (prefect_events::json::Tape::new(), Vec::new());
        prefect_events::json::parse(text.as_bytes(), 0, &mut tape, &mut issues);
        let scenario = Scenario::read(tape.document(text.as_bytes()).root().unwrap()).unwrap();
        let played = play(scenario, Options::default()).unwrap();
        assert_eq!(played.firings.len(), fired, "{runs}");
    }
}

/// As `tests/oracle/pages.py` recorded it: also when other windows are still open, which decide when the server looks next.
#[test]
fn pages_of_windows_fire_as_on_the_real_server() {
    let recorded: Json = serde_json::from_slice(&super::cases::read("pages.json")).unwrap();
    let number = |value: &Json| value.as_i64().unwrap();
    let written = |after: i64| {
        let start = recorded["start"].as_str().unwrap();
        let start = prefect_events::time::read(start.as_bytes()).unwrap().instant.unwrap();
        Instant(start.0 + after).rfc3339()
    };
    for row in recorded["scenarios"].as_array().unwrap() {
        let mut events = Vec::new();
        for group in row["groups"].as_array().unwrap() {
            let [runs, first, spread] = [0, 1, 2].map(|place| number(&group[place]));
            for run in 0..runs {
                let (at, place) = (written(first * 1_000_000 + run * spread / runs), events.len());
                events.push(format!(
                    r#"{{"id": "00000000-0000-4000-8000-{place:012}", "occurred": "{at}", "event": "a",
                        "resource": {{"prefect.resource.id": "run.{place}"}}, "related": []}}"#
                ));
            }
        }
        let text = format!(
            r#"{{"automation": {{"name": "a", "actions": [], "trigger": {{"posture": "Proactive", "after": ["a"], "expect": ["b"],
                "for_each": ["prefect.resource.id"], "within": {}}}}}, "events": [{}], "tick_seconds": {}, "start": "{}",
                "end": "{}"}}"#,
            recorded["within"],
            events.join(","),
            recorded["tick"],
            written(0),
            written(number(&recorded["until"]) * 1_000_000),
        );
        let (mut tape, mut issues) = (prefect_events::json::Tape::new(), Vec::new());
        prefect_events::json::parse(text.as_bytes(), 0, &mut tape, &mut issues);
        let scenario = Scenario::read(tape.document(text.as_bytes()).root().unwrap()).unwrap();
        let played = play(scenario, Options::default()).unwrap();
        let mut fired = std::collections::BTreeMap::new();
        for firing in &played.firings {
            *fired.entry(firing.at.rfc3339()).or_insert(0_u64) += 1;
        }
        assert_eq!(
            serde_json::to_value(fired.into_iter().collect::<Vec<_>>()).unwrap(),
            row["fired"],
            "{}",
            row["groups"]
        );
    }
}

const WILD_NAMES: [&str; 6] = ["hb", "end", "prefect.log.write", "", "h\nb", "hbx"];
const WILD_PATTERNS: [&str; 10] = ["hb", "*", "h*", "!end", "[a-z]*", "", "?b", "end", "[!", "h*b*"];
const WILD_WITHIN: [i64; 9] = [0, 1, -1, 10_000_000, -90_000_000, 90_000_000, 86_400_000_000 * 365, i64::MAX, i64::MIN];

fn wild_trigger() -> impl Strategy<Value = Trigger> {
    let set = || prop::collection::vec(select(&WILD_PATTERNS[..]).prop_map(str::to_owned), 0..3);
    let leaf = (any::<bool>(), set(), set(), any::<bool>(), -2_i64..4, select(&WILD_WITHIN[..])).prop_map(
        |(proactive, after, expect, for_each, threshold, within)| {
            Trigger::Event(EventTrigger {
                posture: if proactive { Posture::Proactive } else { Posture::Reactive },
                matches: Specification::default(),
                match_related: vec![Specification::default()],
                after,
                expect,
                for_each: for_each.then(|| "prefect.resource.id".to_owned()).into_iter().collect(),
                threshold,
                within,
            })
        },
    );
    leaf.prop_recursive(4, 12, 4, |inner| {
        (any::<bool>(), prop::collection::vec(inner, 0..4), prop::option::of(select(&WILD_WITHIN[..])), 0_usize..4)
            .prop_map(|(declared, triggers, within, require)| {
                let order = if declared { Order::Declared } else { Order::Any };
                Trigger::Composite(Composite { order, triggers, within, require })
            })
    })
}

/// Times around the start, and some years away. Events that follow each other in circles, and that repeat ids.
fn wild_event() -> impl Strategy<Value = ReceivedEvent> {
    let time = || prop_oneof![6 => -2_000_000_000_i64..2_000_000_000, 1 => any::<i64>()];
    (0_u128..12, time(), time(), select(&WILD_NAMES[..]), 0_u8..3, prop::option::of(0_u128..12)).prop_map(
        |(id, occurred, received, name, run, follows)| ReceivedEvent {
            id: Uuid::from_u128(id),
            occurred: Instant(occurred),
            received: Instant(received),
            name: name.into(),
            resource: Labels::new(vec![("prefect.resource.id".into(), format!("run.{run}").into())]),
            related: Rc::default(),
            follows: follows.map(Uuid::from_u128),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn nothing_wild_brings_it_down(
        trigger in wild_trigger(),
        events in prop::collection::vec(wild_event(), 0..40),
        (old, direct, intended, trace) in any::<(bool, bool, bool, bool)>(),
        years in any::<bool>(),
    ) {
        let end = if years { 10 * 365 * 86_400_000_000 } else { 2_500_000_000 };
        let scenario = || Scenario {
            name: None,
            automation: Automation {
                name: "wild".to_owned(),
                description: String::new(),
                enabled: true,
                tags: Vec::new(),
                trigger: trigger.clone(),
                actions: Vec::new(),
                actions_on_trigger: Vec::new(),
                actions_on_resolve: Vec::new(),
            },
            start: Instant(-1_000_000_000),
            end: Instant(end),
            tick: if years { 86_400_000_000 } else { 5_000_000 },
            offset: 0,
            delivery: if direct { Delivery::Direct } else { Delivery::Consumer },
            intended,
            version: if old { Version::V3_8 } else { Version::V3_9 },
            events: events.clone(),
        };
        let options = Options { trace, ..Options::default() };
        let written = |played| serde_json::to_string(&played).unwrap();
        prop_assert_eq!(written(play(scenario(), options).unwrap()), written(play(scenario(), options).unwrap()));
        prop_assert_eq!(
            play(Scenario { tick: 0, ..scenario() }, options).unwrap_err(), ScenarioError::NoTick
        );
        prop_assert_eq!(
            play(Scenario { end: Instant(i64::MIN), ..scenario() }, options).unwrap_err(), ScenarioError::EndBeforeStart
        );
        prop_assert_eq!(
            play(Scenario { tick: 1, end: Instant(i64::MAX), ..scenario() }, options).unwrap_err(),
            ScenarioError::TooManyTicks
        );
    }
}
