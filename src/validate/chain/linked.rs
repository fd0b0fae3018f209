//! What of an event matters to others.

use std::borrow::Cow;

use crate::diagnostic::findings::Location;
use crate::json::{Kind, Value};
use crate::text::uuid::read_uuid;
use crate::time::{Instant, instant_of};

use super::super::form::usual_uuid;
use super::super::links::{Links, StateLinks};

/// The id of an event, as a number, which compares and hashes quickly.
pub(crate) type Id = u128;

/// Longer ids and names are not compared, so that memory is bounded.
pub(super) const LONGEST: usize = 1000;

/// A value of an event that links it to others: in the text, or kept from it.
pub(crate) trait Link<'t>: Copy {
    /// The bytes of a string, unescaped. Other values: as written.
    fn bytes(self) -> Cow<'t, [u8]>;
    /// Whether it is the string `other`.
    fn is(self, other: &str) -> bool;
    fn location(self) -> Location;
}

impl<'t> Link<'t> for Value<'t> {
    fn bytes(self) -> Cow<'t, [u8]> {
        Value::bytes(self)
    }

    fn is(self, other: &str) -> bool {
        Value::is(self, other)
    }

    fn location(self) -> Location {
        Location::Bytes(self.span())
    }
}

/// The parts of an event that matter to others.
pub(crate) struct Linked<V> {
    pub occurred: Option<Instant>,
    pub id: Option<Id>,
    pub follows: Option<Id>,
    pub links: Links<V>,
}

impl<'t> Linked<Value<'t>> {
    pub(in super::super) fn read(links: Links<Value<'t>>) -> Self {
        let follows = links.follows.filter(|follows| follows.kind() != Kind::Null);
        Linked {
            occurred: links.occurred.and_then(instant_of),
            id: links.id.and_then(uuid),
            follows: follows.and_then(uuid),
            links,
        }
    }
}

fn uuid(value: Value<'_>) -> Option<Id> {
    if !value.is_string() {
        return None;
    }
    let text = value.bytes();
    usual_uuid(&text).or_else(|| read_uuid(&text)).map(|id| id.as_u128())
}

/// Concatenated texts of an event that are compared with those of others.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Texts {
    bytes: Vec<u8>,
    ends: [Option<u16>; 4],
}

impl Texts {
    /// The id of the resource, the value that its followers share with it, type and name of its state.
    pub(super) fn read<'t, V: Link<'t>>(&mut self, links: &Links<V>, state: StateLinks<V>, shared: bool) {
        self.bytes.clear();
        let shared = links.shared.filter(|_| shared);
        for (end, value) in self.ends.iter_mut().zip([links.resource, shared, state.kind, state.name]) {
            let text = value.map(V::bytes).filter(|text| text.len() <= LONGEST);
            *end = text.and_then(|text| {
                self.bytes.extend_from_slice(&text);
                u16::try_from(self.bytes.len()).ok()
            });
        }
    }

    fn text(&self, which: usize) -> Option<&[u8]> {
        let end = (*self.ends.get(which)?)?;
        let before = self.ends.get(..which)?.iter().flatten().last().copied().unwrap_or_default();
        self.bytes.get(before.into()..end.into())
    }

    pub(super) fn resource(&self) -> Option<&[u8]> {
        self.text(0)
    }

    pub(super) fn shared(&self) -> Option<&[u8]> {
        self.text(1)
    }

    /// A state has a type; without a type, nothing is reported.
    pub(super) fn state(&self) -> Option<(&[u8], Option<&[u8]>)> {
        Some((self.text(2)?, self.text(3)))
    }
}

/// The place of a value.
pub(super) fn place<'t, V: Link<'t>>(value: Option<V>) -> Location {
    value.map_or(Location::Nowhere, V::location)
}
