//! The histories of runs.
//!
//! A run is described by a [`RunSpec`], for [`build_run`], or by a [`RunPlan`], for a simulation. Both give a course: the
//! events of the flow run with what differs between them ([`flow_run`]). What they are about and related to
//! ([`entities`]) comes into the slots of their layouts, as what is given for a single event does.

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
pub use plan::{Break, Heartbeats, Phase, RunPlan, most_events};
pub use spec::{
    BreakSpec, EntitySpec, HeartbeatSpec, InfrastructureSpec, RunMoment, RunSpec, Span, StateSpec, SubflowSpec,
    TaskSpec,
};
pub use state::{State, state_type};
