//! The whole result as indented JSON. Only strings contain hidden characters, which are escaped.

use std::fmt::Write;

use serde::Serialize;

pub(super) fn json(result: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(result).unwrap_or_default();
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        let mut shown = [0_u8; 4];
        let own: &str = character.encode_utf8(&mut shown);
        if character == '\n' || super::printable::printable(own) == own {
            out.push(character);
        } else {
            let mut units = [0_u16; 2];
            for unit in character.encode_utf16(&mut units) {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out.push('\n');
    out
}
