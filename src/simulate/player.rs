//! Plays events to an engine in order of receipt, with the ticks between them.

use std::collections::VecDeque;

use crate::event::ReceivedEvent;
use crate::time::Instant;
use crate::trigger::{Engine, EngineLimit, Outcome};

/// There is too much by this time.
pub(super) struct TooMuch {
    pub(super) at: Instant,
    pub(super) limit: EngineLimit,
}

/// An engine and its ticks. Its memory does not grow with the number of events, if the outcome is taken.
pub(super) struct Player {
    pub(super) engine: Engine,
    /// When the server's loops run next. `None`: no longer.
    pub(super) next: Option<Instant>,
    /// From one to the next; more than 0.
    pub(super) tick: i64,
    /// When the server loads its automations again, ascending.
    pub(super) reloads: VecDeque<Instant>,
}

impl Player {
    /// `first`: the first tick; the others follow every `tick`.
    pub(super) fn new(engine: Engine, first: Option<Instant>, tick: i64) -> Self {
        Player { engine, next: first, tick, reloads: VecDeque::new() }
    }

    /// An event is received. The events of one instant come before its tick.
    pub(super) fn deliver(&mut self, event: &ReceivedEvent) -> Result<(), TooMuch> {
        while let Some(tick) = self.next.filter(|tick| *tick < event.received) {
            self.tick(tick)?;
        }
        let at = event.received;
        self.engine.deliver(event, at).map_err(|limit| TooMuch { at, limit })
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
        self.next = now.0.checked_add(self.tick).map(Instant);
        self.engine.tick(now).map_err(|limit| TooMuch { at: now, limit })
    }

    /// Everything since the last call.
    pub(super) fn take(&mut self) -> Outcome {
        self.engine.take()
    }
}
