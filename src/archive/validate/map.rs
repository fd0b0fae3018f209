//! Checks a part by itself.

use serde::{Deserialize, Serialize};

use crate::json::Position;
use crate::validate::{FirstForm, Part, PartValidator, Role, ValidateOptions};

use super::super::bytes::write;
use super::record::{EventRecord, Families, IdRecord, bucket};
use super::tally::{Order, Tally};

/// What the others need to know of a part.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PartSummary {
    /// How many events it has.
    pub events: u64,
    /// The place after it, counted from its beginning.
    pub end: Position,
}

/// What a part shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mapped {
    /// Its size.
    pub summary: PartSummary,
    /// How many findings it has by itself.
    pub found: u64,
    /// For [`ReportMerge`](super::ReportMerge).
    pub findings: Vec<u8>,
    /// By bucket, for [`RepeatedIds`](super::RepeatedIds); empty if there is nothing.
    pub ids: Vec<Vec<u8>>,
    /// By bucket, for [`BucketReduce`](super::BucketReduce); empty if there is nothing.
    pub records: Vec<Vec<u8>>,
}

/// Checks a part in pieces of whole lines. Memory grows with the part until it is taken; then the next part begins.
pub struct PartMap {
    options: ValidateOptions,
    validator: PartValidator,
    families: Families,
    tally: Tally,
    ids: Vec<Vec<u8>>,
    records: Vec<Vec<u8>>,
    /// The number of records so far.
    number: u32,
    events: u64,
    end: Position,
    form: FirstForm,
}

impl PartMap {
    /// Begins a part. `buckets`: into how many the records are distributed, at least 1.
    #[must_use]
    pub fn new(options: ValidateOptions, buckets: usize) -> Self {
        let buckets = buckets.max(1);
        PartMap {
            tally: Tally::new(options.max_diagnostics),
            validator: PartValidator::new(options.clone()),
            options,
            families: Families::new(),
            ids: vec![Vec::new(); buckets],
            records: vec![Vec::new(); buckets],
            number: 0,
            events: 0,
            end: Position::START,
            form: None,
        }
    }

    /// How many bytes [`PartMap::take`] would return.
    #[must_use]
    pub fn size(&self) -> usize {
        self.ids.iter().chain(&self.records).map(Vec::len).sum()
    }

    /// Adds the next lines, each with its line break. `first`: they begin a file. Returns how many events they have.
    pub fn add(&mut self, lines: &[u8], first: bool) -> u64 {
        let Part { findings, records, events, form } = self.validator.check(lines, first, true);
        let (base, before) = (self.end, self.events);
        let mut found = findings.found.into_iter();
        let mut taken: usize = 0;
        for record in &records.all {
            let own = record.found.saturating_sub(taken);
            taken = taken.max(record.found);
            for mut own in found.by_ref().take(own) {
                own.shift(base, before);
                self.tally.add(Order::With(0, self.number, 0), own);
            }
            let name = record.name.map(|name| String::from_utf8_lossy(records.text(name)));
            let linked = record.linked(&records, base);
            let family = record.family.and_then(|family| self.families.number(family));
            let mut own = None;
            let mut others = Vec::new();
            for (role, key) in Role::of(&linked, record.family, record.holed).into_iter().flatten() {
                let bucket = bucket(&key, self.records.len());
                let index = before.saturating_add(record.index);
                let line = record.line(base);
                let name = name.as_deref();
                let written = EventRecord::new(self.number, role, index, name, family, record.holed, line, &linked);
                if let Some(records) = self.records.get_mut(bucket) {
                    write(records, &written);
                }
                if role == Role::Target {
                    own = Some(bucket);
                } else if let Ok(bucket) = u32::try_from(bucket)
                    && !others.contains(&bucket)
                {
                    others.push(bucket);
                }
            }
            if let (Some(id), Some(ids)) = (linked.id, own.and_then(|own| self.ids.get_mut(own))) {
                write(ids, &IdRecord { id: id.to_le_bytes(), number: self.number, others });
            }
            self.number = self.number.saturating_add(1);
        }
        for mut own in found {
            own.shift(base, before);
            self.tally.add(Order::With(0, self.number, 0), own);
        }
        self.tally.omit(findings.omitted);
        self.form = self.form.or(form);
        self.events = before.saturating_add(events);
        self.end = records.end().after(base);
        events
    }

    /// What the part shows.
    #[must_use]
    pub fn take(&mut self) -> Mapped {
        let summary = PartSummary { events: self.events, end: self.end };
        let mut findings = Vec::new();
        write(&mut findings, &(summary, self.form));
        let tally = std::mem::replace(&mut self.tally, Tally::new(self.options.max_diagnostics));
        let empty = || vec![Vec::new(); self.records.len()];
        let (no_ids, no_records) = (empty(), empty());
        (self.number, self.events, self.end, self.form) = (0, 0, Position::START, None);
        Mapped {
            summary,
            found: tally.count(),
            findings: tally.into_bytes(findings),
            ids: std::mem::replace(&mut self.ids, no_ids),
            records: std::mem::replace(&mut self.records, no_records),
        }
    }
}
