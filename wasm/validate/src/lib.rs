//! The module that validates events.

pub use prefect_events_validation::*;
