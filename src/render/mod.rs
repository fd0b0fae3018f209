//! Results as text: for terminals, pull requests and CI.
//!
//! Every interface prints these texts: the command line, and others that embed the core. Text of the input is printed with
//! its hidden characters made visible.

mod options;
mod printable;
mod style;
mod table;
mod junit;
mod github;
mod json;
mod problems;
mod chart;
mod backtest;

pub use backtest::render_backtest;
pub use options::{Format, RenderOptions};
pub use printable::{printable, printable_lines};
