//! The model of an automation after reading its document: defaults filled in, values coerced.
//!
//! Source: `server/events/schemas/automations.py`.

use serde::Serialize;

use crate::catalogue::runs::HEARTBEAT;

use super::outline::TriggerType;

/// One automation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Automation {
    /// Its name.
    pub name: String,
    /// Empty unless given.
    pub description: String,
    /// A disabled automation never fires.
    pub enabled: bool,
    /// Its tags, in the order of the document.
    pub tags: Vec<String>,
    /// What it waits for.
    pub trigger: Trigger,
    /// Run on every firing.
    pub actions: Vec<Action>,
    /// Run in addition, also on every firing, since the server only ever produces `Triggered`.
    pub actions_on_trigger: Vec<Action>,
    /// Never run by the server.
    pub actions_on_resolve: Vec<Action>,
}

/// Of an action only its type matters to the triggers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Action {
    /// `None`: the document leaves it to the server to guess.
    pub kind: Option<String>,
}

/// What must happen for the automation to act.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Trigger {
    /// Counts events.
    Event(EventTrigger),
    /// Waits for other triggers.
    Composite(Composite),
}

/// Whether a trigger reacts to events or to their absence.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Posture {
    /// Fires when expected events arrive.
    Reactive,
    /// Fires when expected events do not arrive in time.
    Proactive,
}

impl Posture {
    /// As documents write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Posture::Reactive => "Reactive",
            Posture::Proactive => "Proactive",
        }
    }
}

/// Labels that a resource must have, each with its patterns: the value must match one of them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Specification(pub Vec<(String, Vec<String>)>);

/// A trigger that counts events.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EventTrigger {
    /// Whether it fires on events or on their absence.
    pub posture: Posture,
    /// For the primary resource.
    pub matches: Specification,
    /// For the related resources: one of them must match each. A single one in the document is a list of one.
    pub match_related: Vec<Specification>,
    /// Names of the events that open a window. Sorted, without duplicates, like the next two.
    pub after: Vec<String>,
    /// Names of the events that it counts.
    pub expect: Vec<String>,
    /// Labels: events with different values of these are counted separately.
    pub for_each: Vec<String>,
    /// How many events it needs.
    pub threshold: i64,
    /// The length of a window, in microseconds.
    pub within: i64,
}

/// A trigger that waits for other triggers to fire.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Composite {
    /// Whether the order of the children matters.
    pub order: Order,
    /// The children.
    pub triggers: Vec<Trigger>,
    /// Microseconds, may be negative. `None`: firings of children never grow too old.
    pub within: Option<i64>,
    /// How many children must have fired; `any` is 1, `all` is their number.
    pub require: usize,
}

/// Whether the order of the children matters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// `compound`
    Any,
    /// `sequence`
    Declared,
}

/// Whether a trigger fires because heartbeats are missing. `opens`: its window has a length. `names`: of the events of
/// `after` and `expect`.
pub(super) fn watches_heartbeats(
    posture: Option<Posture>,
    opens: bool,
    mut names: &mut dyn Iterator<Item = &str>,
) -> bool {
    posture == Some(Posture::Proactive) && opens && Iterator::any(&mut names, |name| name == HEARTBEAT)
}

impl Trigger {
    /// The first trigger in it that fires because heartbeats are missing.
    pub(crate) fn watching(&self) -> Option<&EventTrigger> {
        match self {
            Trigger::Event(event) => {
                let names = event.after.iter().chain(&event.expect);
                let watches = watches_heartbeats(Some(event.posture), event.within > 0, &mut names.map(String::as_str));
                Some(event).filter(|_| watches)
            }
            Trigger::Composite(composite) => composite.triggers.iter().find_map(Trigger::watching),
        }
    }

    /// The value of `type`.
    #[must_use]
    pub fn kind(&self) -> TriggerType {
        match self {
            Trigger::Event(_) => TriggerType::Event,
            Trigger::Composite(Composite { order: Order::Any, .. }) => TriggerType::Compound,
            Trigger::Composite(Composite { order: Order::Declared, .. }) => TriggerType::Sequence,
        }
    }
}
