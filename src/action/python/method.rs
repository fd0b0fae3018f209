//! Calls: methods of strings, dictionaries, lists and the server's objects.

use minijinja::formatting::{FormatStyle, format};
use minijinja::{ErrorKind, Value};

use super::error::{Outcome, Raised, type_error, value_error};
use super::eval_context::{EvalContext, NOT_HERE, TOO_MUCH};
use super::operator::{equal, fail, items};
use super::show::str_of;
use super::text as texts;
use super::time::{self, Arguments};
use super::value::{
    Dict, Model, NODE, Py, Seen, class, extent, is_undefined, list, look, none, own, text, tuple, unknown,
};

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
        Seen::Py(Py::Function(name)) => super::filter::function(name, &arguments),
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
        return of_text(&text, name, arguments, around);
    }
    match look(receiver) {
        Seen::Py(found) => match found {
            Py::Dict(dict) | Py::Root(_, dict) if name != "model_dump" => of_dict(dict, name, arguments),
            Py::Root(_, dict) => Ok(own(Py::Dict(dict.clone()))),
            Py::Time(micros) => time::method(*micros, name, arguments),
            Py::Delta(delta) => time::delta_method(*delta, name).map_or_else(|| not_here(receiver, name), Ok),
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
            _ => not_here(receiver, name),
        },
        Seen::List | Seen::Tuple => of_list(receiver, name, arguments),
        Seen::Int(number) if name == "bit_length" => {
            Ok(Value::from(128_u32.saturating_sub(number.unsigned_abs().leading_zeros())))
        }
        Seen::Float(number) if name == "is_integer" => Ok(Value::from(number.fract() == 0.0)),
        _ => not_here(receiver, name),
    }
}

fn not_here(receiver: &Value, name: &str) -> Outcome<Value> {
    Err(Raised::new("NotImplementedError", format!("`{name}` of '{}' is not calculated here", class(receiver))))
}

fn of_dict(dict: &Dict, name: &str, arguments: &Arguments<'_>) -> Outcome<Value> {
    Ok(match name {
        "get" => {
            let key = arguments.get(0, "key").cloned().unwrap_or_default();
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
        _ => return not_here(&own(Py::Dict(Dict::default())), name),
    })
}

fn of_list(receiver: &Value, name: &str, arguments: &Arguments<'_>) -> Outcome<Value> {
    let all = items(receiver)?;
    let sought = arguments.get(0, "value").cloned().unwrap_or_default();
    match name {
        "index" => match all.iter().position(|item| equal(item, &sought)) {
            Some(place) => Ok(Value::from(place)),
            None => value_error(format!("{} is not in {}", super::show::repr_of(&sought), class(receiver))),
        },
        "count" => Ok(Value::from(all.iter().filter(|item| equal(item, &sought)).count())),
        _ => Ok(list(all)),
    }
}

/// Methods of the server's models.
fn of_model(value: &Value, model: &Model, name: &str, arguments: &Arguments<'_>) -> Outcome<Value> {
    let field = |key: &str| model.fields.get(key).cloned().unwrap_or_default();
    match name {
        "model_dump" | "dict" => Ok(own(Py::Dict(model.fields.clone()))),
        "model_dump_json" | "json" => super::json::dumps(value, super::json::COMPACT).map(Value::from),
        "find_resource_label" => Ok(find_label(model, &arguments.text(0, "label").unwrap_or_default())),
        "all_triggers" => Ok(list(all_below(value, "triggers"))),
        "triggers" => Ok(list(all_below(&field("trigger"), "triggers"))),
        "all_firings" => Ok(list(all_below(value, "triggering_firings"))),
        "all_events" => Ok(list(events_of(&all_below(value, "triggering_firings")))),
        _ => not_here(value, name),
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
        let of_role = |dict: &Dict| dict.get("prefect.resource.role").and_then(Value::as_str) == Some(role);
        if let Some(dict) = related.iter().filter_map(root).find(of_role) {
            return dict.get(name).cloned().unwrap_or_else(none);
        }
    }
    event.fields.get("resource").and_then(root).and_then(|dict| dict.get(label).cloned()).unwrap_or_else(none)
}

/// Methods of strings.
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
    let letters_before = |at: usize| text.get(..at).unwrap_or_default().chars().count();
    let width = || usize::try_from(arguments.int(0, "").unwrap_or_default()).unwrap_or_default().min(100_000);
    let fill = || arguments.text(1, "").and_then(|fill| fill.chars().next()).unwrap_or(' ');
    let sought = || match arguments.get(0, "") {
        Some(value) => match super::value::text(value) {
            Some(text) => Ok(text.into_owned()),
            None => type_error(format!("must be str, not {}", class(value))),
        },
        None => type_error(format!("{name}() takes at least 1 argument (0 given)")),
    };
    if matches!(name, "center" | "ljust" | "rjust" | "zfill") {
        around.pay(width())?;
    }
    match name {
        "upper" => plain(text.to_uppercase()),
        "lower" | "casefold" => plain(text.to_lowercase()),
        "title" => plain(texts::title_case(text)),
        "capitalize" => plain(texts::capitalized(text)),
        "swapcase" => plain(
            text.chars()
                .flat_map(|c| {
                    let (upper, lower) = (c.to_uppercase().to_string(), c.to_lowercase().to_string());
                    let swapped = if c.is_uppercase() { lower } else { upper };
                    swapped.chars().collect::<Vec<_>>()
                })
                .collect(),
        ),
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
            around.pay_times(text.matches('\n').count(), 4 * NODE)?;
            Ok(texts::list_of(texts::lines(text, arguments.flag(0, "keepends"))))
        }
        "partition" => Ok(parted(text, text.split_once(&*sought()?), &sought()?, false)),
        "rpartition" => Ok(parted(text, text.rsplit_once(&*sought()?), &sought()?, true)),
        "removeprefix" => Ok(Value::from(text.strip_prefix(&*sought()?).unwrap_or(text))),
        "removesuffix" => Ok(Value::from(text.strip_suffix(&*sought()?).unwrap_or(text))),
        "startswith" | "endswith" => {
            let is = |part: &str| if name == "startswith" { text.starts_with(part) } else { text.ends_with(part) };
            let given = arguments.get(0, "").cloned().unwrap_or_default();
            match super::value::text(&given) {
                Some(part) => flag(is(&part)),
                None => match look(&given) {
                    Seen::Tuple => flag(items(&given)?.iter().filter_map(super::value::text).any(|part| is(&part))),
                    _ => type_error(format!("{name} first arg must be str or a tuple of str, not {}", class(&given))),
                },
            }
        }
        "find" => Ok(Value::from(places(text.find(&*sought()?).map(letters_before)))),
        "rfind" => Ok(Value::from(places(text.rfind(&*sought()?).map(letters_before)))),
        "index" | "rindex" => {
            let part = sought()?;
            let found = if name == "index" { text.find(&*part) } else { text.rfind(&*part) };
            found.map_or_else(|| value_error("substring not found"), |at| Ok(Value::from(letters_before(at))))
        }
        "count" => {
            let part = sought()?;
            let count =
                if part.is_empty() { text.chars().count().saturating_add(1) } else { text.matches(&*part).count() };
            Ok(Value::from(count))
        }
        "join" => {
            let all = match arguments.get(0, "") {
                Some(value) => {
                    around.touch_items(value)?;
                    items(value).map_err(|_| Raised::new("TypeError", "can only join an iterable"))?
                }
                None => return type_error("str.join() takes exactly one argument (0 given)"),
            };
            around.pay_times(all.len(), text.len())?;
            let mut parts = Vec::with_capacity(all.len());
            for (index, item) in all.iter().enumerate() {
                match super::value::text(item) {
                    Some(part) => parts.push(part.into_owned()),
                    None => {
                        return type_error(format!(
                            "sequence item {index}: expected str instance, {} found",
                            class(item)
                        ));
                    }
                }
            }
            Ok(Value::from(parts.join(text)))
        }
        "center" => Ok(Value::from(texts::padded(text, width(), fill(), true, true))),
        "ljust" => Ok(Value::from(texts::padded(text, width(), fill(), false, true))),
        "rjust" => Ok(Value::from(texts::padded(text, width(), fill(), true, false))),
        "zfill" => {
            let (sign, digits) = match text.strip_prefix(['-', '+']) {
                Some(digits) => (text.get(..1).unwrap_or_default(), digits),
                None => ("", text),
            };
            let padded = texts::padded(digits, width().saturating_sub(sign.len()), '0', true, false);
            Ok(Value::from([sign, &padded].concat()))
        }
        "format" => str_format(text, arguments, around),
        "encode" => Ok(own(Py::Bytes(text.as_bytes().to_vec()))),
        "expandtabs" => Ok(Value::from(text.replace('\t', "        "))),
        "isdigit" | "isdecimal" | "isnumeric" => flag(!text.is_empty() && text.chars().all(char::is_numeric)),
        "isalpha" => flag(!text.is_empty() && text.chars().all(char::is_alphabetic)),
        "isalnum" => flag(!text.is_empty() && text.chars().all(char::is_alphanumeric)),
        "isspace" => flag(!text.is_empty() && text.chars().all(char::is_whitespace)),
        "isascii" => flag(text.is_ascii()),
        "isupper" => flag(text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase)),
        "islower" => flag(text.chars().any(char::is_lowercase) && !text.chars().any(char::is_uppercase)),
        "istitle" => flag(text.chars().any(char::is_alphabetic) && texts::title_case(text) == text),
        "isidentifier" => {
            let starts = text.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
            flag(starts && text.chars().all(|c| c.is_alphanumeric() || c == '_'))
        }
        _ => not_here(&Value::from(text), name),
    }
}

fn parted(text: &str, found: Option<(&str, &str)>, separator: &str, from_end: bool) -> Value {
    let three = |a: &str, b: &str, c: &str| tuple(vec![Value::from(a), Value::from(b), Value::from(c)]);
    match found {
        Some((before, after)) => three(before, separator, after),
        None if from_end => three("", "", text),
        None => three(text, "", ""),
    }
}

/// `str.format`: numbers and strings as they are, everything else as its text.
fn str_format(template: &str, arguments: &Arguments<'_>, around: EvalContext<'_>) -> Outcome<Value> {
    // Each field can show any of the arguments, and has at least its width.
    let fields = template.matches('{').count();
    let largest = arguments.positional.iter().chain(arguments.named.iter().map(|(_, value)| value));
    around.pay_times(fields, largest.map(|value| extent(value).size).max().unwrap_or_default())?;
    let specifications = template.split('{').skip(1).filter_map(|field| field.split_once('}')).map(|(field, _)| field);
    let numbers = specifications.flat_map(|field| field.split(|c: char| !c.is_ascii_digit()));
    let widths = numbers.filter(|digits| !digits.is_empty()).map(|digits| digits.parse().unwrap_or(usize::MAX));
    around.pay(widths.fold(0, usize::saturating_add))?;
    let shown = |value: &Value| match look(value) {
        Seen::Int(_) | Seen::Float(_) | Seen::Text(_) => value.clone(),
        _ => Value::from(str_of(value)),
    };
    let mut all: Vec<Value> = arguments.positional.iter().map(shown).collect();
    if !arguments.named.is_empty() {
        let named: minijinja::value::Kwargs =
            arguments.named.iter().map(|(name, value)| (name.clone(), shown(value))).collect();
        all.push(named.into());
    }
    format(FormatStyle::StrFormat, template, &all).map(Value::from).map_err(|error| {
        let detail = error.detail().unwrap_or("invalid format").to_owned();
        let class = if detail.contains("conversion type") { "NotImplementedError" } else { "ValueError" };
        Raised::new(class, detail)
    })
}
