//! Jinja's filters of lists and dictionaries.

use std::cmp::Ordering;
use std::sync::atomic::Ordering::Relaxed;

use minijinja::Value;

use crate::automation::{is_template_filter, is_template_test};

use super::attribute::item;
use super::error::{NOT_HERE, Outcome, Raised, not_calculated, not_here, type_error};
use super::eval_context::EvalContext;
use super::filter::{apply, as_index, entries};
use super::operator::{async_items, binary, equal, fail, float, items, length, order, whole};
use super::predicate::holds;
use super::show::{repr_of, str_of};
use super::time::Arguments;
use super::value::{
    NODE, Py, Seen, class, extent, generator, hashable, is_undefined, list, look, own, pair, sequence, text, undefined,
};

/// Filters of what a loop can run over.
pub(super) fn is_filter(name: &str) -> bool {
    matches!(
        name,
        "list"
            | "first"
            | "last"
            | "random"
            | "reverse"
            | "items"
            | "join"
            | "sort"
            | "unique"
            | "min"
            | "max"
            | "sum"
            | "groupby"
            | "dictsort"
            | "batch"
            | "slice"
            | "map"
            | "select"
            | "reject"
            | "selectattr"
            | "rejectattr"
    )
}

pub(super) fn filter(
    name: &str,
    value: &Value,
    given: &Arguments<'_>,
    around: EvalContext<'_>,
) -> Option<Outcome<Value>> {
    if !is_filter(name) {
        return None;
    }
    let is_lazy = || match name {
        "map" | "select" | "reject" | "selectattr" | "rejectattr" | "batch" | "items" => true,
        // An asynchronous environment reads the value at once.
        "slice" | "unique" => !around.is_async || async_items(value).is_ok(),
        _ => false,
    };
    let is_async = around.is_async && !matches!(name, "batch" | "items" | "slice" | "unique");
    match result(name, value, given, around) {
        // Nothing is calculated before it is read.
        Some(Err(raised)) if raised.class != NOT_HERE && is_lazy() => Some(Ok(own(Py::Failing(raised, is_async)))),
        other => other,
    }
}

fn result(name: &str, value: &Value, given: &Arguments<'_>, around: EvalContext<'_>) -> Option<Outcome<Value>> {
    Some(match name {
        "list" => async_items(value).map(list),
        // The first that is left.
        "first" if let Seen::Py(Py::Generator(all, taken, _)) = look(value) => {
            let at = taken.load(Relaxed);
            taken.store(at.saturating_add(1).min(all.len()), Relaxed);
            Ok(all.get(at).cloned().unwrap_or_else(|| undefined("No first item, sequence was empty.")))
        }
        "first" if let Seen::Py(Py::Failing(raised, _)) = look(value) => Err(raised.clone()),
        "first" => items(value)
            .map(|all| all.first().cloned().unwrap_or_else(|| undefined("No first item, sequence was empty."))),
        "last" => reversible(value)
            .map(|all| all.last().cloned().unwrap_or_else(|| undefined("No last item, sequence was empty."))),
        "random" => match (length(value), look(value)) {
            (Err(raised), _) => Err(raised),
            (Ok(0), _) => Ok(undefined("No random item, sequence was empty.")),
            (_, Seen::Text(_) | Seen::List | Seen::Tuple | Seen::Py(Py::Enum(..) | Py::Range(..) | Py::Group(..))) => {
                items(value).map(|all| all.first().cloned().unwrap_or_default())
            }
            _ => not_calculated("a random item of this"),
        },
        "reverse" => match text(value) {
            _ if matches!(look(value), Seen::Py(Py::Generator(.., true) | Py::Failing(_, true))) => {
                Err(Raised::new("FilterArgumentError", "argument must be iterable"))
            }
            Some(text) => Ok(Value::from(text.chars().rev().collect::<String>())),
            None => match reversible(value) {
                Err(raised) if raised.class == NOT_HERE => Err(raised),
                Ok(mut all) => {
                    all.reverse();
                    Ok(generator(all, false))
                }
                // As a list then.
                Err(_) => match items(value) {
                    Ok(mut all) => {
                        all.reverse();
                        Ok(list(all))
                    }
                    Err(_) => Err(Raised::new("FilterArgumentError", "argument must be iterable")),
                },
            },
        },
        "items" => match look(value) {
            _ if is_undefined(value) => Ok(generator(Vec::new(), false)),
            Seen::Py(Py::Dict(dict)) => Ok(generator(dict.pairs(), false)),
            _ => type_error("Can only get item pairs from a mapping."),
        },
        "join" => join(value, given, around),
        "sort" => items(value).and_then(|all| {
            let (attribute, sensitive) = (given.get(2, "attribute"), given.flag(1, "case_sensitive"));
            sorted(all, &|value| keys(value, attribute, sensitive, around), given.flag(0, "reverse")).map(list)
        }),
        "unique" => unique(value, given, around),
        "min" | "max" => extreme(name, value, given, around),
        "sum" => sum(value, given, around),
        "groupby" => groups(value, given, around),
        "dictsort" => dict_sorted(value, given, around),
        "batch" => batches(value, given, around),
        "slice" => slices(value, given, around),
        "map" => map(value, given, around),
        "select" | "reject" | "selectattr" | "rejectattr" => select(name, value, given, around),
        _ => return None,
    })
}

fn reversible(value: &Value) -> Outcome<Vec<Value>> {
    match look(value) {
        Seen::Py(Py::Generator(..) | Py::Failing(..) | Py::Set(_) | Py::Model(_)) => {
            type_error(format!("'{}' object is not reversible", class(value)))
        }
        Seen::Py(Py::Root(..)) => type_error(format!("object of type '{}' has no len()", class(value))),
        Seen::Py(Py::Labels(labels)) if !labels.all.is_empty() => not_here("labels in reverse are not calculated here"),
        _ if text(value).is_none() && items(value).is_err() => {
            type_error(format!("'{}' object is not reversible", class(value)))
        }
        _ => items(value),
    }
}

/// An attribute or item by a path such as `a.b.0`; `default` if it is undefined.
fn attribute_of(value: &Value, path: &Value, default: Option<&Value>, around: EvalContext<'_>) -> Outcome<Value> {
    let item = |of: &Value, key: &Value| {
        around.find(of, key)?;
        let found = item(of, key)?;
        around.looked_up(of, key, &found).map(|()| found)
    };
    let mut found = value.clone();
    match text(path) {
        Some(path) => {
            for part in path.split('.') {
                let key = part.parse::<i64>().map_or_else(|_| Value::from(part), Value::from);
                found = item(&found, &key)?;
                if is_undefined(&found)
                    && let Some(default) = default
                {
                    found = default.clone();
                }
            }
        }
        // No part: the value itself.
        None if path.is_none() => {}
        None => found = item(&found, path)?,
    }
    Ok(found)
}

fn lowered(value: &Value, sensitive: bool) -> Value {
    match text(value).filter(|_| !sensitive) {
        Some(text) => Value::from(text.to_lowercase()),
        None => value.clone(),
    }
}

/// What to compare a value by.
fn key(value: &Value, attribute: Option<&Value>, sensitive: bool, around: EvalContext<'_>) -> Outcome<Value> {
    match attribute.filter(|attribute| !attribute.is_none()) {
        Some(attribute) => attribute_of(value, attribute, None, around).map(|key| lowered(&key, sensitive)),
        None => Ok(lowered(value, sensitive)),
    }
}

/// What `sort` compares by: a list, of `"a,b"` with several keys. Equal keys are not compared then, even if they cannot be.
fn keys(value: &Value, attribute: Option<&Value>, sensitive: bool, around: EvalContext<'_>) -> Outcome<Value> {
    let Some(paths) = attribute.and_then(text) else {
        return key(value, attribute, sensitive, around).map(|key| list(vec![key]));
    };
    let mut all = Vec::new();
    for path in paths.split(',') {
        all.push(key(value, Some(&Value::from(path)), sensitive, around)?);
    }
    Ok(list(all))
}

pub(super) fn sorted(all: Vec<Value>, key: &dyn Fn(&Value) -> Outcome<Value>, reverse: bool) -> Outcome<Vec<Value>> {
    let mut keyed = Vec::with_capacity(all.len());
    for value in all {
        keyed.push((key(&value)?, value));
    }
    // Python compares each with the one before it.
    for (before, after) in keyed.iter().zip(keyed.iter().skip(1)) {
        order("<", &after.0, &before.0)?;
    }
    let mut raised = None;
    let mut compare = |a: &Value, b: &Value| match order("<", b, a) {
        Ok(order) => order.unwrap_or(Ordering::Equal).reverse(),
        Err(error) => {
            raised.get_or_insert(error);
            Ordering::Equal
        }
    };
    if reverse {
        keyed.sort_by(|a, b| compare(&b.0, &a.0));
    } else {
        keyed.sort_by(|a, b| compare(&a.0, &b.0));
    }
    raised.map_or_else(|| Ok(keyed.into_iter().map(|(_, value)| value).collect()), Err)
}

fn join(value: &Value, given: &Arguments<'_>, around: EvalContext<'_>) -> Outcome<Value> {
    let separator = given.get(0, "d").map(str_of).unwrap_or_default();
    let mut parts = Vec::new();
    for one in async_items(value)? {
        parts.push(match given.get(1, "attribute").filter(|path| !path.is_none()) {
            Some(path) => str_of(&attribute_of(&one, path, None, around)?),
            None => str_of(&one),
        });
    }
    Ok(Value::from(parts.join(&separator)))
}

fn unique(value: &Value, given: &Arguments<'_>, around: EvalContext<'_>) -> Outcome<Value> {
    let (mut seen, mut kept): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    for one in async_items(value)? {
        let key = key(&one, given.get(1, "attribute"), given.flag(0, "case_sensitive"), around)?;
        around.visit(&key)?;
        hashable(&key)?;
        around.pay_times(seen.len(), extent(&key).size)?;
        if !seen.iter().any(|before| equal(before, &key)) {
            seen.push(key);
            kept.push(one);
        }
    }
    Ok(generator(kept, false))
}

fn extreme(name: &str, value: &Value, given: &Arguments<'_>, around: EvalContext<'_>) -> Outcome<Value> {
    let mut best: Option<(Value, Value)> = None;
    for one in items(value)? {
        let key = key(&one, given.get(1, "attribute"), given.flag(0, "case_sensitive"), around)?;
        let better = match &best {
            None => true,
            Some((known, _)) if name == "max" => order(">", &key, known)? == Some(Ordering::Greater),
            Some((known, _)) => order("<", &key, known)? == Some(Ordering::Less),
        };
        if better {
            best = Some((key, one));
        }
    }
    Ok(best.map_or_else(|| undefined("No aggregated item, sequence was empty."), |(_, one)| one))
}

fn sum(value: &Value, given: &Arguments<'_>, around: EvalContext<'_>) -> Outcome<Value> {
    let mut total = given.get(1, "start").cloned().unwrap_or_else(|| Value::from(0));
    for one in async_items(value)? {
        let one = match given.get(0, "attribute").filter(|path| !path.is_none()) {
            Some(path) => attribute_of(&one, path, None, around)?,
            None => one,
        };
        // In an asynchronous environment, the server adds with `+=`, which extends lists by what can be looped over.
        total = match look(&total) {
            Seen::List if around.is_async && !is_undefined(&one) => {
                let more = items(&one)?;
                around.touch(&total)?;
                list(sequence(&total).unwrap_or_default().iter().cloned().chain(more).collect())
            }
            Seen::Text(_) if !around.is_async => {
                return type_error("sum() can't sum strings [use ''.join(seq) instead]");
            }
            _ => binary("+", &total, &one, around).map_err(|raised| {
                let operator = if around.is_async { "for +=:" } else { "for +:" };
                Raised::new(raised.class, raised.message.replace("for +:", operator))
            })?,
        };
    }
    Ok(total)
}

fn groups(value: &Value, given: &Arguments<'_>, around: EvalContext<'_>) -> Outcome<Value> {
    let attribute = given.get(0, "attribute").cloned().unwrap_or_default();
    let (default, sensitive) =
        (given.get(1, "default").filter(|given| !given.is_none()), given.flag(2, "case_sensitive"));
    let by = |one: &Value| attribute_of(one, &attribute, default, around).map(|key| lowered(&key, sensitive));
    let all = sorted(async_items(value)?, &by, false)?;
    let mut groups: Vec<(Value, Value, Vec<Value>)> = Vec::new();
    for one in all {
        let label = attribute_of(&one, &attribute, default, around)?;
        let key = lowered(&label, sensitive);
        match groups.last_mut() {
            Some((known, _, members)) if equal(known, &key) => members.push(one),
            _ => groups.push((key, label, vec![one])),
        }
    }
    Ok(list(groups.into_iter().map(|(_, label, members)| own(Py::Group(label, members))).collect()))
}

fn dict_sorted(value: &Value, given: &Arguments<'_>, around: EvalContext<'_>) -> Outcome<Value> {
    let by_value = match given.get(1, "by").map(text) {
        None => false,
        Some(Some(by)) if matches!(&*by, "key" | "value") => by == "value",
        Some(_) => {
            return Err(Raised::new("FilterArgumentError", "You can only sort by either \"key\" or \"value\""));
        }
    };
    let (sensitive, reverse) = (given.flag(0, "case_sensitive"), given.flag(2, "reverse"));
    let all: Vec<Value> = entries(value)?.into_iter().map(|(key, value)| pair(key, value)).collect();
    let by = |one: &Value| key(one, Some(&Value::from(usize::from(by_value))), sensitive, around);
    sorted(all, &by, reverse).map(list)
}

fn batches(value: &Value, given: &Arguments<'_>, around: EvalContext<'_>) -> Outcome<Value> {
    let fill = given.get(1, "fill_with").filter(|fill| !fill.is_none());
    let count = given.get(0, "linecount").cloned().unwrap_or_default();
    let size = match whole(&count) {
        // A length never equals others: one row has all.
        None if fill.is_some() => return not_calculated("such a size of rows"),
        None if float(&count).is_some_and(|size| size.fract() == 0.0) => {
            return not_calculated("such a size of rows");
        }
        size => size.and_then(|size| usize::try_from(size).ok()).unwrap_or(usize::MAX),
    };
    around.pay_times(size.min(10_000), NODE)?;
    let all = items(value)?;
    let mut rows: Vec<Vec<Value>> = match size {
        // The first is full before it has anything, and the second never is.
        0 if all.is_empty() => Vec::new(),
        0 => vec![Vec::new(), all],
        _ => all.chunks(size).map(<[Value]>::to_vec).collect(),
    };
    if let (Some(fill), Some(last)) = (fill, rows.last_mut())
        && size < usize::MAX
    {
        while last.len() < size.min(10_000) {
            last.push(fill.clone());
        }
    }
    Ok(generator(rows.into_iter().map(list).collect(), false))
}

fn slices(value: &Value, given: &Arguments<'_>, around: EvalContext<'_>) -> Outcome<Value> {
    let all = async_items(value)?;
    let count = given.get(0, "slices").cloned().unwrap_or_default();
    if is_undefined(&count) {
        return Err(fail(&count));
    }
    if whole(&count).is_none() && float(&count).is_none() {
        return type_error(format!("unsupported operand type(s) for //: 'int' and '{}'", class(&count)));
    }
    let count = match as_index(&count)? {
        0 => return Err(Raised::new("ZeroDivisionError", "integer division or modulo by zero")),
        count => usize::try_from(count).unwrap_or_default().min(10_000),
    };
    around.pay_times(count, NODE)?;
    let each = all.len().checked_div(count).unwrap_or_default();
    let longer = all.len().checked_rem(count).unwrap_or_default();
    let fill = given.get(1, "fill_with").filter(|fill| !fill.is_none());
    let mut rest = all.into_iter();
    let mut rows = Vec::new();
    for index in 0..count {
        let mut row: Vec<Value> = rest.by_ref().take(each.saturating_add(usize::from(index < longer))).collect();
        if index >= longer {
            row.extend(fill.cloned());
        }
        rows.push(list(row));
    }
    Ok(generator(rows, false))
}

fn map(value: &Value, given: &Arguments<'_>, around: EvalContext<'_>) -> Outcome<Value> {
    // Neither the value nor the arguments are looked at.
    if !value.is_true() {
        return Ok(generator(Vec::new(), around.is_async));
    }
    let all = async_items(value)?;
    let around = around.inner()?;
    let mut mapped = Vec::with_capacity(all.len());
    let named = |name: &str| given.named.iter().find(|(own, _)| own == name).map(|(_, value)| value);
    if let (true, Some(path)) = (given.positional.is_empty(), named("attribute")) {
        for one in &all {
            mapped.push(attribute_of(one, path, named("default"), around)?);
        }
        return Ok(generator(mapped, around.is_async));
    }
    let Some((name, rest)) = given.positional.split_first() else {
        return Err(Raised::new("FilterArgumentError", "map requires a filter argument"));
    };
    let Some(name) = text(name).filter(|name| is_template_filter(name)) else { return Err(not_named("filter", name)) };
    let arguments = Arguments { positional: rest, named: given.named };
    for one in &all {
        mapped.push(apply(&name, one, &arguments, around)?);
    }
    Ok(generator(mapped, around.is_async))
}

/// A name for which there is no filter or test.
fn not_named(what: &str, name: &Value) -> Raised {
    if let Err(raised) = hashable(name) {
        return raised;
    }
    let message = match look(name) {
        Seen::Py(Py::Undefined(missing)) => {
            format!("No {what} named Undefined. ({}; did you forget to quote the callable name?)", missing.message)
        }
        _ => format!("No {what} named {}.", repr_of(name)),
    };
    Raised::new("TemplateRuntimeError", message)
}

fn select(name: &str, value: &Value, given: &Arguments<'_>, around: EvalContext<'_>) -> Outcome<Value> {
    if !value.is_true() {
        return Ok(generator(Vec::new(), around.is_async));
    }
    let by_attribute = name.ends_with("attr");
    let (path, rest) = match given.positional.split_first() {
        Some((path, rest)) if by_attribute => (Some(path), rest),
        None if by_attribute => {
            return Err(Raised::new("FilterArgumentError", "Missing parameter for attribute name"));
        }
        _ => (None, given.positional),
    };
    let mut kept = Vec::new();
    for one in async_items(value)? {
        let tested = match path {
            Some(path) => attribute_of(&one, path, None, around)?,
            None => one.clone(),
        };
        let passes = match rest.split_first() {
            Some((test, arguments)) => {
                let Some(test) = text(test).filter(|test| is_template_test(test)) else {
                    return Err(not_named("test", test));
                };
                holds(&test, &tested, arguments, around)?.is_true()
            }
            None => tested.is_true(),
        };
        if passes == name.starts_with("select") {
            kept.push(one);
        }
    }
    Ok(generator(kept, around.is_async))
}
