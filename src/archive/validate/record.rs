//! The record of an event for those that it matters to in one role.

use serde::{Deserialize, Serialize};

use crate::catalogue::{Family, families};
use crate::json::Position;
use crate::text::table::Map;
use crate::time::Instant;
use crate::validate::{Id, Kept, Key, Linked, Links, Role};

use super::super::bytes::as_bytes;

#[derive(Serialize, Deserialize)]
pub(super) struct EventRecord<'b> {
    /// Its number in the part: each event with a readable id has one.
    pub(super) number: u32,
    pub(super) role: Role,
    /// The index of the event in the part.
    pub(super) index: u64,
    pub(super) name: Option<&'b str>,
    /// Its number in the catalogue.
    pub(super) family: Option<u16>,
    pub(super) holed: bool,
    occurred: Option<i64>,
    id: [u8; 16],
    follows: Option<[u8; 16]>,
    /// The beginning of its line in the part.
    line: u64,
    offset: u64,
    #[serde(borrow)]
    links: Links<Piece<'b>>,
}

/// A value in the line.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Piece<'b> {
    #[serde(serialize_with = "as_bytes")]
    text: &'b [u8],
    start: u32,
    length: u32,
}

impl<'b> EventRecord<'b> {
    /// `line`: the beginning of its line.
    #[expect(clippy::too_many_arguments, reason = "they are what a record has")]
    pub(super) fn new(
        number: u32,
        role: Role,
        index: u64,
        name: Option<&'b str>,
        family: Option<u16>,
        holed: bool,
        line: Position,
        event: &Linked<Kept<'b>>,
    ) -> Self {
        let piece = |kept: Kept<'b>| {
            let unit = |offset: u64| u32::try_from(offset.saturating_sub(line.offset)).unwrap_or(u32::MAX);
            let (start, end) = (unit(kept.range.start.offset), unit(kept.range.end.offset));
            Piece { text: kept.text, start, length: end.saturating_sub(start) }
        };
        let mut links = role.links(&event.links).map(piece);
        // Of these only the places matter.
        let Links { occurred, event: own, id, follows, validated, initial, .. } = &mut links;
        for place in [occurred, own, id, follows, &mut validated.whole, &mut initial.whole] {
            *place = place.map(|piece| Piece { text: &[], ..piece });
        }
        EventRecord {
            number,
            role,
            index,
            name,
            family,
            holed,
            occurred: event.occurred.map(|instant| instant.0),
            id: event.id.unwrap_or_default().to_le_bytes(),
            follows: event.follows.map(Id::to_le_bytes),
            line: line.line,
            offset: line.offset,
            links,
        }
    }

    /// The event. `base`: the beginning of the part.
    pub(super) fn linked(&self, base: Position) -> Linked<Kept<'b>> {
        let line = Position { line: self.line, column: 1, offset: self.offset }.after(base);
        let kept = |Piece { text, start, length }| Kept::in_line(text, line, start, start.saturating_add(length));
        Linked {
            occurred: self.occurred.map(Instant),
            id: Some(Id::from_le_bytes(self.id)),
            follows: self.follows.map(Id::from_le_bytes),
            links: self.links.map(kept),
        }
    }
}

/// The numbers of the families, by their addresses.
pub(super) struct Families(Map<usize, u16>);

impl Families {
    pub(super) fn new() -> Self {
        let mut numbers = Map::default();
        for (number, family) in (0..).zip(families()) {
            numbers.insert(std::ptr::from_ref(family).addr(), number);
        }
        Families(numbers)
    }

    pub(super) fn number(&self, family: &'static Family) -> Option<u16> {
        self.0.get(&std::ptr::from_ref(family).addr()).copied()
    }

    pub(super) fn family(number: u16) -> Option<&'static Family> {
        families().get(usize::from(number))
    }
}

/// The bucket of a key: the same in each process.
pub(super) fn bucket(key: &Key<'_>, buckets: usize) -> usize {
    const PRIME: u64 = 0x0100_0000_01b3;
    let bytes =
        |hash: u64, bytes: &[u8]| bytes.iter().fold(hash, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
    // FNV-1a.
    let hash = match key {
        Key::Id(id) => bytes(0xcbf2_9ce4_8422_2325, &id.to_le_bytes()),
        Key::Run(run) => bytes(0x6c62_272e_07bb_0142, run),
    };
    // Its low bits alone are those of few bytes.
    let mixed = hash ^ (hash >> 32);
    usize::try_from(mixed.checked_rem(buckets as u64).unwrap_or_default()).unwrap_or_default()
}

/// An id, and where its event has records beside those of its id.
#[derive(Serialize, Deserialize)]
pub(super) struct IdRecord {
    pub(super) id: [u8; 16],
    pub(super) number: u32,
    pub(super) others: Vec<u32>,
}
