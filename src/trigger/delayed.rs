//! Expected events that are too late to prevent a firing: those that wait for the event that they follow, and those
//! that arrive after the firing. Without this, such a firing would look like missing events.

use std::rc::Rc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::event::{EventReader, ReceivedEvent, SharedText};
use crate::text::order;
use crate::text::steps::step;
use crate::text::table::Map;
use crate::time::Instant;
use crate::time::units::DAY;

use super::bucket::EventRef;
use super::decision::TriggerSummary;
use super::saved::{SavedKey, SavedRef};

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
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
struct FiredWindow {
    start: i64,
    end: i64,
    at: i64,
}

type Key = Box<[SharedText]>;

/// The most delayed events that a firing names: the last ones.
const MOST_NAMED: usize = 10;

/// The most waiting events that are remembered for one key: the latest ones. Searching this many is as fast as looking
/// up one.
const MOST_WAITING: usize = 64;

/// How long after it was received an event that waits is remembered: after 15 minutes the server waits no longer.
const WAITING_KEPT: i64 = 2 * super::ordering::LOOKBACK;

/// How long a window that fired is remembered: a day. Events that are received later are not among its delayed ones.
const FIRED_KEPT: i64 = DAY;

/// The delayed events of one key.
#[derive(Default)]
struct KeyDelays {
    /// In order of arrival.
    waiting: Vec<DelayedEvent>,
    fired: Vec<FiredWindow>,
}

/// The delayed events of one Proactive trigger.
#[derive(Default)]
pub(super) struct Delays {
    by_key: Map<Key, KeyDelays>,
    /// How many events wait.
    count: usize,
    /// When it fired last.
    last: Option<Instant>,
    /// How many keys and windows were added since those that are too old were dropped, and were left then.
    added: usize,
    left: usize,
}

/// The delayed events of one trigger, saved.
#[derive(Serialize, Deserialize, PartialEq, Debug)]
pub(super) struct SavedDelays {
    waiting: Vec<(SavedKey, Vec<SavedDelayed>)>,
    fired: Vec<(SavedKey, Vec<FiredWindow>)>,
}

/// The event, when it was received, and the event that it waits for.
type SavedDelayed = (SavedRef, i64, Option<Uuid>);

impl Delays {
    /// An expected event begins to wait.
    pub(super) fn wait(&mut self, key: Key, event: &ReceivedEvent, leader: Uuid) {
        self.remove(&key, event);
        let own = DelayedEvent { event: event.into(), received: event.received, waits_for: Some(leader), absent: None };
        self.add(event.received.0);
        let waiting = &mut self.by_key.or_default(key).waiting;
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
        let Some(KeyDelays { waiting, .. }) = self.by_key.get_mut(key) else { return };
        step(1);
        if let Some(place) = waiting.iter().position(|delayed| delayed.event.id == event.id) {
            waiting.remove(place);
            self.count = self.count.saturating_sub(1);
        }
    }

    /// A window fires: returns its waiting events, in order of occurrence.
    pub(super) fn fire(&mut self, key: &Key, start: i64, end: i64, at: Instant) -> Vec<DelayedEvent> {
        self.last = Some(at);
        self.add(at.0);
        let KeyDelays { waiting, fired } = self.by_key.or_default(key.clone());
        fired.push(FiredWindow { start, end, at: at.0 });
        let is_inside =
            |delayed: &&DelayedEvent| (start..end).contains(&delayed.event.occurred.0) && waits_still(delayed, at.0);
        let mut inside: Vec<DelayedEvent> = waiting.iter().filter(is_inside).cloned().collect();
        order::by_key(&mut inside, &mut |delayed| delayed.event.occurred.sortable());
        inside.drain(..inside.len().saturating_sub(MOST_NAMED));
        inside
    }

    /// Counts an addition, and drops what is too old if that may be the most.
    fn add(&mut self, now: i64) {
        self.added = self.added.saturating_add(1);
        if self.added <= self.left.saturating_add(64) {
            return;
        }
        (self.count, self.left, self.added) = (0, 0, 0);
        for (key, mut own) in std::mem::take(&mut self.by_key).into_entries() {
            step(own.waiting.len().saturating_add(own.fired.len()).saturating_add(1));
            own.waiting.retain(|delayed| waits_still(delayed, now));
            own.fired.retain(|window| is_remembered(window, now));
            let (waiting, fired) = (own.waiting.len(), own.fired.len());
            if waiting > 0 || fired > 0 {
                self.count = self.count.saturating_add(waiting);
                self.left = self.left.saturating_add(waiting).saturating_add(fired);
                self.by_key.insert(key, own);
            }
        }
    }

    pub(super) fn save(&self, now: i64) -> SavedDelays {
        let (mut waiting, mut fired) = (Vec::new(), Vec::new());
        for (key, own) in self.by_key.iter() {
            let still = own.waiting.iter().filter(|delayed| waits_still(delayed, now));
            let still = still.map(|delayed| (SavedRef::new(&delayed.event), delayed.received.0, delayed.waits_for));
            let still: Vec<SavedDelayed> = still.collect();
            let windows: Vec<FiredWindow> =
                own.fired.iter().filter(|window| is_remembered(window, now)).copied().collect();
            if !still.is_empty() {
                waiting.push((key.to_vec(), still));
            }
            if !windows.is_empty() {
                fired.push((key.to_vec(), windows));
            }
        }
        waiting.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        fired.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        SavedDelays { waiting, fired }
    }

    pub(super) fn restored(saved: SavedDelays, texts: &mut EventReader) -> Self {
        let mut own = Delays::default();
        for (key, windows) in saved.fired {
            own.last = windows.iter().map(|window| Instant(window.at)).max().max(own.last);
            own.left = own.left.saturating_add(windows.len());
            let key: Key = key.iter().map(|text| texts.share(text)).collect();
            own.by_key.or_default(key).fired = windows;
        }
        for (key, waiting) in saved.waiting {
            let key: Key = key.iter().map(|text| texts.share(text)).collect();
            own.count = own.count.saturating_add(waiting.len());
            let event = |(event, received, waits_for): (SavedRef, i64, Option<Uuid>)| DelayedEvent {
                event: event.restore(texts),
                received: Instant(received),
                waits_for,
                absent: None,
            };
            own.by_key.or_default(key).waiting = waiting.into_iter().map(event).collect();
        }
        own.left = own.left.saturating_add(own.count);
        own
    }

    /// Whether an event can belong to a window that has fired.
    pub(super) fn may_be_late(&self, occurred: Instant) -> bool {
        self.last.is_some_and(|last| occurred < last)
    }

    /// When an event's window fired, if the event was received only afterwards.
    pub(super) fn missed(&self, key: &[SharedText], event: &ReceivedEvent, now: Instant) -> Option<Instant> {
        step(1);
        let windows = &self.by_key.get(key)?.fired;
        // They fire one after the other, in ascending order of their starts.
        let after = windows.partition_point(|window| window.start <= event.occurred.0);
        let window = windows.get(after.checked_sub(1)?)?;
        let is_late = event.occurred.0 < window.end.min(window.at) && window.at < event.received.0;
        (is_late && is_remembered(window, now.0)).then_some(Instant(window.at))
    }
}

fn waits_still(delayed: &DelayedEvent, now: i64) -> bool {
    now.saturating_sub(delayed.received.0) <= WAITING_KEPT
}

fn is_remembered(window: &FiredWindow, now: i64) -> bool {
    now.saturating_sub(window.at) <= FIRED_KEPT
}
