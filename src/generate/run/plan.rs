//! The plan of a flow run: when things happen to it.

use crate::time::Instant;

use super::state::State;

/// How heartbeats are sent and how they arrive. Microseconds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Heartbeats {
    /// 0: none are sent.
    pub frequency: i64,
    /// By how much each period exceeds `frequency`.
    pub drift: i64,
    /// From Running to the first one.
    pub first: i64,
    /// From sending to arrival.
    pub delay: i64,
    /// The most by which the delay grows at random.
    pub jitter: i64,
    /// How many of a million never arrive, at random.
    pub loss: i64,
    /// The seed of `jitter` and `loss`, and of all ids of a run.
    pub seed: u64,
}

impl Default for Heartbeats {
    /// Prefect's frequency, and the observed drift and first delay.
    fn default() -> Self {
        Heartbeats { frequency: 180_000_000, drift: 15_000, first: 65_000, delay: 0, jitter: 0, loss: 0, seed: 0 }
    }
}

/// How a run pauses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RunPhase {
    /// `AwaitingRetry`: no heartbeats; then the run and its heartbeats start again.
    Retry,
    /// `Paused`: its process waits, and keeps sending heartbeats.
    Pause,
    /// `Suspended`: its process ends; then it starts again.
    Suspend,
}

/// A pause of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Break {
    /// How it stops.
    pub phase: RunPhase,
    /// When it stops.
    pub from: Instant,
    /// When it is Running again. `None`: never.
    pub until: Option<Instant>,
}

/// What happens to a flow run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunPlan {
    /// The name of the run.
    pub name: String,
    /// The name of its flow.
    pub flow: String,
    /// The name of its deployment.
    pub deployment: Option<String>,
    /// The tags of the run.
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
    /// The numbers of the skipped heartbeats, from 1, over the whole run.
    pub misses: Vec<u64>,
    /// How its heartbeats are sent.
    pub heartbeats: Heartbeats,
    /// One more heartbeat this many microseconds after the final state.
    pub after_end: Option<i64>,
    /// When heartbeats end, if nothing ends the run.
    pub horizon: Instant,
}

/// An upper bound for the number of the run's events.
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
