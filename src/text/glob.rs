//! Patterns of Python's `fnmatch.fnmatchcase`.

use std::collections::VecDeque;

use super::order;
use super::steps::step;

/// A pattern of Python's `fnmatch.fnmatchcase`.
#[derive(Debug)]
pub enum Glob {
    /// No wildcard, or only a `*` at the end: most patterns.
    Plain {
        /// Without that `*`.
        text: String,
        /// Whether it has that `*`.
        open: bool,
    },
    /// The segments before, between and after each `*`: one more than there are `*`.
    Segments(Vec<Segment>),
}

/// A part of a pattern without `*`.
#[derive(Debug)]
pub enum Segment {
    /// Without a wildcard.
    Text(String),
    /// With one.
    Pieces(Vec<Piece>),
}

/// The requirement for one character.
#[derive(Debug)]
pub enum Piece {
    /// `?`
    One,
    /// This character.
    Char(char),
    /// `[a-c]`, `[!x]`: inclusive ranges, ascending and disjoint. `[z-a]` is empty.
    Set {
        /// Anything else.
        negated: bool,
        /// The first and the last character of each.
        ranges: Vec<(char, char)>,
    },
}

impl Piece {
    fn is(&self, c: char) -> bool {
        step(1);
        match self {
            Piece::One => true,
            Piece::Char(own) => *own == c,
            Piece::Set { negated, ranges } => {
                let after = ranges.partition_point(|(_, to)| *to < c);
                ranges.get(after).is_some_and(|(from, _)| *from <= c) != *negated
            }
        }
    }
}

impl Segment {
    fn new(pieces: Vec<Piece>) -> Self {
        let text: Option<String> =
            pieces.iter().map(|piece| if let Piece::Char(c) = piece { Some(*c) } else { None }).collect();
        text.map_or(Segment::Pieces(pieces), Segment::Text)
    }

    /// The rest of a text that begins with this segment.
    fn strip<'v>(&self, value: &'v str) -> Option<&'v str> {
        match self {
            Segment::Text(text) => {
                step(text.len());
                value.strip_prefix(&**text)
            }
            Segment::Pieces(pieces) => {
                let mut rest = value.chars();
                pieces.iter().all(|piece| rest.next().is_some_and(|c| piece.is(c))).then_some(rest.as_str())
            }
        }
    }

    /// The rest of a text after the first match of this segment.
    fn find<'v>(&self, value: &'v str) -> Option<&'v str> {
        match self {
            Segment::Text(text) => {
                let at = value.find(&**text);
                step(at.unwrap_or(value.len()).saturating_add(text.len()));
                let at = at?;
                value.get(at.saturating_add(text.len())..)
            }
            Segment::Pieces(_) => value.char_indices().find_map(|(at, _)| self.strip(value.get(at..)?)),
        }
    }

    /// Whether a text ends with it.
    fn ends(&self, value: &str) -> bool {
        match self {
            Segment::Text(text) => {
                step(text.len());
                value.ends_with(&**text)
            }
            Segment::Pieces(pieces) => {
                let mut rest = value.chars().rev();
                pieces.iter().rev().all(|piece| rest.next().is_some_and(|c| piece.is(c)))
            }
        }
    }
}

impl Glob {
    /// Any text is a pattern.
    #[must_use]
    pub fn new(pattern: &str) -> Self {
        step(pattern.len());
        let (text, open) = pattern.strip_suffix('*').map_or((pattern, false), |text| (text, true));
        if text.bytes().any(|byte| matches!(byte, b'*' | b'?' | b'[')) {
            Glob::Segments(segments(pattern))
        } else {
            Glob::Plain { text: text.to_owned(), open }
        }
    }

    /// Whether the pattern matches the whole of a value.
    #[must_use]
    pub fn matches(&self, value: &str) -> bool {
        step(1);
        match self {
            Glob::Plain { text, open: true } => value.as_bytes().starts_with(text.as_bytes()),
            Glob::Plain { text, open: false } => *text == *value,
            Glob::Segments(segments) => segments_match(segments, value),
        }
    }
}

/// The first match of each segment suffices: a later one would leave less for the following segments.
fn segments_match(segments: &[Segment], value: &str) -> bool {
    let Some((first, others)) = segments.split_first() else { return false };
    let Some(mut rest) = first.strip(value) else { return false };
    let Some((last, between)) = others.split_last() else { return rest.is_empty() };
    for segment in between {
        match segment.find(rest) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    last.ends(rest)
}

fn segments(pattern: &str) -> Vec<Segment> {
    let (mut segments, mut pieces) = (Vec::new(), Vec::new());
    let mut rest = pattern;
    // If one bracket is unclosed, so are all later ones.
    let mut has_ends = true;
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        pieces.push(match c {
            '*' => {
                segments.push(Segment::new(std::mem::take(&mut pieces)));
                continue;
            }
            '?' => Piece::One,
            '[' => match Some(rest).filter(|_| has_ends).and_then(set_end) {
                // An unclosed bracket is literal.
                None => {
                    has_ends = false;
                    Piece::Char('[')
                }
                Some(end) => {
                    let inside = rest.get(..end).unwrap_or_default();
                    rest = rest.get(end.saturating_add(1)..).unwrap_or_default();
                    set(inside)
                }
            },
            c => Piece::Char(c),
        });
    }
    segments.push(Segment::new(pieces));
    segments
}

/// The place of the `]` that ends a set; a leading one belongs to the set.
fn set_end(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('!').unwrap_or(rest);
    let skipped = rest.len().saturating_sub(inside.len());
    let first = usize::from(inside.starts_with(']'));
    let end = inside.bytes().skip(first).position(|byte| byte == b']');
    step(end.unwrap_or(inside.len()));
    let end = end?;
    Some(skipped.saturating_add(first).saturating_add(end))
}

/// `fnmatch.translate` splits the set at the hyphens of ranges: the end of one chunk and the start of the next form a
/// range, all other characters are literal. Empty ranges vanish.
fn set(inside: &str) -> Piece {
    let (negated, own) = inside.strip_prefix('!').map_or((false, inside), |own| (true, own));
    step(own.len());
    let all: Vec<char> = own.chars().collect();
    let mut chunks: Vec<Vec<char>> = Vec::new();
    let part = |from: usize, to: usize| all.get(from..to).unwrap_or_default().to_vec();
    // A hyphen cannot come first, nor directly after the end of a range.
    let (mut begin, mut from) = (0_usize, 1_usize);
    while let Some(at) = all.iter().skip(from).position(|c| *c == '-').map(|at| at.saturating_add(from)) {
        chunks.push(part(begin, at));
        begin = at.saturating_add(1);
        from = at.saturating_add(3);
    }
    match chunks.last_mut() {
        Some(last) if begin >= all.len() => last.push('-'),
        _ => chunks.push(part(begin, all.len())),
    }
    let mut ranges: Vec<(char, char)> = Vec::new();
    let mut after: VecDeque<char> = VecDeque::new();
    // From the last chunk to the first, as Python removes the empty ranges.
    while let Some(mut chunk) = chunks.pop() {
        if let (Some(to), Some(start)) = (after.front().copied(), chunk.last().copied()) {
            after.pop_front();
            chunk.pop();
            if start <= to {
                ranges.push((start, to));
                ranges.extend(after.drain(..).map(|c| (c, c)));
            }
        }
        for c in chunk.into_iter().rev() {
            after.push_front(c);
        }
    }
    ranges.extend(after.into_iter().map(|c| (c, c)));
    order::by_key(&mut ranges, &mut |(from, to)| u64::from(u32::from(*from)) << 32 | u64::from(u32::from(*to)));
    ranges.dedup_by(|next, before| {
        let meets = next.0 <= before.1;
        before.1 = if meets { before.1.max(next.1) } else { before.1 };
        meets
    });
    Piece::Set { negated, ranges }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A `*` first matches nothing; if the rest fails, it matches one more character.
    fn matches_slowly(segments: &[Segment], value: &str) -> bool {
        let Some((first, others)) = segments.split_first() else { return false };
        match first.strip(value) {
            Some(rest) if others.is_empty() => rest.is_empty(),
            Some(rest) => rest
                .char_indices()
                .map(|(at, _)| at)
                .chain([rest.len()])
                .any(|at| matches_slowly(others, rest.get(at..).unwrap_or_default())),
            None => false,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 5000, ..ProptestConfig::default() })]

        #[test]
        fn the_first_place_is_the_best(pattern in "[ab?*é\\[\\]!-]{0,8}", value in "[abé\\]-]{0,9}") {
            let own = segments(&pattern);
            prop_assert_eq!(segments_match(&own, &value), matches_slowly(&own, &value));
        }
    }

    /// Recorded answers of `fnmatch.fnmatchcase` in Python 3.11.
    #[test]
    fn globs_are_pythons() {
        for (pattern, value, is) in [
            ("", "", true),
            ("*", "", true),
            ("*", "a\nb", true),
            ("a*c", "abbc", true),
            ("a*c", "abbcd", false),
            ("*.flow-run.*", "prefect.flow-run.x", true),
            ("a?c", "abc", true),
            ("a?c", "aéc", true),
            ("a?c", "ac", false),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[!a-c]x", "dx", true),
            ("[]]", "]", true),
            ("[!]]", "]", false),
            ("[abc", "[abc", true),
            ("[z-a]", "m", false),
            ("[!z-a]", "m", true),
            ("[a-]", "-", true),
            ("[-a]", "-", true),
            ("[a-c-e]", "-", true),
            ("[a-c-e]", "d", false),
            ("[a-cx-z]", "y", true),
            ("[^a]", "^", true),
            ("[^a]", "b", false),
            ("[--0]", ".", true),
            ("[a-zz-a]", "z", true),
            ("*a*b*c", "xaxbxbxc", true),
            ("*a*b*c", "xaxbxbx", false),
            ("[[]x", "[x", true),
        ] {
            assert_eq!(Glob::new(pattern).matches(value), is, "{pattern:?} {value:?}");
        }
    }
}
