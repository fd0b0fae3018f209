//! Built events as text: JSON, or programs that send them.

use serde::Deserialize;

use crate::json::tree::{ObjectTree, Tree};

use super::json::{escaped, escaped_json, json, line};

/// The form of built events.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BuiltForm {
    /// Indented JSON.
    #[default]
    Json,
    /// A shell command that sends them to the API of a Prefect server.
    Curl,
    /// Calls of Prefect's `emit_event`.
    Python,
}

/// Events that were built, each as JSON text, in a form. `one`: JSON is the only event itself instead of a list.
///
/// ```
/// use prefect_events::render::{BuiltForm, render_built};
///
/// let event = r#"{"occurred": "2026-03-31T18:30:00Z", "event": "acme.paid", "id": "1", "follows": null}"#;
/// let python = render_built(&[event], true, BuiltForm::Python);
/// assert!(python.contains("emit_event(\n    event=\"acme.paid\",\n"));
/// ```
#[must_use]
pub fn render_built(events: &[impl AsRef<str>], one: bool, form: BuiltForm) -> String {
    let read = |event: &str| Tree::parse(event).unwrap_or_else(|_| event.into());
    rendered(events.iter().map(|event| read(event.as_ref())).collect(), one, form)
}

/// See [`render_built`].
pub(crate) fn rendered(all: Vec<Tree>, one: bool, form: BuiltForm) -> String {
    match form {
        BuiltForm::Json => match all.first() {
            Some(event) if one => json(event),
            _ => json(&Tree::List(all)),
        },
        BuiltForm::Curl => escaped_json(&curl(&Tree::List(all))) + "\n",
        BuiltForm::Python => escaped(&python(&all), python_escape) + "\n",
    }
}

fn python_escape(character: char) -> String {
    match u32::from(character) {
        code if code > 0xffff => format!("\\U{code:08x}"),
        code => format!("\\u{code:04x}"),
    }
}

fn curl(events: &Tree) -> String {
    // Within single quotes, a shell changes nothing except the quote itself.
    let quoted = line(events).replace('\'', "'\\''");
    [
        "curl --fail --request POST \\\n  --header \"Content-Type: application/json\" \\\n  --data-binary '",
        &quoted,
        "' \\\n  \"${PREFECT_API_URL:-http://127.0.0.1:4200/api}/events\"",
    ]
    .concat()
}

fn python(events: &[Tree]) -> String {
    let objects: Vec<&ObjectTree> = events
        .iter()
        .filter_map(|event| match event {
            Tree::Object(object) => Some(object),
            _ => None,
        })
        .collect();
    let is_linked = objects.iter().any(|event| event.get("follows").is_some_and(|follows| *follows != Tree::Null));
    let mut emits = String::new();
    for event in &objects {
        emits.push_str("\n\n");
        emits.push_str(&emitted(event));
    }
    let json = if emits.contains(LOADS) { "import json\n" } else { "" };
    let imported = if is_linked { "Event, emit_event" } else { "emit_event" };
    format!(
        "{json}from datetime import datetime\nfrom uuid import UUID\n\nfrom prefect.events import {imported}{emits}"
    )
}

/// Below this depth, values are text for `json.loads`: Python reads at most 200 brackets in each other.
const DEEPEST_LITERAL: usize = 20;

const LOADS: &str = "json.loads(";

fn emitted(event: &ObjectTree) -> String {
    let value = |key: &str, absent: &str| event.get(key).map_or_else(|| absent.to_owned(), |value| literal(value, 1));
    let at = match event.get("occurred") {
        Some(Tree::Text(text)) => text.strip_suffix('Z').map_or_else(|| text.clone(), |text| [text, "+00:00"].concat()),
        _ => String::new(),
    };
    let time = format!("datetime.fromisoformat({})", Tree::Text(at).line());
    let mut lines = vec![
        "emit_event(".to_owned(),
        format!("    event={},", value("event", "None")),
        format!("    occurred={time},"),
        format!("    resource={},", value("resource", "{}")),
        format!("    related={},", value("related", "[]")),
        format!("    payload={},", value("payload", "{}")),
        format!("    id=UUID({}),", value("id", "None")),
    ];
    if let Some(follows) = event.get("follows").filter(|follows| **follows != Tree::Null) {
        // `emit_event` only reads the id of the followed event, and requires a time close to it.
        lines.extend([
            "    follows=Event(".to_owned(),
            format!("        id=UUID({}),", literal(follows, 1)),
            format!("        occurred={time},"),
            "        event=\"the event before\",".to_owned(),
            "        resource={\"prefect.resource.id\": \"the event before\"},".to_owned(),
            "    ),".to_owned(),
        ]);
    }
    lines.push(")".to_owned());
    lines.join("\n")
}

/// A JSON value as Python source. JSON strings are valid Python.
fn literal(value: &Tree, depth: usize) -> String {
    let (inner, end) = ("    ".repeat(depth.saturating_add(1)), "    ".repeat(depth));
    match value {
        Tree::Null => "None".to_owned(),
        Tree::Boolean(true) => "True".to_owned(),
        Tree::Boolean(false) => "False".to_owned(),
        Tree::Number(_) | Tree::Text(_) => line(value),
        Tree::List(items) if items.is_empty() => "[]".to_owned(),
        Tree::Object(object) if object.is_empty() => "{}".to_owned(),
        Tree::List(_) | Tree::Object(_) if depth > DEEPEST_LITERAL => {
            [LOADS, &Tree::Text(line(value)).line(), ")"].concat()
        }
        Tree::List(items) => {
            let items = items.iter().map(|item| [&inner, &*literal(item, depth.saturating_add(1)), ",\n"].concat());
            ["[\n", &items.collect::<String>(), &end, "]"].concat()
        }
        Tree::Object(object) => {
            let member = |(key, item): (&str, &Tree)| {
                let key = Tree::from(key).line();
                [&inner, &*key, ": ", &literal(item, depth.saturating_add(1)), ",\n"].concat()
            };
            ["{\n", &object.members().map(member).collect::<String>(), &end, "}"].concat()
        }
    }
}
