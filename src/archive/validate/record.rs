//! The record of an event for those that it matters to in one role.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::catalogue::{Family, families};
use crate::json::{Position, Value};
use crate::text::hash::hash;
use crate::time::Instant;
use crate::validate::{Id, Kept, Key, Linked, Links, Role, StateLinks};

use super::super::bytes::{array, as_bytes};

/// A record, with its number in the part: each event with a readable id has one. `T`: texts, which are written from the
/// event, and read from the record.
#[derive(Serialize, Deserialize)]
#[serde(bound(serialize = "T: AsRef<[u8]>", deserialize = "T: Deserialize<'de>"))]
pub(super) enum Record<'b, T> {
    Target(u32, #[serde(borrow)] Target<'b>),
    Other(u32, #[serde(borrow)] EventRecord<'b, T>),
}

/// Most targets are never followed, so the rest of their records is not read.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct Target<'b> {
    #[serde(serialize_with = "as_bytes", deserialize_with = "array")]
    pub(super) id: [u8; 16],
    /// An [`EventRecord`].
    #[serde(serialize_with = "as_bytes")]
    pub(super) event: &'b [u8],
}

#[derive(Serialize, Deserialize)]
#[serde(bound(serialize = "T: AsRef<[u8]>", deserialize = "T: Deserialize<'de>"))]
pub(super) struct EventRecord<'b, T> {
    /// The index of the event in the part.
    pub(super) index: u64,
    /// Unless it is that of its family.
    pub(super) name: Option<&'b str>,
    /// Its number in the catalogue.
    pub(super) family: Option<u16>,
    pub(super) occurred: Option<i64>,
    /// The beginning of its line in the part.
    pub(super) line: u64,
    pub(super) offset: u64,
    pub(super) links: RoleLinks<T>,
}

/// What a role needs of the links of an event. `place`: of the value that findings point to.
#[derive(Serialize, Deserialize)]
#[serde(bound(serialize = "T: AsRef<[u8]>", deserialize = "T: Deserialize<'de>"))]
pub(super) enum RoleLinks<T> {
    Follower {
        #[serde(serialize_with = "as_bytes", deserialize_with = "array")]
        id: [u8; 16],
        #[serde(serialize_with = "as_bytes", deserialize_with = "array")]
        follows: [u8; 16],
        place: Option<LineSpan>,
        resource: Option<Text<T>>,
        shared: Option<Text<T>>,
        initial: Option<LineSpan>,
        kind: Option<Text<T>>,
        name: Option<Text<T>>,
    },
    Target {
        place: Option<LineSpan>,
        resource: Option<Text<T>>,
        shared: Option<Text<T>>,
        kind: Option<Text<T>>,
        name: Option<Text<T>>,
    },
    Run {
        place: Option<LineSpan>,
        resource: Option<Text<T>>,
        state_type: Option<Text<T>>,
        holed: bool,
    },
    Worker {
        place: Option<LineSpan>,
        flow_run: Option<Text<T>>,
        follows: bool,
    },
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(bound(serialize = "T: AsRef<[u8]>", deserialize = "T: Deserialize<'de>"))]
pub(super) struct Text<T>(#[serde(serialize_with = "as_bytes")] T);

/// A place in the line, in UTF-16 code units.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct LineSpan {
    pub(super) start: u32,
    pub(super) length: u32,
}

impl<'t> RoleLinks<Cow<'t, [u8]>> {
    pub(super) fn of(
        role: Role,
        event: &Linked<Value<'t>>,
        holed: bool,
        mut place: impl FnMut(Value<'t>) -> LineSpan,
    ) -> Self {
        let Links { occurred, event: name, id, follows, resource, shared, state_type, validated, initial, flow_run } =
            event.links;
        let text = |value: Option<Value<'t>>| value.map(|value| Text(value.bytes()));
        let id_of = |id: Option<Id>| id.unwrap_or_default().to_le_bytes();
        match role {
            Role::Follower => RoleLinks::Follower {
                id: id_of(event.id),
                follows: id_of(event.follows),
                place: follows.map(&mut place),
                resource: text(resource),
                shared: text(shared),
                initial: initial.whole.map(place),
                kind: text(initial.kind),
                name: text(initial.name),
            },
            Role::Target => RoleLinks::Target {
                place: id.map(place),
                resource: text(resource),
                shared: text(shared),
                kind: text(validated.kind),
                name: text(validated.name),
            },
            Role::Run => RoleLinks::Run {
                place: occurred.map(place),
                resource: text(resource),
                state_type: text(state_type),
                holed,
            },
            Role::Worker => {
                RoleLinks::Worker { place: name.map(place), flow_run: text(flow_run), follows: event.follows.is_some() }
            }
        }
    }
}

impl<'b> EventRecord<'b, &'b [u8]> {
    pub(super) fn name(&self) -> Option<&'b str> {
        self.name.or_else(|| self.family().map(|family| family.name.text))
    }

    pub(super) fn family(&self) -> Option<&'static Family> {
        families().get(usize::from(self.family?))
    }

    pub(super) fn role(&self) -> Role {
        match self.links {
            RoleLinks::Follower { .. } => Role::Follower,
            RoleLinks::Target { .. } => Role::Target,
            RoleLinks::Run { .. } => Role::Run,
            RoleLinks::Worker { .. } => Role::Worker,
        }
    }

    pub(super) fn holed(&self) -> bool {
        matches!(self.links, RoleLinks::Run { holed: true, .. })
    }

    /// The event, without what its role does not need. `id`: that of a target. `base`: the beginning of the part.
    pub(super) fn linked(&self, id: Id, base: Position) -> Linked<Kept<'b>> {
        let line = Position { line: self.line, column: 1, offset: self.offset }.after(base);
        let place = |place: Option<LineSpan>| {
            place.map(|LineSpan { start, length }| Kept::in_line(b"", line, start, start.saturating_add(length)))
        };
        let text = |text: Option<Text<&'b [u8]>>| text.map(|Text(text)| Kept::in_line(text, line, 0, 0));
        let none = Linked { occurred: self.occurred.map(Instant), id: Some(id), follows: None, links: Links::NONE };
        match self.links {
            RoleLinks::Follower { id, follows, place: at, resource, shared, initial, kind, name } => Linked {
                id: Some(Id::from_le_bytes(id)),
                follows: Some(Id::from_le_bytes(follows)),
                links: Links {
                    follows: place(at),
                    resource: text(resource),
                    shared: text(shared),
                    initial: StateLinks { whole: place(initial), kind: text(kind), name: text(name) },
                    ..Links::NONE
                },
                ..none
            },
            RoleLinks::Target { place: at, resource, shared, kind, name } => Linked {
                links: Links {
                    id: place(at),
                    resource: text(resource),
                    shared: text(shared),
                    validated: StateLinks { whole: None, kind: text(kind), name: text(name) },
                    ..Links::NONE
                },
                ..none
            },
            RoleLinks::Run { place: at, resource, state_type, holed: _ } => Linked {
                links: Links {
                    occurred: place(at),
                    resource: text(resource),
                    state_type: text(state_type),
                    ..Links::NONE
                },
                ..none
            },
            RoleLinks::Worker { place: at, flow_run, follows } => Linked {
                // Whether it follows another one is all that matters.
                follows: follows.then_some(id),
                links: Links { event: place(at), flow_run: text(flow_run), ..Links::NONE },
                ..none
            },
        }
    }
}

/// The number of a family in the catalogue.
pub(super) fn number_of(family: &'static Family) -> Option<u16> {
    let (start, own) = (families().as_ptr().addr(), std::ptr::from_ref(family).addr());
    u16::try_from(own.checked_sub(start)?.checked_div(size_of::<Family>())?).ok()
}

/// The bucket of a key: the same in each process.
pub(super) fn bucket(key: &Key<'_>, buckets: usize) -> usize {
    let hash = match key {
        Key::Id(id) => hash(&id.to_le_bytes()),
        Key::Run(run) => hash(run),
    };
    usize::try_from(hash.checked_rem(buckets as u64).unwrap_or_default()).unwrap_or_default()
}

/// An id, and where its event has records beside those of its id.
#[derive(Serialize, Deserialize)]
pub(super) struct IdRecord<'b> {
    #[serde(serialize_with = "as_bytes", deserialize_with = "array")]
    pub(super) id: [u8; 16],
    pub(super) number: u32,
    /// The buckets, each in four bytes.
    #[serde(serialize_with = "as_bytes")]
    pub(super) others: &'b [u8],
}
