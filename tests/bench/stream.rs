//! Measures a replay in a stream: the automation for zombie runs, over live runs with a heartbeat every 30 seconds.
//!
//! `stream RUNS EVENTS` prints one line of JSON: nanoseconds per event of the sequencer alone, of the stream, and of the
//! stream with the text read too; milliseconds to save and to take up its state, and the bytes of it; and how much more
//! memory the process has at the end than after a tenth of the events.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::rc::Rc;
use std::time::Instant as Time;

use prefect_events::event::{Labels, ReceivedEvent, SharedText};
use prefect_events::simulate::{ReplayStream, StreamOptions};
use prefect_events::time::Instant;
use prefect_events::trigger::{Delivery, Facts, Sequencer};
use uuid::Uuid;

/// Microseconds between two heartbeats of a run, and two ticks of the server.
const FREQUENCY: u64 = 30_000_000;
const TICK: i64 = 5_000_000;

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

/// How many lines are read at once, as from a file.
const LINES: u64 = 1000;

/// The memory that this process takes, in bytes.
fn memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()?.saturating_mul(1024))
}

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

fn each(took: std::time::Duration, events: u64) -> u128 {
    took.as_nanos().checked_div(u128::from(events)).unwrap_or_default()
}

fn main() -> Result<(), Box<dyn Error>> {
    // cargo adds a `--bench`.
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let mut number = |default: &str| arguments.next().unwrap_or_else(|| default.to_owned());
    let (runs, events): (u64, u64) = (number("100000").parse()?, number("1000000").parse()?);
    let name: SharedText = "prefect.flow-run.heartbeat".into();
    let related: Rc<[Labels]> = Rc::default();
    let label: SharedText = "prefect.resource.id".into();
    let resources: Vec<Labels> =
        (0..runs).map(|run| Labels::new(vec![(label.clone(), resource_id(run).into())])).collect();
    let event = |number: u64| {
        let now = at(number, runs)?;
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

    let mut sequencer: Sequencer<()> = Sequencer::new(Delivery::Consumer);
    let (begun, mut tick) = (Time::now(), START);
    for event in (0..events).map_while(event) {
        while tick < event.received.0 {
            sequencer.tick(Instant(tick), &mut |step| {
                black_box(step);
            });
            tick = tick.saturating_add(TICK);
        }
        sequencer.deliver(&Facts::from(&event), &(), event.received, &mut |step| {
            black_box(step);
        });
    }
    let in_order = each(begun.elapsed(), events);

    let options = StreamOptions::default();
    let mut stream = ReplayStream::new(AUTOMATION.into(), &options)?;
    let (begun, mut after_a_tenth) = (Time::now(), None);
    for (number, event) in (0..).zip((0..events).map_while(event)) {
        stream.push(event)?;
        if number == events / 10 {
            after_a_tenth = memory();
        }
    }
    let played = each(begun.elapsed(), events);
    let grown = memory().zip(after_a_tenth).map(|(last, first)| last.saturating_sub(first));
    let firings = stream.drain().firings.len();

    let begun = Time::now();
    let snapshot = stream.save();
    let saved = begun.elapsed().as_millis();
    let begun = Time::now();
    let again = ReplayStream::restore(&snapshot, AUTOMATION.into(), &options)?;
    let restored = begun.elapsed().as_millis();
    if firings != 0 || again.save().hash() != snapshot.hash() {
        return Err(format!("{firings} firings, or another state: not what was to be measured").into());
    }
    drop(again);

    let mut stream = ReplayStream::new(AUTOMATION.into(), &options)?;
    let (mut read, mut next, mut bytes) = (std::time::Duration::ZERO, 0, 0_usize);
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
        bytes = bytes.saturating_add(text.len());
        let begun = Time::now();
        let report = stream.push_text(text.as_str().into())?;
        read = read.saturating_add(begun.elapsed());
        if !report.valid {
            return Err("the text is not valid".into());
        }
    }
    let read = each(read, events);
    black_box(stream.drain());
    let shown = |bytes: Option<u64>| bytes.map_or_else(|| "null".to_owned(), |bytes| bytes.to_string());
    println!(
        r#"{{"runs":{runs},"sequencer_ns":{in_order},"stream_ns":{played},"text_ns":{read},"text_bytes":{bytes},"save_ms":{saved},"restore_ms":{restored},"snapshot_bytes":{},"grown_bytes":{}}}"#,
        snapshot.bytes().len(),
        shown(grown)
    );
    Ok(())
}
