//! Windows that no event opens, and the firings that follow from where they begin.
//!
//! The server's loop opens such a window when it looks at the trigger, and the next one when that is over: whatever moves
//! one moves all later ones. So what happens between two recorded firings is replayed by itself, from the first of them.

use crate::automation::{Posture, Trigger};
use crate::event::ReceivedEvent;
use crate::simulate::{
    CapturedEvents, GivenAutomation, NEAR, PlayedPart, ReplayError, ReplayOptions, in_order, play_part,
};
use crate::text::steps::step;
use crate::time::Instant;
use crate::trigger::Firing;

/// How long the server works between two evaluations, beside the 5 s that it sleeps.
pub(super) const WORK: i64 = 250_000;

/// The most reloads of the server that are tried between two recorded firings.
const MOST_RELOADS: usize = 64;

/// What fires between two recorded firings.
struct Played {
    /// Its number: how many recorded firings come before it.
    number: usize,
    firings: Vec<Firing>,
    /// When the server loaded its automations again.
    reload: Option<Instant>,
    /// Whether the first firing is the recorded one that ends this part, if there is one.
    is_shown: bool,
}

/// The firings of an automation whose trigger opens its windows by itself, and only one at a time.
pub(super) struct Restarts<'c> {
    captured: &'c CapturedEvents,
    given: &'c GivenAutomation,
    options: &'c ReplayOptions,
    /// By receipt, once they are needed.
    events: Vec<ReceivedEvent>,
    /// The recorded firings, and the changes of other automations, ascending.
    recorded: Vec<Instant>,
    changes: Vec<Instant>,
    start: Instant,
    last: Instant,
    played: Option<Played>,
}

/// Whether a trigger has one window at a time, and opens it without an event.
fn opens_by_itself(trigger: &Trigger) -> bool {
    let Trigger::Event(event) = trigger else { return false };
    event.posture == Posture::Proactive && event.after.is_empty() && event.for_each.is_empty()
}

impl<'c> Restarts<'c> {
    /// `None` for other triggers. `recorded` and `changes`: see there.
    pub(super) fn new(
        captured: &'c CapturedEvents,
        given: &'c GivenAutomation,
        options: &'c ReplayOptions,
        start: Instant,
        recorded: Vec<Instant>,
        changes: Vec<Instant>,
    ) -> Option<Self> {
        let (_, last) = captured.received()?;
        opens_by_itself(&given.automation.trigger).then(|| Restarts {
            captured,
            given,
            options,
            events: Vec::new(),
            recorded,
            changes,
            start,
            last,
            played: None,
        })
    }

    /// Why the server did not fire at this time, if its windows show it.
    pub(super) fn of_here(&mut self, at: Instant) -> Result<Option<String>, ReplayError> {
        let number = self.recorded.partition_point(|own| *own < at);
        let played = self.play(number)?;
        let fires = played.firings.iter().any(|firing| near(firing.at, at));
        let (is_shown, reload) = (played.is_shown && !fires, played.reload);
        Ok(is_shown.then(|| self.sentence(number, reload, "it does not fire")).flatten())
    }

    /// Why the server fired at this time, if its windows show it.
    pub(super) fn of_recorded(&mut self, at: Instant) -> Result<Option<String>, ReplayError> {
        let number = self.recorded.partition_point(|own| *own < at);
        let played = self.play(number)?;
        let (is_shown, reload) = (played.is_shown, played.reload);
        Ok(is_shown.then(|| self.sentence(number, reload, "it fires here too")).flatten())
    }

    /// `None`: nothing differs from the whole replay.
    fn sentence(&self, number: usize, reload: Option<Instant>, result: &str) -> Option<String> {
        let before = number.checked_sub(1).and_then(|place| self.recorded.get(place));
        let from = before.map(|at| format!("from the server's firing at {} on", at.clock_time()));
        match reload {
            Some(reload) => {
                let from = from.map(|from| format!("{from}, ")).unwrap_or_default();
                Some(format!(
                    "the server may load its automations again when one is created or changed, as one was at {}, which \
                     moves windows that no event opens: {from}with that {result}",
                    reload.clock_time()
                ))
            }
            None => {
                Some(format!("each window that no event opens begins when the one before is over: {} {result}", from?))
            }
        }
    }

    /// Plays from a recorded firing to the next.
    fn play(&mut self, number: usize) -> Result<&Played, ReplayError> {
        let played = match self.played.take().filter(|played| played.number == number) {
            Some(played) => played,
            None => self.shown(number)?,
        };
        Ok(self.played.insert(played))
    }

    /// Without a reload, if that shows the firing at its end, else with the first one that does.
    fn shown(&mut self, number: usize) -> Result<Played, ReplayError> {
        if self.events.is_empty() {
            self.events = in_order(self.captured);
        }
        let before = number.checked_sub(1).and_then(|place| self.recorded.get(place)).copied();
        let next = self.recorded.get(number).copied();
        let from = before.unwrap_or(self.start);
        let until = next.map_or(self.last, |next| Instant(next.0.saturating_add(NEAR)));
        let first = self.events.partition_point(|event| event.received < from);
        let count = self.events.partition_point(|event| event.received <= until).saturating_sub(first);
        let events = self.events.get(first..first.saturating_add(count)).unwrap_or_default();
        // The first window begins with the firing, or as in the whole replay.
        let offset = if before.is_some() { Some(0) } else { None };
        let play = |reload: Option<Instant>| -> Result<Played, ReplayError> {
            step(events.len());
            let part = PlayedPart { events, start: from, end: until, offset, reload };
            let firings = play_part(&part, self.given, self.options)?;
            let is_shown = next.is_none_or(|next| firings.first().is_some_and(|firing| is_of(firing, next)));
            Ok(Played { number, firings, reload, is_shown })
        };
        let plain = play(None)?;
        if plain.is_shown {
            return Ok(plain);
        }
        let changes = self.changes.iter().filter(|at| **at > from && **at < until);
        let mut tried = 0_usize;
        let mut last = from;
        for change in changes {
            // Those before the same evaluation move the windows alike.
            if change.since(last) < self.options.tick_seconds.map_or(5_000_000, |tick| tick.0) && tried > 0 {
                continue;
            }
            if tried == MOST_RELOADS {
                break;
            }
            (tried, last) = (tried.saturating_add(1), *change);
            let reloaded = play(Some(*change))?;
            if reloaded.is_shown {
                return Ok(reloaded);
            }
        }
        Ok(plain)
    }
}

fn near(one: Instant, other: Instant) -> bool {
    one.since(other).saturating_abs() <= NEAR
}

/// Whether the server may have recorded this firing at a time.
fn is_of(firing: &Firing, at: Instant) -> bool {
    let in_span = |earliest: Instant, latest: Instant| earliest <= at && at.since(latest) <= WORK;
    near(firing.at, at) || firing.span.is_some_and(|span| in_span(span.earliest, span.latest))
}
