//! The command `schema`: JSON Schemas for editors.

use serde::{Deserialize, Deserializer};

use crate::render::json;
use crate::schema::EVENTS;
use crate::simulate::schema::find;
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
        let schema = find(name).map_err(|unknown| Stop::Fail(unknown.to_string()))?;
        Ok(Outcome::printing(json(&schema)))
    }
}
