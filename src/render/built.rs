//! Built events as text: JSON, or programs that send them. `pkg/api/snippets.js` does the same without a module, which a page
//! would load for nothing else; `tests/cases/snippets.json` is what both must give.

use std::fmt;

use serde::Deserialize;

use crate::json::tree::{ObjectTree, Tree, written};
use crate::json::{Fault, MAX_DEPTH, Tape, parse};
use crate::time::Instant;

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

/// Events that cannot be rendered. `item`: the index of the first of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BuiltError {
    /// It is not JSON, or has lone surrogates or repeated keys.
    NotJson {
        /// Its index.
        item: usize,
    },
    /// It is another value than an object.
    NotAnObject {
        /// Its index.
        item: usize,
    },
    /// It has more than 900 levels.
    TooDeep {
        /// Its index.
        item: usize,
    },
    /// A program needs this field of it.
    WrongField {
        /// Its index.
        item: usize,
        /// The field.
        field: &'static str,
        /// What it must be.
        expected: &'static str,
    },
}

impl fmt::Display for BuiltError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BuiltError::NotJson { item } => write!(out, "item {item} is not JSON"),
            BuiltError::NotAnObject { item } => write!(out, "item {item} is not an object"),
            BuiltError::TooDeep { item } => {
                write!(out, "events can be nested at most {MAX_DEPTH} levels deep: item {item} is deeper")
            }
            BuiltError::WrongField { item, field, expected } => {
                write!(out, "`{field}` of item {item} must be {expected}")
            }
        }
    }
}

impl std::error::Error for BuiltError {}

/// Events that were built, each as JSON text, in a form. `one`: JSON is the only event itself instead of a list.
///
/// ```
/// use prefect_events::render::{BuiltForm, render_built};
///
/// let event = r#"{"occurred": "2026-03-31T18:30:00Z", "event": "acme.paid", "resource": {}, "id": "1", "follows": null}"#;
/// let python = render_built(&[event], true, BuiltForm::Python).unwrap();
/// assert!(python.contains("emit_event(\n    event=\"acme.paid\",\n"));
/// let error = render_built(&[event, "{}"], false, BuiltForm::Python).unwrap_err();
/// assert_eq!(error.to_string(), "`event` of item 1 must be a string");
/// ```
///
/// # Errors
///
/// An event is not a JSON object of at most 900 levels, or does not have what a program needs: `event`, `id`, `resource`
/// and `occurred`.
pub fn render_built(events: &[impl AsRef<str>], one: bool, form: BuiltForm) -> Result<String, BuiltError> {
    let all = events.iter().enumerate().map(|(item, event)| read(event.as_ref(), item)).collect::<Result<_, _>>()?;
    rendered(all, one, form)
}

/// An event, whose depth is limited before it is built.
fn read(event: &str, item: usize) -> Result<Tree, BuiltError> {
    let (mut tape, mut issues) = (Tape::new(), Vec::new());
    parse(event.as_bytes(), 0, &mut tape, &mut issues);
    if issues.iter().any(|issue| issue.fault == Fault::TooDeep) {
        return Err(BuiltError::TooDeep { item });
    }
    let event = written(event).map_err(|_| BuiltError::NotJson { item })?;
    check(item, &event)?;
    Ok(event)
}

fn check(item: usize, event: &Tree) -> Result<(), BuiltError> {
    match event {
        _ if depth(event) > MAX_DEPTH => Err(BuiltError::TooDeep { item }),
        Tree::Object(_) => Ok(()),
        _ => Err(BuiltError::NotAnObject { item }),
    }
}

/// See [`render_built`].
pub(crate) fn rendered(all: Vec<Tree>, one: bool, form: BuiltForm) -> Result<String, BuiltError> {
    all.iter().enumerate().try_for_each(|(item, event)| check(item, event))?;
    Ok(match form {
        BuiltForm::Json => match all.first() {
            Some(event) if one => json(event),
            _ => json(&Tree::List(all)),
        },
        BuiltForm::Curl => escaped_json(&curl(&Tree::List(all))) + "\n",
        BuiltForm::Python => escaped(&python(&all)?, python_escape) + "\n",
    })
}

fn depth(value: &Tree) -> usize {
    let inner = match value {
        Tree::List(items) => items.iter().map(depth).max(),
        Tree::Object(object) => object.members().map(|(_, value)| depth(value)).max(),
        _ => None,
    };
    inner.unwrap_or_default().saturating_add(1)
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

fn python(events: &[Tree]) -> Result<String, BuiltError> {
    let mut is_linked = false;
    let mut emits = String::new();
    for (item, event) in events.iter().enumerate() {
        let Tree::Object(event) = event else { return Err(BuiltError::NotAnObject { item }) };
        let wrong = |(field, expected)| BuiltError::WrongField { item, field, expected };
        let program = Program::of(event).map_err(wrong)?;
        is_linked = is_linked || program.follows.is_some();
        emits.push_str("\n\n");
        emits.push_str(&program.emitted(event));
    }
    let json = if emits.contains(LOADS) { "import json\n" } else { "" };
    let imported = if is_linked { "Event, emit_event" } else { "emit_event" };
    Ok(format!(
        "{json}from datetime import datetime\nfrom uuid import UUID\n\nfrom prefect.events import {imported}{emits}"
    ))
}

/// Below this depth, values are text for `json.loads`: Python reads at most 200 brackets in each other.
const DEEPEST_LITERAL: usize = 20;

const LOADS: &str = "json.loads(";

/// The seconds of the years 1 to 9999, which Python has.
const YEARS: std::ops::Range<f64> = -62_135_596_800.0..253_402_300_800.0;

/// What a call needs of an event.
struct Program<'e> {
    name: &'e Tree,
    id: &'e Tree,
    resource: &'e Tree,
    follows: Option<&'e Tree>,
    time: String,
}

impl<'e> Program<'e> {
    /// The error is a field, and what it must be.
    fn of(event: &'e ObjectTree) -> Result<Program<'e>, (&'static str, &'static str)> {
        let text = |field| event.get(field).filter(|value| matches!(value, Tree::Text(_))).ok_or((field, "a string"));
        let (name, id) = (text("event")?, text("id")?);
        let follows = event.get("follows").filter(|follows| **follows != Tree::Null);
        if follows.is_some_and(|follows| !matches!(follows, Tree::Text(_))) {
            return Err(("follows", "a string or null"));
        }
        let resource = event.get("resource").filter(|resource| matches!(resource, Tree::Object(_)));
        let resource = resource.ok_or(("resource", "an object"))?;
        let at = match event.get("occurred") {
            Some(Tree::Text(text)) => {
                Some(text.strip_suffix('Z').map_or_else(|| text.clone(), |text| [text, "+00:00"].concat()))
            }
            Some(Tree::Number(number)) => of_seconds(number.as_f64()),
            _ => None,
        };
        let at = at.ok_or(("occurred", "a string, or the seconds since 1970 of a year from 1 to 9999"))?;
        let time = format!("datetime.fromisoformat({})", Tree::Text(at).line());
        Ok(Program { name, id, resource, follows, time })
    }

    fn emitted(&self, event: &ObjectTree) -> String {
        let value =
            |key: &str, absent: &str| event.get(key).map_or_else(|| absent.to_owned(), |value| literal(value, 1));
        let time = &self.time;
        let mut lines = vec![
            "emit_event(".to_owned(),
            format!("    event={},", literal(self.name, 1)),
            format!("    occurred={time},"),
            format!("    resource={},", literal(self.resource, 1)),
            format!("    related={},", value("related", "[]")),
            format!("    payload={},", value("payload", "{}")),
            format!("    id=UUID({}),", literal(self.id, 1)),
        ];
        if let Some(follows) = self.follows {
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
}

/// A number of seconds as a time with milliseconds.
#[expect(clippy::cast_possible_truncation, reason = "the range is that of these years")]
fn of_seconds(seconds: Option<f64>) -> Option<String> {
    let milliseconds = seconds.filter(|seconds| YEARS.contains(seconds))? * 1000.0;
    let text = Instant((milliseconds as i64).saturating_mul(1000)).rfc3339();
    Some([text.get(..23)?, "+00:00"].concat())
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
