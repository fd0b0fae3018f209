//! The messages of the command `pull`, which the command lines run themselves: it sends requests, and writes as events
//! come.

use crate::client::PullProgress;
use crate::render::printable_lines;
use crate::text::phrase::count;

/// What was read, after the last event: a line or more, without a line break at the end.
#[must_use]
pub fn pull_summary(progress: &PullProgress) -> String {
    printable_lines(&progress.to_string())
}

/// How to go on after a failure. `is_resumed`: the events are appended to an earlier capture.
#[must_use]
pub fn pull_interrupted(progress: &PullProgress, is_resumed: bool) -> String {
    let events = usize::try_from(progress.events).unwrap_or(usize::MAX);
    let noun = if events == 1 { "event" } else { "events" };
    let rest = if is_resumed {
        "the same command again"
    } else {
        "the same command with --resume FILE instead of > FILE, where FILE has these events"
    };
    format!("{} {noun} came, up to {}. To continue: {rest}", count(events), progress.reached.rfc3339())
}
