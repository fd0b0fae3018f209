//! A line of text with carets under a range, cropped to the width of the terminal.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::diagnostic::Range;
use crate::render::printable::printable;

use super::excerpt::Excerpt;

const TAB: &str = "    ";

/// What a reader sees as one character.
struct Cell {
    shown: String,
    width: usize,
    /// The number of UTF-16 code units before it.
    unit: u64,
}

/// A line, and where in it the carets go.
pub(super) struct Frame {
    pub text: String,
    pub before: usize,
    pub marked: usize,
}

/// `range` begins in the line of the excerpt. `columns`: the available width.
pub(super) fn frame(excerpt: &Excerpt, range: Range, columns: usize) -> Frame {
    let (cells, length) = cells(&excerpt.text);
    let start = range.start.column.saturating_sub(excerpt.column);
    let is_one_line = range.end.line == range.start.line;
    let end = if is_one_line { range.end.column.saturating_sub(excerpt.column) } else { length };
    // An empty range marks the next character; a position after the last character gets an extra cell.
    let after = cells.partition_point(|cell| cell.unit <= start);
    let first = after.checked_sub(1).filter(|_| start < length).unwrap_or(cells.len());
    // The first cell after the range.
    let after = cells.partition_point(|cell| cell.unit < end).max(first.saturating_add(1));
    let is_cut = excerpt.column > 1 || excerpt.continues;
    let (from, to) = crop(&cells, first, after, columns, is_cut);
    let (cut_before, cut_after) = (from > 0 || excerpt.column > 1, to < cells.len() || excerpt.continues);
    let mut text = String::new();
    text.push_str(if cut_before { "…" } else { "" });
    text.extend(cells.get(from..to).unwrap_or_default().iter().map(|cell| &*cell.shown));
    text.push_str(if cut_after { "…" } else { "" });
    let before = width(&cells, from, first).saturating_add(usize::from(cut_before));
    Frame { text, before, marked: width(&cells, first, after.min(to)).max(1) }
}

/// Which cells are shown: those of the range, a third of the free columns before it, the rest after it. `is_cut`: text
/// before the first or after the last cell is missing.
fn crop(cells: &[Cell], first: usize, after: usize, columns: usize, is_cut: bool) -> (usize, usize) {
    if !is_cut && width(cells, 0, cells.len()) <= columns {
        return (0, cells.len());
    }
    // Two for the ellipses.
    let available = columns.saturating_sub(2);
    let wide = |place: usize| cells.get(place).map(|cell| cell.width);
    let (mut from, mut to, mut used) = (first, first, 0_usize);
    while to < after
        && let Some(width) = wide(to).filter(|width| used.saturating_add(*width) <= available)
    {
        used = used.saturating_add(width);
        to = to.saturating_add(1);
    }
    let before = used.saturating_add(available.saturating_sub(used) / 3);
    let back = |from: &mut usize, used: &mut usize, limit: usize| {
        while let Some(place) = from.checked_sub(1)
            && let Some(width) = wide(place).filter(|width| used.saturating_add(*width) <= limit)
        {
            *used = used.saturating_add(width);
            *from = place;
        }
    };
    back(&mut from, &mut used, before);
    while let Some(width) = wide(to).filter(|width| used.saturating_add(*width) <= available) {
        used = used.saturating_add(width);
        to = to.saturating_add(1);
    }
    back(&mut from, &mut used, available);
    (from, to)
}

/// The cells of a text, and its length in UTF-16 code units.
fn cells(text: &str) -> (Vec<Cell>, u64) {
    let is_plain = |text: &str| text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    // Most text is plain, and a code frame is drawn for each finding.
    if is_plain(text) {
        let cell = |(unit, shown): (u64, char)| Cell { shown: shown.to_string(), width: 1, unit };
        return ((0..).zip(text.chars()).map(cell).collect(), text.len() as u64);
    }
    let (mut cells, mut unit) = (Vec::new(), 0_u64);
    for grapheme in text.graphemes(true) {
        let (shown, width) = match grapheme {
            "\t" => (TAB.to_owned(), TAB.len()),
            plain if is_plain(plain) => (plain.to_owned(), 1),
            other => {
                let shown = printable(other);
                let width = shown.width();
                (shown, width)
            }
        };
        cells.push(Cell { shown, width, unit });
        unit = unit.saturating_add(grapheme.encode_utf16().count() as u64);
    }
    (cells, unit)
}

fn width(cells: &[Cell], from: usize, to: usize) -> usize {
    let cells = cells.get(from..to).unwrap_or_default();
    cells.iter().map(|cell| cell.width).fold(0, usize::saturating_add)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use crate::diagnostic::Position;

    fn marked(text: &str, from: u64, to: u64, columns: usize) -> String {
        let excerpt = Excerpt { text: text.to_owned(), column: 1, continues: false };
        let position = |column: u64| Position { line: 1, column, offset: 0 };
        let range = Range { start: position(from), end: position(to) };
        let Frame { text, before, marked } = frame(&excerpt, range, columns);
        format!("{text}|{}{}", " ".repeat(before), "^".repeat(marked))
    }

    #[test]
    fn marks_what_a_reader_sees() {
        assert_eq!(marked("{\"a\": 1}", 7, 8, 80), "{\"a\": 1}|      ^");
        assert_eq!(marked("\tab", 2, 3, 80), "    ab|    ^");
        assert_eq!(marked("日本x", 2, 3, 80), "日本x|  ^^");
        assert_eq!(marked("e\u{301}x", 3, 4, 80), "e\u{301}x| ^");
        assert_eq!(marked("a\u{202e}b", 2, 3, 80), "a\\u{202e}b| ^^^^^^^^");
        assert_eq!(marked("ab", 3, 3, 80), "ab|  ^");
        assert_eq!(marked("", 1, 1, 80), "|^");
    }

    #[test]
    fn crops_long_lines() {
        let shown = marked(&"0123456789".repeat(10), 51, 53, 20);
        assert_eq!(shown, "…567890123456789012…|      ^^");
        assert_eq!(marked(&"x".repeat(100), 1, 101, 20), format!("{}…|{}", "x".repeat(18), "^".repeat(18)));
    }
}
