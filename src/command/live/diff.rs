//! The command `diff`: what a change of an automation fires more or less on the same events.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::backtest::{ComparedText, Comparison, compare_automations};
use crate::client::When;
use crate::render::{Format, RenderOptions, display_name, render_comparison};
use crate::text::strict::strict;

use super::super::steps::{Inputs, Outcome, Run, Stop, needed};
use super::super::surroundings::Surroundings;
use super::connection::Connection;
use super::replay::{library, rendering};
use super::source::{Captured, Source, document};

/// The options of `diff`. Those of the replay are those of [`CompareOptions`](crate::backtest::CompareOptions).
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
pub struct DiffCommandOptions {
    /// The file with the old version.
    pub old: String,
    /// The file with the new version.
    pub new: String,
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
    /// Ignore earlier events.
    pub start: Option<Value>,
    /// Do not wait for followed events that are not in the input.
    pub ignore_missing_leaders: Option<Value>,
    /// Exit with 1 if a firing changes.
    pub exit_code: bool,
    /// `pretty`, `json` or `markdown`.
    pub format: Format,
}

impl<'de> Deserialize<'de> for DiffCommandOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

pub(in crate::command) struct DiffCommand {
    options: DiffCommandOptions,
    surroundings: Surroundings,
    captured: Captured,
}

impl DiffCommand {
    pub(in crate::command) fn new(options: DiffCommandOptions, surroundings: Surroundings) -> Self {
        let source = Source {
            events: options.events.clone(),
            since: options.since,
            until: options.until,
            profile: options.profile.clone(),
        };
        let captured = Captured::new(source, &surroundings.seed);
        DiffCommand { options, surroundings, captured }
    }
}

impl Run for DiffCommand {
    fn events(&mut self, bytes: &[u8], lines: u64) -> bool {
        self.captured.add(bytes, lines)
    }

    fn connection(&mut self) -> Option<&mut Connection> {
        Some(&mut self.captured.connection)
    }

    fn run(&mut self, inputs: &mut Inputs) -> Result<Outcome, Stop> {
        self.captured.check()?;
        self.captured.gather(inputs)?;
        let options = &self.options;
        let old = needed(&options.old, inputs.read(&options.old)?)?;
        let new = needed(&options.new, inputs.read(&options.new)?)?;
        let how = library(vec![
            ("start", options.start.clone()),
            ("tickSeconds", options.tick.clone()),
            ("serverVersion", options.server_version.clone()),
            ("ignoreMissingLeaders", options.ignore_missing_leaders.clone()),
        ])?;
        let result = match self.captured.failed.take() {
            Some((index, report)) => Comparison::unreadable(ComparedText::Events, index, report),
            None => compare_automations(document(&old), document(&new), &self.captured.events, &how)
                .map_err(|error| Stop::Fail(error.to_string()))?,
        };
        let rendering = rendering(self.surroundings.stdout, Some(&options.old), self.captured.files());
        let new_file = Some(display_name(&options.new).to_owned());
        let rendering = RenderOptions { format: options.format, new_file, ..rendering };
        let status = if result.errors.is_empty() { u8::from(options.exit_code && !result.same) } else { 2 };
        Ok(Outcome { text: render_comparison(&result, &rendering), status, ..Outcome::default() })
    }
}
