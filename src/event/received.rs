//! An event in the server's form during evaluation. Cheap to create and to keep: events share equal strings.
//!
//! Source: `ReceivedEvent` of `server/events/schemas/events.py`.

use std::rc::Rc;

use uuid::Uuid;

use crate::json::{Kind, Value, equal};
use crate::text::order::order_of_texts;
use crate::text::steps::step;
use crate::text::table::{Map, TextIndex};
use crate::time::{Instant, instant_of};

use super::RESOURCE_ROLE;

/// A string shared by many events.
pub type SharedText = Rc<str>;

/// The labels of a resource, in the order of the document.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Labels {
    all: Rc<[(SharedText, SharedText)]>,
    /// With many labels: their indexes, sorted by name.
    by_name: Option<Rc<[usize]>>,
}

/// Up to this number of labels, a linear search is faster than a look-up.
const FEW: usize = 32;

impl Labels {
    /// Labels must be unique: of repeated labels only the last would count.
    #[must_use]
    pub fn new(labels: Vec<(SharedText, SharedText)>) -> Self {
        step(labels.len());
        let by_name = (labels.len() > FEW).then(|| {
            let mut names = Vec::with_capacity(labels.len());
            for (name, _) in &labels {
                names.push(name.as_bytes());
            }
            order_of_texts(&names).into()
        });
        Labels { all: labels.into(), by_name }
    }

    /// The value of a label.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&SharedText> {
        let Some(by_name) = &self.by_name else {
            step(self.all.len());
            let own = |(label, _): &&(SharedText, SharedText)| equal(label.as_bytes(), name.as_bytes());
            return self.all.iter().find(own).map(|(_, value)| value);
        };
        step(1);
        let own = |place: &usize| self.all.get(*place);
        let at = by_name.partition_point(|place| own(place).is_some_and(|(label, _)| **label < *name));
        by_name.get(at).and_then(own).filter(|(label, _)| **label == *name).map(|(_, value)| value)
    }

    /// Their memory, which copies share.
    pub(crate) fn memory(&self) -> &Rc<[(SharedText, SharedText)]> {
        &self.all
    }

    /// All labels with their values, in the order of the document.
    pub fn iter(&self) -> impl Iterator<Item = &(SharedText, SharedText)> {
        self.all.iter()
    }
}

/// An event with the data that decides whether a trigger sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReceivedEvent {
    /// Its own id.
    pub id: Uuid,
    /// When it happened.
    pub occurred: Instant,
    /// When the server received it.
    pub received: Instant,
    /// Such as `prefect.flow-run.Completed`.
    pub name: SharedText,
    /// The labels of its resource.
    pub resource: Labels,
    /// The labels of each related resource.
    pub related: Rc<[Labels]>,
    /// The id of the event that it comes after.
    pub follows: Option<Uuid>,
}

impl ReceivedEvent {
    /// The first related resource in a role.
    #[must_use]
    pub fn in_role(&self, role: &str) -> Option<&Labels> {
        self.related.iter().find(|related| related.get(RESOURCE_ROLE).is_some_and(|own| **own == *role))
    }
}

/// Reads events from documents. Repeated strings are shared. So are repeated labels and lists of related resources, which
/// are read once: the events of a run have the same ones (0.62 of the instructions of the map of `tests/bench/archive.rs 200`).
#[derive(Default)]
pub struct EventReader {
    texts: Vec<SharedText>,
    places: TextIndex,
    /// By their JSON.
    labels: Map<Box<[u8]>, Labels>,
    related: Map<Box<[u8]>, Rc<[Labels]>>,
}

impl EventReader {
    /// `None`: a part that the server requires is missing or invalid.
    #[must_use]
    pub fn read(&mut self, value: Value<'_>) -> Option<ReceivedEvent> {
        let occurred = instant_of(value.get("occurred")?)?;
        let given = |key: &str| value.get(key).filter(|value| value.kind() != Kind::Null);
        Some(ReceivedEvent {
            id: uuid(value.get("id")?)?,
            occurred,
            received: given("received").map_or(Some(occurred), instant_of)?,
            name: self.text(value.get("event")?)?,
            resource: self.labels(value.get("resource")?)?,
            related: value.get("related").map_or(Some(Rc::default()), |related| self.related(related))?,
            follows: given("follows").map_or(Some(None), |follows| uuid(follows).map(Some))?,
        })
    }

    fn related(&mut self, value: Value<'_>) -> Option<Rc<[Labels]>> {
        if value.kind() != Kind::Array {
            return None;
        }
        let json = value.json();
        if let Some(known) = json.and_then(|json| self.related.get(json)) {
            return Some(known.clone());
        }
        let mut all = Vec::new();
        for item in value.items() {
            step(1);
            all.push(self.labels(item)?);
        }
        let all: Rc<[Labels]> = all.into();
        if let Some(json) = json {
            self.related.insert(json.into(), all.clone());
        }
        Some(all)
    }

    fn labels(&mut self, value: Value<'_>) -> Option<Labels> {
        if value.kind() != Kind::Object {
            return None;
        }
        let json = value.json();
        if let Some(known) = json.and_then(|json| self.labels.get(json)) {
            return Some(known.clone());
        }
        let mut labels: Vec<(SharedText, SharedText)> = Vec::new();
        // The index of each label, once there are many.
        let mut places: Map<SharedText, usize> = Map::default();
        for (name, text) in value.members() {
            let (name, text) = (self.text(name)?, self.text(text)?);
            if labels.len() == FEW && places.is_empty() {
                for (place, (name, _)) in labels.iter().enumerate() {
                    places.insert(name.clone(), place);
                }
            }
            let known = if labels.len() < FEW {
                step(labels.len());
                labels.iter_mut().find(|(known, _)| *known == name)
            } else {
                places.get(&name).and_then(|place| labels.get_mut(*place))
            };
            if let Some((_, known)) = known {
                *known = text;
            } else {
                if labels.len() >= FEW {
                    places.insert(name.clone(), labels.len());
                }
                labels.push((name, text));
            }
        }
        let labels = Labels::new(labels);
        if let Some(json) = json {
            self.labels.insert(json.into(), labels.clone());
        }
        Some(labels)
    }

    fn text(&mut self, value: Value<'_>) -> Option<SharedText> {
        if !value.is_string() {
            return None;
        }
        // Known texts are UTF-8, so what has the same bytes needs no conversion.
        let known = self.known(&value.bytes()).cloned();
        known.or_else(|| Some(self.share(&value.string())))
    }

    fn known(&self, text: &[u8]) -> Option<&SharedText> {
        let is_there = |place| self.texts.get(place).is_some_and(|known: &SharedText| known.as_bytes() == text);
        self.texts.get(self.places.find(text, is_there)?)
    }

    /// How many strings are shared, or labels and lists of related resources, if these are more.
    pub(crate) fn len(&self) -> usize {
        self.texts.len().max(self.labels.len().saturating_add(self.related.len()))
    }

    /// The shared string with this content.
    #[must_use]
    pub fn share(&mut self, text: &str) -> SharedText {
        if let Some(known) = self.known(text.as_bytes()) {
            return known.clone();
        }
        let own: SharedText = text.into();
        self.places.insert(text.as_bytes(), self.texts.len());
        self.texts.push(own.clone());
        own
    }
}

fn uuid(value: Value<'_>) -> Option<Uuid> {
    value.is_string().then(|| Uuid::try_parse_ascii(&value.bytes()).ok())?
}
