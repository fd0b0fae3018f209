//! What users call: a text in, the result as JSON out.

use crate::diagnostic::Diagnostic;
use crate::event::Reader;
use crate::json::write::{ToJson, Writer};
use crate::json::{Kind, Tape, parse_prefix};
use crate::trigger::Options;

use super::document::{Document, not_an_event};
use super::problem::{Place, Problem, Text};
use super::result::Simulation;
use super::scenario::{ScenarioError, play};

/// What is asked for beyond the firings.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Request {
    /// Each decision.
    pub trace: bool,
    /// The generated events.
    pub events: bool,
}

/// What came of it, or why nothing could come of it.
#[derive(Debug)]
pub struct SimulationResult {
    played: Result<(Simulation, Box<Document>), Vec<Diagnostic>>,
    request: Request,
}

impl SimulationResult {
    /// Empty: it was played.
    #[must_use]
    pub fn errors(&self) -> &[Diagnostic] {
        self.played.as_ref().err().map_or(&[], |errors| errors)
    }

    /// What was played.
    #[must_use]
    pub fn played(&self) -> Option<(&Simulation, &Document)> {
        self.played.as_ref().ok().map(|(simulation, document)| (simulation, &**document))
    }
}

impl ToJson for SimulationResult {
    fn write(&self, writer: &mut Writer) {
        writer.open('{');
        match &self.played {
            Ok((simulation, document)) => {
                simulation.members(writer);
                if self.request.events {
                    writer.list("events", &document.built);
                }
            }
            Err(errors) => {
                writer.list::<Diagnostic>("firings", &[]);
                writer.list::<Diagnostic>("child_firings", &[]);
                writer.list("errors", errors);
            }
        }
        writer.close('}');
    }
}

pub(super) fn play_document(document: &Document, trace: bool) -> Result<Simulation, Problem> {
    let options = Options { trace, ..Options::default() };
    play(&document.scenario, &document.scenario.events, document.offset, options).map_err(|error| told(&error))
}

fn told(error: &ScenarioError) -> Problem {
    let (code, message) = ("scenario-too-large", error.to_string());
    Problem { code, message, path: String::new(), span: None, help: None }
}

/// Plays the scenario of a text.
#[must_use]
pub fn simulate(text: Text<'_>, request: Request) -> SimulationResult {
    let document =
        text.read(|root| Document::read(&root)).and_then(|read| read.map_err(|problems| text.diagnostics(problems)));
    finish(document, text, request)
}

fn finish(document: Result<Document, Vec<Diagnostic>>, text: Text<'_>, request: Request) -> SimulationResult {
    let played = document.and_then(|document| {
        let simulation = play_document(&document, request.trace).map_err(|problem| text.diagnostics(vec![problem]))?;
        Ok((simulation, Box::new(document)))
    });
    SimulationResult { played, request }
}

/// Plays real events to an automation: would it have fired? `scenario` is one without events; `events` are documents
/// one after the other: events, lists of them, pages of the events API, websocket frames.
#[must_use]
pub fn replay(scenario: Text<'_>, events: Text<'_>, request: Request) -> SimulationResult {
    let mut reader = Reader::default();
    let mut gathered = Vec::new();
    let (mut tape, mut issues) = (Tape::new(), Vec::new());
    let mut at = if events.bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let mut problems = Vec::new();
    while events.bytes.get(at..).is_some_and(|rest| !rest.trim_ascii_start().is_empty()) {
        let parsed = parse_prefix(events.bytes, at, &mut tape, &mut issues);
        let document = tape.document(events.bytes);
        let Some(root) = document.root().filter(|_| parsed.complete && parsed.end > at) else {
            let settings = crate::validate::Settings::default();
            let mut found = crate::validate::validate(events.bytes, events.options, &settings).diagnostics;
            found.retain(|diagnostic| diagnostic.code.starts_with("syntax-"));
            return SimulationResult { played: Err(found), request };
        };
        at = parsed.end;
        let place = Place::root(root);
        let inner = match root.kind() {
            Kind::Array => Some(place.clone()),
            Kind::Object => place.get("events").filter(|events| events.value.kind() == Kind::Array),
            _ => None,
        };
        let frame = place.get("event").filter(|event| event.value.kind() == Kind::Object);
        let mut add = |place: &Place<'_>| match reader.read(place.value) {
            Some(event) => gathered.push(event),
            None => problems.push(not_an_event(place)),
        };
        match (inner, frame) {
            (Some(list), _) => list.items().for_each(|item| add(&item)),
            (None, Some(event)) => add(&event),
            (None, None) => add(&place),
        }
    }
    if !problems.is_empty() {
        return SimulationResult { played: Err(events.diagnostics(problems)), request };
    }
    let document = scenario.read(|root| Document::read_with(&root, gathered));
    let document = document.and_then(|read| read.map_err(|problems| scenario.diagnostics(problems)));
    finish(document, scenario, request)
}
