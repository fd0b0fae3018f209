//! Scalars and lists of them, read like pydantic's lax mode. `None`: the server rejects the value.

use speedate::Duration;

use crate::json::{Decimal, Kind, Value};
use crate::text::order;
use crate::time::units::DAY;

/// The most days of Python's `timedelta`.
pub(crate) const MOST_DAYS: i64 = 999_999_999;

/// A set of strings: sorted, without duplicates.
#[must_use]
pub(crate) fn set(value: Value<'_>) -> Option<Vec<String>> {
    let mut texts = texts(value)?;
    let order = order::order_of_texts(&texts.iter().map(String::as_bytes).collect::<Vec<_>>());
    order::arrange(&mut texts, order);
    texts.dedup();
    Some(texts)
}

/// A list whose items can be read this way.
pub(crate) fn each<T>(list: Value<'_>, mut read: impl FnMut(Value<'_>) -> Option<T>) -> Option<Vec<T>> {
    if list.kind() != Kind::Array {
        return None;
    }
    let mut all = Vec::new();
    for item in list.items() {
        all.push(read(item)?);
    }
    Some(all)
}

/// A list of strings.
#[must_use]
pub(crate) fn texts(value: Value<'_>) -> Option<Vec<String>> {
    each(value, text)
}

#[must_use]
pub(crate) fn text(value: Value<'_>) -> Option<String> {
    (value.is_string() && !value.has_lone_surrogate()).then(|| value.string().into_owned())
}

/// `true`, and what pydantic reads as `true`.
#[must_use]
pub(crate) fn boolean(value: Value<'_>) -> Option<bool> {
    match value.kind() {
        Kind::True => Some(true),
        Kind::False => Some(false),
        Kind::Integer | Kind::Float => match Decimal::read(value.raw())?.micros()? {
            0 => Some(false),
            1_000_000 => Some(true),
            _ => None,
        },
        Kind::String => {
            let word = value.string().to_ascii_lowercase();
            match &*word {
                "1" | "true" | "t" | "yes" | "y" | "on" => Some(true),
                "0" | "false" | "f" | "no" | "n" | "off" => Some(false),
                _ => None,
            }
        }
        _ => None,
    }
}

/// A whole number, also as a float, a boolean or a string. Whole numbers and strings beyond 64 bits saturate; floats beyond
/// them are none, as for pydantic.
#[must_use]
pub(crate) fn integer(value: Value<'_>) -> Option<i64> {
    match value.kind() {
        Kind::True => Some(1),
        Kind::False => Some(0),
        Kind::Integer => whole(value.raw()),
        Kind::Float => whole_float(float(value)?),
        Kind::String => {
            let text = value.string();
            let text = text.trim();
            // `1.0`, but not `1.5` or `1e3`; `1_000`, but not `_1` or `1__0`.
            let text = text.trim_end_matches('0').strip_suffix('.').unwrap_or(text);
            let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
            let ungrouped: String = digits.chars().filter(|c| *c != '_').collect();
            let plain = digits.split('_').all(|group| !group.is_empty());
            let sign = if text.starts_with('-') { "-" } else { "" };
            (plain && ungrouped.bytes().all(|byte| byte.is_ascii_digit()))
                .then(|| whole([sign, &ungrouped].concat().as_bytes()))?
        }
        _ => None,
    }
}

/// Whether it is a float beyond 64 bits.
pub(crate) fn is_beyond_64_bits(value: Value<'_>) -> bool {
    value.kind() == Kind::Float && float(value).is_some_and(|number| number.abs() >= BITS_64)
}

const BITS_64: f64 = 9_223_372_036_854_775_808.0;

fn float(value: Value<'_>) -> Option<f64> {
    std::str::from_utf8(value.raw()).ok()?.parse().ok()
}

#[expect(clippy::cast_possible_truncation, reason = "it is within the bounds")]
fn whole_float(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < BITS_64).then_some(number as i64)
}

fn whole(raw: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(raw).ok()?;
    let limit = if text.starts_with('-') { i64::MIN } else { i64::MAX };
    Decimal::read(raw).map(|_| text.parse().unwrap_or(limit))
}

/// A duration in microseconds: a number of seconds, or a string that pydantic reads (`PT90S`, `00:01:30`).
#[must_use]
pub(crate) fn duration(value: Value<'_>) -> Option<i64> {
    let micros = match value.kind() {
        Kind::True => 1_000_000,
        Kind::False => 0,
        Kind::Integer | Kind::Float => Decimal::read(value.raw())?.micros()?,
        Kind::String => return duration_of_text(&value.bytes()),
        _ => return None,
    };
    possible(micros)
}

/// The same for a text outside of documents.
pub(crate) fn duration_of_text(text: &[u8]) -> Option<i64> {
    let duration = Duration::parse_bytes(text).ok()?;
    let seconds = duration.signed_total_seconds().checked_mul(1_000_000)?;
    possible(seconds.checked_add(duration.signed_microseconds().into())?)
}

/// A duration within Python's range.
fn possible(micros: i64) -> Option<i64> {
    let days = micros.div_euclid(DAY);
    (-MOST_DAYS..=MOST_DAYS).contains(&days).then_some(micros)
}
