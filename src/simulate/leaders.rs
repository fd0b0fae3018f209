//! Which events follow one that is not in the input, and how that affects firings.

use serde::Serialize;
use uuid::Uuid;

use crate::event::{ReceivedEvent, SharedText};
use crate::text::order;
use crate::text::phrase::count;
use crate::text::steps::step;
use crate::text::table::{Map, Set};
use crate::time::Instant;
use crate::trigger::{Firing, Outcome, ServerQuirk};

use super::difference;

/// Firings caused only by events that follow an event which is not in the input: the server holds them back for 15
/// minutes.
///
/// This happens on a server too, because its scheduler creates runs whose first event is never sent. A capture that
/// begins late or was filtered looks the same.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct MissingLeaders {
    /// How many events follow one that is not in the input.
    pub events: usize,
    /// How many firings happen only because of that: without it they do not happen, or at another time.
    pub firings: usize,
    /// How many firings there are without it: with the option `ignoreMissingLeaders`.
    pub firings_without: usize,
    /// The name of this server fault in `docs/server-faults.md`.
    pub fault: ServerQuirk,
    /// The same in sentences.
    pub message: String,
}

impl MissingLeaders {
    /// `played`: the firings with these events unchanged; `without`: with events that follow none.
    pub(super) fn new(events: usize, played: &[Firing], without: &[Firing]) -> Self {
        let firings = difference::without(played, without).len();
        let (all, rest) = (count(played.len()), without.len());
        let held = match events {
            1 => "1 event back for 15 minutes: it follows an event that is not in the input".to_owned(),
            _ => {
                format!("{} events back for 15 minutes: each follows an event that is not in the input", count(events))
            }
        };
        let first = match firings {
            0 => format!("The server holds {held}"),
            1 => format!("1 of {all} firings happens only because the server holds {held}"),
            _ => format!("{} of {all} firings happen only because the server holds {held}", count(firings)),
        };
        let last = match rest {
            _ if firings == 0 && rest == played.len() => "This does not change the firings".to_owned(),
            1 => "Without this wait there is 1 firing".to_owned(),
            _ => format!("Without this wait there are {} firings", count(rest)),
        };
        let message = format!(
            "{first}. A server does so with all runs of its scheduler (absent-leader), but events that were filtered, or captured only in part, look the same. {last}"
        );
        MissingLeaders { events, firings, firings_without: without.len(), fault: ServerQuirk::AbsentLeader, message }
    }
}

/// The events whose leader is absent.
pub(super) fn without_leader(events: &[ReceivedEvent]) -> usize {
    let ids = ids(events);
    events.iter().filter(|event| missing(event, &ids).is_some()).count()
}

/// Makes events whose leader is absent follow nothing.
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

/// The identity of a firing: its trigger, its labels, and its time.
type About<'f> = (Instant, &'f str, Vec<(&'f str, &'f str)>);

fn about<'f>(at: Instant, path: &'f str, labels: &'f [(SharedText, SharedText)]) -> About<'f> {
    step(labels.len());
    (at, path, labels.iter().map(|(name, value)| (&**name, &**value)).collect())
}

/// Completes the delayed events of the firings: adds those that arrived afterwards, and marks chains of events that
/// begin with an absent event.
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

/// The absent event with which an event's chain begins.
fn absent(id: Uuid, follows: &Map<Uuid, Option<Uuid>>, known: &mut Map<Uuid, Option<Uuid>>) -> Option<Uuid> {
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
                // In a cycle of events that follow each other, none is absent.
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

/// Adds the events that arrived after a firing to its delayed events.
pub(crate) fn add_late(outcome: &mut Outcome) {
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
