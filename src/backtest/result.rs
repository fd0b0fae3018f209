//! The result of a backtest. The names of the keys are the public interface.

use serde::Serialize;

use crate::diagnostic::Diagnostic;
use crate::simulate::{
    FoundIn, MissingLeaders, NotPlayed, RecordedActions, RecordedFiring, RecordedPair, RunOutcome, TriggerCoverage,
};
use crate::time::{Instant, TimeSpan};
use crate::trigger::Firing;

/// Automations replayed over captured events, compared with the firings that the server recorded.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Backtest {
    /// Whether no automation differs, and the input could be read.
    pub agrees: bool,
    /// How many events were captured.
    pub events: usize,
    /// When the server received the first event. RFC 3339 in UTC with microseconds. Absent if there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub first: Option<Instant>,
    /// When it received the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub last: Option<Instant>,
    /// Each automation, in the order of the document.
    pub automations: Vec<AutomationBacktest>,
    /// Events that cannot be read, because they are nested too deeply: they are not played. Absent if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<NotPlayed>>"))]
    pub not_played: Vec<NotPlayed>,
    /// Warnings about the automations, such as a repeated key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<Diagnostic>>"))]
    pub warnings: Vec<Diagnostic>,
    /// Why nothing was played. Absent if it was.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<Diagnostic>>"))]
    pub errors: Vec<Diagnostic>,
    /// The input that the warnings and errors are about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found_in: Option<FoundIn>,
    /// With several texts of events: the 0-based index of the one that the errors are about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub events_index: Option<usize>,
}

/// Whether the firings of an automation are those that the server recorded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename_all = "kebab-case"))]
pub enum Verdict {
    /// They are; differences by chance and because of events that were not captured do not count.
    Agrees,
    /// At least one difference has another cause.
    Differs,
    /// The events contain nothing that this automation sent.
    NotCompared,
}

/// One automation replayed over captured events.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct AutomationBacktest {
    /// Its name; empty for a bare trigger.
    pub name: String,
    /// Its id, if the document has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Whether the firings are the same.
    pub verdict: Verdict,
    /// The result in one sentence.
    pub message: String,
    /// When the automation starts: RFC 3339 in UTC with microseconds. Earlier events are not evaluated.
    pub start: Instant,
    /// When the server stopped to use it: it was disabled, changed or deleted. Absent if it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub end: Option<Instant>,
    /// How the server's automation differs from the document, such as "`within` is 90 s on the server, 10 min here".
    /// Absent if it does not, or if the events do not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<String>,
    /// How often it fired here: certain firings, not those after the last event.
    pub fired_here: usize,
    /// How often it fired on the server since the start.
    pub fired_recorded: usize,
    /// How many firings happened here and on the server.
    pub both: usize,
    /// These with their time differences, in order.
    pub pairs: Vec<RecordedPair>,
    /// Firings that the server did not record.
    pub only_here: Vec<OnlyHere>,
    /// Recorded firings that do not happen here.
    pub only_recorded: Vec<OnlyRecorded>,
    /// How many firings come after the last event, and only if nothing more came: not those that the server recorded.
    /// They are not compared. Absent if none.
    #[serde(skip_serializing_if = "is_zero")]
    #[cfg_attr(feature = "typescript", ts(type = "number", optional))]
    pub if_silent: usize,
    /// The state of the runs when it fired here.
    pub outcomes_here: OutcomeCounts,
    /// The state of the runs when it fired on the server.
    pub outcomes_recorded: OutcomeCounts,
    /// The firings over time.
    pub histogram: Histogram,
    /// How many events passed each clause of each trigger. The first 100 triggers.
    pub coverage: Vec<TriggerCoverage>,
    /// Why it never fires here. Absent if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Firings that happen only because an event follows one that is not in the input. Absent if there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_leaders: Option<MissingLeaders>,
    /// What its actions did while the events were captured. Absent if nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_actions: Option<RecordedActions>,
}

/// Why a firing happened only here, or only on the server.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename_all = "kebab-case"))]
pub enum DifferenceCause {
    /// The automation of the server was not this one.
    Changed,
    /// Chance on the server: the order of events received at the same instant, the phase of its loops, a race.
    Chance,
    /// The events that decide it were not captured.
    NotCaptured,
    /// It happens only because an event follows one that is not in the input.
    AbsentLeader,
    /// No known cause.
    Unexplained,
}

impl DifferenceCause {
    /// Its name in results: `not-captured`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            DifferenceCause::Changed => "changed",
            DifferenceCause::Chance => "chance",
            DifferenceCause::NotCaptured => "not-captured",
            DifferenceCause::AbsentLeader => "absent-leader",
            DifferenceCause::Unexplained => "unexplained",
        }
    }

    /// Whether it makes the verdict `differs`.
    #[must_use]
    pub fn counts(self) -> bool {
        matches!(self, DifferenceCause::Changed | DifferenceCause::Unexplained)
    }
}

/// A firing that the server did not record.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct OnlyHere {
    /// The firing.
    #[cfg_attr(feature = "typescript", ts(as = "crate::trigger::serialize::FiringRecord<'static>"))]
    pub firing: Firing,
    /// The name of the flow run that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The state of this run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<RunOutcome>,
    /// Why only here.
    pub cause: DifferenceCause,
    /// The same in one sentence, without a capital letter and a full stop.
    pub reason: String,
}

/// A recorded firing that does not happen here.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct OnlyRecorded {
    /// The firing.
    pub firing: RecordedFiring,
    /// The name of the flow run that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The state of this run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<RunOutcome>,
    /// Why only on the server.
    pub cause: DifferenceCause,
    /// The same in one sentence, without a capital letter and a full stop.
    pub reason: String,
}

/// How many firings found their run in which state.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct OutcomeCounts {
    /// It was alive: it sent something later, or reached its final state later by itself.
    pub alive: usize,
    /// It had reached its final state.
    pub finished: usize,
    /// It sent nothing later, and reached no final state by itself.
    pub silent: usize,
    /// The firing is not about one flow run.
    pub other: usize,
}

impl OutcomeCounts {
    pub(super) fn add(&mut self, outcome: Option<RunOutcome>) {
        let number = match outcome {
            Some(RunOutcome::Alive) => &mut self.alive,
            Some(RunOutcome::Finished | RunOutcome::Dead) => &mut self.finished,
            Some(RunOutcome::Silent) => &mut self.silent,
            None => &mut self.other,
        };
        *number = number.saturating_add(1);
    }
}

/// The firings over time: by hour, or by shorter spans if the capture is short.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Histogram {
    /// The length of each span in seconds: 3600 if the capture lasts 12 hours or longer, else 600 from 2 hours on, else 60.
    pub span_seconds: TimeSpan,
    /// The spans with firings, ascending.
    pub counts: Vec<SpanCount>,
}

/// The firings of one span of a histogram.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SpanCount {
    /// When it begins: RFC 3339 in UTC with microseconds.
    pub from: Instant,
    /// How many firings happened here.
    pub here: usize,
    /// How many the server recorded.
    pub recorded: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
pub(super) fn is_zero(number: &usize) -> bool {
    *number == 0
}
