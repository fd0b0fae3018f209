//! Points in time, read like the Prefect server.
//!
//! Source of the rules: `prefect/types/_datetime.py`. On Python up to 3.12 a text is first parsed by pydantic (here by
//! pydantic's own crate `speedate`) and then by pendulum (`lenient.rs`).

mod lenient;
pub(crate) mod scalar;
pub(crate) mod serial;
pub(crate) mod span;
pub(crate) mod units;
mod write;

use speedate::{DateTime, DateTimeConfig, MicrosecondsPrecisionOverflowBehavior, TimeConfig, TimestampUnit};

use crate::json::{Decimal, Kind, Value};
use crate::time::units::SECOND;

pub use serial::{InvalidTime, TimePoint, TimeSpan};

/// Microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct Instant(pub i64);

impl Instant {
    /// Microseconds from `earlier` to this one; negative if `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Instant) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// A key that sorts in order of time, also before 1970.
    #[must_use]
    pub fn sortable(self) -> u64 {
        self.0.cast_unsigned() ^ (1 << 63)
    }

    /// The time of [`Instant::sortable`].
    #[must_use]
    pub fn from_sortable(key: u64) -> Instant {
        Instant((key ^ (1 << 63)).cast_signed())
    }
}

/// The notation of a point in time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TimeForm {
    /// RFC 3339, with its offset.
    Rfc3339,
    /// Like RFC 3339, but without an offset: the server reads it as UTC.
    WithoutOffset,
    /// Another form that the server happens to read.
    Other,
}

/// A point in time that the server can read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Time {
    /// `None`: it depends on when the server reads it (`now`, or a time without a date), or its offset is a day or
    /// more, which Python cannot convert to an instant.
    pub instant: Option<Instant>,
    /// Its notation.
    pub form: TimeForm,
}

/// Reads the text of a point in time; `None` if the server rejects it.
#[must_use]
pub fn read(text: &[u8]) -> Option<Time> {
    match DateTime::parse_bytes_rfc3339_with_config(text, &config().time_config) {
        // Python's calendar begins with the year 1.
        Ok(time) if time.date.year > 0 => Some(Time { instant: instant(&time), form: form(text) }),
        _ => read_digits(text).or_else(|| lenient::read(std::str::from_utf8(text).ok()?)),
    }
}

/// A number in a string: digits with a sign and a decimal point, but no exponent.
fn read_digits(text: &[u8]) -> Option<Time> {
    let digits = text.strip_prefix(b"-").or(text.strip_prefix(b"+")).unwrap_or(text);
    let is_number = digits.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    is_number.then(|| read_number(text, !digits.contains(&b'.')))?
}

/// Reads a JSON number as a point in time (seconds or, beyond 20,000,000,000, milliseconds since
/// 1970); `None` if the server rejects it. `raw` is the number as written.
#[must_use]
pub fn read_number(raw: &[u8], is_integer: bool) -> Option<Time> {
    let time = if is_integer {
        let seconds = std::str::from_utf8(raw).ok()?.parse().ok()?;
        DateTime::from_timestamp_with_config(seconds, 0, &config())
    } else {
        let number = Decimal::read(raw)?;
        let limit = MILLISECONDS_FROM.saturating_mul(1_000_000);
        let micros = number.micros().filter(|micros| micros.unsigned_abs() <= limit);
        let micros = micros.or_else(|| number.thousandths())?;
        let seconds = micros.div_euclid(SECOND);
        let rest = u32::try_from(micros.rem_euclid(SECOND)).ok()?;
        let in_seconds = DateTimeConfig { timestamp_unit: TimestampUnit::Second, ..config() };
        DateTime::from_timestamp_with_config(seconds, rest, &in_seconds)
    };
    Some(Time { instant: instant(&time.ok()?), form: TimeForm::Other })
}

/// A larger number of seconds is read as milliseconds.
const MILLISECONDS_FROM: u64 = 20_000_000_000;

/// In pydantic's configuration: digits below a microsecond are cut off.
fn config() -> DateTimeConfig {
    DateTimeConfig {
        time_config: TimeConfig {
            microseconds_precision_overflow_behavior: MicrosecondsPrecisionOverflowBehavior::Truncate,
            ..TimeConfig::default()
        },
        ..DateTimeConfig::default()
    }
}

/// A point in time that depends only on its text.
#[must_use]
pub fn instant_of(value: Value<'_>) -> Option<Instant> {
    match value.kind() {
        Kind::String | Kind::Date => read(&value.bytes())?.instant,
        Kind::Integer | Kind::Float => read_number(value.raw(), value.kind() == Kind::Integer)?.instant,
        _ => None,
    }
}

fn instant(time: &DateTime) -> Option<Instant> {
    let seconds = time.timestamp_tz();
    let micros = i64::from(time.time.microsecond);
    Some(Instant(seconds.checked_mul(SECOND)?.checked_add(micros)?))
}

/// The notation of a valid point in time.
fn form(text: &[u8]) -> TimeForm {
    // `2026-03-31T18:30:00`: the date is known to have ten characters.
    let Some((start, mut rest)) = text.split_at_checked(19) else { return TimeForm::Other };
    if !matches!(start.get(10), Some(b'T' | b't')) || start.get(16) != Some(&b':') {
        return TimeForm::Other;
    }
    if let Some((b'.', tail)) = rest.split_first() {
        let digits = tail.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            return TimeForm::Other;
        }
        rest = tail.get(digits..).unwrap_or_default();
    }
    match rest {
        [] => TimeForm::WithoutOffset,
        [b'Z' | b'z'] => TimeForm::Rfc3339,
        [b'+' | b'-', a, b, b':', c, d] if [a, b, c, d].iter().all(|byte| byte.is_ascii_digit()) => TimeForm::Rfc3339,
        _ => TimeForm::Other,
    }
}

#[cfg(test)]
mod tests;
