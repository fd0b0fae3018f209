//! What the decisions of a simulation mean for each run: its heartbeats and the missed ones, its windows, and the state
//! of the run when the automation fired.

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use serde::{Serialize, Serializer};
use uuid::Uuid;

use crate::automation::{EventTrigger, Posture, heartbeats};
use crate::catalogue::runs::{FINAL_TYPES, FLOW_RUN, HEARTBEAT};
use crate::event::{RESOURCE_ID, RESOURCE_NAME, ReceivedEvent};
use crate::text::order;
use crate::text::steps::step;
use crate::text::table::Map;
use crate::text::uuid::is_uuid;
use crate::time::serial::fraction;
use crate::time::units::{DAY, SECOND};
use crate::time::{Instant, TimeSpan};
use crate::trigger::{Decision, DecisionKind, Firing, Outcome, ServerQuirk, TEXT};

use super::document::{Document, PlayedRun};
use super::scenario::Scenario;

/// The most missed heartbeats of a captured run, and of all captured runs together.
const MOST_MISSED: usize = 100_000;

/// The shortest time that a timeline of captured events shows.
const LEAST: i64 = 10 * SECOND;

/// The timeline of a simulation: a lane for each run, and for each other key of a window.
///
/// Times are milliseconds since the Unix epoch, with fractions down to the microsecond.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Timeline {
    /// The start of the scenario; for captured events, when the automation starts.
    #[serde(serialize_with = "milliseconds")]
    #[cfg_attr(feature = "typescript", ts(type = "Milliseconds"))]
    pub start: Instant,
    /// The end of the scenario; for captured events, the last event or decision.
    #[serde(serialize_with = "milliseconds")]
    #[cfg_attr(feature = "typescript", ts(type = "Milliseconds"))]
    pub end: Instant,
    /// From one round of the server's loops to the next, in seconds.
    pub tick_seconds: TimeSpan,
    /// Whether a Proactive trigger watches heartbeats: firing on a living run is a false alarm.
    pub watches_heartbeats: bool,
    /// How often heartbeats are sent. Absent if unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heartbeat: Option<HeartbeatRhythm>,
    /// First the flow runs: in the order of the scenario, or for captured events by first appearance. Then each other
    /// key, by first decision.
    pub lanes: Vec<Lane>,
}

/// How often runs send heartbeats.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct HeartbeatRhythm {
    /// The setting: from the scenario, or for captured events the median gap between two heartbeats of a run. Seconds.
    pub frequency_seconds: TimeSpan,
    /// The interval between heartbeats, including drift. Seconds.
    pub period_seconds: TimeSpan,
}

/// What happened to one run, or to another key of a window.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Lane {
    /// The name of the run or of the resources; `"The automation"` for anything else.
    pub name: String,
    /// The `prefect.resource.id`, if the lane is about exactly one value of a label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Whether the lane is a flow run.
    pub run: bool,
    /// When the run is Running in the scenario; otherwise its first known time.
    #[serde(serialize_with = "milliseconds")]
    #[cfg_attr(feature = "typescript", ts(type = "Milliseconds"))]
    pub starts: Instant,
    /// When the run reaches its final state. Absent if it does not, or if the lane is not a run.
    #[serde(serialize_with = "optional_milliseconds", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(type = "Milliseconds", optional))]
    pub ends: Option<Instant>,
    /// When the process of the run dies in the scenario.
    #[serde(serialize_with = "optional_milliseconds", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(type = "Milliseconds", optional))]
    pub dies: Option<Instant>,
    /// When each heartbeat was sent that arrives, ascending.
    #[serde(serialize_with = "all_milliseconds")]
    #[cfg_attr(feature = "typescript", ts(type = "Milliseconds[]"))]
    pub heartbeats: Vec<Instant>,
    /// When missed heartbeats were due, ascending: while the run lived and should have sent them.
    #[serde(serialize_with = "all_milliseconds")]
    #[cfg_attr(feature = "typescript", ts(type = "Milliseconds[]"))]
    pub missed: Vec<Instant>,
    /// Its other events, ascending.
    pub states: Vec<StateChange>,
    /// The windows, in the order in which they opened.
    pub windows: Vec<Window>,
    /// The indexes in `decisions` for this lane, ascending; with the option `trace`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub decisions: Option<Vec<usize>>,
    /// When triggers fired, ascending.
    pub fired: Vec<Fired>,
    /// How the run ended. Absent if the lane is not a run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ending: Option<RunEnding>,
    /// When the run died or finished: `dies` or `ends`, whichever the `ending` means. Absent if it was still running.
    #[serde(serialize_with = "optional_milliseconds", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(type = "Milliseconds", optional))]
    pub over: Option<Instant>,
    /// Set if the run died, no trigger that watches heartbeats fired on it, and no open window still can.
    #[serde(skip_serializing_if = "is_false")]
    #[cfg_attr(feature = "typescript", ts(type = "true", optional))]
    pub undetected: bool,
    /// The outcome in one or two parts, separated by ` · `: `"fired 12:03:40 · was alive"`. Times are in UTC, with
    /// the date if the timeline is a day or longer.
    pub caption: String,
    /// Set if the caption reports a false alarm or a dead run that is not detected.
    #[serde(skip_serializing_if = "is_false")]
    #[cfg_attr(feature = "typescript", ts(type = "true", optional))]
    pub wrong: bool,
}

impl Lane {
    /// How much it holds: its entries, and each [`TEXT`] bytes of their texts.
    fn weight(&self) -> usize {
        let texts = self.fired.iter().map(|fired| fired.reason.len()).chain([self.name.len()]);
        let entries = [self.heartbeats.len(), self.missed.len(), self.states.len(), self.windows.len()];
        entries.into_iter().chain(texts.map(|length| (length / TEXT).saturating_add(1))).fold(1, usize::saturating_add)
    }
}

/// An event of a lane other than a heartbeat.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct StateChange {
    /// When it occurred.
    #[serde(serialize_with = "milliseconds")]
    #[cfg_attr(feature = "typescript", ts(type = "Milliseconds"))]
    pub at: Instant,
    /// The name of the state, else the last part of the event's name.
    pub name: String,
    /// The type of the state, such as `"COMPLETED"`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// A window of a trigger.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields, rename = "TriggerWindow"))]
pub struct Window {
    /// The trigger: `"$"`, or `"$.0"` for one nested in it.
    pub path: String,
    /// `"Proactive"`: it fires when the window ends. `"Reactive"`: when enough events arrived.
    #[cfg_attr(feature = "typescript", ts(inline))]
    pub posture: Posture,
    /// When the server opened it.
    #[serde(serialize_with = "milliseconds")]
    #[cfg_attr(feature = "typescript", ts(type = "Milliseconds"))]
    pub opened: Instant,
    /// Its first instant.
    #[serde(serialize_with = "milliseconds")]
    #[cfg_attr(feature = "typescript", ts(type = "Milliseconds"))]
    pub start: Instant,
    /// The first instant after it.
    #[serde(serialize_with = "milliseconds")]
    #[cfg_attr(feature = "typescript", ts(type = "Milliseconds"))]
    pub end: Instant,
    /// When it was replaced or closed. Absent if it is still open at the end.
    #[serde(serialize_with = "optional_milliseconds", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(type = "Milliseconds", optional))]
    pub closed: Option<Instant>,
    /// What closed it: the kind of that decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "typescript",
        ts(
            type = "\"armed\" | \"rearmed\" | \"rolled\" | \"disarmed\" | \"expired\" | \"swept\" | \"fired\"",
            optional
        )
    )]
    pub closed_by: Option<DecisionKind>,
}

/// A trigger fired in a lane.
#[expect(clippy::struct_excessive_bools, reason = "each is a key of its own")]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Fired {
    /// The index in `decisions`; with the option `trace`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub decision: Option<usize>,
    /// When it fired.
    #[serde(serialize_with = "milliseconds")]
    #[cfg_attr(feature = "typescript", ts(type = "Milliseconds"))]
    pub at: Instant,
    /// The trigger: `"$"`, or `"$.0"` for one nested in it.
    pub path: String,
    /// Set for a child of a composite trigger: the automation does not act yet.
    #[serde(skip_serializing_if = "is_false")]
    #[cfg_attr(feature = "typescript", ts(type = "true", optional))]
    pub child: bool,
    /// The state of the run. Absent if the lane is not a run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<RunOutcome>,
    /// Set if the trigger watches heartbeats, and the run was alive or had finished.
    #[serde(skip_serializing_if = "is_false")]
    #[cfg_attr(feature = "typescript", ts(type = "true", optional))]
    pub false_alarm: bool,
    /// Set if all triggers with windows for this key are Proactive: it fired because expected events did not arrive.
    #[serde(skip_serializing_if = "is_false")]
    #[cfg_attr(feature = "typescript", ts(type = "true", optional))]
    pub overdue: bool,
    /// How many heartbeats were missed from the start of the window to the next heartbeat, or to the end of the run.
    pub missed: usize,
    /// For a false alarm on a run that was alive: the longer `within`, in whole seconds, that is recommended for the
    /// first trigger that watches heartbeats. Absent if a longer window would not be the remedy.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub longer_within: Option<i64>,
    /// Set if it fires after the last captured event, and only if no further event came.
    #[serde(skip_serializing_if = "is_false")]
    #[cfg_attr(feature = "typescript", ts(type = "true", optional))]
    pub if_silent: bool,
    /// The fault of the server that caused this firing: `"absent-leader"` if it held back an event that would have
    /// prevented the firing. Heartbeats and windows play no role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<ServerQuirk>,
    /// Why it fired, in one sentence; a second one says what came too late.
    pub reason: String,
}

/// The state of a run when a trigger fired on it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename_all = "lowercase"))]
pub enum RunOutcome {
    /// It was still going on: a false alarm, if the trigger watches for dead runs.
    Alive,
    /// Its process had died.
    Dead,
    /// It had reached its final state.
    Finished,
    /// Unknown: it sent nothing later, and reached no final state.
    Silent,
}

/// How a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename_all = "lowercase"))]
pub enum RunEnding {
    /// Its process died before it reached its final state.
    Died,
    /// It reached its final state.
    Finished,
    /// Neither, up to the end of the timeline.
    Running,
}

fn milliseconds<S: Serializer>(at: &Instant, serializer: S) -> Result<S::Ok, S::Error> {
    fraction(at.0, 1000, serializer)
}

fn optional_milliseconds<S: Serializer>(at: &Option<Instant>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => milliseconds(at, serializer),
        None => serializer.serialize_none(),
    }
}

fn all_milliseconds<S: Serializer>(times: &[Instant], serializer: S) -> Result<S::Ok, S::Error> {
    struct Milliseconds(Instant);

    impl Serialize for Milliseconds {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            milliseconds(&self.0, serializer)
        }
    }

    serializer.collect_seq(times.iter().map(|at| Milliseconds(*at)))
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

impl Timeline {
    /// The timeline of a scenario that was played with its decisions.
    pub(super) fn of_scenario(document: &Document, outcome: &Outcome) -> Timeline {
        let scenario = &document.scenario;
        let beats = &document.heartbeats;
        let heartbeat = (beats.frequency > 0).then(|| HeartbeatRhythm {
            frequency_seconds: TimeSpan(beats.frequency),
            period_seconds: TimeSpan(beats.frequency.saturating_add(beats.drift)),
        });
        let mut open = OpenLanes::new(&document.runs, &scenario.events, scenario.end);
        open.add_decisions(outcome);
        open.finish(
            scenario,
            outcome,
            Span { start: scenario.start, known: scenario.end, end: scenario.end },
            heartbeat,
        )
    }

    /// The lanes with some of these decisions, ascending, reduced to these; indexes refer to this list.
    /// `left`: how much it may hold, as [`Lane::weight`] counts; what it holds is subtracted. `None`: it would be more.
    pub(super) fn part(&self, decisions: &[usize], left: &mut usize) -> Option<Timeline> {
        let place = |index: usize| decisions.binary_search(&index).ok();
        let mut lanes = Vec::new();
        for lane in &self.lanes {
            step(lane.decisions.as_ref().map_or(0, Vec::len).saturating_add(1));
            let own: Vec<usize> = lane.decisions.iter().flatten().filter_map(|index| place(*index)).collect();
            if own.is_empty() {
                continue;
            }
            *left = left.checked_sub(lane.weight())?;
            let mut lane = Lane { decisions: Some(own), ..lane.clone() };
            lane.fired.iter_mut().for_each(|fired| fired.decision = fired.decision.and_then(place));
            lanes.push(lane);
        }
        Some(Timeline { lanes, ..*self })
    }

    /// The timeline of captured events that were played with their decisions. `events` are in the order of the capture.
    pub(super) fn of_capture(scenario: &Scenario, events: &[ReceivedEvent], outcome: &Outcome) -> Timeline {
        step(events.len().saturating_add(outcome.decisions.len()));
        let times = || {
            let received = events.iter().map(|event| event.received).filter(|at| *at >= scenario.start);
            received.chain(outcome.decisions.iter().map(|decision| decision.at))
        };
        let start = times().min().unwrap_or(Instant(0));
        let end = times().max().unwrap_or(start).max(Instant(start.0.saturating_add(LEAST)));
        let heartbeat = usual_gap(events).map(|gap| HeartbeatRhythm { frequency_seconds: gap, period_seconds: gap });
        // After the last captured event nothing is known.
        let known = events.iter().map(|event| event.occurred).max().unwrap_or(start);
        let mut open = OpenLanes::new(&[], events, end);
        open.add_decisions(outcome);
        // Runs that no trigger looked at are left out.
        open.lanes.retain(|lane| !lane.decisions.is_empty());
        open.finish(scenario, outcome, Span { start, known, end }, heartbeat)
    }
}

impl Lane {
    /// `per_run`: the automation counts or waits for each run; runs that it counts together do not fire individually.
    fn describe(&mut self, watches_heartbeats: bool, per_run: bool, is_dated: bool) {
        step(self.fired.len());
        let acts = self.fired.iter().any(|one| !one.if_silent && !one.child);
        let mut own = self.fired.iter().filter(|one| !(one.if_silent || acts && one.child));
        let first = own.next();
        let others = own.count();
        if let Some(one) = first.or(self.fired.first()) {
            let verb = match (one.if_silent, one.child) {
                (false, false) => "fired ",
                (false, true) => "child fired ",
                (true, false) => "fires ",
                (true, true) => "a child fires ",
            };
            let more = if others == 0 { String::new() } else { [" and ", &*others.to_string(), " more"].concat() };
            let outcome = match one.outcome {
                _ if one.if_silent => " if nothing comes",
                Some(RunOutcome::Alive) if watches_heartbeats => " · was alive",
                Some(RunOutcome::Dead) if watches_heartbeats => " · was dead",
                Some(RunOutcome::Finished) if watches_heartbeats => " · had finished",
                Some(RunOutcome::Silent) if watches_heartbeats => " · sent nothing more",
                _ if !watches_heartbeats && one.overdue && !one.child => " · nothing came in time",
                _ => "",
            };
            self.wrong = one.false_alarm && !one.if_silent;
            self.caption = [verb, &*clock(one.at, is_dated), &*more, outcome].concat();
            return;
        }
        let ending = match self.ending {
            None => "did not fire",
            Some(RunEnding::Died) => "died",
            Some(RunEnding::Finished) => "finished",
            Some(RunEnding::Running) => "still running",
        };
        let rest = match self.ending {
            None => "",
            _ if !per_run => "",
            _ if self.undetected => " · not detected",
            Some(RunEnding::Died) if watches_heartbeats => " · window still open",
            _ => " · not fired",
        };
        self.wrong = self.undetected && per_run;
        self.caption = [ending, rest].concat();
    }
}

/// `12:03:40`, or `1 Mar 12:03:40`.
fn clock(at: Instant, is_dated: bool) -> String {
    let text = at.rfc3339();
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    if !is_dated {
        return part(11, 19).to_owned();
    }
    let month = part(5, 7).parse::<usize>().unwrap_or_default().saturating_sub(1).saturating_mul(3);
    let month = "JanFebMarAprMayJunJulAugSepOctNovDec".get(month..month.saturating_add(3)).unwrap_or_default();
    [part(8, 10).trim_start_matches('0'), " ", month, " ", part(11, 19)].concat()
}

/// The usual gap between two captured heartbeats of a run: the median, if it is a second or more.
fn usual_gap(events: &[ReceivedEvent]) -> Option<TimeSpan> {
    let mut last: Map<&str, Instant> = Map::default();
    let mut gaps = Vec::new();
    for event in events.iter().filter(|event| &*event.name == HEARTBEAT) {
        let id = event.resource.get(RESOURCE_ID).map_or("", |id| &**id);
        if let Some(before) = last.insert(id, event.occurred) {
            gaps.push(event.occurred.since(before).saturating_abs());
        }
    }
    step(events.len());
    gaps.retain(|gap| *gap > 0);
    order::by_key(&mut gaps, &mut |gap| gap.unsigned_abs());
    let middle = gaps.get(gaps.len() / 2)?;
    (*middle >= SECOND).then_some(TimeSpan(*middle))
}

/// The times of a timeline; `known`: when the last known event occurred.
#[derive(Clone, Copy)]
struct Span {
    start: Instant,
    known: Instant,
    end: Instant,
}

/// A lane under construction.
struct OpenLane<'s> {
    name: String,
    id: Option<&'s str>,
    run: Option<&'s PlayedRun>,
    heartbeats: Vec<Instant>,
    states: Vec<StateChange>,
    windows: Vec<Window>,
    /// The open windows, by the paths of their triggers.
    open: HashMap<&'s str, usize, RandomState>,
    decisions: Vec<usize>,
    /// Of those: the firings.
    fired: Vec<usize>,
}

struct OpenLanes<'s> {
    lanes: Vec<OpenLane<'s>>,
    /// By the values of a key.
    places: Map<Vec<&'s str>, usize>,
    /// The last name of each resource.
    names: Map<&'s str, &'s str>,
    /// The subject of each event.
    subjects: Map<Uuid, Option<&'s str>>,
}

impl<'s> OpenLanes<'s> {
    /// A lane for each run. `end`: events received later are not delivered.
    fn new(runs: &'s [PlayedRun], events: &'s [ReceivedEvent], end: Instant) -> Self {
        let mut open =
            OpenLanes { lanes: Vec::new(), places: Map::default(), names: Map::default(), subjects: Map::default() };
        step(runs.len().saturating_add(events.len()));
        for event in events {
            let id = event.resource.get(RESOURCE_ID).map(|id| &**id);
            if let Some((id, name)) = id.zip(event.resource.get(RESOURCE_NAME)).filter(|(id, _)| !id.is_empty()) {
                open.names.insert(id, name);
            }
            open.subjects.insert(event.id, id);
        }
        for run in runs {
            let place = open.begin(vec![&*run.resource]);
            if let Some(lane) = open.lanes.get_mut(place) {
                lane.name.clone_from(&run.name);
                lane.run = Some(run);
            }
        }
        for event in events {
            let Some(id) = event.resource.get(RESOURCE_ID) else { continue };
            let is_run = id.starts_with(FLOW_RUN);
            if is_run && !open.places.contains_key(&[&**id][..]) {
                open.begin(vec![&**id]);
            }
        }
        open.add_events(events, end);
        open
    }

    /// Adds a lane; returns its index.
    fn begin(&mut self, values: Vec<&'s str>) -> usize {
        step(values.len());
        let names: Vec<String> = values
            .iter()
            .filter(|value| !value.is_empty())
            .map(|value| self.names.get(value).map_or_else(|| short(value), |name| (*name).to_owned()))
            .collect();
        let name = if names.is_empty() { "The automation".to_owned() } else { names.join(", ") };
        let id = match &*values {
            [id] if !id.is_empty() => Some(*id),
            _ => None,
        };
        let place = self.lanes.len();
        self.lanes.push(OpenLane {
            name,
            id,
            run: None,
            heartbeats: Vec::new(),
            states: Vec::new(),
            windows: Vec::new(),
            open: HashMap::default(),
            decisions: Vec::new(),
            fired: Vec::new(),
        });
        self.places.insert(values, place);
        place
    }

    fn add_events(&mut self, events: &'s [ReceivedEvent], end: Instant) {
        for event in events {
            step(1);
            let label = |name: &str| event.resource.get(name).map(|value| &**value);
            let place = label(RESOURCE_ID).and_then(|id| self.places.get(&[id][..]));
            let Some(lane) = place.and_then(|place| self.lanes.get_mut(*place)) else { continue };
            if &*event.name == HEARTBEAT {
                if event.received <= end {
                    lane.heartbeats.push(event.occurred);
                }
                continue;
            }
            let last = event.name.rsplit('.').next().unwrap_or_default();
            lane.states.push(StateChange {
                at: event.occurred,
                name: label("prefect.state-name").unwrap_or(last).to_owned(),
                kind: label("prefect.state-type").map(str::to_owned),
            });
        }
    }

    /// Puts each decision into the lane of its subject.
    fn add_decisions(&mut self, outcome: &'s Outcome) {
        // A held-back event belongs to the trigger that fired meanwhile.
        let mut held_back: Map<Uuid, Vec<&'s str>> = Map::default();
        for firing in outcome.firings.iter().chain(&outcome.child_firings).filter(|firing| firing.bucket.is_some()) {
            for delayed in &firing.delayed {
                step(firing.labels.len());
                let values = || firing.labels.iter().map(|(_, value)| &**value).collect();
                held_back.or_insert_with(delayed.event.id, values);
            }
        }
        for (index, decision) in outcome.decisions.iter().enumerate() {
            step(decision.key.len().saturating_add(1));
            let kind = decision.kind();
            let mut values: Vec<&'s str> = decision.key.iter().map(|(_, value)| &**value).collect();
            if values.iter().all(|value| value.is_empty()) {
                values.clear();
            }
            let place = if values.is_empty()
                && matches!(kind, DecisionKind::Ignored | DecisionKind::Held | DecisionKind::Released)
            {
                // Before any trigger has a key for an event, the event's own subject counts.
                let event = decision.event.as_ref();
                let subject = event.and_then(|event| *self.subjects.get(&event.id)?);
                let of_subject = subject.and_then(|subject| self.places.get(&[subject][..]).copied());
                let of_firing =
                    || event.and_then(|event| held_back.get(&event.id)).map(|values| self.place_of(values.clone()));
                let Some(place) = of_subject.or_else(of_firing) else { continue };
                place
            } else {
                self.place_of(values)
            };
            if let Some(lane) = self.lanes.get_mut(place) {
                lane.add(index, decision, kind);
            }
        }
    }

    /// The lane of the values of a key.
    fn place_of(&mut self, values: Vec<&'s str>) -> usize {
        self.places.get(&*values).copied().unwrap_or_else(|| self.begin(values))
    }

    fn finish(
        self,
        scenario: &Scenario,
        outcome: &Outcome,
        span: Span,
        heartbeat: Option<HeartbeatRhythm>,
    ) -> Timeline {
        let mut firings: Map<_, &Firing> = Map::default();
        for firing in outcome.firings.iter().chain(&outcome.child_firings) {
            step(firing.labels.len());
            let labels: Vec<(&str, &str)> = firing.labels.iter().map(|(name, value)| (&**name, &**value)).collect();
            firings.insert((firing.at, &*firing.trigger.path, labels), firing);
        }
        let firing = |decision: &Decision| {
            let path = decision.trigger.as_ref().map_or("$", |trigger| &*trigger.path);
            step(decision.key.len());
            let labels: Vec<(&str, &str)> = decision.key.iter().map(|(name, value)| (&**name, &**value)).collect();
            firings.get(&(decision.at, path, labels)).copied()
        };
        let mut left = MOST_MISSED;
        let watching = scenario.automation.trigger.watching();
        let watches_heartbeats = watching.is_some();
        let finish =
            |lane: OpenLane<'s>| lane.finish(&outcome.decisions, &firing, span, heartbeat, watching, &mut left);
        let mut lanes: Vec<Lane> = self.lanes.into_iter().map(finish).collect();
        let is_kept = |lane: &Lane| !lane.windows.is_empty() || !lane.fired.is_empty();
        let per_run = lanes.iter().any(|lane| lane.run && is_kept(lane)) || !lanes.iter().any(is_kept);
        let Span { start, end, .. } = span;
        for lane in &mut lanes {
            lane.describe(watches_heartbeats, per_run, end.since(start) >= DAY);
        }
        Timeline { start, end, tick_seconds: TimeSpan(scenario.tick), watches_heartbeats, heartbeat, lanes }
    }
}

impl<'s> OpenLane<'s> {
    fn add(&mut self, index: usize, decision: &'s Decision, kind: DecisionKind) {
        self.decisions.push(index);
        if kind == DecisionKind::Fired {
            self.fired.push(index);
        }
        let opens = matches!(kind, DecisionKind::Armed | DecisionKind::Rearmed | DecisionKind::Rolled);
        let closes =
            matches!(kind, DecisionKind::Disarmed | DecisionKind::Expired | DecisionKind::Swept | DecisionKind::Fired);
        if !opens && !closes {
            return;
        }
        let path = decision.trigger.as_ref().map_or("$", |trigger| &*trigger.path);
        step(path.len());
        if let Some(window) = self.open.remove(path).and_then(|window| self.windows.get_mut(window)) {
            (window.closed, window.closed_by) = (Some(decision.at), Some(kind));
        }
        if let Some(bucket) = decision.bucket.as_ref().filter(|_| opens) {
            self.open.insert(path, self.windows.len());
            self.windows.push(Window {
                path: path.to_owned(),
                posture: decision.trigger.as_ref().and_then(|trigger| trigger.posture).unwrap_or(Posture::Reactive),
                opened: decision.at,
                start: bucket.start,
                end: bucket.end,
                closed: None,
                closed_by: None,
            });
        }
    }

    /// When it starts, ends and dies. Its heartbeats and states are in order.
    fn times(
        &self,
        is_run: bool,
        decisions: &[Decision],
        known: Instant,
    ) -> (Instant, Option<Instant>, Option<Instant>) {
        let first = self.heartbeats.first().copied().into_iter().chain(self.states.first().map(|state| state.at)).min();
        let decided = self.decisions.first().and_then(|index| decisions.get(*index)).map(|decision| decision.at);
        step(self.states.len());
        let is_final = |state: &&StateChange| state.kind.as_ref().is_some_and(|kind| FINAL_TYPES.contains(&&**kind));
        let last = self.states.iter().find(is_final).filter(|_| is_run).map(|state| state.at);
        match self.run {
            Some(run) => (run.starts, run.ends, run.dies),
            None if is_run => (first.or(decided).unwrap_or(known), last, None),
            None => (first.into_iter().chain(decided).min().unwrap_or(known), None, None),
        }
    }

    fn finish<'f>(
        mut self,
        decisions: &[Decision],
        firing: &dyn Fn(&Decision) -> Option<&'f Firing>,
        Span { known, end, .. }: Span,
        heartbeat: Option<HeartbeatRhythm>,
        watching: Option<&EventTrigger>,
        left: &mut usize,
    ) -> Lane {
        let period = heartbeat.map(|rhythm| rhythm.period_seconds.0);
        order::by_key(&mut self.heartbeats, &mut |at| at.sortable());
        order::by_key(&mut self.states, &mut |state| state.at.sortable());
        let is_run = self.id.is_some_and(|id| id.starts_with(FLOW_RUN));
        let (starts, ends, dies) = self.times(is_run, decisions, known);
        let over = [ends, dies].into_iter().flatten().fold(known, Instant::min);
        let missed = match (self.run, period) {
            (Some(run), _) => run.missed.clone(),
            (None, Some(period)) if is_run => {
                let missed = gaps(&self.heartbeats, &self.states, over, period, *left);
                *left = left.saturating_sub(missed.len());
                missed
            }
            _ => Vec::new(),
        };
        // At the instant of its death a run sends nothing more, but its final state if that is due then.
        let ending = |at: Instant| {
            let is_over = |time: Option<Instant>| time.is_some_and(|time| time <= at);
            match () {
                () if is_over(dies.filter(|dies| ends.is_none_or(|ends| *dies < ends))) => RunEnding::Died,
                () if is_over(ends) => RunEnding::Finished,
                () => RunEnding::Running,
            }
        };
        let outcome = |at: Instant| match ending(at) {
            RunEnding::Died => RunOutcome::Dead,
            RunEnding::Finished => RunOutcome::Finished,
            RunEnding::Running if self.run.is_some() => RunOutcome::Alive,
            RunEnding::Running => outcome_of(at, ends, self.heartbeats.last().copied()),
        };
        step(self.windows.len());
        let overdue =
            !self.windows.is_empty() && self.windows.iter().all(|window| window.posture == Posture::Proactive);
        let fired: Vec<Fired> = self
            .fired
            .iter()
            .filter_map(|index| Some((*index, decisions.get(*index)?)))
            .map(|(index, decision)| {
                step(1);
                let path = decision.trigger.as_ref().map_or("$", |trigger| &*trigger.path);
                let missed = decision.bucket.as_ref().filter(|_| is_run).map_or(0, |bucket| {
                    let next = self.heartbeats.partition_point(|beat| *beat <= bucket.start);
                    let next = self.heartbeats.get(next).copied().unwrap_or(over);
                    let before = missed.partition_point(|beat| *beat <= bucket.start);
                    missed.partition_point(|beat| *beat < next).saturating_sub(before)
                });
                let firing = firing(decision);
                let outcome = Some(decision.at).filter(|_| is_run).map(outcome);
                let fault = firing.and_then(Firing::quirk);
                let is_alive = outcome == Some(RunOutcome::Alive);
                let false_alarm = decision.trigger.as_ref().is_some_and(|trigger| trigger.watches_heartbeats)
                    && (is_alive || outcome == Some(RunOutcome::Finished));
                // A longer window does not help against events that the server held back.
                let helped = watching.zip(heartbeat).filter(|_| false_alarm && is_alive && fault.is_none());
                let longer_within = helped.and_then(|(trigger, rhythm)| {
                    heartbeats::longer_within(trigger.within, rhythm.frequency_seconds.0, missed)
                });
                Fired {
                    decision: Some(index),
                    at: decision.at,
                    path: path.to_owned(),
                    child: path != "$",
                    outcome,
                    false_alarm,
                    overdue,
                    missed,
                    longer_within,
                    if_silent: firing.is_some_and(|firing| firing.if_silent),
                    fault,
                    reason: firing.map_or_else(|| decision.reason_sentence(), Firing::reason_sentence),
                }
            })
            .collect();
        let ending = is_run.then(|| ending(end));
        // Only a trigger that looks for dead runs can miss one.
        let undetected = watching.is_some()
            && ending == Some(RunEnding::Died)
            && self.open.is_empty()
            && !fired.iter().any(|fired| fired.outcome == Some(RunOutcome::Dead));
        Lane {
            name: self.name,
            id: self.id.map(str::to_owned),
            run: is_run,
            starts,
            ends,
            dies,
            heartbeats: self.heartbeats,
            missed,
            states: self.states,
            windows: self.windows,
            decisions: Some(self.decisions),
            fired,
            ending,
            over: match ending {
                Some(RunEnding::Died) => dies,
                Some(RunEnding::Finished) => ends,
                Some(RunEnding::Running) | None => None,
            },
            undetected,
            caption: String::new(),
            wrong: false,
        }
    }
}

/// The state of a captured run: it reached its final state, or it did so later or sent something later, or neither.
pub(super) fn outcome_of(at: Instant, ends: Option<Instant>, last_sign: Option<Instant>) -> RunOutcome {
    match ends {
        Some(ends) if ends <= at => RunOutcome::Finished,
        None if last_sign.is_none_or(|last| last < at) => RunOutcome::Silent,
        _ => RunOutcome::Alive,
    }
}

/// When missing heartbeats were due: in gaps of more than a period without a change of state.
fn gaps(heartbeats: &[Instant], states: &[StateChange], over: Instant, period: i64, most: usize) -> Vec<Instant> {
    step(states.len());
    let mut missing = Vec::new();
    let later = |at: Instant, by: i64| Instant(at.0.saturating_add(by));
    let running = states.iter().find(|state| state.name == "Running");
    let before = running.map(|running| later(running.at, period.saturating_neg()));
    let mut times = before.into_iter().chain(heartbeats.iter().copied()).peekable();
    while let Some(from) = times.next() {
        step(1);
        let to = times.peek().copied().unwrap_or(over).min(over);
        let due = later(from, period);
        let after = states.partition_point(|state| state.at <= due);
        if states.get(after).is_some_and(|state| state.at < to) {
            continue;
        }
        let until = later(to, (period / 2).saturating_neg());
        let mut at = due;
        while at < until && missing.len() < most {
            step(1);
            missing.push(at);
            at = later(at, period);
        }
    }
    missing
}

/// Shortens a long id to its kind and its beginning.
fn short(id: &str) -> String {
    step(id.len());
    let mut rest = id.strip_prefix("prefect.").unwrap_or(id);
    let mut out = String::new();
    while let Some(first) = rest.chars().next() {
        let uuid = rest.get(..36).filter(|text| is_uuid(text.as_bytes()));
        if let Some(uuid) = uuid {
            out.push_str(uuid.get(..8).unwrap_or_default());
            rest = rest.get(36..).unwrap_or_default();
        } else {
            out.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    out
}
