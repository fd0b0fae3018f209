//! For people: each finding with the text around it, help, and a link.

use crate::diagnostic::{Diagnostic, Severity};
use crate::render::naming::{display_name, plural};
use crate::render::printable::printable;
use crate::render::style::Style;
use crate::text::table::Map;

use super::excerpt::Excerpt;
use super::frame::{Frame, frame};
use super::{FileFindings, FileResult, Totals};

/// For more findings than this, a table counts each code.
const FEW: usize = 10;

pub(super) fn file(findings: &FileFindings, noun: &str, style: Style, width: usize) -> String {
    let FileFindings { file, report, excerpts, .. } = findings;
    let mut out = String::new();
    for (index, diagnostic) in report.diagnostics.iter().enumerate() {
        let excerpt = excerpts.get(index).and_then(Option::as_ref);
        out.push_str(&finding(diagnostic, noun, file, excerpt, style, width));
        out.push_str("\n\n");
    }
    if let Some(more) = report.truncated {
        let file = printable(display_name(file));
        let more = format!("… {} in {file} not listed: --max-diagnostics lists them", plural(more, "more finding"));
        out.push_str(&style.dim(&more));
        out.push_str("\n\n");
    }
    out
}

fn finding(
    diagnostic: &Diagnostic,
    noun: &str,
    file: &str,
    excerpt: Option<&Excerpt>,
    style: Style,
    width: usize,
) -> String {
    let Diagnostic { severity, code, message, range, help, docs, fix, .. } = diagnostic;
    let number = range.map(|range| range.start.line.to_string()).unwrap_or_default();
    let gutter = " ".repeat(number.len());
    let bar = style.cyan("|");
    let place = place(diagnostic, noun);
    let mut lines = vec![
        style.headline(*severity, code, &printable(message)),
        format!("{gutter}{} {}{place}", style.cyan("-->"), printable(display_name(file))),
    ];
    if let (Some(range), Some(excerpt)) = (range, excerpt) {
        let columns = width.saturating_sub(gutter.len().saturating_add(3));
        let Frame { text, before, marked } = frame(excerpt, *range, columns);
        lines.push(format!("{gutter} {bar}"));
        lines.push(format!("{} {bar} {text}", style.cyan(&number)));
        let carets = style.of_severity(*severity, &"^".repeat(marked));
        lines.push(format!("{gutter} {bar} {}{carets}", " ".repeat(before)));
    }
    let mut note = |label: &str, text: &str| {
        lines.push(format!("{gutter} {} {}: {}", style.cyan("="), style.bold(label), printable(text)));
    };
    if let Some(help) = help {
        note("help", help);
    }
    if let Some(fix) = fix {
        note("fix", &[&fix.title, " (--fix)"].concat());
    }
    if let Some(docs) = docs {
        note("docs", docs);
    }
    lines.join("\n")
}

fn place(diagnostic: &Diagnostic, noun: &str) -> String {
    match (diagnostic.range, diagnostic.index) {
        (Some(range), _) => format!(":{}:{}", range.start.line, range.start.column),
        (None, None) => String::new(),
        (None, Some(index)) if diagnostic.path.is_empty() => format!(" ({noun} {index})"),
        (None, Some(index)) => format!(" ({noun} {index}, {})", printable(&diagnostic.path)),
    }
}

pub(super) fn end(results: &[FileResult], noun: &str, style: Style) -> String {
    [counts_by_code(results, style), summary(&Totals::of(results), noun, style), "\n".to_owned()].concat()
}

fn counts_by_code(results: &[FileResult], style: Style) -> String {
    let mut counts: Map<(Severity, &str), usize> = Map::default();
    let mut listed = 0_usize;
    for result in results {
        let FileResult::Checked(findings) = result else { continue };
        listed = listed.saturating_add(findings.report.diagnostics.len());
        for found in &findings.report.diagnostics {
            let count = counts.or_default((found.severity, found.code));
            *count = count.saturating_add(1);
        }
    }
    if listed <= FEW {
        return String::new();
    }
    let mut rows: Vec<(usize, Severity, &str)> =
        counts.iter().map(|((severity, code), count)| (*count, *severity, *code)).collect();
    rows.sort_by_key(|(count, ..)| std::cmp::Reverse(*count));
    let width = rows.first().map_or(0, |(count, ..)| count.to_string().len()).saturating_add(2);
    let row = |(count, severity, code): (usize, Severity, &str)| {
        format!("{count:>width$} {}[{code}]\n", style.of_severity(severity, severity.name()))
    };
    rows.into_iter().map(row).collect::<String>() + "\n"
}

fn summary(sum: &Totals, noun: &str, style: Style) -> String {
    let found: Vec<String> = [
        (sum.errors, "error", Severity::Error),
        (sum.warnings, "warning", Severity::Warning),
        (sum.infos, "info", Severity::Info),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
    .map(|(count, name, severity)| style.of_severity(severity, &plural(count, name)))
    .collect();
    let mut parts = Vec::new();
    // If no file was checked, there is nothing to say about findings.
    if sum.files > 0 || (sum.unreadable == 0 && sum.unfixed == 0) {
        let what = if found.is_empty() { style.green("no problems found") } else { found.join(", ") };
        parts.push(format!("{} in {}: {what}", plural(sum.count, noun), plural(sum.files, "file")));
    }
    if sum.fixed > 0 {
        parts.push(format!("{} fixed", sum.fixed));
    }
    if sum.fixable > 0 {
        parts.push(format!("{} fixable with --fix", sum.fixable));
    }
    if sum.unreadable > 0 {
        parts.push(style.red(&format!("{} could not be read", plural(sum.unreadable, "file"))));
    }
    if sum.unfixed > 0 {
        parts.push(style.red(&format!("{} could not be fixed", plural(sum.unfixed, "file"))));
    }
    parts.join("; ")
}
