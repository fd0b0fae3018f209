//! The events clock: how far the evaluation of events lags behind the present.
//!
//! Source: `update_events_clock` and `get_events_clock_offset` of `server/events/triggers.py`. Like the server, it uses
//! floating point seconds, whose rounding shows in the last microsecond of `as_of`.

use serde::{Deserialize, Serialize};

use crate::time::Instant;
use crate::time::units::SECOND;

#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(super) struct EventsClock {
    /// When the latest event occurred, and when any event was last evaluated, in seconds since 1970.
    clock: Option<(f64, f64)>,
}

/// `datetime.timestamp()`.
// Up to the year 2255 microseconds are whole numbers in a float.
#[allow(clippy::cast_precision_loss)]
fn timestamp(instant: Instant) -> f64 {
    instant.0 as f64 / 1e6
}

impl EventsClock {
    pub(super) fn update(&mut self, occurred: Instant, now: Instant) {
        let now = timestamp(now);
        // An event from the future must not move the clock into the future.
        let time = timestamp(occurred).min(now);
        let latest = match self.clock {
            // 0 is false in Python.
            Some((clock, _)) if clock != 0.0 && time < clock => clock,
            _ => time,
        };
        self.clock = Some((latest, now));
    }

    /// Microseconds to add to the present; never more than 0, except for a rounding error.
    pub(super) fn offset(&self, now: Instant) -> i64 {
        let Some((clock, updated)) = self.clock else { return 0 };
        let now = timestamp(now);
        microseconds((clock - now) + (now - updated))
    }
}

/// `timedelta(seconds=…)`: whole seconds, whole microseconds, and the rest rounded half to even.
// The offset is a difference of two points in time.
#[allow(clippy::cast_possible_truncation)]
fn microseconds(seconds: f64) -> i64 {
    let micros = seconds.fract() * 1e6;
    let whole = (seconds.trunc() as i64).saturating_mul(SECOND);
    whole.saturating_add(micros.round_ties_even() as i64)
}
