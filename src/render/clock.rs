//! Times and counts in texts for people.

use crate::simulate::RunOutcome;
use crate::text::phrase::count;
use crate::time::Instant;

/// `2026-03-01 12:00:05`
pub(super) fn clock(at: Instant) -> String {
    let text = at.rfc3339();
    text.get(..19).unwrap_or(&text).replace('T', " ")
}

/// `12:00:05`
pub(super) fn time_of_day(at: Instant) -> String {
    clock(at).split_once(' ').map(|(_, time)| time.to_owned()).unwrap_or_default()
}

pub(super) fn events(number: usize) -> String {
    if number == 1 { "1 event".to_owned() } else { format!("{} events", count(number)) }
}

pub(super) fn outcome_name(outcome: Option<RunOutcome>) -> &'static str {
    match outcome {
        Some(RunOutcome::Alive) => "alive",
        Some(RunOutcome::Finished) => "finished",
        Some(RunOutcome::Dead) => "dead",
        Some(RunOutcome::Silent) => "silent",
        None => "",
    }
}
