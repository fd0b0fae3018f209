//! Parts of messages: values cut to a readable length, numbers, lists, durations.

use std::borrow::Cow;
use std::fmt::Write;

/// How many characters of a value a message shows.
const SHOWN: usize = 80;

/// A text for a message: cut to a readable length, control characters made visible.
pub(crate) fn shown(text: &str) -> String {
    let mut out = String::new();
    for (at, character) in text.chars().enumerate() {
        if at == SHOWN {
            out.push('…');
            break;
        }
        if character.is_control() {
            out.extend(character.escape_default());
        } else {
            out.push(character);
        }
    }
    out
}

/// Bytes as text: lone surrogates become their escapes (`\\ud800`), other ill-formed bytes U+FFFD.
pub(crate) fn readable(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(with_escapes(bytes)),
    }
}

#[cold]
fn with_escapes(bytes: &[u8]) -> String {
    let (mut out, mut rest) = (String::new(), bytes);
    // No character has these bytes in it.
    let surrogate = |bytes: &[u8]| matches!(bytes, [0xED, 0xA0..=0xBF, 0x80..=0xBF]);
    while let Some(at) = rest.windows(3).position(surrogate) {
        let (before, found) = rest.split_at(at);
        let Some(([_, high, low], after)) = found.split_first_chunk::<3>() else { break };
        out.push_str(&String::from_utf8_lossy(before));
        let unit = 0xD000 | (u32::from(high & 0x3F) << 6) | u32::from(low & 0x3F);
        // Writing to a String cannot fail.
        let _ = write!(out, "\\u{unit:x}");
        rest = after;
    }
    out.push_str(&String::from_utf8_lossy(rest));
    out
}

/// The first characters of a text.
pub(crate) fn cut(text: &str, characters: usize) -> &str {
    match text.char_indices().nth(characters) {
        Some((end, _)) => text.get(..end).unwrap_or_default(),
        None => text,
    }
}

/// A readable number: `1,500,000`.
pub(crate) fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len().saturating_sub(at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The words of any list: a single iterator type keeps its users small.
pub(crate) type Words<'w, 't> = &'w mut dyn Iterator<Item = &'t str>;

/// `a`, `b` and `c`.
pub(crate) fn list(items: Words<'_, '_>, last: &str) -> String {
    let mut out = String::new();
    let mut next = items.next();
    while let Some(item) = next {
        next = items.next();
        if !out.is_empty() {
            out.push_str(if next.is_some() { ", " } else { last });
        }
        out.push('`');
        out.push_str(item);
        out.push('`');
    }
    out
}

/// Joins texts with a separator. The standard library's `join` takes 1 KB for each type of text.
pub(crate) fn joined(items: Words<'_, '_>, between: &str) -> String {
    let mut out = String::new();
    for (at, item) in items.enumerate() {
        if at > 0 {
            out.push_str(between);
        }
        out.push_str(item);
    }
    out
}

/// A duration for a message, in its two largest units.
pub(crate) fn duration(micros: i64) -> String {
    let micros = micros.unsigned_abs();
    let units =
        [("d", 86_400_000_000), ("h", 3_600_000_000), ("min", 60_000_000), ("s", 1_000_000), ("ms", 1000), ("µs", 1)];
    let mut rest = micros;
    let mut out = String::new();
    let mut parts = 0_u8;
    for (unit, size) in units {
        let count = rest.checked_div(size).unwrap_or_default();
        rest = rest.checked_rem(size).unwrap_or_default();
        if (count == 0 && parts > 0) || parts == 2 {
            break;
        }
        if count > 0 {
            parts = parts.saturating_add(1);
            let between = if parts > 1 { " " } else { "" };
            // Writing to a String cannot fail.
            let _ = write!(out, "{between}{count} {unit}");
        }
    }
    if out.is_empty() { "0 s".to_owned() } else { out }
}
