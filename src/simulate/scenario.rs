//! A scenario, and how it is played: events in the order in which they are received, ticks in between.

use std::fmt;

use crate::automation::{Automation, Trigger};
use crate::event::ReceivedEvent;
use crate::time::Instant;
use crate::time::units::MINUTE;
use crate::trigger::coverage::CoverageReport;
use crate::trigger::{Delivery, Engine, EngineLimit, MAX_WINDOWS, Options, Outcome, Version};

use super::leaders;
use super::player::{Player, TooMuch};

/// The most events of a scenario, including generated ones.
pub const MAX_EVENTS: u64 = 2_000_000;

/// The most rounds of the server's loops.
pub const MAX_TICKS: i64 = 20_000_000;

/// An automation and what happens to it. Spans are in microseconds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scenario {
    /// Its name.
    pub name: Option<String>,
    /// The automation whose triggers decide.
    pub automation: Automation,
    /// When the clock starts.
    pub start: Instant,
    /// When it stops.
    pub end: Instant,
    /// From one round of the server's loops to the next; more than 0.
    pub tick: i64,
    /// From the start to the first round.
    pub offset: i64,
    /// How events reach the triggers.
    pub delivery: Delivery,
    /// Plays what is intended instead of what the server does, where the intention is clear.
    pub intended: bool,
    /// Which server decides.
    pub version: Version,
    /// In any order.
    pub events: Vec<ReceivedEvent>,
}

/// Why a scenario cannot be played.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ScenarioError {
    /// The document is invalid; the reason in one sentence.
    Unreadable(String),
    /// `end` is before `start`.
    EndBeforeStart,
    /// `tick` is not more than 0.
    NoTick,
    /// There are more than [`MAX_TICKS`].
    TooManyTicks,
    /// There are too many firings, decisions or open windows.
    TooMuch {
        /// By this time.
        at: Instant,
        /// What there is too much of.
        limit: EngineLimit,
    },
}

impl ScenarioError {
    /// The limit that ended a play: the only error of a scenario that was read.
    pub(super) fn limit(&self) -> EngineLimit {
        if let ScenarioError::TooMuch { limit, .. } = self { *limit } else { EngineLimit::Outcome }
    }
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ScenarioError::Unreadable(message) => f.write_str(message),
            ScenarioError::EndBeforeStart => f.write_str("the scenario's `end` is before its `start`"),
            ScenarioError::NoTick => f.write_str("`tick_seconds` must be more than 0"),
            ScenarioError::TooManyTicks => write!(f, "from `start` to `end` there are more than {MAX_TICKS} ticks"),
            ScenarioError::TooMuch { at, limit } => {
                write!(f, "by {} there are {limit}: split the scenario", at.rfc3339())
            }
        }
    }
}

impl std::error::Error for ScenarioError {}

impl From<TooMuch> for ScenarioError {
    fn from(TooMuch { at, limit }: TooMuch) -> Self {
        ScenarioError::TooMuch { at, limit }
    }
}

/// The outcome of a scenario.
pub(super) struct Played {
    pub outcome: Outcome,
    /// How many events would have been received after the end.
    pub undelivered: usize,
    /// How far events got, if requested.
    pub coverage: Option<CoverageReport>,
}

/// How a scenario is played.
pub(super) type Play = fn(&Scenario, Options) -> Result<Played, ScenarioError>;

impl Scenario {
    fn check(&self) -> Result<(), ScenarioError> {
        if self.tick <= 0 {
            return Err(ScenarioError::NoTick);
        }
        if self.end < self.start {
            return Err(ScenarioError::EndBeforeStart);
        }
        if has_too_many_ticks(self.start, self.end, self.tick) { Err(ScenarioError::TooManyTicks) } else { Ok(()) }
    }
}

pub(crate) fn has_too_many_ticks(start: Instant, end: Instant, tick: i64) -> bool {
    end.since(start).checked_div(tick).is_none_or(|ticks| ticks >= MAX_TICKS)
}

/// Plays a scenario whose events are sorted by time of receipt. The first tick is `offset` after the start, the others
/// follow every `tick` up to the end; events received at the instant of a tick come before it.
pub(super) fn play_sorted(scenario: &Scenario, options: Options) -> Result<Played, ScenarioError> {
    scenario.check()?;
    play_on(scenario, engine(scenario, options), 0, &[])
}

fn engine(scenario: &Scenario, options: Options) -> Engine {
    Engine::new(scenario.version, Options { delivery: scenario.delivery, intended: scenario.intended, ..options })
}

/// How long the server remembers which events it has seen (microseconds).
pub(crate) const REMEMBERED: i64 = 30 * MINUTE;

/// The same for an automation that is created at the start: the server knows the events received before, but no trigger
/// looks at them.
pub(super) fn play_from_start(scenario: &Scenario, options: Options) -> Result<Played, ScenarioError> {
    play_reloaded(scenario, options, &[])
}

/// The same on a server that loads its automations again at these times, ascending.
pub(super) fn play_reloaded(
    scenario: &Scenario,
    options: Options,
    reloads: &[Instant],
) -> Result<Played, ScenarioError> {
    scenario.check()?;
    let mut engine = engine(scenario, options);
    let first = scenario.events.partition_point(|event| event.received < scenario.start);
    let remembered = scenario.start.0.saturating_sub(REMEMBERED);
    let known = scenario.events.iter().take(first);
    let mut is_empty = true;
    for event in known.filter(|event| event.received.0 >= remembered) {
        let at = event.received;
        engine.deliver(event, at).map_err(|limit| TooMuch { at, limit })?;
        is_empty = false;
    }
    known_before(&mut engine, scenario.start, is_empty)?;
    play_on(scenario, engine, first, reloads)
}

/// Before automations are created, events that have waited too long are evaluated. `is_empty`: no event was received.
pub(super) fn known_before(engine: &mut Engine, start: Instant, is_empty: bool) -> Result<(), TooMuch> {
    if !is_empty {
        engine.tick(start).map_err(|limit| TooMuch { at: start, limit })?;
    }
    let _ = engine.take();
    Ok(())
}

/// Plays the events from an index on.
fn play_on(
    scenario: &Scenario,
    mut engine: Engine,
    first: usize,
    reloads: &[Instant],
) -> Result<Played, ScenarioError> {
    engine.load(&scenario.automation);
    let events = scenario.events.get(first..).unwrap_or_default();
    let first = scenario.start.0.checked_add(scenario.offset).map(Instant);
    let mut player = Player::new(engine, first.filter(|first| *first <= scenario.end), scenario.tick);
    player.reloads = reloads.iter().copied().filter(|at| *at >= scenario.start).collect();
    let in_time = events.partition_point(|event| event.received <= scenario.end);
    let most_new = most_new(&scenario.automation.trigger);
    let mut new = 0_usize;
    for event in events.iter().take(in_time) {
        player.deliver(event)?;
        new = new.saturating_add(most_new);
        // Counting takes time in proportion to the windows, so it follows as many new ones.
        if new > MAX_WINDOWS / 4 {
            new = 0;
            if player.engine.weight() > MAX_WINDOWS {
                return Err(ScenarioError::TooMuch { at: event.received, limit: EngineLimit::Windows });
            }
        }
    }
    player.pass(scenario.end)?;
    let mut outcome = player.take();
    leaders::complete(&mut outcome, &scenario.events);
    let coverage = player.engine.take_coverage().pop();
    Ok(Played { outcome, undelivered: events.len().saturating_sub(in_time), coverage })
}

/// The most that one event can add to [`Engine::weight`].
fn most_new(trigger: &Trigger) -> usize {
    match trigger {
        Trigger::Event(event) => event.for_each.len().max(1).saturating_add(1),
        Trigger::Composite(composite) => composite.triggers.iter().map(most_new).fold(0, usize::saturating_add),
    }
}
