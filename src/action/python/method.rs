//! Calls: methods of strings, dictionaries, lists and the server's objects.

use minijinja::{ErrorKind, Value};

use super::error::{NOT_HERE, Outcome, Raised, not_calculated, type_error, value_error};
use super::eval_context::{EvalContext, TOO_MUCH};
use super::format::{is_escaped_in_safe, str_format};
use super::operator::{equal, fail, items};
use super::text as texts;
use super::time::{self, Arguments};
use super::value::{Dict, Model, NODE, Py, Seen, class, is_undefined, list, look, none, own, text, tuple, unknown};
use crate::event::RESOURCE_ROLE;

/// `callee(…)`, of what is not minijinja's own.
pub(in crate::action) fn call(callee: &Value, given: &[Value], around: EvalContext<'_>) -> Outcome<Value> {
    if is_undefined(callee) {
        return Err(fail(callee));
    }
    if unknown(callee).is_some() {
        return Ok(callee.clone());
    }
    let (positional, named) = split(given);
    around.visit_all(positional.iter().chain(named.iter().map(|(_, value)| value)))?;
    let arguments = Arguments { positional: &positional, named: &named };
    match look(callee) {
        Seen::Py(Py::Method(receiver, name)) => {
            pay(receiver, name, &arguments, around)?;
            method(receiver, name, &arguments, around)
        }
        Seen::Py(Py::Function(name)) => super::filter::function(name, &arguments, around),
        Seen::Py(Py::Joiner(separator, used)) => {
            let before = used.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Ok(Value::from(if before == 0 { "" } else { separator }))
        }
        _ => type_error(format!("'{}' object is not callable", class(callee))),
    }
}

/// What minijinja raises itself, such as a macro called with too many arguments.
pub(in crate::action) fn native(result: Result<Value, minijinja::Error>) -> Outcome<Value> {
    result.map_err(|error| match error.kind() {
        ErrorKind::TooManyArguments => {
            Raised::new(NOT_HERE, "a macro is called with arguments that it does not declare")
        }
        ErrorKind::OutOfFuel => Raised::new(NOT_HERE, TOO_MUCH),
        ErrorKind::InvalidOperation if error.detail().is_some_and(|detail| detail.contains("recursion")) => {
            Raised::new(NOT_HERE, "its macros call each other too deeply")
        }
        _ => Raised::new("TypeError", error.detail().unwrap_or("it cannot be called").to_owned()),
    })
}

/// The arguments of a call, and those with a name.
pub(in crate::action) fn split(given: &[Value]) -> (Vec<Value>, Vec<(String, Value)>) {
    match given.split_last() {
        Some((last, rest)) if last.is_kwargs() => {
            let named = last.try_iter().into_iter().flatten().map(|key| {
                let value = last.get_item(&key).unwrap_or_default();
                (key.as_str().unwrap_or_default().to_owned(), value)
            });
            (rest.to_vec(), named.collect())
        }
        _ => (given.to_vec(), Vec::new()),
    }
}

/// What a method costs before it starts, beside its arguments.
fn pay(receiver: &Value, name: &str, arguments: &Arguments<'_>, around: EvalContext<'_>) -> Outcome<()> {
    match look(receiver) {
        Seen::Py(Py::Dict(_) | Py::Root(..)) => match arguments.get(0, "key").filter(|_| name == "get") {
            Some(key) => around.find(receiver, key),
            None => around.touch(receiver),
        },
        Seen::Py(Py::Time(_) | Py::Plain(..)) => {
            // Each part of a format is calculated.
            let format = arguments.get(0, "format").and_then(text).map_or(0, |format| format.len());
            around.pay_times(format, 16 * NODE)
        }
        _ => around.visit(receiver),
    }
}

fn method(receiver: &Value, name: &str, arguments: &Arguments<'_>, around: EvalContext<'_>) -> Outcome<Value> {
    if let Some(hidden) = arguments.positional.iter().find(|value| unknown(value).is_some()) {
        return Ok(hidden.clone());
    }
    if let Some(text) = text(receiver) {
        let result = of_text(&text, name, arguments, around)?;
        return if receiver.is_safe() { safe(&result, receiver, name, arguments) } else { Ok(result) };
    }
    match look(receiver) {
        Seen::Py(found) => match found {
            Py::Root(..) | Py::Model(_)
                if matches!(name, "copy" | "model_copy")
                    && arguments.positional.is_empty()
                    && arguments.named.is_empty() =>
            {
                Ok(receiver.clone())
            }
            Py::Root(_, dict) if matches!(name, "model_dump" | "dict") => Ok(own(Py::Dict(dict.clone()))),
            Py::Root(..) if matches!(name, "model_dump_json" | "json") => {
                super::json::dumps(receiver, super::json::COMPACT).map(Value::from)
            }
            Py::Dict(dict) | Py::Root(_, dict) => of_dict(dict, name, arguments),
            Py::Time(micros) => time::method(*micros, name, arguments),
            Py::Delta(delta) => time::delta_method(*delta, name).map_or_else(|| unknown_method(receiver, name), Ok),
            Py::Plain(class, text, _) => time::plain_method(class, text, name, arguments),
            Py::Model(model) => of_model(receiver, model, name, arguments),
            Py::Cycler(items, at) => {
                let length = items.len();
                if name != "next" {
                    at.store(0, std::sync::atomic::Ordering::Relaxed);
                    return Ok(none());
                }
                let here = at.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                Ok(items.get(here.checked_rem(length).unwrap_or_default()).cloned().unwrap_or_default())
            }
            Py::Range(..) => of_list(receiver, name, arguments),
            Py::Set(items) if name == "copy" => Ok(own(Py::Set(items.clone()))),
            _ => unknown_method(receiver, name),
        },
        Seen::List | Seen::Tuple => of_list(receiver, name, arguments),
        Seen::Int(_) | Seen::Bool(_) if matches!(name, "bit_length" | "bit_count" | "conjugate") => {
            let number = super::operator::whole(receiver).unwrap_or_default();
            Ok(match name {
                "bit_length" => Value::from(128_u32.saturating_sub(number.unsigned_abs().leading_zeros())),
                "bit_count" => Value::from(number.unsigned_abs().count_ones()),
                _ => super::value::int(number),
            })
        }
        Seen::Float(number) if name == "is_integer" => Ok(Value::from(number.fract() == 0.0)),
        _ => unknown_method(receiver, name),
    }
}

/// What a method of a safe text returns: safe texts, in which its arguments are escaped.
fn safe(result: &Value, receiver: &Value, name: &str, arguments: &Arguments<'_>) -> Outcome<Value> {
    let mut given = arguments.positional.iter().chain(arguments.named.iter().map(|(_, value)| value));
    if given.any(is_escaped_in_safe) {
        return unknown_method(receiver, name);
    }
    let mark = |value: &Value| match look(value) {
        Seen::Text(text) => Value::from_safe_string(text.to_owned()),
        _ => value.clone(),
    };
    Ok(match look(result) {
        Seen::List => list(super::value::sequence(result).unwrap_or_default().iter().map(mark).collect()),
        Seen::Tuple => tuple(super::value::sequence(result).unwrap_or_default().iter().map(mark).collect()),
        _ => mark(result),
    })
}

fn unknown_method(receiver: &Value, name: &str) -> Outcome<Value> {
    not_calculated(&format!("`{name}` of '{}'", class(receiver)))
}

fn of_dict(dict: &Dict, name: &str, arguments: &Arguments<'_>) -> Outcome<Value> {
    Ok(match name {
        "get" => {
            let Some(key) = arguments.get(0, "key").cloned() else {
                return type_error("get expected at least 1 argument, got 0");
            };
            super::value::hashable(&key)?;
            dict.find(&key).cloned().or_else(|| arguments.get(1, "default").cloned()).unwrap_or_else(none)
        }
        "keys" => own(Py::View("dict_keys", dict.keys())),
        "values" => own(Py::View("dict_values", dict.values())),
        "items" => own(Py::View("dict_items", dict.pairs())),
        "copy" => own(Py::Dict(dict.clone())),
        "as_label_value_array" => list(
            dict.iter()
                .map(|(label, value)| {
                    let mut one = Dict::default();
                    one.set("label", label.clone());
                    one.set("value", value.clone());
                    own(Py::Dict(one))
                })
                .collect(),
        ),
        _ => return unknown_method(&own(Py::Dict(Dict::default())), name),
    })
}

fn of_list(receiver: &Value, name: &str, arguments: &Arguments<'_>) -> Outcome<Value> {
    let all = items(receiver)?;
    let sought = arguments.get(0, "value").cloned().unwrap_or_default();
    match name {
        "index" => match all.iter().position(|item| equal(item, &sought)) {
            Some(place) => Ok(Value::from(place)),
            None if matches!(look(receiver), Seen::Tuple) => value_error("tuple.index(x): x not in tuple"),
            None => value_error(format!("{} is not in {}", super::show::repr_of(&sought), class(receiver))),
        },
        "count" => Ok(Value::from(all.iter().filter(|item| equal(item, &sought)).count())),
        _ => Ok(list(all)),
    }
}

/// Methods of the server's models.
fn of_model(value: &Value, model: &Model, name: &str, arguments: &Arguments<'_>) -> Outcome<Value> {
    let field = |key: &str| model.fields.get(key).cloned().unwrap_or_default();
    let is_plain = arguments.positional.is_empty() && arguments.named.is_empty();
    match name {
        "model_dump" | "dict" | "model_dump_json" | "json" if model.is_partial() => {
            Ok(own(Py::Unknown(model.object.unwrap_or_default().to_owned())))
        }
        "model_dump" | "dict" if is_plain => Ok(super::json::dumped(value, false)),
        "model_dump"
            if arguments.named.iter().all(|(option, mode)| option == "mode" && mode.as_str() == Some("json")) =>
        {
            Ok(super::json::dumped(value, true))
        }
        "model_dump_json" | "json" if is_plain => super::json::dumps(value, super::json::COMPACT).map(Value::from),
        "find_resource_label" => Ok(find_label(model, &arguments.text(0, "label").unwrap_or_default())),
        "all_triggers" => Ok(list(all_below(value, "triggers"))),
        "triggers" => Ok(list(all_below(&field("trigger"), "triggers"))),
        "all_firings" => Ok(list(all_below(value, "triggering_firings"))),
        "all_events" => Ok(list(events_of(&all_below(value, "triggering_firings")))),
        _ => unknown_method(value, name),
    }
}

/// A model, and those below it in a field that is a list of such models.
pub(in crate::action) fn all_below(value: &Value, field: &str) -> Vec<Value> {
    let mut all = vec![value.clone()];
    if let Seen::Py(Py::Model(model)) = look(value) {
        for inner in model.fields.get(field).and_then(super::value::sequence).unwrap_or_default() {
            all.extend(all_below(inner, field));
        }
    }
    all
}

/// The triggering events of firings.
pub(in crate::action) fn events_of(firings: &[Value]) -> Vec<Value> {
    let event = |firing: &Value| match look(firing) {
        Seen::Py(Py::Model(model)) => model.fields.get("triggering_event").filter(|event| !event.is_none()).cloned(),
        _ => None,
    };
    firings.iter().filter_map(event).collect()
}

/// `Event.find_resource_label`
fn find_label(event: &Model, label: &str) -> Value {
    let root = |value: &Value| match look(value) {
        Seen::Py(Py::Root(_, dict)) => Some(dict.clone()),
        _ => None,
    };
    if let Some((role, name)) = label.strip_prefix("related:").and_then(|rest| rest.rsplit_once(':')) {
        let related = event.fields.get("related").and_then(super::value::sequence).unwrap_or_default();
        let of_role = |dict: &Dict| dict.get(RESOURCE_ROLE).and_then(Value::as_str) == Some(role);
        if let Some(dict) = related.iter().filter_map(root).find(of_role) {
            return dict.get(name).cloned().unwrap_or_else(none);
        }
    }
    event.fields.get("resource").and_then(root).and_then(|dict| dict.get(label).cloned()).unwrap_or_else(none)
}

/// Methods of strings.
#[expect(clippy::too_many_lines, reason = "a table of Python's methods")]
fn of_text(text: &str, name: &str, arguments: &Arguments<'_>, around: EvalContext<'_>) -> Outcome<Value> {
    let plain = |result: String| {
        if arguments.positional.is_empty() {
            return Ok(Value::from(result));
        }
        let given = arguments.positional.len();
        type_error(format!("str.{name}() takes no arguments ({given} given)"))
    };
    let first = || arguments.text(0, "");
    let flag = |result: bool| Ok(Value::from(result));
    let places = |place: Option<usize>| place.map_or(-1_i64, |at| i64::try_from(at).unwrap_or(-1));
    let width = || usize::try_from(arguments.int(0, "").unwrap_or_default()).unwrap_or_default().min(100_000);
    let fill = || {
        let fill = arguments.text(1, "").unwrap_or_else(|| " ".to_owned());
        let mut letters = fill.chars();
        match (letters.next(), letters.next()) {
            (Some(letter), None) => Ok(letter),
            _ => type_error("The fill character must be exactly one character long"),
        }
    };
    let sought = || match arguments.get(0, "") {
        Some(value) => match super::value::text(value) {
            Some(text) => Ok(text.into_owned()),
            None => type_error(format!("must be str, not {}", class(value))),
        },
        None => type_error(format!("{name}() takes at least 1 argument (0 given)")),
    };
    if matches!(name, "center" | "ljust" | "rjust" | "zfill") {
        if let Some(wrong) = arguments.get(0, "").filter(|width| super::operator::whole(width).is_none()) {
            return type_error(format!("'{}' object cannot be interpreted as an integer", class(wrong)));
        }
        around.pay(width())?;
    }
    // The part of the text that the places after the first argument choose.
    let bounded = |place: usize| {
        let bound = |place: usize| arguments.get(place, "").and_then(super::operator::whole);
        let count = i128::try_from(text.chars().count()).unwrap_or_default();
        let at = |bound: Option<i128>, default: i128| match bound {
            Some(at) if at < 0 => at.saturating_add(count).max(0),
            Some(at) => at,
            None => default,
        };
        let (start, end) = (at(bound(place), 0), at(bound(place.saturating_add(1)), count).min(count));
        let bytes = |letters: i128| {
            let letters = usize::try_from(letters).unwrap_or_default();
            text.char_indices().nth(letters).map_or(text.len(), |(at, _)| at)
        };
        (start <= end).then(|| (text.get(bytes(start)..bytes(end)).unwrap_or_default(), start))
    };
    let found_at = |from_end: bool| -> Outcome<Option<usize>> {
        let part = sought()?;
        let Some((within, start)) = bounded(1) else { return Ok(None) };
        let at = if from_end { within.rfind(&*part) } else { within.find(&*part) };
        let letters = |at: usize| within.get(..at).unwrap_or_default().chars().count();
        Ok(at.map(|at| letters(at).saturating_add(usize::try_from(start).unwrap_or_default())))
    };
    match name {
        "upper" => plain(text.to_uppercase()),
        "lower" => plain(text.to_lowercase()),
        "casefold" if text.chars().all(|c| u32::from(c) < 0x100) => {
            plain(text.to_lowercase().replace('ß', "ss").replace('µ', "μ"))
        }
        "title" => plain(texts::title_case(text)),
        "capitalize" => plain(texts::capitalized(text)),
        "swapcase" => plain(swapped(text)),
        "strip" | "lstrip" | "rstrip" => {
            let ends = (name != "rstrip", name != "lstrip");
            texts::stripped(text, first().as_deref(), ends, around).map(Value::from)
        }
        "replace" => {
            let (old, new) = (sought()?, arguments.text(1, "").unwrap_or_default());
            let most = arguments.int(2, "count").filter(|most| *most >= 0).and_then(|most| usize::try_from(most).ok());
            texts::replaced(text, &old, &new, most, around)
        }
        "split" | "rsplit" => {
            let given = arguments.get(0, "sep").filter(|given| !given.is_none());
            if let Some(wrong) = given.filter(|given| super::value::text(given).is_none()) {
                return type_error(format!("must be str or None, not {}", class(wrong)));
            }
            let separator = arguments.text(0, "sep");
            let most = arguments.int(1, "maxsplit").and_then(|most| usize::try_from(most).ok());
            let parts = match separator.as_deref().filter(|separator| !separator.is_empty()) {
                Some(separator) => text.matches(separator).count(),
                None => text.split_whitespace().count(),
            };
            around.pay_times(parts, 4 * NODE)?;
            texts::split(text, separator.as_deref(), most, name == "rsplit").map(texts::list_of)
        }
        "splitlines" => {
            around.pay_times(text.matches(texts::ends_line).count(), 4 * NODE)?;
            Ok(texts::list_of(texts::lines(text, arguments.flag(0, "keepends"))))
        }
        "partition" | "rpartition" if sought()?.is_empty() => value_error("empty separator"),
        "partition" => Ok(parted(text, text.split_once(&*sought()?), &sought()?, false)),
        "rpartition" => Ok(parted(text, text.rsplit_once(&*sought()?), &sought()?, true)),
        "removeprefix" => Ok(Value::from(text.strip_prefix(&*sought()?).unwrap_or(text))),
        "removesuffix" => Ok(Value::from(text.strip_suffix(&*sought()?).unwrap_or(text))),
        "startswith" | "endswith" => {
            let within = bounded(1).map(|(within, _)| within);
            let is = |part: &str| {
                within.is_some_and(
                    |text| if name == "startswith" { text.starts_with(part) } else { text.ends_with(part) },
                )
            };
            let given = arguments.get(0, "").cloned().unwrap_or_default();
            match super::value::text(&given) {
                Some(part) => flag(is(&part)),
                None => match look(&given) {
                    Seen::Tuple => flag(items(&given)?.iter().filter_map(super::value::text).any(|part| is(&part))),
                    _ => type_error(format!("{name} first arg must be str or a tuple of str, not {}", class(&given))),
                },
            }
        }
        "find" | "rfind" => Ok(Value::from(places(found_at(name == "rfind")?))),
        "index" | "rindex" => match found_at(name == "rindex")? {
            Some(at) => Ok(Value::from(at)),
            None => value_error("substring not found"),
        },
        "count" => {
            let part = sought()?;
            let within = bounded(1).map(|(within, _)| within);
            Ok(Value::from(match within {
                Some(text) if part.is_empty() => text.chars().count().saturating_add(1),
                Some(text) => text.matches(&*part).count(),
                None => 0,
            }))
        }
        "join" => joined(text, arguments.get(0, ""), around),
        "center" => Ok(Value::from(texts::padded(text, width(), fill()?, true, true))),
        "ljust" => Ok(Value::from(texts::padded(text, width(), fill()?, false, true))),
        "rjust" => Ok(Value::from(texts::padded(text, width(), fill()?, true, false))),
        "zfill" => Ok(Value::from(filled_with_zeros(text, width()))),
        "format" => str_format(text, arguments, around),
        "format_map" => match arguments.get(0, "mapping").map(look) {
            Some(Seen::Py(Py::Dict(dict))) => {
                let named: Vec<(String, Value)> =
                    dict.iter().filter_map(|(key, value)| Some((key.as_str()?.to_owned(), value.clone()))).collect();
                str_format(text, &Arguments { positional: &[], named: &named }, around)
            }
            _ => unknown_method(&Value::from(text), name),
        },
        "encode"
            if arguments.named.is_empty()
                && arguments.positional.iter().all(|name| name.as_str().is_some_and(|name| name == "utf-8")) =>
        {
            Ok(own(Py::Bytes(text.as_bytes().to_vec())))
        }
        "expandtabs" => {
            let size = arguments.int(0, "tabsize").unwrap_or(8).clamp(0, 1000);
            let size = usize::try_from(size).unwrap_or_default();
            around.pay_times(text.matches('\t').count(), size)?;
            Ok(Value::from(texts::without_tabs(text, size)))
        }
        // Of other alphabets, Rust does not know which are digits.
        "isdigit" | "isdecimal" | "isnumeric" | "isalnum" if text.chars().any(texts::may_be_digit) => {
            unknown_method(&Value::from(text), name)
        }
        "isdigit" | "isdecimal" | "isnumeric" => {
            let is = |c: char| match c {
                '²' | '³' | '¹' => name != "isdecimal",
                '¼' | '½' | '¾' => name == "isnumeric",
                _ => c.is_ascii_digit(),
            };
            flag(!text.is_empty() && text.chars().all(is))
        }
        "isalpha" => flag(!text.is_empty() && text.chars().all(texts::is_letter)),
        "isalnum" => flag(!text.is_empty() && text.chars().all(|c| texts::is_letter(c) || c.is_numeric())),
        "isspace" => flag(!text.is_empty() && text.chars().all(texts::is_space)),
        "isprintable" => flag(text.chars().all(super::show::is_printable)),
        "isascii" => flag(text.is_ascii()),
        "isupper" => flag(text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase)),
        "islower" => flag(text.chars().any(char::is_lowercase) && !text.chars().any(char::is_uppercase)),
        "istitle" => flag(text.chars().any(char::is_alphabetic) && texts::title_case(text) == text),
        "isidentifier" => {
            let starts = text.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
            flag(starts && text.chars().all(|c| c.is_alphanumeric() || c == '_'))
        }
        _ => unknown_method(&Value::from(text), name),
    }
}

fn swapped(text: &str) -> String {
    let swap = |c: char| {
        let (upper, lower) = (c.to_uppercase().to_string(), c.to_lowercase().to_string());
        if c.is_uppercase() { lower } else { upper }
    };
    text.chars().map(swap).collect()
}

fn filled_with_zeros(text: &str, width: usize) -> String {
    let (sign, digits) = match text.strip_prefix(['-', '+']) {
        Some(digits) => (text.get(..1).unwrap_or_default(), digits),
        None => ("", text),
    };
    [sign, &texts::padded(digits, width.saturating_sub(sign.len()), '0', true, false)].concat()
}

/// `str.join`.
fn joined(between: &str, given: Option<&Value>, around: EvalContext<'_>) -> Outcome<Value> {
    let Some(value) = given else { return type_error("str.join() takes exactly one argument (0 given)") };
    around.touch_items(value)?;
    let all = items(value).map_err(|raised| match look(value) {
        Seen::Py(Py::Failing(..)) => raised,
        _ => Raised::new("TypeError", "can only join an iterable"),
    })?;
    around.pay_times(all.len(), between.len())?;
    let mut parts = Vec::with_capacity(all.len());
    for (index, item) in all.iter().enumerate() {
        match text(item) {
            Some(part) => parts.push(part.into_owned()),
            None => {
                return type_error(format!("sequence item {index}: expected str instance, {} found", class(item)));
            }
        }
    }
    Ok(Value::from(parts.join(between)))
}

fn parted(text: &str, found: Option<(&str, &str)>, separator: &str, from_end: bool) -> Value {
    let three = |a: &str, b: &str, c: &str| tuple(vec![Value::from(a), Value::from(b), Value::from(c)]);
    match found {
        Some((before, after)) => three(before, separator, after),
        None if from_end => three("", "", text),
        None => three(text, "", ""),
    }
}
