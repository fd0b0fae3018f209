//! What passes from the sequencer to the triggers, and nothing else does.

use uuid::Uuid;

use crate::event::ReceivedEvent;
use crate::time::Instant;

use super::decision::{Phase, Reason};

/// What couples events, whichever triggers there are. The sequencer needs nothing else of an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Facts {
    /// Its id.
    pub id: Uuid,
    /// When it occurred.
    pub occurred: Instant,
    /// When the server received it.
    pub received: Instant,
    /// The event that it follows.
    pub follows: Option<Uuid>,
    /// Whether it is a `prefect.log.write`.
    pub is_log: bool,
}

impl From<&ReceivedEvent> for Facts {
    fn from(event: &ReceivedEvent) -> Self {
        Facts {
            id: event.id,
            occurred: event.occurred,
            received: event.received,
            follows: event.follows,
            is_log: &*event.name == "prefect.log.write",
        }
    }
}

/// One step of the server, in the order in which all triggers execute them. `B`: what the steps say of an event.
#[derive(Clone, Debug)]
pub struct Step<'s, B> {
    /// The server's time.
    pub now: Instant,
    /// Which of its loops.
    pub phase: Phase,
    /// What it does.
    pub action: StepAction<'s, B>,
}

/// What the server does in a step.
#[derive(Clone, Debug)]
pub enum StepAction<'s, B> {
    /// Decides about an event for all triggers at once. They do nothing.
    Note(&'s B, Reason),
    /// Lets an event wait for the one that it follows.
    Wait(&'s B, Uuid),
    /// Evaluates an event.
    Evaluate(&'s B),
    /// Evaluates Proactive triggers.
    Tick {
        /// The time of the evaluation: that of the events clock.
        as_of: i64,
        /// The tick before: the server's time, and that of the events clock.
        previous: Option<(Instant, Instant)>,
    },
    /// Drops the events that were held too long.
    SweepHeld,
    /// Removes windows that ended by this time.
    Sweep {
        /// Microseconds.
        until: i64,
    },
}
