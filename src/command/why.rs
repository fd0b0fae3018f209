//! The command `why`: what happened to one run, and one changed line.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::backtest::{WhyOptions, why};
use crate::render::{Format, RenderOptions, render_why};
use crate::simulate::DocumentText;
use crate::text::strict::strict;

use super::Next;
use super::captured::{Captured, EventSource, automations_of_server, options};
use super::steps::{Inputs, Outcome, Run, Stop, needed};
use super::surroundings::Surroundings;

/// The options of `why`. The values of the replay are those of [`WhyOptions`].
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
pub struct WhyCommandOptions {
    /// The name or id of the run, or the beginning of one.
    pub run: String,
    /// A file with the automations to look at.
    pub automation: Option<String>,
    /// Only the automation with this name.
    pub name: Option<Value>,
    /// Files with captured events; without them, those of a server.
    pub events: Option<Vec<String>>,
    /// With a server: the earliest time.
    pub since: Option<String>,
    /// With a server: the latest time.
    pub until: Option<String>,
    /// The profile that names the server.
    pub profile: Option<String>,
    /// Between two evaluations of the server.
    pub tick: Option<Value>,
    /// The version of the server.
    pub server_version: Option<Value>,
    /// `pretty` or `json`.
    pub format: Format,
}

impl<'de> Deserialize<'de> for WhyCommandOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

pub(super) struct RunWhy {
    options: WhyCommandOptions,
    source: EventSource,
    surroundings: Surroundings,
    captured: Captured,
}

impl RunWhy {
    pub(super) fn new(options: WhyCommandOptions, surroundings: Surroundings) -> RunWhy {
        let WhyCommandOptions { events, since, until, profile, .. } = options.clone();
        let source = EventSource { events, since, until, profile };
        RunWhy { options, source, surroundings, captured: Captured::default() }
    }
}

impl Run for RunWhy {
    fn events(&mut self, bytes: &[u8], lines: u64) -> bool {
        self.captured.add(bytes, lines)
    }

    fn run(&mut self, inputs: &mut Inputs) -> Result<Outcome, Stop> {
        let own = &self.options;
        if self.source.is_mixed() {
            return Err(Stop::Want(Next::Usage));
        }
        let how: WhyOptions = options(vec![
            ("name", own.name.clone()),
            ("tickSeconds", own.tick.clone()),
            ("serverVersion", own.server_version.clone()),
        ])?;
        self.captured.read(&self.source, inputs)?;
        let automations = match &own.automation {
            Some(file) => Some(needed(file, inputs.read(file)?)?),
            None if self.source.is_server() => Some(automations_of_server(&self.source, None, inputs)?),
            None => None,
        };
        let automations = automations.as_ref().filter(|list| list.as_slice() != b"[]");
        let document = automations.map(|text| DocumentText::from(&***text));
        let explained = why(&self.captured.events, &own.run, document, &how);
        let explained = explained.map_err(|error| Stop::Fail(error.to_string()))?;
        let rendering = RenderOptions {
            format: own.format,
            ..self.source.rendering(own.automation.as_deref(), &self.surroundings)
        };
        Ok(Outcome::printing(render_why(&explained, &rendering)))
    }
}
