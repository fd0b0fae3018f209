//! A comparison of two versions of the server as text.

use crate::simulate::{Difference, VersionComparison};
use crate::text::table::Map;

use super::documents::about_document;
use super::json::json;
use super::naming::plural;
use super::options::{Format, RenderOptions};
use super::printable::printable;
use super::simulation::{file_of, fires, labels, warnings};
use super::style::Style;

/// The comparison in a format: `pretty` or `json`; others are as `pretty`.
#[must_use]
pub fn render_version_comparison(comparison: &VersionComparison, options: &RenderOptions) -> String {
    if options.format == Format::Json {
        return json(comparison);
    }
    let VersionComparison { v3_8, v3_9, differences } = comparison;
    let style = Style { colour: options.colour };
    if !v3_9.errors.is_empty() {
        return about_document(&v3_9.errors, &file_of(v3_9, options), style) + "\n";
    }
    let mut lines = Vec::new();
    for Difference { v3_8: old, v3_9: new, at, message } in differences {
        let about = old.as_ref().or(new.as_ref()).map(|firing| labels(firing, &Map::default())).unwrap_or_default();
        lines.push(format!("{}{about}", style.bold(&at.rfc3339())));
        lines.push(format!("      {}", printable(message)));
        if let (Some(old), Some(new)) = (old, new) {
            let [old, new] = [old, new]
                .map(|firing| firing.event.as_ref().map_or_else(|| "null".to_owned(), |event| event.id.to_string()));
            if old != new {
                lines.push(format!("      {}", style.dim(&format!("event {old} on 3.8, {new} on 3.9"))));
            }
        }
    }
    let count = match differences.len() {
        0 => "no difference".to_owned(),
        number => plural(number as u64, "difference"),
    };
    lines.push(format!("3.8 {}, 3.9 {}: {count}", fires(&v3_8.firings, false), fires(&v3_9.firings, false)));
    warnings(v3_9, options, style) + &lines.join("\n") + "\n"
}
