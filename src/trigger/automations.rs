//! The back of the engine: the triggers of all loaded automations execute the sequencer's steps.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::automation::Automation;
use crate::event::{EventReader, ReceivedEvent, SharedText};
use crate::text::steps::step;
use crate::text::table::Map;
use crate::time::Instant;

use super::Options;
use super::bucket::EventRef;
use super::coverage::{CoverageReport, NameCounts, ReceivedNames};
use super::decision::{Decision, Outcome, Reason};
use super::idle::{Ahead, SavedWindow};
use super::limit::EngineLimit;
use super::quirk::ServerQuirk;
use super::snapshot::SnapshotError;
use super::step::{Step, StepAction};
use super::triggers::{Interests, SavedTriggers, Triggers};
use super::version::Version;

/// How many event names are remembered with the interested triggers.
const NAMES: usize = 4096;

/// The triggers of loaded automations, and what they did.
pub struct Automations {
    options: Options,
    version: Version,
    all: Vec<Triggers>,
    names: Map<SharedText, KnownName>,
    outcome: Outcome,
    /// How often each event name was evaluated, if requested.
    counts: Option<Box<NameCounts>>,
}

/// The saved state of automations.
#[derive(Serialize, Deserialize, PartialEq, Debug)]
pub(crate) struct SavedAutomations {
    all: Vec<SavedTriggers>,
    names: Option<ReceivedNames>,
}

/// Facts about an event name.
#[derive(Clone)]
struct KnownName {
    /// The automations with a trigger that it interests.
    interested: Rc<[(usize, Interests)]>,
    /// Its index among the counted names.
    counted: usize,
}

impl Automations {
    /// None. [`Options::delivery`] does not matter here.
    #[must_use]
    pub fn new(version: Version, options: Options) -> Self {
        Automations {
            options,
            version,
            all: Vec::new(),
            names: Map::default(),
            outcome: Outcome::default(),
            counts: options.coverage.then(Box::default),
        }
    }

    /// Adds an automation; returns its number, which firings refer to. A disabled automation never fires.
    pub fn load(&mut self, automation: &Automation) -> usize {
        let index = self.all.len();
        self.load_as(automation, index);
        index
    }

    /// The same, with a number of its own.
    pub(crate) fn load_as(&mut self, automation: &Automation, number: usize) {
        self.all.push(Triggers::new(automation, number, self.version, self.options));
        self.names.clear();
        if let Some(counts) = &mut self.counts {
            // This automation did not see earlier events.
            **counts = NameCounts::default();
        }
    }

    /// The automations with a trigger that an event matches, by their indexes.
    pub(crate) fn each_match(&mut self, event: &ReceivedEvent, found: &mut dyn FnMut(usize)) {
        let known = self.known(&event.name);
        for (index, interests) in &*known.interested {
            if self.all.get(*index).is_some_and(|triggers| triggers.matches(event, interests)) {
                found(*index);
            }
        }
    }

    /// The key of an event's window, for an automation with one event trigger.
    pub(crate) fn key(&self, index: usize, event: &ReceivedEvent) -> Option<Box<[SharedText]>> {
        self.all.get(index)?.key(event)
    }

    /// How many firings, those of children included, and late events were not taken yet.
    pub(crate) fn untaken(&self) -> usize {
        let Outcome { firings, child_firings, late, .. } = &self.outcome;
        firings.len().saturating_add(child_firings.len()).saturating_add(late.len())
    }

    /// The state after the last step, at `now`. What was not taken yet is not part of it.
    pub(crate) fn save(&self, now: Instant) -> SavedAutomations {
        SavedAutomations {
            all: self.all.iter().map(|triggers| triggers.save(now.0)).collect(),
            names: self.counts.as_ref().map(|counts| counts.names.clone()),
        }
    }

    /// Takes up a saved state of the same automations.
    pub(crate) fn restore(&mut self, saved: SavedAutomations, texts: &mut EventReader) -> Result<(), SnapshotError> {
        if saved.all.len() != self.all.len() || saved.names.is_some() != self.counts.is_some() {
            return Err(SnapshotError::OtherAutomations);
        }
        self.counts = saved.names.map(|names| Box::new(NameCounts::restored(names)));
        self.names.clear();
        self.all.iter_mut().zip(saved.all).try_for_each(|(triggers, saved)| triggers.restore(saved, texts))
    }

    /// Removes all windows of an automation, and returns them.
    pub(crate) fn take_windows(&mut self, index: usize) -> impl Iterator<Item = SavedWindow> {
        self.all.get_mut(index).into_iter().flat_map(Triggers::take_windows)
    }

    /// Takes up a window of an automation, unless it is idle in a while. Returns idle ones, which may be others.
    pub(crate) fn load_window(
        &mut self,
        index: usize,
        window: SavedWindow,
        ahead: &mut Ahead,
        texts: &mut EventReader,
    ) -> Result<Vec<SavedWindow>, SnapshotError> {
        let triggers = self.all.get_mut(index).ok_or(SnapshotError::OtherAutomations)?;
        triggers.load_window(window, ahead, texts)
    }

    /// Call this after all windows of the automation.
    pub(crate) fn load_first(
        &mut self,
        index: usize,
        ahead: Ahead,
        texts: &mut EventReader,
    ) -> Result<(), SnapshotError> {
        let triggers = self.all.get_mut(index).ok_or(SnapshotError::OtherAutomations)?;
        triggers.load_first(ahead, texts)
    }

    /// Loads the automations again: the server then forgets when to look at each Proactive trigger next, and looks at all
    /// in the next round of its loop (`reconcile_automations`).
    pub fn reload(&mut self) {
        self.all.iter_mut().for_each(Triggers::reload);
    }

    /// How many windows are open.
    #[must_use]
    pub fn open_windows(&self) -> usize {
        self.all.iter().fold(0, |sum, triggers| sum.saturating_add(triggers.open_windows()))
    }

    /// See [`Engine::weight`](super::Engine::weight).
    pub(super) fn weight(&self) -> usize {
        self.all.iter().fold(0, |sum, triggers| sum.saturating_add(triggers.weight()))
    }

    /// # Errors
    /// There is more to take than an [`Outcome`] may hold.
    pub(super) fn check(&self) -> Result<(), EngineLimit> {
        self.outcome.size.check()
    }

    /// Everything since the last call.
    #[must_use]
    pub fn take(&mut self) -> Outcome {
        std::mem::take(&mut self.outcome)
    }

    /// Executes a step, unless there is more to take than an [`Outcome`] may hold.
    pub fn execute(&mut self, taken: &Step<'_, ReceivedEvent>) {
        if self.check().is_err() {
            return;
        }
        match &taken.action {
            StepAction::Note(event, reason) => self.note(taken, event, reason),
            StepAction::Wait(event, _) => {
                let known = self.known(&event.name);
                self.execute_in(&known, taken);
            }
            StepAction::Evaluate(event) => {
                let known = self.known(&event.name);
                if let Some(counts) = &mut self.counts {
                    counts.see_name(known.counted);
                }
                self.execute_in(&known, taken);
            }
            StepAction::Tick { .. } | StepAction::SweepHeld | StepAction::Sweep { .. } => {
                step(self.all.len());
                for triggers in &mut self.all {
                    triggers.execute(taken, &[], &mut self.outcome);
                }
            }
        }
    }

    fn execute_in(&mut self, known: &KnownName, taken: &Step<'_, ReceivedEvent>) {
        for (index, interests) in &*known.interested {
            if let Some(triggers) = self.all.get_mut(*index) {
                triggers.execute(taken, interests, &mut self.outcome);
            }
        }
    }

    /// Records a decision that concerns no particular trigger.
    fn note(&mut self, taken: &Step<'_, ReceivedEvent>, event: &ReceivedEvent, reason: &Reason) {
        if *reason == Reason::LeaderLost {
            self.outcome.leaders_lost = self.outcome.leaders_lost.saturating_add(1);
        }
        if self.options.trace {
            self.outcome.add_decision(Decision {
                at: taken.now,
                phase: taken.phase,
                trigger: None,
                key: Vec::new(),
                event: Some(EventRef::from(event)),
                bucket: None,
                quirk: (*reason == Reason::LeaderLost).then_some(ServerQuirk::AbsentLeader),
                reason: reason.clone(),
            });
        }
    }

    fn known(&mut self, name: &SharedText) -> KnownName {
        if let Some(known) = self.names.get(&**name) {
            return known.clone();
        }
        if self.names.len() >= NAMES {
            self.names.clear();
        }
        let mut interested = Vec::new();
        for (index, triggers) in self.all.iter().enumerate() {
            let interests = triggers.interests(name);
            if !interests.is_empty() {
                interested.push((index, interests));
            }
        }
        let counted = self.counts.as_mut().map_or(usize::MAX, |counts| counts.place_of(name));
        let new = KnownName { interested: interested.into(), counted };
        self.names.insert(name.clone(), new.clone());
        new
    }

    /// The counts of each automation, if [`Options::coverage`] requests them. `waiting`: the events that wait for the one
    /// that they follow.
    pub(super) fn take_coverage<'w>(
        &mut self,
        waiting: impl Iterator<Item = &'w ReceivedEvent>,
    ) -> Vec<CoverageReport> {
        let Some(mut names) = self.counts.take().map(|counts| counts.names) else { return Vec::new() };
        // Events with these names have only waited so far.
        names.all.retain(|(_, count)| *count > 0);
        let mut all = 0_usize;
        let mut counts: Vec<Vec<u64>> = self.all.iter().map(Triggers::no_counts).collect();
        for event in waiting {
            all = all.saturating_add(1);
            for (index, interests) in &*self.known(&event.name).interested {
                if let Some((triggers, counts)) = self.all.get(*index).zip(counts.get_mut(*index)) {
                    triggers.count_matching(event, interests, counts);
                }
            }
        }
        let mut reports = Vec::with_capacity(self.all.len());
        for (triggers, counts) in self.all.iter_mut().zip(counts) {
            let (triggers, present) = triggers.take_coverage(counts).unwrap_or_default();
            reports.push(CoverageReport { triggers, present, names: names.clone(), waiting: all });
        }
        reports
    }
}
