//! The native half of `native.js`: the work of a WebAssembly module, done natively on request.
//!
//! `native FOLDER`: reads the inputs in it; for each line `validate`, `simulate` or `build` on standard input prints
//! how many nanoseconds that took.

use std::error::Error;
use std::hint::black_box;
use std::io::{Write, stdin, stdout};
use std::path::PathBuf;
use std::time::Instant;
use std::{env, fs};

use prefect_events::diagnostic::TextOptions;
use prefect_events::generate::{BuildOptions, History, RunSpec};
use prefect_events::simulate::{SimulateOptions, simulate};
use prefect_events::time;
use prefect_events::validate::{ValidateOptions, Validator};

fn main() -> Result<(), Box<dyn Error>> {
    // cargo adds a `--bench`.
    let folder = env::args().skip(1).find(|argument| !argument.starts_with("--")).ok_or("native FOLDER")?;
    let read = |name: &str| fs::read(PathBuf::from(&folder).join(name));
    let (events, scenario, run) = (read("events.ndjson")?, read("scenario.json")?, read("run.json")?);
    let now = time::read(b"2026-03-01T12:00:00Z").and_then(|time| time.instant).ok_or("no time")?;
    let how = BuildOptions { seed: 1.into(), now };
    let mut validator = Validator::default();
    for task in stdin().lines() {
        let begun = Instant::now();
        match &*task? {
            "validate" => {
                let report = validator.validate(&events, TextOptions::default(), &ValidateOptions::default());
                black_box(serde_json::to_string(&report)?);
            }
            "simulate" => {
                let result = simulate((&*scenario).into(), &SimulateOptions::default());
                black_box(serde_json::to_string(&result)?);
            }
            "build" => {
                let mut history = History::new(&RunSpec::from_json(&run)?, &how)?;
                while let Some(part) = history.part() {
                    black_box(part);
                }
            }
            other => return Err(format!("no such task: {other}").into()),
        }
        println!("{}", begun.elapsed().as_nanos());
        stdout().flush()?;
    }
    Ok(())
}
