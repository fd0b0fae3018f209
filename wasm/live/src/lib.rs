//! The module for live servers: reads their events, compares firings, and tunes windows over heartbeats.

pub mod action;
mod backtest;
mod client;
pub mod tune;
