//! What the events of one bucket show together.

use crate::catalogue::Family;
use crate::diagnostic::findings::{Findings, Subject};
use crate::json::Position;
use crate::text::table::{Map, Set};
use crate::validate::{Chain, Id, Memory, Role, ValidateOptions};

use super::super::bytes::{ArchiveError, ValueReader, value};
use super::map::PartSummary;
use super::record::{EventRecord, Record, RoleLinks, Target};
use super::tally::{Order, Tally};

/// The records of one bucket, from all parts in their order. Remembers all of them.
pub struct BucketReduce {
    options: ValidateOptions,
    tally: Tally,
    /// The number of all events.
    events: u64,
    repeated: Set<(u32, u32)>,
    relations: Relations,
}

struct Relations {
    chain: Chain,
    /// The number of events before each part, and where it begins.
    bases: Vec<(u64, Position)>,
    /// The events that others can follow.
    targets: Map<Id, KnownTarget>,
    /// The records of those that the chain does not have, by part: it gets a target when an event follows it.
    records: Vec<Vec<u8>>,
}

struct KnownTarget {
    part: u32,
    /// Where its record begins and ends, unless the chain has it.
    record: Option<(u32, u32)>,
}

impl BucketReduce {
    /// Begins with the first part. `parts`: all of them in their order.
    #[must_use]
    pub fn new(options: ValidateOptions, parts: &[PartSummary]) -> Self {
        let (mut events, mut end) = (0_u64, Position::START);
        let mut bases = Vec::with_capacity(parts.len());
        for part in parts {
            bases.push((events, end));
            events = events.saturating_add(part.events);
            end = part.end.after(end);
        }
        let tally = Tally::new(options.max_diagnostics);
        let chain = Chain::new(Memory::All);
        let records = vec![Vec::new(); parts.len()];
        let relations = Relations { chain, bases, targets: Map::default(), records };
        BucketReduce { options, tally, events, repeated: Set::default(), relations }
    }

    /// Adds what [`RepeatedIds`](super::RepeatedIds) found for this bucket. Call this for all of them, before any part is
    /// added.
    ///
    /// # Errors
    /// The bytes are damaged, or of another version.
    pub fn repeated(&mut self, repeated: &[u8]) -> Result<(), ArchiveError> {
        let mut reader = ValueReader::new(repeated)?;
        while let Some(event) = reader.next()? {
            self.repeated.insert(event);
        }
        Ok(())
    }

    /// Adds the records of the next part.
    ///
    /// # Errors
    /// The bytes are damaged, or of another version.
    pub fn add(&mut self, part: u32, records: &[u8]) -> Result<(), ArchiveError> {
        self.relations.base(part)?;
        let mut reader = ValueReader::new(records)?;
        let mut findings = Findings::new(self.options.report());
        let mut orders = Vec::new();
        while let Some(record) = reader.next::<Record<'_, &[u8]>>()? {
            let (number, role) = match record {
                Record::Target(number, target) => {
                    self.relations.target(&mut findings, part, target)?;
                    (number, Role::Target)
                }
                Record::Other(number, _) if self.repeated.contains(&(part, number)) => continue,
                Record::Other(number, event) => {
                    self.relations.other(&mut findings, part, &event)?;
                    (number, event.role())
                }
            };
            orders.resize(findings.kept(), Order::With(part, number, phase(role)));
        }
        keep(&mut self.tally, findings, orders);
        self.relations.of_part(part)?.shrink_to_fit();
        Ok(())
    }

    /// For [`ReportMerge`](super::ReportMerge).
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        let chain = &mut self.relations.chain;
        chain.close(self.events);
        let (late, names) = chain.late();
        let mut findings = Findings::new(self.options.report());
        let mut orders = Vec::new();
        for late in late {
            let (kind, first, index) = late.order();
            late.report(&mut findings, names);
            orders.resize(findings.kept(), Order::End(kind, first, index));
        }
        keep(&mut self.tally, findings, orders);
        self.tally.into_bytes(Vec::new())
    }
}

impl Relations {
    fn target(&mut self, findings: &mut Findings<'_>, part: u32, target: Target<'_>) -> Result<(), ArchiveError> {
        let id = Id::from_le_bytes(target.id);
        let known = self.targets.len();
        let record = if self.chain.awaits(id) { None } else { self.place(part, target.event) };
        self.targets.or_insert_with(id, || KnownTarget { part, record });
        if self.targets.len() > known && record.is_some() {
            self.of_part(part)?.extend_from_slice(target.event);
            return Ok(());
        }
        self.hand_over(findings, id)?;
        self.add(findings, part, id, &value(target.event)?)
    }

    /// Where a record of a part would begin and end.
    fn place(&mut self, part: u32, record: &[u8]) -> Option<(u32, u32)> {
        let start = self.of_part(part).ok()?.len();
        Some((u32::try_from(start).ok()?, u32::try_from(start.checked_add(record.len())?).ok()?))
    }

    fn of_part(&mut self, part: u32) -> Result<&mut Vec<u8>, ArchiveError> {
        let records = usize::try_from(part).ok().and_then(|part| self.records.get_mut(part));
        records.ok_or(ArchiveError { version: None })
    }

    fn other(
        &mut self,
        findings: &mut Findings<'_>,
        part: u32,
        event: &EventRecord<'_, &[u8]>,
    ) -> Result<(), ArchiveError> {
        if let RoleLinks::Follower { follows, .. } = event.links {
            self.hand_over(findings, Id::from_le_bytes(follows))?;
        }
        self.add(findings, part, Id::default(), event)
    }

    /// Adds the target with an id to the chain, if there is one that it does not have.
    fn hand_over(&mut self, findings: &mut Findings<'_>, id: Id) -> Result<(), ArchiveError> {
        let Some(target) = self.targets.get_mut(&id) else { return Ok(()) };
        let (part, Some((start, end))) = (target.part, target.record.take()) else { return Ok(()) };
        let records = std::mem::take(self.of_part(part)?);
        let added = match value(records.get(start as usize..end as usize).unwrap_or_default()) {
            Ok(event) => self.add(findings, part, id, &event),
            Err(error) => Err(error),
        };
        *self.of_part(part)? = records;
        added
    }

    /// The number of events before a part, and where it begins.
    fn base(&self, part: u32) -> Result<(u64, Position), ArchiveError> {
        let base = usize::try_from(part).ok().and_then(|part| self.bases.get(part));
        base.copied().ok_or(ArchiveError { version: None })
    }

    /// Adds an event to the chain. `id`: that of a target.
    fn add(
        &mut self,
        findings: &mut Findings<'_>,
        part: u32,
        id: Id,
        event: &EventRecord<'_, &[u8]>,
    ) -> Result<(), ArchiveError> {
        let (before, base) = self.base(part)?;
        let family = event.family();
        let index = Some(before.saturating_add(event.index));
        let subject = Subject { index, name: event.name(), docs: family.and_then(Family::docs) };
        findings.next_event();
        self.chain.add_as(event.role(), findings, &subject, &event.linked(id, base), family, event.holed());
        Ok(())
    }
}

fn keep(tally: &mut Tally, findings: Findings<'_>, orders: Vec<Order>) {
    let part = findings.into_part();
    for (order, found) in orders.into_iter().zip(part.found) {
        tally.add(order, found);
    }
    tally.omit(part.omitted);
}

fn phase(role: Role) -> u8 {
    match role {
        Role::Follower => 1,
        Role::Target => 2,
        Role::Run => 3,
        Role::Worker => 4,
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use flate2::read::GzDecoder;

    use super::super::map::PartMap;
    use super::*;

    #[test]
    fn targets_that_nobody_follows_are_not_read() {
        let text = io::read_to_string(GzDecoder::new(&include_bytes!("../../../tests/cases/events.ndjson.gz")[..]));
        let (options, text) = (ValidateOptions::default(), text.unwrap());
        let mut map = PartMap::new(options.clone(), 1);
        map.add(text.as_bytes(), true);
        let mapped = map.take();
        let mut reduce = BucketReduce::new(options, &[mapped.summary]);
        reduce.add(0, &mapped.records[0]).unwrap();
        let (mut all, mut unread) = (0, 0);
        for (_, target) in reduce.relations.targets.iter() {
            all += 1;
            unread += i32::from(target.record.is_some());
        }
        assert!(all > 1300 && unread * 5 > all * 2, "{unread} of {all}");
    }
}
