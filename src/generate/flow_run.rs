//! The history of a flow run: its states as the server tells them, its heartbeats as the client sends them.
//!
//! Sources: `server/models/events.py` (state events, `follows`), `flow_engine.py` (heartbeats).

use std::rc::Rc;

use uuid::Uuid;

use crate::event::{Labels, RESOURCE_ID, RESOURCE_ROLE, Reader, ReceivedEvent, Text};
use crate::json::write::{ToJson, Writer};
use crate::time::Instant;

use super::ids::{random_id, timed_id};
use super::random::Random;

/// Beyond this, a state event does not say which one it follows.
pub(super) const FOLLOWS_WITHIN: i64 = 5 * 60 * 1_000_000;

/// Between two states of one step, such as Pending and Running.
const STEP: i64 = 1_000_000;

/// How heartbeats are sent and how they arrive. Microseconds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Heartbeats {
    /// 0: none are sent.
    pub frequency: i64,
    /// How much longer than `frequency` each period is.
    pub drift: i64,
    /// From Running to the first one.
    pub first: i64,
    /// From sending to arrival.
    pub delay: i64,
    /// The delay is up to so much longer, by chance.
    pub jitter: i64,
    /// How many of a million never arrive, by chance.
    pub loss: i64,
    pub seed: u64,
}

impl Default for Heartbeats {
    /// Prefect's frequency, and the drift and the first delay that were seen.
    fn default() -> Self {
        Heartbeats { frequency: 180_000_000, drift: 15_000, first: 65_000, delay: 0, jitter: 0, loss: 0, seed: 0 }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct State {
    pub name: String,
    /// The type, such as `COMPLETED`.
    pub kind: &'static str,
    /// Empty: it has none.
    pub message: String,
}

const STATES: [(&str, &str); 19] = [
    ("Scheduled", "SCHEDULED"),
    ("Late", "SCHEDULED"),
    ("AwaitingConcurrencySlot", "SCHEDULED"),
    ("AwaitingRetry", "SCHEDULED"),
    ("Resuming", "SCHEDULED"),
    ("Pending", "PENDING"),
    ("Submitting", "PENDING"),
    ("InfrastructurePending", "PENDING"),
    ("NotReady", "PENDING"),
    ("Running", "RUNNING"),
    ("Retrying", "RUNNING"),
    ("Completed", "COMPLETED"),
    ("Failed", "FAILED"),
    ("TimedOut", "FAILED"),
    ("Cancelled", "CANCELLED"),
    ("Crashed", "CRASHED"),
    ("Paused", "PAUSED"),
    ("Suspended", "PAUSED"),
    ("Cancelling", "CANCELLING"),
];

impl State {
    /// A state that Prefect names itself.
    #[must_use]
    pub fn known(name: &str) -> Option<State> {
        let (name, kind) = STATES.iter().find(|(known, _)| *known == name)?;
        Some(State { name: (*name).to_owned(), kind, message: String::new() })
    }

    /// The names of [`State::known`].
    pub fn names() -> impl Iterator<Item = &'static str> {
        STATES.iter().map(|(name, _)| *name)
    }
}

/// The state type of this name.
#[must_use]
pub fn state_type(name: &str) -> Option<&'static str> {
    STATES.iter().map(|(_, kind)| *kind).find(|kind| *kind == name)
}

/// How a run stops for a while.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// `AwaitingRetry`: no heartbeats; then it runs anew, and so do its heartbeats.
    Retry,
    /// `Paused`: its process waits, and goes on sending heartbeats.
    Pause,
    /// `Suspended`: its process ends; then it runs anew.
    Suspend,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Break {
    pub phase: Phase,
    pub from: Instant,
    /// When it is Running again. `None`: never.
    pub until: Option<Instant>,
}

/// What happens to a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunPlan {
    pub name: String,
    pub flow: String,
    pub deployment: Option<String>,
    pub tags: Vec<String>,
    /// When it is Running.
    pub starts: Instant,
    /// When it reaches its last state.
    pub ends: Option<Instant>,
    /// When its process dies, without a word.
    pub dies: Option<Instant>,
    pub state: State,
    /// In the order of time.
    pub breaks: Vec<Break>,
    /// The numbers of the heartbeats that are not sent, from 1, over all of the run.
    pub misses: Vec<u64>,
    pub heartbeats: Heartbeats,
    /// One more heartbeat so long after the last state.
    pub after_end: Option<i64>,
    /// Heartbeats are sent until then, if nothing ends the run.
    pub horizon: Instant,
}

/// An event with its payload.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GeneratedEvent {
    pub event: ReceivedEvent,
    /// Of a state event: the state before, and the new one.
    pub transition: Option<(Option<Rc<State>>, Rc<State>)>,
}

impl ToJson for State {
    fn write(&self, writer: &mut Writer) {
        writer.open('{');
        writer.text("type", self.kind);
        writer.text("name", &self.name);
        if !self.message.is_empty() {
            writer.text("message", &self.message);
        }
        if self.kind == "PAUSED" {
            writer.text("pause_reschedule", if self.name == "Suspended" { "true" } else { "false" });
        }
        writer.close('}');
    }
}

impl ToJson for Labels {
    fn write(&self, writer: &mut Writer) {
        writer.open('{');
        for (name, value) in self.iter() {
            writer.text(name, value);
        }
        writer.close('}');
    }
}

impl ToJson for GeneratedEvent {
    fn write(&self, writer: &mut Writer) {
        self.write_sent(writer);
        writer.text("received", &self.event.received.rfc3339());
        writer.close('}');
    }
}

impl GeneratedEvent {
    /// The event as it is sent, but for its last bracket.
    pub(super) fn write_sent(&self, writer: &mut Writer) {
        let event = &self.event;
        writer.open('{');
        writer.text("occurred", &event.occurred.rfc3339());
        writer.text("event", &event.name);
        writer.value("resource", &event.resource);
        writer.list("related", &event.related);
        writer.key("payload");
        writer.open('{');
        if let Some((before, after)) = &self.transition {
            writer.key("intended");
            writer.open('{');
            match before {
                Some(before) => writer.text("from", before.kind),
                None => writer.null("from"),
            }
            writer.text("to", after.kind);
            writer.close('}');
            match before {
                Some(before) => writer.value("initial_state", &**before),
                None => writer.null("initial_state"),
            }
            writer.value("validated_state", &**after);
        }
        writer.close('}');
        writer.text("id", &event.id.to_string());
        match event.follows {
            Some(follows) => writer.text("follows", &follows.to_string()),
            None => writer.null("follows"),
        }
    }
}

/// At least as many events as the history of such a run has.
#[must_use]
pub fn most_events(spec: &RunPlan) -> u64 {
    let last = [spec.ends, spec.dies].into_iter().flatten().min().unwrap_or(spec.horizon);
    let period = spec.heartbeats.frequency.saturating_add(spec.heartbeats.drift);
    let span = last.since(spec.starts).max(0).saturating_add(period.max(0));
    let period = if spec.heartbeats.frequency > 0 { period } else { 0 };
    let beats = span.checked_div(period).and_then(|beats| u64::try_from(beats).ok()).unwrap_or_default();
    let breaks = u64::try_from(spec.breaks.len()).unwrap_or(u64::MAX);
    beats.saturating_add(breaks.saturating_mul(4)).saturating_add(4)
}

/// What surrounds a run: what its events are related to, and its states beyond the usual course.
pub(super) struct Scene {
    pub id: Text,
    /// Of its state events, which the server makes.
    pub stated: Rc<[Labels]>,
    /// Of its heartbeats, which the client makes.
    pub beating: Rc<[Labels]>,
    /// Ahead of Pending.
    pub before: Vec<(State, Instant)>,
    /// Ahead of the last one.
    pub closing: Vec<(State, Instant)>,
}

/// A flow run that was generated: its events, and what is known of it beside them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GeneratedRun {
    pub name: String,
    /// The id of its resource: `prefect.flow-run.` and a UUID.
    pub resource: Text,
    /// When it is Running for the first time.
    pub starts: Instant,
    /// When it reaches its last state, by its plan: not, if it dies before.
    pub ends: Option<Instant>,
    /// When its process dies without a word, by its plan: not, if it ends before.
    pub dies: Option<Instant>,
    /// In the order in which they occur.
    pub events: Vec<GeneratedEvent>,
    /// When heartbeats would have been sent that `misses` left out or `loss` swallowed, ascending. None of them is
    /// at or after the end or the death of the run.
    pub missed: Vec<Instant>,
}

/// Generates all events of a run. The texts that they share come from `reader`.
#[must_use]
pub fn generate_run(plan: &RunPlan, reader: &mut Reader, random: &mut Random) -> GeneratedRun {
    let scene = Scene::of(plan, reader, random);
    let resource = scene.id.clone();
    let (events, missed) = play(plan, scene, reader, random);
    let RunPlan { starts, ends, dies, .. } = *plan;
    GeneratedRun { name: plan.name.clone(), resource, starts, ends, dies, events, missed }
}

pub(super) fn play(
    spec: &RunPlan,
    scene: Scene,
    reader: &mut Reader,
    random: &mut Random,
) -> (Vec<GeneratedEvent>, Vec<Instant>) {
    let name = reader.share(&spec.name);
    let labels = [(RESOURCE_ID, &*scene.id), ("prefect.resource.name", &name), ("prefect.version", "3.9.1")];
    let beating = shared_labels(reader, &labels);
    let mut run = Run {
        spec,
        scene,
        random,
        reader,
        name,
        beating,
        before: None,
        beats: 0,
        runs: 0,
        events: Vec::new(),
        missed: Vec::new(),
    };
    run.live();
    (run.events, run.missed)
}

pub(super) fn shared_labels(reader: &mut Reader, pairs: &[(&str, &str)]) -> Labels {
    Labels::new(pairs.iter().map(|(name, value)| (reader.share(name), reader.share(value))).collect())
}

impl Scene {
    fn of(spec: &RunPlan, reader: &mut Reader, random: &mut Random) -> Scene {
        let id: Text = ["prefect.flow-run.", &random_id(random).to_string()].concat().into();
        // A flow, a deployment and a tag are the same thing in every run that names them.
        let own = |kind: &str, name: &str| {
            let seed = crate::text::hash::hash([kind, name].concat().as_bytes());
            format!("prefect.{kind}.{}", random_id(&mut Random::new(seed)))
        };
        let flow = own("flow", &spec.flow);
        let flow = [(RESOURCE_ID, &*flow), (RESOURCE_ROLE, "flow"), ("prefect.resource.name", &spec.flow)];
        let flow = shared_labels(reader, &flow);
        let (mut stated, mut beating) = (vec![flow.clone()], vec![flow]);
        if let Some(name) = &spec.deployment {
            let id = own("deployment", name);
            let bare = [(RESOURCE_ID, &*id), (RESOURCE_ROLE, "deployment"), ("prefect.resource.name", name)];
            stated.push(shared_labels(reader, &bare));
            beating.push(shared_labels(reader, bare.get(..2).unwrap_or_default()));
        }
        for tag in &spec.tags {
            let id = ["prefect.tag.", tag].concat();
            let tag = shared_labels(reader, &[(RESOURCE_ID, &id), (RESOURCE_ROLE, "tag")]);
            stated.push(tag.clone());
            beating.push(tag);
        }
        Scene { id, stated: stated.into(), beating: beating.into(), before: Vec::new(), closing: Vec::new() }
    }
}

struct Run<'a> {
    spec: &'a RunPlan,
    scene: Scene,
    random: &'a mut Random,
    reader: &'a mut Reader,
    name: Text,
    /// The resource of its heartbeats.
    beating: Labels,
    /// The state before: with its event and time.
    before: Option<(Rc<State>, Uuid, Instant)>,
    beats: u64,
    runs: u64,
    events: Vec<GeneratedEvent>,
    missed: Vec<Instant>,
}

impl Run<'_> {
    fn live(&mut self) {
        let spec = self.spec;
        let is_over =
            |at: Instant| spec.dies.is_some_and(|dies| at >= dies) || spec.ends.is_some_and(|ends| at >= ends);
        for (state, at) in std::mem::take(&mut self.scene.before) {
            self.enter_state(Rc::new(state), at);
        }
        self.enter("Pending", back(spec.starts, STEP));
        if spec.dies.is_some_and(|dies| dies < spec.starts) {
            return;
        }
        self.enter("Running", spec.starts);
        let mut from = spec.starts;
        let mut beating = true;
        for one in &spec.breaks {
            if is_over(one.from) {
                break;
            }
            let (name, stops) = match one.phase {
                Phase::Retry => ("AwaitingRetry", true),
                Phase::Pause => ("Paused", false),
                Phase::Suspend => ("Suspended", true),
            };
            if stops {
                self.beat(from, one.from);
                beating = false;
            }
            self.enter(name, one.from);
            let Some(until) = one.until.filter(|until| !is_over(*until)) else { break };
            if one.phase == Phase::Suspend {
                let least = |at: Instant| if at > one.from { at } else { one.from };
                self.enter("Resuming", least(back(until, 2 * STEP)));
                self.enter("Pending", least(back(until, STEP)));
            }
            self.enter("Running", until);
            if stops {
                from = until;
                beating = true;
            }
        }
        let last = [spec.ends, spec.dies].into_iter().flatten().min().unwrap_or(spec.horizon);
        if beating {
            self.beat(from, last);
        }
        if let Some(ends) = spec.ends.filter(|ends| spec.dies.is_none_or(|dies| *ends <= dies)) {
            for (state, at) in std::mem::take(&mut self.scene.closing) {
                self.enter_state(Rc::new(state), at);
            }
            self.enter_state(Rc::new(spec.state.clone()), ends);
            if let Some(after) = spec.after_end {
                self.heartbeat(Instant(ends.0.saturating_add(after)));
            }
        }
    }

    fn enter(&mut self, name: &str, at: Instant) {
        if let Some(state) = State::known(name) {
            self.enter_state(Rc::new(state), at);
        }
    }

    fn enter_state(&mut self, state: Rc<State>, at: Instant) {
        if state.kind == "RUNNING" {
            self.runs = self.runs.saturating_add(1);
        }
        let time = at.rfc3339();
        let written = [time.trim_end_matches('Z'), "+00:00"].concat();
        let count = self.runs.to_string();
        let mut labels = Vec::with_capacity(7);
        labels.push((self.reader.share(RESOURCE_ID), self.scene.id.clone()));
        labels.push((self.reader.share("prefect.resource.name"), self.name.clone()));
        for (name, value) in [
            ("prefect.run-count", &*count),
            ("prefect.state-message", &state.message),
            ("prefect.state-name", &state.name),
            ("prefect.state-timestamp", &written),
            ("prefect.state-type", state.kind),
        ] {
            let value = if name == "prefect.state-timestamp" { value.into() } else { self.reader.share(value) };
            labels.push((self.reader.share(name), value));
        }
        let id = timed_id(at, self.random);
        let follows = self.before.as_ref().filter(|(_, _, before)| at.since(*before) < FOLLOWS_WITHIN);
        let event = ReceivedEvent {
            id,
            occurred: at,
            received: at,
            name: self.reader.share(&["prefect.flow-run.", &state.name].concat()),
            resource: Labels::new(labels),
            related: self.scene.stated.clone(),
            follows: follows.map(|(_, id, _)| *id),
        };
        let before = self.before.replace((state.clone(), id, at)).map(|(before, ..)| before);
        self.events.push(GeneratedEvent { event, transition: Some((before, state)) });
    }

    /// Heartbeats of one phase.
    fn beat(&mut self, from: Instant, until: Instant) {
        let beats = &self.spec.heartbeats;
        let period = beats.frequency.saturating_add(beats.drift);
        if beats.frequency <= 0 || period <= 0 {
            return;
        }
        let mut at = Some(from.0.saturating_add(beats.first));
        while let Some(now) = at.filter(|now| *now < until.0 && *now <= self.spec.horizon.0) {
            self.beats = self.beats.saturating_add(1);
            let is_lost = self.random.below(1_000_000) < self.spec.heartbeats.loss;
            if is_lost || self.spec.misses.contains(&self.beats) {
                self.missed.push(Instant(now));
            } else {
                self.heartbeat(Instant(now));
            }
            at = now.checked_add(period);
        }
    }

    fn heartbeat(&mut self, at: Instant) {
        let Heartbeats { delay, jitter, .. } = self.spec.heartbeats;
        let late = delay.saturating_add(self.random.below(jitter));
        let event = ReceivedEvent {
            id: timed_id(at, self.random),
            occurred: at,
            received: Instant(at.0.saturating_add(late)),
            name: self.reader.share("prefect.flow-run.heartbeat"),
            resource: self.beating.clone(),
            related: self.scene.beating.clone(),
            follows: None,
        };
        self.events.push(GeneratedEvent { event, transition: None });
    }
}

fn back(at: Instant, by: i64) -> Instant {
    Instant(at.0.saturating_sub(by))
}
