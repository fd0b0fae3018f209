//! What is generated stays what it is: for the same seed and time, byte by byte, or the same mistake.
//!
//! `tests/cases/generated.ndjson.gz` was recorded with the builder of version 0.1.0, of which this is another
//! implementation.

use prefect_events::generate::{BuildOptions, RunSpec, build_event, build_run};
use serde_json::Value;

use super::cases;

#[test]
fn events_and_runs_are_those_that_were_recorded() {
    let mut count = [0; 4];
    cases::each_row("generated.ndjson.gz", |row| {
        let case: Value = serde_json::from_slice(row.raw()).unwrap();
        let options: BuildOptions = serde_json::from_value(case["options"].clone()).unwrap();
        let input = case["input"].as_str().unwrap().as_bytes();
        let built = match case["event"].as_str() {
            Some(name) => build_event(name, input, &options),
            None => RunSpec::from_json(input).and_then(|spec| build_run(&spec, &options)),
        };
        let kind = usize::from(case["event"].is_null()) * 2 + usize::from(built.is_err());
        count[kind] += 1;
        match built {
            Ok(built) => assert_eq!(Some(&*built), case["built"].as_str(), "{case:#}"),
            Err(error) => assert_eq!(Some(&*error.to_string()), case["mistake"].as_str(), "{case:#}"),
        }
    });
    assert!(count.iter().all(|count| *count > 40), "{count:?}");
}
