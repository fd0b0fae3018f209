//! Causal ordering: an event that `follows` another waits until that one was evaluated, but not forever.
//!
//! Source: `server/events/ordering/memory.py`. Events are evaluated one at a time, so no other event is ever in flight.

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use uuid::Uuid;

use crate::text::order;
use crate::text::steps::step;
use crate::time::units::MINUTE;

use super::heap::{Entry, Heap};
use super::recent::Recent;
use super::step::Facts;

/// How long an event waits, and how far back the server's websocket reaches: clients may send events as late after an
/// interruption (microseconds).
pub(crate) const LOOKBACK: i64 = 15 * MINUTE;

/// How long evaluated events are remembered, and how many.
const SEEN_RETENTION: i64 = 2 * LOOKBACK;
const SEEN_LIMIT: usize = 10_000;

/// How many events that follow each other are evaluated in one go.
pub(super) const MAX_DEPTH: u8 = 20;

/// `B`: what else is kept of a waiting event.
pub(super) struct Ordering<B> {
    pub(super) seen: Recent,
    /// By the ids of the waiting events. Keys are numbers, which compare and hash quickly.
    waiting: HashMap<u128, u32, RandomState>,
    waiters: Vec<Option<Waiter<B>>>,
    free: Vec<u32>,
    /// By the times when the waiting events were received.
    lost: Heap,
    /// By the ids of the events they wait for.
    leaders: HashMap<u128, u32, RandomState>,
    followers: Vec<Followers>,
    free_leaders: Vec<u32>,
    /// The position of an event among those that wait for the same event: by both ids.
    spots: HashMap<(u128, u128), usize, RandomState>,
    /// Orders waiting events that occurred at the same time.
    turns: u64,
    stamps: u32,
}

pub(super) struct Waiter<B> {
    pub(super) facts: Facts,
    pub(super) body: B,
    turn: u64,
    stamp: u32,
}

/// The events that wait for one event, in order of arrival.
#[derive(Default)]
struct Followers {
    leader: Uuid,
    /// `None`: no longer waiting. Closing each gap would take quadratic time.
    ids: Vec<Option<Uuid>>,
    waiting: usize,
}

fn spot_key(leader: Uuid, follower: Uuid) -> (u128, u128) {
    (leader.as_u128(), follower.as_u128())
}

impl<B> Default for Ordering<B> {
    fn default() -> Self {
        Ordering {
            seen: Recent::new(SEEN_LIMIT, SEEN_RETENTION),
            waiting: HashMap::default(),
            waiters: Vec::new(),
            free: Vec::new(),
            lost: Heap::default(),
            leaders: HashMap::default(),
            followers: Vec::new(),
            free_leaders: Vec::new(),
            spots: HashMap::default(),
            turns: 0,
            stamps: 0,
        }
    }
}

impl<B: Clone> Ordering<B> {
    /// The ids of evaluated events; the waiting events in the order in which they began to wait; for each leader the ids
    /// of the events that wait for it, in order of arrival. `None`: an id is there twice.
    pub(super) fn restored(
        seen: &[(Uuid, i64)],
        waiters: Vec<(Facts, B)>,
        leaders: &[(Uuid, Vec<Uuid>)],
    ) -> Option<Self> {
        let seen = Recent::restored(SEEN_LIMIT, SEEN_RETENTION, seen)?;
        let mut own = Ordering { seen, ..Ordering::default() };
        for (facts, body) in waiters {
            if own.place(facts.id).is_some() {
                return None;
            }
            own.wait(&facts, body);
        }
        for (leader, ids) in leaders {
            for id in ids {
                own.follow(*leader, *id);
            }
        }
        Some(own)
    }

    /// The waiting events, in the order in which they began to wait.
    pub(super) fn waiters(&self) -> Vec<(&Facts, &B)> {
        step(self.waiters.len());
        let mut waiters: Vec<&Waiter<B>> = self.waiters.iter().flatten().collect();
        order::by_key(&mut waiters, &mut |waiter| waiter.turn);
        waiters.into_iter().map(|waiter| (&waiter.facts, &waiter.body)).collect()
    }

    /// The events that others wait for, by their ids, each with the ids of these.
    pub(super) fn leaders(&self) -> Vec<(Uuid, Vec<Uuid>)> {
        let live = self.leaders.values().filter_map(|place| self.followers.get(*place as usize));
        let ids = |followers: &Followers| followers.ids.iter().flatten().copied().collect();
        let mut all: Vec<(Uuid, Vec<Uuid>)> = live.map(|followers| (followers.leader, ids(followers))).collect();
        all.sort_unstable();
        all
    }

    /// The event that an event must wait for.
    pub(super) fn waits_for(&self, event: &Facts, now: i64) -> Option<Uuid> {
        let leader = event.follows.filter(|leader| *leader != event.id)?;
        let old = now.saturating_sub(event.received.0) >= LOOKBACK;
        (!old && !self.seen.contains(leader, now)).then_some(leader)
    }

    /// Whether no event waits.
    pub(super) fn is_idle(&self) -> bool {
        self.waiters.len() == self.free.len()
    }

    fn waiter(&self, place: u32) -> Option<&Waiter<B>> {
        self.waiters.get(place as usize)?.as_ref()
    }

    fn place(&self, id: Uuid) -> Option<u32> {
        self.waiting.get(&id.as_u128()).copied()
    }

    fn leader(&self, id: Uuid) -> Option<u32> {
        self.leaders.get(&id.as_u128()).copied()
    }

    /// `record_follower`: lets an event wait. It replaces a waiting event with the same id.
    pub(super) fn record(&mut self, event: &Facts, body: &B, leader: Uuid) {
        self.wait(event, body.clone());
        self.follow(leader, event.id);
    }

    fn wait(&mut self, event: &Facts, body: B) {
        step(1);
        let id = event.id;
        self.stamps = self.stamps.wrapping_add(1);
        self.turns = self.turns.saturating_add(1);
        let (stamp, known) = (self.stamps, self.place(id));
        let before = known.and_then(|place| self.waiter(place));
        let turn = before.map_or(self.turns, |waiter| waiter.turn);
        let place = known.unwrap_or_else(|| {
            let place = self.free.pop().unwrap_or_else(|| {
                self.waiters.push(None);
                u32::try_from(self.waiters.len().saturating_sub(1)).unwrap_or_default()
            });
            self.waiting.insert(id.as_u128(), place);
            place
        });
        self.lost.push((event.received.0, place, stamp));
        if let Some(own) = self.waiters.get_mut(place as usize) {
            *own = Some(Waiter { facts: *event, body, turn, stamp });
        }
        let waiters = &self.waiters;
        let live = |(_, place, stamp): Entry| {
            waiters.get(place as usize).and_then(Option::as_ref).is_some_and(|waiter| waiter.stamp == stamp)
        };
        self.lost.tidy(waiters.len(), live);
    }

    /// Adds an event to those that wait for another, unless it is already there.
    fn follow(&mut self, leader: Uuid, id: Uuid) {
        if self.spots.contains_key(&spot_key(leader, id)) {
            return;
        }
        let leader_place = self.leader(leader).unwrap_or_else(|| {
            let place = self.free_leaders.pop().unwrap_or_else(|| {
                self.followers.push(Followers::default());
                u32::try_from(self.followers.len().saturating_sub(1)).unwrap_or_default()
            });
            if let Some(own) = self.followers.get_mut(place as usize) {
                own.leader = leader;
            }
            self.leaders.insert(leader.as_u128(), place);
            place
        });
        let Some(followers) = self.followers.get_mut(leader_place as usize) else { return };
        self.spots.insert(spot_key(leader, id), followers.ids.len());
        followers.ids.push(Some(id));
        followers.waiting = followers.waiting.saturating_add(1);
    }

    /// The events that wait for an event, in order of occurrence.
    pub(super) fn followers(&self, leader: Uuid) -> Vec<(Facts, B)> {
        let Some(followers) = self.leader(leader).and_then(|place| self.followers.get(place as usize)) else {
            return Vec::new();
        };
        step(followers.ids.len());
        let events = followers.ids.iter().flatten().filter_map(|id| self.waiter(self.place(*id)?));
        let mut events: Vec<(Facts, B)> = events.map(|waiter| (waiter.facts, waiter.body.clone())).collect();
        order::by_key(&mut events, &mut |(facts, _)| facts.occurred.sortable());
        events
    }

    /// `forget_follower`: it was evaluated.
    pub(super) fn forget(&mut self, event: &Facts) {
        if let Some(place) = self.place(event.id) {
            self.remove(place, event.id);
        }
        self.forget_leader(event);
    }

    fn remove(&mut self, place: u32, id: Uuid) -> Option<Waiter<B>> {
        self.waiting.remove(&id.as_u128());
        self.free.push(place);
        self.waiters.get_mut(place as usize)?.take()
    }

    /// Removes an event from those that wait for the same one.
    fn forget_leader(&mut self, event: &Facts) {
        let Some(leader) = event.follows else { return };
        step(1);
        let Some(place) = self.leader(leader) else { return };
        let Some(followers) = self.followers.get_mut(place as usize) else { return };
        let spot = self.spots.remove(&spot_key(leader, event.id));
        if spot.and_then(|spot| followers.ids.get_mut(spot)?.take()).is_some() {
            followers.waiting = followers.waiting.saturating_sub(1);
        }
        if followers.waiting == 0 {
            followers.ids.clear();
            self.leaders.remove(&leader.as_u128());
            self.free_leaders.push(place);
        } else if followers.ids.len() > followers.waiting.saturating_mul(2).saturating_add(16) {
            self.close_gaps(place);
        }
    }

    /// Forgets events that stopped waiting for an event that others still wait for.
    fn close_gaps(&mut self, place: u32) {
        let Some(mut followers) = self.followers.get_mut(place as usize).map(std::mem::take) else { return };
        step(followers.ids.len());
        followers.ids.retain(Option::is_some);
        for (spot, id) in followers.ids.iter().flatten().enumerate() {
            self.spots.insert(spot_key(followers.leader, *id), spot);
        }
        if let Some(own) = self.followers.get_mut(place as usize) {
            *own = followers;
        }
    }

    /// Removes and returns the events that have waited too long, in order of occurrence.
    pub(super) fn take_lost(&mut self, now: i64) -> Vec<Waiter<B>> {
        let cutoff = now.saturating_sub(LOOKBACK);
        let mut lost = Vec::new();
        while let Some((_, place, stamp)) = self.lost.first().filter(|(received, ..)| *received <= cutoff) {
            self.lost.pop();
            let Some(id) = self.waiter(place).filter(|waiter| waiter.stamp == stamp).map(|waiter| waiter.facts.id)
            else {
                continue;
            };
            if let Some(waiter) = self.remove(place, id) {
                self.forget_leader(&waiter.facts);
                lost.push(waiter);
            }
        }
        order::by_key(&mut lost, &mut |waiter: &Waiter<B>| waiter.turn);
        order::by_key(&mut lost, &mut |waiter: &Waiter<B>| waiter.facts.occurred.sortable());
        lost
    }
}
