//! A scenario is played: its text in, the result as JSON out.

use crate::diagnostic::Diagnostic;
use crate::json::Value;
use crate::json::write::{ToJson, Writer};
use crate::trigger::{Options, Version};

use super::document::Document;
use super::frame::version;
use super::reading::{Reading, Text};
use super::result::Simulation;
use super::scenario::{MAX_OUTCOME, Scenario, play};

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
            Simulation::no_members(writer);
        }
        if !self.found.is_empty() {
            writer.list(if self.played.is_some() { "warnings" } else { "errors" }, &self.found);
        }
        writer.close('}');
    }
}

/// Plays a scenario; `value`: what it was read from.
pub(super) fn play_it(
    scenario: &Scenario,
    trace: bool,
    reading: &mut Reading<'_>,
    value: Value<'_>,
) -> Option<Simulation> {
    let options = Options { trace, ..Options::default() };
    let played = play(scenario, &scenario.events, options);
    if played.is_err() {
        // All else that can be wrong was found when it was read.
        reading.too_large(value, MAX_OUTCOME as u64, "firings and decisions");
    }
    played.ok()
}

/// Plays a document once more, and tells each decision; `None`, if there are too many.
pub(super) fn trace(document: &Document) -> Option<Simulation> {
    let options = Options { trace: true, ..Options::default() };
    play(&document.scenario, &document.scenario.events, options).ok()
}

/// Plays the scenario of a text.
#[must_use]
pub fn simulate(text: Text<'_>, request: Request) -> SimulationResult {
    let (played, report) = text.read(|root, reading| {
        let mut document = Document::read(root, reading)?;
        document.scenario.version = request.version.unwrap_or(document.scenario.version);
        Some((play_it(&document.scenario, request.trace, reading, root)?, Box::new(document)))
    });
    SimulationResult { played, found: report.diagnostics, request }
}
