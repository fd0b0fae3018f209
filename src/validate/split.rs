//! Checks the parts of a text by themselves, in any order or at once, and merges what they found: the report is that of
//! the whole text.
//!
//! Events are checked where they are; of what links them to others, a part keeps a [`Record`] of each. Only the merge,
//! which is fast, must go through the parts in order.

use std::borrow::Cow;

use crate::catalogue::{Family, Match};
use crate::diagnostic::findings::{Findings, Location, Subject};
use crate::diagnostic::syntax::SourceText;
use crate::diagnostic::{Range, Report};
use crate::json::{Position, Span, Value};
use crate::text::phrase::readable;
use crate::time::Instant;

use super::chain::{Chain, Id, Link, Linked, Memory};
use super::lines::{Checked, Keep, Line, LineValidator};
use super::links::Links;
use super::options::ValidateOptions;
use super::session::{FirstForm, Relate, form_of_lines};

/// Checks parts of NDJSON, each by itself. Events without findings are remembered from part to part, which makes checking
/// similar ones faster; no result depends on it.
///
/// ```
/// use prefect_events::diagnostic::TextOptions;
/// use prefect_events::validate::{Merge, PartValidator, ValidateOptions, validate};
///
/// let line = r#"{"occurred": "2026-03-31T18:30:00Z", "event": "acme.paid", "resource": {"prefect.resource.id": "acme.1"},
///     "id": "01a1ffe4-419a-726f-8626-5e21f619db83"}"#.replace('\n', "") + "\n";
/// let options = ValidateOptions::default();
/// let mut validator = PartValidator::new(options.clone());
/// let first = validator.check(line.as_bytes(), true, false);
/// let second = validator.check(line.as_bytes(), false, false);
///
/// let mut merge = Merge::new(&options);
/// merge.add(first);
/// merge.add(second);
/// let report = merge.report();
/// assert_eq!(report.diagnostics[0].code, "repeated-event-id");
/// assert_eq!(report, validate(line.repeat(2).as_bytes(), TextOptions::default(), &options));
/// ```
pub struct PartValidator(LineValidator<Records>);

/// What a part of a text shows. Its places and indices are relative to it.
pub struct CheckedPart {
    checked: Checked,
    records: Records,
}

impl CheckedPart {
    /// How many events it has.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.checked.events
    }
}

/// Merges parts, in the order of the text.
pub struct Merge<'o> {
    findings: Findings<'o>,
    chain: Chain,
    /// The number of events in the parts so far.
    events: u64,
    /// The place after them.
    end: Position,
    form: FirstForm,
}

impl PartValidator {
    /// Begins without any memory.
    #[must_use]
    pub fn new(options: ValidateOptions) -> Self {
        PartValidator(LineValidator::new(options, Records::default()))
    }

    /// Checks whole lines; the last one of the text may lack its line break. `first`: they begin the text. `wtf8`: see
    /// [`TextOptions`](crate::diagnostic::TextOptions).
    #[must_use]
    pub fn check(&mut self, text: &[u8], first: bool, wtf8: bool) -> CheckedPart {
        let checked = self.0.check(text, first, wtf8);
        CheckedPart { checked, records: std::mem::take(self.0.kept()) }
    }
}

/// What links the events of a part to others.
#[derive(Default)]
pub(crate) struct Records {
    all: Vec<Record>,
    /// The texts of all of them.
    texts: Vec<u8>,
    /// The current line: its first byte, where that is, and its first record.
    byte: u32,
    line: Position,
    first: usize,
}

struct Record {
    /// How many findings of the part come before those that follow from this record.
    found: usize,
    index: u64,
    name: Option<KeptText>,
    family: Option<&'static Family>,
    holed: bool,
    occurred: Option<Instant>,
    id: Id,
    follows: Option<Id>,
    /// The beginning of its line.
    line: Position,
    links: Links<KeptAt>,
}

/// A piece of the texts.
#[derive(Clone, Copy)]
pub(crate) struct KeptText {
    start: usize,
    end: usize,
}

/// A value: its text, and its place in the line: in bytes, until the line ends.
#[derive(Clone, Copy)]
struct KeptAt {
    text: KeptText,
    start: u32,
    end: u32,
}

/// A value of an event in a part, for the merge.
#[derive(Clone, Copy)]
pub(crate) struct Kept<'p> {
    pub(crate) text: &'p [u8],
    pub(crate) range: Range,
}

impl<'p> Kept<'p> {
    /// A value in a line, from one UTF-16 code unit of it to another.
    pub(crate) fn in_line(text: &'p [u8], line: Position, start: u32, end: u32) -> Self {
        let place = |unit: u32| {
            let unit = u64::from(unit);
            Position { column: unit.saturating_add(1), offset: line.offset.saturating_add(unit), ..line }
        };
        Kept { text, range: Range { start: place(start), end: place(end) } }
    }
}

impl<'p> Link<'p> for Kept<'p> {
    fn bytes(self) -> Cow<'p, [u8]> {
        Cow::Borrowed(self.text)
    }

    /// No value that is not a string is written like the strings that are asked for: these are words.
    fn is(self, other: &str) -> bool {
        self.text == other.as_bytes()
    }

    fn location(self) -> Location {
        Location::Known(self.range)
    }
}

impl Relate for Records {
    fn relate(
        &mut self,
        findings: &mut Findings<'_>,
        subject: &Subject<'_>,
        event: &Linked<Value<'_>>,
        matched: Option<&Match<'_>>,
    ) {
        let (Some(index), Some(id)) = (subject.index, event.id) else { return };
        let name = subject.name.map(|name| self.keep(name.as_bytes()));
        let byte = self.byte;
        let links = event.links.map(|value| {
            let Span { start, end } = value.span();
            let text = self.keep(&value.bytes());
            KeptAt { text, start: start.saturating_sub(byte), end: end.saturating_sub(byte) }
        });
        self.all.push(Record {
            found: findings.kept(),
            index,
            name,
            family: matched.map(|matched| matched.family),
            holed: matched.is_some_and(|matched| matched.hole.is_some()),
            occurred: event.occurred,
            id,
            follows: event.follows,
            line: self.line,
            links,
        });
    }
}

impl Keep for Records {
    fn begin_line(&mut self, _text: &[u8], line: &Line, _end: usize) {
        self.byte = u32::try_from(line.byte).unwrap_or(u32::MAX);
        (self.line, self.first) = (line.position(), self.all.len());
    }

    /// Converts the places of the line's records from bytes to UTF-16 code units.
    fn end_line(&mut self, text: &[u8], line: &Line) {
        let records = self.all.get_mut(self.first..).unwrap_or_default();
        if !records.is_empty() && !line.is_ascii {
            let mut places = line.places(text, text.len());
            let mut unit = |byte: u32| u32::try_from(places.position(byte as usize).offset).unwrap_or(u32::MAX);
            for record in records {
                record.links = record.links.map(|kept| KeptAt { start: unit(kept.start), end: unit(kept.end), ..kept });
            }
        }
    }
}

impl Records {
    fn keep(&mut self, text: &[u8]) -> KeptText {
        let start = self.texts.len();
        self.texts.extend_from_slice(text);
        KeptText { start, end: self.texts.len() }
    }

    fn text(&self, piece: KeptText) -> &[u8] {
        self.texts.get(piece.start..piece.end).unwrap_or_default()
    }
}

impl Record {
    /// `base`: the beginning of the part.
    fn linked<'p>(&self, records: &'p Records, base: Position) -> Linked<Kept<'p>> {
        let line = self.line.after(base);
        let kept = |kept: KeptAt| Kept::in_line(records.text(kept.text), line, kept.start, kept.end);
        Linked { occurred: self.occurred, id: Some(self.id), follows: self.follows, links: self.links.map(kept) }
    }
}

impl<'o> Merge<'o> {
    /// Begins with the first part.
    #[must_use]
    pub fn new(options: &'o ValidateOptions) -> Self {
        Merge::remembering(Memory::default(), options)
    }

    /// The same, with a choice of how many events are remembered.
    #[must_use]
    pub fn remembering(memory: Memory, options: &'o ValidateOptions) -> Self {
        let findings = Findings::new(options.report());
        Merge { findings, chain: Chain::new(memory), events: 0, end: Position::START, form: None }
    }

    /// Adds the next part.
    pub fn add(&mut self, part: CheckedPart) {
        let CheckedPart { checked: Checked { findings, events, end, form }, records } = part;
        let (base, before) = (self.end, self.events);
        let mut found = findings.found.into_iter();
        let mut open = found.len();
        let all = open;
        for record in &records.all {
            let left = all.saturating_sub(record.found);
            for own in found.by_ref().take(open.saturating_sub(left)) {
                self.findings.add_of_part(own, base, before);
            }
            open = open.min(left);
            self.findings.next_event();
            let name = record.name.map(|name| readable(records.text(name)));
            let docs = record.family.and_then(Family::docs);
            let index = Some(before.saturating_add(record.index));
            let subject = Subject { index, name: name.as_deref(), docs };
            self.chain.add(&mut self.findings, &subject, &record.linked(&records, base), record.family, record.holed);
        }
        for own in found {
            self.findings.add_of_part(own, base, before);
        }
        self.findings.add_omitted(findings.omitted);
        self.form = self.form.or(form);
        self.events = before.saturating_add(events);
        self.end = end.after(base);
    }

    /// The report on the whole text.
    #[must_use]
    pub fn report(mut self) -> Report {
        self.chain.finish(&mut self.findings, self.events);
        Report {
            form: Some(form_of_lines(self.form)),
            ..self.findings.into_report(self.events, SourceText::NONE, true)
        }
    }
}
