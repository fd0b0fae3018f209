//! The history of a flow run with all that belongs to it: its states and heartbeats ([`super::run`], as the simulation
//! plays them), its tasks and subflows, its worker or runner.

use std::ops::Range;
use std::vec::IntoIter;

use uuid::Uuid;

use crate::catalogue::{find, is_uuid};
use crate::event::{Labels, RESOURCE_ID, RESOURCE_ROLE, Reader};
use crate::json::write::Writer;
use crate::json::{Kind, Tape, Value, parse};
use crate::text::hash::{Places, hash};
use crate::text::order;
use crate::time::Instant;
use crate::time::scalar;
use crate::time::span::{moment, span};

use super::event::{Fill, Marks, Pattern, build};
use super::flow_run::{
    Break, FOLLOWS_WITHIN, GeneratedEvent, Heartbeats, Phase, RunPlan, Scene, State, play, shared_labels, state_type,
};
use super::ids::timed_id;
use super::mistake::{self, Mistake};
use super::options::BuildOptions;
use super::random::Random;

type Fallible<T> = Result<T, Mistake>;

const SECOND: i64 = 1_000_000;
/// From a state of a task run to the next one that nothing happens before.
const MOMENT: i64 = 10_000;
/// What a history may have: more would not fit into the memory of a page.
const MOST_EVENTS: usize = 1_000_000;
/// So many bytes of a history make a part of it.
const PART: usize = 1 << 20;
/// Courses of tasks that are remembered.
const MOST_COURSES: usize = 64;
/// Subflows in subflows.
const DEEPEST: usize = 16;

const MOMENTS: &str = "a time, or how long after `now`, such as `2m30s`";
const SPANS: &str = "a span of time such as `90s`, not negative";
const RUN: [&str; 21] = [
    "flow",
    "flow_run",
    "deployment",
    "work_queue",
    "work_pool",
    "tags",
    "worker",
    "infrastructure",
    "runner",
    "scheduled",
    "starts",
    "ends",
    "dies",
    "cancelled",
    "state",
    "retry",
    "pause",
    "suspend",
    "heartbeat",
    "tasks",
    "subflows",
];
const SUBFLOW: [&str; 9] = ["flow", "flow_run", "tags", "starts", "ends", "state", "heartbeat", "tasks", "subflows"];
const TASK: [&str; 7] = ["name", "starts", "duration", "retries", "retry_delay", "state", "tags"];

/// Builds the history that `spec`, JSON text, describes: a JSON array of events in the order of time.
pub fn build_run(spec: &str, options: BuildOptions) -> Fallible<String> {
    let mut history = History::new(spec, options)?;
    let mut writer = Writer::default();
    history.write(&mut writer, usize::MAX);
    Ok(writer.finish())
}

/// A history that is told part by part.
pub struct History {
    told: IntoIter<Told>,
    /// The events that have been written.
    text: String,
    courses: Vec<Course>,
    fills: Vec<Fill<'static>>,
}

impl History {
    /// `spec`: JSON text.
    pub fn new(spec: &str, options: BuildOptions) -> Fallible<Self> {
        let (mut tape, mut issues) = (Tape::new(), Vec::new());
        let complete = parse(spec.as_bytes(), 0, &mut tape, &mut issues).complete;
        let document = tape.document(spec.as_bytes());
        let root = document.root().filter(|root| complete && root.kind() == Kind::Object);
        let root = root.ok_or("what a run is built of must be an object")?;
        let mut teller = Teller {
            options,
            random: Random::new(options.seed),
            reader: Reader::default(),
            told: Vec::new(),
            out: Writer::default(),
            counts: Counts::default(),
            courses: Vec::new(),
            fills: Vec::new(),
        };
        teller.run(root, None, 0)?;
        order::by_key(&mut teller.told, &mut |told| told.at.sortable());
        let Teller { told, out, courses, fills, .. } = teller;
        Ok(History { told: told.into_iter(), text: out.finish(), courses, fills })
    }

    /// The next events, a JSON array of some megabytes at most; `None`: all have been told.
    pub fn part(&mut self) -> Option<String> {
        if self.told.len() == 0 {
            return None;
        }
        let mut writer = Writer::with_capacity(PART.saturating_add(PART / 8));
        self.write(&mut writer, PART);
        Some(writer.finish())
    }

    fn write(&mut self, writer: &mut Writer, most: usize) {
        writer.open('[');
        while writer.written() < most
            && let Some(told) = self.told.next()
        {
            writer.item();
            match told.event {
                Telling::Built(built) => {
                    built.write_sent(writer);
                    writer.close('}');
                }
                Telling::Written(place) => writer.raw(self.text.get(place).unwrap_or_default()),
                Telling::Like { course, step, fills, seed } => {
                    let pattern = self.courses.get(course).and_then(|course| course.pattern(step));
                    let fills = self.fills.get(fills).unwrap_or_default();
                    if let Some(pattern) = pattern {
                        pattern.write(told.at, &mut Random::new(seed), &|_, at| fills.get(at as usize), writer);
                    }
                }
            }
        }
        writer.close(']');
    }
}

/// An event that will be written.
struct Told {
    at: Instant,
    event: Telling,
}

enum Telling {
    Built(GeneratedEvent),
    /// It stands at this place of the text.
    Written(Range<usize>),
    /// It is like one that was written before, but for these values.
    Like {
        course: usize,
        step: usize,
        fills: Range<usize>,
        seed: u64,
    },
}

/// Task runs of which one is like the other.
struct Course {
    retries: i64,
    last: State,
    tags: Vec<String>,
    /// Of each step, followed by another or not.
    patterns: Vec<Known>,
}

enum Known {
    New,
    Pattern(Pattern),
    /// Each is written by itself.
    Single,
}

impl Course {
    fn pattern(&self, step: usize) -> Option<&Pattern> {
        match self.patterns.get(step) {
            Some(Known::Pattern(pattern)) => Some(pattern),
            _ => None,
        }
    }
}

/// What a task event is built of: its text, or only what differs from one to the next.
struct Input {
    /// JSON text.
    text: Option<Writer>,
    fills: Vec<Fill<'static>>,
    /// Where they stand in the text.
    marks: Vec<Range<usize>>,
}

impl Input {
    fn new(is_whole: bool) -> Self {
        Input { text: is_whole.then(Writer::default), fills: Vec::new(), marks: Vec::new() }
    }

    /// What is the same in all that are alike.
    fn same(&mut self, write: &mut dyn FnMut(&mut Writer)) {
        self.text.iter_mut().for_each(write);
    }

    fn fill(&mut self, key: &str, fill: Fill<'static>) {
        if let Some(text) = &mut self.text {
            let quotes = if matches!(fill, Fill::Json(_)) { "" } else { "\"" };
            text.key(key);
            text.raw(quotes);
            let begin = text.written();
            fill.write(text);
            self.marks.push(begin..text.written());
            text.raw(quotes);
        }
        self.fills.push(fill);
    }
}

/// How often each text has been counted.
#[derive(Default)]
struct Counts {
    places: Places,
    counts: Vec<(String, u32)>,
}

impl Counts {
    fn next(&mut self, text: String) -> u32 {
        let mut key = hash(text.as_bytes());
        while let Some(place) = self.places.get(&key) {
            match self.counts.get_mut(*place) {
                Some((known, count)) if *known == text => {
                    *count = count.saturating_add(1);
                    return *count;
                }
                // Another text of this hash.
                _ => key = key.wrapping_add(1),
            }
        }
        self.places.insert(key, self.counts.len());
        self.counts.push((text, 0));
        0
    }
}

/// Something with an id and a name.
#[derive(Clone)]
struct Thing {
    id: String,
    name: String,
}

impl Thing {
    fn write(&self, key: &str, writer: &mut Writer) {
        writer.key(key);
        writer.open('{');
        writer.text("id", &self.id);
        writer.text("name", &self.name);
        writer.close('}');
    }
}

/// What the events of a run are related to.
#[derive(Clone)]
struct Cast {
    flow_run: Thing,
    flow: Thing,
    deployment: Option<Thing>,
    work_queue: Option<Thing>,
    work_pool: Option<(Thing, String)>,
    tags: Vec<String>,
}

struct Teller {
    options: BuildOptions,
    random: Random,
    reader: Reader,
    told: Vec<Told>,
    /// What has been written of it.
    out: Writer,
    /// How many runs of each task there are in each flow run.
    counts: Counts,
    /// Those of one run stand behind those of the others.
    courses: Vec<Course>,
    fills: Vec<Fill<'static>>,
}

/// A state of a task run, and when it was entered.
struct Step {
    at: Instant,
    state: State,
    count: i64,
}

struct TaskRun {
    id: Uuid,
    name: String,
    key: String,
    dynamic: Uuid,
}

/// What is told when a task run enters a state.
struct Stepped<'s> {
    own: Uuid,
    follows: Option<Uuid>,
    /// When its first state was entered.
    first: Instant,
    started: Option<Instant>,
    /// How long it has been running.
    ran: i64,
    step: &'s Step,
    before: Option<&'s Step>,
    /// What it waits for.
    next: Option<&'s Step>,
}

fn list(key: &str, texts: &[String], writer: &mut Writer) {
    writer.key(key);
    writer.open('[');
    for text in texts {
        writer.item();
        writer.string(text);
    }
    writer.close(']');
}

fn later(at: Instant, by: i64) -> Instant {
    Instant(at.0.saturating_add(by))
}

fn known(object: Value<'_>, keys: &[&str], within: &str) -> Fallible<()> {
    for (key, _) in object.members() {
        let key = key.string();
        if !keys.contains(&&*key) {
            return Err(mistake::unknown_key("a run", &key, within, keys));
        }
    }
    Ok(())
}

impl Teller {
    fn at(&self, object: Value<'_>, key: &str) -> Fallible<Option<Instant>> {
        let Some(value) = object.get(key) else { return Ok(None) };
        moment(value, self.options.now).map(Some).ok_or_else(|| mistake::wrong(key, MOMENTS, value))
    }

    fn thing(&mut self, object: Value<'_>, key: &str, usual: Option<&str>) -> Fallible<Option<Thing>> {
        let value = object.get(key).filter(|value| value.kind() != Kind::Null);
        let (id, name) = match value {
            None if usual.is_none() => return Ok(None),
            None => (None, None),
            Some(value) if value.is_string() && is_uuid(&value.bytes()) => (Some(value), None),
            Some(value) if value.is_string() => (None, Some(value)),
            Some(value) if value.kind() == Kind::Object => {
                known(value, &["id", "name", "type"], key)?;
                (value.get("id"), value.get("name"))
            }
            Some(value) => return Err(mistake::wrong(key, "a name, or an object such as `{ id, name }`", value)),
        };
        let id = match id {
            None => timed_id(self.options.now, &mut self.random).to_string(),
            Some(id) if id.is_string() && is_uuid(&id.bytes()) => id.string().into_owned(),
            Some(id) => return Err(mistake::wrong(&[key, ".id"].concat(), "a UUID", id)),
        };
        let name = match name {
            None => usual.unwrap_or(key).to_owned(),
            Some(name) => {
                let text = scalar::text(name).filter(|text| !text.is_empty());
                text.ok_or_else(|| mistake::wrong(&[key, ".name"].concat(), "a text", name))?
            }
        };
        Ok(Some(Thing { id, name }))
    }

    fn text(object: Value<'_>, thing: &str, key: &str, usual: &str) -> Fallible<String> {
        let value = object.get(thing).and_then(|value| value.get(key));
        value.map_or(Ok(usual.to_owned()), |value| {
            let text = scalar::text(value).filter(|text| !text.is_empty());
            text.ok_or_else(|| mistake::wrong(&[thing, ".", key].concat(), "a text", value))
        })
    }

    fn tags(object: Value<'_>) -> Fallible<Vec<String>> {
        let Some(value) = object.get("tags") else { return Ok(Vec::new()) };
        let mut tags = scalar::texts(value).ok_or_else(|| mistake::wrong("tags", "a list of texts", value))?;
        tags.retain(|tag| !tag.is_empty());
        tags.sort_unstable();
        tags.dedup();
        Ok(tags)
    }

    /// The last state of a run. `family`: the name of its events, up to the state.
    fn state(object: Value<'_>, family: &str) -> Fallible<Option<State>> {
        let Some(value) = object.get("state") else { return Ok(None) };
        let wrong = || {
            mistake::wrong(
                "state",
                "the name of a state, or one of your own with its type, such as `{ name: \"Processed\", type: \"COMPLETED\" }`",
                value,
            )
        };
        let known_as = |name: &str| {
            let variants = find(&[family, name].concat()).map_or(&[][..], |found| found.family.variants);
            variants.iter().find(|variant| variant.name == name)?.state_type
        };
        if value.is_string() {
            let name = value.string().into_owned();
            let kind = known_as(&name).ok_or_else(wrong)?;
            return Ok(Some(State { name, kind, message: String::new() }));
        }
        known(value, &["name", "type", "message"], "state")?;
        let name = value.get("name").filter(|name| name.is_string()).ok_or_else(wrong)?.string().into_owned();
        let kind = match value.get("type") {
            None => known_as(&name),
            Some(kind) => state_type(&kind.string()),
        };
        let message = match value.get("message") {
            None => String::new(),
            Some(message) if message.is_string() => message.string().into_owned(),
            Some(message) => return Err(mistake::wrong("state.message", "a text", message)),
        };
        Ok(Some(State { name, kind: kind.ok_or_else(wrong)?, message }))
    }

    fn span(object: Value<'_>, key: &str, usual: i64) -> Fallible<i64> {
        object.get(key).map_or(Ok(usual), |value| {
            span(value).filter(|span| *span >= 0).ok_or_else(|| mistake::wrong(key, SPANS, value))
        })
    }

    fn breaks(&self, object: Value<'_>) -> Fallible<Vec<Break>> {
        let mut breaks = Vec::new();
        for (key, phase) in [("retry", Phase::Retry), ("pause", Phase::Pause), ("suspend", Phase::Suspend)] {
            let Some(value) = object.get(key) else { continue };
            let list: Vec<Value<'_>> = if value.kind() == Kind::Array { value.items().collect() } else { vec![value] };
            for item in list {
                if item.kind() != Kind::Object {
                    return Err(mistake::wrong(key, "an object such as `{ at: \"3m\", for: \"30s\" }`", item));
                }
                known(item, &["at", "for"], key)?;
                let from = self.at(item, "at")?.ok_or_else(|| mistake::needs("a run", &[key, ".at"].concat(), ""))?;
                let length = Self::span(item, "for", 10 * SECOND)?.max(3 * SECOND);
                breaks.push(Break { phase, from, until: Some(later(from, length)) });
            }
        }
        order::by_key(&mut breaks, &mut |one| one.from.sortable());
        Ok(breaks)
    }

    /// Tells a run; what it tells ends with the process of its parent.
    fn run(&mut self, spec: Value<'_>, parent: Option<(&Cast, Option<Instant>)>, depth: usize) -> Fallible<()> {
        let keys: &[&str] = if depth == 0 { &RUN } else { &SUBFLOW };
        if spec.kind() != Kind::Object || depth > DEEPEST {
            return Err(mistake::wrong("subflows", "a list of runs, nested 16 deep at most", spec));
        }
        known(spec, keys, if depth == 0 { "" } else { "subflows" })?;
        let starts = self.at(spec, "starts")?.unwrap_or(self.options.now);
        let dies = self.at(spec, "dies")?.or(parent.and_then(|(_, dies)| dies));
        let cancelled = self.at(spec, "cancelled")?;
        let flow = self
            .thing(spec, "flow", Some("my-flow"))?
            .unwrap_or_else(|| Thing { id: String::new(), name: String::new() });
        let named = ["brave-otter", "calm-heron", "keen-marten", "wise-lynx"];
        let usual = usize::try_from(self.random.below(4)).ok().and_then(|at| named.get(at)).copied();
        let flow_run = self.thing(spec, "flow_run", usual)?.unwrap_or_else(|| flow.clone());
        let pool = self.thing(spec, "work_pool", None)?;
        let work_pool = match pool {
            Some(pool) => Some((pool, Self::text(spec, "work_pool", "type", "process")?)),
            None => None,
        };
        // A pool has a queue, and only by it the server knows the pool.
        let queue = work_pool.as_ref().map(|_| "default");
        let cast = Cast {
            flow_run,
            flow,
            deployment: self.thing(spec, "deployment", None)?,
            work_queue: self.thing(spec, "work_queue", queue)?,
            work_pool,
            tags: Self::tags(spec)?,
        };
        let ends = self.at(spec, "ends")?;
        let first = self.told.len();
        let limit = dies.or(ends);
        let mut over = self.tasks(spec, &cast, starts)?;
        if let Some(subflows) = spec.get("subflows") {
            if subflows.kind() != Kind::Array {
                return Err(mistake::wrong("subflows", "a list of runs", subflows));
            }
            for subflow in subflows.items() {
                self.run(subflow, Some((&cast, dies)), depth.saturating_add(1))?;
            }
        }
        let latest = self.told.get(first..).unwrap_or_default().iter().map(|told| told.at).max();
        over = latest.map_or(over, |latest| if latest > over { latest } else { over });
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
                return Err(format!("the run's `{key}` is before its `starts`"));
            }
        }
        if cancelled.zip(ends).is_some_and(|(cancelled, ends)| ends <= cancelled) {
            return Err("the run's `ends` must be after its `cancelled`".to_owned());
        }
        // What dies tells nothing more; what ends has come to an end before.
        if let Some(dies) = dies {
            let mut at = 0_usize;
            self.told.retain(|told| {
                at = at.saturating_add(1);
                at <= first || told.at < dies
            });
        } else if limit.is_some_and(|limit| over > limit) {
            return Err("a task or a subflow ends after its run: give a later `ends`".to_owned());
        }
        let state = Self::state(spec, "prefect.flow-run.")?;
        if cancelled.is_some() && state.is_some() {
            return Err("a run that is `cancelled` ends as Cancelled: leave out `state`".to_owned());
        }
        let state = state.or_else(|| State::known(if cancelled.is_some() { "Cancelled" } else { "Completed" }));
        let state = state.unwrap_or(State { name: String::new(), kind: "COMPLETED", message: String::new() });
        let breaks = self.breaks(spec)?;
        let mut free = starts;
        for one in &breaks {
            if one.from <= free {
                return Err("`retry`, `pause` and `suspend` come after `starts`, one after the other".to_owned());
            }
            free = one.until.unwrap_or(free);
        }
        let last = [cancelled, ends, dies].into_iter().flatten().min();
        if breaks.last().zip(last).is_some_and(|(_, last)| last <= free) {
            return Err("the run ends before it goes on after `retry`, `pause` or `suspend`".to_owned());
        }
        let pending = later(starts, -SECOND);
        let scheduled = self.at(spec, "scheduled")?;
        if scheduled.is_some_and(|scheduled| scheduled >= pending) {
            return Err("`scheduled` must be more than a second before `starts`".to_owned());
        }
        let mut heartbeats = Heartbeats { jitter: 0, ..Heartbeats::default() };
        match spec.get("heartbeat") {
            None => {}
            Some(value) if value.kind() == Kind::Null => heartbeats.frequency = 0,
            Some(value) if value.kind() == Kind::Object => {
                known(value, &["frequency"], "heartbeat")?;
                heartbeats.frequency = Self::span(value, "frequency", heartbeats.frequency)?;
                if (1..SECOND).contains(&heartbeats.frequency) {
                    return Err("`heartbeat.frequency` must be a second at least".to_owned());
                }
            }
            Some(value) => {
                return Err(mistake::wrong("heartbeat", "an object such as `{ frequency: 30 }`, or null", value));
            }
        }
        let known_as = |name: &str, at: Option<Instant>| State::known(name).zip(at);
        let scene = self.scene(
            &cast,
            parent.map(|(parent, _)| parent),
            known_as("Scheduled", scheduled).into_iter().collect(),
            known_as("Cancelling", cancelled).into_iter().collect(),
        );
        let run = RunPlan {
            name: cast.flow_run.name.clone(),
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
            horizon: later(starts, 366 * 86_400 * SECOND),
        };
        let too_many = || format!("a history has at most {MOST_EVENTS} events");
        if super::flow_run::most_events(&run) > MOST_EVENTS as u64 {
            return Err(too_many());
        }
        let crashed = run.state.kind == "CRASHED";
        for built in play(&run, scene, &mut self.reader, &mut self.random).0 {
            self.told.push(Told { at: built.event.occurred, event: Telling::Built(built) });
        }
        if self.told.len() > MOST_EVENTS {
            return Err(too_many());
        }
        self.worker(spec, &cast, pending, ends.filter(|_| dies.is_none()), crashed)?;
        self.runner(spec, &cast, ends.filter(|_| cancelled.is_some() && dies.is_none()))
    }

    fn scene(
        &mut self,
        cast: &Cast,
        parent: Option<&Cast>,
        before: Vec<(State, Instant)>,
        closing: Vec<(State, Instant)>,
    ) -> Scene {
        let (mut stated, mut beating) = (Vec::new(), Vec::new());
        let reader = &mut self.reader;
        let mut labels = |role: &str, thing: &Thing, more: &[(&str, &str)], is_named: bool| -> Labels {
            let id = ["prefect.", role, ".", &thing.id].concat();
            let mut pairs = vec![(RESOURCE_ID, &*id), (RESOURCE_ROLE, role)];
            if is_named {
                pairs.push(("prefect.resource.name", &thing.name));
            }
            pairs.extend_from_slice(more);
            shared_labels(reader, &pairs)
        };
        let flow = labels("flow", &cast.flow, &[], true);
        stated.push(flow.clone());
        beating.push(flow);
        if let Some(deployment) = &cast.deployment {
            stated.push(labels("deployment", deployment, &[], true));
            beating.push(labels("deployment", deployment, &[], false));
        }
        if let Some(queue) = &cast.work_queue {
            stated.push(labels("work-queue", queue, &[], true));
        }
        if let Some((pool, kind)) = &cast.work_pool {
            stated.push(labels("work-pool", pool, &[("prefect.work-pool.type", kind)], true));
        }
        if let Some(parent) = parent {
            // The server makes a task run in the parent that stands for the subflow.
            let id = timed_id(self.options.now, &mut self.random).to_string();
            let count = self.counts.next([&parent.flow_run.id, "/", &cast.flow.name].concat());
            let name = format!("{}-{count}", cast.flow.name);
            stated.push(labels("task-run", &Thing { id, name }, &[], true));
        }
        for tag in &cast.tags {
            let tag = labels("tag", &Thing { id: tag.clone(), name: String::new() }, &[], false);
            stated.push(tag.clone());
            beating.push(tag);
        }
        if let Some(queue) = &cast.work_queue {
            beating.push(labels("work-queue", queue, &[], true));
        }
        if let Some((pool, _)) = &cast.work_pool {
            beating.push(labels("work-pool", pool, &[], true));
        }
        let id = ["prefect.flow-run.", &cast.flow_run.id].concat().into();
        Scene { id, stated: stated.into(), beating: beating.into(), before, closing }
    }

    // ---- tasks

    /// Tells the task runs, and when the last of them ends.
    fn tasks(&mut self, spec: Value<'_>, cast: &Cast, starts: Instant) -> Fallible<Instant> {
        let mut free = starts;
        let mut over = starts;
        let Some(tasks) = spec.get("tasks") else { return Ok(over) };
        if tasks.kind() != Kind::Array {
            return Err(mistake::wrong("tasks", "a list of tasks", tasks));
        }
        let first_course = self.courses.len();
        for task in tasks.items() {
            if task.kind() != Kind::Object {
                return Err(mistake::wrong("tasks", "a list of objects such as `{ name: \"extract\" }`", task));
            }
            known(task, &TASK, "tasks")?;
            let name = task.get("name").and_then(scalar::text).filter(|name| !name.is_empty());
            let name = name.ok_or_else(|| mistake::needs("a run", "tasks.name", "what a task is called"))?;
            let begins = self.at(task, "starts")?.unwrap_or_else(|| later(free, MOMENT));
            if begins < starts {
                return Err(format!("the task `{name}` starts before its run"));
            }
            free = self.task(task, &name, begins, cast, first_course)?;
            over = if free > over { free } else { over };
            if self.told.len() > MOST_EVENTS {
                return Err(format!("a history has at most {MOST_EVENTS} events"));
            }
        }
        Ok(over)
    }

    fn task(
        &mut self,
        task: Value<'_>,
        name: &str,
        begins: Instant,
        cast: &Cast,
        first_course: usize,
    ) -> Fallible<Instant> {
        let duration = Self::span(task, "duration", SECOND)?.max(1);
        let delay = Self::span(task, "retry_delay", SECOND)?.max(1);
        let retries = match task.get("retries") {
            None => 0,
            Some(value) => scalar::integer(value)
                .filter(|retries| (0..=1000).contains(retries))
                .ok_or_else(|| mistake::wrong("retries", "a whole number from 0 to 1000", value))?,
        };
        let last = Self::state(task, "prefect.task-run.")?.or_else(|| State::known("Completed"));
        let mut steps: Vec<Step> = Vec::new();
        let mut add = |state: Option<State>, at: Instant, count: i64| {
            steps.extend(state.map(|state| Step { at, state, count }));
        };
        add(State::known("Pending"), begins, 0);
        let mut at = later(begins, MOMENT);
        add(State::known("Running"), at, 1);
        for count in 1..=retries {
            at = later(at, duration);
            add(State::known("AwaitingRetry"), at, count);
            at = later(at, delay);
            add(State::known("Retrying"), at, count.saturating_add(1));
        }
        at = later(at, duration);
        add(last.clone(), at, retries.saturating_add(1));
        let tags = Self::tags(task)?;
        let Some(last) = last else { return Ok(at) };
        let is_same = |course: &Course| course.retries == retries && course.last == last && course.tags == tags;
        let others = self.courses.get(first_course..).unwrap_or_default();
        let course = match others.iter().position(is_same) {
            Some(known) => Some(first_course.saturating_add(known)),
            None if others.len() < MOST_COURSES => {
                let patterns = std::iter::repeat_with(|| Known::New).take(steps.len().saturating_mul(2)).collect();
                self.courses.push(Course { retries, last, tags: tags.clone(), patterns });
                self.courses.len().checked_sub(1)
            }
            None => None,
        };
        self.steps(name, &steps, &tags, course, cast)?;
        Ok(at)
    }

    fn steps(
        &mut self,
        task: &str,
        steps: &[Step],
        tags: &[String],
        course: Option<usize>,
        cast: &Cast,
    ) -> Fallible<()> {
        let count = self.counts.next([&cast.flow_run.id, "/", task].concat());
        let name = format!("{task}-{count}");
        let Some(first) = steps.first() else { return Ok(()) };
        let id = timed_id(first.at, &mut self.random);
        let dynamic = timed_id(first.at, &mut self.random);
        let key: String = format!("{:016x}", hash(task.as_bytes())).chars().take(8).collect();
        let run = TaskRun { id, name, key: [task, "-", &key].concat(), dynamic };
        let started = steps.iter().find(|step| step.state.kind == "RUNNING").map(|step| step.at);
        let mut before: Option<(&Step, Uuid)> = None;
        let mut ran = 0_i64;
        for (place, step) in steps.iter().enumerate() {
            let next = steps.get(place.saturating_add(1)).filter(|_| step.state.kind == "SCHEDULED");
            let own = timed_id(step.at, &mut self.random);
            if let Some((last, _)) = before.filter(|(last, _)| last.state.kind == "RUNNING") {
                ran = ran.saturating_add(step.at.since(last.at));
            }
            let follows = before.filter(|(last, _)| step.at.since(last.at) < FOLLOWS_WITHIN).map(|(_, id)| id);
            let started = started.filter(|started| step.at >= *started);
            let before_step = before.map(|(before, _)| before);
            let moment = Stepped { own, follows, first: first.at, started, ran, step, before: before_step, next };
            let kind = place.saturating_mul(2).saturating_add(usize::from(follows.is_some()));
            self.step(course.map(|course| (course, kind)), &run, &moment, tags, cast)?;
            before = Some((step, own));
        }
        Ok(())
    }

    /// Tells one state of a task run. `like`: its course, and which of its steps.
    fn step(
        &mut self,
        like: Option<(usize, usize)>,
        run: &TaskRun,
        moment: &Stepped<'_>,
        tags: &[String],
        cast: &Cast,
    ) -> Fallible<()> {
        let at = moment.step.at;
        if let Some((course, step)) = like
            && let Some(pattern) = self.courses.get(course).and_then(|course| course.pattern(step))
        {
            let input = Self::input(run, moment, tags, cast, false);
            if at.is_usual() && pattern.fits(&input.fills) {
                let begin = self.fills.len();
                self.fills.extend(input.fills);
                let seed = self.random.word();
                let event = Telling::Like { course, step, fills: begin..self.fills.len(), seed };
                self.told.push(Told { at, event });
                return Ok(());
            }
        }
        let input = Self::input(run, moment, tags, cast, true);
        let text = input.text.map(Writer::finish).unwrap_or_default();
        let name = ["prefect.task-run.", &moment.step.state.name].concat();
        let mut random = Random::new(self.random.word());
        let begin = self.out.written();
        let mut pattern = None;
        let known = like.and_then(|(course, step)| self.courses.get_mut(course)?.patterns.get_mut(step));
        let known = known.filter(|known| matches!(known, Known::New));
        let marks = known.is_some().then_some(Marks { places: &input.marks, pattern: &mut pattern });
        build(&name, &text, at, &mut random, &mut self.out, marks)?;
        if let Some(known) = known {
            *known = pattern.map_or(Known::Single, Known::Pattern);
        }
        self.told.push(Told { at, event: Telling::Written(begin..self.out.written()) });
        Ok(())
    }

    /// What the event of a task run's state is built of. Values that differ from one run to the next fill gaps.
    fn input(run: &TaskRun, moment: &Stepped<'_>, tags: &[String], cast: &Cast, is_whole: bool) -> Input {
        let Stepped { own, follows, first, started, ran, step, before, next } = *moment;
        let mut input = Input::new(is_whole);
        input.same(&mut |text| {
            text.open('{');
            text.text("occurred", &step.at.rfc3339());
        });
        input.fill("id", Fill::Id(own));
        match follows {
            Some(id) => input.fill("follows", Fill::Id(id)),
            None => input.same(&mut |text| text.null("follows")),
        }
        input.same(&mut |text| {
            text.key("task_run");
            text.open('{');
        });
        input.fill("id", Fill::Id(run.id));
        input.fill("name", Fill::Text(run.name.clone().into()));
        input.fill("task_key", Fill::Text(run.key.clone().into()));
        input.fill("dynamic_key", Fill::Id(run.dynamic));
        input.same(&mut |text| {
            text.integer("run_count", step.count);
            list("tags", tags, text);
        });
        input.fill("expected_start_time", Fill::Time(first));
        if let Some(started) = started {
            input.fill("start_time", Fill::Time(started));
        }
        let seconds = format!("{}.{:06}", ran.div_euclid(SECOND), ran.rem_euclid(SECOND));
        input.fill("total_run_time", Fill::Json(seconds.into()));
        input.same(&mut |text| {
            text.close('}');
            text.key("state");
            text.open('{');
            text.text("type", step.state.kind);
            if !step.state.message.is_empty() {
                text.text("message", &step.state.message);
            }
        });
        if let Some(next) = next {
            Self::scheduled(next, &mut input);
        }
        input.same(&mut |text| text.close('}'));
        match before {
            None => input.same(&mut |text| text.null("previous")),
            Some(last) => {
                input.same(&mut |text| {
                    text.key("previous");
                    text.open('{');
                    text.text("type", last.state.kind);
                    text.text("name", &last.state.name);
                });
                if last.state.kind == "SCHEDULED" {
                    Self::scheduled(step, &mut input);
                }
                input.same(&mut |text| text.close('}'));
            }
        }
        input.same(&mut |text| {
            // Events of clients carry the tags of all runs that they are in.
            let mut all_tags = [tags, &cast.tags].concat();
            all_tags.sort_unstable();
            all_tags.dedup();
            Self::company(cast, &all_tags, true, text);
            text.close('}');
        });
        input
    }

    /// When a state that waits lets the next one begin.
    fn scheduled(next: &Step, input: &mut Input) {
        input.same(&mut |text| {
            text.key("state_details");
            text.open('{');
        });
        input.fill("scheduled_time", Fill::Time(next.at));
        input.same(&mut |text| text.close('}'));
    }

    /// Whom the events of clients are related to.
    fn company(cast: &Cast, tags: &[String], queue: bool, input: &mut Writer) {
        cast.flow_run.write("flow_run", input);
        cast.flow.write("flow", input);
        if let Some(deployment) = &cast.deployment {
            deployment.write("deployment", input);
        }
        if let Some(work_queue) = cast.work_queue.as_ref().filter(|_| queue) {
            work_queue.write("work_queue", input);
        }
        if let Some((pool, _)) = &cast.work_pool {
            pool.write("work_pool", input);
        }
        let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
        input.texts("tags", &tags);
    }

    fn tell(&mut self, name: &str, at: Instant, input: &str) -> Fallible<()> {
        let begin = self.out.written();
        build(name, input, at, &mut Random::new(self.random.word()), &mut self.out, None)?;
        self.told.push(Told { at, event: Telling::Written(begin..self.out.written()) });
        Ok(())
    }

    // ---- worker and runner

    fn worker(
        &mut self,
        spec: Value<'_>,
        cast: &Cast,
        pending: Instant,
        ends: Option<Instant>,
        crashed: bool,
    ) -> Fallible<()> {
        let Some(worker) = self.thing(spec, "worker", None)? else {
            return match spec.get("infrastructure") {
                Some(_) => Err(mistake::needs("a run", "worker", "who tells of the `infrastructure`")),
                None => Ok(()),
            };
        };
        let usual = cast.work_pool.as_ref().map_or("process", |(_, kind)| kind);
        let kind = Self::text(spec, "worker", "type", usual)?;
        let submitted = (later(pending, SECOND / 2), timed_id(pending, &mut self.random).to_string());
        let executed = ends.map(|ends| later(ends, SECOND / 2));
        let infrastructure = spec.get("infrastructure");
        if let Some(value) = infrastructure {
            if value.kind() != Kind::Object {
                return Err(mistake::wrong(
                    "infrastructure",
                    "an object such as `{ identifier, status_code: 0 }`",
                    value,
                ));
            }
            known(value, &["identifier", "status_code"], "infrastructure")?;
        }
        for (name, at) in
            [("prefect.worker.submitted-flow-run", Some(submitted.0)), ("prefect.worker.executed-flow-run", executed)]
        {
            let Some(at) = at else { continue };
            let mut input = Writer::default();
            input.open('{');
            input.text("occurred", &at.rfc3339());
            input.key("worker");
            input.open('{');
            input.text("name", &worker.name);
            input.text("type", &kind);
            input.close('}');
            if at == submitted.0 {
                input.text("id", &submitted.1);
            } else {
                if at.since(submitted.0) < FOLLOWS_WITHIN {
                    input.text("follows", &submitted.1);
                } else {
                    input.null("follows");
                }
                let made = format!("{}-{:05x}", cast.flow_run.name, self.random.below(0xF_FFFF));
                input.key("infrastructure");
                input.open('{');
                input.text("identifier", &Self::text(spec, "infrastructure", "identifier", &made)?);
                let code = infrastructure.and_then(|value| value.get("status_code"));
                let wrong = |value| mistake::wrong("infrastructure.status_code", "a whole number", value);
                let code =
                    code.map_or(Ok(i64::from(crashed)), |value| scalar::integer(value).ok_or_else(|| wrong(value)))?;
                input.integer("status_code", code);
                input.close('}');
            }
            Self::company(cast, &cast.tags, false, &mut input);
            input.close('}');
            self.tell(name, at, &input.finish())?;
        }
        Ok(())
    }

    fn runner(&mut self, spec: Value<'_>, cast: &Cast, cancelled: Option<Instant>) -> Fallible<()> {
        let Some(runner) = self.thing(spec, "runner", None)? else { return Ok(()) };
        let Some(cancelled) = cancelled else {
            return Err(mistake::needs("a run", "cancelled", "the `runner` tells that it has cancelled the run"));
        };
        let at = later(cancelled, MOMENT);
        let mut input = Writer::default();
        input.open('{');
        input.text("occurred", &at.rfc3339());
        input.key("runner");
        input.open('{');
        input.text("name", &runner.name);
        input.close('}');
        cast.flow_run.write("flow_run", &mut input);
        // It knows the flow by the deployment alone.
        if let Some(deployment) = &cast.deployment {
            deployment.write("deployment", &mut input);
            cast.flow.write("flow", &mut input);
        }
        let tags: Vec<&str> = cast.tags.iter().map(String::as_str).collect();
        input.texts("tags", &tags);
        input.close('}');
        self.tell("prefect.runner.cancelled-flow-run", at, &input.finish())
    }
}
