//! What Python does with strings, for methods and filters.

use std::fmt::Write as _;

use minijinja::Value;

use super::error::{Outcome, value_error};
use super::eval_context::EvalContext;
use super::value::list;

pub(in crate::action) fn list_of(texts: Vec<String>) -> Value {
    list(texts.into_iter().map(Value::from).collect())
}

/// `str.title`: letters after anything but a letter are upper case.
pub(in crate::action) fn title_case(text: &str) -> String {
    let mut inside = false;
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if inside {
            out.extend(letter.to_lowercase());
        } else {
            out.extend(letter.to_uppercase());
        }
        inside = letter.is_alphabetic();
    }
    out
}

pub(in crate::action) fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().collect::<String>()).unwrap_or_default();
    first + &letters.as_str().to_lowercase()
}

pub(in crate::action) fn stripped(
    text: &str,
    letters: Option<&str>,
    (start, end): (bool, bool),
    around: EvalContext<'_>,
) -> Outcome<String> {
    around.pay_times(text.len(), letters.map_or(0, str::len))?;
    let is = |c: char| letters.map_or_else(|| c.is_whitespace(), |letters| letters.contains(c));
    let text = if start { text.trim_start_matches(is) } else { text };
    Ok(if end { text.trim_end_matches(is) } else { text }.to_owned())
}

pub(in crate::action) fn replaced(
    text: &str,
    old: &str,
    new: &str,
    most: Option<usize>,
    around: EvalContext<'_>,
) -> Outcome<Value> {
    let most = most.unwrap_or(usize::MAX);
    around.pay_times(text.matches(old).take(most).count(), new.len())?;
    Ok(Value::from(text.replacen(old, new, most)))
}

pub(in crate::action) fn split(
    text: &str,
    separator: Option<&str>,
    most: Option<usize>,
    from_end: bool,
) -> Outcome<Vec<String>> {
    let most = most.map_or(usize::MAX, |most| most.saturating_add(1));
    let owned = |part: &str| part.to_owned();
    Ok(match separator {
        Some("") => return value_error("empty separator"),
        Some(separator) if from_end => {
            let mut parts: Vec<String> = text.rsplitn(most, separator).map(owned).collect();
            parts.reverse();
            parts
        }
        Some(separator) => text.splitn(most, separator).map(owned).collect(),
        None if most == usize::MAX => text.split_whitespace().map(owned).collect(),
        None => {
            let mut parts = Vec::new();
            let mut rest = text.trim();
            while !rest.is_empty() {
                if parts.len().saturating_add(1) == most {
                    parts.push(rest.to_owned());
                    break;
                }
                let cut =
                    if from_end { rest.rsplit_once(char::is_whitespace) } else { rest.split_once(char::is_whitespace) };
                let (part, left) = match cut {
                    Some((left, part)) if from_end => (part, left.trim_end()),
                    Some((part, left)) => (part, left.trim_start()),
                    None => (rest, ""),
                };
                parts.push(part.to_owned());
                rest = left;
            }
            if from_end {
                parts.reverse();
            }
            parts
        }
    })
}

/// `str.splitlines`
pub(in crate::action) fn lines(text: &str, with_ends: bool) -> Vec<String> {
    text.split_inclusive('\n')
        .map(|line| if with_ends { line } else { line.trim_end_matches('\n').trim_end_matches('\r') }.to_owned())
        .collect()
}

/// A text with letters before and after it, so that it has a width.
pub(in crate::action) fn padded(text: &str, width: usize, fill: char, before: bool, after: bool) -> String {
    let missing = width.saturating_sub(text.chars().count());
    let left = match (before, after) {
        // Python puts the odd one left if the width is odd.
        (true, true) => (missing / 2).saturating_add(missing & width & 1),
        (true, false) => missing,
        _ => 0,
    };
    let right = missing.saturating_sub(left);
    let side = |count: usize| std::iter::repeat_n(fill, count).collect::<String>();
    [side(left), text.to_owned(), side(right)].concat()
}

/// `urllib.parse.quote`: everything but letters, digits, `_.-~` and `safe`.
pub(in crate::action) fn url_quoted(text: &str, safe: &str, plus: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let letter = char::from(byte);
        if letter.is_ascii_alphanumeric() || "_.-~".contains(letter) || letter.is_ascii() && safe.contains(letter) {
            out.push(letter);
        } else if plus && letter == ' ' {
            out.push('+');
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Without tags and with single spaces (`Markup.striptags`).
pub(in crate::action) fn without_tags(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once('<') {
        match tag.split_once('>') {
            Some((_, after)) => {
                out.push_str(before);
                rest = after;
            }
            None => break,
        }
    }
    out.push_str(rest);
    let single = out.split_whitespace().collect::<Vec<_>>().join(" ");
    [("&lt;", "<"), ("&gt;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&quot;", "\""), ("&amp;", "&")]
        .iter()
        .fold(single, |text, (code, letter)| text.replace(code, letter))
}
