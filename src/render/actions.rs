//! Rendered actions as text.

use crate::action::{ActionList, ActionText, RenderedAction, RenderedParameter, RendersToNothing, ValueSource};

use super::printable::printable;
use super::style::Style;

/// The most values that are listed as unknown.
const MOST: usize = 10;

/// The actions of one firing, one after the other: lines with a newline at the end of each.
#[must_use]
pub fn render_actions(actions: &[RenderedAction], colour: bool) -> String {
    let style = Style { colour };
    let mut out = String::new();
    let mut line = |indent: usize, text: &str| {
        out.push_str(&" ".repeat(indent));
        out.push_str(text);
        out.push('\n');
    };
    for action in actions {
        let place =
            if action.list == ActionList::Actions { String::new() } else { [" (", action.list.name(), ")"].concat() };
        let kind = style.bold(&printable(&action.kind));
        let said = match &action.failure {
            Some(_) => style.red(&printable(&action.summary)),
            None => printable(&action.summary),
        };
        line(6, &[&kind, &*place, ": ", &said].concat());
        if let Some(detail) = action.failure.as_ref().and_then(|failure| failure.detail.as_deref()) {
            line(8, &printable(detail));
        }
        if let Some(unknown) = &action.unknown {
            line(8, &style.yellow(&printable(unknown)));
        }
        for text in &action.texts {
            for row in text_lines(text) {
                line(8, &row);
            }
            nothing(&text.nothing, style, &mut line);
        }
        if let Some(state) = &action.state {
            let force = if state.force { ", forced" } else { "" };
            line(8, &printable(&format!("state {} ({}){force}: {}", state.name, state.kind, state.message)));
        }
        if let Some(parameters) = &action.parameters {
            line(8, &["parameters ", &printable(parameters)].concat());
        }
        for parameter in &action.from_templates {
            line(8, &parameter_line(parameter));
            if let Some(hint) = &parameter.hint {
                line(10, &style.yellow(&printable(hint)));
            }
            nothing(&parameter.nothing, style, &mut line);
        }
        let unknown: Vec<&str> =
            action.uses.iter().filter(|used| used.source == ValueSource::Unknown).map(|used| &*used.name).collect();
        if !unknown.is_empty() {
            let more = unknown.len().saturating_sub(MOST);
            let named = unknown.iter().take(MOST).copied().collect::<Vec<_>>().join(", ");
            let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
            line(8, &style.dim(&printable(&format!("only the server knows {named}{rest}"))));
        }
    }
    out
}

/// `subject  Failed runs`: the further lines below the first.
fn text_lines(text: &ActionText) -> Vec<String> {
    let Some(rendered) = &text.text else { return Vec::new() };
    let mut lines = rendered.split('\n');
    let first = lines.next().unwrap_or_default();
    let mut rows = vec![format!("{:<8} {}", text.field, printable(first)).trim_end().to_owned()];
    rows.extend(lines.map(|rest| format!("{:<8} {}", "", printable(rest)).trim_end().to_owned()));
    rows
}

fn nothing(all: &[RendersToNothing], style: Style, line: &mut impl FnMut(usize, &str)) {
    for found in all {
        let near = found.near.as_ref().map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
        let place = if found.line > 1 { format!(" (line {})", found.line) } else { String::new() };
        let said = format!("`{}`{place} renders to nothing{near}", found.expression);
        line(10, &style.yellow(&printable(&said)));
    }
}

fn parameter_line(parameter: &RenderedParameter) -> String {
    let value = match (parameter.kind, &parameter.value) {
        (Some(kind), Some(value)) => format!("{} {value}", kind.name()),
        (None, Some(value)) => value.clone(),
        _ => "fails".to_owned(),
    };
    printable(&format!("{}  {} = {value}", parameter.pointer, parameter.template))
}
