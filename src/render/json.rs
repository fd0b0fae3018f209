//! The whole result as indented JSON. Only strings contain hidden characters, which are escaped.

use std::fmt::Write;
use std::io;

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

use crate::json::double_text;

use super::printable::hidden;

/// Indented JSON, with a line break at the end.
pub(crate) fn json(result: &impl Serialize) -> String {
    escaped_json(&indented(result)) + "\n"
}

/// The same without escapes and line break.
fn indented(result: &impl Serialize) -> String {
    written(result, PrettyFormatter::new())
}

/// JSON on one line.
pub(super) fn line(result: &impl Serialize) -> String {
    written(result, CompactFormatter)
}

fn written(result: &impl Serialize, formatter: impl Formatter) -> String {
    let mut out = Vec::new();
    // Writing to memory cannot fail, and results have no keys but strings.
    let _ = result.serialize(&mut Serializer::with_formatter(&mut out, WholeNumbers(formatter)));
    String::from_utf8(out).unwrap_or_default()
}

/// Writes whole numbers without a point, like JavaScript.
struct WholeNumbers<F>(F);

impl<F: Formatter> Formatter for WholeNumbers<F> {
    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        writer.write_all(double_text(value).as_bytes())
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

/// JSON text with escapes for its hidden characters.
pub(super) fn escaped_json(text: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::{json, line};

    #[test]
    fn whole_numbers_have_no_point() {
        let value = (600.0, 1.5, vec![0_u8; 0], "a\u{200b}");
        assert_eq!(json(&value), "[\n  600,\n  1.5,\n  [],\n  \"a\\u200b\"\n]\n");
        assert_eq!(line(&value), "[600,1.5,[],\"a\u{200b}\"]");
    }
}
