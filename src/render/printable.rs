//! Makes characters visible that control a terminal, reorder text or are invisible. The command line does the
//! same for its own texts (`pkg/cli/escape.js`).

use std::fmt::Write;

use crate::text::steps::step;

/// Invisible characters (`Default_Ignorable_Code_Point`) and separators of lines.
const HIDDEN: [(u32, u32); 21] = [
    (0x00ad, 0x00ad),
    (0x034f, 0x034f),
    (0x061c, 0x061c),
    (0x115f, 0x1160),
    (0x17b4, 0x17b5),
    (0x180b, 0x180f),
    (0x200b, 0x200f),
    (0x2028, 0x202e),
    (0x2060, 0x206f),
    (0x3164, 0x3164),
    (0xfdd0, 0xfdef),
    (0xfe00, 0xfe0f),
    (0xfeff, 0xfeff),
    (0xffa0, 0xffa0),
    (0xfff0, 0xfffb),
    (0x1bca0, 0x1bca3),
    (0x1d173, 0x1d17a),
    (0xe0000, 0xe0fff),
    (0x7f, 0x9f),
    (0x00, 0x1f),
    // The last two code points of each plane are no characters: `is_noncharacter`.
    (0xfffe, 0xffff),
];

fn is_hidden(character: char) -> bool {
    let code = u32::from(character);
    HIDDEN.iter().any(|(first, last)| (*first..=*last).contains(&code)) || code & 0xfffe == 0xfffe
}

/// Text for one line of a terminal or a log: C0 controls become pictures (`␊`), the others `\u{202e}`.
#[must_use]
pub fn printable(text: &str) -> String {
    step(text.len());
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        let code = u32::from(character);
        if !is_hidden(character) {
            out.push(character);
        } else if let Some(picture) = (code < 0x20).then(|| char::from_u32(code.saturating_add(0x2400))).flatten() {
            out.push(picture);
        } else if code == 0x7f {
            out.push('\u{2421}');
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\u{{{code:x}}}");
        }
    }
    out
}

/// The same for text of several lines.
#[must_use]
pub fn printable_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (place, line) in text.split('\n').enumerate() {
        if place > 0 {
            out.push('\n');
        }
        out.push_str(&printable(line));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn hidden_characters_become_visible() {
        assert_eq!(printable("a\u{1b}[31m\u{202e}\u{7f}\n"), "a␛[31m\\u{202e}␡␊");
        assert_eq!(printable("héllo ▁█ 東京"), "héllo ▁█ 東京");
        assert_eq!(printable("\u{1fffe}\u{e0041}"), "\\u{1fffe}\\u{e0041}");
    }
}
