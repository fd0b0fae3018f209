//! Writes the records of a part while its lines are checked.

use std::borrow::Cow;

use crate::catalogue::Match;
use crate::diagnostic::findings::{Findings, Subject};
use crate::json::{Places, Position, Span, Value};
use crate::validate::{Id, Keep, Line, Linked, Links, Relate, Role};

use super::super::bytes::write;
use super::record::{EventRecord, IdRecord, Piece, bucket, number_of};

/// The records of a part, by bucket; empty if there is nothing.
#[derive(Default)]
pub(super) struct Records {
    pub(super) ids: Vec<Vec<u8>>,
    pub(super) events: Vec<Vec<u8>>,
}

impl Records {
    fn new(buckets: usize) -> Self {
        Records { ids: vec![Vec::new(); buckets], events: vec![Vec::new(); buckets] }
    }
}

/// Records as they are written.
#[derive(Default)]
pub(super) struct PartRecords {
    records: Records,
    /// The number of records so far.
    number: u32,
    /// The number of events before these lines, and where they begin.
    before: u64,
    base: Position,
    /// Where the current line begins: its first byte, and its place in the part.
    byte: u32,
    line: Position,
    /// The line, unless each of its bytes is one code unit.
    wide: Option<(Vec<u8>, bool)>,
    /// How many findings of these lines come no later than with the record of this number, where there are more than before.
    found: Vec<(usize, u32)>,
    /// The buckets of an event's other records.
    others: Vec<u32>,
}

impl PartRecords {
    pub(super) fn new(buckets: usize) -> Self {
        PartRecords { records: Records::new(buckets), ..PartRecords::default() }
    }

    /// How many bytes they have.
    pub(super) fn size(&self) -> usize {
        self.records.ids.iter().chain(&self.records.events).map(Vec::len).sum()
    }

    /// Lines follow.
    pub(super) fn begin(&mut self, base: Position, before: u64) {
        (self.base, self.before) = (base, before);
        self.found.clear();
    }

    /// The number of the record that a finding of these lines belongs to. `place`: its index among them.
    pub(super) fn number_of(&self, place: usize) -> u32 {
        let at = self.found.partition_point(|(found, _)| *found <= place);
        self.found.get(at).map_or(self.number, |(_, number)| *number)
    }

    pub(super) fn take(&mut self, buckets: usize) -> Records {
        self.number = 0;
        std::mem::replace(&mut self.records, Records::new(buckets))
    }
}

impl Keep for PartRecords {
    fn begin_line(&mut self, text: &[u8], line: &Line, end: usize) {
        self.byte = u32::try_from(line.byte).unwrap_or(u32::MAX);
        self.line = line.position().after(self.base);
        let wide = || text.get(line.byte..end).unwrap_or_default().to_vec();
        self.wide = (!line.is_ascii).then(|| (wide(), line.wtf8));
    }
}

impl Relate for PartRecords {
    fn relate(
        &mut self,
        findings: &mut Findings<'_>,
        subject: &Subject<'_>,
        event: &Linked<Value<'_>>,
        matched: Option<&Match<'_>>,
    ) {
        let (Some(index), Some(id)) = (subject.index, event.id) else { return };
        let (found, number) = (findings.kept(), self.number);
        if self.found.last().map_or(0, |(last, _)| *last) < found {
            self.found.push((found, number));
        }
        self.number = number.saturating_add(1);
        let family = matched.map(|matched| matched.family);
        let holed = matched.is_some_and(|matched| matched.hole.is_some());
        let known = family.map(|family| family.name.text);
        let mut places = self.wide.as_ref().map(|(line, wtf8)| Places::new(line, Position::START, *wtf8));
        let mut unit = |byte: u32| {
            let byte = byte.saturating_sub(self.byte);
            let place = places.as_mut().map(|places| places.position(byte as usize).offset);
            place.map_or(byte, |unit| u32::try_from(unit).unwrap_or(u32::MAX))
        };
        let mut own = None;
        self.others.clear();
        for (role, key) in Role::of(event, family, holed).into_iter().flatten() {
            let (own_id, follows) = role.ids(event);
            let record = EventRecord {
                number,
                role,
                index: self.before.saturating_add(index),
                name: subject.name.filter(|name| Some(*name) != known),
                family: family.and_then(number_of),
                holed,
                occurred: event.occurred.map(|instant| instant.0),
                id: own_id.map(Id::to_le_bytes),
                follows: follows.map(Id::to_le_bytes),
                line: self.line.line,
                offset: self.line.offset,
                links: only_places(role.links(&event.links).map(|value| piece(value, &mut unit))),
            };
            let bucket = bucket(&key, self.records.events.len());
            if let Some(records) = self.records.events.get_mut(bucket) {
                write(records, &record);
            }
            if role == Role::Target {
                own = Some(bucket);
            } else if let Ok(bucket) = u32::try_from(bucket)
                && !self.others.contains(&bucket)
            {
                self.others.push(bucket);
            }
        }
        if let Some(ids) = own.and_then(|own| self.records.ids.get_mut(own)) {
            let record = IdRecord { id: id.to_le_bytes(), number, others: std::mem::take(&mut self.others) };
            write(ids, &record);
            self.others = record.others;
        }
    }
}

fn piece<'t>(value: Value<'t>, unit: &mut impl FnMut(u32) -> u32) -> Piece<Cow<'t, [u8]>> {
    let Span { start, end } = value.span();
    let (start, end) = (unit(start), unit(end));
    Piece { text: value.bytes(), start, length: end.saturating_sub(start) }
}

/// Leaves out texts of which only the places matter.
fn only_places(links: Links<Piece<Cow<'_, [u8]>>>) -> Links<Piece<Cow<'_, [u8]>>> {
    let place = |piece: Piece<_>| Piece { text: Cow::Borrowed(&[][..]), ..piece };
    let Links { occurred, event, id, follows, mut validated, mut initial, .. } = links;
    (validated.whole, initial.whole) = (validated.whole.map(place), initial.whole.map(place));
    let [occurred, event, id, follows] = [occurred, event, id, follows].map(|piece| piece.map(place));
    Links { occurred, event, id, follows, validated, initial, ..links }
}
