//! Causal ordering: an event that `follows` another waits until that one was evaluated, but not for ever.
//!
//! Source: `server/events/ordering/memory.py`. One event is evaluated at a time, so that none finds another in
//! flight.

use uuid::Uuid;

use crate::event::ReceivedEvent;
use crate::sort;

use super::heap::Heap;
use super::recent::{Recent, id_hash};
use super::table::Table;

/// How long an event waits (microseconds).
pub const LOOKBACK: i64 = 15 * 60 * 1_000_000;

/// How long evaluated events are remembered, and how many.
const SEEN_RETENTION: i64 = 2 * LOOKBACK;
const SEEN_LIMIT: usize = 10_000;

/// How many events that follow each other are evaluated at once.
pub const MAX_DEPTH: u8 = 20;

pub struct Ordering {
    pub seen: Recent,
    /// By the ids of the waiting events.
    waiting: Table,
    waiters: Vec<Option<Waiter>>,
    free: Vec<u32>,
    /// By when the waiting events were received.
    lost: Heap,
    /// By the ids of those they wait for.
    leaders: Table,
    followers: Vec<(Uuid, Vec<Uuid>)>,
    free_leaders: Vec<u32>,
    /// Gives each waiting event its turn among those that occurred at the same time.
    turns: u64,
    stamps: u32,
}

struct Waiter {
    event: ReceivedEvent,
    turn: u64,
    stamp: u32,
}

impl Default for Ordering {
    fn default() -> Self {
        Ordering {
            seen: Recent::new(SEEN_LIMIT, SEEN_RETENTION),
            waiting: Table::default(),
            waiters: Vec::new(),
            free: Vec::new(),
            lost: Heap::default(),
            leaders: Table::default(),
            followers: Vec::new(),
            free_leaders: Vec::new(),
            turns: 0,
            stamps: 0,
        }
    }
}

impl Ordering {
    /// The event that an event has to wait for.
    pub fn waits_for(&self, event: &ReceivedEvent, now: i64) -> Option<Uuid> {
        let leader = event.follows.filter(|leader| *leader != event.id)?;
        let old = now.saturating_sub(event.received.0) >= LOOKBACK;
        (!old && !self.seen.contains(leader, now)).then_some(leader)
    }

    /// Whether nothing waits for anything.
    pub fn is_idle(&self) -> bool {
        self.waiters.len() == self.free.len()
    }

    fn waiter(&self, place: u32) -> Option<&Waiter> {
        self.waiters.get(place as usize)?.as_ref()
    }

    fn place(&self, id: Uuid) -> Option<u32> {
        self.waiting.find(id_hash(id), |place| self.waiter(place).is_some_and(|waiter| waiter.event.id == id))
    }

    fn leader(&self, id: Uuid) -> Option<u32> {
        let is_it = |place: u32| self.followers.get(place as usize).is_some_and(|(own, _)| *own == id);
        self.leaders.find(id_hash(id), is_it)
    }

    /// `record_follower`: lets an event wait. One of the same id that waits already is replaced.
    pub fn record(&mut self, event: &ReceivedEvent, leader: Uuid) {
        let id = event.id;
        self.stamps = self.stamps.wrapping_add(1);
        self.turns = self.turns.saturating_add(1);
        let (stamp, known) = (self.stamps, self.place(id));
        let turn = known.and_then(|place| self.waiter(place)).map_or(self.turns, |waiter| waiter.turn);
        let place = known.unwrap_or_else(|| {
            let place = self.free.pop().unwrap_or_else(|| {
                self.waiters.push(None);
                u32::try_from(self.waiters.len().saturating_sub(1)).unwrap_or_default()
            });
            self.waiting.insert(id_hash(id), place);
            place
        });
        if let Some(own) = self.waiters.get_mut(place as usize) {
            *own = Some(Waiter { event: event.clone(), turn, stamp });
        }
        self.lost.push((event.received.0, place, stamp));

        let leader_place = self.leader(leader).unwrap_or_else(|| {
            let place = self.free_leaders.pop().unwrap_or_else(|| {
                self.followers.push((leader, Vec::new()));
                u32::try_from(self.followers.len().saturating_sub(1)).unwrap_or_default()
            });
            if let Some(own) = self.followers.get_mut(place as usize) {
                own.0 = leader;
            }
            self.leaders.insert(id_hash(leader), place);
            place
        });
        if let Some((_, followers)) = self.followers.get_mut(leader_place as usize)
            && !followers.contains(&id)
        {
            followers.push(id);
        }
    }

    /// Those that wait for an event, in the order they occurred.
    pub fn followers(&self, leader: Uuid) -> Vec<ReceivedEvent> {
        let Some((_, ids)) = self.leader(leader).and_then(|place| self.followers.get(place as usize)) else {
            return Vec::new();
        };
        let events = ids.iter().filter_map(|id| self.waiter(self.place(*id)?));
        let mut events: Vec<ReceivedEvent> = events.map(|waiter| waiter.event.clone()).collect();
        sort::by_key(&mut events, &mut occurred);
        events
    }

    /// `forget_follower`: it was evaluated.
    pub fn forget(&mut self, event: &ReceivedEvent) {
        if let Some(place) = self.place(event.id) {
            self.remove(place, event.id);
        }
        self.forget_leader(event);
    }

    fn remove(&mut self, place: u32, id: Uuid) -> Option<Waiter> {
        self.waiting.remove(id_hash(id), place);
        self.free.push(place);
        self.waiters.get_mut(place as usize)?.take()
    }

    fn forget_leader(&mut self, event: &ReceivedEvent) {
        let Some(leader) = event.follows else { return };
        let Some(place) = self.leader(leader) else { return };
        let Some((_, followers)) = self.followers.get_mut(place as usize) else { return };
        followers.retain(|id| *id != event.id);
        if followers.is_empty() {
            self.leaders.remove(id_hash(leader), place);
            self.free_leaders.push(place);
        }
    }

    /// Takes those that have waited for too long, in the order they occurred.
    pub fn take_lost(&mut self, now: i64) -> Vec<ReceivedEvent> {
        let cutoff = now.saturating_sub(LOOKBACK);
        let mut lost = Vec::new();
        while let Some((_, place, stamp)) = self.lost.first().filter(|(received, ..)| *received <= cutoff) {
            self.lost.pop();
            let Some(id) = self.waiter(place).filter(|waiter| waiter.stamp == stamp).map(|waiter| waiter.event.id)
            else {
                continue;
            };
            if let Some(waiter) = self.remove(place, id) {
                self.forget_leader(&waiter.event);
                lost.push(waiter);
            }
        }
        sort::by_key(&mut lost, &mut |waiter: &Waiter| waiter.turn);
        sort::by_key(&mut lost, &mut |waiter: &Waiter| occurred(&waiter.event));
        lost.into_iter().map(|waiter| waiter.event).collect()
    }
}

fn occurred(event: &ReceivedEvent) -> u64 {
    event.occurred.sortable()
}
