//! Which events follow one that is not among those played, and what that does to firings.

use uuid::Uuid;

use crate::event::{ReceivedEvent, SharedText};
use crate::text::order;
use crate::text::steps::step;
use crate::text::table::{Map, Set};
use crate::time::Instant;
use crate::trigger::{Firing, Outcome};

/// The events that follow one that is not there.
pub(super) fn without_leader(events: &[ReceivedEvent]) -> usize {
    let ids = ids(events);
    events.iter().filter(|event| missing(event, &ids).is_some()).count()
}

/// Lets these events follow nothing where the event that they follow is not there.
pub(super) fn ignore_missing(events: &mut [ReceivedEvent]) {
    let ids = ids(events);
    for event in events {
        if missing(event, &ids).is_some() {
            event.follows = None;
        }
    }
}

fn ids(events: &[ReceivedEvent]) -> Set<Uuid> {
    let mut ids = Set::default();
    for event in events {
        step(1);
        ids.insert(event.id);
    }
    ids
}

fn missing(event: &ReceivedEvent, ids: &Set<Uuid>) -> Option<Uuid> {
    event.follows.filter(|leader| *leader != event.id && !ids.contains(leader))
}

/// What a firing is about: its trigger, its labels, and when it fired.
type About<'f> = (Instant, &'f str, Vec<(&'f str, &'f str)>);

fn about<'f>(at: Instant, path: &'f str, labels: &'f [(SharedText, SharedText)]) -> About<'f> {
    step(labels.len());
    (at, path, labels.iter().map(|(name, value)| (&**name, &**value)).collect())
}

/// Completes what the firings say of delayed events: those that arrived afterwards, and where a chain of events that
/// follow each other begins with one that is not there.
pub(super) fn complete(outcome: &mut Outcome, events: &[ReceivedEvent]) {
    add_late(outcome);
    let firings = || outcome.firings.iter().chain(&outcome.child_firings);
    if firings().all(|firing| firing.delayed.is_empty()) {
        return;
    }
    let mut follows: Map<Uuid, Option<Uuid>> = Map::default();
    for event in events {
        step(1);
        follows.insert(event.id, event.follows.filter(|leader| *leader != event.id));
    }
    let mut known: Map<Uuid, Option<Uuid>> = Map::default();
    for firing in outcome.firings.iter_mut().chain(&mut outcome.child_firings) {
        for delayed in firing.delayed.iter_mut().filter(|delayed| delayed.waits_for.is_some()) {
            delayed.absent = absent(delayed.event.id, &follows, &mut known);
        }
    }
}

/// The event that is not there with which the chain of an event begins.
fn absent(
    id: Uuid,
    follows: &Map<Uuid, Option<Uuid>>,
    known: &mut Map<Uuid, Option<Uuid>>,
) -> Option<Uuid> {
    let (mut chain, mut at) = (Vec::new(), id);
    let root = loop {
        step(1);
        if let Some(root) = known.get(&at) {
            break *root;
        }
        match follows.get(&at) {
            None => break Some(at),
            Some(None) => break None,
            Some(Some(leader)) => {
                // In a circle of events that follow each other, none is absent.
                known.insert(at, None);
                chain.push(at);
                at = *leader;
            }
        }
    };
    for one in chain {
        known.insert(one, root);
    }
    root
}

fn add_late(outcome: &mut Outcome) {
    let late = std::mem::take(&mut outcome.late);
    if late.is_empty() {
        return;
    }
    let mut places: Map<About<'_>, Vec<usize>> = Map::default();
    for (place, late) in late.iter().enumerate() {
        places.or_default(about(late.fired, &late.trigger.path, &late.labels)).push(place);
    }
    let add = |firing: &mut Firing| {
        let own = places.get(&about(firing.at, &firing.trigger.path, &firing.labels));
        step(own.map_or(0, Vec::len));
        let own = own.into_iter().flatten().filter_map(|place| late.get(*place));
        let before = firing.delayed.len();
        firing.delayed.extend(own.map(|late| late.event.clone()));
        if firing.delayed.len() > before {
            order::by_key(&mut firing.delayed, &mut |delayed| delayed.event.occurred.sortable());
        }
    };
    outcome.firings.iter_mut().chain(&mut outcome.child_firings).for_each(add);
}
