//! Checks texts chunk by chunk, or several as one history.

use serde::Serialize;

use crate::diagnostic::findings::Findings;
use crate::diagnostic::syntax::SourceText;
use crate::diagnostic::{Report, TextOptions};
use crate::json::{Places, Position};
use crate::recognise::events_start;
use crate::text::order;

use super::chain::{Chain, Late};
use super::options::ValidateOptions;
use super::session::Session;

/// NDJSON, chunk by chunk, in constant memory: places and indices continue across chunks.
///
/// With [`StreamValidator::begin`] before each of them, several texts are one history: relations between events are checked
/// across all texts.
///
/// ```
/// use prefect_events::diagnostic::TextOptions;
/// use prefect_events::validate::{StreamValidator, ValidateOptions};
///
/// let event = |id: &str, follows: &str| {
///     let labels = r#"{"prefect.resource.id": "prefect.deployment.01a1ffe4-419a-726f-8626-5e21f619db83"}"#;
///     format!(r#"{{"occurred": "2026-03-31T18:30:00Z", "event": "acme.built", "resource": {labels},
///         "id": "{id}", "follows": {follows}}}"#)
/// };
/// let first = event("01a1ffe4-419a-726f-8626-5e21f619db83", "null");
/// let mut stream = StreamValidator::new(ValidateOptions::default());
/// assert!(stream.begin("monday.json").is_empty());
/// assert!(stream.document(first.as_bytes(), TextOptions::default()).diagnostics.is_empty());
/// assert!(stream.begin("tuesday.json").is_empty());
/// assert!(stream.document(first.as_bytes(), TextOptions::default()).diagnostics.is_empty());
/// // Two pages that overlap: reported once for the page.
/// let late = stream.end();
/// assert_eq!(late.len(), 1);
/// assert_eq!((late[0].text, late[0].report.infos), (1, 1));
/// ```
pub struct StreamValidator {
    options: ValidateOptions,
    session: Session<Chain>,
    /// The place after the last chunk.
    place: Position,
    /// How many events the earlier texts had.
    before: u64,
}

/// Late findings about a text of a history, after the others were read.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct LateReport {
    /// The text: 0 is the first.
    pub text: u32,
    /// A report without events: only the late findings.
    pub report: Report,
}

impl StreamValidator {
    /// A stream whose first chunk is the beginning of the text.
    #[must_use]
    pub fn new(options: ValidateOptions) -> Self {
        StreamValidator { options, session: Session::default(), place: Position::START, before: 0 }
    }

    /// Begins a text of a history, with its name for messages. Returns late findings about earlier texts.
    #[must_use]
    pub fn begin(&mut self, name: &str) -> Vec<LateReport> {
        let late = self.late();
        self.before = self.before.saturating_add(std::mem::take(&mut self.session.events));
        self.place = Position::START;
        self.session.relations.begin(name);
        late
    }

    /// Checks a whole text of a history, of any kind, as [`validate`](super::validate) does.
    #[must_use]
    pub fn document(&mut self, text: &[u8], text_options: TextOptions) -> Report {
        let mut findings = Findings::new(self.options.report());
        let source = SourceText { text, base: Position::START, wtf8: text_options.wtf8 };
        self.session.text(&mut findings, &self.options, source);
        self.session.relations.leave(source);
        findings.into_report(self.session.events, source, text_options.places)
    }

    /// Findings that require the end of a history.
    #[must_use]
    pub fn end(&mut self) -> Vec<LateReport> {
        self.session.relations.close(self.before.saturating_add(self.session.events));
        self.late()
    }

    /// Late findings about texts already read, a report for each text.
    fn late(&mut self) -> Vec<LateReport> {
        let (mut late, names) = self.session.relations.late();
        order::by_key(&mut late, &mut |late| u64::from(late.file()));
        let of_one = late.chunk_by(|one, other| one.file() == other.file());
        let report = |all: &[Late]| {
            let mut findings = Findings::new(self.options.report());
            for late in all {
                late.report(&mut findings, names);
            }
            let text = all.first().map(Late::file).unwrap_or_default();
            LateReport { text, report: findings.into_report(0, SourceText::NONE, true) }
        };
        of_one
            .map(report)
            .filter(|LateReport { report, .. }| !report.diagnostics.is_empty() || report.truncated.is_some())
            .collect()
    }

    /// Checks whole lines; the last one of the input may lack its line break.
    #[must_use]
    pub fn chunk(&mut self, text: &[u8]) -> Report {
        let mut findings = Findings::new(self.options.report());
        let before = self.session.events;
        let source = SourceText { text, base: self.place, wtf8: false };
        let from = if self.place == Position::START { events_start(text) } else { 0 };
        self.session.lines(&mut findings, &self.options, source, from);
        self.session.relations.leave(source);
        let events = self.session.events.saturating_sub(before);
        let report = findings.into_report(events, source, true);
        self.place = Places::new(text, self.place, false).position(text.len());
        report
    }

    /// Findings that require the end of the input.
    #[must_use]
    pub fn finish(&mut self) -> Report {
        let mut findings = Findings::new(self.options.report());
        self.session.relations.finish(&mut findings, self.session.events);
        findings.into_report(0, SourceText { base: self.place, ..SourceText::NONE }, true)
    }
}
