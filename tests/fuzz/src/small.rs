//! A small archive and its automations, of which states and pieces are made.

use std::sync::OnceLock;

use prefect_events::generate::{RunSpec, build_run};
use serde_json::Value as Json;

use super::event::build_options;

/// Each way in which triggers keep a state: windows of a key, counts, and children that have fired.
pub const AUTOMATIONS: &str = r#"[
  {"name": "Zombies", "trigger": {"posture": "Proactive", "match": {"prefect.resource.id": "prefect.flow-run.*"},
    "for_each": ["prefect.resource.id"], "after": ["prefect.flow-run.heartbeat"],
    "expect": ["prefect.flow-run.heartbeat", "prefect.flow-run.Completed"], "threshold": 1, "within": 90}},
  {"name": "Many", "trigger": {"posture": "Reactive", "match_related": {"prefect.resource.role": "flow"},
    "for_each": ["prefect.resource.name"], "expect": ["prefect.flow-run.*"], "threshold": 4, "within": 120}},
  {"name": "Both", "trigger": {"type": "sequence", "within": 600, "triggers": [
    {"posture": "Reactive", "expect": ["prefect.flow-run.Running"], "threshold": 1},
    {"type": "compound", "require": "any", "within": 60, "triggers": [
      {"posture": "Reactive", "expect": ["prefect.flow-run.Failed"], "threshold": 1},
      {"posture": "Reactive", "expect": ["prefect.flow-run.heartbeat"], "threshold": 3, "within": 300}]}]}}
]"#;

/// The runs, one per part.
const RUNS: [&str; 3] = [
    r#"{"flow_run": {"name": "steady"}, "ends": "6m", "heartbeat": {"frequency": 60}}"#,
    r#"{"flow_run": {"name": "dead"}, "starts": "1m", "dies": "4m", "heartbeat": {"frequency": 45}}"#,
    r#"{"flow_run": {"name": "failing"}, "starts": "2m", "ends": "5m", "state": "Failed"}"#,
];

/// The parts, each with the events of a run.
pub fn parts() -> &'static [String] {
    static PARTS: OnceLock<Vec<String>> = OnceLock::new();
    PARTS.get_or_init(|| {
        let run = |(seed, spec): (u8, &&str)| {
            let spec = RunSpec::from_json(spec.as_bytes()).expect("a run");
            build_run(&spec, &build_options(seed)).expect("a history")
        };
        (1..).zip(&RUNS).map(run).collect()
    })
}

/// All events, one per line, in order of time.
pub fn lines() -> &'static [String] {
    static LINES: OnceLock<Vec<String>> = OnceLock::new();
    LINES.get_or_init(|| {
        let read = |part: &String| serde_json::from_str::<Vec<Json>>(part).expect("a list of events");
        let mut events: Vec<Json> = parts().iter().flat_map(read).collect();
        events.sort_by_key(|event| event["occurred"].to_string());
        events.iter().map(Json::to_string).collect()
    })
}
