//! How far events get in the clauses of each trigger, and what happens to its windows: why a trigger does not fire.
//!
//! Counted only on request ([`super::Options::coverage`]).

use std::cmp::{Ordering, Reverse};
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::automation::EventTrigger;
use crate::event::{ReceivedEvent, SharedText};
use crate::text::steps::step;
use crate::text::table::Map;
use crate::time::Instant;

use super::decision::{Reason, TriggerSummary};
use super::matching::{Interest, Matching};

/// The most different values that are remembered of non-matching labels, and the most different event names.
const MOST_VALUES: usize = 64;
const MOST_NAMES: usize = 1000;

/// How many events got this far: those whose names are in `after`, in `expect`, and in either.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Passed {
    pub(crate) all: u64,
    pub(crate) after: u64,
    pub(crate) expected: u64,
}

impl Passed {
    fn count(&mut self, interest: Interest) {
        self.all = self.all.saturating_add(1);
        self.after = self.after.saturating_add(u64::from(interest.starts_after));
        self.expected = self.expected.saturating_add(u64::from(interest.expects));
    }

    fn and(self, other: Passed) -> Passed {
        Passed {
            all: self.all.saturating_add(other.all),
            after: self.after.saturating_add(other.after),
            expected: self.expected.saturating_add(other.expected),
        }
    }
}

/// The first values, each with its frequency.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Seen(pub(crate) Vec<(SharedText, u64)>);

impl Seen {
    fn add(&mut self, value: &SharedText) {
        step(self.0.len());
        if let Some((_, count)) = self.0.iter_mut().find(|(known, _)| known == value) {
            *count = count.saturating_add(1);
        } else if self.0.len() < MOST_VALUES {
            self.0.push((value.clone(), 1));
        }
    }
}

/// The requirement that the events closest to meeting a specification fail.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct NearMiss {
    /// Which specification of `match_related`; 0 for `match`.
    pub(crate) specification: usize,
    /// Which of its labels.
    pub(crate) label: usize,
    /// How many labels do not fit.
    failing: usize,
    /// How many events are as close.
    pub(crate) events: u64,
    /// The actual values of the label.
    pub(crate) seen: Seen,
    /// How many of these events lack the label.
    pub(crate) lacking: u64,
    /// How many of these events meet it elsewhere: `match` in a related resource, `match_related` in the primary one.
    pub(crate) elsewhere: u64,
}

/// The closest of the events that one clause stops.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct NearMisses(pub(crate) Option<NearMiss>);

/// How a resource, or the closest of several, differs from the specification.
pub(super) struct Miss<'e> {
    pub(super) specification: usize,
    pub(super) label: usize,
    pub(super) failing: usize,
    pub(super) values: Vec<&'e SharedText>,
    pub(super) elsewhere: bool,
}

impl NearMisses {
    fn add(&mut self, miss: &Miss<'_>) {
        // An event that meets the first of several specifications is closer than one that does not.
        let order = (Reverse(miss.specification), miss.failing, miss.label);
        if let Some(known) = &self.0 {
            match order.cmp(&(Reverse(known.specification), known.failing, known.label)) {
                Ordering::Less => self.0 = None,
                Ordering::Equal => {}
                Ordering::Greater => return,
            }
        }
        let near = self.0.get_or_insert_with(|| NearMiss {
            specification: miss.specification,
            label: miss.label,
            failing: miss.failing,
            events: 0,
            seen: Seen::default(),
            lacking: 0,
            elsewhere: 0,
        });
        near.events = near.events.saturating_add(1);
        near.lacking = near.lacking.saturating_add(u64::from(miss.values.is_empty()));
        near.elsewhere = near.elsewhere.saturating_add(u64::from(miss.elsewhere));
        miss.values.iter().for_each(|value| near.seen.add(value));
    }
}

/// Why events of one kind stop.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Stopped {
    pub(crate) by_match: NearMisses,
    pub(crate) by_related: NearMisses,
}

/// What happened to the windows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Windows {
    /// How many were opened, also by moving one or rolling on.
    pub(crate) opened: u64,
    /// The most events that counted in one.
    pub(crate) reached: i64,
    /// How many windows expected events moved or fulfilled, and the least time left (microseconds).
    pub(crate) answered: u64,
    pub(crate) least_left: Option<i64>,
    /// Windows that held events fulfilled from the start.
    pub(crate) fulfilled: u64,
    /// Expected events that found no open window, or occurred before it.
    pub(crate) without_window: u64,
    pub(crate) before_window: u64,
    /// Windows that the server removed without evaluation.
    pub(crate) swept: u64,
}

/// What one trigger saw.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Tally {
    /// With all labels of `for_each`, and without.
    pub(crate) keyed: Passed,
    keyless: Passed,
    /// The events that `match` stops, and those that `match_related` stops.
    mismatched: Passed,
    unrelated: Passed,
    /// The first missing label of `for_each`, of the first event that lacks one.
    pub(crate) lacking: Option<usize>,
    /// For the events of `after`, and for the expected ones.
    pub(crate) after: Stopped,
    pub(crate) expected: Stopped,
    pub(crate) windows: Windows,
}

impl Tally {
    /// Counts an event whose name interests the trigger. `is_covered`: its resources match.
    pub(super) fn see(&mut self, matching: &Matching, event: &ReceivedEvent, interest: Interest, is_covered: bool) {
        step(1);
        if is_covered {
            if let Some(label) = matching.key_miss(event) {
                self.keyless.count(interest);
                self.lacking.get_or_insert(label);
            } else {
                self.keyed.count(interest);
            }
        } else if let Some(miss) = matching.resource_miss(event) {
            self.mismatched.count(interest);
            self.stop(interest, |stopped| &mut stopped.by_match, &miss);
        } else if let Some(miss) = matching.related_miss(event) {
            self.unrelated.count(interest);
            self.stop(interest, |stopped| &mut stopped.by_related, &miss);
        }
    }

    /// The events whose names match.
    pub(crate) fn named(&self) -> Passed {
        self.matching().and(self.mismatched)
    }

    /// Of these, the events that pass `match`.
    pub(crate) fn matching(&self) -> Passed {
        self.related().and(self.unrelated)
    }

    /// Of these, the events that pass `match_related` too.
    pub(crate) fn related(&self) -> Passed {
        self.keyed.and(self.keyless)
    }

    fn stop(&mut self, interest: Interest, clause: fn(&mut Stopped) -> &mut NearMisses, miss: &Miss<'_>) {
        if interest.starts_after {
            clause(&mut self.after).add(miss);
        }
        if interest.expects {
            clause(&mut self.expected).add(miss);
        }
    }

    /// Counts a decision.
    pub(super) fn note(&mut self, reason: &Reason, threshold: i64, proactive: bool, count: Option<i64>) {
        let windows = &mut self.windows;
        let opened = matches!(reason, Reason::Opened { .. } | Reason::Moved { .. } | Reason::Rolled);
        windows.opened = windows.opened.saturating_add(u64::from(opened));
        if let Some(count) = count {
            windows.reached = windows.reached.max(count);
            let fulfilled = opened && proactive && count >= threshold;
            windows.fulfilled = windows.fulfilled.saturating_add(u64::from(fulfilled));
        }
        let more = |number: &mut u64| *number = number.saturating_add(1);
        match reason {
            Reason::NoWindow | Reason::HeldForWindow { open: false } => more(&mut windows.without_window),
            Reason::BeforeWindow => more(&mut windows.before_window),
            Reason::Swept => more(&mut windows.swept),
            _ => {}
        }
    }

    /// An expected event arrived in time, with this much of the window left.
    pub(super) fn answer(&mut self, left: i64) {
        self.windows.answered = self.windows.answered.saturating_add(1);
        let least = self.windows.least_left.map_or(left, |least| least.min(left));
        self.windows.least_left = Some(least);
    }
}

/// The names of the events received, each with its frequency.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct ReceivedNames {
    pub(crate) all: Vec<(SharedText, u64)>,
    /// How many had other names.
    pub(crate) others: u64,
}

/// The counts of one automation.
#[derive(Default)]
pub(super) struct AutomationCounts {
    /// For each event trigger.
    pub(super) tallies: Vec<Tally>,
    /// For composite triggers, by node: the most children that counted at the same time.
    pub(super) present: Map<usize, usize>,
}

/// The saved counts of one automation.
#[derive(Serialize, Deserialize, PartialEq, Debug)]
pub(super) struct SavedCoverage {
    tallies: Vec<Tally>,
    present: Vec<(usize, usize)>,
}

impl AutomationCounts {
    pub(super) fn save(&self) -> SavedCoverage {
        let mut present: Vec<(usize, usize)> = self.present.iter().map(|(node, most)| (*node, *most)).collect();
        present.sort_unstable();
        SavedCoverage { tallies: self.tallies.clone(), present }
    }

    /// `None`: it has the counts of other triggers.
    pub(super) fn restored(saved: SavedCoverage, triggers: usize) -> Option<Self> {
        let mut present = Map::default();
        for (node, most) in saved.present {
            present.insert(node, most);
        }
        (saved.tallies.len() == triggers).then_some(AutomationCounts { tallies: saved.tallies, present })
    }

    /// A child has fired, and this many count now.
    pub(super) fn see_children(&mut self, node: usize, present: usize) {
        let most = self.present.or_default(node);
        *most = present.max(*most);
    }
}

/// Counts the names of the evaluated events, whichever triggers see them.
#[derive(Default)]
pub(super) struct NameCounts {
    places: Map<SharedText, usize>,
    pub(super) names: ReceivedNames,
}

impl NameCounts {
    pub(super) fn restored(names: ReceivedNames) -> Self {
        let mut places = Map::default();
        for (place, (name, _)) in names.all.iter().enumerate() {
            places.insert(name.clone(), place);
        }
        NameCounts { places, names }
    }

    /// Where a name is counted.
    pub(super) fn place_of(&mut self, name: &SharedText) -> usize {
        match self.places.get(&**name) {
            Some(place) => *place,
            None if self.names.all.len() < MOST_NAMES => {
                let place = self.names.all.len();
                self.names.all.push((name.clone(), 0));
                self.places.insert(name.clone(), place);
                place
            }
            None => usize::MAX,
        }
    }

    /// Counts an event whose name has this index.
    pub(super) fn see_name(&mut self, place: usize) {
        let count = self.names.all.get_mut(place).map_or(&mut self.names.others, |(_, count)| count);
        *count = count.saturating_add(1);
    }
}

/// What one event trigger saw, and what is pending.
pub(crate) struct TriggerCounts {
    pub(crate) trigger: EventTrigger,
    pub(crate) tally: Tally,
    /// Windows that are open and could still fire.
    pub(crate) open: u64,
    /// When the first of them ends.
    pub(crate) first_end: Option<Instant>,
    /// Events that match, but still wait for the event that they follow.
    pub(crate) waiting: u64,
}

/// All counts.
pub(crate) struct CoverageReport {
    /// The event triggers in the order of loading.
    pub(crate) triggers: Vec<TriggerCounts>,
    /// Composite triggers with a fired child: the most children that counted at the same time.
    pub(crate) present: Vec<(Rc<TriggerSummary>, usize)>,
    pub(crate) names: ReceivedNames,
    /// How many events still wait for the event that they follow.
    pub(crate) waiting: usize,
}
