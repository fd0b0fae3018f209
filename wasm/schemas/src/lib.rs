//! The module that validates events (`wasm/validation`) with the user's own JSON Schemas too.

pub use prefect_events_validation::*;
