//! Workflow commands of GitHub Actions, which become annotations.

use crate::diagnostic::{Diagnostic, Range, Severity};

use super::printable::{printable, printable_lines};

/// A command with its properties: `::error file=a.yaml,line=3::message`.
pub(super) fn command(name: &str, properties: &[(&str, String)], message: &str) -> String {
    let mut out = format!("::{name}");
    for (place, (key, value)) in properties.iter().enumerate() {
        out.push(if place == 0 { ' ' } else { ',' });
        out.extend([key, "=", &property(&printable(value))]);
    }
    out.push_str("::");
    out.push_str(&data(&printable_lines(message)));
    out.push('\n');
    out
}

/// The properties of a place in a file.
pub(super) fn about_file(file: &str, range: Option<Range>) -> Vec<(&'static str, String)> {
    let mut properties = vec![("file", file.to_owned())];
    if let Some(Range { start, end }) = range {
        properties.extend([
            ("line", start.line.to_string()),
            ("col", start.column.to_string()),
            ("endLine", end.line.to_string()),
            ("endColumn", end.column.to_string()),
        ]);
    }
    properties
}

/// A command for each finding.
pub(super) fn annotations<'d>(file: &str, found: impl IntoIterator<Item = &'d Diagnostic>) -> String {
    let one = |diagnostic: &Diagnostic| {
        let name = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let mut properties = about_file(file, diagnostic.range);
        properties.push(("title", diagnostic.code.to_owned()));
        match &diagnostic.help {
            Some(help) => command(name, &properties, &format!("{}\n{help}", diagnostic.message)),
            None => command(name, &properties, &diagnostic.message),
        }
    };
    found.into_iter().map(one).collect()
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
