//! JSON Schemas (draft 2020-12) of all events, and the page that describes them, generated from the catalogue.

mod envelope;
mod family;
pub(crate) mod pattern;
mod reference;
pub(crate) mod descriptions;

pub use reference::reference;

use std::fmt;

use serde::{Serialize, Serializer};

use crate::catalogue::{self, Family, event, families};
use crate::json::tree::{ObjectTree, Tree};
use crate::text::nearest::nearest;

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";
/// The base of the schemas' names; nothing can be fetched there.
const ID: &str = "urn:prefect-events:schema:";
/// The name of the schema of automations.
pub const AUTOMATION: &str = "automation";
/// The name of the schema of triggers.
pub const TRIGGER: &str = "trigger";
/// The name of the schema of the triggers of deployments.
pub const DEPLOYMENT_TRIGGERS: &str = "deployment-triggers";
/// The name of the schema of scenarios.
pub const SCENARIO: &str = "scenario";
/// The name of the schema of all events.
pub const EVENTS: &str = "events";
/// The names of schemas that are not of a single event of Prefect.
pub const NAMES: [&str; 6] = [AUTOMATION, TRIGGER, DEPLOYMENT_TRIGGERS, SCENARIO, EVENTS, envelope::EVENT];

/// No schema and no event has this name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownSchema {
    /// The name.
    pub name: String,
    /// The known name that was probably meant.
    pub nearest: Option<String>,
}

impl UnknownSchema {
    /// `name`: of no schema and no event.
    #[must_use]
    pub fn new(name: &str) -> UnknownSchema {
        let own = nearest(name, &mut NAMES.into_iter()).map(str::to_owned);
        UnknownSchema { name: name.to_owned(), nearest: own.or_else(|| catalogue::suggest(name)) }
    }
}

impl fmt::Display for UnknownSchema {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let UnknownSchema { name, nearest } = self;
        let hint = match nearest {
            Some(near) => ["; did you mean `", near, "`?"].concat(),
            // A name of a user's own event.
            None if name.contains('.') && !name.starts_with("prefect") => {
                "; the schema of any event is `event`".to_owned()
            }
            None => String::new(),
        };
        out.write_str(&["unknown schema or event: ", name, &hint].concat())
    }
}

impl std::error::Error for UnknownSchema {}

/// A JSON Schema that refers to no other.
#[derive(Clone, PartialEq, Debug)]
pub struct Schema {
    /// The name of the family without braces, such as `prefect.task-run.state`; `events`: the schema of all events;
    /// `event`: the rules for any event.
    pub name: String,
    schema: Tree,
}

impl Schema {
    pub(crate) fn new(name: &str, schema: ObjectTree) -> Schema {
        Schema { name: name.to_owned(), schema: schema.into() }
    }

    /// Without those of its definitions that another schema has too.
    #[must_use]
    pub fn without(&self, other: &Schema) -> Schema {
        let (Tree::Object(own), Tree::Object(theirs)) = (&self.schema, &other.schema) else { return self.clone() };
        let Some(Tree::Object(theirs)) = theirs.get("$defs") else { return self.clone() };
        let mut rest = ObjectTree::new();
        for (key, value) in own.members() {
            match value {
                Tree::Object(definitions) if key == "$defs" => {
                    let mut kept = ObjectTree::new();
                    for (name, definition) in definitions.members() {
                        if theirs.get(name) != Some(definition) {
                            kept.push(name, definition.clone());
                        }
                    }
                    rest.push(key, kept);
                }
                _ => rest.push(key, value.clone()),
            }
        }
        Schema::new(&self.name, rest)
    }

    /// The JSON text on a single line.
    #[must_use]
    pub fn line(&self) -> String {
        self.schema.line()
    }

    /// The JSON text of a file: indented by two spaces, with a line break at its end.
    #[must_use]
    pub fn text(&self) -> String {
        [&self.schema.indented(), "\n"].concat()
    }
}

/// The schema itself.
impl Serialize for Schema {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.schema.serialize(serializer)
    }
}

/// The schema of any event, and those of the families.
///
/// ```
/// let schemas = prefect_events::schema::schemas();
/// let families = prefect_events::catalogue::families();
/// assert_eq!(schemas.len(), families.len() + 1);
/// assert!(schemas[0].line().contains(r#""required""#));
/// ```
#[must_use]
pub fn schemas() -> Vec<Schema> {
    let any = envelope::event();
    let mut all =
        vec![Schema::new(envelope::EVENT, head(envelope::EVENT).and(any).with("$defs", envelope::definitions()))];
    all.extend(families().iter().map(|family| {
        let name = name(family);
        let schema = head(&name)
            .and(pattern::reference(envelope::EVENT))
            .and(family::body(family))
            .with("examples", [event(family, None)])
            .with("$defs", envelope::definitions());
        Schema::new(&name, schema)
    }));
    all
}

/// The schema of all events.
#[must_use]
pub fn all() -> Schema {
    let mut definitions = envelope::definitions();
    let mut cases = Vec::new();
    for family in families() {
        let name = name(family);
        let event = ObjectTree::new().with("event", pattern::name(family));
        let condition = ObjectTree::new().with("required", ["event"]).with("properties", event);
        cases.push(ObjectTree::new().with("if", condition).with("then", pattern::reference(&name)));
        definitions = definitions.with(&name, family::body(family));
    }
    // Custom names are not compared with each of Prefect's names.
    let begin = ObjectTree::new().with("type", "string").with("pattern", "^prefect(-cloud)?\\.");
    let reserved =
        ObjectTree::new().with("required", ["event"]).with("properties", ObjectTree::new().with("event", begin));
    let schema = head(EVENTS)
        .and(pattern::reference(envelope::EVENT))
        .with("title", descriptions::ALL_TITLE)
        .with("description", descriptions::ALL)
        .with("type", "object")
        .with("if", reserved)
        .with("then", ObjectTree::new().with("allOf", cases))
        .with("$defs", definitions);
    Schema::new(EVENTS, schema)
}

/// The head of each schema.
pub(crate) fn head(name: &str) -> ObjectTree {
    ObjectTree::new().with("$schema", DRAFT).with("$id", [ID, name].concat())
}

/// The name of a family's schema.
#[must_use]
pub fn name(family: &Family) -> String {
    family.name.text.replace(['{', '}'], "")
}
