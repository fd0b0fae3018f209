//! Plays events to an engine in order of receipt, with the ticks between them.

use std::collections::VecDeque;

use crate::event::ReceivedEvent;
use crate::time::Instant;
use crate::trigger::{Engine, Outcome};

/// The most firings and decisions that are kept.
pub const MAX_OUTCOME: usize = 2_000_000;

/// There are more than [`MAX_OUTCOME`] firings or decisions by this time.
pub(super) struct TooMuch(pub(super) Instant);

/// An engine and its ticks. Its memory does not grow with the number of events, if the outcome is taken.
pub(super) struct Player {
    pub(super) engine: Engine,
    /// When the server's loops run next. `None`: no longer.
    pub(super) next: Option<Instant>,
    /// From one to the next; more than 0.
    pub(super) tick: i64,
    outcome: Outcome,
    /// When the server loads its automations again, ascending.
    pub(super) reloads: VecDeque<Instant>,
}

impl Player {
    /// `first`: the first tick; the others follow every `tick`.
    pub(super) fn new(engine: Engine, first: Option<Instant>, tick: i64) -> Self {
        Player { engine, next: first, tick, outcome: Outcome::default(), reloads: VecDeque::new() }
    }

    /// An event is received. The events of one instant come before its tick.
    pub(super) fn deliver(&mut self, event: &ReceivedEvent) -> Result<(), TooMuch> {
        while let Some(tick) = self.next.filter(|tick| *tick < event.received) {
            self.tick(tick)?;
        }
        self.engine.deliver(event, event.received);
        Ok(())
    }

    /// Time passes up to an instant, with its tick.
    pub(super) fn pass(&mut self, until: Instant) -> Result<(), TooMuch> {
        while let Some(tick) = self.next.filter(|tick| *tick <= until) {
            self.tick(tick)?;
        }
        Ok(())
    }

    fn tick(&mut self, now: Instant) -> Result<(), TooMuch> {
        while self.reloads.front().is_some_and(|at| *at <= now) {
            self.reloads.pop_front();
            self.engine.reload();
        }
        self.engine.tick(now);
        self.next = now.0.checked_add(self.tick).map(Instant);
        self.gather();
        let Outcome { firings, child_firings, decisions, .. } = &self.outcome;
        if firings.len().max(child_firings.len()).max(decisions.len()) > MAX_OUTCOME {
            return Err(TooMuch(now));
        }
        Ok(())
    }

    fn gather(&mut self) {
        let new = self.engine.take();
        self.outcome.firings.extend(new.firings);
        self.outcome.child_firings.extend(new.child_firings);
        self.outcome.decisions.extend(new.decisions);
        self.outcome.late.extend(new.late);
        self.outcome.leaders_lost = self.outcome.leaders_lost.saturating_add(new.leaders_lost);
        self.outcome.waited = self.outcome.waited.saturating_add(new.waited);
    }

    /// Everything since the last call.
    pub(super) fn take(&mut self) -> Outcome {
        self.gather();
        std::mem::take(&mut self.outcome)
    }
}
