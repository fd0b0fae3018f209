//! The command `diff`: what a change of an automation fires more or less on the same events.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::backtest::{CompareOptions, compare_automations};
use crate::render::{Format, RenderOptions, display_name, render_comparison};
use crate::simulate::DocumentText;
use crate::text::strict::strict;

use super::Next;
use super::captured::{Captured, EventSource, flag, options};
use super::steps::{Inputs, Outcome, Run, Stop, needed};
use super::surroundings::Surroundings;

/// The options of `diff`. The values of the replay are those of [`CompareOptions`].
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
pub struct DiffCommandOptions {
    /// The file with the old version.
    pub old: String,
    /// The file with the new version.
    pub new: String,
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
    /// Ignore earlier events.
    pub start: Option<Value>,
    /// Do not hold back events that follow an event outside the input.
    pub ignore_missing_leaders: bool,
    /// Whether a changed firing is status 1.
    pub exit_code: bool,
    /// `pretty`, `json` or `markdown`.
    pub format: Format,
}

impl<'de> Deserialize<'de> for DiffCommandOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

pub(super) struct RunDiff {
    options: DiffCommandOptions,
    source: EventSource,
    surroundings: Surroundings,
    captured: Captured,
}

impl RunDiff {
    pub(super) fn new(options: DiffCommandOptions, surroundings: Surroundings) -> RunDiff {
        let DiffCommandOptions { events, since, until, profile, .. } = options.clone();
        let source = EventSource { events, since, until, profile };
        RunDiff { options, source, surroundings, captured: Captured::default() }
    }
}

impl Run for RunDiff {
    fn events(&mut self, bytes: &[u8], lines: u64) -> bool {
        self.captured.add(bytes, lines)
    }

    fn run(&mut self, inputs: &mut Inputs) -> Result<Outcome, Stop> {
        let own = &self.options;
        if self.source.is_mixed() {
            return Err(Stop::Want(Next::Usage));
        }
        let how: CompareOptions = options(vec![
            ("start", own.start.clone()),
            ("tickSeconds", own.tick.clone()),
            ("serverVersion", own.server_version.clone()),
            ("ignoreMissingLeaders", flag(own.ignore_missing_leaders)),
        ])?;
        self.captured.read(&self.source, inputs)?;
        let old = needed(&own.old, inputs.read(&own.old)?)?;
        let new = needed(&own.new, inputs.read(&own.new)?)?;
        let [old, new] = [&old, &new].map(|text| DocumentText::from(&***text));
        let result = compare_automations(old, new, &self.captured.events, &how)
            .map_err(|error| Stop::Fail(error.to_string()))?;
        let rendering = RenderOptions {
            format: own.format,
            new_file: Some(display_name(&own.new).to_owned()),
            ..self.source.rendering(Some(&own.old), &self.surroundings)
        };
        let is_readable = result.errors.is_empty();
        let status = if is_readable { u8::from(own.exit_code && !result.same) } else { 2 };
        Ok(Outcome { status, ..Outcome::printing(render_comparison(&result, &rendering)) })
    }
}
