//! Checks a part by itself.

use serde::{Deserialize, Serialize};

use crate::json::Position;
use crate::validate::{Checked, FirstForm, LineValidator, ValidateOptions};

use super::super::bytes::write;
use super::record_writer::{PartRecords, Records};
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
    buckets: usize,
    validator: LineValidator<PartRecords>,
    tally: Tally,
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
            validator: LineValidator::new(options.clone(), PartRecords::new(buckets)),
            options,
            buckets,
            events: 0,
            end: Position::START,
            form: None,
        }
    }

    /// How many bytes [`PartMap::take`] would return.
    #[must_use]
    pub fn size(&mut self) -> usize {
        self.validator.kept().size()
    }

    /// Adds the next lines, each with its line break. `first`: they begin a file. Returns how many events they have.
    pub fn add(&mut self, lines: &[u8], first: bool) -> u64 {
        let (base, before) = (self.end, self.events);
        self.validator.kept().begin(base, before);
        let Checked { findings, events, end, form } = self.validator.check(lines, first, true);
        let records = self.validator.kept();
        for (place, mut own) in findings.found.into_iter().enumerate() {
            own.shift(base, before);
            self.tally.add(Order::With(0, records.number_of(place), 0), own);
        }
        self.tally.omit(findings.omitted);
        self.form = self.form.or(form);
        self.events = before.saturating_add(events);
        self.end = end.after(base);
        events
    }

    /// What the part shows.
    #[must_use]
    pub fn take(&mut self) -> Mapped {
        let summary = PartSummary { events: self.events, end: self.end };
        let mut findings = Vec::new();
        write(&mut findings, &(summary, self.form));
        let tally = std::mem::replace(&mut self.tally, Tally::new(self.options.max_diagnostics));
        (self.events, self.end, self.form) = (0, Position::START, None);
        let Records { ids, events } = self.validator.kept().take(self.buckets);
        Mapped { summary, found: tally.count(), findings: tally.into_bytes(findings), ids, records: events }
    }
}
