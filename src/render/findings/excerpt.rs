//! The text around findings, copied while the text is in memory.

use std::borrow::Cow;

use memchr::memchr;

use crate::diagnostic::{Diagnostic, Range};
use crate::text::steps::step;

/// More than any terminal shows on each side, in UTF-16 code units; lines can be as long as files.
const CONTEXT: u64 = 400;

/// A part of a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Excerpt {
    /// The text.
    pub text: String,
    /// The column of its first character, from 1.
    pub column: u64,
    /// Whether the line continues after it.
    pub continues: bool,
}

/// The text around each finding that begins in these lines. `first`: the number of the first line.
pub(crate) fn excerpts(bytes: &[u8], first: u64, found: &[Diagnostic]) -> Vec<Option<Excerpt>> {
    let ranges: Vec<Option<Range>> = found.iter().map(|diagnostic| diagnostic.range).collect();
    let mut excerpts = vec![None; found.len()];
    fill(bytes, first, &ranges, &in_order(&ranges), &mut excerpts);
    excerpts
}

/// The indices of the ranges that exist, in the order of the text.
fn in_order(ranges: &[Option<Range>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..ranges.len()).filter(|index| range(ranges, *index).is_some()).collect();
    order.sort_by_key(|index| range(ranges, *index).map(|range| (range.start.line, range.start.column)));
    order
}

fn range(ranges: &[Option<Range>], index: usize) -> Option<Range> {
    ranges.get(index).copied().flatten()
}

/// Fills in the excerpts of some findings, in the order of the text: each line is read once.
fn fill(bytes: &[u8], first: u64, ranges: &[Option<Range>], order: &[usize], excerpts: &mut [Option<Excerpt>]) {
    let mut rest = Some(bytes);
    let mut number = first;
    let mut line: Option<(u64, Line<'_>)> = None;
    for index in order {
        let Some(Range { start, .. }) = range(ranges, *index) else { continue };
        if start.line < first {
            continue;
        }
        // To the line of the finding.
        while number <= start.line {
            let Some(text) = rest else { break };
            let (own, after) = match memchr(b'\n', text) {
                Some(end) => (text.get(..end), text.get(end.saturating_add(1)..)),
                None => (Some(text), None),
            };
            step(own.map_or(0, <[u8]>::len));
            if number == start.line {
                line = Some((number, Line::new(own.unwrap_or_default())));
            }
            rest = after;
            number = number.saturating_add(1);
        }
        if let Some((_, line)) = line.as_mut().filter(|(own, _)| *own == start.line)
            && let Some(excerpt) = excerpts.get_mut(*index)
        {
            *excerpt = Some(line.around(start.column));
        }
    }
}

/// A line, read from left to right.
struct Line<'t> {
    text: Cow<'t, str>,
    /// A place in it, and the number of UTF-16 code units before it.
    byte: usize,
    units: u64,
}

impl<'t> Line<'t> {
    fn new(bytes: &'t [u8]) -> Self {
        let text = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        Line { text: String::from_utf8_lossy(text), byte: 0, units: 0 }
    }

    /// The text around a column, which is not before the last one.
    fn around(&mut self, column: u64) -> Excerpt {
        let from = column.saturating_sub(1).saturating_sub(CONTEXT);
        let to = column.saturating_sub(1).saturating_add(CONTEXT.saturating_mul(2));
        let rest = self.text.get(self.byte..).unwrap_or_default();
        for character in rest.chars() {
            let after = self.units.saturating_add(character.len_utf16() as u64);
            if after > from {
                break;
            }
            self.byte = self.byte.saturating_add(character.len_utf8());
            self.units = after;
        }
        let (mut text, mut units) = (String::new(), self.units);
        let mut continues = false;
        for character in self.text.get(self.byte..).unwrap_or_default().chars() {
            if units >= to {
                continues = true;
                break;
            }
            let after = units.saturating_add(character.len_utf16() as u64);
            // Half of a character is none.
            text.push(if units < from || after > to { '\u{fffd}' } else { character });
            continues = after > to;
            units = after;
        }
        Excerpt { text, column: from.saturating_add(1), continues }
    }
}

/// Reads the lines of late findings again.
pub(crate) struct Again {
    ranges: Vec<Option<Range>>,
    /// Those without an excerpt, in the order of the text, and how many of them were passed.
    order: Vec<usize>,
    passed: usize,
    /// The number of the first line that is not complete, and what is known of it.
    number: u64,
    bytes: Vec<u8>,
}

impl Again {
    /// `None`: every finding with a place has its excerpt.
    pub(crate) fn new(found: &[Diagnostic], excerpts: &[Option<Excerpt>]) -> Option<Again> {
        let missing = |(diagnostic, excerpt): (&Diagnostic, &Option<Excerpt>)| {
            if excerpt.is_some() { None } else { diagnostic.range }
        };
        let ranges: Vec<Option<Range>> = found.iter().zip(excerpts).map(missing).collect();
        let order = in_order(&ranges);
        (!order.is_empty()).then_some(Again { ranges, order, passed: 0, number: 1, bytes: Vec::new() })
    }

    /// Adds a piece; returns whether more is needed.
    pub(crate) fn push(&mut self, piece: &[u8], excerpts: &mut [Option<Excerpt>]) -> bool {
        let before = self.bytes.len();
        self.bytes.extend_from_slice(piece);
        // Only in the piece: a line can have many.
        if let Some(at) = memchr::memrchr(b'\n', piece) {
            self.complete(before.saturating_add(at).saturating_add(1), false, excerpts);
        }
        self.passed < self.order.len()
    }

    /// The file has ended.
    pub(crate) fn end(mut self, excerpts: &mut [Option<Excerpt>]) {
        self.complete(self.bytes.len(), true, excerpts);
    }

    fn complete(&mut self, end: usize, is_last: bool, excerpts: &mut [Option<Excerpt>]) {
        let lines = self.bytes.get(..end).unwrap_or_default();
        let after = self.number.saturating_add(memchr::memchr_iter(b'\n', lines).count() as u64);
        let open = self.order.get(self.passed..).unwrap_or_default();
        let line = |index: &usize| range(&self.ranges, *index).map_or(0, |range| range.start.line);
        let here = open.partition_point(|index| is_last || line(index) < after);
        fill(lines, self.number, &self.ranges, open.get(..here).unwrap_or_default(), excerpts);
        self.passed = self.passed.saturating_add(here);
        self.number = after;
        self.bytes.drain(..end);
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use crate::diagnostic::TextOptions;
    use crate::validate::{ValidateOptions, validate};

    fn found(text: &str) -> Vec<Diagnostic> {
        validate(text.as_bytes(), TextOptions::default(), &ValidateOptions::default()).diagnostics
    }

    #[test]
    fn copies_the_text_around_findings() {
        let text = format!("[\r\n{{\"{}\": 1,}},\r\n 2, ]", "😀".repeat(500));
        let found = found(&text);
        let all = excerpts(text.as_bytes(), 1, &found);
        let at = found.iter().zip(&all).filter_map(|(found, excerpt)| Some((found.range?, excerpt.as_ref()?)));
        let mut number = 0;
        for (range, excerpt) in at {
            number += 1;
            let units: Vec<u16> = excerpt.text.encode_utf16().collect();
            let line = text.split('\n').nth(usize::try_from(range.start.line).unwrap() - 1).unwrap();
            let line: Vec<u16> = line.trim_end_matches('\r').encode_utf16().collect();
            let start = usize::try_from(excerpt.column).unwrap() - 1;
            assert_eq!(excerpt.continues, start + units.len() < line.len());
            for (place, unit) in units.iter().enumerate() {
                assert!(line[start + place] == *unit || *unit == 0xfffd);
            }
        }
        assert!(number > 2);
    }

    #[test]
    fn reads_the_lines_of_late_findings_again() {
        let text = "[\n{},\n{}\n]";
        let found = found(text);
        let whole = excerpts(text.as_bytes(), 1, &found);
        assert!(whole.iter().any(Option::is_some));
        for size in 1..text.len() {
            let mut late = vec![None; found.len()];
            let mut again = Again::new(&found, &late).unwrap();
            for piece in text.as_bytes().chunks(size) {
                if !again.push(piece, &mut late) {
                    break;
                }
            }
            again.end(&mut late);
            assert_eq!(late, whole, "{size}");
            assert!(Again::new(&found, &late).is_none());
        }
    }
}
