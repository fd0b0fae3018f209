//! Values as text: Python's `str` and `repr`.

use std::fmt::Write as _;

use minijinja::Value;

use crate::text::order::by_text;
use crate::time::Instant;
use crate::time::units::DAY;

use super::value::{Delta, Py, Seen, look, sequence, text};

/// A string as `repr` writes it.
pub(in crate::action) fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(text.len().saturating_add(2));
    out.push(quote);
    for letter in text.chars() {
        match letter {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if letter == quote => {
                out.push('\\');
                out.push(letter);
            }
            _ if is_printable(letter) => out.push(letter),
            _ => {
                let code = u32::from(letter);
                let _ = match code {
                    0..=0xff => write!(out, "\\x{code:02x}"),
                    0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
        }
    }
    out.push(quote);
    out
}

/// `str.isprintable`, for the characters that texts have.
pub(super) fn is_printable(letter: char) -> bool {
    match letter {
        ' ' => true,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => false,
        '\u{e000}'..='\u{f8ff}' => false,
        _ => !letter.is_control() && !letter.is_whitespace(),
    }
}

/// A number with a fraction as `repr` writes it: `1e+22`, `0.1`, `3.0`.
pub(in crate::action) fn float_text(number: f64) -> String {
    if number.is_nan() {
        return "nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf".to_owned() } else { "-inf".to_owned() };
    }
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let power: i32 = exponent.parse().unwrap_or_default();
    if (-4..16).contains(&power) {
        let plain = format!("{number}");
        return if plain.contains('.') { plain } else { plain + ".0" };
    }
    let sign = if power < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", power.unsigned_abs())
}

/// The year, month, day, hour, minute, second and microsecond.
pub(in crate::action) fn parts(micros: i64) -> [i64; 7] {
    let text = Instant(micros).rfc3339();
    let mut parts = [0; 7];
    let numbers = text.split(|letter: char| !letter.is_ascii_digit()).filter(|part| !part.is_empty());
    for (part, number) in parts.iter_mut().zip(numbers) {
        *part = number.parse().unwrap_or_default();
    }
    parts
}

/// `2026-03-01T12:00:00.123456`: without microseconds if there are none.
pub(in crate::action) fn time_text(micros: i64, between: char) -> String {
    let [year, month, day, ..] = parts(micros);
    format!("{year:04}-{month:02}-{day:02}{between}{}", clock_text(micros))
}

/// `12:00:00.123456`
pub(in crate::action) fn clock_text(micros: i64) -> String {
    let [_, _, _, hour, minute, second, micro] = parts(micros);
    let fraction = if micro == 0 { String::new() } else { format!(".{micro:06}") };
    format!("{hour:02}:{minute:02}:{second:02}{fraction}")
}

/// `1 day, 0:00:05.250000`
fn delta_text(micros: i64) -> String {
    let (days, rest) = (micros.div_euclid(DAY), micros.rem_euclid(DAY));
    let seconds = rest / 1_000_000;
    let (hours, minutes, micro) = (seconds / 3600, seconds / 60 % 60, rest % 1_000_000);
    let plural = if days.abs() == 1 { "" } else { "s" };
    let before = if days == 0 { String::new() } else { format!("{days} day{plural}, ") };
    let fraction = if micro == 0 { String::new() } else { format!(".{micro:06}") };
    format!("{before}{hours}:{minutes:02}:{:02}{fraction}", seconds % 60)
}

fn delta_repr(delta: Delta) -> String {
    if delta.between.is_some() {
        return delta_str(delta);
    }
    let (days, rest) = (delta.micros.div_euclid(DAY), delta.micros.rem_euclid(DAY));
    let named = [("days", days), ("seconds", rest / 1_000_000), ("microseconds", rest % 1_000_000)];
    let all: Vec<String> =
        named.iter().filter(|(_, number)| *number != 0).map(|(name, number)| format!("{name}={number}")).collect();
    format!("datetime.timedelta({})", if all.is_empty() { "0".to_owned() } else { all.join(", ") })
}

fn delta_str(delta: Delta) -> String {
    match delta.between {
        Some((start, end)) => {
            format!("<Interval [{}+00:00 -> {}+00:00]>", time_text(start, ' '), time_text(end, ' '))
        }
        None => delta_text(delta.micros),
    }
}

/// What is printed for something that only the server knows.
pub(in crate::action) fn placeholder(path: &str) -> String {
    ["‹", path, "›"].concat()
}

/// `str(value)`
pub(in crate::action) fn str_of(value: &Value) -> String {
    match look(value) {
        Seen::Text(text) => text.to_owned(),
        Seen::Py(own) => match own {
            Py::Undefined(_) => String::new(),
            Py::Time(micros) => time_text(*micros, ' ') + "+00:00",
            Py::Plain(_, text, _) => text.clone(),
            Py::Delta(delta) => delta_str(*delta),
            Py::Uuid(text) => text.clone(),
            Py::Model(model) if model.class.ends_with("states.State") => state_text(model),
            Py::Model(model) if model.is_partial() => placeholder(model.object.unwrap_or_default()),
            Py::Model(model) => fields(model).join(" "),
            Py::Root(_, dict) => ["root=", &dict_repr(dict)].concat(),
            Py::Labels(labels) => labels.value.clone(),
            _ => repr_of(value),
        },
        Seen::None if value.is_undefined() => String::new(),
        _ => repr_of(value),
    }
}

/// A text that two values share if they are equal in Python.
pub(in crate::action) fn alike(value: &Value) -> String {
    let all =
        |open: &str, items: &[Value]| [open, &items.iter().map(alike).collect::<Vec<_>>().join(","), "]"].concat();
    match look(value) {
        Seen::Py(Py::Dict(dict) | Py::Root(_, dict)) => {
            let mut entries: Vec<String> =
                dict.iter().map(|(key, value)| [alike(key), alike(value)].join(":")).collect();
            by_text(&mut entries, String::as_str);
            ["{", &entries.join(","), "}"].concat()
        }
        Seen::List => all("[", sequence(value).unwrap_or_default()),
        Seen::Tuple => all("([", sequence(value).unwrap_or_default()),
        Seen::Bool(flag) => i64::from(flag).to_string(),
        // As the whole number that it equals.
        Seen::Float(number) if number.fract() == 0.0 && number.abs() < 1e38 => {
            format!("{number:.0}").replace("-0", "0")
        }
        _ => match text(value) {
            Some(text) => quoted(&text),
            None => repr_of(value),
        },
    }
}

/// `repr(value)`
pub(in crate::action) fn repr_of(value: &Value) -> String {
    match look(value) {
        Seen::None if value.is_undefined() => "Undefined".to_owned(),
        Seen::None => "None".to_owned(),
        Seen::Bool(true) => "True".to_owned(),
        Seen::Bool(false) => "False".to_owned(),
        Seen::Int(number) => number.to_string(),
        Seen::Float(number) => float_text(number),
        Seen::Text(text) if value.is_safe() => ["Markup(", &quoted(text), ")"].concat(),
        Seen::Text(text) => quoted(text),
        Seen::List => joined("[", sequence(value).unwrap_or_default(), "]"),
        Seen::Tuple => tuple_repr(sequence(value).unwrap_or_default()),
        Seen::Py(own) => match own {
            Py::Undefined(_) => "Undefined".to_owned(),
            Py::Dict(dict) => dict_repr(dict),
            Py::Set(items) if items.is_empty() => "set()".to_owned(),
            Py::Set(items) => joined("{", items, "}"),
            Py::Time(micros) => time_repr(*micros),
            Py::Plain(_, _, repr) => repr.clone(),
            Py::Delta(delta) => delta_repr(*delta),
            Py::Uuid(text) => ["UUID('", text, "')"].concat(),
            Py::Enum(class, name, _) => [class, ".", name].concat(),
            Py::Model(model) if model.class.ends_with("states.State") => state_repr(model),
            Py::Model(model) if model.is_partial() => placeholder(model.object.unwrap_or_default()),
            Py::Model(model) => {
                let class = model.class.rsplit('.').next().unwrap_or_default();
                [class, "(", &fields(model).join(", "), ")"].concat()
            }
            Py::Root(class, dict) => [class, "(root=", &dict_repr(dict), ")"].concat(),
            Py::Labels(labels) => labels_repr(labels),
            Py::View(class, items) => [class, "(", &joined("[", items, "]"), ")"].concat(),
            Py::Range(start, stop, 1) => format!("range({start}, {stop})"),
            Py::Range(start, stop, step) => format!("range({start}, {stop}, {step})"),
            Py::List(items) => joined("[", items, "]"),
            Py::Tuple(items) => tuple_repr(items),
            Py::Group(key, items) => ["(", &repr_of(key), ", ", &joined("[", items, "]"), ")"].concat(),
            Py::Unknown(path) => placeholder(path),
            Py::Bytes(bytes) => {
                // Bytes above 127 as `\xe9`.
                let letters: String = bytes.iter().map(|byte| char::from(*byte)).collect();
                let mut out = "b".to_owned();
                for letter in quoted(&letters).chars() {
                    if letter.is_ascii() {
                        out.push(letter);
                    } else {
                        let _ = write!(out, "\\x{:02x}", u32::from(letter));
                    }
                }
                out
            }
            // The server prints where it is in memory.
            Py::Generator(..) | Py::Failing(..) => "<generator object>".to_owned(),
            Py::Method(of, name) => format!("<method {name} of {} object>", super::value::class(of)),
            Py::Cycler(..) => "<jinja2.utils.Cycler object>".to_owned(),
            Py::Joiner(..) => "<jinja2.utils.Joiner object>".to_owned(),
            Py::Function(name) => format!("<function {name}>"),
        },
        Seen::Other => value.to_string(),
    }
}

fn time_repr(micros: i64) -> String {
    let [year, month, day, hour, minute, second, micro] = parts(micros);
    let mut numbers = vec![year, month, day, hour, minute];
    if second != 0 || micro != 0 {
        numbers.push(second);
    }
    if micro != 0 {
        numbers.push(micro);
    }
    // pendulum always writes the seconds.
    if numbers.len() == 5 {
        numbers.push(second);
    }
    let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    format!("DateTime({}, tzinfo=Timezone('UTC'))", numbers.join(", "))
}

/// `Crashed('message')`
fn state_text(model: &super::value::Model) -> String {
    let of = |key: &str| model.fields.get(key);
    let name = of("name").map(str_of).unwrap_or_default();
    let message = of("message").filter(|message| message.is_true()).map(repr_of).unwrap_or_default();
    format!("{name}({message})")
}

/// `Crashed(message='…', type=CRASHED, result=None)`
fn state_repr(model: &super::value::Model) -> String {
    let of = |key: &str| model.fields.get(key);
    let (name, message) = (of("name").map(str_of).unwrap_or_default(), of("message").map(repr_of).unwrap_or_default());
    let kind = of("type").and_then(text).unwrap_or_default();
    format!("{name}(message={message}, type={kind}, result=None)")
}

/// `name='x' flow_id=…`, without the fields that pydantic does not show.
fn fields(model: &super::value::Model) -> Vec<String> {
    let hidden = |key: &str| matches!(key, "created" | "updated") && model.fields.get("id").is_some();
    model
        .fields
        .iter()
        .filter(|(key, _)| !key.as_str().is_some_and(hidden))
        .map(|(key, value)| [key.as_str().unwrap_or_default(), "=", &repr_of(value)].concat())
        .collect()
}

fn joined(open: &str, items: &[Value], close: &str) -> String {
    let all: Vec<String> = items.iter().map(repr_of).collect();
    [open, &all.join(", "), close].concat()
}

fn tuple_repr(items: &[Value]) -> String {
    match items {
        [one] => ["(", &repr_of(one), ",)"].concat(),
        _ => joined("(", items, ")"),
    }
}

fn dict_repr(dict: &super::value::Dict) -> String {
    let all: Vec<String> = dict.iter().map(|(key, value)| [&repr_of(key), ": ", &repr_of(value)].concat()).collect();
    ["{", &all.join(", "), "}"].concat()
}

fn labels_repr(labels: &super::value::Labels) -> String {
    let inner: Vec<String> =
        labels.heads().iter().map(|(head, diver)| [&quoted(head), ": ", &labels_repr(diver)].concat()).collect();
    format!("LabelDiver(divers={{{}}}, value={})", inner.join(", "), quoted(&labels.value))
}
