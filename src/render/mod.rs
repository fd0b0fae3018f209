//! Results as text: for terminals, pull requests and CI.

mod actions;

pub use actions::render_actions;
