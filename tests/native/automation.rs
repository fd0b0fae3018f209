//! Automations against the verdicts of the real server (`AutomationCreate`, the body of `POST /api/automations/`).

use super::options::check_options;
use prefect_events::automation::{
    self, CheckOptions, Composite, EventTrigger, Order, Route, Specification, Trigger, read,
};
use prefect_events::diagnostic::{Profile, TextOptions};
use prefect_events::diagnostic::{Report, Severity};
use prefect_events::json::{Kind, Value};
use prefect_events::simulate::heartbeat_advice;

fn settings(profile: Profile) -> CheckOptions {
    CheckOptions { profile, ..CheckOptions::default() }
}

fn check(text: &[u8], profile: Profile) -> Report {
    automation::check(text, TextOptions::default(), &settings(profile)).report
}

fn texts(value: Value<'_>) -> Vec<String> {
    let mut texts: Vec<String> = value.items().map(|item| item.string().into_owned()).collect();
    texts.sort();
    texts
}

fn specification(value: Value<'_>) -> Specification {
    let patterns = |value: Value<'_>| match value.kind() {
        Kind::Array => value.items().map(|item| item.string().into_owned()).collect(),
        _ => vec![value.string().into_owned()],
    };
    Specification(value.members().map(|(key, value)| (key.string().into_owned(), patterns(value))).collect())
}

/// Seconds in Python's notation.
fn micros(value: Value<'_>) -> i64 {
    (value.string().parse::<f64>().unwrap() * 1e6).round() as i64
}

/// A trigger in the server's form: every default filled in, every value coerced.
fn recorded(value: Value<'_>) -> Trigger {
    let get = |key: &str| value.get(key).unwrap();
    let order = match &*get("type").string() {
        "event" => {
            let related = get("match_related");
            return Trigger::Event(EventTrigger {
                posture: read::posture(get("posture")).unwrap(),
                matches: specification(get("match")),
                match_related: match related.kind() {
                    Kind::Array => related.items().map(specification).collect(),
                    _ => vec![specification(related)],
                },
                after: texts(get("after")),
                expect: texts(get("expect")),
                for_each: texts(get("for_each")),
                threshold: get("threshold").string().parse().unwrap_or(i64::MAX),
                within: micros(get("within")),
            });
        }
        "compound" => Order::Any,
        _ => Order::Declared,
    };
    let triggers: Vec<Trigger> = get("triggers").items().map(recorded).collect();
    let require = match value.get("require") {
        None => triggers.len(),
        Some(require) if require.is("any") => 1,
        Some(require) if require.is("all") => triggers.len(),
        Some(require) => require.string().parse().unwrap(),
    };
    let within = Some(get("within")).filter(|within| within.kind() != Kind::Null).map(micros);
    Trigger::Composite(Composite { order, triggers, within, require })
}

#[test]
fn agrees_with_the_server_on_every_row() {
    let (mut count, mut wrong) = (0, Vec::new());
    super::cases::each_row("automation-verdicts.ndjson.gz", |row| {
        count += 1;
        let case = row.get("case").unwrap().string();
        let document = row.get("document").unwrap();
        let accepted = row.at_path(&["server", "ok"]).unwrap().kind() == Kind::True;
        let report = check(document.raw(), Profile::Server);
        let codes: Vec<_> = report.diagnostics.iter().map(|found| (found.code, &found.message)).collect();
        if report.valid != accepted {
            wrong.push(format!("{case}: the server says {accepted}, we say {codes:?}"));
        }
        if report.warnings + report.infos > 0 {
            wrong.push(format!("{case}: more than errors under the server profile: {codes:?}"));
        }
        // Missing fields are reported one by one, everything else once.
        if report.errors > 1 && codes.iter().any(|(code, _)| *code != "missing-automation-field") {
            wrong.push(format!("{case}: more than one error: {codes:?}"));
        }
        if accepted {
            let ours = read::automation(document).map(|automation| automation.trigger);
            let theirs = recorded(row.at_path(&["server", "trigger"]).unwrap());
            if ours.as_ref() != Some(&theirs) {
                wrong.push(format!("{case}: the server reads {theirs:?}, we read {ours:?}"));
            }
        }
    });
    assert_eq!(wrong, Vec::<String>::new());
    assert!(count > 400, "{count}");
}

/// The place of a server's error in the document, without the steps of its unions.
fn place(document: Value<'_>, error: Value<'_>) -> String {
    let (mut pointer, mut at) = (String::new(), Some(document));
    for step in error.get("loc").unwrap().items() {
        let name = step.string();
        let inner = match at {
            Some(value) if value.kind() == Kind::Array => {
                name.parse().ok().and_then(|index: usize| value.items().nth(index))
            }
            Some(value) => value.get(&name),
            None => None,
        };
        let is_last_and_missing = error.get("type").unwrap().is("missing") && !name.contains(['[', '(']);
        if inner.is_some() || is_last_and_missing && name.chars().all(|c| c.is_lowercase() || c == '_') {
            pointer += &format!("/{}", name.replace('~', "~0").replace('/', "~1"));
            at = inner;
        }
    }
    pointer
}

/// The server names a place for each possible kind of trigger or action: ours is one of them, or inside one if the
/// server names a whole trigger or action.
#[test]
fn points_where_the_server_points() {
    let mut wrong = Vec::new();
    super::cases::each_row("automation-verdicts.ndjson.gz", |row| {
        let case = row.get("case").unwrap().string();
        let document = row.get("document").unwrap();
        let errors = row.at_path(&["server", "errors"]);
        let places: Vec<String> =
            errors.into_iter().flat_map(Value::items).map(|error| place(document, error)).collect();
        // Only the first dozen of many errors was recorded.
        let count = row.at_path(&["server", "count"]).map_or(0, |count| count.string().parse().unwrap());
        let all = places.len() == count;
        let action = |path: &str| path.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
        for found in check(document.raw(), Profile::Server).diagnostics {
            if !all && places.iter().any(|place| action(place) == action(&found.path)) {
                continue;
            }
            if !places.iter().any(|place| found.path.starts_with(place.as_str())) {
                wrong.push(format!("{case}: {:?} {} {places:?}", found.path, found.code));
            }
            assert!(found.range.is_some(), "{case}");
        }
    });
    assert_eq!(wrong, Vec::<String>::new());
}

/// The codes of all findings in a YAML text.
fn advice(text: &str, options: &str) -> Vec<&'static str> {
    let settings = check_options(options);
    let report = automation::check(text.as_bytes(), TextOptions::default(), &settings).report;
    report.diagnostics.iter().map(|found| found.code).collect()
}

/// The documentation's triggers, with other names: reports errors in those that cannot do what their text says, and
/// nothing about the others.
#[test]
fn the_kinds_of_triggers_that_are_documented() {
    let stuck = "{type: event, posture: Proactive, match: {prefect.resource.id: prefect.flow-run.*}, match_related: {},
        after: [prefect.flow-run.Pending], expect: [prefect.flow-run.Running], for_each: [], threshold: 1, within: 90}";
    let written = "{type: event, posture: Reactive, expect: [prefect.block.s3-bucket.write_path.called],
        match_related: {prefect.resource.name: hourly-export, prefect.resource.role: flow}}";
    let never = "{type: event, posture: Proactive, after: [prefect.flow-run.Pending],
        expect: [prefect.flow-run.Running, prefect.flow-run.Crashed], for_each: [prefect.resource.id]}";
    let metric = "{type: metric, metric: {name: lateness, operator: '>', threshold: 90, range: 3600, firing_for: 300}}";
    let composite = |kind: &str, triggers: &[&str]| format!("{{{kind}, triggers: [{}]}}", triggers.join(", "));
    let all = composite("type: compound, require: all, within: 600", &[written, written]);
    for (text, expected) in [
        // It opens its window by itself, and covers all runs together.
        (stuck.to_owned(), vec!["proactive-without-for-each"]),
        (stuck.replace("[]", "[prefect.resource.id]"), vec![]),
        (metric.to_owned(), vec!["metric-trigger"]),
        (composite("type: sequence, within: 900", &[written, &all]), vec![]),
        (all, vec![]),
        // Without `within` it waits for 10 seconds; with `require: any`, `for_each` is right.
        (
            composite("type: compound, require: any, within: null", &[never, written, metric]),
            vec!["within-by-default", "metric-trigger"],
        ),
        (
            "{type: event, posture: Reactive, match: {prefect.resource.id: [acme.hook]}, match_related: {}, after: [],
              expect: [acme.hook.called], for_each: [], threshold: 1, within: 0}"
                .to_owned(),
            vec![],
        ),
    ] {
        assert_eq!(advice(&format!("--- {text}"), ""), expected, "{text}");
    }
}

/// The automation of "Detect and respond to zombie flows" is valid with the frequency given there.
#[test]
fn the_documented_zombie_automation() {
    let text = |within: u32| {
        format!(
            "name: Crash zombie flows
trigger:
  {{type: event, posture: Proactive, after: [prefect.flow-run.heartbeat], expect: [prefect.flow-run.*],
    match: {{prefect.resource.id: [prefect.flow-run.*]}}, for_each: [prefect.resource.id], threshold: 1, within: {within}}}
actions: [{{type: change-flow-run-state, state: CRASHED, message: no heartbeat}}]"
        )
    };
    for (within, options, severity) in [
        (90, r#"{"heartbeatFrequency": 30}"#, Some(Severity::Info)),
        (540, "", Some(Severity::Info)),
        (90, "", Some(Severity::Warning)),
        (810, "", None),
        (150, r#"{"heartbeatFrequency": 30}"#, None),
    ] {
        let settings = check_options(options);
        let report = automation::check(text(within).as_bytes(), TextOptions::default(), &settings).report;
        let found: Vec<_> = report.diagnostics.iter().map(|found| (found.code, found.severity)).collect();
        let expected: Vec<_> =
            severity.map(|severity| ("within-too-short-for-heartbeats", severity)).into_iter().collect();
        assert_eq!(found, expected, "{within} {options}");
    }
}

/// The check names the two figures of the advice, and accepts both.
#[test]
fn check_and_advice_name_the_same_windows() {
    let text = |within: i64| {
        format!(
            "{{type: event, posture: Proactive, after: [prefect.flow-run.heartbeat], expect: [prefect.flow-run.*],
              match: {{prefect.resource.id: prefect.flow-run.*}}, for_each: [prefect.resource.id], within: {within}}}"
        )
    };
    for (frequency, minimum, recommended) in [(30, 122, 135), (60, 242, 270), (180, 722, 810), (600, 2402, 2700)] {
        let question = format!(r#"{{"frequency": {frequency}, "within": {}}}"#, frequency * 2);
        let advice = heartbeat_advice(&serde_json::from_str(&question).unwrap()).unwrap();
        assert_eq!((advice.minimum_within, advice.recommended_within), (minimum, recommended));
        assert_eq!(advice.smallest_within[3].within, minimum);
        let settings = check_options(&format!(r#"{{"heartbeatFrequency": {frequency}}}"#));
        let check = |within: i64| {
            automation::check(text(within).as_bytes(), TextOptions::default(), &settings).report.diagnostics
        };
        let [found] = &check(frequency * 2)[..] else { panic!() };
        let help = found.help.as_deref().unwrap();
        assert!(help.contains(&format!("`within: {minimum}`")) && help.contains(&format!("`within: {recommended}`")));
        assert_eq!((check(minimum).len(), check(recommended).len()), (0, 0), "{frequency}");
    }
}

/// Valid automations.
#[test]
fn reports_nothing_about_correct_input() {
    const ID: &str = "8b1d6e0a-4f0c-4d6e-9f5a-2c7e1b3a9d40";
    let notify =
        format!("{{type: send-notification, block_document_id: {ID}, body: '{{{{ flow_run.name }}}} failed'}}");
    let run = format!("{{type: run-deployment, deployment_id: {ID}, parameters: {{day: '1'}}}}");
    for (trigger, action) in [
        (
            "{type: event, posture: Reactive, expect: [prefect.flow-run.Failed], match: {prefect.resource.id: prefect.flow-run.*}, match_related: {prefect.resource.id: prefect.tag.prod, prefect.resource.role: tag}}",
            &*notify,
        ),
        (
            "{type: event, posture: Reactive, expect: [prefect.flow-run.Failed], for_each: ['related:flow:prefect.resource.id'], threshold: 3, within: 3600}",
            &notify,
        ),
        (
            "{type: event, posture: Proactive, after: [prefect.flow-run.Running], expect: [prefect.flow-run.Completed, prefect.flow-run.Failed, prefect.flow-run.Crashed, prefect.flow-run.Cancelled], match: {prefect.resource.id: prefect.flow-run.*}, for_each: [prefect.resource.id], within: 7200}",
            "{type: cancel-flow-run}",
        ),
        (
            "{type: event, posture: Proactive, after: [prefect.flow-run.Late], expect: [prefect.flow-run.Pending, prefect.flow-run.Running, prefect.flow-run.Cancelled], for_each: [prefect.resource.id], within: 600}",
            &notify,
        ),
        (
            "{type: event, posture: Reactive, expect: [prefect.work-pool.not-ready], match: {prefect.resource.id: prefect.work-pool.*}}",
            &notify,
        ),
        (
            "{type: event, posture: Proactive, after: [prefect.work-queue.not-ready], expect: [prefect.work-queue.ready], for_each: [prefect.resource.id], within: 300}",
            &notify,
        ),
        ("{type: event, posture: Reactive, expect: [acme.import.finished]}", &run),
        ("{type: event, posture: Reactive, expect: ['s3:ObjectCreated:Put'], match: {bucket: inbox}}", &run),
        (
            "{type: event, posture: Reactive, expect: [prefect.flow-run.Completed], match_related: {prefect.resource.role: deployment, prefect.resource.name: nightly}}",
            &run,
        ),
        (
            "{type: event, posture: Reactive, expect: [prefect.flow-run.TimedOut, prefect.flow-run.Crashed]}",
            "{type: change-flow-run-state, state: SCHEDULED, name: Retrying, force: true}",
        ),
        ("{type: event, posture: Reactive, expect: [prefect.flow-run.SuccessfullyProcessed]}", "{type: do-nothing}"),
        (
            "{type: compound, require: all, within: 3600, triggers: [{type: event, posture: Reactive, expect: [acme.a]}, {type: event, posture: Reactive, expect: [acme.b]}]}",
            &run,
        ),
        (
            "{type: sequence, within: null, triggers: [{type: event, posture: Reactive, expect: [acme.a]}, {type: event, posture: Reactive, expect: [acme.b]}]}",
            &run,
        ),
        (
            "{type: event, posture: Reactive, expect: [prefect.automation.action.failed]}",
            "{type: pause-automation, source: inferred}",
        ),
        (
            "{type: event, posture: Reactive, after: [acme.door.opened], expect: [acme.alarm], for_each: [prefect.resource.id], within: 60}",
            &notify,
        ),
        (
            "{type: event, posture: Reactive, expect: [prefect.deployment.not-ready], match: {prefect.resource.name: ['prod-*', 'live-*']}}",
            "{type: pause-deployment, source: inferred}",
        ),
        (
            "{type: event, posture: Reactive, expect: [prefect-cloud.user.logged-in, prefect.concurrency-limit.v1.*]}",
            &notify,
        ),
    ] {
        let text = format!("name: right\ntrigger: {trigger}\nactions: [{action}]\n");
        assert_eq!(advice(&text, ""), Vec::<&str>::new(), "{text}");
    }
}

fn outlined(text: &str) -> Vec<serde_json::Value> {
    let report = automation::check(text.as_bytes(), TextOptions::default(), &CheckOptions::default());
    let serde_json::Value::Array(triggers) = serde_json::to_value(&report).unwrap()["triggers"].take() else {
        panic!()
    };
    triggers
}

/// The text of a range.
fn at(text: &str, outlined: &serde_json::Value) -> Option<String> {
    let offset = |end: &str| Some(outlined["range"][end]["offset"].as_u64()? as usize);
    let units: Vec<u16> = text.encode_utf16().collect();
    Some(String::from_utf16_lossy(&units[offset("start")?..offset("end")?]))
}

#[test]
fn outlines_the_triggers_of_a_text() {
    let json = r#"[{"name": "é😀", "trigger": {"type": "compound", "require": "all", "within": null, "triggers": [
        {"type": "event", "posture": "Proactive", "within": "PT90S", "expect": ["prefect.flow-run.*", "a"],
         "after": ["prefect.flow-run.heartbeat"], "for_each": ["prefect.resource.id"], "threshold": 2},
        {"type": "sequence", "within": 5.5, "triggers": [{"type": "event", "posture": "Reactive"}]}]}, "actions": []},
        {"name": "b", "trigger": {"type": "event", "posture": "Proactive", "within": "soon", "expect": [1]}, "actions": []}]"#;
    let yaml = "- name: é😀
  trigger:
    type: compound
    require: all
    within:
    triggers:
      - {type: event, posture: Proactive, within: 'PT90S', expect: [prefect.flow-run.*, \"a\"],
         after: [prefect.flow-run.heartbeat], for_each: [prefect.resource.id], threshold: 2}
      - type: sequence
        within: 5.5
        triggers:
          - type: event
            posture: Reactive
  actions: []
- {name: b, trigger: {type: event, posture: Proactive, within: soon, expect: [1]}, actions: []}
";
    for (text, quote) in [(json, '"'), (yaml, '\'')] {
        let triggers = outlined(text);
        let names: Vec<_> = triggers
            .iter()
            .map(|trigger| {
                ["automation", "path", "pointer", "type"].map(|key| trigger[key].to_string().replace('"', ""))
            })
            .collect();
        assert_eq!(
            names,
            [
                ["0", "$", "/trigger", "compound"],
                ["0", "$.0", "/trigger/triggers/0", "event"],
                ["0", "$.1", "/trigger/triggers/1", "sequence"],
                ["0", "$.1.0", "/trigger/triggers/1/triggers/0", "event"],
                ["1", "$", "/trigger", "event"],
            ]
        );
        let [compound, event, sequence, reactive, wrong] = &triggers[..] else { panic!() };
        assert_eq!(
            (compound["require"].as_str(), compound.get("within"), compound.get("expect")),
            (Some("all"), None, None)
        );
        assert_eq!(
            (event["within"]["seconds"].as_f64(), event["watchesHeartbeats"].as_bool()),
            (Some(90.0), Some(true))
        );
        assert_eq!(at(text, &event["within"]), Some(format!("{quote}PT90S{quote}")));
        assert_eq!(event["expect"]["values"].to_string(), r#"["prefect.flow-run.*","a"]"#);
        assert!(
            at(text, &event["expect"]).unwrap().starts_with('[') && at(text, &event["expect"]).unwrap().ends_with(']')
        );
        assert_eq!(
            (at(text, &event["threshold"]), event["threshold"]["value"].as_i64()),
            (Some("2".to_owned()), Some(2))
        );
        assert_eq!(
            (sequence["within"]["seconds"].as_f64(), at(text, &sequence["within"])),
            (Some(5.5), Some("5.5".to_owned()))
        );
        // Absent values have the server's defaults; invalid ones are left out.
        assert_eq!(
            reactive.to_string(),
            serde_json::json!({
                "automation": 0, "path": "$.1.0", "pointer": "/trigger/triggers/1/triggers/0", "type": "event",
                "posture": "Reactive", "within": {"seconds": 0.0}, "expect": {"values": []}, "after": {"values": []},
                "forEach": {"values": []}, "threshold": {"value": 1},
            })
            .to_string()
        );
        assert_eq!((wrong.get("within"), wrong.get("expect"), wrong.get("watchesHeartbeats")), (None, None, None));
    }
    assert_eq!(outlined("{"), Vec::<serde_json::Value>::new());
    assert_eq!(
        outlined("deployments: [{triggers: [{expect: [a], within: 7}]}]")[0]["within"]["seconds"].as_f64(),
        Some(7.0)
    );
}

/// A value from an alias or a merge key is at the anchor.
#[test]
fn outlines_values_at_their_places() {
    let text = "x: &w 120
base: &base {type: event, posture: Proactive, within: 1_30, after: [prefect.flow-run.heartbeat]}
name: a
trigger: {type: compound, require: 1, within: *w, triggers: [{<<: *base, expect: &e [b]}, {<<: *base, within: *w, expect: *e}]}
actions: []
";
    let triggers = outlined(text);
    let place = |trigger: usize, key: &str| {
        let range = &triggers[trigger][key]["range"];
        (range["start"]["line"].as_u64().unwrap(), at(text, &triggers[trigger][key]).unwrap())
    };
    assert_eq!(place(0, "within"), (1, "120".to_owned()));
    assert_eq!((place(1, "within"), triggers[1]["within"]["seconds"].as_f64()), ((2, "1_30".to_owned()), Some(130.0)));
    assert_eq!(place(1, "expect"), (4, "[b]".to_owned()));
    assert_eq!(place(2, "within"), (1, "120".to_owned()));
    assert_eq!(place(2, "expect"), place(1, "expect"));
}

/// Values that PyYAML does not read as strings are not strings to the server.
#[test]
fn rejects_values_of_types_other_than_text() {
    for (value, found) in [
        ("2026-03-01", "a date (`2026-03-01`)"),
        ("yes", "a boolean (`yes`)"),
        ("0b101", "a number (`0b101`)"),
        ("190:20:30", "a number (`190:20:30`)"),
        ("~", "null (`~`)"),
    ] {
        let text = format!("name: {value}\ntrigger: {{type: event, posture: Reactive, expect: [a]}}\nactions: []\n");
        for profile in [Profile::Server, Profile::Documented] {
            let report = check(text.as_bytes(), profile);
            let messages: Vec<_> = report.diagnostics.iter().map(|found| (found.code, found.message.clone())).collect();
            assert_eq!(
                messages,
                [("wrong-automation-value", format!("`name` must be a string, not {found}"))],
                "{value}"
            );
        }
    }
}

/// Whether an automation is valid on the routes `api` and `cli`.
fn on_routes(trigger: &str, action: &str) -> [bool; 2] {
    let text = format!(r#"{{"name": "n", "trigger": {trigger}, "actions": [{action}]}}"#);
    [Route::Api, Route::Cli].map(|route| {
        let options = CheckOptions { route: Some(route), ..settings(Profile::Server) };
        automation::check(text.as_bytes(), TextOptions::default(), &options).report.valid
    })
}

/// What Prefect 3.9.1 makes of actions without a type, with a trigger that each flow run fires and with another one.
#[test]
fn guesses_actions_as_prefect() {
    let id = "\"019d4528-e040-7918-9812-5eae359a8bdf\"";
    let deep = |levels: usize| ["[".repeat(levels), "]".repeat(levels)].concat();
    let (deepest, deeper) = (deep(254), deep(255));
    let webhook = |payload: &str| format!(r#""type": "call-webhook", "block_document_id": {id}, "payload": {payload}"#);
    let (all, none) = ([true; 4], [false; 4]);
    let (loops, at_the_client, at_the_server) =
        ([false, false, true, true], [true, false, true, false], [false, true, false, true]);
    let cases = [
        ("", all),
        (r#""source": "inferred""#, loops),
        (r#""source": "selected""#, at_the_client),
        (r#""source": "selected", "deployment_id": ID"#, loops),
        (r#""deployment_id": ID"#, loops),
        (r#""source": "selected", "automation_id": 2"#, at_the_client),
        (r#""source": "selected", "automation_id": ID"#, all),
        (r#""source": "inferred", "automation_id": ID"#, loops),
        (r#""source": "inferred", "deployment_id": ID"#, all),
        (r#""source": "inferred", "deployment_id": null"#, loops),
        (r#""source": "inferred", "foo": 1, "state": "CRASHED""#, loops),
        (r#""source": "inferred", "parameters": {"a": 1}"#, loops),
        (r#""source": "inferred", "parameters": 3"#, all),
        (r#""source": "inferred", "parameters": {"a": "{{ x"}"#, at_the_client),
        (r#""source": "inferred", "schedule_after": -1"#, all),
        (r#""source": "inferred", "block_document_id": ID, "body": "x""#, all),
        (r#""source": "selected", "state": "CRASHED""#, at_the_client),
        (r#""source": "selected", "block_document_id": ID"#, at_the_client),
        (r#""work_pool_id": null, "state": "CRASHED""#, at_the_client),
        (r#""deployment_id": ID, "state": "CRASHED""#, loops),
        (r#""deployment_id": ID, "state": "CRASHED", "message": null"#, all),
        (r#""deployment_id": ID, "state": "CRASHED", "work_pool_id": null"#, [false, false, true, false]),
        (r#""source": "inferred", "job_variables": {"a": 1}, "work_pool_id": null"#, loops),
        (r#""source": "inferred", "schedule_after": 5, "work_pool_id": null"#, all),
        (r#""source": "inferred", "schedule_after": 5, "state": "CRASHED", "message": "m""#, loops),
        (r#""source": "x""#, all),
        (r#""deployment_id": 2"#, all),
        (r#""block_document_id": ID, "body": "{{ x""#, at_the_client),
        (r#""block_document_id": ID, "payload": {"a": 100000000000000000000}"#, at_the_server),
        (r#""type": "do-nothing", "payload": [100000000000000000000]"#, at_the_server),
        (r#""type": null, "source": "inferred""#, none),
        (&webhook("18446744073709551615"), at_the_client),
        (&webhook("18446744073709551616"), none),
        (&webhook("[-9223372036854775808]"), at_the_client),
        (&webhook("[-9223372036854775809]"), none),
        (&webhook(&deepest), at_the_client),
        (&webhook(&deeper), none),
    ];
    let trigger = |name: &str| format!(r#"{{"type": "event", "posture": "Reactive", "expect": ["{name}"]}}"#);
    for (fields, expected) in cases {
        let action = ["{", &fields.replace("ID", id), "}"].concat();
        let [(api, cli), (other_api, other_cli)] = ["prefect.flow-run.*", "a.b"].map(|name| {
            let [api, cli] = on_routes(&trigger(name), &action);
            (api, cli)
        });
        assert_eq!([api, cli, other_api, other_cli], expected, "{action}");
    }
}

/// Without a type, a compound trigger whose `require` does not fit is a sequence for the server.
#[test]
fn guesses_composite_triggers_as_prefect() {
    let child = r#"{"posture": "Reactive", "expect": ["a"]}"#;
    let cases = [
        (r#""require": 0, "within": 5"#, [true, false]),
        (r#""require": 3, "within": 5"#, [true, false]),
        (r#""require": "compound", "within": 5"#, [true, false]),
        (r#""require": null, "within": null"#, [true, false]),
        (r#""require": 1.5, "within": 5"#, [true, false]),
        (r#""require": true, "within": 5"#, [true, true]),
        (r#""require": "any", "within": 5"#, [true, true]),
        (r#""within": 5"#, [true, true]),
        (r#""require": 0"#, [false, false]),
        (r#""type": "compound", "require": 0, "within": 5"#, [false, false]),
    ];
    for (fields, expected) in cases {
        let trigger = format!(r#"{{"triggers": [{child}, {child}], {fields}}}"#);
        assert_eq!(on_routes(&trigger, r#"{"type": "do-nothing"}"#), expected, "{trigger}");
    }
    // With a posture it can be an event trigger.
    for triggers in [r#""x""#, r#"[{"posture": "x"}]"#] {
        let trigger = format!(r#"{{"triggers": {triggers}, "within": 5, "posture": "Reactive"}}"#);
        assert_eq!(on_routes(&trigger, r#"{"type": "do-nothing"}"#), [true, false], "{trigger}");
    }
}

/// The server writes the default window of a Proactive event trigger into a composite one.
#[test]
fn windows_of_composite_triggers_with_a_posture() {
    let child = r#"{"type": "event", "posture": "Reactive", "expect": ["a.b"]}"#;
    let cases = [
        (r#""type": "sequence", "posture": "Proactive", "triggers": [CHILD]"#, true),
        (r#""type": "compound", "posture": "Proactive", "triggers": [CHILD], "require": "any""#, true),
        (r#""posture": "Proactive", "triggers": [CHILD], "require": "any""#, true),
        (r#""posture": "Proactive", "triggers": [CHILD]"#, true),
        (r#""type": "sequence", "posture": "Proactive", "within": 0, "triggers": [CHILD]"#, true),
        (r#""type": "sequence", "posture": "Proactive", "within": 5, "triggers": [CHILD]"#, true),
        (r#""type": "sequence", "posture": "Proactive", "within": null, "triggers": [CHILD]"#, true),
        (r#""type": "sequence", "posture": "Reactive", "within": 0, "triggers": [CHILD]"#, true),
        (r#""type": "sequence", "posture": "Reactive", "triggers": [CHILD]"#, false),
        (r#""type": "sequence", "posture": "proactive", "triggers": [CHILD]"#, false),
    ];
    for (fields, is_valid) in cases {
        let trigger = ["{", &fields.replace("CHILD", child), "}"].concat();
        assert_eq!(on_routes(&trigger, r#"{"type": "do-nothing"}"#)[0], is_valid, "{trigger}");
        if is_valid {
            let text = format!(r#"{{"name": "n", "trigger": {trigger}, "actions": []}}"#);
            let options = CheckOptions { route: Some(Route::Api), ..settings(Profile::Server) };
            let checked = automation::check(text.as_bytes(), TextOptions::default(), &options);
            let kinds = serde_json::to_value(&checked.triggers).unwrap();
            let kind = if trigger.contains("require") { "compound" } else { "sequence" };
            assert_eq!(kinds[0]["type"], kind, "{trigger}");
        }
    }
}

/// Keys of YAML have no quotes to cut off.
#[test]
fn reports_repeated_keys_in_full() {
    for (text, key) in
        [("name: a\nname: b\n", "name"), ("'name': a\n\"name\": b\n", "name"), ("{\"name\": 1, \"name\": 2}", "name")]
    {
        let report = check(text.as_bytes(), Profile::Documented);
        let found = report.diagnostics.iter().find(|found| found.code == "duplicate-key").unwrap();
        assert!(found.message.contains(&format!("`{key}`")), "{}", found.message);
    }
}

/// Features of Prefect Cloud are valid for it, and invalid for an open-source server.
#[test]
fn prefect_cloud() {
    let metric = "{name: lateness, operator: '>', threshold: 90, range: 3600, firing_for: PT10M}";
    let automation = |metric: &str, action: &str| {
        format!(
            "{{name: x, trigger: {{type: metric, metric: {metric}}}, actions: [{{type: {action}}}], actions_on_resolve: [{{type: do-nothing}}]}}"
        )
    };
    let right = automation(metric, "declare-incident");
    assert_eq!(advice(&right, r#"{"cloud": true}"#), Vec::<&str>::new());
    assert_eq!(advice(&right, "{}"), ["metric-trigger", "cloud-action", "actions-never-run"]);
    let wrong = [
        ("operator: '>'", "operator: over", "wrong-automation-value"),
        ("threshold: 90", "threshold: many", "wrong-automation-value"),
        ("range: 3600", "range: 60", "wrong-automation-value"),
        ("firing_for: PT10M", "firing_for: ever", "wrong-automation-value"),
        ("name: lateness, ", "", "missing-automation-field"),
    ];
    for (from, to, code) in wrong {
        let found = advice(&automation(&metric.replace(from, to), "declare-incident"), r#"{"cloud": true}"#);
        assert_eq!(found, [code], "{to}");
    }
    // By its posture, as in documents older than `type`; within a composite; without a metric.
    let untyped = format!("{{posture: Metric, metric: {metric}}}");
    assert_eq!(advice(&untyped, r#"{"cloud": true}"#), Vec::<&str>::new());
    let composite = format!("{{type: compound, require: any, within: 60, triggers: [{untyped}]}}");
    assert_eq!(advice(&composite, r#"{"cloud": true}"#), Vec::<&str>::new());
    assert_eq!(advice("{posture: Metric}", r#"{"cloud": true}"#), ["missing-automation-field"]);
}
