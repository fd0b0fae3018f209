//! The command `backtest`: automations replayed over captured events, compared with what the server recorded.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::backtest::{Backtest, backtest_captured, captured_automations};
use crate::client::When;
use crate::render::{Format, RenderOptions, display_name, render_backtest};
use crate::text::strict::strict;

use super::super::Next;
use super::super::steps::{Inputs, Outcome, Run, Stop, needed};
use super::super::surroundings::Surroundings;
use super::connection::Connection;
use super::replay::{library, rendering};
use super::source::{Captured, Source, document};

/// The options of `backtest`. Those of the replay are those of [`BacktestOptions`](crate::backtest::BacktestOptions).
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
pub struct BacktestCommandOptions {
    /// A file with automations, or the name of one of the server.
    pub subject: Option<String>,
    /// All automations of the server.
    pub all: bool,
    /// Of the automations in the file, only the one with this name.
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
    /// Ignore earlier events.
    pub start: Option<Value>,
    /// Do not wait for followed events that are not in the input.
    pub ignore_missing_leaders: Option<Value>,
    /// `pretty`, `json`, `junit` or `github`.
    pub format: Format,
}

impl<'de> Deserialize<'de> for BacktestCommandOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

pub(in crate::command) struct BacktestCommand {
    options: BacktestCommandOptions,
    surroundings: Surroundings,
    captured: Captured,
}

impl BacktestCommand {
    pub(in crate::command) fn new(options: BacktestCommandOptions, surroundings: Surroundings) -> Self {
        let source = Source {
            events: options.events.clone(),
            since: options.since,
            until: options.until,
            profile: options.profile.clone(),
        };
        let captured = Captured::new(source, &surroundings.seed);
        BacktestCommand { options, surroundings, captured }
    }

    /// The automations of the server, or those that the events describe.
    fn described(&mut self) -> Result<String, Stop> {
        let name = self.options.subject.as_deref();
        let is_from_server = self.captured.is_from_server();
        let list = if is_from_server {
            self.captured.automations(name)?
        } else {
            captured_automations(&self.captured.events, name)
        };
        if list != "[]" {
            return Ok(list);
        }
        Err(Stop::Fail(match name {
            Some(name) => {
                [display_name(name), " is neither a file nor an automation that the events describe"].concat()
            }
            None => {
                let place = if is_from_server { "the server has" } else { "the events describe" };
                [place, " no automation: name the file of one"].concat()
            }
        }))
    }
}

impl Run for BacktestCommand {
    fn events(&mut self, bytes: &[u8], lines: u64) -> bool {
        self.captured.add(bytes, lines)
    }

    fn connection(&mut self) -> Option<&mut Connection> {
        Some(&mut self.captured.connection)
    }

    fn run(&mut self, inputs: &mut Inputs) -> Result<Outcome, Stop> {
        if self.options.subject.is_none() != self.options.all {
            return Err(Stop::Want(Next::Usage));
        }
        self.captured.check()?;
        self.captured.gather(inputs)?;
        let file = match self.options.subject.clone() {
            Some(file) if file == "-" || inputs.exists(&file)? => Some(file),
            _ => None,
        };
        let automations = match &file {
            Some(file) => needed(file, inputs.read(file)?)?.to_vec(),
            None => self.described()?.into_bytes(),
        };
        let options = &self.options;
        let how = library(vec![
            ("name", options.name.clone()),
            ("start", options.start.clone()),
            ("tickSeconds", options.tick.clone()),
            ("serverVersion", options.server_version.clone()),
            ("ignoreMissingLeaders", options.ignore_missing_leaders.clone()),
        ])?;
        let result = match self.captured.failed.take() {
            Some((index, report)) => Backtest::unreadable_events(index, report),
            None => backtest_captured(document(&automations), &self.captured.events, &how)
                .map_err(|error| Stop::Fail(error.to_string()))?,
        };
        let rendering = rendering(self.surroundings.stdout, file.as_deref(), self.captured.files());
        let rendering = RenderOptions { format: options.format, ..rendering };
        let status = if result.errors.is_empty() { u8::from(!result.agrees) } else { 2 };
        Ok(Outcome { text: render_backtest(&result, &rendering), status, ..Outcome::default() })
    }
}
