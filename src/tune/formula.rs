//! False alarms and delays by formula, where it is exact: heartbeats are lost independently of each other, and nothing
//! else disturbs them.
//!
//! A gap of `k` periods or more makes a window of `within` fire, with `k = ceil(within / period)`. Each heartbeat that
//! arrives begins such a gap with probability `p^(k-1)`: the length of a run of failures is geometric (Feller, An
//! Introduction to Probability Theory and Its Applications, volume 1, chapter XIII.7). One correction is due to the
//! server: a heartbeat that arrives after the end of a window and before the next tick makes the window fire, and opens
//! none. The series over such chains alternates and converges like `p^(k-1)`.

use super::model::Model;

/// Spans in microseconds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Exact {
    /// False alarms in the life of a run, and how long that is on average.
    pub alarms: f64,
    pub life: f64,
    pub median: f64,
    pub p95: f64,
    /// The share of dead runs for which nothing fires after their death.
    pub undetected: f64,
}

/// `None`: there is no exact formula for these assumptions and this window.
#[expect(clippy::cast_precision_loss, reason = "spans of at most 10 years are exact")]
pub(super) fn exact(model: &Model, within: i64) -> Option<Exact> {
    let (period, tick) = (model.period as f64, model.server.tick as f64);
    let periods = within.saturating_add(model.period.saturating_sub(1)).checked_div(model.period)?;
    let life = model.life as f64 + period;
    let window = within as f64;
    let is_simple = model.jitter == 0 && model.outage.is_none() && tick <= period;
    if !is_simple || periods < 2 || life < window + tick + 2.0 * period {
        return None;
    }
    let chain = Chain {
        loss: model.loss,
        missed: model.loss.powi(i32::try_from(periods.saturating_sub(1)).ok()?),
        gap: periods as f64 * period,
        late: periods as f64 * period - window,
        tick,
    };
    let delay = Delay { loss: model.loss, window, period, tick };
    Some(Exact {
        alarms: chain.alarms(life - window) / period,
        life: life - period / 2.0,
        median: delay.quantile(0.5),
        p95: delay.quantile(0.95),
        undetected: 1.0 - delay.detected() * chain.opened(),
    })
}

/// The value of a term of a series, over the phases at which a window ends before a tick; `None`: no further ones.
type Term<'t> = &'t mut dyn FnMut(&[(f64, f64)]) -> Option<f64>;

/// Windows that fire. Times in microseconds.
struct Chain {
    loss: f64,
    /// The probability that enough heartbeats in a row are lost.
    missed: f64,
    /// From the heartbeat that opens a window to the first that is too late for it, and how late that is.
    gap: f64,
    late: f64,
    tick: f64,
}

impl Chain {
    /// The probability that the first heartbeat after a window makes it fire, if the next tick is late enough.
    fn on_arrival(&self) -> f64 {
        self.missed * (1.0 - self.loss)
    }

    /// The integral of how long a window waits after its end until it fires, over the time from its end to the next tick.
    fn waited(&self, until: f64) -> f64 {
        let early = until.min(self.late);
        let (from, to) = (self.late.min(until), until);
        let after = (1.0 - self.loss) * self.late * (to - from) + self.loss * (to * to - from * from) / 2.0;
        early * early / 2.0 + after
    }

    /// The sum over all heartbeats of a run of the probability that the window opened by it fires before the run's death;
    /// times the period. `rest`: how long heartbeats are sent whose windows end by then.
    fn alarms(&self, mut rest: f64) -> f64 {
        self.series(self.on_arrival(), &mut |phases| {
            let each = |(from, to): &(f64, f64)| rest * (to - from) - (self.waited(*to) - self.waited(*from));
            let sum = phases.iter().map(each).sum::<f64>() / self.tick;
            rest -= self.gap;
            Some(sum).filter(|_| rest + self.gap > self.tick)
        })
    }

    /// The share of the heartbeats that arrive and open a window.
    fn opened(&self) -> f64 {
        let length = |phases: &[(f64, f64)]| phases.iter().map(|(from, to)| to - from).sum::<f64>() / self.tick;
        self.series(1.0, &mut |phases| Some(length(phases)))
    }

    /// A heartbeat opens no window if it makes one fire that another heartbeat opened, and so on. Sums terms over the
    /// phases at which a window ends before a tick, with the signs and weights of chains of 0, 1, 2, … such windows.
    fn series(&self, first: f64, term: Term<'_>) -> f64 {
        let mut phases = vec![(0.0, self.tick)];
        let (mut sum, mut weight, mut shift) = (0.0, first, 0.0);
        // Beyond, a term is smaller than the last digit of the sum.
        for _ in 0..40 {
            let Some(own) = term(&phases) else { break };
            sum += weight * own;
            shift = (shift + self.gap) % self.tick;
            phases = self.late_phases(&phases, shift);
            weight *= -self.on_arrival();
        }
        sum
    }

    /// Those phases in which the window one chain before, whose phase differs by `shift`, also fires on arrival.
    fn late_phases(&self, phases: &[(f64, f64)], shift: f64) -> Vec<(f64, f64)> {
        let mut both = Vec::new();
        for turn in [-self.tick, 0.0, self.tick] {
            let (from, to) = (self.late - shift + turn, self.tick - shift + turn);
            let cut = |(start, end): &(f64, f64)| (start.max(from), end.min(to));
            both.extend(phases.iter().map(cut).filter(|(start, end)| start < end));
        }
        both
    }
}

/// From a death to the firing: `window + wait for a tick - age of the last heartbeat that arrived`.
struct Delay {
    loss: f64,
    window: f64,
    period: f64,
    tick: f64,
}

impl Delay {
    /// The probability that the wait for a tick is at most `time` longer than the age of the last heartbeat sent. Both are
    /// evenly distributed.
    fn within(&self, time: f64) -> f64 {
        let integral = |until: f64| {
            let inside = until.clamp(0.0, self.tick);
            inside * inside / (2.0 * self.tick) + (until - self.tick).max(0.0)
        };
        (integral(time + self.period) - integral(time)) / self.period
    }

    /// The probability that the window fires after the death, and at most `delay` later.
    fn until(&self, delay: f64) -> f64 {
        let (mut sum, mut weight, mut age) = (0.0, 1.0 - self.loss, 0.0);
        while weight > 1e-16 && age < self.window + self.tick {
            sum += weight * (self.within(delay - self.window + age) - self.within(age - self.window));
            weight *= self.loss;
            age += self.period;
        }
        sum
    }

    fn detected(&self) -> f64 {
        self.until(self.window + self.tick)
    }

    /// Among those that fire after the death.
    fn quantile(&self, share: f64) -> f64 {
        let (mut low, mut high) = (0.0, self.window + self.tick);
        let share = share * self.detected();
        // To less than a microsecond.
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if self.until(middle) < share { low = middle } else { high = middle }
        }
        high
    }
}
