//! Points in time to text.

use super::Instant;

const DAY: i64 = 86_400_000_000;

impl Instant {
    /// RFC 3339 in UTC, with microseconds: `2026-03-01T12:00:00.000000Z`.
    #[must_use]
    pub fn rfc3339(self) -> String {
        let (year, month, day) = date(self.0.div_euclid(DAY));
        let mut out = String::with_capacity(27);
        digits(&mut out, year, 4);
        for (before, number) in [('-', month), ('-', day)] {
            out.push(before);
            digits(&mut out, number, 2);
        }
        out.push('T');
        out.push_str(&self.time_of_day(6));
        out.push('Z');
        out
    }

    /// `12:05:30`, with digits of a second as far as there are any.
    #[must_use]
    pub fn clock_time(self) -> String {
        let full = self.time_of_day(6);
        full.trim_end_matches('0')
            .strip_suffix('.')
            .map_or_else(|| full.trim_end_matches('0').to_owned(), |_| full.get(..8).unwrap_or_default().to_owned())
    }

    fn time_of_day(self, places: usize) -> String {
        let micros = self.0.rem_euclid(DAY);
        let part =
            |size: i64, of: i64| micros.checked_div(size).unwrap_or_default().checked_rem(of).unwrap_or_default();
        let mut out = String::new();
        digits(&mut out, part(3_600_000_000, 24), 2);
        out.push(':');
        digits(&mut out, part(60_000_000, 60), 2);
        out.push(':');
        digits(&mut out, part(1_000_000, 60), 2);
        out.push('.');
        digits(&mut out, part(1, 1_000_000), places);
        out
    }
}

fn digits(out: &mut String, number: i64, width: usize) {
    let mut size = (1..width).fold(1_i64, |size, _| size.saturating_mul(10));
    if number < 0 || number >= size.saturating_mul(10) {
        out.push_str(&number.to_string());
        return;
    }
    let mut rest = number;
    while size > 0 {
        let digit = rest.checked_div(size).unwrap_or_default();
        rest = rest.saturating_sub(digit.saturating_mul(size));
        size = size.checked_div(10).unwrap_or_default();
        out.extend(u32::try_from(digit).ok().and_then(|digit| char::from_digit(digit, 10)));
    }
}

/// Year, month and day of a day counted from 1970-01-01: Howard Hinnant's `civil_from_days`, which counts from a
/// 1 March so that leap days come last.
#[allow(clippy::arithmetic_side_effects)]
fn date(days: i64) -> (i64, i64, i64) {
    // Far within 64 bits: days are microseconds divided by 86,400,000,000.
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}
