//! What a file of an archive must be.

use std::fmt;

use crate::validate::are_lines;

/// A file has no lines of events; displayed as a sentence without its subject.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotLines;

impl fmt::Display for NotLines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("is not NDJSON: one event a line")
    }
}

impl std::error::Error for NotLines {}

/// How many bytes at the beginning of a file say whether it is NDJSON: less than a reader has at once, so that the answer is
/// the same in whatever pieces a file is read.
pub const LINES_HEAD: usize = 1 << 19;

/// Checks that a file that begins like this can be NDJSON. `whole`: this is all of it. Otherwise the answer is certain if
/// `text` is longer than [`LINES_HEAD`]; if it is not, no file is rejected.
///
/// ```
/// use prefect_events::archive::require_lines;
///
/// assert!(require_lines(b"{\"event\": \"a\"}\n{\"event\": ", false).is_ok());
/// let error = require_lines(b"[\n  {\"event\": \"a\"}\n]", true).unwrap_err();
/// assert_eq!(error.to_string(), "is not NDJSON: one event a line");
/// ```
///
/// # Errors
/// It is another kind of document.
pub fn require_lines(text: &[u8], whole: bool) -> Result<(), NotLines> {
    if can_be_lines(text, whole, LINES_HEAD) { Ok(()) } else { Err(NotLines) }
}

/// `most`: the bytes that count.
fn can_be_lines(text: &[u8], whole: bool, most: usize) -> bool {
    match text.get(..most) {
        Some(head) if text.len() > most => are_lines(head, false),
        _ => !whole || are_lines(text, true),
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_the_same_in_whatever_pieces_a_file_is_read() {
        let (event, deep) = (r#"{"event": "a"}"#, "{\n  \"event\": \"a\"\n}\n");
        let texts = [
            format!("{event}\n{event}\n"),
            // A line that is not an event, before one that is.
            format!("{event}\n5\n{event}\n"),
            format!("{{\"a\": \"\nb\"}}\n{event}\n"),
            format!("{{\"a\": \n\n\n{event}\n"),
            format!("{{\n{event}\n"),
            format!("{event}\n\n\n"),
            format!("\u{feff}{event}\n{event}"),
            deep.to_owned(),
            format!("{deep}{deep}"),
            "[\n{}\n]".to_owned(),
            "a: 1\n".to_owned(),
            " \n".to_owned(),
            String::new(),
        ];
        let mut rejected = 0;
        for text in texts.iter().map(String::as_bytes) {
            for most in 1..text.len() + 2 {
                let whole = can_be_lines(text, true, most);
                rejected += usize::from(!whole);
                for end in 0..=text.len() {
                    let read = can_be_lines(&text[..end], false, most);
                    assert!(read == whole || (read && end <= most), "{end} of {most} bytes of {text:?}");
                }
            }
        }
        assert!(rejected > 30, "{rejected}");
    }
}
