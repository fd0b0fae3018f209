//! Findings about a scenario or an automation that is played, for people.

use crate::diagnostic::{Diagnostic, Severity};

use super::naming::display_name;
use super::printable::printable;
use super::style::Style;

/// The findings, with an empty line between two of them.
pub(super) fn about_document(found: &[Diagnostic], file: &str, style: Style) -> String {
    let one = |diagnostic: &Diagnostic| {
        let Diagnostic { severity, code, message, range, path, help, .. } = diagnostic;
        let place = match range {
            Some(range) => format!(":{}:{}", range.start.line, range.start.column),
            None if path.is_empty() => String::new(),
            None => format!(" ({path})"),
        };
        let name = style.bold(&format!("{}[{code}]", severity.name()));
        let name = if *severity == Severity::Error { style.red(&name) } else { style.yellow(&name) };
        let title = style.bold(&[": ", &printable(message)].concat());
        let file = printable(display_name(file));
        let mut text = format!("{name}{title}\n{} {file}{}", style.cyan("-->"), printable(&place));
        if let Some(help) = help {
            let (sign, label) = (style.cyan("="), style.bold("help"));
            text.extend(["\n  ", &sign, " ", &label, ": ", &printable(help)]);
        }
        text
    };
    found.iter().map(one).collect::<Vec<_>>().join("\n\n")
}
