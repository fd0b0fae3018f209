//! Captured events are played to an automation: would it have fired?

use std::fmt;

use serde::{Deserialize, Deserializer};

use crate::diagnostic::findings::{Findings, Subject};
use crate::diagnostic::syntax::{self, Source};
use crate::diagnostic::{Diagnostic, Report};
use crate::event::{EventReader, ReceivedEvent};
use crate::json::{Kind, Position, Tape, Value, parse_prefix};
use crate::text::phrase::count;
use crate::text::steps::step;
use crate::text::strict::strict;
use crate::time::{Instant, Span, TimePoint};
use crate::trigger::{Delivery, Options, Version};

use super::document::{add_event, automation};
use super::meaning::Timeline;
use super::playback::{NOT_NEGATIVE, PlaybackOptions, default_start, received};
use super::reading::{self, DocumentText, Reading};
use super::result::{FoundIn, SimulationResult};
use super::scenario::{MAX_OUTCOME, MAX_TICKS, Scenario, ScenarioError, play_sorted};

/// How `replay` plays captured events, and what it returns beyond the firings.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(remote = "Self", default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct ReplayOptions {
    /// Whether to return each decision, not only the firings. Default `false`.
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>"))]
    pub trace: bool,
    /// Whether to return what the decisions mean for each run: its heartbeats, windows and firings. Default `false`.
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>"))]
    pub timeline: bool,
    /// Whether to return `coverage` also if the automation fires. Default `false`: only if it never does.
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>"))]
    pub coverage: bool,
    /// Whether to return `by_chance`: which firings hang on the order of events that are received at the same instant. If
    /// there are such events, all is played once more. Default `false`.
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>"))]
    pub chance: bool,
    /// When the server's clock begins: a point in time. Default: when the first event is received.
    #[cfg_attr(feature = "typescript", ts(type = "string", optional))]
    pub start: Option<Instant>,
    /// When it stops: a point in time, or a span from the start such as `"30m"`. Default: when everything can have fired
    /// that the last event brings about.
    #[cfg_attr(feature = "typescript", ts(type = "string | number", optional))]
    pub end: Option<TimePoint>,
    /// From one round of the server's loops to the next: a number of seconds, or a text such as `"5s"`. Default 5.
    #[cfg_attr(feature = "typescript", ts(type = "string | number", optional))]
    pub tick_seconds: Option<Span>,
    /// From the start to the first round: a number of seconds, or a text such as `"2s"`. Default 0.
    #[cfg_attr(feature = "typescript", ts(type = "string | number", optional))]
    pub tick_offset_seconds: Option<Span>,
    /// `"direct"`: events go to the triggers at once, past the filters before them: one that was sent twice is evaluated
    /// twice, and `prefect.log.write` too. An event still waits for the one that it follows. Default `"consumer"`, as in
    /// the server.
    pub delivery: Option<Delivery>,
    /// Which server decides: `"3.9"`, `"3.8"`, `"3.7"` or `"3.6"`, or one with its patch such as `"3.8.8"`. Default
    /// `"3.9"`.
    #[cfg_attr(feature = "typescript", ts(type = "\"3.9\" | \"3.8\" | \"3.7\" | \"3.6\" | (string & {})", optional))]
    pub server_version: Option<Version>,
    /// Whether to play what is meant instead of what the server does, where it is clear what that is. Default `false`.
    pub intended: Option<bool>,
}

impl<'de> Deserialize<'de> for ReplayOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

/// Why `replay` cannot play with these options.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReplayError {
    /// `tick_seconds` is not more than 0.
    TickNotPositive(Span),
    /// `tick_offset_seconds` is negative.
    OffsetNegative(Span),
    /// `end` is not a time that there is.
    EndOutOfRange,
    /// `end` is before `start`.
    EndBeforeStart,
    /// There are more than [`MAX_TICKS`] ticks.
    TooManyTicks,
    /// There are more than [`MAX_OUTCOME`] firings or decisions.
    TooMuch,
}

impl fmt::Display for ReplayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReplayError::TickNotPositive(tick) => {
                write!(f, "`tick_seconds` must be more than 0 seconds, not `{tick}`")
            }
            ReplayError::OffsetNegative(offset) => {
                write!(f, "`tick_offset_seconds` must be {NOT_NEGATIVE}, not `{offset}`")
            }
            ReplayError::EndOutOfRange => f.write_str("`end` must be a time that there is"),
            ReplayError::EndBeforeStart => f.write_str("`end` must come after `start`"),
            ReplayError::TooManyTicks => {
                let most = count(usize::try_from(MAX_TICKS).unwrap_or(usize::MAX));
                write!(f, "there are more than {most} ticks between `start` and `end`")
            }
            ReplayError::TooMuch => {
                let most = count(MAX_OUTCOME);
                write!(f, "there are more than {most} firings and decisions: play a shorter time")
            }
        }
    }
}

impl std::error::Error for ReplayError {}

/// Plays captured events to an automation.
///
/// `automation` is Prefect's document, JSON or YAML. `events` are JSON documents one after the other: events (NDJSON),
/// lists of them, pages of the events API, websocket frames. What is wrong with either is among the `errors` of the
/// result, and `found_in` says in which of the two.
///
/// ```
/// use prefect_events::simulate::{ReplayOptions, replay};
///
/// let automation = "trigger: {posture: Reactive, expect: [acme.backup.failed], threshold: 2, within: 60}";
/// let event = |id, occurred| format!(
///     r#"{{"id": "00000000-0000-4000-8000-00000000000{id}", "occurred": "{occurred}",
///     "event": "acme.backup.failed", "resource": {{"prefect.resource.id": "acme.backup"}}}}"#
/// );
/// let events = event(1, "2026-03-01T12:00:00Z") + &event(2, "2026-03-01T12:00:30Z");
/// let result = replay(automation.into(), events.as_str().into(), &ReplayOptions::default())?;
/// assert_eq!(result.firings[0].at.rfc3339(), "2026-03-01T12:00:30.000000Z");
/// # Ok::<(), prefect_events::simulate::ReplayError>(())
/// ```
///
/// # Errors
/// If the options cannot be: no tick, an end before the start, more ticks or decisions than fit into memory.
pub fn replay(
    automation: DocumentText<'_>,
    events: DocumentText<'_>,
    options: &ReplayOptions,
) -> Result<SimulationResult, ReplayError> {
    match Capture::read(automation, events) {
        Ok(capture) => capture.play(options),
        Err(unreadable) => Ok(*unreadable),
    }
}

/// Captured events and the automation that they are played to.
pub(super) struct Capture {
    automation: crate::automation::Automation,
    warnings: Vec<Diagnostic>,
    /// In the order of the text.
    events: Vec<ReceivedEvent>,
}

impl Capture {
    /// The result that says why not, if one of the texts cannot be read.
    pub(super) fn read(
        automation_text: DocumentText<'_>,
        events: DocumentText<'_>,
    ) -> Result<Self, Box<SimulationResult>> {
        let failed = |found_in, report: Report| {
            let errors = report.diagnostics;
            Box::new(SimulationResult { errors, found_in: Some(found_in), ..SimulationResult::default() })
        };
        let (automation, report) = automation_text.read(automation);
        let Some(automation) = automation else { return Err(failed(FoundIn::Automation, report)) };
        let (events, in_events) = read_events(events);
        if !in_events.valid {
            return Err(failed(FoundIn::Events, in_events));
        }
        Ok(Capture { automation, warnings: report.diagnostics, events })
    }

    fn scenario(&self, options: &ReplayOptions) -> Result<Scenario, ReplayError> {
        if let Some(tick) = options.tick_seconds.filter(|tick| tick.0 <= 0) {
            return Err(ReplayError::TickNotPositive(tick));
        }
        if let Some(offset) = options.tick_offset_seconds.filter(|offset| offset.0 < 0) {
            return Err(ReplayError::OffsetNegative(offset));
        }
        let start = options.start.unwrap_or_else(|| default_start(received(&self.events, false)));
        let end = options.end.map(|end| end.from(start).ok_or(ReplayError::EndOutOfRange)).transpose()?;
        let playback = PlaybackOptions {
            start,
            end,
            tick: options.tick_seconds.map(|tick| tick.0),
            offset: options.tick_offset_seconds.map(|offset| offset.0),
            delivery: options.delivery,
            intended: options.intended,
            version: options.server_version,
        };
        let end = playback.end(received(&self.events, true), Some(&self.automation.trigger), 0);
        step(self.events.len());
        Ok(playback.scenario(self.automation.clone(), self.events.clone(), end))
    }

    pub(super) fn play(&self, options: &ReplayOptions) -> Result<SimulationResult, ReplayError> {
        let scenario = self.scenario(options)?;
        let engine = Options { trace: options.trace || options.timeline, ..Options::default() };
        let played = play_sorted(&scenario, engine).map_err(|error| match error {
            ScenarioError::EndBeforeStart => ReplayError::EndBeforeStart,
            ScenarioError::TooManyTicks | ScenarioError::NoTick => ReplayError::TooManyTicks,
            ScenarioError::TooMuch(_) | ScenarioError::Unreadable(_) => ReplayError::TooMuch,
        })?;
        let timeline = options
            .timeline
            .then(|| Timeline::of_capture(&self.automation, &self.events, scenario.tick, &played.outcome));
        let mut result = SimulationResult::new(played.outcome, options.trace, timeline);
        if options.chance {
            result = result.with_chance(&scenario, play_sorted);
        }
        Ok(SimulationResult {
            undelivered: played.undelivered,
            found_in: (!self.warnings.is_empty()).then_some(FoundIn::Automation),
            warnings: self.warnings.clone(),
            ..result.explain(&scenario, play_sorted, options.coverage)
        })
    }
}

fn read_events(events: DocumentText<'_>) -> (Vec<ReceivedEvent>, Report) {
    let mut reader = EventReader::default();
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
        step(1);
        at = parsed.end;
        findings = one_document(root, findings, &mut reader, &mut gathered);
    }
    (gathered, events.report(findings))
}

/// An event, a list of events, a page of the events API, or a websocket frame.
fn one_document(
    root: Value<'_>,
    findings: Findings<'static>,
    reader: &mut EventReader,
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
