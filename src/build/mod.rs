//! Events that are made: the histories of runs.

mod random;
mod run;

pub use random::Random;
pub use run::{Break, BuiltEvent, Heartbeats, Phase, RunSpec, State, history, most_events, state_type};
