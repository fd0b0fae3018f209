//! Plays a scenario: its text in, the result out.

use serde::{Deserialize, Deserializer};

use crate::text::strict::strict;
use crate::trigger::{Options, Version};

use super::automations::Files;
use super::coverage::Coverage;
use super::document::Document;
use super::meaning::Timeline;
use super::play_options::sort;
use super::reading::DocumentText;
use super::result::SimulationResult;
use super::scenario::{Scenario, ScenarioError, play_sorted};

/// What `simulate` returns besides the firings, and the version of the server.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[expect(clippy::struct_excessive_bools, reason = "each is a separate option")]
pub struct SimulateOptions {
    /// Whether to return each decision, not only the firings. Default `false`.
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>"))]
    pub trace: bool,
    /// Whether to return a timeline for each run: its heartbeats, windows and firings. Default `false`.
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>"))]
    pub timeline: bool,
    /// Whether to return `coverage` even if the automation fires. Default `false`: only if it never fires.
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>"))]
    pub coverage: bool,
    /// Whether to return `byChance`: which firings depend on the order of events received at the same instant. If there
    /// are such events, everything is played twice. Default `false`.
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>"))]
    pub chance: bool,
    /// Whether to return the generated events. Default `false`.
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>"))]
    pub events: bool,
    /// The version of the server, instead of the scenario's: `"3.9"`, `"3.8"`, `"3.7"` or `"3.6"`, or one with its
    /// patch such as `"3.8.8"`.
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub server_version: Option<Version>,
    /// The texts of the files that the scenario refers to, such as `automation: ./zombies.yaml`, by path.
    #[cfg_attr(feature = "typescript", ts(type = "{ [path: string]: string }", optional))]
    pub files: Files,
    /// For a file with several automations: the 0-based index of the one to play, as in `automation` of its triggers in
    /// the check report. Without it, a scenario with such a file is not played.
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub automation_index: Option<usize>,
}

impl<'de> Deserialize<'de> for SimulateOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

/// Plays the scenario of a text: an automation with events, or with runs whose events are generated.
///
/// What is wrong with the text is among the `errors` of the result; then nothing is played.
///
/// ```
/// use prefect_events::simulate::{SimulateOptions, simulate};
///
/// let scenario = "
/// automation: crash-zombie-flows
/// start: 2026-03-01T12:00:00Z
/// heartbeat: {frequency: 30}
/// runs: [{name: zombie, dies: 2m}, {name: healthy, ends: 10m}]
/// ";
/// let result = simulate(scenario.into(), &SimulateOptions::default());
/// assert_eq!(result.firings.len(), 1);
/// assert_eq!(result.firings[0].at.rfc3339(), "2026-03-01T12:03:05.000000Z");
///
/// let result = simulate("automation: unknown".into(), &SimulateOptions::default());
/// assert_eq!(result.errors[0].code, "scenario-wrong-value");
/// ```
#[must_use]
pub fn simulate(scenario: DocumentText<'_>, options: &SimulateOptions) -> SimulationResult {
    let (result, report) = scenario.read(|root, reading| {
        let mut document = Document::read(root, &options.files, options.automation_index, reading, options.events)?;
        document.scenario.version = options.server_version.unwrap_or(document.scenario.version);
        let scenario = &document.scenario;
        let engine = Options { trace: options.trace || options.timeline, coverage: true, ..Options::default() };
        let played = play_sorted(scenario, engine).map_err(|error| reading.too_much(root, error.limit())).ok()?;
        let timeline = options.timeline.then(|| Timeline::of_scenario(&document, &played.outcome));
        let coverage = Coverage::of_silent(scenario, &played, options.coverage);
        let mut result = SimulationResult::new(played.outcome, options.trace, timeline);
        if options.chance {
            result = result.with_chance(&document.scenario, play_sorted);
        }
        Some(SimulationResult {
            undelivered: played.undelivered,
            events: options.events.then_some(document.built),
            scenario: document.scenario.name.clone(),
            ..result.covered(coverage)
        })
    });
    match result {
        Some(result) => SimulationResult { warnings: report.diagnostics, ..result },
        None => SimulationResult { errors: report.diagnostics, ..SimulationResult::default() },
    }
}

/// Plays a scenario built in code, or read with [`Scenario::read`]. Its own `delivery` and `intended` apply, not those
/// of the options.
///
/// # Errors
/// If it ends before it starts, has no ticks, or has more ticks, firings, decisions or open windows than fit into memory.
pub fn play(mut scenario: Scenario, options: Options) -> Result<SimulationResult, ScenarioError> {
    sort(&mut scenario.events);
    let played = play_sorted(&scenario, options)?;
    let coverage = options.coverage.then(|| Coverage::of(&scenario, &played));
    Ok(SimulationResult {
        scenario: scenario.name,
        undelivered: played.undelivered,
        ..SimulationResult::new(played.outcome, options.trace, None).covered(coverage)
    })
}
