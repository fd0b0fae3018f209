//! Scenarios as documents: generated runs, mistakes in them, expectations, advice.

use prefect_events::diagnostic::TextOptions;
use prefect_events::render::{RenderOptions, TestedFile, render_failures, render_tests};
use prefect_events::simulate::{
    Advice, HeartbeatConfig, ReplayOptions, SimulateOptions, SimulationResult, heartbeat_advice, list_scenarios,
    replay, simulate, test_scenarios,
};
use prefect_events::validate::{ValidateOptions, validate};
use serde_json::{Value as Json, json};

fn traced() -> SimulateOptions {
    SimulateOptions { trace: true, ..SimulateOptions::default() }
}

fn play(scenario: &Json) -> SimulationResult {
    simulate((&*scenario.to_string()).into(), &SimulateOptions { events: true, timeline: true, ..traced() })
}

fn written(result: &impl serde::Serialize) -> String {
    serde_json::to_string(result).unwrap()
}

/// When it fires, in seconds after the start.
fn firings(scenario: &Json) -> Vec<f64> {
    let result = play(scenario);
    assert_eq!(result.errors, []);
    let start = result.timeline.unwrap().start;
    result.firings.iter().map(|firing| firing.at.since(start) as f64 / 1e6).collect()
}

/// The documented automation, with ticks at `2 + 5k` seconds.
fn zombie(more: &Json) -> Json {
    let mut scenario = json!({
        "automation": "crash-zombie-flows",
        "start": "2026-03-01T12:00:00Z",
        "end": "30m",
        "tick_offset_seconds": 2,
        "heartbeat": {"frequency": 30, "drift": 0, "first": 0.1},
    });
    scenario.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    scenario
}

#[test]
fn the_scenario_of_the_documentation() {
    let scenario = json!({
        "automation": "crash-zombie-flows",
        "start": "2026-03-01T12:00:00Z",
        "end": "30m",
        "tick_seconds": 5,
        "server_version": "3.9",
        "heartbeat": {"frequency": 30, "drift": 0.015, "delay": 0.2, "jitter": 0.5, "loss": 0.01, "seed": 7},
        "runs": [
            {"name": "healthy", "starts": "0s", "ends": "10m", "state": "Completed"},
            {"name": "zombie", "starts": "5s", "dies": "2m10s"},
            {"name": "custom", "starts": "0s", "ends": "4m", "state": {"type": "COMPLETED", "name": "SuccessfullyProcessed"}},
            {"name": "hiccup", "starts": "0s", "ends": "10m", "misses": [3]},
        ],
        "expect": [
            {"run": "zombie", "fires": 1, "between": ["3m30s", "3m50s"]},
            {"run": "healthy", "fires": 0},
            {"run": "custom", "never": true},
            {"run": "hiccup", "never": true},
            {"event": "prefect.flow-run.heartbeat", "fires": 1},
        ],
    });
    let report = test_scenarios((&*scenario.to_string()).into());
    assert_eq!(report.failures().collect::<Vec<_>>(), Vec::<&str>::new());
    assert!(report.passed, "{}", written(&report));
}

#[test]
fn generated_events_are_valid() {
    let scenario =
        zombie(&json!({"heartbeat": {"frequency": 30, "delay": 0.2, "jitter": 0.5, "loss": 0.05, "seed": 3}, "runs": [
            {"name": "plain", "ends": "10m", "flow": "etl", "deployment": "prod", "tags": ["a", "b"]},
            {"name": "custom", "ends": "4m", "state": {"type": "COMPLETED", "name": "Processed"}},
            {"name": "failed", "ends": "4m", "state": "Failed"},
            {"name": "late-out", "ends": "4m", "state": "TimedOut"},
            {"name": "cancelled", "ends": "4m", "state": "Cancelled"},
            {"name": "retries", "ends": "10m", "retry": [{"at": "2m", "for": "2m"}, {"at": "6m", "until": "7m"}]},
            {"name": "pauses", "ends": "10m", "pause": {"at": "2m", "for": "2m"}},
            {"name": "suspends", "ends": "20m", "suspend": {"at": "2m", "for": "8m"}},
            {"name": "dies", "dies": "4m"},
            {"name": "short", "ends": "0.05s"},
            {"name": "never", "ends": "4m", "first_heartbeat": "never"},
            {"name": "long", "ends": "25m", "count": 3, "every": "10s"},
        ]}));
    let result = play(&scenario);
    assert_eq!(result.errors, []);
    let mut built: Vec<_> = result.events.iter().flatten().collect();
    assert!(built.len() > 200);
    built.sort_by_key(|built| built.event.received);
    let events: String = built.iter().map(|event| written(event) + "\n").collect();
    let report = validate(events.as_bytes(), TextOptions::default(), &ValidateOptions::default());
    assert_eq!((report.errors, report.warnings), (0, 0), "{:#?}", report.diagnostics);
    let follows = built.iter().filter(|built| built.event.follows.is_some()).count();
    assert!(follows > 20);
    assert_eq!(written(&result), written(&play(&scenario)));
}

/// What real servers did, with the sentences that explain it.
#[test]
fn the_recorded_timelines() {
    let cases: Json = serde_json::from_slice(&super::cases::read("timelines.json")).unwrap();
    for case in cases.as_array().unwrap() {
        let scenario = case["scenario"].to_string();
        for version in ["3.9", "3.8"] {
            let options: SimulateOptions =
                serde_json::from_value(json!({"trace": true, "serverVersion": version})).unwrap();
            let told = serde_json::to_value(simulate((&*scenario).into(), &options)).unwrap();
            let firings = told["firings"].as_array().unwrap().iter();
            let fires: Vec<Json> =
                firings.map(|firing| json!({"at": firing["at"], "event_id": firing["eventId"]})).collect();
            assert_eq!(json!(fires), case["fires"][version], "{version}: {}", case["scenario"]["scenario"]);
            if version == "3.9" {
                let decisions = told["decisions"].as_array().unwrap().iter();
                let reasons: Vec<String> = decisions
                    .map(|one| format!("{}: {}", one["kind"].as_str().unwrap(), one["reason"].as_str().unwrap()))
                    .collect();
                assert_eq!(json!(reasons), case["because"], "{}", case["scenario"]["scenario"]);
            }
        }
    }
    let unknown = serde_json::from_str::<SimulateOptions>(r#"{"serverVersion": "4"}"#).unwrap_err().to_string();
    assert!(
        unknown.starts_with(
            "the option `serverVersion`: invalid value: `4`, expected \"3.9\", \"3.8\", \"3.7\" or \"3.6\""
        ),
        "{unknown}"
    );
}

/// Section by section as the real engine did.
#[test]
fn the_timelines() {
    let run = |run: Json| zombie(&json!({"runs": [run]}));
    // Healthy; dies after its fifth heartbeat; custom states; never a first heartbeat.
    assert_eq!(firings(&run(json!({"ends": "130s"}))), [] as [f64; 0]);
    assert_eq!(firings(&run(json!({"dies": "121s"}))), [212.0]);
    assert_eq!(
        firings(&run(json!({"ends": "70s", "state": {"type": "COMPLETED", "name": "SuccessfullyProcessed"}}))),
        [] as [f64; 0]
    );
    assert_eq!(firings(&run(json!({"dies": "10s", "first_heartbeat": "never"}))), [] as [f64; 0]);
    // The phase of the ticks.
    for (phase, fires) in [(0.0, 215.0), (0.05, 215.05), (0.1, 210.1), (0.15, 210.15), (1.0, 211.0), (4.99, 214.99)] {
        let mut scenario = run(json!({"dies": "121s"}));
        scenario["tick_offset_seconds"] = json!(phase);
        assert_eq!(firings(&scenario), [fires], "{phase}");
    }
    // A window shorter than the frequency: a false alarm after each heartbeat.
    let slow = zombie(&json!({"heartbeat": {"frequency": 180, "drift": 0, "first": 0.2}, "runs": [{"ends": "600s"}]}));
    assert_eq!(firings(&slow), [92.0, 272.0, 452.0]);
    // Missed heartbeats.
    let beats = |drift: f64, misses: Json| {
        zombie(&json!({"heartbeat": {"frequency": 30, "drift": drift, "first": 0}, "end": "250s",
            "runs": [{"ends": "245s", "misses": misses}]}))
    };
    assert_eq!(firings(&beats(0.0, json!([4]))), [] as [f64; 0]);
    assert_eq!(firings(&beats(0.0, json!([4, 5]))), [150.0]);
    assert_eq!(firings(&beats(0.05, json!([4, 5]))), [150.25]);
    assert_eq!(firings(&beats(0.0, json!([4, 5, 6]))), [152.0]);
    // It dies in the delay before a retry: with the wildcard, this goes unnoticed.
    assert_eq!(firings(&run(json!({"retry": {"at": "40s"}}))), [] as [f64; 0]);
    // A heartbeat after the end arms the window.
    let after = run(json!({"ends": "3s", "heartbeat_after_end": 0.2}));
    assert_eq!(firings(&after), [97.0]);
    // Everything arrives 40 seconds late.
    let mut late = run(json!({"dies": "121s"}));
    late["heartbeat"]["delay"] = json!(40);
    late["end"] = json!("10m");
    assert_eq!(firings(&late), [252.0]);
}

/// An end that overtakes the only heartbeat of a short run: 3.9 holds it, 3.8 forgets it.
#[test]
fn versions_differ() {
    let overtaken = |version: &str| {
        zombie(
            &json!({"server_version": version, "heartbeat": {"frequency": 30, "first": 0.5, "delay": 0.7, "drift": 0},
            "runs": [{"ends": "0.9s"}]}),
        )
    };
    assert_eq!(firings(&overtaken("3.8")), [92.0]);
    assert_eq!(firings(&overtaken("3.9")), [] as [f64; 0]);
}

#[test]
fn reports_errors() {
    let told = |more: Json| {
        let result = play(&zombie(&more));
        result
            .errors
            .iter()
            .map(|error| format!("{} {}: {}", error.code, error.path, error.message))
            .collect::<Vec<_>>()
    };
    for (more, expected) in [
        (
            json!({"tick_seconds": 0}),
            "scenario-wrong-value /tick_seconds: `tick_seconds` must be more than 0 seconds, not a number (`0`)",
        ),
        (json!({"end": "2026-02-28T12:00:00Z"}), "scenario-time /end: `end` must come after `start`"),
        (
            json!({"end": "90000d"}),
            "scenario-too-large /end: the scenario has more than 20,000,000 ticks between `start` and `end`",
        ),
        (json!({"exspect": []}), "scenario-unknown-key /exspect: unknown key `exspect`"),
        (
            json!({"server_version": "4"}),
            "scenario-wrong-value /server_version: `server_version` must be \"3.9\", \"3.8\", \"3.7\" or \"3.6\", not `4`",
        ),
        (
            json!({"runs": [{"state": "Complete", "ends": "1m"}]}),
            "scenario-unknown-state /runs/0/state: `Complete` is not one of Prefect's states",
        ),
        (
            json!({"runs": [{"dies": "1m", "starts": "2m"}]}),
            "scenario-time /runs/0/dies: `dies` must come after `starts`",
        ),
        (
            json!({"runs": [{"name": "a", "count": 1_000_000}]}),
            "scenario-too-large /runs/0: the scenario has more than 2,000,000 events",
        ),
        (
            json!({"runs": [{"name": "a", "heartbeat": {"frequency": 0}}]}),
            "scenario-wrong-value /runs/0/heartbeat/frequency: `frequency` must be more than 0 seconds, at most a year, not a number (`0`)",
        ),
        (
            json!({"runs": [{"name": "a"}], "expect": [{"run": "other", "fires": 1}]}),
            "scenario-unknown-run /expect/0/run: this scenario has no run `other`",
        ),
        (
            json!({"events": [{"id": "x"}]}),
            "scenario-event /events/0: the server cannot read this event: it lacks `occurred`",
        ),
        (
            json!({"automation": {"trigger": {"expect": [], "posture": "Metric"}}}),
            "scenario-automation /automation/trigger: the server rejects this trigger, so nothing can be played",
        ),
        (
            json!({"heartbeat": {"loss": 2}}),
            "scenario-wrong-value /heartbeat/loss: `loss` must be a number from 0 to 1, such as 0.01 for one in a hundred, not a number (`2`)",
        ),
    ] {
        assert_eq!(told(more.clone()), [expected], "{more}");
    }
    let options = SimulateOptions::default();
    let result = simulate("{\n\"automation\": 5 }".into(), &options);
    let range = result.errors[0].range.unwrap();
    assert_eq!((range.start.line, range.start.column), (2, 15));
    let result = simulate("{\"a\": }".into(), &options);
    assert_eq!(result.errors[0].code, "syntax-missing-value");
    for wrong in ["", "[]", "1", "{} {}", "{}\n{}", "- a", "a: [", "automation: crash-zombie-flows\n\tend: 5"] {
        assert!(!simulate(wrong.into(), &options).errors.is_empty(), "{wrong}");
    }
}

/// The same document in JSON and in YAML, where the places are those of the YAML.
#[test]
fn yaml_is_read() {
    let yaml = "# zombies\nautomation: crash-zombie-flows\nstart: 2026-03-01T12:00:00Z\nend: 30m\nserver_version: 3.9\n\
        tick_offset_seconds: 2\nheartbeat: {frequency: 30, drift: 0, first: 0.1}\nruns:\n- name: ünique 😀\n  dies: 121s\n";
    let json = zombie(&json!({"server_version": "3.9", "runs": [{"name": "ünique 😀", "dies": "121s"}]}));
    let result = simulate(yaml.into(), &traced());
    assert_eq!(result.errors, []);
    assert_eq!(written(&result), written(&simulate((&*json.to_string()).into(), &traced())));
    for (from, to, code, path, marked) in [
        ("121s", "😀", "scenario-wrong-value", "/runs/0/dies", "😀"),
        ("dies", "dis", "scenario-unknown-key", "/runs/0/dis", "dis"),
        ("frequency: 30", "frequency: fast", "scenario-wrong-value", "/heartbeat/frequency", "fast"),
        ("automation: crash", "automation: [\"a\"] #", "scenario-wrong-value", "/automation", "[\"a\"]"),
        ("end: 30m", "\tend: 30m", "syntax-yaml", "", "\t"),
    ] {
        let wrong = yaml.replace(from, to);
        let result = simulate((&*wrong).into(), &traced());
        let [error] = &*result.errors else { panic!("{wrong}: {:#?}", result.errors) };
        let range = error.range.unwrap();
        let units: Vec<u16> = wrong.encode_utf16().collect();
        let found = &units[range.start.offset as usize..range.end.offset as usize];
        assert_eq!((error.code, &*error.path, &*String::from_utf16_lossy(found)), (code, path, marked));
    }
    // The last of repeated keys counts, and the repetition is reported.
    let twice = [yaml, "end: 20m\n"].concat();
    let told = serde_json::to_value(simulate((&*twice).into(), &traced())).unwrap();
    assert_eq!(
        (told["warnings"][0]["code"].as_str(), told["firings"][0]["at"].is_string()),
        (Some("duplicate-key"), true)
    );
    let tested = [twice.as_str(), "expect: [{run: ünique 😀, fires: 1}]\n"].concat();
    assert!(test_scenarios((&*tested).into()).passed);
}

/// An automation and events, each in a separate text.
#[test]
fn events_are_replayed() {
    let automation = "trigger:\n  posture: Reactive\n  expect: [acme.a]\n  threshold: 2\n  within: 60\n";
    let event = |id: u8, second: u8| {
        format!(
            "{{\"id\": \"00000000-0000-4000-8000-0000000000{id:02}\", \"occurred\": \"2026-03-01T12:00:{second:02}Z\",\
             \"event\": \"acme.a\", \"resource\": {{\"prefect.resource.id\": \"x\"}}}}\n"
        )
    };
    let events = [event(1, 0), event(2, 30), event(3, 31), "{".to_owned()].concat();
    let right = events.trim_end_matches('{');
    let played = |automation: &str, events: &str, options: &str| {
        let options: ReplayOptions = serde_json::from_str(options).map_err(|error| error.to_string())?;
        let result = replay(automation.into(), events.into(), &options).map_err(|error| error.to_string())?;
        Ok::<Json, String>(serde_json::to_value(result).unwrap())
    };
    let told = played(automation, right, "{}").unwrap();
    assert_eq!(told["firings"][0]["at"], "2026-03-01T12:00:30.000000Z");
    let page = format!("{{\"events\": [{}], \"total\": 1}}", event(1, 0).trim_end());
    let reactive = r#"{"trigger": {"posture": "Reactive", "expect": ["acme.a"]}}"#;
    assert_eq!(played(reactive, &page, "{}").unwrap()["firings"].as_array().unwrap().len(), 1);
    let at = "{\"end\": \"2026-03-01T12:00:10Z\"}";
    assert_eq!(played(automation, right, at).unwrap()["undelivered"], 2);
    // Where it is wrong.
    let told = played(&automation.replace("60", "x"), right, "{}").unwrap();
    assert_eq!((&told["foundIn"], &told["errors"][0]["range"]["start"]["line"]), (&json!("automation"), &json!(2)));
    let told = played(automation, &events, "{}").unwrap();
    assert_eq!((&told["foundIn"], &told["errors"][0]["range"]["start"]["line"]), (&json!("events"), &json!(4)));
    let told = played(automation, &[right, "\n  {\"id\": 5}"].concat(), "{}").unwrap();
    assert_eq!((&told["foundIn"], &told["errors"][0]["range"]["start"]["column"]), (&json!("events"), &json!(3)));
    for (options, expected) in [
        ("{\"tickSeconds\": 0}", "`tickSeconds` must be more than 0 seconds, not `0s`"),
        ("{\"tickOffsetSeconds\": \"-1m\"}", "`tickOffsetSeconds` must be a non-negative duration, not `-1m`"),
        ("{\"end\": \"2026-02-01T12:00:00Z\"}", "`end` must come after `start`"),
        ("{\"end\": \"90000d\"}", "there are more than 20,000,000 ticks between `start` and `end`"),
        ("{\"end\": 9e11}", "there are more than 20,000,000 ticks between `start` and `end`"),
        ("{\"runs\": []}", "unknown option `runs`: the options are `trace`"),
        ("{\"delivery\": \"slow\"}", "the option `delivery`: invalid value: `slow`, expected `consumer` or `direct`"),
        ("{\"end\": \"soon\"}", "the option `end`: invalid value: `soon`, expected a duration from the start"),
    ] {
        let error = played(automation, right, options).unwrap_err();
        assert!(error.starts_with(expected), "{options}: {error}");
    }
}

#[test]
fn expectations_fail_with_both_sides() {
    let scenario =
        zombie(&json!({"runs": [{"name": "zombie", "dies": "121s"}, {"name": "twins", "dies": "5m", "count": 2}],
        "expect": [
            {"run": "zombie", "fires": 2},
            {"run": "zombie", "never": true, "between": ["0s", "3m"]},
            {"run": "zombie", "between": ["0s", "3m"]},
            {"run": "twins", "never": true},
            {"fires": 3},
            {"label": {"prefect.resource.id": "prefect.flow-run.0"}},
        ]}));
    let report = test_scenarios((&*scenario.to_string()).into());
    assert_eq!(
        report.failures().collect::<Vec<_>>(),
        [
            "expected: run zombie fires 2 times; actual: it fired once, at 3m32s",
            "expected: run zombie fires between 0s and 3m; actual: it fired once, at 3m32s",
            "expected: run twins-1 never fires; actual: it fired once, at 6m2s",
            "expected: run twins-2 never fires; actual: it fired once, at 6m2s",
            "expected: the automation, on prefect.resource.id=prefect.flow-run.0, fires; actual: it never fired: the automation fired 3 times, but not on the selection",
        ]
    );
    assert!(!test_scenarios((&*zombie(&json!({})).to_string()).into()).passed);
}

fn advice(question: &str) -> Advice {
    heartbeat_advice(&serde_json::from_str(question).unwrap()).unwrap()
}

#[test]
fn three_times_the_frequency_tolerates_one() {
    for (frequency, within, tolerated) in
        [(30, 90, 1), (180, 540, 1), (30, 30, -1), (180, 90, -1), (30, 31, 0), (30, 135, 3), (180, 810, 3)]
    {
        let told = advice(&format!(r#"{{"frequency": {frequency}, "within": {within}}}"#));
        assert_eq!(told.tolerated_misses, tolerated.max(0), "{frequency} {within}");
        assert_eq!(told.healthy_runs_fire, tolerated < 0, "{frequency} {within}");
        // The advice agrees with the engine: this many are tolerated, one more is not.
        for (missed, fires) in [(tolerated, 0), (tolerated + 1, 1)] {
            if missed < 1 {
                continue;
            }
            let misses: Vec<i64> = (4..4 + missed).collect();
            let mut scenario =
                zombie(&json!({"heartbeat": {"frequency": frequency, "drift": 0.015, "first": 0}, "end": "2h",
                "runs": [{"ends": "1h", "misses": misses}]}));
            scenario["automation"] = json!({"trigger": {"posture": "Proactive", "after": ["prefect.flow-run.heartbeat"],
                "expect": ["prefect.flow-run.*"], "for_each": ["prefect.resource.id"], "within": within}});
            assert_eq!(firings(&scenario).len(), fires, "{frequency} {within} {missed}");
        }
    }
    let told = advice(
        r#"{"frequency": 180, "within": 540, "clientVersion": "3.6.14", "expect": ["prefect.flow-run.Completed"]}"#,
    );
    let smallest: Vec<_> = told.smallest_within.iter().map(|smallest| (smallest.misses, smallest.within)).collect();
    assert_eq!(smallest, [(0, 182), (1, 362), (2, 542), (3, 722), (4, 902)]);
    assert_eq!(
        told.arithmetic[3],
        "With 2 missed heartbeats in a row, the next one comes 3 × 180.015 = 540.045 s after the last, ≥ 540 s: a false alarm."
    );
    let json = serde_json::to_value(&told).unwrap();
    assert_eq!(
        json["detection"],
        json!({"earliest": 540, "latest": 545, "earliestAfterDeath": 359.985, "latestAfterDeath": 545})
    );
    assert_eq!(json["client"]["sendsHeartbeats"], "if-set");
    assert_eq!(json["falseAlarms"].as_array().unwrap().len(), 5);
    assert!(
        written(&told).starts_with(r#"{"frequency":180,"within":540,"tick":5,"period":180.015,"toleratedMisses":1,"#)
    );
    for (question, expected) in [
        (
            r#"{"frequency": "x", "within": 1}"#,
            "the option `frequency`: invalid value: `x`, expected a duration such as `90s`, or a number of seconds",
        ),
        (r#"{"frequency": 30}"#, "`within` is missing: a number of seconds"),
        (r#"{"frequency": 0, "within": 1}"#, "`frequency` must be a number of seconds, more than 0, not `0`"),
        (r#"{"frequency": 30, "within": -1.5}"#, "`within` must be a number of seconds, more than 0, not `-1.5`"),
        (r#"{"frequency": 30, "within": 999999999}"#, "`within` must be at most a year, in seconds, not `999999999`"),
        (
            r#"{"frequency": 30, "within": 90, "tick": 1e300}"#,
            "the option `tick`: invalid value: `1e+300`, expected a duration",
        ),
        (
            r#"{"frequency": 30, "within": 90, "clientVersion": "x"}"#,
            "the option `clientVersion`: invalid value: `x`, expected a version such as `3.9.1`",
        ),
        (r#"{"frequenzy": 30}"#, "unknown option `frequenzy`: did you mean `frequency`?"),
    ] {
        let config = serde_json::from_str::<HeartbeatConfig>(question).map_err(|error| error.to_string());
        let error = config.and_then(|config| heartbeat_advice(&config).map_err(|error| error.to_string())).unwrap_err();
        assert!(error.starts_with(expected), "{question}: {error}");
    }
}

#[test]
fn what_one_scenario_lacks_is_in_the_report_on_all_with_margins() {
    let scenario = zombie(&json!({
        "runs": [{"name": "dead", "dies": "2m"}, {"name": "healthy", "ends": "10m"}],
        "expect": [{"run": "dead", "fires": 7}, {"run": "healthy", "fires": 0}, {"run": "healthy", "fires": 1}],
    }));
    let unplayed = json!({"automation": "crash-zombie-flows", "strat": "2026-03-01T12:00:00Z"});
    let report = test_scenarios((&*json!([scenario, unplayed]).to_string()).into());
    let own: Vec<String> = report
        .scenarios
        .iter()
        .map(|scenario| render_failures(scenario, "a.yaml", &RenderOptions::default()))
        .collect();
    let all = TestedFile { file: "a.yaml".into(), report: Ok(report) };
    let all = render_tests(&[all], &RenderOptions::default());
    let without = |line: &str| line.strip_prefix("  ✗ ").or(line.strip_prefix("    ")).unwrap_or(line).to_owned();
    let lines: Vec<String> = all.lines().filter(|line| !line.starts_with("FAILED")).map(without).collect();
    let expected: Vec<&str> = own.iter().flat_map(|own| own.lines()).collect();
    assert_eq!(
        lines.split_last().map(|(_, rest)| rest),
        Some(&*expected.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>())
    );
    assert!(own[0].starts_with("expected: ") && own[1].contains("[scenario-"), "{own:#?}");
}

#[test]
fn an_empty_list_is_no_test() {
    for text in ["[]", "scenarios: []\n"] {
        let report = test_scenarios(text.into());
        assert!(!report.passed && report.scenarios.is_empty(), "{text}");
        let [error] = &*report.errors else { panic!("{:?}", report.errors) };
        assert!(error.message.contains("must be a list with at least one scenario, not"), "{}", error.message);
        assert!(list_scenarios(text.into()).is_err());
    }
}

#[test]
fn scenarios_that_cannot_be_listed_have_their_findings_in_a_line_each() {
    let error = list_scenarios("scenarios: 5\n".into()).unwrap_err();
    assert_eq!(error.to_string().lines().count(), error.0.len());
    let first = &error.0[0];
    assert!(error.to_string().ends_with(&format!("{} [{}]", first.message, first.code)), "{error}");
}
