//! Reads the heartbeats among captured events, part by part. What it keeps grows with the runs, not with their events.

use std::fmt;

use crate::catalogue::runs::{FLOW_RUN, HEARTBEAT};
use crate::event::{EventReader, RESOURCE_ID, RESOURCE_NAME, ReceivedEvent, SharedText};
use crate::json::{Fault, Tape, Value, parse_prefix_around};
use crate::recognise;
use crate::text::steps::step;
use crate::text::table::Map;
use crate::time::Instant;
use crate::time::units::SECOND;
use uuid::Uuid;

use super::spread::Spread;

/// Heartbeats of one run that arrive in less than this, although they occurred further apart, arrive in a burst.
const BURST: i64 = SECOND;

/// Why captured events cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ObserveError {
    /// The line, from 1.
    pub line: u64,
    /// Why.
    pub reason: Unobservable,
}

/// Why a document has no heartbeats that can be observed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Unobservable {
    /// It is not JSON.
    NotJson,
    /// One of its texts contains a lone surrogate, which no server keeps.
    LoneSurrogate,
    /// It is JSON, but no event that the server accepts.
    NotAnEvent,
}

impl fmt::Display for ObserveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.reason {
            Unobservable::NotJson => "this is not JSON",
            Unobservable::LoneSurrogate => "a text contains a lone surrogate, which is not a character",
            Unobservable::NotAnEvent => "this is not an event that the server accepts",
        };
        write!(f, "line {}: {what}; `prefect-events validate` reports what is wrong", self.line)
    }
}

impl std::error::Error for ObserveError {}

/// What is remembered of a run.
pub(super) struct Run {
    deployment: usize,
    last: Beat,
    /// How many heartbeats have arrived at once so far.
    burst: u64,
    /// When its last state event occurred.
    changed: i64,
}

/// A heartbeat. Microseconds.
#[derive(Clone, Copy)]
struct Beat {
    id: Uuid,
    occurred: i64,
    received: i64,
}

/// The runs of one deployment, or all runs without one.
#[derive(Default)]
pub(super) struct Deployment {
    pub id: Option<SharedText>,
    pub flow: Option<SharedText>,
    pub runs: u64,
    pub heartbeats: u64,
    /// Between two heartbeats of a run.
    pub gaps: Spread,
    /// From one heartbeat's occurrence until the next is received: such a window does not fire.
    pub arrivals: Spread,
    /// From occurrence to receipt.
    pub delays: Spread,
    /// The sum of the gaps, in microseconds.
    pub watched: i64,
    pub bursts: u64,
    pub largest_burst: u64,
    /// Heartbeats older than the one before.
    pub out_of_order: u64,
    /// Gaps in which the state of the run changed.
    pub interrupted: u64,
}

/// Reads captured events and remembers their heartbeats.
///
/// ```
/// use prefect_events::tune::{HeartbeatObserver, ObserveOptions};
///
/// let heartbeat = |minute| format!(
///     r#"{{"id": "00000000-0000-4000-8000-00000000000{minute}", "occurred": "2026-03-01T12:0{minute}:00Z",
///     "event": "prefect.flow-run.heartbeat", "resource": {{"prefect.resource.id": "prefect.flow-run.1"}}}}"#
/// );
/// let mut observer = HeartbeatObserver::default();
/// for minute in [0, 1, 2, 5] {
///     observer.add(heartbeat(minute).as_bytes())?;
/// }
/// let observed = observer.finish(&ObserveOptions::default());
/// assert_eq!(observed.deployments[0].missed, 2);
/// # Ok::<(), prefect_events::tune::ObserveError>(())
/// ```
#[derive(Default)]
pub struct HeartbeatObserver {
    pub(super) deployments: Vec<Deployment>,
    /// The indexes of the deployments, by their ids.
    places: Map<Option<SharedText>, usize>,
    runs: Map<SharedText, Run>,
    pub(super) events: u64,
    pub(super) first: Option<Instant>,
    pub(super) last: Option<Instant>,
    lines: u64,
    /// Whether the first part was read.
    begun: bool,
}

impl HeartbeatObserver {
    /// A further text follows: files of one history are read one after the other.
    pub fn begin_text(&mut self) {
        (self.lines, self.begun) = (0, false);
    }

    /// Counts events that are not of flow runs, and were read elsewhere.
    pub fn add_others(&mut self, events: u64) {
        self.events = self.events.saturating_add(events);
    }

    /// Adds a part of a text: JSON documents one after the other, such as whole lines of NDJSON.
    ///
    /// # Errors
    /// If a document is not JSON or contains a lone surrogate, or if an event of a flow run is none that the server accepts.
    pub fn add(&mut self, text: &[u8]) -> Result<(), ObserveError> {
        let (mut tape, mut issues) = (Tape::new(), Vec::new());
        // Equal texts are shared within a part only, so that none are kept.
        let mut reader = EventReader::default();
        let mut at = if self.begun { 0 } else { recognise::events_start(text) };
        self.begun = true;
        let lines_until = |at: usize| {
            step(at);
            memchr::memchr_iter(b'\n', text.get(..at).unwrap_or_default()).count() as u64
        };
        while text.get(at..).is_some_and(|rest| !rest.trim_ascii_start().is_empty()) {
            let parsed = parse_prefix_around(text, at, &mut tape, &mut issues);
            let start = text
                .get(at..)
                .map_or(at, |rest| at.saturating_add(rest.len().saturating_sub(rest.trim_ascii_start().len())));
            let wrong = |reason, lines: u64| {
                Err(ObserveError { line: lines.saturating_add(lines_until(start)).saturating_add(1), reason })
            };
            let document = tape.document(text);
            let Some(root) = document.root().filter(|_| parsed.complete && parsed.end > at) else {
                return wrong(Unobservable::NotJson, self.lines);
            };
            // Its texts would change.
            if issues.iter().any(|issue| issue.fault == Fault::LoneSurrogate) {
                return wrong(Unobservable::LoneSurrogate, self.lines);
            }
            at = parsed.end;
            for event in recognise::events(root) {
                step(1);
                if self.event(event, &mut reader).is_none() {
                    return wrong(Unobservable::NotAnEvent, self.lines);
                }
            }
        }
        self.lines = self.lines.saturating_add(lines_until(text.len()));
        Ok(())
    }

    /// `None`: it is not an event, or it lacks a part.
    fn event(&mut self, value: Value<'_>, reader: &mut EventReader) -> Option<()> {
        let name = value.get("event").filter(|name| name.is_string())?;
        self.events = self.events.saturating_add(1);
        if !name.string().starts_with(FLOW_RUN) {
            return Some(());
        }
        let event = reader.read(value)?;
        self.first = Some(self.first.map_or(event.occurred, |first| first.min(event.occurred)));
        self.last = Some(self.last.map_or(event.occurred, |last| last.max(event.occurred)));
        // Some events of flow runs have another resource.
        let Some(id) = event.resource.get(RESOURCE_ID) else { return Some(()) };
        if &*event.name == HEARTBEAT {
            self.heartbeat(id, &event);
        } else if let Some(run) = self.runs.get_mut(&**id) {
            run.changed = run.changed.max(event.occurred.0);
        }
        Some(())
    }

    fn heartbeat(&mut self, run: &SharedText, event: &ReceivedEvent) {
        let beat = Beat { id: event.id, occurred: event.occurred.0, received: event.received.0 };
        let Some(known) = self.runs.get_mut(&**run) else {
            let deployment = self.deployment_of(event);
            let state = Run { deployment, last: beat, burst: 1, changed: i64::MIN };
            self.runs.insert(run.clone(), state);
            if let Some(own) = self.deployments.get_mut(deployment) {
                own.runs = own.runs.saturating_add(1);
                own.count(beat);
            }
            return;
        };
        let Some(own) = self.deployments.get_mut(known.deployment) else { return };
        if known.last.id == beat.id {
            return;
        }
        own.count(beat);
        let gap = beat.occurred.saturating_sub(known.last.occurred);
        if gap < 0 {
            own.out_of_order = own.out_of_order.saturating_add(1);
            return;
        }
        let apart = beat.received.saturating_sub(known.last.received);
        if apart < BURST && gap > BURST.saturating_mul(5) {
            known.burst = known.burst.saturating_add(1);
            own.bursts = own.bursts.saturating_add(u64::from(known.burst == 2));
            own.largest_burst = own.largest_burst.max(known.burst);
        } else {
            known.burst = 1;
        }
        if known.changed >= known.last.occurred && known.changed <= beat.occurred {
            own.interrupted = own.interrupted.saturating_add(1);
        } else {
            own.gaps.add(gap);
            own.arrivals.add(gap.max(beat.received.saturating_sub(known.last.occurred)));
            own.watched = own.watched.saturating_add(gap);
        }
        known.last = beat;
    }

    /// The index of the deployment of an event.
    fn deployment_of(&mut self, event: &ReceivedEvent) -> usize {
        let id = |role| event.in_role(role).and_then(|resource| resource.get(RESOURCE_ID)).cloned();
        let deployment = id("deployment");
        if let Some(place) = self.places.get(&deployment) {
            return *place;
        }
        let place = self.deployments.len();
        let flow = event.in_role("flow").and_then(|flow| flow.get(RESOURCE_NAME)).cloned();
        // Runs without a deployment may be of several flows.
        let flow = flow.filter(|_| deployment.is_some());
        self.places.insert(deployment.clone(), place);
        self.deployments.push(Deployment { id: deployment, flow, ..Deployment::default() });
        place
    }
}

impl Deployment {
    fn count(&mut self, beat: Beat) {
        self.heartbeats = self.heartbeats.saturating_add(1);
        self.delays.add(beat.received.saturating_sub(beat.occurred));
    }
}
