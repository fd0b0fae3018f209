//! Skeletons of documents: all of a document but its strings and numbers. Events repeat them, so a document with a known
//! skeleton is compared with it instead of read; only its strings and numbers are.
//!
//! A skeleton is a chain of pieces of text, each of which a string or a number follows. Skeletons share the pieces in which
//! they begin alike: which piece of a few comes next, the text decides. So nothing has to be guessed, and only documents
//! whose skeleton is new are read twice, up to the first difference.
//!
//! `tests/bench/validate.rs part` takes 0.74 of the instructions with them, the map of `tests/bench/archive.rs` 0.83; tests
//! count how many captured events have a known one. In a WebAssembly module they would take 4.6 KB, so only parts of
//! archives are read with them, which no module has.

use crate::text::steps::step;

use super::parse::{Issue, Parsed, clamp, parse, parse_prefix_around, scan};
use super::tape::{Kind, NAMELESS, NOTHING, Node, SkeletonId, Tape, equal};

/// Longer documents, in bytes, have no skeleton: they are lists of events, or rare.
const LONGEST: usize = 1 << 15;

/// The most nodes of all skeletons together, and the most bytes of their texts: 3 MB in all.
const MOST_NODES: usize = 50_000;
const MOST_BYTES: usize = 1 << 20;

/// Documents with more pieces have no skeleton. So a place in this list needs no check.
const MOST_PIECES: usize = 1 << u8::BITS;

/// The most pieces that can follow at one place. Each is compared.
const MOST_BRANCHES: usize = 16;

/// Documents with longer numbers, in bytes, have no skeleton: nor those with exponents. So no number is out of range.
const LONGEST_NUMBER: usize = 24;

/// The skeletons of the documents that were read.
#[derive(Default)]
pub(crate) struct Skeletons {
    pieces: Vec<SkeletonPiece>,
    /// The texts of all pieces.
    texts: Vec<u8>,
    all: Vec<Skeleton>,
    /// The nodes of all skeletons.
    nodes: Vec<SkeletonNode>,
    /// How many have been forgotten: their numbers are not used again.
    forgotten: u32,
    /// How many documents were read: of a single one there is no skeleton.
    reads: u64,
    /// How many had a known skeleton: for tests.
    known: u64,
}

struct SkeletonPiece {
    /// Its text.
    start: usize,
    end: usize,
    /// The kind of value that it follows; `Null`: none.
    after: Kind,
    /// Another piece that can be here instead; `None`: there is none.
    other: Option<u32>,
    then: Then,
}

/// What follows a piece.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    /// The rest of a string, and the first of the pieces that can follow.
    Text(u32),
    /// A number, and the first of the pieces that can follow.
    Number(u32),
    /// The end of this skeleton.
    End(u32),
}

struct Skeleton {
    /// Where its nodes begin and end.
    first: usize,
    last: usize,
    depth: usize,
}

/// A node whose offsets begin at pieces.
struct SkeletonNode {
    node: Node,
    start_piece: u8,
    end_piece: u8,
}

impl SkeletonNode {
    #[inline(always)]
    fn at(&self, places: &[u32; MOST_PIECES]) -> Node {
        let place = |piece: u8| places.get(usize::from(piece)).copied().unwrap_or_default();
        Node {
            start: self.node.start.wrapping_add(place(self.start_piece)),
            end: self.node.end.wrapping_add(place(self.end_piece)),
            ..self.node
        }
    }
}

impl Skeletons {
    /// Does what [`parse`] does, faster for a document with the skeleton of an earlier one.
    pub(crate) fn parse(&mut self, text: &[u8], start: usize, tape: &mut Tape, issues: &mut Vec<Issue>) -> Parsed {
        self.parse_as(text, start, tape, issues, true)
    }

    /// Does what [`parse_prefix_around`] does, faster for a document with the skeleton of an earlier one.
    pub(crate) fn parse_prefix_around(
        &mut self,
        text: &[u8],
        start: usize,
        tape: &mut Tape,
        issues: &mut Vec<Issue>,
    ) -> Parsed {
        self.parse_as(text, start, tape, issues, false)
    }

    fn parse_as(
        &mut self,
        text: &[u8],
        start: usize,
        tape: &mut Tape,
        issues: &mut Vec<Issue>,
        is_whole: bool,
    ) -> Parsed {
        tape.clear();
        if let Some(parsed) = self.read_known(text, start, tape, is_whole) {
            issues.clear();
            return parsed;
        }
        let parsed =
            if is_whole { parse(text, start, tape, issues) } else { parse_prefix_around(text, start, tape, issues) };
        if parsed.complete && issues.is_empty() {
            tape.skeleton =
                self.add(text, start, parsed.end, parsed.depth, tape.nodes.get(..tape.count).unwrap_or_default());
        }
        parsed
    }

    /// Reads a document with a known skeleton.
    fn read_known(&mut self, text: &[u8], start: usize, tape: &mut Tape, is_whole: bool) -> Option<Parsed> {
        let mut places = [0; MOST_PIECES];
        let (number, mut end) = self.find(text, start, &mut places)?;
        if is_whole {
            // Anything else behind it is for the reader.
            text.get(end..)?.iter().all(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t')).then_some(())?;
            end = text.len();
        }
        let skeleton = self.all.get(number as usize)?;
        let nodes = self.nodes.get(skeleton.first..skeleton.last)?;
        if tape.nodes.len() < nodes.len() {
            tape.nodes.resize(nodes.len(), NOTHING);
        }
        for (place, node) in tape.nodes.iter_mut().zip(nodes) {
            *place = node.at(&places);
        }
        tape.count = nodes.len();
        tape.skeleton = self.id(number);
        self.known = self.known.saturating_add(1);
        Some(Parsed { complete: true, end, depth: skeleton.depth })
    }

    fn id(&self, number: u32) -> Option<SkeletonId> {
        self.forgotten.checked_add(number).map(SkeletonId)
    }

    /// The number of the skeleton of the document that begins at a byte, if it is known, and where the document ends.
    /// `places`: where its pieces begin.
    fn find(&self, text: &[u8], start: usize, places: &mut [u32; MOST_PIECES]) -> Option<(u32, usize)> {
        let (mut at, mut after, mut next) = (start, Kind::Null, 0);
        let mut begins = places.iter_mut();
        loop {
            let piece = self.piece_at(next, after, text.get(at..)?)?;
            *begins.next()? = clamp(at);
            at = at.saturating_add(piece.end.saturating_sub(piece.start));
            match piece.then {
                Then::Text(then) => (at, after, next) = (end_of_string(text, at)?, Kind::String, then),
                Then::Number(then) => {
                    let (end, kind) = number(text, at)?;
                    (at, after, next) = (end, kind, then);
                }
                Then::End(number) => return Some((number, at)),
            }
        }
    }

    /// Of the pieces that can follow, the one with which a text begins. `after`: the kind of value before it.
    #[inline(always)]
    fn piece_at(&self, first: u32, after: Kind, text: &[u8]) -> Option<&SkeletonPiece> {
        let mut piece = self.pieces.get(first as usize)?;
        loop {
            step(1);
            let own = self.texts.get(piece.start..piece.end)?;
            if piece.after == after && text.get(..own.len()).is_some_and(|found| equal(found, own)) {
                return Some(piece);
            }
            piece = self.pieces.get(piece.other? as usize)?;
        }
    }

    /// Adds the skeleton of a document without issues, between two bytes of the text.
    fn add(&mut self, text: &[u8], start: usize, end: usize, depth: usize, nodes: &[Node]) -> Option<SkeletonId> {
        let is_first = self.reads == 0;
        self.reads = self.reads.saturating_add(1);
        let length = end.saturating_sub(start);
        if is_first || length > LONGEST || nodes.first().is_none_or(|root| root.kind != Kind::Object) {
            return None;
        }
        let gaps = nodes.iter().filter_map(gap).collect::<Option<Vec<_>>>()?;
        if gaps.len() >= MOST_PIECES {
            return None;
        }
        let is_full = self.nodes.len().saturating_add(nodes.len()) > MOST_NODES
            || self.texts.len().saturating_add(length) > MOST_BYTES;
        if is_full {
            let forgotten = self.forgotten.saturating_add(clamp(self.all.len()));
            *self = Skeletons { forgotten, reads: self.reads, known: self.known, ..Skeletons::default() };
        }
        let begins: Vec<usize> = std::iter::once(start).chain(gaps.iter().map(|gap| gap.end)).collect();
        let first = self.nodes.len();
        let mut next_gap = 0_usize;
        for node in nodes {
            // A value in a gap begins at the end of a piece and ends at the beginning of the next one.
            let is_gap = gaps.get(next_gap).is_some_and(|gap| gap.start == node.start as usize && !is_key(node));
            let (start_piece, end_piece) = if is_gap {
                next_gap = next_gap.saturating_add(1);
                (next_gap.saturating_sub(1), next_gap)
            } else {
                let before_end = begins.partition_point(|begin| *begin < node.end as usize);
                (next_gap, before_end.saturating_sub(1))
            };
            let from =
                |offset: u32, piece: usize| offset.saturating_sub(begins.get(piece).map_or(0, |begin| clamp(*begin)));
            let node = Node { start: from(node.start, start_piece), end: from(node.end, end_piece), ..*node };
            let [start_piece, end_piece] = [start_piece, end_piece].map(|piece| u8::try_from(piece).unwrap_or(u8::MAX));
            self.nodes.push(SkeletonNode { node, start_piece, end_piece });
        }
        let mut pieces = Vec::with_capacity(begins.len());
        let mut after = Kind::Null;
        for (begin, gap) in begins.iter().zip(gaps.iter().map(Some).chain([None])) {
            let text = text.get(*begin..gap.map_or(end, |gap| gap.start)).unwrap_or_default();
            pieces.push(NewPiece { after, text, before: gap.map(|gap| gap.kind) });
            after = gap.map_or(after, |gap| gap.kind);
        }
        let number = clamp(self.all.len());
        if !self.join(&pieces, Then::End(number)) {
            self.nodes.truncate(first);
            return None;
        }
        self.all.push(Skeleton { first, last: self.nodes.len(), depth });
        self.id(number)
    }

    /// Adds the pieces that are new. `false`: too many can follow at one place.
    fn join(&mut self, pieces: &[NewPiece<'_>], ending: Then) -> bool {
        let (mut known, mut at, mut branches) = (0, 0_u32, 0_usize);
        // Of the pieces that can follow, the last one.
        let mut last = None;
        while let (Some(new), Some(piece)) = (pieces.get(known), self.pieces.get(at as usize)) {
            if piece.after != new.after || self.texts.get(piece.start..piece.end) != Some(new.text) {
                branches = branches.saturating_add(1);
                let Some(other) = piece.other else {
                    last = Some(at);
                    break;
                };
                at = other;
                continue;
            }
            let (Then::Text(then) | Then::Number(then)) = piece.then else { return false };
            (known, at, branches) = (known.saturating_add(1), then, 0);
        }
        if branches >= MOST_BRANCHES {
            return false;
        }
        let first = clamp(self.pieces.len());
        if let Some(last) = last.and_then(|last| self.pieces.get_mut(last as usize)) {
            last.other = Some(first);
        }
        for NewPiece { after, text, before } in pieces.iter().skip(known) {
            let start = self.texts.len();
            self.texts.extend_from_slice(text);
            let next = clamp(self.pieces.len().saturating_add(1));
            let then = match before {
                None => ending,
                Some(Kind::String) => Then::Text(next),
                Some(_) => Then::Number(next),
            };
            self.pieces.push(SkeletonPiece { start, end: self.texts.len(), after: *after, other: None, then });
        }
        true
    }

    /// How many documents had a known skeleton.
    #[cfg(test)]
    pub(crate) fn known(&self) -> u64 {
        self.known
    }

    /// How many pieces and nodes there are, and how long the texts are: for tests.
    #[cfg(test)]
    pub(super) fn sizes(&self) -> [usize; 3] {
        [self.pieces.len(), self.nodes.len(), self.texts.len()]
    }
}

/// A piece of a document: the kinds of the values before and after it.
struct NewPiece<'t> {
    after: Kind,
    text: &'t [u8],
    before: Option<Kind>,
}

/// A string or a number in a document.
struct Gap {
    start: usize,
    end: usize,
    kind: Kind,
}

fn is_key(node: &Node) -> bool {
    node.name != super::names::NO_NAME || node.flags & NAMELESS != 0
}

/// The gap of a value. `None`: it has none; `Some(None)`: a document with this value has no skeleton.
#[expect(clippy::option_option, reason = "a value without a gap is not one that no skeleton can have")]
fn gap(node: &Node) -> Option<Option<Gap>> {
    let (start, end, kind) = (node.start as usize, node.end as usize, node.kind);
    let is_plain = match kind {
        _ if is_key(node) => return None,
        Kind::Null | Kind::True | Kind::False | Kind::Array | Kind::Object => return None,
        Kind::String => node.flags == 0,
        Kind::Integer | Kind::Float => end.saturating_sub(start) <= LONGEST_NUMBER,
        Kind::NonFinite | Kind::Date => false,
    };
    Some(is_plain.then_some(Gap { start, end, kind }))
}

/// The end of a string, unless it is not UTF-8. The next piece begins with its quote, and differs from an escape.
#[inline(always)]
fn end_of_string(text: &[u8], start: usize) -> Option<usize> {
    let (end, above_ascii) = scan(text, start);
    let is_plain = !above_ascii || text.get(start..end).is_some_and(|text| std::str::from_utf8(text).is_ok());
    is_plain.then_some(end)
}

/// The end and the kind of a number without an exponent.
fn number(text: &[u8], start: usize) -> Option<(usize, Kind)> {
    let digits = |at: usize| {
        let rest = text.get(at..).unwrap_or_default().iter().take(LONGEST_NUMBER);
        at.saturating_add(rest.take_while(|byte| byte.is_ascii_digit()).count())
    };
    let first = if text.get(start) == Some(&b'-') { start.saturating_add(1) } else { start };
    let whole = digits(first);
    let has_leading_zero = text.get(first) == Some(&b'0') && whole > first.saturating_add(1);
    let (end, kind) = match text.get(whole) {
        Some(b'.') => (digits(whole.saturating_add(1)), Kind::Float),
        _ => (whole, Kind::Integer),
    };
    let is_number = whole > first && !has_leading_zero && (kind == Kind::Integer || end > whole.saturating_add(1));
    (is_number && end.saturating_sub(start) <= LONGEST_NUMBER).then_some((end, kind))
}
