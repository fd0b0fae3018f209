//! What the events of one bucket show together.

use crate::catalogue::Family;
use crate::diagnostic::findings::{Findings, Subject};
use crate::diagnostic::syntax::Source;
use crate::json::Position;
use crate::text::table::Set;
use crate::validate::{Chain, Memory, Role, ValidateOptions};

use super::super::bytes::{ArchiveError, Reader};
use super::map::PartSummary;
use super::record::EventRecord;
use super::tally::{Order, Tally};

/// The records of one bucket, from all parts in their order. Remembers all of them.
pub struct BucketReduce {
    options: ValidateOptions,
    chain: Chain,
    tally: Tally,
    /// The number of events before each part, and where it begins.
    bases: Vec<(u64, Position)>,
    /// The number of all events.
    events: u64,
    repeated: Set<(u32, u32)>,
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
        BucketReduce { options, chain: Chain::new(Memory::All), tally, bases, events, repeated: Set::default() }
    }

    /// Adds what [`RepeatedIds`](super::RepeatedIds) found for this bucket. Call this for all of them, before any part is
    /// added.
    pub fn repeated(&mut self, repeated: &[u8]) -> Result<(), ArchiveError> {
        let mut reader = Reader::new(repeated)?;
        while let Some(event) = reader.next()? {
            self.repeated.insert(event);
        }
        Ok(())
    }

    /// Adds the records of the next part.
    pub fn add(&mut self, part: u32, records: &[u8]) -> Result<(), ArchiveError> {
        let mut reader = Reader::new(records)?;
        let place = usize::try_from(part).ok().and_then(|part| self.bases.get(part));
        let &(before, base) = place.ok_or(ArchiveError { version: None })?;
        let mut findings = Findings::new(self.options.report());
        let mut orders = Vec::new();
        while let Some(record) = reader.next::<EventRecord<'_, &[u8]>>()? {
            let EventRecord { number, role, holed, .. } = record;
            if role != Role::Target && self.repeated.contains(&(part, number)) {
                continue;
            }
            let family = record.family();
            let index = Some(before.saturating_add(record.index));
            let subject = Subject { index, name: record.name(), docs: family.and_then(Family::docs) };
            findings.next_event();
            self.chain.add_as(role, &mut findings, &subject, &record.linked(base), family, holed);
            let order = Order::With(part, number, phase(role));
            orders.resize(findings.kept(), order);
        }
        keep(&mut self.tally, findings, orders);
        Ok(())
    }

    /// For [`ReportMerge`](super::ReportMerge).
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        self.chain.close(self.events);
        let (late, names) = self.chain.late();
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

fn keep(tally: &mut Tally, findings: Findings<'_>, orders: Vec<Order>) {
    let part = findings.into_part(Source::NONE);
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
