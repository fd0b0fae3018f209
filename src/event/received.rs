//! An event as the server holds it while triggers look at it. Cheap to make and to keep: what events share
//! is shared.
//!
//! Source: `ReceivedEvent` of `server/events/schemas/events.py`.

use std::rc::Rc;

use uuid::Uuid;

use crate::json::{Kind, Value};
use crate::text::hash::{Places, hash};
use crate::time::{Instant, instant_of};

use super::RESOURCE_ROLE;

/// A text that many events share.
pub type Text = Rc<str>;

/// The labels of a resource, in the order of the document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Labels(Rc<[(Text, Text)]>);

impl Labels {
    /// Of a repeated label the last one is meant to count, so there must be none.
    #[must_use]
    pub fn new(labels: Vec<(Text, Text)>) -> Self {
        Labels(labels.into())
    }

    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Text> {
        self.0.iter().find(|(label, _)| **label == *name).map(|(_, value)| value)
    }

    pub fn iter(&self) -> impl Iterator<Item = &(Text, Text)> {
        self.0.iter()
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReceivedEvent {
    pub id: Uuid,
    pub occurred: Instant,
    pub received: Instant,
    pub name: Text,
    pub resource: Labels,
    pub related: Rc<[Labels]>,
    pub follows: Option<Uuid>,
}

impl ReceivedEvent {
    /// The first related resource in a role.
    #[must_use]
    pub fn in_role(&self, role: &str) -> Option<&Labels> {
        self.related.iter().find(|related| related.get(RESOURCE_ROLE).is_some_and(|own| **own == *role))
    }
}

/// Reads events out of documents. Texts that return are shared.
#[derive(Default)]
pub struct Reader {
    places: Places,
    texts: Vec<Text>,
}

impl Reader {
    /// `None`: something without which the server has no event is missing or wrong.
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
            related: match value.get("related") {
                Some(related) if related.kind() == Kind::Array => {
                    let mut all = Vec::new();
                    for item in related.items() {
                        all.push(self.labels(item)?);
                    }
                    all.into()
                }
                Some(_) => return None,
                None => Rc::default(),
            },
            follows: given("follows").map_or(Some(None), |follows| uuid(follows).map(Some))?,
        })
    }

    fn labels(&mut self, value: Value<'_>) -> Option<Labels> {
        if value.kind() != Kind::Object {
            return None;
        }
        let mut labels: Vec<(Text, Text)> = Vec::new();
        for (name, text) in value.members() {
            let (name, text) = (self.text(name)?, self.text(text)?);
            match labels.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = text,
                None => labels.push((name, text)),
            }
        }
        Some(Labels::new(labels))
    }

    fn text(&mut self, value: Value<'_>) -> Option<Text> {
        value.is_string().then(|| self.share(&value.string()))
    }

    /// The one text of this content.
    #[must_use]
    pub fn share(&mut self, text: &str) -> Text {
        let hash = hash(text.as_bytes());
        let known = self.places.get(&hash).and_then(|place| self.texts.get(*place));
        if let Some(known) = known.filter(|known| ***known == *text) {
            return known.clone();
        }
        let own: Text = text.into();
        self.places.insert(hash, self.texts.len());
        self.texts.push(own.clone());
        own
    }
}

fn uuid(value: Value<'_>) -> Option<Uuid> {
    value.is_string().then(|| Uuid::try_parse_ascii(&value.bytes()).ok())?
}
