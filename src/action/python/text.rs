//! What Python does with strings, for methods and filters.

use std::fmt::Write as _;

use minijinja::Value;

use super::error::{Outcome, not_calculated, value_error};
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
            out.push_str(&title_letter(letter));
        }
        // Letters without case are none here.
        inside = letter.is_lowercase() || letter.is_uppercase() || matches!(letter, 'ǅ' | 'ǈ' | 'ǋ' | 'ǲ');
    }
    out
}

/// A letter at the start of a word: of a pair, only the first one is upper case.
fn title_letter(letter: char) -> String {
    match letter {
        'Ǆ'..='ǆ' => "ǅ".to_owned(),
        'Ǉ'..='ǉ' => "ǈ".to_owned(),
        'Ǌ'..='ǌ' => "ǋ".to_owned(),
        'Ǳ'..='ǳ' => "ǲ".to_owned(),
        'ß' | 'ﬀ'..='ﬆ' | 'ﬓ'..='ﬗ' | 'և' => {
            let upper = letter.to_uppercase();
            upper
                .enumerate()
                .flat_map(|(at, c)| {
                    if at == 0 { c.to_string() } else { c.to_lowercase().to_string() }.chars().collect::<Vec<_>>()
                })
                .collect()
        }
        _ => letter.to_uppercase().collect(),
    }
}

/// `str.isspace`: Python adds four separators of ASCII.
pub(in crate::action) fn is_space(letter: char) -> bool {
    letter.is_whitespace() || ('\x1c'..='\x1f').contains(&letter)
}

/// `str.isalpha`: numerals and circled letters are alphabetic, but no letters.
pub(in crate::action) fn is_letter(letter: char) -> bool {
    letter.is_alphabetic() && !matches!(letter, '\u{2160}'..='\u{2188}' | '\u{24b6}'..='\u{24e9}')
}

/// Whether a letter may be a digit of another alphabet, or a number in Chinese.
pub(in crate::action) fn may_be_digit(letter: char) -> bool {
    let is_latin = letter.is_ascii() || "²³¹¼½¾".contains(letter);
    !is_latin
        && (letter.is_numeric() || matches!(letter, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..))
}

/// With spaces instead of tabs, up to the next multiple of a width.
pub(in crate::action) fn without_tabs(text: &str, size: usize) -> String {
    let (mut out, mut column) = (String::with_capacity(text.len()), 0_usize);
    for letter in text.chars() {
        if letter == '\t' {
            let missing = size.saturating_sub(column.checked_rem(size).unwrap_or_default());
            out.extend(std::iter::repeat_n(' ', missing));
            column = column.saturating_add(missing);
        } else {
            out.push(letter);
            column = if matches!(letter, '\n' | '\r') { 0 } else { column.saturating_add(1) };
        }
    }
    out
}

/// Where `str.splitlines` splits.
pub(in crate::action) fn ends_line(letter: char) -> bool {
    matches!(letter, '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

pub(in crate::action) fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(title_letter).unwrap_or_default();
    first + &letters.as_str().to_lowercase()
}

pub(in crate::action) fn stripped(
    text: &str,
    letters: Option<&str>,
    (start, end): (bool, bool),
    around: EvalContext<'_>,
) -> Outcome<String> {
    around.pay_times(text.len(), letters.map_or(0, str::len))?;
    let is = |c: char| letters.map_or_else(|| is_space(c), |letters| letters.contains(c));
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
        None if most == usize::MAX => text.split(is_space).filter(|part| !part.is_empty()).map(owned).collect(),
        None => {
            let mut parts = Vec::new();
            let mut rest = text.trim_matches(is_space);
            while !rest.is_empty() {
                if parts.len().saturating_add(1) == most {
                    parts.push(rest.to_owned());
                    break;
                }
                let cut = if from_end { rest.rsplit_once(is_space) } else { rest.split_once(is_space) };
                let (part, left) = match cut {
                    Some((left, part)) if from_end => (part, left.trim_end_matches(is_space)),
                    Some((part, left)) => (part, left.trim_start_matches(is_space)),
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
    let mut all = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let at = rest.find(ends_line).unwrap_or(rest.len());
        let (line, behind) = rest.split_at_checked(at).unwrap_or_default();
        let next = behind.strip_prefix("\r\n").unwrap_or_else(|| {
            let mut letters = behind.chars();
            letters.next();
            letters.as_str()
        });
        let whole = rest.get(..rest.len().saturating_sub(next.len())).unwrap_or_default();
        all.push(if with_ends { whole } else { line }.to_owned());
        rest = next;
    }
    all
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

/// The entities that `markupsafe` writes, and two more.
const CODES: [(&str, &str); 6] =
    [("&lt;", "<"), ("&gt;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&quot;", "\""), ("&amp;", "&")];

/// Without tags and with single spaces (`Markup.striptags`).
pub(in crate::action) fn without_tags(text: &str) -> Outcome<String> {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, (_, after))) =
        rest.split_once("<!--").and_then(|(before, comment)| Some((before, comment.split_once("-->")?)))
    {
        plain.push_str(before);
        rest = after;
    }
    plain.push_str(rest);
    let mut out = String::new();
    let mut rest = &*plain;
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
    let single = out.split(is_space).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let mut out = String::new();
    let mut rest = &*single;
    while let Some((before, code)) = rest.find('&').and_then(|at| rest.split_at_checked(at)) {
        out.push_str(before);
        rest = match CODES.iter().find_map(|(name, letter)| Some((code.strip_prefix(name)?, letter))) {
            Some((behind, letter)) => {
                out.push_str(letter);
                behind
            }
            None if code
                .get(1..)
                .is_some_and(|rest| rest.starts_with(|c: char| c == '#' || c.is_ascii_alphabetic())) =>
            {
                return not_calculated("an entity of HTML");
            }
            None => {
                out.push('&');
                code.get(1..).unwrap_or_default()
            }
        };
    }
    out.push_str(rest);
    Ok(out)
}
