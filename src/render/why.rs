//! What happened to one run, as text.

use crate::backtest::Why;
use crate::text::phrase::count;

use super::json::json;
use super::options::{Format, RenderOptions};
use super::printable::printable;
use super::problems::lines_not_played;
use super::style::Style;

/// The explanation in a format: `pretty` or `json`; others are as `pretty`.
#[must_use]
pub fn render_why(why: &Why, options: &RenderOptions) -> String {
    if options.format == Format::Json {
        return json(why);
    }
    let style = Style { colour: options.colour };
    let state = why.state.as_ref().map(|state| format!("  {}", printable(state))).unwrap_or_default();
    let mut out = vec![format!("{} ({}){state}", style.bold(&printable(&why.run)), printable(&why.id))];
    out.push(format!("  {}", printable(&why.message)));
    if let Some(change) = &why.change {
        let file = options.file.as_ref().zip(change.line).map(|(file, line)| format!("  {}:{line}", printable(file)));
        out.push(String::new());
        out.push(style.dim(&format!("  one changed line{}", file.unwrap_or_default())));
        if !change.before.is_empty() {
            out.push(format!("    {}", style.red(&format!("- {}", printable(&change.before)))));
        }
        out.push(format!("    {}", style.green(&format!("+ {}", printable(&change.after)))));
        out.push(format!("  {}", printable(&change.message)));
        out.push(format!(
            "  on all events: {} firings before, {} after",
            count(change.firings_before),
            count(change.firings_after)
        ));
    }
    let unread = lines_not_played(&why.not_played, options, style);
    if !unread.is_empty() {
        out.push(String::new());
        out.extend(unread);
    }
    let mut text = out.join("\n");
    text.push('\n');
    text
}
