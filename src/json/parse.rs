//! Reads JSON (RFC 8259) onto a tape, in one pass and without recursion.
//!
//! What is wrong is noted and, where its meaning is plain, reading goes on: a trailing comma or a
//! `NaN` does not hide what else there is to say about the document.

use std::hash::{DefaultHasher, Hasher};

use crate::sort;

use super::decimal::Decimal;
use super::tape::{ESCAPED, Kind, LONE_SURROGATE, Node, Span, Tape, UNFINISHED, hex4, unescape};

/// How deep arrays and objects can be nested. Python's `json` module, which the Prefect server
/// reads with, gives up at about 980.
pub const MAX_DEPTH: usize = 900;

/// Python refuses to read an integer of more digits (`sys.int_info.default_max_str_digits`).
const MAX_INTEGER_DIGITS: usize = 4300;

/// Objects with more keys are searched for repeated ones by sorting.
const FEW_KEYS: u32 = 32;

/// Something that is wrong with the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Issue {
    pub fault: Fault,
    pub span: Span,
    /// The node that it is about; for a fault between nodes, the one that comes next.
    pub node: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// There is nothing but white space.
    Empty,
    /// The text ends too early; `open`: where the innermost array or object begins.
    Truncated {
        open: Option<u32>,
    },
    /// A string lacks its closing quote.
    UnterminatedString,
    TrailingComma,
    MissingComma,
    MissingColon,
    MissingValue,
    /// `]` where `}` belongs, or the other way round.
    Mismatched,
    /// After the document there is more.
    TrailingText,
    SingleQuotes,
    UnquotedKey,
    Comment,
    /// `NaN`, `Infinity`, `-Infinity`.
    NonFinite,
    /// `01`, `1.`, `.5`, `+1`, `0x1F`.
    Number,
    /// `True`, `None`, `undefined` or another bare word.
    Literal,
    /// A control character in a string.
    ControlCharacter(u8),
    /// An escape that JSON does not know.
    Escape,
    InvalidUtf8,
    /// Half of a surrogate pair, written as an escape or as bytes.
    LoneSurrogate,
    TooDeep,
    /// A key that the object has already; `first`: where.
    DuplicateKey {
        first: Span,
    },
    /// A number beyond the range of a double.
    NumberRange,
    /// An integer of more digits than Python reads.
    IntegerTooLong,
}

impl Fault {
    /// Said once for a document: the other places are of the same making.
    fn said_once(self) -> bool {
        matches!(self, Fault::SingleQuotes | Fault::UnquotedKey | Fault::Comment)
    }
}

/// How reading ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Parsed {
    /// The tape holds the whole document.
    pub complete: bool,
    /// The first byte after the document (or the one where reading stopped).
    pub end: usize,
    /// How many arrays and objects were open at once.
    pub depth: usize,
}

/// An array or object that is being read.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    node: u32,
    is_object: bool,
    /// One bit per key, chosen by the key's bytes: a bit that is set twice may be a repeated key.
    bits: u64,
    keys: u32,
}

/// Reads the one document that is `text` from `start` on.
pub fn parse(text: &[u8], start: usize, tape: &mut Tape, issues: &mut Vec<Issue>) -> Parsed {
    let mut parsed = parse_prefix(text, start, tape, issues);
    if parsed.complete {
        let mut reader = Reader { text, at: parsed.end, depth: 0, tape, issues };
        reader.skip_space();
        if let Some(&byte) = text.get(reader.at) {
            // A stray bracket is one character; anything else reaches to the end of its line.
            let rest = text.get(reader.at..).unwrap_or_default();
            let end = match byte {
                b'}' | b']' | b',' => 1,
                _ => rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len()),
            };
            let start = reader.at;
            reader.note(Fault::TrailingText, start, start.saturating_add(end));
            parsed.complete = false;
        }
        parsed.end = reader.at;
    }
    parsed
}

/// Reads one document from `start` on and stops behind it.
pub fn parse_prefix(text: &[u8], start: usize, tape: &mut Tape, issues: &mut Vec<Issue>) -> Parsed {
    tape.nodes.clear();
    tape.frames.clear();
    issues.clear();
    let mut reader = Reader { text, at: start, depth: 0, tape, issues };
    let complete = reader.document().is_some();
    if !complete {
        reader.abandon();
    }
    Parsed { complete, end: reader.at, depth: reader.depth }
}

struct Reader<'r> {
    text: &'r [u8],
    at: usize,
    depth: usize,
    tape: &'r mut Tape,
    issues: &'r mut Vec<Issue>,
}

/// `None`: reading cannot go on; the issue is noted.
type Step = Option<()>;

impl Reader<'_> {
    fn document(&mut self) -> Step {
        self.skip_space();
        if self.at >= self.text.len() {
            let end = self.text.len();
            self.note(Fault::Empty, end, end);
            return None;
        }
        loop {
            // A value begins here.
            if self.value()? {
                continue;
            }
            // A value has ended here: what does the array or object around it go on with?
            loop {
                let Some(frame) = self.tape.frames.last() else { return Some(()) };
                let is_object = frame.is_object;
                self.skip_space();
                match self.text.get(self.at) {
                    Some(b',') => {
                        let comma = self.at;
                        self.at = self.at.saturating_add(1);
                        self.skip_space();
                        if let Some(b'}' | b']') = self.text.get(self.at) {
                            self.note(Fault::TrailingComma, comma, comma.saturating_add(1));
                            continue;
                        }
                        if is_object {
                            self.key()?;
                        }
                        break;
                    }
                    Some(b'}') if is_object => self.close(),
                    Some(b']') if !is_object => self.close(),
                    Some(b'}' | b']') => {
                        let at = self.at;
                        self.note(Fault::Mismatched, at, at.saturating_add(1));
                        return None;
                    }
                    Some(b'"' | b'\'' | b'{' | b'[' | b'-' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z') => {
                        let at = self.at;
                        self.note(Fault::MissingComma, at, at.saturating_add(1));
                        if is_object {
                            self.key()?;
                        }
                        break;
                    }
                    Some(_) => {
                        let at = self.at;
                        self.note(Fault::MissingComma, at, at.saturating_add(1));
                        return None;
                    }
                    None => return self.truncated(),
                }
            }
        }
    }

    /// Gives what is open an end, so that what it holds already can be looked at.
    fn abandon(&mut self) {
        let next = self.next_node();
        for frame in self.tape.frames.drain(..) {
            if let Some(node) = self.tape.nodes.get_mut(frame.node as usize) {
                node.next = next;
                node.flags |= UNFINISHED;
            }
        }
    }

    /// Reads a scalar, or opens an array or object: then `true`, and its first value comes next.
    fn value(&mut self) -> Option<bool> {
        self.skip_space();
        let start = self.at;
        match self.text.get(start) {
            Some(b'"') => self.string(b'"')?,
            Some(b'{') => return self.open(true),
            Some(b'[') => return self.open(false),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') if self.word(b"true") => self.scalar(Kind::True, start),
            Some(b'f') if self.word(b"false") => self.scalar(Kind::False, start),
            Some(b'n') if self.word(b"null") => self.scalar(Kind::Null, start),
            Some(b'\'') => {
                self.note(Fault::SingleQuotes, start, start.saturating_add(1));
                self.string(b'\'')?;
            }
            Some(b'+' | b'.') => self.odd_number(start),
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$') => self.odd_word(start),
            Some(_) => {
                self.note(Fault::MissingValue, start, start.saturating_add(1));
                return None;
            }
            None => self.truncated()?,
        }
        Some(false)
    }

    fn open(&mut self, is_object: bool) -> Option<bool> {
        if self.tape.frames.len() >= MAX_DEPTH {
            let at = self.at;
            self.note(Fault::TooDeep, at, at.saturating_add(1));
            return None;
        }
        let node = self.next_node();
        let start = self.at;
        self.push(if is_object { Kind::Object } else { Kind::Array }, start, start, 0);
        self.tape.frames.push(Frame { node, is_object, bits: 0, keys: 0 });
        self.depth = self.depth.max(self.tape.frames.len());
        self.at = self.at.saturating_add(1);
        self.skip_space();
        let closing = if is_object { b'}' } else { b']' };
        if self.text.get(self.at) == Some(&closing) {
            self.close();
            return Some(false);
        }
        if is_object {
            self.key()?;
        }
        Some(true)
    }

    /// Ends the innermost array or object.
    fn close(&mut self) {
        self.at = self.at.saturating_add(1);
        let Some(frame) = self.tape.frames.pop() else { return };
        if frame.keys > FEW_KEYS {
            self.find_repeated(frame);
        }
        let next = self.next_node();
        if let Some(node) = self.tape.nodes.get_mut(frame.node as usize) {
            node.end = clamp(self.at);
            node.next = next;
        }
    }

    /// Reads a key and its colon.
    fn key(&mut self) -> Step {
        let start = self.at;
        let node = self.next_node();
        match self.text.get(start) {
            Some(b'"') => self.string(b'"')?,
            Some(b'\'') => {
                self.note(Fault::SingleQuotes, start, start.saturating_add(1));
                self.string(b'\'')?;
            }
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' | b'0'..=b'9') => {
                let end = self.bare_end(start);
                self.note(Fault::UnquotedKey, start, end);
                self.at = end;
                self.push(Kind::String, start, end, 0);
            }
            Some(_) => {
                self.note(Fault::MissingValue, start, start.saturating_add(1));
                return None;
            }
            None => return self.truncated(),
        }
        self.count_key(node);
        self.skip_space();
        match self.text.get(self.at) {
            Some(b':') => self.at = self.at.saturating_add(1),
            Some(_) => {
                let at = self.at;
                self.note(Fault::MissingColon, at, at.saturating_add(1));
                if let Some(b',' | b'}' | b']') = self.text.get(at) {
                    return None;
                }
            }
            None => return self.truncated(),
        }
        Some(())
    }

    fn count_key(&mut self, index: u32) {
        let Some(&key) = self.tape.nodes.get(index as usize) else { return };
        let raw = self.raw(key);
        // An escaped key can equal one of other bytes: always look.
        let bit = if key.flags & ESCAPED == 0 { fold(raw) } else { u64::MAX };
        let Some(frame) = self.tape.frames.last_mut() else { return };
        let maybe = frame.bits & bit != 0 && frame.keys < FEW_KEYS;
        frame.bits |= bit;
        frame.keys = frame.keys.saturating_add(1);
        if maybe {
            let owner = frame.node;
            self.find_before(owner, index, key);
        }
    }

    /// Looks for an equal key among those of the same object that came before.
    fn find_before(&mut self, owner: u32, index: u32, key: Node) {
        let mut at = owner.saturating_add(1);
        while at < index {
            let Some(&other) = self.tape.nodes.get(at as usize) else { return };
            if self.same_key(other, key) {
                self.duplicate(other, key, index);
                return;
            }
            let value = at.saturating_add(1);
            at = self.tape.nodes.get(value as usize).map_or(index, |node| node.next);
        }
    }

    fn find_repeated(&mut self, frame: Frame) {
        let mut keys = Vec::with_capacity(frame.keys as usize);
        let mut at = frame.node.saturating_add(1);
        while let Some(&key) = self.tape.nodes.get(at as usize) {
            let mut hasher = DefaultHasher::new();
            hasher.write(&unescape(self.raw(key)));
            keys.push((hasher.finish(), at));
            let value = at.saturating_add(1);
            at = self.tape.nodes.get(value as usize).map_or(u32::MAX, |node| node.next);
        }
        // Equal keys stand together after this, in the order of the text.
        let order = sort::order(keys.iter().map(|&(hash, _)| hash));
        let mut group: Vec<u32> = Vec::new();
        let mut last = None;
        for place in order {
            let Some(&(hash, at)) = keys.get(place) else { return };
            if last != Some(hash) {
                group.clear();
            }
            last = Some(hash);
            let same = group.iter().find_map(|&other| {
                let (first, key) = (*self.tape.nodes.get(other as usize)?, *self.tape.nodes.get(at as usize)?);
                self.same_key(first, key).then_some((first, key))
            });
            match same {
                // The first ones were compared when they were read.
                Some((first, key)) if place >= FEW_KEYS as usize => self.duplicate(first, key, at),
                Some(_) => {}
                None => group.push(at),
            }
        }
    }

    fn same_key(&self, a: Node, b: Node) -> bool {
        if (a.flags | b.flags) & ESCAPED == 0 {
            self.raw(a) == self.raw(b)
        } else {
            unescape(self.raw(a)) == unescape(self.raw(b))
        }
    }

    fn duplicate(&mut self, first: Node, key: Node, index: u32) {
        let quoted = |node: Node| Span { start: node.start.saturating_sub(1), end: node.end.saturating_add(1) };
        let issue = Issue { fault: Fault::DuplicateKey { first: quoted(first) }, span: quoted(key), node: index };
        self.issues.push(issue);
    }

    /// Reads a string. The bytes between its quotes are checked, not copied.
    fn string(&mut self, quote: u8) -> Step {
        let opening = self.at;
        let start = opening.saturating_add(1);
        let mut at = start;
        let mut flags = 0;
        let mut wide = false;
        loop {
            let (stop, above_ascii) = if quote == b'"' { scan(self.text, at) } else { scan_single(self.text, at) };
            wide |= above_ascii;
            at = stop;
            match self.text.get(at) {
                Some(&byte) if byte == quote => break,
                Some(b'\\') => {
                    flags |= ESCAPED;
                    at = self.escape(at, &mut flags);
                }
                Some(b'\n') => {
                    self.at = at;
                    self.note(Fault::UnterminatedString, opening, at);
                    return None;
                }
                Some(&byte) => {
                    self.note(Fault::ControlCharacter(byte), at, at.saturating_add(1));
                    at = at.saturating_add(1);
                }
                None => {
                    self.at = self.text.len();
                    return self.truncated();
                }
            }
        }
        if wide {
            self.check_utf8(start, at, &mut flags);
        }
        self.push(Kind::String, start, at, flags);
        self.at = at.saturating_add(1);
        Some(())
    }

    /// Checks the escape at `at` and returns where it ends.
    fn escape(&mut self, at: usize, flags: &mut u8) -> usize {
        let after = at.saturating_add(2);
        match self.text.get(at.saturating_add(1)) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => after,
            Some(b'u') => {
                let Some(unit) = hex4(self.text, after) else {
                    self.note(Fault::Escape, at, after);
                    return after;
                };
                let end = at.saturating_add(6);
                match unit {
                    0xD800..=0xDBFF => {
                        let second = at.saturating_add(8);
                        let pair = self.text.get(end..second) == Some(b"\\u")
                            && matches!(hex4(self.text, second), Some(0xDC00..=0xDFFF));
                        if pair {
                            return at.saturating_add(12);
                        }
                    }
                    0xDC00..=0xDFFF => {}
                    _ => return end,
                }
                *flags |= LONE_SURROGATE;
                self.note(Fault::LoneSurrogate, at, end);
                end
            }
            other => {
                // Cut off, the missing quote is what there is to say.
                if other.is_some() {
                    self.note(Fault::Escape, at, after);
                }
                after
            }
        }
    }

    fn check_utf8(&mut self, start: usize, end: usize, flags: &mut u8) {
        let mut at = start;
        for chunk in self.text.get(start..end).unwrap_or_default().utf8_chunks() {
            at = at.saturating_add(chunk.valid().len());
            let bad = chunk.invalid().len();
            if bad == 0 {
                continue;
            }
            // Surrogates as bytes: ED A0..BF 80..BF, of which UTF-8 takes each byte as one error.
            let three = self.text.get(at..at.saturating_add(3));
            match three {
                Some([0xED, 0xA0..=0xBF, 0x80..=0xBF]) => {
                    *flags |= LONE_SURROGATE;
                    self.note(Fault::LoneSurrogate, at, at.saturating_add(3));
                }
                _ if self.inside_surrogate(at) => {}
                _ => self.note(Fault::InvalidUtf8, at, at.saturating_add(bad)),
            }
            at = at.saturating_add(bad);
        }
    }

    /// Whether the byte is the second or third of a surrogate that was noted.
    fn inside_surrogate(&self, at: usize) -> bool {
        self.issues.last().is_some_and(|issue| {
            issue.fault == Fault::LoneSurrogate && (issue.span.start as usize) < at && at < issue.span.end as usize
        })
    }

    fn number(&mut self) {
        let start = self.at;
        let mut at = start;
        let mut kind = Kind::Integer;
        if self.text.get(at) == Some(&b'-') {
            at = at.saturating_add(1);
        }
        let digits = self.digits(at);
        let leading_zero = self.text.get(at) == Some(&b'0') && digits > at.saturating_add(1);
        let mut good = digits > at && !leading_zero;
        at = digits;
        if self.text.get(at) == Some(&b'.') {
            kind = Kind::Float;
            let end = self.digits(at.saturating_add(1));
            good &= end > at.saturating_add(1);
            at = end;
        }
        let mut exponent = false;
        if let Some(b'e' | b'E') = self.text.get(at) {
            kind = Kind::Float;
            exponent = true;
            let sign = at.saturating_add(1);
            let first = if let Some(b'+' | b'-') = self.text.get(sign) { sign.saturating_add(1) } else { sign };
            at = self.digits(first);
            good &= at > first;
        }
        if !good || matches!(self.text.get(at), Some(b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'.' | b'+' | b'-')) {
            self.odd_number(start);
            return;
        }
        self.push(kind, start, at, 0);
        self.at = at;
        let length = at.saturating_sub(start);
        if exponent || length > 300 {
            let raw = self.text.get(start..at).unwrap_or_default();
            if kind == Kind::Integer && length > MAX_INTEGER_DIGITS {
                self.note(Fault::IntegerTooLong, start, at);
            } else if Decimal::read(raw).is_some_and(Decimal::is_beyond_double) {
                self.note(Fault::NumberRange, start, at);
            }
        }
    }

    fn digits(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        let count = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        at.saturating_add(count)
    }

    /// A number that only other languages write, or `-Infinity`.
    fn odd_number(&mut self, start: usize) {
        let end = self.bare_end(start);
        let word = self.text.get(start..end).unwrap_or_default();
        let (kind, fault) = match word {
            b"-Infinity" => (Kind::NonFinite, Fault::NonFinite),
            _ => (Kind::Float, Fault::Number),
        };
        self.note(fault, start, end);
        self.push(kind, start, end, 0);
        self.at = end;
    }

    /// A bare word that is no JSON literal.
    fn odd_word(&mut self, start: usize) {
        let end = self.bare_end(start);
        let (kind, fault) = match self.text.get(start..end).unwrap_or_default() {
            b"NaN" | b"Infinity" => (Kind::NonFinite, Fault::NonFinite),
            word if word.eq_ignore_ascii_case(b"true") => (Kind::True, Fault::Literal),
            word if word.eq_ignore_ascii_case(b"false") => (Kind::False, Fault::Literal),
            _ => (Kind::Null, Fault::Literal),
        };
        self.note(fault, start, end);
        self.push(kind, start, end, 0);
        self.at = end;
    }

    /// The end of a run of characters that could be a word or a number.
    fn bare_end(&self, start: usize) -> usize {
        let rest = self.text.get(start..).unwrap_or_default();
        let inside = |byte: &u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'.' | b'+' | b'-') || *byte >= 0x80
        };
        let count = rest.iter().position(|byte| !inside(byte)).unwrap_or(rest.len());
        start.saturating_add(count.max(1))
    }

    fn word(&mut self, word: &[u8]) -> bool {
        let end = self.at.saturating_add(word.len());
        let found = self.text.get(self.at..end) == Some(word)
            && !self.text.get(end).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        if found {
            self.at = end;
        }
        found
    }

    fn scalar(&mut self, kind: Kind, start: usize) {
        let end = self.at;
        self.push(kind, start, end, 0);
    }

    #[inline]
    fn skip_space(&mut self) {
        // Most often there is none, or one blank.
        if self.text.get(self.at) == Some(&b' ') {
            self.at = self.at.saturating_add(1);
        }
        if let Some(b' ' | b'\n' | b'\r' | b'\t' | b'/') = self.text.get(self.at) {
            self.skip_more();
        }
    }

    fn skip_more(&mut self) {
        loop {
            match self.text.get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at = self.at.saturating_add(1),
                Some(b'/') => {
                    if !self.comment() {
                        return;
                    }
                }
                _ => return,
            }
        }
    }

    /// Skips a comment, which JSON does not have.
    fn comment(&mut self) -> bool {
        let start = self.at;
        let body = start.saturating_add(2);
        let rest = self.text.get(body..).unwrap_or_default();
        let length = match self.text.get(start.saturating_add(1)) {
            Some(b'/') => rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len()),
            Some(b'*') => {
                rest.windows(2).position(|pair| pair == b"*/").map_or(rest.len(), |end| end.saturating_add(2))
            }
            _ => return false,
        };
        let end = body.saturating_add(length);
        self.note(Fault::Comment, start, end);
        self.at = end;
        true
    }

    fn truncated(&mut self) -> Step {
        let end = self.text.len();
        let innermost = self.tape.frames.last().and_then(|frame| self.tape.nodes.get(frame.node as usize));
        let open = innermost.map(|node| node.start);
        self.note(Fault::Truncated { open }, end, end);
        None
    }

    fn note(&mut self, fault: Fault, start: usize, end: usize) {
        if fault.said_once() && self.issues.iter().any(|issue| issue.fault == fault) {
            return;
        }
        let mut end = end.min(self.text.len()).max(start);
        // A place never ends within a character.
        if self.text.get(start).is_some_and(|&byte| byte >= 0xC2)
            && !matches!(fault, Fault::InvalidUtf8 | Fault::LoneSurrogate)
        {
            let inside = |at: &usize| self.text.get(*at).is_some_and(|byte| matches!(byte, 0x80..=0xBF));
            end = (end..=self.text.len()).find(|at| !inside(at)).unwrap_or(end);
        }
        let span = Span { start: clamp(start), end: clamp(end) };
        self.issues.push(Issue { fault, span, node: self.next_node() });
    }

    fn raw(&self, node: Node) -> &[u8] {
        self.text.get(node.start as usize..node.end as usize).unwrap_or_default()
    }

    fn next_node(&self) -> u32 {
        clamp(self.tape.nodes.len())
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize, flags: u8) {
        let next = self.next_node().saturating_add(1);
        self.tape.nodes.push(Node { start: clamp(start), end: clamp(end), next, kind, flags });
    }
}

/// Offsets are 32 bits wide: texts are limited to 4 GiB, which is all that a module can address.
fn clamp(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// One of 64 bits, by the length and some bytes of a key.
fn fold(key: &[u8]) -> u64 {
    let last = key.last().copied().unwrap_or_default();
    let third = key.len().checked_sub(3).and_then(|at| key.get(at)).copied().unwrap_or_default();
    let mixed = clamp(key.len()).wrapping_mul(7) ^ u32::from(last).wrapping_mul(13) ^ u32::from(third).wrapping_mul(29);
    1_u64.wrapping_shl(mixed & 63)
}

/// The same between single quotes; rare, so byte by byte.
fn scan_single(text: &[u8], at: usize) -> (usize, bool) {
    let rest = text.get(at..).unwrap_or_default();
    let length = rest.iter().position(|&byte| byte < 0x20 || byte == b'\'' || byte == b'\\').unwrap_or(rest.len());
    let above = rest.iter().take(length).any(|byte| !byte.is_ascii());
    (at.saturating_add(length), above)
}

/// The first `"`, `\` or control character from `at` on (or the end), and whether a byte above
/// ASCII may stand before it. Eight bytes at a time.
fn scan(text: &[u8], mut at: usize) -> (usize, bool) {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = 0x8080_8080_8080_8080;
    let zero_byte = |word: u64| word.wrapping_sub(ONES) & !word;
    let mut above = 0;
    while let Some(chunk) = text.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*chunk);
        let control = word.wrapping_sub(ONES.wrapping_mul(0x20)) & !word;
        let quote = zero_byte(word ^ ONES.wrapping_mul(0x22));
        let backslash = zero_byte(word ^ ONES.wrapping_mul(0x5C));
        above |= word & TOPS;
        let stop = (control | quote | backslash) & TOPS;
        if stop != 0 {
            return (at.saturating_add(stop.trailing_zeros() as usize / 8), above != 0);
        }
        at = at.saturating_add(8);
    }
    let mut above = above != 0;
    while let Some(&byte) = text.get(at) {
        if byte < 0x20 || byte == b'"' || byte == b'\\' {
            break;
        }
        above |= !byte.is_ascii();
        at = at.saturating_add(1);
    }
    (at, above)
}
