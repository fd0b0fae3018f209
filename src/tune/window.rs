//! The window of one run over its heartbeats: what the engine decides about it, without the rest of the engine.
//!
//! The trigger is the one of Prefect's documentation: Proactive, `after` the heartbeat, `for_each` run, threshold 1. While
//! the run lives and only its heartbeats arrive, the engine's state is an open window, the events clock, and when the
//! trigger is evaluated next. `tests.rs` compares each firing with `trigger::Engine`.

use crate::time::units::MINUTE;

use super::model::Server;

/// How long after its end a window is removed in any case: `EXPIRED_BUCKET_BUFFER` of the engine.
const SWEPT_AFTER: i64 = MINUTE;

/// A heartbeat that reaches the server. Microseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Heartbeat {
    /// Its number among those that the run sends, from 0.
    pub number: u64,
    /// When it was sent.
    pub occurred: i64,
    /// When the server receives it.
    pub received: i64,
}

/// The state for one run and one `within`. Times in microseconds.
#[derive(Clone, Debug)]
pub(super) struct Window {
    within: i64,
    tick: i64,
    /// Whether other runs keep the events clock at the present.
    busy: bool,
    /// The first tick that has not run.
    next_tick: i64,
    /// When the heartbeat occurred that opened the window.
    opened: Option<i64>,
    /// When the latest of the received heartbeats occurred, and how far the events clock lags behind.
    newest: i64,
    lag: i64,
    /// When the trigger is evaluated next; the past: at the next tick.
    next_run: i64,
}

impl Window {
    /// `first_tick`: when the server's loop first runs.
    pub(super) fn new(within: i64, server: Server, first_tick: i64) -> Self {
        Window {
            within,
            tick: server.tick,
            busy: server.busy,
            next_tick: first_tick,
            opened: None,
            newest: i64::MIN,
            lag: 0,
            next_run: i64::MIN,
        }
    }

    /// The first tick at a time or later.
    fn tick_from(&self, time: i64) -> i64 {
        let missing = time.saturating_sub(self.next_tick).max(0);
        let ticks = missing.saturating_add(self.tick.saturating_sub(1)).checked_div(self.tick).unwrap_or_default();
        self.next_tick.saturating_add(ticks.saturating_mul(self.tick))
    }

    /// Whether the window is open and the next evaluation is due before it ends. Then it fires at the first tick after
    /// its end, and nothing else of the past matters.
    pub(super) fn is_settled(&self) -> bool {
        self.opened.is_some_and(|opened| self.next_run <= opened.saturating_add(self.within))
    }

    /// Goes on at a later heartbeat, if the window is settled and stays open until then.
    pub(super) fn jump(&mut self, to: Heartbeat) {
        self.opened = Some(to.occurred);
        self.next_run = i64::MIN;
        self.see(to);
        self.next_tick = self.tick_from(to.received);
    }

    /// The events clock.
    fn see(&mut self, heartbeat: Heartbeat) {
        self.newest = self.newest.max(heartbeat.occurred);
        self.lag = if self.busy { 0 } else { heartbeat.received.saturating_sub(self.newest) };
    }

    /// Runs the ticks before a time; returns when the window fires. The end of time: until no window is open.
    pub(super) fn pass(&mut self, before: i64) -> Option<i64> {
        let mut fired = None;
        loop {
            if self.opened.is_none() && before == i64::MAX {
                return fired;
            }
            let evaluated = self.tick_from(self.next_run);
            // A window that ended unnoticed is removed without being evaluated.
            let over = self.opened.map(|opened| opened.saturating_add(self.within).saturating_add(SWEPT_AFTER));
            let swept = over.map_or(i64::MAX, |over| self.tick_from(over.saturating_add(self.lag)));
            if swept < evaluated.min(before) {
                self.opened = None;
                self.next_tick = swept.saturating_add(self.tick);
                continue;
            }
            if evaluated >= before {
                self.next_tick = self.tick_from(before);
                return fired;
            }
            let as_of = evaluated.saturating_sub(self.lag);
            let latest = as_of.saturating_add(self.within);
            let end = self.opened.map(|opened| opened.saturating_add(self.within));
            if end.is_some_and(|end| end <= as_of) {
                fired = Some(evaluated);
                self.opened = None;
            }
            self.next_run = end.filter(|end| *end > as_of).map_or(latest, |end| end.min(latest));
            self.next_tick = evaluated.saturating_add(self.tick);
        }
    }

    /// Runs the ticks before a heartbeat, then receives it; returns when the window fires. Ticks at the same instant come
    /// after it.
    pub(super) fn receive(&mut self, heartbeat: Heartbeat) -> Option<i64> {
        let fired = self.pass(heartbeat.received);
        self.see(heartbeat);
        match self.opened {
            // Out of order.
            Some(opened) if heartbeat.occurred < opened => fired,
            // Too late: it fires on arrival, and the heartbeat opens no window.
            Some(opened) if heartbeat.occurred >= opened.saturating_add(self.within) => {
                self.opened = None;
                Some(heartbeat.received)
            }
            _ => {
                self.opened = Some(heartbeat.occurred);
                fired
            }
        }
    }
}
