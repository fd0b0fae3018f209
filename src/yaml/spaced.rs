//! What `PyYAML` reads but the parser rejects: in brackets and quotes `PyYAML` ignores how lines are indented, and a comment
//! needs no space behind brackets, quotes and commas.
//!
//! If the parser fails for this reason, it reads a copy of the text that has the missing spaces. One scan finds all of
//! them, because one attempt for each would take too long. The scan knows less of YAML than the parser, so the reader
//! checks afterwards that no space is part of a value.

use crate::text::steps::step;

/// How many spaces may be missing in all, beyond the length of the text: a deep bracket can need many on each of its lines.
const MOST: usize = 1 << 20;

/// A copy of a text with more spaces.
#[derive(Default)]
pub(super) struct Spaced {
    pub(super) text: String,
    /// The character of the copy where spaces begin, and the number of spaces that the copy has more after them.
    places: Vec<(usize, usize)>,
    /// All brackets that begin before this character of the text are closed.
    pub(super) closed: usize,
}

impl Spaced {
    /// `None`: nothing is missing, or too much.
    pub(super) fn of(text: &str) -> Option<Self> {
        let mut scan = Scan { bytes: text.as_bytes(), missing: Vec::new(), columns: Vec::new() };
        let closed = scan.lines();
        let total = scan.missing.iter().fold(0_usize, |total, (_, spaces)| total.saturating_add(*spaces));
        if total == 0 || total > text.len().saturating_add(MOST) {
            return None;
        }
        let (mut copy, mut from, mut characters, mut more) = (Self::default(), 0, 0_usize, 0_usize);
        copy.closed = text.get(..closed)?.chars().count();
        copy.text.reserve(text.len().saturating_add(total));
        for (at, spaces) in scan.missing {
            let part = text.get(from..at)?;
            copy.text.push_str(part);
            copy.text.extend(std::iter::repeat_n(' ', spaces));
            characters = characters.saturating_add(part.chars().count());
            more = more.saturating_add(spaces);
            copy.places.push((characters, more));
            characters = characters.saturating_add(spaces);
            from = at;
        }
        copy.text.push_str(text.get(from..)?);
        Some(copy)
    }

    /// Of which character of the text this is the copy.
    pub(super) fn original(&self, index: usize) -> usize {
        let next = self.places.partition_point(|(start, _)| *start <= index);
        let mut before = self.places.get(..next).unwrap_or_default().iter().rev();
        let Some((start, more)) = before.next() else { return index };
        let fewer = before.next().map_or(0, |(_, more)| *more);
        index.saturating_sub(*more).max(start.saturating_sub(fewer))
    }

    /// The characters of the text that have spaces before them in the copy.
    pub(super) fn places(&self) -> impl Iterator<Item = usize> {
        self.places.iter().map(|(start, _)| self.original(*start))
    }
}

struct Scan<'t> {
    bytes: &'t [u8],
    /// Before which bytes how many spaces are missing.
    missing: Vec<(usize, usize)>,
    /// In which column the lines of each open block begin at least.
    columns: Vec<usize>,
}

impl Scan<'_> {
    fn get(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    fn skip(&self, mut at: usize, is_skipped: impl Fn(u8) -> bool) -> usize {
        while self.get(at).is_some_and(&is_skipped) {
            at = at.saturating_add(1);
        }
        at
    }

    fn is_apart(&self, at: usize) -> bool {
        self.get(at).is_none_or(is_white)
    }

    fn enter(&mut self, column: usize) {
        let least = column.saturating_add(1);
        if self.columns.last().is_none_or(|known| *known < least) {
            self.columns.push(least);
        }
    }

    /// All lines outside of brackets and quotes, until one is not closed. Returns where that is.
    fn lines(&mut self) -> usize {
        let (mut line, mut scalar) = (0, None);
        while line < self.bytes.len() {
            let mut at = self.skip(line, |byte| byte == b' ');
            let mut end = self.skip(at, |byte| !is_break(byte));
            step(end.saturating_sub(line).saturating_add(1));
            let indent = at.saturating_sub(line);
            let is_marker = is_marker(self.bytes, line);
            // A line of a scalar without quotes is at least as deep as this.
            if is_marker {
                self.columns.clear();
                at = line.saturating_add(3);
            } else if at == end || scalar.is_some_and(|least| indent >= least) || self.get(line) == Some(b'%') {
                line = end.saturating_add(1);
                continue;
            }
            scalar = None;
            while self.columns.last().is_some_and(|least| *least > indent.saturating_add(1)) {
                self.columns.pop();
            }
            // Where a key may begin.
            let mut start = None;
            while at < end {
                at = self.skip(at, |byte| matches!(byte, b' ' | b'\t'));
                let column = at.saturating_sub(line);
                let least = self.columns.last().copied().unwrap_or_default();
                let next = at.saturating_add(1);
                match self.get(at) {
                    Some(b'#' | b'\n' | b'\r') | None => break,
                    Some(b'-' | b'?') if self.is_apart(next) => {
                        self.enter(column);
                        start = None;
                        // The parser wants a space behind this one.
                        if self.get(at) == Some(b'?') && next == self.bytes.len() {
                            self.missing.push((next, 1));
                        }
                        at = next;
                    }
                    Some(b':') if self.is_apart(next) => {
                        self.enter(start.take().unwrap_or(column));
                        at = next;
                    }
                    Some(b'&' | b'!' | b'*') => {
                        start = start.or(Some(column));
                        at = self.skip(at, |byte| !is_white(byte));
                    }
                    Some(b'|' | b'>') => {
                        scalar = Some(least);
                        break;
                    }
                    Some(b'[' | b'{' | b'"' | b'\'') => {
                        start = start.or(Some(column));
                        let known = self.missing.len();
                        let Some(close) = closing(self.bytes, at, least, &mut self.missing) else {
                            self.missing.truncate(known);
                            return at;
                        };
                        at = close.saturating_add(1);
                        // Only a comment can follow what has several lines.
                        if close > end {
                            end = self.skip(at, |byte| !is_break(byte));
                            break;
                        }
                    }
                    Some(_) => {
                        start = start.or(Some(column));
                        at = next;
                        while at < end
                            && !(self.get(at) == Some(b':') && self.is_apart(at.saturating_add(1)))
                            && !(self.get(at) == Some(b'#') && self.is_apart(at.saturating_sub(1)))
                        {
                            at = at.saturating_add(1);
                        }
                        if self.get(at) != Some(b':') {
                            scalar = Some(least);
                            break;
                        }
                    }
                }
            }
            line = end.saturating_add(1);
        }
        self.bytes.len()
    }
}

fn is_break(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

fn is_white(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Whether a document begins or ends here.
fn is_marker(bytes: &[u8], line: usize) -> bool {
    let end = line.saturating_add(3);
    matches!(bytes.get(line..end), Some(b"---" | b"...")) && bytes.get(end).copied().is_none_or(is_white)
}

/// Where the bracket or quote at `start` is closed. `least`: the column in which its lines should begin; notes where
/// spaces are `missing`.
fn closing(bytes: &[u8], start: usize, least: usize, missing: &mut Vec<(usize, usize)>) -> Option<usize> {
    let (mut depth, mut quote, mut at) = (0_usize, None, start);
    // Whether a value may begin here, and the end of the last quotes.
    let (mut begins, mut quoted) = (true, 0);
    while let Some(byte) = bytes.get(at).copied() {
        step(1);
        let next = at.saturating_add(1);
        let after = bytes.get(next).copied();
        let before = at.checked_sub(1).filter(|_| at > start).and_then(|before| bytes.get(before)).copied();
        if before.is_some_and(is_break) && !(byte == b'\n' && before == Some(b'\r')) {
            if is_marker(bytes, at) {
                return None;
            }
            let rest = bytes.get(at..).unwrap_or_default();
            let indent = rest.iter().take(least).take_while(|byte| **byte == b' ').count();
            if indent < least && rest.get(indent).is_some_and(|byte| !is_break(*byte)) {
                missing.push((at, least.saturating_sub(indent)));
            }
        }
        let is_behind = |indicators: &[u8]| before.is_some_and(|before| indicators.contains(&before));
        match (quote, byte) {
            // A line break behind a backslash begins a line too.
            (Some(b'"'), b'\\') if !after.is_some_and(is_break) => at = next,
            (Some(b'\''), b'\'') if after == Some(byte) => at = next,
            (Some(b'#'), _) if is_break(byte) => quote = None,
            (Some(b'"' | b'\''), _) if quote == Some(byte) => (quote, quoted) = (None, next),
            (None, b'"' | b'\'') if begins => (quote, begins) = (Some(byte), false),
            (None, b'#') if is_behind(b" \t\r\n") => quote = Some(byte),
            (None, b'#') if quoted == at || is_behind(b"[{,]}") => {
                missing.push((at, 1));
                quote = Some(byte);
            }
            (None, b'[' | b'{') => {
                if is_behind(b":") {
                    missing.push((at, 1));
                }
                depth = depth.saturating_add(1);
                begins = true;
            }
            (None, b']' | b'}') => (depth, begins) = (depth.saturating_sub(1), false),
            (None, b',') => begins = true,
            (None, b':') => begins = quoted == at || after.is_none_or(is_white) || is_behind(b"]}"),
            (None, b'&' | b'!') if begins => {
                while bytes.get(at.saturating_add(1)).is_some_and(|byte| !is_white(*byte) && !b",[]{}".contains(byte)) {
                    at = at.saturating_add(1);
                }
            }
            (None, byte) if !is_white(byte) => begins = false,
            _ => {}
        }
        if depth == 0 && quote.is_none() {
            if after == Some(b'#') {
                missing.push((next, 1));
            }
            // The quote that opens another text closes none.
            let is_end = after.is_none_or(|after| b" \t\r\n,]}:#".contains(&after));
            return (is_end || matches!(byte, b']' | b'}')).then_some(at);
        }
        at = at.saturating_add(1);
    }
    None
}
