//! Fills the tape.

use super::super::names::NO_NAME;
use super::super::tape::{BARE, ESCAPED, Kind, NAMELESS, Node, Span, Tape, YAML};
use super::decode::is_escape;
use super::{Fault, Problem, scalar};

/// How deeply a document can be nested.
const MAX_DEPTH: usize = 100;

/// How many values a document can have, those that aliases stand for included.
const MAX_NODES: usize = 1_000_000;

type Step<T = ()> = Result<T, Fault>;

/// The column of what contains a document.
const OUTSIDE: i64 = -1;

/// Reads the one document of a text.
pub fn read(text: &[u8], tape: &mut Tape) -> Result<(), Fault> {
    tape.nodes.clear();
    let at = if text.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let mut reader = Reader { text, at, last: at, nodes: &mut tape.nodes, anchors: Vec::new(), depth: 0 };
    let outcome = reader.document();
    if outcome.is_err() {
        tape.nodes.clear();
    }
    tape.count = tape.nodes.len();
    outcome
}

/// A value with a name.
struct Anchor<'t> {
    name: &'t [u8],
    start: usize,
    /// `None`: not yet at its end, or no longer to be had.
    end: Option<usize>,
}

/// What ends a line of a plain scalar.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stop {
    Line,
    Comment,
    Colon,
    /// A character of flow style.
    Flow,
}

struct Reader<'t, 'n> {
    text: &'t [u8],
    at: usize,
    /// The end of what was read last, white space and comments left out.
    last: usize,
    nodes: &'n mut Vec<Node>,
    anchors: Vec<Anchor<'t>>,
    depth: usize,
}

impl<'t> Reader<'t, '_> {
    fn document(&mut self) -> Step {
        if let Err(error) = std::str::from_utf8(self.text) {
            return self.fault(Problem::Utf8, error.valid_up_to(), 1);
        }
        if let Some(at) =
            memchr::memchr_iter(b'\r', self.text).find(|at| self.text.get(at.saturating_add(1)) != Some(&b'\n'))
        {
            return self.fault(Problem::LoneReturn, at, 1);
        }
        self.skip()?;
        let directive = self.at;
        while self.peek() == Some(b'%') && self.column(self.at) == 0 {
            self.at = self.line_end(self.at);
            self.skip()?;
        }
        if self.at > directive && !self.is_marker(b"---") {
            return self.fault(Problem::Reserved, directive, 1);
        }
        let begun = self.is_marker(b"---");
        if begun {
            self.at = self.at.saturating_add(3);
        }
        self.node(OUTSIDE, false, begun)?;
        self.skip()?;
        if self.is_marker(b"...") {
            self.at = self.at.saturating_add(3);
            self.skip()?;
        }
        match self.peek() {
            None if matches!(self.nodes.as_slice(), [only] if only.kind == Kind::Null && only.start == only.end) => {
                self.fault(Problem::Empty, 0, 0)
            }
            None => Ok(()),
            Some(_) if self.is_marker(b"---") => self.fault(Problem::Document, self.at, 3),
            Some(_) => self.fault_in_line(Problem::Indentation),
        }
    }

    // ---- values

    /// A value in block style, which stands further to the right than `parent`, or, if it is a list and `list` says
    /// so, below it. `after_key`: it belongs to a key, which may stand on the same line.
    fn node(&mut self, parent: i64, list: bool, after_key: bool) -> Step {
        self.depth = self.depth.saturating_add(1);
        if self.depth > MAX_DEPTH {
            return self.fault_in_line(Problem::TooDeep);
        }
        let from = self.at;
        let line = self.line_start(from);
        let mut anchor = None;
        let mut anchor_line = None;
        loop {
            self.skip()?;
            let column = self.column(self.at);
            let same_line = self.line_start(self.at) == line;
            let is_item = self.is_dash();
            let absent = !same_line && column <= parent && !(list && column == parent && is_item);
            if self.peek().is_none() || self.is_any_marker() || absent {
                let empty = if anchor.is_some() { self.last } else { from };
                self.push(Kind::Null, empty, empty, 0);
                break;
            }
            let inline = after_key && same_line;
            match self.peek() {
                Some(b'&') if anchor.is_none() => {
                    anchor = Some(self.begin_anchor()?);
                    anchor_line = Some(self.line_start(self.at));
                    continue;
                }
                Some(b'*') if anchor.is_some() => return self.fault(Problem::Reserved, self.at, 1),
                Some(b'-') if is_item => {
                    if inline || anchor_line == Some(self.line_start(self.at)) {
                        return self.fault_in_line(Problem::Indentation);
                    }
                    self.list(column)?;
                }
                _ if self.is_key()? => {
                    if inline {
                        return self.fault_in_line(Problem::KeyInValue);
                    }
                    if anchor_line == Some(self.line_start(self.at)) {
                        return self.fault_in_line(Problem::ComplexKey);
                    }
                    self.mapping(column)?;
                }
                Some(b'|' | b'>') => self.block(parent)?,
                _ => {
                    self.scalar_or_flow(parent, false)?;
                    self.end_of_line()?;
                }
            }
            break;
        }
        self.end_anchor(anchor);
        self.depth = self.depth.saturating_sub(1);
        Ok(())
    }

    /// The name before a value; which anchor it is.
    fn begin_anchor(&mut self) -> Step<usize> {
        let name = self.name()?;
        self.anchors.push(Anchor { name, start: self.nodes.len(), end: None });
        Ok(self.anchors.len().saturating_sub(1))
    }

    fn end_anchor(&mut self, anchor: Option<usize>) {
        if let Some(anchor) = anchor.and_then(|anchor| self.anchors.get_mut(anchor)) {
            anchor.end = Some(self.nodes.len());
        }
    }

    /// What looks the same in block style and in flow style.
    fn scalar_or_flow(&mut self, parent: i64, in_flow: bool) -> Step {
        match self.peek() {
            Some(b'[' | b'{') => self.flow(),
            Some(quote @ (b'"' | b'\'')) => self.quoted(quote, 0),
            Some(b'*') => self.alias(),
            Some(b'!') => self.fault_in_line(Problem::Tag),
            Some(b'%' | b'@' | b'`' | b',' | b']' | b'}' | b'|' | b'>' | b'&' | b'#') => {
                self.fault(Problem::Reserved, self.at, 1)
            }
            Some(b'?' | b':') if self.is_blank(self.at.saturating_add(1)) => {
                self.fault(Problem::ComplexKey, self.at, 1)
            }
            Some(b'-') if self.is_blank(self.at.saturating_add(1)) => self.fault(Problem::Reserved, self.at, 1),
            _ => self.plain(parent, in_flow),
        }
    }

    /// A mapping in block style whose keys stand in a column.
    fn mapping(&mut self, column: i64) -> Step {
        let object = self.open(Kind::Object);
        let mut merged = Vec::new();
        loop {
            let before = self.nodes.len();
            let merge = self.key(false)?;
            self.node(column, true, true)?;
            if merge {
                self.merge(before, &mut merged)?;
            }
            self.skip()?;
            if self.peek().is_none() || self.is_any_marker() || self.column(self.at) < column {
                break;
            }
            if self.column(self.at) > column || self.is_dash() {
                return self.fault_in_line(Problem::Indentation);
            }
        }
        self.close_mapping(object, &merged)
    }

    /// A key and its colon; whether it is the key that merges.
    fn key(&mut self, in_flow: bool) -> Step<bool> {
        let start = self.at;
        match self.peek() {
            Some(quote @ (b'"' | b'\'')) => {
                self.quoted(quote, NAMELESS)?;
                if self.line_start(self.at) > start {
                    return self.fault(Problem::ComplexKey, start, 1);
                }
            }
            Some(b'!') => return self.fault_in_line(Problem::Tag),
            Some(b'{') if in_flow => return self.fault(Problem::TemplateWithoutQuotes, start, 1),
            Some(b'&' | b'*' | b'[' | b'{') => return self.fault(Problem::ComplexKey, start, 1),
            Some(b'?') if self.is_blank(start.saturating_add(1)) => {
                return self.fault(Problem::ComplexKey, start, 1);
            }
            Some(b'|' | b'>' | b'%' | b'@' | b'`' | b'#') => return self.fault(Problem::Reserved, start, 1),
            Some(b',' | b']' | b'}') if !in_flow => return self.fault(Problem::Reserved, start, 1),
            Some(b'-') if self.is_blank(start.saturating_add(1)) => return self.fault(Problem::Reserved, start, 1),
            _ => {
                let (end, _) = self.plain_line(start, in_flow);
                if end == start {
                    return self.fault(Problem::Separator, start, 1);
                }
                self.push(Kind::String, start, end, BARE | NAMELESS);
                self.at = end;
                self.last = end;
            }
        }
        let merge = self.text.get(start..self.at) == Some(b"<<");
        if in_flow {
            return Ok(merge);
        }
        self.skip_blanks();
        if self.peek() != Some(b':') || !self.is_blank(self.at.saturating_add(1)) {
            let length = self.last.saturating_sub(start);
            return self.fault(Problem::MissingColon, start, length);
        }
        self.at = self.at.saturating_add(1);
        self.last = self.at;
        Ok(merge)
    }

    /// Takes the value of `<<` off the tape again.
    fn merge(&mut self, before: usize, merged: &mut Vec<Node>) -> Step {
        let value = before.saturating_add(1);
        let span = self.nodes.get(before).map_or(Span::default(), |node| Span { start: node.start, end: node.end });
        let taken = self.nodes.split_off(value.min(self.nodes.len()));
        self.nodes.truncate(before);
        // What was named in there is gone.
        for anchor in self.anchors.iter_mut().filter(|anchor| anchor.start >= before) {
            anchor.end = None;
        }
        let mut objects = match taken.split_first() {
            Some((list, items)) if list.kind == Kind::Array => items,
            _ => &taken,
        };
        // Of several the first one counts, and of a repeated key on the tape the last.
        let mut pieces = Vec::new();
        while let Some((object, rest)) = objects.split_first() {
            if object.kind != Kind::Object {
                return Err(Fault { problem: Problem::Merge, span });
            }
            let inside = (object.size as usize).saturating_sub(1);
            let (members, rest) = rest.split_at_checked(inside).unwrap_or((rest, &[]));
            pieces.push(members);
            objects = rest;
        }
        for members in pieces.into_iter().rev() {
            merged.extend_from_slice(members);
        }
        Ok(())
    }

    /// Own members stand behind the merged ones, so that they win.
    fn close_mapping(&mut self, object: usize, merged: &[Node]) -> Step {
        if !merged.is_empty() {
            let inside = object.saturating_add(1);
            let own = self.nodes.split_off(inside.min(self.nodes.len()));
            let has = |nodes: &[Node], key: &Node, text: &[u8]| {
                let mut at = 0_usize;
                while let Some(other) = nodes.get(at) {
                    if slice(text, other) == slice(text, key) {
                        return true;
                    }
                    let value = nodes.get(at.saturating_add(1)).map_or(1, |value| value.size as usize);
                    at = at.saturating_add(1).saturating_add(value);
                }
                false
            };
            let mut at = 0_usize;
            while let Some(key) = merged.get(at) {
                let value = merged.get(at.saturating_add(1)).map_or(1, |value| value.size as usize);
                let next = at.saturating_add(1).saturating_add(value);
                let later = merged.get(next..).unwrap_or_default();
                // A key is never there twice: that would be called a mistake.
                if !has(&own, key, self.text) && !has(later, key, self.text) {
                    self.nodes.extend_from_slice(merged.get(at..next).unwrap_or_default());
                }
                at = next;
            }
            let shift = self.nodes.len().saturating_sub(inside);
            for anchor in self.anchors.iter_mut().filter(|anchor| anchor.start >= inside) {
                anchor.start = anchor.start.saturating_add(shift);
                anchor.end = anchor.end.map(|end| end.saturating_add(shift));
            }
            self.nodes.extend_from_slice(&own);
        }
        self.close(object)
    }

    /// A list in block style whose dashes stand in a column.
    fn list(&mut self, column: i64) -> Step {
        let array = self.open(Kind::Array);
        loop {
            self.at = self.at.saturating_add(1);
            self.last = self.at;
            self.node(column, false, false)?;
            self.skip()?;
            if self.peek().is_none() || self.is_any_marker() || self.column(self.at) < column {
                break;
            }
            if self.column(self.at) > column {
                return self.fault_in_line(Problem::Indentation);
            }
            if !self.is_dash() {
                break;
            }
        }
        self.close(array)
    }

    /// `[…]` or `{…}`
    fn flow(&mut self) -> Step {
        let start = self.at;
        self.flow_from(start).map_err(|fault| {
            // What a bracket swallows because it is not closed is not the fault.
            let swallowed = matches!(fault.problem, Problem::ComplexKey | Problem::Separator)
                && (fault.span.start as usize) > self.line_end(start)
                && self.indentation(fault.span.start as usize) <= self.indentation(start);
            if swallowed { self.fault::<()>(Problem::Unclosed, start, 1).err().unwrap_or(fault) } else { fault }
        })
    }

    fn flow_from(&mut self, start: usize) -> Step {
        self.depth = self.depth.saturating_add(1);
        if self.depth > MAX_DEPTH {
            return self.fault_in_line(Problem::TooDeep);
        }
        if self.text.get(start..).is_some_and(|rest| rest.starts_with(b"{{")) {
            return self.fault(Problem::TemplateWithoutQuotes, start, 2);
        }
        let is_object = self.peek() == Some(b'{');
        let container = self.open(if is_object { Kind::Object } else { Kind::Array });
        let closing = if is_object { b'}' } else { b']' };
        let mut merged = Vec::new();
        self.at = self.at.saturating_add(1);
        loop {
            self.skip_in_flow();
            match self.peek() {
                None => return self.fault(Problem::Unclosed, start, 1),
                Some(byte) if byte == closing => break,
                Some(b',') => return self.fault(Problem::Separator, self.at, 1),
                _ => {}
            }
            if is_object {
                let before = self.nodes.len();
                let merge = self.key(true)?;
                self.skip_in_flow();
                if self.peek() == Some(b':') && self.line_start(self.at) > self.last {
                    return self.fault(Problem::ComplexKey, self.at, 1);
                } else if self.peek() == Some(b':') {
                    self.at = self.at.saturating_add(1);
                    self.last = self.at;
                    self.skip_in_flow();
                    self.value_in_flow()?;
                } else if matches!(self.peek(), Some(b',' | b'}') | None) {
                    self.push(Kind::Null, self.last, self.last, 0);
                } else if self.line_start(self.at) > self.last {
                    // A key over lines.
                    return self.fault_in_line(Problem::ComplexKey);
                } else {
                    return self.fault_in_line(Problem::Separator);
                }
                if merge {
                    self.merge(before, &mut merged)?;
                }
            } else {
                self.value_in_flow()?;
            }
            self.skip_in_flow();
            match self.peek() {
                None => return self.fault(Problem::Unclosed, start, 1),
                Some(b',') => self.at = self.at.saturating_add(1),
                Some(byte) if byte == closing => {}
                Some(b':') => return self.fault(Problem::ComplexKey, self.at, 1),
                Some(_) => return self.fault_in_line(Problem::Separator),
            }
        }
        self.at = self.at.saturating_add(1);
        self.last = self.at;
        self.depth = self.depth.saturating_sub(1);
        self.close_mapping(container, &merged)
    }

    fn value_in_flow(&mut self) -> Step {
        let anchor = if self.peek() == Some(b'&') { Some(self.begin_anchor()?) } else { None };
        self.skip_in_flow();
        match self.peek() {
            Some(b',' | b']' | b'}') | None => self.push(Kind::Null, self.last, self.last, 0),
            Some(b'*') if anchor.is_some() => return self.fault(Problem::Reserved, self.at, 1),
            _ => self.scalar_or_flow(OUTSIDE, true)?,
        }
        self.end_anchor(anchor);
        Ok(())
    }

    /// `*name`: the value again.
    fn alias(&mut self) -> Step {
        let start = self.at;
        let name = self.name()?;
        self.last = self.at;
        let anchor = self.anchors.iter().rev().find(|anchor| anchor.name == name);
        let problem = if anchor.is_some() { Problem::LostAnchor } else { Problem::UnknownAlias };
        let Some(range) = anchor.and_then(|anchor| Some(anchor.start..anchor.end?)) else {
            let length = self.at.saturating_sub(start);
            return self.fault(problem, start, length);
        };
        if self.nodes.len().saturating_add(range.len()) > MAX_NODES {
            return self.fault(Problem::TooLarge, start, 1);
        }
        if range.end <= self.nodes.len() {
            self.nodes.extend_from_within(range);
        }
        Ok(())
    }

    /// The name of an anchor or alias, and its first character.
    fn name(&mut self) -> Step<&'t [u8]> {
        let start = self.at.saturating_add(1);
        let rest = self.text.get(start..).unwrap_or_default();
        let inside = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b'[' | b']' | b'{' | b'}');
        let length = rest.iter().position(inside).unwrap_or(rest.len());
        if length == 0 {
            return self.fault(Problem::Reserved, self.at, 1);
        }
        self.at = start.saturating_add(length);
        self.last = self.at;
        Ok(rest.get(..length).unwrap_or_default())
    }

    // ---- texts

    /// A text in quotes, over lines if need be.
    fn quoted(&mut self, quote: u8, flags: u8) -> Step {
        let Some((end, flag)) = self.quoted_end(self.at, quote)? else {
            return self.fault(Problem::UnclosedText, self.at, 1);
        };
        self.push(Kind::String, self.at.saturating_add(1), end, flag | flags);
        self.at = end.saturating_add(1);
        self.last = self.at;
        Ok(())
    }

    /// Where a text in quotes ends, and whether it must be decoded.
    fn quoted_end(&self, start: usize, quote: u8) -> Step<Option<(usize, u8)>> {
        let mut at = start.saturating_add(1);
        let mut flags = 0;
        while let Some(&byte) = self.text.get(at) {
            match byte {
                b'\'' if quote == b'\'' && self.text.get(at.saturating_add(1)) == Some(&b'\'') => {
                    flags = ESCAPED | YAML;
                    at = at.saturating_add(1);
                }
                byte if byte == quote => return Ok(Some((at, flags))),
                b'\n' => {
                    let line = at.saturating_add(1);
                    if self.is_marker_at(line, b"---") || self.is_marker_at(line, b"...") {
                        return Ok(None);
                    }
                    flags = ESCAPED | YAML;
                }
                b'\\' if quote == b'"' => {
                    flags = ESCAPED | YAML;
                    let after = at.saturating_add(1);
                    if !is_escape(self.text.get(after..).unwrap_or_default()) {
                        return self.fault(Problem::Escape, at, 2);
                    }
                    at = after;
                }
                _ => {}
            }
            at = at.saturating_add(1);
        }
        Ok(None)
    }

    /// A text without quotes. Lines further to the right than `parent` belong to it.
    fn plain(&mut self, parent: i64, in_flow: bool) -> Step {
        let start = self.at;
        let (mut end, mut stop) = self.plain_line(start, in_flow);
        let mut lines = 1_usize;
        while stop == Stop::Line {
            let next = self.next_content(end);
            let column = self.column(next);
            let byte = self.text.get(next).copied();
            let other = match byte {
                None | Some(b'#') => true,
                Some(byte) if in_flow => matches!(byte, b',' | b'[' | b']' | b'{' | b'}' | b':'),
                Some(_) => column <= parent || self.is_marker_at(next, b"---") || self.is_marker_at(next, b"..."),
            };
            if other {
                break;
            }
            let (line_end, line_stop) = self.plain_line(next, in_flow);
            if line_stop == Stop::Colon && !in_flow {
                self.at = next;
                let line = self.line_start(next);
                if self.text.get(line..next).is_some_and(|blanks| blanks.contains(&b'\t')) {
                    return self.fault(Problem::Tab, line, next.saturating_sub(line));
                }
                return self.fault_in_line(Problem::Indentation);
            }
            (end, stop) = (line_end, line_stop);
            lines = lines.saturating_add(1);
        }
        let text = self.text.get(start..end).unwrap_or_default();
        if lines > 1 {
            self.push(Kind::String, start, end, BARE | ESCAPED | YAML);
        } else {
            let kind = std::str::from_utf8(text).map_or(Kind::String, scalar::kind);
            self.push(kind, start, end, if kind == Kind::String { BARE } else { 0 });
        }
        self.at = end;
        self.last = end;
        Ok(())
    }

    /// Where the part of a plain scalar on one line ends, and why.
    fn plain_line(&self, start: usize, in_flow: bool) -> (usize, Stop) {
        let mut end = start;
        let mut at = start;
        let stop = loop {
            let Some(&byte) = self.text.get(at) else { break Stop::Line };
            match byte {
                b'\n' => break Stop::Line,
                b'#' if at > start && self.is_blank(at.saturating_sub(1)) => break Stop::Comment,
                b':' => {
                    let next = at.saturating_add(1);
                    let indicator = matches!(self.text.get(next), Some(b',' | b'[' | b']' | b'{' | b'}'));
                    if self.is_blank(next) || (in_flow && indicator) {
                        break Stop::Colon;
                    }
                }
                b',' | b'[' | b']' | b'{' | b'}' if in_flow => break Stop::Flow,
                _ => {}
            }
            at = at.saturating_add(1);
            if !matches!(byte, b' ' | b'\t' | b'\r') {
                end = at;
            }
        };
        (end, stop)
    }

    /// `|` or `>` and the lines below.
    fn block(&mut self, parent: i64) -> Step {
        let start = self.at;
        let header_end = self.line_end(start);
        let header = self.text.get(start.saturating_add(1)..header_end).unwrap_or_default();
        let word_length = header.iter().position(u8::is_ascii_whitespace).unwrap_or(header.len());
        let (word, rest) = header.split_at_checked(word_length).unwrap_or_default();
        let digits = word.iter().filter(|byte| matches!(byte, b'1'..=b'9'));
        let signs = word.iter().filter(|byte| matches!(byte, b'+' | b'-'));
        let fits = digits.clone().count() <= 1
            && signs.clone().count() <= 1
            && digits.clone().count().saturating_add(signs.count()) == word.len();
        if !fits || !matches!(rest.trim_ascii().first(), None | Some(b'#')) {
            let length = header_end.saturating_sub(start);
            return self.fault(Problem::BlockHeader, start, length);
        }
        let keep = word.contains(&b'+');
        let outer = usize::try_from(parent).unwrap_or(0);
        let mut indent = digits.map(|digit| outer.saturating_add(usize::from(digit.wrapping_sub(b'0')))).next();
        let explicit = indent.map_or(0, |indent| indent.saturating_add(1));
        let (mut at, mut end) = (header_end, header_end);
        let mut blanks = 0;
        while at < self.text.len() {
            let line = at.saturating_add(1);
            let line_end = self.line_end(line);
            let content = self.text.get(line..line_end).unwrap_or_default();
            let leading = content.iter().take_while(|&&byte| byte == b' ').count();
            let least = indent.unwrap_or_else(|| usize::try_from(parent.saturating_add(1)).unwrap_or(0));
            let text = content.strip_suffix(b"\r").unwrap_or(content);
            // Blanks further to the right than the text are text themselves.
            let further = leading >= least && text.len() > indent.unwrap_or(leading);
            if text.trim_ascii().is_empty() && !further {
                blanks = leading.max(blanks);
                if keep && line < self.text.len() {
                    end = line_end.saturating_add(1).min(self.text.len());
                }
                at = line_end;
                if line >= self.text.len() {
                    break;
                }
                continue;
            }
            if leading < least || self.is_marker_at(line, b"---") || self.is_marker_at(line, b"...") {
                break;
            }
            if indent.is_none() && blanks > leading {
                return self.fault(Problem::Indentation, line, leading);
            }
            indent.get_or_insert(leading);
            end = if keep { line_end.saturating_add(1).min(self.text.len()) } else { line_end };
            at = line_end;
        }
        self.push(Kind::String, start, end, BARE | ESCAPED | YAML);
        if let Some(node) = self.nodes.last_mut() {
            node.name = u16::try_from(explicit).unwrap_or(0);
        }
        self.at = end;
        self.last = end;
        Ok(())
    }

    // ---- the tape

    fn push(&mut self, kind: Kind, start: usize, end: usize, flags: u8) {
        self.nodes.push(Node { start: clamp(start), end: clamp(end), kind, flags, name: NO_NAME, size: 1 });
    }

    fn open(&mut self, kind: Kind) -> usize {
        self.push(kind, self.at, self.at, 0);
        self.nodes.len().saturating_sub(1)
    }

    fn close(&mut self, container: usize) -> Step {
        let size = clamp(self.nodes.len().saturating_sub(container));
        if self.nodes.len() > MAX_NODES {
            return self.fault(Problem::TooLarge, self.at, 0);
        }
        if let Some(node) = self.nodes.get_mut(container) {
            node.size = size;
            node.end = clamp(self.last);
        }
        Ok(())
    }

    // ---- the text

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// White space, or the end.
    fn is_blank(&self, at: usize) -> bool {
        self.text.get(at).is_none_or(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
    }

    fn is_dash(&self) -> bool {
        self.peek() == Some(b'-') && self.is_blank(self.at.saturating_add(1))
    }

    fn is_marker(&self, marker: &[u8]) -> bool {
        self.is_marker_at(self.at, marker)
    }

    fn is_any_marker(&self) -> bool {
        self.is_marker(b"---") || self.is_marker(b"...")
    }

    fn is_marker_at(&self, at: usize, marker: &[u8]) -> bool {
        self.text.get(at..).is_some_and(|rest| rest.starts_with(marker))
            && self.column(at) == 0
            && self.is_blank(at.saturating_add(3))
    }

    /// Whether what comes is a key with a colon on the same line.
    fn is_key(&self) -> Step<bool> {
        match self.peek() {
            Some(quote @ (b'"' | b'\'')) => {
                let Some((end, _)) = self.quoted_end(self.at, quote)? else { return Ok(false) };
                let line_end = self.line_end(self.at);
                let rest = self.text.get(end.saturating_add(1)..line_end).unwrap_or_default();
                let after = rest.trim_ascii_start();
                let blank = after.get(1).is_none_or(u8::is_ascii_whitespace);
                Ok(end < line_end && after.first() == Some(&b':') && blank)
            }
            Some(b'[' | b'{' | b'|' | b'>' | b'%' | b'@' | b'`' | b'#' | b',' | b']' | b'}' | b'!' | b'&' | b'*') => {
                Ok(false)
            }
            Some(b'?') if self.is_blank(self.at.saturating_add(1)) => Ok(false),
            _ => {
                let (end, stop) = self.plain_line(self.at, false);
                Ok(stop == Stop::Colon && end > self.at)
            }
        }
    }

    fn line_start(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or_default();
        memchr::memrchr(b'\n', before).map_or(0, |at| at.saturating_add(1))
    }

    /// The line break that ends a line, or the end of the text.
    fn line_end(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        memchr::memchr(b'\n', rest).map_or(self.text.len(), |length| at.saturating_add(length))
    }

    /// The column of the first character on a line that is no blank.
    fn indentation(&self, at: usize) -> i64 {
        let line = self.text.get(self.line_start(at)..).unwrap_or_default();
        let blanks = line.iter().take_while(|&&byte| byte == b' ').count();
        i64::try_from(blanks).unwrap_or(i64::MAX)
    }

    fn column(&self, at: usize) -> i64 {
        let start = self.line_start(at);
        // A byte order mark takes no column.
        let start = if start == 0 && self.text.starts_with(b"\xEF\xBB\xBF") { 3 } else { start };
        i64::try_from(at.saturating_sub(start)).unwrap_or(i64::MAX)
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r')) {
            self.at = self.at.saturating_add(1);
        }
    }

    /// To the next value or key in block style.
    fn skip(&mut self) -> Step {
        loop {
            let start = self.at;
            self.skip_blanks();
            match self.peek() {
                Some(b'\n') => self.at = self.at.saturating_add(1),
                Some(b'#') if self.column(self.at) == 0 || self.is_blank(self.at.saturating_sub(1)) => {
                    self.at = self.line_end(self.at);
                }
                None => return Ok(()),
                Some(_) => {
                    let line = self.line_start(self.at);
                    let blanks = self.text.get(start.max(line)..self.at).unwrap_or_default();
                    if start <= line && blanks.contains(&b'\t') {
                        let length = self.at.saturating_sub(line);
                        return self.fault(Problem::Tab, line, length);
                    }
                    return Ok(());
                }
            }
        }
    }

    fn skip_in_flow(&mut self) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.at = self.at.saturating_add(1),
                Some(b'#') if self.is_blank(self.at.saturating_sub(1)) => self.at = self.line_end(self.at),
                _ => return,
            }
        }
    }

    /// The first byte after a place that is no white space.
    fn next_content(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        at.saturating_add(rest.iter().position(|byte| !blank(byte)).unwrap_or(rest.len()))
    }

    /// After a value nothing but a comment may follow on its line.
    fn end_of_line(&mut self) -> Step {
        self.skip_blanks();
        match self.peek() {
            None | Some(b'\n') => Ok(()),
            Some(b'#') if self.is_blank(self.at.saturating_sub(1)) => Ok(()),
            Some(b':') => self.fault_in_line(Problem::KeyInValue),
            Some(_) => self.fault_in_line(Problem::Trailing),
        }
    }

    fn fault<T>(&self, problem: Problem, at: usize, length: usize) -> Step<T> {
        let end = at.saturating_add(length).min(self.text.len());
        Err(Fault { problem, span: Span { start: clamp(at), end: clamp(end) } })
    }

    /// From here to the end of the line.
    fn fault_in_line<T>(&self, problem: Problem) -> Step<T> {
        let line = self.text.get(self.at..self.line_end(self.at)).unwrap_or_default();
        self.fault(problem, self.at, line.trim_ascii_end().len())
    }
}

fn slice<'t>(text: &'t [u8], node: &Node) -> &'t [u8] {
    text.get(node.start as usize..node.end as usize).unwrap_or_default()
}

fn clamp(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
