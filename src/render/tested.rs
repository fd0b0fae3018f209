//! The results of scenarios with expectations as text.

use serde::Serialize;

use crate::diagnostic::Diagnostic;
use crate::simulate::{Lane, TestReport, TestedExpectation, TestedFiring, TestedScenario};

use super::documents::about_document;
use super::github::{about_file, annotations, command};
use super::json::json;
use super::junit::{Case, Problem, Suite, testsuites, unreadable_suite};
use super::naming::{display_name, plural};
use super::options::{Format, RenderOptions};
use super::printable::printable;
use super::style::Style;
use super::timeline::draw;

/// The most firings that are listed below an expectation.
const MOST_FIRINGS: usize = 10;
/// The columns before a drawing.
const MARGIN: usize = 6;
/// The columns of a drawing in a report.
const REPORT_COLUMNS: usize = 100;

/// The results of one file.
#[derive(Clone, PartialEq, Debug)]
pub struct TestedFile {
    /// Its name; `-` is standard input.
    pub file: String,
    /// The results, or why it could not be read or tested: a sentence without its subject.
    pub report: Result<TestReport, String>,
}

/// The results in a format; `markdown` is as `pretty`.
#[must_use]
pub fn render_tests(files: &[TestedFile], options: &RenderOptions) -> String {
    match options.format {
        Format::Json => in_json(files),
        Format::Github => files.iter().map(github).collect(),
        Format::Junit => testsuites(&files.iter().flat_map(suites).collect::<Vec<_>>()),
        _ => pretty(files, options),
    }
}

#[derive(Serialize)]
struct All<'r> {
    passed: bool,
    files: Vec<One<'r>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum One<'r> {
    Tested {
        file: &'r str,
        #[serde(flatten)]
        report: &'r TestReport,
    },
    Unreadable {
        file: &'r str,
        unreadable: &'r str,
    },
}

fn in_json(files: &[TestedFile]) -> String {
    let passed = files.iter().all(|one| one.report.as_ref().is_ok_and(|report| report.passed));
    json(&All { passed, files: files.iter().map(one).collect() })
}

fn one(tested: &TestedFile) -> One<'_> {
    let TestedFile { file, report } = tested;
    match report {
        Ok(report) => One::Tested { file, report },
        Err(unreadable) => One::Unreadable { file, unreadable },
    }
}

/// The name of a scenario in its file, or its number.
fn title(scenario: &TestedScenario, index: usize) -> String {
    scenario.scenario.clone().unwrap_or_else(|| format!("scenario {}", index.saturating_add(1)))
}

fn pretty(files: &[TestedFile], options: &RenderOptions) -> String {
    let style = Style { colour: options.colour };
    let mut lines = Vec::new();
    let (mut passed, mut failed, mut broken) = (0_u64, 0_u64, 0_u64);
    for (file, report) in files.iter().filter_map(|one| Some((&one.file, one.report.as_ref().ok()?))) {
        if !report.errors.is_empty() {
            broken = broken.saturating_add(1);
            lines.push(about_document(&report.errors, file, style));
        }
        if !report.warnings.is_empty() {
            lines.extend([about_document(&report.warnings, file, style), String::new()]);
        }
        for (index, scenario) in report.scenarios.iter().enumerate() {
            let name = printable(&format!("{}: {}", display_name(file), title(scenario, index)));
            let mark = if scenario.passed { style.green("ok") } else { style.red("FAILED") };
            lines.push(format!("{mark} {name}"));
            if !scenario.errors.is_empty() {
                broken = broken.saturating_add(1);
                lines.push(about_document(&scenario.errors, file, style));
            }
            for expectation in &scenario.expectations {
                if expectation.passed {
                    passed = passed.saturating_add(1);
                    continue;
                }
                failed = failed.saturating_add(1);
                lines.push(format!("  {} {}", style.red("✗"), message(expectation)));
                lines.extend(drawn(expectation, options, MARGIN));
            }
        }
    }
    let mut sum = vec![format!("{} met", plural(passed, "expectation"))];
    if failed > 0 {
        sum.push(style.red(&format!("{failed} not met")));
    }
    if broken > 0 {
        sum.push(style.red(&format!("{} could not be played", plural(broken, "scenario"))));
    }
    lines.push(sum.join(", "));
    lines.join("\n") + "\n"
}

/// Why a scenario has not passed, for those who have named it: its findings, and the expectations that are not met.
#[must_use]
pub fn render_failures(scenario: &TestedScenario, file: &str, options: &RenderOptions) -> String {
    let style = Style { colour: options.colour };
    let mut lines = Vec::new();
    if !scenario.errors.is_empty() {
        lines.push(about_document(&scenario.errors, file, style));
    }
    for expectation in scenario.expectations.iter().filter(|expectation| !expectation.passed) {
        lines.push(message(expectation));
        lines.extend(drawn(expectation, options, 2));
    }
    lines.join("\n")
}

fn message(expectation: &TestedExpectation) -> String {
    printable(expectation.message.as_deref().unwrap_or_default())
}

/// A drawing after so many columns.
fn drawn(expectation: &TestedExpectation, options: &RenderOptions, margin: usize) -> impl Iterator<Item = String> {
    let style = Style { colour: options.colour };
    let drawn = drawing(expectation, options.width().saturating_sub(MARGIN), style);
    drawn.into_iter().map(move |line| format!("{:margin$}{line}", ""))
}

/// An expectation beside what happened.
fn drawing(expectation: &TestedExpectation, columns: usize, style: Style) -> Vec<String> {
    let lanes: Vec<&Lane> = expectation.timeline.iter().flat_map(|timeline| &timeline.lanes).collect();
    let mut out = draw(&lanes, &expectation.decisions, expectation.between, columns, style);
    let firing =
        |TestedFiring { at, reason }: &TestedFiring| style.dim(&format!("{}  {}", at.rfc3339(), printable(reason)));
    out.extend(expectation.actual.iter().take(MOST_FIRINGS).map(firing));
    out
}

/// An error for each expectation that is not met, and each finding.
fn github(tested: &TestedFile) -> String {
    let file = display_name(&tested.file);
    let report = match &tested.report {
        Ok(report) => report,
        Err(unreadable) => return command("error", &about_file(file, None), &format!("{file} {unreadable}")),
    };
    let mut out = annotations(file, report.errors.iter().chain(&report.warnings));
    for (index, scenario) in report.scenarios.iter().enumerate() {
        out.push_str(&annotations(file, &scenario.errors));
        for expectation in &scenario.expectations {
            if let Some(message) = expectation.message.as_ref().filter(|message| !message.is_empty()) {
                let mut properties = about_file(file, expectation.range);
                properties.push(("title", title(scenario, index)));
                out.push_str(&command("error", &properties, message));
            }
        }
    }
    out
}

/// A suite for each scenario, a case for each expectation.
fn suites(tested: &TestedFile) -> Vec<Suite> {
    let report = match &tested.report {
        Ok(report) => report,
        Err(unreadable) => return vec![unreadable_suite(&tested.file, unreadable)],
    };
    let file = display_name(&tested.file).to_owned();
    if !report.errors.is_empty() {
        return vec![Suite { name: file, cases: vec![unplayed("can be read", &report.errors)], output: String::new() }];
    }
    let suite = |(index, scenario): (usize, &TestedScenario)| {
        let name = format!("{file}: {}", title(scenario, index));
        let cases = match &*scenario.errors {
            [] => scenario.expectations.iter().map(case).collect(),
            errors => vec![unplayed("can be played", errors)],
        };
        Suite { name, cases, output: String::new() }
    };
    report.scenarios.iter().enumerate().map(suite).collect()
}

fn case(expectation: &TestedExpectation) -> Case {
    let failure = expectation.message.as_ref().filter(|message| !message.is_empty()).map(|message| Problem {
        message: message.clone(),
        kind: Some("expectation".to_owned()),
        text: Some(drawing(expectation, REPORT_COLUMNS, Style { colour: false }).join("\n")),
    });
    Case { name: expectation.expect.clone(), failure, error: None }
}

fn unplayed(name: &str, errors: &[Diagnostic]) -> Case {
    let error = errors.first().map(|first| Problem {
        message: first.message.clone(),
        kind: Some(first.code.to_owned()),
        text: None,
    });
    Case { name: name.to_owned(), failure: None, error }
}
