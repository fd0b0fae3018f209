//! False alarms and detection delay over a range of windows, and the best window for a target.

use serde::Serialize;

use crate::automation::heartbeats;
use crate::time::TimeSpan;
use crate::time::units::{HOUR, SECOND};

use super::formula;
use super::interval;
use super::model::Model;
use super::options::{Outage, Probability, Target, TuneError, WindowCurveOptions};
use super::simulation::{Simulated, simulate};

/// False alarms against delay, over a range of windows.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct WindowCurve {
    /// The assumptions, with the defaults of those that were not given.
    pub assumptions: Assumptions,
    /// How many false alarms are allowed.
    pub target: AllowedAlarms,
    /// The windows, the shortest first.
    pub windows: Vec<WindowPoint>,
    /// The shortest of these windows that meets the target, in seconds; `null`: none does.
    pub best: Option<TimeSpan>,
}

/// What was assumed. Spans in seconds.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Assumptions {
    /// The frequency that the setting asks for.
    pub frequency: TimeSpan,
    /// From one heartbeat of a run to the next.
    pub period: TimeSpan,
    /// The probability that a heartbeat never arrives.
    #[cfg_attr(feature = "typescript", ts(type = "Real"))]
    pub loss: Probability,
    /// The most by which a heartbeat arrives later than it occurred.
    pub jitter: TimeSpan,
    /// When no heartbeat arrives. Absent: always some arrive.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub outage: Option<Outage>,
    /// How many runs are alive at any time.
    pub runs: u32,
    /// How many hours a run lives.
    #[cfg_attr(feature = "typescript", ts(type = "Real"))]
    pub hours: f64,
    /// The seed of the random numbers.
    pub seed: u64,
    /// From one evaluation of the server to the next.
    pub tick: TimeSpan,
}

/// How many false alarms are allowed.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct AllowedAlarms {
    /// The number, over all runs.
    pub alarms: u32,
    /// In this time, in seconds.
    pub per: TimeSpan,
    /// The same per 1,000 run-hours.
    #[serde(rename = "per1000RunHours")]
    #[cfg_attr(feature = "typescript", ts(type = "Real"))]
    pub per_1000_run_hours: f64,
}

/// One window.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct WindowPoint {
    /// The trigger's `within`, in seconds.
    pub within: TimeSpan,
    /// Whether this is the present setting.
    pub present: bool,
    /// How many heartbeats in a row can be missed without a false alarm; -1: it fires on runs that miss none.
    pub tolerated_misses: i64,
    /// Firings while the run is alive.
    pub false_alarms: FalseAlarms,
    /// How long it takes from the death of a run until the trigger fires; `null`: no simulated run was found.
    pub detection: Option<DetectionDelay>,
    /// Whether it meets the target; `null`: the simulation was too short to decide.
    pub meets_target: Option<bool>,
}

/// How often a window fires while the run is alive.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct FalseAlarms {
    /// Per 1,000 hours of a run's life.
    #[serde(rename = "per1000RunHours")]
    #[cfg_attr(feature = "typescript", ts(type = "Real"))]
    pub per_1000_run_hours: f64,
    /// The lower end of its 95 % confidence interval. By formula it is exact: both ends are the value.
    #[cfg_attr(feature = "typescript", ts(type = "Real"))]
    pub low: f64,
    /// The upper end.
    #[cfg_attr(feature = "typescript", ts(type = "Real"))]
    pub high: f64,
    /// How many to expect over all runs in the time of the target.
    #[cfg_attr(feature = "typescript", ts(type = "Real"))]
    pub expected: f64,
    /// `"formula"`: exact, for independent losses only; `"simulation"`.
    #[cfg_attr(feature = "typescript", ts(inline))]
    pub method: CurveMethod,
    /// Simulation: how many false alarms were counted. Absent by formula.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub alarms: Option<u64>,
    /// Simulation: in how many hours of runs. Absent by formula.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub run_hours: Option<u64>,
}

/// How false alarms are calculated.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum CurveMethod {
    /// Exactly, for independent losses only.
    Formula,
    /// With the engine's rules.
    Simulation,
}

/// How long it takes to find a dead run, in seconds after its death.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct DetectionDelay {
    /// Half of the runs are found in this time.
    pub median: TimeSpan,
    /// 95 % of the runs are found in this time.
    pub p95: TimeSpan,
    /// The share of runs for which nothing fires after their death: the window fired shortly before it, or the last
    /// heartbeat was too late for one window and opened no other.
    #[cfg_attr(feature = "typescript", ts(type = "Real"))]
    pub undetected: f64,
}

/// Six digits: as many as make sense, and the same on every machine.
pub(super) fn digits(number: f64) -> f64 {
    format!("{number:.5e}").parse().unwrap_or(number)
}

/// To the nearest millisecond.
#[expect(clippy::cast_possible_truncation, reason = "spans are far below 2^53 microseconds")]
fn span(micros: f64) -> TimeSpan {
    TimeSpan(((micros / 1000.0).round() as i64).saturating_mul(1000))
}

#[expect(clippy::cast_precision_loss, reason = "spans of at most 10 years are exact")]
fn hours(micros: i64) -> f64 {
    micros as f64 / HOUR as f64
}

/// Calculates how often each window fires although the run is alive, and how long it takes to find a dead run.
///
/// The trigger is the one of Prefect's documentation: Proactive, `after` heartbeats, for each run, threshold 1. Where
/// heartbeats are only lost, independently of each other, this is exact; otherwise random runs are played to the same
/// rules as [`crate::trigger`], from a seed. Each run is alone with its disturbances: what hits all runs at once, such as
/// an outage of the server, gives the same average, but all its false alarms at the same time.
///
/// ```
/// use prefect_events::time::TimeSpan;
/// use prefect_events::tune::{Probability, WindowCurveOptions, window_curve};
///
/// let options = WindowCurveOptions {
///     frequency: TimeSpan::seconds(60),
///     loss: Probability(0.02),
///     runs: 500,
///     ..WindowCurveOptions::default()
/// };
/// let curve = window_curve(&options)?;
/// assert_eq!(curve.best, Some(TimeSpan::seconds(302)));
/// # Ok::<(), prefect_events::tune::TuneError>(())
/// ```
///
/// # Errors
/// If an option is out of range.
pub fn window_curve(options: &WindowCurveOptions) -> Result<WindowCurve, TuneError> {
    options.check()?;
    let model = Model::from(options);
    let target = allowed(options);
    let windows = windows(options, &model, target.per_1000_run_hours);
    let formulas: Vec<_> = windows.iter().map(|within| formula::exact(&model, *within)).collect();
    let rest: Vec<i64> =
        windows.iter().zip(&formulas).filter(|(_, exact)| exact.is_none()).map(|(within, _)| *within).collect();
    let mut simulated = simulate(&model, &rest, most_hours(options, target.per_1000_run_hours)).into_iter();
    let scale = Scale::new(options, target);
    let mut points = Vec::with_capacity(windows.len());
    for (within, exact) in windows.iter().zip(formulas) {
        let known = match exact {
            Some(exact) => Some(scale.exact(&exact)),
            None => simulated.next().map(|simulated| scale.simulated(&simulated)),
        };
        let Some((false_alarms, detection)) = known else { continue };
        let meets_target = match target.per_1000_run_hours {
            allowed if false_alarms.high <= allowed => Some(true),
            allowed if false_alarms.low > allowed => Some(false),
            _ => None,
        };
        points.push(WindowPoint {
            within: TimeSpan(*within),
            present: options.within == Some(TimeSpan(*within)),
            tolerated_misses: i64::try_from(model.harmful_misses(*within)).unwrap_or(i64::MAX).saturating_sub(1),
            false_alarms,
            detection,
            meets_target,
        });
    }
    Ok(WindowCurve {
        best: points.iter().find(|point| point.meets_target == Some(true)).map(|point| point.within),
        assumptions: Assumptions {
            frequency: options.frequency,
            period: TimeSpan(model.period),
            loss: options.loss,
            jitter: options.jitter,
            outage: options.outage,
            runs: options.runs,
            hours: options.hours,
            seed: options.seed,
            tick: options.tick,
        },
        target,
        windows: points,
    })
}

fn allowed(options: &WindowCurveOptions) -> AllowedAlarms {
    let Target { alarms, per } = options.target;
    let run_hours = hours(per.0) * f64::from(options.runs);
    AllowedAlarms { alarms, per, per_1000_run_hours: digits(1000.0 * f64::from(alarms) / run_hours) }
}

/// How many hours of runs to simulate: for about 20 false alarms at the rate of the target.
#[expect(clippy::cast_possible_truncation, reason = "limited")]
fn most_hours(options: &WindowCurveOptions, allowed: f64) -> i64 {
    let fleet = f64::from(options.runs) * options.hours;
    let usual = (20_000.0 / allowed).max(fleet).clamp(100_000.0, 20_000_000.0);
    options.run_hours.map_or(usual as i64, i64::from)
}

/// The windows to calculate, in microseconds, sorted.
#[expect(clippy::cast_possible_truncation, reason = "limited")]
fn windows(options: &WindowCurveOptions, model: &Model, allowed: f64) -> Vec<i64> {
    let mut windows: Vec<i64> = if let Some(windows) = &options.windows {
        windows.iter().map(|within| within.0).collect()
    } else {
        // So many missed in a row are rarer than a hundredth of what is allowed.
        let rate = allowed / 100.0 / 1000.0 * hours(model.period);
        let beyond = if model.loss > 0.0 { (rate.ln() / model.loss.ln()).ceil().clamp(0.0, 200.0) as i64 } else { 0 };
        let outage = model.outage.map_or(0, |outage| outage.length.checked_div(model.period).unwrap_or_default());
        let most = beyond.max(outage.saturating_add(2)).clamp(5, 1000);
        let mut windows = Vec::new();
        let mut misses = 0_i64;
        while misses <= most {
            windows.push(shortest(model, misses));
            // All of the first, then every fifth more.
            misses = misses.saturating_add(misses.checked_div(5).unwrap_or_default().max(1));
        }
        windows
    };
    windows.extend(options.within.map(|within| within.0));
    windows.sort_unstable();
    windows.dedup();
    windows
}

/// The shortest window in whole seconds that tolerates so many missed heartbeats, as `advise` recommends it: with a second
/// for the way to the server, or the jitter.
fn shortest(model: &Model, misses: i64) -> i64 {
    let gap = misses.saturating_add(1).saturating_mul(model.period);
    let late = gap.saturating_add(model.jitter.max(heartbeats::DELAY));
    late.div_euclid(SECOND).saturating_add(1).saturating_mul(SECOND).max(10 * SECOND)
}

/// Converts counts to rates.
struct Scale {
    /// How many thousand run-hours the target's time has.
    thousands: f64,
}

impl Scale {
    fn new(options: &WindowCurveOptions, target: AllowedAlarms) -> Scale {
        Scale { thousands: hours(target.per.0) * f64::from(options.runs) / 1000.0 }
    }

    fn exact(&self, exact: &formula::Exact) -> (FalseAlarms, Option<DetectionDelay>) {
        let rate = digits(1000.0 * exact.alarms / (exact.life * hours(1)));
        let alarms = FalseAlarms {
            per_1000_run_hours: rate,
            low: rate,
            high: rate,
            expected: digits(rate * self.thousands),
            method: CurveMethod::Formula,
            alarms: None,
            run_hours: None,
        };
        let delay =
            DetectionDelay { median: span(exact.median), p95: span(exact.p95), undetected: digits(exact.undetected) };
        (alarms, Some(delay))
    }

    #[expect(clippy::cast_precision_loss, reason = "counts and delays are far below 2^53")]
    fn simulated(&self, simulated: &Simulated) -> (FalseAlarms, Option<DetectionDelay>) {
        let lived = hours(simulated.lived);
        let rate = |alarms: f64| digits(1000.0 * alarms / lived);
        let (low, high) = interval::poisson(simulated.alarms);
        let per_1000_run_hours = rate(simulated.alarms as f64);
        let alarms = FalseAlarms {
            per_1000_run_hours,
            low: rate(low),
            high: rate(high),
            expected: digits(per_1000_run_hours * self.thousands),
            method: CurveMethod::Simulation,
            alarms: Some(simulated.alarms),
            run_hours: u64::try_from(simulated.lived.checked_div(HOUR).unwrap_or_default()).ok(),
        };
        let found = simulated.delays.count;
        let runs = found.saturating_add(simulated.undetected);
        let delay =
            simulated.delays.quantile(50).zip(simulated.delays.quantile(95)).map(|(median, p95)| DetectionDelay {
                median: span(median as f64),
                p95: span(p95 as f64),
                undetected: digits(simulated.undetected as f64 / runs as f64),
            });
        (alarms, delay)
    }
}
