//! Points and spans of time in options and results.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::json::double_text;
use crate::text::strict::invalid;
use crate::time::units::SECOND;

use super::span::{self, compact};
use super::{Instant, read, read_number};

/// RFC 3339 in UTC, with microseconds.
impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.rfc3339())
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = "a point in time such as `2026-03-01T12:00:00Z`";
        deserializer.deserialize_any(Scalar { expected, text: instant_of_text, number: instant_of_number })
    }
}

/// A span of time in microseconds.
///
/// In options it is a number of seconds, or a string such as `3m30s` or `PT90S`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct TimeSpan(
    /// Microseconds.
    pub i64,
);

impl TimeSpan {
    /// A number of whole seconds.
    #[must_use]
    pub const fn seconds(seconds: i64) -> TimeSpan {
        TimeSpan(seconds.saturating_mul(SECOND))
    }

    /// A number of seconds, to the nearest microsecond; `None` if it is not a number or too large.
    // Less than a microsecond is cut off; larger values are rejected.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)]
    pub fn from_seconds(seconds: f64) -> Option<TimeSpan> {
        let micros = (seconds * 1e6).round();
        (micros.abs() < 9e18).then_some(TimeSpan(micros as i64))
    }
}

impl fmt::Display for TimeSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&compact(self.0))
    }
}

impl FromStr for TimeSpan {
    type Err = InvalidTime;

    fn from_str(text: &str) -> Result<TimeSpan, InvalidTime> {
        span_of_text(text).ok_or(InvalidTime(SPAN))
    }
}

/// Seconds; as a whole number if possible.
impl Serialize for TimeSpan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        fraction(self.0, 1_000_000, serializer)
    }
}

impl<'de> Deserialize<'de> for TimeSpan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Scalar { expected: SPAN, text: span_of_text, number: TimeSpan::from_seconds })
    }
}

/// A point in time, absolute or relative to the start of a scenario.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TimePoint {
    /// This instant.
    At(Instant),
    /// This long after the start.
    After(TimeSpan),
}

impl TimePoint {
    /// `None`: out of range.
    #[must_use]
    pub fn from(self, start: Instant) -> Option<Instant> {
        match self {
            TimePoint::At(instant) => Some(instant),
            TimePoint::After(span) => start.0.checked_add(span.0).map(Instant),
        }
    }
}

impl<'de> Deserialize<'de> for TimePoint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = "a duration from the start such as `3m30s`, or a point in time such as `2026-03-01T12:00:00Z`";
        let text =
            |text: &str| span_of_text(text).map(TimePoint::After).or_else(|| instant_of_text(text).map(TimePoint::At));
        deserializer.deserialize_any(Scalar {
            expected,
            text,
            number: |number: f64| TimeSpan::from_seconds(number).map(TimePoint::After),
        })
    }
}

/// A text that is not a time; displayed as a sentence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InvalidTime(&'static str);

impl fmt::Display for InvalidTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}", self.0)
    }
}

impl std::error::Error for InvalidTime {}

pub(crate) const SPAN: &str = "a duration such as `90s`, or a number of seconds";

/// The server reads `2026` as seconds since 1970. Nobody means this in an option.
fn instant_of_text(text: &str) -> Option<Instant> {
    let is_date = text.bytes().skip(1).any(|byte| byte == b'-');
    read(text.as_bytes()).filter(|_| is_date)?.instant
}

fn instant_of_number(number: f64) -> Option<Instant> {
    // Whole numbers are written without a point.
    read_number(double_text(number).as_bytes(), number.fract() == 0.0)?.instant
}

fn span_of_text(text: &str) -> Option<TimeSpan> {
    span::span_of_text(text).map(TimeSpan)
}

/// Reads a string or a number.
struct Scalar<F, G> {
    expected: &'static str,
    text: F,
    number: G,
}

impl<T, F: FnOnce(&str) -> Option<T>, G: FnOnce(f64) -> Option<T>> Visitor<'_> for Scalar<F, G> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.expected)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        let expected = self.expected;
        (self.text)(text).ok_or_else(|| invalid(text, expected))
    }

    // Numbers of seconds beyond 2^53 are not sensible.
    #[allow(clippy::cast_precision_loss)]
    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        self.visit_f64(number as f64)
    }

    #[allow(clippy::cast_precision_loss)]
    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        self.visit_f64(number as f64)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<T, E> {
        let expected = self.expected;
        (self.number)(number).ok_or_else(|| invalid(&double_text(number), expected))
    }
}

/// A number of units with its fraction; as a whole number if possible.
// Fewer than 2^53 microseconds, as all times until the year 2255 are, are exact.
#[allow(clippy::cast_precision_loss)]
pub(crate) fn fraction<S: Serializer>(micros: i64, unit: i64, serializer: S) -> Result<S::Ok, S::Error> {
    match (micros.checked_rem(unit), micros.checked_div(unit)) {
        (Some(0), Some(whole)) => serializer.serialize_i64(whole),
        _ => serializer.serialize_f64(micros as f64 / unit as f64),
    }
}
