//! Measures the tasks of an archive's replay: the automation for zombie runs, over live runs with a heartbeat every 30
//! seconds.
//!
//! `archive RUNS EVENTS` prints one line of JSON: nanoseconds per event of each task, and bytes per event of what they
//! hand to each other.

use std::error::Error;
use std::fmt::Write as _;
use std::time::{Duration, Instant as Time};

use prefect_events::archive::replay::{
    ArchiveReplayOptions, MapMemory, Reducer, ReplayPlan, SequencedSlice, SliceInput,
};
use prefect_events::time::{Instant, TimeSpan};
use uuid::Uuid;

/// Microseconds between two heartbeats of a run.
const FREQUENCY: u64 = 30_000_000;

/// 2026-03-01T12:00:00Z.
const START: i64 = 1_772_366_400_000_000;

const AUTOMATION: &str = "
trigger:
  posture: Proactive
  match: {prefect.resource.id: [prefect.flow-run.*]}
  after: [prefect.flow-run.heartbeat]
  expect: [prefect.flow-run.*]
  for_each: [prefect.resource.id]
  within: 90
";

/// How many lines a part has: 1 MB of text, of which a worker reads one after the other.
const LINES: u64 = 2_000;

/// A flow run's id: as on a server, a UUID in a label.
fn resource_id(run: u64) -> String {
    format!(
        "prefect.flow-run.{}",
        Uuid::from_u128(u128::from(run).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C834))
    )
}

fn at(number: u64, runs: u64) -> Option<Instant> {
    let after = i64::try_from(number.saturating_mul(FREQUENCY).checked_div(runs)?).ok()?;
    Some(Instant(START.saturating_add(after)))
}

fn each(took: Duration, events: u64) -> u128 {
    took.as_nanos().checked_div(u128::from(events)).unwrap_or_default()
}

fn main() -> Result<(), Box<dyn Error>> {
    // cargo adds a `--bench`.
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let mut number = |default: &str| arguments.next().unwrap_or_else(|| default.to_owned());
    let (runs, events): (u64, u64) = (number("100000").parse()?, number("1000000").parse()?);
    let options =
        ArchiveReplayOptions { slice_seconds: Some(TimeSpan::seconds(3_600)), ..ArchiveReplayOptions::default() };
    let plan = ReplayPlan::new(AUTOMATION.into(), &options)?;
    let (mut heads, mut pieces, mut memory) = (Vec::new(), Vec::new(), MapMemory::default());
    let [mut mapping, mut ordering, mut reducing] = [Duration::ZERO; 3];
    let (mut next, mut text_bytes, mut part) = (0, 0_usize, 0);
    while next < events {
        let mut text = String::new();
        for number in next..next.saturating_add(LINES).min(events) {
            let Some(now) = at(number, runs).map(Instant::rfc3339) else { break };
            let (id, run) = (Uuid::from_u128(u128::from(number)), number.checked_rem(runs).unwrap_or_default());
            writeln!(
                text,
                r#"{{"occurred":"{now}","event":"prefect.flow-run.heartbeat","resource":{{"prefect.resource.id":"{}","prefect.resource.name":"brave-otter","prefect.version":"3.9.1"}},"related":[{{"prefect.resource.id":"prefect.flow.6b6b5d9e-4f4d-4f4d-8f4d-6b6b5d9e4f4d","prefect.resource.role":"flow","prefect.resource.name":"etl"}}],"payload":{{}},"id":"{id}","follows":null,"received":"{now}"}}"#,
                resource_id(run)
            )?;
        }
        next = next.saturating_add(LINES);
        text_bytes = text_bytes.saturating_add(text.len());
        let begun = Time::now();
        let mapped = plan.map(part, text.as_str().into(), &mut memory)?;
        mapping = mapping.saturating_add(begun.elapsed());
        part = part.saturating_add(1);
        heads.push(mapped.head);
        pieces.extend(mapped.pieces);
    }
    let schedule = plan.schedule(&heads.iter().map(|head| &**head).collect::<Vec<_>>())?;
    let of = |slice: i64, share: Option<u32>| -> Vec<&[u8]> {
        pieces.iter().filter(|piece| piece.slice == slice && piece.share == share).map(|piece| &*piece.bytes).collect()
    };
    let bytes = |is_facts: bool| -> usize {
        pieces.iter().filter(|piece| piece.share.is_none() == is_facts).map(|piece| piece.bytes.len()).sum()
    };
    let mut slices: Vec<SequencedSlice> = Vec::new();
    for (index, slice) in schedule.slices().iter().enumerate() {
        let begun = Time::now();
        let state = slices.last().map(|before| &*before.state);
        slices.push(plan.sequence(&schedule, index, &of(*slice, None), state)?);
        ordering = ordering.saturating_add(begun.elapsed());
    }
    let mut reducer = Reducer::new(&plan, &schedule, 0)?;
    let mut windows: Vec<u8> = Vec::new();
    for (index, (slice, own)) in schedule.slices().iter().zip(&slices).enumerate() {
        let order = own.orders.first().map(|order| &*order.bytes);
        let events = of(*slice, Some(0));
        let begun = Time::now();
        let before = std::mem::take(&mut windows);
        reducer.slice(SliceInput { index, ticks: &own.ticks, order, events: &events }, &mut &*before, &mut windows)?;
        reducing = reducing.saturating_add(begun.elapsed());
    }
    let begun = Time::now();
    let state = reducer.save().len();
    let saved = begun.elapsed().as_millis();
    let firings = reducer.take();
    let heads: Vec<&[u8]> = slices.iter().map(|slice| &*slice.head).collect();
    let result = plan.merge(&schedule, &heads, &[&firings])?;
    // Each run is silent after its last heartbeat.
    let fired = result.result.firings.len();
    if fired == 0 {
        return Err("no firings: not what was to be measured".into());
    }
    let orders: usize = slices.iter().flat_map(|slice| &slice.orders).map(|order| order.bytes.len()).sum();
    let per = |bytes: usize| (bytes as u64).checked_div(events).unwrap_or_default();
    println!(
        r#"{{"runs":{runs},"slices":{},"firings":{fired},"map_ns":{},"sequence_ns":{},"reduce_ns":{},"text_bytes":{},"facts_bytes":{},"event_bytes":{},"order_bytes":{},"state_bytes":{state},"save_ms":{saved}}}"#,
        slices.len(),
        each(mapping, events),
        each(ordering, events),
        each(reducing, events),
        per(text_bytes),
        per(bytes(true)),
        per(bytes(false)),
        per(orders),
    );
    Ok(())
}
