//! The report by the files of the archive, for people and for programs that look into them.

use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::json::{Position, Range};
use crate::render::{FileFindings, FileResult};

use super::map::PartSummary;

/// A file of an archive.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ArchiveFile {
    /// Its name.
    pub name: String,
    /// Its parts in their order, or why it could not be read: a sentence without its subject.
    pub parts: Result<Vec<PartSummary>, String>,
}

/// The findings of each file that has some or could not be read. Their places are places in the file; the indices of events
/// are those of the archive, as in messages. `archive`: a name for what the report counts and does not list, and for files
/// without findings; if there is only one file, all is its own.
#[must_use]
pub fn by_file(report: Report, files: Vec<ArchiveFile>, archive: &str) -> Vec<FileResult> {
    let readable = files.iter().filter(|file| file.parts.is_ok()).count() as u64;
    if readable == 1 {
        let mut report = Some(Report { form: None, ..report });
        let result = |ArchiveFile { name, parts }| match parts {
            Ok(_) => report.take().map(|report| checked(name, report, 1)),
            Err(reason) => Some(unreadable(name, reason)),
        };
        return files.into_iter().filter_map(result).collect();
    }
    let (mut results, mut listed) = (Vec::new(), 0_u64);
    let mut rest = Report { diagnostics: Vec::new(), ..report };
    let mut found = report.diagnostics.into_iter().peekable();
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
        let mut own = Report { diagnostics: Vec::new(), count, ..EMPTY };
        while let Some(found) = found.next_if(|found| found.index.unwrap_or_default() < after) {
            let (all, left) = match found.severity {
                Severity::Error => (&mut own.errors, &mut rest.errors),
                Severity::Warning => (&mut own.warnings, &mut rest.warnings),
                Severity::Info => (&mut own.infos, &mut rest.infos),
            };
            *all = all.saturating_add(1);
            *left = left.saturating_sub(1);
            own.diagnostics.push(in_file(found, base));
        }
        (before, base) = (after, end);
        if !own.diagnostics.is_empty() {
            own.valid = own.errors == 0;
            rest.count = rest.count.saturating_sub(count);
            listed = listed.saturating_add(1);
            results.push(checked(file, own, 1));
        }
    }
    rest.diagnostics.extend(found);
    if rest.count > 0 || rest.truncated.is_some() || results.is_empty() {
        rest.valid = rest.errors == 0;
        results.push(checked(archive.to_owned(), rest, readable.saturating_sub(listed)));
    }
    results
}

const EMPTY: Report = Report {
    valid: true,
    count: 0,
    errors: 0,
    warnings: 0,
    infos: 0,
    diagnostics: Vec::new(),
    truncated: None,
    form: None,
};

fn checked(file: String, report: Report, files: u64) -> FileResult {
    let excerpts = vec![None; report.diagnostics.len()];
    FileResult::Checked(Box::new(FileFindings { file, report, triggers: None, excerpts, fixed: None, files }))
}

fn unreadable(file: String, reason: String) -> FileResult {
    FileResult::Unreadable { file, reason, is_unfixed: false }
}

/// The finding, with places from the beginning of the file.
fn in_file(mut found: Diagnostic, base: Position) -> Diagnostic {
    let place = |place: Position| Position {
        line: place.line.saturating_sub(base.line).saturating_add(1),
        offset: place.offset.saturating_sub(base.offset),
        ..place
    };
    let range = |range: Range| Range { start: place(range.start), end: place(range.end) };
    found.range = found.range.map(range);
    for edit in found.fix.iter_mut().flat_map(|fix| &mut fix.edits) {
        edit.range = range(edit.range);
    }
    found
}
