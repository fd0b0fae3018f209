//! Makes the report.

use crate::diagnostic::findings::{Counts, Findings, Found, ListedFindings};
use crate::diagnostic::{Form, Report};
use crate::json::Position;
use crate::validate::{FirstForm, ValidateOptions, form_of_lines};

use super::super::bytes::{ArchiveError, ValueReader};
use super::map::PartSummary;
use super::tally::{Order, Tally};

/// Merges what was found. Memory grows with the findings that were kept.
pub struct ReportMerge {
    options: ValidateOptions,
    found: Vec<(Order, Found)>,
    omitted: Counts,
    parts: u32,
    events: u64,
    end: Position,
    form: FirstForm,
}

impl ReportMerge {
    /// Begins with nothing.
    #[must_use]
    pub fn new(options: ValidateOptions) -> Self {
        let omitted = Counts::default();
        ReportMerge { options, found: Vec::new(), omitted, parts: 0, events: 0, end: Position::START, form: None }
    }

    /// Adds what [`BucketReduce::finish`](super::BucketReduce::finish) returned, in any order.
    ///
    /// # Errors
    /// The bytes are damaged, or of another version.
    pub fn bucket(&mut self, found: &[u8]) -> Result<(), ArchiveError> {
        let (found, omitted) = Tally::read(&mut ValueReader::new(found)?, None)?;
        self.add(found, omitted);
        Ok(())
    }

    /// Adds the findings of the next part.
    ///
    /// # Errors
    /// The bytes are damaged, or of another version.
    pub fn part(&mut self, findings: &[u8]) -> Result<(), ArchiveError> {
        let mut reader = ValueReader::new(findings)?;
        let (summary, form): (PartSummary, FirstForm) = reader.read()?;
        let (mut found, omitted) = Tally::read(&mut reader, Some(self.parts))?;
        for (_, found) in &mut found {
            found.shift(self.end, self.events);
        }
        self.add(found, omitted);
        self.form = self.form.or(form);
        self.events = self.events.saturating_add(summary.events);
        self.end = summary.end.after(self.end);
        self.parts = self.parts.saturating_add(1);
        Ok(())
    }

    fn add(&mut self, found: Vec<(Order, Found)>, omitted: Counts) {
        self.found.extend(found);
        self.omitted.add(omitted);
        // What is left over is known only at the end, but most of it is certain before.
        let most = self.options.max_diagnostics.saturating_add(1024).saturating_mul(6);
        if self.found.len() > most {
            self.trim();
        }
    }

    /// Keeps as many of each severity as the report could hold.
    fn trim(&mut self) {
        self.found.sort_by_key(|(order, _)| *order);
        let mut tally = Tally::new(self.options.max_diagnostics);
        for (order, found) in std::mem::take(&mut self.found) {
            tally.add(order, found);
        }
        let (found, omitted) = tally.into_parts();
        self.found = found;
        self.omitted.add(omitted);
    }

    /// The report on the whole archive.
    #[must_use]
    pub fn report(self) -> Report {
        self.finish().report()
    }

    /// What was found: for the report on the whole archive, and for those on its files.
    #[must_use]
    pub fn finish(mut self) -> ArchiveFindings {
        self.found.sort_by_key(|(order, _)| *order);
        let mut findings = Findings::new(self.options.report());
        for (_, found) in self.found {
            findings.add_of_part(found, Position::START, 0);
        }
        findings.add_omitted(self.omitted);
        ArchiveFindings { listed: findings.listed(), events: self.events, form: form_of_lines(self.form) }
    }
}

/// The findings of an archive. Their places, also those in messages, count from the beginning of the archive or of a file.
pub struct ArchiveFindings {
    pub(super) listed: ListedFindings,
    pub(super) events: u64,
    form: Form,
}

impl ArchiveFindings {
    /// The report on the whole archive.
    #[must_use]
    pub fn report(&self) -> Report {
        let ListedFindings { found, counts, omitted } = &self.listed;
        Report {
            valid: counts.errors == 0,
            count: self.events,
            errors: counts.errors,
            warnings: counts.warnings,
            infos: counts.infos,
            diagnostics: found.iter().cloned().map(Found::diagnostic).collect(),
            truncated: Some(*omitted).filter(|&more| more > 0),
            form: Some(self.form),
        }
    }
}
