//! Attributes and items: `a.b`, `a['b']`, `a[1:2]`, as Jinja's sandbox looks them up.

use minijinja::Value;

use crate::event::{RESOURCE_ID, RESOURCE_NAME, RESOURCE_ROLE};
use crate::text::nearest::nearest;

use super::error::{Outcome, not_calculated, type_error};
use super::operator::{fail, key_text, special, whole};
use super::show::quoted;
use super::value::{
    MOST_NAMES, Missing, Model, NODE, Py, Seen, class, described, int, is_undefined, list, look, none, own, sequence,
    short_class, text, tuple, unknown, width,
};

pub(in crate::action) const TEXT_METHODS: [&str; 47] = [
    "capitalize",
    "casefold",
    "center",
    "count",
    "encode",
    "endswith",
    "expandtabs",
    "find",
    "format",
    "format_map",
    "index",
    "isalnum",
    "isalpha",
    "isascii",
    "isdecimal",
    "isdigit",
    "isidentifier",
    "islower",
    "isnumeric",
    "isprintable",
    "isspace",
    "istitle",
    "isupper",
    "join",
    "ljust",
    "lower",
    "lstrip",
    "maketrans",
    "partition",
    "removeprefix",
    "removesuffix",
    "replace",
    "rfind",
    "rindex",
    "rjust",
    "rpartition",
    "rsplit",
    "rstrip",
    "split",
    "splitlines",
    "startswith",
    "strip",
    "swapcase",
    "title",
    "translate",
    "upper",
    "zfill",
];
const DICT_METHODS: [&str; 6] = ["copy", "fromkeys", "get", "items", "keys", "values"];
const DICT_CHANGES: [&str; 5] = ["clear", "pop", "popitem", "setdefault", "update"];
const LIST_METHODS: [&str; 3] = ["copy", "count", "index"];
const LIST_CHANGES: [&str; 8] = ["append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"];
const TIME_METHODS: [&str; 29] = [
    "add",
    "astimezone",
    "date",
    "diff_for_humans",
    "end_of",
    "format",
    "in_timezone",
    "in_tz",
    "isoformat",
    "isocalendar",
    "isoweekday",
    "replace",
    "start_of",
    "strftime",
    "subtract",
    "time",
    "timestamp",
    "timetuple",
    "timetz",
    "to_atom_string",
    "to_date_string",
    "to_datetime_string",
    "to_iso8601_string",
    "to_rfc3339_string",
    "to_time_string",
    "tzname",
    "utcoffset",
    "weekday",
    "diff",
];
const DELTA_METHODS: [&str; 5] = ["total_seconds", "total_minutes", "total_hours", "total_days", "in_words"];
const RESOURCE_METHODS: [&str; 7] =
    ["get", "items", "keys", "model_dump", "as_label_value_array", "has_all_labels", "prefect_object_id"];
/// How long a name may be for which the nearest is looked for.
const LONGEST_NAME: usize = 100;

const MODEL_METHODS: [&str; 6] = ["model_dump", "model_dump_json", "dict", "json", "copy", "model_copy"];

/// An attribute, as `getattr` finds it.
pub(super) fn attribute(value: &Value, name: &str) -> Option<Outcome<Value>> {
    let method = || Some(Ok(own(Py::Method(value.clone(), name.to_owned()))));
    let one_of = |names: &[&str]| if names.contains(&name) { method() } else { None };
    let changes = |names: &[&str]| {
        names.contains(&name).then(|| {
            let message = format!("access to attribute {} of '{}' object is unsafe.", quoted(name), short_class(value));
            Ok(own(Py::Undefined(Missing { class: "SecurityError", message, near: None })))
        })
    };
    match look(value) {
        Seen::Text(_) => one_of(&TEXT_METHODS),
        Seen::List => one_of(&LIST_METHODS).or_else(|| changes(&LIST_CHANGES)),
        Seen::Tuple => one_of(&["count", "index"]),
        Seen::Int(_) | Seen::Bool(_) => match name {
            "real" | "numerator" => Some(Ok(int(whole(value).unwrap_or_default()))),
            "imag" => Some(Ok(int(0))),
            "denominator" => Some(Ok(int(1))),
            _ => one_of(&["bit_length", "bit_count", "conjugate", "as_integer_ratio", "to_bytes", "from_bytes"]),
        },
        Seen::Float(_) => match name {
            "real" => Some(Ok(value.clone())),
            "imag" => Some(Ok(Value::from(0.0))),
            _ => one_of(&["is_integer", "as_integer_ratio", "conjugate", "hex", "fromhex"]),
        },
        Seen::Py(found) => match found {
            Py::Dict(_) => one_of(&DICT_METHODS).or_else(|| changes(&DICT_CHANGES)),
            Py::Time(micros) => super::time::attribute(*micros, name).map(Ok).or_else(|| one_of(&TIME_METHODS)),
            Py::Delta(delta) => super::time::delta_attribute(*delta, name).map(Ok).or_else(|| one_of(&DELTA_METHODS)),
            Py::Plain("Date", ..) => one_of(&["isoformat", "strftime", "to_date_string"]),
            Py::Plain("Time", ..) => one_of(&["isoformat", "strftime"]),
            Py::Uuid(id) => match name {
                "hex" => Some(Ok(Value::from(id.replace('-', "")))),
                _ => None,
            },
            Py::Enum(_, own_name, own_value) => match name {
                "value" => Some(Ok(Value::from(&**own_value))),
                "name" => Some(Ok(Value::from(&**own_name))),
                _ => one_of(&TEXT_METHODS),
            },
            Py::Model(model) => {
                model_attribute(model, name).or_else(|| one_of(model.methods)).or_else(|| one_of(&MODEL_METHODS))
            }
            Py::Root(kind, dict) => match (*kind, name) {
                ("Resource" | "RelatedResource", "id") => dict.get(RESOURCE_ID).cloned().map(Ok),
                ("Resource" | "RelatedResource", "name") => {
                    Some(Ok(dict.get(RESOURCE_NAME).cloned().unwrap_or_else(none)))
                }
                ("RelatedResource", "role") => dict.get(RESOURCE_ROLE).cloned().map(Ok),
                ("Resource" | "RelatedResource", "labels") => Some(Ok(labels_of(dict))),
                (_, "root") => Some(Ok(own(Py::Dict(dict.clone())))),
                _ => one_of(&RESOURCE_METHODS).or_else(|| one_of(&MODEL_METHODS)),
            },
            Py::Labels(labels) => labels.at(name).map(|found| Ok(own(Py::Labels(found)))),
            Py::Group(key, items) => match name {
                "grouper" => Some(Ok(key.clone())),
                "list" => Some(Ok(list(items.clone()))),
                _ => None,
            },
            Py::Cycler(items, at) => match name {
                "next" | "reset" => method(),
                "current" => {
                    let at = at.load(std::sync::atomic::Ordering::Relaxed);
                    items.get(at.checked_rem(items.len()).unwrap_or_default()).cloned().map(Ok)
                }
                _ => None,
            },
            Py::Set(_) => one_of(&["copy", "difference", "intersection", "union", "issubset", "issuperset"]),
            Py::Range(start, stop, step) => match name {
                "start" => Some(Ok(Value::from(*start))),
                "stop" => Some(Ok(Value::from(*stop))),
                "step" => Some(Ok(Value::from(*step))),
                _ => one_of(&["count", "index"]),
            },
            _ => None,
        },
        Seen::Other => match value.get_attr(name) {
            Ok(found) if !found.is_undefined() => Some(Ok(found)),
            _ => one_of(&["cycle", "changed"]),
        },
        Seen::None => None,
    }
}

fn model_attribute(model: &Model, name: &str) -> Option<Outcome<Value>> {
    if let Some(found) = model.fields.get(name).or_else(|| model.also.get(name)) {
        return Some(Ok(found.clone()));
    }
    let object = model.object.filter(|_| model.known.contains(&name))?;
    Some(Ok(own(Py::Unknown([object, ".", name].concat()))))
}

/// The labels of a resource, as `LabelDiver` gives them.
fn labels_of(dict: &super::value::Dict) -> Value {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let all = dict.iter().map(|(name, value)| (text(name), text(value))).collect();
    own(Py::Labels(super::value::Labels { all, value: String::new() }))
}

/// The names that an object has, for the nearest to one that it lacks. Not among very many, nor for very long ones.
fn near(value: &Value, name: &str) -> Option<String> {
    if width(value) / NODE > MOST_NAMES || name.len() > LONGEST_NAME {
        return None;
    }
    match look(value) {
        Seen::Py(Py::Dict(dict)) => nearest(name, &mut dict.names()).map(str::to_owned),
        Seen::Py(Py::Root(_, dict)) => {
            let own = ["id", "name", "role", "labels"];
            nearest(name, &mut dict.names().chain(own)).map(str::to_owned)
        }
        Seen::Py(Py::Model(model)) => {
            let own = model.fields.names().chain(model.also.names());
            let all = own.chain(model.known.iter().copied()).chain(model.methods.iter().copied());
            nearest(name, &mut { all }).map(str::to_owned)
        }
        Seen::Py(Py::Labels(labels)) => {
            let heads = labels.heads();
            nearest(name, &mut heads.iter().map(|(head, _)| &**head)).map(str::to_owned)
        }
        _ => None,
    }
}

fn missing_attribute(value: &Value, name: &str) -> Value {
    let message = format!("{} has no attribute {}", described(value), quoted(name));
    own(Py::Undefined(Missing { class: "UndefinedError", message, near: near(value, name) }))
}

/// What an attribute or an item of an undefined value is.
fn chained(value: &Value) -> Outcome<Value> {
    match look(value) {
        Seen::Py(Py::Undefined(missing)) if missing.is_of_inline_if() => Err(fail(value)),
        _ => Ok(value.clone()),
    }
}

/// `value.name`
pub(in crate::action) fn attr(value: &Value, name: &str) -> Outcome<Value> {
    if is_undefined(value) {
        return chained(value);
    }
    if let Seen::Py(Py::Unknown(path)) = look(value) {
        return Ok(own(Py::Unknown([path, ".", name].concat())));
    }
    if name.starts_with('_') {
        let message = format!("access to attribute {} of '{}' object is unsafe.", quoted(name), short_class(value));
        return Ok(own(Py::Undefined(Missing { class: "SecurityError", message, near: None })));
    }
    if let Some(found) = attribute(value, name) {
        return found;
    }
    Ok(subscript(value, &Value::from(name)).unwrap_or_else(|| missing_attribute(value, name)))
}

/// `value[key]`, if there is such an item.
fn subscript(value: &Value, key: &Value) -> Option<Value> {
    let at = |length: usize| {
        let index = whole(key)?;
        let index = if index < 0 { index.checked_add(i128::try_from(length).ok()?)? } else { index };
        usize::try_from(index).ok().filter(|index| *index < length)
    };
    match look(value) {
        Seen::List | Seen::Tuple => {
            let items = sequence(value)?;
            items.get(at(items.len())?).cloned()
        }
        Seen::Text(text) => {
            let letter = text.chars().nth(at(text.chars().count())?)?;
            Some(if value.is_safe() { Value::from_safe_string(letter.to_string()) } else { Value::from(letter) })
        }
        Seen::Py(found) => match found {
            Py::Dict(dict) => dict.find(key).cloned(),
            // A specification always gives a list.
            Py::Root("ResourceSpecification", dict) => dict.find(key).map(|found| match look(found) {
                Seen::Text(_) => list(vec![found.clone()]),
                _ => found.clone(),
            }),
            Py::Root(_, dict) => dict.find(key).cloned(),
            Py::Labels(labels) => {
                let key = text(key)?;
                labels.all.iter().find(|(name, _)| *name == *key).map(|(_, value)| Value::from(&**value))
            }
            Py::Range(..) | Py::Bytes(_) => {
                let items = super::operator::items(value).ok()?;
                items.get(at(items.len())?).cloned()
            }
            Py::Group(key_of, items) => match at(2)? {
                0 => Some(key_of.clone()),
                _ => Some(list(items.clone())),
            },
            Py::Enum(_, _, own) => own.chars().nth(at(own.chars().count())?).map(Value::from),
            _ => None,
        },
        Seen::Other => value.get_item(key).ok().filter(|found| !found.is_undefined()),
        _ => None,
    }
}

/// `value[key]`
pub(in crate::action) fn item(value: &Value, key: &Value) -> Outcome<Value> {
    if is_undefined(value) {
        return chained(value);
    }
    if unknown(key).is_some() {
        return Ok(key.clone());
    }
    if let Some(hidden) = special(&[value]) {
        let Seen::Py(Py::Unknown(path)) = look(value) else { return hidden };
        return Ok(own(Py::Unknown([path, "[", &key_text(key), "]"].concat())));
    }
    if let Some(found) = subscript(value, key) {
        return Ok(found);
    }
    if let Some(name) = text(key) {
        if name.starts_with('_') {
            return attr(value, &name);
        }
        return attribute(value, &name).unwrap_or_else(|| Ok(missing_attribute(value, &name)));
    }
    let message = match text(key) {
        Some(name) => format!("{} has no attribute {}", described(value), quoted(&name)),
        None => {
            let described = described(value);
            format!("{} has no element {}", described.trim_matches('\''), key_text(key))
        }
    };
    Ok(own(Py::Undefined(Missing { class: "UndefinedError", message, near: None })))
}

/// `value[start:stop:step]`
pub(in crate::action) fn slice(value: &Value, start: &Value, stop: &Value, step: &Value) -> Outcome<Value> {
    if is_undefined(value) {
        return chained(value);
    }
    if unknown(value).is_some() {
        return Ok(value.clone());
    }
    let letters: Option<Vec<Value>> = text(value).map(|text| text.chars().map(Value::from).collect());
    let Some(items) = letters.as_deref().or_else(|| sequence(value)) else {
        return match look(value) {
            Seen::Py(Py::Dict(_) | Py::Root(..) | Py::Labels(_)) => type_error("unhashable type: 'slice'"),
            Seen::Py(Py::Range(..) | Py::Bytes(_)) => not_calculated("a part of a range or of bytes"),
            _ => type_error(format!("'{}' object is not subscriptable", class(value))),
        };
    };
    let bound = whole;
    for value in [step, start, stop] {
        if !value.is_none() && !value.is_undefined() && bound(value).is_none() {
            return type_error("slice indices must be integers or None or have an __index__ method");
        }
        if bound(step) == Some(0) {
            return super::error::value_error("slice step cannot be zero");
        }
    }
    let step = bound(step).unwrap_or(1);
    let length = i128::try_from(items.len()).unwrap_or_default();
    let (least, most) = if step > 0 { (0, length) } else { (-1, length.saturating_sub(1)) };
    let place = |bound: Option<i128>, default: i128| match bound {
        None => default,
        Some(at) if at < 0 => at.saturating_add(length).clamp(least, most),
        Some(at) => at.clamp(least, most),
    };
    let (first, last) = if step > 0 { (0, length) } else { (length.saturating_sub(1), -1) };
    let (start, stop) = (place(bound(start), first), place(bound(stop), last));
    let mut taken = Vec::new();
    let mut at = start;
    while if step > 0 { at < stop } else { at > stop } {
        taken.extend(usize::try_from(at).ok().and_then(|at| items.get(at)).cloned());
        at = at.saturating_add(step);
    }
    Ok(match look(value) {
        Seen::List => list(taken),
        Seen::Tuple => tuple(taken),
        _ => {
            let text: String = taken.iter().filter_map(Value::as_str).collect();
            if value.is_safe() { Value::from_safe_string(text) } else { Value::from(text) }
        }
    })
}
