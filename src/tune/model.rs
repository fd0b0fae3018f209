//! What is assumed of the heartbeats, in the numbers that the calculation uses.

use super::options::WindowCurveOptions;
use crate::automation::heartbeats;

/// The server's loop, and who else sends it events.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Server {
    /// From one evaluation to the next, in microseconds.
    pub tick: i64,
    /// Whether other runs keep the events clock at the present.
    pub busy: bool,
}

/// A time of each period in which no heartbeat arrives. Microseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct OutageModel {
    pub length: i64,
    pub every: i64,
}

/// The assumptions. Spans in microseconds.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Model {
    /// From one heartbeat to the next.
    pub period: i64,
    /// The probability that a heartbeat never arrives.
    pub loss: f64,
    /// A heartbeat takes from 0 to before this long to arrive, evenly distributed.
    pub jitter: i64,
    pub outage: Option<OutageModel>,
    pub server: Server,
    /// How long a run lives.
    pub life: i64,
    pub seed: u64,
}

impl Model {
    /// The fewest heartbeats that must be missed in a row so that a window can fire while the run lives. A heartbeat that
    /// comes so long after the last is safe if it occurs in the window and arrives before a tick that is at its end.
    pub(super) fn harmful_misses(&self, within: i64) -> u64 {
        let span = within.saturating_sub(self.jitter).max(0);
        let periods = span.saturating_add(self.period.saturating_sub(1)).checked_div(self.period).unwrap_or_default();
        u64::try_from(periods.saturating_sub(1)).unwrap_or_default()
    }
}

impl From<&WindowCurveOptions> for Model {
    fn from(options: &WindowCurveOptions) -> Self {
        let outage = options.outage;
        Model {
            period: heartbeats::sent_every(options.frequency.0).saturating_add(options.drift.0),
            loss: options.loss.0,
            jitter: options.jitter.0,
            outage: outage.map(|outage| OutageModel { length: outage.length.0, every: outage.every.0 }),
            server: Server { tick: options.tick.0, busy: options.runs > 1 },
            // At most 10 years: `options.rs` checks it.
            life: options.life(),
            seed: options.seed,
        }
    }
}
