//! Of a stream of events: its options, and what it reports.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use crate::diagnostic::Report;
use crate::text::strict::strict;
use crate::time::{Instant, TimePoint, TimeSpan};
use crate::trigger::{Delivery, Outcome, SnapshotError, Version};

use super::coverage::TriggerCoverage;
use super::replay::ReplayError;

/// How a [`ReplayStream`](super::ReplayStream) plays.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
pub struct StreamOptions {
    /// Whether to return each decision, not only the firings. Default `false`.
    pub trace: bool,
    /// Whether to count how far events get in each trigger. Default `false`.
    pub coverage: bool,
    /// When the automations start: a point in time. Events received earlier are not evaluated. Default: when the first
    /// event was received.
    pub start: Option<Instant>,
    /// When they stop: a point in time, or a duration from the start. Default: when nothing more can fire because of the
    /// last event.
    pub end: Option<TimePoint>,
    /// The interval of the server's loops. Default 5 s.
    pub tick_seconds: Option<TimeSpan>,
    /// From the start to the first round of the loops. Default 0.
    pub tick_offset_seconds: Option<TimeSpan>,
    /// Whether the filters before the triggers apply, as on the server. Default: they do.
    pub delivery: Option<Delivery>,
    /// The version of the server. Default 3.9.
    pub server_version: Option<Version>,
    /// Whether to play what is intended instead of the server's faults. Default `false`.
    pub intended: bool,
    /// How much later an event may come than one that was received after it. Events wait so long to be played, in order
    /// of receipt. Default 0: they come in order.
    pub reorder_seconds: Option<TimeSpan>,
}

impl<'de> Deserialize<'de> for StreamOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

/// What a stream has counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StreamCounts {
    /// Events that came.
    pub events: u64,
    /// Of these, events received before the start; they are not evaluated.
    pub before_start: u64,
    /// Events received after the end; they are not evaluated.
    pub undelivered: u64,
    /// Events that came later than the option `reorderSeconds` allows; they are not evaluated.
    pub too_late: u64,
    /// How often a trigger's event waited for the one that it follows.
    pub waited: u64,
    /// Events that were evaluated without the one that they follow: it did not come within 15 minutes.
    pub leaders_lost: u64,
}

/// What a stream knows of an automation in the end.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StreamedAutomation {
    /// Its name.
    pub name: String,
    /// How often it fired, and how often of these only if nothing more comes.
    pub firings: u64,
    /// Of these, the firings after the last event: only if nothing more came.
    pub if_silent: u64,
    /// How many events passed each clause of each trigger, with the option `coverage`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coverage: Option<Vec<TriggerCoverage>>,
    /// Why it never fires, with the option `coverage`. Absent if it fires.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The end of a stream.
#[derive(Clone, Debug)]
pub struct StreamEnd {
    /// What happened since [`ReplayStream::drain`](super::ReplayStream::drain) was last called.
    pub outcome: Outcome,
    /// Each automation, in the order of loading.
    pub automations: Vec<StreamedAutomation>,
    /// The counts.
    pub counts: StreamCounts,
}

/// Why a stream does not begin.
#[derive(Clone, PartialEq, Debug)]
pub enum ReplayStreamError {
    /// The document of the automations cannot be read.
    Document(Box<Report>),
    /// The options are invalid.
    Options(ReplayError),
    /// The snapshot cannot be taken up.
    Snapshot(SnapshotError),
}

impl fmt::Display for ReplayStreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReplayStreamError::Document(report) => {
                let first = report.diagnostics.first().map_or("", |first| &first.message);
                write!(f, "the automations cannot be read: {first}")
            }
            ReplayStreamError::Options(error) => error.fmt(f),
            ReplayStreamError::Snapshot(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ReplayStreamError {}
