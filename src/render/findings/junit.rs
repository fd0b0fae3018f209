//! `JUnit` XML: a suite for each file, and a failure for each error.

use crate::diagnostic::{Diagnostic, Severity};
use crate::render::junit::{Case, Problem, Suite, testsuites, unreadable_suite};
use crate::render::naming::{display_name, plural};

use super::{FileFindings, FileResult};

pub(super) fn document(results: &[FileResult], noun: &str) -> String {
    let suite = |result: &FileResult| match result {
        FileResult::Unreadable { file, reason, .. } => unreadable_suite(file, reason),
        FileResult::Checked(findings) => suite(findings, noun),
    };
    testsuites(&results.iter().map(suite).collect::<Vec<_>>())
}

fn suite(findings: &FileFindings, noun: &str) -> Suite {
    let FileFindings { file, report, .. } = findings;
    let (errors, rest): (Vec<&Diagnostic>, Vec<&Diagnostic>) =
        report.diagnostics.iter().partition(|found| found.severity == Severity::Error);
    let mut output: Vec<String> = rest.into_iter().map(|found| described(found, noun)).collect();
    output.extend(report.truncated.map(|more| format!("{more} more findings are not listed")));
    let case = |error: &&Diagnostic| {
        let place = error.range.map(|range| format!(" at {}:{}", range.start.line, range.start.column));
        let problem = Problem {
            message: error.message.clone(),
            kind: Some(error.code.to_owned()),
            text: Some(described(error, noun)),
        };
        Case { name: [error.code, &place.unwrap_or_default()].concat(), failure: Some(problem), error: None }
    };
    let mut cases: Vec<Case> = errors.iter().map(case).collect();
    // A suite with unlisted errors must not pass.
    let unlisted = report.errors.saturating_sub(errors.len() as u64);
    if unlisted > 0 {
        let failure = Problem { message: format!("{unlisted} more errors are not listed"), kind: None, text: None };
        cases.push(Case { name: "further errors".to_owned(), failure: Some(failure), error: None });
    }
    if cases.is_empty() {
        cases.push(Case { name: plural(report.count, noun), failure: None, error: None });
    }
    Suite { name: display_name(file).to_owned(), cases, output: output.join("\n") }
}

fn described(found: &Diagnostic, noun: &str) -> String {
    let Diagnostic { severity, code, message, help, docs, path, index, range, .. } = found;
    let mut lines = vec![format!("{}[{code}]: {message}", severity.name())];
    lines.extend(range.map(|range| format!("  at {}:{}", range.start.line, range.start.column)));
    if let Some(index) = index {
        let path = if path.is_empty() { String::new() } else { [", ", path].concat() };
        lines.push(format!("  in {noun} {index}{path}"));
    }
    lines.extend(help.as_ref().map(|help| format!("  help: {help}")));
    lines.extend(docs.as_ref().map(|docs| format!("  docs: {docs}")));
    lines.join("\n")
}
