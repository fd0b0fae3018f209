//! The tape: one document as a flat list of nodes that point into its text.

use std::borrow::Cow;

use crate::text::hash::mix;
use crate::text::phrase::readable;
use crate::text::steps::step;

use super::names::{KeyNames, NO_NAME};
use super::parse::Frame;

/// The kind of a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// `null`
    Null,
    /// `true`
    True,
    /// `false`
    False,
    /// A number without fraction and exponent.
    Integer,
    /// A number with a fraction or an exponent.
    Float,
    /// `NaN`, `Infinity` or `-Infinity`: not JSON, but Python's `json` reads and writes them.
    NonFinite,
    /// Text.
    String,
    /// A date or a point in time, which only YAML has.
    Date,
    /// A list of values.
    Array,
    /// Keys with values.
    Object,
}

/// A string that contains at least one escape.
pub(super) const ESCAPED: u8 = 1;
/// A string with a lone surrogate, written as an escape or as bytes.
pub(super) const LONE_SURROGATE: u8 = 2;
/// An array or object that the text does not close.
pub(super) const UNFINISHED: u8 = 4;
/// A key without a number.
pub(super) const NAMELESS: u8 = 8;
/// A value whose place differs from its text: [`Tape::places`] has its place.
const PLACED: u8 = 16;
/// A scalar of YAML without quotes, or a key without them.
pub(super) const BARE: u8 = 32;

/// 16 bytes. Offsets are bytes of the text, or of the tape's own text. This order reads the last half as one word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
pub(super) struct Node {
    /// Strings: the first byte after the quote; else the first byte of the value.
    pub start: u32,
    /// Strings: the closing quote; else the first byte after the value.
    pub end: u32,
    pub kind: Kind,
    pub flags: u8,
    /// Keys: their number among the names.
    pub name: u16,
    /// The number of nodes of this value and its descendants.
    pub size: u32,
}

impl Node {
    /// All but its place in the text.
    #[inline(always)]
    fn shape(&self) -> u64 {
        u64::from(self.kind as u8)
            | u64::from(self.flags) << 8
            | u64::from(self.name) << 16
            | u64::from(self.size) << 32
    }
}

/// The most nodes whose memory is kept for the next document: 1 MB.
const KEPT: usize = 1 << 16;

/// The nodes of a document. Reused for the next document, so that reading allocates nothing.
#[derive(Default)]
pub struct Tape {
    /// The first `count` belong to the document, the others are left from an earlier one.
    pub(super) nodes: Vec<Node>,
    pub(super) count: usize,
    pub(super) frames: Vec<Frame>,
    /// Kept from one document to the next.
    pub(super) names: KeyNames,
    /// For a document that is not JSON: its text, followed by the strings that differ from their notation.
    own_text: Vec<u8>,
    /// The places of such values in the text, each with the index of its node, in ascending order.
    places: Vec<(u32, Span)>,
    /// The skeleton of the document, if it is known.
    pub(super) skeleton: Option<SkeletonId>,
}

/// A skeleton: all documents with it differ only in the texts of their strings and numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct SkeletonId(pub(crate) u32);

impl Tape {
    /// An empty tape.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The last document read, from this text.
    #[must_use]
    pub fn document<'t>(&'t self, text: &'t [u8]) -> Document<'t> {
        let is_json = self.own_text.is_empty();
        let text = if is_json { text } else { &self.own_text };
        Document {
            text,
            is_json,
            nodes: self.nodes.get(..self.count).unwrap_or_default(),
            places: &self.places,
            skeleton: self.skeleton,
        }
    }

    /// Gives back the memory of a long document, which is empty afterwards.
    pub(crate) fn shrink(&mut self) {
        if self.nodes.len() > KEPT {
            self.clear();
            self.nodes = Vec::new();
        }
    }

    /// Forgets the document.
    pub(crate) fn clear(&mut self) {
        self.count = 0;
        self.own_text.clear();
        self.places.clear();
        self.skeleton = None;
    }

    /// Begins a document that is not JSON. `texts`: its own text, and the additional strings.
    pub(crate) fn build(&mut self, texts: &[&[u8]]) -> Builder<'_> {
        self.clear();
        self.nodes.clear();
        for text in texts {
            self.own_text.extend_from_slice(text);
        }
        Builder { tape: self, open: Vec::new() }
    }
}

/// Puts values onto a tape one after the other: for an object, keys and values alternate.
pub(crate) struct Builder<'t> {
    tape: &'t mut Tape,
    /// The open arrays and objects.
    open: Vec<OpenContainer>,
}

struct OpenContainer {
    node: usize,
    is_object: bool,
    /// For an object: whether a key comes next.
    key_next: bool,
}

impl Builder<'_> {
    /// Begins an array or object at a place.
    pub(crate) fn open(&mut self, kind: Kind, place: Span) {
        let is_object = kind == Kind::Object;
        self.open.push(OpenContainer { node: self.tape.nodes.len(), is_object, key_next: is_object });
        self.push(kind, place, 0);
    }

    /// Ends the innermost array or object.
    pub(crate) fn close(&mut self) {
        if let Some(OpenContainer { node, .. }) = self.open.pop() {
            let size = u32::try_from(self.tape.nodes.len().saturating_sub(node)).unwrap_or(u32::MAX);
            if let Some(node) = self.tape.nodes.get_mut(node) {
                node.size = size;
            }
        }
        self.next();
    }

    /// A scalar at a place. `text`: the place of its text among the texts; `bare`: it has no quotes.
    pub(crate) fn scalar(&mut self, kind: Kind, place: Span, text: Span, bare: bool) {
        let quote = u32::from(kind == Kind::String && !bare);
        let around = Span { start: text.start.saturating_sub(quote), end: text.end.saturating_add(quote) };
        let mut flags = if bare { BARE } else { 0 };
        if around != place {
            flags |= PLACED;
            let index = u32::try_from(self.tape.nodes.len()).unwrap_or(u32::MAX);
            self.tape.places.push((index, place));
        }
        if self.open.last().is_some_and(|open| open.key_next) {
            flags |= NAMELESS;
        }
        self.push(kind, text, flags);
        self.next();
    }

    fn push(&mut self, kind: Kind, text: Span, flags: u8) {
        self.tape.nodes.push(Node { start: text.start, end: text.end, kind, flags, name: NO_NAME, size: 1 });
        self.tape.count = self.tape.nodes.len();
    }

    fn next(&mut self) {
        if let Some(open) = self.open.last_mut().filter(|open| open.is_object) {
            open.key_next = !open.key_next;
        }
    }
}

/// A document: its text and the nodes in it.
#[derive(Clone, Copy)]
pub struct Document<'t> {
    text: &'t [u8],
    is_json: bool,
    nodes: &'t [Node],
    places: &'t [(u32, Span)],
    skeleton: Option<SkeletonId>,
}

impl Document<'_> {
    /// The outermost value; `None` if the reader found none.
    #[must_use]
    pub fn root(&self) -> Option<Value<'_>> {
        (!self.nodes.is_empty()).then_some(Value { document: self, index: 0 })
    }
}

/// A value of a document. Two words, so that it is passed in registers.
#[derive(Clone, Copy)]
pub struct Value<'t> {
    document: &'t Document<'t>,
    index: u32,
}

/// The node for a value out of range, which never occurs.
pub(super) const NOTHING: Node = Node { start: 0, end: 0, kind: Kind::Null, flags: 0, name: 0, size: u32::MAX };

impl<'t> Value<'t> {
    #[inline(always)]
    fn node(self) -> Node {
        step(1);
        self.document.nodes.get(self.index as usize).copied().unwrap_or(NOTHING)
    }

    /// The kind of the value.
    #[inline]
    #[must_use]
    pub fn kind(self) -> Kind {
        self.node().kind
    }

    /// Its kind in words: "a string", "an object", …
    #[must_use]
    pub fn kind_name(self) -> &'static str {
        match self.kind() {
            Kind::Null => "null",
            Kind::True | Kind::False => "a boolean",
            Kind::Integer | Kind::Float | Kind::NonFinite => "a number",
            Kind::String => "a string",
            Kind::Date => "a date",
            Kind::Array => "an array",
            Kind::Object => "an object",
        }
    }

    /// Identifies the value within its document.
    #[must_use]
    pub fn index(self) -> u32 {
        self.index
    }

    /// The bytes of the value in the text, quotes included.
    #[must_use]
    pub fn span(self) -> Span {
        let node = self.node();
        if node.flags & PLACED != 0
            && let Ok(at) = self.document.places.binary_search_by_key(&self.index, |(index, _)| *index)
            && let Some((_, place)) = self.document.places.get(at)
        {
            return *place;
        }
        let quote = u32::from(node.kind == Kind::String && node.flags & BARE == 0);
        Span { start: node.start.saturating_sub(quote), end: node.end.saturating_add(quote) }
    }

    /// The text of the value as written; without the quotes for a string. For a scalar of YAML its resolved text:
    /// numbers in JSON's notation.
    #[inline(always)]
    #[must_use]
    pub fn raw(self) -> &'t [u8] {
        let node = self.node();
        self.document.text.get(node.start as usize..node.end as usize).unwrap_or_default()
    }

    /// Whether it is a string.
    #[inline]
    #[must_use]
    pub fn is_string(self) -> bool {
        self.kind() == Kind::String
    }

    /// Whether it is a number.
    #[must_use]
    pub fn is_number(self) -> bool {
        matches!(self.kind(), Kind::Integer | Kind::Float | Kind::NonFinite)
    }

    /// Whether it is complete: not an array or object without an end.
    #[must_use]
    pub fn is_complete(self) -> bool {
        self.node().flags & UNFINISHED == 0
    }

    /// A string with at least one lone surrogate.
    #[must_use]
    pub fn has_lone_surrogate(self) -> bool {
        self.node().flags & LONE_SURROGATE != 0
    }

    /// The bytes of a string, unescaped; a lone surrogate is three bytes, as in strings from JavaScript. Other values: as
    /// written.
    #[must_use]
    pub fn bytes(self) -> Cow<'t, [u8]> {
        if self.node().flags & ESCAPED == 0 { Cow::Borrowed(self.raw()) } else { Cow::Owned(self.unescaped()) }
    }

    /// The text of a string, unescaped; lone surrogates stay escapes (`\ud800`), other invalid Unicode becomes U+FFFD.
    /// Other values: as written.
    #[must_use]
    pub fn string(self) -> Cow<'t, str> {
        match self.bytes() {
            Cow::Borrowed(bytes) => readable(bytes),
            Cow::Owned(bytes) => Cow::Owned(readable(&bytes).into_owned()),
        }
    }

    /// Whether it is the string `other`.
    #[must_use]
    pub fn is(self, other: &str) -> bool {
        self.is_string() && self.same_bytes(other.as_bytes())
    }

    /// Whether two strings have the same text.
    #[must_use]
    pub fn is_same_text(self, other: Value<'_>) -> bool {
        if (self.node().flags | other.node().flags) & ESCAPED == 0 {
            equal(self.raw(), other.raw())
        } else {
            self.bytes() == other.bytes()
        }
    }

    /// Whether a string is blank.
    #[must_use]
    pub fn is_blank(self) -> bool {
        self.string().trim().is_empty()
    }

    #[inline]
    fn same_bytes(self, other: &[u8]) -> bool {
        let node = self.node();
        if node.flags & ESCAPED == 0 {
            // The length usually decides.
            node.end.wrapping_sub(node.start) as usize == other.len() && equal(self.raw(), other)
        } else {
            self.unescaped() == other
        }
    }

    #[cold]
    fn unescaped(self) -> Vec<u8> {
        unescape(self.raw())
    }

    /// The text of the value in the document, quotes included.
    #[must_use]
    pub fn written(self) -> &'t [u8] {
        let Span { start, end } = self.span();
        self.document.text.get(start as usize..end as usize).unwrap_or_default()
    }

    /// The same, if the document is JSON: values with the same text are then equal.
    pub(crate) fn json(self) -> Option<&'t [u8]> {
        self.document.is_json.then(|| self.written())
    }

    /// Whether it is a YAML scalar without quotes, which quotes would make a string.
    #[must_use]
    pub fn is_bare(self) -> bool {
        self.node().flags & BARE != 0
    }

    /// Whether two keys of one document are the same.
    pub(super) fn is_same_key(self, other: Value<'t>) -> bool {
        let (one, two) = (self.node(), other.node());
        if (one.flags | two.flags) & NAMELESS == 0 {
            return one.name == two.name;
        }
        one.kind == two.kind && self.same_bytes(&other.bytes())
    }

    /// The nodes of this value and its descendants.
    #[inline(always)]
    fn inside(self) -> &'t [Node] {
        let end = self.after();
        self.document.nodes.get(self.index as usize..end as usize).unwrap_or_default()
    }

    /// The index of the node after this value and its descendants.
    #[inline(always)]
    fn after(self) -> u32 {
        self.index.saturating_add(self.node().size)
    }

    /// Keys, kinds and sizes: values of the same shape differ only in the text of their strings and numbers. `None`: a
    /// key is not remembered.
    pub(crate) fn shape(self) -> Option<Vec<u64>> {
        self.inside().iter().map(|node| (node.flags & NAMELESS == 0).then_some(node.shape())).collect()
    }

    /// The skeleton, if this is a whole document.
    #[inline(always)]
    pub(crate) fn skeleton(self) -> Option<SkeletonId> {
        self.document.skeleton.filter(|_| self.index == 0)
    }

    #[inline(always)]
    pub(crate) fn has_shape(self, shape: &[u64]) -> bool {
        let nodes = self.inside();
        let mut same = nodes.len() == shape.len();
        for (node, shape) in nodes.iter().zip(shape) {
            same = same && node.shape() == *shape;
        }
        same
    }

    /// A hash of some parts of the shape.
    pub(crate) fn shape_hash(self) -> u64 {
        let nodes = self.inside();
        let mut state = nodes.len() as u64;
        for some in nodes.chunks(8) {
            state = mix(state, some.first().map_or(0, Node::shape));
        }
        state
    }

    /// The value at an offset from this one, in the order of the text.
    #[inline]
    #[must_use]
    pub fn inner(self, place: u32) -> Value<'t> {
        Value { document: self.document, index: self.index.wrapping_add(place) }
    }

    /// The items of an array; nothing for other values.
    #[inline]
    #[must_use]
    pub fn items(self) -> Items<'t> {
        self.children(Kind::Array)
    }

    /// The members of an object in the order of the text, repeated keys included; nothing for other values.
    #[inline]
    #[must_use]
    pub fn members(self) -> Members<'t> {
        Members { children: self.children(Kind::Object) }
    }

    #[inline]
    fn children(self, kind: Kind) -> Items<'t> {
        let node = self.node();
        let end = if node.kind == kind { self.after() } else { 0 };
        Items { document: self.document, index: self.index.saturating_add(1), end }
    }

    /// The value of a key. The last of repeated keys counts, as in Prefect.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Value<'t>> {
        let own = self.node();
        if own.kind != Kind::Object {
            return None;
        }
        let (document, mut found) = (self.document, None);
        let mut at = self.index.saturating_add(1);
        let end = self.after();
        while at < end {
            let name = *document.nodes.get(at as usize)?;
            let value = Value { document, index: at.saturating_add(1) };
            // The length usually decides.
            let may_be = name.flags & ESCAPED != 0 || name.end.wrapping_sub(name.start) as usize == key.len();
            if may_be && (Value { document, index: at }).same_bytes(key.as_bytes()) {
                found = Some(value);
            }
            at = value.after();
        }
        found
    }

    /// The first value of a key: faster than [`Value::get`] for keys at the front.
    #[must_use]
    pub fn get_first(self, key: &str) -> Option<Value<'t>> {
        for (name, value) in self.members() {
            if name.same_bytes(key.as_bytes()) {
                return Some(value);
            }
        }
        None
    }

    /// The value below a path of keys.
    #[must_use]
    pub fn at_path(self, path: &[&str]) -> Option<Value<'t>> {
        path.iter().try_fold(self, |value, key| value.get(key))
    }

    /// This value and its descendants, keys included, in the order of the text.
    pub fn descendants(self) -> impl Iterator<Item = Value<'t>> {
        (self.index..self.after()).map(move |index| Value { document: self.document, index })
    }
}

/// Bytes of a text, from `start` to before `end`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

/// See [`Value::items`].
#[derive(Clone)]
pub struct Items<'t> {
    document: &'t Document<'t>,
    index: u32,
    end: u32,
}

impl<'t> Iterator for Items<'t> {
    type Item = Value<'t>;

    #[inline(always)]
    fn next(&mut self) -> Option<Value<'t>> {
        if self.index >= self.end {
            return None;
        }
        let value = Value { document: self.document, index: self.index };
        self.index = value.after();
        Some(value)
    }
}

/// See [`Value::members`].
#[derive(Clone)]
pub struct Members<'t> {
    children: Items<'t>,
}

impl<'t> Iterator for Members<'t> {
    type Item = (Value<'t>, Value<'t>);

    #[inline]
    fn next(&mut self) -> Option<(Value<'t>, Value<'t>)> {
        Some((self.children.next()?, self.children.next()?))
    }
}

/// Whether bytes are equal. Compares the ends first: the names of labels have common prefixes.
#[inline(always)]
pub(crate) fn equal(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    if let (Some(a_end), Some(b_end)) = (a.last_chunk(), b.last_chunk()) {
        let same = |a: &[u8; 16], b: &[u8; 16]| u128::from_le_bytes(*a) == u128::from_le_bytes(*b);
        let (mut a, mut b) = (a, b);
        let mut all = same(a_end, b_end);
        while all && let (Some((first, a_rest)), Some((other, b_rest))) = (a.split_first_chunk(), b.split_first_chunk())
        {
            all = same(first, other);
            (a, b) = (a_rest, b_rest);
        }
        return all;
    }
    // Two pieces that overlap.
    if let (Some(a_end), Some(b_end), Some(a), Some(b)) =
        (a.last_chunk(), b.last_chunk(), a.first_chunk(), b.first_chunk())
    {
        return u64::from_le_bytes(*a_end) == u64::from_le_bytes(*b_end)
            && u64::from_le_bytes(*a) == u64::from_le_bytes(*b);
    }
    if let (Some(a_end), Some(b_end), Some(a), Some(b)) =
        (a.last_chunk(), b.last_chunk(), a.first_chunk(), b.first_chunk())
    {
        return u32::from_le_bytes(*a_end) == u32::from_le_bytes(*b_end)
            && u32::from_le_bytes(*a) == u32::from_le_bytes(*b);
    }
    a.iter().zip(b).all(|(a, b)| a == b)
}

/// The bytes of an escaped string. Lone surrogates are three bytes each; invalid escapes, already reported by the reader, stay
/// unchanged.
pub(super) fn unescape(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((&byte, tail)) = rest.split_first() {
        if byte != b'\\' {
            out.push(byte);
            rest = tail;
            continue;
        }
        let (decoded, length) = match tail.first() {
            Some(b'n') => ('\n', 1),
            Some(b't') => ('\t', 1),
            Some(b'r') => ('\r', 1),
            Some(b'b') => ('\u{8}', 1),
            Some(b'f') => ('\u{c}', 1),
            Some(&simple @ (b'"' | b'\\' | b'/')) => (char::from(simple), 1),
            Some(b'u') => match code_point(tail) {
                Ok(found) => found,
                Err(unit) => {
                    out.extend_from_slice(&surrogate_bytes(unit));
                    rest = tail.get(5..).unwrap_or_default();
                    continue;
                }
            },
            _ => ('\\', 0),
        };
        out.extend_from_slice(decoded.encode_utf8(&mut [0; 4]).as_bytes());
        rest = tail.get(length..).unwrap_or_default();
    }
    out
}

/// The bytes of a lone surrogate.
fn surrogate_bytes(unit: u32) -> [u8; 3] {
    let [_, _, high, low] = unit.to_be_bytes();
    [0xED, 0x80 | ((high & 0xF) << 2) | (low >> 6), 0x80 | (low & 0x3F)]
}

/// The character of `uXXXX` or `uXXXX\uXXXX`, and the number of bytes; otherwise the lone surrogate.
fn code_point(escape: &[u8]) -> Result<(char, usize), u32> {
    let Some(first) = hex4(escape, 1) else { return Ok(('\\', 0)) };
    if let 0xD800..=0xDBFF = first
        && escape.get(5..7) == Some(b"\\u")
        && let Some(second @ 0xDC00..=0xDFFF) = hex4(escape, 7)
    {
        let joined = 0x1_0000_u32.wrapping_add((first & 0x3FF) << 10) | (second & 0x3FF);
        return Ok((char::from_u32(joined).unwrap_or(char::REPLACEMENT_CHARACTER), 11));
    }
    char::from_u32(first).map(|character| (character, 5)).ok_or(first)
}

/// Four hexadecimal digits.
pub(super) fn hex4(bytes: &[u8], at: usize) -> Option<u32> {
    let digits = bytes.get(at..at.checked_add(4)?)?;
    digits.iter().try_fold(0, |value, &digit| Some((value << 4) | char::from(digit).to_digit(16)?))
}
