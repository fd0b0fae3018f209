//! The document of a scenario: what it may say, and what is wrong with it.

use crate::automation::{Automation, EventTrigger, Posture, Specification, Trigger, read};
use crate::build::{BuiltEvent, Random, history, most_events};
use crate::diagnostic::Code;
use crate::event::{Reader, ReceivedEvent, Text};
use crate::json::{Kind, Value};
use crate::sort;
use crate::time::Instant;
use crate::trigger::{Delivery, Version};

use super::expectation::{self, Expectation};
use super::moment::{moment, span};
use super::reading::Reading;
use super::runs;
use super::scenario::{MAX_TICKS, Scenario, TICK};

/// A scenario has so many events at most, generated ones included.
pub const MAX_EVENTS: u64 = 2_000_000;

/// 2026-01-01T00:00:00Z: where a scenario without `start` and without events begins.
const START: Instant = Instant(1_767_225_600_000_000);

const KEYS: [&str; 14] = [
    "scenario",
    "description",
    "automation",
    "start",
    "end",
    "tick_seconds",
    "tick_offset_seconds",
    "delivery",
    "server_version",
    "intended",
    "heartbeat",
    "runs",
    "events",
    "expect",
];

/// What is said beside an automation and events from elsewhere.
const AROUND: [&str; 7] =
    ["start", "end", "tick_seconds", "tick_offset_seconds", "delivery", "server_version", "intended"];

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

/// Reads Prefect's document, or the name of a built-in one.
pub(super) fn automation<'t>(value: Value<'t>, reading: &mut Reading<'t>) -> Option<Automation> {
    if value.is("crash-zombie-flows") {
        return Some(crash_zombie_flows());
    }
    if !reading.is(value, Kind::Object, "an automation, or the name `crash-zombie-flows`") {
        return None;
    }
    if let Some(read) = read::automation(value) {
        return Some(read);
    }
    let Some(trigger) = value.get("trigger") else {
        reading.missing(value, "the automation", "trigger", "");
        return None;
    };
    let mut refuse = |value, what| {
        reading.add(Code::ScenarioAutomation, value).with("what", what);
    };
    let Some(trigger) = read::trigger(trigger) else {
        refuse(trigger, "this trigger");
        return None;
    };
    for key in ["actions", "actions_on_trigger", "actions_on_resolve"] {
        if let Some(actions) = value.get(key)
            && read::actions(actions).is_none()
        {
            refuse(actions, "these actions");
        }
    }
    // A name and actions decide nothing here.
    let mut automation = Automation { trigger, ..crash_zombie_flows() };
    automation.name = reading.read(value.get("name"), "a text", read::text).unwrap_or_default();
    automation.enabled = reading.read(value.get("enabled"), "`true` or `false`", read::boolean).unwrap_or(true);
    Some(automation)
}

/// `3.9`, `3.8.8`, …
pub(super) fn version(written: &str) -> Option<Version> {
    let is = |version: &str| written.strip_prefix(version).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let known = [("3.9", Version::V3_9), ("3.8", Version::V3_8)];
    known.into_iter().find(|(name, _)| is(name)).map(|(_, version)| version)
}

/// The longest window of a trigger and those in it.
fn longest(trigger: &Trigger) -> i64 {
    match trigger {
        Trigger::Event(event) => event.within,
        Trigger::Composite(composite) => composite.triggers.iter().map(longest).max().unwrap_or_default(),
    }
}

pub(super) const SPAN: &str = "a span of time such as `90s`, or a number of seconds";
pub(super) const NOT_NEGATIVE: &str = "a span of time, not negative";
pub(super) const MOMENT: &str =
    "a span from the start such as `3m30s`, or a point in time such as `2026-03-01T12:00:00Z`";

pub(super) fn not_negative(value: Value<'_>) -> Option<i64> {
    span(value).filter(|span| *span >= 0)
}

impl Document {
    /// `None`: something is wrong, and noted. `given`: an automation and events from elsewhere, to which the document
    /// says how they are played.
    pub(super) fn read<'t>(
        root: Value<'t>,
        reading: &mut Reading<'t>,
        given: Option<(Automation, Vec<ReceivedEvent>)>,
    ) -> Option<Document> {
        if !reading.is(root, Kind::Object, "an object: a scenario") {
            return None;
        }
        // What has keys of its own, such as a recorded scenario, is one too.
        reading.unknown_keys(root, if given.is_some() { &AROUND } else { &KEYS }, given.is_none());
        let mut reader = Reader::default();
        let (automation, mut events) = if let Some((automation, events)) = given {
            (Some(automation), events)
        } else {
            let mut events = Vec::new();
            if let Some(list) = root.get("events")
                && reading.is(list, Kind::Array, "a list of events")
            {
                list.items().for_each(|item| add_event(item, &mut reader, &mut events, reading));
            }
            let automation = if let Some(value) = root.get("automation") {
                automation(value, reading)
            } else {
                let hint = "give Prefect's automation document, or the name `crash-zombie-flows`";
                reading.missing(root, "the scenario", "automation", "").with("hint", hint);
                None
            };
            (automation, events)
        };
        let instant = "a point in time such as `2026-03-01T12:00:00Z`";
        let start = root
            .get("start")
            .map_or_else(
                || events.iter().map(|event| event.received).min(),
                |value| reading.read(Some(value), instant, crate::event::instant),
            )
            .unwrap_or(START);
        let end = reading.read(root.get("end"), MOMENT, |value| moment(value, start));
        let name = reading.read(root.get("scenario"), "a text", read::text);
        let more = |value: Value<'_>| span(value).filter(|span| *span > 0);
        let tick = reading.read(root.get("tick_seconds"), "more than 0 seconds", more).unwrap_or(TICK);
        let offset = reading.read(root.get("tick_offset_seconds"), NOT_NEGATIVE, not_negative);
        let delivery = reading.read(root.get("delivery"), "`consumer` or `direct`", |value| {
            let known = [("consumer", Delivery::Consumer), ("direct", Delivery::Direct)];
            known.into_iter().find(|(name, _)| value.is(name)).map(|(_, delivery)| delivery)
        });
        let intended = reading.read(root.get("intended"), "`true` or `false`", read::boolean);
        let version = reading.read(root.get("server_version"), "\"3.9\" or \"3.8\"", |value| {
            let written = value.is_string() || value.kind() == Kind::Float;
            version(&value.string()).filter(|_| written)
        });
        let longest = automation.as_ref().map_or(0, |automation| longest(&automation.trigger));
        let heartbeats = runs::heartbeats(root.get("heartbeat"), None, reading);
        let runs = root.get("runs");
        let mut specs = runs.map(|list| runs::read(list, start, &heartbeats, reading)).unwrap_or_default();
        // Without an end: until everything can have fired.
        let last_of =
            |spec: &runs::Spec| [spec.run.ends, spec.run.dies].into_iter().flatten().min().unwrap_or(spec.run.starts);
        let last = specs.iter().map(last_of).chain(events.iter().map(|event| event.received)).max().unwrap_or(start);
        let end = end.unwrap_or_else(|| {
            let rest = longest.max(0).saturating_add(60_000_000).saturating_add(heartbeats.frequency.max(0));
            Instant(last.max(start).0.saturating_add(rest))
        });
        let played = end.since(start);
        let at_end = root.get("end").unwrap_or(root);
        if played < 0 {
            reading.too_early(at_end, "`end`", "`start`");
        } else if played.checked_div(tick).is_none_or(|ticks| ticks >= MAX_TICKS) {
            reading.too_large(at_end, MAX_TICKS.unsigned_abs(), "ticks between `start` and `end`");
        }
        for spec in &mut specs {
            spec.run.horizon = end;
        }
        let most = specs.iter().map(|spec| most_events(&spec.run)).fold(events.len() as u64, u64::saturating_add);
        if most > MAX_EVENTS {
            reading.too_large(runs.unwrap_or(root), MAX_EVENTS, "events");
        }
        let names: Vec<&str> = specs.iter().flat_map(|spec| [&*spec.run.name, &*spec.of]).collect();
        let expectations =
            root.get("expect").map(|list| expectation::read(list, start, &names, reading)).unwrap_or_default();
        let automation = automation.filter(|_| reading.findings.are_valid())?;
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
        Some(Document {
            scenario: Scenario {
                name,
                automation,
                start,
                end,
                tick,
                delivery: delivery.unwrap_or_default(),
                intended: intended.unwrap_or_default(),
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

/// Reads one event of a list.
pub(super) fn add_event(
    value: Value<'_>,
    reader: &mut Reader,
    events: &mut Vec<ReceivedEvent>,
    reading: &mut Reading<'_>,
) {
    if let Some(event) = reader.read(value) {
        events.push(event);
        return;
    }
    let lacks = ["id", "occurred", "event", "resource"].into_iter().find(|key| value.get(key).is_none());
    let finding = reading.add(Code::ScenarioEvent, value);
    match lacks {
        Some(key) if value.kind() == Kind::Object => finding.say("why", format_args!(": it lacks `{key}`")),
        _ => finding.with("why", ""),
    };
}
