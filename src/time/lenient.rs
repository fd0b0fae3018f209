//! The forms that pendulum 3 reads (`rust/src/parsing.rs` and `parsing/__init__.py` there): ISO 8601
//! week and ordinal dates, basic formats, times alone, and dates with slashes or colons.

use speedate::Date;

use crate::time::units::SECOND;

use super::{Instant, Time, TimeForm};

pub(super) fn read(text: &str) -> Option<Time> {
    if text == "now" {
        return Some(Time { instant: None, form: TimeForm::Other });
    }
    iso(text).or_else(|| common(text))?.time()
}

/// A date (days since 1970) and a time, either of which may be missing.
#[derive(Default)]
struct Parts {
    days: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    microsecond: i64,
    offset_minutes: i64,
}

impl Parts {
    /// `None`: this time of day does not exist.
    fn time(&self) -> Option<Time> {
        let Parts { hour, minute, second, microsecond, offset_minutes, .. } = *self;
        // Pendulum limits only offsets to the east of UTC, to 24 hours inclusive.
        if hour > 23 || minute > 59 || second > 59 || offset_minutes > 24 * 60 {
            return None;
        }
        let Some(days) = self.days.filter(|_| offset_minutes.abs() < 24 * 60) else {
            return Some(Time { instant: None, form: TimeForm::Other });
        };
        let minutes = days.checked_mul(24)?.checked_add(hour)?.checked_mul(60)?.checked_add(minute)?;
        let seconds = minutes.checked_sub(offset_minutes)?.checked_mul(60)?.checked_add(second)?;
        let instant = Instant(seconds.checked_mul(SECOND)?.checked_add(microsecond)?);
        Some(Time { instant: Some(instant), form: TimeForm::Other })
    }
}

/// Days since 1970 of a calendar date, if it exists.
fn calendar(year: i64, month: i64, day: i64) -> Option<i64> {
    let text = format!("{year:04}-{month:02}-{day:02}");
    let date = Date::parse_bytes_rfc3339(text.as_bytes()).ok()?;
    Some(date.timestamp().div_euclid(86_400)).filter(|_| year >= 1)
}

/// Days since 1970 of the n-th day of a year.
fn ordinal(year: i64, day: i64) -> Option<i64> {
    let first = calendar(year, 1, 1)?;
    let days = first.checked_add(day.checked_sub(1)?)?;
    Some(days).filter(|&days| day >= 1 && calendar(year, 12, 31).is_some_and(|last| days <= last))
}

/// Days since 1970 of a day of an ISO week. Week 0 and day 0 count backwards, as in pendulum.
fn week(year: i64, week: i64, day: i64) -> Option<i64> {
    let monday_is_1 = |days: i64| days.checked_add(3).map(|days| days.rem_euclid(7).saturating_add(1));
    let fourth = calendar(year, 1, 4)?;
    let new_year = monday_is_1(calendar(year, 1, 1)?)?;
    let leap = calendar(year, 2, 29).is_some();
    let long = new_year == 4 || (leap && new_year == 3);
    if week > 53 || (week == 53 && !long) || day > 7 {
        return None;
    }
    let monday_of_first_week = fourth.checked_sub(monday_is_1(fourth)?)?.checked_add(1)?;
    monday_of_first_week.checked_add(week.checked_sub(1)?.checked_mul(7)?)?.checked_add(day.checked_sub(1)?)
}

/// Reads ASCII text from the left.
struct Cursor<'t>(&'t [u8]);

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.0.first().copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.0 = self.0.get(1..).unwrap_or_default();
        }
        found
    }

    /// Exactly this many digits.
    fn digits(&mut self, count: usize) -> Option<i64> {
        self.digits_between(count, count)
    }

    /// As many digits as possible, within limits.
    fn digits_between(&mut self, least: usize, most: usize) -> Option<i64> {
        let count = self.0.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        if count < least {
            return None;
        }
        let (digits, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        std::str::from_utf8(digits).ok()?.parse().ok()
    }

    /// One or more digits as a fraction of a second; digits below a microsecond are cut off.
    fn fraction(&mut self, most: usize) -> Option<i64> {
        let count = self.0.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.0.split_at_checked(count).filter(|(digits, _)| !digits.is_empty())?;
        self.0 = rest;
        let text = std::str::from_utf8(digits).ok()?;
        format!("{text:0<6}").get(..6)?.parse().ok()
    }

    fn at_end(&self) -> bool {
        self.0.is_empty()
    }

    fn before_time(&self) -> bool {
        matches!(self.peek(), None | Some(b' ' | b'T'))
    }
}

/// ISO 8601, by the rules of pendulum's parser.
fn iso(text: &str) -> Option<Parts> {
    let mut cursor = Cursor(text.as_bytes());
    let mut parts = Parts::default();
    if cursor.peek() == Some(b'T') {
        iso_time(&mut cursor, &mut parts, false, false)?;
        return Some(parts).filter(|_| cursor.at_end());
    }
    let first = cursor.digits(2)?;
    if cursor.peek() == Some(b':') {
        parts.hour = first;
        iso_time(&mut cursor, &mut parts, true, true)?;
        return Some(parts).filter(|_| cursor.at_end());
    }
    let year = first.checked_mul(100)?.checked_add(cursor.digits(2)?)?;
    let extended = cursor.take(b'-');
    let days = if cursor.take(b'W') {
        let number = cursor.digits(2)?;
        let day = if cursor.before_time() {
            1
        } else {
            if extended && !cursor.take(b'-') {
                return None;
            }
            cursor.digits(1)?
        };
        week(year, number, day)
    } else {
        let month = cursor.digits(2)?;
        let nth = |digit: i64| month.checked_mul(10).and_then(|tens| ordinal(year, tens.checked_add(digit)?));
        if extended {
            if cursor.before_time() {
                calendar(year, month, 1)
            } else if cursor.take(b'-') {
                calendar(year, month, cursor.digits(2)?)
            } else {
                nth(cursor.digits(1)?)
            }
        } else {
            let digit = cursor.digits(1)?;
            if cursor.before_time() {
                nth(digit)
            } else {
                calendar(year, month, digit.checked_mul(10)?.checked_add(cursor.digits(1)?)?)
            }
        }
    };
    parts.days = Some(days?);
    if !cursor.at_end() {
        iso_time(&mut cursor, &mut parts, false, extended)?;
    }
    Some(parts).filter(|_| cursor.at_end())
}

fn iso_time(cursor: &mut Cursor<'_>, parts: &mut Parts, hour_is_read: bool, extended_date: bool) -> Option<()> {
    if !hour_is_read {
        if !(cursor.take(b'T') || cursor.take(b' ')) {
            return None;
        }
        parts.hour = cursor.digits(2)?;
    }
    let before_offset = |cursor: &Cursor<'_>| matches!(cursor.peek(), None | Some(b'Z' | b'+' | b'-'));
    if !before_offset(cursor) {
        let extended = cursor.take(b':');
        parts.minute = cursor.digits(2)?;
        if !before_offset(cursor) {
            if extended && !cursor.take(b':') {
                return None;
            }
            parts.second = cursor.digits(2)?;
            if cursor.take(b'.') || cursor.take(b',') {
                parts.microsecond = cursor.fraction(usize::MAX)?;
            }
            // `20260301T12:00:00` mixes the two formats.
            if extended && !extended_date {
                return None;
            }
        }
        if !extended && extended_date {
            return None;
        }
    }
    if cursor.take(b'Z') {
        return Some(());
    }
    let negative = cursor.peek() == Some(b'-');
    if cursor.take(b'+') || cursor.take(b'-') {
        let hours = cursor.digits(2)?;
        cursor.take(b':');
        let minutes = if cursor.at_end() { 0 } else { cursor.digits(2)? };
        let offset = hours.checked_mul(60)?.checked_add(minutes)?;
        parts.offset_minutes = if negative { offset.checked_neg()? } else { offset };
    }
    Some(())
}

/// The formats that pendulum calls common: `2026/03/01 12:00:00`, `2026 12:00`, `1:5:7`.
fn common(text: &str) -> Option<Parts> {
    let cursor = Cursor(text.as_bytes());
    match common_from(&cursor, true) {
        Common::OtherForm => match common_from(&cursor, false) {
            Common::Is(parts) => Some(parts),
            Common::OtherForm | Common::NoSuchDate => None,
        },
        Common::Is(parts) => Some(parts),
        Common::NoSuchDate => None,
    }
}

enum Common {
    OtherForm,
    NoSuchDate,
    Is(Parts),
}

fn common_from(cursor: &Cursor<'_>, with_month: bool) -> Common {
    let mut cursor = Cursor(cursor.0);
    match common_parts(&mut cursor, with_month).filter(|_| cursor.at_end()) {
        None => Common::OtherForm,
        Some((Parts { days: None, .. }, true)) => Common::NoSuchDate,
        Some((parts, _)) => Common::Is(parts),
    }
}

/// The parts, and whether they include a date.
fn common_parts(cursor: &mut Cursor<'_>, with_month: bool) -> Option<(Parts, bool)> {
    let mut parts = Parts::default();
    let has_date = cursor.0.iter().take_while(|byte| byte.is_ascii_digit()).count() >= 4;
    if has_date {
        let year = cursor.digits(4)?;
        let (mut month, mut day) = (1, 1);
        if with_month {
            let _ = cursor.take(b'/') || cursor.take(b':');
            month = cursor.digits(2)?;
            let _ = cursor.take(b'/') || cursor.take(b':');
            day = cursor.digits(2)?;
        }
        parts.days = calendar(year, month, day);
    } else if with_month {
        return None;
    }
    if cursor.at_end() {
        return has_date.then_some((parts, has_date));
    }
    let _ = cursor.take(b' ');
    parts.hour = cursor.digits_between(1, 2)?;
    if !cursor.take(b':') {
        return None;
    }
    parts.minute = cursor.digits_between(1, 2)?;
    if cursor.take(b':') {
        parts.second = cursor.digits_between(1, 2)?;
    }
    if cursor.take(b'.') || cursor.take(b'|') || cursor.take(b',') {
        parts.microsecond = cursor.fraction(9)?;
    }
    Some((parts, has_date))
}
