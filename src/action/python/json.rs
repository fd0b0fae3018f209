//! JSON: `tojson` as the server overrides it, and `json.loads`.

use std::cmp::Ordering;
use std::fmt::Write as _;

use minijinja::Value;

use crate::json::{Kind, Tape, Value as Json, parse};
use crate::text::order;

use super::error::{Outcome, Raised, type_error};
use super::show::{float_text, placeholder, str_of, time_text};
use super::value::{Delta, Dict, Py, Seen, class, int, list, look, none, own, sequence, short_class, text};

/// How JSON is laid out.
#[derive(Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a separate choice")]
pub(in crate::action) struct Layout<'i> {
    pub(in crate::action) indent: Option<&'i str>,
    pub(in crate::action) sorted: bool,
    /// Between items and after keys: `", "` and `": "`, or without spaces.
    pub(in crate::action) spaced: bool,
    pub(in crate::action) ascii: bool,
    /// Whether `NaN` and infinities become null: JSON itself has none.
    pub(in crate::action) finite: bool,
}

/// `json.dumps` of the filter `tojson`: sorted keys, ASCII only.
pub(in crate::action) const FILTER: Layout<'_> =
    Layout { indent: None, sorted: true, spaced: true, ascii: true, finite: false };

/// JSON without spaces, as pydantic writes it.
pub(in crate::action) const COMPACT: Layout<'_> =
    Layout { indent: None, sorted: false, spaced: false, ascii: false, finite: true };

/// `model_dump(mode="json")`: what models are in JSON. Within models, values have another form than outside them.
/// Otherwise `model_dump()`, which only replaces the models.
pub(super) fn dumped(value: &Value, for_json: bool) -> Value {
    let all = |items: &[Value]| items.iter().map(|item| dumped(item, for_json)).collect();
    match look(value) {
        Seen::Py(own_value) => match own_value {
            Py::Model(model) => {
                let mut dict = Dict::default();
                for (key, value) in model.fields.iter() {
                    dict.insert(key.clone(), dumped(value, for_json));
                }
                own(Py::Dict(dict))
            }
            Py::Dict(inner) | Py::Root(_, inner) => {
                let mut dict = Dict::default();
                for (key, value) in inner.iter() {
                    dict.insert(key.clone(), dumped(value, for_json));
                }
                own(Py::Dict(dict))
            }
            _ if !for_json => value.clone(),
            Py::Time(micros) => Value::from(time_text(*micros, 'T') + "Z"),
            Py::Uuid(id) => Value::from(&**id),
            Py::Enum(_, _, text) => Value::from(&**text),
            Py::Delta(Delta { micros, .. }) => Value::from(seconds(*micros)),
            Py::Set(items) => list(all(items)),
            _ => value.clone(),
        },
        Seen::List | Seen::Tuple => list(all(sequence(value).unwrap_or_default())),
        _ => value.clone(),
    }
}

#[allow(clippy::cast_precision_loss, reason = "pydantic converts so too")]
fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}

/// Writes a value as JSON.
pub(in crate::action) fn dumps(value: &Value, layout: Layout<'_>) -> Outcome<String> {
    let mut out = String::new();
    write(&mut out, value, layout, 0)?;
    Ok(out)
}

fn write(out: &mut String, value: &Value, layout: Layout<'_>, depth: usize) -> Outcome<()> {
    match look(value) {
        Seen::None if value.is_undefined() => Err(not_serializable(value)),
        Seen::None => push(out, "null"),
        Seen::Bool(flag) => push(out, if flag { "true" } else { "false" }),
        Seen::Int(number) => push(out, &number.to_string()),
        Seen::Float(number) if layout.finite && !number.is_finite() => push(out, "null"),
        Seen::Float(number) if number.is_nan() => push(out, "NaN"),
        Seen::Float(number) if number.is_infinite() => push(out, if number > 0.0 { "Infinity" } else { "-Infinity" }),
        Seen::Float(number) if layout.finite => push(out, &short_float(number)),
        Seen::Float(number) => push(out, &float_text(number)),
        Seen::Text(text) => {
            string(out, text, layout.ascii);
            Ok(())
        }
        Seen::List | Seen::Tuple => {
            let items = sequence(value).unwrap_or_default();
            between(out, layout, depth, ('[', ']'), items, &mut |out, item, depth| write(out, item, layout, depth))
        }
        Seen::Py(Py::Enum(_, _, text)) => {
            string(out, text, layout.ascii);
            Ok(())
        }
        Seen::Py(Py::Dict(dict)) => write_dict(out, dict, layout, depth),
        Seen::Py(Py::Group(key, items)) => write(out, &list(vec![key.clone(), list(items.clone())]), layout, depth),
        Seen::Py(Py::Model(_) | Py::Root(..)) => write(out, &dumped(value, true), layout, depth),
        // Within an object; what is unknown as a whole does not come here.
        Seen::Py(Py::Unknown(path)) => {
            string(out, &placeholder(path), false);
            Ok(())
        }
        _ => Err(not_serializable(value)),
    }
}

/// A number as pydantic and orjson write it: `1e-7`, where Python itself writes `1e-07`.
fn short_float(number: f64) -> String {
    let text = float_text(number);
    match text.split_once("e-0") {
        Some(_) if (1e-5..1e-4).contains(&number.abs()) => format!("{number}"),
        Some((digits, exponent)) => [digits, "e-", exponent].concat(),
        None => text,
    }
}

fn write_dict(out: &mut String, dict: &Dict, layout: Layout<'_>, depth: usize) -> Outcome<()> {
    let mut sorted: Vec<&(Value, Value)> = dict.iter().collect();
    if layout.sorted && dict.names().count() < dict.len() {
        dict.iter().try_for_each(|(key, _)| key_text(key).map(drop))?;
        for ((before, _), (after, _)) in dict.iter().zip(dict.iter().skip(1)) {
            super::operator::order("<", after, before)?;
        }
        sorted.sort_by(|(a, _), (b, _)| super::operator::order("<", a, b).ok().flatten().unwrap_or(Ordering::Equal));
    }
    let mut entries = Vec::with_capacity(dict.len());
    for (key, value) in sorted {
        entries.push((key_text(key)?, value));
    }
    if layout.sorted && dict.names().count() == dict.len() {
        order::by_text(&mut entries, |(key, _)| key);
    }
    between(out, layout, depth, ('{', '}'), &entries, &mut |out, (key, value), depth| {
        string(out, key, layout.ascii);
        out.push_str(if layout.spaced { ": " } else { ":" });
        write(out, value, layout, depth)
    })
}

fn not_serializable(value: &Value) -> Raised {
    Raised::new("TypeError", format!("Object of type {} is not JSON serializable", short_class(value)))
}

#[allow(clippy::unnecessary_wraps, reason = "the other kinds of values can fail")]
fn push(out: &mut String, text: &str) -> Outcome<()> {
    out.push_str(text);
    Ok(())
}

fn between<T>(
    out: &mut String,
    layout: Layout<'_>,
    depth: usize,
    (open, close): (char, char),
    items: &[T],
    one: &mut dyn FnMut(&mut String, &T, usize) -> Outcome<()>,
) -> Outcome<()> {
    out.push(open);
    let inner = depth.saturating_add(1);
    let line = |out: &mut String, depth: usize| {
        if let Some(indent) = layout.indent {
            out.push('\n');
            out.push_str(&indent.repeat(depth));
        }
    };
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
            if layout.indent.is_none() && layout.spaced {
                out.push(' ');
            }
        }
        line(out, inner);
        one(out, item, inner)?;
    }
    if !items.is_empty() {
        line(out, depth);
    }
    out.push(close);
    Ok(())
}

fn key_text(key: &Value) -> Outcome<String> {
    if let Some(text) = text(key) {
        return Ok(text.into_owned());
    }
    match look(key) {
        Seen::None => Ok("null".to_owned()),
        Seen::Bool(flag) => Ok(if flag { "true" } else { "false" }.to_owned()),
        Seen::Int(_) | Seen::Float(_) => Ok(str_of(key)),
        _ => type_error(format!("keys must be str, int, float, bool or None, not {}", class(key))),
    }
}

fn string(out: &mut String, text: &str, ascii: bool) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\u{0}'..='\u{1f}' => escape(out, u32::from(letter)),
            // `htmlsafe_json_dumps`
            '<' | '>' | '&' | '\'' if ascii => escape(out, u32::from(letter)),
            _ if letter.is_ascii() && letter != '\u{7f}' || !ascii => out.push(letter),
            '\u{7f}' => out.push(letter),
            _ => letter.encode_utf16(&mut [0; 2]).iter().for_each(|unit| escape(out, u32::from(*unit))),
        }
    }
    out.push('"');
}

fn escape(out: &mut String, code: u32) {
    let _ = write!(out, "\\u{code:04x}");
}

/// A value of a document.
pub(in crate::action) fn value_of(json: Json<'_>) -> Value {
    match json.kind() {
        Kind::Null => none(),
        Kind::True => Value::from(true),
        Kind::False => Value::from(false),
        Kind::Integer | Kind::Float => number(json.raw()),
        Kind::NonFinite => Value::from(match json.raw() {
            b"NaN" => f64::NAN,
            b"-Infinity" => f64::NEG_INFINITY,
            _ => f64::INFINITY,
        }),
        Kind::String | Kind::Date => Value::from(json.string().into_owned()),
        Kind::Array => list(json.items().map(value_of).collect()),
        Kind::Object => own(Py::Dict(dict_of(json))),
    }
}

pub(in crate::action) fn dict_of(json: Json<'_>) -> Dict {
    let mut dict = Dict::default();
    for (key, value) in json.members() {
        dict.set(&key.string(), value_of(value));
    }
    dict
}

fn number(raw: &[u8]) -> Value {
    let text = std::str::from_utf8(raw).unwrap_or_default();
    match text.parse::<i128>() {
        Ok(whole) => int(whole),
        Err(_) => Value::from(text.parse::<f64>().unwrap_or_default()),
    }
}

/// `json.loads`
pub(in crate::action) fn loads(text: &str) -> Outcome<Value> {
    match text.trim_matches([' ', '\t', '\n', '\r']) {
        "NaN" => return Ok(Value::from(f64::NAN)),
        "Infinity" => return Ok(Value::from(f64::INFINITY)),
        "-Infinity" => return Ok(Value::from(f64::NEG_INFINITY)),
        _ => {}
    }
    let (mut tape, mut issues) = (Tape::new(), Vec::new());
    let parsed = parse(text.as_bytes(), 0, &mut tape, &mut issues);
    let document = tape.document(text.as_bytes());
    match document.root().filter(|_| parsed.complete && issues.is_empty()) {
        Some(root) => Ok(value_of(root)),
        None => Err(Raised::new("JSONDecodeError", serde_json_message(text))),
    }
}

/// Where Python finds the mistake.
fn serde_json_message(text: &str) -> String {
    let place = |at: usize| {
        let before = text.get(..at).unwrap_or_default();
        let line = before.matches('\n').count().saturating_add(1);
        let start = before.rfind('\n').map_or(0, |newline| newline.saturating_add(1));
        let letters = before.get(start..).unwrap_or_default().chars().count();
        format!("line {line} column {} (char {})", letters.saturating_add(1), before.chars().count())
    };
    let start = text.len().saturating_sub(text.trim_start().len());
    // A complete value, with more behind it.
    let (mut tape, mut issues) = (Tape::new(), Vec::new());
    let first = crate::json::parse_prefix(text.as_bytes(), 0, &mut tape, &mut issues);
    if first.complete && issues.is_empty() && first.end > start {
        let rest = text.get(first.end..).unwrap_or_default();
        let more = first.end.saturating_add(rest.len().saturating_sub(rest.trim_start().len()));
        return format!("Extra data: {}", place(more));
    }
    // Letters behind a number: `12x`.
    let number: usize = text.trim_start().chars().take_while(|c| c.is_ascii_digit() || *c == '-' || *c == '.').count();
    if number > 0 {
        return format!("Extra data: {}", place(start.saturating_add(number)));
    }
    let inside = text.trim_start().starts_with(['[', '{']);
    format!("Expecting value: {}", place(start.saturating_add(usize::from(inside))))
}
