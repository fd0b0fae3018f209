//! Events that are generated: single ones from the catalogue, and the histories of runs.

mod error;
mod event;
mod ids;
mod options;
mod random;
mod run;

pub use error::BuildError;
pub use event::{EventBuilder, Json, build_event, build_events, inputs};
pub use options::{BuildOptions, Seed};
pub use random::Random;
pub use run::{
    Break, BreakSpec, EntitySpec, GeneratedEvent, GeneratedRun, HeartbeatSpec, Heartbeats, History, InfrastructureSpec,
    Phase, RunMoment, RunPlan, RunSpec, Span, State, StateSpec, SubflowSpec, TaskSpec, build_run, generate_run,
    most_events, state_type,
};
