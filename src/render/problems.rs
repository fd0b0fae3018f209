//! Findings about the input of a command.

use crate::diagnostic::{Diagnostic, Severity};
use crate::simulate::FoundIn;

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
