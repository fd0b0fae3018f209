//! Times in the notation of scenarios: `3m30s`, or a point in time.

use std::fmt::Write;

use crate::json::{Decimal, Kind, Value};

use super::units::{DAY, HOUR, MINUTE, SECOND};
use super::{Instant, instant_of, scalar};

const UNITS: [(&str, i64); 6] = [("us", 1), ("ms", 1000), ("s", SECOND), ("m", MINUTE), ("h", HOUR), ("d", DAY)];

/// A span of time in microseconds: `90s`, `1h30m`, `2.5s`, a number of seconds, or ISO 8601 (`PT90S`).
pub(crate) fn span(value: Value<'_>) -> Option<i64> {
    match value.kind() {
        Kind::Integer | Kind::Float => micros(value.raw()),
        Kind::String => span_of_text(&value.string()),
        _ => None,
    }
}

/// The same for a text outside of documents.
pub(crate) fn span_of_text(text: &str) -> Option<i64> {
    let trimmed = text.trim();
    let bare = trimmed.strip_prefix(['-', '+']).unwrap_or(trimmed);
    if bare.starts_with(['P', 'p']) {
        return scalar::duration_of_text(text.as_bytes());
    }
    let sum = units(bare)?;
    if trimmed.starts_with('-') { sum.checked_neg() } else { Some(sum) }
}

fn micros(digits: &[u8]) -> Option<i64> {
    Decimal::read(digits)?.micros()
}

fn units(text: &str) -> Option<i64> {
    let mut rest = text.trim_start();
    let mut sum = 0_i64;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
        let (number, tail) = rest.split_at_checked(digits)?;
        let tail = tail.trim_start();
        let letters = tail.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (unit, after) = tail.split_at_checked(letters)?;
        let (_, size) = UNITS.iter().find(|(name, _)| *name == unit)?;
        // A number of millionths, times the size of the unit in microseconds.
        let number = number.strip_suffix('.').map_or(number, |_| "");
        let part = i128::from(micros(number.as_bytes())?).checked_mul(i128::from(*size))?.checked_div(1_000_000)?;
        sum = sum.checked_add(i64::try_from(part).ok()?)?;
        rest = after.trim_start();
    }
    Some(sum)
}

/// A point in time: absolute, or as a span from `start`.
pub(crate) fn moment(value: Value<'_>, start: Instant) -> Option<Instant> {
    if let Some(span) = span(value) {
        return start.0.checked_add(span).map(Instant);
    }
    instant_of(value).filter(|_| matches!(value.kind(), Kind::String | Kind::Date))
}

/// `3m30s`, `0.5s`, `2h`.
pub(crate) fn compact(span: i64) -> String {
    let mut out = String::new();
    if span < 0 {
        out.push('-');
    }
    let mut rest = span.unsigned_abs();
    for (name, size) in [("d", DAY), ("h", HOUR), ("m", MINUTE)] {
        let size = size.unsigned_abs();
        let whole = rest.checked_div(size).unwrap_or_default();
        if whole > 0 {
            out.push_str(&whole.to_string());
            out.push_str(name);
        }
        rest = rest.checked_rem(size).unwrap_or_default();
    }
    if rest > 0 || out.is_empty() || out == "-" {
        out.push_str(&decimal(rest));
        out.push('s');
    }
    out
}

/// A duration for a message, in its two largest units.
pub(crate) fn duration(micros: i64) -> String {
    let micros = micros.unsigned_abs();
    let units = [("d", DAY), ("h", HOUR), ("min", MINUTE), ("s", SECOND), ("ms", 1000), ("µs", 1)];
    let mut rest = micros;
    let mut out = String::new();
    let mut parts = 0_u8;
    for (unit, size) in units {
        let count = rest.checked_div(size.unsigned_abs()).unwrap_or_default();
        rest = rest.checked_rem(size.unsigned_abs()).unwrap_or_default();
        if (count == 0 && parts > 0) || parts == 2 {
            break;
        }
        if count > 0 {
            parts = parts.saturating_add(1);
            let between = if parts > 1 { " " } else { "" };
            // Writing to a String cannot fail.
            let _ = write!(out, "{between}{count} {unit}");
        }
    }
    if out.is_empty() { "0 s".to_owned() } else { out }
}

/// Seconds without unnecessary digits.
pub(crate) fn decimal(micros: u64) -> String {
    let whole = micros.checked_div(1_000_000).unwrap_or_default();
    let rest = micros.checked_rem(1_000_000).unwrap_or_default();
    if rest == 0 {
        return whole.to_string();
    }
    let digits = rest.to_string();
    let padded = ["0".repeat(6_usize.saturating_sub(digits.len())), digits].concat();
    format!("{whole}.{}", padded.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_spans() {
        assert_eq!(units("3m30s"), Some(210_000_000));
        assert_eq!(units("1.5h"), Some(5_400_000_000));
        assert_eq!(units("1 d 2 ms"), Some(86_400_002_000));
        assert_eq!(units("250us"), Some(250));
        for wrong in ["", "5", "m", "5x", "5m3", "1.2.3s", "99999999999999d", "5.s"] {
            assert_eq!(units(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn writes_spans() {
        for text in ["3m30s", "0.5s", "2h", "1d1h1m1.000001s", "-5s", "0s"] {
            let bare = text.trim_start_matches('-');
            let span = units(bare).unwrap_or_default();
            assert_eq!(compact(if bare == text { span } else { -span }), text);
        }
    }
}
