//! Whether a captured run was alive.

use crate::catalogue::runs::{FINAL_TYPES, FLOW_RUN, HEARTBEAT, TASK_RUN};
use crate::event::{RESOURCE_ID, RESOURCE_NAME, RESOURCE_ROLE, ReceivedEvent};
use crate::text::steps::step;
use crate::text::table::{Map, Set};
use crate::time::Instant;

use super::meaning::{RunOutcome, outcome_of};

/// The life of a captured run.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Life<'e> {
    pub name: Option<&'e str>,
    /// When it reached a final state by itself, not by the action of an automation.
    pub ends: Option<Instant>,
    /// Its last heartbeat, change of state, or event of one of its task runs.
    pub last_sign: Option<Instant>,
    /// When an automation's action gave it a final state.
    pub ended_by_action: Option<Instant>,
}

impl Life<'_> {
    /// Whether the run was alive.
    pub(crate) fn outcome(&self, at: Instant) -> RunOutcome {
        outcome_of(at, self.ends, self.last_sign)
    }
}

/// The captured flow runs, by their `prefect.resource.id`.
#[derive(Debug, Default)]
pub(crate) struct Lives<'e>(Map<&'e str, Life<'e>>);

impl<'e> Lives<'e> {
    /// `consequences`: the indexes of the events that automations caused, ascending: no signs of life.
    pub(crate) fn new(events: &'e [ReceivedEvent], consequences: &[usize]) -> Self {
        let mut caused: Set<usize> = Set::default();
        for place in consequences {
            caused.insert(*place);
        }
        let mut lives = Lives::default();
        for (place, event) in events.iter().enumerate() {
            step(1);
            lives.add(event, caused.contains(&place));
        }
        lives
    }

    fn add(&mut self, event: &'e ReceivedEvent, is_caused: bool) {
        if event.name.starts_with(TASK_RUN) {
            let is_flow_run = |role: &str| role == "flow-run";
            let run = event.related.iter().find(|one| one.get(RESOURCE_ROLE).is_some_and(|role| is_flow_run(role)));
            if let Some(id) = run.and_then(|run| run.get(RESOURCE_ID)).filter(|_| !is_caused) {
                self.sign(id, event.occurred);
            }
            return;
        }
        let label = |name: &str| event.resource.get(name).map(|value| &**value);
        let Some(id) = label(RESOURCE_ID).filter(|id| id.starts_with(FLOW_RUN)) else { return };
        let life = self.0.or_default(id);
        life.name = label(RESOURCE_NAME).or(life.name);
        let is_final = label("prefect.state-type").is_some_and(|kind| FINAL_TYPES.contains(&kind));
        if is_caused {
            if is_final {
                earliest(&mut life.ended_by_action, event.occurred);
            }
            return;
        }
        if is_final {
            earliest(&mut life.ends, event.occurred);
        } else if &*event.name == HEARTBEAT || label("prefect.state-type").is_some() {
            self.sign(id, event.occurred);
        }
    }

    fn sign(&mut self, id: &'e str, at: Instant) {
        let life = self.0.or_default(id);
        life.last_sign = life.last_sign.max(Some(at));
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Life<'e>> {
        self.0.get(id)
    }

    /// In order of appearance.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'e str, &Life<'e>)> {
        self.0.iter().map(|(id, life)| (*id, life))
    }
}

fn earliest(time: &mut Option<Instant>, at: Instant) {
    *time = Some(time.map_or(at, |time| time.min(at)));
}
