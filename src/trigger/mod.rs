//! Prefect's trigger engine, which decides whether triggers fire, without the server's clock, database and randomness.
//!
//! The caller supplies the time. Where the server leaves an order to chance, the order of the document applies.

mod automations;
mod bucket;
mod clock;
mod composite;
pub(crate) mod coverage;
mod decision;
mod delayed;
mod evaluation;
mod heap;
mod held;
mod idle;
mod limit;
mod matching;
mod ordering;
mod proactive;
mod quirk;
mod reactive;
mod reason;
mod recent;
mod reported;
mod saved;
mod sequencer;
pub(crate) mod serialize;
pub(crate) mod snapshot;
mod step;
mod triggers;
pub(crate) mod version;

use serde::de::{Deserialize, Deserializer};

use crate::automation::Automation;
use crate::event::{EventReader, ReceivedEvent};
use crate::text::strict::{from_text, word};
use crate::time::Instant;

pub(crate) use automations::SavedAutomations;
use coverage::CoverageReport;
pub(crate) use idle::{Ahead, SavedWindow};
pub(crate) use limit::{OutcomeSize, TEXT, TriggerLimit};
pub(crate) use ordering::LOOKBACK;
pub(crate) use proactive::key_text;
pub(crate) use reported::{SavedFiring, SavedLate, Summaries};
pub(crate) use saved::SavedEvent;
use sequencer::SavedSequencer;
use snapshot::SnapshotKind;

pub use automations::Automations;
pub use bucket::EventRef;
pub use decision::{
    BucketSnapshot, ChildFiring, Decision, DecisionKind, Firing, FiringSpan, Outcome, Phase, Reason, TriggerSummary,
};
pub use delayed::{DelayedEvent, LateEvent};
pub use limit::{EngineLimit, MAX_OUTCOME, MAX_OUTCOME_PARTS, MAX_WINDOWS};
pub use quirk::ServerQuirk;
pub use sequencer::{Sequencer, Sink};
pub use snapshot::{Snapshot, SnapshotError, StateHash};
pub use step::{Facts, Step, StepAction};
pub use version::Version;

/// How events reach the triggers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename_all = "lowercase"))]
pub enum Delivery {
    /// As in the server: the publisher drops ids that it has published; the consumer drops ids that it has seen, and
    /// `prefect.log.write`.
    #[default]
    Consumer,
    /// Without these filters: each event reaches the triggers (`reactive_evaluation`). It still waits for the event
    /// that it follows, because that is part of the evaluation.
    Direct,
}

impl Delivery {
    pub(crate) const ALL: [(&'static str, Delivery); 2] =
        [("consumer", Delivery::Consumer), ("direct", Delivery::Direct)];

    /// `consumer` or `direct`.
    #[must_use]
    pub fn read(written: &str) -> Option<Delivery> {
        word(&Delivery::ALL, written)
    }
}

impl<'de> Deserialize<'de> for Delivery {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer, "`consumer` or `direct`", Delivery::read)
    }
}

/// How an engine decides.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Options {
    /// How events reach the triggers.
    pub delivery: Delivery,
    /// Reports decisions too.
    pub trace: bool,
    /// Counts how far events get in each trigger, to explain why one does not fire.
    pub coverage: bool,
    /// Does what is intended instead of what the server does, where that is clear: evaluates all buckets that are over,
    /// also beyond 500, and sweeps none before; an event of `after` that is too late for one window opens the next; no
    /// window opens without an event of `after`, if there is one to wait for.
    pub intended: bool,
    /// The seed for what the server leaves to chance: the order in which the triggers of one automation evaluate an
    /// event, and the order of children that fire at the same instant. 0: the order of the document.
    pub chance: u64,
}

/// The triggers of loaded automations, and their state: a [`Sequencer`] whose steps [`Automations`] execute.
///
/// Deliver events in order of time, and call [`Engine::tick`] between them for each round of the server's loops;
/// [`Engine::take`] returns the results.
///
/// ```
/// use prefect_events::automation::read::automation;
/// use prefect_events::event::EventReader;
/// use prefect_events::json::{Tape, parse};
/// use prefect_events::trigger::{Engine, Options, Version};
///
/// let rule = br#"{"name": "Paid", "actions": [{"type": "do-nothing"}],
///     "trigger": {"type": "event", "posture": "Reactive", "expect": ["acme.paid"], "threshold": 1}}"#;
/// let event = br#"{"id": "00000000-0000-4000-8000-000000000001", "occurred": "2026-03-01T12:00:00Z", "event": "acme.paid",
///     "resource": {"prefect.resource.id": "acme.order.1"}}"#;
/// let (mut tape, mut issues) = (Tape::new(), Vec::new());
/// let mut engine = Engine::new(Version::default(), Options::default());
/// parse(rule, 0, &mut tape, &mut issues);
/// engine.load(&tape.document(rule).root().and_then(automation).ok_or("not an automation")?);
/// parse(event, 0, &mut tape, &mut issues);
/// let event = tape.document(event).root().and_then(|event| EventReader::default().read(event)).ok_or("not an event")?;
/// engine.deliver(&event, event.received)?;
/// assert_eq!(engine.take().firings.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Engine {
    sequencer: Sequencer<ReceivedEvent>,
    automations: Automations,
}

/// The saved state of an engine.
#[derive(serde::Serialize, serde::Deserialize)]
pub(crate) struct SavedEngine {
    sequencer: SavedSequencer,
    waiting: Vec<SavedEvent>,
    automations: SavedAutomations,
}

impl Engine {
    /// Without automations.
    #[must_use]
    pub fn new(version: Version, options: Options) -> Self {
        Engine { sequencer: Sequencer::new(options.delivery), automations: Automations::new(version, options) }
    }

    /// Its state. Equal states are equal snapshots, however they were reached. Call [`Engine::take`] before: what it
    /// would return is not part of the state.
    #[must_use]
    pub fn save(&self) -> Snapshot {
        Snapshot::new(SnapshotKind::Engine, &self.state())
    }

    /// Goes on from a saved state, of an engine with the same version, options and automations. Whether it traces may
    /// differ. A trace may list windows that the server removes in one statement in another order.
    ///
    /// # Errors
    /// If the snapshot is not of such an engine.
    pub fn restore(
        snapshot: &Snapshot,
        version: Version,
        options: Options,
        automations: &[Automation],
    ) -> Result<Self, SnapshotError> {
        Engine::restored(snapshot.state(SnapshotKind::Engine)?, version, options, automations)
    }

    pub(crate) fn state(&self) -> SavedEngine {
        SavedEngine {
            sequencer: self.sequencer.state(),
            waiting: self.sequencer.waiting().map(SavedEvent::new).collect(),
            automations: self.automations.save(self.sequencer.now()),
        }
    }

    pub(crate) fn restored(
        saved: SavedEngine,
        version: Version,
        options: Options,
        automations: &[Automation],
    ) -> Result<Self, SnapshotError> {
        let mut engine = Engine::new(version, options);
        for automation in automations {
            engine.load(automation);
        }
        let mut texts = EventReader::default();
        let waiting = saved.waiting.iter().map(|event| event.restore(&mut texts)).collect();
        engine.sequencer = Sequencer::restored(&saved.sequencer, waiting)?;
        if engine.sequencer.delivery() != options.delivery {
            return Err(SnapshotError::OtherAutomations);
        }
        engine.automations.restore(saved.automations, &mut texts)?;
        Ok(engine)
    }

    /// Adds an automation; returns its number, which firings refer to. A disabled automation never fires.
    pub fn load(&mut self, automation: &Automation) -> usize {
        self.automations.load(automation)
    }

    /// Loads the automations again: the server then forgets when to look at each Proactive trigger next, and looks at all
    /// in the next round of its loop (`reconcile_automations`).
    pub fn reload(&mut self) {
        self.automations.reload();
    }

    /// How many windows are open.
    #[must_use]
    pub fn open_windows(&self) -> usize {
        self.automations.open_windows()
    }

    /// The counts of each automation, if [`Options::coverage`] requests them.
    pub(crate) fn take_coverage(&mut self) -> Vec<CoverageReport> {
        self.automations.take_coverage(self.sequencer.waiting())
    }

    /// Everything since the last call.
    #[must_use]
    pub fn take(&mut self) -> Outcome {
        self.automations.take()
    }

    /// How many windows are open and how many events are held, one window counted once for each label of `for_each`.
    pub(crate) fn weight(&self) -> usize {
        self.automations.weight()
    }

    /// An event arrives.
    ///
    /// # Errors
    /// There is more to take than an [`Outcome`] may hold. Then what follows from the event is not complete.
    pub fn deliver(&mut self, event: &ReceivedEvent, now: Instant) -> Result<(), EngineLimit> {
        let Engine { sequencer, automations } = self;
        sequencer.deliver(&event.into(), event, now, &mut |step| automations.execute(&step));
        automations.check()
    }

    /// Runs the server's two loops once: the proactive evaluation, then the periodic one.
    ///
    /// # Errors
    /// As for [`Engine::deliver`].
    pub fn tick(&mut self, now: Instant) -> Result<(), EngineLimit> {
        let Engine { sequencer, automations } = self;
        sequencer.tick(now, &mut |step| automations.execute(&step));
        automations.check()
    }
}
