//! The JSON Schema (draft 2020-12) of scenarios, generated from the table that the reader uses and from the schema of
//! automations. It is for editors: unknown keys of automations and triggers, which Prefect drops, are errors.

use crate::automation::schema::{one_or_several, played, schemas as of_automations};
use crate::catalogue;
use crate::generate::State;
use crate::json::tree::{ObjectTree, Tree};
use crate::schema::pattern::{literal, reference};
use crate::schema::{self, Schema, UnknownSchema, head};
use crate::trigger::{Delivery, Version};

use super::automations::BUILT_IN;
use super::fields::{Field, FieldKind, OF_BREAKS, OF_EXPECTATIONS, OF_HEARTBEATS, OF_RUNS, OF_SCENARIOS, OF_STATES};
use super::scenario::MAX_EVENTS;

pub use crate::schema::SCENARIO;

const TITLE: &str = "Scenarios of prefect-events";
const DESCRIPTION: &str = "An automation, the events that happen, and when it should fire: for `prefect-events simulate` and `prefect-events test`. One scenario, a list, or an object with the list `scenarios`.";
const DURATION: &str = "Such as `3m30s`, `1.5h` or `PT90S`, or a number of seconds.";
const INSTANT: &str = "With its offset from UTC; without an offset it is in UTC.";
const MOMENT: &str = "A duration from the start of the scenario, or a point in time.";
const STATE: &str = "A state name of Prefect, or a state type with your own name. Default: `Completed`.";
const PATH: &str = "The path of a file with the automation.";

const UNITS: &str = "[0-9]+(?:\\.[0-9]+)?\\s*(?:us|ms|s|m|h|d)\\s*";
const ISO: &str = "[Pp][0-9DdTtHhMmSsWwYy.,]+\\s*";

const EXAMPLE: &str = r#"{
  "automation": "crash-zombie-flows",
  "start": "2026-03-01T12:00:00Z",
  "end": "30m",
  "heartbeat": {"frequency": 30},
  "runs": [
    {"name": "healthy", "ends": "10m"},
    {"name": "zombie", "starts": "5s", "dies": "2m10s"}
  ],
  "expect": [
    {"run": "zombie", "fires": 1, "between": ["3m30s", "3m50s"]},
    {"run": "healthy", "never": true}
  ]
}"#;

/// The JSON Schema of this name: `automation`, `trigger`, `deployment-triggers`, `scenario`, `event` (any event),
/// `events` (all of them), or the name of an event.
///
/// ```
/// use prefect_events::simulate::schema::find;
///
/// assert_eq!(find("prefect.task-run.Running").unwrap().name, "prefect.task-run.state");
/// let unknown = find("triger").unwrap_err();
/// assert_eq!(unknown.to_string(), "unknown schema or event: triger; did you mean `trigger`?");
/// ```
///
/// # Errors
///
/// Nothing has this name.
pub fn find(name: &str) -> Result<Schema, UnknownSchema> {
    let unknown = || UnknownSchema::new(name);
    // A pattern is not always a name of its own family.
    let of_pattern = || catalogue::families().iter().find(|family| family.name.text == name);
    let family = catalogue::find(name).map(|found| found.family).or_else(of_pattern);
    let wanted = match (name, family) {
        (schema::EVENTS, _) => return Ok(schema::all()),
        (SCENARIO, _) => return Ok(schema()),
        (_, Some(family)) => schema::name(family),
        (_, None) if schema::NAMES.contains(&name) => name.to_owned(),
        (_, None) => return Err(unknown()),
    };
    of_automations().into_iter().chain(schema::schemas()).find(|schema| schema.name == wanted).ok_or_else(unknown)
}

/// The schema of scenarios: one, a list, or an object with the list `scenarios`. It refers to no other schema; the
/// automation in a scenario has the definitions of the schema of automations.
#[must_use]
pub fn schema() -> Schema {
    let root = ObjectTree::new()
        .with("title", TITLE)
        .with("description", DESCRIPTION)
        .and(one_or_several(SCENARIO, "scenarios"))
        .with("examples", vec![json(EXAMPLE)]);
    Schema::new(SCENARIO, head(SCENARIO).and(root).with("$defs", definitions().and(played())))
}

/// A constant JSON text.
fn json(text: &str) -> Tree {
    Tree::parse(text).unwrap_or(Tree::Null)
}

fn text() -> ObjectTree {
    ObjectTree::new().with("type", "string")
}

fn number() -> ObjectTree {
    ObjectTree::new().with("type", "number")
}

fn integer(minimum: u64) -> ObjectTree {
    ObjectTree::new().with("type", "integer").with("minimum", minimum)
}

fn any_of(schemas: impl Into<Tree>) -> ObjectTree {
    ObjectTree::new().with("anyOf", schemas)
}

fn list(items: ObjectTree) -> ObjectTree {
    ObjectTree::new().with("type", "array").with("items", items)
}

fn choice(value: &str, meaning: &str) -> ObjectTree {
    ObjectTree::new().with("const", value).with("description", meaning)
}

fn definitions() -> ObjectTree {
    let duration = |sign: &str, seconds: ObjectTree| {
        let pattern = |text: &str| self::text().with("pattern", format!("^\\s*{sign}\\s*{text}$"));
        any_of([seconds, pattern(&format!("(?:{UNITS})+")), pattern(ISO)])
            .with("description", DURATION)
            .with("examples", json(r#"["90s", "3m30s", 0.5]"#))
    };
    let instant = text()
        .with("pattern", "^\\s*[0-9]{4}-[0-9]{2}-[0-9]{2}")
        .with("description", INSTANT)
        .with("examples", ["2026-03-01T12:00:00Z"]);
    let moment = any_of([reference("span"), reference("instant")])
        .with("description", MOMENT)
        .with("examples", ["3m30s", "2026-03-01T12:03:30Z"]);
    let null = ObjectTree::new().with("type", "null");
    let heartbeat = any_of([null, closed("Heartbeats", &OF_HEARTBEATS)])
        .with("description", "How generated runs send heartbeats; `null`: they send none.");
    let run = closed("Run", &OF_RUNS)
        .with("dependentRequired", json(r#"{"state": ["ends"], "heartbeat_after_end": ["ends"]}"#))
        .with("examples", json(r#"[{"name": "zombie", "starts": "5s", "dies": "2m10s"}]"#));
    let state = closed("State", &OF_STATES).with("required", ["type"]);
    let state = any_of([text().with("enum", Tree::from(State::names().collect::<Vec<_>>())), state])
        .with("description", STATE)
        .with("examples", json(r#"["Failed", {"type": "COMPLETED", "name": "Processed"}]"#));
    let stop =
        closed("Break", &OF_BREAKS).with("required", ["at"]).with("examples", json(r#"[{"at": "3m", "for": "30s"}]"#));
    let expectation = closed("Expectation", &OF_EXPECTATIONS)
        .and(json_object(r#"{"if": {"required": ["never"], "properties": {"never": true}}, "then": {"properties": {"fires": {"const": 0}}}}"#))
        .with("examples", json(r#"[{"run": "zombie", "fires": 1}]"#));
    ObjectTree::new()
        // Recorded scenarios have more keys.
        .with(SCENARIO, open("Scenario", &OF_SCENARIOS).with("required", ["automation"]))
        .with("span", duration("[+-]?", number()))
        .with("length", duration("\\+?", number().with("minimum", 0_u64)))
        .with("instant", instant)
        .with("moment", moment)
        .with("event", event())
        .with("heartbeat", heartbeat)
        .with("run", run)
        .with("state", state)
        .with("breaks", any_of([reference("break"), list(reference("break"))]))
        .with("break", stop)
        .with("expectation", expectation)
}

fn json_object(text: &str) -> ObjectTree {
    match json(text) {
        Tree::Object(object) => object,
        _ => ObjectTree::new(),
    }
}

/// An object that may have other keys.
fn open(title: &str, fields: &[Field]) -> ObjectTree {
    let mut properties = ObjectTree::new();
    for field in fields {
        properties = properties.with(field.name, of(field.kind).with("description", field.meaning));
    }
    ObjectTree::new().with("title", title).with("type", "object").with("properties", properties)
}

fn closed(title: &str, fields: &[Field]) -> ObjectTree {
    open(title, fields).with("additionalProperties", false)
}

/// What the engine reads of an event; `prefect-events validate` checks all of it.
fn event() -> ObjectTree {
    let labels = ObjectTree::new().with("type", "object").with("additionalProperties", text());
    let properties = ObjectTree::new()
        .with("id", text())
        .with("event", reference("event-name"))
        .with("occurred", reference("instant"))
        .with("received", reference("instant"))
        .with("resource", labels);
    ObjectTree::new()
        .with("title", "Event")
        .with("type", "object")
        .with("required", ["id", "occurred", "event", "resource"])
        .with("properties", properties)
}

fn built_in(name: &str, within: i64) -> String {
    let (author, frequency) = match name {
        "crash-zombie-flows" => ("documents for zombie runs", "30 seconds"),
        _ => ("Cloud manages", "3 minutes"),
    };
    format!(
        "The automation that Prefect {author}, with a window of {within} seconds: for heartbeats every {frequency}."
    )
}

fn meaning(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Consumer => "As on the server.",
        Delivery::Direct => {
            "Events go to the triggers without the filters before them, so duplicates and `prefect.log.write` are evaluated too. An event still waits for the one that it follows."
        }
    }
}

/// The schema of a value.
fn of(kind: FieldKind) -> ObjectTree {
    match kind {
        FieldKind::Text => text(),
        FieldKind::Name => text().with("minLength", 1_u64),
        FieldKind::Texts => list(text()),
        FieldKind::Boolean => ObjectTree::new().with("type", "boolean"),
        FieldKind::Automation => {
            let mut forms: Vec<ObjectTree> =
                BUILT_IN.map(|(name, within)| choice(name, &built_in(name, within))).to_vec();
            forms.push(text().with("pattern", "[/\\\\]|\\.(yaml|yml|json)$").with("description", PATH));
            forms.push(reference("automation"));
            any_of(forms).with("examples", ["crash-zombie-flows"])
        }
        FieldKind::Start => any_of([reference("instant"), number()]).with("examples", ["2026-03-01T12:00:00Z"]),
        FieldKind::Moment => reference("moment"),
        FieldKind::Length => reference("length"),
        FieldKind::PositiveLength => ObjectTree::new()
            .with("allOf", [reference("length")])
            .with("not", ObjectTree::new().with("const", 0_u64))
            .with("examples", vec![Tree::from(30_u64)]),
        FieldKind::Delivery => any_of(Delivery::ALL.map(|(name, delivery)| choice(name, meaning(delivery)))),
        FieldKind::Version => {
            let names: Vec<&str> = Version::names().collect();
            let all: Vec<String> = names.iter().map(|name| literal(name)).collect();
            let written = text().with("pattern", format!("^({})(\\..*)?$", all.join("|")));
            let numbers: Vec<Tree> = names.iter().map(|name| json(name)).collect();
            any_of([written, number().with("enum", numbers)]).with("examples", Tree::from(names))
        }
        FieldKind::Heartbeat => reference("heartbeat"),
        FieldKind::Runs => list(reference("run")),
        FieldKind::Events => list(reference("event")),
        FieldKind::Expectations => list(reference("expectation")),
        FieldKind::Share => number().with("minimum", 0_u64).with("maximum", 1_u64),
        FieldKind::Integer => ObjectTree::new().with("type", "integer"),
        FieldKind::Numbers => list(integer(1)).with("examples", json("[[3, 4]]")),
        FieldKind::Breaks => reference("breaks"),
        FieldKind::FirstHeartbeat => any_of([ObjectTree::new().with("const", "never"), reference("length")]),
        FieldKind::Copies => integer(1).with("maximum", MAX_EVENTS),
        FieldKind::State => reference("state"),
        FieldKind::StateType => text().with("enum", Tree::from(State::types())),
        FieldKind::Labels => ObjectTree::new().with("type", "object").with("additionalProperties", text()),
        FieldKind::EventName => reference("event-name"),
        FieldKind::Firings => integer(0),
        FieldKind::True => ObjectTree::new().with("const", true),
        FieldKind::Between => list(reference("moment"))
            .with("minItems", 2_u64)
            .with("maxItems", 2_u64)
            .with("examples", json(r#"[["3m30s", "3m50s"]]"#)),
    }
}
