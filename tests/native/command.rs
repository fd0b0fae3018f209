//! The commands of the command lines, run with files in memory.

use std::collections::BTreeMap;

use prefect_events::command::{Command, Listed, Next, OutputStream, Surroundings};
use prefect_events::diagnostic::Code;
use prefect_events::explain::{About, explain};
use serde_json::{Value, json};

/// Files, by their names.
type Files = BTreeMap<String, Vec<u8>>;

#[derive(Default, Debug, PartialEq)]
struct Output {
    stdout: String,
    stderr: String,
    status: Option<u8>,
    usage: bool,
    misuse: Option<String>,
    /// What was read, in order.
    read: Vec<String>,
}

/// Runs a command; files are handed over in pieces of a size.
fn run_in_pieces(name: &str, options: Value, files: &mut Files, size: usize) -> Output {
    let mut command = Command::new(name, options, surroundings()).unwrap();
    let mut out = Output::default();
    loop {
        match command.next() {
            Next::Read { file, .. } => {
                out.read.push(file.clone());
                let Some(text) = files.get(&file) else {
                    command.failed("does not exist");
                    continue;
                };
                for piece in text.chunks(size) {
                    if !command.piece(piece) {
                        break;
                    }
                }
                command.end();
            }
            Next::List { folder } => {
                let start = format!("{folder}/");
                let inside = files.keys().filter_map(|path| Some((path, path.strip_prefix(&start)?)));
                command
                    .listed(inside.map(|(path, name)| Listed { name: name.to_owned(), path: path.clone() }).collect());
            }
            Next::Write { file, text } if file == "-" => {
                out.stdout.push_str(&String::from_utf8(text).unwrap());
                command.written();
            }
            Next::Write { file, .. } if file.starts_with("read-only") => command.failed("is read-only: not fixed"),
            Next::Write { file, text } => {
                files.insert(file, text);
                command.written();
            }
            Next::Print { to: OutputStream::Stdout, text } => out.stdout.push_str(&text),
            Next::Print { to: OutputStream::Stderr, text } => out.stderr.push_str(&text),
            Next::Pull { .. } => command.failed("there is no server"),
            Next::Automations { .. } => command.failed("there is no server"),
            Next::Usage => {
                out.usage = true;
                return out;
            }
            Next::Misuse { message } => {
                out.misuse = Some(message);
                return out;
            }
            Next::Exit { status } => {
                out.status = Some(status);
                return out;
            }
        }
    }
}

fn run(name: &str, options: Value, files: &mut Files) -> Output {
    run_in_pieces(name, options, files, 1 << 20)
}

fn surroundings() -> Surroundings {
    let (seed, now) = ("a".to_owned(), "2026-03-31T18:30:00Z".to_owned());
    Surroundings { seed, now, ..Surroundings::default() }
}

fn files(all: &[(&str, &str)]) -> Files {
    all.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
}

fn event(id: u32, follows: Option<u32>) -> String {
    let uuid = |number: u32| format!("01a1ffe4-419a-726f-8626-{number:012}");
    let follows = follows.map_or_else(|| "null".to_owned(), |other| format!("\"{}\"", uuid(other)));
    format!(
        r#"{{"occurred": "2026-03-31T18:30:00Z", "event": "acme.built", "resource": {{"prefect.resource.id": "acme.1"}}, "id": "{}", "follows": {follows}}}"#,
        uuid(id)
    )
}

#[test]
fn every_command_rejects_unknown_options() {
    for name in
        ["explain", "schema", "build", "advise", "simulate", "test", "validate", "check", "backtest", "why", "diff"]
    {
        let error = Command::new(name, json!({ "fromat": "json" }), surroundings()).err().unwrap().to_string();
        assert!(error.starts_with("unknown option `fromat`: "), "{name}: {error}");
    }
    assert!(Command::new("exlpain", json!({}), surroundings()).is_err());
    let error = Command::new("validate", json!({ "severity": { "mising-label": "off" } }), surroundings());
    let error = error.err().unwrap().to_string();
    assert!(error.contains("unknown diagnostic code `mising-label`: did you mean `missing-label`?"), "{error}");
}

#[test]
fn every_wrong_example_is_reported_and_no_right_one() {
    for code in Code::ALL.iter().copied() {
        let explanation = explain(code);
        let name = match explanation.about {
            About::Events => "validate",
            About::Automations => "check",
            About::Scenarios => "test",
        };
        // An empty or missing file has its own message; what is not UTF-8 is no text here.
        if ["syntax-empty", "scenario-file", "syntax-utf8"].contains(&code.name()) {
            continue;
        }
        // These need options.
        if explanation.options.is_some() || explanation.wrong_options.is_some() {
            continue;
        }
        let mut both = files(&[("wrong", &explanation.wrong_example()), ("right", &explanation.right)]);
        let wrong = run(name, json!({ "files": ["wrong"] }), &mut both);
        assert!(wrong.stdout.contains(&format!("[{}]: ", code.name())), "{}: {wrong:?}", code.name());
        let right = run(name, json!({ "files": ["right"] }), &mut both);
        assert!(!right.stdout.contains(&format!("[{}]: ", code.name())), "{}: {}", code.name(), right.stdout);
    }
}

#[test]
fn the_size_of_pieces_does_not_matter() {
    let text: Vec<String> = (0..300).map(|id| event(id % 250, None)).collect();
    let mut all = files(&[("a.ndjson", &text.join("\n")), ("b.json", &format!("[{}]", text.join(",\n")))]);
    for options in [json!({ "files": ["a.ndjson"] }), json!({ "files": ["b.json", "a.ndjson"], "format": "sarif" })] {
        let whole = run("validate", options.clone(), &mut all);
        assert!(whole.stdout.len() > 1000, "{}", whole.stdout);
        for size in [1, 7, 4096] {
            assert_eq!(run_in_pieces("validate", options.clone(), &mut all, size), whole);
        }
    }
}

#[test]
fn large_ndjson_with_late_findings_is_read_again() {
    // Events that follow events of the first half: that these are missing is known only at the end.
    let captured = String::from_utf8(super::cases::read("events.ndjson.gz")).unwrap();
    let half: Vec<&str> = captured.lines().skip(captured.lines().count() / 2).collect();
    let pad = "x".repeat(2000);
    let others: Vec<String> =
        (0..6000).map(|id| event(id, None).replace("acme.1", &["acme.", &pad].concat())).collect();
    let text = [half.join("\n"), others.join("\n")].join("\n");
    assert!(text.len() > 12 << 20);
    let mut all = files(&[("big.ndjson", &text), ("small.ndjson", &half.join("\n"))]);
    let big = run_in_pieces("validate", json!({ "files": ["big.ndjson"] }), &mut all, 100_000);
    let small = run("validate", json!({ "files": ["small.ndjson"] }), &mut all);
    assert_eq!(big.read, ["big.ndjson", "big.ndjson"]);
    // Each has the text around it, as if the file had been read whole.
    let findings = |output: &Output| output.stdout.rsplit_once("\n\n").map(|(text, _)| text.to_owned()).unwrap();
    assert_eq!(findings(&big).replace("big.ndjson", "small.ndjson"), findings(&small));
    assert!(small.stdout.contains("[follows-not-found]"), "{}", small.stdout);
    let json = run("validate", json!({ "files": ["big.ndjson"], "format": "json" }), &mut all);
    assert_eq!(json.read, ["big.ndjson"]);
}

#[test]
fn several_files_are_one_history() {
    let mut all = files(&[("1.json", &event(1, None)), ("2.json", &event(2, Some(1))), ("3.json", &event(1, None))]);
    let both = run("validate", json!({ "files": ["1.json", "2.json"] }), &mut all);
    assert_eq!(both.stdout, "2 events in 2 files: no problems found\n");
    // The finding on the third file is known after it: all are printed at the end, in their order.
    let three = run("validate", json!({ "files": ["1.json", "none.json", "3.json"] }), &mut all);
    assert_eq!((three.status, &*three.stderr), (Some(2), "prefect-events: none.json does not exist\n"));
    assert!(three.stdout.contains("[repeated-event-id]: event 0 of `1.json` has the same id"), "{}", three.stdout);
    assert!(three.stdout.ends_with("; 1 file could not be read\n"), "{}", three.stdout);
}

#[test]
fn fixes_are_written_and_counted() {
    let broken = r#"{"occurred": "2026-03-31T18:30:00Z", "event": "acme.built", "resource": {"prefect.resource.id": "acme.1",}, "id": "01a1ffe4-419a-726f-8626-5e21f619db83",}"#;
    let fixed = broken.replace(",}", "}");
    let mut all = files(&[("a.json", broken), ("read-only.json", broken), ("right.json", &fixed), ("-", broken)]);
    let options = json!({ "files": ["a.json", "read-only.json", "right.json"], "fix": true });
    let out = run("validate", options, &mut all);
    assert_eq!(all["a.json"], fixed.as_bytes());
    assert_eq!(all["read-only.json"], broken.as_bytes());
    assert_eq!(out.stderr, "prefect-events: read-only.json is read-only: not fixed\n");
    assert!(out.stdout.contains("2 fixed") && out.stdout.contains("1 file could not be fixed"), "{}", out.stdout);
    assert_eq!(out.status, Some(2));
    // Standard output is for the fixed text.
    let piped = run("validate", json!({ "files": ["-"], "fix": true }), &mut all);
    assert_eq!((&*piped.stdout, piped.status), (&*fixed, Some(0)));
    assert!(piped.stderr.contains("2 fixed"), "{}", piped.stderr);
}

#[test]
fn schemas_come_from_a_folder() {
    let schema = r#"{"required": ["payload"]}"#;
    let mut all =
        files(&[("own/acme.*.json", schema), ("own/notes.txt", "x"), ("a.json", &event(1, None)), ("x/a.txt", "")]);
    let out = run("validate", json!({ "files": ["a.json"], "schemas": "own" }), &mut all);
    assert_eq!(out.read, ["own/acme.*.json", "a.json"]);
    assert!(out.stdout.contains("[schema-violation]"), "{}", out.stdout);
    let none = run("validate", json!({ "files": ["a.json"], "schemas": "x" }), &mut all);
    assert_eq!(
        (none.status, &*none.stderr),
        (Some(2), "prefect-events: x contains no schema: no file ends in .json\n")
    );
}

const SCENARIO: &str = "automation: crash-zombie-flows
start: 2026-03-01T12:00:00Z
end: 10m
heartbeat: {frequency: 30}
runs: [{name: zombie, dies: 2m}]
";

#[test]
fn scenarios_are_tested_updated_and_simulated() {
    let mut all = files(&[("a.yaml", SCENARIO), ("b.yaml", &SCENARIO.replace("crash-zombie-flows", "./own.yaml"))]);
    let simulated = run("simulate", json!({ "file": "a.yaml" }), &mut all);
    assert!(simulated.stdout.contains("\nfired ") && simulated.stdout.ends_with("the automation fires once\n"));
    let unknown = run("simulate", json!({ "file": "a.yaml", "run": "other" }), &mut all);
    assert_eq!(unknown.stderr, "prefect-events: there is no run other: there are zombie\n");
    let missing = run("simulate", json!({ "file": "b.yaml" }), &mut all);
    assert_eq!(missing.stderr, "prefect-events: b.yaml refers to ./own.yaml, which does not exist\n");
    let mixed = run("simulate", json!({ "file": "a.yaml", "events": ["x"] }), &mut all);
    assert_eq!((mixed.status, mixed.read.len()), (Some(2), 0));
    assert!(run("simulate", json!({}), &mut all).usage);

    let updated = run("test", json!({ "files": ["a.yaml", "b.yaml"], "update": true }), &mut all);
    assert_eq!(updated.status, Some(2), "{}", updated.stderr);
    let text = String::from_utf8(all["a.yaml"].clone()).unwrap();
    assert!(text.starts_with(SCENARIO) && text.contains("- { run: zombie, fires: 1"), "{text}");
    let tested = run("test", json!({ "files": ["a.yaml"] }), &mut all);
    assert_eq!((tested.status, &*tested.stdout), (Some(0), "ok a.yaml: scenario 1\n2 expectations met\n"));
    all.insert("a.yaml".to_owned(), text.replace("fires: 1", "fires: 7").into_bytes());
    let failed = run("test", json!({ "files": ["a.yaml"] }), &mut all);
    assert_eq!(failed.status, Some(1));
    assert!(failed.stdout.contains("\n  ✗ ") && failed.stdout.contains("● opens"), "{}", failed.stdout);
}

#[test]
fn options_that_do_not_go_together() {
    let none = &mut Files::new();
    let misuse = |name, options| run(name, options, &mut Files::new()).misuse;
    let advise = |options| misuse("advise", options).unwrap_or_default();
    assert_eq!(advise(json!({})), "required option '--frequency <SPAN>' not specified");
    assert_eq!(advise(json!({ "frequency": 30 })), "required option '--within <SPAN>' not specified");
    assert_eq!(
        advise(json!({ "frequency": 30, "loss": "2%", "expect": ["a"] })),
        "--loss cannot be combined with --expect"
    );
    assert_eq!(advise(json!({ "events": ["a"], "tick": 1 })), "--events cannot be combined with --tick");
    for (name, options) in [
        ("build", json!({})),
        ("build", json!({ "name": "a", "run": true })),
        ("backtest", json!({ "automation": "a", "all": true })),
        ("why", json!({ "run": "a", "events": ["a"], "since": "1h" })),
        ("diff", json!({ "old": "a", "new": "b", "events": ["a"], "profile": "x" })),
    ] {
        assert!(run(name, options, none).usage, "{name}");
    }
    // Without files, events come from standard input, unless that is a terminal.
    assert_eq!(run("validate", json!({}), none).read, ["-"]);
    let terminal = Surroundings { stdin_is_terminal: true, ..surroundings() };
    assert_eq!(Command::new("check", json!({}), terminal).unwrap().next(), Next::Usage);
}

#[test]
fn builds_prints_schemas_and_explains() {
    let none = &mut Files::new();
    let set = json!(["resource.prefect.resource.id=acme.1", "payload.total=1.5"]);
    let built = run("build", json!({ "name": "acme.paid", "set": set }), none).stdout;
    let built: Value = serde_json::from_str(&built).unwrap();
    assert_eq!((&built["event"], &built["payload"]["total"]), (&json!("acme.paid"), &json!(1.5)));
    let python = run("build", json!({ "name": "acme.paid", "set": set, "as": "python" }), none).stdout;
    assert!(python.contains("    payload={\n        \"total\": 1.5,\n    },\n"), "{python}");
    let history = run("build", json!({ "run": true, "seed": "1" }), none).stdout;
    assert!(serde_json::from_str::<Vec<Value>>(&history).unwrap().len() > 3);
    for name in [
        json!(null),
        json!("automation"),
        json!("trigger"),
        json!("scenario"),
        json!("event"),
        json!("prefect.flow-run.Running"),
    ] {
        let schema = run("schema", json!({ "name": name }), none);
        assert!(schema.stdout.starts_with("{\n  \"$schema\": ") && schema.status == Some(0), "{name}");
    }
    let unknown = run("schema", json!({ "name": "automatoin" }), none);
    assert_eq!(unknown.stderr, "prefect-events: unknown schema or event: automatoin; did you mean `automation`?\n");
    let near = run("explain", json!({ "subject": "missing-lable" }), none);
    assert!(
        near.stderr
            .starts_with("prefect-events: unknown diagnostic code or event: missing-lable; did you mean missing-label")
    );
    let event = run("explain", json!({ "subject": "prefect.flow-run.Running" }), none).stdout;
    assert!(
        event.starts_with("prefect.flow-run.{state}: ") && event.contains("\"event\": \"prefect.flow-run.Running\"")
    );
}
