//! Python's values, as far as templates see them. Numbers, strings, lists and tuples are minijinja's own; everything else
//! is a [`Py`].

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};

use minijinja::Value;
use minijinja::value::{Enumerator, Object, ObjectRepr, Tuple, ValueKind};

use crate::text::table::Map;

/// A value that minijinja does not have, or has in another form.
#[derive(Debug)]
pub(in crate::action) enum Py {
    /// Jinja's `ChainableUndefined`.
    Undefined(Missing),
    Dict(Dict),
    Set(Vec<Value>),
    /// A point in time with microseconds since the epoch; always in UTC.
    Time(i64),
    /// `datetime.date` and other values that are only printed: class, text, `repr`.
    Plain(&'static str, String, String),
    Delta(Delta),
    Uuid(String),
    /// A member of an enumeration of strings: class, name, value.
    Enum(&'static str, String, String),
    Model(Model),
    /// A resource or a specification of one: a pydantic `RootModel`.
    Root(&'static str, Dict),
    Labels(Labels),
    /// What `map`, `select` and similar filters return.
    Generator(Vec<Value>),
    /// A method that was looked up, not called.
    Method(Value, String),
    /// `dict_keys`, `dict_items`, `dict_values`.
    View(&'static str, Vec<Value>),
    Range(i64, i64, i64),
    /// A group of the filter `groupby`.
    Group(Value, Vec<Value>),
    Cycler(Vec<Value>, AtomicUsize),
    Joiner(String, AtomicUsize),
    Function(&'static str),
    /// What only the server knows: its path, such as `flow_run.parameters`.
    Unknown(String),
    Bytes(Vec<u8>),
}

/// A value that does not exist.
#[derive(Clone, Debug)]
pub(in crate::action) struct Missing {
    /// What is raised if it is used: `UndefinedError` or `SecurityError`.
    pub(in crate::action) class: &'static str,
    pub(in crate::action) message: String,
    /// The nearest name that exists.
    pub(in crate::action) near: Option<String>,
}

/// A dictionary, in the order of insertion.
#[derive(Clone, Default, Debug)]
pub(in crate::action) struct Dict {
    entries: Vec<(Value, Value)>,
    /// The places of the keys that are strings.
    places: Map<String, usize>,
}

/// A `timedelta`, or pendulum's `Interval`, which prints its ends.
#[derive(Clone, Copy, Debug)]
pub(in crate::action) struct Delta {
    pub(in crate::action) micros: i64,
    pub(in crate::action) between: Option<(i64, i64)>,
}

/// A pydantic model.
#[derive(Debug)]
pub(in crate::action) struct Model {
    /// With its module, as messages name it.
    pub(in crate::action) class: &'static str,
    pub(in crate::action) fields: Dict,
    /// Properties: attributes that are not fields.
    pub(in crate::action) also: Dict,
    pub(in crate::action) methods: &'static [&'static str],
    /// For an object that only the server knows: its variable, such as `flow_run`.
    pub(in crate::action) object: Option<&'static str>,
    /// The fields that it has on the server.
    pub(in crate::action) known: &'static [&'static str],
    /// Where the fields come from, for an object of the server.
    pub(in crate::action) sources: BTreeMap<String, &'static str>,
}

/// `LabelDiver`: labels whose names are split at the dots.
#[derive(Clone, Default, Debug)]
pub(in crate::action) struct Labels {
    pub(in crate::action) all: Vec<(String, String)>,
    pub(in crate::action) value: String,
}

impl Model {
    /// Whether fields are missing that it has on the server.
    pub(in crate::action) fn is_partial(&self) -> bool {
        self.object.is_some() && !self.known.is_empty()
    }
}

impl Dict {
    pub(in crate::action) fn insert(&mut self, key: Value, value: Value) {
        let place = match key.as_str() {
            Some(text) => self.places.get(text).copied(),
            None => self.entries.iter().position(|(own, _)| same_key(own, &key)),
        };
        match place.and_then(|place| self.entries.get_mut(place)) {
            Some((_, own)) => *own = value,
            None => {
                if let Some(text) = key.as_str() {
                    self.places.insert(text.to_owned(), self.entries.len());
                }
                self.entries.push((key, value));
            }
        }
    }

    pub(in crate::action) fn set(&mut self, key: &str, value: impl Into<Value>) {
        self.insert(Value::from(key), value.into());
    }

    pub(in crate::action) fn get(&self, key: &str) -> Option<&Value> {
        self.places.get(key).and_then(|place| self.entries.get(*place)).map(|(_, value)| value)
    }

    pub(in crate::action) fn find(&self, key: &Value) -> Option<&Value> {
        match text(key) {
            Some(key) => self.get(&key),
            None => self.entries.iter().find(|(own, _)| same_key(own, key)).map(|(_, value)| value),
        }
    }

    pub(in crate::action) fn iter(&self) -> impl Iterator<Item = &(Value, Value)> {
        self.entries.iter()
    }

    pub(in crate::action) fn keys(&self) -> Vec<Value> {
        self.entries.iter().map(|(key, _)| key.clone()).collect()
    }

    pub(in crate::action) fn values(&self) -> Vec<Value> {
        self.entries.iter().map(|(_, value)| value.clone()).collect()
    }

    pub(in crate::action) fn pairs(&self) -> Vec<Value> {
        self.entries.iter().map(|(key, value)| pair(key.clone(), value.clone())).collect()
    }

    pub(in crate::action) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The keys that are strings.
    pub(in crate::action) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter_map(|(key, _)| key.as_str())
    }
}

fn same_key(one: &Value, other: &Value) -> bool {
    one.kind() == other.kind() && one == other
}

impl Object for Py {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        match &**self {
            Py::Dict(_) | Py::Root(..) => ObjectRepr::Map,
            _ => ObjectRepr::Plain,
        }
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match &**self {
            Py::Dict(dict) | Py::Root(_, dict) => dict.find(key).cloned(),
            _ => None,
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        match &**self {
            Py::Dict(dict) | Py::Root(_, dict) => Enumerator::Values(dict.keys()),
            _ => Enumerator::NonEnumerable,
        }
    }

    fn is_true(self: &Arc<Self>) -> bool {
        match &**self {
            Py::Undefined(_) => false,
            Py::Dict(dict) => dict.len() > 0,
            Py::Set(items) | Py::View(_, items) => !items.is_empty(),
            Py::Delta(delta) => delta.micros != 0,
            Py::Enum(_, _, value) => !value.is_empty(),
            Py::Labels(labels) => !labels.all.is_empty(),
            Py::Range(start, stop, step) => range_items(*start, *stop, *step).next().is_some(),
            Py::Bytes(bytes) => !bytes.is_empty(),
            _ => true,
        }
    }
}

pub(in crate::action) fn range_items(start: i64, stop: i64, step: i64) -> impl Iterator<Item = i64> {
    std::iter::successors(Some(start), move |at| at.checked_add(step))
        .take_while(move |at| if step > 0 { *at < stop } else { step < 0 && *at > stop })
}

/// What a value is.
pub(in crate::action) enum Seen<'v> {
    None,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(&'v str),
    List,
    Tuple,
    Py(&'v Py),
    /// Of minijinja: a loop, a macro, a namespace.
    Other,
}

pub(in crate::action) fn look(value: &Value) -> Seen<'_> {
    if let Some(own) = value.downcast_object_ref::<Py>() {
        return Seen::Py(own);
    }
    match value.kind() {
        ValueKind::None | ValueKind::Undefined => Seen::None,
        ValueKind::Bool => Seen::Bool(value.is_true()),
        ValueKind::Number if value.is_integer() => match i128::try_from(value.clone()) {
            Ok(whole) => Seen::Int(whole),
            Err(_) => Seen::Float(f64::try_from(value.clone()).unwrap_or_default()),
        },
        ValueKind::Number => Seen::Float(f64::try_from(value.clone()).unwrap_or_default()),
        ValueKind::String => Seen::Text(value.as_str().unwrap_or_default()),
        ValueKind::Seq if value.is_tuple() => Seen::Tuple,
        ValueKind::Seq => Seen::List,
        _ => Seen::Other,
    }
}

/// The text of a string, or of an enumeration of strings.
pub(in crate::action) fn text(value: &Value) -> Option<Cow<'_, str>> {
    match look(value) {
        Seen::Text(text) => Some(Cow::Borrowed(text)),
        Seen::Py(Py::Enum(_, _, text)) => Some(Cow::Borrowed(text)),
        _ => None,
    }
}

pub(in crate::action) fn own(value: Py) -> Value {
    Value::from_object(value)
}

pub(in crate::action) fn list(items: Vec<Value>) -> Value {
    Value::from(items)
}

pub(in crate::action) fn tuple(items: Vec<Value>) -> Value {
    Value::from(Tuple::new(items))
}

pub(in crate::action) fn pair(first: Value, second: Value) -> Value {
    tuple(vec![first, second])
}

pub(in crate::action) fn none() -> Value {
    Value::from(())
}

pub(in crate::action) fn int(number: i128) -> Value {
    i64::try_from(number).map_or_else(|_| Value::from(number), Value::from)
}

pub(in crate::action) fn undefined(message: impl Into<String>) -> Value {
    own(Py::Undefined(Missing { class: "UndefinedError", message: message.into(), near: None }))
}

pub(in crate::action) fn is_undefined(value: &Value) -> bool {
    value.is_undefined() || matches!(look(value), Seen::Py(Py::Undefined(_)))
}

/// The path, if only the server knows the value.
pub(in crate::action) fn unknown(value: &Value) -> Option<&str> {
    match look(value) {
        Seen::Py(Py::Unknown(path)) => Some(path),
        _ => None,
    }
}

/// The items of a list or a tuple.
pub(in crate::action) fn sequence(value: &Value) -> Option<Vec<Value>> {
    matches!(look(value), Seen::List | Seen::Tuple).then(|| value.try_iter().map(Iterator::collect).unwrap_or_default())
}

/// The name of the class, without its module.
pub(in crate::action) fn class(value: &Value) -> &'static str {
    match look(value) {
        Seen::None if value.is_undefined() => "ChainableUndefined",
        Seen::None => "NoneType",
        Seen::Bool(_) => "bool",
        Seen::Int(_) => "int",
        Seen::Float(_) => "float",
        Seen::Text(_) if value.is_safe() => "Markup",
        Seen::Text(_) => "str",
        Seen::List => "list",
        Seen::Tuple => "tuple",
        Seen::Py(own) => match own {
            Py::Undefined(_) => "ChainableUndefined",
            Py::Dict(_) => "dict",
            Py::Set(_) => "set",
            Py::Time(_) => "DateTime",
            Py::Plain(class, ..) | Py::Enum(class, ..) | Py::Root(class, _) | Py::View(class, _) => class,
            Py::Delta(Delta { between: None, .. }) => "timedelta",
            Py::Delta(_) => "Interval",
            Py::Uuid(_) => "UUID",
            Py::Model(model) => model.class.rsplit('.').next().unwrap_or_default(),
            Py::Labels(_) => "LabelDiver",
            Py::Generator(_) => "generator",
            Py::Method(..) => "builtin_function_or_method",
            Py::Range(..) => "range",
            Py::Group(..) => "_GroupTuple",
            Py::Cycler(..) => "Cycler",
            Py::Joiner(..) => "Joiner",
            Py::Function(_) => "function",
            Py::Unknown(_) => "object",
            Py::Bytes(_) => "bytes",
        },
        Seen::Other => "object",
    }
}

/// The class with its module, as Jinja names it in messages about missing attributes.
pub(in crate::action) fn described(value: &Value) -> String {
    if let Seen::Py(own) = look(value) {
        let module = match own {
            Py::Model(model) => return format!("'{} object'", model.class),
            Py::Root("ResourceSpecification" | "Resource" | "RelatedResource", _) => {
                "prefect.server.events.schemas.events."
            }
            Py::Time(_) => "prefect.types._datetime.",
            Py::Delta(Delta { between: None, .. }) => "datetime.",
            Py::Delta(_) => "pendulum.interval.",
            Py::Uuid(_) => "uuid.",
            Py::Labels(_) => "prefect.server.events.schemas.labelling.",
            Py::Enum(class, ..) if *class == "Posture" => "prefect.server.events.schemas.automations.",
            Py::Enum(..) => "prefect.server.schemas.states.",
            _ => "",
        };
        return format!("'{module}{} object'", class(value));
    }
    match look(value) {
        Seen::None => "'None'".to_owned(),
        _ => format!("'{} object'", class(value)),
    }
}

/// A list of what a lock protects; a poisoned lock is impossible here.
pub(in crate::action) fn locked<T, R>(mutex: &Mutex<T>, with: impl FnOnce(&mut T) -> R) -> R {
    match mutex.lock() {
        Ok(mut guard) => with(&mut guard),
        Err(poisoned) => with(&mut poisoned.into_inner()),
    }
}

impl Labels {
    /// The labels below each first part of a name: those that have further parts, then the others.
    pub(in crate::action) fn heads(&self) -> Vec<(String, Labels)> {
        let mut deep: Vec<(String, Labels)> = Vec::new();
        let mut plain: Vec<(String, Labels)> = Vec::new();
        let mut places: Map<String, usize> = Map::default();
        for (name, value) in &self.all {
            match name.split_once('.').filter(|(_, tail)| !tail.is_empty()) {
                Some((head, tail)) => {
                    let place = match places.get(head) {
                        Some(place) => *place,
                        None => {
                            places.insert(head.to_owned(), deep.len());
                            deep.push((head.to_owned(), Labels::default()));
                            deep.len().saturating_sub(1)
                        }
                    };
                    if let Some((_, labels)) = deep.get_mut(place) {
                        labels.all.push((tail.to_owned(), value.clone()));
                    }
                }
                None => {
                    let head = name.trim_end_matches('.').to_owned();
                    plain.push((head, Labels { all: Vec::new(), value: value.clone() }));
                }
            }
        }
        for (head, labels) in plain {
            match places.get(&*head).and_then(|place| deep.get_mut(*place)) {
                Some((_, own)) => own.value = labels.value,
                None => deep.push((head, labels)),
            }
        }
        deep
    }

    pub(in crate::action) fn at(&self, name: &str) -> Option<Labels> {
        self.heads().into_iter().find(|(head, _)| head == name).map(|(_, labels)| labels)
    }
}
