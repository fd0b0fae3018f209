//! What the calculation assumes: how heartbeats are sent and lost, and how many false alarms are allowed.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::automation::heartbeats;
use crate::json::double_text;
use crate::text::strict::{from_text, invalid, maybe_list_of, strict};
use crate::time::TimeSpan;
use crate::time::units::{DAY, HOUR, SECOND};

/// Longer than any sensible span, and short enough to calculate with.
const LONGEST: i64 = 366 * DAY;

/// Assumptions about the heartbeats of runs, and what to calculate.
///
/// Spans are numbers of seconds, or texts such as `"5m"`.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct WindowCurveOptions {
    /// Between two heartbeats of a run (`PREFECT_FLOWS_HEARTBEAT_FREQUENCY`). Clients raise it to 30 s. Default 180.
    #[cfg_attr(feature = "typescript", ts(type = "Span", optional))]
    pub frequency: TimeSpan,
    /// The present `within` of the trigger, from 10 s. Default: the present setting is not among the windows.
    #[cfg_attr(feature = "typescript", ts(type = "Span", optional))]
    pub within: Option<TimeSpan>,
    /// The windows to calculate, at most 100. Default: for each number of missed heartbeats the shortest that tolerates
    /// it, and `within`.
    #[serde(deserialize_with = "maybe_list_of")]
    #[cfg_attr(feature = "typescript", ts(type = "Span[]", optional))]
    pub windows: Option<Vec<TimeSpan>>,
    /// The probability that a heartbeat never arrives, independent of the others: from 0 to 0.9, or a text such as
    /// `"2%"`. Default 0.
    #[cfg_attr(feature = "typescript", ts(type = "string | number", optional))]
    pub loss: Probability,
    /// A heartbeat arrives later than it occurred by a random span from 0 to this, evenly distributed. Shorter than
    /// `frequency`. Default 0.
    #[cfg_attr(feature = "typescript", ts(type = "Span", optional))]
    pub jitter: TimeSpan,
    /// By how much each period between two heartbeats exceeds `frequency`. Default 0.015, as measured.
    #[cfg_attr(feature = "typescript", ts(type = "Span", optional))]
    pub drift: TimeSpan,
    /// A time in which no heartbeat of the run arrives, such as `"30s/day"`: 30 s, once in each day, at random. Default:
    /// none.
    #[cfg_attr(feature = "typescript", ts(type = "string", optional))]
    pub outage: Option<Outage>,
    /// How many runs are alive at any time. With more than one, the events of the others keep the server's clock for
    /// events at the present. Default 1.
    #[cfg_attr(feature = "typescript", ts(type = "number", optional))]
    pub runs: u32,
    /// How many hours a run lives. Default 24.
    #[cfg_attr(feature = "typescript", ts(type = "number", optional))]
    pub hours: f64,
    /// The seed of all random numbers, a whole number. Default 0.
    #[cfg_attr(feature = "typescript", ts(type = "number", optional))]
    pub seed: u64,
    /// From one evaluation of the server to the next. Default 5.
    #[cfg_attr(feature = "typescript", ts(type = "Span", optional))]
    pub tick: TimeSpan,
    /// How many false alarms are allowed over all runs, such as `"1/month"` or `"3/week"`. Default `"1/month"`.
    #[cfg_attr(feature = "typescript", ts(type = "string", optional))]
    pub target: Target,
    /// How many hours of runs to simulate at most, where no formula is exact: up to 100,000,000. Default: enough to
    /// decide whether a window meets the target.
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub run_hours: Option<u32>,
}

impl Default for WindowCurveOptions {
    fn default() -> Self {
        WindowCurveOptions {
            frequency: TimeSpan::seconds(180),
            within: None,
            windows: None,
            loss: Probability(0.0),
            jitter: TimeSpan(0),
            drift: TimeSpan(heartbeats::DRIFT),
            outage: None,
            runs: 1,
            hours: 24.0,
            seed: 0,
            tick: TimeSpan::seconds(5),
            target: Target { alarms: 1, per: TimeSpan(30 * DAY) },
            run_hours: None,
        }
    }
}

impl<'de> Deserialize<'de> for WindowCurveOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

impl WindowCurveOptions {
    /// How long a run lives, in microseconds.
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "checked: at most 10 years")]
    pub(super) fn life(&self) -> i64 {
        (self.hours * HOUR as f64).round() as i64
    }

    /// Checks the values.
    ///
    /// # Errors
    /// Which option is out of range.
    pub(super) fn check(&self) -> Result<(), TuneError> {
        let wrong = |option: &'static str, expected: &'static str| Err(TuneError { option, expected });
        let is_span = |span: TimeSpan| (1..=LONGEST).contains(&span.0);
        let windows = self.windows.iter().flatten().chain(&self.within);
        if !is_span(self.frequency) {
            return wrong("frequency", "more than 0 seconds, at most a year");
        }
        if windows.clone().any(|within| !(10 * SECOND..=LONGEST).contains(&within.0)) {
            let option = if self.within.is_some_and(|within| within.0 < 10 * SECOND) { "within" } else { "windows" };
            return wrong(option, "at least 10 seconds, as a Proactive trigger needs, and at most a year");
        }
        if self.windows.as_ref().is_some_and(|windows| windows.is_empty() || windows.len() > 100) {
            return wrong("windows", "a list of 1 to 100 windows");
        }
        if !(0.0..=0.9).contains(&self.loss.0) {
            return wrong("loss", "a number from 0 to 0.9, or a percentage up to `90%`");
        }
        if !(0..=LONGEST).contains(&self.drift.0) {
            return wrong("drift", "not negative, at most a year");
        }
        if !(0..heartbeats::sent_every(self.frequency.0)).contains(&self.jitter.0) {
            return wrong("jitter", "not negative, and shorter than the time between two heartbeats");
        }
        if let Some(outage) = self.outage
            && !(is_span(outage.every) && (1..=outage.every.0).contains(&outage.length.0))
        {
            return wrong("outage", "a span in a longer one, such as `30s/day`");
        }
        if !(1..=1_000_000).contains(&self.runs) {
            return wrong("runs", "a whole number from 1 to 1,000,000");
        }
        let shortest = heartbeats::sent_every(self.frequency.0).saturating_add(self.drift.0);
        if !(self.hours > 0.0 && self.hours <= 87_660.0) || self.life() < shortest {
            return wrong("hours", "at least the time between two heartbeats, at most 87,660 (10 years)");
        }
        if !(SECOND / 10..=HOUR).contains(&self.tick.0) {
            return wrong("tick", "from 0.1 seconds to an hour");
        }
        if self.target.alarms == 0 || !is_span(self.target.per) {
            return wrong("target", "a number of false alarms in a time, such as `1/month`");
        }
        if self.run_hours.is_some_and(|hours| !(1..=100_000_000).contains(&hours)) {
            return wrong("runHours", "a whole number from 1 to 100,000,000");
        }
        Ok(())
    }
}

/// An option that is out of range.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TuneError {
    option: &'static str,
    expected: &'static str,
}

impl fmt::Display for TuneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` must be {}", self.option, self.expected)
    }
}

impl std::error::Error for TuneError {}

/// A probability: from 0 to 1 as a number, or a percentage as a text.
#[derive(Clone, Copy, PartialEq, PartialOrd, Debug, Default)]
pub struct Probability(
    /// From 0 to 1.
    pub f64,
);

impl Serialize for Probability {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0)
    }
}

const PROBABILITY: &str = "a number from 0 to 1, or a percentage such as `2%`";

impl FromStr for Probability {
    type Err = TuneError;

    fn from_str(text: &str) -> Result<Self, TuneError> {
        let wrong = TuneError { option: "loss", expected: PROBABILITY };
        let text = text.trim();
        let (digits, share) = text.strip_suffix('%').map_or((text, 1.0), |digits| (digits.trim_end(), 100.0));
        // Without signs and exponents.
        if !digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            return Err(wrong);
        }
        let number: f64 = digits.parse().map_err(|_| wrong)?;
        Some(Probability(number / share)).filter(|own| own.0 <= 1.0).ok_or(wrong)
    }
}

impl<'de> Deserialize<'de> for Probability {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Share;

        impl Visitor<'_> for Share {
            type Value = Probability;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(PROBABILITY)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Probability, E> {
                text.parse().map_err(|_| invalid(text, PROBABILITY))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Probability, E> {
                let own = Some(Probability(number)).filter(|own| (0.0..=1.0).contains(&own.0));
                own.ok_or_else(|| invalid(&double_text(number), PROBABILITY))
            }

            #[expect(clippy::cast_precision_loss, reason = "0 and 1 are exact, and others are rejected")]
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Probability, E> {
                self.visit_f64(number as f64)
            }

            #[expect(clippy::cast_precision_loss, reason = "0 and 1 are exact, and others are rejected")]
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Probability, E> {
                self.visit_f64(number as f64)
            }
        }

        deserializer.deserialize_any(Share)
    }
}

/// A span of time: `90s`, or the name of a unit such as `day`. A month has 30 days.
fn period(text: &str) -> Option<TimeSpan> {
    let days = match text.trim() {
        "hour" => return Some(TimeSpan(HOUR)),
        "day" => 1,
        "week" => 7,
        "month" => 30,
        "year" => 365,
        other => return other.parse().ok(),
    };
    Some(TimeSpan(DAY.saturating_mul(days)))
}

/// A time in which nothing arrives.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Outage {
    /// How long it is, in seconds.
    pub length: TimeSpan,
    /// There is one in each of these spans, in seconds.
    pub every: TimeSpan,
}

impl FromStr for Outage {
    type Err = TuneError;

    fn from_str(text: &str) -> Result<Self, TuneError> {
        let parts = text.split_once('/').and_then(|(length, every)| {
            let seconds = length.trim().parse().ok().and_then(TimeSpan::from_seconds);
            let length = seconds.or_else(|| length.parse().ok())?;
            Some(Outage { length, every: period(every)? })
        });
        parts.ok_or(TuneError { option: "outage", expected: OUTAGE })
    }
}

const OUTAGE: &str = "a span in a longer one, such as `30s/day`";

impl<'de> Deserialize<'de> for Outage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer, OUTAGE, |text| text.parse().ok())
    }
}

/// How many false alarms are allowed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Target {
    /// The number of false alarms, over all runs.
    pub alarms: u32,
    /// In this time, in seconds.
    pub per: TimeSpan,
}

const TARGET: &str = "a number of false alarms in a time, such as `1/month`";

impl FromStr for Target {
    type Err = TuneError;

    fn from_str(text: &str) -> Result<Self, TuneError> {
        let parts = text
            .split_once('/')
            .and_then(|(alarms, per)| Some(Target { alarms: alarms.trim().parse().ok()?, per: period(per)? }));
        parts.ok_or(TuneError { option: "target", expected: TARGET })
    }
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer, TARGET, |text| text.parse().ok())
    }
}
