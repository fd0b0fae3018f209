//! The core as a library: its behaviour against what the real Prefect did.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects
)]

mod cases;
mod documentation;
mod envelope;
mod explanations;
mod mutation;
mod positions;
mod properties;
mod truth;
