//! The report by the files of the archive, for people and for programs that look into them.

use crate::diagnostic::findings::{Counts, Found, ListedFindings};
use crate::diagnostic::{Diagnostic, Report};
use crate::json::Position;
use crate::render::{FileFindings, FileResult};

use super::map::PartSummary;
use super::merge::ArchiveFindings;

/// A file of an archive.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ArchiveFile {
    /// Its name.
    pub name: String,
    /// Its parts in their order, or why it could not be read: a sentence without its subject.
    pub parts: Result<Vec<PartSummary>, String>,
}

/// The findings of each file that has some or could not be read. Their places, also those in messages, are places in the
/// file; the indices of events are those of the archive, as in messages. `archive`: a name for what the report counts and
/// does not list, and for files without findings; if there is only one file, all is its own.
#[must_use]
pub fn by_file(findings: ArchiveFindings, files: Vec<ArchiveFile>, archive: &str) -> Vec<FileResult> {
    let readable = files.iter().filter(|file| file.parts.is_ok()).count() as u64;
    if readable == 1 {
        let mut report = Some(Report { form: None, ..findings.report() });
        let result = |ArchiveFile { name, parts }| match parts {
            Ok(_) => report.take().map(|report| checked(name, report, 1)),
            Err(reason) => Some(unreadable(name, reason)),
        };
        return files.into_iter().filter_map(result).collect();
    }
    let (mut results, mut listed) = (Vec::new(), 0_u64);
    let ArchiveFindings {
        listed: ListedFindings { found, counts: mut left, omitted }, events: mut left_events, ..
    } = findings;
    let mut found = found.into_iter().peekable();
    let (mut before, mut base) = (0_u64, Position::START);
    for ArchiveFile { name: file, parts } in files {
        let parts = match parts {
            Ok(parts) => parts,
            Err(reason) => {
                results.push(unreadable(file, reason));
                continue;
            }
        };
        let (mut end, mut count) = (base, 0_u64);
        for part in parts {
            end = part.end.after(end);
            count = count.saturating_add(part.events);
        }
        let after = before.saturating_add(count);
        let (mut counts, mut diagnostics) = (Counts::default(), Vec::new());
        while let Some(mut found) = found.next_if(|found| found.index().unwrap_or_default() < after) {
            let (all, left) = (counts.of(found.severity()), left.of(found.severity()));
            *all = all.saturating_add(1);
            *left = left.saturating_sub(1);
            found.cut(base);
            diagnostics.push(found.diagnostic());
        }
        (before, base) = (after, end);
        if !diagnostics.is_empty() {
            left_events = left_events.saturating_sub(count);
            listed = listed.saturating_add(1);
            results.push(checked(file, report(count, counts, diagnostics), 1));
        }
    }
    let rest: Vec<Diagnostic> = found.map(Found::diagnostic).collect();
    if readable > listed || omitted > 0 || !rest.is_empty() || results.is_empty() {
        let truncated = Some(omitted).filter(|&more| more > 0);
        let rest = Report { truncated, ..report(left_events, left, rest) };
        results.push(checked(archive.to_owned(), rest, readable.saturating_sub(listed)));
    }
    results
}

fn report(count: u64, counts: Counts, diagnostics: Vec<Diagnostic>) -> Report {
    let Counts { errors, warnings, infos } = counts;
    Report { valid: errors == 0, count, errors, warnings, infos, diagnostics, truncated: None, form: None }
}

fn checked(file: String, report: Report, files: u64) -> FileResult {
    let excerpts = vec![None; report.diagnostics.len()];
    FileResult::Checked(Box::new(FileFindings { file, report, triggers: None, excerpts, fixed: None, files }))
}

fn unreadable(file: String, reason: String) -> FileResult {
    FileResult::Unreadable { file, reason, is_unfixed: false }
}
