//! Prefect's trigger engine, which decides whether triggers fire, without the server's clock, database and randomness.
//!
//! The caller supplies the time. Where the server leaves an order to chance, the order of the document applies.

mod reason;
mod bucket;
mod clock;
mod composite;
pub(crate) mod coverage;
mod decision;
mod delayed;
mod evaluation;
mod quirk;
mod heap;
mod held;
mod matching;
mod ordering;
mod proactive;
mod reactive;
mod recent;
pub(crate) mod serialize;
pub(crate) mod version;

use std::rc::Rc;

use serde::de::{Deserialize, Deserializer};

use crate::automation::{Automation, Posture};
use crate::event::{ReceivedEvent, SharedText};
use crate::text::hash::mix;
use crate::text::order;
use crate::text::steps::step;
use crate::text::strict::from_text;
use crate::text::table::Map;
use crate::time::Instant;

use bucket::Buckets;
use clock::EventsClock;
use composite::Tree;
use coverage::{Coverage, CoverageReport, Tally, TriggerCoverage};
use delayed::Delays;
use evaluation::{EvaluationContext, TriggerState};
use matching::{Interest, Matching};
use ordering::{MAX_DEPTH, Ordering};
use recent::Recent;

pub use bucket::EventRef;
pub use decision::{
    BucketSnapshot, ChildFiring, Decision, DecisionKind, Firing, FiringSpan, Outcome, Phase, Reason, TriggerSummary,
};
pub use delayed::{DelayedEvent, LateEvent};
pub use quirk::ServerQuirk;
pub use version::Version;

/// How events reach the triggers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename_all = "lowercase"))]
pub enum Delivery {
    /// As in the server: the publisher drops ids that it has published; the consumer drops ids that it has seen, and
    /// `prefect.log.write`.
    #[default]
    Consumer,
    /// Without these filters: each event reaches the triggers (`reactive_evaluation`). It still waits for the event
    /// that it follows, because that is part of the evaluation.
    Direct,
}

impl Delivery {
    pub(crate) const ALL: [(&'static str, Delivery); 2] =
        [("consumer", Delivery::Consumer), ("direct", Delivery::Direct)];

    /// `consumer` or `direct`.
    #[must_use]
    pub fn read(written: &str) -> Option<Delivery> {
        Delivery::ALL.into_iter().find(|(name, _)| *name == written).map(|(_, delivery)| delivery)
    }
}

impl<'de> Deserialize<'de> for Delivery {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer, "`consumer` or `direct`", Delivery::read)
    }
}

/// How an engine decides.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Options {
    /// How events reach the triggers.
    pub delivery: Delivery,
    /// Reports decisions too.
    pub trace: bool,
    /// Counts how far events get in each trigger, to explain why one does not fire.
    pub coverage: bool,
    /// Does what is intended instead of what the server does, where that is clear: evaluates all buckets that are over,
    /// also beyond 500, and sweeps none before; an event of `after` that is too late for one window opens the next; no
    /// window opens without an event of `after`, if there is one to wait for.
    pub intended: bool,
    /// The seed for what the server leaves to chance: the order in which the triggers of one automation evaluate an
    /// event, and the order of children that fire at the same instant. 0: the order of the document.
    pub chance: u64,
}

/// The publisher's memory of ids: how many, and for how long (microseconds).
const PUBLISHED_LIMIT: usize = 1000;
const PUBLISHED_RETENTION: i64 = 5 * 60 * 1_000_000;

/// How many event names are remembered with the interested triggers.
const NAMES: usize = 4096;

/// The triggers of loaded automations, and their state.
///
/// Deliver events in order of time, and call [`Engine::tick`] between them for each round of the server's loops;
/// [`Engine::take`] returns the results.
pub struct Engine {
    options: Options,
    version: Version,
    triggers: Vec<TriggerState>,
    names: Names,
    clock: EventsClock,
    published: Recent,
    ordering: Ordering,
    context: EvaluationContext,
}

/// Facts about an event name.
#[derive(Clone)]
struct KnownName {
    /// The indexes of the triggers interested in it.
    interested: Rc<[(usize, Interest)]>,
    /// Its index among the counted names.
    counted: usize,
}

/// By the name of an event.
#[derive(Default)]
struct Names {
    known: Map<SharedText, KnownName>,
}

impl Names {
    fn get(
        &mut self,
        triggers: &[TriggerState],
        name: &SharedText,
        chance: u64,
        coverage: Option<&mut Coverage>,
    ) -> KnownName {
        if let Some(known) = self.known.get(&**name) {
            return known.clone();
        }
        if self.known.len() >= NAMES {
            self.known.clear();
        }
        step(triggers.len());
        let interest = |(index, state): (usize, &TriggerState)| Some((index, state.matching.interest(name)?));
        let mut interested: Vec<_> = triggers.iter().enumerate().filter_map(interest).collect();
        if chance != 0 {
            order::by_key(&mut interested, &mut |(index, _)| mix(chance, *index as u64));
        }
        let counted = coverage.map_or(usize::MAX, |coverage| coverage.place_of(name));
        let new = KnownName { interested: interested.into(), counted };
        self.known.insert(name.clone(), new.clone());
        new
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
    /// Without automations.
    #[must_use]
    pub fn new(version: Version, options: Options) -> Self {
        Engine {
            options,
            version,
            triggers: Vec::new(),
            names: Names::default(),
            clock: EventsClock::default(),
            published: Recent::new(PUBLISHED_LIMIT, PUBLISHED_RETENTION),
            ordering: Ordering::default(),
            context: EvaluationContext {
                now: Instant(i64::MIN),
                phase: Phase::Event,
                trace: options.trace,
                intended: options.intended,
                previous_tick: None,
                previous_as_of: None,
                after_overwrites: version.after_overwrites(),
                trees: Vec::new(),
                outcome: Outcome::default(),
                coverage: options.coverage.then(Box::default),
            },
        }
    }

    /// Adds an automation; returns its number, which firings refer to. A disabled automation never fires.
    pub fn load(&mut self, automation: &Automation) -> usize {
        let index = self.context.trees.len();
        let (tree, leaves) = Tree::new(automation, index, self.options.chance);
        self.context.trees.push(tree);
        self.names = Names::default();
        if let Some(coverage) = &mut self.context.coverage {
            // This automation did not see earlier events.
            coverage.forget_names();
        }
        for leaf in leaves.into_iter().filter(|_| automation.enabled) {
            let proactive = leaf.trigger.posture == Posture::Proactive;
            if let Some(coverage) = &mut self.context.coverage {
                coverage.tallies.push(Tally::default());
            }
            self.triggers.push(TriggerState {
                summary: leaf.summary,
                node: leaf.node,
                place: self.triggers.len(),
                matching: Matching::new(&leaf.trigger, self.version),
                buckets: Buckets::new(proactive.then_some(leaf.trigger.threshold)),
                delays: Delays::default(),
                next_run: None,
                removed: None,
                holds: self.version.holds_events() && proactive && !leaf.trigger.after.is_empty(),
                trigger: leaf.trigger,
            });
        }
        index
    }

    /// Loads the automations again: the server then forgets when to look at each Proactive trigger next, and looks at all
    /// in the next round of its loop (`reconcile_automations`).
    pub fn reload(&mut self) {
        step(self.triggers.len());
        for state in &mut self.triggers {
            state.next_run = None;
        }
    }

    /// How many windows are open.
    #[must_use]
    pub fn open_windows(&self) -> usize {
        self.triggers.iter().fold(0, |sum, state| sum.saturating_add(state.buckets.len()))
    }

    /// The counts, if [`Options::coverage`] requests them.
    pub(crate) fn take_coverage(&mut self) -> Option<CoverageReport> {
        let mut coverage = *self.context.coverage.take()?;
        // Events with these names have only waited so far.
        coverage.names.all.retain(|(_, count)| *count > 0);
        let mut waiting: Vec<u64> = vec![0; self.triggers.len()];
        for event in self.ordering.waiting_events() {
            let known = self.names.get(&self.triggers, &event.name, self.options.chance, None);
            for (index, _) in &*known.interested {
                step(1);
                let covers = self.triggers.get(*index).is_some_and(|state| state.matching.covers_resources(event));
                if let Some(count) = waiting.get_mut(*index).filter(|_| covers) {
                    *count = count.saturating_add(1);
                }
            }
        }
        let triggers = self.triggers.iter().zip(coverage.tallies).zip(waiting).map(|((state, tally), waiting)| {
            let buckets = || state.buckets.places().filter_map(|place| state.buckets.bucket(place));
            let open = || buckets().filter(|bucket| bucket.count < state.trigger.threshold);
            TriggerCoverage {
                trigger: state.trigger.clone(),
                tally,
                open: open().count() as u64,
                first_end: open().map(|bucket| Instant(bucket.end)).min(),
                waiting,
            }
        });
        let most = |(index, tree): (usize, &Tree)| tree.present(index, &coverage.present);
        Some(CoverageReport {
            triggers: triggers.collect(),
            present: self.context.trees.iter().enumerate().flat_map(most).collect(),
            names: coverage.names,
            waiting: self.ordering.waiting_events().count(),
        })
    }

    /// Everything since the last call.
    #[must_use]
    pub fn take(&mut self) -> Outcome {
        std::mem::take(&mut self.context.outcome)
    }

    /// An event arrives.
    pub fn deliver(&mut self, event: &ReceivedEvent, now: Instant) {
        (self.context.now, self.context.phase) = (now, Phase::Event);
        if self.options.delivery == Delivery::Consumer
            && let Some(reason) = self.reject(event, now)
        {
            self.context.note_event(event, reason);
            return;
        }
        // The server treats an early event as received.
        let _ = self.evaluate(event, 0);
    }

    /// The publisher's de-duplication and the consumer's filters.
    fn reject(&mut self, event: &ReceivedEvent, now: Instant) -> Option<Reason> {
        if self.published.use_it(event.id, now.0) {
            return Some(Reason::Duplicate);
        }
        self.published.insert(event.id, now.0);
        if &*event.name == "prefect.log.write" {
            return Some(Reason::LogWrite);
        }
        self.ordering.seen.contains(event.id, now.0).then_some(Reason::AlreadySeen)
    }

    fn known(&mut self, name: &SharedText) -> KnownName {
        self.names.get(&self.triggers, name, self.options.chance, self.context.coverage.as_deref_mut())
    }

    /// `reactive_evaluation`
    fn evaluate(&mut self, event: &ReceivedEvent, depth: u8) -> Result<(), Stop> {
        let now = self.context.now;
        step(1);
        self.clock.update(event.occurred, now);
        if depth > MAX_DEPTH {
            self.context.note_event(event, Reason::TooDeep);
            return Err(Stop::TooDeep);
        }
        if let Some(leader) = self.ordering.waits_for(event, now.0) {
            self.ordering.record(event, leader);
            self.context.note_event(event, Reason::Waits(leader));
            for (index, interest) in &*self.known(&event.name).interested {
                step(1);
                if let Some(state) = self.triggers.get_mut(*index) {
                    reactive::wait(state, &mut self.context, event, *interest, leader);
                }
            }
            return Err(Stop::Early);
        }
        if depth > 0 {
            self.context.note_event(event, Reason::LeaderSeen);
        }
        let known = self.known(&event.name);
        if let Some(coverage) = &mut self.context.coverage {
            coverage.see_name(known.counted);
        }
        for (index, interest) in &*known.interested {
            step(1);
            if let Some(state) = self.triggers.get_mut(*index) {
                reactive::react(state, &mut self.context, event, *interest);
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

    /// Runs the server's two loops once: the proactive evaluation, then the periodic one.
    pub fn tick(&mut self, now: Instant) {
        step(self.triggers.len());
        self.context.now = now;
        self.context.phase = Phase::Tick;
        let as_of = now.0.saturating_add(self.clock.offset(now));
        for state in &mut self.triggers {
            // Windows that ended unnoticed by the server are swept unevaluated after a minute.
            let overlooked = self.options.intended && state.buckets.first().is_some_and(|(end, _)| end <= as_of);
            if state.is_reactive() || (!overlooked && state.next_run.is_some_and(|next| next > now.0)) {
                continue;
            }
            let paged = !self.options.intended;
            state.next_run = Some(proactive::evaluate_proactively(state, &mut self.context, as_of, paged));
        }
        (self.context.previous_tick, self.context.previous_as_of) = (Some(now), Some(Instant(as_of)));
        self.context.phase = Phase::Periodic;
        for state in self.triggers.iter_mut().filter(|state| state.holds) {
            held::sweep(&mut state.buckets, now.0);
        }
        for event in self.ordering.take_lost(now.0) {
            self.context.note_event(&event, Reason::LeaderLost);
            // The server skips the rest of the periodic evaluation.
            if self.evaluate(&event, 0).is_err() {
                return;
            }
        }
        for state in &mut self.triggers {
            proactive::sweep(state, &mut self.context, as_of.saturating_sub(proactive::EXPIRED_BUCKET_BUFFER));
        }
    }
}
