//! Results as HTML, for notebooks: they can stand in any page, light or dark. They have no scripts.

use std::fmt::Write;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::markup::escaped;
use super::svg::{self, Drawing};

/// The most findings, and the most timelines, in one text.
const MOST_FINDINGS: usize = 200;
const MOST_TIMELINES: usize = 20;

#[derive(Deserialize)]
struct Report {
    #[serde(default)]
    count: u64,
    #[serde(default)]
    errors: u64,
    #[serde(default)]
    warnings: u64,
    #[serde(default)]
    infos: u64,
    diagnostics: Vec<Finding>,
    #[serde(default)]
    truncated: u64,
}

#[derive(Deserialize)]
struct Finding {
    code: String,
    severity: String,
    message: String,
    index: Option<u64>,
    name: Option<String>,
    #[serde(default)]
    path: String,
    range: Option<Range>,
    help: Option<String>,
    docs: Option<String>,
}

#[derive(Deserialize)]
struct Range {
    start: Position,
}

#[derive(Deserialize)]
struct Position {
    line: u64,
    column: u64,
}

/// A report, or its JSON as a [`serde_json::Value`], as a table of its findings. `None`: it is no report.
///
/// ```
/// use prefect_events::diagnostic::TextOptions;
/// use prefect_events::render::report_html;
/// use prefect_events::validate::{ValidateOptions, validate};
///
/// let report = validate(br#"{"event": "<b>", "resource": {}}"#, TextOptions::default(), &ValidateOptions::default());
/// let html = report_html(&report).unwrap();
/// assert!(html.contains("<code>missing-field</code>") && html.contains("&lt;b&gt;"));
/// ```
#[must_use]
pub fn report_html(report: &impl Serialize) -> Option<String> {
    let report: Report = read(report)?;
    let mut out = begin();
    let _ = write!(out, "<p class=\"pe-sum\">{}</p>", sum(&report));
    table(&mut out, &report.diagnostics, report.truncated);
    out.push_str("</div>");
    Some(out)
}

/// What is shown of a result. A Python program has results only as JSON.
fn read<T: DeserializeOwned>(result: &impl Serialize) -> Option<T> {
    serde_json::from_value(serde_json::to_value(result).ok()?).ok()
}

fn sum(report: &Report) -> String {
    let plural = |count: u64, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let found: Vec<String> = [(report.errors, "error"), (report.warnings, "warning"), (report.infos, "info")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| plural(count, word))
        .collect();
    let found = if found.is_empty() { "no problems found".to_owned() } else { found.join(", ") };
    format!("{} checked: {found}", report.count)
}

fn table<'f>(out: &mut String, findings: impl IntoIterator<Item = &'f Finding>, truncated: u64) {
    let findings: Vec<&Finding> = findings.into_iter().collect();
    if findings.is_empty() {
        return;
    }
    out.push_str(
        "<table class=\"pe-findings\"><thead><tr><th scope=\"col\">Severity</th><th scope=\"col\">Code</th>\
         <th scope=\"col\">Place</th><th scope=\"col\">Finding</th></tr></thead><tbody>",
    );
    for finding in findings.iter().take(MOST_FINDINGS) {
        row(out, finding);
    }
    out.push_str("</tbody></table>");
    let hidden = findings.len().saturating_sub(MOST_FINDINGS) as u64;
    let more = hidden.saturating_add(truncated);
    if more > 0 {
        let _ = write!(out, "<p>and {more} more</p>");
    }
}

fn row(out: &mut String, finding: &Finding) {
    let severity = escaped(&finding.severity);
    let code = format!("<code>{}</code>", escaped(&finding.code));
    // Only addresses of the web: a report can come from anywhere.
    let docs = finding.docs.as_deref().filter(|docs| docs.starts_with("https://"));
    let code = match docs {
        Some(docs) => {
            format!("<a href=\"{}\" target=\"_blank\" rel=\"noopener noreferrer\">{code}</a>", escaped(docs))
        }
        None => code,
    };
    let mut place = Vec::new();
    if let Some(name) = &finding.name {
        place.push(escaped(name));
    }
    if let Some(index) = finding.index {
        place.push(format!("no. {index}"));
    }
    if !finding.path.is_empty() {
        place.push(format!("<code>{}</code>", escaped(&finding.path)));
    }
    if let Some(Range { start: Position { line, column } }) = finding.range {
        place.push(format!("line {line}, column {column}"));
    }
    let help = finding.help.as_deref().map(|help| format!("<br><small>{}</small>", prose(help))).unwrap_or_default();
    let _ = write!(
        out,
        "<tr><td class=\"pe-{severity}\">{severity}</td><td>{code}</td><td>{}</td><td>{}{help}</td></tr>",
        place.join("<br>"),
        prose(&finding.message)
    );
}

/// A sentence, in which `backticks` mark code.
fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let paired = parts.len() % 2 == 1;
    let mut out = String::new();
    for (index, part) in parts.iter().enumerate() {
        let own = escaped(part);
        if index % 2 == 1 && paired {
            let _ = write!(out, "<code>{own}</code>");
        } else {
            if index > 0 && !paired {
                out.push('`');
            }
            out.push_str(&own);
        }
    }
    out
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Result {
    #[serde(default)]
    scenario: Option<String>,
    #[serde(default)]
    automation: Option<String>,
    #[serde(default)]
    firings: Vec<Firing>,
    #[serde(default)]
    automations: Vec<Result>,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    warnings: Vec<Finding>,
    #[serde(default, rename = "notPlayed")]
    not_played: Vec<NotPlayed>,
    #[serde(default)]
    errors: Vec<Finding>,
    #[serde(flatten)]
    drawing: Drawing,
}

#[derive(Deserialize)]
struct NotPlayed {
    finding: Finding,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Firing {
    #[serde(default)]
    if_silent: bool,
}

/// A result of `simulate` or `replay`, or its JSON as a [`serde_json::Value`], as its timeline: an SVG. `None`: it is no
/// such result.
///
/// ```
/// use prefect_events::render::simulation_html;
/// use prefect_events::simulate::{SimulateOptions, simulate};
///
/// let scenario = "
/// automation: crash-zombie-flows
/// runs: [{name: zombie, dies: 2m}]
/// heartbeat: {frequency: 30}
/// ";
/// let result = simulate(scenario.into(), &SimulateOptions { timeline: true, ..SimulateOptions::default() });
/// let html = simulation_html(&result).unwrap();
/// assert!(html.contains("<svg") && html.contains("none of the expected events arrived"));
/// ```
#[must_use]
pub fn simulation_html(result: &impl Serialize) -> Option<String> {
    let result: Result = read(result)?;
    let mut out = begin();
    let mut left = MOST_TIMELINES;
    one(&mut out, &result, &mut left);
    out.push_str("</div>");
    Some(out)
}

fn one(out: &mut String, result: &Result, left: &mut usize) {
    table(out, &result.errors, 0);
    table(out, result.warnings.iter().chain(result.not_played.iter().map(|event| &event.finding)), 0);
    if !result.automations.is_empty() {
        for own in &result.automations {
            one(out, own, left);
        }
        return;
    }
    if !result.errors.is_empty() {
        return;
    }
    let title = result.automation.as_ref().or(result.scenario.as_ref());
    let _ = write!(out, "<p class=\"pe-sum\">");
    if let Some(title) = title {
        let _ = write!(out, "<strong>{}</strong>: ", escaped(title));
    }
    let (silent, certain): (Vec<&Firing>, Vec<&Firing>) = result.firings.iter().partition(|firing| firing.if_silent);
    let _ = match certain.len() {
        0 => write!(out, "the automation never fires"),
        1 => write!(out, "the automation fires once"),
        times => write!(out, "the automation fires {times} times"),
    };
    if let Some(reason) = &result.reason {
        let _ = write!(out, ": {}", prose(reason));
    }
    if !silent.is_empty() {
        let _ = write!(out, "; {} more if nothing comes after the last event", silent.len());
    }
    out.push_str("</p>");
    if *left > 0 {
        *left = left.saturating_sub(1);
        out.push_str(&svg::svg(&result.drawing, title.map(String::as_str)));
    }
}

/// The colours are those of the page, and follow the notebook's where it has any.
const STYLE: &str = "<style>\
.prefect-events{color-scheme:light dark;overflow-x:auto;\
--pe-accent:#0b6e75;--pe-error:#b3261e;--pe-warning:#8a5300;--pe-info:#3d5a80;\
--pe-surface:var(--jp-layout-color0,var(--vscode-editor-background,Canvas))}\
@media(prefers-color-scheme:dark){.prefect-events{--pe-accent:#5cc2c9;--pe-error:#ff8f85;--pe-warning:#eab55c;--pe-info:#9db9de}}\
body[data-jp-theme-light=true] .prefect-events{color-scheme:light;--pe-accent:#0b6e75;--pe-error:#b3261e;--pe-warning:#8a5300;--pe-info:#3d5a80}\
body[data-jp-theme-light=false] .prefect-events{color-scheme:dark;--pe-accent:#5cc2c9;--pe-error:#ff8f85;--pe-warning:#eab55c;--pe-info:#9db9de}\
.prefect-events p{margin:.3em 0}\
.prefect-events table.pe-findings{border-collapse:collapse;font-size:.9em}\
.prefect-events .pe-findings th,.prefect-events .pe-findings td{border-bottom:1px solid color-mix(in srgb,currentColor 20%,transparent);\
padding:.25em .7em .25em 0;text-align:left;vertical-align:top;overflow-wrap:anywhere}\
.prefect-events .pe-findings th,.prefect-events .pe-findings td:nth-child(-n+2){white-space:nowrap}\
.prefect-events .pe-findings td:nth-child(3){min-width:14em}\
.prefect-events a{color:var(--pe-accent)}\
.prefect-events .pe-error{color:var(--pe-error);font-weight:600}\
.prefect-events .pe-warning{color:var(--pe-warning);font-weight:600}\
.prefect-events .pe-info{color:var(--pe-info)}\
</style>";

fn begin() -> String {
    format!("<div class=\"prefect-events\">{STYLE}")
}
