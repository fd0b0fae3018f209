//! What users call: a text in, the result as JSON out.

use crate::diagnostic::{Diagnostic, Report};
use crate::event::{Reader, ReceivedEvent};
use crate::json::write::{ToJson, Writer};
use crate::json::{Kind, Tape, Value, parse_prefix};
use crate::trigger::{Options, Version};
use crate::validate::findings::Findings;

use super::document::{Document, add_event, automation, version};
use super::reading::{Reading, Text};
use super::result::Simulation;
use super::scenario::{MAX_OUTCOME, play};

/// What is asked for beyond the firings.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Request {
    /// Each decision.
    pub trace: bool,
    /// The generated events.
    pub events: bool,
    /// Of the server, whatever the scenario says.
    pub version: Option<Version>,
}

impl Request {
    /// Reads the version, if there is any.
    pub fn with_version(self, written: Option<&str>) -> Result<Request, String> {
        let Some(written) = written else { return Ok(self) };
        let version = version(written)
            .ok_or_else(|| ["the option `server_version` must be \"3.9\" or \"3.8\", not `", written, "`"].concat())?;
        Ok(Request { version: Some(version), ..self })
    }
}

/// What came of it, or why nothing could come of it.
#[derive(Debug)]
pub struct SimulationResult {
    played: Option<(Simulation, Box<Document>)>,
    /// If it was played, there is no error among them.
    found: Vec<Diagnostic>,
    /// Of two texts, the one that they are about.
    found_in: Option<&'static str>,
    request: Request,
}

impl SimulationResult {
    /// Empty: it was played.
    #[must_use]
    pub fn errors(&self) -> &[Diagnostic] {
        if self.played.is_none() { &self.found } else { &[] }
    }

    /// What was played.
    #[must_use]
    pub fn played(&self) -> Option<(&Simulation, &Document)> {
        self.played.as_ref().map(|(simulation, document)| (simulation, &**document))
    }
}

impl ToJson for SimulationResult {
    fn write(&self, writer: &mut Writer) {
        writer.open('{');
        if let Some((simulation, document)) = &self.played {
            simulation.members(writer);
            if self.request.events {
                writer.list("events", &document.built);
            }
        } else {
            writer.list::<Diagnostic>("firings", &[]);
            writer.list::<Diagnostic>("child_firings", &[]);
        }
        if !self.found.is_empty() {
            writer.list(if self.played.is_some() { "warnings" } else { "errors" }, &self.found);
            writer.optional("found_in", self.found_in);
        }
        writer.close('}');
    }
}

/// Plays a document; `value`: what it was read from.
pub(super) fn play_document(
    document: &Document,
    request: Request,
    reading: &mut Reading<'_>,
    value: Value<'_>,
) -> Option<Simulation> {
    let options = Options { trace: request.trace, ..Options::default() };
    let played = play(&document.scenario, &document.scenario.events, document.offset, options);
    if played.is_err() {
        // All else that can be wrong was found when it was read.
        reading.too_large(value, MAX_OUTCOME as u64, "firings and decisions");
    }
    played.ok()
}

/// Plays a document once more, and tells each decision; `None`, if there are too many.
pub(super) fn trace(document: &Document) -> Option<Simulation> {
    let options = Options { trace: true, ..Options::default() };
    play(&document.scenario, &document.scenario.events, document.offset, options).ok()
}

/// Plays the scenario of a text.
#[must_use]
pub fn simulate(text: Text<'_>, request: Request) -> SimulationResult {
    let (played, report) = text.read(|root, reading| {
        let mut document = Document::read(root, reading, None)?;
        document.scenario.version = request.version.unwrap_or(document.scenario.version);
        Some((play_document(&document, request, reading, root)?, Box::new(document)))
    });
    SimulationResult { played, found: report.diagnostics, found_in: None, request }
}

/// Plays real events to an automation: would it have fired? `events` are documents one after the other: events, lists
/// of them, pages of the events API, websocket frames. `options`: how they are played, an object with what a scenario
/// has for that; a mistake in it is told in a sentence.
pub fn replay(
    automation_text: Text<'_>,
    events: Text<'_>,
    options: Text<'_>,
    request: Request,
) -> Result<SimulationResult, String> {
    let failed = |found_in, report: Report| {
        Ok(SimulationResult { played: None, found: report.diagnostics, found_in: Some(found_in), request })
    };
    let (automation, report) = automation_text.read(automation);
    let Some(automation) = automation else { return failed("automation", report) };
    let (gathered, in_events) = read_events(events);
    if !in_events.valid {
        return failed("events", in_events);
    }
    let (played, told) = options.read(|root, reading| {
        let document = Document::read(root, reading, Some((automation, gathered)))?;
        Some((play_document(&document, request, reading, root)?, Box::new(document)))
    });
    match told.diagnostics.into_iter().next() {
        Some(first) if played.is_none() => Err(first.message),
        _ => Ok(SimulationResult { played, found: report.diagnostics, found_in: Some("automation"), request }),
    }
}

fn read_events(events: Text<'_>) -> (Vec<ReceivedEvent>, Report) {
    let mut reader = Reader::default();
    let mut gathered = Vec::new();
    let (mut tape, mut issues) = (Tape::new(), Vec::new());
    let mut findings = super::reading::findings();
    let mut at = if events.bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    while events.bytes.get(at..).is_some_and(|rest| !rest.trim_ascii_start().is_empty()) {
        let parsed = parse_prefix(events.bytes, at, &mut tape, &mut issues);
        let document = tape.document(events.bytes);
        let Some(root) = document.root().filter(|_| parsed.complete && parsed.end > at) else {
            // The check of events knows all that can be wrong with such a text.
            let mut report =
                crate::validate::validate(events.bytes, events.options, &crate::validate::Settings::default());
            report.diagnostics.retain(|diagnostic| diagnostic.code.starts_with("syntax-"));
            return (gathered, report);
        };
        at = parsed.end;
        findings = one_document(root, findings, &mut reader, &mut gathered);
    }
    (gathered, events.report(findings))
}

/// An event, a list of events, a page of the events API, or a websocket frame.
fn one_document(
    root: Value<'_>,
    findings: Findings<'static>,
    reader: &mut Reader,
    gathered: &mut Vec<ReceivedEvent>,
) -> Findings<'static> {
    let mut reading = Reading::resumed(findings, root);
    let list = if root.kind() == Kind::Array { Some(root) } else { root.get("events") };
    if let Some(list) = list.filter(|list| list.kind() == Kind::Array) {
        list.items().for_each(|item| add_event(item, reader, gathered, &mut reading));
    } else {
        let frame = root.get("event").filter(|event| event.kind() == Kind::Object);
        add_event(frame.unwrap_or(root), reader, gathered, &mut reading);
    }
    reading.findings
}
