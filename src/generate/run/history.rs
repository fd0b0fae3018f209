//! The complete history of a flow run: its states and heartbeats, its tasks and subflows, its worker or runner.

use std::vec::IntoIter;

use uuid::Uuid;

use crate::catalogue::runs::{FLOW_RUN, HEARTBEAT};
use crate::text::table::Map;

use super::super::error::BuildError;
use super::super::event::{Alike, EventId, Filling, JsonText, Sink, template};
use super::super::options::BuildOptions;
use super::super::random::Random;
use super::entities::{Givens, slots_of};
use super::planner::{Plan, Planned, TimedEvent, plan};
use super::spec::RunSpec;

type Fallible<T> = Result<T, BuildError>;

/// The size in bytes of one part of a history. It stays in the processor's cache while the caller copies it: with a
/// megabyte, `build` of `tests/bench/native.js` took 1.2 times as long.
const PART: usize = 1 << 16;
/// The most kinds of similar events that are remembered.
const MOST_ALIKE: usize = 256;

/// Builds the history of a run: a JSON array of events, on one line, in order of time.
///
/// # Errors
///
/// The parts of the run do not fit together, such as a task that ends after its run; or they produce more than a
/// million events.
pub fn build_run(spec: &RunSpec, options: &BuildOptions) -> Fallible<String> {
    let mut history = History::new(spec, options)?;
    let mut out = JsonText::default();
    history.write(&mut out, usize::MAX);
    Ok(out.finish())
}

/// The history of a run, built part by part, so that its text need not be in memory all at once.
pub struct History {
    plan: Plan,
    events: IntoIter<TimedEvent>,
    writing: Writing,
}

impl History {
    /// # Errors
    ///
    /// As for [`build_run`].
    pub fn new(spec: &RunSpec, options: &BuildOptions) -> Fallible<Self> {
        let mut writing = Writing { alike: Map::default(), most: 0 };
        let mut plan = plan(spec, options, &mut |plan, event| writing.event(plan, event, &mut JsonText::default()))?;
        let events = std::mem::take(&mut plan.events).into_iter();
        Ok(History { plan, events, writing: Writing { most: MOST_ALIKE, ..writing } })
    }

    /// Writes each event separately, not as one of several similar ones: the same text, but slower. For tests and
    /// benchmarks of the fast path.
    #[doc(hidden)]
    #[must_use]
    pub fn each_by_itself(mut self) -> Self {
        self.writing.most = 0;
        self
    }

    /// The next events, a JSON array of little more than 64 KB; `None`: there are no more.
    pub fn part(&mut self) -> Option<String> {
        if self.events.len() == 0 {
            return None;
        }
        let mut out = JsonText::with_capacity(PART.saturating_add(PART / 8));
        self.write(&mut out, PART);
        Some(out.finish())
    }

    /// The number of remaining events.
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.events.len()
    }

    fn write(&mut self, out: &mut JsonText, most: usize) {
        out.open('[');
        while out.written() < most
            && let Some(event) = self.events.next()
        {
            out.item();
            // The planner has checked that it can be written.
            let _ = self.writing.event(&self.plan, &event, out);
        }
        out.close(']');
    }
}

/// Similar events: heartbeats of one run, or steps of its task runs with the same course.
type AlikeKey = (usize, Option<(usize, usize)>);

struct Writing {
    alike: Map<AlikeKey, Alike>,
    most: usize,
}

impl Writing {
    fn event<'p>(&mut self, plan: &'p Plan, event: &TimedEvent, out: &mut JsonText) -> Fallible<()> {
        let (of, at) = (event.of, event.at);
        match &event.event {
            Planned::Heartbeat { id } => {
                let Some(entities) = plan.runs.get(of) else { return Ok(()) };
                let ids = [EventId::Known(*id), EventId::No];
                let name = || HEARTBEAT.to_owned();
                let give = |givens: &mut Givens<'_>| {
                    givens.occurred(at);
                    givens.of_flow_run(entities, None);
                };
                self.alike((of, None), &name, &give, event, (ids, 0), out)
            }
            Planned::Task(step) => {
                let Some(task_run) = plan.task_runs.get(of) else { return Ok(()) };
                let (run, course) = (plan.runs.get(task_run.run), plan.courses.get(task_run.course));
                let Some((entities, course)) = run.zip(course) else { return Ok(()) };
                let ids = [EventId::Known(step.id), known(step.follows)];
                let key = (task_run.run, Some((task_run.course, step.number)));
                let give = |givens: &mut Givens<'p>| task_run.give(course, step, entities, givens);
                self.alike(key, &|| course.event(step.number), &give, event, (ids, step.seed), out)
            }
            Planned::State { id, follows, transition } => {
                let Some(entities) = plan.runs.get(of) else { return Ok(()) };
                let name = [FLOW_RUN, &transition.after.name].concat();
                let give = |givens: &mut Givens<'_>| {
                    givens.occurred(at);
                    givens.of_flow_run(entities, Some(transition));
                };
                single(&name, &give, event, ([EventId::Known(*id), known(*follows)], 0), out)
            }
            Planned::Client { event: client, id, follows, seed } => {
                let Some(entities) = plan.runs.get(of) else { return Ok(()) };
                let give = |givens: &mut Givens<'_>| {
                    givens.occurred(at);
                    client.give(entities, givens);
                };
                single(client.name(), &give, event, ([known(*id), known(*follows)], *seed), out)
            }
        }
    }

    /// Writes one of several similar events.
    fn alike<'g>(
        &mut self,
        key: AlikeKey,
        name: &dyn Fn() -> String,
        give: &dyn Fn(&mut Givens<'g>),
        event: &TimedEvent,
        (ids, seed): ([EventId<'static>; 2], u64),
        out: &mut JsonText,
    ) -> Fallible<()> {
        let mut random = Random::new(seed);
        if let Some(alike) = self.alike.get(&key) {
            let mut givens = Givens::varying(alike.varying.clone());
            give(&mut givens);
            return alike.write(&mut givens.varying, event.at, ids, &mut random, out);
        }
        if self.most == 0 {
            return single(&name(), give, event, (ids, seed), out);
        }
        let name = name();
        let (slots, mut varying) = slots_of(&name, event.at, give)?;
        let alike = Alike::new(&name, slots, varying.iter().map(|(slot, _)| *slot).collect());
        let written = alike.write(&mut varying, event.at, ids, &mut random, out);
        if self.alike.len() >= self.most {
            self.alike.clear();
        }
        self.alike.insert(key, alike);
        written
    }
}

fn known(id: Option<Uuid>) -> EventId<'static> {
    id.map_or(EventId::No, EventId::Known)
}

/// Writes an event separately.
fn single<'g>(
    name: &str,
    give: &dyn Fn(&mut Givens<'g>),
    event: &TimedEvent,
    ([id, follows], seed): ([EventId<'static>; 2], u64),
    out: &mut JsonText,
) -> Fallible<()> {
    let (slots, _) = slots_of(name, event.at, give)?;
    let template = template(&slots.layout, slots.shape());
    let random = &mut Random::new(seed);
    let (own, occurred) = (&mut Vec::new(), event.at);
    let mut filling = Filling { name, slots: &slots, own, occurred, id, follows, random, related: 0 };
    filling.write(&template.joined, out)
}
