//! The histories of runs.
//!
//! A [`RunSpec`] describes a run for [`build_run`], a [`RunPlan`] for a simulation. Both give a course: the events of
//! the flow run with the values that differ between them ([`flow_run`]). The entities that they are about or related
//! to ([`entities`]) fill the slots of their layouts, like the input for a single event.

mod client;
mod entities;
mod flow_run;
mod generated;
mod history;
mod plan;
mod planner;
mod read;
mod spec;
mod state;
mod tasks;

pub use generated::{GeneratedEvent, GeneratedRun, generate_run};
pub use history::{History, build_run};
pub use plan::{Break, Heartbeats, RunPhase, RunPlan, most_events};
pub use spec::{
    BreakSpec, EntitySpec, HeartbeatSpec, InfrastructureSpec, RunMoment, RunSpec, StateSpec, SubflowSpec, TaskSpec,
};
pub use state::{State, state_type};
