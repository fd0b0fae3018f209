//! An event for checks, engine and builder: its parts, read from a document.

mod received;

use std::borrow::Cow;

use uuid::Uuid;

use crate::json::Value;
use crate::time::Instant;

pub use received::{EventReader, Labels, ReceivedEvent, SharedText};

/// The label that names a resource.
pub const RESOURCE_ID: &str = "prefect.resource.id";
/// The label with the name of a resource.
pub const RESOURCE_NAME: &str = "prefect.resource.name";
/// The label with the role of a related resource.
pub const RESOURCE_ROLE: &str = "prefect.resource.role";

/// The parts of one event. Parts that are absent or have the wrong type are `None`.
#[derive(Clone)]
pub struct Event<'t> {
    /// The whole event.
    pub value: Value<'t>,
    /// When it happened.
    pub occurred: Option<Instant>,
    /// Its name.
    pub name: Option<Cow<'t, str>>,
    /// Its id.
    pub id: Option<Uuid>,
    /// The id of the event that it comes after.
    pub follows: Option<Uuid>,
    /// An object of labels.
    pub resource: Option<Value<'t>>,
    /// An array of objects of labels.
    pub related: Option<Value<'t>>,
    /// An object.
    pub payload: Option<Value<'t>>,
}

impl<'t> Event<'t> {
    /// An event without known parts.
    #[must_use]
    pub fn unread(value: Value<'t>) -> Self {
        Event {
            value,
            occurred: None,
            name: None,
            id: None,
            follows: None,
            resource: None,
            related: None,
            payload: None,
        }
    }

    /// A label of the primary resource.
    #[must_use]
    pub fn label(&self, name: &str) -> Option<Value<'t>> {
        self.resource?.get(name)
    }

    /// The related resources with their indices.
    pub fn related(&self) -> impl Iterator<Item = (usize, Value<'t>)> {
        self.related.into_iter().flat_map(Value::items).enumerate()
    }

    /// The first related resource in a role, with its index.
    #[must_use]
    pub fn in_role(&self, role: &str) -> Option<(usize, Value<'t>)> {
        self.related().find(|(_, related)| related.get(RESOURCE_ROLE).is_some_and(|value| value.is(role)))
    }

    /// A value of the payload, by its keys, outermost first.
    #[must_use]
    pub fn payload_at(&self, path: &[&str]) -> Option<Value<'t>> {
        self.payload?.at_path(path)
    }
}
