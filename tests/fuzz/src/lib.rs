//! What must hold for any input, one function for each fuzz target. `tests/native/fuzz.rs` includes this file too, and
//! runs the functions on the committed seeds.
//!
//! A function panics if its property does not hold.

pub mod actions;
pub mod archive;
pub mod backtest;
pub mod check;
pub mod chunks;
pub mod commands;
pub mod curve;
mod damage;
pub mod event;
pub mod examples;
pub mod expectations;
pub mod files;
pub mod fixes;
pub mod freezing;
pub mod heartbeats;
pub mod history;
mod input;
pub mod json;
pub mod options;
mod printed;
pub mod records;
pub mod references;
pub mod rendered;
pub mod replay;
pub mod reports;
pub mod responses;
pub mod schemas;
pub mod settings;
pub mod simulate;
mod small;
pub mod snapshots;
pub mod validate;
pub mod warm;
pub mod yaml;

/// The targets by name.
pub const TARGETS: [(&str, fn(&[u8])); 29] = [
    ("validate", validate::target),
    ("chunks", chunks::target),
    ("warm", warm::target),
    ("json", json::target),
    ("yaml", yaml::target),
    ("check", check::target),
    ("simulate", simulate::target),
    ("expectations", expectations::target),
    ("replay", replay::target),
    ("event", event::target),
    ("history", history::target),
    ("schemas", schemas::target),
    ("fixes", fixes::target),
    ("options", options::target),
    ("actions", actions::target),
    ("responses", responses::target),
    ("snapshots", snapshots::target),
    ("archive", archive::target),
    ("records", records::target),
    ("heartbeats", heartbeats::target),
    ("settings", settings::target),
    ("backtest", backtest::target),
    ("commands", commands::target),
    ("files", files::target),
    ("rendered", rendered::target),
    ("curve", curve::target),
    ("freezing", freezing::target),
    ("references", references::target),
    ("examples", examples::target),
];
