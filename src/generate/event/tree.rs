//! Events as trees, for code that reads their parts, such as a simulation.

use std::fmt;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::event::{EventReader, SharedText};
use crate::json::Decimal;
use crate::text::steps::step;

use super::sink::Sink;

/// A JSON value with shared strings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Json {
    /// `null`.
    Null,
    /// A string.
    Text(SharedText),
    /// A number or a boolean, as written.
    Other(SharedText),
    /// An array.
    List(Vec<Json>),
    /// An object: names and values, in order.
    Object(Vec<(SharedText, Json)>),
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Json::Null => serializer.serialize_unit(),
            Json::Text(text) => serializer.serialize_str(text),
            Json::Other(text) => match (text.parse::<bool>(), text.parse::<i64>(), Decimal::read(text.as_bytes())) {
                (Ok(flag), ..) => serializer.serialize_bool(flag),
                (_, Ok(number), _) => serializer.serialize_i64(number),
                (_, _, Some(number)) => serializer.serialize_f64(number.to_double()),
                _ => serializer.serialize_str(text),
            },
            Json::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Json::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(&**name, value)?;
                }
                map.end()
            }
        }
    }
}

/// Builds a tree from an event. Repeated strings are shared.
pub(in crate::generate) struct Tree<'r> {
    reader: &'r mut EventReader,
    text: String,
    /// The open containers, outermost first, each with its name in its parent.
    open: Vec<(Option<SharedText>, Json)>,
    name: Option<SharedText>,
    root: Option<Json>,
}

impl fmt::Debug for Tree<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Tree").field("open", &self.open).finish_non_exhaustive()
    }
}

impl<'r> Tree<'r> {
    pub(crate) fn new(reader: &'r mut EventReader) -> Self {
        Tree { reader, text: String::new(), open: Vec::new(), name: None, root: None }
    }

    pub(crate) fn finish(self) -> Option<Json> {
        self.root
    }

    fn add(&mut self, name: Option<SharedText>, value: Json) {
        step(1);
        match self.open.last_mut() {
            Some((_, Json::Object(members))) => members.extend(name.map(|name| (name, value))),
            Some((_, Json::List(items))) => items.push(value),
            _ => self.root = Some(value),
        }
    }
}

impl Sink for Tree<'_> {
    fn open(&mut self, bracket: char) {
        let value = if bracket == '{' { Json::Object(Vec::new()) } else { Json::List(Vec::new()) };
        let name = self.name.take();
        self.open.push((name, value));
    }

    fn close(&mut self, _: char) {
        if let Some((name, value)) = self.open.pop() {
            self.add(name, value);
        }
    }

    fn key(&mut self, name: &str) {
        self.name = Some(self.reader.share(name));
    }

    fn item(&mut self) {}

    fn begin_text(&mut self) {
        self.text.clear();
    }

    fn chars(&mut self, text: &str) {
        step(text.len());
        self.text.push_str(text);
    }

    fn end_text(&mut self) {
        let (name, text) = (self.name.take(), self.reader.share(&self.text));
        self.add(name, Json::Text(text));
    }

    fn json(&mut self, json: &str) {
        let name = self.name.take();
        let value = if json == "null" { Json::Null } else { Json::Other(self.reader.share(json)) };
        self.add(name, value);
    }
}
