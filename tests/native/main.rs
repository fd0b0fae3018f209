//! The core as a library: its behaviour against what the real Prefect did.
// A test may fail loudly, and is read for its cases, not for its style.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::pedantic,
    clippy::string_slice,
    clippy::type_complexity,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod archive;
mod archive_replay;
mod automation;
mod automation_schema;
mod backtest;
mod cache;
mod generate;
mod generate_errors;
mod generate_recorded;
mod cases;
mod check_cases;
mod client;
mod client_endless;
mod command;
mod coverage;
mod custom;
mod documentation;
mod envelope;
mod event_reader;
mod examples;
mod explanations;
mod faults;
mod fuzz;
mod history;
mod implied;
mod inputs;
mod layers;
mod limits;
mod live;
mod mutation;
mod options;
mod positions;
mod properties;
mod proportion_backtest;
mod proportion_generate;
mod proportion_simulate;
mod proportion;
mod proportion_documents;
mod reach;
mod reference;
mod rendered;
mod replay;
mod replay_stream;
mod routes;
mod same_as_package;
mod scenario_schema;
mod settings;
mod schema;
mod meaning;
mod simulate;
mod snapshot;
mod stream;
mod templates;
mod trigger;
mod truth;
mod watch;
mod yaml;
