//! What came of a scenario. The names of the keys are the public interface.

use serde::Serialize;

use crate::diagnostic::Diagnostic;
use crate::generate::GeneratedEvent;
use crate::time::Instant;
use crate::trigger::{Decision, Firing, Outcome};

use super::chance::{ByChance, by_chance};
use super::coverage::{Coverage, TriggerCoverage};
use super::leaders::MissingLeaders;
use super::meaning::Timeline;
use super::recorded::{RecordedActions, RecordedFirings};
use super::scenario::{Play, Scenario};

/// What an automation did when events were played to it.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct SimulationResult {
    /// The name of the scenario.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scenario: Option<String>,
    /// Of `replay` with a document of several automations, or with the option `name`: the name of this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automation: Option<String>,
    /// When the automation acts.
    #[cfg_attr(feature = "typescript", ts(as = "Vec<crate::trigger::serialize::FiringRecord<'static>>"))]
    pub firings: Vec<Firing>,
    /// When children of composite triggers fire.
    #[cfg_attr(feature = "typescript", ts(as = "Vec<crate::trigger::serialize::FiringRecord<'static>>"))]
    pub child_firings: Vec<Firing>,
    /// Of `replay` with a document of several automations: the result of each, in the order of the document. Beside them
    /// are the firings of all of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<SimulationResult>>"))]
    pub automations: Vec<SimulationResult>,
    /// Of `replay`: when the automation begins to watch. RFC 3339 in UTC with microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(type = "string", optional))]
    pub start: Option<Instant>,
    /// How many events were received before the start, and are not evaluated. Absent if none.
    #[serde(skip_serializing_if = "is_zero")]
    #[cfg_attr(feature = "typescript", ts(type = "number", optional))]
    pub before_start: usize,
    /// Of `replay`: what comes only from events that follow one which is not among the events. Absent if no trigger looks
    /// at such an event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_leaders: Option<MissingLeaders>,
    /// Of `replay`: the firings beside those that the server recorded in the events. Absent if it recorded none of this
    /// automation, which is found by its id, else by its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded: Option<RecordedFirings>,
    /// Of `replay`: what the automation did while the events were captured. Absent if it did nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_actions: Option<RecordedActions>,
    /// Why the automation never fires, in a sentence without a capital letter and a full stop. Absent if it fires.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How far events came in each trigger: if the automation never fires, or with the option `coverage`. The first 100
    /// triggers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coverage: Option<Vec<TriggerCoverage>>,
    /// The firings that hang on the order of events which are received at the same instant; with the option `chance`.
    /// Absent if none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_chance: Option<ByChance>,
    /// How many events would have been received after the end. Absent if none.
    #[serde(skip_serializing_if = "is_zero")]
    #[cfg_attr(feature = "typescript", ts(type = "number", optional))]
    pub undelivered: usize,
    /// Each step of the engine, with the option `trace`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<crate::trigger::serialize::DecisionRecord<'static>>>"))]
    pub decisions: Option<Vec<Decision>>,
    /// The events that were generated, with the option `events`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(type = "object[]", optional))]
    pub events: Option<Vec<GeneratedEvent>>,
    /// What it means for each run, with the option `timeline`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeline: Option<Timeline>,
    /// What is doubtful in a text that was played, such as a key that occurs twice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<Diagnostic>>"))]
    pub warnings: Vec<Diagnostic>,
    /// Why nothing was played. Absent if it was.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<Diagnostic>>"))]
    pub errors: Vec<Diagnostic>,
    /// Of `replay`: the text that the warnings and errors are about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found_in: Option<FoundIn>,
    /// Of `replay` with several texts of events: the 0-based index of the one that the errors are about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(type = "number", optional))]
    pub events_index: Option<usize>,
}

impl SimulationResult {
    /// Adds how far the events came.
    pub(super) fn covered(self, coverage: Option<Coverage>) -> Self {
        let Some(Coverage { triggers, reason }) = coverage else { return self };
        SimulationResult { reason, coverage: Some(triggers), ..self }
    }

    /// Says which firings hang on the order of events that are received at the same instant.
    pub(super) fn with_chance(self, scenario: &Scenario, play: Play) -> Self {
        SimulationResult { by_chance: by_chance(scenario, play, &self.firings), ..self }
    }

    /// The result of what was played. `trace`: the decisions were asked for.
    pub(super) fn new(outcome: Outcome, trace: bool, mut timeline: Option<Timeline>) -> Self {
        if !trace {
            // Indexes into what is not returned mean nothing.
            for lane in timeline.iter_mut().flat_map(|timeline| &mut timeline.lanes) {
                lane.decisions = None;
                lane.fired.iter_mut().for_each(|fired| fired.decision = None);
            }
        }
        SimulationResult {
            firings: outcome.firings,
            child_firings: outcome.child_firings,
            decisions: trace.then_some(outcome.decisions),
            timeline,
            ..SimulationResult::default()
        }
    }
}

/// One of the texts that are given to `replay`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename_all = "lowercase"))]
pub enum FoundIn {
    /// The automation's document.
    Automation,
    /// The captured events.
    Events,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}
