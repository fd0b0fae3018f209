//! Python's values, as far as templates see them. Numbers and strings are minijinja's own; everything else is a [`Py`].

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};

use minijinja::Value;
use minijinja::value::{Enumerator, Object, ObjectRepr, ValueKind};

use crate::text::table::Map;

use super::error::{Outcome, Raised, type_error};

/// A value that minijinja does not have, or has in another form.
#[derive(Debug)]
pub(in crate::action) enum Py {
    /// Jinja's `ChainableUndefined`.
    Undefined(Missing),
    List(Vec<Value>),
    Tuple(Vec<Value>),
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
    /// What `map`, `select` and similar filters return; how many of its values were taken already; whether it is an
    /// asynchronous generator, which only a few filters and loops can read.
    Generator(Vec<Value>, AtomicUsize, bool),
    /// A generator that raises when it is read.
    Failing(Raised, bool),
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

impl Missing {
    /// Of an inline `if` without `else`: Jinja's plain `Undefined`, which has no attributes and items.
    pub(in crate::action) fn is_of_inline_if(&self) -> bool {
        self.message.starts_with("the inline if-expression")
    }
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
        let place = match text(&key) {
            Some(text) => self.places.get(&*text).copied(),
            None => self.entries.iter().position(|(own, _)| same_key(own, &key)),
        };
        match place.and_then(|place| self.entries.get_mut(place)) {
            Some((_, own)) => *own = value,
            None => {
                if let Some(text) = text(&key) {
                    self.places.insert(text.into_owned(), self.entries.len());
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

    /// Keys and values.
    fn parts(&self) -> impl Iterator<Item = &Value> {
        self.entries.iter().flat_map(|(key, value)| [key, value])
    }

    pub(in crate::action) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The keys that are strings.
    pub(in crate::action) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter_map(|(key, _)| key.as_str())
    }
}

/// Keys that are equal are the same: `1`, `1.0` and `true`.
fn same_key(one: &Value, other: &Value) -> bool {
    super::operator::equal(one, other)
}

/// Whether a value can be a key.
pub(in crate::action) fn hashable(value: &Value) -> Outcome<()> {
    match look(value) {
        Seen::Tuple => sequence(value).unwrap_or_default().iter().try_for_each(hashable),
        Seen::List | Seen::Py(Py::Dict(_) | Py::Set(_) | Py::Root(..) | Py::Model(_) | Py::Group(..)) => {
            type_error(format!("unhashable type: '{}'", class(value)))
        }
        _ => Ok(()),
    }
}

/// A [`Py`] with what it holds, which is calculated when it is made.
#[derive(Debug)]
struct Own {
    py: Py,
    extent: Extent,
}

/// How much a value holds, with everything inside it. What is inside twice counts twice, because it is visited twice.
#[derive(Clone, Copy, Default, Debug)]
pub(in crate::action) struct Extent {
    /// The bytes of all texts, and [`NODE`] for each value.
    pub(in crate::action) size: usize,
    /// How deep values are inside others.
    pub(in crate::action) depth: usize,
    /// A namespace, a macro or a loop is inside, whose size nobody knows.
    pub(in crate::action) opaque: bool,
    /// Something that only the server knows is inside.
    pub(in crate::action) hidden: bool,
}

/// Among how many names the nearest is looked for.
pub(in crate::action) const MOST_NAMES: usize = 1000;

/// What one value counts, in bytes.
pub(in crate::action) const NODE: usize = 32;

impl Extent {
    fn of_text(text: &str) -> Extent {
        Extent { size: NODE.saturating_add(text.len()), ..Extent::default() }
    }

    fn around<'v>(inner: impl IntoIterator<Item = &'v Value>) -> Extent {
        let mut all = Extent { size: NODE, ..Extent::default() };
        for value in inner {
            all = all.with(extent(value));
        }
        Extent { depth: all.depth.saturating_add(1), ..all }
    }

    fn with(self, other: Extent) -> Extent {
        Extent {
            size: self.size.saturating_add(other.size),
            depth: self.depth.max(other.depth),
            opaque: self.opaque || other.opaque,
            hidden: self.hidden || other.hidden,
        }
    }

    /// Keys that are no texts are compared one by one, those of a view too.
    fn compared<'v>(self, keys: impl Iterator<Item = &'v Value>, count: usize) -> Extent {
        let others = keys.filter(|key| key.as_str().is_none()).map(|key| extent(key).size);
        let size = others.fold(0, usize::saturating_add).saturating_mul(count);
        Extent { size: self.size.saturating_add(size), ..self }
    }

    fn of(py: &Py) -> Extent {
        match py {
            Py::List(items) | Py::Tuple(items) | Py::Set(items) | Py::Generator(items, ..) => Extent::around(items),
            Py::View(_, items) => {
                let keys = items.iter().map(|item| sequence(item).and_then(<[Value]>::first).unwrap_or(item));
                Extent::around(items).compared(keys, items.len())
            }
            Py::Cycler(items, _) => Extent::around(items),
            Py::Dict(dict) | Py::Root(_, dict) => {
                Extent::around(dict.parts()).compared(dict.entries.iter().map(|(key, _)| key), dict.len())
            }
            Py::Model(model) => Extent::around(model.fields.parts().chain(model.also.parts())),
            Py::Group(key, items) => Extent::around(items.iter().chain([key])),
            Py::Method(of, _) => Extent::around([of]),
            Py::Labels(labels) => labels.extent(),
            Py::Undefined(missing) => Extent::of_text(&missing.message),
            Py::Failing(raised, _) => Extent::of_text(&raised.message),
            Py::Plain(_, text, _) | Py::Uuid(text) | Py::Enum(_, text, _) | Py::Joiner(text, _) => {
                Extent::of_text(text)
            }
            Py::Unknown(path) => Extent { hidden: true, ..Extent::of_text(path) },
            Py::Bytes(bytes) => Extent { size: NODE.saturating_add(bytes.len()), ..Extent::default() },
            // At most 100 numbers: the sandbox allows no more.
            Py::Range(..) => Extent { size: NODE.saturating_mul(100), ..Extent::default() },
            // Their texts are calculated.
            Py::Time(_) | Py::Delta(_) => Extent { size: NODE.saturating_mul(16), ..Extent::default() },
            Py::Function(_) => Extent { size: NODE, ..Extent::default() },
        }
    }
}

/// How much a value holds.
pub(in crate::action) fn extent(value: &Value) -> Extent {
    match value.downcast_object_ref::<Own>() {
        Some(own) => own.extent,
        None => match look(value) {
            Seen::Text(text) => Extent::of_text(text),
            found => Extent { size: NODE, opaque: matches!(found, Seen::Other), ..Extent::default() },
        },
    }
}

/// What a value itself counts, without what its parts hold.
pub(in crate::action) fn width(value: &Value) -> usize {
    let count = match look(value) {
        Seen::Text(text) => return NODE.saturating_add(text.len()),
        Seen::Py(Py::Unknown(text) | Py::Enum(_, _, text)) => return NODE.saturating_add(text.len()),
        Seen::Py(Py::Labels(_)) => return extent(value).size,
        Seen::List | Seen::Tuple => sequence(value).map_or(0, <[Value]>::len),
        Seen::Py(found) => match found {
            Py::Dict(dict) | Py::Root(_, dict) => dict.len(),
            Py::Model(model) => model.fields.len(),
            Py::Set(items) | Py::Generator(items, ..) | Py::View(_, items) | Py::Group(_, items) => items.len(),
            Py::Bytes(bytes) => bytes.len(),
            Py::Range(..) => 100,
            _ => 0,
        },
        Seen::Other => value.len().unwrap_or_default(),
        _ => 0,
    };
    count.saturating_add(1).saturating_mul(NODE)
}

impl Object for Own {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        match &self.py {
            Py::Dict(_) | Py::Root(..) => ObjectRepr::Map,
            Py::List(_) | Py::Tuple(_) => ObjectRepr::Seq,
            _ => ObjectRepr::Plain,
        }
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match &self.py {
            Py::Dict(dict) | Py::Root(_, dict) => dict.find(key).cloned(),
            Py::List(items) | Py::Tuple(items) => items.get(key.as_usize()?).cloned(),
            _ => None,
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        match &self.py {
            Py::Dict(dict) | Py::Root(_, dict) => Enumerator::Values(dict.keys()),
            Py::List(items) | Py::Tuple(items) => Enumerator::Seq(items.len()),
            _ => Enumerator::NonEnumerable,
        }
    }

    fn is_true(self: &Arc<Self>) -> bool {
        match &self.py {
            Py::Undefined(_) => false,
            Py::Dict(dict) => dict.len() > 0,
            Py::List(items) | Py::Tuple(items) | Py::Set(items) | Py::View(_, items) => !items.is_empty(),
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
    if let Some(own) = value.downcast_object_ref::<Own>() {
        return match &own.py {
            Py::List(_) => Seen::List,
            Py::Tuple(_) => Seen::Tuple,
            py => Seen::Py(py),
        };
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

pub(in crate::action) fn own(py: Py) -> Value {
    let extent = Extent::of(&py);
    Value::from_object(Own { py, extent })
}

pub(in crate::action) fn list(items: Vec<Value>) -> Value {
    own(Py::List(items))
}

pub(in crate::action) fn generator(items: Vec<Value>, is_async: bool) -> Value {
    own(Py::Generator(items, AtomicUsize::new(0), is_async))
}

pub(in crate::action) fn tuple(items: Vec<Value>) -> Value {
    own(Py::Tuple(items))
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
pub(in crate::action) fn sequence(value: &Value) -> Option<&[Value]> {
    match &value.downcast_object_ref::<Own>()?.py {
        Py::List(items) | Py::Tuple(items) => Some(items),
        _ => None,
    }
}

/// The name of the class, as `TypeError` names it.
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
            Py::Undefined(missing) if missing.is_of_inline_if() => "Undefined",
            Py::Undefined(_) => "ChainableUndefined",
            Py::List(_) => "list",
            Py::Tuple(_) => "tuple",
            Py::Dict(_) => "dict",
            Py::Set(_) => "set",
            Py::Time(_) => "DateTime",
            Py::Plain(class, ..) | Py::Enum(class, ..) | Py::Root(class, _) | Py::View(class, _) => class,
            // As the interpreter names the types that it defines itself.
            Py::Delta(Delta { between: None, .. }) => "datetime.timedelta",
            Py::Delta(_) => "Interval",
            Py::Uuid(_) => "UUID",
            Py::Model(model) => model.class.rsplit('.').next().unwrap_or_default(),
            Py::Labels(_) => "LabelDiver",
            Py::Generator(.., true) | Py::Failing(_, true) => "async_generator",
            Py::Generator(..) | Py::Failing(..) => "generator",
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

/// The name of the class, without its module (`__name__`).
pub(in crate::action) fn short_class(value: &Value) -> &'static str {
    let name = class(value);
    name.rsplit('.').next().unwrap_or(name)
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
            Py::Delta(Delta { between: Some(_), .. }) => "pendulum.interval.",
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
        Seen::Text(_) if value.is_safe() => "'markupsafe.Markup object'".to_owned(),
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
    /// Each part of a name is a level, and each level holds the rest of the name.
    fn extent(&self) -> Extent {
        let mut all = Extent::of_text(&self.value);
        for (name, value) in &self.all {
            let parts = name.matches('.').count().saturating_add(1);
            let each = name.len().saturating_add(value.len()).saturating_add(NODE);
            all = all.with(Extent { size: each.saturating_mul(parts), depth: parts, ..Extent::default() });
        }
        all
    }

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
