//! The work is proportional to any input: steps (nodes read, bytes skipped or copied, texts compared) are counted, for
//! an input and for one four times as long.

use prefect_events::diagnostic::TextOptions;
use prefect_events::text::steps;
use prefect_events::validate::{StreamValidator, ValidateOptions, validate};

use super::options::validate_options;

/// The steps of a piece of work.
pub(super) fn cost(work: impl FnOnce()) -> u64 {
    let before = steps();
    work();
    steps() - before
}

fn event(name: &str, more: &str) -> String {
    format!(
        r#"{{"occurred":"2026-03-31T18:30:00Z","event":"{name}","id":"01a1ffe4-419a-726f-8626-5e21f619db83"{more}}}"#
    )
}

fn many(count: usize, one: impl Fn(usize) -> String) -> String {
    (0..count).map(one).collect::<Vec<_>>().join(",")
}

fn flow_run(labels: &str, more: &str) -> String {
    let id = "prefect.flow-run.3f8a1c52-77b4-4e0b-9c1d-2a6f0b9d4e11";
    event("prefect.flow-run.Running", &format!(r#","resource":{{"prefect.resource.id":"{id}"{labels}}}{more}"#))
}

fn related(count: usize, one: impl Fn(usize) -> String) -> String {
    flow_run("", &format!(r#","related":[{}]"#, many(count, one)))
}

fn acme(more: &str) -> String {
    event("acme.x", &format!(r#","resource":{{"prefect.resource.id":"acme.y"}}{more}"#))
}

type Generator = (&'static str, fn(usize) -> String);

const EVENTS: [Generator; 24] = [
    ("repeated keys", |n| format!(r#"{{"event":"acme.x",{}}}"#, many(n, |_| r#""a":1"#.to_owned()))),
    ("two repeated keys far from the beginning", |n| {
        acme(&format!(
            r#","payload":{{"p":"{}",{}}}"#,
            "x".repeat(n * 8),
            many(n, |at| format!(r#""{}":1"#, ["a", "b"][at % 2]))
        ))
    }),
    ("unquoted keys", |n| format!("{{{}}}", many(n, |_| "a:1".to_owned()))),
    ("control characters", |n| acme(&format!(r#","payload":[{}]"#, many(n, |_| "\"\t\"".to_owned())))),
    ("control characters, then comments", |n| {
        acme(&format!(r#","payload":[{},{}]"#, many(n, |_| "\"\t\"".to_owned()), many(n, |_| "1/**/".to_owned())))
    }),
    ("control characters below a long key", |n| {
        acme(&format!(r#","payload":{{"{}":[{}]}}"#, "k".repeat(n * 10), many(n, |_| "\"\t\"".to_owned())))
    }),
    ("control characters in a key", |n| acme(&format!(r#","payload":{{"{}":1}}"#, "\t".repeat(n)))),
    ("control characters in many long keys", |n| {
        acme(&format!(r#","payload":{{"{}":{{{}}}}}"#, "k".repeat(n * 10), many(n, |at| format!("\"\t{at}\":\"\t\""))))
    }),
    ("lone surrogates in keys", |n| acme(&format!(r#","payload":{{{}}}"#, many(n, |at| format!(r#""\ud83d{at}":1"#))))),
    ("numbers out of range", |n| acme(&format!(r#","payload":{{"a":[{}]}}"#, many(n, |_| "1e999".to_owned())))),
    ("missing commas", |n| format!("[{}]", "1 ".repeat(n))),
    ("lines with repeated keys", |n| (0..n).map(|_| "{\"a\":1,\"a\":2}\n".to_owned()).collect()),
    ("unknown labels of prefect", |n| {
        flow_run(&(0..n).map(|at| format!(r#","prefect.x-{at}":"1""#)).collect::<String>(), "")
    }),
    ("labels that are no texts", |n| flow_run(&(0..n).map(|at| format!(r#","a{at}":{at}"#)).collect::<String>(), "")),
    ("unknown fields", |n| acme(&(0..n).map(|at| format!(r#","f{at}":{at}"#)).collect::<String>())),
    ("unknown fields of the payload", |n| {
        event(
            "prefect.concurrency-limit.v2.acquired",
            &format!(
                r#","resource":{{"prefect.resource.id":"acme.y"}},"payload":{{{}}}"#,
                many(n, |at| format!(r#""f{at}":1"#))
            ),
        )
    }),
    ("related resources of one role", |n| {
        related(n, |at| format!(r#"{{"prefect.resource.id":"acme.{at}","prefect.resource.role":"mine"}}"#))
    }),
    ("related resources of many roles", |n| {
        related(n, |at| format!(r#"{{"prefect.resource.id":"acme.{at}","prefect.resource.role":"r{at}"}}"#))
    }),
    ("related resources that are none", |n| related(n, |at| at.to_string())),
    ("tags", |n| {
        let tags = many(n, |at| format!(r#""t{at}""#));
        let ids =
            many(n, |at| format!(r#"{{"prefect.resource.id":"prefect.tag.u{at}","prefect.resource.role":"tag"}}"#));
        event(
            "prefect.task-run.Running",
            &format!(
                r#","resource":{{"prefect.resource.id":"prefect.task-run.3f8a1c52-77b4-4e0b-9c1d-2a6f0b9d4e11"}},"related":[{ids}],"payload":{{"task_run":{{"tags":[{tags}]}}}}"#
            ),
        )
    }),
    ("updates", |n| {
        let fields = many(n, |at| format!(r#""f{at}""#));
        let updates = many(n, |at| format!(r#""g{at}":{{"from":1,"to":2}}"#));
        event(
            "prefect.deployment.updated",
            &format!(
                r#","resource":{{"prefect.resource.id":"prefect.deployment.3f8a1c52-77b4-4e0b-9c1d-2a6f0b9d4e11"}},"payload":{{"updated_fields":[{fields}],"updates":{{{updates}}}}}"#
            ),
        )
    }),
    ("events that follow one that is not there", |n| {
        let one = flow_run("", r#","follows":"01a1ffe4-419a-726f-8626-5e21f619db84""#);
        (0..n)
            .map(|at| {
                one.replace("01a1ffe4-419a-726f-8626-5e21f619db83", &format!("01a1ffe4-419a-726f-8626-{at:012x}"))
                    + "\n"
            })
            .collect()
    }),
    ("states of one run", |n| {
        (0..n)
            .map(|at| {
                flow_run(r#","prefect.state-type":"RUNNING""#, "").replace("5e21f619db83", &format!("{at:012x}")) + "\n"
            })
            .collect()
    }),
    ("a long name with many findings", |n| {
        flow_run(&(0..n).map(|at| format!(r#","prefect.x-{at}":"1""#)).collect::<String>(), "")
            .replace("Running", &"R".repeat(n * 10))
    }),
];

/// For four times the input; sorting, and tables that grow, may take somewhat more than four times the steps.
pub(super) fn assert_in_proportion(name: &str, small: u64, large: u64) {
    assert!(small > 1000, "{name}: {small} steps: nothing was counted");
    assert!(large <= small * 5, "{name}: {small} steps for an input, {large} for four times as much");
}

#[test]
fn of_events() {
    for (name, generate) in EVENTS {
        for most in [1, 1_000_000] {
            let options = ValidateOptions { max_diagnostics: most, ..ValidateOptions::default() };
            let run = |n: usize| {
                let text = generate(n);
                cost(|| drop(validate(text.as_bytes(), TextOptions::default(), &options)))
            };
            assert_in_proportion(name, run(600), run(2400));
        }
    }
}

#[test]
fn of_streams_line_by_line() {
    for (name, generate) in EVENTS {
        let run = |n: usize| {
            let text = generate(n);
            let mut stream = StreamValidator::new(ValidateOptions::default());
            cost(|| {
                for line in text.split_inclusive('\n') {
                    drop(stream.chunk(line.as_bytes()));
                }
                drop(stream.finish());
            })
        };
        assert_in_proportion(name, run(400), run(1600));
    }
}

#[test]
fn of_schemas_of_the_users_own() {
    let options = |schema: &str| {
        validate_options(&format!(r#"{{"schemas":{{"*":{{"properties":{{"payload":{schema}}}}}}}}}"#)).unwrap()
    };
    let cases: [(&str, &str, fn(usize) -> String); 3] = [
        ("items of a wrong type", r#"{"properties":{"a":{"items":{"type":"string"}}}}"#, |n| {
            format!(r#"{{"a":[{}]}}"#, many(n, |at| at.to_string()))
        }),
        ("members that are not allowed", r#"{"additionalProperties":false}"#, |n| {
            format!("{{{}}}", many(n, |at| format!(r#""k{at}":1"#)))
        }),
        ("members of a wrong type", r#"{"additionalProperties":{"type":"string"}}"#, |n| {
            format!("{{{}}}", many(n, |at| format!(r#""k{at}":1"#)))
        }),
    ];
    for (name, schema, payload) in cases {
        let options = options(schema);
        let run = |n: usize| {
            let text = acme(&format!(r#","payload":{}"#, payload(n)));
            cost(|| drop(validate(text.as_bytes(), TextOptions::default(), &options)))
        };
        assert_in_proportion(name, run(600), run(2400));
    }
}
