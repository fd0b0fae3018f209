//! Whether triggers fire: the engine of the Prefect server, without its clock, its database and its chance.
//!
//! Time is what the caller says. Where the server leaves an order to chance, it is that of the document.

mod because;
mod bucket;
mod clock;
mod composite;
mod decision;
mod evaluation;
mod fault;
mod heap;
mod held;
mod matching;
mod ordering;
mod proactive;
mod reactive;
mod recent;
mod table;

use crate::automation::{Automation, Posture};
use crate::event::{ReceivedEvent, Text};
use crate::text::hash::{hash, mix};
use crate::text::order;
use crate::time::Instant;

use bucket::Buckets;
use clock::EventsClock;
use composite::Tree;
use evaluation::{Stage, Watcher};
use matching::{Interest, Matching};
use ordering::{MAX_DEPTH, Ordering};
use recent::Recent;
use table::Table;

pub use bucket::EventRef;
pub use decision::{About, Child, Decision, Firing, Kind, Outcome, Phase, Reason, Snapshot};
pub use fault::Fault;

/// Which server decides.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Version {
    V3_8,
    #[default]
    V3_9,
}

/// How events reach the triggers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Delivery {
    /// As in the server: each id is evaluated once.
    #[default]
    Consumer,
    /// Evaluation only.
    Direct,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Options {
    pub delivery: Delivery,
    /// Decisions are reported too.
    pub trace: bool,
    /// What is meant instead of what the server does, where that is clear: all buckets that are over are evaluated, also
    /// beyond 500, and none is swept before it was; an event of `after` that comes too late for one window opens the
    /// next; no window opens without an event of `after`, if there is one to wait for.
    pub intended: bool,
    /// What the server leaves to chance: the order in which the triggers of one automation look at an event, and
    /// that of children that fire at the same instant. 0: the order of the document.
    pub chance: u64,
}

/// The publisher's memory of ids: how many, and for how long (microseconds).
const PUBLISHED_LIMIT: usize = 1000;
const PUBLISHED_RETENTION: i64 = 5 * 60 * 1_000_000;

/// How many names of events are remembered with what triggers think of them.
const NAMES: usize = 4096;

pub struct Engine {
    options: Options,
    version: Version,
    watchers: Vec<Watcher>,
    names: Names,
    clock: EventsClock,
    published: Recent,
    ordering: Ordering,
    stage: Stage,
}

/// By the name of an event: the triggers that are interested in it.
#[derive(Default)]
struct Names {
    table: Table,
    interested: Vec<(Text, Vec<(usize, Interest)>)>,
}

impl Names {
    /// Where a name's triggers are.
    fn find(&mut self, watchers: &[Watcher], name: &Text, chance: u64) -> usize {
        let hash = hash(name.as_bytes());
        let is_it = |place: u32| self.interested.get(place as usize).is_some_and(|(own, _)| **own == **name);
        if let Some(place) = self.table.find(hash, is_it) {
            return place as usize;
        }
        if self.interested.len() >= NAMES {
            *self = Names::default();
        }
        let place = self.interested.len();
        let interest = |(index, watcher): (usize, &Watcher)| Some((index, watcher.matching.interest(name)?));
        let mut interested: Vec<_> = watchers.iter().enumerate().filter_map(interest).collect();
        if chance != 0 {
            order::by_key(&mut interested, &mut |(index, _)| mix(chance, *index as u64));
        }
        self.interested.push((name.clone(), interested));
        self.table.insert(hash, u32::try_from(place).unwrap_or_default());
        place
    }
}

/// Why an event is not evaluated now.
enum Stop {
    /// `EventArrivedEarly`
    Early,
    /// `MaxDepthExceeded`
    TooDeep,
}

impl Engine {
    #[must_use]
    pub fn new(version: Version, options: Options) -> Self {
        Engine {
            options,
            version,
            watchers: Vec::new(),
            names: Names::default(),
            clock: EventsClock::default(),
            published: Recent::new(PUBLISHED_LIMIT, PUBLISHED_RETENTION),
            ordering: Ordering::default(),
            stage: Stage {
                now: Instant(i64::MIN),
                phase: Phase::Event,
                trace: options.trace,
                intended: options.intended,
                previous_tick: None,
                previous_as_of: None,
                after_overwrites: version == Version::V3_8,
                trees: Vec::new(),
                outcome: Outcome::default(),
            },
        }
    }

    /// Adds an automation; returns its number, which firings name. One that is disabled never fires.
    pub fn load(&mut self, automation: &Automation) -> usize {
        let index = self.stage.trees.len();
        let (tree, leaves) = Tree::new(automation, index, self.options.chance);
        self.stage.trees.push(tree);
        self.names = Names::default();
        for leaf in leaves.into_iter().filter(|_| automation.enabled) {
            let proactive = leaf.trigger.posture == Posture::Proactive;
            self.watchers.push(Watcher {
                about: leaf.about,
                node: leaf.node,
                matching: Matching::new(&leaf.trigger),
                buckets: Buckets::new(proactive.then_some(leaf.trigger.threshold)),
                next_run: None,
                holds: self.version == Version::V3_9 && proactive && !leaf.trigger.after.is_empty(),
                trigger: leaf.trigger,
            });
        }
        index
    }

    /// How many windows are open.
    #[must_use]
    pub fn open_windows(&self) -> usize {
        self.watchers.iter().fold(0, |sum, watcher| sum.saturating_add(watcher.buckets.len()))
    }

    /// What has happened since it was last taken.
    #[must_use]
    pub fn take(&mut self) -> Outcome {
        std::mem::take(&mut self.stage.outcome)
    }

    /// An event arrives.
    pub fn deliver(&mut self, event: &ReceivedEvent, now: Instant) {
        (self.stage.now, self.stage.phase) = (now, Phase::Event);
        if self.options.delivery == Delivery::Consumer
            && let Some(reason) = self.refuse(event, now)
        {
            self.stage.note_event(event, reason);
            return;
        }
        // The server takes an early event as received.
        let _ = self.evaluate(event, 0);
    }

    /// The publisher's de-duplication and the consumer's filters.
    fn refuse(&mut self, event: &ReceivedEvent, now: Instant) -> Option<Reason> {
        if self.published.use_it(event.id, now.0) {
            return Some(Reason::Duplicate);
        }
        self.published.insert(event.id, now.0);
        if &*event.name == "prefect.log.write" {
            return Some(Reason::LogWrite);
        }
        self.ordering.seen.contains(event.id, now.0).then_some(Reason::AlreadySeen)
    }

    /// `reactive_evaluation`
    fn evaluate(&mut self, event: &ReceivedEvent, depth: u8) -> Result<(), Stop> {
        let now = self.stage.now;
        self.clock.update(event.occurred, now);
        if depth > MAX_DEPTH {
            self.stage.note_event(event, Reason::TooDeep);
            return Err(Stop::TooDeep);
        }
        if let Some(leader) = self.ordering.waits_for(event, now.0) {
            self.ordering.record(event, leader);
            self.stage.note_event(event, Reason::Waits(leader));
            return Err(Stop::Early);
        }
        if depth > 0 {
            self.stage.note_event(event, Reason::LeaderSeen);
        }
        let place = self.names.find(&self.watchers, &event.name, self.options.chance);
        if let Some((_, interested)) = self.names.interested.get(place) {
            for (index, interest) in interested {
                if let Some(watcher) = self.watchers.get_mut(*index) {
                    reactive::react(watcher, &mut self.stage, event, *interest);
                }
            }
        }
        self.ordering.seen.insert(event.id, now.0);
        if self.ordering.is_idle() {
            return Ok(());
        }
        for follower in self.ordering.followers(event.id) {
            match self.evaluate(&follower, depth.saturating_add(1)) {
                Ok(()) => {}
                Err(Stop::TooDeep) => break,
                Err(Stop::Early) => return Err(Stop::Early),
            }
        }
        if event.follows.is_some_and(|leader| leader != event.id) {
            self.ordering.forget(event);
        }
        Ok(())
    }

    /// The server's two loops come round: the proactive evaluation, then the periodic one.
    pub fn tick(&mut self, now: Instant) {
        self.stage.now = now;
        self.stage.phase = Phase::Tick;
        let as_of = now.0.saturating_add(self.clock.offset(now));
        for watcher in &mut self.watchers {
            // What is over without the server's knowing is swept unevaluated after a minute.
            let overlooked = self.options.intended && watcher.buckets.first().is_some_and(|(end, _)| end <= as_of);
            if watcher.is_reactive() || (!overlooked && watcher.next_run.is_some_and(|next| next > now.0)) {
                continue;
            }
            let paged = !self.options.intended;
            watcher.next_run = Some(proactive::evaluate_proactively(watcher, &mut self.stage, as_of, paged));
        }
        (self.stage.previous_tick, self.stage.previous_as_of) = (Some(now), Some(Instant(as_of)));
        self.stage.phase = Phase::Periodic;
        for watcher in self.watchers.iter_mut().filter(|watcher| watcher.holds) {
            held::sweep(&mut watcher.buckets, now.0);
        }
        for event in self.ordering.take_lost(now.0) {
            self.stage.note_event(&event, Reason::LeaderLost);
            // The server gives up the rest of the periodic evaluation.
            if self.evaluate(&event, 0).is_err() {
                return;
            }
        }
        for watcher in &mut self.watchers {
            proactive::sweep(watcher, &mut self.stage, as_of.saturating_sub(proactive::EXPIRED_BUCKET_BUFFER));
        }
    }
}
