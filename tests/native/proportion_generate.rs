//! Events and runs are built with work in proportion to their input, whatever it is: counted in steps, not in seconds.

use std::fmt::Write;

use prefect_events::event::EventReader;
use prefect_events::generate::{
    BuildOptions, Heartbeats, Random, RunPlan, RunSpec, State, build_event, build_run, generate_run,
};
use prefect_events::time;
use serde_json::json;

use super::proportion::{assert_in_proportion, cost};

/// Where all keys differ, there are more of them than the 4000 that the reader numbers: a key without a number costs
/// more.
fn in_proportion(what: &str, size: usize, build: impl Fn(usize)) {
    // Compiled parts of the catalogue are kept for the next one.
    build(size);
    assert_in_proportion(what, cost(|| build(size)), cost(|| build(size * 4)));
}

fn options() -> BuildOptions {
    serde_json::from_value(json!({"seed": 7, "now": "2026-03-31T18:30:00Z"})).unwrap()
}

fn event(name: &str, input: &str) {
    let _ = build_event(name, input.as_bytes(), &options());
}

fn run(spec: &serde_json::Value) -> usize {
    let spec = RunSpec::from_json(spec.to_string().as_bytes()).unwrap();
    build_run(&spec, &options()).unwrap().len()
}

/// An object with this many members.
fn members(count: usize, member: impl Fn(usize) -> String) -> String {
    let mut out = String::from("{");
    for number in 0..count {
        let _ = write!(out, "{}{}", if number == 0 { "" } else { "," }, member(number));
    }
    out.push('}');
    out
}

#[test]
fn keys_of_an_event() {
    let name = "prefect.task-run.Completed";
    in_proportion("unknown keys", 5000, |size| event(name, &members(size, |key| format!("\"k{key}\": 1"))));
    in_proportion("unknown keys of an open object", 5000, |size| {
        event(name, &format!("{{\"task_run\": {}}}", members(size, |key| format!("\"k{key}\": {{}}"))));
    });
    in_proportion("one key repeated", 1000, |size| {
        event(name, &members(size, |key| format!("\"task_run\": {{\"name\": \"{key}\"}}")));
    });
    in_proportion("a long unknown key", 100_000, |size| event(name, &format!("{{\"{}\": 1}}", "k".repeat(size))));
    // A deeper value is no longer JSON.
    in_proportion("deep values", 50, |size| {
        let deep = ["[".repeat(size), "]".repeat(size)].concat();
        event(name, &format!("{{\"task_run\": {}}}", members(50, |key| format!("\"k{key}\": {deep}"))));
    });
    in_proportion("a lone surrogate at the end of a deep value", 50, |size| {
        let (open, close) = (format!("[{}", "0,".repeat(50)).repeat(size), "]".repeat(size));
        event(name, &format!("{{\"task_run\": {{\"k\": {open}\"\\ud800\"{close}}}}}"));
    });
}

#[test]
fn lists_of_an_event() {
    let text = |key: usize| format!("tag-{:05}", key.wrapping_mul(7919) % 99_991);
    in_proportion("tags", 6000, |size| {
        let tags: Vec<String> = (0..size).map(text).collect();
        event("prefect.task-run.Completed", &json!({"tags": tags}).to_string());
    });
    in_proportion("related resources", 1000, |size| {
        let one = json!({"prefect.resource.id": "acme.customer.7", "prefect.resource.role": "customer"});
        let resource = json!({"prefect.resource.id": "acme.order.1"});
        event("acme.paid", &json!({"resource": resource, "related": vec![one; size]}).to_string());
    });
    in_proportion("labels", 5000, |size| {
        let labels = members(size, |key| format!("\"k{key}\": \"v\""));
        event("acme.paid", &format!("{{\"resource\": {{\"prefect.resource.id\": \"a\", {}}}", &labels[1..]));
    });
}

#[test]
fn runs() {
    in_proportion("keys of a run", 1000, |size| {
        let _ = RunSpec::from_json(members(size, |key| format!("\"flow\": \"{key}\"")).as_bytes());
    });
    in_proportion("tasks", 200, |size| {
        let tasks: Vec<_> = (0..size).map(|at| json!({"name": format!("t{at}")})).collect();
        run(&json!({"heartbeat": null, "tasks": tasks}));
    });
    in_proportion("tasks of which none is like another", 400, |size| {
        let tasks: Vec<_> = (0..size).map(|at| json!({"name": "t", "tags": [format!("t{at}")]})).collect();
        run(&json!({"heartbeat": null, "tasks": tasks}));
    });
    in_proportion("times at which a run stops", 200, |size| {
        let breaks: Vec<_> = (0..size).rev().map(|at| json!({"at": format!("{}s", 100 + at * 20)})).collect();
        run(&json!({"heartbeat": null, "retry": breaks, "ends": format!("{}s", 1000 + size * 20)}));
    });
}

#[test]
fn reports_missed_heartbeats() {
    in_proportion("misses", 2000, |size| {
        let at = |text: &str| time::read(text.as_bytes()).unwrap().instant.unwrap();
        let starts = at("2026-03-31T18:30:00Z");
        let plan = RunPlan {
            name: "a".to_owned(),
            flow: "etl".to_owned(),
            deployment: None,
            tags: Vec::new(),
            starts,
            ends: None,
            dies: None,
            state: State::known("Completed").unwrap(),
            breaks: Vec::new(),
            misses: (1..=size as u64).rev().collect(),
            heartbeats: Heartbeats { frequency: 1_000_000, ..Heartbeats::default() },
            after_end: None,
            horizon: time::Instant(starts.0 + i64::try_from(size).unwrap() * 1_100_000),
        };
        let run = generate_run(&plan, &mut EventReader::default(), &mut Random::new(7));
        assert_eq!(run.missed.len(), size);
    });
}
