//! Why automations do not fire: each clause that can stop events, and what happens to windows.

use prefect_events::simulate::{ReplayOptions, SimulateOptions, SimulationResult, replay, simulate, test_scenarios};
use serde_json::json;

fn play(scenario: &str) -> SimulationResult {
    let result = simulate(scenario.into(), &SimulateOptions::default());
    assert_eq!(result.errors, []);
    result
}

/// Events of flow runs: the last part of the name, when it occurred, the run, the flow.
fn events(list: &[(&str, &str, u8, &str)]) -> String {
    let mut out = "events:\n".to_owned();
    for (index, (name, at, run, flow)) in list.iter().enumerate() {
        out += &format!(
            "  - {{id: 00000000-0000-4000-8000-{index:012}, event: {name}, occurred: '2026-03-01T12:{at}Z', \
             resource: {{prefect.resource.id: prefect.flow-run.{run}, prefect.resource.name: run-{run}}}, \
             related: [{{prefect.resource.id: prefect.flow.f, prefect.resource.role: flow, prefect.resource.name: {flow}}}, \
             {{prefect.resource.id: prefect.tag.prod, prefect.resource.role: tag}}]}}\n"
        );
    }
    out
}

const FAILED: [(&str, &str, u8, &str); 3] = [
    ("prefect.flow-run.Failed", "00:10", 1, "nightly"),
    ("prefect.flow-run.Failed", "00:40", 2, "nightly"),
    ("prefect.flow-run.Completed", "00:50", 3, "nightly"),
];

fn reason_of(trigger: &str, list: &[(&str, &str, u8, &str)], end: &str) -> String {
    let scenario = format!(
        "automation: {{trigger: {trigger}, actions: []}}\nstart: 2026-03-01T12:00:00Z\nend: {end}\n{}",
        if list.is_empty() { String::new() } else { events(list) }
    );
    let result = play(&scenario);
    assert_eq!(result.firings, [], "{trigger}");
    result.reason.unwrap()
}

const NIGHTLI: &str = "{posture: Reactive, expect: ['prefect.flow-run.*'], match: {prefect.resource.id: prefect.flow-run.*}, \
                       match_related: {prefect.resource.role: flow, prefect.resource.name: nightli}}";

#[test]
fn names_the_first_clause_that_stops_all_events_and_the_values_seen() {
    for (trigger, reason) in [
        (
            "expect: [prefect.flow-run.Faild]",
            "none of the 3 events matches `expect` (`prefect.flow-run.Faild`); \
             seen: `prefect.flow-run.Failed` (2), `prefect.flow-run.Completed`",
        ),
        (
            "expect: [prefect.flow-run.Failed], match: {prefect.resource.id: prefect.task-run.*}",
            "2 events match `expect`; none has `prefect.resource.id: prefect.task-run.*`; \
             seen: `prefect.flow-run.1`, `prefect.flow-run.2`",
        ),
        (
            "expect: [prefect.flow-run.Failed], match: {prefect.resource.id: prefect.flow.f}",
            "2 events match `expect`; none has `prefect.resource.id: prefect.flow.f`; \
             seen: `prefect.flow-run.1`, `prefect.flow-run.2`; a related resource has it: use `match_related`",
        ),
        (
            "expect: [prefect.flow-run.Failed], match: {prefect.resource.nam: x}",
            "2 events match `expect`; none has `prefect.resource.nam: x`: they lack the label `prefect.resource.nam`",
        ),
        (
            "expect: ['prefect.flow-run.*'], match_related: {prefect.resource.role: deployment, prefect.resource.name: x}",
            "3 events match `expect`; none has a related resource with `prefect.resource.role: deployment`; \
             seen: `flow` (3), `tag` (3)",
        ),
        (
            "expect: ['prefect.flow-run.*'], match_related: {prefect.resource.id: 'prefect.flow-run.*'}",
            "3 events match `expect`; none has `prefect.resource.id: prefect.flow-run.*`; \
             seen: `prefect.flow.f` (3), `prefect.tag.prod` (3); the resource itself has it: use `match`",
        ),
        // The second of two specifications.
        (
            "expect: ['prefect.flow-run.*'], match_related: [{prefect.resource.id: prefect.tag.prod}, \
             {prefect.resource.role: tag, prefect.resource.id: [prefect.tag.pod, prefect.tag.test]}]",
            "3 events match `expect`; none has `prefect.resource.id: [prefect.tag.pod, prefect.tag.test]` in the role `tag`; \
             seen: `prefect.tag.prod` (3)",
        ),
        (
            "expect: [prefect.flow-run.Failed], threshold: 3, within: 60",
            "2 events match all clauses, but at most 2 of 3 counted in one window (`within`: 1 min)",
        ),
        (
            "expect: [prefect.flow-run.Failed], threshold: 3, within: 60, for_each: [prefect.resource.id, prefect.x]",
            "2 events match all clauses, but at most 1 of 3 counted in one window of one value of `for_each` \
             (`within`: 1 min); 2 events lack `prefect.x` of `for_each` and share a window",
        ),
        (
            "after: [prefect.flow-run.Pending], expect: [prefect.flow-run.Failed], within: 60",
            "no window opened: none of the 3 events matches `after` (`prefect.flow-run.Pending`); \
             seen: `prefect.flow-run.Failed` (2), `prefect.flow-run.Completed`",
        ),
        (
            "after: [prefect.flow-run.Completed], expect: [prefect.flow-run.Failed], within: 60",
            "2 events match all clauses; 2 events came when no window was open",
        ),
    ] {
        assert_eq!(reason_of(&format!("{{posture: Reactive, {trigger}}}"), &FAILED, "5m"), reason);
    }
    assert_eq!(
        reason_of(NIGHTLI, &FAILED, "5m"),
        "3 events match `expect` and `match`; none has `prefect.resource.name: nightli` in the role `flow`; seen: `nightly` (3)"
    );
    assert_eq!(reason_of("{posture: Reactive, expect: []}", &[], "5m"), "no event was evaluated");
    assert_eq!(
        reason_of("{posture: Reactive, expect: [prefect.flow-run.Failed]}", &FAILED, "5s"),
        "no event was evaluated; 3 events arrive after the end"
    );
}

#[test]
fn explains_why_proactive_triggers_did_not_fire() {
    const FOR_EACH: &str = "for_each: [prefect.resource.id]";
    for (trigger, end, reason) in [
        (
            "after: [prefect.flow-run.Pending], expect: [prefect.flow-run.Failed], within: 60",
            "5m",
            "no window opened: none of the 3 events matches `after` (`prefect.flow-run.Pending`); \
             seen: `prefect.flow-run.Failed` (2), `prefect.flow-run.Completed`",
        ),
        (
            "after: [prefect.flow-run.Failed], expect: [x], match_related: {prefect.resource.name: nightli}, within: 60",
            "5m",
            "no window opened: 2 events match `after`; none has `prefect.resource.name: nightli`; seen: `nightly` (2)",
        ),
        (
            "after: [prefect.flow-run.Failed], expect: [prefect.flow-run.Completed], within: 600",
            "5m",
            "2 windows opened, and each was still open at the end: the first until 12:10:10",
        ),
        (
            "after: [prefect.flow-run.Completed], expect: [prefect.flow-run.Failed], within: 172800",
            "5m",
            "1 window opened, and it was still open at the end: until 2026-03-03 12:00:50",
        ),
        (
            "expect: [prefect.flow-run.Failed], within: 60",
            "5m",
            "2 windows opened, each satisfied by the event that opened it: the trigger needs an `after`",
        ),
        (
            "after: [prefect.flow-run.Failed], expect: [prefect.flow-run.Failed], threshold: 0, within: 60",
            "5m",
            "`threshold` is 0: a Proactive trigger fires if fewer events arrive, which is impossible",
        ),
    ] {
        assert_eq!(reason_of(&format!("{{posture: Proactive, {trigger}, {FOR_EACH}}}"), &FAILED, end), reason);
    }
    // 5 and 25 seconds before the end of its window.
    let answered = [
        ("prefect.flow-run.Running", "00:00", 1, "f"),
        ("prefect.flow-run.Running", "00:10", 2, "f"),
        ("prefect.flow-run.Completed", "00:55", 1, "f"),
        ("prefect.flow-run.Failed", "00:45", 2, "f"),
        ("prefect.flow-run.Running", "02:00", 3, "f"),
    ];
    let trigger = "{posture: Proactive, after: [prefect.flow-run.Running], \
                   expect: [prefect.flow-run.Completed, prefect.flow-run.Failed], within: 60, \
                   for_each: [prefect.resource.id]}";
    assert_eq!(
        reason_of(trigger, &answered[..4], "5m"),
        "2 windows opened, and in each the expected events arrived in time (at least 5 s before the end)"
    );
    assert_eq!(
        reason_of(trigger, &answered, "2m30s"),
        "3 windows opened: in 2 the expected events arrived in time (at least 5 s before the end), 1 was still open at the end: \
         until 12:03:00"
    );
    // Heartbeats move the window: each is an answer.
    let heartbeats = [
        ("prefect.flow-run.heartbeat", "00:00", 1, "f"),
        ("prefect.flow-run.heartbeat", "00:30", 1, "f"),
        ("prefect.flow-run.heartbeat", "01:20", 1, "f"),
        ("prefect.flow-run.Completed", "01:30", 1, "f"),
    ];
    let zombies = "{posture: Proactive, after: [prefect.flow-run.heartbeat], expect: ['prefect.flow-run.*'], within: 60, \
                   for_each: [prefect.resource.id]}";
    assert_eq!(
        reason_of(zombies, &heartbeats, "5m"),
        "3 windows opened, and in each the expected events arrived in time (at least 10 s before the end)"
    );
}

#[test]
fn a_composite_trigger_names_the_child_that_never_fired() {
    let child = |name: &str| format!("{{posture: Reactive, expect: [prefect.flow-run.{name}]}}");
    let of = |kind: &str, within: u32, names: [&str; 2]| {
        let [one, other] = names.map(child);
        reason_of(&format!("{{{kind}, within: {within}, triggers: [{one}, {other}]}}"), &FAILED, "5m")
    };
    assert_eq!(
        of("type: compound, require: all", 60, ["Failed", "Faled"]),
        "1 of 2 triggers fired; 2 are required; `$.1` never fired: none of the 3 events matches `expect` \
         (`prefect.flow-run.Faled`); seen: `prefect.flow-run.Failed` (2), `prefect.flow-run.Completed`"
    );
    assert_eq!(
        of("type: compound, require: all", 5, ["Failed", "Completed"]),
        "2 of 2 triggers fired, but at most 1 of 2 within 5 s"
    );
    assert_eq!(
        of("type: sequence", 60, ["Completed", "Failed"]),
        "2 of 2 triggers fired, but never in the declared order within 1 min"
    );
}

#[test]
fn the_table_has_each_clause_with_required_and_seen_values() {
    let scenario = format!(
        "automation: {{trigger: {NIGHTLI}, actions: []}}\nstart: 2026-03-01T12:00:00Z\nend: 5m\n{}",
        events(&FAILED)
    );
    let coverage = serde_json::to_value(play(&scenario).coverage).unwrap();
    assert_eq!(
        coverage,
        json!([{
            "path": "$",
            "fired": 0,
            "clauses": [
                {"clause": "name", "passed": 3, "expected": 3},
                {"clause": "match", "passed": 3, "expected": 3},
                {
                    "clause": "match_related",
                    "passed": 0,
                    "expected": 0,
                    "wanted": "prefect.resource.name: nightli",
                    "role": "flow",
                    "nearest": "nightly",
                    "seen": [{"value": "nightly", "events": 3}],
                },
            ],
            "windows": {"opened": 0, "reached": 0, "threshold": 1},
            "reason": "3 events match `expect` and `match`; none has `prefect.resource.name: nightli` in the role `flow`; \
                        seen: `nightly` (3)",
        }])
    );
    // An automation that fires needs no reason, but the table is available on request.
    let fires = scenario.replace("nightli", "nightly");
    assert_eq!((play(&fires).coverage, play(&fires).reason), (None, None));
    let asked = simulate((&*fires).into(), &SimulateOptions { coverage: true, ..SimulateOptions::default() });
    assert_eq!((asked.firings.len(), asked.reason), (3, None));
    let [trigger] = &asked.coverage.unwrap()[..] else { panic!("one trigger") };
    assert_eq!((trigger.fired, &trigger.reason), (3, &None));
    let disabled = play(&fires.replace("trigger:", "enabled: false, trigger:"));
    assert_eq!(
        disabled.reason.as_deref(),
        Some("the automation is disabled (`enabled: false`), so its triggers are not evaluated")
    );
}

#[test]
fn events_that_wait_for_others_are_named() {
    let event = json!({
        "id": "00000000-0000-4000-8000-000000000001", "occurred": "2026-03-01T12:00:00Z", "event": "acme.done",
        "resource": {"prefect.resource.id": "acme.1"}, "follows": "00000000-0000-4000-8000-0000000000ff",
    });
    let result = replay(
        "trigger: {posture: Reactive, expect: [acme.done]}".into(),
        (&*event.to_string()).into(),
        &ReplayOptions::default(),
    )
    .unwrap();
    assert_eq!(
        result.reason.as_deref(),
        Some("no event was evaluated; 1 event that matches still waits for the event that it follows")
    );
}

#[test]
fn a_test_that_fails_because_nothing_fired_reports_why() {
    let tested = |text: &str| {
        let report = test_scenarios(text.into());
        assert_eq!(report.diagnostics().next(), None);
        report.failures().map(str::to_owned).collect::<Vec<_>>()
    };
    let scenario = format!(
        "automation: {{trigger: {NIGHTLI}, actions: []}}\nstart: 2026-03-01T12:00:00Z\nend: 5m\n{}",
        events(&FAILED)
    );
    let expecting = |expect: &str| tested(&format!("{scenario}expect: {expect}\n"));
    assert_eq!(
        expecting("[{fires: 1}]"),
        ["expected: the automation fires once; actual: it never fired: 3 events match `expect` and `match`; none has \
             `prefect.resource.name: nightli` in the role `flow`; seen: `nightly` (3)"]
    );
    // One run of several: its own events count.
    let runs = "automation: crash-zombie-flows\nstart: 2026-03-01T12:00:00Z\nend: 10m\n\
                heartbeat: {frequency: 30, jitter: 0, delay: 0, drift: 0}\n\
                runs: [{name: zombie, dies: 1m}, {name: healthy, ends: 4m}, {name: long}]\nexpect: ";
    assert_eq!(
        tested(&format!("{runs} [{{run: healthy, fires: 1}}, {{run: zombie}}, {{run: long}}, {{label: {{a: b}}}}]\n")),
        [
            "expected: run healthy fires once; actual: it never fired: 8 windows opened, and in each the expected events arrived in \
             time (at least 1 min before the end)",
            "expected: run long fires; actual: it never fired: 20 windows opened: in 19 the expected events arrived in time \
             (at least 1 min before the end), 1 was still open at the end: until 12:11:00.065",
            "expected: the automation, on a=b, fires; actual: it never fired: the automation fired once, but not on the selection",
        ]
    );
}

#[test]
fn reports_what_depends_on_the_order_of_simultaneous_events() {
    let play = |automation: &str, received: [&str; 2]| {
        let event = |id: u8, name: &str, received: &str| {
            format!(
                "  - {{id: 00000000-0000-4000-8000-{id:012}, event: {name}, occurred: '2026-03-01T12:00:0{id}Z', \
                 received: '2026-03-01T12:00:{received}Z', resource: {{prefect.resource.id: acme.1}}}}\n"
            )
        };
        let scenario = format!(
            "automation: {{trigger: {automation}, actions: []}}\nstart: 2026-03-01T12:00:00Z\nend: 2m\nevents:\n{}{}",
            event(1, "acme.started", received[0]),
            event(2, "acme.done", received[1])
        );
        let options = SimulateOptions { chance: true, ..SimulateOptions::default() };
        let result = simulate((&*scenario).into(), &options);
        assert_eq!(result.errors, []);
        result
    };
    let sequence = "{type: sequence, within: 60, triggers: [{posture: Reactive, expect: [acme.started]}, \
                    {posture: Reactive, expect: [acme.done]}]}";
    let after = "{posture: Reactive, after: [acme.started], expect: [acme.done], within: 60}";
    // Only the server's memory of `after` decides: in the opposite order no window is open yet.
    let found = play(after, ["10", "10"]);
    let by_chance = found.by_chance.unwrap();
    assert_eq!((found.firings.len(), by_chance.events), (1, 2));
    assert_eq!((by_chance.only_here, by_chance.only_reversed), (found.firings, vec![]));
    assert_eq!(play(after, ["10", "11"]).by_chance, None);
    let any = "{posture: Reactive, expect: ['acme.*'], threshold: 2, within: 60}";
    let found = play(any, ["10", "10"]);
    // It fires in either order, but on another event.
    let by_chance = found.by_chance.unwrap();
    assert_eq!((by_chance.only_here.len(), by_chance.only_reversed.len()), (1, 1));
    // Children that fire at the same instant are in order either way.
    assert_eq!(play(sequence, ["10", "10"]).firings.len(), 1);
}
