//! Parts of messages: values cut to a readable length, numbers, lists.

use std::borrow::Cow;

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
#[inline(never)]
fn with_escapes(bytes: &[u8]) -> String {
    let (mut out, mut rest) = (String::new(), bytes);
    while let Some(chunk) = rest.utf8_chunks().next() {
        out.push_str(chunk.valid());
        let invalid = rest.get(chunk.valid().len()..).unwrap_or_default();
        rest = if let [0xED, high @ 0xA0..=0xBF, low @ 0x80..=0xBF, after @ ..] = invalid {
            out.push_str("\\ud");
            for digit in [high >> 2, (high << 2) | ((low >> 4) & 3), *low] {
                out.extend(char::from_digit(u32::from(digit & 0xF), 16));
            }
            after
        } else {
            out.extend((!invalid.is_empty()).then_some(char::REPLACEMENT_CHARACTER));
            invalid.get(chunk.invalid().len()..).unwrap_or_default()
        };
    }
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

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn lone_surrogates_are_escapes() {
        assert_eq!(readable("aé😀\u{fffd}".as_bytes()), "aé😀\u{fffd}");
        let surrogate = |bytes: &[u8]| readable(&[b"x", bytes, "é".as_bytes()].concat()).into_owned();
        assert_eq!(surrogate(b"\xed\xa0\x80"), "x\\ud800é");
        assert_eq!(surrogate(b"\xed\xbf\xbf"), "x\\udfffé");
        assert_eq!(surrogate(b"\xed\xa9\xb7\xed\xb4\x85"), "x\\uda77\\udd05é");
        // Cut, and not UTF-8 at all.
        assert_eq!(surrogate(b"\xed\xa0"), "x\u{fffd}\u{fffd}é");
        assert_eq!(surrogate(b"\xff\xed\xa0\x80"), "x\u{fffd}\\ud800é");
        assert_eq!(readable(b"\xe2\x82"), "\u{fffd}");
    }
}
