//! Writes points in time as text.

use super::Instant;
use super::units::{DAY, HOUR, MINUTE, SECOND};

const YEAR_0: i64 = -719_528 * DAY;
const YEAR_10000: i64 = 2_932_897 * DAY;

impl Instant {
    /// Its year has four digits.
    #[must_use]
    pub fn is_usual(self) -> bool {
        (YEAR_0..YEAR_10000).contains(&self.0)
    }

    /// RFC 3339 in UTC, with microseconds: `2026-03-01T12:00:00.000000Z`.
    #[must_use]
    pub fn rfc3339(self) -> String {
        let mut out = String::with_capacity(27);
        if self.is_usual() {
            self.write(&mut |text| out.push_str(text));
        } else {
            let (year, month, day) = date(self.0.div_euclid(DAY));
            digits(&mut out, year, 4);
            for (before, number) in [('-', month), ('-', day)] {
                out.push(before);
                digits(&mut out, number, 2);
            }
            out.push('T');
            out.push_str(&self.time_of_day(6));
        }
        out.push('Z');
        out
    }

    /// The same without the `Z`, for a time with a year of four digits.
    pub fn write(self, out: &mut dyn FnMut(&str)) {
        let small = |number: i64| u32::try_from(number).unwrap_or_default();
        let (year, month, day) = date(self.0.div_euclid(DAY));
        let of_day = self.0.rem_euclid(DAY).unsigned_abs();
        let [seconds, micros] =
            [of_day / 1_000_000, of_day % 1_000_000].map(|part| u32::try_from(part).unwrap_or_default());
        let year = small(year);
        let pairs = [
            (0, year / 100),
            (2, year),
            (5, small(month)),
            (8, small(day)),
            (11, seconds / 3600),
            (14, seconds / 60 % 60),
            (17, seconds % 60),
            (20, micros / 10_000),
            (22, micros / 100),
            (24, micros),
        ];
        let mut text = *b"0000-00-00T00:00:00.000000";
        for (at, number) in pairs {
            if let Some(pair) = text.get_mut(at..).and_then(|rest| rest.first_chunk_mut()) {
                *pair = two(number);
            }
        }
        out(std::str::from_utf8(&text).unwrap_or_default());
    }

    /// `12:05:30`, with fractional digits if there are any.
    #[must_use]
    pub fn clock_time(self) -> String {
        let full = self.time_of_day(6);
        full.trim_end_matches('0')
            .strip_suffix('.')
            .map_or_else(|| full.trim_end_matches('0').to_owned(), |_| full.get(..8).unwrap_or_default().to_owned())
    }

    /// The time of day; preceded by the date, if the subject lasts a day or longer (microseconds).
    pub(crate) fn clock_time_in(self, span: i64) -> String {
        if span < DAY {
            return self.clock_time();
        }
        let full = self.rfc3339();
        let date = full.split_once('T').map_or("", |(date, _)| date);
        [date, " ", &self.clock_time()].concat()
    }

    fn time_of_day(self, places: usize) -> String {
        let micros = self.0.rem_euclid(DAY);
        let part =
            |size: i64, of: i64| micros.checked_div(size).unwrap_or_default().checked_rem(of).unwrap_or_default();
        let mut out = String::new();
        digits(&mut out, part(HOUR, 24), 2);
        out.push(':');
        digits(&mut out, part(MINUTE, 60), 2);
        out.push(':');
        digits(&mut out, part(SECOND, 60), 2);
        out.push('.');
        digits(&mut out, part(1, SECOND), places);
        out
    }
}

/// The last two digits.
#[inline]
fn two(number: u32) -> [u8; 2] {
    let ([tens, ..], [ones, ..]) = ((number / 10 % 10).to_le_bytes(), (number % 10).to_le_bytes());
    [tens | b'0', ones | b'0']
}

fn digits(out: &mut String, number: i64, width: usize) {
    // A year beyond 9999 has as many digits as necessary.
    let Ok(mut rest) = u32::try_from(number) else { return out.push_str(&number.to_string()) };
    let mut written = [b'0'; 10];
    let mut begin = written.len();
    for digit in written.iter_mut().rev() {
        if rest == 0 {
            break;
        }
        *digit = b'0'.wrapping_add(u8::try_from(rest % 10).unwrap_or_default());
        rest /= 10;
        begin = begin.saturating_sub(1);
    }
    let begin = begin.min(written.len().saturating_sub(width));
    out.push_str(written.get(begin..).and_then(|written| std::str::from_utf8(written).ok()).unwrap_or_default());
}

/// Year, month and day of a day number since 1970-01-01: Howard Hinnant's `civil_from_days`, whose years begin on
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
