//! The filters of `jinja2_humanize_extension`: numbers and durations for people, in English.

use minijinja::Value;

use super::error::{Outcome, Raised};
use super::eval_context::EvalContext;
use super::filter::rounded;
use super::operator::{float, whole};
use super::show::{float_text, str_of};
use super::time::Arguments;
use super::value::{Py, Seen, look, text};

const DAY: i64 = 86_400;

pub(super) fn filter(
    name: &str,
    value: &Value,
    given: &Arguments<'_>,
    around: EvalContext<'_>,
) -> Option<Outcome<Value>> {
    let name = name.strip_prefix("humanize_")?;
    let unreadable = || Ok(Value::from(str_of(value)));
    Some(match name {
        "intcomma" => Ok(Value::from(comma(value, given.int(0, "ndigits")))),
        "intword" => number(value).map_or_else(unreadable, |number| Ok(Value::from(word(number)))),
        "naturalsize" => match number(value) {
            Some(bytes) => Ok(Value::from(size(bytes, given.flag(0, "binary"), given.flag(1, "gnu")))),
            None => {
                super::error::value_error(format!("could not convert string to float: {}", super::show::repr_of(value)))
            }
        },
        "ordinal" => integer(value).map_or_else(unreadable, |number| Ok(Value::from(ordinal(number)))),
        "apnumber" => integer(value).map_or_else(unreadable, |number| Ok(Value::from(spelled(number)))),
        "naturaldelta" => micros(value).map_or_else(unreadable, |micros| Ok(Value::from(delta(micros)))),
        "naturaltime" => match (look(value), micros(value)) {
            (Seen::Py(Py::Time(then)), _) => Ok(Value::from(ago(around.now.saturating_sub(*then)))),
            (_, Some(micros)) if !given.flag(0, "future") => Ok(Value::from(ago(micros))),
            (_, Some(micros)) => Ok(Value::from(ago(micros.saturating_neg()))),
            _ => unreadable(),
        },
        "precisedelta" => match micros(value) {
            Some(micros) => precise(micros, &given.text(0, "minimum_unit").unwrap_or_else(|| "seconds".to_owned())),
            None => unreadable(),
        },
        _ => Err(Raised::new("NotImplementedError", format!("`humanize_{name}` is not calculated here"))),
    })
}

fn number(value: &Value) -> Option<f64> {
    float(value).or_else(|| text(value)?.trim().parse().ok())
}

#[allow(clippy::cast_possible_truncation, reason = "Python truncates too")]
fn integer(value: &Value) -> Option<i128> {
    whole(value).or_else(|| text(value)?.trim().parse().ok()).or_else(|| float(value).map(|number| number as i128))
}

/// Of a duration, or a number of seconds.
#[allow(clippy::cast_possible_truncation, reason = "the conversion saturates")]
fn micros(value: &Value) -> Option<i64> {
    match look(value) {
        Seen::Py(Py::Delta(delta)) => Some(delta.micros),
        _ => number(value).filter(|number| number.is_finite()).map(|number| (number * 1e6).round() as i64),
    }
}

fn plural(count: i64, unit: &str) -> String {
    if count == 1 { format!("{count} {unit}") } else { format!("{count} {unit}s") }
}

fn grouped(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let mut out = String::from(sign);
    let length = digits.len();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && length.saturating_sub(index).checked_rem(3) == Some(0) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn comma(value: &Value, digits: Option<i128>) -> String {
    let written = match (look(value), digits.and_then(|digits| usize::try_from(digits).ok())) {
        (_, Some(digits)) if number(value).is_some() => {
            format!("{:.*}", digits.min(100), number(value).unwrap_or_default())
        }
        (Seen::Float(number), _) => float_text(number),
        _ => str_of(value),
    };
    let (whole, fraction) = written.split_once('.').map_or((&*written, None), |(whole, rest)| (whole, Some(rest)));
    if whole.trim_start_matches('-').chars().any(|c| !c.is_ascii_digit()) {
        return written;
    }
    let grouped = grouped(whole);
    fraction.map_or_else(|| grouped.clone(), |fraction| [&grouped, ".", fraction].concat())
}

fn word(number: f64) -> String {
    const UNITS: [&str; 11] = [
        "thousand",
        "million",
        "billion",
        "trillion",
        "quadrillion",
        "quintillion",
        "sextillion",
        "septillion",
        "octillion",
        "nonillion",
        "decillion",
    ];
    let number = number.trunc();
    let (sign, size) = if number < 0.0 { ("-", -number) } else { ("", number) };
    if size < 1000.0 {
        return format!("{sign}{size}");
    }
    let mut power = 1000.0;
    let mut units = UNITS.iter().peekable();
    while let Some(unit) = units.next() {
        let chopped = rounded(size / power, 1);
        if chopped < 1000.0 || units.peek().is_none() {
            return format!("{sign}{chopped:.1} {unit}");
        }
        power *= 1000.0;
    }
    str_of(&Value::from(number))
}

fn size(bytes: f64, binary: bool, gnu: bool) -> String {
    let base = if binary || gnu { 1024.0 } else { 1000.0 };
    let size = bytes.abs();
    if size.to_bits() == 1.0_f64.to_bits() && !gnu {
        return format!("{} Byte", bytes.trunc());
    }
    if size < base {
        return if gnu { format!("{}B", bytes.trunc()) } else { format!("{} Bytes", bytes.trunc()) };
    }
    let mut unit = base;
    let mut letters = "kMGTPEZYRQ".chars().peekable();
    while let Some(letter) = letters.next() {
        let shown = bytes / unit;
        if rounded(shown.abs(), 1) < base || letters.peek().is_none() {
            let upper = letter.to_ascii_uppercase();
            return match (gnu, binary) {
                (true, _) => format!("{shown:.1}{upper}"),
                (_, true) => format!("{shown:.1} {upper}iB"),
                _ => format!("{shown:.1} {letter}B"),
            };
        }
        unit *= base;
    }
    str_of(&Value::from(bytes))
}

fn ordinal(number: i128) -> String {
    let end =
        match (number.checked_rem(100).unwrap_or_default().abs(), number.checked_rem(10).unwrap_or_default().abs()) {
            (11..=13, _) => "th",
            (_, 1) => "st",
            (_, 2) => "nd",
            (_, 3) => "rd",
            _ => "th",
        };
    format!("{number}{end}")
}

fn spelled(number: i128) -> String {
    const NAMES: [&str; 10] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let name = usize::try_from(number).ok().and_then(|number| NAMES.get(number));
    name.map_or_else(|| number.to_string(), |name| (*name).to_owned())
}

/// A quotient rounded as Python rounds.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "small numbers of days and seconds")]
fn ratio(number: i64, by: f64) -> i64 {
    (number as f64 / by).round_ties_even() as i64
}

fn delta(micros: i64) -> String {
    let seconds = micros.saturating_abs() / 1_000_000;
    let (all_days, rest) = (seconds / DAY, seconds % DAY);
    let (years, days) = (all_days / 365, all_days % 365);
    let months = ratio(days, 30.5);
    match (years, days) {
        (0, 0) => match rest {
            0 => "a moment".to_owned(),
            1 => "a second".to_owned(),
            2..60 => plural(rest, "second"),
            60..3600 => match ratio(rest, 60.0) {
                1 => "a minute".to_owned(),
                60 => "an hour".to_owned(),
                minutes => plural(minutes, "minute"),
            },
            _ => match ratio(rest, 3600.0) {
                1 => "an hour".to_owned(),
                24 => "a day".to_owned(),
                hours => plural(hours, "hour"),
            },
        },
        (0, 1) => "a day".to_owned(),
        (0, _) => match months {
            0 => plural(days, "day"),
            1 => "a month".to_owned(),
            12 => "a year".to_owned(),
            _ => plural(months, "month"),
        },
        (1, 0) => "a year".to_owned(),
        (1, _) => match months {
            0 => format!("1 year, {}", plural(days, "day")),
            12 => "2 years".to_owned(),
            _ => format!("1 year, {}", plural(months, "month")),
        },
        _ => {
            let years = ratio(all_days, 365.0);
            format!("{} years", grouped(&years.to_string()))
        }
    }
}

fn ago(micros: i64) -> String {
    match delta(micros).as_str() {
        "a moment" => "now".to_owned(),
        text if micros < 0 => format!("{text} from now"),
        text => format!("{text} ago"),
    }
}

/// Days, hours, minutes and seconds; the smallest with a fraction.
#[allow(clippy::cast_precision_loss, reason = "Python divides so too")]
fn precise(micros: i64, least: &str) -> Outcome<Value> {
    const UNITS: [(&str, i64); 6] = [
        ("year", 365 * DAY * 1_000_000),
        ("month", 30 * DAY * 1_000_000 + DAY * 500_000),
        ("day", DAY * 1_000_000),
        ("hour", 3_600_000_000),
        ("minute", 60_000_000),
        ("second", 1_000_000),
    ];
    let Some(last) = UNITS.iter().position(|(name, _)| least.strip_suffix('s') == Some(name)) else {
        return Err(Raised::new("NotImplementedError", "smaller units are not calculated here"));
    };
    let mut rest = micros.saturating_abs();
    let mut parts = Vec::new();
    for (index, (name, unit)) in UNITS.iter().enumerate().take(last.saturating_add(1)) {
        let whole = rest.checked_div(*unit).unwrap_or_default();
        let left = rest.checked_rem(*unit).unwrap_or_default();
        if index == last {
            let exact = rounded(rest as f64 / *unit as f64, 2);
            let is_whole = exact.fract() == 0.0;
            if exact > 0.0 || parts.is_empty() {
                let unit = if exact.to_bits() == 1.0_f64.to_bits() { (*name).to_owned() } else { format!("{name}s") };
                parts.push(if is_whole { format!("{exact} {unit}") } else { format!("{exact:.2} {unit}") });
            }
        } else if whole > 0 {
            parts.push(plural(whole, name));
        }
        rest = left;
    }
    Ok(Value::from(match parts.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => [&before.join(", "), " and ", last].concat(),
        None => String::new(),
    }))
}
