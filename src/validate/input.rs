//! Whether an input is one document or lines of documents (NDJSON).

use crate::json::{Fault, Issue, Kind, Parsed, Tape, parse, parse_prefix};
use crate::recognise::events_start;

/// A line that is not blank: where it starts and ends.
pub(super) fn lines(text: &[u8], from: usize) -> impl Iterator<Item = (usize, usize)> {
    let mut start = from;
    std::iter::from_fn(move || {
        loop {
            let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
            let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let line = (start, start.saturating_add(length));
            start = line.1.saturating_add(1);
            for byte in rest.get(..length).unwrap_or_default() {
                if !byte.is_ascii_whitespace() {
                    return Some(line);
                }
            }
        }
    })
}

/// What the first line of a text shows about the whole text.
pub(super) enum FirstLine {
    /// It is a document, and nothing follows. It is on the tape and ends before this byte.
    Document { parsed: Parsed, end: usize },
    /// It is a complete document, and more follows: NDJSON. If it could be read, it is on the tape.
    Ndjson { first: Option<Parsed>, end: usize },
    /// It is part of a document over several lines.
    Part,
    /// More text is needed.
    Unknown,
}

/// Reads the first line. `whole`: the text is complete.
///
/// A text is NDJSON if its first line is a complete document and more follows; also if the first line is broken, but
/// the second is a document and not part of one that began before.
pub(super) fn first_line(text: &[u8], whole: bool, tape: &mut Tape, issues: &mut Vec<Issue>) -> FirstLine {
    let mut lines = lines(text, events_start(text)).filter(|&(_, end)| whole || end < text.len());
    let unknown = if whole { FirstLine::Part } else { FirstLine::Unknown };
    let Some((start, end)) = lines.next() else { return unknown };
    let line = text.get(..end).unwrap_or_default();
    let parsed = parse(line, start, tape, issues);
    if parsed.complete {
        let more = text.get(end..).unwrap_or_default().iter().any(|byte| !byte.is_ascii_whitespace());
        return if more { FirstLine::Ndjson { first: Some(parsed), end } } else { FirstLine::Document { parsed, end } };
    }
    // `[` or `"key": {` at the end of a line: a document over several lines.
    let goes_on = line.trim_ascii_end().ends_with(b"{")
        || line.trim_ascii_end().ends_with(b"[")
        || line.trim_ascii_end().ends_with(b",");
    let truncated = issues.iter().any(|issue| matches!(issue.fault, Fault::Truncated { .. }));
    if goes_on && truncated {
        return FirstLine::Part;
    }
    let Some((start, second_end)) = lines.next() else { return unknown };
    let second = text.get(..second_end).unwrap_or_default();
    let complete = parse_prefix(second, start, tape, issues).complete;
    let is_document =
        tape.document(second).root().is_some_and(|root| matches!(root.kind(), Kind::Object | Kind::Array));
    if complete && is_document { FirstLine::Ndjson { first: None, end } } else { FirstLine::Part }
}
