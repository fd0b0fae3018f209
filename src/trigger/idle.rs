//! Windows to which nothing happens for a while can be elsewhere meanwhile: the others do the same without them.
//!
//! Nothing happens to a window if no event has its key and it is not over. What remains are the server's pages: whether
//! there is more than one, and of the windows that are not over the first ones, decide when a trigger is evaluated next. So
//! these are never idle, nor is any window of a trigger that reads all of them in each evaluation.

use std::collections::BinaryHeap;

use serde::{Deserialize, Serialize};

use crate::event::{EventReader, SharedText};
use crate::text::steps::step;
use crate::text::table::Set;

use super::bucket::SavedSlot;
use super::evaluation::TriggerState;
use super::proactive::LOOKED_AHEAD;
use super::snapshot::SnapshotError;

/// A window, or the events that are held for one.
#[derive(Serialize, Deserialize, PartialEq, Debug)]
pub(crate) struct SavedWindow {
    /// Its trigger, among those of its automation.
    pub(super) trigger: u32,
    pub(super) slot: SavedSlot,
}

/// What happens in a while.
pub(crate) struct Ahead {
    /// The last time at which a window can be over.
    until: i64,
    /// The texts of all events, labels among them.
    texts: Set<SharedText>,
    /// Of the windows that would be idle, for each trigger those that end first.
    first: Vec<BinaryHeap<Ending>>,
}

/// A window by its end.
struct Ending {
    end: i64,
    window: SavedWindow,
}

impl PartialEq for Ending {
    fn eq(&self, other: &Self) -> bool {
        self.end == other.end
    }
}

impl Eq for Ending {}

impl PartialOrd for Ending {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ending {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.end.cmp(&other.end)
    }
}

impl Ahead {
    /// `until`: no window that ends later is over in this while. `texts`: all that events of this while have as labels.
    pub(crate) fn new(until: i64, texts: Set<SharedText>) -> Self {
        Ahead { until, texts, first: Vec::new() }
    }

    /// Takes up a window, unless it is idle. Returns one that is: this one, or another one that ends later.
    pub(super) fn load(
        &mut self,
        states: &mut [TriggerState],
        intended: bool,
        window: SavedWindow,
        texts: &mut EventReader,
    ) -> Result<Option<SavedWindow>, SnapshotError> {
        step(1);
        let place = window.trigger as usize;
        let count = states.len();
        let state = states.get_mut(place).ok_or(SnapshotError::Damaged)?;
        if !self.is_idle(state, intended, &window.slot) {
            return if state.load(window.slot, texts) { Ok(None) } else { Err(SnapshotError::Damaged) };
        }
        let Some(end) = window.slot.end().filter(|_| !state.is_reactive()) else { return Ok(Some(window)) };
        self.first.resize_with(self.first.len().max(count), BinaryHeap::new);
        let Some(first) = self.first.get_mut(place) else { return Ok(Some(window)) };
        first.push(Ending { end, window });
        Ok(if first.len() > LOOKED_AHEAD { first.pop().map(|ending| ending.window) } else { None })
    }

    fn is_idle(&self, state: &TriggerState, intended: bool, slot: &SavedSlot) -> bool {
        let is_named = |text: &SharedText| text.is_empty() || self.texts.contains(&**text);
        let reads_all = !state.is_reactive() && !state.has_after() && !intended;
        // A trigger without `for_each` has one window, with an empty key.
        !reads_all && !slot.key.iter().all(is_named) && state.buckets.is_idle(slot, self.until)
    }

    /// Takes up those that end first, once all others are known.
    pub(super) fn load_first(self, states: &mut [TriggerState], texts: &mut EventReader) -> Result<(), SnapshotError> {
        let mut all = self.first.into_iter().zip(states);
        let loaded = all.all(|(first, state)| first.into_iter().all(|ending| state.load(ending.window.slot, texts)));
        if loaded { Ok(()) } else { Err(SnapshotError::Damaged) }
    }
}
