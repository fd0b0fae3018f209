//! Readers of a run's fields, for any format of serde.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor};

use crate::catalogue::is_uuid;
use crate::json::Decimal;
use crate::time::{self, span::span_of_text};

use super::spec::{BreakSpec, EntitySpec, HeartbeatSpec, RunMoment, Span, StateSpec, SubflowSpec, TaskSpec};
use super::state::state_type;

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

pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    scalar(deserializer, "a text, not empty", |text, is_text| (is_text && !text.is_empty()).then(|| text.to_owned()))
}

pub(super) fn some_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
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

pub(super) fn some_integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    scalar(deserializer, "a whole number", |text, _| integer(text)).map(Some)
}

pub(super) fn retries<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
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
pub(super) fn some<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
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

pub(super) fn entity<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<EntitySpec>, D::Error> {
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

pub(super) fn breaks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<BreakSpec>, D::Error> {
    let expected = "an object such as `{ at: \"3m\", for: \"30s\" }`";
    deserializer.deserialize_any(ListOf { expected, is_one: true, of: PhantomData })
}

pub(super) fn tasks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<TaskSpec>, D::Error> {
    deserializer.deserialize_any(ListOf { expected: "a list of tasks", is_one: false, of: PhantomData })
}

pub(super) fn subflows<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<SubflowSpec>, D::Error> {
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
pub(super) fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
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
