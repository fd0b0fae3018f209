//! Scenarios: an automation and events, played to the engine under a virtual clock.

mod result;
mod scenario;

pub use result::Simulation;
pub use scenario::{MAX_TICKS, Scenario, ScenarioError, run};
