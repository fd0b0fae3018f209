//! Expected events that are too late to prevent a firing: those that wait for the event that they follow, and those
//! that arrive after the firing. Without this, such a firing would look like missing events.

use std::rc::Rc;

use uuid::Uuid;

use crate::event::{ReceivedEvent, SharedText};
use crate::text::order;
use crate::text::steps::step;
use crate::text::table::Map;
use crate::time::Instant;

use super::bucket::EventRef;
use super::decision::TriggerSummary;

/// An expected event that occurred in the window before the firing, but was not evaluated in time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DelayedEvent {
    /// Which one.
    pub event: EventRef,
    /// When the server received it.
    pub received: Instant,
    /// The event that it follows and waited for. `None`: it was received only after the firing.
    pub waits_for: Option<Uuid>,
    /// The absent event that it waits for: the one that it follows, or one further up the chain. `None`: there is none.
    pub absent: Option<Uuid>,
}

/// An event that was received after its window had fired.
#[derive(Clone, Debug)]
pub struct LateEvent {
    /// The trigger that had fired.
    pub trigger: Rc<TriggerSummary>,
    /// The labels of `for_each` with their values.
    pub labels: Vec<(SharedText, SharedText)>,
    /// When it had fired.
    pub fired: Instant,
    /// The event.
    pub event: DelayedEvent,
}

/// A window that fired, in microseconds.
struct FiredWindow {
    start: i64,
    end: i64,
    at: Instant,
}

type Key = Box<[SharedText]>;

/// The most delayed events that a firing names: the last ones.
const MOST_NAMED: usize = 10;

/// The most waiting events that are remembered for one key: the latest ones. Searching this many is as fast as looking
/// up one.
const MOST_WAITING: usize = 64;

/// The delayed events of one Proactive trigger.
#[derive(Default)]
pub(super) struct Delays {
    /// In order of arrival.
    waiting: Map<Key, Vec<DelayedEvent>>,
    /// How many events wait.
    count: usize,
    fired: Map<Key, Vec<FiredWindow>>,
    /// When it fired last.
    last: Option<Instant>,
}

impl Delays {
    /// An expected event begins to wait.
    pub(super) fn wait(&mut self, key: Key, event: &ReceivedEvent, leader: Uuid) {
        self.remove(&key, event);
        let own = DelayedEvent { event: event.into(), received: event.received, waits_for: Some(leader), absent: None };
        let waiting = self.waiting.or_default(key);
        if waiting.len() >= MOST_WAITING {
            waiting.remove(0);
        } else {
            self.count = self.count.saturating_add(1);
        }
        waiting.push(own);
    }

    pub(super) fn has_waiting(&self) -> bool {
        self.count > 0
    }

    /// An event stops waiting.
    pub(super) fn remove(&mut self, key: &[SharedText], event: &ReceivedEvent) {
        let Some(waiting) = self.waiting.get_mut(key) else { return };
        step(1);
        if let Some(place) = waiting.iter().position(|delayed| delayed.event.id == event.id) {
            waiting.remove(place);
            self.count = self.count.saturating_sub(1);
        }
    }

    /// A window fires: returns its waiting events, in order of occurrence.
    pub(super) fn fire(&mut self, key: &Key, start: i64, end: i64, at: Instant) -> Vec<DelayedEvent> {
        self.last = Some(at);
        self.fired.or_default(key.clone()).push(FiredWindow { start, end, at });
        let waiting = self.waiting.get(key).map_or(&[][..], |waiting| waiting);
        let is_inside = |delayed: &&DelayedEvent| (start..end).contains(&delayed.event.occurred.0);
        let mut inside: Vec<DelayedEvent> = waiting.iter().filter(is_inside).cloned().collect();
        order::by_key(&mut inside, &mut |delayed| delayed.event.occurred.sortable());
        inside.drain(..inside.len().saturating_sub(MOST_NAMED));
        inside
    }

    /// Whether an event can belong to a window that has fired.
    pub(super) fn may_be_late(&self, occurred: Instant) -> bool {
        self.last.is_some_and(|last| occurred < last)
    }

    /// When an event's window fired, if the event was received only afterwards.
    pub(super) fn missed(&self, key: &[SharedText], event: &ReceivedEvent) -> Option<Instant> {
        step(1);
        let windows = self.fired.get(key)?;
        // They fire one after the other, in ascending order of their starts.
        let after = windows.partition_point(|window| window.start <= event.occurred.0);
        let window = windows.get(after.checked_sub(1)?)?;
        (event.occurred.0 < window.end && window.at < event.received).then_some(window.at)
    }
}
