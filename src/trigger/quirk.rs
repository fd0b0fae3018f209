//! Where the server does not do what is intended. These faults are reproduced, and marked in the decisions.
//!
//! `docs/server-faults.md` describes each one, and which of them [`super::Options::intended`] fixes.

use serde::{Serialize, Serializer};

use crate::automation::Posture;
use crate::text::steps::step;
use crate::time::Instant;

use super::decision::{ChildFiring, Phase, Reason};
use super::evaluation::{EvaluationContext, TriggerState};

/// A server fault: behaviour that is not what is intended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename_all = "kebab-case"))]
pub enum ServerQuirk {
    /// A firing that the server loses: it removes the window before evaluating it.
    LostFiring,
    /// A late firing: the server did not evaluate the window at the previous tick.
    LateFiring,
    /// A late firing: the server's clock follows the events, which come late or not at all.
    LaggingClock,
    /// An event that is used up by a firing and opens no window of its own.
    SpentEvent,
    /// A firing that names an event from before the window.
    EarlierEvent,
    /// A window that opens though nothing in `after` has occurred.
    SelfOpened,
    /// A trigger that can never fire: its own first event fulfils it.
    CannotFire,
    /// A trigger that keeps firing though nothing more occurs.
    FiresForEver,
    /// An event that waited for one that was perhaps never sent.
    AbsentLeader,
    /// A composite trigger whose children fired for different labels.
    MixedResources,
}

/// Each with its name, and its sentence in decisions.
const QUIRKS: [(ServerQuirk, &str, &str); 10] = [
    (
        ServerQuirk::LostFiring,
        "lost-firing",
        "the server loses this firing: it deletes the window before it evaluates it",
    ),
    (ServerQuirk::LateFiring, "late-firing", "the server fires late: it skipped this window at the previous tick"),
    (
        ServerQuirk::LaggingClock,
        "lagging-clock",
        "the server fires late: its clock follows the events, which arrive late or not at all",
    ),
    (
        ServerQuirk::SpentEvent,
        "spent-event",
        "the server uses this event only to fire, so the event opens no new window",
    ),
    (ServerQuirk::EarlierEvent, "earlier-event", "the server names an event that occurred before the window"),
    (ServerQuirk::SelfOpened, "self-opened", "the server opens this window although no event of `after` has occurred"),
    (
        ServerQuirk::CannotFire,
        "cannot-fire",
        "this trigger can never fire: the event that opens its window also satisfies it",
    ),
    (
        ServerQuirk::FiresForEver,
        "fires-for-ever",
        "this trigger fires again and again, although no further event occurs",
    ),
    (ServerQuirk::AbsentLeader, "absent-leader", "the server waited for an event that was perhaps never sent"),
    (ServerQuirk::MixedResources, "mixed-resources", "the server ignores that the triggers fired for different labels"),
];

impl Serialize for ServerQuirk {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl ServerQuirk {
    /// Its name in results and in the documentation. These names do not change.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.entry().map_or("", |(_, name, _)| name)
    }

    pub(super) fn sentence(self) -> &'static str {
        self.entry().map_or("", |(_, _, sentence)| sentence)
    }

    fn entry(self) -> Option<(ServerQuirk, &'static str, &'static str)> {
        QUIRKS.into_iter().find(|(quirk, _, _)| *quirk == self)
    }

    /// All of them, in the order of the documentation.
    pub fn all() -> impl Iterator<Item = ServerQuirk> {
        QUIRKS.into_iter().map(|(quirk, _, _)| quirk)
    }
}

/// The window of a decision, and its event.
pub(super) struct Window {
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) count: i64,
    /// When the event occurred, and whether it opens windows.
    pub(super) event: Option<(i64, bool)>,
}

/// The quirk in a decision of an event trigger.
pub(super) fn of(
    state: &TriggerState,
    context: &EvaluationContext<'_>,
    reason: &Reason,
    window: &Window,
) -> Option<ServerQuirk> {
    let trigger = &state.trigger;
    let proactive = trigger.posture == Posture::Proactive;
    let ticks = context.phase == Phase::Tick;
    let late = |previous: Option<Instant>| previous.is_some_and(|previous| window.end <= previous.0);
    match reason {
        Reason::Swept if proactive && window.count < trigger.threshold => Some(ServerQuirk::LostFiring),
        Reason::Fired if ticks && late(context.previous.map(|(_, as_of)| as_of)) && state.was_skipped(context) => {
            Some(ServerQuirk::LateFiring)
        }
        Reason::Fired if ticks && late(context.previous.map(|(tick, _)| tick)) => Some(ServerQuirk::LaggingClock),
        Reason::Fired if proactive => match window.event {
            Some((occurred, true)) if !ticks && !context.intended && occurred >= window.end => {
                Some(ServerQuirk::SpentEvent)
            }
            Some((occurred, _)) if ticks && occurred < window.start => Some(ServerQuirk::EarlierEvent),
            _ => None,
        },
        Reason::Opened { .. } if window.event.is_none() && state.has_after() => Some(ServerQuirk::SelfOpened),
        Reason::Opened { .. } if trigger.threshold == 1 => {
            let fulfilled = proactive && !state.has_after() && !trigger.for_each.is_empty();
            fulfilled.then_some(ServerQuirk::CannotFire)
        }
        Reason::Rolled if proactive && ticks && !trigger.for_each.is_empty() => Some(ServerQuirk::FiresForEver),
        _ => None,
    }
}

/// The quirk in the firing of a composite trigger.
pub(super) fn of_children(children: &[ChildFiring]) -> Option<ServerQuirk> {
    step(children.len());
    let mixed = children.windows(2).any(|pair| match pair {
        [one, other] => !one.labels.is_empty() && !other.labels.is_empty() && one.labels != other.labels,
        _ => false,
    });
    mixed.then_some(ServerQuirk::MixedResources)
}
