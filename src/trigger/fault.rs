//! Where the server does not do what is meant. It is reproduced, and marked in the decisions.
//!
//! `docs/server-faults.md` tells of each one, and which of them [`super::Options::intended`] mends.

use crate::automation::Posture;
use crate::time::Instant;

use super::decision::{Child, Phase, Reason};
use super::evaluation::{Stage, Watcher};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    LostFiring,
    LateFiring,
    LaggingClock,
    SpentEvent,
    EarlierEvent,
    SelfOpened,
    CannotFire,
    FiresForEver,
    AbsentLeader,
    MixedResources,
}

/// Each with its name, and what is said of it in a decision.
const FAULTS: [(Fault, &str, &str); 10] = [
    (Fault::LostFiring, "lost-firing", "the server loses this firing: it removes the window before it looks at it"),
    (Fault::LateFiring, "late-firing", "the server fires this late: at the tick before it did not look at the window"),
    (
        Fault::LaggingClock,
        "lagging-clock",
        "the server fires this late: its clock follows the events, which come late or not at all",
    ),
    (Fault::SpentEvent, "spent-event", "the server spends this event on the firing: it opens no window of its own"),
    (Fault::EarlierEvent, "earlier-event", "the server names an event that occurred before the window"),
    (Fault::SelfOpened, "self-opened", "the server opens this window though nothing in `after` has occurred"),
    (Fault::CannotFire, "cannot-fire", "on the server this can never fire: its own first event fulfils it"),
    (Fault::FiresForEver, "fires-for-ever", "on the server this goes on for ever, though nothing more occurs"),
    (Fault::AbsentLeader, "absent-leader", "the server let it wait for an event that was perhaps never sent"),
    (Fault::MixedResources, "mixed-resources", "the server does not mind that the children fired for different labels"),
];

impl Fault {
    /// What it is called in results and in the documentation. These names do not change.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.entry().map_or("", |(_, name, _)| name)
    }

    pub(super) fn sentence(self) -> &'static str {
        self.entry().map_or("", |(_, _, sentence)| sentence)
    }

    fn entry(self) -> Option<(Fault, &'static str, &'static str)> {
        FAULTS.into_iter().find(|(fault, _, _)| *fault == self)
    }

    pub fn all() -> impl Iterator<Item = Fault> {
        FAULTS.into_iter().map(|(fault, _, _)| fault)
    }
}

/// A window that something is decided of, and the event that it is decided with.
pub struct Window {
    pub start: i64,
    pub end: i64,
    pub count: i64,
    /// When the event occurred, and whether it opens windows.
    pub event: Option<(i64, bool)>,
}

/// The fault that shows in a decision of an event trigger.
pub fn of(watcher: &Watcher, stage: &Stage, reason: &Reason, window: &Window) -> Option<Fault> {
    let trigger = &watcher.trigger;
    let proactive = trigger.posture == Posture::Proactive;
    let ticks = stage.phase == Phase::Tick;
    let late = |previous: Option<Instant>| previous.is_some_and(|previous| window.end <= previous.0);
    match reason {
        Reason::Swept if proactive && window.count < trigger.threshold => Some(Fault::LostFiring),
        Reason::Fired if ticks && late(stage.previous_as_of) && watcher.was_skipped(stage) => Some(Fault::LateFiring),
        Reason::Fired if ticks && late(stage.previous_tick) => Some(Fault::LaggingClock),
        Reason::Fired if proactive => match window.event {
            Some((occurred, true)) if !ticks && !stage.intended && occurred >= window.end => Some(Fault::SpentEvent),
            Some((occurred, _)) if ticks && occurred < window.start => Some(Fault::EarlierEvent),
            _ => None,
        },
        Reason::Opened { .. } if window.event.is_none() && watcher.has_after() => Some(Fault::SelfOpened),
        Reason::Opened { .. } if trigger.threshold == 1 => {
            let fulfilled = proactive && !watcher.has_after() && !trigger.for_each.is_empty();
            fulfilled.then_some(Fault::CannotFire)
        }
        Reason::Rolled if proactive && ticks && !trigger.for_each.is_empty() => Some(Fault::FiresForEver),
        _ => None,
    }
}

/// The fault that shows in the firing of a composite trigger.
pub fn of_children(children: &[Child]) -> Option<Fault> {
    let mixed = children.windows(2).any(|pair| match pair {
        [one, other] => !one.labels.is_empty() && !other.labels.is_empty() && one.labels != other.labels,
        _ => false,
    });
    mixed.then_some(Fault::MixedResources)
}
