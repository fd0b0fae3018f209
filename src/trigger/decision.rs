//! What the engine reports: firings, and each step on the way to them.

use std::rc::Rc;

use serde::Serialize;
use uuid::Uuid;

use crate::automation::Posture;
use crate::event::SharedText;
use crate::time::Instant;

use super::bucket::EventRef;
use super::quirk::ServerQuirk;

/// Which loop of the server decides.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// An event has arrived.
    Event,
    /// The proactive evaluation.
    Tick,
    /// The periodic evaluation: lost followers, the sweep.
    Periodic,
}

impl Phase {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Phase::Event => "event",
            Phase::Tick => "tick",
            Phase::Periodic => "periodic",
        }
    }
}

/// A window when something was decided about it. Times are RFC 3339 in UTC with microseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "Bucket"))]
pub struct BucketSnapshot {
    /// How many events counted.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub count: i64,
    /// The first instant of the window.
    #[cfg_attr(feature = "typescript", ts(type = "string"))]
    pub start: Instant,
    /// The first instant after the window.
    #[cfg_attr(feature = "typescript", ts(type = "string"))]
    pub end: Instant,
    /// What the evaluation takes as the present: for an event, when it occurred.
    #[cfg_attr(feature = "typescript", ts(type = "string"))]
    pub as_of: Instant,
}

/// What a trigger is, as far as sentences tell of it.
#[derive(PartialEq, Eq, Debug)]
pub struct TriggerSummary {
    /// In the order of loading.
    pub automation: usize,
    /// `$` is the trigger of the automation, `$.0.1` one nested in it.
    pub path: String,
    /// `event`, `compound` or `sequence`.
    pub kind: &'static str,
    /// Of event triggers.
    pub posture: Option<Posture>,
    /// Of composite ones: how many children must fire.
    pub threshold: i64,
    /// Microseconds; 0 for composite triggers without a limit.
    pub within: i64,
    pub has_after: bool,
}

/// A trigger has fired.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Firing {
    pub trigger: Rc<TriggerSummary>,
    pub at: Instant,
    pub phase: Phase,
    pub labels: Vec<(SharedText, SharedText)>,
    pub event: Option<EventRef>,
    /// Of event triggers.
    pub bucket: Option<BucketSnapshot>,
    /// Of composite triggers: the firings of children that were used up.
    pub children: Vec<ChildFiring>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChildFiring {
    pub trigger: Rc<TriggerSummary>,
    pub fired: Instant,
    pub event: Option<EventRef>,
    pub labels: Vec<(SharedText, SharedText)>,
}

/// What was decided. The names are documented and do not change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DecisionKind {
    Ignored,
    Held,
    Released,
    Armed,
    Counted,
    Rearmed,
    Disarmed,
    Suppressed,
    Expired,
    Swept,
    Fired,
    Rolled,
}

impl DecisionKind {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            DecisionKind::Ignored => "ignored",
            DecisionKind::Held => "held",
            DecisionKind::Released => "released",
            DecisionKind::Armed => "armed",
            DecisionKind::Counted => "counted",
            DecisionKind::Rearmed => "rearmed",
            DecisionKind::Disarmed => "disarmed",
            DecisionKind::Suppressed => "suppressed",
            DecisionKind::Expired => "expired",
            DecisionKind::Swept => "swept",
            DecisionKind::Fired => "fired",
            DecisionKind::Rolled => "rolled",
        }
    }
}

/// Why it was decided.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reason {
    /// An event of this id was published within the last five minutes.
    Duplicate,
    /// An event of this id was evaluated within the last half hour.
    AlreadySeen,
    /// `prefect.log.write` never reaches the triggers.
    LogWrite,
    /// It follows an event that was not evaluated yet.
    Waits(Uuid),
    /// The event that it waited for was evaluated.
    LeaderSeen,
    /// The event that it waited for has not come in 15 minutes.
    LeaderLost,
    /// More than 20 events that follow each other.
    TooDeep,
    /// It is expected, but no window is open.
    NoWindow,
    /// It is held for windows that open later. `open`: and is counted in the one that is open.
    HeldForWindow {
        open: bool,
    },
    /// It was counted or held before.
    AlreadyHeld,
    /// It occurred before the window.
    BeforeWindow,
    /// A window was opened; so many held events were in it.
    Opened {
        held: i64,
    },
    Counted,
    /// The same, and with it the threshold is reached: silence is no longer possible in this window.
    Disarmed,
    /// The window moved to begin with this event; so many held events were in the new one.
    Moved {
        held: i64,
    },
    /// The threshold was reached: the window is removed before its end.
    Satisfied,
    /// The window is over without firing.
    Over,
    /// It ended over a minute ago.
    Swept,
    Fired,
    /// The next window.
    Rolled,
    /// Of an automation: the firings of the children so far are not what the trigger waits for.
    ChildrenMissing {
        present: usize,
    },
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    pub at: Instant,
    pub phase: Phase,
    /// `None`: it is decided for all triggers at once.
    pub trigger: Option<Rc<TriggerSummary>>,
    pub key: Vec<(SharedText, SharedText)>,
    pub event: Option<EventRef>,
    pub bucket: Option<BucketSnapshot>,
    pub reason: Reason,
    /// Here the server does not do what is meant.
    pub quirk: Option<ServerQuirk>,
}

impl Decision {
    #[must_use]
    pub fn kind(&self) -> DecisionKind {
        let proactive = self.trigger.as_ref().is_some_and(|trigger| trigger.posture == Some(Posture::Proactive));
        match self.reason {
            Reason::Duplicate
            | Reason::AlreadySeen
            | Reason::LogWrite
            | Reason::TooDeep
            | Reason::NoWindow
            | Reason::AlreadyHeld => DecisionKind::Ignored,
            Reason::BeforeWindow if proactive => DecisionKind::Ignored,
            Reason::BeforeWindow => DecisionKind::Suppressed,
            Reason::Waits(_) | Reason::HeldForWindow { .. } => DecisionKind::Held,
            Reason::LeaderSeen | Reason::LeaderLost => DecisionKind::Released,
            Reason::Opened { .. } => DecisionKind::Armed,
            Reason::Counted | Reason::ChildrenMissing { .. } => DecisionKind::Counted,
            Reason::Disarmed => DecisionKind::Disarmed,
            Reason::Moved { .. } => DecisionKind::Rearmed,
            Reason::Satisfied | Reason::Over => DecisionKind::Expired,
            Reason::Swept => DecisionKind::Swept,
            Reason::Fired => DecisionKind::Fired,
            Reason::Rolled => DecisionKind::Rolled,
        }
    }
}

/// What has happened since it was last taken.
#[derive(Clone, Default, Debug)]
pub struct Outcome {
    /// The automation acts.
    pub firings: Vec<Firing>,
    /// Children of composite triggers.
    pub child_firings: Vec<Firing>,
    /// Only when asked for.
    pub decisions: Vec<Decision>,
}
