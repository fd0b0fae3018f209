//! The command `backtest`: automations replayed over captured events, compared with what the server recorded.

use std::rc::Rc;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::backtest::{BacktestOptions, backtest_captured, captured_automations};
use crate::render::{Format, RenderOptions, display_name, render_backtest};
use crate::simulate::DocumentText;
use crate::text::strict::strict;

use super::Next;
use super::captured::{Captured, EventSource, automations_of_server, flag, options};
use super::steps::{Inputs, Outcome, Run, Stop};
use super::surroundings::Surroundings;

/// How the reason begins why a file cannot be read that does not exist.
const ABSENT: &str = "does not exist";

/// The options of `backtest`. The values of the replay are those of [`BacktestOptions`].
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
pub struct BacktestCommandOptions {
    /// A file with automations, or the name of one of the server.
    pub automation: Option<String>,
    /// Instead of it: all automations of the server.
    pub all: bool,
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
    /// Ignore earlier events.
    pub start: Option<Value>,
    /// Do not hold back events that follow an event outside the input.
    pub ignore_missing_leaders: bool,
    /// `pretty`, `json`, `junit` or `github`.
    pub format: Format,
}

impl<'de> Deserialize<'de> for BacktestCommandOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

pub(super) struct RunBacktest {
    options: BacktestCommandOptions,
    source: EventSource,
    surroundings: Surroundings,
    captured: Captured,
}

impl RunBacktest {
    pub(super) fn new(options: BacktestCommandOptions, surroundings: Surroundings) -> RunBacktest {
        let BacktestCommandOptions { events, since, until, profile, .. } = options.clone();
        let source = EventSource { events, since, until, profile };
        RunBacktest { options, source, surroundings, captured: Captured::default() }
    }

    /// The automations that the server has, or that the events describe.
    fn described(&self, name: Option<&str>, inputs: &mut Inputs) -> Result<Rc<Vec<u8>>, Stop> {
        let is_server = self.source.is_server();
        let list = if is_server {
            automations_of_server(&self.source, name, inputs)?
        } else {
            Rc::new(captured_automations(&self.captured.events, name).into_bytes())
        };
        if list.as_slice() != b"[]" {
            return Ok(list);
        }
        let place = if is_server { "the server has" } else { "the events describe" };
        Err(Stop::Fail(match name {
            None => format!("{place} no automation: name the file of one"),
            Some(name) => {
                let name = display_name(name);
                format!("{name} is neither a file nor an automation that the events describe")
            }
        }))
    }
}

impl Run for RunBacktest {
    fn events(&mut self, bytes: &[u8], lines: u64) -> bool {
        self.captured.add(bytes, lines)
    }

    fn run(&mut self, inputs: &mut Inputs) -> Result<Outcome, Stop> {
        let own = &self.options;
        if own.automation.is_some() == own.all || self.source.is_mixed() {
            return Err(Stop::Want(Next::Usage));
        }
        let how: BacktestOptions = options(vec![
            ("name", own.name.clone()),
            ("start", own.start.clone()),
            ("tickSeconds", own.tick.clone()),
            ("serverVersion", own.server_version.clone()),
            ("ignoreMissingLeaders", flag(own.ignore_missing_leaders)),
        ])?;
        // A file, or the name of an automation.
        let subject = own.automation.as_deref();
        let file = match subject.map(|subject| inputs.read(subject)).transpose()? {
            Some(Err(reason)) if !reason.starts_with(ABSENT) => {
                let subject = subject.unwrap_or_default();
                return Err(Stop::Fail([display_name(subject), " ", &reason].concat()));
            }
            read => read.and_then(Result::ok),
        };
        self.captured.read(&self.source, inputs)?;
        let automations = match &file {
            Some(text) => text.clone(),
            None => self.described(subject, inputs)?,
        };
        let rendering = RenderOptions {
            format: own.format,
            ..self.source.rendering(subject.filter(|_| file.is_some()), &self.surroundings)
        };
        let result = backtest_captured(DocumentText::from(&**automations), &self.captured.events, &how)
            .map_err(|error| Stop::Fail(error.to_string()))?;
        let status = if result.errors.is_empty() { u8::from(!result.agrees) } else { 2 };
        Ok(Outcome { status, ..Outcome::printing(render_backtest(&result, &rendering)) })
    }
}
