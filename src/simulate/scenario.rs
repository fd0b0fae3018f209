//! How a scenario is played: events in the order in which they are received, ticks in between.

use std::fmt;

use crate::automation::Automation;
use crate::diagnostic::syntax::Source;
use crate::event::ReceivedEvent;
use crate::json::Value;
use crate::text::order;
use crate::time::Instant;
use crate::trigger::{Delivery, Engine, Options, Outcome, Version};

use super::document::Document;
use super::reading::Reading;
use super::result::Simulation;

/// The server's loops come round so many times at most.
pub const MAX_TICKS: i64 = 20_000_000;

/// So many firings and decisions are kept at most.
pub const MAX_OUTCOME: usize = 2_000_000;

/// Every five seconds, as the server does.
pub(super) const TICK: i64 = 5_000_000;

/// Times in microseconds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scenario {
    pub name: Option<String>,
    pub automation: Automation,
    pub start: Instant,
    pub end: Instant,
    pub tick: i64,
    /// From the start to the first tick.
    pub offset: i64,
    pub delivery: Delivery,
    /// What is meant is played instead of what the server does, where that is clear.
    pub intended: bool,
    pub version: Version,
    pub events: Vec<ReceivedEvent>,
}

/// Why there is nothing to play.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ScenarioError {
    /// The document is wrong; in a sentence.
    Unreadable(String),
    EndBeforeStart,
    NoTick,
    TooManyTicks,
    /// It fires, or decides, without end. When it was given up.
    TooMuch(Instant),
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ScenarioError::Unreadable(message) => f.write_str(message),
            ScenarioError::EndBeforeStart => f.write_str("the scenario's `end` is before its `start`"),
            ScenarioError::NoTick => f.write_str("`tick_seconds` must be more than 0"),
            ScenarioError::TooManyTicks => write!(f, "from `start` to `end` there are more than {MAX_TICKS} ticks"),
            ScenarioError::TooMuch(at) => {
                write!(
                    f,
                    "by {} there are more than {MAX_OUTCOME} firings and decisions: play less at a time",
                    at.rfc3339()
                )
            }
        }
    }
}

impl Scenario {
    /// Reads a document; of what is wrong with it, the first is told.
    pub fn read(value: Value<'_>) -> Result<Scenario, ScenarioError> {
        let mut reading = Reading::new(value);
        Document::read(value, &mut reading).map(|document| document.scenario).ok_or_else(|| {
            let found = reading.findings.into_report(0, Source::NONE, false).diagnostics;
            ScenarioError::Unreadable(found.into_iter().next().map(|first| first.message).unwrap_or_default())
        })
    }

    pub(super) fn check(&self) -> Result<(), ScenarioError> {
        if self.tick <= 0 {
            return Err(ScenarioError::NoTick);
        }
        if self.end < self.start {
            return Err(ScenarioError::EndBeforeStart);
        }
        let ticks = self.end.since(self.start).checked_div(self.tick).unwrap_or(i64::MAX);
        if ticks >= MAX_TICKS { Err(ScenarioError::TooManyTicks) } else { Ok(()) }
    }
}

/// Plays a scenario. Ticks are `offset` after its start, and after each span of `tick` up to its end; what is received
/// at the instant of a tick comes before it.
pub fn run(mut scenario: Scenario, options: Options) -> Result<Simulation, ScenarioError> {
    let mut events = std::mem::take(&mut scenario.events);
    order::by_key(&mut events, &mut |event| event.received.sortable());
    play(&scenario, &events, options)
}

/// The same, with events that are sorted by when they are received.
pub(super) fn play(
    scenario: &Scenario,
    events: &[ReceivedEvent],
    options: Options,
) -> Result<Simulation, ScenarioError> {
    scenario.check()?;
    let mut engine =
        Engine::new(scenario.version, Options { delivery: scenario.delivery, intended: scenario.intended, ..options });
    engine.load(&scenario.automation);
    let mut waiting = events.iter().peekable();
    let first = scenario.start.0.checked_add(scenario.offset).map(Instant);
    let mut now = first.filter(|start| *start <= scenario.end);
    let mut outcome = Outcome::default();
    while let Some(tick) = now {
        while let Some(event) = waiting.next_if(|event| event.received <= tick) {
            engine.deliver(event, event.received);
        }
        engine.tick(tick);
        gather(&mut outcome, engine.take());
        if outcome.firings.len().max(outcome.child_firings.len()).max(outcome.decisions.len()) > MAX_OUTCOME {
            return Err(ScenarioError::TooMuch(tick));
        }
        now = tick.0.checked_add(scenario.tick).map(Instant).filter(|next| *next <= scenario.end);
    }
    while let Some(event) = waiting.next_if(|event| event.received <= scenario.end) {
        engine.deliver(event, event.received);
    }
    gather(&mut outcome, engine.take());
    Ok(Simulation { scenario: scenario.name.clone(), outcome, undelivered: waiting.count(), trace: options.trace })
}

fn gather(all: &mut Outcome, new: Outcome) {
    all.firings.extend(new.firings);
    all.child_firings.extend(new.child_firings);
    all.decisions.extend(new.decisions);
}
