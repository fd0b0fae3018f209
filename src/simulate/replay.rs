//! Plays captured events to an automation: would it have fired?

use std::fmt;

use serde::{Deserialize, Deserializer};

use crate::diagnostic::{Diagnostic, Report};
use crate::text::order;
use crate::text::phrase::{count, joined, shown};
use crate::text::steps::step;
use crate::text::strict::strict;
use crate::time::{Instant, TimePoint, TimeSpan};
use crate::trigger::{Delivery, EngineLimit, Options, Outcome, OutcomeSize, Version};

use super::automations::{self, GivenAutomation};
use super::captured::{CapturedEvents, EventTexts};
use super::chance::{BatchOrder, reordered, reversed};
use super::coverage::Coverage;
use super::leaders::{self, MissingLeaders};
use super::meaning::Timeline;
use super::play_options::{NOT_NEGATIVE, PlayOptions, default_start, received};
use super::player::TooMuch;
use super::reading::DocumentText;
use super::recorded::{OwnEvents, RecordedActions};
use super::result::{FoundIn, SimulationResult};
use super::scenario::{MAX_TICKS, Scenario, ScenarioError, play_from_start, play_reloaded};

/// How `replay` plays captured events, and what else it returns.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[expect(clippy::struct_excessive_bools, reason = "each is a separate option")]
pub struct ReplayOptions {
    /// Whether to return each decision, not only the firings. Default `false`.
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>"))]
    pub trace: bool,
    /// Whether to return a timeline for each run: its heartbeats, windows and firings. Default `false`.
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>"))]
    pub timeline: bool,
    /// Whether to return `coverage` even if the automation fires. Default `false`: only if it never fires.
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>"))]
    pub coverage: bool,
    /// Whether to return `byChance`: which firings depend on the order of events received at the same instant. If there
    /// are such events, everything is played twice. Default `false`.
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>"))]
    pub chance: bool,
    /// When the automation starts: a point in time. Events received earlier are not evaluated. Default: when the
    /// automation was created, if its document or its `prefect.automation.created` event says so and events were
    /// received later; otherwise when the first event was received.
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub start: Option<Instant>,
    /// When it stops: a point in time, or a duration from the start such as `"30m"`. Default: when nothing more can
    /// fire because of the last event.
    #[cfg_attr(feature = "typescript", ts(type = "string | number", optional))]
    pub end: Option<TimePoint>,
    /// The interval of the server's loops: a number of seconds, or a text such as `"5s"`. Default 5.
    #[cfg_attr(feature = "typescript", ts(type = "Span", optional))]
    pub tick_seconds: Option<TimeSpan>,
    /// From the start to the first round of the loops: a number of seconds, or a text such as `"2s"`. Default 0.
    #[cfg_attr(feature = "typescript", ts(type = "Span", optional))]
    pub tick_offset_seconds: Option<TimeSpan>,
    /// `"direct"`: events reach the triggers without the filters before them: an event that was sent twice is evaluated
    /// twice, and `prefect.log.write` is evaluated too. An event still waits for the one that it follows. Default
    /// `"consumer"`, as on the server.
    pub delivery: Option<Delivery>,
    /// The version of the server: `"3.9"`, `"3.8"`, `"3.7"` or `"3.6"`, or one with its patch such as `"3.8.8"`.
    /// Default `"3.9"`.
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub server_version: Option<Version>,
    /// Whether to play what is intended instead of the server's faults, where that is clear. Default `false`.
    pub intended: Option<bool>,
    /// Whether to evaluate events at once that follow an event which is not in the input. The server holds them back
    /// for 15 minutes. Default `false`.
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>"))]
    pub ignore_missing_leaders: bool,
    /// Whether to leave out the events that the automation's recorded actions caused: a run that it marked Crashed
    /// cannot be found later. Default `false`.
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>"))]
    pub without_actions: bool,
    /// For a document with several automations: the name of the one to use. Default: all of them.
    pub name: Option<String>,
}

impl<'de> Deserialize<'de> for ReplayOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

/// Why `replay` cannot play with these options.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReplayError {
    /// `tickSeconds` is not more than 0.
    TickNotPositive(TimeSpan),
    /// `tickOffsetSeconds` is negative.
    OffsetNegative(TimeSpan),
    /// `end` is not a valid time.
    EndOutOfRange,
    /// `end` is before `start`.
    EndBeforeStart,
    /// There are more than [`MAX_TICKS`] ticks.
    TooManyTicks,
    /// There are too many firings, decisions or open windows.
    TooMuch(EngineLimit),
    /// No automation of the document has this name.
    UnknownName {
        /// The requested name.
        name: String,
        /// The existing names.
        names: Vec<String>,
    },
}

impl fmt::Display for ReplayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReplayError::TickNotPositive(tick) => {
                write!(f, "`tickSeconds` must be more than 0 seconds, not `{tick}`")
            }
            ReplayError::OffsetNegative(offset) => {
                write!(f, "`tickOffsetSeconds` must be {NOT_NEGATIVE}, not `{offset}`")
            }
            ReplayError::UnknownName { name, names } => {
                write!(f, "no automation is named `{}`: there ", shown(name))?;
                let all = joined(&mut names.iter().map(|name| &**name), "`, `");
                if names.len() == 1 { write!(f, "is `{all}`") } else { write!(f, "are `{all}`") }
            }
            ReplayError::EndOutOfRange => f.write_str("`end` must be a valid time"),
            ReplayError::EndBeforeStart => f.write_str("`end` must come after `start`"),
            ReplayError::TooManyTicks => {
                let most = count(usize::try_from(MAX_TICKS).unwrap_or(usize::MAX));
                write!(f, "there are more than {most} ticks between `start` and `end`")
            }
            ReplayError::TooMuch(limit) => write!(f, "there are {limit}: choose a shorter time"),
        }
    }
}

impl std::error::Error for ReplayError {}

impl From<TooMuch> for ReplayError {
    fn from(TooMuch { limit, .. }: TooMuch) -> Self {
        ReplayError::TooMuch(limit)
    }
}

impl From<ScenarioError> for ReplayError {
    fn from(error: ScenarioError) -> Self {
        match error {
            ScenarioError::EndBeforeStart => ReplayError::EndBeforeStart,
            ScenarioError::TooManyTicks | ScenarioError::NoTick => ReplayError::TooManyTicks,
            ScenarioError::TooMuch { limit, .. } => ReplayError::TooMuch(limit),
            ScenarioError::Unreadable(_) => ReplayError::TooMuch(EngineLimit::Outcome),
        }
    }
}

/// Plays captured events to an automation.
///
/// `automation` is a document of one automation or of several, JSON or YAML: a file for `prefect automation create`,
/// what Prefect exports, a bare trigger, a `prefect.yaml` with triggers. `events` are one text or several of JSON
/// documents one after the other: events (NDJSON), lists of them, pages of the events API, websocket frames, what
/// `prefect event stream` prints. Errors in either are among the `errors` of the result, and `foundIn` says in which of
/// the two. Events that are nested too deeply to be read are not played, and listed in `notPlayed`.
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
/// If the options are invalid: no tick, an end before the start, more ticks or decisions than fit into memory.
pub fn replay(
    automation: DocumentText<'_>,
    events: EventTexts<'_>,
    options: &ReplayOptions,
) -> Result<SimulationResult, ReplayError> {
    match Capture::read(automation, events) {
        Ok(capture) => capture.play(options),
        Err(unreadable) => Ok(unreadable.result()),
    }
}

/// Captured events and the automations that they are played to.
pub(super) struct Capture {
    automations: Vec<GivenAutomation>,
    warnings: Vec<Diagnostic>,
    captured: CapturedEvents,
}

/// One of the texts cannot be read.
pub(super) struct Unreadable {
    found_in: FoundIn,
    events_index: Option<usize>,
    report: Report,
}

impl Unreadable {
    /// The result with the errors.
    pub(super) fn result(&self) -> SimulationResult {
        SimulationResult {
            errors: self.report.diagnostics.clone(),
            found_in: Some(self.found_in),
            events_index: self.events_index,
            ..SimulationResult::default()
        }
    }
}

/// Facts about the events before they are played to one automation.
struct Plan {
    scenario: Scenario,
    /// How many events the server received before it evaluated any.
    before_start: usize,
}

impl Capture {
    pub(super) fn read(automation_text: DocumentText<'_>, events: EventTexts<'_>) -> Result<Self, Unreadable> {
        let (automations, report) = automation_text.read(automations::all);
        let failed = |found_in, events_index, report: Report| Unreadable { found_in, events_index, report };
        let Some(automations) = automations else { return Err(failed(FoundIn::Automation, None, report)) };
        let captured = CapturedEvents::read(events).readable();
        let captured = captured.map_err(|unread| failed(FoundIn::Events, unread.index, unread.report))?;
        Ok(Capture { automations, warnings: report.diagnostics, captured })
    }

    /// Plays it to each selected automation.
    pub(super) fn play(&self, options: &ReplayOptions) -> Result<SimulationResult, ReplayError> {
        let selected = named(&self.automations, options.name.as_deref())?;
        let several = selected.len() > 1;
        let mut results = Vec::new();
        let mut size = OutcomeSize::default();
        for given in selected {
            let result = self.captured.play(given, options)?;
            size.add(&result.size());
            size.check().map_err(ReplayError::TooMuch)?;
            let automation = (several || options.name.is_some()).then(|| given.automation.name.clone());
            results.push(SimulationResult { automation, ..result });
        }
        let found_in = (!self.warnings.is_empty()).then_some(FoundIn::Automation);
        let warnings = self.warnings.clone();
        let not_played = self.captured.not_played().to_vec();
        if !several {
            let result = results.pop().unwrap_or_default();
            return Ok(SimulationResult { not_played, warnings, found_in, ..result });
        }
        let mut all = SimulationResult { not_played, warnings, found_in, ..SimulationResult::default() };
        for result in &results {
            all.firings.extend(result.firings.iter().cloned());
            all.child_firings.extend(result.child_firings.iter().cloned());
        }
        for firings in [&mut all.firings, &mut all.child_firings] {
            order::by_key(firings, &mut |firing| firing.at.sortable());
        }
        all.automations = results;
        Ok(all)
    }
}

/// The automations with a name; all without one.
pub(crate) fn named<'g>(
    automations: &'g [GivenAutomation],
    name: Option<&str>,
) -> Result<Vec<&'g GivenAutomation>, ReplayError> {
    step(automations.len());
    let Some(name) = name else { return Ok(automations.iter().collect()) };
    let named: Vec<&GivenAutomation> = automations.iter().filter(|given| given.automation.name == *name).collect();
    if named.is_empty() {
        let known = automations.iter().map(|given| given.automation.name.clone()).collect();
        return Err(ReplayError::UnknownName { name: name.to_owned(), names: known });
    }
    Ok(named)
}

/// What the server left to chance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ByOtherChance<'r> {
    /// Nothing else.
    No,
    /// The events of each instant came in the opposite order.
    Reversed,
    /// The events of each batch came in another order.
    Batches(BatchOrder),
    /// The server loaded its automations again at these times, ascending.
    Reloads(&'r [Instant]),
}

impl CapturedEvents {
    /// `left_out`: the indexes of events that are not played, ascending.
    fn plan(
        &self,
        given: &GivenAutomation,
        own: &OwnEvents<'_>,
        left_out: &[usize],
        options: &ReplayOptions,
    ) -> Result<Plan, ReplayError> {
        if let Some(tick) = options.tick_seconds.filter(|tick| tick.0 <= 0) {
            return Err(ReplayError::TickNotPositive(tick));
        }
        if let Some(offset) = options.tick_offset_seconds.filter(|offset| offset.0 < 0) {
            return Err(ReplayError::OffsetNegative(offset));
        }
        let last = received(&self.events, true);
        // For an automation that is younger than all events, all of them are played: what would it have done?
        let created = || given.created.or_else(|| own.created(&given.automation)).filter(|at| last >= Some(*at));
        let first = received(&self.events, false);
        let start = options.start.or_else(|| created().max(first)).unwrap_or_else(|| default_start(first));
        let end = options.end.map(|end| end.from(start).ok_or(ReplayError::EndOutOfRange)).transpose()?;
        let mut events = self.events.clone();
        let mut left_out = left_out.iter().copied().peekable();
        let mut place = 0_usize;
        events.retain(|_| {
            let is_left_out = left_out.next_if_eq(&place).is_some();
            place = place.saturating_add(1);
            !is_left_out
        });
        if options.ignore_missing_leaders {
            leaders::ignore_missing(&mut events);
        }
        step(events.len());
        let play = PlayOptions {
            start,
            end,
            tick: options.tick_seconds.map(|tick| tick.0),
            offset: options.tick_offset_seconds.map(|offset| offset.0),
            delivery: options.delivery,
            intended: options.intended,
            version: options.server_version,
        };
        let end = play.end(last, Some(&given.automation.trigger), 0);
        let before_start = events.iter().filter(|event| event.received < start).count();
        Ok(Plan { scenario: play.scenario(given.automation.clone(), events, end), before_start })
    }

    /// Plays them to one automation.
    pub(crate) fn play(
        &self,
        given: &GivenAutomation,
        options: &ReplayOptions,
    ) -> Result<SimulationResult, ReplayError> {
        self.play_by(ByOtherChance::No, given, options)
    }

    /// Plays them to one automation, with another chance.
    pub(crate) fn play_by(
        &self,
        chance: ByOtherChance<'_>,
        given: &GivenAutomation,
        options: &ReplayOptions,
    ) -> Result<SimulationResult, ReplayError> {
        let own = self.sent_by(given);
        let (recorded_actions, consequences) = own.actions().unzip();
        let left_out = consequences.filter(|_| options.without_actions).unwrap_or_default();
        let Plan { mut scenario, before_start } = self.plan(given, &own, &left_out, options)?;
        match chance {
            ByOtherChance::Reversed => scenario.events = reversed(&scenario.events),
            ByOtherChance::Batches(order) => scenario.events = reordered(&scenario.events, order),
            ByOtherChance::No | ByOtherChance::Reloads(_) => {}
        }
        let reloads = if let ByOtherChance::Reloads(reloads) = chance { reloads } else { &[] };
        let last = received(&self.events, true);
        let play = |scenario: &Scenario, engine| {
            play_reloaded(scenario, engine, reloads).map_err(ReplayError::from).map(|mut played| {
                let Outcome { firings, child_firings, .. } = &mut played.outcome;
                for firing in firings.iter_mut().chain(child_firings) {
                    firing.if_silent = last.is_none_or(|last| firing.at > last);
                }
                played
            })
        };
        let engine = Options { trace: options.trace || options.timeline, coverage: true, ..Options::default() };
        let mut played = play(&scenario, engine)?;
        let recorded = own.compare(&mut played.outcome, scenario.start);
        let missing_leaders = if played.outcome.waited > 0 {
            let missing = leaders::without_leader(&scenario.events);
            let mut present = scenario.clone();
            leaders::ignore_missing(&mut present.events);
            let others = if missing > 0 { Some(play(&present, Options::default())?) } else { None };
            others.map(|others| MissingLeaders::new(missing, &played.outcome.firings, &others.outcome.firings))
        } else {
            None
        };
        // In the order of the capture, unless something was left out.
        let events = if left_out.is_empty() { &self.events } else { &scenario.events };
        let timeline = options.timeline.then(|| Timeline::of_capture(&scenario, events, &played.outcome));
        let coverage = Coverage::of_silent(&scenario, &played, options.coverage);
        let mut result = SimulationResult::new(played.outcome, options.trace, timeline);
        if options.chance {
            result = result.with_chance(&scenario, play_from_start);
        }
        Ok(SimulationResult {
            start: Some(scenario.start),
            before_start,
            undelivered: played.undelivered,
            missing_leaders,
            recorded,
            recorded_actions: recorded_actions
                .map(|actions| RecordedActions { left_out: options.without_actions, ..actions }),
            ..result.covered(coverage)
        })
    }
}
