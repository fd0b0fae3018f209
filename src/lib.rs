//! Validates and builds Prefect events, and decides triggers like the Prefect server.
//!
//! In reading order; a module uses those above it, never one below.

pub mod automation;
pub mod build;
pub mod catalogue;
pub mod diagnostic;
pub mod event;
mod hash;
pub mod json;
#[cfg(not(target_arch = "wasm32"))]
pub mod schema;
mod sentence;
pub mod simulate;
mod sort;
pub mod time;
pub mod trigger;
pub mod validate;
#[cfg(all(
    target_arch = "wasm32",
    any(feature = "module-events", feature = "module-authoring", feature = "module-schemas")
))]
mod wasm;
