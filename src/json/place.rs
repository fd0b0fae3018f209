//! Lines, columns and offsets in UTF-16 code units, like in editors.

use serde::{Deserialize, Serialize};

use crate::text::steps::step;

/// A place in a text. `line` and `column` count from 1, `offset` from 0; columns and offsets are
/// UTF-16 code units, so that `text.slice(start.offset, end.offset)` works in JavaScript.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Position {
    /// From 1.
    pub line: u64,
    /// From 1, in UTF-16 code units.
    pub column: u64,
    /// From 0, in UTF-16 code units.
    pub offset: u64,
}

impl Default for Position {
    fn default() -> Self {
        Position::START
    }
}

impl Position {
    /// The first place of a text.
    pub const START: Position = Position { line: 1, column: 1, offset: 0 };

    /// A place in a text that follows, from the beginning of a line, on the text that ends here.
    pub(crate) fn after(self, end: Position) -> Position {
        Position {
            line: end.line.saturating_add(self.line).saturating_sub(1),
            column: self.column,
            offset: end.offset.saturating_add(self.offset),
        }
    }

    /// The same place in the text that begins, at the beginning of a line, at `start`: what [`Position::after`] undoes.
    pub(crate) fn since(self, start: Position) -> Position {
        Position {
            line: self.line.saturating_sub(start.line).saturating_add(1),
            column: self.column,
            offset: self.offset.saturating_sub(start.offset),
        }
    }
}

/// A range of a text. `end` is exclusive.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "TextRange"))]
pub struct Range {
    /// Its first character.
    pub start: Position,
    /// The position after its last character.
    pub end: Position,
}

impl Range {
    /// Both of its places, moved.
    pub(crate) fn map(self, moved: impl Fn(Position) -> Position) -> Range {
        Range { start: moved(self.start), end: moved(self.end) }
    }
}

/// The number of bytes between places remembered for going back.
const BETWEEN_MARKS: usize = 1024;

/// Finds positions for byte offsets of one text: in ascending order each byte is read once; going back reads only from
/// the nearest remembered place.
#[derive(Clone)]
pub struct Places<'t> {
    text: &'t [u8],
    encoding: Encoding,
    /// Where it begins: a byte of the text, and its place.
    start: usize,
    base: Position,
    byte: usize,
    at: Position,
    /// Places passed on the way, in ascending order.
    marks: Vec<(usize, Position)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    /// Every byte is one code unit.
    Ascii,
    Utf8,
    /// With ill-formed sequences, which a decoder replaces with U+FFFD, each one code unit.
    Lossy,
    /// UTF-8 in which a lone surrogate takes three bytes: the form of strings from JavaScript.
    Wtf8,
}

impl<'t> Places<'t> {
    /// `base` is the place of the first byte. `wtf8`: lone surrogates take three bytes each.
    #[must_use]
    pub fn new(text: &'t [u8], base: Position, wtf8: bool) -> Self {
        Places::starting(text, 0, base, wtf8)
    }

    /// For bytes from `start` on, whose place is `base`.
    pub(crate) fn starting(text: &'t [u8], start: usize, base: Position, wtf8: bool) -> Self {
        let read = text.get(start..).unwrap_or_default();
        let encoding = match is_ascii(read) {
            true => Encoding::Ascii,
            false if std::str::from_utf8(read).is_ok() => Encoding::Utf8,
            false if wtf8 => Encoding::Wtf8,
            false => Encoding::Lossy,
        };
        step(read.len());
        Places { text, encoding, start, base, byte: start, at: base, marks: Vec::new() }
    }

    /// The position of a byte; past the end, the position of the end.
    pub fn position(&mut self, byte: usize) -> Position {
        let byte = byte.min(self.text.len());
        let is_ahead = self.marks.last().is_some_and(|(last, _)| *last > self.byte);
        if byte < self.byte || (is_ahead && byte >= self.byte.saturating_add(BETWEEN_MARKS)) {
            let after = self.marks.partition_point(|(mark, _)| *mark <= byte);
            let mark = after.checked_sub(1).and_then(|last| self.marks.get(last));
            let (place, at) = mark.copied().unwrap_or((self.start, self.base));
            if byte < self.byte || place > self.byte {
                (self.byte, self.at) = (place, at);
            }
        }
        while self.byte < byte {
            // Not within a character: parts of it are ill-formed.
            let far = self.byte.saturating_add(BETWEEN_MARKS);
            let next = (far..byte).find(|next| self.is_boundary(*next)).unwrap_or(byte);
            let passed = self.text.get(self.byte..next).unwrap_or_default();
            step(passed.len());
            self.at = self.advance(self.at, passed);
            self.byte = next;
            let last = self.marks.last().map_or(0, |(mark, _)| *mark);
            if next >= last.saturating_add(BETWEEN_MARKS) && self.is_boundary(next) {
                self.marks.push((next, self.at));
            }
        }
        self.at
    }

    /// Whether no character spans a place.
    fn is_boundary(&self, byte: usize) -> bool {
        self.text.get(byte).is_none_or(|byte| !matches!(byte, 0x80..=0xBF))
    }

    /// The range of a span of bytes.
    pub fn range(&mut self, start: u32, end: u32) -> Range {
        Range { start: self.position(start as usize), end: self.position(end as usize) }
    }

    fn advance(&self, from: Position, passed: &[u8]) -> Position {
        let units = self.units(passed);
        match memchr::memrchr(b'\n', passed) {
            None => Position {
                column: from.column.saturating_add(units),
                offset: from.offset.saturating_add(units),
                ..from
            },
            Some(last) => {
                let tail = passed.get(last.saturating_add(1)..).unwrap_or_default();
                let breaks = line_breaks(passed);
                Position {
                    line: from.line.saturating_add(breaks),
                    column: self.units(tail).saturating_add(1),
                    offset: from.offset.saturating_add(units),
                }
            }
        }
    }

    /// The UTF-16 code units of some bytes.
    fn units(&self, bytes: &[u8]) -> u64 {
        match self.encoding {
            Encoding::Ascii => bytes.len() as u64,
            Encoding::Utf8 | Encoding::Wtf8 => well_formed_units(bytes),
            Encoding::Lossy => {
                let units = |chunk: std::str::Utf8Chunk<'_>| {
                    well_formed_units(chunk.valid().as_bytes()).saturating_add(u64::from(!chunk.invalid().is_empty()))
                };
                bytes.utf8_chunks().map(units).fold(0, u64::saturating_add)
            }
        }
    }
}

/// This reads all of the text before a finding.
fn line_breaks(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

/// Eight bytes at a time: the standard library reads words, which have four bytes in wasm.
fn is_ascii(text: &[u8]) -> bool {
    let (words, rest) = text.as_chunks::<8>();
    let mut all = 0;
    for word in words {
        all |= u64::from_le_bytes(*word);
    }
    all & u64::from_le_bytes([0x80; 8]) == 0 && rest.is_ascii()
}

/// Each character is one unit, except those of four bytes, which are two. Eight bytes at a time.
fn well_formed_units(bytes: &[u8]) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let (words, rest) = bytes.as_chunks::<8>();
    let mut last = [b' '; 8];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    let mut units = 0_u64;
    for words in [words, &[last]] {
        for word in words {
            let word = u64::from_le_bytes(*word);
            let continuations = (word >> 7) & !(word >> 6) & ONES;
            let pairs = (word >> 7) & (word >> 6) & (word >> 5) & (word >> 4) & ONES;
            let own = 8_u32.saturating_sub(continuations.count_ones()).saturating_add(pairs.count_ones());
            units = units.saturating_add(own.into());
        }
    }
    let padding = 8_usize.saturating_sub(rest.len()) as u64;
    units.saturating_sub(padding)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &[u8], byte: usize) -> (u64, u64, u64) {
        let place = Places::new(text, Position::START, false).position(byte);
        (place.line, place.column, place.offset)
    }

    #[test]
    fn counts_utf16_units() {
        let text = "aé😀e\u{301}\r\nx".as_bytes();
        assert_eq!(at(text, 1), (1, 2, 1)); // é takes two bytes, one unit
        assert_eq!(at(text, 3), (1, 3, 2)); // 😀 takes four bytes, two units
        assert_eq!(at(text, 7), (1, 5, 4));
        assert_eq!(at(text, 12), (2, 1, 8)); // after \r\n
        assert_eq!(at(text, 99), (2, 2, 9));
    }

    #[test]
    fn counts_a_byte_order_mark_as_one_unit() {
        assert_eq!(at("\u{feff}{}".as_bytes(), 3), (1, 2, 1));
    }

    #[test]
    fn ill_formed_bytes_count_as_their_replacement() {
        assert_eq!(at(b"a\xff\xfeb", 3), (1, 4, 3));
        assert_eq!(at(b"a\xed\xa0\x80b", 4), (1, 5, 4)); // a decoder shows three U+FFFD
        let wtf8 = Places::new(b"a\xed\xa0\x80b", Position::START, true).position(4);
        assert_eq!(wtf8.offset, 2);
    }

    #[test]
    fn goes_back() {
        let mut places = Places::new(b"ab\ncd", Position::START, false);
        assert_eq!(places.position(4).line, 2);
        assert_eq!(places.position(1).column, 2);
    }
}
