//! Validates and builds Prefect events, and decides triggers like the Prefect server.
//!
//! In reading order; a module uses those above it, never one below.

mod sort;
pub mod json;
pub mod diagnostic;
pub mod time;
pub mod catalogue;
pub mod event;
pub mod validate;
#[cfg(target_arch = "wasm32")]
mod wasm;
