//! Windows to which nothing happens for a while can be elsewhere meanwhile: the others do the same without them.
//!
//! Nothing happens to a window if no event has its key, it is not over, its threshold is not reached, and none of its held
//! events expires. What remains are the server's pages: whether there is more than one, and of the windows that are not over
//! the first ones, decide when a trigger is evaluated next. So these are never idle, nor on a server is any window of a
//! trigger that reads all of them in each evaluation.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::event::{EventReader, SharedText};
use crate::text::steps::step;
use crate::text::table::{Map, Set};

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
    /// Of the windows that would be idle, those that end first: by trigger, then by the end and a number of their own.
    first: Map<u32, BTreeMap<(i64, u64), SavedWindow>>,
    number: u64,
}

impl Ahead {
    /// `until`: no window that ends later is over in this while. `texts`: at least all values of
    /// labels that an event has in this while.
    pub(crate) fn new(until: i64, texts: Set<SharedText>) -> Self {
        Ahead { until, texts, first: Map::default(), number: 0 }
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
        let state = states.get_mut(window.trigger as usize).ok_or(SnapshotError::Damaged)?;
        if !self.is_idle(state, intended, &window.slot) {
            return if state.load(window.slot, texts) { Ok(None) } else { Err(SnapshotError::Damaged) };
        }
        let Some(end) = window.slot.end().filter(|_| !state.is_reactive()) else { return Ok(Some(window)) };
        self.number = self.number.saturating_add(1);
        let first = self.first.or_default(window.trigger);
        first.insert((end, self.number), window);
        Ok(if first.len() > LOOKED_AHEAD { first.pop_last().map(|(_, window)| window) } else { None })
    }

    fn is_idle(&self, state: &TriggerState, intended: bool, slot: &SavedSlot) -> bool {
        let is_named = |text: &SharedText| text.is_empty() || self.texts.contains(&**text);
        let reads_all = !state.is_reactive() && !state.has_after() && !intended;
        // A trigger without `for_each` has one window, with an empty key.
        !reads_all && !slot.key.iter().all(is_named) && state.buckets.is_idle(slot, self.until)
    }

    /// Takes up those that end first, once all others are known.
    pub(super) fn load_first(self, states: &mut [TriggerState], texts: &mut EventReader) -> Result<(), SnapshotError> {
        for (trigger, first) in self.first.into_entries() {
            let Some(state) = states.get_mut(trigger as usize) else { return Err(SnapshotError::Damaged) };
            if !first.into_values().all(|window| state.load(window.slot, texts)) {
                return Err(SnapshotError::Damaged);
            }
        }
        Ok(())
    }
}
