//! Which events came.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::event::ReceivedEvent;
use crate::time::Instant;

/// The events that came and that a pull can return again, by when they occurred.
#[derive(Default)]
pub(super) struct Known(BTreeSet<(i64, Uuid)>);

impl Known {
    pub(super) fn restored(all: Vec<(i64, Uuid)>) -> Known {
        Known(all.into_iter().collect())
    }

    pub(super) fn all(&self) -> Vec<(i64, Uuid)> {
        self.0.iter().copied().collect()
    }

    /// Whether the event is new.
    pub(super) fn insert(&mut self, event: &ReceivedEvent) -> bool {
        self.0.insert((event.occurred.0, event.id))
    }

    /// No pull asks for events before this time any more.
    pub(super) fn forget_before(&mut self, time: Instant) {
        if self.0.first().is_some_and(|(occurred, _)| *occurred < time.0) {
            self.0 = self.0.split_off(&(time.0, Uuid::nil()));
        }
    }
}
