//! The whole result as indented JSON. Only strings contain hidden characters, which are escaped.

use std::fmt::Write;

use serde::Serialize;

use super::printable::hidden;

/// Indented JSON, with a line break at the end.
pub(crate) fn json(result: &impl Serialize) -> String {
    escaped_json(&serde_json::to_string_pretty(result).unwrap_or_default()) + "\n"
}

/// JSON text with escapes for its hidden characters.
pub(crate) fn escaped_json(text: &str) -> String {
    escaped(text, |character| {
        let mut units = [0_u16; 2];
        let mut out = String::new();
        for unit in character.encode_utf16(&mut units) {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\u{unit:04x}");
        }
        out
    })
}

/// A text of several lines with its hidden characters written in another way.
pub(super) fn escaped(text: &str, write: impl Fn(char) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    for (character, is_hidden) in hidden(text) {
        if is_hidden && character != '\n' {
            out.push_str(&write(character));
        } else {
            out.push(character);
        }
    }
    out
}
