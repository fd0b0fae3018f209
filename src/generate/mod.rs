//! Events that are made: single ones from the catalogue, and the histories of runs.

mod event;
mod build_run;
mod ids;
mod options;
mod random;
mod flow_run;
mod mistake;

pub use build_run::{History, build_run};
pub use event::inputs;
pub use event::{EventLines, build_event, build_events};
pub use flow_run::{
    Break, GeneratedEvent, GeneratedRun, Heartbeats, Phase, RunPlan, State, generate_run, most_events, state_type,
};
pub use mistake::Mistake;
pub use options::BuildOptions;
pub use random::Random;
