//! A firing on a live server as text.

use crate::watch::WatchedFiring;

use super::json::{escaped_json, line};
use super::options::{Format, RenderOptions};
use super::simulation::{ResourceNames, firing_lines};
use super::style::Style;

/// A firing in a format: `json`: one line; others as `pretty`, as [`render_simulation`](super::render_simulation) lists it.
#[must_use]
pub fn render_watched(fired: &WatchedFiring, options: &RenderOptions) -> String {
    if options.format == Format::Json {
        return escaped_json(&line(fired)) + "\n";
    }
    let name = fired.is_one_of_several.then_some(&*fired.automation);
    firing_lines(&fired.firing, name, &ResourceNames::default(), Style { colour: options.colour }).join("\n") + "\n"
}
