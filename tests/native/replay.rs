//! Captured events, played to automations: why it fires, from when on, what was recorded, and the forms of the texts.

use std::collections::BTreeSet;

use prefect_events::action::ServerObjects;
use prefect_events::archive::heartbeat_lines;
use prefect_events::archive::replay::{ArchiveReplayOptions, MapMemory, ReplayPlan};
use prefect_events::backtest::{
    BacktestOptions, CompareOptions, WhyOptions, backtest, backtest_captured, compare_automations, why,
};
use prefect_events::render::{
    Format, RenderOptions, SimulationView, render_backtest, render_comparison, render_simulation,
    render_version_comparison, render_why, simulation_html,
};
use prefect_events::simulate::{
    ActionSettings, CapturedEvents, DocumentText, FoundIn, NotPlayed, ReplayOptions, ReplayStream, SimulationResult,
    StreamOptions, compare_replays, replay, replay_actions,
};
use prefect_events::trigger::ServerQuirk;
use prefect_events::tune::{HeartbeatObserver, Unobservable};
use serde_json::{Value as Json, json};

use crate::cases;
use crate::proportion::cost;

const README: &str = r#"{"name": "Crash zombie flows", "trigger": {"posture": "Proactive",
    "after": ["prefect.flow-run.heartbeat"], "expect": ["prefect.flow-run.*"], "for_each": ["prefect.resource.id"],
    "within": 90}, "actions": [{"type": "change-flow-run-state", "state": "CRASHED"}]}"#;

/// The automations of the live capture that did not fire as they are played, for reasons of chance.
const BY_CHANCE: [&str; 4] = ["star-60", "too-short-30", "no-for-each-45", "order-proactive"];

fn text(name: &str) -> String {
    String::from_utf8(cases::read(name)).unwrap()
}

fn played(automation: &str, events: &[&str], how: Json) -> SimulationResult {
    let options: ReplayOptions = serde_json::from_value(how).unwrap();
    let events: Vec<DocumentText<'_>> = events.iter().map(|text| DocumentText::from(*text)).collect();
    let result = replay(automation.into(), events.into(), &options).unwrap();
    assert!(result.errors.is_empty(), "{:?}", result.errors);
    result
}

/// An event of a run, received when it occurred.
fn event(number: u8, second: u32, name: &str, more: Json) -> String {
    let at = format!("2026-03-01T12:{:02}:{:02}Z", second / 60, second % 60);
    let mut event = json!({
        "id": format!("00000000-0000-4000-8000-0000000000{number:02}"),
        "occurred": at,
        "event": format!("prefect.flow-run.{name}"),
        "resource": {"prefect.resource.id": "prefect.flow-run.1", "prefect.resource.name": "otter"},
    });
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    format!("{event}\n")
}

fn times(result: &SimulationResult) -> Vec<String> {
    result.firings.iter().map(|firing| firing.at.clock_time()).collect()
}

#[test]
fn reports_firings_caused_by_absent_leaders() {
    let events = text("events.ndjson.gz");
    let result = played(README, &[&events], json!({"timeline": true, "trace": true}));
    let of_leaders: Vec<_> =
        result.firings.iter().filter(|firing| firing.quirk() == Some(ServerQuirk::AbsentLeader)).collect();
    assert_eq!((result.firings.len(), of_leaders.len()), (19, 14));
    for firing in &of_leaders {
        let reason = firing.reason_sentence();
        assert!(reason.contains(". The event prefect.flow-run.Completed of "), "{reason}");
        assert!(reason.contains(" was not evaluated in time: the server holds it back"), "{reason}");
    }
    let missing = result.missing_leaders.unwrap();
    assert_eq!((missing.events, missing.firings, missing.firings_without), (15, 14, 5));
    assert_eq!(
        missing.message,
        "14 of 19 firings happen only because the server holds 15 events back for 15 minutes: each follows an event \
         that is not in the input. A server does so with all runs of its scheduler (absent-leader), but events that \
         were filtered, or captured only in part, look the same. Without this wait there are 5 firings"
    );

    // A held-back event is in the lane of its run, and the lane's firing names the fault.
    let timeline = result.timeline.unwrap();
    let decisions = result.decisions.unwrap();
    let lanes = timeline.lanes.iter().filter(|lane| lane.fired.iter().any(|fired| fired.fault.is_some()));
    let held = lanes.map(|lane| {
        let kinds = lane.decisions.as_ref().unwrap().iter().map(|index| decisions[*index].kind().name());
        kinds.filter(|kind| *kind == "held").count()
    });
    assert!(held.clone().count() == 14 && held.into_iter().all(|held| held > 0));

    let ignored = played(README, &[&events], json!({"ignoreMissingLeaders": true}));
    assert_eq!(ignored.firings.len(), 5);
    assert!(ignored.missing_leaders.is_none());
    assert!(ignored.firings.iter().all(|firing| firing.delayed.is_empty()));
    // The rest is unchanged.
    let rest: Vec<_> = result.firings.iter().filter(|firing| firing.delayed.is_empty()).collect();
    assert_eq!(rest, ignored.firings.iter().collect::<Vec<_>>());
}

/// A firing names late events, whatever the reason.
#[test]
fn firings_name_late_events() {
    let sentence = |events: &[String]| {
        let result = played(README, &[&events.concat()], json!({}));
        assert_eq!(times(&result), ["12:01:30"], "{:?}", result.firings);
        result.firings[0].reason_sentence()
    };
    let beat = || event(1, 0, "heartbeat", json!({}));
    let silence = "none of the expected events arrived (1 needed) from 12:00:00 to 12:01:30, after prefect.flow-run.heartbeat at 12:00:00";
    let later = || event(9, 200, "Late", json!({"resource": {"prefect.resource.id": "prefect.flow-run.2"}}));
    assert_eq!(sentence(&[beat(), later()]), silence);

    let leader = json!({"follows": "00000000-0000-4000-8000-0000000000ff"});
    let completed = || event(2, 10, "Completed", leader.clone());
    assert_eq!(
        sentence(&[beat(), completed(), later()]),
        format!(
            "{silence}. The event prefect.flow-run.Completed of 12:00:10 was not evaluated in time: the server holds it back, \
             because it follows an event that is not in the input (00000000-0000-4000-8000-0000000000ff)"
        )
    );
    let chain = event(3, 20, "Completed", json!({"follows": "00000000-0000-4000-8000-000000000002"}));
    let begins = event(2, 10, "Running", leader.clone());
    assert_eq!(
        sentence(&[beat(), begins, chain.clone(), later()]),
        format!(
            "{silence}. The event prefect.flow-run.Completed of 12:00:20 was not evaluated in time: the server holds it back, \
             because the chain of events that it follows begins with one that is not in the input \
             (00000000-0000-4000-8000-0000000000ff); 1 other event was not either"
        )
    );
    // The leader comes, but later.
    let leader = event(2, 10, "Running", json!({"received": "2026-03-01T12:02:00Z"}));
    assert_eq!(
        sentence(&[beat(), leader, chain.clone(), later()]),
        format!(
            "{silence}. The event prefect.flow-run.Completed of 12:00:20 was not evaluated in time: the server holds it back, \
             because it follows an event that had not been evaluated (00000000-0000-4000-8000-000000000002); 1 other event was not either"
        )
    );
    let late = event(2, 10, "Completed", json!({"received": "2026-03-01T12:02:00Z"}));
    assert_eq!(
        sentence(&[beat(), late, later()]),
        format!(
            "{silence}. The event prefect.flow-run.Completed of 12:00:10 was not evaluated in time: it arrived only at 12:02:00"
        )
    );
    // Events of another window or another run do not matter.
    let other = event(
        2,
        10,
        "Completed",
        json!({
            "resource": {"prefect.resource.id": "prefect.flow-run.2"}, "follows": "00000000-0000-4000-8000-0000000000ff"
        }),
    );
    assert_eq!(sentence(&[beat(), other, later()]), silence);
    let before = event(
        2,
        0,
        "Running",
        json!({
            "occurred": "2026-03-01T11:59:59Z", "follows": "00000000-0000-4000-8000-0000000000ff"
        }),
    );
    let result = played(README, &[&[before, beat(), later()].concat()], json!({}));
    assert_eq!(result.firings[0].reason_sentence(), silence);
}

/// After the last captured event nothing is known.
#[test]
fn the_end_of_a_capture_does_not_count_as_missing_events() {
    let beat = event(1, 0, "heartbeat", json!({}));
    let other = |second| event(2, second, "Late", json!({"resource": {"prefect.resource.id": "prefect.flow-run.2"}}));
    let silent = |events: &str| {
        let result = played(README, &[events], json!({"timeline": true}));
        assert_eq!(times(&result), ["12:01:30"]);
        let fired = &result.timeline.as_ref().unwrap().lanes.iter().find(|lane| lane.name == "otter").unwrap().fired;
        assert_eq!(fired[0].if_silent, result.firings[0].if_silent);
        let told = serde_json::to_value(&result).unwrap();
        assert_eq!(told["firings"][0]["ifSilent"].is_null(), !result.firings[0].if_silent);
        // An automation that fires only then has a reason, like one that never fires.
        assert_eq!(result.reason.is_some(), result.firings.iter().all(|firing| firing.if_silent));
        assert_eq!(result.coverage.is_some(), result.reason.is_some());
        result.firings[0].if_silent
    };
    assert!(silent(&beat));
    assert!(silent(&[beat.clone(), other(89)].concat()));
    // At the same instant the event is known.
    assert!(!silent(&[beat.clone(), other(90)].concat()));
    assert!(!silent(&[beat, other(91)].concat()));
}

/// A replay begins when the automation was created: what was received before is known, and not evaluated.
#[test]
fn a_replay_starts_when_the_automation_was_created() {
    let trigger = json!({"posture": "Reactive", "expect": ["prefect.flow-run.Failed"]});
    let automation = |more: Json| {
        let mut automation = json!({"name": "failed", "trigger": trigger, "actions": []});
        automation.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        automation.to_string()
    };
    let leader = json!({"follows": "00000000-0000-4000-8000-000000000002"});
    let events =
        [event(1, 10, "Failed", json!({})), event(2, 20, "Running", json!({})), event(3, 40, "Failed", leader)]
            .concat();
    let start = |automation: &str, events: &str, how: Json| {
        let result = played(automation, &[events], how);
        (result.start.unwrap().clock_time(), result.before_start, times(&result))
    };
    let all = ("12:00:10".to_owned(), 0, vec!["12:00:10".to_owned(), "12:00:40".to_owned()]);
    let rest = ("12:00:30".to_owned(), 2, vec!["12:00:40".to_owned()]);
    assert_eq!(start(&automation(json!({})), &events, json!({})), all);
    let half = "2026-03-01T12:00:30Z";
    // What was received before the start is seen: an event that follows it does not wait.
    assert_eq!(start(&automation(json!({"created": half})), &events, json!({})), rest);
    assert_eq!(start(&automation(json!({})), &events, json!({"start": half})), rest);
    let first = json!({"start": "2026-03-01T12:00:10Z"});
    assert_eq!(start(&automation(json!({"created": half})), &events, first), all);
    // One that is younger than all events, or older, is played all of them.
    assert_eq!(start(&automation(json!({"created": "2026-03-01T12:00:41Z"})), &events, json!({})), all);
    assert_eq!(start(&automation(json!({"created": "2026-03-01T11:00:00Z"})), &events, json!({})), all);

    // The capture says it: by its id, or by its name if it looks at the same events.
    let created = |id: &str, name: &str, trigger: &Json| {
        let resource =
            json!({"prefect.resource.id": format!("prefect.automation.{id}"), "prefect.resource.name": name});
        let payload = json!({"name": name, "trigger": trigger, "created": half});
        event(9, 30, "x", json!({"event": "prefect.automation.created", "resource": resource, "payload": payload}))
    };
    let own = created("a1", "failed", &trigger);
    assert_eq!(start(&automation(json!({})), &[events.clone(), own.clone()].concat(), json!({})), rest);
    assert_eq!(
        start(&automation(json!({"id": "a1", "name": "else"})), &[events.clone(), own].concat(), json!({})),
        rest
    );
    let wider = json!({"posture": "Reactive", "expect": ["prefect.flow-run.Failed"], "within": 60, "threshold": 2});
    let same = created("a1", "failed", &wider);
    assert_eq!(start(&automation(json!({})), &[events.clone(), same].concat(), json!({})), rest);
    for other in [created("a1", "other", &trigger), created("a1", "failed", &json!({"posture": "Reactive"}))] {
        assert_eq!(start(&automation(json!({})), &[events.clone(), other].concat(), json!({})), all);
    }
}

fn live() -> String {
    text("live/captured.ndjson.gz")
}

fn live_automation(name: &str) -> Json {
    serde_json::from_str(&text(&format!("live/automations/{name}.json"))).unwrap()
}

/// The server's own firings are found again.
#[test]
fn recorded_firings_are_compared() {
    let live = live();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/live/automations");
    let mut compared = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let result = played(&live_automation(name).to_string(), &[&live], json!({}));
        let Some(recorded) = &result.recorded else {
            assert!(result.firings.iter().all(|firing| firing.if_silent), "{name}");
            continue;
        };
        compared += 1;
        assert_eq!(recorded.matched, recorded.pairs.len());
        assert!(recorded.pairs.iter().all(|pair| pair.recorded.since(pair.at) == pair.seconds));
        assert!(recorded.pairs.iter().all(|pair| pair.seconds.abs() <= 8_000_000), "{name}");
        let own = result.firings.iter().filter(|firing| !firing.if_silent).count();
        assert!(recorded.matched + recorded.only_here.len() >= own, "{name}");
        if !BY_CHANCE.contains(&name) {
            assert_eq!((recorded.only_here.len(), recorded.only_recorded.len()), (0, 0), "{name}");
        }
    }
    assert_eq!(compared, 15);

    // A longer window finds fewer runs, and later: unmatched firings are listed on their side, with their labels.
    let mut longer = live_automation("yaml-zombies");
    longer["trigger"]["within"] = json!(60);
    let result = played(&longer.to_string(), &[&live], json!({}));
    let recorded = result.recorded.unwrap();
    assert_eq!((recorded.matched, recorded.only_recorded.len()), (0, 8));
    assert_eq!(recorded.only_here.len(), result.firings.len());
    assert!(recorded.only_recorded[0].labels[0].1.starts_with("prefect.flow-run."));
}

/// A run that the automation marked Crashed ends there, unless the effects of its actions are left out.
#[test]
fn recorded_actions_can_be_left_out() {
    let live = live();
    let mut zombies = live_automation("crash-zombie-flows");
    let result = played(&zombies.to_string(), &[&live], json!({}));
    let actions = result.recorded_actions.as_ref().unwrap();
    assert_eq!((actions.executed, actions.failed, actions.left_out), (5, 3, false));
    // Those with the message of its action; runs crash for other reasons too.
    let message = "Flow run marked as crashed due to missing heartbeats.";
    let of_action: BTreeSet<String> = live
        .lines()
        .map(|line| serde_json::from_str::<Json>(line).unwrap())
        .filter(|event| event["payload"]["validated_state"]["message"] == message)
        .map(|event| event["id"].as_str().unwrap().to_owned())
        .collect();
    let effects: BTreeSet<String> = actions.effects.iter().map(|effect| effect.event_id.to_string()).collect();
    assert_eq!((effects.len(), effects), (5, of_action));
    assert!(actions.effects.iter().all(|effect| &*effect.event == "prefect.flow-run.Crashed"));

    // A window of 150 s: the runs were marked Crashed before it is over.
    zombies["trigger"]["within"] = json!(150);
    let crashed: BTreeSet<String> = actions.effects.iter().map(|effect| effect.resource.to_string()).collect();
    let found = |how: Json| -> BTreeSet<String> {
        let result = played(&zombies.to_string(), &[&live], how);
        result.firings.iter().map(|firing| firing.labels[0].1.to_string()).filter(|run| crashed.contains(run)).collect()
    };
    assert_eq!(found(json!({})).len(), 0);
    assert_eq!(found(json!({"withoutActions": true})), crashed);
    let without = played(&zombies.to_string(), &[&live], json!({"withoutActions": true}));
    let left_out = without.recorded_actions.unwrap();
    assert!(left_out.left_out);
    assert_eq!(left_out.effects, actions.effects);

    // A run that an action created is there only because of it, with all that it did.
    let follow_up = played(&live_automation("follow-up-on-processed").to_string(), &[&live], json!({}));
    let effects = follow_up.recorded_actions.unwrap().effects;
    let run = "prefect.flow-run.c6331d4f-40ee-4655-8572-89ac619358f0";
    let all: Vec<Json> = live.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of_run = all.iter().filter(|event| {
        let related = event["related"].as_array().unwrap().iter();
        let is_related = |one: &Json| one["prefect.resource.id"] == run && one["prefect.resource.role"] == "flow-run";
        let is_sent = event["event"].as_str().unwrap().starts_with("prefect.automation.");
        !is_sent && (event["resource"]["prefect.resource.id"] == run || related.clone().any(is_related))
    });
    assert_eq!(effects.len(), of_run.count());
    assert!(effects.iter().any(|effect| &*effect.event == "prefect.flow-run.Completed"));

    // An action that does nothing causes nothing.
    let nothing = played(&live_automation("on-crashed").to_string(), &[&live], json!({}));
    assert!(nothing.recorded_actions.unwrap().effects.is_empty());
    assert!(played(&live_automation("cannot-fire").to_string(), &[&live], json!({})).recorded_actions.is_none());
}

/// Several texts are one history, whatever their order and their form.
#[test]
fn several_texts_of_events_are_one_history() {
    let live = live();
    let automation = live_automation("crash-zombie-flows").to_string();
    let whole = played(&automation, &[&live], json!({}));
    let lines: Vec<&str> = live.lines().collect();
    // Pages of the API: the newest first, and they overlap.
    let page = |from: usize, to: usize| {
        let events: Vec<&str> = lines[from..to].iter().rev().copied().collect();
        format!("{{\"events\": [{}], \"total\": {}, \"next_page\": null}}", events.join(","), lines.len())
    };
    let pages = [page(800, lines.len()), page(390, 820), page(0, 400)];
    let together = played(&automation, &pages.iter().map(|page| &**page).collect::<Vec<_>>(), json!({}));
    assert_eq!((&together.firings, together.missing_leaders), (&whole.firings, whole.missing_leaders));
    let alone = played(&automation, &[&pages[0]], json!({}));
    assert_ne!(alone.firings.len(), whole.firings.len());

    // The invalid text is named.
    let options = ReplayOptions::default();
    let texts = vec![DocumentText::from(&*pages[0]), DocumentText::from("{\"id\": 5}")];
    let result = replay((&*automation).into(), texts.into(), &options).unwrap();
    assert_eq!((result.found_in, result.events_index), (Some(FoundIn::Events), Some(1)));
    let result = replay((&*automation).into(), "{".into(), &options).unwrap();
    assert_eq!((result.found_in, result.events_index), (Some(FoundIn::Events), None));
}

/// The output of `prefect event stream`, and the frames of its websocket.
#[test]
fn streams_are_replayed() {
    let any = r#"{"trigger": {"posture": "Reactive", "expect": ["prefect.flow-run.Running"]}, "actions": []}"#;
    let stream = text("live/forms/stream-stdout.txt.gz");
    assert!(stream.starts_with("Subscribing to event stream...\n"));
    let events = stream.lines().skip(1).map(|line| serde_json::from_str::<Json>(line).unwrap());
    let running = events.filter(|event| event["event"] == "prefect.flow-run.Running").count();
    assert_eq!((played(any, &[&stream], json!({})).firings.len(), running > 5), (running, true));
    let all = r#"{"trigger": {"posture": "Reactive", "expect": ["*"]}, "actions": []}"#;
    let frames = text("live/forms/websocket-frames.ndjson.gz");
    let without_waiting = json!({"ignoreMissingLeaders": true});
    assert_eq!(played(all, &[&frames], without_waiting).firings.len(), frames.lines().count());
}

/// A document of several automations: all are played, or the one of a name.
#[test]
fn several_automations_are_played() {
    let live = live();
    let result = played(&text("live/forms/b01.yaml"), &[&live], json!({}));
    let names: Vec<&str> = result.automations.iter().map(|one| one.automation.as_deref().unwrap()).collect();
    assert_eq!(names, ["yaml zombies", "yaml stuck pending"]);
    let counts: Vec<usize> = result.automations.iter().map(|one| one.firings.len()).collect();
    assert!(counts.iter().all(|count| *count > 0));
    assert_eq!(result.firings.len(), counts.iter().sum::<usize>());
    assert!(result.firings.is_sorted_by_key(|firing| firing.at));

    let one = played(&text("live/forms/b01.yaml"), &[&live], json!({"name": "yaml stuck pending"}));
    assert_eq!((one.automations.len(), one.automation.as_deref()), (0, Some("yaml stuck pending")));
    assert_eq!(one.firings, result.automations[1].firings);
    let options: ReplayOptions = serde_json::from_value(json!({"name": "yaml zombie"})).unwrap();
    let error = replay((&*text("live/forms/b01.yaml")).into(), (&*live).into(), &options).unwrap_err();
    let there = "no automation is named `yaml zombie`: there are `yaml zombies`, `yaml stuck pending`";
    assert_eq!(error.to_string(), there);

    // The forms that Prefect exports, and the triggers of a prefect.yaml.
    for form in [
        "api.json",
        "api-list.json",
        "inspect-id.json",
        "inspect-id.yaml",
        "inspect.json",
        "inspect.yaml",
        "doc-dump.json",
        "prefect.yaml",
        "b02.yaml",
        "c01.yaml",
    ] {
        let document = text(&format!("live/forms/{form}"));
        let result = replay((&*document).into(), (&*live).into(), &ReplayOptions::default()).unwrap();
        assert!(result.errors.is_empty(), "{form}: {:?}", result.errors);
        assert!(result.start.is_some() || result.automations.len() > 1, "{form}");
    }
    let deployments = played(&text("live/forms/prefect.yaml"), &[&live], json!({}));
    let names: Vec<&str> = deployments.automations.iter().map(|one| one.automation.as_deref().unwrap()).collect();
    assert_eq!(names, ["follow-up-on-processed", "follow-up-on-both"]);
    assert!(deployments.automations.iter().all(|one| one.recorded.as_ref().unwrap().matched == 1));

    // What the client fills in: a posture, and a composite without a limit.
    let bare = r#"{"expect": ["prefect.flow-run.Crashed"]}"#;
    assert_eq!(played(bare, &[&live], json!({})).firings.len(), 8);
    let composite = r#"{"require": "any", "triggers": [{"expect": ["prefect.flow-run.Crashed"]}]}"#;
    assert_eq!(played(composite, &[&live], json!({})).firings.len(), 8);
}

const MARKS: &str = r#"{"name": "n", "actions": [{"type": "do-nothing"}], "trigger": {"type": "event", "posture": "Reactive",
    "expect": ["a.*"], "threshold": 1, "within": 0}}"#;

/// Three events, of which the second is nested deeper than events are read; `as_text`: in one of their forms.
fn deep_events(as_text: impl Fn(&[String]) -> String) -> String {
    let event = |number: u32, payload: &str| {
        format!(
            r#"{{"id": "00000000-0000-4000-8000-00000000000{number}", "occurred": "2026-03-01T12:00:0{number}Z", "event": "a.b", "resource": {{"prefect.resource.id": "prefect.flow-run.00000000-0000-4000-8000-000000000009"}}, "payload": {payload}}}"#
        )
    };
    let deep = "[".repeat(950) + r#""]", {}"# + &"]".repeat(950);
    as_text(&[event(1, "{}"), event(2, &format!(r#"{{"a": {deep}}}"#)), event(3, "{}")])
}

fn lines_of(events: &[String]) -> String {
    events.join("\n") + "\n"
}

/// One bad event never hides the others: it is not played, and named.
#[test]
fn an_event_that_is_nested_too_deeply_does_not_hide_the_others() {
    let options = ReplayOptions::default();
    let times = |result: &SimulationResult| result.firings.iter().map(|own| own.at.clock_time()).collect::<Vec<_>>();
    let page = |events: &[String]| format!("{{\"events\": [{}], \"total\": 3}}", events.join(", "));
    let list = |events: &[String]| format!("[{}]", events.join(",\n"));
    let frames = |events: &[String]| {
        let frames: Vec<String> =
            events.iter().map(|own| format!("{{\"type\": \"event\", \"event\": {own}}}")).collect();
        lines_of(&frames)
    };
    for (text, line, path) in [
        (deep_events(lines_of), 2, ""),
        (deep_events(page), 1, "/events/1"),
        (deep_events(list), 2, "/1"),
        (deep_events(frames), 2, "/event"),
    ] {
        let result = replay(MARKS.into(), (&*text).into(), &options).unwrap();
        assert_eq!((&result.errors, &result.warnings, result.found_in), (&vec![], &vec![], None), "{text}");
        assert_eq!(times(&result), ["12:00:01", "12:00:03"]);
        let [NotPlayed { events_index: None, finding }] = &result.not_played[..] else { panic!("{result:?}") };
        assert_eq!((finding.code, finding.severity.name(), &*finding.path), ("syntax-too-deep", "warning", path));
        assert_eq!(
            finding.message,
            "arrays and objects are nested more than 900 levels deep, which the server cannot read"
        );
        let place = finding.range.unwrap().start;
        assert_eq!((place.line, &text[usize::try_from(place.offset).unwrap()..][..2]), (line, "[["));
        assert!(text[..usize::try_from(place.offset).unwrap()].ends_with(&"[".repeat(890)));
    }

    // Everything that plays captured events says the same.
    let text = deep_events(lines_of);
    let expected = replay(MARKS.into(), (&*text).into(), &options).unwrap().not_played;
    let both = replay(format!("[{MARKS}, {MARKS}]").as_str().into(), (&*text).into(), &options).unwrap();
    assert_eq!((both.firings.len(), &both.not_played), (4, &expected));
    let tested = backtest(MARKS.into(), (&*text).into(), &BacktestOptions::default()).unwrap();
    assert_eq!((tested.events, tested.automations[0].fired_here, &tested.not_played), (2, 2, &expected));
    let mut captured = CapturedEvents::default();
    assert!(captured.add((&*text).into()).valid);
    let compared = compare_automations(MARKS.into(), MARKS.into(), &captured, &CompareOptions::default()).unwrap();
    assert_eq!((compared.events, compared.automations[0].same, &compared.not_played), (2, 2, &expected));
    let explained =
        why(&captured, "00000000-0000-4000-8000-000000000009", Some(MARKS.into()), &WhyOptions::default()).unwrap();
    assert_eq!((explained.fired.unwrap().clock_time(), &explained.not_played), ("12:00:01".to_owned(), &expected));
    let rendered = replay_actions(MARKS.into(), &(&*text).into(), None, &options, &ActionSettings::default()).unwrap();
    assert_eq!((rendered.firings.len(), &rendered.not_played), (2, &expected));
    let versions = compare_replays(MARKS.into(), (&*text).into(), &options).unwrap();
    assert_eq!(versions.v3_9.not_played, expected);
    let mut stream = ReplayStream::new(MARKS.into(), &StreamOptions::default()).unwrap();
    let report = stream.push_text((&*text).into()).unwrap();
    assert_eq!((report.valid, report.warnings, &report.diagnostics[0]), (true, 1, &expected[0].finding));
    assert_eq!(stream.finish().unwrap().automations[0].firings, 2);
    let plan = ReplayPlan::new(MARKS.into(), &ArchiveReplayOptions::default()).unwrap();
    let part = plan.map(0, (&*text).into(), &mut MapMemory::default()).unwrap();
    assert_eq!((part.events, &part.not_played), (2, &vec![expected[0].finding.clone()]));
    // Of heartbeats, nothing but times and labels counts.
    HeartbeatObserver::default().add(text.as_bytes()).unwrap();
    assert_eq!(heartbeat_lines(text.as_bytes(), true).unwrap().1, 3);

    // The line counts from the beginning of the file; several files are named.
    let (mut parts, lines) = (CapturedEvents::default(), text.split_inclusive('\n'));
    for (place, part) in lines.enumerate() {
        assert!(parts.add_lines(part.into(), place as u64, None).valid);
    }
    let of_parts = backtest_captured(MARKS.into(), &parts, &BacktestOptions::default()).unwrap();
    let place = |all: &[NotPlayed]| all.iter().map(|own| own.finding.range.unwrap().start.line).collect::<Vec<_>>();
    assert_eq!((place(&of_parts.not_played), of_parts.events), (place(&expected), 2));
    let texts = vec![DocumentText::from(text.lines().next().unwrap()), DocumentText::from(&*text)];
    let several = replay(MARKS.into(), texts.into(), &options).unwrap();
    assert_eq!(several.not_played[0], NotPlayed { events_index: Some(1), ..expected[0].clone() });

    // Its place is reported.
    let names = vec!["e.ndjson".to_owned()];
    let how = |format| RenderOptions { format, events: names.clone(), ..RenderOptions::default() };
    let pretty = how(Format::Pretty);
    let told = "e.ndjson:2:1109: warning: arrays and objects are nested more than 900 levels deep, which the server cannot read [syntax-too-deep]\nnot played: 1 event that cannot be read\n";
    for text in
        [render_backtest(&tested, &pretty), render_comparison(&compared, &pretty), render_why(&explained, &pretty)]
    {
        assert!(text.contains(told), "{text}");
    }
    let github = render_backtest(&tested, &how(Format::Github));
    assert!(github.starts_with("::warning file=e.ndjson,line=2,col=1109,"), "{github}");
    let markdown = render_comparison(&compared, &how(Format::Markdown));
    assert!(markdown.contains("\n<sub>not played: 1 event that cannot be read</sub>\n\n<sub>2 events"), "{markdown}");
    let told = "warning[syntax-too-deep]: arrays and objects are nested more than 900 levels deep, which the server cannot read\n--> e.ndjson:2:1109\n\nnot played: 1 event that cannot be read\n\n";
    let result = replay(MARKS.into(), (&*text).into(), &options).unwrap();
    for text in [
        render_simulation(&result, SimulationView::default(), &pretty).unwrap(),
        render_version_comparison(&versions, &pretty),
    ] {
        assert!(text.starts_with(told), "{text}");
    }
    assert!(simulation_html(&result).unwrap().contains("<code>syntax-too-deep</code>"));
}

/// The time to read events around what is too deep is in proportion to their length.
#[test]
fn deep_events_take_time_in_proportion() {
    let event = deep_events(|events| events[1].clone());
    for text in [
        |event: &str, number: usize| vec![event; number].join("\n"),
        |event: &str, number: usize| format!("[{}]", vec![event; number].join(",")),
    ] {
        let [few, many] = [200, 400].map(|number| {
            let text = text(&event, number);
            cost(|| {
                assert_eq!(
                    replay(MARKS.into(), (&*text).into(), &ReplayOptions::default()).unwrap().not_played.len(),
                    number
                )
            })
        });
        assert!(many < few * 5 / 2, "{few} and {many}");
    }
}

/// A lone surrogate is no character: a text would become another one, and two texts the same.
#[test]
fn events_with_lone_surrogates_are_errors() {
    let automation = r#"{"name": "n", "actions": [{"type": "do-nothing"}], "trigger": {"type": "event", "posture": "Reactive",
        "expect": ["a.*"], "threshold": 2, "within": 60, "for_each": ["prefect.resource.id"]}}"#;
    let event = |number: u32, id: &str, payload: &str| {
        format!(
            r#"{{"id": "00000000-0000-4000-8000-00000000000{number}", "occurred": "2026-03-01T12:00:0{number}Z", "event": "a.b", "resource": {{"prefect.resource.id": "{id}"}}, "payload": {{"p": "{payload}"}}}}"#
        ) + "\n"
    };
    let texts = [event(1, r"x\ud800", "") + &event(2, r"x\ud801", ""), event(1, "x", "") + &event(2, "x", r"\udfff")];
    for (index, text) in texts.iter().enumerate() {
        let line = index as u64 + 1;
        let options = ReplayOptions::default();
        let result = replay(automation.into(), (&**text).into(), &options).unwrap();
        let found = &result.errors[0];
        assert_eq!((found.code, found.range.unwrap().start.line), ("syntax-lone-surrogate", line), "{found:?}");
        assert!(result.firings.is_empty());
        let tested = backtest(automation.into(), (&**text).into(), &BacktestOptions::default()).unwrap();
        assert_eq!(tested.errors, result.errors);
        let settings = ActionSettings::default();
        let rendered = replay_actions(automation.into(), &(&**text).into(), None, &options, &settings).unwrap();
        assert_eq!(rendered.errors, result.errors);
        let mut observer = HeartbeatObserver::default();
        let unread = observer.add(text.as_bytes()).unwrap_err();
        assert_eq!((unread.line, unread.reason), (line, Unobservable::LoneSurrogate));
        assert!(unread.to_string().contains(": a text contains a lone surrogate"), "{unread}");
    }
    // A surrogate pair is one character.
    let whole = event(1, r"x\ud83d\ude00", "") + &event(2, "x😀", "");
    assert_eq!(replay(automation.into(), (&*whole).into(), &ReplayOptions::default()).unwrap().firings.len(), 1);
    let known = |text: &str| ServerObjects::read(text).err().map(|error| error.to_string());
    assert_eq!(
        known(r#"{"flow_run": {"name": "\ud800"}}"#).unwrap(),
        "contains a lone surrogate, which is not a character, in `flow_run.name`"
    );
    assert_eq!(known("[]").unwrap(), r#"must be an object, such as {"flow_run": {…}}"#);
    assert_eq!(
        known("{\n\"a\": tru}").unwrap(),
        "is not JSON: line 2, column 6: `tru` is not JSON: the only words without quotes are `true`, `false` and `null`"
    );
    assert_eq!(known("").unwrap(), "is not JSON: line 1, column 1: there is nothing to check: the text is empty");
    assert_eq!(known(r#"{"flow_run": {"name": "😀"}}"#), None);
}

/// A template that fails costs what it did: many firings with the same error do not use up the fuel of all.
#[test]
fn templates_that_fail_are_rendered_for_each_firing() {
    let text = "x".repeat(5000);
    let body = format!("{{% for n in range(100) %}}{{{{ n }}}}{{% endfor %}}{text}{{{{ 1 + 'a' }}}}");
    let automation = json!({"name": "n", "trigger": {"type": "event", "posture": "Reactive", "expect": ["a"],
        "threshold": 1, "within": 0}, "actions": [{"type": "send-notification", "subject": "s", "body": body,
        "block_document_id": "11111111-1111-4111-8111-111111111111"}]});
    let line = |number: u32| {
        let at = format!("2026-03-01T12:{:02}:{:02}Z", number / 60, number % 60);
        let id = format!("00000000-0000-4000-8000-{number:012}");
        json!({"id": id, "occurred": at, "event": "a", "resource": {"prefect.resource.id": "x"}}).to_string() + "\n"
    };
    let events: String = (0..300).map(line).collect();
    let (options, settings) = (ReplayOptions::default(), ActionSettings::default());
    let rendered =
        replay_actions((&*automation.to_string()).into(), &(&*events).into(), None, &options, &settings).unwrap();
    assert_eq!(rendered.firings.len(), 300);
    for firing in &rendered.firings {
        let failure = firing.actions[0].failure.as_ref().map(|failure| &*failure.reason);
        assert!(failure.is_some_and(|reason| reason.contains("TypeError")), "{:?}", firing.actions[0].unknown);
    }
}

/// What only the server knows is converted once, not for each firing.
#[test]
fn what_is_given_is_read_once() {
    let automation = json!({"name": "n", "trigger": {"type": "event", "posture": "Reactive", "expect": ["a"],
        "threshold": 1, "within": 0}, "actions": [{"type": "send-notification", "subject": "s",
        "body": "{{ variables.v7 }}", "block_document_id": "11111111-1111-4111-8111-111111111111"}]})
    .to_string();
    let play = |keys: usize, firings: usize| {
        let variables: serde_json::Map<_, _> = (0..keys).map(|key| (format!("v{key}"), json!(key))).collect();
        let mut given: serde_json::Map<_, _> =
            (0..keys).map(|key| (format!("prefect.flow.{key}"), json!({"name": "x"}))).collect();
        given.insert("variables".to_owned(), json!(variables));
        let given = ServerObjects::read(json!(given).to_string()).unwrap();
        let line = |number: usize| {
            let at = format!("2026-03-01T12:{:02}:{:02}Z", number / 60, number % 60);
            let id = format!("00000000-0000-4000-8000-{number:012}");
            json!({"id": id, "occurred": at, "event": "a", "resource": {"prefect.resource.id": "x"}}).to_string() + "\n"
        };
        let events: String = (0..firings).map(line).collect();
        let (options, settings) = (ReplayOptions::default(), ActionSettings::default());
        cost(|| {
            let rendered =
                replay_actions((&*automation).into(), &(&*events).into(), Some(&given), &options, &settings).unwrap();
            assert_eq!(rendered.firings.len(), firings);
            assert_eq!(rendered.firings[0].actions[0].texts[1].text.as_deref(), Some("7"));
        })
    };
    let of_keys = |firings| play(2000, firings) - play(500, firings);
    // Tables of different sizes are searched with a few steps more or less.
    let (few, many) = (of_keys(10), of_keys(100));
    assert!(many.abs_diff(few) < few / 10, "{few} steps for 10 firings, {many} for 100");
}
