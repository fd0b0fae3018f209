//! Numbers for people.

use crate::text::phrase::count;
use crate::time::TimeSpan;
use crate::time::span::decimal;

/// Three digits, with groups of thousands: `1,180`, `23.5`, `0.00278`, `3.1e-12`.
pub(super) fn digits(number: f64) -> String {
    if number == 0.0 || !number.is_finite() {
        return if number == 0.0 { "0" } else { "-" }.to_owned();
    }
    // Rounded first: 99.96 is 100.
    let rounded = format!("{number:.2e}");
    let (_, exponent) = rounded.split_once('e').unwrap_or_default();
    match exponent.parse::<i32>().unwrap_or_default() {
        exponent if exponent < -6 => rounded,
        exponent if exponent >= 2 => {
            let whole = rounded.parse::<f64>().unwrap_or(number);
            format!("{whole:.0}").parse().map_or(rounded, count)
        }
        exponent => {
            let places = usize::try_from(2_i32.saturating_sub(exponent)).unwrap_or_default();
            let text = format!("{number:.places$}");
            if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
        }
    }
}

/// `2 %`, `0.05 %`
pub(super) fn percent(share: f64) -> String {
    format!("{} %", digits(share * 100.0))
}

/// Seconds, to a tenth from 10 s on.
pub(super) fn seconds(span: TimeSpan) -> String {
    let micros = span.0.unsigned_abs();
    let step = if micros < 10_000_000 { 1000 } else { 100_000 };
    let rounded = micros.saturating_add(step / 2).checked_div(step).unwrap_or_default().saturating_mul(step);
    format!("{}{} s", if span.0 < 0 { "-" } else { "" }, decimal(rounded))
}

/// Seconds without rounding.
pub(super) fn exact_seconds(span: TimeSpan) -> String {
    format!("{}{} s", if span.0 < 0 { "-" } else { "" }, decimal(span.0.unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits() {
        let numbers = [1176.4, 23.52, 99.96, 0.002_778, 3.14e-12, 0.0, 1.0, 423_360.0, 0.5, 9.999];
        let shown = ["1,180", "23.5", "100", "0.00278", "3.14e-12", "0", "1", "423,000", "0.5", "10"];
        assert_eq!(numbers.map(digits), shown);
        assert_eq!((percent(0.02), percent(0.0005)), ("2 %".to_owned(), "0.05 %".to_owned()));
        assert_eq!(seconds(TimeSpan(273_449_000)), "273.4 s");
        assert_eq!(seconds(TimeSpan(60_015_000)), "60 s");
        assert_eq!(exact_seconds(TimeSpan(60_015_000)), "60.015 s");
    }
}
