//! Automations of a live server, replayed and compared with what it recorded.

use std::collections::BTreeMap;

use prefect_events::backtest::{
    AutomationBacktest, Backtest, BacktestOptions, CompareOptions, DifferenceCause, FiringChange, Verdict, WhyCause,
    WhyOptions, backtest, backtest_captured, captured_automations, compare_automations, why,
};
use prefect_events::render::{Format, RenderOptions, render_backtest, render_comparison, render_why};
use prefect_events::simulate::{
    CapturedEvents, DocumentText, Files, ReplayOptions, freeze_firings, replay, test_scenarios,
};
use prefect_events::trigger::{Firing, Version};
use serde_json::{Value as Json, json};

use crate::cases;

fn text(name: &str) -> String {
    String::from_utf8(cases::read(name)).unwrap()
}

/// All automations of the live server, as a list.
fn automations() -> String {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/live/automations");
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let all: Vec<String> = names.iter().map(|name| text(&format!("live/automations/{name}"))).collect();
    format!("[{}]", all.join(","))
}

fn tested(automations: &str, events: &str, options: &BacktestOptions) -> Backtest {
    let result = backtest(automations.into(), events.into(), options).unwrap();
    assert_eq!(result.errors, []);
    result
}

fn live() -> String {
    text("live/captured.ndjson.gz")
}

fn automation(name: &str) -> Json {
    serde_json::from_str(&text(&format!("live/automations/{name}.json"))).unwrap()
}

fn of(result: &Backtest) -> &AutomationBacktest {
    assert_eq!(result.automations.len(), 1);
    &result.automations[0]
}

fn causes(one: &AutomationBacktest) -> BTreeMap<&'static str, usize> {
    let here = one.only_here.iter().map(|own| own.cause);
    let mut counts = BTreeMap::new();
    for cause in here.chain(one.only_recorded.iter().map(|own| own.cause)) {
        *counts.entry(cause.name()).or_default() += 1;
    }
    counts
}

/// 17 automations, 268 recorded firings. Replays show the chance behind each difference.
#[test]
fn the_automations_of_a_live_server_agree() {
    let result = tested(&automations(), &live(), &BacktestOptions::default());
    assert!(result.agrees);
    assert_eq!((result.automations.len(), result.events), (17, 1303));
    let sum = |count: fn(&AutomationBacktest) -> usize| result.automations.iter().map(count).sum::<usize>();
    assert_eq!(sum(|one| one.fired_recorded), 268);
    let found: Vec<_> = result.automations.iter().filter(|one| !causes(one).is_empty()).collect();
    let names: Vec<_> = found.iter().map(|one| (&*one.name, one.only_here.len(), one.only_recorded.len())).collect();
    let expected = [("no for_each 45", 1, 0), ("order proactive", 10, 10), ("star 60", 1, 3), ("too short 30", 0, 4)];
    assert_eq!(names, expected);
    for one in &result.automations {
        assert_eq!(one.both + one.only_here.len(), one.fired_here, "{}", one.name);
        assert_eq!(one.both + one.only_recorded.len(), one.fired_recorded, "{}", one.name);
        assert_eq!(one.pairs.len(), one.both);
        let all = one.outcomes_here;
        assert_eq!(all.alive + all.finished + all.silent + all.other, one.fired_here);
        let counts = &one.histogram.counts;
        assert_eq!(counts.iter().map(|count| count.here).sum::<usize>(), one.fired_here);
        assert_eq!(counts.iter().map(|count| count.recorded).sum::<usize>(), one.fired_recorded);
        assert!(causes(one).keys().all(|cause| *cause == "chance"), "{}: {:?}", one.name, causes(one));
    }
    // What it finds are the runs whose process was killed, and two that had ended.
    let zombies = result.automations.iter().find(|one| one.name == "Crash zombie flows").unwrap();
    let outcomes = zombies.outcomes_here;
    assert_eq!((outcomes.alive, outcomes.finished, outcomes.silent), (0, 2, 6));
    assert_eq!(zombies.outcomes_recorded, outcomes);
    assert_eq!(zombies.coverage[0].clauses[0].passed, 108);
}

/// Captures that end with a firing: the engine may fire one tick later, which is certain because the server recorded it.
#[test]
fn a_recorded_firing_after_the_last_event_counts() {
    let all = live();
    let mut events: Vec<Json> = all.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    events.sort_by_key(|event| event["received"].as_str().unwrap().to_owned());
    let is_own = |event: &Json| {
        event["event"] == "prefect.automation.triggered"
            && event["resource"]["prefect.resource.name"] == "Crash zombie flows"
    };
    let document = automation("crash-zombie-flows").to_string();
    let mut late = 0;
    for (place, _) in events.iter().enumerate().filter(|(_, event)| is_own(event)) {
        let capture: String = events[..=place].iter().map(|event| format!("{event}\n")).collect();
        let result = tested(&document, &capture, &BacktestOptions::default());
        let one = of(&result);
        assert_eq!(one.both + one.only_here.len(), one.fired_here, "{}", one.message);
        let all = one.outcomes_here;
        assert_eq!(all.alive + all.finished + all.silent + all.other, one.fired_here);
        assert_eq!(one.reason, None);
        late += one.pairs.iter().filter(|pair| Some(pair.at) > result.last).count();
    }
    assert!(late > 0);
}

/// An automation that was edited: which firings would be others, because of what.
#[test]
fn an_edited_automation_differs() {
    let mut edited = automation("too-short-30");
    edited["trigger"]["within"] = json!(60);
    let result = tested(&edited.to_string(), &live(), &BacktestOptions::default());
    let one = of(&result);
    assert!(!result.agrees);
    assert_eq!(one.verdict, Verdict::Differs);
    assert_eq!(one.changed.as_deref(), Some("`within` is 30 s on the server, 1 min here"));
    assert!(one.only_recorded.len() > 30);
    assert!(one.only_recorded.iter().all(|own| own.cause == DifferenceCause::Changed));
    assert_eq!(
        one.only_recorded[0].reason,
        "the server's automation is another one: `within` is 30 s on the server, 1 min here"
    );

    // The same with `enabled: false`: nothing fires here.
    let mut disabled = automation("on-crashed");
    disabled["enabled"] = json!(false);
    let result = tested(&disabled.to_string(), &live(), &BacktestOptions::default());
    assert_eq!((of(&result).fired_here, of(&result).only_recorded.len()), (0, 8));
    assert!(of(&result).only_recorded[0].reason.contains("`enabled: false`"));
    assert!(!result.agrees);
}

/// A capture that lacks events explains what is missing.
#[test]
fn what_was_not_captured_does_not_count() {
    // Without the first half of the events.
    let all = live();
    let mut events: Vec<Json> = all.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    events.sort_by_key(|event| event["received"].as_str().unwrap().to_owned());
    let half = events.split_off(events.len() / 2);
    let late: String = half.iter().map(|event| format!("{event}\n")).collect();
    let result = tested(&automations(), &late, &BacktestOptions::default());
    let causes: Vec<_> = result.automations.iter().flat_map(|one| causes(one).into_keys()).collect();
    assert!(causes.contains(&"not-captured"), "{causes:?}");
    assert!(!causes.contains(&"changed"), "{causes:?}");

    // Without the events of automations nothing can be compared.
    let is_other = |event: &&Json| !event["event"].as_str().unwrap().starts_with("prefect.automation.");
    let filtered: String = events.iter().chain(&half).filter(is_other).map(|event| format!("{event}\n")).collect();
    let result = tested(&automation("on-crashed").to_string(), &filtered, &BacktestOptions::default());
    assert_eq!((of(&result).verdict, of(&result).only_here.len(), result.agrees), (Verdict::NotCompared, 0, true));
    assert_eq!(
        of(&result).message,
        "it fires 8 times; the events contain nothing that this automation sent, so nothing is compared"
    );
}

/// The version of the server counts from its last change, until it is disabled or deleted.
#[test]
fn only_the_present_version_is_compared() {
    let event = |number: u8, second: u32, name: &str, payload: Json| {
        let automation = name.starts_with("prefect.automation");
        let id = if automation { "prefect.automation.a" } else { "acme.backup" };
        json!({
            "id": format!("00000000-0000-4000-8000-0000000000{number:02}"),
            "occurred": format!("2026-03-01T12:{:02}:{:02}Z", second / 60, second % 60),
            "event": name, "resource": {"prefect.resource.id": id, "prefect.resource.name": "backups"},
            "payload": payload,
        })
    };
    let document = |expect: &str, enabled: bool| {
        json!({"id": "a", "name": "backups", "enabled": enabled, "actions": [],
            "trigger": {"type": "event", "posture": "Reactive", "expect": [expect]}})
    };
    let mut events = vec![
        event(1, 0, "prefect.automation.created", document("acme.other", true)),
        event(2, 10, "acme.failed", json!({})),
        event(3, 20, "prefect.automation.updated", document("acme.failed", true)),
        event(4, 30, "acme.failed", json!({})),
        event(5, 30, "prefect.automation.triggered", json!({"triggering_labels": {}})),
    ];
    let lines = |events: &[Json]| events.iter().map(|event| format!("{event}\n")).collect::<String>();
    let play = |events: &[Json]| {
        tested(&document("acme.failed", true).to_string(), &lines(events), &BacktestOptions::default())
    };
    let result = play(&events);
    let one = of(&result);
    assert_eq!((one.both, one.fired_here, one.fired_recorded, one.changed.clone()), (1, 1, 1, None));
    assert_eq!(one.start.clock_time(), "12:00:20");
    // Disabled: what comes then is not evaluated.
    events.push(event(6, 40, "prefect.automation.updated", document("acme.failed", false)));
    events.push(event(7, 50, "acme.failed", json!({})));
    let result = play(&events);
    let one = of(&result);
    assert_eq!((one.both, one.fired_here, one.end.unwrap().clock_time()), (1, 1, "12:00:40".to_owned()));
    // A firing that the server lacks has no known cause.
    events.truncate(4);
    events.push(event(8, 59, "acme.paid", json!({})));
    let result = play(&events);
    assert_eq!(causes(of(&result)), [("unexplained", 1)].into());
    assert_eq!(
        of(&result).only_here[0].reason,
        "no known cause; here it fires because 1 of 1 required events: acme.failed"
    );
    assert_eq!(captured_automations(&captured(&lines(&events)), None), format!("[{}]", document("acme.failed", true)));
    assert_eq!(captured_automations(&captured(&lines(&events)), Some("other")), "[]");
}

fn captured(text: &str) -> CapturedEvents {
    let mut captured = CapturedEvents::default();
    assert!(captured.add(text.into()).valid);
    captured
}

/// Events that are read in parts give the same result; an error has its line in the whole text.
#[test]
fn events_are_read_in_parts() {
    let all = live();
    let whole = tested(&automations(), &all, &BacktestOptions::default());
    let mut parts = CapturedEvents::default();
    let lines: Vec<&str> = all.split_inclusive('\n').collect();
    for (place, part) in lines.chunks(100).enumerate() {
        assert!(parts.add_lines((&*part.concat()).into(), place as u64 * 100, None).valid);
    }
    assert_eq!(backtest_captured((&*automations()).into(), &parts, &BacktestOptions::default()).unwrap(), whole);
    let report = parts.add_lines("{\"id\": 5}\n".into(), 1303, Some(1));
    assert_eq!(report.diagnostics[0].range.unwrap().start.line, 1304);
    let result = backtest_captured((&*automations()).into(), &parts, &BacktestOptions::default()).unwrap();
    assert_eq!((result.events_index, &result.errors), (Some(1), &report.diagnostics));
    let how = RenderOptions { events: vec!["a".to_owned(), "b.ndjson".to_owned()], ..RenderOptions::default() };
    assert!(
        render_backtest(&result, &how).starts_with("b.ndjson:1304:1: error: "),
        "{}",
        render_backtest(&result, &how)
    );
}

#[test]
fn a_backtest_is_rendered() {
    let mut edited = automation("on-crashed");
    edited["trigger"]["expect"] = json!(["prefect.flow-run.Failed"]);
    let result = tested(&edited.to_string(), &live(), &BacktestOptions::default());
    let render = |format| {
        let options = RenderOptions { format, file: Some("a:b.yaml".to_owned()), ..RenderOptions::default() };
        render_backtest(&result, &options)
    };
    let pretty = render(Format::Pretty);
    assert!(pretty.contains("\non crashed  differs\n"), "{pretty}");
    assert!(
        pretty.contains("\n  `expect` is [prefect.flow-run.Crashed] on the server, [prefect.flow-run.Failed] here\n")
    );
    assert!(pretty.contains("\n    here    "), "{pretty}");
    let junit = render(Format::Junit);
    assert!(junit.contains("<testsuites name=\"prefect-events\" tests=\"1\" failures=\"1\" errors=\"0\">"), "{junit}");
    let github = render(Format::Github);
    assert!(github.starts_with("::error file=a%3Ab.yaml,title=backtest%3A on crashed::"), "{github}");
    let json: Json = serde_json::from_str(&render(Format::Json)).unwrap();
    assert_eq!(json["automations"][0]["verdict"], "differs");
    let coloured = RenderOptions { colour: true, ..RenderOptions::default() };
    assert!(render_backtest(&result, &coloured).contains("\u{1b}[31mdiffers\u{1b}[39m"));
}

/// Zombies, with heartbeats every 30 s and a window that is too short for the slowest.
#[test]
fn why_a_run_was_marked() {
    let events = captured(&live());
    let explain = |run: &str, document: Option<&str>, options: Json| {
        why(&events, run, document.map(DocumentText::from), &serde_json::from_value(options).unwrap())
    };
    // The automation is among the events.
    let dead = explain("e24ff06c", None, json!({"name": "Crash zombie flows"})).unwrap();
    assert_eq!(dead.cause, WhyCause::Silent, "{dead:?}");
    assert_eq!((dead.cause, dead.automation.as_deref()), (WhyCause::Silent, Some("Crash zombie flows")));
    assert_eq!(dead.change, None);
    assert!(dead.message.starts_with("`Crash zombie flows` fired at "), "{}", dead.message);
    assert!(dead.message.contains("its action changed the run, and the run sent nothing more"), "{}", dead.message);
    // Without a name: the one whose action changed the run.
    assert_eq!(explain(&dead.id, None, json!({})).unwrap(), dead);
    // A heartbeat that came after the end.
    let finished = explain("timeout-1", None, json!({"name": "Crash zombie flows"})).unwrap();
    assert_eq!((finished.cause, finished.change), (WhyCause::Finished, None));
    // A process that was killed, as its worker reported: no automation.
    let reported = explain("zombie-1", None, json!({"name": "Crash zombie flows"})).unwrap();
    assert_eq!((reported.cause, reported.state.as_deref()), (WhyCause::NotFired, Some("Crashed")));
    assert!(
        reported.message.contains("the run itself became Crashed at 02:11:14.819026: Process exited"),
        "{reported:?}"
    );

    // A window of 30 s for heartbeats every 30 s: the run was alive. Only the changed line is different.
    let short = "name: too short 30  # to be found\nactions: []\ntrigger:\n  posture: Proactive\n  after: [prefect.flow-run.heartbeat]\n  \
        expect: [prefect.flow-run.*]\n  for_each: [prefect.resource.id]\n  within: 30\n";
    let alive = explain("processed-1", Some(short), json!({})).unwrap();
    assert_eq!(alive.cause, WhyCause::Alive, "{}", alive.message);
    let change = alive.change.unwrap();
    assert_eq!((&*change.before, change.line), ("within: 30", Some(8)));
    let seconds: u32 = change.after.strip_prefix("within: ").unwrap().parse().unwrap();
    assert!((31..40).contains(&seconds), "{}", change.after);
    assert!(change.firings_after < change.firings_before, "{change:?}");

    // A misspelt name: what stops it, and the line that would not.
    let typo = json!({"name": "typo", "actions": [], "trigger": {"posture": "Reactive",
        "expect": ["prefect.flow-run.Crashed"], "match_related": {"prefect.resource.role": "flow",
        "prefect.resource.name": "crashr"}}});
    let never = explain("crash-start", Some(&typo.to_string()), json!({})).unwrap();
    assert_eq!(never.cause, WhyCause::NotFired);
    assert!(never.message.contains("none has `prefect.resource.name: crashr`"), "{}", never.message);
    let change = never.change.unwrap();
    assert_eq!((&*change.before, &*change.after, change.firings_before), ("crashr", "crasher", 0));
    assert!(change.firings_after > 0);

    let error = explain("no such run", None, json!({})).unwrap_err();
    assert_eq!(error.to_string(), "no run in these events has the name or id `no such run`");
    assert!(
        explain("zombie-", None, json!({})).unwrap_err().to_string().starts_with("several runs begin with `zombie-`: ")
    );
}

/// The state that the action sets right after the end of the window is no event that came too late.
#[test]
fn what_an_action_did_is_no_cause() {
    let at = |second: &str| format!("2026-11-27T02:13:{second}Z");
    let mut text = live();
    for (was, is) in [
        ("19.468136", "16.600000"),
        ("19.468464", "16.600100"),
        ("19.546750", "16.660000"),
        ("19.620827", "16.700000"),
        ("19.702341", "16.710000"),
        ("19.702711", "16.720000"),
        ("19.703036", "16.730000"),
    ] {
        assert!(text.contains(&at(was)), "{was}");
        text = text.replace(&at(was), &at(is));
    }
    let options = serde_json::from_value(json!({"name": "Crash zombie flows"})).unwrap();
    let dead = why(&captured(&text), "e24ff06c", None, &options).unwrap();
    assert_eq!(dead.cause, WhyCause::Silent);
    assert!(dead.message.ends_with("after prefect.flow-run.heartbeat at 02:11:46.575947"), "{}", dead.message);
}

/// An event that the server holds back because it never got the one before: a finished run is marked.
#[test]
fn why_a_finished_run_was_marked() {
    let events = captured(&text("events.ndjson.gz"));
    let zombies = r#"{"name": "zombies", "actions": [], "trigger": {"posture": "Proactive",
        "after": ["prefect.flow-run.heartbeat"], "expect": ["prefect.flow-run.*"],
        "for_each": ["prefect.resource.id"], "within": 90}}"#;
    let held = why(&events, "gleaming-cat", Some(zombies.into()), &WhyOptions::default()).unwrap();
    assert_eq!(held.cause, WhyCause::AbsentLeader, "{}", held.message);
    assert!(held.message.contains("the server holds it back"), "{}", held.message);
    let change = held.change.unwrap();
    assert_eq!((&*change.before, change.line), ("within: 90", Some(3)));
    let shown = render_why(
        &why(&events, "gleaming-cat", Some(zombies.into()), &WhyOptions::default()).unwrap(),
        &RenderOptions { file: Some("z.json".to_owned()), ..RenderOptions::default() },
    );
    assert!(shown.contains("\n  one changed line  z.json:3\n    - within: 90\n    + within: "), "{shown}");
}

/// Events of runs: the number of the run, the second, the milliseconds until the server receives it, and the state.
fn runs(events: &[(u32, u64, u64, &str)]) -> String {
    let lines = events.iter().enumerate().map(|(number, (run, second, late, name))| {
        let at = |milliseconds: u64| {
            let (minute, second) = (milliseconds / 60_000, milliseconds % 60_000);
            format!("2026-03-01T12:{minute:02}:{:02}.{:03}Z", second / 1000, second % 1000)
        };
        let resource = json!({"prefect.resource.id": format!("prefect.flow-run.{run}"),
            "prefect.resource.name": format!("run-{run}")});
        let event = json!({"id": format!("00000000-0000-4000-8000-{number:012x}"), "occurred": at(second * 1000),
            "received": at(second * 1000 + late), "event": format!("prefect.flow-run.{name}"), "resource": resource});
        format!("{event}\n")
    });
    lines.collect()
}

/// How often an automation fires on each run, without a run's number in `for_each` by its triggering event.
fn firings(automation: &str, events: &str) -> usize {
    let options = ReplayOptions::default();
    replay(automation.into(), events.into(), &options).unwrap().firings.len()
}

/// The changed line is the smallest change: the next number does not help.
#[test]
fn why_suggests_the_smallest_change() {
    let change = |automation: &str, events: &str, run: &str| {
        let found = why(&captured(events), run, Some(automation.into()), &WhyOptions::default()).unwrap();
        let change = found.change.clone().unwrap_or_else(|| panic!("{found:?}"));
        assert!(automation.contains(&change.before), "{change:?}");
        assert_eq!(firings(&automation.replace(&change.before, &change.after), events), change.firings_after);
        (change.before, change.after)
    };
    let text = |line: &str| {
        format!(
            "trigger:\n  posture: Reactive\n  expect: [prefect.flow-run.Failed]\n  for_each: [prefect.resource.id]\n  {line}\n"
        )
    };
    // Three failures within 40 s.
    let failures = runs(&[(1, 0, 5, "Failed"), (1, 15, 5, "Failed"), (1, 40, 5, "Failed"), (2, 200, 5, "Completed")]);
    let five = text("threshold: 5\n  within: 60");
    assert_eq!(change(&five, &failures, "run-1"), ("threshold: 5".to_owned(), "threshold: 3".to_owned()));
    assert_eq!(firings(&five.replace("threshold: 5", "threshold: 4"), &failures), 0);
    // A threshold of 1 would also do; the name comes first.
    let typo = text("threshold: 3\n  within: 60").replace("Failed", "Faild");
    assert_eq!(change(&typo, &failures, "run-1"), ("prefect.flow-run.Faild".into(), "prefect.flow-run.Failed".into()));
    // One failure in each of two runs' windows, which share one without `for_each`.
    let shared = runs(&[(1, 0, 5, "Failed"), (2, 10, 5, "Failed"), (1, 20, 5, "Failed")]);
    let one = "trigger:\n  posture: Reactive\n  expect: [prefect.flow-run.Failed]\n  threshold: 2\n  within: 60\n";
    let found = why(&captured(&shared), "run-1", Some(one.into()), &WhyOptions::default()).unwrap();
    let own = found.change.unwrap();
    assert_eq!((&*own.before, &*own.after), ("", r#"for_each: ["prefect.resource.id"]"#));
    assert!(found.message.contains("other runs' events keep it from firing"), "{}", found.message);

    // A heartbeat that came 100 s after the one before: the window must be longer than that, and no second longer.
    let late = runs(&[(1, 0, 5, "heartbeat"), (1, 100, 5, "heartbeat"), (1, 110, 5, "Completed")]);
    let zombies = "trigger:\n  posture: Proactive\n  after: [prefect.flow-run.heartbeat]\n  expect: [prefect.flow-run.*]\n  \
        for_each: [prefect.resource.id]\n  within: 60\n";
    let (before, after) = change(zombies, &late, "run-1");
    assert_eq!(before, "within: 60");
    let seconds: u64 = after.strip_prefix("within: ").unwrap().parse().unwrap();
    for (within, expected) in [(seconds, 0), (seconds - 1, 1)] {
        let changed = zombies.replace("within: 60", &format!("within: {within}"));
        assert_eq!(firings(&changed, &late), expected, "{within}");
    }
}

/// Three failures that are further apart than the window.
#[test]
fn why_suggests_the_shortest_window_that_suffices() {
    let failures = runs(&[(1, 0, 5, "Failed"), (1, 50, 5, "Failed"), (1, 90, 5, "Failed"), (2, 200, 5, "Completed")]);
    // Below a threshold of 2 the failures of other runs would fire too.
    let three = "trigger:\n  type: sequence\n  within: 600\n  triggers:\n    - posture: Reactive\n      expect: [prefect.flow-run.Failed]\n      \
        for_each: [prefect.resource.id]\n      threshold: 3\n      within: 60\n    - posture: Reactive\n      expect: [acme.never]\n";
    let found = why(&captured(&failures), "run-1", Some(three.into()), &WhyOptions::default()).unwrap();
    assert_eq!((found.cause, found.change), (WhyCause::NotFired, None), "nothing helps a sequence without its second");
}

/// What differs by chance is shown by a replay; what only looks like it counts.
#[test]
fn a_difference_is_chance_only_if_a_replay_shows_it() {
    const ID: &str = "11111111-1111-4111-8111-111111111111";
    let zombies =
        json!({"id": ID, "name": "zombies", "actions": [], "trigger": {"type": "event", "posture": "Proactive",
        "after": ["prefect.flow-run.heartbeat"], "expect": ["prefect.flow-run.*"], "for_each": ["prefect.resource.id"],
        "within": 60}})
        .to_string();
    let own = |number: u32, at: &str, event: &str, payload: Json| {
        let resource = json!({"prefect.resource.id": format!("prefect.automation.{ID}"),
            "prefect.resource.name": "zombies"});
        let event = json!({"id": format!("00000000-0000-4000-9000-{number:012x}"), "occurred": at, "received": at,
            "event": event, "resource": resource, "payload": payload});
        format!("{event}\n")
    };
    // Of another run, which fires here and there.
    let known = runs(&[(9, 1, 5, "heartbeat")])
        + &own(
            1,
            "2026-03-01T12:01:05.100Z",
            "prefect.automation.triggered",
            json!({"triggering_labels": {"prefect.resource.id": "prefect.flow-run.9"}}),
        )
        + &runs(&[(8, 600, 5, "Completed")]).replace("-8000-", "-8001-");
    let cause = |events: &str| {
        // Version 3.9 would hold the end of a run back for a heartbeat.
        let options = BacktestOptions { server_version: Some(Version::V3_8), ..BacktestOptions::default() };
        let result = tested(&zombies, &(known.clone() + &events.replace("-8000-", "-8002-")), &options);
        let one = of(&result);
        assert_eq!((one.both, one.only_here.len(), one.only_recorded.len()), (1, 1, 0), "{one:?}");
        (one.only_here[0].cause, one.only_here[0].reason.clone())
    };
    // The end of a run and its last heartbeat in one batch, in the wrong order: 4 ms apart.
    let (why, reason) = cause(&runs(&[(1, 101, 0, "Completed"), (1, 100, 1004, "heartbeat")]));
    assert_eq!(why, DifferenceCause::Chance, "{reason}");
    assert!(reason.contains("in one batch"), "{reason}");
    // The same half a second apart.
    let (why, reason) = cause(&runs(&[(1, 101, 0, "Completed"), (1, 100, 1500, "heartbeat")]));
    assert_eq!(why, DifferenceCause::Unexplained, "{reason}");
    // Two heartbeats in a batch: whatever their order, the window ends.
    let (why, reason) = cause(&runs(&[(1, 100, 1004, "heartbeat"), (1, 101, 0, "heartbeat")]));
    assert_eq!(why, DifferenceCause::Unexplained, "{reason}");
}

/// That the server loaded its automations again explains firings only where it moves them to their times.
#[test]
fn a_reload_explains_only_what_it_moves() {
    const ID: &str = "11111111-1111-4111-8111-111111111111";
    let quiet = json!({"id": ID, "name": "quiet", "actions": [], "trigger": {"type": "event", "posture": "Proactive",
        "expect": ["acme.never"], "within": 3600}})
    .to_string();
    let event = |number: u32, second: u32, resource: Json, event: &str, payload: Json| {
        let at = format!("2026-03-01T{:02}:{:02}:{:02}.100Z", 12 + second / 3600, second / 60 % 60, second % 60);
        let event = json!({"id": format!("00000000-0000-4000-9000-{number:012x}"), "occurred": at, "received": at,
            "event": event, "resource": resource, "payload": payload});
        format!("{event}\n")
    };
    let other = json!({"prefect.resource.id": "prefect.automation.22222222-2222-4222-8222-222222222222",
        "prefect.resource.name": "other"});
    let own = json!({"prefect.resource.id": format!("prefect.automation.{ID}"), "prefect.resource.name": "quiet"});
    let plain = json!({"prefect.resource.id": "acme.a"});
    let mut events = event(1, 0, plain.clone(), "acme.a", json!({}));
    events += &event(2, 10, other, "prefect.automation.created", json!({}));
    // No window of an hour ends there, whenever the automations were loaded.
    events += &event(3, 5400, own, "prefect.automation.triggered", json!({"triggering_labels": {}}));
    events += &event(4, 7300, plain, "acme.a", json!({}));
    let result = tested(&quiet, &events, &BacktestOptions::default());
    let recorded = &of(&result).only_recorded;
    assert_eq!(recorded.len(), 1);
    assert_eq!(recorded[0].cause, DifferenceCause::Unexplained, "{}", recorded[0].reason);
}

#[test]
fn two_versions_are_compared() {
    let zombies = automation("crash-zombie-flows");
    let mut longer = zombies.clone();
    longer["trigger"]["within"] = json!(150);
    let events = captured(&live());
    let compare = |new: &Json| {
        let (old, new) = (zombies.to_string(), new.to_string());
        compare_automations((&*old).into(), (&*new).into(), &events, &CompareOptions::default()).unwrap()
    };
    let same = compare(&zombies);
    assert!(same.same && same.automations[0].changes.is_empty() && same.automations[0].same > 0);
    let result = compare(&longer);
    let one = &result.automations[0];
    assert!(!result.same);
    // The five runs that its action marked are found later, as if it had not acted.
    assert_eq!(one.left_out, 5);
    assert!(
        one.changes.iter().any(|change| change.change == FiringChange::Moved && change.message == "fires 1 min later")
    );
    let (old, new) = (one.old.unwrap(), one.new.unwrap());
    let count = |kind| one.changes.iter().filter(|change| change.change == kind).count();
    assert_eq!(old.fired, one.same + count(FiringChange::Moved) + count(FiringChange::Removed));
    assert_eq!(new.fired, one.same + count(FiringChange::Moved) + count(FiringChange::Added));

    let markdown = RenderOptions { format: Format::Markdown, ..RenderOptions::default() };
    let table = render_comparison(&result, &markdown);
    assert!(table.starts_with("**Crash zombie flows**: "), "{table}");
    assert!(table.contains("\n\n| Run | State | Old | New | Change |\n| --- | --- | --- | --- | --- |\n| "), "{table}");

    // Several automations are compared by their names.
    let (all, mut changed) = (automations(), serde_json::from_str::<Vec<Json>>(&automations()).unwrap());
    changed.retain(|one| one["name"] != "on crashed");
    changed.push(
        json!({"name": "new", "actions": [], "trigger": {"posture": "Reactive", "expect": ["acme.order.created"]}}),
    );
    let changed = serde_json::to_string(&changed).unwrap();
    let result = compare_automations((&*all).into(), (&*changed).into(), &events, &CompareOptions::default()).unwrap();
    let messages: Vec<_> =
        result.automations.iter().filter(|one| !one.changes.is_empty()).map(|one| &*one.message).collect();
    assert_eq!(messages, ["new automation: 2 firings", "automation removed: 8 firings less"]);
}

/// Only `expect` changes; what was frozen passes, and a change of the automation does not.
#[test]
fn firings_are_frozen() {
    let scenario = "# Zombies.\nautomation: {trigger: {posture: Proactive, after: [prefect.flow-run.heartbeat], expect: [prefect.flow-run.*],\n  \
        for_each: [prefect.resource.id], within: 90}}  # short\nheartbeat: {frequency: 30}\nruns:\n  - name: zombie  # dies\n    dies: 2m\n  \
        - { name: healthy, ends: 5m, count: 3 }\nexpect:  # by hand\n  - { run: zombie, fires: 9 }\n# end\n";
    let frozen = freeze_firings(scenario.into(), &Files::default()).unwrap();
    let kept = |text: &str| {
        let (before, rest) = text.split_once("  # by hand\n").unwrap();
        (before.to_owned(), rest.split_once("# end\n").unwrap().1.to_owned())
    };
    assert_eq!(kept(&frozen), kept(scenario));
    assert!(test_scenarios((&*frozen).into()).passed, "{frozen}");
    assert_eq!(freeze_firings((&*frozen).into(), &Files::default()).unwrap(), frozen);
    let changed = frozen.replace("within: 90", "within: 120");
    assert!(!test_scenarios((&*changed).into()).passed);
    // Lists, JSON, and without expectations.
    let list = "scenarios:\n  - automation: crash-zombie-flows\n    heartbeat: {frequency: 30}\n    runs: [{name: a b, dies: 2m}]  # one\n  \
        - automation: crash-zombie-flows\n    runs: [{name: yes1, ends: 1m}]\n";
    let json = r#"{"automation": "crash-zombie-flows", "heartbeat": {"frequency": 30}, "runs": [{"name": "z", "dies": "2m"}]}"#;
    for text in [list, json] {
        let frozen = freeze_firings(text.into(), &Files::default()).unwrap();
        let report = test_scenarios((&*frozen).into());
        assert!(report.passed && report.expectations > 1, "{frozen}");
        assert_eq!(freeze_firings((&*frozen).into(), &Files::default()).unwrap(), frozen);
    }
    assert!(freeze_firings("automation: nothing".into(), &Files::default()).is_err());
}

const ZOMBIES: &str = "prefect.automation.00000000-0000-4000-8000-00000000000a";
const RUN: &str = "prefect.flow-run.11111111-1111-4111-8111-111111111111";

/// An event of the run, so many seconds after noon.
fn at(number: u8, second: f64, name: &str, more: &Json) -> Json {
    let micros = (second * 1e6) as i64;
    let time = prefect_events::time::Instant(1_772_366_400_000_000 + micros);
    let mut event = json!({
        "id": format!("00000000-0000-4000-8000-0000000000{number:02}"),
        "occurred": time, "received": time, "event": name,
        "resource": {"prefect.resource.id": RUN, "prefect.resource.name": "fox"}, "related": [], "payload": {},
    });
    for (key, value) in more.as_object().unwrap() {
        event[key] = value.clone();
    }
    event
}

/// The server says that the automation fired.
fn fired(number: u8, second: f64, name: &str, labels: &Json) -> Json {
    let resource = json!({"prefect.resource.id": ZOMBIES, "prefect.resource.name": name});
    let more = json!({"resource": resource, "payload": {"triggering_labels": labels}});
    at(number, second, "prefect.automation.triggered", &more)
}

fn zombies(within: u32) -> Json {
    json!({
        "type": "event", "posture": "Proactive", "match": {"prefect.resource.id": "prefect.flow-run.*"},
        "after": ["prefect.flow-run.heartbeat"], "for_each": ["prefect.resource.id"], "threshold": 1, "within": within,
        "expect": ["prefect.flow-run.heartbeat", "prefect.flow-run.Completed"],
    })
}

fn named(name: &str, trigger: &Json) -> String {
    let id = ZOMBIES.strip_prefix("prefect.automation.");
    json!({"id": id, "name": name, "trigger": trigger, "actions": []}).to_string()
}

fn ndjson(events: &[Json]) -> String {
    events.iter().map(|event| format!("{event}\n")).collect()
}

/// The children that a certain firing consumed are certain too.
#[test]
fn children_of_a_recorded_firing_are_certain() {
    let running = json!({"type": "event", "posture": "Reactive", "expect": ["prefect.flow-run.Running"],
        "for_each": ["prefect.resource.id"], "threshold": 1, "within": 0});
    let inner = json!({"type": "compound", "require": "all", "within": 600, "triggers": [zombies(90), running]});
    let trigger = json!({"type": "compound", "require": "any", "within": 600, "triggers": [inner]});
    let mut events =
        vec![at(1, -1.0, "prefect.flow-run.Running", &json!({})), at(2, 0.0, "prefect.flow-run.heartbeat", &json!({}))];
    let played = |events: &[Json]| {
        let events = ndjson(events);
        let automation = named("both", &trigger);
        let result = replay((&*automation).into(), (&*events).into(), &ReplayOptions::default()).unwrap();
        assert_eq!(result.errors, []);
        let silent = |firings: &[Firing]| firings.iter().map(|firing| firing.if_silent).collect::<Vec<_>>();
        (silent(&result.firings), silent(&result.child_firings))
    };
    assert_eq!(played(&events), (vec![true], vec![false, true, true]));
    events.push(fired(3, 90.5, "both", &json!({})));
    assert_eq!(played(&events), (vec![false], vec![false, false, false]));
}

/// A window that drifts with the loop of the server fires far from its record, also after the last event.
#[test]
fn a_drifted_firing_after_the_last_event_has_its_partner() {
    let trigger = json!({"type": "event", "posture": "Proactive", "expect": ["acme.tick"], "threshold": 2, "within": 61,
        "for_each": ["prefect.resource.id"]});
    let labels = json!({"prefect.resource.id": RUN});
    let mut events = vec![at(1, 0.0, "acme.tick", &json!({}))];
    events.extend((1..=4).map(|number| {
        let second = f64::from(number) * 61.0 + 0.2;
        fired(number + 1, second, "rolls", &labels)
    }));
    let result = tested(&named("rolls", &trigger), &ndjson(&events), &BacktestOptions::default());
    let one = of(&result);
    assert_eq!((one.verdict, one.both, one.fired_here), (Verdict::Agrees, 4, 4), "{}", one.message);
    assert!(one.pairs.last().is_some_and(|pair| Some(pair.at) > result.last && pair.seconds < -8_000_000));
    assert_eq!(one.reason, None);
}

/// Whatever comes after the last event, a change does not make this firing appear or disappear.
#[test]
fn uncertain_firings_are_neither_new_nor_gone() {
    let labels = json!({"prefect.resource.id": RUN});
    let mut events = vec![at(1, 0.0, "prefect.flow-run.heartbeat", &json!({}))];
    let compared = |events: &[Json], old: u32, new: u32| {
        let mut captured = CapturedEvents::default();
        assert!(captured.add((&*ndjson(events)).into()).valid);
        let (old, new) = (named("zombies", &zombies(old)), named("zombies", &zombies(new)));
        let options = CompareOptions::default();
        let result = compare_automations((&*old).into(), (&*new).into(), &captured, &options).unwrap();
        let found = result.automations[0].changes.iter().map(|change| (change.change, change.message.clone()));
        found.collect::<Vec<_>>()
    };
    assert_eq!(compared(&events, 90, 40), []);
    events.push(fired(2, 90.5, "zombies", &labels));
    assert_eq!(compared(&events, 90, 90), []);
    assert_eq!(compared(&events, 90, 40), [(FiringChange::Moved, "fires 50 s earlier".to_owned())]);
    let later = "fires 1 min later, if nothing comes after the last event".to_owned();
    assert_eq!(compared(&events, 90, 150), [(FiringChange::Moved, later)]);
}

/// A longer window is no remedy because its end comes after the last event.
#[test]
fn a_window_that_ends_after_the_last_event_is_no_remedy() {
    let labels = json!({"prefect.resource.id": RUN});
    let held = json!({"follows": "99999999-0000-4000-8000-000000000000"});
    let events = [
        at(1, 0.0, "prefect.flow-run.heartbeat", &json!({})),
        at(2, 40.0, "prefect.flow-run.heartbeat", &held),
        fired(3, 90.5, "zombies", &labels),
    ];
    let mut captured = CapturedEvents::default();
    assert!(captured.add((&*ndjson(&events)).into()).valid);
    let automation = named("zombies", &zombies(90));
    let why = why(&captured, "fox", Some((&*automation).into()), &WhyOptions::default()).unwrap();
    assert_eq!(why.cause, WhyCause::AbsentLeader);
    let change = why.change.unwrap();
    // The held heartbeat is evaluated after 15 minutes.
    assert_eq!((&*change.after, change.firings_before, change.firings_after), ("within: 941", 1, 0));
}
