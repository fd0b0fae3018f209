//! Jinja's filters, and Prefect's (`server/events/jinja_filters.py`).

use std::sync::atomic::AtomicUsize;

use minijinja::Value;

use super::error::{NOT_HERE, Outcome, Raised, not_calculated, not_here, type_error, value_error};
use super::eval_context::EvalContext;
use super::operator::{escaped, fail, float, items, length, order, whole};
use super::show::{quoted, repr_of, str_of};
use super::signature;
use super::text as texts;
use super::time::Arguments;
use super::value::{
    Delta, Dict, NODE, Py, Seen, class, extent, int, is_undefined, look, own, range_items, text, unknown, width,
};
use super::{human, json, lists, urls};

/// `value | name(…)`
pub(in crate::action) fn apply(
    name: &str,
    value: &Value,
    given: &Arguments<'_>,
    around: EvalContext<'_>,
) -> Outcome<Value> {
    signature::check(name, given)?;
    if unknown(value).is_some() {
        return Ok(value.clone());
    }
    pay(name, value, given, around)?;
    if let Seen::Py(Py::Model(model)) = look(value)
        && model.is_partial()
        && !is_default(name)
        && !matches!(name, "ui_url" | "ui_resource_events_url" | "attr")
    {
        return Ok(own(Py::Unknown(model.object.unwrap_or_default().to_owned())));
    }
    let hidden = given.positional.iter().chain(given.named.iter().map(|(_, value)| value));
    if let Some(hidden) = hidden.into_iter().find(|value| unknown(value).is_some()).filter(|_| !is_default(name)) {
        return Ok(hidden.clone());
    }
    if let Some(result) = of_text(name, value, given, around) {
        return result;
    }
    if let Some(result) = of_number(name, value, given) {
        return result;
    }
    if let Some(result) = lists::filter(name, value, given, around) {
        return result;
    }
    if let Some(result) = human::filter(name, value, given, around) {
        return result;
    }
    match name {
        "length" | "count" => length(value).map(Value::from),
        "default" | "d" => {
            let default = || given.get(0, "default_value").cloned().unwrap_or_else(|| Value::from(""));
            let absent = is_undefined(value) || given.flag(1, "boolean") && !value.is_true();
            Ok(if absent { default() } else { value.clone() })
        }
        "attr" => {
            let name = given.get(0, "name").cloned().unwrap_or_default();
            super::value::hashable(&name)?;
            let Some(name) = text(&name) else {
                return type_error(format!("attribute name must be string, not '{}'", class(&name)));
            };
            // Unlike `a.b`, this does not look up items.
            let found = super::attribute::attr(value, &name)?;
            let has_item =
                matches!(look(value), Seen::Py(Py::Dict(dict) | Py::Root(_, dict)) if dict.get(&name).is_some());
            Ok(if has_item && super::attribute::attribute(value, &name).is_none() {
                super::value::undefined(format!("'{} object' has no attribute {}", class(value), quoted(&name)))
            } else {
                found
            })
        }
        "tojson" => {
            let indent = match given.get(0, "indent").map(look) {
                Some(Seen::Text(text)) => Some(text.to_owned()),
                Some(Seen::Int(number)) => Some(" ".repeat(usize::try_from(number).unwrap_or_default().min(100))),
                _ => None,
            };
            let layout = json::Layout { indent: indent.as_deref(), ..json::FILTER };
            let (all, indent) = (extent(value), indent.as_deref().map_or(0, str::len));
            around.pay_times((all.size / NODE).saturating_mul(all.depth), indent)?;
            json::dumps(value, layout).map(Value::from_safe_string)
        }
        "ui_url" => urls::ui_url(value, around.ui_url),
        "ui_resource_events_url" => Ok(urls::events_url(value, around.ui_url)),
        "flow_run_id" => urls::flow_run_id(value),
        _ => Err(Raised::new("NotImplementedError", format!("the filter `{name}` is not calculated here"))),
    }
}

fn is_default(name: &str) -> bool {
    matches!(name, "default" | "d")
}

/// What a filter costs before it starts.
fn pay(name: &str, value: &Value, given: &Arguments<'_>, around: EvalContext<'_>) -> Outcome<()> {
    let arguments = || given.positional.iter().chain(given.named.iter().map(|(_, value)| value));
    let count = width(value) / NODE;
    match name {
        "default" | "d" => return Ok(()),
        // Its items are not looked into.
        "first" | "last" | "random" | "length" | "count" | "list" | "reverse" | "items" | "attr" | "batch"
        | "slice" => {
            around.touch(value)?;
        }
        // Each item pays for itself.
        "map" | "select" | "reject" | "selectattr" | "rejectattr" => {}
        "sort" | "groupby" | "dictsort" | "unique" | "min" | "max" => {
            around.visit_ordered(value)?;
            let rounds = usize::try_from(count.checked_ilog2().unwrap_or_default()).unwrap_or_default();
            // Each item has a key for each path of the attribute.
            let paths =
                arguments().filter_map(text).map(|text| text.matches(',').count()).fold(1, usize::saturating_add);
            around.pay_times(extent(value).size, rounds.saturating_add(paths))?;
        }
        _ => around.visit(value)?,
    }
    around.visit_all(arguments())?;
    if lists::is_filter(name) {
        around.touch_items(value)?;
        // Separators, fillings, the names of attributes: for each item.
        let each = arguments().filter_map(text).map(|text| text.len()).fold(0, usize::saturating_add);
        around.pay_times(count, each)?;
    }
    Ok(())
}

fn of_text(name: &str, value: &Value, given: &Arguments<'_>, around: EvalContext<'_>) -> Option<Outcome<Value>> {
    let whole_text = || str_of(value);
    let soft = || soft_str(value);
    let safe = value.is_safe();
    let kept = |text: String| if safe { Value::from_safe_string(text) } else { Value::from(text) };
    Some(Ok(match name {
        "upper" => kept(soft().to_uppercase()),
        "lower" => kept(soft().to_lowercase()),
        "capitalize" => kept(texts::capitalized(&soft())),
        "title" => kept(title(&soft())),
        "trim" if given.get(0, "chars").is_some_and(|chars| !chars.is_none() && text(chars).is_none()) => {
            return Some(type_error("strip arg must be None or str"));
        }
        "trim" => {
            return Some(texts::stripped(&soft(), given.text(0, "chars").as_deref(), (true, true), around).map(kept));
        }
        "center" => {
            let width = match given.get(0, "width").map(as_index) {
                None => 80,
                Some(Ok(width)) => width,
                Some(Err(raised)) => return Some(Err(raised)),
            };
            let width = usize::try_from(width).unwrap_or_default().min(100_000);
            if let Err(raised) = around.pay(width) {
                return Some(Err(raised));
            }
            kept(texts::padded(&soft(), width, ' ', true, true))
        }
        "replace" => {
            let part = |place, name| given.get(place, name).map(str_of).unwrap_or_default();
            let most = match given.get(2, "count").filter(|count| !count.is_none()).map(as_index) {
                None => None,
                Some(Ok(most)) => usize::try_from(most).ok(),
                Some(Err(raised)) => return Some(Err(raised)),
            };
            let replaced = texts::replaced(&whole_text(), &part(0, "old"), &part(1, "new"), most, around);
            if safe {
                if given.positional.iter().any(super::format::is_escaped_in_safe) {
                    return Some(not_calculated("`replace` in a safe text"));
                }
                return Some(replaced.map(|text| Value::from_safe_string(str_of(&text))));
            }
            return Some(replaced);
        }
        "string" if text(value).is_some() => value.clone(),
        "string" => Value::from(whole_text()),
        "safe" => Value::from_safe_string(whole_text()),
        "escape" | "e" if safe => value.clone(),
        "escape" | "e" | "forceescape" => Value::from_safe_string(escaped(&whole_text())),
        "striptags" => return Some(texts::without_tags(&whole_text()).map(Value::from)),
        "wordcount" => Value::from(word_count(&soft())),
        "pprint" => return Some(pretty(value)),
        "truncate" => return Some(truncate(value, given)),
        "indent" => return Some(indented(value, given, around).map(kept)),
        "wordwrap" => return Some(wrapped(value, given, around).map(Value::from)),
        "format" => {
            if !given.named.is_empty() && !given.positional.is_empty() {
                let message = "can't handle positional and keyword arguments at the same time";
                return Some(Err(Raised::new("FilterArgumentError", message)));
            }
            let template = if text(value).is_some() { value.clone() } else { Value::from(whole_text()) };
            return Some(super::format::by_filter(&template, given, around));
        }
        "urlencode" => return Some(url_encoded(value)),
        "xmlattr" => return Some(attributes(value, given)),
        _ => return None,
    }))
}

/// The text of what is one already, such as a member of an enumeration; `str` of everything else.
fn soft_str(value: &Value) -> String {
    text(value).map_or_else(|| str_of(value), std::borrow::Cow::into_owned)
}

/// Jinja's own `title`: words begin after spaces, hyphens and opening brackets.
fn title(text: &str) -> String {
    let mut starts = true;
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        let separates = letter.is_whitespace() || "-({[<".contains(letter);
        if starts && !separates {
            out.extend(letter.to_uppercase());
        } else {
            out.extend(letter.to_lowercase());
        }
        starts = separates;
    }
    out
}

fn word_count(text: &str) -> usize {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).count()
}

fn truncate(value: &Value, given: &Arguments<'_>) -> Outcome<Value> {
    let end = given.get(2, "end").cloned().unwrap_or_else(|| Value::from("..."));
    let most = given.get(0, "length").cloned().unwrap_or_else(|| Value::from(255));
    let leeway = given.get(3, "leeway").filter(|leeway| !leeway.is_none()).cloned().unwrap_or_else(|| Value::from(5));
    let end_length = length(&end)?;
    let order = order(">=", &most, &Value::from(end_length))?;
    if order == Some(std::cmp::Ordering::Less) {
        return Err(Raised::new("AssertionError", format!("expected length >= {end_length}, got {}", str_of(&most))));
    }
    if super::operator::order(">=", &leeway, &Value::from(0))? == Some(std::cmp::Ordering::Less) {
        return Err(Raised::new("AssertionError", format!("expected leeway >= 0, got {}", str_of(&leeway))));
    }
    let number = |number: i128| usize::try_from(number.max(0)).unwrap_or(usize::MAX);
    let (Some(most), Some(leeway)) = (whole(&most), whole(&leeway)) else {
        return not_calculated("`truncate` at fractions");
    };
    if length(value)? <= number(most.saturating_add(leeway)) {
        return Ok(value.clone());
    }
    let Some(end) = text(&end) else {
        return if is_undefined(&end) {
            Err(fail(&end))
        } else {
            type_error(format!("can only concatenate str (not \"{}\") to str", class(&end)))
        };
    };
    if text(value).is_none() {
        let words = !given.flag(1, "killwords");
        return match look(value) {
            Seen::Py(Py::Dict(_) | Py::Labels(_)) => type_error("unhashable type: 'slice'"),
            Seen::List | Seen::Tuple | Seen::Py(Py::Group(..) | Py::Range(..)) if words => {
                Err(no_attribute(value, "rsplit"))
            }
            Seen::List | Seen::Tuple => {
                let kind = class(value);
                type_error(format!("can only concatenate {kind} (not \"str\") to {kind}"))
            }
            Seen::Py(Py::Range(..)) => type_error("unsupported operand type(s) for +: 'range' and 'str'"),
            Seen::Py(Py::Group(..)) => type_error("can only concatenate tuple (not \"str\") to tuple"),
            _ => type_error(format!("'{}' object is not subscriptable", class(value))),
        };
    }
    let text = str_of(value);
    let start: String = text.chars().take(number(most).saturating_sub(end_length)).collect();
    let start =
        if given.flag(1, "killwords") { &*start } else { start.rsplit_once(' ').map_or(&*start, |(words, _)| words) };
    Ok(Value::from([start, &end].concat()))
}

fn indented(value: &Value, given: &Arguments<'_>, around: EvalContext<'_>) -> Outcome<String> {
    // The server adds a newline to the value, then splits it.
    let Some(text) = text(value) else {
        return match look(value) {
            _ if is_undefined(value) => Err(fail(value)),
            Seen::List => Err(no_attribute(value, "splitlines")),
            Seen::Tuple | Seen::Py(Py::Group(..)) => type_error("can only concatenate tuple (not \"str\") to tuple"),
            Seen::Py(Py::Bytes(_)) => type_error("can't concat str to bytes"),
            _ => type_error(format!("unsupported operand type(s) for +=: '{}' and 'str'", class(value))),
        };
    };
    let width = given.get(0, "width").cloned().unwrap_or_else(|| Value::from(4));
    let indention = match (super::value::text(&width), whole(&width)) {
        (Some(text), _) => text.into_owned(),
        (_, Some(width)) => " ".repeat(usize::try_from(width).unwrap_or_default().min(1000)),
        _ if is_undefined(&width) => return Err(fail(&width)),
        _ => return type_error(format!("can't multiply sequence by non-int of type '{}'", class(&width))),
    };
    let (first, blank) = (given.flag(1, "first"), given.flag(2, "blank"));
    let lines = texts::lines(&[&*text, "\n"].concat(), false);
    around.pay_times(lines.len(), indention.len())?;
    let mut out = String::new();
    for (index, line) in lines.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        if if index == 0 { first } else { blank || !line.is_empty() } {
            out.push_str(&indention);
        }
        out.push_str(line);
    }
    Ok(out)
}

/// `textwrap.wrap` for each line.
fn wrapped(value: &Value, given: &Arguments<'_>, around: EvalContext<'_>) -> Outcome<String> {
    let Some(text) = text(value) else {
        return Err(if is_undefined(value) { fail(value) } else { no_attribute(value, "splitlines") });
    };
    let newline = given.get(2, "wrapstring").filter(|newline| !newline.is_none());
    let newline = match newline.map(|newline| (newline, super::value::text(newline))) {
        None => "\n".to_owned(),
        Some((_, Some(newline))) => newline.into_owned(),
        Some((newline, None)) if is_undefined(newline) => return Err(fail(newline)),
        Some((newline, None)) => return Err(no_attribute(newline, "join")),
    };
    let width = given.get(0, "width").cloned().unwrap_or_else(|| Value::from(79));
    if !text.is_empty() && order("<=", &width, &Value::from(0))? != Some(std::cmp::Ordering::Greater) {
        return value_error(format!("invalid width {} (must be > 0)", str_of(&width)));
    }
    let Some(width) = whole(&width).or_else(|| text.is_empty().then_some(79)) else {
        return not_calculated("`wordwrap` at fractions");
    };
    let width = usize::try_from(width).unwrap_or_default();
    let is_true = |place: usize, name: &str| given.get(place, name).is_none_or(Value::is_true);
    let (breaks, hyphens) = (is_true(1, "break_long_words"), is_true(3, "break_on_hyphens"));
    if hyphens && text.contains('-') {
        return not_calculated("`wordwrap` at hyphens");
    }
    let is_space = |letter: &char| matches!(letter, '\t' | '\n' | '\x0b' | '\x0c' | '\r' | ' ');
    let mut lines: Vec<String> = Vec::new();
    for line in texts::lines(&text, false) {
        let letters: Vec<char> = line.chars().collect();
        let mut current: Vec<&[char]> = Vec::new();
        let (mut used, first) = (0_usize, lines.len());
        let finish = |current: &mut Vec<&[char]>, lines: &mut Vec<String>| {
            current.pop_if(|last| last.iter().all(is_space));
            if !current.is_empty() {
                lines.push(current.drain(..).flatten().collect());
            }
        };
        for chunk in letters.chunk_by(|a, b| is_space(a) == is_space(b)) {
            let blank = chunk.iter().all(is_space);
            if used.saturating_add(chunk.len()) <= width {
                // Spaces at the start of a line are dropped, but not those of the text.
                if !(blank && current.is_empty() && lines.len() > first) {
                    current.push(chunk);
                    used = used.saturating_add(chunk.len());
                }
                continue;
            }
            let mut chunk = chunk;
            if blank && chunk.len() <= width {
                finish(&mut current, &mut lines);
                used = 0;
                continue;
            }
            while !chunk.is_empty() {
                if blank && current.is_empty() && lines.len() > first {
                    break;
                }
                if chunk.len() > width && breaks {
                    let (part, rest) = chunk.split_at_checked(width.saturating_sub(used)).unwrap_or_default();
                    current.push(part);
                    chunk = rest;
                    finish(&mut current, &mut lines);
                    used = 0;
                } else if used > 0 {
                    finish(&mut current, &mut lines);
                    used = 0;
                } else {
                    current.push(chunk);
                    used = chunk.len();
                    break;
                }
            }
        }
        finish(&mut current, &mut lines);
        if lines.len() == first {
            lines.push(String::new());
        }
    }
    around.pay_times(lines.len(), newline.len())?;
    Ok(lines.join(&newline))
}

/// `pprint.pformat`, of what fits in one line.
fn pretty(value: &Value) -> Outcome<Value> {
    let too_long = || not_calculated("`pprint` of more than a line");
    let Some(sorted) = in_order(value) else { return too_long() };
    let text = repr_of(&sorted);
    let is_flat = matches!(
        look(value),
        Seen::Int(_)
            | Seen::Float(_)
            | Seen::Py(Py::Model(_) | Py::Root(..) | Py::Labels(_) | Py::Time(_) | Py::Uuid(_))
    );
    if text.chars().count() > 80 && !is_flat { too_long() } else { Ok(Value::from(text)) }
}

/// With sorted keys, if these are texts.
fn in_order(value: &Value) -> Option<Value> {
    let all = |items: &[Value]| items.iter().map(in_order).collect::<Option<Vec<Value>>>();
    Some(match look(value) {
        Seen::List => super::value::list(all(super::value::sequence(value)?)?),
        Seen::Tuple => super::value::tuple(all(super::value::sequence(value)?)?),
        Seen::Py(Py::Dict(dict)) => {
            let mut keys: Vec<&str> = dict.names().collect();
            if keys.len() < dict.len() && dict.len() > 1 {
                return None;
            }
            if keys.is_empty() {
                return Some(value.clone());
            }
            crate::text::order::by_text(&mut keys, |key| key);
            let mut sorted = Dict::default();
            for key in keys {
                sorted.set(key, in_order(dict.get(key)?)?);
            }
            own(Py::Dict(sorted))
        }
        _ => value.clone(),
    })
}

fn url_encoded(value: &Value) -> Outcome<Value> {
    if let Some(text) = text(value) {
        return Ok(Value::from(texts::url_quoted(&text, "/", false)));
    }
    let pairs = match look(value) {
        Seen::Py(Py::Dict(dict)) => dict.pairs(),
        _ => match items(value) {
            Ok(pairs) => pairs,
            Err(raised) if matches!(look(value), Seen::Py(Py::Failing(..))) => return Err(raised),
            Err(_) => return Ok(Value::from(texts::url_quoted(&str_of(value), "/", false))),
        },
    };
    let mut parts = Vec::with_capacity(pairs.len());
    for pair in &pairs {
        let two = super::operator::unpacked(pair, 2)?;
        let two = super::value::sequence(&two).unwrap_or_default();
        let quoted: Vec<String> = two.iter().map(|one| texts::url_quoted(&soft_str(one), "", true)).collect();
        parts.push(quoted.join("="));
    }
    Ok(Value::from(parts.join("&")))
}

/// An attribute that Python itself looks up.
pub(super) fn no_attribute(value: &Value, name: &str) -> Raised {
    // The server's `LabelDiver` raises it without a message.
    let message = match look(value) {
        Seen::Py(Py::Labels(_)) => String::new(),
        _ => format!("'{}' object has no attribute '{name}'", class(value)),
    };
    Raised::new("AttributeError", message)
}

/// `value.items()`
pub(super) fn entries(value: &Value) -> Outcome<Vec<(Value, Value)>> {
    match look(value) {
        _ if is_undefined(value) => Err(fail(value)),
        Seen::Py(Py::Dict(dict)) => Ok(dict.iter().cloned().collect()),
        Seen::Py(Py::Root(_, dict)) => {
            dict.keys().into_iter().map(|key| super::attribute::item(value, &key).map(|found| (key, found))).collect()
        }
        _ => Err(no_attribute(value, "items")),
    }
}

fn attributes(value: &Value, given: &Arguments<'_>) -> Outcome<Value> {
    let all = entries(value)?;
    let shown = || all.iter().filter(|(_, value)| !value.is_none() && !is_undefined(value));
    for (key, _) in shown() {
        let key = str_of(key);
        if key.contains(|c: char| c.is_ascii_whitespace() || "\x0b/>=".contains(c)) {
            return value_error(format!("Invalid character in attribute name: {}", quoted(&key)));
        }
    }
    let parts: Vec<String> =
        shown().map(|(key, value)| format!("{}=\"{}\"", escaped(&str_of(key)), escaped(&str_of(value)))).collect();
    let text = parts.join(" ");
    let spaced = given.get(0, "autospace").is_none_or(Value::is_true) && !text.is_empty();
    Ok(Value::from(if spaced { [" ", &text].concat() } else { text }))
}

fn of_number(name: &str, value: &Value, given: &Arguments<'_>) -> Option<Outcome<Value>> {
    Some(match name {
        "int" => to_int(value, given),
        "float" => to_float(value, given),
        "abs" => match (whole(value), float(value)) {
            (Some(number), _) => Ok(int(number.saturating_abs())),
            (_, Some(number)) => Ok(Value::from(number.abs())),
            _ => match look(value) {
                Seen::Py(Py::Delta(Delta { micros, between: None })) => {
                    Ok(own(Py::Delta(Delta { micros: micros.saturating_abs(), between: None })))
                }
                Seen::Py(Py::Delta(_)) => not_calculated("`abs` of an interval"),
                _ => type_error(format!("bad operand type for abs(): '{}'", class(value))),
            },
        },
        "round" => round(value, given),
        "filesizeformat" => {
            as_float(value).and_then(|bytes| file_size(bytes, given.flag(0, "binary"))).map(Value::from)
        }
        _ => return None,
    })
}

#[allow(clippy::cast_possible_truncation, reason = "the conversion saturates")]
fn to_int(value: &Value, given: &Arguments<'_>) -> Outcome<Value> {
    if is_undefined(value) {
        return Err(fail(value));
    }
    let default = || given.get(0, "default").cloned().unwrap_or_else(|| Value::from(0));
    let base = given.int(1, "base").unwrap_or(10);
    Ok(match look(value) {
        Seen::Float(number) if number.is_finite() => int(number.trunc() as i128),
        Seen::Py(Py::Uuid(id)) => match i128::from_str_radix(&id.replace('-', ""), 16) {
            Ok(number) => int(number),
            Err(_) => return not_calculated("a number this long"),
        },
        _ => match (whole(value), text(value)) {
            (Some(number), _) => int(number),
            (_, Some(text)) if is_strange_number(&text) => {
                return not_calculated("a number this long or in other digits");
            }
            (_, Some(text)) => read_int(&text, u32::try_from(base).unwrap_or(10))
                .or_else(|| read_float(&text).filter(|number| number.is_finite()).map(|number| number.trunc() as i128))
                .map_or_else(default, int),
            _ => default(),
        },
    })
}

/// Whether Python reads a text as a number, and we do not.
pub(super) fn is_strange_number(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_hexdigit).count();
    digits > 30 || text.chars().any(|c| !c.is_ascii() && c.is_numeric())
}

/// `int(text, base)`
pub(super) fn read_int(text: &str, base: u32) -> Option<i128> {
    let text = text.trim_matches(texts::is_space);
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let base = match base {
        0 => match digits.get(..2).unwrap_or_default() {
            "0x" | "0X" => 16,
            "0o" | "0O" => 8,
            "0b" | "0B" => 2,
            _ if digits.starts_with('0') && digits.contains(|c: char| ('1'..='9').contains(&c)) => return None,
            _ => 10,
        },
        base => base,
    };
    let prefix = match base {
        16 => ["0x", "0X"],
        8 => ["0o", "0O"],
        2 => ["0b", "0B"],
        _ => ["\0", "\0"],
    };
    let digits = prefix.iter().find_map(|prefix| digits.strip_prefix(prefix)).unwrap_or(digits);
    let grouped = digits.contains("__") || digits.starts_with('_') || digits.ends_with('_') || digits.starts_with('-');
    if grouped || !(2..=36).contains(&base) {
        return None;
    }
    i128::from_str_radix(&digits.replace('_', ""), base).ok().and_then(|number| number.checked_mul(sign))
}

fn read_float(text: &str) -> Option<f64> {
    let text = text.trim_matches(texts::is_space);
    let digit = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_digit());
    let mut parts = text.split('_').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_some_and(|next| !digit(part.chars().next_back()) || !digit(next.chars().next())) {
            return None;
        }
    }
    text.replace('_', "").parse().ok()
}

/// An integer, as Python's own functions take it.
pub(super) fn as_index(value: &Value) -> Outcome<i128> {
    let wrong = || Raised::new("TypeError", format!("'{}' object cannot be interpreted as an integer", class(value)));
    whole(value).ok_or_else(wrong)
}

/// `float(value)`
pub(super) fn as_float(value: &Value) -> Outcome<f64> {
    if is_undefined(value) {
        return Err(fail(value));
    }
    match (float(value), text(value)) {
        (Some(number), _) => Ok(number),
        (_, Some(text)) if text.chars().any(|c| !c.is_ascii() && c.is_numeric()) => {
            not_calculated("a number in other digits")
        }
        (_, Some(text)) => read_float(&text)
            .map_or_else(|| value_error(format!("could not convert string to float: {}", repr_of(value))), Ok),
        _ => type_error(format!("float() argument must be a string or a real number, not '{}'", class(value))),
    }
}

fn to_float(value: &Value, given: &Arguments<'_>) -> Outcome<Value> {
    match as_float(value) {
        Err(raised) if matches!(raised.class, "TypeError" | "ValueError") => {
            Ok(given.get(0, "default").cloned().unwrap_or_else(|| Value::from(0.0)))
        }
        other => other.map(Value::from),
    }
}

/// A number with so many digits behind the point, rounded as Python does.
pub(in crate::action) fn rounded(number: f64, digits: i128) -> f64 {
    match usize::try_from(digits) {
        Ok(digits) => format!("{number:.*}", digits.min(300)).parse().unwrap_or(number),
        Err(_) => {
            let factor = 10_f64.powi(i32::try_from(digits.saturating_neg()).unwrap_or(300));
            (number / factor).round_ties_even() * factor
        }
    }
}

/// Rounds so many digits away.
fn rounded_whole(number: i128, digits: i128) -> i128 {
    let Some(unit) = u32::try_from(digits).ok().and_then(|digits| 10_i128.checked_pow(digits)) else { return 0 };
    let rest = number.rem_euclid(unit);
    let down = number.saturating_sub(rest);
    let is_odd = down.div_euclid(unit).rem_euclid(2) == 1;
    if rest > unit / 2 || rest == unit / 2 && is_odd { down.saturating_add(unit) } else { down }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "rounded to whole numbers before")]
fn round(value: &Value, given: &Arguments<'_>) -> Outcome<Value> {
    let method = given.get(1, "method").cloned().unwrap_or_else(|| Value::from("common"));
    super::value::hashable(&method)?;
    let method = text(&method).filter(|method| matches!(&**method, "common" | "ceil" | "floor"));
    let Some(method) = method.map(std::borrow::Cow::into_owned) else {
        return Err(Raised::new("FilterArgumentError", "method must be common, ceil or floor"));
    };
    let without = given.get(0, "precision").filter(|digits| method == "common" && digits.is_none());
    if without.is_some() && !is_undefined(value) {
        return match (whole(value), float(value)) {
            (None, Some(number)) if number.is_finite() => Ok(int(number.round_ties_even() as i128)),
            (None, Some(_)) => not_here("an infinite number is not rounded here"),
            (Some(number), _) => Ok(int(number)),
            _ => type_error(format!("type {} doesn't define __round__ method", class(value))),
        };
    }
    if let Some(wrong) = given.get(0, "precision").filter(|digits| whole(digits).is_none()) {
        return match &*method {
            "common" => type_error(format!("'{}' object cannot be interpreted as an integer", class(wrong))),
            _ => not_calculated("this precision"),
        };
    }
    let digits = given.int(0, "precision").unwrap_or_default();
    let factor = 10_f64.powi(i32::try_from(digits).unwrap_or_default());
    let number = float(value);
    match (&*method, number) {
        ("ceil" | "floor", None) if is_undefined(value) => Err(fail(value)),
        ("common", None) => type_error(format!("type {} doesn't define __round__ method", class(value))),
        // Some can be multiplied.
        (_, None) => match look(value) {
            Seen::Text(_) | Seen::List | Seen::Tuple | Seen::Py(Py::Delta(_) | Py::Bytes(_)) => {
                type_error(format!("must be real number, not {}", class(value)))
            }
            Seen::Py(Py::Enum(..)) => type_error("must be real number, not str"),
            Seen::Py(Py::Group(..)) => type_error("must be real number, not tuple"),
            _ => type_error(format!("unsupported operand type(s) for *: '{}' and 'int'", class(value))),
        },
        ("common", Some(_)) if whole(value).is_some() && digits >= 0 => Ok(int(whole(value).unwrap_or_default())),
        ("common", Some(_)) if whole(value).is_some() => {
            Ok(int(rounded_whole(whole(value).unwrap_or_default(), digits.saturating_neg())))
        }
        ("common", Some(number)) => Ok(Value::from(rounded(number, digits))),
        ("ceil", Some(number)) => Ok(Value::from((number * factor).ceil() / factor)),
        (_, Some(number)) => Ok(Value::from((number * factor).floor() / factor)),
    }
}

fn file_size(bytes: f64, binary: bool) -> Outcome<String> {
    if !bytes.is_finite() {
        return not_calculated("the size of an infinite number");
    }
    let base = if binary { 1024.0 } else { 1000.0 };
    let prefixes = if binary {
        ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"]
    } else {
        ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"]
    };
    if bytes.to_bits() == 1.0_f64.to_bits() {
        return Ok("1 Byte".to_owned());
    }
    if bytes < base {
        // Without the sign of a zero.
        return Ok(format!("{} Bytes", bytes.trunc() + 0.0));
    }
    let mut unit = base;
    let mut shown = String::new();
    for prefix in prefixes {
        shown = format!("{:.1} {prefix}", bytes / unit);
        unit *= base;
        if bytes < unit {
            break;
        }
    }
    Ok(shown)
}

/// Calls a function that Jinja defines.
pub(in crate::action) fn function(name: &str, given: &Arguments<'_>, around: EvalContext<'_>) -> Outcome<Value> {
    match name {
        "range" if given.positional.is_empty() => type_error("range expected at least 1 argument, got 0"),
        "range" if given.positional.len() > 3 => {
            type_error(format!("range expected at most 3 arguments, got {}", given.positional.len()))
        }
        "range" => {
            let numbers: Option<Vec<i64>> = given
                .positional
                .iter()
                .map(|value| whole(value).and_then(|number| i64::try_from(number).ok()))
                .collect();
            let (start, stop, step) = match numbers.as_deref() {
                Some([stop]) => (0, *stop, 1),
                Some([start, stop]) => (*start, *stop, 1),
                Some([_, _, 0]) => return value_error("range() arg 3 must not be zero"),
                Some([start, stop, step]) => (*start, *stop, *step),
                _ => {
                    let wrong = given.positional.iter().find(|value| whole(value).is_none());
                    let found = wrong.map_or("NoneType", class);
                    return type_error(format!("'{found}' object cannot be interpreted as an integer"));
                }
            };
            if range_items(start, stop, step).take(101).count() > 100 {
                let message = "Range too big. The sandbox blocks ranges larger than MAX_TEMPLATE_RANGE=100.";
                return Err(Raised::new("OverflowError", message));
            }
            Ok(own(Py::Range(start, stop, step)))
        }
        "dict" => {
            let hidden = given.positional.first().filter(|value| unknown(value).is_some());
            hidden.map_or_else(|| Ok(own(Py::Dict(dict(given, around)?))), |hidden| Ok(hidden.clone()))
        }
        "cycler" if given.positional.is_empty() => type_error("at least one item has to be provided"),
        "cycler" => Ok(own(Py::Cycler(given.positional.to_vec(), AtomicUsize::new(0)))),
        "joiner" => Ok(own(Py::Joiner(given.text(0, "sep").unwrap_or_else(|| ", ".to_owned()), AtomicUsize::new(0)))),
        "namespace" => {
            let all = dict(given, around)?;
            let named = |(key, value): &(Value, Value)| Some((key.as_str()?.to_owned(), value.clone()));
            let attributes: Vec<(String, Value)> = all.iter().filter_map(named).collect();
            let attributes: minijinja::value::Kwargs = attributes.into_iter().collect();
            let made = minijinja::functions::namespace(Some(Value::from(attributes).into()));
            made.map_err(|_| Raised::new("TypeError", "the arguments of namespace() are not calculated here"))
        }
        "lipsum" if given.int(0, "n") == Some(0) => Ok(Value::from("")),
        _ => Err(Raised::new("NotImplementedError", format!("`{name}()` is not calculated here"))),
    }
}

/// `dict(…)`: of another dictionary or of pairs, and of names.
fn dict(given: &Arguments<'_>, around: EvalContext<'_>) -> Outcome<Dict> {
    let mut dict = Dict::default();
    let mut insert = |key: Value, value: Value| {
        super::value::hashable(&key)?;
        if text(&key).is_none() {
            // Compared with each other one.
            around.pay_times(dict.len().saturating_add(1), extent(&key).size)?;
        }
        dict.insert(key, value);
        Ok(())
    };
    match given.positional {
        [] => {}
        [one] => match look(one) {
            _ if is_undefined(one) => return Err(fail(one)),
            Seen::Py(Py::Dict(all) | Py::Root(_, all)) => {
                all.iter().try_for_each(|(key, value)| insert(key.clone(), value.clone()))?;
            }
            Seen::Py(Py::Model(model)) if model.is_partial() => {
                return Err(Raised::new(
                    NOT_HERE,
                    "a dictionary of an object that only the server knows is not calculated here",
                ));
            }
            _ => {
                around.touch_items(one)?;
                for (index, pair) in items(one)?.iter().enumerate() {
                    around.touch_items(pair)?;
                    let element = format!("dictionary update sequence element #{index}");
                    let Ok(parts) = items(pair) else {
                        return type_error(format!("cannot convert {element} to a sequence"));
                    };
                    let [key, value] = &*parts else {
                        return value_error(format!("{element} has length {}; 2 is required", parts.len()));
                    };
                    insert(key.clone(), value.clone())?;
                }
            }
        },
        all => return type_error(format!("dict expected at most 1 argument, got {}", all.len())),
    }
    for (name, value) in given.named {
        dict.set(name, value.clone());
    }
    Ok(dict)
}

/// What an unknown filter or test raises when it is reached.
pub(in crate::action) fn no_such(what: &str, name: &str, class: &'static str) -> Raised {
    Raised::new(class, format!("No {what} named {}.", quoted(name)))
}
