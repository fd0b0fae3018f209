//! Python's operators. Where an operand is something that only the server knows, the result is too.

use std::cmp::Ordering;

use minijinja::Value;
use minijinja::formatting::{FormatStyle, format};

use crate::text::order::by_text;

use super::error::{Outcome, Raised, type_error};
use super::eval_context::EvalContext;
use super::show::{quoted, repr_of, str_of};
use super::value::{
    Delta, Missing, NODE, Py, Seen, class, extent, int, is_undefined, list, look, own, range_items, sequence, text,
    tuple, unknown,
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
    Err(Raised::new("OverflowError", "the result is too large to calculate here"))
}

pub(in crate::action) fn binary(operator: &str, a: &Value, b: &Value, around: EvalContext<'_>) -> Outcome<Value> {
    if let Some(special) = special(&[a, b]) {
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
        "//" => (x / y).floor(),
        "%" if y == 0.0 => return zero("float modulo"),
        "%" => x - (x / y).floor() * y,
        _ => x.powf(y),
    }))
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
        Some(template) => {
            let one = [b.clone()];
            let arguments = if matches!(look(b), Seen::Tuple) { sequence(b).unwrap_or_default() } else { &one };
            let is_mapping = matches!(look(b), Seen::Py(Py::Dict(_)));
            printf(&template, arguments, is_mapping, around).map(Value::from)
        }
        None => arithmetic("%", a, b),
    }
}

/// `template % arguments`
pub(in crate::action) fn printf(
    template: &str,
    arguments: &[Value],
    is_mapping: bool,
    around: EvalContext<'_>,
) -> Outcome<String> {
    around.visit_all(arguments)?;
    let wanted = conversions(template);
    let widths = wanted.iter().map(|conversion| conversion.width).fold(0, usize::saturating_add);
    around.pay(widths)?;
    if is_mapping {
        // Each conversion can show any of its values.
        around.pay_times(wanted.len(), arguments.first().map_or(0, |all| extent(all).size))?;
    }
    if !is_mapping {
        if wanted.len() > arguments.len() {
            return type_error("not enough arguments for format string");
        }
        if wanted.len() < arguments.len() {
            return type_error("not all arguments converted during string formatting");
        }
    }
    let mut shown = Vec::with_capacity(arguments.len());
    let mut adapted = String::with_capacity(template.len());
    let mut rest = template;
    for (index, Conversion { at, kind, .. }) in wanted.iter().enumerate() {
        let argument = arguments.get(index).or(arguments.first());
        let Some(argument) = argument else { continue };
        if matches!(kind, 'd' | 'i' | 'u' | 'x' | 'X' | 'o') && float(argument).is_none() {
            let number = if matches!(kind, 'd' | 'i' | 'u') { "a real number" } else { "an integer" };
            return type_error(format!("%{kind} format: {number} is required, not {}", class(argument)));
        }
        if matches!(kind, 'f' | 'F' | 'e' | 'E' | 'g' | 'G') && float(argument).is_none() {
            return type_error(format!("must be real number, not {}", class(argument)));
        }
        shown.push(match kind {
            's' => Value::from(str_of(argument)),
            'r' | 'a' => Value::from(repr_of(argument)),
            _ => argument.clone(),
        });
        let skipped = template.len().saturating_sub(rest.len());
        let here = at.saturating_sub(skipped);
        adapted.push_str(rest.get(..here).unwrap_or_default());
        adapted.push(if matches!(kind, 'r' | 'a') { 's' } else { *kind });
        rest = rest.get(here.saturating_add(1)..).unwrap_or_default();
    }
    adapted.push_str(rest);
    if is_mapping {
        shown = arguments.to_vec();
        template.clone_into(&mut adapted);
    }
    format(FormatStyle::Printf, &adapted, &shown)
        .map_err(|error| Raised::new("ValueError", error.detail().unwrap_or("invalid format").to_owned()))
}

/// A conversion in a template for `%`.
struct Conversion {
    /// Where its letter is.
    at: usize,
    kind: char,
    /// How many letters it has at least: its width and its precision.
    width: usize,
}

fn conversions(template: &str) -> Vec<Conversion> {
    let mut found = Vec::new();
    let mut letters = template.char_indices();
    while let Some((_, letter)) = letters.next() {
        if letter != '%' {
            continue;
        }
        let (mut width, mut number) = (0_usize, 0_usize);
        for (at, letter) in letters.by_ref() {
            if letter == '%' {
                break;
            }
            number = match letter.to_digit(10).and_then(|digit| usize::try_from(digit).ok()) {
                Some(digit) => number.saturating_mul(10).saturating_add(digit),
                None => 0,
            };
            width = width.max(number);
            if letter.is_ascii_alphabetic() && !matches!(letter, 'l' | 'h' | 'L') {
                found.push(Conversion { at, kind: letter, width });
                break;
            }
        }
    }
    found
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
    if let (Some(x), Some(y)) = (whole(a), whole(b)) {
        return x == y;
    }
    if let (Some(x), Some(y)) = (float(a), float(b)) {
        return x.partial_cmp(&y) == Some(Ordering::Equal);
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
        (Py::Range(..), Py::Range(..)) | (Py::View(..), Py::View(..)) => repr_of(&own_of(a)) == repr_of(&own_of(b)),
        _ => false,
    }
}

/// The sets of the server's objects only hold texts.
fn texts_of(all: &[Value]) -> Vec<String> {
    let mut texts: Vec<String> = all.iter().map(str_of).collect();
    by_text(&mut texts, String::as_str);
    texts
}

fn own_of(value: &Py) -> Value {
    match value {
        Py::Range(start, stop, step) => own(Py::Range(*start, *stop, *step)),
        Py::View(class, items) => own(Py::View(class, items.clone())),
        _ => Value::UNDEFINED,
    }
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
    if let (Some(x), Some(y)) = (whole(a), whole(b)) {
        return Ok(Some(x.cmp(&y)));
    }
    if let (Some(x), Some(y)) = (float(a), float(b)) {
        return Ok(x.partial_cmp(&y));
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
            Value::from(match operator {
                "<" => order == Some(Ordering::Less),
                "<=" => matches!(order, Some(Ordering::Less | Ordering::Equal)),
                ">" => order == Some(Ordering::Greater),
                _ => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
            })
        }
    })
}

/// `item in container`
pub(in crate::action) fn contains(container: &Value, item: &Value) -> Outcome<Value> {
    if unknown(container).is_some() {
        return Ok(container.clone());
    }
    if let Some(whole) = text(container) {
        return match text(item) {
            Some(part) => Ok(Value::from(whole.contains(&*part))),
            None => type_error(format!("'in <string>' requires string as left operand, not {}", class(item))),
        };
    }
    match look(container) {
        Seen::Py(Py::Dict(dict) | Py::Root(_, dict)) => Ok(Value::from(dict.find(item).is_some())),
        Seen::Py(Py::Undefined(_)) => Ok(Value::from(false)),
        _ => match items(container) {
            Ok(all) => Ok(Value::from(all.iter().any(|one| equal(one, item)))),
            Err(_) => type_error(format!("argument of type '{}' is not iterable", class(container))),
        },
    }
}

/// What a loop runs over.
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
            Py::Set(items) | Py::Generator(items) | Py::View(_, items) => Ok(items.clone()),
            Py::Labels(labels) => Ok(pairs(&labels.all)),
            Py::Enum(_, _, text) => Ok(text.chars().map(Value::from).collect()),
            Py::Range(start, stop, step) => Ok(range_items(*start, *stop, *step).map(Value::from).collect()),
            Py::Group(key, items) => Ok(vec![key.clone(), list(items.clone())]),
            Py::Unknown(_) => Ok(vec![value.clone()]),
            _ => type_error(format!("'{}' object is not iterable", class(value))),
        },
        Seen::None if value.is_undefined() => Ok(Vec::new()),
        Seen::Other => value.try_iter().map(Iterator::collect).map_err(|_| not_iterable(value)),
        _ => Err(not_iterable(value)),
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
