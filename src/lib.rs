//! Checks Prefect events and automations, builds events, and decides triggers like the Prefect server, on a virtual
//! clock.
//!
//! - [`validate`]: reports what is wrong with events, where, why, and how to fix it;
//! - [`recognise`]: detects the form of an input: events, automations, a `prefect.yaml`, a scenario, …;
//! - [`automation`]: checks automations and the triggers of deployments;
//! - [`action`]: renders the actions of a firing as the server would;
//! - [`simulate`]: plays scenarios and captured events to an automation, and explains each decision;
//! - [`tune`]: false alarms of a window over heartbeats against the delay until it fires;
//! - [`backtest`]: compares a replay with the firings that a server recorded;
//! - [`client`]: says which requests to send to a server, and reads its responses;
//! - [`watch`]: plays the events of a live server to automations, as they come;
//! - [`render`]: results as text for people and for CI;
//! - [`archive`]: reports on archives that no process holds as a whole;
//! - [`command`]: the commands of the command lines, without files and terminals of their own;
//! - [`generate`]: builds single events and the histories of runs;
//! - [`explain`], [`catalogue`], [`schema`]: what codes and events mean, and JSON Schemas of events.
//!
//! ```
//! use prefect_events::diagnostic::TextOptions;
//! use prefect_events::validate::{ValidateOptions, validate};
//!
//! let text = br#"{"event": "acme.order.created", "occurred": "2026-03-31T18:30:00Z", "resource": {},
//!   "id": "01a1ffe4-419a-726f-8626-5e21f619db83"}"#;
//! let report = validate(text, TextOptions::default(), &ValidateOptions::default());
//! assert_eq!(report.diagnostics[0].code, "missing-resource-id");
//! ```
//!
//! The crate has no clock and no random source: times, ids and seeds come from the caller, and results depend only on
//! the input. Options implement `serde::Deserialize` and reject unknown names; results implement
//! `serde::Serialize`.
//!
//! The feature `custom-schemas` (on by default) validates with JSON Schemas of your own; `typescript` derives the
//! TypeScript declarations of the npm package.
//!
//! The modules are in layer order: each may use those above it, never one below. A test checks it.
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![deny(clippy::missing_errors_doc)]

/// The version of this crate, and of the packages that contain it.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

pub mod text;
pub mod json;
pub mod yaml;
pub mod time;
pub mod diagnostic;
pub mod catalogue;
pub mod explain;
pub mod event;
pub mod recognise;
pub mod validate;
pub mod schema;
pub mod automation;
pub mod generate;
pub mod trigger;
pub mod action;
pub mod simulate;
pub mod tune;
pub mod backtest;
pub mod client;
pub mod watch;
pub mod render;
pub mod archive;
pub mod command;
#[cfg(feature = "typescript")]
mod typescript;
