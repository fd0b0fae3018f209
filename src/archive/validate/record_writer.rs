//! Writes the records of a part while its lines are checked.

use crate::catalogue::Match;
use crate::diagnostic::findings::{Findings, Subject};
use crate::json::{Places, Position, Span, Value};
use crate::validate::{Keep, Line, Linked, Relate, Role};

use super::super::bytes::{extend, write};
use super::record::{EventRecord, IdRecord, LineSpan, Record, RoleLinks, Target, bucket, number_of};

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
    /// The buckets of an event's other records, each in four bytes.
    others: Vec<u8>,
    /// The record of a target.
    target: Vec<u8>,
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
        let mut place = |value: Value<'_>| {
            let Span { start, end } = value.span();
            let (start, end) = (unit(start), unit(end));
            LineSpan { start, length: end.saturating_sub(start) }
        };
        let mut own = None;
        self.others.clear();
        for (role, key) in Role::of(event, family, holed).into_iter().flatten() {
            let record = EventRecord {
                index: self.before.saturating_add(index),
                name: subject.name.filter(|name| Some(*name) != known),
                family: family.and_then(number_of),
                occurred: event.occurred.map(|instant| instant.0),
                line: self.line.line,
                offset: self.line.offset,
                links: RoleLinks::of(role, event, holed, &mut place),
            };
            let bucket = bucket(&key, self.records.events.len());
            let Some(records) = self.records.events.get_mut(bucket) else { continue };
            if role == Role::Target {
                own = Some(bucket);
                self.target.clear();
                extend(&mut self.target, &record);
                let target = Target { id: id.to_le_bytes(), event: &self.target };
                write(records, &Record::<&[u8]>::Target(number, target));
                continue;
            }
            write(records, &Record::Other(number, record));
            let bucket = u32::try_from(bucket).unwrap_or(u32::MAX).to_le_bytes();
            if !self.others.as_chunks().0.contains(&bucket) {
                self.others.extend(bucket);
            }
        }
        if let Some(ids) = own.and_then(|own| self.records.ids.get_mut(own)) {
            write(ids, &IdRecord { id: id.to_le_bytes(), number, others: &self.others });
        }
    }
}
