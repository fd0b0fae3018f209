//! Events that are made: single ones from the catalogue, and the histories of runs.

#[cfg(any(not(target_arch = "wasm32"), feature = "module-authoring"))]
mod event;
#[cfg(any(not(target_arch = "wasm32"), feature = "module-authoring"))]
mod history;
mod ids;
#[cfg(any(not(target_arch = "wasm32"), feature = "module-authoring"))]
mod options;
mod random;
mod run;
#[cfg(any(not(target_arch = "wasm32"), feature = "module-authoring"))]
mod words;

#[cfg(not(target_arch = "wasm32"))]
pub use event::inputs;
#[cfg(any(not(target_arch = "wasm32"), feature = "module-authoring"))]
pub use event::{EventLines, build_event, build_events};
#[cfg(any(not(target_arch = "wasm32"), feature = "module-authoring"))]
pub use history::{History, build_run};
#[cfg(any(not(target_arch = "wasm32"), feature = "module-authoring"))]
pub use options::BuildOptions;
pub use random::Random;
pub use run::{Break, BuiltEvent, Heartbeats, Phase, RunSpec, State, history, most_events, state_type};
#[cfg(any(not(target_arch = "wasm32"), feature = "module-authoring"))]
pub use words::Mistake;
