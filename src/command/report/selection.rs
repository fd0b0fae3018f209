//! Selects the findings to list if there are too many: errors first, so that a thousand infos hide none.

use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::render::Excerpt;

type Finding = (Diagnostic, Option<Excerpt>);

/// Collects the reports on one file; each already keeps its worst findings.
pub(super) struct Selection {
    limit: usize,
    count: u64,
    errors: u64,
    warnings: u64,
    infos: u64,
    /// Errors, warnings, infos.
    found: [Vec<Finding>; 3],
}

impl Selection {
    pub(super) fn new(limit: usize) -> Selection {
        Selection { limit, count: 0, errors: 0, warnings: 0, infos: 0, found: Default::default() }
    }

    /// `excerpts`: of its findings, or none.
    pub(super) fn add(&mut self, report: Report, excerpts: Vec<Option<Excerpt>>) {
        self.count = self.count.saturating_add(report.count);
        self.errors = self.errors.saturating_add(report.errors);
        self.warnings = self.warnings.saturating_add(report.warnings);
        self.infos = self.infos.saturating_add(report.infos);
        let mut excerpts = excerpts.into_iter();
        for diagnostic in report.diagnostics {
            let excerpt = excerpts.next().flatten();
            let [errors, warnings, infos] = &mut self.found;
            let list = match diagnostic.severity {
                Severity::Error => errors,
                Severity::Warning => warnings,
                Severity::Info => infos,
            };
            if list.len() < self.limit {
                list.push((diagnostic, excerpt));
            }
        }
    }

    /// The report on the file, in the order of the text, and the excerpts.
    pub(super) fn end(self) -> (Report, Vec<Option<Excerpt>>) {
        let Selection { limit, count, errors, warnings, infos, found } = self;
        let mut listed: Vec<Finding> = found.into_iter().flatten().take(limit).collect();
        // Late findings, such as a missing link, come last.
        listed.sort_by_key(|(diagnostic, _)| diagnostic.range.map_or(0, |range| range.start.offset));
        let all = errors.saturating_add(warnings).saturating_add(infos);
        let truncated = Some(all.saturating_sub(listed.len() as u64)).filter(|more| *more > 0);
        let (diagnostics, excerpts) = listed.into_iter().unzip();
        let valid = errors == 0;
        (Report { valid, count, errors, warnings, infos, diagnostics, truncated, form: None }, excerpts)
    }
}
