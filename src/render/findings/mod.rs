//! Findings on files as text: for people, and for programs.

mod excerpt;
mod frame;
mod json;
mod junit;
mod pretty;
mod sarif;
#[cfg(test)]
mod tests;

use serde::Deserialize;

use crate::automation::TriggerOutline;
use crate::diagnostic::Report;

use super::github::{about_file, annotations, command};
use super::naming::display_name;
use super::options::RenderOptions;
use super::style::Style;

pub use excerpt::Excerpt;
pub(crate) use excerpt::{Again, excerpts};

/// The form of a text about findings.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FindingsFormat {
    /// For people, on a terminal.
    #[default]
    Pretty,
    /// One document: the totals, and the report on each file.
    Json,
    /// Workflow commands of GitHub Actions, which become annotations.
    Github,
    /// SARIF 2.1.0, which code scanning services read.
    Sarif,
    /// `JUnit` XML: a suite for each file, a failure for each error.
    Junit,
}

/// What was found in a file.
#[derive(Clone, PartialEq, Debug)]
pub struct FileFindings {
    /// Its name; `-` is standard input.
    pub file: String,
    /// The findings.
    pub report: Report,
    /// For automations: their triggers.
    pub triggers: Option<Vec<TriggerOutline>>,
    /// The text around each finding, for people.
    pub excerpts: Vec<Option<Excerpt>>,
    /// How many fixes were applied, if any should be.
    pub fixed: Option<usize>,
    /// How many files these are: 1, except for the rest of an archive.
    pub files: u64,
}

/// What is known of a file.
#[derive(Clone, PartialEq, Debug)]
pub enum FileResult {
    /// It was checked.
    Checked(Box<FileFindings>),
    /// It could not be read, or not be fixed.
    Unreadable {
        /// Its name; `-` is standard input.
        file: String,
        /// Why: a sentence without its subject.
        reason: String,
        /// Whether it could only not be fixed.
        is_unfixed: bool,
    },
}

impl FileResult {
    fn file(&self) -> &str {
        match self {
            FileResult::Checked(findings) => &findings.file,
            FileResult::Unreadable { file, .. } => file,
        }
    }
}

/// How findings are rendered.
#[derive(Clone, Copy, Debug)]
pub struct FindingsView<'v> {
    /// The form.
    pub format: FindingsFormat,
    /// What the files contain: `event` or `automation`.
    pub noun: &'v str,
    /// The terminal.
    pub options: &'v RenderOptions,
    /// Whether `\` separates the parts of paths.
    pub backslash: bool,
}

impl FindingsView<'_> {
    /// The text about one file, as soon as it is known; empty in forms that are one document.
    #[must_use]
    pub fn file(&self, result: &FileResult) -> String {
        match (self.format, result) {
            (FindingsFormat::Pretty, FileResult::Checked(findings)) => {
                pretty::file(findings, self.noun, self.style(), self.options.width())
            }
            (FindingsFormat::Github, result) => github(result),
            _ => String::new(),
        }
    }

    /// The text after that of all files.
    #[must_use]
    pub fn end(&self, results: &[FileResult]) -> String {
        match self.format {
            FindingsFormat::Pretty => pretty::end(results, self.noun, self.style()),
            FindingsFormat::Json => json::document(results),
            FindingsFormat::Github => String::new(),
            FindingsFormat::Sarif => sarif::log(results, self.backslash),
            FindingsFormat::Junit => junit::document(results, self.noun),
        }
    }

    fn style(&self) -> Style {
        Style { colour: self.options.colour }
    }
}

fn github(result: &FileResult) -> String {
    let file = display_name(result.file());
    match result {
        FileResult::Unreadable { reason, .. } => {
            command("error", &about_file(file, None), &[file, " ", reason].concat())
        }
        FileResult::Checked(findings) => {
            let mut out = annotations(file, &findings.report.diagnostics);
            if let Some(more) = findings.report.truncated {
                let message = format!("{more} more findings are not listed");
                out.push_str(&command("notice", &about_file(file, None), &message));
            }
            out
        }
    }
}

/// The totals of all files.
#[derive(Default)]
struct Totals {
    files: u64,
    count: u64,
    errors: u64,
    warnings: u64,
    infos: u64,
    fixable: usize,
    fixed: usize,
    unreadable: u64,
    unfixed: u64,
}

impl Totals {
    fn of(results: &[FileResult]) -> Totals {
        let mut sum = Totals::default();
        for result in results {
            match result {
                FileResult::Unreadable { is_unfixed: true, .. } => sum.unfixed = sum.unfixed.saturating_add(1),
                FileResult::Unreadable { .. } => sum.unreadable = sum.unreadable.saturating_add(1),
                FileResult::Checked(findings) => {
                    let FileFindings { report, fixed, files, .. } = &**findings;
                    sum.files = sum.files.saturating_add(*files);
                    sum.count = sum.count.saturating_add(report.count);
                    sum.errors = sum.errors.saturating_add(report.errors);
                    sum.warnings = sum.warnings.saturating_add(report.warnings);
                    sum.infos = sum.infos.saturating_add(report.infos);
                    sum.fixed = sum.fixed.saturating_add(fixed.unwrap_or_default());
                    let fixable = report.diagnostics.iter().filter(|found| found.fix.is_some()).count();
                    sum.fixable = sum.fixable.saturating_add(fixable);
                }
            }
        }
        sum
    }
}
