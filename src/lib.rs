//! Validates and builds Prefect events, and decides triggers like the Prefect server.
//!
//! The modules stand in their one order: each may use those above it, never one below. A test holds them to it.

pub mod text;
pub mod json;
pub mod yaml;
pub mod time;
pub mod diagnostic;
pub mod catalogue;
pub mod explain;
pub mod event;
pub mod validate;
pub mod schema;
pub mod automation;
pub mod generate;
pub mod trigger;
pub mod simulate;
