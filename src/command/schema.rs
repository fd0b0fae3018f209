//! The command `schema`: JSON Schemas for editors.

use serde::{Deserialize, Deserializer};

use crate::automation::schema as automations;
use crate::catalogue;
use crate::render::json;
use crate::schema::{self, Schema};
use crate::simulate::schema as scenarios;
use crate::text::nearest::nearest;
use crate::text::strict::strict;

use super::steps::{Inputs, Outcome, Run, Stop};

/// The options of `schema`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
pub struct SchemaOptions {
    /// `automation`, `trigger`, `deployment-triggers`, `scenario`, `event` or the name of an event; default: all events.
    pub name: Option<String>,
}

impl<'de> Deserialize<'de> for SchemaOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

/// Schemas that are not for a single event of Prefect.
const EVENTS: &str = "events";
const EVENT: &str = "event";

pub(super) struct PrintSchema {
    options: SchemaOptions,
}

impl PrintSchema {
    pub(super) fn new(options: SchemaOptions) -> PrintSchema {
        PrintSchema { options }
    }
}

impl Run for PrintSchema {
    fn run(&mut self, _: &mut Inputs) -> Result<Outcome, Stop> {
        let name = self.options.name.as_deref().unwrap_or(EVENTS);
        let schema = find(name).ok_or_else(|| Stop::Fail(unknown(name)))?;
        Ok(Outcome::printing(json(&schema)))
    }
}

/// The schemas of automations and scenarios.
fn documents() -> Vec<Schema> {
    let mut all = automations::schemas();
    all.push(scenarios::schema());
    all
}

fn find(name: &str) -> Option<Schema> {
    if name == EVENTS {
        return Some(schema::all());
    }
    if let Some(own) = documents().into_iter().find(|schema| schema.name == name) {
        return Some(own);
    }
    let name = if name == EVENT { EVENT.to_owned() } else { schema::name(catalogue::find(name)?.family) };
    schema::schemas().into_iter().find(|schema| schema.name == name)
}

fn unknown(name: &str) -> String {
    let mut known: Vec<String> = documents().into_iter().map(|schema| schema.name).collect();
    known.extend([EVENTS, EVENT].map(str::to_owned));
    known.extend(catalogue::names());
    let hint = match nearest(name, &mut known.iter().map(|known| &**known)) {
        Some(near) => format!("; did you mean `{near}`?"),
        // A name of a user's own event.
        None if name.contains('.') && !name.starts_with("prefect") => "; the schema of any event is `event`".to_owned(),
        None => String::new(),
    };
    format!("unknown schema or event: {name}{hint}")
}
