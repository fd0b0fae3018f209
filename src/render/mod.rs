//! Results as text: for terminals, pull requests and CI.
//!
//! Every interface prints these texts: the command line, and others that embed the core. Text of the input is printed with
//! its hidden characters made visible.

mod options;
mod printable;
mod style;
mod table;
mod json;
mod chart;
mod number;
mod curve;
mod heartbeats;
mod actions;

pub use actions::render_actions;
pub use curve::render_window_curve;
pub use heartbeats::render_heartbeats;
pub use options::{Format, RenderOptions};
pub use printable::{printable, printable_lines};
