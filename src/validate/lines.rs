//! Checks the lines of a part of a text by itself, and keeps of each what links its events to others.

use crate::diagnostic::findings::{Findings, PartFindings};
use crate::diagnostic::syntax::SourceText;
use crate::json::{Places, Position, Skeletons};
use crate::recognise::events_start;

use super::input;
use super::options::ValidateOptions;
use super::session::{FirstForm, Relate, Session};

/// Keeps what links the events of a part to others.
pub(crate) trait Keep: Relate + Default {
    /// A line follows; it ends at this byte of the text.
    fn begin_line(&mut self, text: &[u8], line: &Line, end: usize);

    /// It was checked.
    fn end_line(&mut self, _text: &[u8], _line: &Line) {}
}

/// A line of a part: its first byte, and where that is. Only `\n` ends a line.
pub(crate) struct Line {
    pub(crate) byte: usize,
    number: u64,
    /// From the beginning of the part, in UTF-16 code units.
    offset: u64,
    pub(crate) is_ascii: bool,
    pub(crate) wtf8: bool,
}

impl Line {
    fn new(wtf8: bool) -> Self {
        // A byte order mark can come before the first one.
        Line { byte: 0, number: 1, offset: 0, is_ascii: false, wtf8 }
    }

    /// Its beginning, from that of the part.
    pub(crate) fn position(&self) -> Position {
        Position { line: self.number, column: 1, offset: self.offset }
    }

    /// Its text up to a byte, with the place of each byte.
    pub(crate) fn places<'t>(&self, text: &'t [u8], end: usize) -> Places<'t> {
        Places::new(text.get(self.byte..end).unwrap_or_default(), Position::START, self.wtf8)
    }

    /// Goes on to the line that begins before a byte. `from`: the end of this line, after which only blank ones follow.
    fn pass(&mut self, text: &[u8], from: usize, to: usize) {
        let between = text.get(from..to).unwrap_or_default();
        let (last, breaks) = match between {
            // Usually: faster than a search.
            [b'\n'] => (0, 1),
            _ => match memchr::memrchr(b'\n', between) {
                Some(last) => (last, memchr::memchr_iter(b'\n', between).count()),
                None => return,
            },
        };
        let next = from.saturating_add(last).saturating_add(1);
        let units = if self.is_ascii {
            next.saturating_sub(self.byte) as u64
        } else {
            self.places(text, next).position(usize::MAX).offset
        };
        self.number = self.number.saturating_add(breaks as u64);
        self.offset = self.offset.saturating_add(units);
        self.byte = next;
    }

    /// Goes on to the line between two bytes.
    fn begin(&mut self, text: &[u8], before: usize, start: usize, end: usize) {
        self.pass(text, before, start);
        self.is_ascii = text.get(self.byte..end).unwrap_or_default().is_ascii();
    }
}

/// Checks parts of NDJSON, each by itself.
pub(crate) struct LineValidator<R> {
    options: ValidateOptions,
    session: Session<R>,
    skeletons: Skeletons,
}

/// What the lines of a part show. Places and indices are relative to it.
pub(crate) struct Checked {
    pub(crate) findings: PartFindings,
    pub(crate) events: u64,
    /// The place after it.
    pub(crate) end: Position,
    pub(crate) form: FirstForm,
}

impl<R: Keep> LineValidator<R> {
    pub(crate) fn new(options: ValidateOptions, kept: R) -> Self {
        LineValidator {
            options,
            session: Session { relations: kept, ..Session::default() },
            skeletons: Skeletons::default(),
        }
    }

    /// What was kept.
    pub(crate) fn kept(&mut self) -> &mut R {
        &mut self.session.relations
    }

    /// See [`PartValidator::check`](super::PartValidator::check).
    pub(crate) fn check(&mut self, text: &[u8], first: bool, wtf8: bool) -> Checked {
        let LineValidator { options, session, skeletons } = self;
        session.events = 0;
        let mut findings = Findings::new(options.report());
        let source = SourceText { text, base: Position::START, wtf8 };
        let (mut line, mut form, mut end_before) = (Line::new(wtf8), None, 0);
        let from = if first { events_start(text) } else { 0 };
        for (start, end) in input::lines(text, from) {
            line.begin(text, end_before, start, end);
            end_before = end;
            session.relations.begin_line(text, &line, end);
            let up_to = text.get(..end).unwrap_or_default();
            session.parses = session.parses.saturating_add(1);
            let parsed = skeletons.parse(up_to, start, &mut session.tape, &mut session.issues);
            let found = findings.kept();
            let own = session.check(&mut findings, options, source, end, &parsed, true);
            form = form.or(Some(Some(own).filter(|_| parsed.complete)));
            if findings.kept() > found {
                findings.settle(found, Places::starting(up_to, line.byte, line.position(), wtf8));
            }
            session.relations.end_line(up_to, &line);
        }
        line.pass(text, end_before, text.len());
        Checked { findings: findings.into_part(), events: session.events, end: line.position(), form }
    }
}
