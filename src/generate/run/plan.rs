//! What happens to a flow run, in points of time.

use crate::time::Instant;

use super::state::State;

/// How heartbeats are sent and how they arrive. Microseconds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Heartbeats {
    /// 0: none are sent.
    pub frequency: i64,
    /// How much longer than `frequency` each period is.
    pub drift: i64,
    /// From Running to the first one.
    pub first: i64,
    /// From sending to arrival.
    pub delay: i64,
    /// The delay is up to so much longer, by chance.
    pub jitter: i64,
    /// How many of a million never arrive, by chance.
    pub loss: i64,
    pub seed: u64,
}

impl Default for Heartbeats {
    /// Prefect's frequency, and the drift and the first delay that were seen.
    fn default() -> Self {
        Heartbeats { frequency: 180_000_000, drift: 15_000, first: 65_000, delay: 0, jitter: 0, loss: 0, seed: 0 }
    }
}

/// How a run stops for a while.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// `AwaitingRetry`: no heartbeats; then it runs anew, and so do its heartbeats.
    Retry,
    /// `Paused`: its process waits, and goes on sending heartbeats.
    Pause,
    /// `Suspended`: its process ends; then it runs anew.
    Suspend,
}

/// A time at which a run stops for a while.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Break {
    pub phase: Phase,
    pub from: Instant,
    /// When it is Running again. `None`: never.
    pub until: Option<Instant>,
}

/// What happens to a flow run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunPlan {
    pub name: String,
    /// The name of its flow.
    pub flow: String,
    /// The name of its deployment.
    pub deployment: Option<String>,
    pub tags: Vec<String>,
    /// When it is Running.
    pub starts: Instant,
    /// When it reaches its last state.
    pub ends: Option<Instant>,
    /// When its process dies: no event occurs then or later.
    pub dies: Option<Instant>,
    /// The last state.
    pub state: State,
    /// In the order of time.
    pub breaks: Vec<Break>,
    /// The numbers of the heartbeats that are not sent, from 1, over all of the run.
    pub misses: Vec<u64>,
    pub heartbeats: Heartbeats,
    /// One more heartbeat so many microseconds after the last state.
    pub after_end: Option<i64>,
    /// Heartbeats are sent until then, if nothing ends the run.
    pub horizon: Instant,
}

/// At least as many events as such a run has.
#[must_use]
pub fn most_events(plan: &RunPlan) -> u64 {
    let last = [plan.ends, plan.dies].into_iter().flatten().min().unwrap_or(plan.horizon);
    let period = plan.heartbeats.frequency.saturating_add(plan.heartbeats.drift);
    let span = last.since(plan.starts).max(0).saturating_add(period.max(0));
    let period = if plan.heartbeats.frequency > 0 { period } else { 0 };
    let heartbeats = span.checked_div(period).and_then(|count| u64::try_from(count).ok()).unwrap_or_default();
    let breaks = u64::try_from(plan.breaks.len()).unwrap_or(u64::MAX);
    heartbeats.saturating_add(breaks.saturating_mul(4)).saturating_add(4)
}
