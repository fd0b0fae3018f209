//! The filters of `jinja2_humanize_extension`: numbers and durations for people, in English.

use minijinja::Value;

use super::error::{Outcome, Raised, not_calculated, not_here, type_error, value_error};
use super::eval_context::EvalContext;
use super::filter::{as_float, is_strange_number, no_attribute, read_int, rounded};
use super::operator::{fail, float, whole};
use super::show::{float_text, str_of};
use super::time::Arguments;
use super::value::{Py, Seen, class, int, is_undefined, look, text};

const DAY: i64 = 86_400;

pub(super) fn filter(
    name: &str,
    value: &Value,
    given: &Arguments<'_>,
    around: EvalContext<'_>,
) -> Option<Outcome<Value>> {
    let name = name.strip_prefix("humanize_")?;
    let known: &[&str] = match name {
        "intcomma" => &["ndigits"],
        "naturalsize" => &["binary", "gnu"],
        "naturaltime" => &["future"],
        "ordinal" => &["gender"],
        "precisedelta" => &["minimum_unit"],
        _ => &[],
    };
    let is_known = |(name, _): &(String, Value)| known.contains(&&**name);
    if given.positional.len() > known.len() || !given.named.iter().all(is_known) {
        return Some(not_here(["these arguments of `humanize_", name, "` are not calculated here"].concat()));
    }
    let unreadable = || Ok(Value::from(str_of(value)));
    let of_integer = |shown: &dyn Fn(i128) -> String| match integer(value) {
        Ok(Some(number)) => Ok(Value::from(shown(number))),
        Ok(None) => unreadable(),
        Err(raised) => Err(raised),
    };
    let size = |number: f64| Ok(Value::from(size(number, given.flag(0, "binary"), given.flag(1, "gnu"))));
    Some(match name {
        "intcomma" => comma(value, given.get(0, "ndigits").filter(|digits| !digits.is_none())).map(Value::from),
        "intword" => of_integer(&word),
        "naturalsize" => as_float(value).and_then(finite).and_then(size),
        "ordinal" => of_integer(&ordinal),
        "apnumber" => of_integer(&spelled),
        "naturaldelta" => match look(value) {
            Seen::Py(Py::Delta(own)) => Ok(Value::from(delta(own.micros))),
            // An integer, also in a text.
            _ => match integer(value) {
                Ok(Some(number)) if text(value).is_some() => micros(&int(number)).map(|all| Value::from(delta(all))),
                Ok(Some(_)) => micros(value).map(|all| Value::from(delta(all))),
                Ok(None) => unreadable(),
                Err(raised) => Err(raised),
            },
        },
        "naturaltime" => match look(value) {
            Seen::Py(Py::Time(then)) => Ok(Value::from(ago(around.now.saturating_sub(*then)))),
            Seen::Py(Py::Delta(own)) => Ok(Value::from(ago(own.micros))),
            _ => match float(value).map(|number| micros(&Value::from(number.round_ties_even()))) {
                Some(Ok(all)) if given.flag(0, "future") => Ok(Value::from(ago(all.saturating_abs().saturating_neg()))),
                Some(Ok(all)) => Ok(Value::from(ago(all.saturating_abs()))),
                Some(Err(raised)) => Err(raised),
                None => unreadable(),
            },
        },
        "precisedelta" => match look(value) {
            Seen::Py(Py::Delta(own)) => unit(given).and_then(|unit| precise(own.micros, &unit)),
            Seen::Py(Py::Time(_)) => type_error("can't compare offset-naive and offset-aware datetimes"),
            _ if float(value).is_some() => {
                micros(value).and_then(|all| unit(given).and_then(|unit| precise(all, &unit)))
            }
            _ => unreadable(),
        },
        _ => not_here(["`humanize_", name, "` is not calculated here"].concat()),
    })
}

/// `Unit[minimum_unit.upper()]`
fn unit(given: &Arguments<'_>) -> Outcome<String> {
    let unit = given.get(0, "minimum_unit").cloned().unwrap_or_else(|| Value::from("seconds"));
    match text(&unit) {
        _ if is_undefined(&unit) => Err(fail(&unit)),
        Some(unit) => Ok(unit.to_uppercase()),
        None => Err(no_attribute(&unit, "upper")),
    }
}

fn finite(number: f64) -> Outcome<f64> {
    if number.is_finite() { Ok(number) } else { not_here("infinite numbers for people are not calculated here") }
}

/// `int(value)`, of what `float` reads too.
#[allow(clippy::cast_possible_truncation, reason = "Python truncates too")]
fn integer(value: &Value) -> Outcome<Option<i128>> {
    match (text(value), float(value)) {
        _ if is_undefined(value) => Err(fail(value)),
        (Some(text), _) if is_strange_number(&text) => not_calculated("a number this long or in other digits"),
        (Some(text), _) => Ok(read_int(&text, 10)),
        (_, Some(number)) => finite(number).map(|number| whole(value).or(Some(number as i128))),
        _ => Ok(None),
    }
}

/// Of a number of seconds.
#[allow(clippy::cast_possible_truncation, reason = "the conversion saturates")]
fn micros(value: &Value) -> Outcome<i64> {
    let seconds = finite(float(value).unwrap_or_default())?;
    // The server subtracts them from its clock.
    if seconds.abs() > 50e9 {
        return not_calculated("a duration this long");
    }
    Ok((seconds * 1e6).round_ties_even() as i64)
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

fn comma(value: &Value, digits: Option<&Value>) -> Outcome<String> {
    let number = match text(value) {
        _ if is_undefined(value) => return Err(fail(value)),
        Some(written) => {
            let plain = written.replace(',', "");
            if is_strange_number(&plain) {
                return not_calculated("a number this long or in other digits");
            }
            match (as_float(&Value::from(&*plain)), read_int(&plain, 10)) {
                (Ok(number), _) if plain.contains('.') || !number.is_finite() => Value::from(number),
                (Ok(_), Some(number)) => int(number),
                _ => return Ok(plain),
            }
        }
        None if float(value).is_some() => value.clone(),
        None => return Ok(str_of(value)),
    };
    let size = finite(float(&number).unwrap_or_default())?;
    let written = match (digits.map(str_of), whole(&number)) {
        (Some(digits), _) => match digits.parse::<usize>() {
            Ok(digits) => format!("{size:.*}", digits.min(100)),
            Err(_) if digits.starts_with(|c: char| c.is_ascii_digit()) => {
                let class = class(&number);
                return value_error(format!("Invalid format specifier ',.{digits}f' for object of type '{class}'"));
            }
            Err(_) => return value_error("Format specifier missing precision"),
        },
        (None, Some(number)) => number.to_string(),
        (None, None) => float_text(size),
    };
    let (whole, fraction) = written.split_once('.').map_or((&*written, None), |(whole, rest)| (whole, Some(rest)));
    if whole.trim_start_matches('-').chars().any(|c| !c.is_ascii_digit()) {
        return Ok(written);
    }
    let grouped = grouped(whole);
    Ok(fraction.map_or_else(|| grouped.clone(), |fraction| [&grouped, ".", fraction].concat()))
}

#[allow(clippy::cast_precision_loss, reason = "only its first digits are shown")]
fn word(number: i128) -> String {
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
    let number = number as f64;
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
        match (number.checked_rem_euclid(100).unwrap_or_default(), number.checked_rem_euclid(10).unwrap_or_default()) {
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
    let is_least = |(name, _): &(&str, i64)| least.strip_suffix('S').is_some_and(|own| own.eq_ignore_ascii_case(name));
    let Some(last) = UNITS.iter().position(is_least) else {
        return match least {
            "MILLISECONDS" | "MICROSECONDS" => not_here("smaller units are not calculated here"),
            _ => Err(Raised::new("KeyError", least)),
        };
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
