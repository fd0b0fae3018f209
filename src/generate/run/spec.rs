//! What a run is to be: the input of [`build_run`](super::build_run), typed.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor};

use crate::catalogue::is_uuid;
use crate::json::{Decimal, Kind, Tape};
use crate::time::span::span_of_text;
use crate::time::{self, Instant};

use super::super::error::{self, BuildError};
use super::super::event::{lone_surrogate, read_json};
use super::de::Read;
use super::state::state_type;

const SECOND: i64 = 1_000_000;

/// What a flow run is to be. All fields can be left out.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "an object")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct RunSpec {
    /// The flow. Default: a flow called `my-flow`.
    #[serde(deserialize_with = "entity")]
    pub flow: Option<EntitySpec>,
    /// The flow run. Default: a name such as `brave-otter`.
    #[serde(deserialize_with = "entity")]
    pub flow_run: Option<EntitySpec>,
    /// The deployment that created the run. Default: none.
    #[serde(deserialize_with = "entity")]
    pub deployment: Option<EntitySpec>,
    /// The work queue. Default: `default` if there is a work pool, otherwise none.
    #[serde(deserialize_with = "entity")]
    pub work_queue: Option<EntitySpec>,
    /// The work pool, with its `type` (default: `process`). Default: none.
    #[serde(deserialize_with = "entity")]
    pub work_pool: Option<EntitySpec>,
    /// The tags of the run.
    #[serde(deserialize_with = "texts")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<String>>"))]
    pub tags: Vec<String>,
    /// The worker that submits the flow run and reports how its infrastructure ended; with its `type` (default: that of
    /// the work pool). Default: none.
    #[serde(deserialize_with = "entity")]
    pub worker: Option<EntitySpec>,
    /// What the worker ran. Needs `worker`.
    #[serde(deserialize_with = "some")]
    pub infrastructure: Option<InfrastructureSpec>,
    /// The runner that serves the flow run and cancels it. Needs `cancelled`. Default: none.
    #[serde(deserialize_with = "entity")]
    pub runner: Option<EntitySpec>,
    /// When it was scheduled: more than a second before `starts`. Without it, the history begins with `Pending`.
    #[serde(deserialize_with = "some")]
    pub scheduled: Option<RunMoment>,
    /// When it is `Running`. Default: `now`.
    #[serde(deserialize_with = "some")]
    pub starts: Option<RunMoment>,
    /// When it reaches its last state. Default: a minute after `starts` or half a second after its last task or
    /// subflow, unless it `dies`.
    #[serde(deserialize_with = "some")]
    pub ends: Option<RunMoment>,
    /// When its process dies: no event occurs then or later. Default: never.
    #[serde(deserialize_with = "some")]
    pub dies: Option<RunMoment>,
    /// When it is asked to stop: it is `Cancelling` until `ends`, then `Cancelled`. Default: never.
    #[serde(deserialize_with = "some")]
    pub cancelled: Option<RunMoment>,
    /// The last state. Default: `Completed`.
    #[serde(deserialize_with = "some")]
    pub state: Option<StateSpec>,
    /// Times at which it fails, and waits (`AwaitingRetry`) until it runs again.
    #[serde(deserialize_with = "breaks")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "BreakSpec | BreakSpec[]"))]
    pub retry: Vec<BreakSpec>,
    /// Times at which it is `Paused`: its process waits.
    #[serde(deserialize_with = "breaks")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "BreakSpec | BreakSpec[]"))]
    pub pause: Vec<BreakSpec>,
    /// Times at which it is `Suspended`: its process ends, and another one goes on.
    #[serde(deserialize_with = "breaks")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "BreakSpec | BreakSpec[]"))]
    pub suspend: Vec<BreakSpec>,
    /// How often it sends a heartbeat; null: never. Default: every 180 seconds.
    #[cfg_attr(feature = "typescript", ts(optional, type = "null | { frequency: string | number }"))]
    pub heartbeat: HeartbeatSpec,
    /// The task runs, in turn.
    #[serde(deserialize_with = "tasks")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<TaskSpec>>"))]
    pub tasks: Vec<TaskSpec>,
    /// The subflows, which run in the process of their parent; 16 deep at most.
    #[serde(deserialize_with = "subflows")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<SubflowSpec>>"))]
    pub subflows: Vec<SubflowSpec>,
}

/// A subflow: a flow run in the process of its parent, so it has no worker and no deployment of its own. The fields are
/// those of [`RunSpec`].
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a list of runs, nested 16 deep at most")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct SubflowSpec {
    /// The flow. Default: a flow called `my-flow`.
    #[serde(deserialize_with = "entity")]
    pub flow: Option<EntitySpec>,
    /// The flow run. Default: a name such as `brave-otter`.
    #[serde(deserialize_with = "entity")]
    pub flow_run: Option<EntitySpec>,
    /// The tags of the run.
    #[serde(deserialize_with = "texts")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<String>>"))]
    pub tags: Vec<String>,
    /// When it is `Running`. Default: `now`.
    #[serde(deserialize_with = "some")]
    pub starts: Option<RunMoment>,
    /// When it reaches its last state. Default: as that of a run.
    #[serde(deserialize_with = "some")]
    pub ends: Option<RunMoment>,
    /// The last state. Default: `Completed`.
    #[serde(deserialize_with = "some")]
    pub state: Option<StateSpec>,
    /// How often it sends a heartbeat; null: never. Default: every 180 seconds.
    #[cfg_attr(feature = "typescript", ts(optional, type = "null | { frequency: string | number }"))]
    pub heartbeat: HeartbeatSpec,
    /// The task runs, in turn.
    #[serde(deserialize_with = "tasks")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<TaskSpec>>"))]
    pub tasks: Vec<TaskSpec>,
    /// The subflows of this subflow.
    #[serde(deserialize_with = "subflows")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<SubflowSpec>>"))]
    pub subflows: Vec<SubflowSpec>,
}

/// A flow, a flow run, a deployment and the like. As input: a name, a UUID, or an object of these fields; null is the
/// same as nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct EntitySpec {
    /// A UUID. Default: a new one.
    pub id: Option<String>,
    pub name: Option<String>,
    /// Of work pools and workers, such as `kubernetes`.
    #[cfg_attr(feature = "typescript", ts(rename = "type"))]
    pub kind: Option<String>,
}

/// What a worker ran a flow run on.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "an object such as `{ identifier, status_code: 0 }`")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct InfrastructureSpec {
    /// Its identifier. Default: the name of the flow run with some digits.
    #[serde(deserialize_with = "some_text")]
    pub identifier: Option<String>,
    /// The status code of its process. Default: 0, or 1 if the run crashed.
    #[serde(deserialize_with = "some_integer")]
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub status_code: Option<i64>,
}

/// The last state of a run. As input: a name, or an object of these fields.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct StateSpec {
    /// Of a state that Prefect knows, or one of your own.
    pub name: String,
    /// The state type, such as `COMPLETED`. Needed of a state of your own.
    #[cfg_attr(feature = "typescript", ts(rename = "type", type = "string"))]
    pub kind: Option<&'static str>,
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<String>"))]
    pub message: String,
}

/// How a run stops for a while, and goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object such as `{ at: \"3m\", for: \"30s\" }`")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct BreakSpec {
    /// When it stops.
    pub at: RunMoment,
    /// After how long it goes on: three seconds at least. Default: ten seconds.
    #[serde(rename = "for", default = "ten_seconds")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Span>"))]
    pub length: Span,
}

/// How often a run sends a heartbeat. As input: null, or an object with `frequency`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum HeartbeatSpec {
    /// As often as Prefect's clients do by default: every 180 seconds.
    #[default]
    Usual,
    /// Never.
    Off,
    /// A second or more apart.
    Every(Span),
}

/// Task runs that one task makes.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a list of objects such as `{ name: \"extract\" }`")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct TaskSpec {
    /// Of the task; its runs are called after it, with a number.
    #[serde(deserialize_with = "text")]
    pub name: String,
    /// When it is `Pending`. Default: when the task before ends.
    #[serde(default, deserialize_with = "some")]
    pub starts: Option<RunMoment>,
    /// How long each attempt runs. Default: a second.
    #[serde(default = "one_second")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Span>"))]
    pub duration: Span,
    /// How often it fails before the last attempt: 0 to 1000. Default: 0.
    #[serde(default, deserialize_with = "retries")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<u16>"))]
    pub retries: u16,
    /// How long it waits before each further attempt. Default: a second.
    #[serde(default = "one_second")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Span>"))]
    pub retry_delay: Span,
    /// The last state. Default: `Completed`.
    #[serde(default, deserialize_with = "some")]
    pub state: Option<StateSpec>,
    /// The tags of the task run.
    #[serde(default, deserialize_with = "texts")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<String>>"))]
    pub tags: Vec<String>,
}

/// A point in time. As input: RFC 3339 text, or how long after `now` (`2m30s`, `-10m`, a number of seconds).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string | number"))]
pub enum RunMoment {
    At(Instant),
    /// Microseconds.
    AfterNow(i64),
}

impl RunMoment {
    /// `None`: it is beyond all times.
    pub(super) fn instant(self, now: Instant) -> Option<Instant> {
        match self {
            RunMoment::At(instant) => Some(instant),
            RunMoment::AfterNow(span) => now.0.checked_add(span).map(Instant),
        }
    }
}

/// A span of time in microseconds, not negative. As input: text such as `90s` or `1h30m`, or a number of seconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string | number"))]
pub struct Span(pub i64);

impl RunSpec {
    /// Reads JSON text: an object with the fields as keys. Unlike other readers for serde, this one says of an unknown
    /// key which one was probably meant, and of each mistake its key.
    ///
    /// # Errors
    ///
    /// The text is no JSON object, or a key or value in it is wrong.
    pub fn from_json(text: &[u8]) -> Result<RunSpec, BuildError> {
        let wrong = || BuildError::new("what a run is built of must be an object");
        let mut tape = Tape::new();
        let document = read_json(text, &mut tape).ok_or_else(wrong)?;
        let root = document.root().filter(|root| root.kind() == Kind::Object).ok_or_else(wrong)?;
        if let Some(key) = lone_surrogate(root) {
            return Err(error::lone_surrogate(&key));
        }
        let needed = [("tasks.name", "what a task is called")];
        RunSpec::deserialize(Read(root)).map_err(|error| error.into_build_error("a run", &needed))
    }
}

fn one_second() -> Span {
    Span(SECOND)
}

fn ten_seconds() -> Span {
    Span(10 * SECOND)
}

// ---- readers

/// Reads a scalar of some kind.
struct Scalar<T, R> {
    expected: &'static str,
    read: R,
    of: PhantomData<T>,
}

impl<T, R: Fn(&str, bool) -> Option<T>> Visitor<'_> for Scalar<T, R> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.read)(text, true).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        (self.read)(&number.to_string(), false).ok_or_else(|| E::invalid_value(Unexpected::Signed(number), &self))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        (self.read)(&number.to_string(), false).ok_or_else(|| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        (self.read)(&number.to_string(), false).ok_or_else(|| E::invalid_value(Unexpected::Float(number), &self))
    }
}

/// `read`: reads a text, or the text of a number.
fn scalar<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    expected: &'static str,
    read: impl Fn(&str, bool) -> Option<T>,
) -> Result<T, D::Error> {
    deserializer.deserialize_any(Scalar { expected, read, of: PhantomData })
}

fn span(text: &str, is_text: bool) -> Option<i64> {
    if is_text { span_of_text(text) } else { Decimal::read(text.as_bytes())?.micros() }
}

impl<'de> Deserialize<'de> for RunMoment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        scalar(deserializer, "a time, or how long after `now`, such as `2m30s`", |text, is_text| {
            let span = span(text, is_text).map(RunMoment::AfterNow);
            span.or_else(|| time::read(text.as_bytes()).filter(|_| is_text)?.instant.map(RunMoment::At))
        })
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        scalar(deserializer, "a span of time such as `90s`, not negative", |text, is_text| {
            span(text, is_text).filter(|span| *span >= 0).map(Span)
        })
    }
}

fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    scalar(deserializer, "a text, not empty", |text, is_text| (is_text && !text.is_empty()).then(|| text.to_owned()))
}

fn some_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    scalar(deserializer, "a text", |text, is_text| (is_text && !text.is_empty()).then(|| text.to_owned())).map(Some)
}

fn message<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    scalar(deserializer, "a text", |text, is_text| is_text.then(|| text.to_owned()))
}

fn uuid<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let read = |text: &str, is_text: bool| (is_text && is_uuid(text.as_bytes())).then(|| text.to_owned());
    scalar(deserializer, "a UUID", read).map(Some)
}

fn integer(text: &str) -> Option<i64> {
    Decimal::read(text.trim().as_bytes()).and_then(Decimal::whole)
}

fn some_integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    scalar(deserializer, "a whole number", |text, _| integer(text)).map(Some)
}

fn retries<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    scalar(deserializer, "a whole number from 0 to 1000", |text, _| {
        integer(text).and_then(|number| u16::try_from(number).ok()).filter(|number| *number <= 1000)
    })
}

struct StateType(&'static str);

impl<'de> Deserialize<'de> for StateType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = |text: &str, is_text: bool| state_type(text).filter(|_| is_text).map(StateType);
        scalar(deserializer, "a state type such as `COMPLETED`", read)
    }
}

/// What is there, and not null.
fn some<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Reads an object, or a text that stands for one.
struct TextOrObject<T, O, R> {
    expected: &'static str,
    read: R,
    convert: fn(O) -> T,
}

impl<'de, T, O: Deserialize<'de>, R: Fn(&str) -> Option<T>> Visitor<'de> for TextOrObject<T, O, R> {
    type Value = Option<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Option<T>, E> {
        (self.read)(text).map(Some).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Option<T>, A::Error> {
        O::deserialize(MapAccessDeserializer::new(map)).map(self.convert).map(Some)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntityObject {
    #[serde(default, deserialize_with = "uuid")]
    id: Option<String>,
    #[serde(default, deserialize_with = "some_text")]
    name: Option<String>,
    #[serde(default, rename = "type", deserialize_with = "some_text")]
    kind: Option<String>,
}

fn entity<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<EntitySpec>, D::Error> {
    deserializer.deserialize_any(TextOrObject {
        expected: "a name, or an object such as `{ id, name }`",
        read: |text: &str| {
            let text = Some(text).filter(|text| !text.is_empty())?.to_owned();
            let is_id = is_uuid(text.as_bytes());
            let (id, name) = if is_id { (Some(text), None) } else { (None, Some(text)) };
            Some(EntitySpec { id, name, kind: None })
        },
        convert: |EntityObject { id, name, kind }| EntitySpec { id, name, kind },
    })
}

impl<'de> Deserialize<'de> for EntitySpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        entity(deserializer).map(Option::unwrap_or_default)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StateObject {
    #[serde(deserialize_with = "text")]
    name: String,
    #[serde(default, rename = "type", deserialize_with = "some")]
    kind: Option<StateType>,
    #[serde(default, deserialize_with = "message")]
    message: String,
}

pub(super) const STATES: &str =
    "the name of a state, or one of your own with its type, such as `{ name: \"Processed\", type: \"COMPLETED\" }`";

impl<'de> Deserialize<'de> for StateSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let state = deserializer.deserialize_any(TextOrObject {
            expected: STATES,
            read: |text: &str| Some(StateSpec { name: text.to_owned(), kind: None, message: String::new() }),
            convert: |StateObject { name, kind, message }| StateSpec { name, kind: kind.map(|kind| kind.0), message },
        })?;
        state.ok_or_else(|| D::Error::invalid_type(Unexpected::Unit, &STATES))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HeartbeatObject {
    #[serde(default)]
    frequency: Option<Span>,
}

impl<'de> Deserialize<'de> for HeartbeatSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spec = deserializer.deserialize_any(TextOrObject {
            expected: "an object such as `{ frequency: 30 }`, or null",
            read: |_: &str| None,
            convert: |HeartbeatObject { frequency }| match frequency {
                None => HeartbeatSpec::Usual,
                Some(Span(0)) => HeartbeatSpec::Off,
                Some(span) => HeartbeatSpec::Every(span),
            },
        })?;
        Ok(spec.unwrap_or(HeartbeatSpec::Off))
    }
}

/// Reads a list; with `is_one`, also one item of it.
struct ListOf<T> {
    expected: &'static str,
    is_one: bool,
    of: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListOf<T> {
    type Value = Vec<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.expected)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
        let mut all = Vec::new();
        while let Some(item) = seq.next_element()? {
            all.push(item);
        }
        Ok(all)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Vec<T>, A::Error> {
        if self.is_one {
            return T::deserialize(MapAccessDeserializer::new(map)).map(|one| vec![one]);
        }
        Err(A::Error::invalid_type(Unexpected::Map, &self))
    }
}

fn breaks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<BreakSpec>, D::Error> {
    let expected = "an object such as `{ at: \"3m\", for: \"30s\" }`";
    deserializer.deserialize_any(ListOf { expected, is_one: true, of: PhantomData })
}

fn tasks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<TaskSpec>, D::Error> {
    deserializer.deserialize_any(ListOf { expected: "a list of tasks", is_one: false, of: PhantomData })
}

fn subflows<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<SubflowSpec>, D::Error> {
    deserializer.deserialize_any(ListOf { expected: "a list of runs", is_one: false, of: PhantomData })
}

/// A text, or nothing that is one.
enum Loose {
    Text(String),
    Other,
}

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfLoose;

        impl<'de> Visitor<'de> for OfLoose {
            type Value = Loose;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Loose, E> {
                Ok(Loose::Text(text.to_owned()))
            }

            fn visit_bool<E: Error>(self, _: bool) -> Result<Loose, E> {
                Ok(Loose::Other)
            }

            fn visit_i64<E: Error>(self, _: i64) -> Result<Loose, E> {
                Ok(Loose::Other)
            }

            fn visit_u64<E: Error>(self, _: u64) -> Result<Loose, E> {
                Ok(Loose::Other)
            }

            fn visit_f64<E: Error>(self, _: f64) -> Result<Loose, E> {
                Ok(Loose::Other)
            }

            fn visit_unit<E: Error>(self) -> Result<Loose, E> {
                Ok(Loose::Other)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Loose, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Loose::Other)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Loose, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Loose::Other)
            }
        }

        deserializer.deserialize_any(OfLoose)
    }
}

/// A list of nothing but texts.
fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    struct Texts;

    impl<'de> Visitor<'de> for Texts {
        type Value = Vec<String>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a list of texts")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<String>, A::Error> {
            let mut all = Vec::new();
            while let Some(item) = seq.next_element()? {
                match item {
                    Loose::Text(text) => all.push(text),
                    Loose::Other => return Err(A::Error::invalid_value(Unexpected::Seq, &self)),
                }
            }
            Ok(all)
        }
    }

    deserializer.deserialize_any(Texts)
}
