//! The explanation of a code as text.

use serde::Serialize;

use crate::diagnostic::Severity;
use crate::explain::{About, Explanation};
use crate::json::tree::optional_text_as_value;

use super::json::json;
use super::options::{Format, RenderOptions};
use super::printable::printable;
use super::style::Style;

/// An explanation as JSON: with the whole wrong example.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Whole<'e> {
    code: &'static str,
    title: &'static str,
    severity: Severity,
    server: bool,
    about: About,
    text: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    docs: Option<&'static str>,
    wrong: String,
    right: &'e str,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "optional_text_as_value")]
    options: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "optional_text_as_value")]
    wrong_options: Option<&'static str>,
}

/// The explanation in a format: `pretty` or `json`; others are as `pretty`.
#[must_use]
pub fn render_explanation(explanation: &Explanation, options: &RenderOptions) -> String {
    let Explanation {
        code, title, severity, server, about, text, docs, right, options: of_right, wrong_options, ..
    } = explanation;
    let (code, title, severity, text, docs) = (*code, *title, *severity, *text, *docs);
    let wrong = explanation.wrong_example();
    if options.format == Format::Json {
        let (server, about, options, wrong_options) = (*server, *about, *of_right, *wrong_options);
        return json(&Whole { code, title, severity, server, about, text, docs, wrong, right, options, wrong_options });
    }
    let style = Style { colour: options.colour };
    let mut parts = vec![
        style.headline(severity, code, title),
        text.trim_end().to_owned(),
        [&style.bold("Wrong:"), "\n", &indented(&wrong)].concat(),
        [&style.bold("Right:"), "\n", &indented(right)].concat(),
    ];
    parts.extend(docs.map(|docs| [&style.bold("Documentation:"), " ", docs].concat()));
    let mut out = parts.join("\n\n");
    out.push('\n');
    out
}

fn indented(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| ["    ", &printable(line)].concat()).collect();
    lines.join("\n")
}
