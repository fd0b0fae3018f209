//! Python's operators. Where an operand is something that only the server knows, the result is too.

use std::cmp::Ordering;
use std::sync::atomic::AtomicUsize;

use minijinja::Value;

use crate::text::order::by_text;

use super::error::{Outcome, Raised, not_calculated, not_here, type_error};
use super::eval_context::{EvalContext, HIDDEN};
use super::show::{quoted, repr_of, str_of};
use super::value::{
    Delta, Dict, Missing, NODE, Py, Seen, class, extent, int, is_undefined, list, look, own, range_items, sequence,
    text, tuple, unknown,
};

/// The longest text or list that an operator builds.
const MOST: usize = 1_000_000;

/// What an undefined value raises.
pub(in crate::action) fn fail(value: &Value) -> Raised {
    match look(value) {
        Seen::Py(Py::Undefined(Missing { class, message, .. })) => Raised::new(class, message.clone()),
        _ => Raised::new("UndefinedError", "a value is undefined"),
    }
}

/// The first operand that decides: undefined values raise, unknown ones are the result.
pub(in crate::action) fn special(operands: &[&Value]) -> Option<Outcome<Value>> {
    let missing = operands.iter().find(|value| is_undefined(value)).map(|value| Err(fail(value)));
    let hidden = || operands.iter().find(|value| unknown(value).is_some()).map(|value| Ok((*value).clone()));
    missing.or_else(hidden)
}

/// An integer, also of a boolean.
pub(in crate::action) fn whole(value: &Value) -> Option<i128> {
    match look(value) {
        Seen::Int(number) => Some(number),
        Seen::Bool(flag) => Some(i128::from(flag)),
        _ => None,
    }
}

/// A number as a float.
#[allow(clippy::cast_precision_loss, reason = "Python converts so too")]
pub(in crate::action) fn float(value: &Value) -> Option<f64> {
    match look(value) {
        Seen::Float(number) => Some(number),
        _ => whole(value).map(|number| number as f64),
    }
}

fn unsupported<T>(operator: &str, a: &Value, b: &Value) -> Outcome<T> {
    type_error(format!("unsupported operand type(s) for {operator}: '{}' and '{}'", class(a), class(b)))
}

fn too_large<T>() -> Outcome<T> {
    not_here("its numbers, texts or lists are too large to calculate here")
}

pub(in crate::action) fn binary(operator: &str, a: &Value, b: &Value, around: EvalContext<'_>) -> Outcome<Value> {
    // In a text, an undefined value is shown as nothing.
    let is_shown = operator == "%" && text(a).is_some() && is_undefined(b);
    if let Some(special) = special(&[a, b]).filter(|_| !is_shown) {
        return special;
    }
    around.touch(a)?;
    around.touch(b)?;
    match operator {
        "+" => add(a, b),
        "-" => subtract(a, b),
        "*" => multiply(a, b, around),
        "%" => remainder(a, b, around),
        _ => arithmetic(operator, a, b),
    }
}

fn arithmetic(operator: &str, a: &Value, b: &Value) -> Outcome<Value> {
    if let (Some(x), Some(y)) = (whole(a), whole(b)) {
        let zero = |message| Err(Raised::new("ZeroDivisionError", message));
        let result = match operator {
            "+" => x.checked_add(y),
            "-" => x.checked_sub(y),
            "*" => x.checked_mul(y),
            "/" if y == 0 => return zero("division by zero"),
            "//" if y == 0 => return zero("integer division or modulo by zero"),
            "%" if y == 0 => return zero("integer modulo by zero"),
            "//" => floor_division(x, y),
            "%" => floor_division(x, y).and_then(|quotient| x.checked_sub(quotient.checked_mul(y)?)),
            "**" if y >= 0 => u32::try_from(y).ok().and_then(|y| x.checked_pow(y)),
            "**" if x == 0 => return zero("0.0 cannot be raised to a negative power"),
            "/" if !is_exact(x) || !is_exact(y) => None,
            _ => {
                let (x, y) = (float(a).unwrap_or_default(), float(b).unwrap_or_default());
                return Ok(Value::from(if operator == "/" { x / y } else { x.powf(y) }));
            }
        };
        return result.map_or_else(too_large, |number| Ok(int(number)));
    }
    let (Some(x), Some(y)) = (float(a), float(b)) else {
        let named = if operator == "**" { "** or pow()" } else { operator };
        return unsupported(named, a, b);
    };
    let zero = |message: &str| Err(Raised::new("ZeroDivisionError", message));
    Ok(Value::from(match operator {
        "+" => x + y,
        "-" => x - y,
        "*" => x * y,
        "/" if y == 0.0 => return zero("float division by zero"),
        "/" => x / y,
        "//" if y == 0.0 => return zero("float floor division by zero"),
        "//" => divided(x, y).0,
        "%" if y == 0.0 => return zero("float modulo"),
        "%" => divided(x, y).1,
        _ if x == 0.0 && y < 0.0 => return zero("0.0 cannot be raised to a negative power"),
        // Complex, or an error.
        _ if x < 0.0 && y.fract() != 0.0 || x.is_finite() && y.is_finite() && x.powf(y).is_infinite() => {
            return too_large();
        }
        _ => x.powf(y),
    }))
}

/// `divmod(x, y)`
fn divided(x: f64, y: f64) -> (f64, f64) {
    let mut rest = x % y;
    let mut quotient = (x - rest) / y;
    if rest == 0.0 {
        rest = 0.0_f64.copysign(y);
    } else if (y < 0.0) != (rest < 0.0) {
        rest += y;
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return (0.0_f64.copysign(x / y), rest);
    }
    let floor = quotient.floor();
    (if quotient - floor > 0.5 { floor + 1.0 } else { floor }, rest)
}

/// Whether a float is exactly this number.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "this is what it asks")]
fn is_exact(number: i128) -> bool {
    (number as f64) as i128 == number
}

/// The order of a whole number and a float, as exact as Python's.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "such numbers fit")]
fn against(number: i128, float: f64) -> Option<Ordering> {
    if float.is_nan() || float.abs() >= 1.7e38 {
        return 0.0.partial_cmp(&float);
    }
    Some(number.cmp(&(float.trunc() as i128)).then(0.0.partial_cmp(&float.fract())?))
}

#[expect(clippy::option_option, reason = "no numbers, numbers without an order, or with one")]
fn numbers(a: &Value, b: &Value) -> Option<Option<Ordering>> {
    Some(match (whole(a), whole(b)) {
        (Some(x), Some(y)) => Some(x.cmp(&y)),
        (Some(x), None) => against(x, float(b)?),
        (None, Some(y)) => against(y, float(a)?).map(Ordering::reverse),
        (None, None) => float(a)?.partial_cmp(&float(b)?),
    })
}

/// A group is a tuple.
fn grouped(value: &Value) -> Option<Value> {
    match look(value) {
        Seen::Py(Py::Group(key, items)) => Some(super::value::pair(key.clone(), list(items.clone()))),
        _ => None,
    }
}

fn floor_division(x: i128, y: i128) -> Option<i128> {
    let quotient = x.checked_div(y)?;
    let rest = x.checked_rem(y)?;
    if rest != 0 && (rest < 0) != (y < 0) { quotient.checked_sub(1) } else { Some(quotient) }
}

fn micros(value: &Value) -> Option<i64> {
    match look(value) {
        Seen::Py(Py::Time(micros)) => Some(*micros),
        _ => None,
    }
}

fn delta(value: &Value) -> Option<i64> {
    match look(value) {
        Seen::Py(Py::Delta(delta)) => Some(delta.micros),
        _ => None,
    }
}

fn of_delta(micros: Option<i64>) -> Outcome<Value> {
    micros.map_or_else(too_large, |micros| Ok(own(Py::Delta(Delta { micros, between: None }))))
}

fn add(a: &Value, b: &Value) -> Outcome<Value> {
    if let (Some(x), Some(y)) = (text(a), text(b)) {
        let safe = a.is_safe() || b.is_safe();
        let part = |value: &Value, text: &str| if safe && !value.is_safe() { escaped(text) } else { text.to_owned() };
        return limited(part(a, &x) + &part(b, &y), safe);
    }
    match (look(a), look(b)) {
        (Seen::List, Seen::List) | (Seen::Tuple, Seen::Tuple) => {
            let all = [sequence(a).unwrap_or_default(), sequence(b).unwrap_or_default()].concat();
            Ok(if matches!(look(a), Seen::List) { list(all) } else { tuple(all) })
        }
        (Seen::Text(_), _) => type_error(format!("can only concatenate str (not \"{}\") to str", class(b))),
        (Seen::List, _) => type_error(format!("can only concatenate list (not \"{}\") to list", class(b))),
        (Seen::Tuple, _) => type_error(format!("can only concatenate tuple (not \"{}\") to tuple", class(b))),
        _ => match (micros(a), delta(a), micros(b), delta(b)) {
            (Some(time), _, _, Some(delta)) | (_, Some(delta), Some(time), _) => {
                time.checked_add(delta).map_or_else(too_large, |time| Ok(own(Py::Time(time))))
            }
            (_, Some(x), _, Some(y)) => of_delta(x.checked_add(y)),
            _ => arithmetic("+", a, b),
        },
    }
}

fn subtract(a: &Value, b: &Value) -> Outcome<Value> {
    match (micros(a), delta(a), micros(b), delta(b)) {
        (Some(x), _, Some(y), _) => Ok(own(Py::Delta(Delta { micros: x.saturating_sub(y), between: Some((y, x)) }))),
        (Some(time), _, _, Some(delta)) => {
            time.checked_sub(delta).map_or_else(too_large, |time| Ok(own(Py::Time(time))))
        }
        (_, Some(x), _, Some(y)) => of_delta(x.checked_sub(y)),
        _ => arithmetic("-", a, b),
    }
}

fn multiply(a: &Value, b: &Value, around: EvalContext<'_>) -> Outcome<Value> {
    for (one, other) in [(a, b), (b, a)] {
        let repeated = text(one).is_some() || sequence(one).is_some();
        if !repeated {
            continue;
        }
        let Some(times) = whole(other) else {
            // `Markup` multiplies by itself.
            if one.is_safe() || other.is_safe() {
                let plain = class(if one.is_safe() { other } else { one });
                return type_error(format!("'{plain}' object cannot be interpreted as an integer"));
            }
            return type_error(format!("can't multiply sequence by non-int of type '{}'", class(other)));
        };
        let times = usize::try_from(times.max(0)).unwrap_or(MOST);
        if let Some(text) = text(one) {
            if text.len().saturating_mul(times) > MOST {
                return too_large();
            }
            around.pay_times(text.len(), times)?;
            return limited(text.repeat(times), one.is_safe());
        }
        let items = sequence(one).unwrap_or_default();
        if items.len().saturating_mul(times) > MOST {
            return too_large();
        }
        around.pay_times(items.len().saturating_mul(NODE), times)?;
        let all: Vec<Value> = std::iter::repeat_n(items, times).flatten().cloned().collect();
        return Ok(if matches!(look(one), Seen::List) { list(all) } else { tuple(all) });
    }
    match (delta(a), whole(a), delta(b), whole(b)) {
        (Some(delta), _, _, Some(times)) | (_, Some(times), Some(delta), _) => {
            of_delta(i64::try_from(times).ok().and_then(|times| delta.checked_mul(times)))
        }
        _ => arithmetic("*", a, b),
    }
}

fn remainder(a: &Value, b: &Value, around: EvalContext<'_>) -> Outcome<Value> {
    match text(a) {
        Some(_) => super::format::printf(a, b, around),
        None => arithmetic("%", a, b),
    }
}

fn limited(text: String, safe: bool) -> Outcome<Value> {
    if text.len() > MOST {
        return too_large();
    }
    Ok(if safe { Value::from_safe_string(text) } else { Value::from(text) })
}

/// `markupsafe.escape`
pub(in crate::action) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(letter),
        }
    }
    out
}

/// `a ~ b`
pub(in crate::action) fn concatenated(a: &Value, b: &Value, around: EvalContext<'_>) -> Outcome<Value> {
    around.visit_all([a, b])?;
    limited(str_of(a) + &str_of(b), false)
}

pub(in crate::action) fn negated(value: &Value) -> Outcome<Value> {
    if let Some(special) = special(&[value]) {
        return special;
    }
    match (whole(value), float(value), delta(value)) {
        (Some(number), ..) => number.checked_neg().map_or_else(too_large, |number| Ok(int(number))),
        (_, Some(number), _) => Ok(Value::from(-number)),
        (_, _, Some(micros)) => of_delta(micros.checked_neg()),
        _ => type_error(format!("bad operand type for unary -: '{}'", class(value))),
    }
}

/// `a == b`
pub(in crate::action) fn equal(a: &Value, b: &Value) -> bool {
    if let (Some(x), Some(y)) = (text(a), text(b)) {
        return x == y;
    }
    if let Some(order) = numbers(a, b) {
        return order == Some(Ordering::Equal);
    }
    match (grouped(a), grouped(b)) {
        (None, None) => {}
        (x, y) => return equal(x.as_ref().unwrap_or(a), y.as_ref().unwrap_or(b)),
    }
    match (look(a), look(b)) {
        (Seen::None, Seen::None) => a.is_undefined() == b.is_undefined(),
        (Seen::List, Seen::List) | (Seen::Tuple, Seen::Tuple) => {
            let (x, y) = (sequence(a).unwrap_or_default(), sequence(b).unwrap_or_default());
            x.len() == y.len() && x.iter().zip(y).all(|(x, y)| equal(x, y))
        }
        (Seen::Py(x), Seen::Py(y)) => same(x, y),
        _ => false,
    }
}

fn same(a: &Py, b: &Py) -> bool {
    match (a, b) {
        (Py::Undefined(_), Py::Undefined(_)) => true,
        (Py::Dict(x), Py::Dict(y)) | (Py::Root(_, x), Py::Root(_, y)) => {
            x.len() == y.len() && x.iter().all(|(key, value)| y.find(key).is_some_and(|other| equal(value, other)))
        }
        (Py::Model(x), Py::Model(y)) => {
            x.class == y.class
                && x.fields.iter().all(|(key, value)| y.fields.find(key).is_some_and(|v| equal(value, v)))
        }
        (Py::Time(x), Py::Time(y)) => x == y,
        (Py::Delta(x), Py::Delta(y)) => x.micros == y.micros,
        (Py::Uuid(x), Py::Uuid(y)) => x == y,
        (Py::Plain(class, x, _), Py::Plain(other, y, _)) => class == other && x == y,
        (Py::Set(x), Py::Set(y)) => texts_of(x) == texts_of(y),
        (Py::Range(start, stop, step), Py::Range(first, last, by)) => {
            range_items(*start, *stop, *step).eq(range_items(*first, *last, *by))
        }
        (Py::View(class, x), Py::View(other, y)) => {
            // Values are never equal, keys and items without an order.
            class == other && *class != "dict_values" && same(&Py::Dict(dict_of(x)), &Py::Dict(dict_of(y)))
        }
        _ => false,
    }
}

/// The sets of the server's objects only hold texts.
fn texts_of(all: &[Value]) -> Vec<String> {
    let mut texts: Vec<String> = all.iter().map(str_of).collect();
    by_text(&mut texts, String::as_str);
    texts
}

/// The keys or items of a view, as a dictionary.
fn dict_of(view: &[Value]) -> Dict {
    let mut dict = Dict::default();
    for item in view {
        match sequence(item) {
            Some([key, value]) => dict.insert(key.clone(), value.clone()),
            _ => dict.insert(item.clone(), super::value::none()),
        }
    }
    dict
}

/// The order of two values, for `operator`, which an error names.
pub(in crate::action) fn order(operator: &str, a: &Value, b: &Value) -> Outcome<Option<Ordering>> {
    for value in [a, b] {
        if is_undefined(value) {
            return Err(fail(value));
        }
    }
    if let (Some(x), Some(y)) = (text(a), text(b)) {
        return Ok(Some(x.chars().cmp(y.chars())));
    }
    if let Some(order) = numbers(a, b) {
        return Ok(order);
    }
    match (grouped(a), grouped(b)) {
        (None, None) => {}
        (x, y) => return order(operator, x.as_ref().unwrap_or(a), y.as_ref().unwrap_or(b)),
    }
    match (look(a), look(b)) {
        (Seen::List, Seen::List) | (Seen::Tuple, Seen::Tuple) => {
            let (x, y) = (sequence(a).unwrap_or_default(), sequence(b).unwrap_or_default());
            for (x, y) in x.iter().zip(y) {
                if !equal(x, y) {
                    return order(operator, x, y);
                }
            }
            Ok(Some(x.len().cmp(&y.len())))
        }
        (Seen::Py(Py::Time(x)), Seen::Py(Py::Time(y))) => Ok(Some(x.cmp(y))),
        (Seen::Py(Py::Delta(x)), Seen::Py(Py::Delta(y))) => Ok(Some(x.micros.cmp(&y.micros))),
        (Seen::Py(Py::Uuid(x)), Seen::Py(Py::Uuid(y))) => Ok(Some(x.cmp(y))),
        (Seen::Py(Py::Plain(one, x, _)), Seen::Py(Py::Plain(other, y, _))) if one == other => Ok(Some(x.cmp(y))),
        _ => type_error(format!("'{operator}' not supported between instances of '{}' and '{}'", class(a), class(b))),
    }
}

/// `a < b` and so on.
pub(in crate::action) fn compared(operator: &str, a: &Value, b: &Value, around: EvalContext<'_>) -> Outcome<Value> {
    match operator {
        "==" | "!=" | "in" | "not in" => around.visit_all([a, b])?,
        _ => [a, b].into_iter().try_for_each(|value| around.visit_ordered(value))?,
    }
    let undecided = || [a, b].into_iter().find(|value| unknown(value).is_some());
    Ok(match operator {
        "==" | "!=" => match undecided() {
            Some(hidden) => hidden.clone(),
            None if is_hidden(a, b) => return not_here(HIDDEN),
            None => Value::from(equal(a, b) == (operator == "==")),
        },
        "in" | "not in" => {
            let found = contains(b, a)?;
            match unknown(&found) {
                Some(_) => found,
                None => Value::from(found.is_true() == (operator == "in")),
            }
        }
        _ => {
            if let Some(hidden) = undecided().filter(|_| !is_undefined(a) && !is_undefined(b)) {
                return Ok(hidden.clone());
            }
            let order = order(operator, a, b)?;
            if is_hidden(a, b) {
                return not_here(HIDDEN);
            }
            Value::from(match operator {
                "<" => order == Some(Ordering::Less),
                "<=" => matches!(order, Some(Ordering::Less | Ordering::Equal)),
                ">" => order == Some(Ordering::Greater),
                _ => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
            })
        }
    })
}

/// Whether something that only the server knows is in one of them.
fn is_hidden(a: &Value, b: &Value) -> bool {
    extent(a).hidden || extent(b).hidden
}

/// `item in container`
pub(in crate::action) fn contains(container: &Value, item: &Value) -> Outcome<Value> {
    if let Some(hidden) = [container, item].into_iter().find(|value| unknown(value).is_some()) {
        return Ok(hidden.clone());
    }
    if is_hidden(container, item) {
        return not_here(HIDDEN);
    }
    if let Some(whole) = text(container) {
        return match text(item) {
            Some(part) => Ok(Value::from(whole.contains(&*part))),
            None => type_error(format!("'in <string>' requires string as left operand, not {}", class(item))),
        };
    }
    match look(container) {
        Seen::Py(Py::Dict(dict) | Py::Root(_, dict)) => {
            super::value::hashable(item)?;
            Ok(Value::from(dict.find(item).is_some()))
        }
        Seen::Py(Py::Undefined(_)) => Ok(Value::from(false)),
        Seen::Py(Py::Failing(raised, false)) => Err(raised.clone()),
        Seen::Py(Py::Bytes(_)) => not_calculated("what bytes contain"),
        _ => match items(container) {
            Ok(all) => Ok(Value::from(all.iter().any(|one| equal(one, item)))),
            Err(_) => type_error(format!("argument of type '{}' is not iterable", class(container))),
        },
    }
}

/// The items of a value that Python can iterate.
pub(in crate::action) fn items(value: &Value) -> Outcome<Vec<Value>> {
    let pairs = |all: &[(String, String)]| {
        let pair = |(name, value): &(String, String)| super::value::pair(Value::from(&**name), Value::from(&**value));
        all.iter().map(pair).collect()
    };
    match look(value) {
        Seen::List | Seen::Tuple => Ok(sequence(value).unwrap_or_default().to_vec()),
        Seen::Text(text) => Ok(text.chars().map(Value::from).collect()),
        Seen::Py(found) => match found {
            Py::Undefined(_) => Ok(Vec::new()),
            Py::Dict(dict) => Ok(dict.keys()),
            // A pydantic model runs over its fields.
            Py::Root(_, dict) => Ok(vec![super::value::pair(Value::from("root"), own(Py::Dict(dict.clone())))]),
            Py::Model(model) => Ok(model.fields.pairs()),
            Py::Set(items) | Py::View(_, items) => Ok(items.clone()),
            Py::Generator(all, taken, false) => Ok(rest_of(all, taken)),
            Py::Failing(raised, false) => Err(raised.clone()),
            Py::Labels(labels) => Ok(pairs(&labels.all)),
            Py::Enum(_, _, text) => Ok(text.chars().map(Value::from).collect()),
            Py::Range(start, stop, step) => Ok(range_items(*start, *stop, *step).map(Value::from).collect()),
            Py::Group(key, items) => Ok(vec![key.clone(), list(items.clone())]),
            Py::Unknown(_) => Ok(vec![value.clone()]),
            Py::Bytes(bytes) => Ok(bytes.iter().map(|byte| Value::from(*byte)).collect()),
            _ => type_error(format!("'{}' object is not iterable", class(value))),
        },
        Seen::None if value.is_undefined() => Ok(Vec::new()),
        Seen::Other => value.try_iter().map(Iterator::collect).map_err(|_| not_iterable(value)),
        _ => Err(not_iterable(value)),
    }
}

/// What a generator has left: nothing the second time.
fn rest_of(all: &[Value], taken: &AtomicUsize) -> Vec<Value> {
    let from = taken.swap(all.len(), std::sync::atomic::Ordering::Relaxed);
    all.get(from..).unwrap_or_default().to_vec()
}

/// What a loop runs over, and what a filter does that the server's environment replaces by an asynchronous one.
pub(in crate::action) fn async_items(value: &Value) -> Outcome<Vec<Value>> {
    match look(value) {
        Seen::Py(Py::Generator(all, taken, true)) => Ok(rest_of(all, taken)),
        Seen::Py(Py::Failing(raised, true)) => Err(raised.clone()),
        _ => items(value),
    }
}

fn not_iterable(value: &Value) -> Raised {
    Raised::new("TypeError", format!("'{}' object is not iterable", class(value)))
}

/// The items of a loop with several variables.
pub(in crate::action) fn unpacked(value: &Value, count: usize) -> Outcome<Value> {
    let all = match look(value) {
        Seen::Py(Py::Unknown(_)) => return Ok(list(vec![value.clone(); count])),
        _ => items(value)
            .map_err(|_| Raised::new("TypeError", format!("cannot unpack non-iterable {} object", class(value))))?,
    };
    match all.len().cmp(&count) {
        Ordering::Less => {
            super::error::value_error(format!("not enough values to unpack (expected {count}, got {})", all.len()))
        }
        Ordering::Greater => super::error::value_error(format!("too many values to unpack (expected {count})")),
        Ordering::Equal => Ok(list(all)),
    }
}

/// `len(value)`
pub(in crate::action) fn length(value: &Value) -> Outcome<usize> {
    match look(value) {
        Seen::Text(text) => Ok(text.chars().count()),
        Seen::List | Seen::Tuple => Ok(sequence(value).unwrap_or_default().len()),
        Seen::Py(found) => match found {
            Py::Undefined(_) => Ok(0),
            Py::Dict(dict) => Ok(dict.len()),
            Py::Labels(labels) => Ok(labels.all.len()),
            Py::Enum(_, _, text) => Ok(text.chars().count()),
            Py::Bytes(bytes) => Ok(bytes.len()),
            Py::Set(_) | Py::View(..) | Py::Range(..) | Py::Group(..) => Ok(items(value)?.len()),
            _ => type_error(format!("object of type '{}' has no len()", class(value))),
        },
        Seen::None if value.is_undefined() => Ok(0),
        Seen::Other => value.len().map_or_else(|| type_error("object of type 'object' has no len()"), Ok),
        _ => type_error(format!("object of type '{}' has no len()", class(value))),
    }
}

/// A key in messages: `'x'`.
pub(in crate::action) fn key_text(key: &Value) -> String {
    text(key).map_or_else(|| repr_of(key), |text| quoted(&text))
}
