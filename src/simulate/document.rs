//! The document of a scenario: its format, and its errors.

use crate::diagnostic::Code;
use crate::diagnostic::syntax::SourceText;
use crate::event::{EventReader, ReceivedEvent, SharedText};
use crate::generate::{GeneratedEvent, GeneratedRun, Heartbeats, Random, generate_run, most_events};
use crate::json::{Kind, Value};
use crate::recognise::{self, Form};
use crate::time::{Instant, scalar};

use super::automations::{Files, of_scenario};
use super::expectation::{self, Expectation};
use super::fields::{OF_SCENARIOS, names};
use super::play_options::{PlayOptions, received};
use super::reading::Reading;
use super::runs;
use super::scenario::{MAX_EVENTS, Scenario, ScenarioError};

const KEYS: [&str; OF_SCENARIOS.len()] = names(&OF_SCENARIOS);

/// The keys that other kinds of documents have too.
const SHARED: [&str; 3] = ["description", "events", "expect"];

/// A run whose history was generated.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct PlayedRun {
    pub name: String,
    /// The `name` in the document, which all copies of a run share.
    pub of: String,
    pub resource: SharedText,
    /// When it is Running, when it reaches its last state, and when its process dies.
    pub starts: Instant,
    pub ends: Option<Instant>,
    pub dies: Option<Instant>,
    /// When skipped or lost heartbeats were due.
    pub missed: Vec<Instant>,
}

/// The contents of a document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Document {
    /// With all events, sorted by when they are received.
    pub scenario: Scenario,
    pub runs: Vec<PlayedRun>,
    /// The generated events, with their payloads, if requested.
    pub built: Vec<GeneratedEvent>,
    pub expectations: Vec<Expectation>,
    /// How runs send heartbeats by default.
    pub heartbeats: Heartbeats,
}

/// The kind of a document that should be a scenario or a list of them, if it is another kind. A document with a key
/// that only scenarios have is an invalid scenario.
pub(super) fn other_than_scenarios(root: Value<'_>) -> Option<Form> {
    let form = recognise::form(root);
    if matches!(form, Form::Scenario | Form::Scenarios | Form::Unknown) {
        return None;
    }
    let has_own = |value: Value<'_>| KEYS.iter().any(|key| !SHARED.contains(key) && value.get(key).is_some());
    (!has_own(root) && !root.items().any(has_own)).then_some(form)
}

impl Document {
    /// `None`: there are errors, which are recorded. `keep`: whether to keep the generated events beside those played.
    pub(super) fn read<'t>(
        root: Value<'t>,
        files: &Files,
        automation_index: Option<usize>,
        reading: &mut Reading<'t>,
        keep: bool,
    ) -> Option<Document> {
        if let Some(form) = other_than_scenarios(root) {
            reading.not_a_scenario(root, form);
            return None;
        }
        if !reading.is(root, Kind::Object, "an object: a scenario") {
            return None;
        }
        // Documents with additional keys, such as recorded scenarios, are scenarios too.
        reading.unknown_keys(root, &KEYS, true);
        let (mut reader, mut events) = (EventReader::default(), Vec::new());
        if let Some(list) = root.get("events")
            && reading.is(list, Kind::Array, "a list of events")
        {
            for item in list.items() {
                add_event(item, &mut reader, &mut events, reading);
            }
        }
        let automation = if let Some(value) = root.get("automation") {
            of_scenario(value, files, automation_index, reading)
        } else {
            let hint = "write an automation, the path of its file, or the name `crash-zombie-flows` or `unresponsive-run-detection`";
            reading.missing(root, "the scenario", "automation", "").with("hint", hint);
            None
        };
        let name = reading.read(root.get("scenario"), "a text", scalar::text);
        let play = PlayOptions::read(root, reading, received(&events, false));
        let start = play.start;
        let heartbeats = runs::heartbeats(root.get("heartbeat"), None, reading);
        let runs = root.get("runs");
        let mut specs = runs.map(|list| runs::read(list, start, &heartbeats, reading)).unwrap_or_default();
        let last_of =
            |spec: &runs::Spec| [spec.run.ends, spec.run.dies].into_iter().flatten().min().unwrap_or(spec.run.starts);
        let last = specs.iter().map(last_of).chain(received(&events, true)).max();
        let trigger = automation.as_ref().map(|automation| &automation.trigger);
        let end = play.end(last, trigger, heartbeats.frequency);
        play.check_end(end, root, reading);
        for spec in &mut specs {
            spec.run.horizon = end;
        }
        let most = specs.iter().map(|spec| most_events(&spec.run)).fold(events.len() as u64, u64::saturating_add);
        if most > MAX_EVENTS {
            reading.too_large(runs.unwrap_or(root), MAX_EVENTS, "events");
        }
        let names = expectation::RunNames::new(specs.iter().flat_map(|spec| [&*spec.run.name, &*spec.of]));
        let expectations =
            root.get("expect").map(|list| expectation::read(list, start, &names, reading)).unwrap_or_default();
        drop(names);
        let automation = automation.filter(|_| reading.findings.are_valid())?;
        let (mut played, mut built) = (Vec::new(), Vec::new());
        for (index, spec) in specs.into_iter().enumerate() {
            let seed = spec.run.heartbeats.seed;
            let mut random = Random::new(crate::text::hash::mix(seed, index as u64));
            let run = generate_run(&spec.run, &mut reader, &mut random);
            let GeneratedRun { name, resource, starts, ends, dies, events: own, missed } = run;
            played.push(PlayedRun { name, of: spec.of, resource, starts, ends, dies, missed });
            if keep {
                built.extend(own.iter().cloned());
            }
            events.extend(own.into_iter().map(|generated| generated.event));
        }
        Some(Document {
            scenario: Scenario { name, ..play.scenario(automation, events, end) },
            runs: played,
            built,
            expectations,
            heartbeats,
        })
    }
}

impl Scenario {
    /// Reads a scenario's document.
    ///
    /// # Errors
    /// The message is about the document's first error.
    pub fn read(value: Value<'_>) -> Result<Scenario, ScenarioError> {
        let mut reading = Reading::new(value);
        Document::read(value, &Files::default(), None, &mut reading, false)
            .map(|document| document.scenario)
            .ok_or_else(|| {
                let found = reading.findings.into_report(0, SourceText::NONE, false).diagnostics;
                ScenarioError::Unreadable(found.into_iter().next().map(|first| first.message).unwrap_or_default())
            })
    }
}

/// Reads one event of a list; returns whether it is an event.
pub(super) fn add_event(
    value: Value<'_>,
    reader: &mut EventReader,
    events: &mut Vec<ReceivedEvent>,
    reading: &mut Reading<'_>,
) -> bool {
    if let Some(event) = reader.read(value) {
        events.push(event);
        return true;
    }
    let lacks = ["id", "occurred", "event", "resource"].into_iter().find(|key| value.get(key).is_none());
    let finding = reading.add(Code::SCENARIO_EVENT, value);
    match lacks {
        Some(key) if value.kind() == Kind::Object => finding.say("why", format_args!(": it lacks `{key}`")),
        _ => finding.with("why", ""),
    };
    false
}
