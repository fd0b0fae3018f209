//! Events that are made: single ones from the catalogue, and the histories of runs.

mod event;
mod history;
mod ids;
mod options;
mod random;
mod run;
mod mistake;

pub use event::inputs;
pub use event::{EventLines, build_event, build_events};
pub use history::{History, build_run};
pub use mistake::Mistake;
pub use options::BuildOptions;
pub use random::Random;
pub use run::{Break, BuiltEvent, Heartbeats, Phase, RunSpec, State, history, most_events, state_type};
