//! A part of captured events, played by itself.

use crate::event::ReceivedEvent;
use crate::time::Instant;
use crate::trigger::{Firing, Options};

use super::automations::GivenAutomation;
use super::captured::CapturedEvents;
use super::leaders;
use super::play_options::{PlayOptions, sort};
use super::replay::{ReplayError, ReplayOptions};
use super::scenario::play_reloaded;

/// Captured events by receipt.
pub(crate) fn in_order(captured: &CapturedEvents) -> Vec<ReceivedEvent> {
    let mut events = captured.events().to_vec();
    sort(&mut events);
    events
}

/// A part of captured events.
pub(crate) struct PlayedPart<'e> {
    /// By receipt. Whatever they follow has been evaluated if it is not among them.
    pub events: &'e [ReceivedEvent],
    /// When the automation is loaded.
    pub start: Instant,
    /// When the part ends.
    pub end: Instant,
    /// When the loop first runs, in microseconds after the start. `None`: as in the options.
    pub offset: Option<i64>,
    /// When the server loads its automations again.
    pub reload: Option<Instant>,
}

/// The firings of an automation in a part.
pub(crate) fn play_part(
    part: &PlayedPart<'_>,
    given: &GivenAutomation,
    options: &ReplayOptions,
) -> Result<Vec<Firing>, ReplayError> {
    let mut events = part.events.to_vec();
    leaders::ignore_missing(&mut events);
    let play = PlayOptions {
        start: part.start,
        end: Some(part.end),
        tick: options.tick_seconds.map(|tick| tick.0),
        offset: part.offset.or(options.tick_offset_seconds.map(|offset| offset.0)),
        delivery: options.delivery,
        intended: options.intended,
        version: options.server_version,
    };
    let scenario = play.scenario(given.automation.clone(), events, part.end);
    let played = play_reloaded(&scenario, Options::default(), part.reload.as_slice()).map_err(ReplayError::from)?;
    Ok(played.outcome.firings)
}
