//! The heartbeats of a run, at random but from a seed: only those around missed ones, because no other can matter.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

use crate::text::hash::mix;

use super::model::Model;
use super::window::Heartbeat;

/// The time at which each run starts, in microseconds since 1970: 2026-01-01T00:00:00Z.
pub(super) const START: i64 = 1_767_225_600_000_000;

/// Random numbers.
pub(super) struct Chance(Xoshiro256PlusPlus);

impl Chance {
    /// `number`, `purpose`: of the run, and what they are for: each has its own sequence.
    pub(super) fn new(seed: u64, number: u64, purpose: u64) -> Self {
        // Mixed by itself first: else another seed would only give the same runs other numbers.
        let seed = mix(seed, 0);
        Chance(Xoshiro256PlusPlus::seed_from_u64(mix(mix(seed, number), purpose)))
    }

    /// From 0 to before `end`; 0 if there is no such number.
    pub(super) fn below(&mut self, end: i64) -> i64 {
        let end = u128::try_from(end).unwrap_or_default();
        let scaled = u128::from(self.0.next_u64()).wrapping_mul(end) >> 64;
        i64::try_from(scaled).unwrap_or_default()
    }

    /// More than 0, at most 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    fn share(&mut self) -> f64 {
        (self.0.next_u64() >> 11).wrapping_add(1) as f64 / (1_u64 << 53) as f64
    }
}

/// Which heartbeats of a run never arrive. To be asked in order of their numbers.
pub(super) struct Losses {
    chance: Chance,
    /// The logarithm of the probability that a heartbeat arrives; `None`: none is lost by chance.
    arrives: Option<f64>,
    /// The next that is lost by chance.
    next: u64,
    period: i64,
    /// How many heartbeats there are.
    sent: u64,
    outage: Option<Outages>,
}

/// The outages of a run. Microseconds since its start.
struct Outages {
    length: i64,
    every: i64,
    /// When the next period begins.
    next_period: i64,
    /// The numbers of the heartbeats in the current one: the first, and the first after it.
    lost: (u64, u64),
}

impl Losses {
    pub(super) fn new(model: &Model, number: u64, sent: u64) -> Self {
        let mut chance = Chance::new(model.seed, number, 1);
        let outage = model.outage.map(|outage| Outages {
            length: outage.length,
            every: outage.every,
            // The run starts at any time of a period.
            next_period: chance.below(outage.every).saturating_sub(outage.every),
            lost: (0, 0),
        });
        let arrives = (model.loss > 0.0).then(|| libm::log1p(-model.loss));
        let mut losses = Losses { chance, arrives, next: 0, period: model.period, sent, outage };
        losses.next = losses.gap();
        losses
    }

    /// How many heartbeats arrive before the next lost one.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative, and large means never")]
    fn gap(&mut self) -> u64 {
        // The inverse of the geometric distribution.
        self.arrives.map_or(u64::MAX, |arrives| (libm::log(self.chance.share()) / arrives) as u64)
    }

    /// The first lost heartbeat with this number or a later one.
    pub(super) fn first_from(&mut self, number: u64) -> u64 {
        while self.next < number {
            let gap = self.gap();
            self.next = self.next.saturating_add(1).saturating_add(gap);
        }
        let period = self.period;
        let number_from = |time: i64| {
            let number = time.max(0).saturating_add(period.saturating_sub(1)).checked_div(period).unwrap_or_default();
            u64::try_from(number).unwrap_or_default()
        };
        let Some(outage) = &mut self.outage else { return self.next };
        // Most outages that are shorter than a period are between two heartbeats.
        while outage.lost.0 < self.sent && (outage.lost.1 <= number || outage.lost.1 == outage.lost.0) {
            let begin = outage
                .next_period
                .saturating_add(self.chance.below(outage.every.saturating_sub(outage.length).saturating_add(1)));
            outage.next_period = outage.next_period.saturating_add(outage.every);
            outage.lost = (number_from(begin), number_from(begin.saturating_add(outage.length)));
        }
        self.next.min(outage.lost.0.max(number))
    }
}

/// A run, heartbeat by heartbeat.
pub(super) struct HeartbeatHistory {
    losses: Losses,
    chance: Chance,
    period: i64,
    jitter: i64,
    /// When the server's loop first runs.
    pub(super) first_tick: i64,
    /// When the process dies.
    pub(super) dies: i64,
    /// How many heartbeats it sends.
    pub(super) sent: u64,
    /// Those that were looked at.
    #[cfg(test)]
    pub(super) seen: Vec<Heartbeat>,
}

/// The next heartbeat, and the one that arrived before it.
pub(super) struct Gap {
    pub from: Heartbeat,
    /// `None`: no later one arrives.
    pub to: Option<Heartbeat>,
    /// How many are missed between them.
    pub misses: u64,
}

impl HeartbeatHistory {
    /// The run with this number.
    pub(super) fn new(model: &Model, number: u64) -> Self {
        let mut chance = Chance::new(model.seed, number, 2);
        let first_tick = START.saturating_add(chance.below(model.server.tick));
        // At any time between two heartbeats.
        let life = model.life.saturating_add(chance.below(model.period));
        let sent = life.saturating_add(model.period.saturating_sub(1)).checked_div(model.period).unwrap_or_default();
        let sent = u64::try_from(sent).unwrap_or_default();
        HeartbeatHistory {
            losses: Losses::new(model, number, sent),
            chance,
            period: model.period,
            jitter: model.jitter,
            first_tick,
            dies: START.saturating_add(life),
            sent,
            #[cfg(test)]
            seen: Vec::new(),
        }
    }

    /// How long it lives, in microseconds.
    pub(super) fn life(&self) -> i64 {
        self.dies.saturating_sub(START)
    }

    /// A heartbeat that arrives.
    fn heartbeat(&mut self, number: u64) -> Heartbeat {
        let since = i64::try_from(number).unwrap_or(i64::MAX).saturating_mul(self.period);
        let occurred = START.saturating_add(since);
        let heartbeat =
            Heartbeat { number, occurred, received: occurred.saturating_add(self.chance.below(self.jitter)) };
        #[cfg(test)]
        self.seen.push(heartbeat);
        heartbeat
    }

    /// The first that arrives with this number or a later one.
    fn arrives_from(&mut self, mut number: u64) -> Option<u64> {
        while number < self.sent && self.losses.first_from(number) == number {
            number = number.saturating_add(1);
        }
        Some(number).filter(|number| *number < self.sent)
    }

    /// The first heartbeat that arrives.
    pub(super) fn first(&mut self) -> Option<Heartbeat> {
        let number = self.arrives_from(0)?;
        Some(self.heartbeat(number))
    }

    /// From one heartbeat to the next before which at least so many are missed, or to the last.
    pub(super) fn next(&mut self, from: Heartbeat, wanted: u64) -> Gap {
        let mut last = from.number;
        loop {
            let mut next = last.saturating_add(1);
            // Those before the next lost one arrive.
            if wanted > 0 {
                next = self.losses.first_from(next).min(self.sent);
                last = next.saturating_sub(1);
            }
            let arrives = self.arrives_from(next);
            let misses = arrives.unwrap_or(self.sent).saturating_sub(next);
            if let Some(arrives) = arrives.filter(|_| misses < wanted) {
                last = arrives;
                continue;
            }
            let from = if last == from.number { from } else { self.heartbeat(last) };
            let to = arrives.map(|number| self.heartbeat(number));
            return Gap { from, to, misses };
        }
    }
}
