//! Measures the gain of joining similar events of a history before writing them (`src/generate/event/joined.rs`):
//! events per second with and without it, in turn, and the ratio.

use std::error::Error;
use std::time::{Duration, Instant};

use prefect_events::generate::{BuildOptions, History, RunSpec, TaskSpec};
use prefect_events::time;

const TASKS: usize = 20_000;
const ROUNDS: usize = 5;

fn spent(mut history: History) -> (Duration, usize) {
    let begun = Instant::now();
    let mut events = 0_usize;
    while let Some(part) = history.part() {
        events = events.saturating_add(part.matches("\"occurred\":").count());
    }
    (begun.elapsed(), events)
}

fn main() -> Result<(), Box<dyn Error>> {
    let now = time::read(b"2026-03-31T18:30:00Z").and_then(|time| time.instant).ok_or("no time")?;
    let options = BuildOptions { seed: 7.into(), now };
    let tasks = vec![TaskSpec::new("extract"); TASKS];
    let tasks = RunSpec { tasks, ..RunSpec::from_json(br#"{"heartbeat": null}"#)? };
    let heartbeats = RunSpec::from_json(br#"{"ends": "30d", "heartbeat": {"frequency": 30}}"#)?;
    for (name, spec) in [("task runs", tasks), ("heartbeats", heartbeats)] {
        let mut ratios = Vec::new();
        let mut rates = Vec::new();
        for _ in 0..ROUNDS {
            let (joined, events) = spent(History::new(&spec, &options)?);
            let (single, _) = spent(History::new(&spec, &options)?.each_by_itself());
            ratios.push(single.as_secs_f64() / joined.as_secs_f64());
            rates.push(f64::from(u32::try_from(events)?) / joined.as_secs_f64());
        }
        ratios.sort_by(f64::total_cmp);
        rates.sort_by(f64::total_cmp);
        let middle = |of: &[f64]| of.get(ROUNDS / 2).copied().unwrap_or_default();
        println!("{name}: {:.0} events/s, {:.1} times as many as without", middle(&rates), middle(&ratios));
    }
    Ok(())
}
