//! Reads the description of a run from a JSON document. Errors name their key.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::diagnostic::display::text as shown_value;
use crate::json::{Decimal, Kind, Value};
use crate::text::steps::step;
use crate::text::uuid::is_uuid;
use crate::time::{self, TimeSpan, span::span_of_text};

use super::super::error::{self, BuildError};
use super::super::event::dotted;
use super::spec::{
    BreakSpec, EntitySpec, HeartbeatSpec, InfrastructureSpec, RunMoment, RunSpec, StateSpec, SubflowSpec, TaskSpec,
    ten_seconds,
};
use super::state::state_type;

type Fallible<T> = Result<T, BuildError>;

const WHAT: &str = "a run";

pub(super) const STATES: &str =
    "the name of a state, or a custom state such as `{ name: \"Processed\", type: \"COMPLETED\" }`";
const BREAKS: &str = "an object such as `{ at: \"3m\", for: \"30s\" }`";

/// The place of a value.
enum KeyPath<'p> {
    Root,
    Key(&'p KeyPath<'p>, &'p str),
    Item(&'p KeyPath<'p>, usize),
}

impl KeyPath<'_> {
    /// With the indexes: `tasks.0.name`.
    fn whole(&self) -> String {
        match self {
            KeyPath::Root => String::new(),
            KeyPath::Key(outer, key) => dotted(&outer.whole(), key),
            KeyPath::Item(outer, index) => dotted(&outer.whole(), &index.to_string()),
        }
    }

    /// Without them: `tasks.name`.
    fn keys(&self) -> String {
        match self {
            KeyPath::Root => String::new(),
            KeyPath::Key(outer, key) => dotted(&outer.keys(), key),
            KeyPath::Item(outer, _) => outer.keys(),
        }
    }

    /// Its name in messages: for a key in a list item, the keys alone; for a whole item, the list.
    fn own(&self) -> String {
        match self {
            KeyPath::Key(KeyPath::Item(..), key) => (*key).to_owned(),
            KeyPath::Key(outer, key) => dotted(&outer.own(), key),
            KeyPath::Root | KeyPath::Item(..) => self.keys(),
        }
    }

    /// The key of the object, or of the list that contains it.
    fn key(&self) -> &str {
        match self {
            KeyPath::Root => "",
            KeyPath::Key(_, key) => key,
            KeyPath::Item(outer, _) => outer.key(),
        }
    }
}

/// A value of the document.
#[derive(Clone, Copy)]
struct Input<'p, 't> {
    value: Value<'t>,
    place: &'p KeyPath<'p>,
}

/// Reads a member of an object: its key, its value.
type ReadMember<'r, 't> = &'r mut dyn FnMut(&str, Input<'_, 't>) -> Fallible<()>;

/// Reads a run's object.
pub(super) fn run(object: Value<'_>) -> Fallible<RunSpec> {
    let mut spec = RunSpec::default();
    Input { value: object, place: &KeyPath::Root }.members("an object", &mut |key, input| {
        match key {
            "flow" => spec.flow = input.entity()?,
            "flow_run" => spec.flow_run = input.entity()?,
            "deployment" => spec.deployment = input.entity()?,
            "work_queue" => spec.work_queue = input.entity()?,
            "work_pool" => spec.work_pool = input.entity()?,
            "tags" => spec.tags = input.texts()?,
            "worker" => spec.worker = input.entity()?,
            "infrastructure" => spec.infrastructure = Some(input.infrastructure()?),
            "runner" => spec.runner = input.entity()?,
            "scheduled" => spec.scheduled = Some(input.moment()?),
            "starts" => spec.starts = Some(input.moment()?),
            "ends" => spec.ends = Some(input.moment()?),
            "dies" => spec.dies = Some(input.moment()?),
            "cancelled" => spec.cancelled = Some(input.moment()?),
            "state" => spec.state = Some(input.state()?),
            "retry" => spec.retry = input.breaks()?,
            "pause" => spec.pause = input.breaks()?,
            "suspend" => spec.suspend = input.breaks()?,
            "heartbeat" => spec.heartbeat = input.heartbeat()?,
            "tasks" => spec.tasks = input.tasks()?,
            "subflows" => spec.subflows = input.subflows()?,
            _ => {
                return Err(input.unknown(&[
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
                ]));
            }
        }
        Ok(())
    })?;
    Ok(spec)
}

impl<'t> Input<'_, 't> {
    fn wrong(self, expected: &str) -> BuildError {
        let error = error::must_be(&self.place.own(), expected, &shown_value(self.value));
        BuildError { key: Some(self.place.whole()), ..error }
    }

    /// `known`: the existing keys.
    fn unknown(self, known: &[&str]) -> BuildError {
        let (within, key) = match self.place {
            KeyPath::Key(outer, key) => (outer.key(), *key),
            KeyPath::Root | KeyPath::Item(..) => ("", ""),
        };
        BuildError { key: Some(self.place.whole()), ..error::unknown_key(WHAT, key, within, known) }
    }

    /// It has no such key.
    fn missing(self, key: &str, meaning: &str) -> BuildError {
        let error = error::needs(WHAT, &dotted(&self.place.keys(), key), meaning);
        BuildError { key: Some(dotted(&self.place.whole(), key)), ..error }
    }

    /// Reads an object. The last of repeated keys counts.
    fn members(self, expected: &str, read: ReadMember<'_, 't>) -> Fallible<()> {
        if self.value.kind() != Kind::Object {
            return Err(self.wrong(expected));
        }
        let members: Vec<_> = self.value.members().map(|(key, value)| (key.string(), value)).collect();
        let mut last: HashMap<&str, usize, RandomState> = HashMap::default();
        for (at, (key, _)) in members.iter().enumerate() {
            last.insert(key, at);
        }
        for (at, (key, value)) in members.iter().enumerate() {
            step(key.len().saturating_add(1));
            if last.get(&**key) == Some(&at) {
                read(key, Input { value: *value, place: &KeyPath::Key(self.place, key) })?;
            }
        }
        Ok(())
    }

    /// Reads a list.
    fn items(self, expected: &str, read: &mut dyn FnMut(Input<'_, 't>) -> Fallible<()>) -> Fallible<()> {
        if self.value.kind() != Kind::Array {
            return Err(self.wrong(expected));
        }
        for (index, value) in self.value.items().enumerate() {
            read(Input { value, place: &KeyPath::Item(self.place, index) })?;
        }
        Ok(())
    }

    /// Its text, if it is a string.
    fn if_text(self) -> Option<String> {
        self.value.is_string().then(|| self.value.string().into_owned())
    }

    fn text(self, expected: &str) -> Fallible<String> {
        self.if_text().filter(|text| !text.is_empty()).ok_or_else(|| self.wrong(expected))
    }

    fn texts(self) -> Fallible<Vec<String>> {
        const EXPECTED: &str = "a list of strings";
        let mut texts = Vec::new();
        self.items(EXPECTED, &mut |item| {
            texts.push(item.if_text().ok_or_else(|| self.wrong(EXPECTED))?);
            Ok(())
        })?;
        Ok(texts)
    }

    fn integer(self, expected: &str) -> Fallible<i64> {
        let is_scalar = self.value.is_string() || self.value.is_number();
        let text = is_scalar.then(|| self.value.string());
        let number = text.and_then(|text| Decimal::read(text.trim().as_bytes())?.whole());
        number.ok_or_else(|| self.wrong(expected))
    }

    /// Microseconds, from a string such as `2m30s` or a number of seconds.
    fn micros(self) -> Option<i64> {
        if self.value.is_number() {
            return Decimal::read(&self.value.bytes())?.micros();
        }
        span_of_text(&self.if_text()?)
    }

    fn moment(self) -> Fallible<RunMoment> {
        let after_now = self.micros().map(RunMoment::AfterNow);
        let at = || time::read(self.if_text()?.as_bytes())?.instant.map(RunMoment::At);
        after_now.or_else(at).ok_or_else(|| self.wrong("a time, or how long after `now`, such as `2m30s`"))
    }

    fn span(self) -> Fallible<TimeSpan> {
        let span = self.micros().filter(|span| *span >= 0).map(TimeSpan);
        span.ok_or_else(|| self.wrong("a non-negative duration such as `90s`"))
    }

    fn entity(self) -> Fallible<Option<EntitySpec>> {
        const EXPECTED: &str = "a name, or an object such as `{ id, name }`";
        let mut entity = EntitySpec::default();
        match self.value.kind() {
            Kind::Null => return Ok(None),
            Kind::String => {
                let text = Some(self.text(EXPECTED)?);
                let is_id = is_uuid(&self.value.bytes());
                *if is_id { &mut entity.id } else { &mut entity.name } = text;
            }
            _ => self.members(EXPECTED, &mut |key, input| {
                match key {
                    "id" => {
                        let id = input.if_text().filter(|text| is_uuid(text.as_bytes()));
                        entity.id = Some(id.ok_or_else(|| input.wrong("a UUID"))?);
                    }
                    "name" => entity.name = Some(input.text("a text")?),
                    "type" => entity.kind = Some(input.text("a text")?),
                    _ => return Err(input.unknown(&["id", "name", "type"])),
                }
                Ok(())
            })?,
        }
        Ok(Some(entity))
    }

    fn infrastructure(self) -> Fallible<InfrastructureSpec> {
        let mut infrastructure = InfrastructureSpec::default();
        self.members("an object such as `{ identifier, status_code: 0 }`", &mut |key, input| {
            match key {
                "identifier" => infrastructure.identifier = Some(input.text("a text")?),
                "status_code" => infrastructure.status_code = Some(input.integer("a whole number")?),
                _ => return Err(input.unknown(&["identifier", "status_code"])),
            }
            Ok(())
        })?;
        Ok(infrastructure)
    }

    fn state(self) -> Fallible<StateSpec> {
        let (mut name, mut kind, mut message) = (self.if_text(), None, String::new());
        if name.is_none() {
            self.members(STATES, &mut |key, input| {
                match key {
                    "name" => name = Some(input.text("a non-empty string")?),
                    "type" => {
                        kind = input.if_text().and_then(|text| state_type(&text));
                        kind.ok_or_else(|| input.wrong("a state type such as `COMPLETED`"))?;
                    }
                    "message" => message = input.if_text().ok_or_else(|| input.wrong("a text"))?,
                    _ => return Err(input.unknown(&["name", "type", "message"])),
                }
                Ok(())
            })?;
        }
        let name = name.ok_or_else(|| self.missing("name", ""))?;
        Ok(StateSpec { name, kind, message })
    }

    fn breaks(self) -> Fallible<Vec<BreakSpec>> {
        if self.value.kind() != Kind::Array {
            return Ok(vec![self.one_break()?]);
        }
        let mut breaks = Vec::new();
        self.items(BREAKS, &mut |item| {
            breaks.push(item.one_break()?);
            Ok(())
        })?;
        Ok(breaks)
    }

    fn one_break(self) -> Fallible<BreakSpec> {
        let (mut at, mut length) = (None, ten_seconds());
        self.members(BREAKS, &mut |key, input| {
            match key {
                "at" => at = Some(input.moment()?),
                "for" => length = input.span()?,
                _ => return Err(input.unknown(&["at", "for"])),
            }
            Ok(())
        })?;
        Ok(BreakSpec { at: at.ok_or_else(|| self.missing("at", ""))?, length })
    }

    fn heartbeat(self) -> Fallible<HeartbeatSpec> {
        let mut heartbeat = HeartbeatSpec::Usual;
        if self.value.kind() == Kind::Null {
            return Ok(HeartbeatSpec::Off);
        }
        self.members("an object such as `{ frequency: 30 }`, or null", &mut |key, input| {
            heartbeat = match key {
                "frequency" if input.value.kind() == Kind::Null => HeartbeatSpec::Usual,
                "frequency" => match input.span()? {
                    TimeSpan(0) => HeartbeatSpec::Off,
                    span => HeartbeatSpec::Every(span),
                },
                _ => return Err(input.unknown(&["frequency"])),
            };
            Ok(())
        })?;
        Ok(heartbeat)
    }

    fn tasks(self) -> Fallible<Vec<TaskSpec>> {
        let mut tasks = Vec::new();
        self.items("a list of tasks", &mut |item| {
            tasks.push(item.task()?);
            Ok(())
        })?;
        Ok(tasks)
    }

    fn task(self) -> Fallible<TaskSpec> {
        let mut task = TaskSpec::new("");
        self.members("a list of objects such as `{ name: \"extract\" }`", &mut |key, input| {
            match key {
                "name" => task.name = input.text("a non-empty string")?,
                "starts" => task.starts = Some(input.moment()?),
                "duration" => task.duration = input.span()?,
                "retries" => task.retries = input.retries()?,
                "retry_delay" => task.retry_delay = input.span()?,
                "state" => task.state = Some(input.state()?),
                "tags" => task.tags = input.texts()?,
                _ => {
                    let known = ["name", "starts", "duration", "retries", "retry_delay", "state", "tags"];
                    return Err(input.unknown(&known));
                }
            }
            Ok(())
        })?;
        if task.name.is_empty() {
            return Err(self.missing("name", "the name of the task"));
        }
        Ok(task)
    }

    fn retries(self) -> Fallible<u16> {
        const EXPECTED: &str = "an integer from 0 to 1000";
        let retries = u16::try_from(self.integer(EXPECTED)?).ok();
        retries.filter(|retries| *retries <= 1000).ok_or_else(|| self.wrong(EXPECTED))
    }

    fn subflows(self) -> Fallible<Vec<SubflowSpec>> {
        let mut subflows = Vec::new();
        self.items("a list of runs", &mut |item| {
            subflows.push(item.subflow()?);
            Ok(())
        })?;
        Ok(subflows)
    }

    fn subflow(self) -> Fallible<SubflowSpec> {
        let mut spec = SubflowSpec::default();
        self.members("a list of runs, nested 16 deep at most", &mut |key, input| {
            match key {
                "flow" => spec.flow = input.entity()?,
                "flow_run" => spec.flow_run = input.entity()?,
                "tags" => spec.tags = input.texts()?,
                "starts" => spec.starts = Some(input.moment()?),
                "ends" => spec.ends = Some(input.moment()?),
                "state" => spec.state = Some(input.state()?),
                "heartbeat" => spec.heartbeat = input.heartbeat()?,
                "tasks" => spec.tasks = input.tasks()?,
                "subflows" => spec.subflows = input.subflows()?,
                _ => {
                    return Err(input.unknown(&[
                        "flow",
                        "flow_run",
                        "tags",
                        "starts",
                        "ends",
                        "state",
                        "heartbeat",
                        "tasks",
                        "subflows",
                    ]));
                }
            }
            Ok(())
        })?;
        Ok(spec)
    }
}
