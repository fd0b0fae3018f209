//! Why a watch does not begin or go on.

use std::fmt;

use crate::client::StreamError;
use crate::diagnostic::Report;
use crate::simulate::ReplayError;
use crate::time::TimeSpan;
use crate::trigger::SnapshotError;

/// Why a watch does not begin, or ends; displayed as a sentence.
#[derive(Clone, PartialEq, Debug)]
pub enum WatchError {
    /// The document of automations with this index cannot be read.
    Automations(usize, Box<Report>),
    /// `since` is in the future.
    Future,
    /// `checkSeconds` is not more than 0.
    CheckNotPositive(TimeSpan),
    /// `reorderSeconds` is less than 0.
    ReorderNegative(TimeSpan),
    /// The replay cannot go on.
    Replay(ReplayError),
    /// The stream cannot begin.
    Stream(StreamError),
    /// The saved state cannot be taken up.
    State(StateError),
}

/// Why a saved state cannot be taken up; displayed as a sentence that begins with a verb.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StateError {
    /// It is not one, was changed, has another format, or belongs to other automations.
    Snapshot(SnapshotError),
    /// It belongs to the watch of another server, with this address.
    OtherServer(String),
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const ANEW: &str = "or remove it to begin with now";
        match self {
            StateError::Snapshot(SnapshotError::NotASnapshot) => {
                write!(f, "is not the state of a watch: name another file, {ANEW}")
            }
            StateError::Snapshot(SnapshotError::Damaged) => {
                write!(f, "is damaged: restore an earlier copy, {ANEW}")
            }
            StateError::Snapshot(error @ SnapshotError::OtherFormat(_)) => {
                write!(f, "was written by another version of prefect-events ({error}): use that version, {ANEW}")
            }
            StateError::Snapshot(SnapshotError::OtherAutomations) => write!(
                f,
                "is the state of other automations, or of another version of the server: give those again, name another \
                 file, {ANEW}"
            ),
            StateError::OtherServer(url) => {
                write!(f, "is the state of a watch of {url}: choose that server, name another file, {ANEW}")
            }
        }
    }
}

impl std::error::Error for StateError {}

impl fmt::Display for WatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WatchError::Automations(_, report) => {
                let first = report.diagnostics.first().map_or("", |first| &first.message);
                write!(f, "the automations cannot be read: {first}")
            }
            WatchError::Future => f.write_str("`since` must not be in the future"),
            WatchError::CheckNotPositive(span) => write!(f, "`checkSeconds` must be more than 0 seconds, not `{span}`"),
            WatchError::ReorderNegative(span) => write!(f, "`reorderSeconds` must not be negative, but it is `{span}`"),
            WatchError::Replay(error) => error.fmt(f),
            WatchError::Stream(error) => error.fmt(f),
            WatchError::State(error) => write!(f, "the saved state {error}"),
        }
    }
}

impl std::error::Error for WatchError {}
