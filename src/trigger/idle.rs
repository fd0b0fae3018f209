//! Windows to which nothing happens for a while can be elsewhere meanwhile: the others do the same without them.
//!
//! Nothing happens to a window if no event has its key, it is not over, its threshold is not reached, and none of its held
//! events expires. What remains are the server's pages: whether there is more than one, and of the windows that are not over
//! the first ones, decide when a trigger is evaluated next. So these are never idle, nor on a server is any window of a
//! trigger that reads all of them in each evaluation.

use serde::{Deserialize, Serialize};

use crate::event::{EventReader, SharedText};
use crate::text::order;
use crate::text::steps::step;
use crate::text::table::Set;
use crate::time::Instant;

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
    /// At least all values of labels that an event has.
    texts: Set<SharedText>,
    /// Of the windows that would be idle, at least those that end first, with their ends: by trigger.
    first: Vec<Vec<(i64, SavedWindow)>>,
}

impl Ahead {
    /// `until`: no window that ends later is over in this while. `texts`: at least all values of
    /// labels that an event has in this while.
    pub(crate) fn new(until: i64, texts: Set<SharedText>) -> Self {
        Ahead { until, texts, first: Vec::new() }
    }

    /// Takes up a window, unless it is idle. Returns idle ones, which may be others.
    pub(super) fn load(
        &mut self,
        states: &mut [TriggerState],
        intended: bool,
        window: SavedWindow,
        texts: &mut EventReader,
    ) -> Result<Vec<SavedWindow>, SnapshotError> {
        step(1);
        let (place, count) = (window.trigger as usize, states.len());
        let state = states.get_mut(place).ok_or(SnapshotError::Damaged)?;
        if !self.is_idle(state, intended, &window.slot) {
            return if state.load(window.slot, texts) { Ok(Vec::new()) } else { Err(SnapshotError::Damaged) };
        }
        let Some(end) = window.slot.end().filter(|_| !state.is_reactive()) else { return Ok(vec![window]) };
        self.first.resize_with(count, Vec::new);
        let Some(first) = self.first.get_mut(place) else { return Ok(vec![window]) };
        first.push((end, window));
        if first.len() < LOOKED_AHEAD.saturating_mul(2) {
            return Ok(Vec::new());
        }
        order::by_key(first, &mut |(end, _)| Instant(*end).sortable());
        Ok(first.split_off(LOOKED_AHEAD).into_iter().map(|(_, window)| window).collect())
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
        let loaded = all.all(|(first, state)| first.into_iter().all(|(_, window)| state.load(window.slot, texts)));
        if loaded { Ok(()) } else { Err(SnapshotError::Damaged) }
    }
}
