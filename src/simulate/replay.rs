//! Real events are played to an automation: would it have fired?

use crate::diagnostic::findings::{Findings, Subject};
use crate::diagnostic::syntax::{self, Source};
use crate::diagnostic::{Diagnostic, Report};
use crate::event::{Reader, ReceivedEvent};
use crate::json::write::{ToJson, Writer};
use crate::json::{Kind, Position, Tape, Value, parse_prefix};

use super::document::{add_event, automation};
use super::frame::{self, Frame, received};
use super::reading::{self, Reading, Text};
use super::result::Simulation;
use super::simulation::play_it;

/// What came of it, or why nothing could come of it.
#[derive(Debug)]
pub struct Replay {
    pub played: Option<Simulation>,
    /// If it was played, there is no error among them.
    found: Vec<Diagnostic>,
    /// Of the two texts, the one that they are about.
    found_in: &'static str,
}

impl ToJson for Replay {
    fn write(&self, writer: &mut Writer) {
        writer.open('{');
        match &self.played {
            Some(simulation) => simulation.members(writer),
            None => Simulation::no_members(writer),
        }
        if !self.found.is_empty() {
            writer.list(if self.played.is_some() { "warnings" } else { "errors" }, &self.found);
            writer.text("found_in", self.found_in);
        }
        writer.close('}');
    }
}

/// Plays events to an automation. `events` are documents one after the other: events, lists of them, pages of the events
/// API, websocket frames. `options`: how they are played, an object with what a scenario has for that; a mistake in it
/// is told in a sentence.
pub fn replay(automation_text: Text<'_>, events: Text<'_>, options: Text<'_>, trace: bool) -> Result<Replay, String> {
    let failed = |found_in, report: Report| Ok(Replay { played: None, found: report.diagnostics, found_in });
    let (automation, report) = automation_text.read(automation);
    let Some(automation) = automation else { return failed("automation", report) };
    let (gathered, in_events) = read_events(events);
    if !in_events.valid {
        return failed("events", in_events);
    }
    let (played, told) = options.read(|root, reading| {
        reading.unknown_keys(root, &frame::KEYS, false);
        let frame = Frame::read(root, reading, received(&gathered, false));
        let end = frame.end(root, reading, received(&gathered, true), Some(&automation.trigger), 0);
        let scenario = frame.scenario(automation, gathered, end);
        if reading.findings.are_valid() { play_it(&scenario, trace, reading, root) } else { None }
    });
    match told.diagnostics.into_iter().next() {
        Some(first) if played.is_none() => Err(first.message),
        _ => Ok(Replay { played, found: report.diagnostics, found_in: "automation" }),
    }
}

fn read_events(events: Text<'_>) -> (Vec<ReceivedEvent>, Report) {
    let mut reader = Reader::default();
    let mut gathered = Vec::new();
    let (mut tape, mut issues) = (Tape::new(), Vec::new());
    let mut findings = reading::findings();
    let mut at = if events.bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    while events.bytes.get(at..).is_some_and(|rest| !rest.trim_ascii_start().is_empty()) {
        let parsed = parse_prefix(events.bytes, at, &mut tape, &mut issues);
        let document = tape.document(events.bytes);
        let Some(root) = document.root().filter(|_| parsed.complete && parsed.end > at) else {
            let source = Source { text: events.bytes, base: Position::START, wtf8: events.options.wtf8 };
            syntax::report(&mut findings, source, &Subject::default(), None, &issues);
            return (gathered, events.report(findings));
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
