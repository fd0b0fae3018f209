//! The result of a scenario. The names of the keys are the public interface.

use serde::Serialize;

use crate::diagnostic::Diagnostic;
use crate::generate::GeneratedEvent;
use crate::time::Instant;
use crate::trigger::{Decision, Firing, Outcome, OutcomeSize};

use super::chance::{ByChance, by_chance};
use super::coverage::{Coverage, TriggerCoverage};
use super::leaders::MissingLeaders;
use super::meaning::Timeline;
use super::recorded::{RecordedActions, RecordedFirings};
use super::scenario::{Play, Scenario};

/// The result of a simulation.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct SimulationResult {
    /// The name of the scenario.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scenario: Option<String>,
    /// With `replay`, a document with several automations or the option `name`: the name of this automation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automation: Option<String>,
    /// The firings of the automation.
    #[cfg_attr(feature = "typescript", ts(as = "Vec<crate::trigger::serialize::FiringRecord<'static>>"))]
    pub firings: Vec<Firing>,
    /// The firings of child triggers.
    #[cfg_attr(feature = "typescript", ts(as = "Vec<crate::trigger::serialize::FiringRecord<'static>>"))]
    pub child_firings: Vec<Firing>,
    /// With `replay` and a document with several automations: the result of each, in the order of the document.
    /// `firings` has the firings of all of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<SimulationResult>>"))]
    pub automations: Vec<SimulationResult>,
    /// With `replay`: when the automation starts. RFC 3339 in UTC with microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub start: Option<Instant>,
    /// How many events were received before the start and are not evaluated. Absent if none.
    #[serde(skip_serializing_if = "is_zero")]
    #[cfg_attr(feature = "typescript", ts(type = "number", optional))]
    pub before_start: usize,
    /// With `replay`: firings caused only by events that follow an event which is not in the input. Absent if no
    /// trigger matches such an event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_leaders: Option<MissingLeaders>,
    /// With `replay`: the firings compared with those that the server recorded in the events. Absent if it recorded
    /// none of this automation, found by its id, otherwise by its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded: Option<RecordedFirings>,
    /// With `replay`: what the automation's actions did while the events were captured. Absent if nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_actions: Option<RecordedActions>,
    /// Why the automation never fires: a sentence without a capital letter and a full stop. Absent if it fires.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How many events passed each clause of each trigger: if the automation never fires, or with the option
    /// `coverage`. The first 100 triggers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coverage: Option<Vec<TriggerCoverage>>,
    /// The firings that depend on the order of events received at the same instant; with the option `chance`. Absent if
    /// none.
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
    /// The generated events, with the option `events`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(type = "object[]", optional))]
    pub events: Option<Vec<GeneratedEvent>>,
    /// The timeline, with the option `timeline`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeline: Option<Timeline>,
    /// With `replay`: events that cannot be read, because they are nested too deeply: they are not played. Absent if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<NotPlayed>>"))]
    pub not_played: Vec<NotPlayed>,
    /// Warnings about the input, such as a repeated key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<Diagnostic>>"))]
    pub warnings: Vec<Diagnostic>,
    /// Why nothing was played. Absent if it was.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<Diagnostic>>"))]
    pub errors: Vec<Diagnostic>,
    /// With `replay`: the input that the warnings and errors are about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found_in: Option<FoundIn>,
    /// With `replay` and several texts of events: the 0-based index of the one that the errors are about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub events_index: Option<usize>,
}

impl SimulationResult {
    /// How much is in it.
    pub(super) fn size(&self) -> OutcomeSize {
        let mut size = OutcomeSize::default();
        self.firings.iter().for_each(|firing| size.add_firing(firing));
        self.child_firings.iter().for_each(|firing| size.add_child_firing(firing));
        self.decisions.iter().flatten().for_each(|decision| size.add_decision(decision));
        size
    }

    /// Adds how far the events got.
    pub(super) fn covered(self, coverage: Option<Coverage>) -> Self {
        let Some(Coverage { triggers, reason }) = coverage else { return self };
        SimulationResult { reason, coverage: Some(triggers), ..self }
    }

    /// Reports which firings depend on the order of events received at the same instant.
    pub(super) fn with_chance(self, scenario: &Scenario, play: Play) -> Self {
        SimulationResult { by_chance: by_chance(scenario, play, &self.firings), ..self }
    }

    /// The result of a play. `trace`: the decisions were requested.
    pub(super) fn new(outcome: Outcome, trace: bool, mut timeline: Option<Timeline>) -> Self {
        if !trace {
            // Indexes into an omitted list mean nothing.
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

/// One of the inputs of `replay`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename_all = "lowercase"))]
pub enum FoundIn {
    /// The automation's document.
    Automation,
    /// The captured events.
    Events,
}

/// An event that cannot be read and is not played.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct NotPlayed {
    /// With several texts of events: the 0-based index of the one that it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub events_index: Option<usize>,
    /// Why it cannot be read, and where it is.
    pub finding: Diagnostic,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}
