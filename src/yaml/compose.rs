//! Turns the parser's events into a tree of nodes, with exact places and the rules that only `PyYAML` has.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Tag};

use crate::json::{Kind, Span};
use crate::text::steps::step;
use crate::text::table::Set;

use super::error::{YamlError, YamlProblem};
use super::resolve;
use super::spaced::Spaced;

/// The deepest nesting of a document.
pub(super) const MAX_DEPTH: usize = 100;

/// The longest key without `?`.
const LONGEST_KEY: usize = 1024;

pub(super) type Step<T = ()> = Result<T, YamlError>;

/// A document before aliases and merge keys are resolved: all nodes in the order of the text.
pub(super) struct Document {
    pub nodes: Vec<Node>,
    /// The texts of scalars that differ from their notation.
    pub texts: Vec<u8>,
}

#[derive(Clone, Copy)]
pub(super) struct Node {
    pub span: Span,
    pub content: Content,
    /// The index of the node after this one and its descendants; 0: not yet known.
    pub after: u32,
}

#[derive(Clone, Copy)]
pub(super) enum Content {
    Scalar(Scalar),
    Sequence,
    /// `merges`: whether it has a key `<<`.
    Mapping {
        merges: bool,
    },
    Alias(u32),
}

#[derive(Clone, Copy)]
pub(super) struct Scalar {
    pub kind: Kind,
    pub text: Text,
    /// Without quotes.
    pub plain: bool,
    /// The key `<<`.
    pub merge: bool,
}

/// Where the text of a scalar is.
#[derive(Clone, Copy)]
pub(super) enum Text {
    /// In the text of the document, unchanged.
    Written(Span),
    /// Among [`Document::texts`].
    Decoded(Span),
}

/// A sequence or mapping that is being read.
struct Open {
    node: usize,
    is_mapping: bool,
    /// Between brackets.
    is_flow: bool,
    /// For a mapping: whether the next node is a key.
    key_next: bool,
}

struct Composer<'t> {
    text: &'t str,
    /// What the parser reads, if it is not the text itself.
    spaced: Spaced,
    /// Whether the parser failed for a reason that [`Spaced`] removes.
    lacks_spaces: bool,
    /// Where each 64th character begins.
    bytes_of_characters: Vec<u32>,
    /// A byte order mark at the beginning, which the parser does not see.
    base: usize,
    nodes: Vec<Node>,
    texts: Vec<u8>,
    open: Vec<Open>,
    /// The node of each anchor, by the parser's number.
    anchors: Vec<u32>,
    names: Set<&'t str>,
    /// The end of the last token, without white space and comments.
    last: usize,
    /// Whether the text has tabs whose places must be checked.
    has_tabs: bool,
    /// They have been checked up to this place.
    checked: usize,
    /// The end of the previous event, even if it has no text.
    gap: usize,
    documents: usize,
}

pub(super) fn compose(bytes: &[u8]) -> Step<Document> {
    let text = std::str::from_utf8(bytes).map_err(|error| fault(YamlProblem::Utf8, error.valid_up_to(), 1))?;
    let base = if text.starts_with('\u{feff}') { 3 } else { 0 };
    check_characters(text)?;
    // For PyYAML this is a line break; the count of characters stays the same.
    let next_lines = text.contains('\u{85}').then(|| text.replace('\u{85}', "\n"));
    let input = next_lines.as_deref().unwrap_or(text).get(base..).unwrap_or_default();
    let mut composer = Composer::new(text, base, Spaced::default());
    let outcome = composer.read(input);
    if composer.lacks_spaces
        && let Some(mut spaced) = Spaced::of(input)
    {
        let copy = std::mem::take(&mut spaced.text);
        let mut again = Composer::new(text, base, spaced);
        again.read(&copy)?;
        if !again.has_spaces_in_values() {
            return Ok(again.document());
        }
    }
    outcome.map(|()| composer.document())
}

/// The characters that YAML 1.1 allows (`yaml/reader.py`).
fn check_characters(text: &str) -> Step {
    let wrong = |c: char| match c {
        '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{2027}' | '\u{202a}'..='\u{fffd}' => false,
        _ => c < '\u{10000}',
    };
    match text.char_indices().find(|(_, c)| wrong(*c)) {
        Some((at, c @ ('\u{2028}' | '\u{2029}'))) => Err(fault(YamlProblem::LineSeparator, at, c.len_utf8())),
        Some((at, c)) => Err(fault(YamlProblem::Unprintable, at, c.len_utf8())),
        None => Ok(()),
    }
}

impl Node {
    /// An empty node.
    fn is_absent(&self) -> bool {
        matches!(self.content, Content::Scalar(Scalar { kind: Kind::Null, .. })) && self.span.start == self.span.end
    }
}

impl<'t> Composer<'t> {
    fn new(text: &'t str, base: usize, spaced: Spaced) -> Self {
        let characters = text.get(base..).unwrap_or_default().char_indices();
        Composer {
            text,
            spaced,
            lacks_spaces: false,
            bytes_of_characters: characters.step_by(64).map(|(byte, _)| clamp(byte.saturating_add(base))).collect(),
            base,
            nodes: Vec::new(),
            texts: Vec::new(),
            open: Vec::new(),
            anchors: vec![0],
            names: Set::default(),
            last: base,
            has_tabs: memchr::memchr(b'\t', text.as_bytes()).is_some(),
            checked: base,
            gap: base,
            documents: 0,
        }
    }

    fn read(&mut self, input: &str) -> Step {
        for event in Parser::new_from_str(input) {
            let (event, place) = event.map_err(|error| self.parser_error(&error))?;
            let span = Span { start: clamp(self.byte(place.start)), end: clamp(self.byte(place.end)) };
            self.event(event, span)?;
        }
        self.check_tabs(self.text.len())?;
        if self.nodes.is_empty() || matches!(self.nodes.as_slice(), [only] if only.is_absent()) {
            return Err(fault(YamlProblem::Empty, 0, 0));
        }
        Ok(())
    }

    fn document(self) -> Document {
        Document { nodes: self.nodes, texts: self.texts }
    }

    /// Whether spaces of the copy are elsewhere than at the beginning of a line in brackets or quotes, or behind an
    /// indicator.
    fn has_spaces_in_values(&self) -> bool {
        let bytes = self.text.as_bytes();
        let mut nodes = self.nodes.iter().peekable();
        // The end of brackets and quotes, and of the last scalar.
        let (mut inside, mut scalar) = (0, 0);
        !self.spaced.places().all(|place| {
            let at = clamp(self.byte_of(place));
            while let Some(Node { span, content, .. }) = nodes.next_if(|node| node.span.start < at) {
                step(1);
                let first = bytes.get(span.start as usize);
                let is_scalar = matches!(content, Content::Scalar(_));
                let is_quoted = is_scalar && matches!(first, Some(b'"' | b'\''));
                if is_scalar {
                    scalar = span.end.saturating_add(u32::from(!is_quoted));
                }
                if is_quoted || (!is_scalar && matches!(first, Some(b'[' | b'{'))) {
                    inside = inside.max(span.end);
                }
            }
            let line = self.text.get(..at as usize).unwrap_or_default();
            if line.ends_with(['\n', '\r', '\u{85}']) {
                at < inside
            } else {
                scalar <= at && (at <= inside || at as usize == bytes.len())
            }
        })
    }

    fn event(&mut self, event: Event<'_>, span: Span) -> Step {
        step(1);
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
            Event::DocumentStart(marked) => {
                self.documents = self.documents.saturating_add(1);
                if self.documents > 1 {
                    return Err(YamlError { problem: YamlProblem::Document, span });
                }
                self.check_beginning(span.start as usize)?;
                if marked {
                    self.check_tabs(span.end as usize)?;
                    self.last = self.last.max(span.end as usize);
                }
                Ok(())
            }
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::Scalar(text, style, anchor, tag) => self.scalar(&text, style, anchor, tag.as_deref(), span),
            Event::SequenceStart(anchor, tag) => self.begin(false, anchor, tag.as_deref(), span),
            Event::MappingStart(anchor, tag) => self.begin(true, anchor, tag.as_deref(), span),
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
        }
    }

    // ---- nodes

    fn alias(&mut self, anchor: usize, span: Span) -> Step {
        self.check_tabs(span.start as usize)?;
        let name = self.slice(span).get(1..).unwrap_or_default();
        Self::check_name(name, span)?;
        let target = self.anchors.get(anchor).copied().unwrap_or_default();
        let node = self.nodes.get(target as usize);
        let is_complete = node.is_some_and(|node| node.after > 0);
        if !is_complete {
            return Err(YamlError { problem: YamlProblem::RecursiveAlias, span });
        }
        if self.is_key() && !node.is_some_and(|node| matches!(node.content, Content::Scalar(_))) {
            return Err(YamlError { problem: YamlProblem::ComplexKey, span });
        }
        self.push(Content::Alias(target), span);
        self.finish_node(span.end as usize);
        Ok(())
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, anchor: usize, tag: Option<&Tag>, span: Span) -> Step {
        let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        let plain = style == ScalarStyle::Plain;
        let (mut span, outer) = (span, span);
        let mut text = text;
        if is_block {
            span = self.block_span(span, anchor, tag)?;
            let lines = self.text.get(self.line_end(span.start as usize)..).unwrap_or_default();
            let content = self.text.len().saturating_sub(lines.trim_start_matches([' ', '\n', '\r', '\u{85}']).len());
            let indentation = content.saturating_sub(self.line_start(content));
            if self.open.is_empty() && !text.is_empty() && indentation == 0 {
                return Err(fault(YamlProblem::Indentation, content, 1));
            }
            text = self.without_last_break(text, outer.end as usize, indentation);
        } else {
            span.start = clamp(self.properties(span, anchor, tag.is_some())?);
            let length = if plain && text.is_empty() {
                0
            } else if plain {
                self.slice(span).trim_ascii_end().len()
            } else {
                self.quoted_length(span.start as usize)
            };
            span.end = clamp((span.start as usize).saturating_add(length));
        }
        let written = self.slice(span);
        // The node is empty; the text before it is checked with the next node.
        let is_absent = plain && text.is_empty();
        if !is_absent {
            self.check_tabs(span.start as usize)?;
        }
        if plain {
            if let Some(at) = memchr::memchr(b'\t', written.as_bytes()) {
                return Err(fault(YamlProblem::Tab, (span.start as usize).saturating_add(at), 1));
            }
            // The parser accepts some of these although no value can begin with them.
            if written.starts_with(|c: char| ",[]{}#&*!|>'\"%@`".contains(c)) {
                return Err(fault(YamlProblem::Reserved, span.start as usize, 1));
            }
            if self.open.last().is_some_and(|open| open.is_flow) {
                if let Some(at) = memchr::memchr(b'?', written.as_bytes()) {
                    return Err(fault(YamlProblem::Question, (span.start as usize).saturating_add(at), 1));
                }
                if written.starts_with(':') {
                    return Err(fault(YamlProblem::Reserved, span.start as usize, 1));
                }
            }
        }
        let is_key = self.is_key();
        // A block scalar is a key only after `?`.
        if is_key && !is_block {
            self.check_key(span, outer, is_absent && anchor == 0 && tag.is_none())?;
        }
        let node = Scalar { kind: Kind::String, text: Text::Written(span), plain, merge: false };
        let full_tag = tag.map(|tag| [&*tag.handle, &tag.suffix].concat()).filter(|tag| tag != "!");
        let merge = is_key && plain && full_tag.is_none() && text == "<<";
        let (kind, value) = match &full_tag {
            _ if merge => (Kind::String, None),
            Some(tag) => resolve::tagged(tag, text).map_err(|problem| YamlError { problem, span })?,
            None if is_key && plain && text == "=" => (Kind::String, None),
            // `!` alone: as if it were plain.
            None if plain || tag.is_some() => resolve::plain(text).map_err(|problem| YamlError { problem, span })?,
            None => (Kind::String, None),
        };
        let stored = match (value, style) {
            (Some(value), _) => self.store(&value),
            (None, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted) => {
                let inside = Span { start: span.start.saturating_add(1), end: span.end.saturating_sub(1) };
                // Only strings can omit their quotes.
                if self.slice(inside) == text && kind == Kind::String {
                    Text::Written(inside)
                } else {
                    self.store(text)
                }
            }
            (None, _) if written == text => Text::Written(span),
            (None, _) => self.store(text),
        };
        if merge
            && let Some(open) = self.open.last()
            && let Some(Node { content: Content::Mapping { merges }, .. }) = self.nodes.get_mut(open.node)
        {
            *merges = true;
        }
        self.push(Content::Scalar(Scalar { kind, text: stored, merge, ..node }), span);
        self.note_anchor(anchor, 1);
        if is_absent {
            self.finish_key();
        } else {
            self.finish_node(span.end as usize);
        }
        self.gap = self.gap.max(span.end as usize);
        Ok(())
    }

    fn begin(&mut self, is_mapping: bool, anchor: usize, tag: Option<&Tag>, span: Span) -> Step {
        let start = self.properties(span, anchor, tag.is_some())?;
        let start = self.skip_blank(start);
        let first = self.text.as_bytes().get(start).copied();
        let is_flow = matches!(first, Some(b'{' | b'[')) && (span.end as usize) > start;
        let place = Span { start: clamp(start), end: clamp(start.saturating_add(1)) };
        if self.is_key() {
            let before = start.saturating_sub(1);
            let is_template = is_mapping && is_flow && self.text.as_bytes().get(before) == Some(&b'{');
            return Err(if is_template {
                fault(YamlProblem::TemplateWithoutQuotes, before, 2)
            } else {
                YamlError { problem: YamlProblem::ComplexKey, span: place }
            });
        }
        if let Some(tag) = tag {
            let tag = [&*tag.handle, &tag.suffix].concat();
            if tag != "!" {
                resolve::collection(&tag, is_mapping).map_err(|problem| YamlError { problem, span: place })?;
            }
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(YamlError { problem: YamlProblem::TooDeep, span: place });
        }
        let node = self.nodes.len();
        self.push(if is_mapping { Content::Mapping { merges: false } } else { Content::Sequence }, place);
        if let Some(node) = self.nodes.get_mut(node) {
            node.after = 0;
        }
        self.note_anchor(anchor, 1);
        self.open.push(Open { node, is_mapping, is_flow, key_next: is_mapping });
        if is_flow {
            self.check_tabs(start)?;
            self.last = self.last.max(start.saturating_add(1));
        }
        Ok(())
    }

    fn end(&mut self, span: Span) -> Step {
        let Some(open) = self.open.pop() else { return Ok(()) };
        // In block style it ends with its contents.
        let end = if open.is_flow && span.end > span.start {
            let at = span.start as usize;
            // For the parser it ends at the last comma.
            let is_comma = self.text.as_bytes().get(at) == Some(&b',');
            let at = if is_comma { self.skip_blank(at.saturating_add(1)) } else { at };
            self.check_tabs(at)?;
            at.saturating_add(1)
        } else {
            self.last
        };
        let after = clamp(self.nodes.len());
        if let Some(node) = self.nodes.get_mut(open.node) {
            node.after = after;
            node.span.end = clamp(end).max(node.span.start);
        }
        self.finish_node(end);
        Ok(())
    }

    fn push(&mut self, content: Content, span: Span) {
        let after = clamp(self.nodes.len()).saturating_add(1);
        self.nodes.push(Node { span, content, after });
    }

    /// Gives the last node this anchor.
    fn note_anchor(&mut self, anchor: usize, back: usize) {
        if anchor > 0 {
            let node = clamp(self.nodes.len().saturating_sub(back));
            if self.anchors.len() <= anchor {
                self.anchors.resize(anchor.saturating_add(1), u32::MAX);
            }
            if let Some(place) = self.anchors.get_mut(anchor) {
                *place = node;
            }
        }
    }

    fn is_key(&self) -> bool {
        self.open.last().is_some_and(|open| open.key_next)
    }

    fn finish_node(&mut self, end: usize) {
        self.last = self.last.max(end);
        self.finish_key();
    }

    fn finish_key(&mut self) {
        if let Some(open) = self.open.last_mut().filter(|open| open.is_mapping) {
            open.key_next = !open.key_next;
        }
    }

    fn store(&mut self, text: &str) -> Text {
        let start = clamp(self.texts.len());
        self.texts.extend_from_slice(text.as_bytes());
        Text::Decoded(Span { start, end: clamp(self.texts.len()) })
    }

    // ---- the text before a node

    /// Where a node begins, after its anchor and tag.
    fn properties(&mut self, span: Span, anchor: usize, tag: bool) -> Step<usize> {
        let mut at = span.start as usize;
        let (mut anchor, mut tag) = (anchor > 0, tag);
        let bytes = self.text.as_bytes();
        let mut end = at;
        while anchor || tag {
            at = self.skip_blank(at);
            let rest = self.text.get(at..).unwrap_or_default();
            match bytes.get(at) {
                Some(b'&') if anchor => {
                    anchor = false;
                    let length = rest.find(|c: char| c.is_ascii_whitespace() || c == '\u{85}' || ",[]{}".contains(c));
                    let name = rest.get(1..length.unwrap_or(rest.len())).unwrap_or_default();
                    end = at.saturating_add(1).saturating_add(name.len());
                    let place = Span { start: clamp(at), end: clamp(end) };
                    Self::check_name(name, place)?;
                    if matches!(bytes.get(end), Some(b'[' | b'{')) {
                        return Err(YamlError { problem: YamlProblem::AnchorName, span: place });
                    }
                    if !self.names.insert(name) {
                        return Err(YamlError { problem: YamlProblem::RepeatedAnchor, span: place });
                    }
                }
                Some(b'!') if tag => {
                    tag = false;
                    let verbatim = rest.starts_with("!<").then(|| rest.find('>').map(|end| end.saturating_add(1)));
                    let length = verbatim.flatten().or_else(|| {
                        rest.find(|c: char| c.is_ascii_whitespace() || c == '\u{85}' || ",[]{}".contains(c))
                    });
                    end = at.saturating_add(length.unwrap_or(rest.len()));
                    // For PyYAML it would belong to the tag.
                    if matches!(bytes.get(end), Some(b',' | b'[' | b']' | b'{' | b'}')) {
                        return Err(fault(YamlProblem::UnknownTag, at, end.saturating_sub(at)));
                    }
                }
                _ => return Ok(span.start as usize),
            }
            at = end;
        }
        let start = self.skip_blank(at);
        // Only an anchor or a tag.
        Ok(if end > span.start as usize && start > (span.end as usize).max(end) { end } else { start })
    }

    /// The offset after white space and comments.
    fn skip_blank(&self, mut at: usize) -> usize {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(at) {
            step(1);
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => at = at.saturating_add(1),
                b'#' => at = self.line_end(at),
                0xC2 if bytes.get(at.saturating_add(1)) == Some(&0x85) => at = at.saturating_add(2),
                _ => break,
            }
        }
        at
    }

    /// The text of a block scalar up to a place. If the document ends in its last line, no line break belongs to it,
    /// unlike in YAML 1.2.
    fn without_last_break<'s>(&self, text: &'s str, end: usize, indentation: usize) -> &'s str {
        let rest = self.text.get(end..).unwrap_or_default();
        let last_line = self.text.rsplit(['\n', '\r', '\u{85}']).next().unwrap_or_default();
        let outside = last_line.len() < indentation && last_line.bytes().all(|byte| byte == b' ');
        let is_empty = text.bytes().all(|byte| byte == b'\n');
        match text.strip_suffix('\n') {
            Some(shorter) if rest.is_empty() && !last_line.is_empty() && !outside && !is_empty => shorter,
            _ => text,
        }
    }

    /// The length of a string with its quotes. (The parser's own span includes blanks and comments.)
    fn quoted_length(&self, start: usize) -> usize {
        let text = self.text.as_bytes().get(start..).unwrap_or_default();
        let Some((&quote, mut rest)) = text.split_first() else { return 0 };
        while let Some((&byte, tail)) = rest.split_first() {
            rest = match (byte, tail.first()) {
                (b'\\', Some(_)) if quote == b'"' => tail.get(1..).unwrap_or_default(),
                (b'\'', Some(b'\'')) if quote == b'\'' => tail.get(1..).unwrap_or_default(),
                _ if byte == quote => return text.len().saturating_sub(tail.len()),
                _ => tail,
            };
        }
        text.len()
    }

    /// A block scalar from its `|` or `>` to the end of its last line.
    fn block_span(&mut self, span: Span, anchor: usize, tag: Option<&Tag>) -> Step<Span> {
        let bytes = self.text.as_bytes();
        // The text between the last value and the header: indicators, an anchor, a tag.
        let (mut anchor, mut tag) = (anchor > 0, tag.is_some());
        let mut at = if anchor || tag { span.start as usize } else { self.last };
        let mut start = span.start as usize;
        while at < span.end as usize {
            at = self.skip_blank(at);
            match bytes.get(at) {
                Some(b'|' | b'>') => {
                    start = at;
                    break;
                }
                Some(b'&' | b'!') if anchor || tag => {
                    let place = Span { start: clamp(at), end: clamp(at) };
                    let is_anchor = bytes.get(at) == Some(&b'&');
                    at = self.properties(place, usize::from(is_anchor && anchor), !is_anchor && tag)?;
                    (anchor, tag) = (anchor && !is_anchor, tag && is_anchor);
                }
                // The indicator of an enclosing list.
                Some(b'!') => {
                    let rest = self.text.get(at..).unwrap_or_default();
                    at = at.saturating_add(rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len()));
                }
                Some(_) => at = at.saturating_add(1),
                None => break,
            }
        }
        // A tab is allowed only in the comment of the header.
        self.check_tabs(self.line_end(start))?;
        self.checked = span.end as usize;
        let end = self.text.get(..span.end as usize).unwrap_or_default().trim_ascii_end().len();
        Ok(Span { start: clamp(start), end: clamp(end.max(start.saturating_add(1))) })
    }

    // ---- text that PyYAML rejects

    /// `PyYAML` allows tabs only in quotes, in comments and in the lines of block scalars (`scan_to_next_token`).
    /// Checks from the last token to a place.
    fn check_tabs(&self, to: usize) -> Step {
        if !self.has_tabs {
            return Ok(());
        }
        let bytes = self.text.as_bytes();
        let mut at = self.last.max(self.checked);
        while at < to {
            step(1);
            let before = at.checked_sub(1).and_then(|before| bytes.get(before));
            let begins = before.is_none_or(|before| b" \t\r\n[{,]}\"'".contains(before));
            match bytes.get(at) {
                Some(b'\t') => return Err(fault(YamlProblem::Tab, at, 1)),
                Some(b'#') if begins => at = self.line_end(at),
                _ => at = at.saturating_add(1),
            }
        }
        Ok(())
    }

    /// The text before the document: directives and comments.
    fn check_beginning(&self, to: usize) -> Step {
        let mut at = self.base;
        for line in self.text.get(..to).and_then(|text| text.get(at..)).unwrap_or_default().split_inclusive('\n') {
            let version = line.strip_prefix("%YAML ").map(|rest| rest.trim_start_matches(' '));
            if version.is_some_and(|version| !version.starts_with("1.")) {
                return Err(fault(YamlProblem::Version, at, line.trim_ascii_end().len()));
            }
            if line.starts_with("...") {
                return Err(fault(YamlProblem::Syntax, at, 3));
            }
            at = at.saturating_add(line.len());
        }
        Ok(())
    }

    /// A key without `?` must be on the same line as its colon.
    fn check_key(&self, span: Span, outer: Span, is_absent: bool) -> Step {
        let bytes = self.text.as_bytes();
        // Between the last value and this key there are only indicators and comments.
        let (mut before, mut indicator) = (self.skip_blank(self.last.max(self.gap)), None);
        while before < outer.start as usize {
            indicator = bytes.get(before);
            before = self.skip_blank(before.saturating_add(1));
        }
        if indicator == Some(&b'?') {
            return Ok(());
        }
        if is_absent {
            return Err(fault(YamlProblem::MissingKey, span.start as usize, 1));
        }
        let written = self.slice(span);
        let mut at = span.end as usize;
        while matches!(bytes.get(at), Some(b' ' | b'\t')) {
            at = at.saturating_add(1);
        }
        // In brackets a key needs no colon, and a colon on the next line would not be its own.
        let next = self.skip_blank(at);
        let colon_below = next > at && bytes.get(next) == Some(&b':');
        let is_long = written.len() > LONGEST_KEY && written.chars().count() > LONGEST_KEY;
        let over_lines = written.contains(['\n', '\r', '\u{85}']);
        let has_colon = bytes.get(at) == Some(&b':');
        if colon_below || (has_colon && (over_lines || is_long)) {
            return Err(YamlError { problem: YamlProblem::KeyOverLines, span });
        }
        Ok(())
    }

    fn check_name(name: &str, span: Span) -> Step {
        let good =
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if good { Ok(()) } else { Err(YamlError { problem: YamlProblem::AnchorName, span }) }
    }

    // ---- the text

    fn slice(&self, span: Span) -> &'t str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    fn line_end(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        rest.find(['\n', '\r', '\u{85}']).map_or(self.text.len(), |length| at.saturating_add(length))
    }

    fn line_start(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or_default();
        before.rfind(['\n', '\r']).map_or(self.base.min(at), |at| at.saturating_add(1))
    }

    fn indentation(&self, at: usize) -> usize {
        let line = self.text.get(self.line_start(at)..).unwrap_or_default();
        line.bytes().take_while(|byte| *byte == b' ').count()
    }

    /// The byte of a place that the parser counts in characters.
    fn byte(&self, place: Marker) -> usize {
        self.byte_of(self.spaced.original(place.index()))
    }

    fn byte_of(&self, index: usize) -> usize {
        let Some(start) = self.bytes_of_characters.get(index / 64) else { return self.text.len() };
        let start = *start as usize;
        let rest = self.text.get(start..).unwrap_or_default();
        rest.char_indices().nth(index % 64).map_or(self.text.len(), |(byte, _)| start.saturating_add(byte))
    }

    /// The invalid escape in the quotes at a place.
    fn wrong_escape(&self, quote: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = quote.saturating_add(1);
        while let Some(byte) = bytes.get(at) {
            let after = at.saturating_add(2);
            match (byte, bytes.get(at.saturating_add(1))) {
                (b'\\', Some(letter)) => {
                    let digits = escape_digits(*letter).map(|digits| bytes.get(after..after.saturating_add(digits)));
                    if !digits.flatten().is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) {
                        return at;
                    }
                    at = after;
                }
                (b'"', _) => break,
                _ => at = at.saturating_add(1),
            }
        }
        quote
    }

    /// Converts the parser's error.
    fn parser_error(&mut self, error: &ScanError) -> YamlError {
        let reasons =
            ["invalid indentation", "tab cannot be", "comments must be", "expected whitespace", "may not precede"];
        self.lacks_spaces = reasons.iter().any(|reason| error.info().contains(reason));
        let at = self.byte(*error.marker());
        let problem = problem_of(error.info(), self.text.as_bytes().get(at).copied());
        // Its place is sometimes before the tab, and tabs cause other problems.
        let to = if problem == YamlProblem::Tab { self.text.len() } else { at };
        if !matches!(problem, YamlProblem::UnclosedText | YamlProblem::Escape)
            && let Err(tab) = self.check_tabs(to)
        {
            return tab;
        }
        let opened = self.open.last().filter(|open| open.is_flow).and_then(|open| self.nodes.get(open.node));
        if let Some(node) = opened {
            let start = node.span.start as usize;
            // The text after an unclosed bracket is not the problem.
            let is_closed = start < self.byte_of(self.spaced.closed);
            let below = !is_closed && self.line_start(at) > start && self.indentation(at) <= self.indentation(start);
            let at_end = self.skip_blank(at) >= self.text.len();
            if (at_end || below)
                && !matches!(problem, YamlProblem::Tab | YamlProblem::UnclosedText | YamlProblem::Escape)
            {
                return fault(YamlProblem::Unclosed, start, 1);
            }
        }
        let (problem, at) = match problem {
            // The only colon of its line: the line itself is misplaced. Otherwise the value is the problem.
            YamlProblem::KeyInValue => {
                let start = self.line_start(at);
                let line = self.text.get(start..at).unwrap_or_default();
                let content = start.saturating_add(line.len().saturating_sub(line.trim_ascii_start().len()));
                match line.find(": ") {
                    Some(colon) => (problem, self.skip_blank(start.saturating_add(colon).saturating_add(1))),
                    None => (YamlProblem::Indentation, content),
                }
            }
            // The parser notices it only on a later line.
            YamlProblem::MissingColon => {
                let before = self.text.get(..at).unwrap_or_default();
                if before.get(self.line_start(at)..).is_some_and(|line| line.trim_ascii().is_empty()) {
                    let start = self.line_start(before.trim_ascii_end().len());
                    (problem, self.skip_blank(start).min(at))
                } else {
                    (problem, at)
                }
            }
            YamlProblem::Escape => (problem, self.wrong_escape(at)),
            _ => (problem, at),
        };
        let rest = self.text.get(at..self.line_end(at)).unwrap_or_default();
        let length = match problem {
            YamlProblem::Escape => 2.min(rest.len()),
            YamlProblem::UnclosedText | YamlProblem::Tab | YamlProblem::Reserved | YamlProblem::MismatchedBracket => {
                rest.chars().next().map_or(0, char::len_utf8)
            }
            _ => rest.trim_ascii_end().len(),
        };
        fault(problem, at, length)
    }
}

/// How many hexadecimal digits follow an escape in double quotes; `None`: invalid escape.
fn escape_digits(letter: u8) -> Option<usize> {
    match letter {
        b'x' => Some(2),
        b'u' => Some(4),
        b'U' => Some(8),
        _ => b"0abt\tnvfreN_LP \"/\\\n\r".contains(&letter).then_some(0),
    }
}

/// The meaning of a parser error; `found`: the byte that it is about.
fn problem_of(info: &str, found: Option<u8>) -> YamlProblem {
    let has = |part: &str| info.contains(part);
    match () {
        () if found == Some(b'\t') || has("tab") => YamlProblem::Tab,
        () if has("quoted scalar, found unexpected") || has("indentation in quoted") => YamlProblem::UnclosedText,
        () if has("escape character") || has("hexadecimal") => YamlProblem::Escape,
        () if has("escape code") => YamlProblem::LoneSurrogate,
        () if has("recursion limit") => YamlProblem::TooDeep,
        () if has("incompatible YAML") => YamlProblem::Version,
        () if has("directive") => YamlProblem::Directive,
        () if has("anchor or alias") => YamlProblem::AnchorName,
        () if has("unknown anchor") => YamlProblem::UnknownAlias,
        () if has("tag") || has("TAG") || has("handle") => YamlProblem::UnknownTag,
        () if has("block scalar, ") => YamlProblem::BlockHeader,
        () if has("mapping values are not allowed") || has("placement of ':'") => YamlProblem::KeyInValue,
        () if has("simple key") || has("':' m") => YamlProblem::MissingColon,
        () if has("expected ',' or") => YamlProblem::Separator,
        () if has("misplaced bracket") => YamlProblem::MismatchedBracket,
        () if matches!(found, Some(b'@' | b'`' | b'%' | b',' | b']' | b'}' | b'?')) => YamlProblem::Reserved,
        () if has("node content") || has("cannot start") || has("unexpected character") || has("only valid") => {
            YamlProblem::Reserved
        }
        () if has("trailing content") || has("after document end") => YamlProblem::Trailing,
        () if has("unprintable") || has("byte order mark") => YamlProblem::Unprintable,
        () if has("indent") || has("expected key") || has("'-' indicator") || has("not allowed in this context") => {
            YamlProblem::Indentation
        }
        () if has("document start") || has("document-start") => YamlProblem::Trailing,
        () => YamlProblem::Syntax,
    }
}

fn fault(problem: YamlProblem, at: usize, length: usize) -> YamlError {
    YamlError { problem, span: Span { start: clamp(at), end: clamp(at.saturating_add(length)) } }
}

/// Offsets are 32 bits wide, like those of the tape.
fn clamp(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
