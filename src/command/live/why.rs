//! The command `why`: what happened to one run, and one changed line.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::backtest::why;
use crate::client::When;
use crate::render::{Format, RenderOptions, render_why};
use crate::text::strict::strict;

use super::super::steps::{Inputs, Outcome, Run, Stop, needed};
use super::super::surroundings::Surroundings;
use super::connection::Connection;
use super::replay::{library, rendering};
use super::source::{Captured, Source, document};

/// The options of `why`. Those of the replay are those of [`WhyOptions`](crate::backtest::WhyOptions).
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
pub struct WhyCommandOptions {
    /// The name or id of the run, or the beginning of one.
    pub run: String,
    /// A file with automations; otherwise those of the server, or that the events describe.
    pub automation: Option<String>,
    /// Of the automations, only the one with this name.
    pub name: Option<Value>,
    /// Files with captured events instead of a server.
    pub events: Option<Vec<String>>,
    /// With a server: the earliest time.
    pub since: Option<When>,
    /// With a server: the latest time.
    pub until: Option<When>,
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

pub(in crate::command) struct WhyCommand {
    options: WhyCommandOptions,
    surroundings: Surroundings,
    captured: Captured,
}

impl WhyCommand {
    pub(in crate::command) fn new(options: WhyCommandOptions, surroundings: Surroundings) -> Self {
        let source = Source {
            events: options.events.clone(),
            since: options.since,
            until: options.until,
            profile: options.profile.clone(),
        };
        let captured = Captured::new(source, &surroundings.seed);
        WhyCommand { options, surroundings, captured }
    }
}

impl Run for WhyCommand {
    fn events(&mut self, bytes: &[u8], lines: u64) -> bool {
        self.captured.add(bytes, lines)
    }

    fn connection(&mut self) -> Option<&mut Connection> {
        Some(&mut self.captured.connection)
    }

    fn run(&mut self, inputs: &mut Inputs) -> Result<Outcome, Stop> {
        self.captured.check()?;
        self.captured.gather(inputs)?;
        let automations = match &self.options.automation {
            Some(file) => Some(needed(file, inputs.read(file)?)?.to_vec()),
            // A server without any is no reason to stop: the events can describe some.
            None if self.captured.is_from_server() => {
                Some(self.captured.automations(None)?.into_bytes()).filter(|list| list != b"[]")
            }
            None => None,
        };
        let options = &self.options;
        let how = library(vec![
            ("name", options.name.clone()),
            ("tickSeconds", options.tick.clone()),
            ("serverVersion", options.server_version.clone()),
        ])?;
        if let Some((_, report)) = &self.captured.failed {
            let first = report.diagnostics.first().map_or("", |first| &first.message);
            return Err(Stop::Fail(["the events cannot be read: ", first].concat()));
        }
        let found = why(&self.captured.events, &options.run, automations.as_deref().map(document), &how)
            .map_err(|error| Stop::Fail(error.to_string()))?;
        let rendering = rendering(self.surroundings.stdout, options.automation.as_deref(), self.captured.files());
        Ok(Outcome::printing(render_why(&found, &RenderOptions { format: options.format, ..rendering })))
    }
}
