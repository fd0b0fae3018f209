//! Measures what a backtest needs for many captured events: bytes of memory per event, and nanoseconds.
//!
//! `captured EVENTS` prints one line of JSON. The events are heartbeats of runs with three related resources each, 200 of
//! every run, as a server returns them.

#![allow(clippy::arithmetic_side_effects, reason = "numbers of a benchmark")]

use std::error::Error;
use std::fmt::Write;
use std::time::Instant as Time;

use prefect_events::backtest::{BacktestOptions, backtest_captured};
use prefect_events::simulate::CapturedEvents;
use prefect_events::time::Instant;

const OF_A_RUN: u64 = 200;
const START: i64 = 1_772_366_400_000_000;
const AUTOMATION: &str = r#"{"name": "zombies", "actions": [], "trigger": {"type": "event", "posture": "Proactive",
    "match": {"prefect.resource.id": "prefect.flow-run.*"}, "after": ["prefect.flow-run.heartbeat"],
    "expect": ["prefect.flow-run.*"], "for_each": ["prefect.resource.id"], "within": 90}}"#;

/// The memory that this process has taken at most, in bytes.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    kilobytes.unwrap_or_default().saturating_mul(1024)
}

fn main() -> Result<(), Box<dyn Error>> {
    // cargo adds a `--bench`.
    let events: u64 =
        std::env::args().skip(1).find(|text| !text.starts_with("--")).map_or(Ok(1_000_000), |text| text.parse())?;
    let before = memory();
    let mut captured = CapturedEvents::default();
    let begun = Time::now();
    let mut lines = String::new();
    // 100 runs at once, with a heartbeat every 30 s.
    for number in 0..events {
        let (batch, place) = (number / (100 * OF_A_RUN), number % 100);
        let run = batch * 100 + place;
        let micros = i64::try_from(number / 100)?.saturating_mul(30_000_000).saturating_add(i64::try_from(place)?);
        let at = Instant(START.saturating_add(micros)).rfc3339();
        writeln!(
            lines,
            r#"{{"id":"00000000-0000-4000-8000-{number:012x}","occurred":"{at}","received":"{at}","event":"prefect.flow-run.heartbeat","resource":{{"prefect.resource.id":"prefect.flow-run.00000000-0000-4000-8001-{run:012x}","prefect.resource.name":"run-{run}"}},"related":[{{"prefect.resource.id":"prefect.flow.00000000-0000-4000-8002-000000000001","prefect.resource.role":"flow","prefect.resource.name":"etl"}},{{"prefect.resource.id":"prefect.deployment.00000000-0000-4000-8003-000000000001","prefect.resource.role":"deployment","prefect.resource.name":"nightly"}},{{"prefect.resource.id":"prefect.work-pool.00000000-0000-4000-8004-000000000001","prefect.resource.role":"work-pool","prefect.resource.name":"k8s"}}],"payload":{{}},"follows":null}}"#
        )?;
        if lines.len() > 1_000_000 {
            captured.add((&*lines).into());
            lines.clear();
        }
    }
    captured.add((&*lines).into());
    let (read, kept) = (begun.elapsed(), memory().saturating_sub(before));
    let begun = Time::now();
    let result = backtest_captured(AUTOMATION.into(), &captured, &BacktestOptions::default())?;
    let played = begun.elapsed();
    let peak = memory().saturating_sub(before);
    println!(
        r#"{{"events":{},"fired":{},"bytes_kept":{},"bytes_at_most":{},"read_ns":{},"backtest_ns":{}}}"#,
        captured.len(),
        result.automations.first().map_or(0, |one| one.fired_here),
        kept / events.max(1),
        peak / events.max(1),
        read.as_nanos() / u128::from(events.max(1)),
        played.as_nanos() / u128::from(events.max(1)),
    );
    Ok(())
}
