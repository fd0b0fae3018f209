//! The command `simulate`: a scenario, or captured events played to an automation.

use std::rc::Rc;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::action::ServerObjects;
use crate::render::{
    Format, RenderOptions, SimulationView, display_name, render_simulation, render_version_comparison,
};
use crate::simulate::{
    ActionSettings, DocumentText, EventTexts, RenderedFirings, ReplayOptions, SimulateOptions, SimulationResult,
    compare_replays, compare_versions, replay, replay_actions, scenario_actions, simulate,
};
use crate::text::strict::strict;

use super::Next;
use super::captured::{flag, options as library_options};
use super::scenario::read_scenario_files;
use super::steps::{Inputs, Outcome, Run, Stop, needed};
use super::surroundings::Surroundings;

/// The most firings whose actions are rendered.
const MOST_FIRINGS: usize = 100_000;

/// The options of `simulate`. The values of the replay are those of [`ReplayOptions`].
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a separate option")]
pub struct SimulateCommandOptions {
    /// The file of a scenario.
    pub file: Option<String>,
    /// With `events`: a file with automations.
    pub automation: Option<String>,
    /// Only the automation with this name.
    pub name: Option<Value>,
    /// Files with captured events.
    pub events: Option<Vec<String>>,
    /// Ignore earlier events.
    pub start: Option<Value>,
    /// When to stop.
    pub end: Option<Value>,
    /// Between two evaluations of the server.
    pub tick: Option<Value>,
    /// `consumer` or `direct`.
    pub delivery: Option<Value>,
    /// Do not hold back events that follow an event outside the input.
    pub ignore_missing_leaders: bool,
    /// Leave out the events that the automation's own actions caused.
    pub without_actions: bool,
    /// Print only this run.
    pub run: Option<String>,
    /// The version of the server.
    pub server_version: Option<Value>,
    /// Simulate 3.8 and 3.9, and print the differences.
    pub compare: bool,
    /// Print every decision.
    pub trace: bool,
    /// Render what the actions of each firing do.
    pub actions: bool,
    /// With `actions`: a file with what only the server knows.
    pub given: Option<String>,
    /// `pretty` or `json`.
    pub format: Format,
}

impl<'de> Deserialize<'de> for SimulateCommandOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

impl SimulateCommandOptions {
    /// The options that only a replay has, by the library's names.
    fn of_replay(&self) -> Vec<(&'static str, Option<Value>)> {
        vec![
            ("name", self.name.clone()),
            ("start", self.start.clone()),
            ("end", self.end.clone()),
            ("tickSeconds", self.tick.clone()),
            ("delivery", self.delivery.clone()),
            ("ignoreMissingLeaders", flag(self.ignore_missing_leaders)),
            ("withoutActions", flag(self.without_actions)),
        ]
    }

    fn is_replay(&self) -> bool {
        let is_given = self.of_replay().iter().any(|(_, value)| value.is_some());
        is_given || self.automation.is_some() || self.events.is_some()
    }

    /// Why options do not go together.
    fn misuse(&self) -> Option<String> {
        let SimulateCommandOptions { automation, events, compare, server_version, run, actions, given, .. } = self;
        let message = match &self.file {
            Some(file) if self.is_replay() => {
                return Some(format!(
                    "{} is a scenario, which contains its automation and its events: omit it, or the options that need \
                     --events",
                    display_name(file)
                ));
            }
            None if automation.is_none() && events.is_none() => {
                "give the file of a scenario, or --automation <FILE> and --events <FILE>"
            }
            None if automation.is_none() => "--events needs --automation <FILE>: the automation to play them to",
            None if events.is_none() => "--automation needs --events <FILE>: the events to play to it",
            _ if *compare && server_version.is_some() => "--compare simulates 3.8 and 3.9: omit --server-version",
            _ if *compare && run.is_some() => "--compare compares all runs: omit --run",
            _ if *compare && *actions => "--compare renders no actions: omit --actions",
            _ if given.is_some() && !*actions => "--given needs --actions, which it is for",
            _ => return None,
        };
        Some(message.to_owned())
    }
}

pub(super) struct Simulate {
    options: SimulateCommandOptions,
    surroundings: Surroundings,
}

impl Simulate {
    pub(super) fn new(options: SimulateCommandOptions, surroundings: Surroundings) -> Simulate {
        Simulate { options, surroundings }
    }
}

impl Run for Simulate {
    fn run(&mut self, inputs: &mut Inputs) -> Result<Outcome, Stop> {
        let options = &self.options;
        if options.file.is_none() && !options.is_replay() {
            return Err(Stop::Want(Next::Usage));
        }
        if let Some(misuse) = options.misuse() {
            return Err(Stop::Fail(misuse));
        }
        let rendering = RenderOptions { format: options.format, ..self.surroundings.stdout.rendering() };
        match &options.file {
            Some(file) => scenario(file, options, inputs, &rendering),
            None => events(options, inputs, rendering),
        }
    }
}

/// What a simulation returns, beside the firings.
fn settings(options: &SimulateCommandOptions) -> Vec<(&'static str, Option<Value>)> {
    // Drawing a timeline requires the decisions.
    let is_drawn = options.format == Format::Pretty && !options.compare;
    vec![
        ("trace", Some(Value::Bool(options.trace || is_drawn))),
        ("chance", (!options.compare).then_some(Value::Bool(true))),
        ("timeline", is_drawn.then_some(Value::Bool(true))),
        ("serverVersion", options.server_version.clone()),
    ]
}

fn scenario(
    file: &str,
    options: &SimulateCommandOptions,
    inputs: &mut Inputs,
    rendering: &RenderOptions,
) -> Result<Outcome, Stop> {
    let text = needed(file, inputs.read(file)?)?;
    let files = needed(file, read_scenario_files(file, &text, inputs)?)?;
    let given = given(options, inputs)?;
    let document = DocumentText::from(&**text);
    let how = SimulateOptions { files, ..library_options(settings(options))? };
    let rendering = RenderOptions { file: Some(file.to_owned()), ..rendering.clone() };
    let actions = options.actions.then(|| {
        let only: SimulateOptions = SimulateOptions {
            files: how.files.clone(),
            server_version: how.server_version,
            ..SimulateOptions::default()
        };
        scenario_actions(document, given.as_ref(), &only, &action_settings())
    });
    if options.compare {
        let comparison = compare_versions(document, &how);
        let status = status(&comparison.v3_9);
        return Ok(Outcome { status, ..Outcome::printing(render_version_comparison(&comparison, &rendering)) });
    }
    printed(&simulate(document, &how), options, actions.as_ref(), &rendering)
}

fn events(options: &SimulateCommandOptions, inputs: &mut Inputs, rendering: RenderOptions) -> Result<Outcome, Stop> {
    let file = options.automation.clone().unwrap_or_default();
    let automation = needed(&file, inputs.read(&file)?)?;
    let files = options.events.clone().unwrap_or_default();
    let mut texts: Vec<Rc<Vec<u8>>> = Vec::new();
    for file in &files {
        texts.push(needed(file, inputs.read(file)?)?);
    }
    let given = given(options, inputs)?;
    let document = DocumentText::from(&**automation);
    let texts: Vec<DocumentText<'_>> = texts.iter().map(|text| DocumentText::from(&***text)).collect();
    let texts = EventTexts::from(texts);
    let all = settings(options).into_iter().chain(options.of_replay()).collect();
    let how: ReplayOptions = library_options(all)?;
    let rendering = RenderOptions { file: Some(file), events: files, ..rendering };
    let fail = |error: crate::simulate::ReplayError| Stop::Fail(error.to_string());
    if options.compare {
        let comparison = compare_replays(document, texts, &how).map_err(fail)?;
        let status = status(&comparison.v3_9);
        return Ok(Outcome { status, ..Outcome::printing(render_version_comparison(&comparison, &rendering)) });
    }
    let actions = if options.actions {
        let only = ReplayOptions { trace: false, timeline: false, chance: false, ..how.clone() };
        Some(replay_actions(document, &texts, given.as_ref(), &only, &action_settings()).map_err(fail)?)
    } else {
        None
    };
    let result = replay(document, texts, &how).map_err(fail)?;
    printed(&result, options, actions.as_ref(), &rendering)
}

fn action_settings() -> ActionSettings {
    ActionSettings { most: Some(MOST_FIRINGS), ..ActionSettings::default() }
}

/// The file with what only the server knows.
fn given(options: &SimulateCommandOptions, inputs: &mut Inputs) -> Result<Option<ServerObjects>, Stop> {
    let Some(file) = &options.given else { return Ok(None) };
    let bytes = needed(file, inputs.read(file)?)?;
    let given = ServerObjects::read(Vec::clone(&*bytes));
    given.map(Some).map_err(|error| Stop::Fail(format!("{} {error}", display_name(file))))
}

fn status(result: &SimulationResult) -> u8 {
    if result.errors.is_empty() { 0 } else { 2 }
}

fn printed(
    result: &SimulationResult,
    options: &SimulateCommandOptions,
    actions: Option<&RenderedFirings>,
    rendering: &RenderOptions,
) -> Result<Outcome, Stop> {
    let view = SimulationView { trace: options.trace, run: options.run.as_deref(), actions };
    let text = render_simulation(result, view, rendering).map_err(|error| Stop::Fail(error.to_string()))?;
    Ok(Outcome { status: status(result), ..Outcome::printing(text) })
}
