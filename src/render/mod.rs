//! Results as text: for terminals, pull requests and CI.
//!
//! Every interface prints these texts: the command line, and others that embed the core. Text of the input is printed with
//! its hidden characters made visible.

mod options;
mod printable;
mod clock;
mod style;
mod table;
mod junit;
mod github;
mod json;
mod problems;
mod chart;
mod number;
mod curve;
mod heartbeats;
mod actions;
mod backtest;
mod comparison;
mod why;
mod markup;
mod svg;
mod html;

pub use actions::render_actions;
pub use backtest::render_backtest;
pub use comparison::render_comparison;
pub use curve::render_window_curve;
pub use heartbeats::render_heartbeats;
pub use html::{report_html, simulation_html};
pub use options::{Format, RenderOptions};
pub use printable::{printable, printable_lines};
pub use why::render_why;
