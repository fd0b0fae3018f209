//! A scenario and how it is played: events in the order in which they are received, ticks in between.

use std::fmt;

use crate::automation::{Automation, read};
use crate::event::{Reader, ReceivedEvent, instant};
use crate::json::Value;
use crate::sort;
use crate::time::Instant;
use crate::trigger::{Delivery, Engine, Options, Version};

use super::result::Simulation;

/// The server's loops come round so many times at most.
pub const MAX_TICKS: i64 = 20_000_000;

/// Every five seconds, as the server does.
const TICK: i64 = 5_000_000;

/// Times in microseconds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scenario {
    pub name: Option<String>,
    pub automation: Automation,
    pub start: Instant,
    pub end: Instant,
    pub tick: i64,
    pub delivery: Delivery,
    pub version: Version,
    pub events: Vec<ReceivedEvent>,
}

/// Why there is nothing to play.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ScenarioError {
    /// A key that must be there.
    Missing(&'static str),
    /// The value of a key cannot be what it should.
    Wrong(&'static str),
    /// Of an event, by its index.
    Event(usize),
    EndBeforeStart,
    NoTick,
    TooManyTicks,
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ScenarioError::Missing(key) => write!(f, "the scenario lacks `{key}`"),
            ScenarioError::Wrong(key) => write!(f, "the scenario's `{key}` cannot be read"),
            ScenarioError::Event(index) => write!(f, "`events/{index}` is not an event with an id and a time"),
            ScenarioError::EndBeforeStart => f.write_str("the scenario's `end` is before its `start`"),
            ScenarioError::NoTick => f.write_str("`tick_seconds` must be more than 0"),
            ScenarioError::TooManyTicks => write!(f, "from `start` to `end` there are more than {MAX_TICKS} ticks"),
        }
    }
}

impl Scenario {
    pub fn read(value: Value<'_>) -> Result<Scenario, ScenarioError> {
        let needed = |key| value.get(key).ok_or(ScenarioError::Missing(key));
        let time = |key| instant(needed(key)?).ok_or(ScenarioError::Wrong(key));
        let mut reader = Reader::default();
        let events = value.get("events").into_iter().flat_map(Value::items).enumerate();
        let scenario = Scenario {
            name: value.get("scenario").and_then(read::text),
            automation: read::automation(needed("automation")?).ok_or(ScenarioError::Wrong("automation"))?,
            start: time("start")?,
            end: time("end")?,
            tick: value
                .get("tick_seconds")
                .map_or(Some(TICK), read::duration)
                .ok_or(ScenarioError::Wrong("tick_seconds"))?,
            delivery: match value.get("delivery") {
                None => Delivery::Consumer,
                Some(delivery) if delivery.is("consumer") => Delivery::Consumer,
                Some(delivery) if delivery.is("direct") => Delivery::Direct,
                Some(_) => return Err(ScenarioError::Wrong("delivery")),
            },
            version: match value.get("server_version") {
                None => Version::default(),
                Some(version) if version.is("3.9") => Version::V3_9,
                Some(version) if version.is("3.8") => Version::V3_8,
                Some(_) => return Err(ScenarioError::Wrong("server_version")),
            },
            events: events
                .map(|(index, event)| reader.read(event).ok_or(ScenarioError::Event(index)))
                .collect::<Result<_, _>>()?,
        };
        scenario.check()?;
        Ok(scenario)
    }

    fn check(&self) -> Result<(), ScenarioError> {
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

/// Plays a scenario. Ticks are at its start, and after each span of `tick` up to its end; what is received at the
/// instant of a tick comes before it.
pub fn run(scenario: Scenario, options: Options) -> Result<Simulation, ScenarioError> {
    scenario.check()?;
    let mut engine = Engine::new(scenario.version, Options { delivery: scenario.delivery, ..options });
    engine.load(&scenario.automation);
    let events = sort::by_key(scenario.events, |event| event.received.sortable());
    let mut waiting = events.iter().peekable();
    let mut now = Some(scenario.start).filter(|start| *start <= scenario.end);
    while let Some(tick) = now {
        while let Some(event) = waiting.next_if(|event| event.received <= tick) {
            engine.deliver(event, event.received);
        }
        engine.tick(tick);
        now = tick.0.checked_add(scenario.tick).map(Instant).filter(|next| *next <= scenario.end);
    }
    while let Some(event) = waiting.next_if(|event| event.received <= scenario.end) {
        engine.deliver(event, event.received);
    }
    Ok(Simulation {
        scenario: scenario.name,
        outcome: engine.take(),
        undelivered: waiting.count(),
        trace: options.trace,
    })
}
