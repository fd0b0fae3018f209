//! Two versions of automations on the same events, as text: a table for a terminal or for a pull request.

use crate::backtest::{ChangedFiring, ComparedAutomation, ComparedText, Comparison, FiringChange};
use crate::text::phrase::count;
use crate::text::steps::step;
use crate::time::Instant;
use crate::time::units::DAY;

use super::clock::{clock, events, outcome_name, time_of_day};
use super::json::json;
use super::options::{Format, RenderOptions};
use super::printable::printable;
use super::problems::{lines_not_played, number_not_played, unreadable};
use super::style::Style;
use super::table::{columns, markdown};

/// The most changes that are listed of one automation.
const MOST_LISTED: usize = 50;

/// A comparison in a format: `pretty`, `json` or `markdown`; others are as `pretty`.
#[must_use]
pub fn render_comparison(comparison: &Comparison, options: &RenderOptions) -> String {
    if options.format == Format::Json {
        return json(comparison);
    }
    if !comparison.errors.is_empty() {
        let name = |name: Option<&String>, otherwise: &str| name.map_or_else(|| otherwise.to_owned(), String::clone);
        let file = match comparison.found_in {
            Some(ComparedText::New) => name(options.new_file.as_ref(), "the new automation"),
            Some(ComparedText::Events) => {
                name(options.events.get(comparison.events_index.unwrap_or_default()), "the events")
            }
            _ => name(options.file.as_ref(), "the old automation"),
        };
        return unreadable(&comparison.errors, &file, options);
    }
    let is_long = comparison.first.zip(comparison.last).is_some_and(|(first, last)| last.since(first) >= DAY);
    let mut out = Vec::new();
    let markdown = options.format == Format::Markdown;
    let style = Style { colour: options.colour && !markdown };
    for automation in &comparison.automations {
        if markdown {
            in_markdown(&mut out, automation, is_long);
        } else {
            pretty(&mut out, automation, is_long, style);
        }
        out.push(String::new());
    }
    if markdown {
        out.extend(number_not_played(&comparison.not_played).map(|text| format!("<sub>{text}</sub>\n")));
    } else {
        out.extend(lines_not_played(&comparison.not_played, options, style));
    }
    let captured = match (comparison.first, comparison.last) {
        (Some(first), Some(last)) => {
            format!("{}, received {} to {} UTC", events(comparison.events), clock(first), clock(last))
        }
        _ => "no events".to_owned(),
    };
    out.push(if markdown { format!("<sub>{captured}</sub>") } else { style.dim(&captured) });
    let mut text = out.join("\n");
    text.push('\n');
    text
}

fn name_of(automation: &ComparedAutomation) -> String {
    if automation.name.is_empty() { "The automation".to_owned() } else { printable(&automation.name) }
}

/// A row: about, state, old, new, change.
fn row(change: &ChangedFiring, is_long: bool) -> Vec<String> {
    let time = |at: Option<Instant>| match at {
        None => "–".to_owned(),
        Some(at) if is_long => clock(at),
        Some(at) => time_of_day(at),
    };
    vec![
        change.about.as_deref().map(printable).unwrap_or_default(),
        outcome_name(change.outcome).to_owned(),
        time(change.old),
        time(change.new),
        change.message.clone(),
    ]
}

const HEAD: [&str; 5] = ["Run", "State", "Old", "New", "Change"];

fn left_out(automation: &ComparedAutomation) -> Option<String> {
    (automation.left_out > 0).then(|| {
        let number = events(automation.left_out);
        format!("not played: {number} that the recorded actions of this automation caused")
    })
}

fn in_markdown(out: &mut Vec<String>, automation: &ComparedAutomation, is_long: bool) {
    out.push(format!("**{}**: {}.", super::table::escaped(&name_of(automation)), automation.message));
    if automation.changes.is_empty() {
        out.push(String::new());
        out.push(format!("No firing changes ({} the same).", count(automation.same)));
    } else {
        let rows: Vec<Vec<String>> =
            automation.changes.iter().take(MOST_LISTED).map(|change| row(change, is_long)).collect();
        out.push(String::new());
        out.extend(markdown(&HEAD, &rows));
        let more = automation.changes.len().saturating_sub(MOST_LISTED);
        let more = if more > 0 { format!("… and {} more; ", count(more)) } else { String::new() };
        out.push(String::new());
        out.push(format!("{more}{} unchanged.", count(automation.same)));
    }
    out.extend(left_out(automation).map(|text| format!("\n<sub>{text}</sub>")));
}

fn pretty(out: &mut Vec<String>, automation: &ComparedAutomation, is_long: bool, style: Style) {
    step(automation.changes.len());
    out.push(style.bold(&name_of(automation)));
    out.push(format!("  {}", automation.message));
    out.extend(left_out(automation).map(|text| style.dim(&format!("  {text}"))));
    let mut rows = vec![HEAD.map(str::to_owned).to_vec()];
    rows.extend(automation.changes.iter().take(MOST_LISTED).map(|change| row(change, is_long)));
    if !automation.changes.is_empty() {
        for (place, line) in columns(&rows).into_iter().enumerate() {
            let change = place.checked_sub(1).and_then(|place| automation.changes.get(place));
            let line = match change.map(|change| change.change) {
                None => style.dim(&line),
                Some(FiringChange::Added) => style.red(&line),
                Some(FiringChange::Removed) => style.green(&line),
                Some(FiringChange::Moved) => line,
            };
            out.push(format!("  {line}"));
        }
    }
    let more = automation.changes.len().saturating_sub(MOST_LISTED);
    if more > 0 {
        out.push(format!("  … and {} more", count(more)));
    }
    out.push(format!("  {} unchanged", count(automation.same)));
}
