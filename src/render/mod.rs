//! Results as text: for terminals, pull requests and CI.
//!
//! Every interface prints these texts: the command line, and others that embed the core.

mod options;
mod style;
mod table;
mod number;
mod curve;

pub use curve::render_window_curve;
pub use options::{Format, RenderOptions};
