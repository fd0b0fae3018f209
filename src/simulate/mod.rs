//! What an automation does: scenarios and captured events, played to the [trigger engine](crate::trigger) under a
//! virtual clock.
//!
//! [`simulate`] plays a scenario, [`replay`] plays captured events, [`test_scenarios`] checks what scenarios expect,
//! [`example_runs`] finds a history on which an automation fires and one on which it does not,
//! [`scenario_actions`] and [`replay_actions`] render what the actions of each firing do,
//! [`compare_versions`] and [`compare_replays`] report where two versions of the server differ, and
//! [`heartbeat_advice`] calculates what a window over heartbeats tolerates.
//!
//! ```
//! use prefect_events::simulate::{SimulateOptions, simulate};
//!
//! let scenario = "
//! automation: crash-zombie-flows
//! start: 2026-03-01T12:00:00Z
//! end: 10m
//! heartbeat: {frequency: 30}
//! runs: [{name: zombie, dies: 2m}]
//! ";
//! let result = simulate(scenario.into(), &SimulateOptions { timeline: true, ..SimulateOptions::default() });
//! assert!(result.errors.is_empty());
//! assert_eq!(result.firings.len(), 1);
//! let timeline = result.timeline.unwrap();
//! assert_eq!(timeline.lanes[0].name, "zombie");
//! assert_eq!(timeline.lanes[0].fired[0].outcome, Some(prefect_events::simulate::RunOutcome::Dead));
//! ```

// From input to output: each file uses only those above it.
mod fields;
mod difference;
pub(crate) mod reading;
mod leaders;
mod recorded;
mod player;
mod scenario;
mod play_options;
mod runs;
mod expectation;
mod automations;
pub mod schema;
mod document;
mod coverage;
mod chance;
mod meaning;
mod run_life;
mod result;
mod simulation;
mod examples;
mod judgement;
mod golden;
mod captured;
mod replay;
mod captured_part;
mod streamed;
mod stream;
mod comparison;
mod advice;
mod actions;

pub use actions::{
    ActionSettings, RenderActionsOptions, RenderedFiring, RenderedFirings, replay_actions, scenario_actions,
};
pub use advice::{
    Advice, AdviceError, ClientHeartbeats, Detection, DocumentedAdvice, HeartbeatConfig, SendsHeartbeats,
    SmallestWindow, heartbeat_advice,
};
#[cfg(test)]
pub(crate) use automations::crash_zombie_flows;
pub(crate) use automations::given_automations;
pub use automations::{Files, scenario_files};
pub(crate) use automations::{GivenAutomation, all as automations_of};
pub use captured::{CapturedEvents, EventTexts, UnreadEvents};
pub(crate) use captured::{read_events, read_events_with};
pub(crate) use captured_part::{PlayedPart, in_order, play_part};
pub(crate) use chance::BatchOrder;
pub use chance::ByChance;
pub use comparison::{Difference, VersionComparison, compare_replays, compare_versions};
pub use coverage::{Clause, ClauseCoverage, SeenValue, TriggerCoverage, WindowCoverage};
pub use examples::{ExampleOptions, ExampleRun, ExampleRuns, ExampleScenario, example_runs};
pub use golden::{FreezeError, freeze_firings};
pub use judgement::{
    ListedScenario, TestOptions, TestReport, TestedExpectation, TestedFiring, TestedScenario, TestedSpan,
    UnlistedScenarios, list_scenarios, test_scenarios, test_scenarios_with,
};
pub use leaders::MissingLeaders;
pub(crate) use leaders::add_late;
pub use meaning::{Fired, HeartbeatRhythm, Lane, RunEnding, RunOutcome, StateChange, Timeline, Window};
pub(crate) use play_options::{TICK, after, longest};
pub use reading::DocumentText;
pub use recorded::{ActionEffect, RecordedActions, RecordedFiring, RecordedFirings, RecordedPair};
pub(crate) use recorded::{AutomationVersion, ChangeKind, NEAR, OwnEvents};
pub(crate) use replay::{ByOtherChance, named};
pub use replay::{ReplayError, ReplayOptions, replay};
pub use result::{FoundIn, NotPlayed, SimulationResult};
pub(crate) use run_life::{Life, Lives};
pub use scenario::{MAX_EVENTS, MAX_TICKS, Scenario, ScenarioError};
pub(crate) use scenario::{REMEMBERED, has_too_many_ticks};
pub use simulation::{SimulateOptions, play, simulate};
pub use stream::ReplayStream;
pub use streamed::{ReplayStreamError, StreamCounts, StreamEnd, StreamOptions, StreamedAutomation};
