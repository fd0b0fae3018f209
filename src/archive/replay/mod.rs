//! Replays an archive in four kinds of tasks, each a function over bytes:
//!
//! 1. [`ReplayPlan::map`], one task per part: of all events what couples them ([`Facts`](crate::trigger::Facts)), and of
//!    each share of the work the events that it matches, both divided into slices of time.
//! 2. [`ReplayPlan::sequence`], one task per slice: the order in which the server evaluates the events, and its ticks. It
//!    begins some time before the slice without memory. The result counts only if that led to the same state as the slice
//!    before ([`ReplayPlan::continues`]); otherwise it is done again from that state.
//! 3. [`Reducer`], one task per share, slice after slice: its triggers execute the steps. A share is an automation; in the
//!    mode `intended`, it may be a part of the keys of one. Between slices the windows are on a disk; a slice only holds
//!    those that something happens to.
//! 4. [`ReplayPlan::merge`]: the firings of all shares, in one result.
//!
//! The result equals that of [`ReplayStream`](crate::simulate::ReplayStream) over the events in order of receipt; those
//! received at the same instant in the order of parts. It does not depend on how the archive is cut.
//!
//! ```
//! use prefect_events::archive::replay::{ArchiveReplayOptions, replay_parts};
//!
//! let automation = "trigger: {posture: Reactive, expect: [acme.backup.failed], threshold: 2, within: 60}";
//! let event = |id, occurred| format!(
//!     r#"{{"id": "00000000-0000-4000-8000-00000000000{id}", "occurred": "{occurred}",
//!     "event": "acme.backup.failed", "resource": {{"prefect.resource.id": "acme.backup"}}}}"#
//! );
//! let parts = [event(2, "2026-03-01T12:00:30Z"), event(1, "2026-03-01T12:00:00Z")];
//! let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
//! let replayed = replay_parts(automation.into(), &parts, &ArchiveReplayOptions::default())?;
//! assert_eq!(replayed.result.firings[0].at.rfc3339(), "2026-03-01T12:00:30.000000Z");
//! # Ok::<(), prefect_events::archive::replay::ArchiveReplayError>(())
//! ```

// From input to output: each file uses only those above it.
mod error;
mod piece;
mod events;
mod plan;
mod map;
mod schedule;
mod order;
mod drive;
mod sequence;
mod windows;
mod reduce;
mod merge;
mod local;

pub use error::ArchiveReplayError;
pub use local::replay_parts;
pub use map::{MapMemory, MappedPart, MappedPiece};
pub use merge::ArchiveReplay;
pub use plan::{ArchiveReplayOptions, ReplayPlan};
pub use reduce::{Reducer, SliceInput, WindowCounts};
pub use schedule::Schedule;
pub use sequence::{SequencedSlice, ShareOrder};
