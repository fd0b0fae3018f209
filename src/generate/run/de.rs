//! Values of a JSON document for serde, with errors that name the key.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::CowStrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, Expected, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

use crate::diagnostic::display::text as shown_value;
use crate::json::{Items, Kind, Value};

use super::super::error::{self, BuildError};

/// Why a value cannot be read. The innermost reader says what is wrong; those around it say where.
#[derive(Debug)]
pub(super) struct ReadError {
    /// Keys and indexes, from the inside out.
    path: Vec<Step>,
    problem: Problem,
}

#[derive(Debug)]
enum Step {
    Key(String),
    Index(usize),
}

#[derive(Debug)]
enum Problem {
    Wrong { expected: String, found: Option<String> },
    Unknown { name: String, known: &'static [&'static str] },
    Missing(&'static str),
    Other(String),
}

impl From<Problem> for ReadError {
    fn from(problem: Problem) -> Self {
        ReadError { path: Vec::new(), problem }
    }
}

impl ReadError {
    /// A value of this kind is wrong.
    fn of(mut self, value: Value<'_>) -> Self {
        if let Problem::Wrong { found: found @ None, .. } = &mut self.problem {
            *found = Some(shown_value(value));
        }
        self
    }

    fn within(mut self, step: Step) -> Self {
        self.path.push(step);
        self
    }

    /// As an error of whoever builds `what`. `needed`: what is said of keys that are missing.
    pub(super) fn into_build_error(self, what: &str, needed: &[(&str, &str)]) -> BuildError {
        let ReadError { mut path, problem } = self;
        path.reverse();
        let whole = |key: Option<&str>| {
            let steps = path.iter().map(|step| match step {
                Step::Key(key) => key.clone(),
                Step::Index(index) => index.to_string(),
            });
            steps.chain(key.map(str::to_owned)).collect::<Vec<_>>().join(".")
        };
        // Of an item of a list, its keys alone; of a whole item, the list.
        let own = || {
            let last = path.iter().rposition(|step| matches!(step, Step::Index(_)));
            let own = match last {
                Some(last) if last.saturating_add(1) < path.len() => path.get(last..),
                _ => Some(&*path),
            };
            keys(own.unwrap_or_default())
        };
        match problem {
            Problem::Wrong { expected, found } => {
                let error = error::must_be(&own(), &expected, &found.unwrap_or_default());
                BuildError { key: Some(whole(None)), ..error }
            }
            Problem::Unknown { name, known } => {
                let within = path.iter().rev().find_map(|step| match step {
                    Step::Key(key) => Some(key.as_str()),
                    Step::Index(_) => None,
                });
                let error = error::unknown_key(what, &name, within.unwrap_or_default(), known);
                BuildError { key: Some(whole(Some(&name))), ..error }
            }
            Problem::Missing(name) => {
                let all = keys(&path);
                let key = if all.is_empty() { name.to_owned() } else { [&all, ".", name].concat() };
                let meaning = needed.iter().find(|(needed, _)| key.ends_with(needed)).map_or("", |(_, text)| text);
                BuildError { key: Some(whole(Some(name))), ..error::needs(what, &key, meaning) }
            }
            Problem::Other(message) => {
                BuildError { key: Some(whole(None)).filter(|key| !key.is_empty()), ..BuildError::new(message) }
            }
        }
    }
}

fn keys(path: &[Step]) -> String {
    let keys = path.iter().filter_map(|step| match step {
        Step::Key(key) => Some(key.as_str()),
        Step::Index(_) => None,
    });
    keys.collect::<Vec<_>>().join(".")
}

impl fmt::Display for ReadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}", self.problem)
    }
}

impl std::error::Error for ReadError {}

impl Error for ReadError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Problem::Other(message.to_string()).into()
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Problem::Wrong { expected: expected.to_string(), found: None }.into()
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Problem::Wrong { expected: expected.to_string(), found: None }.into()
    }

    fn unknown_field(name: &str, known: &'static [&'static str]) -> Self {
        Problem::Unknown { name: name.to_owned(), known }.into()
    }

    fn missing_field(name: &'static str) -> Self {
        Problem::Missing(name).into()
    }
}

/// A value of a document.
#[derive(Clone, Copy)]
pub(super) struct Read<'t>(pub Value<'t>);

impl<'t> Read<'t> {
    fn visit<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let Read(value) = self;
        match value.kind() {
            Kind::Null => visitor.visit_unit(),
            Kind::True => visitor.visit_bool(true),
            Kind::False => visitor.visit_bool(false),
            Kind::Integer | Kind::Float | Kind::NonFinite => {
                let text = value.string();
                match (text.parse::<i64>(), text.parse::<f64>()) {
                    (Ok(number), _) => visitor.visit_i64(number),
                    (_, Ok(number)) => visitor.visit_f64(number),
                    _ => visitor.visit_f64(f64::NAN),
                }
            }
            // The text of a YAML date is the nearest that there is.
            Kind::String | Kind::Date => match value.string() {
                Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
                Cow::Owned(text) => visitor.visit_string(text),
            },
            Kind::Array => visitor.visit_seq(List { items: value.items(), index: 0 }),
            Kind::Object => visitor.visit_map(Members::of(value)),
        }
    }
}

impl<'de> Deserializer<'de> for Read<'de> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.visit(visitor).map_err(|error| if error.path.is_empty() { error.of(self.0) } else { error })
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        if self.0.kind() == Kind::Null { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct List<'t> {
    items: Items<'t>,
    index: usize,
}

impl<'t> SeqAccess<'t> for List<'t> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'t>>(&mut self, seed: T) -> Result<Option<T::Value>, ReadError> {
        let Some(item) = self.items.next() else { return Ok(None) };
        let index = self.index;
        self.index = index.saturating_add(1);
        seed.deserialize(Read(item)).map(Some).map_err(|error| error.within(Step::Index(index)))
    }
}

/// Of a repeated key the last value counts.
struct Members<'t> {
    members: std::vec::IntoIter<(Cow<'t, str>, Value<'t>)>,
    value: Option<(Cow<'t, str>, Value<'t>)>,
}

impl<'t> Members<'t> {
    fn of(object: Value<'t>) -> Self {
        let mut members: Vec<_> = object.members().map(|(key, value)| (key.string(), value)).collect();
        let last: BTreeMap<&str, u32> = members.iter().map(|(key, value)| (&**key, value.index())).collect();
        if last.len() < members.len() {
            let kept: Vec<u32> = {
                let is_last = |(key, value): &&(Cow<'_, str>, Value<'_>)| last.get(&**key) == Some(&value.index());
                members.iter().filter(is_last).map(|(_, value)| value.index()).collect()
            };
            let mut kept = kept.into_iter().peekable();
            members.retain(|(_, value)| kept.next_if_eq(&value.index()).is_some());
        }
        Members { members: members.into_iter(), value: None }
    }
}

impl<'t> MapAccess<'t> for Members<'t> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'t>>(&mut self, seed: K) -> Result<Option<K::Value>, ReadError> {
        let Some((key, value)) = self.members.next() else { return Ok(None) };
        self.value = Some((key.clone(), value));
        seed.deserialize(CowStrDeserializer::new(key)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'t>>(&mut self, seed: T) -> Result<T::Value, ReadError> {
        let Some((key, value)) = self.value.take() else { return Err(ReadError::custom("a value without a key")) };
        seed.deserialize(Read(value)).map_err(|error| error.within(Step::Key(key.into_owned())))
    }
}
