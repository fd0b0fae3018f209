//! The description of a type of events as text.

use crate::catalogue::{EventType, FieldType, LabelType, Presence, RelatedType, Source, VariantType};

use super::json::json;
use super::options::{Format, RenderOptions};
use super::style::Style;

/// Wider cells push the rest of their row to the right.
const WIDEST: usize = 40;

/// The description in a format: `pretty` or `json`; others are as `pretty`.
#[must_use]
pub fn render_event_type(event: &EventType, options: &RenderOptions) -> String {
    if options.format == Format::Json {
        return json(event);
    }
    let style = Style { colour: options.colour };
    let mut parts = vec![[&style.bold(event.name_pattern), ": ", event.title].concat(), facts(event)];
    let mut section = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            parts.push([&style.bold(&[title, ":"].concat()), "\n", &lines.join("\n")].concat());
        }
    };
    section("Resource labels", labels(&event.labels, style));
    for related in &event.related {
        let when = if related.when.is_empty() { String::new() } else { ["; ", related.when].concat() };
        let title = format!("Related resource \"{}\" ({}{when})", related.role, times(related));
        let mut lines = vec![["  ", &related.id].concat()];
        lines.extend(labels(&related.labels, style));
        section(&title, lines);
    }
    section("Payload", payload(&event.payload, style));
    section("Names", event.variants.iter().map(variant).collect());
    let example = json(&event.example);
    section("Example", example.trim_end().split('\n').map(|line| ["  ", line].concat()).collect());
    let mut out = parts.join("\n\n");
    out.push('\n');
    out
}

fn facts(event: &EventType) -> String {
    let known = if event.documented { "documented" } else { "not documented: from Prefect's source code" };
    let emitter = [event.emitter.name(), if event.cloud { " (Prefect Cloud only)" } else { "" }].concat();
    let rows = [
        ("Emitter", &*emitter),
        ("Status", known),
        ("Resource", &event.resource_id),
        ("Follows", event.follows.unwrap_or_default()),
        ("Documentation", event.docs.unwrap_or_default()),
    ];
    let rows = rows.into_iter().filter(|(_, value)| !value.is_empty());
    let rows: Vec<String> = rows.map(|(name, value)| format!("{:<15} {value}", [name, ":"].concat())).collect();
    rows.join("\n")
}

fn labels(labels: &[LabelType], style: Style) -> Vec<String> {
    let row = |label: &LabelType| {
        let form = if label.values.is_empty() { label.form.clone() } else { label.values.join(" | ") };
        let meaning = with_source(label.meaning.to_owned(), label.source);
        vec![label.name.to_owned(), presence(label.presence).to_owned(), form, meaning]
    };
    table(&labels.iter().map(row).collect::<Vec<_>>(), style)
}

fn payload(fields: &[FieldType], style: Style) -> Vec<String> {
    let row = |field: &FieldType| {
        let kind = [field.kind, if field.nullable { " or null" } else { "" }].concat();
        let values = if field.values.is_empty() { String::new() } else { [": ", &field.values.join(" | ")].concat() };
        let meaning = with_source([field.meaning, &values].concat(), field.source);
        vec![field.path.clone(), presence(field.presence).to_owned(), kind, meaning]
    };
    table(&fields.iter().map(row).collect::<Vec<_>>(), style)
}

fn presence(presence: Presence) -> &'static str {
    presence.name()
}

/// Adds the source of a statement if it has only one; usually documentation and source code agree.
fn with_source(meaning: String, source: Source) -> String {
    match source {
        Source::Both => meaning,
        Source::Docs => meaning + " (only documented)",
        Source::Code => meaning + " (only in the source code)",
    }
}

fn variant(variant: &VariantType) -> String {
    let kind = variant.state_type.map(|kind| [" (", kind, ")"].concat()).unwrap_or_default();
    ["  ", variant.name, &kind, if variant.documented { "" } else { ", not documented" }].concat()
}

fn times(related: &RelatedType) -> String {
    match (related.min, related.max) {
        (0, None) => "any number".to_owned(),
        (min, None) => format!("at least {min}"),
        (min, Some(max)) if min == max => format!("exactly {min}"),
        (0, Some(max)) => format!("at most {max}"),
        (min, Some(max)) => format!("{min} to {max}"),
    }
}

/// Aligned columns; the last one is not padded.
fn table(rows: &[Vec<String>], style: Style) -> Vec<String> {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default().min(WIDEST)
    };
    let widths: Vec<usize> = (0..rows.first().map_or(0, Vec::len)).map(width).collect();
    let line = |row: &Vec<String>| {
        let last = row.len().saturating_sub(1);
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| match column {
            column if column == last => style.dim(cell),
            _ => format!("{cell:<width$}"),
        });
        ["  ", cells.collect::<Vec<_>>().join("  ").trim_end()].concat()
    };
    rows.iter().map(line).collect()
}
