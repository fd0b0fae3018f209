//! Measures the fast path for windows over heartbeats against the trigger engine, in turns: hours of runs per second.
//!
//! `tune ROUNDS` prints one line of JSON for each round. Both play runs of a day with a heartbeat each minute, of which 2 %
//! are lost and each is up to 5 s late, to a window of 182 s.

use std::error::Error;
use std::hint::black_box;
use std::rc::Rc;
use std::time::Instant as Time;

use prefect_events::event::{Labels, ReceivedEvent};
use prefect_events::generate::Random;
use prefect_events::time::{Instant, TimeSpan};
use prefect_events::trigger::{Engine, EngineLimit, Options, Version};
use prefect_events::tune::{Probability, WindowCurveOptions, window_curve};
use uuid::Uuid;

use zombies::automation;

#[path = "helpers/zombies.rs"]
mod zombies;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;
const PERIOD: i64 = 60 * SECOND + 15_000;
const WITHIN: i64 = 182;
const JITTER: i64 = 5 * SECOND;
/// How many days the engine plays, and how many hours the fast path.
const DAYS: u32 = 20;
const HOURS: u32 = 5_000_000;

/// A day of one run in the engine; returns how often it fires.
fn day(random: &mut Random) -> Result<usize, EngineLimit> {
    let mut engine = Engine::new(Version::V3_9, Options::default());
    engine.load(&automation(WITHIN.saturating_mul(SECOND)));
    let resource = Labels::new(vec![("prefect.resource.id".into(), "prefect.flow-run.a".into())]);
    let (name, related): (Rc<str>, Rc<[Labels]>) = ("prefect.flow-run.heartbeat".into(), Rc::default());
    let (mut tick, mut occurred) = (0_i64, 0_i64);
    while occurred < DAY {
        if random.below(100) >= 2 {
            let received = occurred.saturating_add(random.below(JITTER));
            while tick < received {
                engine.tick(Instant(tick))?;
                tick = tick.saturating_add(5 * SECOND);
            }
            let event = ReceivedEvent {
                id: Uuid::from_u128(random.bits()),
                occurred: Instant(occurred),
                received: Instant(received),
                name: name.clone(),
                resource: resource.clone(),
                related: related.clone(),
                follows: None,
            };
            engine.deliver(&event, Instant(received))?;
        }
        occurred = occurred.saturating_add(PERIOD);
    }
    Ok(engine.take().firings.len())
}

/// The memory that this process has taken at most, in kilobytes.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok()).unwrap_or_default()
}

fn main() -> Result<(), Box<dyn Error>> {
    // cargo adds a `--bench`.
    let rounds: u64 =
        std::env::args().skip(1).find(|text| !text.starts_with("--")).map_or(Ok(5), |text| text.parse())?;
    for seed in 0..rounds {
        let options = WindowCurveOptions {
            frequency: TimeSpan::seconds(60),
            windows: Some(vec![TimeSpan::seconds(WITHIN)]),
            loss: Probability(0.02),
            jitter: TimeSpan(JITTER),
            runs: 500,
            seed,
            run_hours: Some(HOURS),
            ..WindowCurveOptions::default()
        };
        let begun = Time::now();
        let curve = black_box(window_curve(&options)?);
        let fast = begun.elapsed().as_secs_f64();
        let hours = curve.windows.first().and_then(|point| point.false_alarms.run_hours).unwrap_or_default();
        let mut random = Random::new(seed);
        let begun = Time::now();
        let firings: usize = (0..DAYS).map(|_| day(&mut random)).sum::<Result<_, _>>()?;
        let engine = begun.elapsed().as_secs_f64();
        black_box(firings);
        let hours: f64 = u32::try_from(hours)?.into();
        println!(
            r#"{{"fast":{:.0},"engine":{:.0},"peak_kilobytes":{}}}"#,
            hours / fast,
            f64::from(DAYS) * 24.0 / engine,
            memory()
        );
    }
    Ok(())
}
