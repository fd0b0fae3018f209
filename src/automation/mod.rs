//! Automation documents: what they are, and how the Prefect server reads them.

mod check;
mod model;
pub mod read;
#[cfg(test)]
mod tests;

pub use check::{CheckSettings, Version, check};
pub use model::{Action, Automation, Composite, EventTrigger, Order, Posture, Specification, Trigger};
pub use read::MAX_NESTING;
