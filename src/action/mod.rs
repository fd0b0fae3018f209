//! What the actions of a firing get: texts of notifications, parameters of flow runs, and what they act on, rendered as
//! the server does (`server/events/actions.py`).
//!
//! Objects that only the server knows, such as `flow_run`, come from the events as far as they go, and from the caller
//! ([`FiringContext`] and `given` of [`render`]). What is unknown is marked.
//!
//! Templates run in minijinja. Where its values differ from Python's, they are changed to those of Python before they are
//! compiled: see `docs/actions.md`.

#![allow(
    clippy::match_same_arms,
    clippy::similar_names,
    clippy::single_match_else,
    reason = "tables of Python's types and operators are best read case by case"
)]

mod python;
mod rewrite;
mod run;
mod server_objects;
mod objects;
mod context;
mod parameters;
mod result;
mod rendered;
mod deployment_action;

pub use context::{FiredEvent, FiringContext};
pub(crate) use deployment_action::{implied_automation, name_deployment};
pub use rendered::{ActionOptions, render};
pub(crate) use rendered::{Given, render_with};
pub use result::{
    ActionFailure, ActionList, ActionTarget, ActionText, JsonType, NewState, RenderedAction, RenderedParameter,
    RendersToNothing, Use, ValueSource,
};
pub(crate) use run::Fuel;
pub use server_objects::{ServerObjects, ServerObjectsError};
