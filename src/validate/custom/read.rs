//! Converts the tape to values of the JSON Schema library, and finds their places on the tape.

use std::borrow::Cow;

use hashbrown::HashMap;
use serde_json::{Map, Value as Json};

use crate::json::{Kind, Value};

/// Values already reported as unreadable (`NaN`, a number beyond all doubles) become null.
pub(super) fn value(value: Value<'_>) -> Json {
    match value.kind() {
        Kind::Null | Kind::NonFinite => Json::Null,
        Kind::True => Json::Bool(true),
        Kind::False => Json::Bool(false),
        Kind::Integer | Kind::Float => serde_json::from_slice(value.raw()).map_or(Json::Null, Json::Number),
        Kind::String | Kind::Date => Json::String(value.string().into_owned()),
        Kind::Array => Json::Array(value.items().map(self::value).collect()),
        Kind::Object => {
            let member = |(key, member): (Value<'_>, Value<'_>)| (key.string().into_owned(), self::value(member));
            Json::Object(value.members().map(member).collect::<Map<_, _>>())
        }
    }
}

/// The value at a JSON Pointer.
pub(super) fn at<'t>(root: Value<'t>, pointer: &str) -> Option<Value<'t>> {
    pointer.split('/').skip(1).try_fold(root, |value, step| {
        let step = step.replace("~1", "/").replace("~0", "~");
        match value.kind() {
            Kind::Array => value.items().nth(step.parse().ok()?),
            _ => value.get(&step),
        }
    })
}

/// Finds many values of one document: lists the children of an array or object only once.
pub(super) struct Finder<'t> {
    root: Value<'t>,
    arrays: HashMap<u32, Vec<Value<'t>>>,
    /// By key, the key and the value; of repeated keys the last, which counts.
    objects: HashMap<u32, HashMap<Cow<'t, str>, (Value<'t>, Value<'t>)>>,
}

impl<'t> Finder<'t> {
    pub(super) fn new(root: Value<'t>) -> Self {
        Finder { root, arrays: HashMap::default(), objects: HashMap::default() }
    }

    /// The value at a JSON Pointer.
    pub(super) fn at(&mut self, pointer: &str) -> Option<Value<'t>> {
        pointer.split('/').skip(1).try_fold(self.root, |value, step| {
            if value.kind() == Kind::Array {
                let items = self.arrays.entry(value.index()).or_insert_with(|| value.items().collect());
                return items.get(step.parse::<usize>().ok()?).copied();
            }
            self.member(value, &step.replace("~1", "/").replace("~0", "~")).map(|(_, member)| member)
        })
    }

    /// A member of an object: its key and its value.
    pub(super) fn member(&mut self, object: Value<'t>, name: &str) -> Option<(Value<'t>, Value<'t>)> {
        let members = self.objects.entry(object.index());
        let members =
            members.or_insert_with(|| object.members().map(|(key, member)| (key.string(), (key, member))).collect());
        members.get(name).copied()
    }
}
