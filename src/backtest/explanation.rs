//! What happened to one run: the results. The names of the keys are the public interface.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use crate::simulate::{NotPlayed, ReplayError};
use crate::text::phrase::{joined, shown};
use crate::text::strict::strict;
use crate::time::{Instant, TimeSpan};
use crate::trigger::Version;

/// Options of `whyRun`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct WhyOptions {
    /// For a document with several automations: the name of the one to explain. Default: the one that acted on the run.
    pub name: Option<String>,
    /// The interval of the server's loops: a number of seconds, or a text such as `"5s"`. Default 5.
    #[cfg_attr(feature = "typescript", ts(type = "Span", optional))]
    pub tick_seconds: Option<TimeSpan>,
    /// The version of the server: `"3.9"`, `"3.8"`, `"3.7"` or `"3.6"`, or one with its patch such as `"3.8.8"`.
    /// Default `"3.9"`.
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub server_version: Option<Version>,
}

impl<'de> Deserialize<'de> for WhyOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

/// Why a run cannot be explained.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum WhyError {
    /// No captured run has this name or id.
    UnknownRun(String),
    /// Several runs have it: their names and ids.
    AmbiguousRun(String, Vec<String>),
    /// The automations cannot be read: the first error.
    Unreadable(String),
    /// The events cannot be read: the first error.
    UnreadableEvents(String),
    /// They cannot be played.
    Replay(ReplayError),
}

impl fmt::Display for WhyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WhyError::UnknownRun(run) => write!(f, "no run in these events has the name or id `{}`", shown(run)),
            WhyError::AmbiguousRun(run, all) => {
                let all = joined(&mut all.iter().map(|one| &**one), ", ");
                write!(f, "several runs begin with `{}`: {all}; give one's id", shown(run))
            }
            WhyError::Unreadable(message) => write!(f, "the automations cannot be read: {message}"),
            WhyError::UnreadableEvents(message) => write!(f, "the events cannot be read: {message}"),
            WhyError::Replay(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for WhyError {}

impl From<ReplayError> for WhyError {
    fn from(error: ReplayError) -> Self {
        WhyError::Replay(error)
    }
}

/// The cause of what happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename_all = "kebab-case"))]
pub enum WhyCause {
    /// An automation fired on the run although it was alive.
    Alive,
    /// It fired because the server held an event back that follows one it never got.
    AbsentLeader,
    /// It fired because an event arrived too late.
    Late,
    /// It fired on a run that had reached its final state: an event of the run came after that.
    Finished,
    /// It fired, and the run sent nothing more.
    Silent,
    /// It fired, for another reason.
    Fired,
    /// No automation fired on it.
    NotFired,
    /// Not an automation but Prefect itself gave it its final state.
    Reported,
}

/// What happened to one run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Why {
    /// The name of the run.
    pub run: String,
    /// Its `prefect.resource.id`.
    pub id: String,
    /// The name of its last captured state. Absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The cause.
    pub cause: WhyCause,
    /// The same in one sentence.
    pub message: String,
    /// The automation that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automation: Option<String>,
    /// When it fired on the run: RFC 3339 in UTC with microseconds. Absent if it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub fired: Option<Instant>,
    /// One changed line, with which it would not have fired on the run, or would have. It was played. Absent if there is
    /// none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<ChangedLine>,
    /// Events that cannot be read, because they are nested too deeply: they are not played. Absent if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<NotPlayed>>"))]
    pub not_played: Vec<NotPlayed>,
}

/// One changed line of an automation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct ChangedLine {
    /// As it is: `within: 90`. Empty if the line is new.
    pub before: String,
    /// As it should be: `within: 153`.
    pub after: String,
    /// Its number in the automation's text, from 1. Absent if the automation comes from the events.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub line: Option<u64>,
    /// How often the automation fires on all events as it is, without what its own actions caused.
    pub firings_before: usize,
    /// How often it fires with this line.
    pub firings_after: usize,
    /// What the change means, in one sentence.
    pub message: String,
}
