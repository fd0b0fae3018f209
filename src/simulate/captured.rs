//! Captured events, read text by text, and what automations sent among them.

use uuid::Uuid;

use crate::diagnostic::findings::{Findings, Subject};
use crate::diagnostic::options::ReportOptions;
use crate::diagnostic::syntax::{self, SourceText};
use crate::diagnostic::{Report, Severity};
use crate::event::{EventReader, ReceivedEvent};
use crate::json::{Fault, Issue, Parsed, Position, Skeletons, Span, Tape, Value, parse_prefix_around};
use crate::recognise;
use crate::text::steps::step;
use crate::text::table::Set;
use crate::time::Instant;

use super::automations::GivenAutomation;
use super::document::add_event;
use super::play_options::received;
use super::reading::{self, DocumentText, Reading};
use super::recorded::{AutomationEvents, AutomationVersion, OwnEvents};
use super::result::NotPlayed;

/// The captured events, in one text or in several: files of one history, whose events are played in order of receipt.
#[derive(Clone, Debug)]
pub struct EventTexts<'t>(Vec<DocumentText<'t>>);

impl<'t> EventTexts<'t> {
    /// The single texts.
    pub(super) fn texts(&self) -> impl Iterator<Item = DocumentText<'t>> + '_ {
        self.0.iter().copied()
    }
}

impl<'t> From<DocumentText<'t>> for EventTexts<'t> {
    fn from(text: DocumentText<'t>) -> Self {
        EventTexts(vec![text])
    }
}

impl<'t> From<Vec<DocumentText<'t>>> for EventTexts<'t> {
    fn from(texts: Vec<DocumentText<'t>>) -> Self {
        EventTexts(texts)
    }
}

impl<'t> From<&'t [u8]> for EventTexts<'t> {
    fn from(bytes: &'t [u8]) -> Self {
        DocumentText::from(bytes).into()
    }
}

impl<'t> From<&'t str> for EventTexts<'t> {
    fn from(text: &'t str) -> Self {
        DocumentText::from(text).into()
    }
}

/// Reads the JSON document that begins at a byte of a text: see [`parse_prefix_around`].
type ReadDocument<'r> = dyn FnMut(&[u8], usize, &mut Tape, &mut Vec<Issue>) -> Parsed + 'r;

/// Of the issues, in their order, the first in a value.
fn issue_in(issues: &[Issue], value: Span) -> Option<&Issue> {
    let first = issues.partition_point(|issue| issue.span.start < value.start);
    issues.get(first).filter(|issue| issue.span.start < value.end)
}

/// Reads the events of JSON documents one after the other. Stops at the first that is none. The warnings of the report are
/// about events that are nested too deeply to be read, and are left out.
fn each_event(
    text: DocumentText<'_>,
    read_document: &mut ReadDocument<'_>,
    read: &mut dyn FnMut(Value<'_>, &mut Reading<'_>),
) -> Report {
    let (mut tape, mut issues) = (Tape::new(), Vec::new());
    let mut findings = reading::findings();
    // All of them: each is longer than its finding.
    let mut unread = Findings::new(ReportOptions::listing(usize::MAX));
    let wrong = |mut findings: Findings<'static>, issues: &[Issue]| {
        let source = SourceText { text: text.bytes, base: Position::START, wtf8: text.options.wtf8 };
        syntax::report(&mut findings, source, &Subject::default(), None, issues);
        text.report(findings)
    };
    let mut at = recognise::events_start(text.bytes);
    while text.bytes.get(at..).is_some_and(|rest| !rest.trim_ascii_start().is_empty()) {
        let parsed = read_document(text.bytes, at, &mut tape, &mut issues);
        let document = tape.document(text.bytes);
        let Some(root) = document.root().filter(|_| parsed.complete && parsed.end > at) else {
            return wrong(findings, &issues);
        };
        step(1);
        // Its texts would change: no server keeps such an event.
        if issues.iter().any(|issue| issue.fault == Fault::LoneSurrogate) {
            issues.retain(|issue| issue.fault == Fault::LoneSurrogate);
            return wrong(findings, &issues);
        }
        issues.retain(|issue| issue.fault == Fault::TooDeep);
        at = parsed.end;
        let mut reading = Reading::resumed(findings, root);
        for event in recognise::events(root) {
            match issue_in(&issues, event.span()) {
                Some(issue) => reading.too_deep(&mut unread, event, issue.span),
                None => read(event, &mut reading),
            }
        }
        findings = reading.findings;
    }
    let (mut report, unread) = (text.report(findings), text.report(unread));
    report.warnings = report.warnings.saturating_add(unread.warnings);
    report.diagnostics.extend(unread.diagnostics);
    report
}

/// Reads the events of JSON documents one after the other, such as whole lines of NDJSON. If the report is not valid,
/// the events before the error were read. Each of its warnings is about an event that is left out.
pub(crate) fn read_events(
    text: DocumentText<'_>,
    reader: &mut EventReader,
    read: &mut dyn FnMut(ReceivedEvent),
) -> Report {
    read_events_by(text, &mut parse_prefix_around, reader, read)
}

/// The same; documents with known skeletons are read faster.
pub(crate) fn read_events_with(
    text: DocumentText<'_>,
    skeletons: &mut Skeletons,
    reader: &mut EventReader,
    read: &mut dyn FnMut(ReceivedEvent),
) -> Report {
    let mut read_document =
        |text: &[u8], at, tape: &mut Tape, issues: &mut _| skeletons.parse_prefix_around(text, at, tape, issues);
    read_events_by(text, &mut read_document, reader, read)
}

fn read_events_by(
    text: DocumentText<'_>,
    read_document: &mut ReadDocument<'_>,
    reader: &mut EventReader,
    read: &mut dyn FnMut(ReceivedEvent),
) -> Report {
    let mut events = Vec::new();
    each_event(text, read_document, &mut |event, reading| {
        add_event(event, reader, &mut events, reading);
        events.drain(..).for_each(&mut *read);
    })
}

/// Captured events of one history, read text by text.
///
/// ```
/// use prefect_events::simulate::CapturedEvents;
///
/// let mut captured = CapturedEvents::default();
/// let report = captured.add(r#"{"id": "00000000-0000-4000-8000-000000000001", "occurred": "2026-03-01T12:00:00Z",
///     "event": "acme.backup.failed", "resource": {"prefect.resource.id": "acme.backup"}}"#.into());
/// assert!(report.valid);
/// assert_eq!(captured.len(), 1);
/// ```
#[derive(Default)]
pub struct CapturedEvents {
    reader: EventReader,
    /// In the order of the texts.
    pub(super) events: Vec<ReceivedEvent>,
    pub(super) sent_by_automations: AutomationEvents,
    /// The ids of events in earlier texts: files of one history may overlap.
    before: Set<Uuid>,
    /// How many events earlier texts had.
    read: usize,
    unread: Option<UnreadEvents>,
    not_played: Vec<NotPlayed>,
}

/// A text of events that cannot be read.
#[derive(Clone, Debug)]
pub struct UnreadEvents {
    /// Its 0-based index, if there are several.
    pub index: Option<usize>,
    /// Why.
    pub report: Report,
}

impl CapturedEvents {
    /// Reads all texts, up to the first that is invalid: see [`CapturedEvents::unread`].
    #[must_use]
    pub fn read(events: EventTexts<'_>) -> Self {
        let mut captured = CapturedEvents::default();
        let several = events.0.len() > 1;
        for (index, text) in events.0.into_iter().enumerate() {
            if !captured.add_lines(text, 0, several.then_some(index)).valid {
                break;
            }
        }
        captured
    }

    /// The events; or the first text that cannot be read.
    pub(super) fn readable(self) -> Result<Self, UnreadEvents> {
        match self.unread {
            Some(unread) => Err(unread),
            None => Ok(self),
        }
    }

    /// The first text that cannot be read. What is calculated with these events reports it.
    #[must_use]
    pub fn unread(&self) -> Option<&UnreadEvents> {
        self.unread.as_ref()
    }

    /// The events that cannot be read, because they are nested too deeply: they are left out. What is calculated with these
    /// events names them.
    #[must_use]
    pub fn not_played(&self) -> &[NotPlayed] {
        &self.not_played
    }

    /// Adds the events of a text: JSON documents one after the other, such as whole lines of NDJSON. Events of earlier
    /// texts are not added again. If the report is not valid, the events before the error were added, and what is calculated
    /// with these events reports the error: see [`CapturedEvents::unread`]. Each warning is about an event that is left out:
    /// see [`CapturedEvents::not_played`].
    pub fn add(&mut self, text: DocumentText<'_>) -> Report {
        self.add_lines(text, 0, None)
    }

    fn add_text(&mut self, text: DocumentText<'_>) -> Report {
        for event in self.events.iter().skip(self.read) {
            step(1);
            self.before.insert(event.id);
        }
        self.read = self.events.len();
        each_event(text, &mut parse_prefix_around, &mut |event, reading| self.add_one(event, reading))
    }

    /// Adds a further part of a text: whole lines of NDJSON. `lines`: how many lines came before, so that findings have
    /// their line in the whole text. `index`: of the text, if there are several.
    pub fn add_lines(&mut self, text: DocumentText<'_>, lines: u64, index: Option<usize>) -> Report {
        let mut report = self.add_text(text);
        for range in report.diagnostics.iter_mut().filter_map(|found| found.range.as_mut()) {
            range.start.line = range.start.line.saturating_add(lines);
            range.end.line = range.end.line.saturating_add(lines);
        }
        if !report.valid && self.unread.is_none() {
            self.unread = Some(UnreadEvents { index, report: report.clone() });
        }
        let unread = report.diagnostics.iter().filter(|found| found.severity == Severity::Warning);
        self.not_played.extend(unread.map(|found| NotPlayed { events_index: index, finding: found.clone() }));
        report
    }

    /// How many events there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// The events, in the order of the texts.
    pub(crate) fn events(&self) -> &[ReceivedEvent] {
        &self.events
    }

    /// Some of the events, without what automations sent.
    pub(crate) fn only(&self, is_wanted: impl Fn(&ReceivedEvent) -> bool) -> CapturedEvents {
        step(self.events.len());
        let events = self.events.iter().filter(|event| is_wanted(event)).cloned().collect();
        CapturedEvents { events, ..CapturedEvents::default() }
    }

    /// When the server received the first and the last event. `None`: there are none.
    pub(crate) fn received(&self) -> Option<(Instant, Instant)> {
        received(&self.events, false).zip(received(&self.events, true))
    }

    /// What one automation sent: found by its id, otherwise by its name.
    pub(crate) fn sent_by(&self, given: &GivenAutomation) -> OwnEvents<'_> {
        self.sent_by_automations.of(&self.events, given.id.as_deref(), &given.automation.name)
    }

    /// The ids and names of the automations that sent events, in order of appearance.
    pub(crate) fn automations(&self) -> Vec<(&str, &str)> {
        self.sent_by_automations.senders(&self.events)
    }

    /// The versions of the automation with this id, in order of time.
    pub(crate) fn versions_of(&self, id: &str) -> Vec<AutomationVersion<'_>> {
        self.sent_by_automations.of(&self.events, Some(id), "").versions()
    }

    /// The indexes of the events that would not exist without the actions of any automation, ascending.
    pub(crate) fn consequences(&self) -> Vec<usize> {
        self.sent_by_automations.consequences(&self.events)
    }

    fn add_one(&mut self, value: Value<'_>, reading: &mut Reading<'_>) {
        if !add_event(value, &mut self.reader, &mut self.events, reading) {
            return;
        }
        let place = self.events.len().saturating_sub(1);
        let Some(event) = self.events.last() else { return };
        if self.before.contains(&event.id) {
            self.events.pop();
        } else {
            self.sent_by_automations.note(event, place, value, &mut self.reader);
        }
    }
}
