//! The events of the worker or runner that executes a flow run.

use super::super::event::SlotValue;
use super::entities::{Entities, Givens};

/// The events of a worker or a runner about a flow run.
#[derive(Clone, Debug)]
pub(super) enum ClientEvent {
    Submitted { worker: Worker },
    Executed { worker: Worker, identifier: String, status_code: i64 },
    Cancelled { runner: String },
}

#[derive(Clone, Debug)]
pub(super) struct Worker {
    pub name: String,
    pub kind: String,
}

impl ClientEvent {
    pub(super) fn name(&self) -> &'static str {
        match self {
            ClientEvent::Submitted { .. } => "prefect.worker.submitted-flow-run",
            ClientEvent::Executed { .. } => "prefect.worker.executed-flow-run",
            ClientEvent::Cancelled { .. } => "prefect.runner.cancelled-flow-run",
        }
    }

    pub(super) fn give(&self, entities: &Entities, givens: &mut Givens<'_>) {
        match self {
            ClientEvent::Submitted { worker } => worker.give(entities, givens),
            ClientEvent::Executed { worker, identifier, status_code } => {
                worker.give(entities, givens);
                givens.fixed_text("infrastructure.identifier", identifier);
                givens.fixed("infrastructure.status_code", || SlotValue::Json(status_code.to_string().into()));
            }
            ClientEvent::Cancelled { runner } => {
                givens.fixed_text("runner.name", runner);
                givens.flow_run(&entities.flow_run);
                // It knows the flow only from the deployment.
                if entities.deployment.is_some() {
                    givens.deployment(entities.deployment.as_ref());
                    givens.flow(&entities.flow);
                }
                givens.texts("tags", &entities.tags);
            }
        }
    }
}

impl Worker {
    fn give(&self, entities: &Entities, givens: &mut Givens<'_>) {
        givens.fixed_text("worker.name", &self.name);
        givens.fixed_text("worker.type", &self.kind);
        givens.flow_run(&entities.flow_run);
        givens.flow(&entities.flow);
        givens.deployment(entities.deployment.as_ref());
        givens.work_pool(entities.work_pool.as_ref());
        givens.texts("tags", &entities.tags);
    }
}
