//! How a document reaches Prefect, and in which forms it is read.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use prefect_events::automation::{self, CheckOptions, CheckReport, Route};
use prefect_events::diagnostic::{Diagnostic, Report, TextOptions};
use prefect_events::json::Kind;
use prefect_events::validate::{ValidateOptions, validate};

fn check(text: &[u8], route: Option<Route>) -> CheckReport {
    automation::check(text, TextOptions::default(), &CheckOptions { route, ..CheckOptions::default() })
}

fn said(report: &Report) -> Vec<String> {
    let one = |found: &Diagnostic| {
        let help = found.help.as_deref().unwrap_or_default();
        format!("{} {} {}: {} {help}", found.severity.name(), found.code, found.path, found.message)
    };
    report.diagnostics.iter().map(one).collect()
}

/// The codes of all findings.
fn codes(text: &str) -> Vec<&'static str> {
    check(text.as_bytes(), None).report.diagnostics.iter().map(|found| found.code).collect()
}

/// How the REST API and `prefect automation create` answered the same documents.
#[test]
fn agrees_with_both_routes_of_a_live_server() {
    let (mut count, mut wrong) = (0, Vec::new());
    super::cases::each_row("live/verdicts-by-route.ndjson", |row| {
        count += 1;
        let case = row.get("case").unwrap().string();
        for (name, route) in [("api", Route::Api), ("cli", Route::Cli)] {
            let accepted = row.get(name).unwrap().is("accepted");
            let report = check(row.get("document").unwrap().raw(), Some(route)).report;
            if report.valid != accepted {
                wrong.push(format!("{case}: {name} says {accepted}, we say {:?}", said(&report)));
            }
            let elsewhere = report.diagnostics.iter().filter(|found| found.code == "rejected-by-the-api").count();
            assert!(elsewhere <= usize::from(route == Route::Cli), "{case}: {:?}", said(&report));
        }
    });
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(count, 28);
}

/// The documents of `automation-verdicts`, through the models of Prefect's client to those of its server.
#[test]
fn agrees_with_the_clients_models_on_every_row() {
    let mut recorded = std::collections::BTreeMap::new();
    super::cases::each_row("automation-verdicts-by-route.ndjson.gz", |row| {
        let kind = |name| row.get(name).unwrap().kind();
        let deploy = Some(kind("deploy") == Kind::True).filter(|_| kind("deploy") != Kind::Null);
        recorded.insert(row.get("case").unwrap().string().into_owned(), (kind("cli") == Kind::True, deploy));
    });
    let (mut count, mut wrong) = (0, Vec::new());
    super::cases::each_row("automation-verdicts.ndjson.gz", |row| {
        let case = row.get("case").unwrap().string();
        let (cli, deploy) = recorded[&*case];
        let document = row.get("document").unwrap();
        let trigger = document.get("trigger").zip(deploy);
        let triggers = trigger.map(|(trigger, deploy)| (trigger, Route::Deploy, deploy));
        for (document, route, accepted) in [(document, Route::Cli, cli)].into_iter().chain(triggers) {
            count += 1;
            let in_list;
            let text = match route {
                // A trigger as one of a deployment.
                Route::Deploy => {
                    in_list = [br#"{"triggers": ["#, document.raw(), b"]}"].concat();
                    &*in_list
                }
                _ => document.raw(),
            };
            let report = check(text, Some(route)).report;
            if report.valid != accepted {
                wrong.push(format!("{case}: {route:?} says {accepted}, we say {:?}", said(&report)));
            }
        }
    });
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 900, "{count}");
}

fn live(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/live").join(folder);
    let mut all: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all
}

fn read(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).unwrap();
    if path.extension().is_none_or(|ending| ending != "gz") {
        return bytes;
    }
    let mut text = Vec::new();
    GzDecoder::new(&*bytes).read_to_end(&mut text).unwrap();
    text
}

/// Everything that Prefect prints, its API returns or its command line reads, each with the matching command.
#[test]
fn reads_every_form_that_prefect_has() {
    let mut automations = 0;
    for path in live("forms").into_iter().chain(live("automations")) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = read(&path);
        let is_events = name.contains("stream") || name.contains("frames");
        let events = validate(&text, TextOptions::default(), &ValidateOptions::default());
        let found = check(&text, None);
        if is_events {
            assert!(events.valid && events.count > 0, "{name}: {:?}", said(&events));
            assert!(!found.report.valid, "{name}");
            continue;
        }
        let one = |report: &Report| said(report).len() == 1;
        assert!(!events.valid && one(&events), "{name}: {:?}", said(&events));
        if name == "inspect.pretty" {
            assert!(one(&found.report) && said(&found.report)[0].contains("inspect NAME --json"), "{name}");
            continue;
        }
        assert!(found.report.valid, "{name}: {:?}", said(&found.report));
        let infos = found.report.diagnostics.iter().filter(|found| found.code == "rejected-by-the-api").count();
        assert!(infos <= 1, "{name}: {:?}", said(&found.report));
        assert!(found.report.count > 0 && !found.triggers.is_empty(), "{name}");
        automations += found.report.count;
    }
    assert!(automations > 30, "{automations}");
}

const DEPLOYMENT: &str = "deployments:\n  - name: d\n    entrypoint: a.py:f\n    work_pool: {name: p}\n";

/// A deployment with one trigger.
fn deployed(trigger: &str) -> String {
    format!("{DEPLOYMENT}    triggers:\n      - {trigger}\n")
}

/// Placeholders of `prefect deploy` can become anything; an environment variable only a string.
#[test]
fn templates_of_deploy_time_are_no_errors() {
    for value in ["'{{ prefect.variables.x }}'", "'{{prefect.blocks.json.a.value.b[0]}}'", "'{{ build-image.tag }}'"] {
        for field in [
            "type",
            "posture",
            "enabled",
            "name",
            "description",
            "match",
            "match_related",
            "after",
            "expect",
            "for_each",
            "threshold",
            "within",
            "parameters",
            "job_variables",
            "schedule_after",
        ] {
            let others = ["posture: Reactive", "match: {a: b}", "expect: [a.b]"];
            let others: Vec<_> = others.into_iter().filter(|other| !other.starts_with(&format!("{field}:"))).collect();
            let text = deployed(&format!("{{{}, {field}: {value}}}", others.join(", ")));
            let report = check(text.as_bytes(), None).report;
            assert!(report.valid && report.warnings == 0, "{text}{:?}", said(&report));
        }
        let text = deployed(&format!("{{type: compound, require: {value}, within: {value}, triggers: {value}}}"));
        assert!(check(text.as_bytes(), None).report.valid, "{text}");
        // Within a text.
        let text = deployed(&format!(
            "{{expect: ['prefect.flow-run.Complted-{0}'], match: {{prefect.resource.id: 'a.{0}'}}, within: 'PT{0}S'}}",
            value.trim_matches('\'')
        ));
        assert_eq!(codes(&text), Vec::<&str>::new(), "{text}");
    }
    let environment = |field: &str| codes(&deployed(&format!("{{expect: [a.b], {field}: '{{{{ $W }}}}'}}")));
    for field in ["within", "schedule_after"] {
        assert_eq!(environment(field), ["environment-variable-as-duration"], "{field}");
    }
    for field in ["name", "threshold", "enabled", "description"] {
        assert_eq!(environment(field), Vec::<&str>::new(), "{field}");
    }
    assert_eq!(codes(&deployed("{expect: [a.b], within: 'PT{{ $W }}S'}")), Vec::<&str>::new());
    // Other routes resolve nothing.
    let text = "name: a\ntrigger: {expect: [a.b], within: '{{ prefect.variables.x }}'}\nactions: [{type: do-nothing}]";
    assert_eq!(codes(text), ["rejected-by-the-api", "not-a-duration"]);
    // The list itself is read before.
    let text = format!("{DEPLOYMENT}    triggers: '{{{{ prefect.variables.x }}}}'\n");
    assert!(!check(text.as_bytes(), None).report.valid, "{text}");
}

/// Each ignored key is reported, with the intended one.
#[test]
fn ignored_keys_are_named() {
    let automation = |trigger: &str, action: &str, more: &str| {
        format!(
            "{{\"name\": \"x\", \"trigger\": {{\"posture\": \"Reactive\", {trigger}}}, \"actions\": [{{{action}}}]{more}}}"
        )
    };
    let nothing = "\"type\": \"do-nothing\"";
    let expect = "\"expect\": [\"a.b\"]";
    for (text, key, meant) in [
        (automation("\"events\": [\"a.b\"]", nothing, ""), "/trigger/events", Some("expect")),
        (automation("\"event\": \"a.b\"", nothing, ""), "/trigger/event", Some("expect")),
        (automation(&format!("{expect}, \"window\": 30"), nothing, ""), "/trigger/window", Some("within")),
        (automation(&format!("{expect}, \"timeout\": 30"), nothing, ""), "/trigger/timeout", Some("within")),
        (automation(&format!("{expect}, \"treshold\": 3"), nothing, ""), "/trigger/treshold", Some("threshold")),
        (automation(&format!("{expect}, \"something\": 3"), nothing, ""), "/trigger/something", None),
        (automation(expect, nothing, ", \"colour\": 1"), "/colour", None),
        (automation(expect, nothing, ", \"descripton\": \"x\""), "/descripton", Some("description")),
        (automation(expect, &format!("{nothing}, \"deployment_id\": null"), ""), "/actions/0/deployment_id", None),
        (
            automation(expect, "\"type\": \"pause-deployment\", \"source\": \"inferred\", \"deployment\": 1", ""),
            "/actions/0/deployment",
            Some("deployment_id"),
        ),
        (deployed("{expect: [a.b], window: 5}"), "/window", Some("within")),
        (deployed("{type: compound, require: any, triggers: [{expect: [a.b], name: x}]}"), "/triggers/0/name", None),
    ] {
        let report = check(text.as_bytes(), None).report;
        let found: Vec<_> = report.diagnostics.iter().filter(|found| found.code == "ignored-field").collect();
        assert!(report.valid && found.len() == 1 && found[0].path == key, "{text}\n{:?}", said(&report));
        assert_eq!(found[0].help, meant.map(|meant| format!("did you mean `{meant}`?")), "{text}");
    }
    // What is missing under its own name is one mistake.
    for (text, path, key, field) in [
        ("name: a\ntriggers: {expect: [a.b]}\naction: [{type: do-nothing}]\n", "/trigger", "triggers", "trigger"),
        (
            "name: a\ntrigger: {expect: [a.b]}\nactions: [{type: send-notification, block_id: x, body: b}]\n",
            "/actions/0/block_document_id",
            "block_id",
            "block_document_id",
        ),
    ] {
        let report = check(text.as_bytes(), None).report;
        let found = report.diagnostics.iter().find(|found| found.path == path).unwrap();
        assert!(found.message.contains(field) && found.help.as_ref().unwrap().contains(key), "{:?}", said(&report));
        assert!(!report.valid && report.warnings == 0, "{:?}", said(&report));
    }
}

#[test]
fn places_that_deploy_ignores_are_named() {
    let automation = "{name: x, trigger: {expect: [a.b]}, actions: [{type: do-nothing}]}";
    for (text, path, meant) in [
        (format!("{DEPLOYMENT}triggers:\n  - {{expect: [a.b]}}\n"), "/triggers", "`triggers` of the deployment"),
        (format!("{DEPLOYMENT}automations: [{automation}]\n"), "/automations", "automation create"),
        (format!("{DEPLOYMENT}    automations: [{automation}]\n"), "/deployments/0/automations", "automation create"),
        (format!("{DEPLOYMENT}    trigger: {{expect: [a.b]}}\n"), "/deployments/0/trigger", "`triggers`"),
        (format!("{DEPLOYMENT}    trigers: [{{expect: [a.b]}}]\n"), "/deployments/0/trigers", "`triggers`"),
        (format!("{DEPLOYMENT}    expect: [a.b]\n"), "/deployments/0/expect", "`triggers`"),
        (DEPLOYMENT.replace("name: p", "triggers: []"), "/deployments/0/work_pool/triggers", "`triggers`"),
        ("name: x\npull: [{a: b}]\ndeployment: []\n".to_owned(), "/deployment", "`deployments`"),
    ] {
        let report = check(text.as_bytes(), None).report;
        let found: Vec<_> = report.diagnostics.iter().filter(|found| found.code == "ignored-place").collect();
        assert!(report.valid && report.warnings == 1 && found.len() == 1, "{text}{:?}", said(&report));
        assert_eq!(found[0].path, path, "{text}");
        assert!(found[0].help.as_ref().unwrap().contains(meant), "{:?}", said(&report));
    }
    // Anchors must be somewhere.
    let text = format!("definitions:\n  triggers: &t\n    - {{expect: [a.b]}}\n{DEPLOYMENT}    triggers: *t\n");
    assert_eq!(codes(&text), Vec::<&str>::new());
}

/// No file is accepted silently if nothing in it was checked.
#[test]
fn unchecked_input_is_never_valid() {
    let event = r#"{"occurred": "2026-03-31T18:30:00Z", "event": "a.b", "resource": {"prefect.resource.id": "c"}, "id": "01a1ffe4-419a-726f-8626-5e21f619db83"}"#;
    let scenario = "automation: crash-zombie-flows\nruns: [{name: a}]\n";
    let hcl = "resource \"prefect_automation\" \"a\" {\n  name = \"a\"\n}\n";
    for (text, code, mentions) in [
        (event.to_owned(), "not-automations", "prefect-events validate"),
        (format!("[{event}, {event}]"), "not-automations", "prefect-events validate"),
        (scenario.to_owned(), "not-automations", "prefect-events test"),
        ("{\"name\": \"my-package\", \"version\": \"1.0.0\"}".to_owned(), "not-automations", "accepts automations"),
        ("[]".to_owned(), "nothing-to-check", "the list is empty"),
        ("automations: []".to_owned(), "nothing-to-check", "the list is empty"),
        (DEPLOYMENT.to_owned(), "nothing-to-check", "no deployment"),
        (
            r#"{"format_version": "1.0", "values": {"root_module": {}}}"#.to_owned(),
            "nothing-to-check",
            "prefect_automation",
        ),
        (hcl.to_owned(), "unreadable-form", "terraform show -json"),
    ] {
        let report = check(text.as_bytes(), None).report;
        assert_eq!(report.diagnostics.iter().map(|found| found.code).collect::<Vec<_>>(), [code], "{text}");
        assert!(said(&report)[0].contains(mentions), "{:?}", said(&report));
        assert_eq!(report.count, 0);
    }
}

/// `validate` reports the form of other documents once, and offers no changes to them.
#[test]
fn other_documents_are_not_validated_as_events() {
    let automation = |name| format!(r#"{{"name": "{name}", "trigger": {{"expect": ["a"]}}, "actions": []}}"#);
    let check = "prefect-events check";
    for (text, mentions) in [
        (automation("a"), check),
        (format!("[{}, {}]", automation("a"), automation("b")), check),
        (format!("{{\"automations\": [{}]}}", automation("a")), check),
        (r#"{"posture": "Reactive", "expect": ["a"]}"#.to_owned(), check),
        (r#"{"format_version": "1.2", "terraform_version": "1.9.0", "values": {}}"#.to_owned(), check),
        ("name: a\ntrigger:\n  expect: [a]\nactions:\n  - type: do-nothing\n".to_owned(), check),
        (DEPLOYMENT.to_owned(), check),
        ("automation: crash-zombie-flows\nruns:\n  - {name: a}\n".to_owned(), "prefect-events test"),
        ("resource \"prefect_automation\" \"a\" {\n}\n".to_owned(), "terraform show -json"),
        ("[\n    Automation(\n        name='a'\n".to_owned(), "inspect NAME --json"),
    ] {
        let report = validate(text.as_bytes(), TextOptions::default(), &ValidateOptions::default());
        assert!(!report.valid && report.diagnostics.len() == 1, "{text}: {:?}", said(&report));
        assert!(said(&report)[0].contains(mentions), "{:?}", said(&report));
        assert_eq!(report.count, 0, "{text}");
    }
}

/// Unrecognised documents are not changed, whatever their errors.
#[test]
fn offers_fixes_only_for_recognised_documents() {
    let options = TextOptions { places: true, ..TextOptions::default() };
    let fixes = |report: &Report| report.diagnostics.iter().filter(|found| found.fix.is_some()).count();
    for text in [
        r#"{"name": "my-package", "version": "1.0.0", "type": "module", "data": {}}"#,
        r#"{"compilerOptions": {"strict": true,},}"#,
        r#"{"name": "a", "id": "b", "time": "c"}"#,
        "[1, 2,]",
        r#"{"name": "x", "trigger": {"postur": "Reactive",}, "action": []}"#,
        r#"{"name": "x", "time": "y"} {"#,
    ] {
        let report = validate(text.as_bytes(), options, &ValidateOptions::default());
        assert!(!report.valid && fixes(&report) == 0, "{text}: {:?}", said(&report));
    }
    for text in [r#"{"compilerOptions": {"strict": true,},}"#, r#"{"event": "a", "resource": {},}"#, "[1, 2,]"] {
        let report = automation::check(text.as_bytes(), options, &CheckOptions::default()).report;
        assert!(!report.valid && fixes(&report) == 0, "{text}: {:?}", said(&report));
    }
    // Of an event two fields are enough.
    let text = r#"{"time": "2026-03-31T18:30:00Z", "event": "a.b", "resource": {"prefect.resource.id": "c"}, "uuid": "01a1ffe4-419a-726f-8626-5e21f619db83",}"#;
    let report = validate(text.as_bytes(), options, &ValidateOptions::default());
    assert_eq!(fixes(&report), 3, "{:?}", said(&report));
}

/// What `prefect event stream` writes: the times of Python, and a line before the first event.
#[test]
fn the_output_of_event_stream_is_valid() {
    let text = super::cases::read("live/forms/stream-stdout.txt.gz");
    let report = validate(&text, TextOptions { places: true, ..TextOptions::default() }, &ValidateOptions::default());
    let lines = text.iter().filter(|&&byte| byte == b'\n').count() as u64;
    assert_eq!(report.count, lines - 1);
    assert!(report.diagnostics.len() <= 1 && report.valid && report.warnings == 0, "{:?}", said(&report));
}

/// Lines that the console breaks, as `prefect automation inspect` of 3.9.1 wrote them to a file.
#[test]
fn joins_broken_lines() {
    let json = "[\n  {\n    \"name\": \"Doc zombies with a rather long name that goes on and on beyond the \neighty columns of a terminal\",\n    \"trigger\": {\n      \"type\": \"event\",\n      \"expect\": [\n        \"prefect.flow-run.*\"\n      ],\n      \"posture\": \"Reactive\"\n    },\n    \"actions\": [\n      {\n        \"type\": \"do-nothing\"\n      }\n    ],\n    \"id\": \"495cd790-c4cb-4932-8b1d-478776b7d550\"\n  }\n]\n";
    let yaml = "- name: Doc zombies with a rather long name that goes on and on beyond the \neighty\n    columns of a terminal\n  trigger:\n    type: event\n    expect:\n    - prefect.flow-run.*\n    posture: Reactive\n  actions:\n  - type: do-nothing\n  id: 495cd790-c4cb-4932-8b1d-478776b7d550\n";
    for text in [json, yaml] {
        let found = check(text.as_bytes(), None);
        assert!(found.report.valid, "{:?}", said(&found.report));
        assert!(said(&found.report).iter().any(|said| said.contains("wrapped-export")), "{:?}", said(&found.report));
        assert_eq!((found.report.count, found.triggers.len()), (1, 1));
        let events = validate(text.as_bytes(), TextOptions::default(), &ValidateOptions::default());
        assert_eq!(events.diagnostics.len(), 1, "{:?}", said(&events));
    }
    // A line that is not full was not broken by a console.
    for text in [json.replace("rather long", ""), yaml.replace("rather long", "")] {
        assert!(!check(text.as_bytes(), None).report.valid, "{text}");
    }
}

/// A state and a plan: the trigger one level deeper, objects as JSON text, null for absent values, nested modules.
#[test]
fn reads_what_terraform_shows() {
    let automation = |name: &str, action: &str, within: &str| {
        format!(
            r#"{{"address": "prefect_automation.{name}", "mode": "managed", "type": "prefect_automation", "name": "{name}",
            "provider_name": "registry.terraform.io/prefecthq/prefect", "schema_version": 0, "values": {{
            "account_id": null, "workspace_id": null, "id": null, "created": null, "updated": null,
            "name": "{name}", "description": "", "enabled": true,
            "trigger": {{"compound": {{"require": "any", "within": {within}, "triggers": [{{"metric": null, "event": {{
                "posture": "Proactive", "match": "{{\"prefect.resource.id\":\"prefect.flow-run.*\"}}", "match_related": "{{}}",
                "after": ["prefect.flow-run.Pending"], "expect": ["prefect.flow-run.Running", "prefect.flow-run.Crashed"],
                "for_each": ["prefect.resource.id"], "threshold": null, "within": 60}}}}]}},
                "event": null, "metric": null, "sequence": null}},
            "actions": [{action}], "actions_on_trigger": [], "actions_on_resolve": []}}, "sensitive_values": {{}}}}"#
        )
    };
    let run = r#"{"type": "run-deployment", "source": "selected", "deployment_id": "8b1d6e0a-4f0c-4d6e-9f5a-2c7e1b3a9d40",
        "parameters": "{\"day\":\"1\"}", "job_variables": "{}", "name": null, "emails": null}"#;
    let nothing = r#"{"type": "do-nothing", "source": null, "parameters": "{}", "job_variables": "{}"}"#;
    let module = |resources: &str| {
        let other = r#"{"mode": "managed", "type": "prefect_flow", "name": "f", "values": {"name": "f"}}"#;
        format!(
            r#"{{"root_module": {{"resources": [{other}], "child_modules": [{{"address": "module.a",
            "child_modules": [{{"resources": [{resources}]}}]}}]}}}}"#
        )
    };
    let both = format!("{}, {}", automation("a", run, "300"), automation("b", nothing, "300"));
    let state =
        |values: &str| format!(r#"{{"format_version": "1.0", "terraform_version": "1.9.8", "values": {values}}}"#);
    let found = check(state(&module(&both)).as_bytes(), None);
    assert!(found.report.valid && found.report.warnings == 0, "{:?}", said(&found.report));
    let triggers: Vec<_> =
        found.triggers.iter().map(|outline| (outline.automation, outline.pointer.as_str())).collect();
    assert_eq!(triggers, [(0, "/trigger"), (0, "/trigger/triggers/0"), (1, "/trigger"), (1, "/trigger/triggers/0")]);
    // The file that Terraform itself keeps.
    let one = automation("a", run, "300").replace("\"values\"", "\"attributes\"");
    let kept = format!(
        r#"{{"version": 4, "terraform_version": "1.9.8", "serial": 3, "lineage": "x", "outputs": {{}}, "resources": [
        {{"mode": "managed", "type": "prefect_automation", "name": "a", "instances": [{one}, {one}]}},
        {{"mode": "data", "type": "prefect_automation", "name": "b", "instances": [{one}]}}]}}"#
    );
    let found = check(kept.as_bytes(), None);
    assert!(found.report.valid && found.report.count == 2, "{:?}", said(&found.report));
    // The provider omits null values, and the API requires them.
    let report = check(state(&module(&automation("a", run, "null"))).as_bytes(), None).report;
    assert_eq!(report.diagnostics.iter().map(|found| &*found.path).collect::<Vec<_>>(), ["/trigger/within"]);
    // A mistake in JSON text has its place there.
    let wrong = state(&module(&automation("a", run, "300"))).replace(r#"\"prefect.flow-run.*\""#, "1");
    let report = automation::check(
        wrong.as_bytes(),
        TextOptions { places: true, ..TextOptions::default() },
        &CheckOptions::default(),
    )
    .report;
    assert_eq!(said(&report).len(), 1, "{:?}", said(&report));
    let (found, range) = (&report.diagnostics[0], report.diagnostics[0].range.unwrap());
    assert_eq!((found.code, found.fix.is_none()), ("label-pattern-not-text", true));
    assert!(wrong[range.start.offset as usize..range.end.offset as usize].contains("prefect.resource.id"));
    // A plan lacks values that are known only later.
    let later = run.replace(r#""deployment_id": "8b1d6e0a-4f0c-4d6e-9f5a-2c7e1b3a9d40","#, "");
    let values = module(&automation("a", &later, "300"));
    assert!(!check(state(&values).as_bytes(), None).report.valid);
    let plan = state("{}").replace("\"values\"", &format!("\"planned_values\": {values}, \"prior_state\""));
    let report = check(plan.as_bytes(), None).report;
    assert!(report.valid && report.count == 1, "{:?}", said(&report));
}
