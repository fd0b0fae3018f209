//! What captured heartbeats show: gaps, delays, losses, and the windows that they call for.

use serde::{Deserialize, Deserializer, Serialize};

use crate::text::strict::strict;
use crate::time::units::{HOUR, SECOND};
use crate::time::{Instant, TimeSpan};

use super::curve::digits;
use super::interval;
use super::observer::{Deployment, HeartbeatObserver};
use super::options::Probability;
use super::spread::{Distribution, HistogramBin};

/// A delay between a worker's clock and the server's that hides dead runs: their windows are removed unevaluated.
const SWEPT: i64 = 60 * SECOND;
/// How many ranges a histogram has at most.
const BINS: i64 = 48;

/// What to calculate from captured heartbeats.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct ObserveOptions {
    /// The present `within` of the trigger: a number of seconds, or a text such as `"5m"`. Default: not among the windows.
    #[cfg_attr(feature = "typescript", ts(type = "Span", optional))]
    pub within: Option<TimeSpan>,
}

impl<'de> Deserialize<'de> for ObserveOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

/// The heartbeats of captured events.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ObservedHeartbeats {
    /// How many events were read.
    pub events: u64,
    /// How many of them are heartbeats.
    pub heartbeats: u64,
    /// How many runs sent them.
    pub runs: u64,
    /// When the first event of a flow run occurred; `null`: there is none.
    pub first: Option<Instant>,
    /// When the last one occurred.
    pub last: Option<Instant>,
    /// By deployment, most heartbeats first.
    pub deployments: Vec<ObservedDeployment>,
    /// The shortest window in whole seconds in which none of the gaps fires; `null`: no run sent two heartbeats.
    pub calls_for: Option<TimeSpan>,
}

/// The heartbeats of the runs of a deployment. Spans in seconds.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ObservedDeployment {
    /// The id of the deployment's resource; `null`: runs without a deployment.
    pub deployment: Option<String>,
    /// The name of the flow.
    pub flow: Option<String>,
    /// How many runs sent heartbeats.
    pub runs: u64,
    /// How many heartbeats there are.
    pub heartbeats: u64,
    /// How many hours of runs the gaps are.
    #[cfg_attr(feature = "typescript", ts(type = "Real"))]
    pub run_hours: f64,
    /// From one heartbeat of a run to the next, as they occurred. Gaps in which the state of the run changed do not count:
    /// a state event closes the window. `null`: no run sent two heartbeats.
    pub gaps: Option<Distribution>,
    /// The gaps in ranges of equal length, from 0 to beyond the longest.
    pub histogram: Vec<HistogramBin>,
    /// From `occurred` to `received`. Negative: the worker's clock is ahead of the server's.
    pub delays: Option<Distribution>,
    /// How often two or more heartbeats of a run arrived within a second although they occurred further apart.
    pub bursts: u64,
    /// How many heartbeats the largest burst has.
    pub largest_burst: u64,
    /// How many heartbeats are older than the one before them in the capture.
    pub out_of_order: u64,
    /// How many gaps do not count, because the state of the run changed in them.
    pub interrupted: u64,
    /// The frequency seen, in whole seconds: the usual gap, rounded.
    pub frequency: Option<TimeSpan>,
    /// By how much the usual gap exceeds it.
    pub drift: Option<TimeSpan>,
    /// How many heartbeats are missing in the gaps, if each had come after the usual time.
    pub missed: u64,
    /// The share of missing heartbeats, and its 95 % confidence interval.
    pub loss: Option<ObservedLoss>,
    /// How many of the gaps are too long for a window: the same multiples of the usual gap as in `advise`, and the present
    /// setting.
    pub windows: Vec<ObservedWindow>,
    /// The shortest window in whole seconds in which none of the gaps fires.
    pub calls_for: Option<TimeSpan>,
    /// What else these heartbeats show.
    pub notes: Vec<String>,
}

/// The share of heartbeats that are missing.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ObservedLoss {
    /// From 0 to 1.
    #[cfg_attr(feature = "typescript", ts(type = "Real"))]
    pub share: Probability,
    /// The lower end of the interval.
    #[cfg_attr(feature = "typescript", ts(type = "Real"))]
    pub low: f64,
    /// The upper end.
    #[cfg_attr(feature = "typescript", ts(type = "Real"))]
    pub high: f64,
}

/// How often a window would have fired although the run was alive.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ObservedWindow {
    /// The `within`, in seconds.
    pub within: TimeSpan,
    /// Whether it is the present setting.
    pub present: bool,
    /// How many gaps are too long for it.
    pub alarms: u64,
    /// Per 1,000 hours of runs.
    #[serde(rename = "per1000RunHours")]
    #[cfg_attr(feature = "typescript", ts(type = "Real"))]
    pub per_1000_run_hours: f64,
    /// The lower end of its 95 % confidence interval.
    #[cfg_attr(feature = "typescript", ts(type = "Real"))]
    pub low: f64,
    /// The upper end.
    #[cfg_attr(feature = "typescript", ts(type = "Real"))]
    pub high: f64,
}

impl HeartbeatObserver {
    /// What the heartbeats show.
    #[must_use]
    pub fn finish(mut self, options: &ObserveOptions) -> ObservedHeartbeats {
        self.deployments.sort_by_key(|deployment| std::cmp::Reverse(deployment.heartbeats));
        let deployments: Vec<_> =
            self.deployments.iter().map(|deployment| deployment.observed(options.within)).collect();
        let sum = |get: fn(&ObservedDeployment) -> u64| deployments.iter().map(get).fold(0_u64, u64::saturating_add);
        ObservedHeartbeats {
            events: self.events,
            heartbeats: sum(|deployment| deployment.heartbeats),
            runs: sum(|deployment| deployment.runs),
            first: self.first,
            last: self.last,
            calls_for: deployments.iter().filter_map(|deployment| deployment.calls_for).max(),
            deployments,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "times and counts are far below 2^53")]
impl Deployment {
    fn observed(&self, present: Option<TimeSpan>) -> ObservedDeployment {
        let usual = self.gaps.quantile(50);
        let frequency = usual.map(|usual| usual.saturating_add(SECOND / 2).div_euclid(SECOND).saturating_mul(SECOND));
        let calls_for = self.arrivals.max().map(whole_second_after);
        let missed = usual.map_or(0, |usual| self.missed(usual));
        let expected = self.gaps.count.saturating_add(missed);
        let loss = (expected > 0).then(|| {
            let (low, high) = interval::poisson(missed);
            let share = |missed: f64| digits((missed / expected as f64).min(1.0));
            ObservedLoss { share: Probability(share(missed as f64)), low: share(low), high: share(high) }
        });
        let mut windows: Vec<i64> = usual
            .map(|usual| {
                (1..=6).map(move |times| whole_second_after(usual.saturating_mul(times).saturating_add(SECOND)).0)
            })
            .into_iter()
            .flatten()
            .chain(present.map(|present| present.0))
            .collect();
        windows.sort_unstable();
        windows.dedup();
        ObservedDeployment {
            deployment: self.id.as_deref().map(str::to_owned),
            flow: self.flow.as_deref().map(str::to_owned),
            runs: self.runs,
            heartbeats: self.heartbeats,
            run_hours: digits(self.watched as f64 / HOUR as f64),
            gaps: self.gaps.distribution(),
            histogram: if usual.is_some() { self.gaps.histogram(usual.unwrap_or(1) / 4, BINS) } else { Vec::new() },
            delays: self.delays.distribution(),
            bursts: self.bursts,
            largest_burst: self.largest_burst,
            out_of_order: self.out_of_order,
            interrupted: self.interrupted,
            frequency: frequency.map(TimeSpan),
            drift: usual.zip(frequency).map(|(usual, frequency)| TimeSpan(usual.saturating_sub(frequency))),
            missed,
            loss,
            windows: windows.into_iter().map(|within| self.window(within, present)).collect(),
            calls_for,
            notes: self.notes(),
        }
    }

    /// How many heartbeats are missing, if each had come after the usual time.
    fn missed(&self, usual: i64) -> u64 {
        let missing = |(gap, count): (i64, u64)| {
            let times = gap.saturating_add(usual / 2).checked_div(usual.max(1)).unwrap_or_default();
            u64::try_from(times.saturating_sub(1)).unwrap_or_default().saturating_mul(count)
        };
        self.gaps.groups().map(missing).fold(0, u64::saturating_add)
    }

    fn window(&self, within: i64, present: Option<TimeSpan>) -> ObservedWindow {
        let alarms = self.arrivals.from(within);
        let (low, high) = interval::poisson(alarms);
        let rate = |alarms: f64| digits(1000.0 * alarms / (self.watched.max(1) as f64 / HOUR as f64));
        ObservedWindow {
            within: TimeSpan(within),
            present: present == Some(TimeSpan(within)),
            alarms,
            per_1000_run_hours: rate(alarms as f64),
            low: rate(low),
            high: rate(high),
        }
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let Some(delays) = self.delays.distribution() else { return notes };
        if delays.median.0 > SWEPT {
            notes.push(format!(
                "half of the heartbeats arrive more than {} after they occurred: the worker's clock is behind, or the way is slow. The server removes a window a minute after its end, perhaps before it evaluates it: dead runs can go unnoticed",
                delays.median
            ));
        }
        if delays.min.0 < -SECOND {
            notes.push(format!(
                "heartbeats occur up to {} after they arrive: the worker's clock is ahead, and the trigger fires so much later",
                TimeSpan(delays.min.0.saturating_neg())
            ));
        }
        if self.bursts > 0 {
            notes.push(format!(
                "{} times, heartbeats of one run arrived at once, up to {} of them: they were held back on the way. If that lasts longer than the window, the trigger has fired before they arrive",
                self.bursts, self.largest_burst
            ));
        }
        notes
    }
}

/// The shortest window in whole seconds that is longer.
fn whole_second_after(span: i64) -> TimeSpan {
    // A Proactive trigger waits at least 10 seconds.
    TimeSpan(span.div_euclid(SECOND).saturating_add(1).saturating_mul(SECOND).max(10 * SECOND))
}
