//! Points in time and durations: what pendulum's `DateTime` and `timedelta` can do, in UTC.

use std::fmt::Write as _;

use minijinja::Value;

use crate::time::units::{DAY, SECOND};

use super::error::{NOT_HERE, Outcome, Raised, type_error};
use super::show::{clock_text, parts, time_text};
use super::value::{Delta, Py, class, none, own, text};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The arguments of a call.
pub(in crate::action) struct Arguments<'a> {
    pub(in crate::action) positional: &'a [Value],
    pub(in crate::action) named: &'a [(String, Value)],
}

impl Arguments<'_> {
    /// The argument at a place, or with a name.
    pub(in crate::action) fn get(&self, place: usize, name: &str) -> Option<&Value> {
        self.positional.get(place).or_else(|| self.named.iter().find(|(own, _)| own == name).map(|(_, value)| value))
    }

    pub(in crate::action) fn text(&self, place: usize, name: &str) -> Option<String> {
        self.get(place, name).and_then(text).map(std::borrow::Cow::into_owned)
    }

    pub(in crate::action) fn int(&self, place: usize, name: &str) -> Option<i128> {
        self.get(place, name).and_then(super::operator::whole)
    }

    pub(in crate::action) fn flag(&self, place: usize, name: &str) -> bool {
        self.get(place, name).is_some_and(Value::is_true)
    }
}

/// Monday is 0.
fn weekday(micros: i64) -> i64 {
    micros.div_euclid(DAY).saturating_add(3).rem_euclid(7)
}

fn day_of_year(micros: i64) -> i64 {
    let [year, ..] = parts(micros);
    micros.div_euclid(DAY).saturating_sub(days_of(year, 1, 1)).saturating_add(1)
}

/// The days since 1970-01-01.
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let text = format!("{year:04}-{month:02}-{day:02}T00:00:00Z");
    let instant = crate::time::read(text.as_bytes()).and_then(|time| time.instant);
    instant.map_or(0, |instant| instant.0.div_euclid(DAY))
}

fn date(micros: i64) -> Value {
    let [year, month, day, ..] = parts(micros);
    let text = format!("{year:04}-{month:02}-{day:02}");
    own(Py::Plain("Date", text, format!("Date({year}, {month}, {day})")))
}

#[allow(clippy::cast_precision_loss, reason = "Python converts so too")]
fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}

pub(super) fn attribute(micros: i64, name: &str) -> Option<Value> {
    let [year, month, day, hour, minute, second, micro] = parts(micros);
    Some(match name {
        "year" => Value::from(year),
        "month" => Value::from(month),
        "day" => Value::from(day),
        "hour" => Value::from(hour),
        "minute" => Value::from(minute),
        "second" => Value::from(second),
        "microsecond" => Value::from(micro),
        "day_of_week" => Value::from(weekday(micros)),
        "day_of_year" => Value::from(day_of_year(micros)),
        "quarter" => Value::from(month.saturating_add(2) / 3),
        "int_timestamp" => Value::from(micros.div_euclid(SECOND)),
        "float_timestamp" => Value::from(seconds(micros)),
        "fold" | "offset" => Value::from(0),
        "timezone_name" => Value::from("UTC"),
        "tzinfo" | "timezone" | "tz" => own(Py::Plain("Timezone", "UTC".to_owned(), "Timezone('UTC')".to_owned())),
        _ => return None,
    })
}

pub(super) fn delta_attribute(delta: Delta, name: &str) -> Option<Value> {
    let (days, rest) = (delta.micros.div_euclid(DAY), delta.micros.rem_euclid(DAY));
    Some(match name {
        "days" => Value::from(days),
        "seconds" => Value::from(rest / SECOND),
        "microseconds" => Value::from(rest % SECOND),
        "start" => own(Py::Time(delta.between?.0)),
        "end" => own(Py::Time(delta.between?.1)),
        _ => return None,
    })
}

pub(super) fn delta_method(delta: Delta, name: &str) -> Option<Value> {
    let seconds = seconds(delta.micros);
    Some(Value::from(match name {
        "total_seconds" => seconds,
        "total_minutes" if delta.between.is_some() => seconds / 60.0,
        "total_hours" if delta.between.is_some() => seconds / 3600.0,
        "total_days" if delta.between.is_some() => seconds / 86_400.0,
        _ => return None,
    }))
}

/// Calls a method of a point in time.
pub(super) fn method(micros: i64, name: &str, arguments: &Arguments<'_>) -> Outcome<Value> {
    let iso = || time_text(micros, 'T') + "+00:00";
    let Arguments { positional, named } = arguments;
    let given = || positional.iter().chain(named.iter().map(|(_, value)| value));
    let texts = |most: usize| given().count() <= most && given().all(|value| text(value).is_some());
    let fits = match name {
        "add" | "subtract" => positional.is_empty(),
        "replace" => positional.len() <= 7 && named.iter().all(|(name, _)| PARTS.contains(&&**name)),
        "strftime" => true,
        "isoformat" => texts(2) && arguments.text(0, "sep").is_none_or(|sep| sep.chars().count() == 1),
        "format" | "start_of" => texts(1) && given().count() == 1,
        _ => texts(0),
    };
    if !fits {
        return Err(Raised::new(NOT_HERE, format!("`{name}` of a time is not calculated here with these arguments")));
    }
    Ok(match name {
        "strftime" => match arguments.text(0, "format") {
            Some(format) => Value::from(strftime(micros, &format)),
            None => {
                let found = arguments.positional.first().map_or("NoneType", class);
                return type_error(format!("strftime() argument 1 must be str, not {found}"));
            }
        },
        "isoformat" => Value::from(match (arguments.text(0, "sep"), arguments.text(1, "timespec").as_deref()) {
            (None, None) => iso(),
            (sep, spec) => {
                let between = sep.and_then(|sep| sep.chars().next()).unwrap_or('T');
                with_precision(micros, between, spec.unwrap_or("auto")) + "+00:00"
            }
        }),
        "date" => date(micros),
        "time" | "timetz" => {
            let [_, _, _, hour, minute, second, micro] = parts(micros);
            own(Py::Plain("Time", clock_text(micros), format!("Time({hour}, {minute}, {second}, {micro})")))
        }
        "timestamp" => Value::from(seconds(micros)),
        "weekday" => Value::from(weekday(micros)),
        "isoweekday" => Value::from(weekday(micros).saturating_add(1)),
        "tzname" => Value::from("UTC"),
        "utcoffset" => own(Py::Delta(Delta { micros: 0, between: None })),
        "to_iso8601_string" => Value::from(time_text(micros, 'T') + "Z"),
        "to_rfc3339_string" | "to_atom_string" => Value::from(with_precision(micros, 'T', "seconds") + "+00:00"),
        "to_date_string" => Value::from(strftime(micros, "%Y-%m-%d")),
        "to_time_string" => Value::from(strftime(micros, "%H:%M:%S")),
        "to_datetime_string" => Value::from(strftime(micros, "%Y-%m-%d %H:%M:%S")),
        "format" => Value::from(pendulum_format(micros, &arguments.text(0, "fmt").unwrap_or_default())),
        "add" | "subtract" => return shifted(micros, name == "subtract", arguments),
        "replace" => return replaced(micros, arguments),
        "start_of" if arguments.text(0, "unit").as_deref() == Some("day") => {
            own(Py::Time(micros.div_euclid(DAY).saturating_mul(DAY)))
        }
        _ => return Err(Raised::new("NotImplementedError", format!("`{name}` of a time is not calculated here"))),
    })
}

/// Calls a method of a date or a time of day.
pub(super) fn plain_method(class: &str, text: &str, name: &str, arguments: &Arguments<'_>) -> Outcome<Value> {
    let whole = if class == "Date" { [text, "T00:00:00Z"].concat() } else { ["1900-01-01T", text, "Z"].concat() };
    let micros = crate::time::read(whole.as_bytes()).and_then(|time| time.instant).map_or(0, |instant| instant.0);
    match name {
        "strftime" => method(micros, name, arguments),
        _ => Ok(Value::from(text)),
    }
}

fn with_precision(micros: i64, between: char, spec: &str) -> String {
    let whole = |part: i64| micros.saturating_sub(micros.rem_euclid(part));
    match spec {
        "seconds" => time_text(whole(SECOND), between),
        "minutes" => time_text(whole(60 * SECOND), between).get(..16).unwrap_or_default().to_owned(),
        "hours" => time_text(whole(60 * SECOND), between).get(..13).unwrap_or_default().to_owned(),
        "milliseconds" => {
            let [.., micro] = parts(micros);
            format!("{}.{:03}", time_text(whole(SECOND), between), micro / 1000)
        }
        "microseconds" => {
            let [.., micro] = parts(micros);
            format!("{}.{micro:06}", time_text(whole(SECOND), between))
        }
        _ => time_text(micros, between),
    }
}

fn shifted(micros: i64, back: bool, arguments: &Arguments<'_>) -> Outcome<Value> {
    const UNITS: [(&str, i64); 5] =
        [("weeks", 7 * DAY), ("days", DAY), ("hours", 3600 * SECOND), ("minutes", 60 * SECOND), ("seconds", SECOND)];
    let mut total: i64 = 0;
    for (name, value) in arguments.named {
        let unit = UNITS.iter().find(|(unit, _)| unit == name).map(|(_, micros)| *micros);
        let unit = unit.or((name == "microseconds").then_some(1));
        let number = super::operator::whole(value).and_then(|number| i64::try_from(number).ok());
        let (Some(unit), Some(number)) = (unit, number) else {
            return Err(Raised::new(
                "NotImplementedError",
                format!("adding `{name}` to a time is not calculated here"),
            ));
        };
        total = total.saturating_add(unit.saturating_mul(number));
    }
    Ok(own(Py::Time(if back { micros.saturating_sub(total) } else { micros.saturating_add(total) })))
}

const PARTS: [&str; 7] = ["year", "month", "day", "hour", "minute", "second", "microsecond"];

fn replaced(micros: i64, arguments: &Arguments<'_>) -> Outcome<Value> {
    let mut own_parts = parts(micros);
    for (part, (place, name)) in own_parts.iter_mut().zip(PARTS.iter().enumerate()) {
        if let Some(given) = arguments.get(place, name) {
            let Some(number) = super::operator::whole(given) else {
                return type_error(format!("'{}' object cannot be interpreted as an integer", class(given)));
            };
            *part = i64::try_from(number).unwrap_or(-1);
        }
    }
    let [year, month, day, hour, minute, second, micro] = own_parts;
    let text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micro:06}Z");
    match crate::time::read(text.as_bytes()).and_then(|time| time.instant) {
        Some(instant) => Ok(own(Py::Time(instant.0))),
        None => super::error::value_error("day is out of range for month"),
    }
}

fn name_of(names: &'static [&'static str], index: i64) -> &'static str {
    usize::try_from(index).ok().and_then(|index| names.get(index)).copied().unwrap_or_default()
}

/// `strftime` of the C library, in the locale `C`.
pub(in crate::action) fn strftime(micros: i64, format: &str) -> String {
    let [year, month, day, hour, minute, second, micro] = parts(micros);
    let month_name = name_of(&MONTHS, month.saturating_sub(1));
    let day_name = name_of(&WEEKDAYS, weekday(micros));
    let short = |name: &str| name.get(..3).unwrap_or_default().to_owned();
    let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    let half = if hour < 12 { "AM" } else { "PM" };
    let day_number = day_of_year(micros);
    // The number of the week that begins on Sunday, on Monday.
    let sunday = weekday(micros).saturating_add(1) % 7;
    let week = |first: i64| day_number.saturating_add(6).saturating_sub(first) / 7;
    let mut out = String::new();
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            out.push(letter);
            continue;
        }
        let mut kind = letters.next();
        let unpadded = kind == Some('-');
        if unpadded {
            kind = letters.next();
        }
        let mut number = |number: i64, width: usize| {
            let _ = if unpadded { write!(out, "{number}") } else { write!(out, "{number:0width$}") };
        };
        match kind {
            Some('Y') => number(year, 4),
            Some('y') => number(year % 100, 2),
            Some('m') => number(month, 2),
            Some('d') => number(day, 2),
            Some('H') => number(hour, 2),
            Some('I') => number(twelve, 2),
            Some('M') => number(minute, 2),
            Some('S') => number(second, 2),
            Some('f') => number(micro, 6),
            Some('j') => number(day_number, 3),
            Some('U') => number(week(sunday), 2),
            Some('W') => number(week(weekday(micros)), 2),
            Some('w') => number(sunday, 1),
            Some('u') => number(weekday(micros).saturating_add(1), 1),
            Some('s') => number(micros.div_euclid(SECOND), 1),
            Some('e') => {
                let _ = write!(out, "{day:2}");
            }
            Some('a') => out.push_str(&short(day_name)),
            Some('A') => out.push_str(day_name),
            Some('b' | 'h') => out.push_str(&short(month_name)),
            Some('B') => out.push_str(month_name),
            Some('p') => out.push_str(half),
            Some('Z') => out.push_str("UTC"),
            Some('z') => out.push_str("+0000"),
            Some('F') => out.push_str(&strftime(micros, "%Y-%m-%d")),
            Some('T' | 'X') => out.push_str(&strftime(micros, "%H:%M:%S")),
            Some('D' | 'x') => out.push_str(&strftime(micros, "%m/%d/%y")),
            Some('R') => out.push_str(&strftime(micros, "%H:%M")),
            Some('r') => out.push_str(&strftime(micros, "%I:%M:%S %p")),
            Some('c') => out.push_str(&strftime(micros, "%a %b %e %H:%M:%S %Y")),
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('%') => out.push('%'),
            Some(other) => {
                out.push('%');
                out.push(other);
            }
            None => out.push('%'),
        }
    }
    out
}

/// Pendulum's own format: `YYYY-MM-DD HH:mm`.
fn pendulum_format(micros: i64, format: &str) -> String {
    const TOKENS: [(&str, &str); 27] = [
        ("YYYY", "%Y"),
        ("YY", "%y"),
        ("Y", "%-Y"),
        ("MMMM", "%B"),
        ("MMM", "%b"),
        ("MM", "%m"),
        ("M", "%-m"),
        ("DDDD", "%j"),
        ("DDD", "%-j"),
        ("DD", "%d"),
        ("D", "%-d"),
        ("dddd", "%A"),
        ("ddd", "%a"),
        ("E", "%u"),
        ("HH", "%H"),
        ("H", "%-H"),
        ("hh", "%I"),
        ("h", "%-I"),
        ("mm", "%M"),
        ("m", "%-M"),
        ("ss", "%S"),
        ("s", "%-S"),
        ("SSSSSS", "%f"),
        ("A", "%p"),
        ("X", "%s"),
        ("zz", "%Z"),
        ("z", "%Z"),
    ];
    let mut out = String::new();
    let mut rest = format;
    while let Some(letter) = rest.chars().next() {
        if let Some((literal, after)) = rest.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
            out.push_str(literal);
            rest = after;
            continue;
        }
        if let Some((token, meaning)) = TOKENS.iter().find(|(token, _)| rest.starts_with(token)) {
            out.push_str(&strftime(micros, meaning));
            rest = rest.get(token.len()..).unwrap_or_default();
            continue;
        }
        if let Some(after) = rest.strip_prefix("ZZ") {
            out.push_str("+0000");
            rest = after;
            continue;
        }
        if let Some(after) = rest.strip_prefix('Z') {
            out.push_str("+00:00");
            rest = after;
            continue;
        }
        out.push(letter);
        rest = rest.get(letter.len_utf8()..).unwrap_or_default();
    }
    out
}

/// The point in time that a JSON text names.
pub(in crate::action) fn read(text: &str) -> Value {
    match crate::time::read(text.as_bytes()).and_then(|time| time.instant) {
        Some(instant) => own(Py::Time(instant.0)),
        None => Value::from(text),
    }
}

/// A duration of so many seconds.
#[allow(clippy::cast_possible_truncation, reason = "the conversion saturates")]
pub(in crate::action) fn duration(seconds: f64) -> Value {
    if seconds.is_nan() {
        none()
    } else {
        own(Py::Delta(Delta { micros: (seconds * 1e6).round() as i64, between: None }))
    }
}
