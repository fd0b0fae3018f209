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
mod naming;
mod documents;
mod coverage;
mod timeline;
mod simulation;
mod watched;
mod versions;
mod tested;
mod advice;
mod built;
mod findings;
mod explanation;
mod event_type;

pub use actions::render_actions;
pub use advice::render_advice;
pub use backtest::render_backtest;
pub(crate) use built::rendered;
pub use built::{BuiltError, BuiltForm, render_built};
pub use comparison::render_comparison;
pub use curve::render_window_curve;
pub use event_type::render_event_type;
pub use explanation::render_explanation;
pub(crate) use findings::{Again, excerpts};
pub use findings::{Excerpt, FileFindings, FileResult, FindingsFormat, FindingsView};
pub use heartbeats::render_heartbeats;
pub use html::{report_html, simulation_html};
pub(crate) use json::json;
pub(crate) use naming::display_name;
pub use options::{Format, RenderOptions};
pub use printable::{printable, printable_lines};
pub use simulation::{SimulationView, UnknownRun, render_simulation};
pub use tested::{TestedFile, render_failures, render_tests};
pub use versions::render_version_comparison;
pub use watched::render_watched;
pub use why::render_why;
