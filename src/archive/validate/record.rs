//! The record of an event for those that it matters to in one role.

use serde::{Deserialize, Serialize};

use crate::catalogue::{Family, families};
use crate::json::Position;
use crate::text::hash::hash;
use crate::time::Instant;
use crate::validate::{Id, Kept, Key, Linked, Links, Role};

use super::super::bytes::as_bytes;

/// `T`: texts, which are written from the event, and read from the record.
#[derive(Serialize, Deserialize)]
#[serde(bound(serialize = "T: AsRef<[u8]>", deserialize = "T: Deserialize<'de>"))]
pub(super) struct EventRecord<'b, T> {
    /// Its number in the part: each event with a readable id has one.
    pub(super) number: u32,
    pub(super) role: Role,
    /// The index of the event in the part.
    pub(super) index: u64,
    /// Unless it is that of its family.
    pub(super) name: Option<&'b str>,
    /// Its number in the catalogue.
    pub(super) family: Option<u16>,
    pub(super) holed: bool,
    pub(super) occurred: Option<i64>,
    pub(super) id: Option<[u8; 16]>,
    pub(super) follows: Option<[u8; 16]>,
    /// The beginning of its line in the part.
    pub(super) line: u64,
    pub(super) offset: u64,
    pub(super) links: Links<Piece<T>>,
}

/// A value in the line.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(bound(serialize = "T: AsRef<[u8]>", deserialize = "T: Deserialize<'de>"))]
pub(super) struct Piece<T> {
    #[serde(serialize_with = "as_bytes")]
    pub(super) text: T,
    pub(super) start: u32,
    pub(super) length: u32,
}

impl<'b> EventRecord<'b, &'b [u8]> {
    pub(super) fn name(&self) -> Option<&'b str> {
        self.name.or_else(|| self.family().map(|family| family.name.text))
    }

    pub(super) fn family(&self) -> Option<&'static Family> {
        families().get(usize::from(self.family?))
    }

    /// The event. `base`: the beginning of the part.
    pub(super) fn linked(&self, base: Position) -> Linked<Kept<'b>> {
        let line = Position { line: self.line, column: 1, offset: self.offset }.after(base);
        let kept = |Piece { text, start, length }| Kept::in_line(text, line, start, start.saturating_add(length));
        Linked {
            occurred: self.occurred.map(Instant),
            // Where it is left out, it only had to be there.
            id: Some(Id::from_le_bytes(self.id.unwrap_or_default())),
            follows: self.follows.map(Id::from_le_bytes),
            links: self.links.map(kept),
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
pub(super) struct IdRecord {
    pub(super) id: [u8; 16],
    pub(super) number: u32,
    pub(super) others: Vec<u32>,
}
