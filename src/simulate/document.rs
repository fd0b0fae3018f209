//! The document of a scenario: what it may say, and what is wrong with it.

use crate::automation::{Automation, EventTrigger, Posture, Specification, Trigger, read};
use crate::build::{BuiltEvent, Random, history, most_events};
use crate::event::{Reader, ReceivedEvent, Text};
use crate::json::Kind;
use crate::sort;
use crate::time::Instant;
use crate::trigger::{Delivery, Version};

use super::expectation::{self, Expectation};
use super::moment::{moment, span};
use super::problem::{Place, Problem};
use super::runs;
use super::scenario::{MAX_TICKS, Scenario, ScenarioError, TICK};

/// A scenario has so many events at most, generated ones included.
pub const MAX_EVENTS: u64 = 2_000_000;

/// 2026-01-01T00:00:00Z: where a scenario without `start` and without events begins.
const START: Instant = Instant(1_767_225_600_000_000);

const KEYS: [&str; 13] = [
    "scenario",
    "description",
    "automation",
    "start",
    "end",
    "tick_seconds",
    "tick_offset_seconds",
    "delivery",
    "server_version",
    "heartbeat",
    "runs",
    "events",
    "expect",
];

/// A run whose history was generated.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlayedRun {
    pub name: String,
    /// The `name` in the document, which all copies of a run share.
    pub of: String,
    pub resource: Text,
}

/// Everything that a document says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Document {
    /// With all events, sorted by when they are received.
    pub scenario: Scenario,
    /// From the start to the first tick, in microseconds.
    pub offset: i64,
    pub runs: Vec<PlayedRun>,
    /// Those that were generated, with their payloads.
    pub built: Vec<BuiltEvent>,
    pub expectations: Vec<Expectation>,
}

/// The automation that the documentation tells to detect zombie runs with, with heartbeats every 30 seconds.
fn crash_zombie_flows() -> Automation {
    let heartbeat = "prefect.flow-run.heartbeat".to_owned();
    let all = "prefect.flow-run.*".to_owned();
    let id = "prefect.resource.id".to_owned();
    Automation {
        name: "Crash zombie flows".to_owned(),
        description: String::new(),
        enabled: true,
        tags: Vec::new(),
        trigger: Trigger::Event(EventTrigger {
            posture: Posture::Proactive,
            matches: Specification(vec![(id.clone(), vec![all.clone()])]),
            match_related: vec![Specification::default()],
            after: vec![heartbeat],
            expect: vec![all],
            for_each: vec![id],
            threshold: 1,
            within: 90_000_000,
        }),
        actions: Vec::new(),
        actions_on_trigger: Vec::new(),
        actions_on_resolve: Vec::new(),
    }
}

fn automation(place: &Place<'_>) -> Result<Automation, Problem> {
    if place.value.is("crash-zombie-flows") {
        return Ok(crash_zombie_flows());
    }
    let mistake = |message: &str| {
        let help = "the automation must be one that the Prefect server accepts".to_owned();
        Problem { help: Some(help), ..place.problem("scenario-automation", message.to_owned()) }
    };
    if place.value.is_string() {
        return Err(place.wrong("a document or `crash-zombie-flows`"));
    }
    if place.value.kind() != Kind::Object {
        return Err(place.wrong("an object"));
    }
    if let Some(read) = read::automation(place.value) {
        return Ok(read);
    }
    let trigger = place.value.get("trigger").ok_or_else(|| mistake("the automation has no `trigger`"))?;
    let trigger = read::trigger(trigger).ok_or_else(|| {
        let place = place.get("trigger").unwrap_or_else(|| place.clone());
        let message = "the server refuses this trigger".to_owned();
        let help = "a trigger needs its `posture`; Proactive ones need `within` of 10 seconds or more".to_owned();
        Problem { help: Some(help), ..place.problem("scenario-automation", message) }
    })?;
    // A name and actions decide nothing here.
    let mut automation = Automation { trigger, ..crash_zombie_flows() };
    if let Some(name) = place.value.get("name") {
        automation.name = read::text(name).ok_or_else(|| mistake("the automation's `name` must be a text"))?;
    }
    for key in ["actions", "actions_on_trigger", "actions_on_resolve"] {
        if place.value.get(key).is_some_and(|actions| read::actions(actions).is_none()) {
            return Err(mistake(&format!("the automation's `{key}` must be a list of actions")));
        }
    }
    if let Some(enabled) = place.value.get("enabled") {
        automation.enabled =
            read::boolean(enabled).ok_or_else(|| mistake("the automation's `enabled` must be a boolean"))?;
    }
    Ok(automation)
}

/// The longest window of a trigger and those in it.
fn longest(trigger: &Trigger) -> i64 {
    match trigger {
        Trigger::Event(event) => event.within,
        Trigger::Composite(composite) => composite.triggers.iter().map(longest).max().unwrap_or_default(),
    }
}

/// Reads values; what is wrong is gathered, and something else is put in its place.
pub(super) struct Reading {
    pub problems: Vec<Problem>,
}

impl Reading {
    pub fn read<T>(
        &mut self,
        place: Option<Place<'_>>,
        expected: &str,
        read: impl FnOnce(&Place<'_>) -> Option<T>,
    ) -> Option<T> {
        let place = place?;
        let value = read(&place);
        if value.is_none() {
            self.problems.push(place.wrong(expected));
        }
        value
    }

    pub fn note<T>(&mut self, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.problems.push(problem)).ok()
    }
}

pub(super) const SPAN: &str = "a span of time such as `90s`, or a number of seconds";
pub(super) const MOMENT: &str =
    "a span from the start such as `3m30s`, or a point in time such as `2026-03-01T12:00:00Z`";

impl Document {
    pub(super) fn read(root: &Place<'_>) -> Result<Document, Vec<Problem>> {
        Document::read_with(root, Vec::new())
    }

    /// With events from elsewhere.
    pub(super) fn read_with(root: &Place<'_>, given: Vec<ReceivedEvent>) -> Result<Document, Vec<Problem>> {
        if root.value.kind() != Kind::Object {
            return Err(vec![root.wrong("an object: a scenario")]);
        }
        let mut problems = Vec::new();
        root.unknown_keys(&KEYS, true, &mut problems);
        let mut reading = Reading { problems };
        let automation = if let Some(place) = root.get("automation") {
            reading.note(automation(&place))
        } else {
            reading.problems.push(Problem {
                help: Some("give Prefect's automation document, or the name `crash-zombie-flows`".to_owned()),
                ..root.problem("scenario-missing-key", "the scenario lacks `automation`".to_owned())
            });
            None
        };
        let (mut reader, mut events) = (Reader::default(), given);
        if let Some(place) = root.get("events") {
            if place.value.kind() == Kind::Array {
                read_events(&place, &mut reader, &mut events, &mut reading);
            } else {
                reading.problems.push(place.wrong("a list of events"));
            }
        }
        let start = root.get("start");
        let start = match start {
            Some(_) => reading.read(start, "a point in time such as `2026-03-01T12:00:00Z`", |place| {
                crate::event::instant(place.value)
            }),
            None => Some(events.iter().map(|event| event.received).min().unwrap_or(START)),
        }
        .unwrap_or(START);
        let end = reading.read(root.get("end"), MOMENT, |place| moment(place.value, start));
        let name = reading.read(root.get("scenario"), "a text", |place| read::text(place.value));
        let seconds = |place: &Place<'_>| span(place.value);
        let tick = reading.read(root.get("tick_seconds"), SPAN, seconds).unwrap_or(TICK);
        if tick <= 0 {
            reading.problems.extend(root.get("tick_seconds").map(|place| place.wrong("more than 0")));
        }
        let not_negative = |place: &Place<'_>| span(place.value).filter(|span| *span >= 0);
        let offset = reading.read(root.get("tick_offset_seconds"), "a span of time, not negative", not_negative);
        let delivery = reading.read(root.get("delivery"), "`consumer` or `direct`", |place| {
            let known = [("consumer", Delivery::Consumer), ("direct", Delivery::Direct)];
            known.into_iter().find(|(name, _)| place.value.is(name)).map(|(_, delivery)| delivery)
        });
        let version = reading.read(root.get("server_version"), "\"3.9\" or \"3.8\"", |place| {
            let written = if place.value.is_string() || place.value.kind() == Kind::Float {
                place.value.string()
            } else {
                "".into()
            };
            let is = |version: &str| {
                *written == *version || written.strip_prefix(version).is_some_and(|rest| rest.starts_with('.'))
            };
            let known = [("3.9", Version::V3_9), ("3.8", Version::V3_8)];
            known.into_iter().find(|(name, _)| is(name)).map(|(_, version)| version)
        });
        let longest = automation.as_ref().map_or(0, |automation| longest(&automation.trigger));
        let heartbeats = runs::heartbeats(root.get("heartbeat"), None, &mut reading);
        let runs_place = root.get("runs");
        let mut specs =
            runs_place.as_ref().map(|place| runs::read(place, start, &heartbeats, &mut reading)).unwrap_or_default();
        // Without an end: until everything can have fired.
        let last_of =
            |spec: &runs::Spec| [spec.run.ends, spec.run.dies].into_iter().flatten().min().unwrap_or(spec.run.starts);
        let last = specs.iter().map(last_of).chain(events.iter().map(|event| event.received)).max().unwrap_or(start);
        let end = end.unwrap_or_else(|| {
            let rest = longest.max(0).saturating_add(60_000_000).saturating_add(heartbeats.frequency.max(0));
            Instant(last.max(start).0.saturating_add(rest))
        });
        let played = end.since(start);
        if played < 0 {
            let place = root.get("end").unwrap_or_else(|| root.clone());
            reading.problems.push(place.problem("scenario-time", ScenarioError::EndBeforeStart.to_string()));
        } else if tick > 0 && played.checked_div(tick).is_none_or(|ticks| ticks >= MAX_TICKS) {
            let place = root.get("end").unwrap_or_else(|| root.clone());
            reading.problems.push(place.problem("scenario-too-large", ScenarioError::TooManyTicks.to_string()));
        }
        for spec in &mut specs {
            spec.run.horizon = end;
        }
        let most = specs.iter().map(|spec| most_events(&spec.run)).fold(events.len() as u64, u64::saturating_add);
        if most > MAX_EVENTS {
            let place = runs_place.unwrap_or_else(|| root.clone());
            let message = format!("the scenario makes about {most} events, and may have {MAX_EVENTS}");
            let help = "play fewer runs, a shorter time, or a lower frequency".to_owned();
            reading.problems.push(Problem { help: Some(help), ..place.problem("scenario-too-large", message) });
        }
        let names: Vec<&str> = specs.iter().flat_map(|spec| [&*spec.run.name, &*spec.of]).collect();
        let expectations =
            root.get("expect").map(|place| expectation::read(&place, start, &names, &mut reading)).unwrap_or_default();
        let (Some(automation), true) = (automation, reading.problems.is_empty()) else {
            return Err(reading.problems);
        };
        let (mut played, mut built) = (Vec::new(), Vec::new());
        for (index, spec) in specs.into_iter().enumerate() {
            let seed = spec.run.heartbeats.seed;
            let mut random = Random::new(crate::hash::mix(seed, index as u64));
            let (resource, own) = history(&spec.run, &mut reader, &mut random);
            played.push(PlayedRun { name: spec.run.name, of: spec.of, resource });
            built.extend(own);
        }
        events.extend(built.iter().map(|built| built.event.clone()));
        sort::by_key(&mut events, &mut |event| event.received.sortable());
        Ok(Document {
            scenario: Scenario {
                name,
                automation,
                start,
                end,
                tick,
                delivery: delivery.unwrap_or_default(),
                version: version.unwrap_or_default(),
                events,
            },
            offset: offset.unwrap_or_default(),
            runs: played,
            built,
            expectations,
        })
    }

    /// The run that an event or a firing is about, by its resource.
    #[must_use]
    pub fn run(&self, resource: &str) -> Option<&PlayedRun> {
        self.runs.iter().find(|run| *run.resource == *resource)
    }
}

fn read_events(place: &Place<'_>, reader: &mut Reader, events: &mut Vec<ReceivedEvent>, reading: &mut Reading) {
    for item in place.items() {
        match reader.read(item.value) {
            Some(event) => events.push(event),
            None => reading.problems.push(not_an_event(&item)),
        }
    }
}

pub(super) fn not_an_event(place: &Place<'_>) -> Problem {
    let lacks = ["id", "occurred", "event", "resource"].into_iter().find(|key| place.value.get(key).is_none());
    let message = match lacks {
        Some(key) if place.value.kind() == Kind::Object => format!("this event lacks `{key}`"),
        _ => "this is no event that the server can read".to_owned(),
    };
    let help = "an event needs `id`, `occurred`, `event` and `resource`; `prefect-events validate` tells what is wrong with one";
    Problem { help: Some(help.to_owned()), ..place.problem("scenario-event", message) }
}
