//! Findings about the input of a command.

use crate::diagnostic::{Diagnostic, Severity};
use crate::simulate::{FoundIn, NotPlayed};
use crate::text::phrase::count;

use super::github::command;
use super::junit::{Case, Problem, Suite, testsuites};
use super::options::{Format, RenderOptions};
use super::printable::printable;
use super::style::Style;

/// The file that findings are about.
pub(super) fn file_of(found_in: Option<FoundIn>, index: Option<usize>, options: &RenderOptions) -> String {
    let name = match found_in {
        Some(FoundIn::Events) => options.events.get(index.unwrap_or_default()),
        _ => options.file.as_ref(),
    };
    name.cloned().unwrap_or_else(|| {
        if found_in == Some(FoundIn::Events) { "the events".to_owned() } else { "the automation".to_owned() }
    })
}

/// The most events that were not played that are listed for people.
const MOST_LISTED: usize = 20;

/// How many events were not played.
pub(super) fn number_not_played(all: &[NotPlayed]) -> Option<String> {
    match all.len() {
        0 => None,
        1 => Some("not played: 1 event that cannot be read".to_owned()),
        number => Some(format!("not played: {} events that cannot be read", count(number))),
    }
}

/// The events that were not played, each as a finding in a file, and their number.
pub(super) fn not_played(
    all: &[NotPlayed],
    options: &RenderOptions,
    one: &dyn Fn(&[Diagnostic], &str) -> String,
) -> Vec<String> {
    let event = |event: &NotPlayed| {
        let file = file_of(Some(FoundIn::Events), event.events_index, options);
        one(std::slice::from_ref(&event.finding), &file)
    };
    all.iter().take(MOST_LISTED).map(event).chain(number_not_played(all)).collect()
}

/// The same, one finding a line.
pub(super) fn lines_not_played(all: &[NotPlayed], options: &RenderOptions, style: Style) -> Vec<String> {
    not_played(all, options, &|found, file| lines(found, file, style).concat())
}

fn severity(diagnostic: &Diagnostic) -> &'static str {
    match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

/// One finding a line, with its place.
pub(super) fn lines(found: &[Diagnostic], file: &str, style: Style) -> Vec<String> {
    let line = |diagnostic: &Diagnostic| {
        let place = diagnostic.range.map(|range| format!(":{}:{}", range.start.line, range.start.column));
        let name = severity(diagnostic);
        let name = if diagnostic.severity == Severity::Error { style.red(name) } else { style.yellow(name) };
        format!(
            "{}{}: {name}: {} {}",
            printable(file),
            place.unwrap_or_default(),
            printable(&diagnostic.message),
            style.dim(&format!("[{}]", diagnostic.code))
        )
    };
    found.iter().map(line).collect()
}

/// The text of a command whose input could not be read, in any format but JSON.
pub(super) fn unreadable(errors: &[Diagnostic], file: &str, options: &RenderOptions) -> String {
    match options.format {
        Format::Junit => {
            let case = |diagnostic: &Diagnostic| Case {
                name: diagnostic.code.to_string(),
                failure: None,
                error: Some(Problem {
                    message: diagnostic.message.clone(),
                    kind: Some(diagnostic.code.to_owned()),
                    text: Some(String::new()),
                }),
            };
            let cases = errors.iter().map(case).collect();
            testsuites(&[Suite { name: file.to_owned(), cases, output: String::new() }])
        }
        Format::Github => errors
            .iter()
            .map(|diagnostic| {
                let mut properties = vec![("file", file.to_owned())];
                if let Some(range) = diagnostic.range {
                    properties.push(("line", range.start.line.to_string()));
                    properties.push(("col", range.start.column.to_string()));
                }
                properties.push(("title", diagnostic.code.to_string()));
                command("error", &properties, &diagnostic.message)
            })
            .collect(),
        _ => {
            let mut text = lines(errors, file, Style { colour: options.colour }).join("\n");
            text.push('\n');
            text
        }
    }
}
