//! The module for live servers: reads their events, compares firings, and tunes windows over heartbeats.

mod backtest;
mod client;
pub mod tune;
