//! What the engine reports: firings, and each step on the way to them.

use std::rc::Rc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::automation::{Posture, TriggerType};
use crate::event::SharedText;
use crate::time::Instant;

use super::bucket::EventRef;
use super::delayed::{DelayedEvent, LateEvent};
use super::limit::OutcomeSize;
use super::quirk::ServerQuirk;

/// Which loop of the server decides.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Phase {
    /// An event has arrived.
    Event,
    /// The proactive evaluation.
    Tick,
    /// The periodic evaluation: lost followers, the sweep.
    Periodic,
}

/// A window at the time of a decision. Times are RFC 3339 in UTC with microseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "Bucket"))]
pub struct BucketSnapshot {
    /// How many events count.
    pub count: i64,
    /// The first instant of the window.
    pub start: Instant,
    /// The first instant after the window.
    pub end: Instant,
    /// The time of the evaluation: for an event, when it occurred.
    pub as_of: Instant,
}

/// The properties of a trigger that sentences mention.
#[derive(PartialEq, Eq, Debug)]
pub struct TriggerSummary {
    /// In the order of loading.
    pub automation: usize,
    /// `$` is the trigger of the automation, `$.0.1` one nested in it.
    pub path: String,
    /// Its type.
    pub kind: TriggerType,
    /// For event triggers.
    pub posture: Option<Posture>,
    /// Of composite ones: how many children must fire.
    pub threshold: i64,
    /// Microseconds; 0 for composite triggers without a limit.
    pub within: i64,
    /// Whether an event must open its windows.
    pub has_after: bool,
    /// Whether it fires because heartbeats are missing, or a trigger in it does.
    pub watches_heartbeats: bool,
}

/// A trigger has fired.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Firing {
    /// Which one.
    pub trigger: Rc<TriggerSummary>,
    /// When it fired.
    pub at: Instant,
    /// The loop of the server in which it fired.
    pub phase: Phase,
    /// The labels of `for_each` with their values; none for composite triggers.
    pub labels: Vec<(SharedText, SharedText)>,
    /// The triggering event.
    pub event: Option<EventRef>,
    /// For event triggers.
    pub bucket: Option<BucketSnapshot>,
    /// If it fired in the proactive evaluation: the range of times at which a server with another loop phase fires.
    pub span: Option<FiringSpan>,
    /// For composite triggers: the consumed firings of its child triggers.
    pub children: Vec<ChildFiring>,
    /// Of Proactive triggers: expected events that occurred in the window and were not evaluated before it fired, in
    /// the order in which they occurred; the last ten. Of composite triggers: those of the child that fired last.
    pub delayed: Vec<DelayedEvent>,
    /// It fires after the last event, and no record of the server says so: only if nothing more came.
    pub if_silent: bool,
}

/// When the server fires, if it fires in its proactive evaluation. That runs about every five seconds: it sleeps for
/// five seconds after its work, from a random start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FiringSpan {
    /// When the window is over.
    pub earliest: Instant,
    /// When the loop has certainly run, if its work takes no time. For windows that the loop itself opened, the range
    /// grows with each following window.
    pub latest: Instant,
}

/// A child of a composite trigger has fired.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChildFiring {
    /// Which one.
    pub trigger: Rc<TriggerSummary>,
    /// When it fired.
    pub fired: Instant,
    /// The triggering event.
    pub event: Option<EventRef>,
    /// The labels of `for_each` with their values.
    pub labels: Vec<(SharedText, SharedText)>,
}

/// The kind of decision. The names are documented and do not change.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum DecisionKind {
    /// An event changes nothing.
    Ignored,
    /// An event waits, or is kept for windows that open later.
    Held,
    /// An event that waited is evaluated.
    Released,
    /// A window opens.
    Armed,
    /// An event counts, or a child of a composite trigger has fired.
    Counted,
    /// The window moves to begin with an event.
    Rearmed,
    /// An event counts, and with it the window can no longer fire.
    Disarmed,
    /// An event occurred before the next window begins.
    Suppressed,
    /// The window is removed without firing.
    Expired,
    /// The rest of a window is removed a minute after its end.
    Swept,
    /// The trigger fires.
    Fired,
    /// The next window opens after the one that is over.
    Rolled,
}

impl DecisionKind {
    /// Its name in results: `rearmed`.
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
    /// It is expected, but there is no open window.
    NoWindow,
    /// It is held for windows that open later. `open`: it also counts in the open one.
    HeldForWindow {
        /// Whether a window is open that it counts in.
        open: bool,
    },
    /// It was counted or held before.
    AlreadyHeld,
    /// It occurred before the window.
    BeforeWindow,
    /// A window was opened, with this many held events.
    Opened {
        /// How many.
        held: i64,
    },
    /// It counts in the window.
    Counted,
    /// The same, and it reaches the threshold: the trigger can no longer fire in this window.
    Disarmed,
    /// The window moved to begin with this event; the new one has this many held events.
    Moved {
        /// How many.
        held: i64,
    },
    /// The threshold was reached: the window is removed before its end.
    Satisfied,
    /// The window is over without firing.
    Over,
    /// It ended over a minute ago.
    Swept,
    /// It fired.
    Fired,
    /// The next window.
    Rolled,
    /// For a composite trigger: the children's firings so far do not suffice.
    ChildrenMissing {
        /// How many have fired and still count.
        present: usize,
    },
}

/// One step of the engine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    /// When it was decided.
    pub at: Instant,
    /// Which loop of the server decided.
    pub phase: Phase,
    /// `None`: it is decided for all triggers at once.
    pub trigger: Option<Rc<TriggerSummary>>,
    /// The labels of `for_each` with their values: whose window it is.
    pub key: Vec<(SharedText, SharedText)>,
    /// The event that it is about.
    pub event: Option<EventRef>,
    /// The window.
    pub bucket: Option<BucketSnapshot>,
    /// Why it was decided.
    pub reason: Reason,
    /// Here the server does not do what is intended.
    pub quirk: Option<ServerQuirk>,
}

impl Decision {
    /// The kind of decision.
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

/// Everything since the last call.
#[derive(Clone, Default, Debug)]
pub struct Outcome {
    /// The automation acts.
    pub firings: Vec<Firing>,
    /// Children of composite triggers.
    pub child_firings: Vec<Firing>,
    /// Only on request.
    pub decisions: Vec<Decision>,
    /// Events that arrived after their window had fired.
    pub late: Vec<LateEvent>,
    /// How many relevant events waited for the event that they follow.
    pub waited: usize,
    /// How many events were evaluated without the one that they follow: it did not come within 15 minutes.
    pub leaders_lost: usize,
    /// How much of it there is.
    pub(crate) size: OutcomeSize,
}
