//! Generated events never change: for the same seed and time they are equal byte by byte, or have the same error.
//!
//! `tests/cases/generated.ndjson.gz` was recorded with the builder of version 0.1.0, of which this is another
//! implementation. In three of its rows that builder wrote no JSON: texts among the further fields of a payload lacked
//! their quotes.

use prefect_events::generate::{BuildOptions, BuiltEvent, History, RunSpec, build_event, build_run};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::cases;

#[test]
fn events_and_runs_are_those_that_were_recorded() {
    let (mut count, mut without_quotes) = ([0; 4], 0);
    cases::each_row("generated.ndjson.gz", |row| {
        let case: Value = serde_json::from_slice(row.raw()).unwrap();
        let options: BuildOptions = serde_json::from_value(case["options"].clone()).unwrap();
        let input = case["input"].as_str().unwrap().as_bytes();
        let built = match case["event"].as_str() {
            Some(name) => build_event(name, input, &options).map(BuiltEvent::into_json),
            None => RunSpec::from_json(input).and_then(|spec| build_run(&spec, &options)),
        };
        let kind = usize::from(case["event"].is_null()) * 2 + usize::from(built.is_err());
        count[kind] += 1;
        match built {
            Ok(built) => {
                let recorded = case["built"].as_str().unwrap();
                if serde_json::from_str::<Value>(recorded).is_ok() {
                    assert_eq!(built, recorded, "{case:#}");
                } else {
                    without_quotes += 1;
                    assert!(serde_json::from_str::<Value>(&built).is_ok(), "{built}");
                    assert_eq!(built.replace('"', ""), recorded.replace('"', ""), "{case:#}");
                }
            }
            Err(error) => assert_eq!(Some(&*error.to_string()), case["mistake"].as_str(), "{case:#}"),
        }
    });
    assert!(count.iter().all(|count| *count > 40), "{count:?}");
    assert_eq!(without_quotes, 3);
}

fn whole(mut history: History) -> String {
    std::iter::from_fn(|| history.part()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn events_that_are_alike_are_written_as_each_by_itself(
        seed: u64,
        tasks in prop::collection::vec(("[a-c\"ä]{1,2}", 0..3_u16, 1..400_i64, 0..4_usize, "[xy]{0,2}"), 0..12),
        subflows in prop::collection::vec((0..100_i64, 30..90_i64), 0..3),
        is_deployed: bool,
    ) {
        let states = ["Completed", "Failed", "Cached", "Suspended"];
        let task = |(name, retries, seconds, state, tag): &(String, u16, i64, usize, String)| {
            json!({
                "name": name, "retries": retries, "duration": seconds, "retry_delay": seconds,
                "state": (states[*state]), "tags": [tag],
            })
        };
        let subflow = |(starts, frequency): &(i64, i64)| {
            json!({
                "starts": starts, "ends": (starts + 1000), "heartbeat": {"frequency": frequency}, "tags": ["t"],
                "tasks": [{"name": "inner", "starts": (starts + 1)}, {"name": "inner", "duration": 350}],
            })
        };
        let mut spec = json!({
            "tasks": (tasks.iter().map(task).collect::<Vec<_>>()),
            "subflows": (subflows.iter().map(subflow).collect::<Vec<_>>()),
            "heartbeat": {"frequency": 40},
        });
        if is_deployed {
            spec["deployment"] = json!("nightly");
            spec["work_pool"] = json!({"name": "k8s", "type": "kubernetes"});
            spec["worker"] = json!("W");
        }
        let options = json!({"seed": seed, "now": "2026-03-31T18:30:00Z"});
        let options: BuildOptions = serde_json::from_value(options).unwrap();
        let spec = RunSpec::from_json(spec.to_string().as_bytes()).unwrap();
        let history = || History::new(&spec, &options).unwrap();
        prop_assert_eq!(whole(history()), whole(history().each_by_itself()));
    }
}
