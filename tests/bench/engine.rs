//! Measures the trigger engine alone: the automation for zombie runs, over runs with a heartbeat every 30 seconds.
//!
//! `engine RUNS EVENTS VERSION` prints one line of JSON: nanoseconds per event, the slowest tick in microseconds, and
//! bytes of memory per run (if `/proc` is available).

use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::rc::Rc;
use std::time::{Duration, Instant as Time};

use prefect_events::event::{Labels, ReceivedEvent, SharedText};
use prefect_events::time::Instant;
use prefect_events::trigger::{Engine, Options, Version};
use uuid::Uuid;

use zombies::automation;

#[path = "helpers/zombies.rs"]
mod zombies;

/// Microseconds between two heartbeats of a run, and two ticks of the server.
const FREQUENCY: u64 = 30_000_000;
const TICK: i64 = 5_000_000;

/// The memory that this process takes, in bytes.
fn memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()?.saturating_mul(1024))
}

fn main() -> Result<(), Box<dyn Error>> {
    // cargo adds a `--bench`.
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let mut number = |default: &str| arguments.next().unwrap_or_else(|| default.to_owned());
    let (runs, events): (u64, u64) = (number("10000").parse()?, number("1000000").parse()?);
    let version = if number("3.9").starts_with("3.8") { Version::V3_8 } else { Version::V3_9 };

    let name: SharedText = "prefect.flow-run.heartbeat".into();
    let related: Rc<[Labels]> = Rc::default();
    let resources: Vec<Labels> = (0..runs)
        .map(|run| {
            let id = format!("prefect.flow-run.{}", Uuid::from_u128(u128::from(run).wrapping_mul(7919)));
            Labels::new(vec![("prefect.resource.id".into(), id.into())])
        })
        .collect();
    let event = |number: u64| {
        let now = Instant(i64::try_from(number.saturating_mul(FREQUENCY).checked_div(runs)?).ok()?);
        Some(ReceivedEvent {
            id: Uuid::from_u128(u128::from(number)),
            occurred: now,
            received: now,
            name: name.clone(),
            resource: resources.get(usize::try_from(number.checked_rem(runs)?).ok()?)?.clone(),
            related: related.clone(),
            follows: None,
        })
    };

    let before = memory();
    let mut engine = Engine::new(version, Options::default());
    engine.load(&automation(90_000_000));
    let (begun, mut slowest, mut tick) = (Time::now(), Duration::ZERO, 0);
    for event in (0..events).map_while(event) {
        let now = event.received;
        if now.0 >= tick {
            let begun = Time::now();
            engine.tick(now)?;
            slowest = slowest.max(begun.elapsed());
            tick = tick.saturating_add(TICK);
        }
        engine.deliver(&event, now)?;
    }
    let took = begun.elapsed();
    let grown = memory().zip(before).map(|(after, before)| after.saturating_sub(before));
    let firings = engine.take().firings.len();
    if firings != 0 || engine.open_windows() as u64 != runs.min(events) {
        return Err(
            format!("{firings} firings and {} windows: not what was to be measured", engine.open_windows()).into()
        );
    }
    black_box(&engine);
    let each = took.as_nanos().checked_div(u128::from(events)).unwrap_or_default();
    let bytes = grown.and_then(|grown| grown.checked_div(runs));
    println!(
        r#"{{"runs":{runs},"ns":{each},"slowest_tick_us":{},"bytes_per_run":{}}}"#,
        slowest.as_micros(),
        bytes.map_or_else(|| "null".to_owned(), |bytes| bytes.to_string())
    );
    Ok(())
}
