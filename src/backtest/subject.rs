//! The flow run that a firing is about.

use uuid::Uuid;

use crate::catalogue::runs::FLOW_RUN;
use crate::event::{RESOURCE_ID, RESOURCE_ROLE, ReceivedEvent, SharedText};
use crate::simulate::{Lives, RunOutcome};
use crate::text::steps::step;
use crate::text::table::{Map, Set};
use crate::time::Instant;

/// The flow runs that events are about.
#[derive(Default)]
pub(super) struct Subjects<'e>(Map<Uuid, &'e str>);

impl<'e> Subjects<'e> {
    /// Of those events with these ids.
    pub(super) fn new(events: &'e [ReceivedEvent], wanted: &Set<Uuid>) -> Self {
        let mut runs = Map::default();
        if !wanted.is_empty() {
            for event in events {
                step(1);
                if wanted.contains(&event.id)
                    && let Some(run) = run_of(event)
                {
                    runs.insert(event.id, run);
                }
            }
        }
        Subjects(runs)
    }

    /// The `prefect.resource.id` of the flow run: in the labels, otherwise that of the triggering event.
    pub(super) fn of<'f>(&self, labels: &'f [(SharedText, SharedText)], event: Option<Uuid>) -> Option<&'f str>
    where
        'e: 'f,
    {
        step(labels.len());
        let own = labels.iter().map(|(_, value)| &**value).find(|value| value.starts_with(FLOW_RUN));
        own.or_else(|| self.0.get(&event?).copied())
    }
}

/// The flow run that an event is about, or that it is related to.
pub(super) fn run_of(event: &ReceivedEvent) -> Option<&str> {
    step(event.related.len());
    let own = event.resource.get(RESOURCE_ID).map(|id| &**id).filter(|id| id.starts_with(FLOW_RUN));
    own.or_else(|| {
        let run = event.related.iter().find(|one| one.get(RESOURCE_ROLE).is_some_and(|role| &**role == "flow-run"))?;
        run.get(RESOURCE_ID).map(|id| &**id)
    })
}

/// The name of a run, and its state at some time.
pub(super) fn state(lives: &Lives<'_>, run: Option<&str>, at: Instant) -> (Option<String>, Option<RunOutcome>) {
    let life = run.and_then(|run| lives.get(run));
    let name = life.and_then(|life| life.name).or(run).map(str::to_owned);
    (name, life.map(|life| life.outcome(at)))
}
