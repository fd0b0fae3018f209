//! Automation documents: what they are, and how the Prefect server reads them.

mod check;
pub(crate) mod fields;
pub(crate) mod heartbeats;
mod model;
mod outline;
pub mod read;
pub mod schema;
#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use check::TEMPLATE_FILTERS;
pub use check::{CheckOptions, CheckReport, PrefectVersion, Route, check};
pub(crate) use check::{is_nested_too_deeply, is_template_filter, is_template_test, known_fields, template_problem};
pub use model::{Action, Automation, Composite, EventTrigger, Order, Posture, Specification, Trigger};
pub use outline::{OutlinedDuration, OutlinedNumber, OutlinedTexts, Required, TriggerOutline, TriggerType};
pub use read::MAX_NESTING;
