//! The fast path against the engine itself, and the formula against the simulation.

#![allow(clippy::arithmetic_side_effects, clippy::cast_precision_loss, clippy::type_complexity)]

use std::rc::Rc;

use proptest::prelude::*;
use uuid::Uuid;

use super::formula;
use super::history::{Chance, HeartbeatHistory, Losses, START};
use super::model::{Model, OutageModel, Server};
use super::simulation::{Simulated, play, simulate};
use super::window::Heartbeat;
use crate::event::{Labels, ReceivedEvent};
use crate::simulate::crash_zombie_flows;
use crate::time::Instant;
use crate::time::units::SECOND;
use crate::trigger::{Engine, Options, Version};

fn event(name: &str, resource: &str, id: u128, occurred: i64, received: i64) -> ReceivedEvent {
    ReceivedEvent {
        id: Uuid::from_u128(id),
        occurred: Instant(occurred),
        received: Instant(received),
        name: name.into(),
        resource: Labels::new(vec![("prefect.resource.id".into(), resource.into())]),
        related: Rc::default(),
        follows: None,
    }
}

/// When the real engine fires, with all heartbeats, up to an end.
fn engine(model: &Model, within: i64, first_tick: i64, heartbeats: &[Heartbeat], end: i64) -> Vec<i64> {
    let mut engine = Engine::new(Version::V3_9, Options::default());
    engine.load(&crash_zombie_flows(within));
    let mut waiting = heartbeats.iter().peekable();
    let mut id = 1;
    let mut tick = first_tick;
    while tick <= end {
        while let Some(heartbeat) = waiting.next_if(|heartbeat| heartbeat.received <= tick) {
            let Heartbeat { occurred, received, .. } = *heartbeat;
            let event = event("prefect.flow-run.heartbeat", "prefect.flow-run.a", id, occurred, received);
            engine.deliver(&event, Instant(received)).unwrap();
            id += 1;
        }
        if model.server.busy {
            // Of something else.
            engine.deliver(&event("acme.other", "acme.other", id, tick, tick), Instant(tick)).unwrap();
            id += 1;
        }
        engine.tick(Instant(tick)).unwrap();
        tick += model.server.tick;
    }
    engine.take().firings.iter().map(|firing| firing.at.0).collect()
}

/// All heartbeats of a run that arrive. Those that the fast path has not looked at arrive at any possible time.
fn all_heartbeats(model: &Model, number: u64, sent: u64, seen: &[Heartbeat], other: u64) -> Vec<Heartbeat> {
    let mut losses = Losses::new(model, number, sent);
    let mut chance = Chance::new(other, number, 3);
    let arrives = (0..sent).filter(|number| losses.first_from(*number) != *number);
    let heartbeat = |number: u64| {
        let occurred = START + i64::try_from(number).unwrap() * model.period;
        let any = Heartbeat { number, occurred, received: occurred + chance.below(model.jitter) };
        seen.iter().find(|seen| seen.number == number).copied().unwrap_or(any)
    };
    arrives.map(heartbeat).collect()
}

/// How many gaps the fast path looks at, and all firings of each window: of the fast path and of the engine.
fn compare(model: &Model, windows: &[i64], number: u64, other: u64) -> (usize, Vec<(Vec<i64>, Vec<i64>)>) {
    let mut history = HeartbeatHistory::new(model, number);
    let mut points: Vec<Simulated> = windows.iter().map(|within| Simulated::new(model, *within)).collect();
    let mut fired: Vec<Vec<i64>> = vec![Vec::new(); windows.len()];
    play(model, &mut history, &mut points, &mut |point, at| {
        let place = windows.iter().position(|within| *within == point.within).unwrap();
        fired[place].push(at);
    });
    let heartbeats = all_heartbeats(model, number, history.sent, &history.seen, other);
    let longest = windows.iter().max().unwrap();
    let end = history.dies + 2 * longest + 4 * model.server.tick + model.jitter + 130 * SECOND;
    let real = windows.iter().map(|within| engine(model, *within, history.first_tick, &heartbeats, end));
    (history.seen.len(), fired.into_iter().zip(real).collect())
}

/// Any assumptions, also those that make no sense.
fn models() -> impl Strategy<Value = Model> {
    let period = prop_oneof![30_000_000..31_000_000_i64, 60_000_000..61_000_000_i64, 100_000_000..200_000_000_i64];
    let loss = prop_oneof![Just(0.0), Just(0.02), Just(0.2), Just(0.6), Just(0.9)];
    let jitter = prop_oneof![Just(0), Just(2), Just(1_000_000), Just(5_000_000), Just(29_000_000)];
    let outage = prop_oneof![
        Just(None),
        (1..400_000_000_i64, 1..4_000_000_000_i64)
            .prop_map(|(length, rest)| Some(OutageModel { length, every: length + rest })),
    ];
    let tick = prop_oneof![4 => Just(5_000_000_i64), 1 => 100_000..90_000_000_i64];
    (period, loss, jitter, outage, tick, any::<bool>(), any::<u64>(), 300..7200_i64).prop_map(
        |(period, loss, jitter, outage, tick, busy, seed, life)| Model {
            period,
            loss,
            jitter,
            outage,
            server: Server { tick, busy },
            life: life * SECOND,
            seed,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    /// Each firing, to the microsecond.
    #[test]
    fn the_fast_path_fires_as_the_engine(
        model in models(),
        // Also exactly at the edges.
        windows in prop::collection::vec((0..8_i64, -6_000_000..6_000_000_i64, any::<bool>()), 1..4),
        other in any::<u64>(),
    ) {
        let within = |(periods, beside, exact): (i64, i64, bool)| {
            (periods * model.period + if exact { beside.signum() } else { beside }).max(10 * SECOND)
        };
        let mut windows: Vec<i64> = windows.into_iter().map(within).collect();
        windows.sort_unstable();
        windows.dedup();
        let (_, firings) = compare(&model, &windows, 0, other);
        for (within, (own, real)) in windows.iter().zip(firings) {
            prop_assert_eq!(own, real, "within {}", within);
        }
    }
}

fn usual() -> Model {
    Model {
        period: 60_015_000,
        loss: 0.02,
        jitter: 0,
        outage: None,
        server: Server { tick: 5 * SECOND, busy: true },
        life: 24 * 3600 * SECOND,
        seed: 7,
    }
}

/// A run of a day has 1,440 heartbeats. Where three must be missed, hardly any can matter.
#[test]
fn the_fast_path_skips_what_cannot_matter() {
    let model = Model { jitter: 5 * SECOND, ..usual() };
    let seen: usize = (0..20).map(|number| compare(&model, &[182 * SECOND], number, 1).0).sum();
    assert!((40..20 * 1440 / 100).contains(&seen), "{seen} heartbeats of {}", 20 * 1440);
}

/// Where only independent losses disturb, both must give the same: within what is left to chance.
#[test]
fn formula_and_simulation_agree() {
    let mut compared = 0;
    for (loss, tick, hours) in [(0.02, 5, 24), (0.2, 5, 24), (0.5, 5, 4), (0.3, 30, 4), (0.3, 30, 1), (0.5, 60, 24)] {
        let model =
            Model { loss, life: hours * 3600 * SECOND, server: Server { tick: tick * SECOND, busy: true }, ..usual() };
        // Just before a heartbeat, shortly after one, and in between.
        let windows: Vec<i64> = [90, 120, 121, 150, 179, 180, 181, 240, 290].map(|within| within * SECOND).to_vec();
        let simulated = simulate(&model, &windows, 100_000);
        for point in simulated {
            let exact = formula::exact(&model, point.within).unwrap();
            let expected = exact.alarms / exact.life * point.lived as f64;
            let counted = point.alarms as f64;
            // Four standard deviations; the alarms of one run depend on each other, but never much.
            let name = format!("loss {loss}, tick {tick}, {hours} h, within {}", point.within / SECOND);
            assert!((counted - expected).abs() < 4.0 * expected.sqrt() + 1.0, "{name}: {counted} {expected}");
            let found = point.delays.count as f64;
            let (undetected, runs) = (point.undetected as f64, found + point.undetected as f64);
            let noise = 4.0 * (exact.undetected * runs).sqrt() + 2.0;
            assert!((undetected - exact.undetected * runs).abs() < noise, "{name}: {undetected} of {runs}, {exact:?}");
            // Half of the runs are in an interval of a period and a tick.
            for (percent, exact) in [(50, exact.median), (95, exact.p95)] {
                let own = point.delays.quantile(percent).unwrap() as f64;
                let noise = 70e6 * 2.5 / found.sqrt() + 0.2e6;
                assert!((own - exact).abs() < noise, "{name}, {percent} %: {own} {exact}, {found} runs");
            }
            compared += 1;
        }
    }
    assert_eq!(compared, 54);
}
