//! The tape: one JSON document as a flat list of nodes that point into its text.

use std::borrow::Cow;

use super::parse::Frame;

/// What a node is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Null,
    True,
    False,
    /// A number without fraction and exponent.
    Integer,
    Float,
    /// `NaN`, `Infinity` or `-Infinity`: not JSON, but Python's `json` reads and writes them.
    NonFinite,
    String,
    Array,
    Object,
}

/// A string that contains at least one escape.
pub(super) const ESCAPED: u8 = 1;
/// A string with a lone surrogate, written as an escape or as bytes.
pub(super) const LONE_SURROGATE: u8 = 2;
/// An array or object that the text does not close.
pub(super) const UNFINISHED: u8 = 4;

/// 16 bytes. Offsets are bytes of the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    /// Strings: the first byte after the quote; else the first byte of the value.
    pub start: u32,
    /// Strings: the closing quote; else the first byte after the value.
    pub end: u32,
    /// The index of the node after this value and all that it contains.
    pub next: u32,
    pub kind: Kind,
    pub flags: u8,
}

/// The nodes of a document. Reused from one document to the next, so that reading allocates nothing.
#[derive(Default)]
pub struct Tape {
    pub(super) nodes: Vec<Node>,
    pub(super) frames: Vec<Frame>,
}

impl Tape {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The document that was read last, from this text.
    #[must_use]
    pub fn document<'t>(&'t self, text: &'t [u8]) -> Document<'t> {
        Document { text, nodes: &self.nodes }
    }
}

/// A document: its text and the nodes in it.
#[derive(Clone, Copy)]
pub struct Document<'t> {
    text: &'t [u8],
    nodes: &'t [Node],
}

impl Document<'_> {
    /// The outermost value; `None` if the reader found none.
    #[must_use]
    pub fn root(&self) -> Option<Value<'_>> {
        (!self.nodes.is_empty()).then_some(Value { document: self, index: 0 })
    }
}

/// A value of a document. Two words, so that it is handed on in registers.
#[derive(Clone, Copy)]
pub struct Value<'t> {
    document: &'t Document<'t>,
    index: u32,
}

/// What a value out of range would be; there is none.
const NOTHING: Node = Node { start: 0, end: 0, next: u32::MAX, kind: Kind::Null, flags: 0 };

impl<'t> Value<'t> {
    #[inline]
    fn node(self) -> Node {
        self.document.nodes.get(self.index as usize).copied().unwrap_or(NOTHING)
    }

    #[inline]
    #[must_use]
    pub fn kind(self) -> Kind {
        self.node().kind
    }

    /// What a user calls it: "a string", "an object", …
    #[must_use]
    pub fn kind_name(self) -> &'static str {
        match self.kind() {
            Kind::Null => "null",
            Kind::True | Kind::False => "a boolean",
            Kind::Integer | Kind::Float | Kind::NonFinite => "a number",
            Kind::String => "a string",
            Kind::Array => "an array",
            Kind::Object => "an object",
        }
    }

    /// Identifies the value within its document.
    #[must_use]
    pub fn index(self) -> u32 {
        self.index
    }

    /// The bytes that the value takes in the text, quotes included.
    #[must_use]
    pub fn span(self) -> Span {
        let node = self.node();
        let quote = u32::from(node.kind == Kind::String);
        Span { start: node.start.saturating_sub(quote), end: node.end.saturating_add(quote) }
    }

    /// The text of the value as it is written; without the quotes for a string.
    #[inline]
    #[must_use]
    pub fn raw(self) -> &'t [u8] {
        let node = self.node();
        self.document.text.get(node.start as usize..node.end as usize).unwrap_or_default()
    }

    #[inline]
    #[must_use]
    pub fn is_string(self) -> bool {
        self.kind() == Kind::String
    }

    #[must_use]
    pub fn is_number(self) -> bool {
        matches!(self.kind(), Kind::Integer | Kind::Float | Kind::NonFinite)
    }

    /// Not an array or object whose end the reader did not find.
    #[must_use]
    pub fn is_complete(self) -> bool {
        self.node().flags & UNFINISHED == 0
    }

    /// A string with at least one lone surrogate.
    #[must_use]
    pub fn has_lone_surrogate(self) -> bool {
        self.node().flags & LONE_SURROGATE != 0
    }

    /// The bytes of a string, unescaped. Other values: as they are written.
    #[must_use]
    pub fn bytes(self) -> Cow<'t, [u8]> {
        if self.node().flags & ESCAPED == 0 { Cow::Borrowed(self.raw()) } else { Cow::Owned(unescape(self.raw())) }
    }

    /// The text of a string, unescaped; what is not Unicode becomes U+FFFD. Other values: as they are written.
    #[must_use]
    pub fn string(self) -> Cow<'t, str> {
        match self.bytes() {
            Cow::Borrowed(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => Cow::Borrowed(text),
                Err(_) => String::from_utf8_lossy(bytes),
            },
            Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
        }
    }

    /// Whether it is the string `other`.
    #[must_use]
    pub fn is(self, other: &str) -> bool {
        self.is_string() && self.same_bytes(other.as_bytes())
    }

    #[inline]
    fn same_bytes(self, other: &[u8]) -> bool {
        let node = self.node();
        if node.flags & ESCAPED == 0 {
            // The length decides most often.
            node.end.wrapping_sub(node.start) as usize == other.len() && equal(self.raw(), other)
        } else {
            unescape(self.raw()) == other
        }
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
        let end = if node.kind == kind { node.next } else { 0 };
        Items { document: self.document, index: self.index.saturating_add(1), end }
    }

    /// The value of a key. Of a repeated key the last one, which is what Prefect reads.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Value<'t>> {
        let own = self.node();
        if own.kind != Kind::Object {
            return None;
        }
        let (document, mut found) = (self.document, None);
        let mut at = self.index.saturating_add(1);
        while at < own.next {
            let name = *document.nodes.get(at as usize)?;
            let value = Value { document, index: at.saturating_add(1) };
            // The length decides most often.
            let may_be = name.flags & ESCAPED != 0 || name.end.wrapping_sub(name.start) as usize == key.len();
            if may_be && (Value { document, index: at }).same_bytes(key.as_bytes()) {
                found = Some(value);
            }
            at = value.node().next;
        }
        found
    }

    /// The value below a path of keys.
    #[must_use]
    pub fn at_path(self, path: &[&str]) -> Option<Value<'t>> {
        path.iter().try_fold(self, |value, key| value.get(key))
    }

    /// This value and all that it contains, keys included, in the order of the text.
    pub fn descendants(self) -> impl Iterator<Item = Value<'t>> {
        (self.index..self.node().next).map(move |index| Value { document: self.document, index })
    }
}

/// Bytes of a text, from `start` to before `end`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Span {
    pub start: u32,
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

    #[inline]
    fn next(&mut self) -> Option<Value<'t>> {
        if self.index >= self.end {
            return None;
        }
        let value = Value { document: self.document, index: self.index };
        self.index = value.node().next;
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

/// Whether bytes are the same. The ends are compared first: the names of labels begin alike.
#[inline]
pub(super) fn equal(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    match (a.last_chunk::<8>(), b.last_chunk::<8>()) {
        (Some(a_end), Some(b_end)) => u64::from_le_bytes(*a_end) == u64::from_le_bytes(*b_end) && a == b,
        _ => a.iter().zip(b).all(|(a, b)| a == b),
    }
}

/// The bytes that an escaped string stands for. Lone surrogates become U+FFFD; escapes that are
/// none (which the reader has reported) stay as they are.
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
            Some(b'u') => code_point(tail),
            _ => ('\\', 0),
        };
        out.extend_from_slice(decoded.encode_utf8(&mut [0; 4]).as_bytes());
        rest = tail.get(length..).unwrap_or_default();
    }
    out
}

/// The character of `uXXXX` or `uXXXX\uXXXX`, and the bytes that it takes.
fn code_point(escape: &[u8]) -> (char, usize) {
    let Some(first) = hex4(escape, 1) else { return ('\\', 0) };
    if let 0xD800..=0xDBFF = first
        && escape.get(5..7) == Some(b"\\u")
        && let Some(second @ 0xDC00..=0xDFFF) = hex4(escape, 7)
    {
        let joined = 0x1_0000_u32.wrapping_add((first & 0x3FF) << 10) | (second & 0x3FF);
        return (char::from_u32(joined).unwrap_or(char::REPLACEMENT_CHARACTER), 11);
    }
    (char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), 5)
}

/// Four hexadecimal digits.
pub(super) fn hex4(bytes: &[u8], at: usize) -> Option<u32> {
    let digits = bytes.get(at..at.checked_add(4)?)?;
    digits.iter().try_fold(0, |value, &digit| Some((value << 4) | char::from(digit).to_digit(16)?))
}
