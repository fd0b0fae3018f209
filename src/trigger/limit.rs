//! How large a trigger that is played, its windows and its outcome may be, so that memory and time have a bound.

use std::fmt;

use crate::automation::Trigger;
use crate::event::SharedText;
use crate::text::phrase::count;

use super::bucket::EventRef;
use super::decision::{Decision, Firing, Outcome};
use super::delayed::LateEvent;
use super::matching::one_by_one;

/// The most firings of automations, of children, decisions and late events that an [`Outcome`] holds, of each.
pub const MAX_OUTCOME: usize = 2_000_000;

/// The most labels and child firings that all of those have. Each 64 bytes of a label, its value or the name of an event
/// count once more.
pub const MAX_OUTCOME_PARTS: usize = 10_000_000;

/// The most open windows and held events while events are played that are all in memory. A window with several labels
/// of `for_each` counts once for each.
pub const MAX_WINDOWS: usize = 10_000_000;

/// So many bytes of a text count as one part of a result.
pub(crate) const TEXT: usize = 64;

/// What an engine has too much of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EngineLimit {
    /// More than [`MAX_OUTCOME`] firings, decisions or late events were not taken.
    Outcome,
    /// More than [`MAX_OUTCOME_PARTS`] labels and child firings were not taken.
    Parts,
    /// More than [`MAX_WINDOWS`] windows are open and events held.
    Windows,
}

impl EngineLimit {
    /// The number.
    #[must_use]
    pub fn most(self) -> usize {
        match self {
            EngineLimit::Outcome => MAX_OUTCOME,
            EngineLimit::Parts => MAX_OUTCOME_PARTS,
            EngineLimit::Windows => MAX_WINDOWS,
        }
    }

    /// What it counts, in the plural.
    pub(crate) fn what(self) -> &'static str {
        match self {
            EngineLimit::Outcome => "firings and decisions",
            EngineLimit::Parts => "labels and child firings",
            EngineLimit::Windows => "open windows and held events",
        }
    }
}

impl fmt::Display for EngineLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "more than {} {}", count(self.most()), self.what())
    }
}

impl std::error::Error for EngineLimit {}

/// What the trigger of an automation has too much of to play it: each event may need so many steps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TriggerLimit {
    EventTriggers,
    Labels,
    /// See [`one_by_one`].
    Patterns,
}

impl TriggerLimit {
    /// # Errors
    /// The first limit that the trigger exceeds with all in it.
    pub(crate) fn check(trigger: &Trigger) -> Result<(), TriggerLimit> {
        let (mut event_triggers, mut labels, mut patterns) = (0_usize, 0_usize, 0_usize);
        let mut open = vec![trigger];
        while let Some(trigger) = open.pop() {
            match trigger {
                Trigger::Event(event) => {
                    event_triggers = event_triggers.saturating_add(1);
                    labels = labels.saturating_add(event.for_each.len());
                    patterns = patterns.saturating_add(one_by_one(event));
                }
                Trigger::Composite(composite) => open.extend(&composite.triggers),
            }
        }
        if event_triggers > TriggerLimit::EventTriggers.most() {
            Err(TriggerLimit::EventTriggers)
        } else if labels > TriggerLimit::Labels.most() {
            Err(TriggerLimit::Labels)
        } else if patterns > TriggerLimit::Patterns.most() {
            Err(TriggerLimit::Patterns)
        } else {
            Ok(())
        }
    }

    /// The number.
    pub(crate) fn most(self) -> usize {
        match self {
            TriggerLimit::EventTriggers => 1000,
            TriggerLimit::Labels | TriggerLimit::Patterns => 5000,
        }
    }

    /// What it counts, in the plural.
    pub(crate) fn what(self) -> &'static str {
        match self {
            TriggerLimit::EventTriggers => "event triggers",
            TriggerLimit::Labels => "labels in `for_each`",
            TriggerLimit::Patterns => {
                "patterns that cannot be looked up: those with `!`, `?`, `[…]` or an inner `*`, where `?` and `[…]` behind \
                 a `*` count for each character, and items of `match_related`"
            }
        }
    }

    /// What to do.
    pub(crate) fn hint(self) -> &'static str {
        match self {
            TriggerLimit::EventTriggers | TriggerLimit::Labels => "divide the automation into several",
            TriggerLimit::Patterns => "patterns without wildcards, or with only a `*` at the end, do not count",
        }
    }
}

/// How much is in an [`Outcome`], or in several.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct OutcomeSize {
    firings: usize,
    child_firings: usize,
    /// Decisions and late events.
    others: usize,
    /// Labels and child firings.
    parts: usize,
}

impl OutcomeSize {
    pub(crate) fn add_firing(&mut self, firing: &Firing) {
        self.firings = self.firings.saturating_add(1);
        self.add_parts_of(firing);
    }

    pub(crate) fn add_child_firing(&mut self, firing: &Firing) {
        self.child_firings = self.child_firings.saturating_add(1);
        self.add_parts_of(firing);
    }

    pub(crate) fn add_decision(&mut self, decision: &Decision) {
        self.others = self.others.saturating_add(1);
        self.add_labels(&decision.key, decision.event.as_ref());
    }

    pub(crate) fn add(&mut self, other: &OutcomeSize) {
        self.firings = self.firings.saturating_add(other.firings);
        self.child_firings = self.child_firings.saturating_add(other.child_firings);
        self.others = self.others.saturating_add(other.others);
        self.parts = self.parts.saturating_add(other.parts);
    }

    #[inline(never)]
    fn add_parts_of(&mut self, firing: &Firing) {
        self.add_labels(&firing.labels, firing.event.as_ref());
        for child in &firing.children {
            self.parts = self.parts.saturating_add(1);
            self.add_labels(&child.labels, child.event.as_ref());
        }
        for delayed in &firing.delayed {
            self.add_labels(&[], Some(&delayed.event));
        }
    }

    #[inline(never)]
    fn add_labels(&mut self, labels: &[(SharedText, SharedText)], event: Option<&EventRef>) {
        let event = event.map_or(0, |event| event.name.len() / TEXT);
        let label = |sum: usize, (name, value): &(SharedText, SharedText)| {
            sum.saturating_add((name.len() / TEXT).saturating_add(value.len() / TEXT)).saturating_add(1)
        };
        self.parts = labels.iter().fold(self.parts.saturating_add(event), label);
    }

    /// # Errors
    /// There is too much.
    pub(crate) fn check(&self) -> Result<(), EngineLimit> {
        if self.firings.max(self.child_firings).max(self.others) > MAX_OUTCOME {
            return Err(EngineLimit::Outcome);
        }
        if self.parts > MAX_OUTCOME_PARTS { Err(EngineLimit::Parts) } else { Ok(()) }
    }
}

impl Outcome {
    pub(super) fn add_firing(&mut self, firing: Firing) {
        self.size.add_firing(&firing);
        self.firings.push(firing);
    }

    pub(super) fn add_child_firing(&mut self, firing: Firing) {
        self.size.add_child_firing(&firing);
        self.child_firings.push(firing);
    }

    #[inline(never)]
    pub(super) fn add_decision(&mut self, decision: Decision) {
        self.size.add_decision(&decision);
        self.decisions.push(decision);
    }

    pub(super) fn add_late(&mut self, late: LateEvent) {
        self.size.others = self.size.others.saturating_add(1);
        self.size.add_labels(&late.labels, Some(&late.event.event));
        self.late.push(late);
    }
}
