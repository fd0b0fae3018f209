//! Reads JSON (RFC 8259) onto a tape, in one pass and without recursion.
//!
//! Errors are recorded and, if the meaning is clear, reading continues: a trailing comma or a `NaN` does not hide other
//! errors in the document.

use super::decimal::Decimal;
use super::names::NO_NAME;
use super::tape::{BARE, ESCAPED, Kind, LONE_SURROGATE, NAMELESS, Node, Span, Tape, UNFINISHED, equal, hex4};

/// The deepest nesting of arrays and objects. Python's `json` module, which the server uses, fails at about 980.
pub const MAX_DEPTH: usize = 900;

/// Python rejects integers with more digits (`sys.int_info.default_max_str_digits`).
pub(crate) const MAX_INTEGER_DIGITS: usize = 4300;

/// An error in the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Issue {
    /// What is wrong.
    pub fault: Fault,
    /// Where.
    pub span: Span,
    /// The node that it is about; for a fault between nodes, the next one.
    pub node: u32,
}

/// The possible errors in a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The text is blank.
    Empty,
    /// The text ends too early.
    Truncated {
        /// Where the innermost array or object begins.
        open: Option<u32>,
    },
    /// A string lacks its closing quote.
    UnterminatedString,
    /// A comma before a closing bracket.
    TrailingComma,
    /// No comma between two items or members.
    MissingComma,
    /// No colon after a key.
    MissingColon,
    /// A missing value.
    MissingValue,
    /// `]` instead of `}`, or the other way round.
    Mismatched,
    /// Text after the document.
    TrailingText,
    /// A string between single quotes.
    SingleQuotes,
    /// A key without quotes.
    UnquotedKey,
    /// `// …`, `/* … */` or `# …`.
    Comment,
    /// `NaN`, `Infinity`, `-Infinity`.
    NonFinite,
    /// `01`, `1.`, `.5`, `+1`, `0x1F`.
    Number,
    /// `True`, `None`, `undefined` or another bare word.
    Literal,
    /// A control character in a string.
    ControlCharacter(u8),
    /// An unknown escape.
    Escape,
    /// Bytes that are not UTF-8.
    InvalidUtf8,
    /// A lone surrogate, written as an escape or as bytes.
    LoneSurrogate,
    /// Nested deeper than [`MAX_DEPTH`].
    TooDeep,
    /// A repeated key.
    DuplicateKey {
        /// The place of its first occurrence.
        first: Span,
    },
    /// A number beyond the range of a double.
    NumberRange,
    /// An integer with more digits than Python reads.
    IntegerTooLong,
}

impl Fault {
    /// A separate bit for faults that are reported once per document: the other places have the same cause.
    fn said_once(self) -> u8 {
        match self {
            Fault::SingleQuotes => 1,
            Fault::UnquotedKey => 2,
            Fault::Comment => 4,
            _ => 0,
        }
    }
}

/// How reading ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Parsed {
    /// The tape holds the whole document.
    pub complete: bool,
    /// The first byte after the document (or the one where reading stopped).
    pub end: usize,
    /// The most arrays and objects open at the same time.
    pub depth: usize,
}

/// An array or object that is being read.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    node: u32,
    is_object: bool,
}

/// Reads `text` from `start` on as one document. Does not search for repeated keys ([`super::repeated_keys`] does).
pub fn parse(text: &[u8], start: usize, tape: &mut Tape, issues: &mut Vec<Issue>) -> Parsed {
    let parsed = parse_prefix(text, start, tape, issues);
    to_the_end(text, parsed, tape, issues)
}

/// Reads one document from `start` on and stops after it.
pub fn parse_prefix(text: &[u8], start: usize, tape: &mut Tape, issues: &mut Vec<Issue>) -> Parsed {
    document(text, start, tape, issues, stop_at_depth)
}

/// Does what [`parse`] does, but reads on after what is nested too deeply: see [`parse_prefix_around`].
pub(crate) fn parse_around(text: &[u8], start: usize, tape: &mut Tape, issues: &mut Vec<Issue>) -> Parsed {
    let parsed = parse_prefix_around(text, start, tape, issues);
    to_the_end(text, parsed, tape, issues)
}

/// Does what [`parse_prefix`] does, but reads on after what is nested too deeply: on the tape it is empty, and there is an
/// issue for it. So one event does not hide the others of its document and those after it.
pub(crate) fn parse_prefix_around(text: &[u8], start: usize, tape: &mut Tape, issues: &mut Vec<Issue>) -> Parsed {
    document(text, start, tape, issues, skip_depth)
}

/// What follows the document must be blank.
fn to_the_end(text: &[u8], mut parsed: Parsed, tape: &mut Tape, issues: &mut Vec<Issue>) -> Parsed {
    if parsed.complete {
        let said = issues.iter().fold(0, |said, issue| said | issue.fault.said_once());
        let mut parser =
            Parser { text, said, end: parsed.end, depth: 0, too_deep: stop_at_depth, deep_in: None, tape, issues };
        let at = parser.skip_space(parsed.end);
        if let Some(&byte) = text.get(at) {
            // A stray bracket is one character; anything else reaches to the end of its line.
            let rest = text.get(at..).unwrap_or_default();
            let length = match byte {
                b'}' | b']' | b',' => 1,
                _ => rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len()),
            };
            parser.note(Fault::TrailingText, at, at.saturating_add(length));
            parsed.complete = false;
        }
        parsed.end = at;
    }
    parsed
}

fn document(text: &[u8], start: usize, tape: &mut Tape, issues: &mut Vec<Issue>, too_deep: TooDeep) -> Parsed {
    tape.clear();
    tape.frames.clear();
    tape.names.restart();
    issues.clear();
    let mut parser = Parser { text, said: 0, end: start, depth: 0, too_deep, deep_in: None, tape, issues };
    let end = parser.document(start);
    if end.is_none() {
        parser.abandon();
    }
    Parsed { complete: end.is_some(), end: end.unwrap_or(parser.end), depth: parser.depth }
}

struct Parser<'r> {
    text: &'r [u8],
    /// Bits of the faults already reported.
    said: u8,
    /// Where reading stopped, if it could not continue.
    end: usize,
    depth: usize,
    too_deep: TooDeep,
    /// The container on the third level in which something was nested too deeply.
    deep_in: Option<u32>,
    tape: &'r mut Tape,
    issues: &'r mut Vec<Issue>,
}

/// What happens at a bracket that is nested too deeply: returns the bracket that closes it. A pointer, so that modules that
/// never read on do not contain how.
type TooDeep = fn(&mut Parser<'_>, usize) -> Step;

/// The end of the part read. `None`: reading cannot continue; the issue is recorded, and `end` set.
type Step = Option<usize>;

// The position is passed from step to step: a register is faster than a field of the parser.
impl Parser<'_> {
    fn document(&mut self, start: usize) -> Step {
        let mut at = self.skip_space(start);
        if at >= self.text.len() {
            return self.stop(Fault::Empty, self.text.len(), 0);
        }
        loop {
            // A value begins here.
            at = match self.text.get(at) {
                Some(b'"') => self.string(at)?,
                Some(&bracket @ (b'{' | b'[')) => {
                    let is_object = bracket == b'{';
                    let inside = self.open(at, is_object)?;
                    let closing = if is_object { b'}' } else { b']' };
                    if self.text.get(inside) == Some(&closing) {
                        self.close(inside)
                    } else if is_object {
                        at = self.key(inside)?;
                        continue;
                    } else {
                        at = inside;
                        continue;
                    }
                }
                Some(_) => self.scalar(at)?,
                None => return self.truncated(),
            };
            // A value has ended here: decide how the enclosing array or object continues.
            loop {
                let Some(&Frame { is_object, .. }) = self.tape.frames.last() else { return Some(at) };
                if let Some(b' ' | b'\n' | b'\r' | b'\t' | b'/') = self.text.get(at) {
                    at = self.skip_more(at);
                }
                match self.text.get(at) {
                    Some(b',') => {
                        let comma = at;
                        at = self.skip_space(at.saturating_add(1));
                        if let Some(b'}' | b']') = self.text.get(at) {
                            self.note(Fault::TrailingComma, comma, comma.saturating_add(1));
                            continue;
                        }
                    }
                    Some(b'}') if is_object => {
                        at = self.close(at);
                        continue;
                    }
                    Some(b']') if !is_object => {
                        at = self.close(at);
                        continue;
                    }
                    Some(b'"' | b'\'' | b'{' | b'[' | b'-' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z') => {
                        self.note(Fault::MissingComma, at, at.saturating_add(1));
                    }
                    Some(b'}' | b']') => return self.stop(Fault::Mismatched, at, 1),
                    Some(_) => return self.stop(Fault::MissingComma, at, 1),
                    None => return self.truncated(),
                }
                if is_object {
                    at = self.key(at)?;
                }
                break;
            }
        }
    }

    /// Closes the open containers, so that their contents so far can be read.
    fn abandon(&mut self) {
        let next = self.next_node();
        for frame in self.tape.frames.drain(..) {
            if let Some(node) = self.tape.nodes.get_mut(frame.node as usize) {
                node.size = next.saturating_sub(frame.node);
                node.flags |= UNFINISHED;
            }
        }
    }

    /// Reads a value that is neither a string between double quotes nor an array or object.
    fn scalar(&mut self, start: usize) -> Step {
        let word = |word: &[u8]| {
            let end = start.saturating_add(word.len());
            let found = self.text.get(start..end) == Some(word)
                && !self.text.get(end).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
            found.then_some(end)
        };
        let (kind, end) = match self.text.get(start) {
            Some(b'n') => (Kind::Null, word(b"null")),
            Some(b't') => (Kind::True, word(b"true")),
            Some(b'f') => (Kind::False, word(b"false")),
            Some(b'-' | b'0'..=b'9') => return Some(self.number(start)),
            Some(b'\'') => {
                self.note(Fault::SingleQuotes, start, start.saturating_add(1));
                return self.long_string(start, b'\'');
            }
            Some(b'+' | b'.') => return Some(self.odd_number(start)),
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$') => (Kind::Null, None),
            _ => return self.stop(Fault::MissingValue, start, 1),
        };
        let Some(end) = end else { return Some(self.odd_word(start)) };
        self.push(kind, start, end, 0, NO_NAME);
        Some(end)
    }

    /// Begins an array or object; returns the offset of the first byte inside it.
    fn open(&mut self, at: usize, is_object: bool) -> Step {
        let is_too_deep = self.tape.frames.len() >= MAX_DEPTH;
        let inside = if is_too_deep { (self.too_deep)(self, at)? } else { at.saturating_add(1) };
        let node = self.next_node();
        self.push(if is_object { Kind::Object } else { Kind::Array }, at, at, 0, NO_NAME);
        self.tape.frames.push(Frame { node, is_object });
        self.depth = self.depth.max(self.tape.frames.len());
        Some(self.skip_space(inside))
    }

    /// Ends the innermost array or object with the bracket at a place.
    #[inline(always)]
    fn close(&mut self, at: usize) -> usize {
        let end = at.saturating_add(1);
        let next = self.next_node();
        if let Some(frame) = self.tape.frames.pop()
            && let Some(node) = self.tape.nodes.get_mut(frame.node as usize)
        {
            node.end = clamp(end);
            node.size = next.saturating_sub(frame.node);
        }
        end
    }

    /// Reads a key, its colon and the space after it.
    #[inline(always)]
    fn key(&mut self, start: usize) -> Step {
        let (number, expected) = self.tape.names.expected();
        let rest = self.text.get(start..).unwrap_or_default();
        if number != NO_NAME
            && let Some(found) = rest.get(..expected.len())
            && equal(found, expected)
        {
            let end = start.saturating_add(expected.len());
            self.tape.names.follow(number);
            self.push(Kind::String, start.saturating_add(1), end.saturating_sub(2), 0, number);
            return Some(self.skip_space(end));
        }
        self.unexpected_key(start)
    }

    fn unexpected_key(&mut self, start: usize) -> Step {
        let node = self.tape.count;
        let issues = self.issues.len();
        let opening = self.text.get(start).copied();
        let end = match opening {
            Some(b'"') => self.long_string(start, b'"')?,
            Some(b'\'') => {
                self.note(Fault::SingleQuotes, start, start.saturating_add(1));
                self.long_string(start, b'\'')?
            }
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' | b'0'..=b'9') => {
                let end = self.bare_end(start);
                self.note(Fault::UnquotedKey, start, end);
                self.push(Kind::String, start, end, BARE, NO_NAME);
                end
            }
            Some(_) => return self.stop(Fault::MissingValue, start, 1),
            None => return self.truncated(),
        };
        let Tape { nodes, names, .. } = &mut *self.tape;
        if let Some(key) = nodes.get_mut(node) {
            // An escaped key can equal one with other bytes, so it has no number. An invalid key has none either:
            // otherwise it would be expected next time, and compared instead of read.
            let is_right = opening == Some(b'"') && key.flags == 0 && self.issues.len() == issues;
            let raw = self.text.get(key.start as usize..key.end as usize).unwrap_or_default();
            key.name = if is_right { names.number(raw) } else { NO_NAME };
            if key.name == NO_NAME {
                key.flags |= NAMELESS;
            }
        }
        let at = self.skip_space(end);
        match self.text.get(at) {
            Some(b':') => Some(self.skip_space(at.saturating_add(1))),
            Some(b',' | b'}' | b']') => self.stop(Fault::MissingColon, at, 1),
            Some(_) => {
                self.note(Fault::MissingColon, at, at.saturating_add(1));
                Some(at)
            }
            None => self.truncated(),
        }
    }

    /// Reads a string between double quotes. The bytes between them are checked, not copied.
    #[inline(always)]
    fn string(&mut self, opening: usize) -> Step {
        let start = opening.saturating_add(1);
        let (end, above_ascii) = scan(self.text, start);
        if self.text.get(end) == Some(&b'"') && !above_ascii {
            self.push(Kind::String, start, end, 0, NO_NAME);
            return Some(end.saturating_add(1));
        }
        self.long_string(opening, b'"')
    }

    /// Reads a string of any kind.
    fn long_string(&mut self, opening: usize, quote: u8) -> Step {
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
                    self.end = at;
                    self.note(Fault::UnterminatedString, opening, at);
                    return None;
                }
                Some(&byte) => {
                    self.note(Fault::ControlCharacter(byte), at, at.saturating_add(1));
                    at = at.saturating_add(1);
                }
                None => return self.truncated(),
            }
        }
        if wide {
            self.check_utf8(start, at, &mut flags);
        }
        self.push(Kind::String, start, at, flags, NO_NAME);
        Some(at.saturating_add(1))
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
                // If it is cut off, the missing quote is reported instead.
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
            // Surrogates as bytes: ED A0..BF 80..BF; UTF-8 decoders treat each byte as one error.
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

    /// Whether the byte is the second or third of a recorded surrogate.
    fn inside_surrogate(&self, at: usize) -> bool {
        self.issues.last().is_some_and(|issue| {
            issue.fault == Fault::LoneSurrogate && (issue.span.start as usize) < at && at < issue.span.end as usize
        })
    }

    fn number(&mut self, start: usize) -> usize {
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
            return self.odd_number(start);
        }
        self.push(kind, start, at, 0, NO_NAME);
        let length = at.saturating_sub(start);
        if exponent || length > 300 {
            let raw = self.text.get(start..at).unwrap_or_default();
            if kind == Kind::Integer && length > MAX_INTEGER_DIGITS {
                self.note(Fault::IntegerTooLong, start, at);
            } else if Decimal::read(raw).is_some_and(Decimal::is_beyond_double) {
                self.note(Fault::NumberRange, start, at);
            }
        }
        at
    }

    #[inline(always)]
    fn digits(&self, at: usize) -> usize {
        let mut end = at;
        while self.text.get(end).is_some_and(u8::is_ascii_digit) {
            end = end.saturating_add(1);
        }
        end
    }

    /// A number in the notation of other languages, or `-Infinity`.
    fn odd_number(&mut self, start: usize) -> usize {
        let end = self.bare_end(start);
        let word = self.text.get(start..end).unwrap_or_default();
        let (kind, fault) = match word {
            b"-Infinity" => (Kind::NonFinite, Fault::NonFinite),
            _ => (Kind::Float, Fault::Number),
        };
        self.note(fault, start, end);
        self.push(kind, start, end, 0, NO_NAME);
        end
    }

    /// A bare word that is not a JSON literal.
    fn odd_word(&mut self, start: usize) -> usize {
        let end = self.bare_end(start);
        let (kind, fault) = match self.text.get(start..end).unwrap_or_default() {
            b"NaN" | b"Infinity" => (Kind::NonFinite, Fault::NonFinite),
            word if word.eq_ignore_ascii_case(b"true") => (Kind::True, Fault::Literal),
            word if word.eq_ignore_ascii_case(b"false") => (Kind::False, Fault::Literal),
            _ => (Kind::Null, Fault::Literal),
        };
        self.note(fault, start, end);
        self.push(kind, start, end, 0, NO_NAME);
        end
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

    #[inline(always)]
    fn skip_space(&mut self, at: usize) -> usize {
        // Usually there is no blank, or one.
        let at = if self.text.get(at) == Some(&b' ') { at.saturating_add(1) } else { at };
        if let Some(b' ' | b'\n' | b'\r' | b'\t' | b'/') = self.text.get(at) { self.skip_more(at) } else { at }
    }

    fn skip_more(&mut self, mut at: usize) -> usize {
        loop {
            match self.text.get(at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => at = at.saturating_add(1),
                Some(b'/') => match self.comment(at) {
                    Some(end) => at = end,
                    None => return at,
                },
                _ => return at,
            }
        }
    }

    /// Skips a comment, which JSON does not allow.
    fn comment(&mut self, start: usize) -> Option<usize> {
        let body = start.saturating_add(2);
        let rest = self.text.get(body..).unwrap_or_default();
        let length = match self.text.get(start.saturating_add(1)) {
            Some(b'/') => rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len()),
            Some(b'*') => {
                rest.windows(2).position(|pair| pair == b"*/").map_or(rest.len(), |end| end.saturating_add(2))
            }
            _ => return None,
        };
        let end = body.saturating_add(length);
        self.note(Fault::Comment, start, end);
        Some(end)
    }

    /// Reading cannot continue, because of this many bytes at a place.
    fn stop(&mut self, fault: Fault, at: usize, length: usize) -> Step {
        self.end = at;
        self.note(fault, at, at.saturating_add(length));
        None
    }

    fn truncated(&mut self) -> Step {
        let innermost = self.tape.frames.last().and_then(|frame| self.tape.nodes.get(frame.node as usize));
        let open = innermost.map(|node| node.start);
        self.stop(Fault::Truncated { open }, self.text.len(), 0)
    }

    fn note(&mut self, fault: Fault, start: usize, end: usize) {
        let once = fault.said_once();
        if self.said & once != 0 {
            return;
        }
        self.said |= once;
        let mut end = end.min(self.text.len()).max(start);
        // A place never ends within a character, even a truncated one: at most three bytes follow the first.
        if !matches!(fault, Fault::InvalidUtf8 | Fault::LoneSurrogate) {
            let inside = |at: &usize| self.text.get(*at).is_some_and(|byte| matches!(byte, 0x80..=0xBF));
            let last = end.saturating_add(3);
            end = (end..last).find(|at| !inside(at)).unwrap_or(last);
        }
        let span = Span { start: clamp(start), end: clamp(end) };
        self.issues.push(Issue { fault, span, node: self.next_node() });
    }

    #[inline(always)]
    fn next_node(&self) -> u32 {
        clamp(self.tape.count)
    }

    #[inline(always)]
    fn push(&mut self, kind: Kind, start: usize, end: usize, flags: u8, name: u16) {
        let node = Node { start: clamp(start), end: clamp(end), kind, flags, name, size: 1 };
        // Usually there is room: then this is faster than `push`, which is not inlined.
        match self.tape.nodes.get_mut(self.tape.count) {
            Some(place) => *place = node,
            None => self.tape.nodes.push(node),
        }
        self.tape.count = self.tape.count.saturating_add(1);
    }
}

fn stop_at_depth(parser: &mut Parser<'_>, at: usize) -> Step {
    parser.stop(Fault::TooDeep, at, 1)
}

/// The bracket that closes what is nested too deeply.
fn skip_depth(parser: &mut Parser<'_>, at: usize) -> Step {
    let (mut depth, mut is_string, mut is_escaped) = (0_usize, false, false);
    let closes = |byte: &u8| {
        match *byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_string => is_escaped = true,
            b'"' => is_string = !is_string,
            b'[' | b'{' if !is_string => depth = depth.saturating_add(1),
            b']' | b'}' if !is_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    };
    let Some(length) = parser.text.get(at..).unwrap_or_default().iter().position(closes) else {
        return stop_at_depth(parser, at);
    };
    // Once per event: it is on the first, second or third level.
    let around = parser.tape.frames.get(2).map(|frame| frame.node);
    if parser.deep_in != around {
        parser.deep_in = around;
        parser.note(Fault::TooDeep, at, at.saturating_add(1));
    }
    Some(at.saturating_add(length))
}

/// Offsets are 32 bits wide: texts are limited to 4 GiB, which is all that a module can address.
#[inline(always)]
pub(super) fn clamp(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// The same between single quotes; rare, so byte by byte.
fn scan_single(text: &[u8], at: usize) -> (usize, bool) {
    let rest = text.get(at..).unwrap_or_default();
    let length = rest.iter().position(|&byte| byte < 0x20 || byte == b'\'' || byte == b'\\').unwrap_or(rest.len());
    let above = rest.iter().take(length).any(|byte| !byte.is_ascii());
    (at.saturating_add(length), above)
}

/// The first `"`, `\` or control character from `at` on (or the end), and whether a non-ASCII byte may precede it.
#[inline(always)]
pub(super) fn scan(text: &[u8], at: usize) -> (usize, bool) {
    let mut rest = text.get(at..).unwrap_or_default();
    let mut all = 0;
    while let Some((piece, after)) = rest.split_first_chunk() {
        let word = u64::from_le_bytes(*piece);
        let stops = stops(word);
        all |= word;
        if stops != 0 {
            let end = text.len().saturating_sub(rest.len()).saturating_add(stops.trailing_zeros() as usize / 8);
            return (end, all & TOPS != 0);
        }
        rest = after;
    }
    let end = rest.iter().position(|&byte| byte < 0x20 || byte == b'"' || byte == b'\\').unwrap_or(rest.len());
    let above = all & TOPS != 0 || !rest.get(..end).unwrap_or_default().is_ascii();
    (text.len().saturating_sub(rest.len()).saturating_add(end), above)
}

const ONES: u64 = u64::from_le_bytes([1; 8]);
const TOPS: u64 = u64::from_le_bytes([0x80; 8]);

/// The top bit of the first byte that is `"`, `\` or a control character, perhaps with later ones; 0 if there is none.
#[inline(always)]
fn stops(word: u64) -> u64 {
    // Below the first one, no byte borrows from the next. All three are ASCII, so the top bit of the word decides for each.
    let equal = |byte: u8| (word ^ u64::from_le_bytes([byte; 8])).wrapping_sub(ONES);
    let control = word.wrapping_sub(u64::from_le_bytes([0x20; 8]));
    (control | equal(b'"') | equal(b'\\')) & !word & TOPS
}
