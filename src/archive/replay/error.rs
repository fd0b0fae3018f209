//! Why a task of a replay fails.

use std::fmt;
use std::io::{self, ErrorKind};

use crate::diagnostic::Report;
use crate::simulate::ReplayError;
use crate::time::TimeSpan;

/// The most tasks into which the keys of a trigger are divided: each keeps a file for each slice.
pub(super) const MOST_HASHES: u32 = 1000;

/// Why a task of a replay fails.
#[derive(Clone, PartialEq, Debug)]
pub enum ArchiveReplayError {
    /// The document of the automations cannot be read.
    Automations(Box<Report>),
    /// The events of a part cannot be read.
    Events(Box<Report>),
    /// The options are invalid.
    Options(ReplayError),
    /// `sliceSeconds` is not more than 0.
    SliceNotPositive(TimeSpan),
    /// `warmUpSeconds` is less than 30 minutes.
    WarmUpTooShort(TimeSpan),
    /// `hashes` is 0, or more than 1,000.
    HashesOutOfRange(u32),
    /// The bytes of an earlier task are damaged, or those of another replay.
    Damaged,
    /// Windows cannot be written to a disk, or read from it.
    Disk {
        /// The kind of error.
        kind: ErrorKind,
        /// What the system says.
        reason: String,
    },
}

impl fmt::Display for ArchiveReplayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = |report: &Report| report.diagnostics.first().map_or_else(String::new, |own| own.message.clone());
        match self {
            ArchiveReplayError::Automations(report) => {
                write!(f, "the automations cannot be read: {}", first(report))
            }
            ArchiveReplayError::Events(report) => write!(f, "the events cannot be read: {}", first(report)),
            ArchiveReplayError::Options(error) => error.fmt(f),
            ArchiveReplayError::SliceNotPositive(span) => {
                write!(f, "`sliceSeconds` must be more than 0 seconds, not `{span}`")
            }
            ArchiveReplayError::WarmUpTooShort(span) => {
                write!(f, "`warmUpSeconds` must be at least 30 minutes, not `{span}`")
            }
            ArchiveReplayError::HashesOutOfRange(hashes) => {
                write!(f, "`hashes` must be from 1 to {MOST_HASHES}, not {hashes}")
            }
            ArchiveReplayError::Damaged => {
                f.write_str("the bytes of an earlier task are damaged, or belong to another replay")
            }
            ArchiveReplayError::Disk { reason, .. } => write!(f, "windows cannot be kept on disk: {reason}"),
        }
    }
}

impl std::error::Error for ArchiveReplayError {}

impl From<io::Error> for ArchiveReplayError {
    fn from(error: io::Error) -> Self {
        ArchiveReplayError::Disk { kind: error.kind(), reason: error.to_string() }
    }
}

impl From<ReplayError> for ArchiveReplayError {
    fn from(error: ReplayError) -> Self {
        ArchiveReplayError::Options(error)
    }
}
