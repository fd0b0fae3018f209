//! The triggers of one automation with their state. Only the sequencer's steps reach them, so automations are
//! independent of each other.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::automation::{Automation, Posture};
use crate::event::{EventReader, ReceivedEvent, SharedText};
use crate::text::hash::mix;
use crate::text::order;
use crate::text::steps::step;
use crate::time::Instant;

use super::Options;
use super::bucket::Buckets;
use super::composite::{Leaf, Present, SavedChild, Tree};
use super::coverage::{AutomationCounts, SavedCoverage, Tally, TriggerCounts};
use super::decision::Outcome;
use super::delayed::Delays;
use super::evaluation::{EvaluationContext, SavedTrigger, TriggerState};
use super::held;
use super::idle::{Ahead, SavedWindow};
use super::matching::{Interest, Matching};
use super::proactive;
use super::reactive;
use super::saved::Shape;
use super::snapshot::{SnapshotError, StateHash};
use super::step::{Step, StepAction};
use super::version::Version;

/// The event triggers that events of one name interest, in the order in which they evaluate one.
pub(super) type Interests = Rc<[(usize, Interest)]>;

/// The saved state of an automation.
#[derive(Serialize, Deserialize, PartialEq, Debug)]
pub(super) struct SavedTriggers {
    shape: [u8; 32],
    triggers: Vec<SavedTrigger>,
    children: Vec<SavedChild>,
    coverage: Option<SavedCoverage>,
}

pub(super) struct Triggers {
    options: Options,
    version: Version,
    tree: Tree,
    states: Vec<TriggerState>,
    /// How far events get, if requested.
    coverage: Option<Box<AutomationCounts>>,
}

impl Triggers {
    /// `index`: the number of the automation, which firings refer to.
    pub(super) fn new(automation: &Automation, index: usize, version: Version, options: Options) -> Self {
        let (tree, leaves) = Tree::new(automation, index, options.chance);
        let leaves = leaves.into_iter().filter(|_| automation.enabled);
        let state = |(place, leaf): (usize, Leaf)| {
            let proactive = leaf.trigger.posture == Posture::Proactive;
            TriggerState {
                summary: leaf.summary,
                node: leaf.node,
                place,
                matching: Matching::new(&leaf.trigger, version),
                buckets: Buckets::new(proactive.then_some(leaf.trigger.threshold)),
                delays: Delays::default(),
                next_run: None,
                removed: None,
                holds: version.holds_events() && proactive && !leaf.trigger.after.is_empty(),
                trigger: leaf.trigger,
            }
        };
        let states: Vec<TriggerState> = leaves.enumerate().map(state).collect();
        let tallies = || states.iter().map(|_| Tally::default()).collect();
        let coverage =
            options.coverage.then(|| Box::new(AutomationCounts { tallies: tallies(), ..AutomationCounts::default() }));
        Triggers { options, version, tree, states, coverage }
    }

    /// The triggers that events of a name interest.
    pub(super) fn interests(&self, name: &SharedText) -> Interests {
        step(self.states.len());
        let mut interested = Vec::new();
        for (place, state) in self.states.iter().enumerate() {
            interested.extend(state.matching.interest(name).map(|interest| (place, interest)));
        }
        let chance = self.options.chance;
        if chance != 0 {
            order::by_key(&mut interested, &mut |(place, _)| mix(chance, *place as u64));
        }
        interested.into()
    }

    /// Whether an event matches one of its triggers.
    pub(super) fn matches(&self, event: &ReceivedEvent, interests: &[(usize, Interest)]) -> bool {
        interests.iter().any(|(place, _)| {
            step(1);
            self.states.get(*place).is_some_and(|state| state.matching.covers_resources(event))
        })
    }

    /// The key of an event's window, if there is one event trigger.
    pub(super) fn key(&self, event: &ReceivedEvent) -> Option<Box<[SharedText]>> {
        let [state] = &*self.states else { return None };
        Some(state.matching.key(event))
    }

    /// Executes a step. `interests`: of the event's name, if it is about an event.
    pub(super) fn execute(
        &mut self,
        taken: &Step<'_, ReceivedEvent>,
        interests: &[(usize, Interest)],
        outcome: &mut Outcome,
    ) {
        let mut context = EvaluationContext {
            now: taken.now,
            phase: taken.phase,
            trace: self.options.trace,
            intended: self.options.intended,
            previous: None,
            after_overwrites: self.version.after_overwrites(),
            tree: &mut self.tree,
            outcome,
            coverage: self.coverage.as_deref_mut(),
        };
        match &taken.action {
            StepAction::Note(..) => {}
            StepAction::Wait(event, leader) => {
                for (place, interest) in interests {
                    step(1);
                    if let Some(state) = self.states.get_mut(*place) {
                        reactive::wait(state, &mut context, event, *interest, *leader);
                    }
                }
            }
            StepAction::Evaluate(event) => {
                for (place, interest) in interests {
                    step(1);
                    if let Some(state) = self.states.get_mut(*place) {
                        reactive::react(state, &mut context, event, *interest);
                    }
                }
            }
            StepAction::Tick { as_of, previous } => {
                context.previous = *previous;
                tick(&mut self.states, &mut context, *as_of);
            }
            StepAction::SweepHeld => {
                for state in self.states.iter_mut().filter(|state| state.holds) {
                    held::sweep(&mut state.buckets, context.now.0);
                }
            }
            StepAction::Sweep { until } => {
                for state in &mut self.states {
                    proactive::sweep(state, &mut context, *until);
                }
            }
        }
    }

    /// What the triggers decide by.
    fn shape(&self) -> StateHash {
        let Options { delivery: _, trace: _, coverage, intended, chance } = self.options;
        let events: Vec<Shape<'_>> = self.states.iter().map(|state| Shape::new(&state.trigger)).collect();
        StateHash::of(&(self.version.name(), coverage, intended, chance, self.tree.shape(), events))
    }

    pub(super) fn save(&self, now: i64) -> SavedTriggers {
        SavedTriggers {
            shape: *self.shape().bytes(),
            triggers: self.states.iter().map(|state| state.save(now)).collect(),
            children: self.tree.save(now),
            coverage: self.coverage.as_ref().map(|coverage| coverage.save()),
        }
    }

    /// Takes up a saved state.
    pub(super) fn restore(&mut self, saved: SavedTriggers, texts: &mut EventReader) -> Result<(), SnapshotError> {
        if saved.shape != *self.shape().bytes() {
            return Err(SnapshotError::OtherAutomations);
        }
        let SavedTriggers { shape: _, triggers, children, coverage } = saved;
        let is_whole = triggers.len() == self.states.len()
            && self.states.iter_mut().zip(triggers).all(|(state, saved)| state.restore(saved, texts))
            && self.tree.restore(children, texts)
            && match coverage {
                None => self.coverage.is_none(),
                Some(saved) => {
                    let coverage = AutomationCounts::restored(saved, self.states.len());
                    let is_own = coverage.is_some() && self.coverage.is_some();
                    self.coverage = coverage.map(Box::new);
                    is_own
                }
            };
        if is_whole { Ok(()) } else { Err(SnapshotError::Damaged) }
    }

    /// Removes all windows, and returns them.
    pub(super) fn take_windows(&mut self) -> impl Iterator<Item = SavedWindow> {
        let windows = (0..).zip(&mut self.states).map(|(trigger, state)| (trigger, state.buckets.take_all()));
        windows.flat_map(|(trigger, slots)| slots.into_iter().map(move |slot| SavedWindow { trigger, slot }))
    }

    /// See [`Ahead::load`].
    pub(super) fn load_window(
        &mut self,
        window: SavedWindow,
        ahead: &mut Ahead,
        texts: &mut EventReader,
    ) -> Result<Vec<SavedWindow>, SnapshotError> {
        ahead.load(&mut self.states, self.options.intended, window, texts)
    }

    /// See [`Ahead::load_first`].
    pub(super) fn load_first(&mut self, ahead: Ahead, texts: &mut EventReader) -> Result<(), SnapshotError> {
        ahead.load_first(&mut self.states, texts)
    }

    pub(super) fn reload(&mut self) {
        step(self.states.len());
        for state in &mut self.states {
            state.next_run = None;
        }
    }

    /// How many windows are open.
    pub(super) fn open_windows(&self) -> usize {
        self.states.iter().fold(0, |sum, state| sum.saturating_add(state.buckets.len()))
    }

    /// How many windows are open and how many events are held, one window counted once for each label of `for_each`.
    pub(super) fn weight(&self) -> usize {
        self.states.iter().fold(0, |sum, state| sum.saturating_add(state.buckets.weight()))
    }

    /// 0 for each event trigger.
    pub(super) fn no_counts(&self) -> Vec<u64> {
        vec![0; self.states.len()]
    }

    /// Counts an event for each event trigger that it matches.
    pub(super) fn count_matching(&self, event: &ReceivedEvent, interests: &[(usize, Interest)], counts: &mut [u64]) {
        for (place, _) in interests {
            step(1);
            let covers = self.states.get(*place).is_some_and(|state| state.matching.covers_resources(event));
            if let Some(count) = counts.get_mut(*place).filter(|_| covers) {
                *count = count.saturating_add(1);
            }
        }
    }

    /// The counts, if [`Options::coverage`] requests them: of the event triggers, and of composite triggers with a fired
    /// child, the most children that counted at the same time. `waiting`: how many waiting events each one matches.
    pub(super) fn take_coverage(&mut self, waiting: Vec<u64>) -> Option<(Vec<TriggerCounts>, Present)> {
        let coverage = *self.coverage.take()?;
        let mut triggers = Vec::with_capacity(self.states.len());
        for ((state, tally), waiting) in self.states.iter().zip(coverage.tallies).zip(waiting) {
            let (mut open, mut first_end) = (0_u64, None::<Instant>);
            for place in state.buckets.places() {
                if let Some(bucket) = state.buckets.bucket(place).filter(|own| own.count < state.trigger.threshold) {
                    let end = Instant(bucket.end);
                    open = open.saturating_add(1);
                    first_end = Some(first_end.map_or(end, |first| first.min(end)));
                }
            }
            triggers.push(TriggerCounts { trigger: state.trigger.clone(), tally, open, first_end, waiting });
        }
        Some((triggers, self.tree.present(&coverage.present)))
    }
}

/// The proactive evaluation.
fn tick(states: &mut [TriggerState], context: &mut EvaluationContext<'_>, as_of: i64) {
    step(states.len());
    let now = context.now.0;
    for state in states {
        // Windows that ended unnoticed by the server are swept unevaluated after a minute.
        let overlooked = context.intended && state.buckets.first().is_some_and(|(end, _)| end <= as_of);
        if state.is_reactive() || (!overlooked && state.next_run.is_some_and(|next| next > now)) {
            continue;
        }
        let paged = !context.intended;
        let next = proactive::evaluate_proactively(state, context, as_of, paged);
        // It is not intended that the windows of one key decide when those of another are looked at.
        state.next_run = (!context.intended || state.trigger.for_each.is_empty()).then_some(next);
    }
}
