//! Scenarios: an automation, and events or runs, played to the engine under a virtual clock.

mod advice;
mod document;
mod expectation;
mod frame;
pub(crate) mod reading;
mod replay;
mod result;
mod runs;
mod scenario;
mod simulation;

pub use advice::{Advice, Question, advise};
pub use document::{Document, MAX_EVENTS, PlayedRun};
pub use expectation::{Expectation, TestReport, test};
pub use reading::Text;
pub use replay::{Replay, replay};
pub use result::Simulation;
pub use scenario::{MAX_OUTCOME, MAX_TICKS, Scenario, ScenarioError, run};
pub use simulation::{Request, SimulationResult, simulate};
