//! Writes values as JSON text.

use super::parse::scan;

/// Writes the JSON text of one value, outermost first.
#[derive(Default)]
pub struct Writer {
    out: String,
    /// Whether the innermost brackets contain something.
    begun: bool,
}

impl Writer {
    /// With capacity for this many bytes.
    #[must_use]
    pub fn with_capacity(bytes: usize) -> Self {
        Writer { out: String::with_capacity(bytes), begun: false }
    }

    /// The text.
    #[must_use]
    pub fn finish(self) -> String {
        self.out
    }

    /// Begins an array or object.
    pub fn open(&mut self, bracket: char) {
        self.out.push(bracket);
        self.begun = false;
    }

    /// The end of a value, if each is on a separate line.
    pub fn line(&mut self) {
        self.out.push('\n');
        self.begun = false;
    }

    /// The number of bytes written.
    #[must_use]
    pub fn written(&self) -> usize {
        self.out.len()
    }

    /// The text written from an offset on.
    #[must_use]
    pub fn since(&self, begin: usize) -> &str {
        self.out.get(begin..).unwrap_or_default()
    }

    /// Ends an array or object.
    pub fn close(&mut self, bracket: char) {
        self.out.push(bracket);
        self.begun = true;
    }

    /// Moves to the next item.
    pub fn item(&mut self) {
        if self.begun {
            self.out.push(',');
        }
        self.begun = true;
    }

    /// A key, and the colon after it.
    pub fn key(&mut self, key: &str) {
        self.item();
        string(&mut self.out, key);
        self.out.push(':');
    }

    /// A member with a string.
    pub fn text(&mut self, key: &str, text: &str) {
        self.key(key);
        string(&mut self.out, text);
    }

    /// A string as a value.
    pub fn string(&mut self, text: &str) {
        string(&mut self.out, text);
    }

    /// A part of a string, between quotes written separately.
    pub fn escaped(&mut self, text: &str) {
        escaped(&mut self.out, text);
    }

    /// Absent, if there is no text.
    pub fn optional(&mut self, key: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(key, text);
        }
    }

    /// A member with a boolean.
    pub fn flag(&mut self, key: &str, flag: bool) {
        self.key(key);
        self.out.push_str(if flag { "true" } else { "false" });
    }

    /// A member with a number.
    pub fn number(&mut self, key: &str, number: u64) {
        self.key(key);
        self.out.push_str(&number.to_string());
    }

    /// A member with a number that can be negative.
    pub fn integer(&mut self, key: &str, number: i64) {
        self.key(key);
        self.out.push_str(&number.to_string());
    }

    /// A member without a value.
    pub fn null(&mut self, key: &str) {
        self.key(key);
        self.out.push_str("null");
    }

    /// Absent, if the list is empty.
    pub fn texts(&mut self, key: &str, texts: &[&str]) {
        if texts.is_empty() {
            return;
        }
        self.key(key);
        self.open('[');
        for text in texts {
            self.item();
            string(&mut self.out, text);
        }
        self.close(']');
    }

    /// Writes existing JSON text.
    pub fn raw(&mut self, json: &str) {
        self.out.push_str(json);
    }
}

/// Appends a text as a JSON string, with its quotes.
pub fn string(out: &mut String, text: &str) {
    out.push('"');
    escaped(out, text);
    out.push('"');
}

/// Appends a text in the notation between the quotes of a JSON string.
fn escaped(out: &mut String, text: &str) {
    // Most texts need no escapes.
    if scan(text.as_bytes(), 0).0 == text.len() {
        return out.push_str(text);
    }
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if u32::from(c) < 0x20 => {
                out.push_str("\\u00");
                for digit in [u32::from(c) >> 4, u32::from(c) & 0xf] {
                    out.extend(char::from_digit(digit, 16));
                }
            }
            c => out.push(c),
        }
    }
}

/// A text as a JSON string.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len().saturating_add(2));
    string(&mut out, text);
    out
}

/// The JSON text with a line for each item, indented by two spaces.
#[must_use]
pub fn indented(json: &str) -> String {
    let mut out = String::new();
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for c in json.chars() {
        if in_string {
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
            out.push(c);
            continue;
        }
        match c {
            ' ' | '\n' => continue,
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                if !out.ends_with(['{', '[']) {
                    line(&mut out, depth);
                }
            }
            _ if out.ends_with(['{', '[', ',']) => line(&mut out, depth),
            _ => {}
        }
        out.push(c);
        match c {
            '{' | '[' => depth = depth.saturating_add(1),
            ':' => out.push(' '),
            _ => in_string = c == '"',
        }
    }
    out
}

fn line(out: &mut String, depth: usize) {
    out.push('\n');
    out.push_str(&"  ".repeat(depth));
}
