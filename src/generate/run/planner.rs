//! Plans the events of a described run: when each occurs, and which values differ.

use std::rc::Rc;

use uuid::Uuid;

use crate::catalogue::find;
use crate::catalogue::runs::{FLOW_RUN, TASK_RUN};
use crate::text::hash::hash;
use crate::text::order;
use crate::text::steps::step;
use crate::text::table::Map;
use crate::time::units::{DAY, SECOND};
use crate::time::{Instant, TimeSpan};

use super::super::error::{self, BuildError};
use super::super::ids::timed_id;
use super::super::options::BuildOptions;
use super::super::random::Random;
use super::client::{ClientEvent, Worker};
use super::entities::{Entities, Entity};
use super::flow_run::{FurtherStates, Transition, course};
use super::plan::{Break, Heartbeats, RunPhase, RunPlan, most_events};
use super::read::STATES;
use super::spec::{
    BreakSpec, EntitySpec, HeartbeatSpec, InfrastructureSpec, RunMoment, RunSpec, StateSpec, SubflowSpec, TaskSpec,
};
use super::state::{State, follows_within, type_of};
use super::tasks::{MOMENT, TaskCourse, TaskRun, TaskStep};

type Fallible<T> = Result<T, BuildError>;

/// The most events of a history: more would not fit into the memory of a page.
const MOST_EVENTS: usize = 1_000_000;
/// The deepest nesting of subflows.
const DEEPEST: usize = 16;
const MOMENTS: &str = "a time, or how long after `now`, such as `2m30s`";

/// An event, and when it occurs.
#[derive(Clone, Debug)]
pub(super) struct TimedEvent {
    pub at: Instant,
    /// The index of its flow run; for task runs, of their flow run.
    pub of: usize,
    pub event: Planned,
}

#[derive(Clone, Debug)]
pub(super) enum Planned {
    Heartbeat { id: Uuid },
    State { id: Uuid, follows: Option<Uuid>, transition: Transition },
    Task(TaskStep),
    Client { event: Box<ClientEvent>, id: Option<Uuid>, follows: Option<Uuid>, seed: u64 },
}

/// All events of a history, and their entities.
#[derive(Default)]
pub(super) struct Plan {
    pub runs: Vec<Entities>,
    pub courses: Vec<TaskCourse>,
    pub task_runs: Vec<TaskRun>,
    /// In the order in which they occur.
    pub events: Vec<TimedEvent>,
}

/// Checks whether the first event of each kind can be written.
pub(super) type Check<'c> = &'c mut dyn FnMut(&Plan, &TimedEvent) -> Fallible<()>;

pub(super) fn plan(spec: &RunSpec, options: &BuildOptions, check: Check<'_>) -> Fallible<Plan> {
    let mut planner = Planner {
        now: options.now,
        random: Random::new(options.seed.word()),
        plan: Plan::default(),
        counts: Map::default(),
        check,
        follows_within: find("prefect.task-run.Running").map_or(0, |found| follows_within(found.family)),
    };
    planner.run(&Parts::from(spec), None, 0)?;
    let mut plan = planner.plan;
    order::by_key(&mut plan.events, &mut |event| event.at.sortable());
    Ok(plan)
}

/// The inputs of runs and subflows.
#[derive(Clone, Copy)]
struct Parts<'s> {
    flow: Option<&'s EntitySpec>,
    flow_run: Option<&'s EntitySpec>,
    tags: &'s [String],
    starts: Option<RunMoment>,
    ends: Option<RunMoment>,
    state: Option<&'s StateSpec>,
    heartbeat: HeartbeatSpec,
    tasks: &'s [TaskSpec],
    subflows: &'s [SubflowSpec],
    /// The inputs of runs only.
    run: Option<&'s RunSpec>,
}

impl<'s> From<&'s RunSpec> for Parts<'s> {
    fn from(spec: &'s RunSpec) -> Self {
        Parts {
            flow: spec.flow.as_ref(),
            flow_run: spec.flow_run.as_ref(),
            tags: &spec.tags,
            starts: spec.starts,
            ends: spec.ends,
            state: spec.state.as_ref(),
            heartbeat: spec.heartbeat,
            tasks: &spec.tasks,
            subflows: &spec.subflows,
            run: Some(spec),
        }
    }
}

impl<'s> From<&'s SubflowSpec> for Parts<'s> {
    fn from(spec: &'s SubflowSpec) -> Self {
        Parts {
            flow: spec.flow.as_ref(),
            flow_run: spec.flow_run.as_ref(),
            tags: &spec.tags,
            starts: spec.starts,
            ends: spec.ends,
            state: spec.state.as_ref(),
            heartbeat: spec.heartbeat,
            tasks: &spec.tasks,
            subflows: &spec.subflows,
            run: None,
        }
    }
}

struct Planner<'c> {
    now: Instant,
    random: Random,
    plan: Plan,
    /// The number of runs of each task in each flow run.
    counts: Map<String, u32>,
    check: Check<'c>,
    /// Client events that are further apart do not say which one they follow.
    follows_within: i64,
}

fn later(at: Instant, by: i64) -> Instant {
    Instant(at.0.saturating_add(by))
}

fn too_many() -> BuildError {
    BuildError::new(format!("a history can have at most {MOST_EVENTS} events"))
}

/// Sorted, unique, not empty.
pub(super) fn tags(texts: &[String]) -> Rc<[String]> {
    let mut tags: Vec<String> = texts.iter().filter(|tag| !tag.is_empty()).cloned().collect();
    order::by_text(&mut tags, |tag| tag);
    tags.dedup();
    tags.into()
}

/// The state in which a run ends.
fn final_state(spec: &Parts<'_>, is_cancelled: bool) -> Fallible<State> {
    if is_cancelled && spec.state.is_some() {
        return Err(BuildError::at("state", "a `cancelled` run ends as Cancelled: omit `state`"));
    }
    let usual = if is_cancelled { "Cancelled" } else { "Completed" };
    match spec.state {
        Some(state) => last_state(state, FLOW_RUN),
        None => Ok(State {
            name: usual.to_owned(),
            kind: type_of(FLOW_RUN, usual).unwrap_or_default(),
            message: String::new(),
        }),
    }
}

fn heartbeats(spec: HeartbeatSpec) -> Fallible<Heartbeats> {
    let mut heartbeats = Heartbeats { jitter: 0, ..Heartbeats::default() };
    match spec {
        HeartbeatSpec::Usual => {}
        HeartbeatSpec::Off => heartbeats.frequency = 0,
        HeartbeatSpec::Every(TimeSpan(frequency)) if (1..SECOND).contains(&frequency) => {
            return Err(BuildError::at("heartbeat.frequency", "`heartbeat.frequency` must be at least 1 second"));
        }
        HeartbeatSpec::Every(TimeSpan(frequency)) => heartbeats.frequency = frequency,
    }
    Ok(heartbeats)
}

/// The final state of a run. `events`: the prefix of its event names.
fn last_state(spec: &StateSpec, events: &str) -> Fallible<State> {
    let StateSpec { name, kind, message } = spec;
    let kind = kind.or_else(|| type_of(events, name)).filter(|_| !name.is_empty());
    let kind = kind.ok_or_else(|| error::must_be("state", STATES, &format!("`{name}`")))?;
    Ok(State { name: name.clone(), kind, message: message.clone() })
}

impl Planner<'_> {
    fn at(&self, key: &str, moment: Option<RunMoment>) -> Fallible<Option<Instant>> {
        let Some(moment) = moment else { return Ok(None) };
        let instant = moment.instant(self.now);
        instant.map(Some).ok_or_else(|| error::must_be(key, MOMENTS, "a time out of range"))
    }

    /// `usual`: its default name; without one it exists only if given.
    fn entity(&mut self, key: &str, spec: Option<&EntitySpec>, usual: Option<&str>) -> Option<Entity> {
        let (id, name) = match spec {
            None if usual.is_none() => return None,
            None => (None, None),
            Some(EntitySpec { id, name, .. }) => (id.clone(), name.clone()),
        };
        let id = id.unwrap_or_else(|| timed_id(self.now, &mut self.random).to_string());
        let name = name.unwrap_or_else(|| usual.unwrap_or(key).to_owned());
        Some(Entity { id, name })
    }

    fn count(&mut self, flow_run: &str, name: &str) -> u32 {
        let next = self.counts.or_default([flow_run, "/", name].concat());
        let count = *next;
        *next = next.saturating_add(1);
        count
    }

    fn add(&mut self, at: Instant, of: usize, event: Planned, is_new: bool) -> Fallible<()> {
        step(1);
        let event = TimedEvent { at, of, event };
        if is_new {
            (self.check)(&self.plan, &event)?;
        }
        self.plan.events.push(event);
        Ok(())
    }

    /// Plans a run. Its events end with its parent's process: `parent` is the parent's entities and time of death.
    fn run(&mut self, spec: &Parts<'_>, parent: Option<(usize, Option<Instant>)>, depth: usize) -> Fallible<()> {
        if depth > DEEPEST {
            return Err(error::must_be("subflows", "a list of runs, nested 16 deep at most", "an object"));
        }
        let now = self.now;
        let whole = spec.run;
        let of_run = |get: fn(&RunSpec) -> Option<RunMoment>| whole.and_then(get);
        let starts = self.at("starts", spec.starts)?.unwrap_or(now);
        let dies = self.at("dies", of_run(|spec| spec.dies))?.or(parent.and_then(|(_, dies)| dies));
        let cancelled = self.at("cancelled", of_run(|spec| spec.cancelled))?;
        let run = self.entities(spec);
        let ends = self.at("ends", spec.ends)?;
        let first = self.plan.events.len();
        let limit = dies.or(ends);
        let mut over = self.tasks(spec.tasks, run, starts)?;
        for subflow in spec.subflows {
            self.run(&Parts::from(subflow), Some((run, dies)), depth.saturating_add(1))?;
        }
        step(self.plan.events.len().saturating_sub(first));
        let latest = self.plan.events.get(first..).unwrap_or_default().iter().map(|event| event.at).max();
        over = latest.map_or(over, |latest| latest.max(over));
        let usual = || later(cancelled.unwrap_or(starts), if cancelled.is_some() { 2 * SECOND } else { 60 * SECOND });
        let ends = match (ends, dies) {
            (Some(ends), _) => Some(ends),
            (None, Some(_)) => None,
            (None, None) if over > starts => {
                Some(later(over, SECOND / 2).max(if cancelled.is_some() { usual() } else { over }))
            }
            (None, None) => Some(usual()),
        };
        for (key, moment) in [("ends", ends), ("dies", dies.filter(|_| parent.is_none())), ("cancelled", cancelled)] {
            if moment.is_some_and(|moment| moment < starts) {
                return Err(BuildError::at(key, format!("the run's `{key}` is before its `starts`")));
            }
        }
        if cancelled.zip(ends).is_some_and(|(cancelled, ends)| ends <= cancelled) {
            return Err(BuildError::at("ends", "the run's `ends` must be after its `cancelled`"));
        }
        // A dead run sends nothing more; a run that ends has ended before.
        if let Some(dies) = dies {
            let own = self.plan.events.split_off(first);
            self.plan.events.extend(own.into_iter().filter(|event| event.at < dies));
        } else if limit.is_some_and(|limit| over > limit) {
            return Err(BuildError::at("ends", "a task or a subflow ends after its run: give a later `ends`"));
        }
        let state = final_state(spec, cancelled.is_some())?;
        let breaks = self.breaks(whole, starts, [cancelled, ends, dies].into_iter().flatten().min())?;
        let pending = later(starts, -SECOND);
        let scheduled = self.at("scheduled", of_run(|spec| spec.scheduled))?;
        if scheduled.is_some_and(|scheduled| scheduled >= pending) {
            return Err(BuildError::at("scheduled", "`scheduled` must be more than a second before `starts`"));
        }
        let heartbeats = heartbeats(spec.heartbeat)?;
        if let Some((parent, _)) = parent {
            self.parent_task_run(run, parent);
        }
        let known_as = |name: &str, at: Option<Instant>| State::known(name).zip(at).into_iter().collect();
        let further =
            FurtherStates { first: known_as("Scheduled", scheduled), closing: known_as("Cancelling", cancelled) };
        let plan = RunPlan {
            name: String::new(),
            flow: String::new(),
            deployment: None,
            tags: Vec::new(),
            starts,
            ends,
            dies,
            state,
            breaks,
            misses: Vec::new(),
            heartbeats,
            after_end: None,
            horizon: later(starts, 366 * DAY),
        };
        if most_events(&plan) > MOST_EVENTS as u64 {
            return Err(too_many());
        }
        let (mut is_first, mut is_first_state) = (true, true);
        for event in course(&plan, further, &mut self.random).events {
            let (id, follows) = (event.id, event.follows);
            let (planned, is_new) = match event.transition {
                // A state event can only fail because of its message, its custom name, or too many related resources.
                Some(transition) => {
                    let after = &transition.after;
                    let is_own = !after.message.is_empty() || State::known(&after.name).is_none();
                    let is_new = is_own || std::mem::take(&mut is_first_state);
                    (Planned::State { id, follows, transition }, is_new)
                }
                None => (Planned::Heartbeat { id }, std::mem::take(&mut is_first)),
            };
            self.add(event.occurred, run, planned, is_new)?;
        }
        if self.plan.events.len() > MOST_EVENTS {
            return Err(too_many());
        }
        let Some(whole) = whole else { return Ok(()) };
        self.worker(whole, run, pending, ends.filter(|_| dies.is_none()), plan.state.kind == "CRASHED")?;
        self.runner(whole, run, ends.filter(|_| cancelled.is_some() && dies.is_none()))
    }

    /// The index of the run's entities.
    fn entities(&mut self, spec: &Parts<'_>) -> usize {
        let whole = spec.run;
        let flow = self.entity("flow", spec.flow, Some("my-flow")).unwrap_or_default();
        let named = ["brave-otter", "calm-heron", "keen-marten", "wise-lynx"];
        let usual = usize::try_from(self.random.below(4)).ok().and_then(|at| named.get(at)).copied();
        let flow_run = self.entity("flow_run", spec.flow_run, usual).unwrap_or_default();
        let pool = whole.and_then(|spec| spec.work_pool.as_ref());
        let work_pool = self.entity("work_pool", pool, None);
        let kind = pool.and_then(|pool| pool.kind.clone()).unwrap_or_else(|| "process".to_owned());
        let work_pool = work_pool.map(|work_pool| (work_pool, kind));
        // A pool has a queue, and the server knows the pool only through it.
        let queue = work_pool.as_ref().map(|_| "default");
        let deployment = self.entity("deployment", whole.and_then(|spec| spec.deployment.as_ref()), None);
        let work_queue = self.entity("work_queue", whole.and_then(|spec| spec.work_queue.as_ref()), queue);
        let tags = tags(spec.tags);
        let entities = Entities { flow_run, flow, deployment, work_queue, work_pool, tags, task_run: None };
        self.plan.runs.push(entities);
        self.plan.runs.len().saturating_sub(1)
    }

    /// The server creates a task run in the parent that represents the subflow.
    fn parent_task_run(&mut self, run: usize, parent: usize) {
        let id = timed_id(self.now, &mut self.random).to_string();
        let name = |run: usize, get: fn(&Entities) -> &String| self.plan.runs.get(run).map(get).cloned();
        let parent = name(parent, |run| &run.flow_run.id).unwrap_or_default();
        let flow = name(run, |run| &run.flow.name).unwrap_or_default();
        let count = self.count(&parent, &flow);
        if let Some(run) = self.plan.runs.get_mut(run) {
            run.task_run = Some(Entity { id, name: format!("{flow}-{count}") });
        }
    }

    /// `last`: when the run ends in any way.
    fn breaks(&self, spec: Option<&RunSpec>, starts: Instant, last: Option<Instant>) -> Fallible<Vec<Break>> {
        let Some(spec) = spec else { return Ok(Vec::new()) };
        let mut breaks = Vec::new();
        for (key, list, phase) in [
            ("retry.at", &spec.retry, RunPhase::Retry),
            ("pause.at", &spec.pause, RunPhase::Pause),
            ("suspend.at", &spec.suspend, RunPhase::Suspend),
        ] {
            for BreakSpec { at, length: TimeSpan(length) } in list {
                let from = self.at(key, Some(*at))?.unwrap_or(starts);
                breaks.push(Break { phase, from, until: Some(later(from, (*length).max(3 * SECOND))) });
            }
        }
        order::by_key(&mut breaks, &mut |one| one.from.sortable());
        let mut free = starts;
        for one in &breaks {
            step(1);
            if one.from <= free {
                return Err(BuildError::new("`retry`, `pause` and `suspend` come after `starts`, one after the other"));
            }
            free = one.until.unwrap_or(free);
        }
        if breaks.last().zip(last).is_some_and(|(_, last)| last <= free) {
            return Err(BuildError::new("the run ends before it resumes after `retry`, `pause` or `suspend`"));
        }
        Ok(breaks)
    }

    // ---- tasks

    /// Plans the task runs; when the last of them ends.
    fn tasks(&mut self, tasks: &[TaskSpec], run: usize, starts: Instant) -> Fallible<Instant> {
        let mut free = starts;
        let mut over = starts;
        let mut courses: Map<TaskCourse, usize> = Map::default();
        for task in tasks {
            step(1);
            let name = &task.name;
            let begins = self.at("starts", task.starts)?.unwrap_or_else(|| later(free, MOMENT));
            if begins < starts {
                return Err(BuildError::at("tasks.starts", format!("the task `{name}` starts before its run")));
            }
            let usual = || State { name: "Completed".to_owned(), kind: "COMPLETED", message: String::new() };
            let last = task.state.as_ref().map_or_else(|| Ok(usual()), |state| last_state(state, TASK_RUN))?;
            let course = TaskCourse { retries: task.retries, last, tags: tags(&task.tags) };
            let place = self.plan.courses.len();
            let known = courses.or_insert_with(course.clone(), || place);
            let (known, is_new) = (*known, *known == place);
            if is_new {
                self.plan.courses.push(course);
            }
            free = self.task(task, run, begins, known, is_new)?;
            over = over.max(free);
            if self.plan.events.len() > MOST_EVENTS {
                return Err(too_many());
            }
        }
        Ok(over)
    }

    fn task(&mut self, task: &TaskSpec, run: usize, begins: Instant, course: usize, is_new: bool) -> Fallible<Instant> {
        let flow_run = self.plan.runs.get(run).map(|run| run.flow_run.id.clone()).unwrap_or_default();
        let count = self.count(&flow_run, &task.name);
        let id = timed_id(begins, &mut self.random);
        let dynamic = timed_id(begins, &mut self.random);
        let hashed: String = format!("{:016x}", hash(task.name.as_bytes())).chars().take(8).collect();
        let task_run = TaskRun {
            run,
            course,
            id,
            name: format!("{}-{count}", task.name),
            key: [&*task.name, "-", &hashed].concat(),
            dynamic,
            begins,
            duration: task.duration.0.max(1),
            delay: task.retry_delay.0.max(1),
        };
        let steps = self.plan.courses.get(course).map_or(0, TaskCourse::steps);
        let of = self.plan.task_runs.len();
        self.plan.task_runs.push(task_run);
        let at = |planner: &Self, number| planner.plan.task_runs.get(of).map_or(begins, |run| run.at(number));
        let mut before: Option<(Instant, Uuid)> = None;
        for number in 0..steps {
            let at = at(self, number);
            let id = timed_id(at, &mut self.random);
            let follows = before.filter(|(before, _)| at.since(*before) < self.follows_within).map(|(_, id)| id);
            let step = TaskStep { number, at, id, follows, seed: self.random.word() };
            self.add(at, of, Planned::Task(step), is_new)?;
            before = Some((at, id));
        }
        Ok(at(self, steps.saturating_sub(1)))
    }

    // ---- worker and runner

    fn worker(
        &mut self,
        spec: &RunSpec,
        run: usize,
        pending: Instant,
        ends: Option<Instant>,
        is_crashed: bool,
    ) -> Fallible<()> {
        let worker = self.entity("worker", spec.worker.as_ref(), None);
        let Some(worker) = worker else {
            return match spec.infrastructure {
                Some(_) => Err(error::needs("a run", "worker", "the worker that reports the `infrastructure`")),
                None => Ok(()),
            };
        };
        let Some(entities) = self.plan.runs.get(run) else { return Ok(()) };
        let usual = entities.work_pool.as_ref().map_or("process", |(_, kind)| kind);
        let kind = spec.worker.as_ref().and_then(|worker| worker.kind.clone());
        let worker = Worker { name: worker.name, kind: kind.unwrap_or_else(|| usual.to_owned()) };
        let flow_run = entities.flow_run.name.clone();
        let (submitted, id) = (later(pending, SECOND / 2), timed_id(pending, &mut self.random));
        let event = ClientEvent::Submitted { worker: worker.clone() };
        self.client(submitted, run, event, [Some(id), None])?;
        let Some(executed) = ends.map(|ends| later(ends, SECOND / 2)) else { return Ok(()) };
        let follows = Some(id).filter(|_| executed.since(submitted) < self.follows_within);
        let usual = format!("{flow_run}-{:05x}", self.random.below(0xF_FFFF));
        let InfrastructureSpec { identifier, status_code } = spec.infrastructure.clone().unwrap_or_default();
        let event = ClientEvent::Executed {
            worker,
            identifier: identifier.unwrap_or(usual),
            status_code: status_code.unwrap_or(i64::from(is_crashed)),
        };
        self.client(executed, run, event, [None, follows])
    }

    fn runner(&mut self, spec: &RunSpec, run: usize, cancelled: Option<Instant>) -> Fallible<()> {
        let Some(runner) = self.entity("runner", spec.runner.as_ref(), None) else { return Ok(()) };
        let Some(cancelled) = cancelled else {
            return Err(error::needs("a run", "cancelled", "the `runner` reports that it cancelled the run"));
        };
        let event = ClientEvent::Cancelled { runner: runner.name };
        self.client(later(cancelled, MOMENT), run, event, [None, None])
    }

    fn client(
        &mut self,
        at: Instant,
        run: usize,
        event: ClientEvent,
        [id, follows]: [Option<Uuid>; 2],
    ) -> Fallible<()> {
        let seed = self.random.word();
        self.add(at, run, Planned::Client { event: Box::new(event), id, follows, seed }, true)
    }
}
