//! The edits of fixes. They keep the style of the text around them.

use crate::json::{Span, Value, write};

pub(crate) type Edits = Vec<(Span, String)>;

/// Replaces a key or value with a string; without quotes where there were none, as in YAML.
pub(crate) fn replace(value: Value<'_>, text: &str) -> Edits {
    let plain = value.is_bare()
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    vec![(value.span(), if plain { text.to_owned() } else { write::quoted(text) })]
}

/// Converts a value that is not a string into one.
pub(crate) fn quote(value: Value<'_>) -> Edits {
    vec![(value.span(), write::quoted(&value.string()))]
}

/// Inserts a member with a string value at the beginning of an object.
pub(crate) fn insert(text: &[u8], object: Value<'_>, key: &str, value: &str) -> Edits {
    insert_raw(text, object, key, &write::quoted(value))
}

/// Inserts a member with a serialized value at the beginning of an object.
pub(crate) fn insert_raw(text: &[u8], object: Value<'_>, key: &str, value: &str) -> Edits {
    let open = object.span();
    if text.get(open.start as usize) != Some(&b'{') {
        // Block style of YAML: a separate line, in the column of the first key.
        let before = text.get(..open.start as usize).unwrap_or_default();
        let line = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at.saturating_add(1));
        let margin = " ".repeat(before.len().saturating_sub(line));
        return vec![(Span { start: open.start, end: open.start }, format!("{key}: {value}\n{margin}"))];
    }
    let key = write::quoted(key);
    let inside = open.start.saturating_add(1);
    let Some((first, first_value)) = object.members().next() else {
        return vec![(Span { start: inside, end: inside }, format!("{key}: {value}"))];
    };
    let start = first.span().start;
    let colon = between(text, first.span().end, first_value.span().start);
    // Copies the line break and indentation before the first key; on one line, the space after the object's commas.
    let margin = match between(text, inside, start) {
        margin if margin.as_bytes().contains(&b'\n') => margin,
        _ if colon.ends_with(' ') => " ",
        _ => "",
    };
    vec![(Span { start, end: start }, format!("{key}{colon}{value},{margin}"))]
}

fn between(text: &[u8], start: u32, end: u32) -> &str {
    let bytes = text.get(start as usize..end as usize).unwrap_or_default();
    std::str::from_utf8(bytes).unwrap_or(": ")
}
