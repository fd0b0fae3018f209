//! A simulation as text.

use std::collections::{BTreeSet, VecDeque};

use serde::Serialize;
use uuid::Uuid;

use crate::event::SharedText;
use crate::simulate::{
    ActionEffect, Lane, RecordedActions, RecordedFirings, RenderedFiring, RenderedFirings, SimulationResult,
};
use crate::text::table::Map;
use crate::time::Instant;
use crate::time::span::decimal;
use crate::trigger::Firing;

use super::actions::render_actions;
use super::coverage::coverage_tables;
use super::documents::about_document;
use super::json::json;
use super::naming::{display_name, plural};
use super::options::{Format, RenderOptions};
use super::printable::printable;
use super::problems::{file_of as file_of_finding, not_played};
use super::style::Style;
use super::timeline::draw;

/// How many runs are named if one is unknown.
const MOST_RUNS: usize = 10;
/// How many firings are listed that happen only in another order of events.
const MOST_REVERSED: usize = 10;
/// How many kinds of events are named that actions caused.
const MOST_EFFECTS: usize = 3;

/// What is shown of a simulation.
#[derive(Clone, Copy, Default)]
pub struct SimulationView<'v> {
    /// Every decision.
    pub trace: bool,
    /// Only the run with this name or id; the totals count all runs.
    pub run: Option<&'v str>,
    /// What the actions of each firing do.
    pub actions: Option<&'v RenderedFirings>,
}

/// The result has no run with a name; displayed as a sentence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownRun(String);

impl std::fmt::Display for UnknownRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UnknownRun {}

#[derive(Serialize)]
struct WithActions<'r> {
    #[serde(flatten)]
    result: &'r SimulationResult,
    actions: &'r [RenderedFiring],
}

/// A result in a format: `pretty` or `json`; others are as `pretty`. The drawing needs a result with decisions and a
/// timeline.
///
/// # Errors
/// No run has the name in the view.
pub fn render_simulation(
    result: &SimulationResult,
    view: SimulationView<'_>,
    options: &RenderOptions,
) -> Result<String, UnknownRun> {
    if options.format == Format::Json {
        return Ok(match view.actions {
            Some(RenderedFirings { firings, .. }) => json(&WithActions { result, actions: firings }),
            None => json(result),
        });
    }
    let style = Style { colour: options.colour };
    if !result.errors.is_empty() {
        return Ok(about_document(&result.errors, &file_of(result, options), style) + "\n");
    }
    let all = if result.automations.is_empty() { std::slice::from_ref(result) } else { &*result.automations };
    if let Some(run) = view.run {
        let lanes: Vec<&Lane> = all.iter().flat_map(lanes).collect();
        if !lanes.iter().any(|lane| is_run(lane, run)) {
            let after = all.iter().find(|one| one.before_start > 0).and_then(|one| one.start);
            return Err(unknown_run(run, &lanes, after));
        }
    }
    let mut texts = ActionTexts::new(view.actions, options.colour);
    let parts = all.iter().map(|one| pretty(one, view, &mut texts, options.width(), style));
    Ok(warnings(result, options, style) + &parts.collect::<Vec<_>>().join("\n"))
}

/// Warnings about the input.
pub(super) fn warnings(result: &SimulationResult, options: &RenderOptions, style: Style) -> String {
    let mut all = not_played(&result.not_played, options, &|found, file| about_document(found, file, style));
    if !result.warnings.is_empty() {
        all.insert(0, about_document(&result.warnings, &file_of(result, options), style));
    }
    all.iter().flat_map(|one| [one, "\n\n"]).collect()
}

/// The file that the findings of a result are about.
pub(super) fn file_of(result: &SimulationResult, options: &RenderOptions) -> String {
    file_of_finding(result.found_in, result.events_index, options)
}

fn lanes(result: &SimulationResult) -> &[Lane] {
    result.timeline.as_ref().map_or(&[], |timeline| &*timeline.lanes)
}

/// By its name, its id, or its id without the common prefix.
fn is_run(lane: &Lane, run: &str) -> bool {
    let is_id = |id: &String| id == run || id.strip_suffix(run).is_some_and(|rest| rest.ends_with('.'));
    lane.name == run || lane.id.as_ref().is_some_and(is_id)
}

fn unknown_run(run: &str, lanes: &[&Lane], after: Option<Instant>) -> UnknownRun {
    let names: Vec<String> = lanes.iter().take(MOST_RUNS).map(|lane| printable(&lane.name)).collect();
    let more = lanes.len().saturating_sub(MOST_RUNS);
    let more = if more > 0 { format!(", … {more} more") } else { String::new() };
    let there =
        if names.is_empty() { "there are none".to_owned() } else { format!("there are {}{more}", names.join(", ")) };
    let after = after.map(|start| format!(" with events after {} (--start)", start.rfc3339())).unwrap_or_default();
    UnknownRun(format!("there is no run {}{after}: {there}", display_name(run)))
}

/// What identifies a firing.
type Key = (Instant, String, Option<Uuid>, Vec<(SharedText, SharedText)>);

fn key_of(firing: &Firing) -> Key {
    let event = firing.event.as_ref().map(|event| event.id);
    (firing.at, firing.trigger.path.clone(), event, firing.labels.clone())
}

/// The texts about the actions of each firing: those of several automations in their order.
struct ActionTexts(Map<Key, VecDeque<String>>);

impl ActionTexts {
    fn new(actions: Option<&RenderedFirings>, colour: bool) -> Self {
        let mut texts: Map<Key, VecDeque<String>> = Map::default();
        for RenderedFiring { firing, actions } in actions.iter().flat_map(|actions| &actions.firings) {
            texts.or_default(key_of(firing)).push_back(render_actions(actions, colour));
        }
        ActionTexts(texts)
    }

    fn next(&mut self, firing: &Firing) -> Option<String> {
        self.0.get_mut(&key_of(firing))?.pop_front()
    }
}

/// The names of what firings are about, by its id.
pub(super) type ResourceNames<'r> = Map<&'r str, &'r str>;

fn pretty(
    result: &SimulationResult,
    view: SimulationView<'_>,
    actions: &mut ActionTexts,
    width: usize,
    style: Style,
) -> String {
    let decisions = result.decisions.as_deref().unwrap_or_default();
    let all = lanes(result);
    let own: Vec<&Lane> = all.iter().filter(|lane| view.run.is_none_or(|run| is_run(lane, run))).collect();
    // Firings must not get lost in a long list.
    let (mut shown, quiet): (Vec<&Lane>, Vec<&Lane>) = own.iter().partition(|lane| !lane.fired.is_empty());
    shown.extend(quiet);
    let mut lines: Vec<String> = result.automation.iter().map(|name| style.bold(&printable(name))).collect();
    let rows = draw(&shown, decisions, None, width, style);
    if !rows.is_empty() {
        lines.extend(rows);
        lines.push(String::new());
    }
    if view.trace {
        let indexes =
            view.run.map(|_| own.iter().flat_map(|lane| lane.decisions.iter().flatten()).collect::<BTreeSet<_>>());
        for (index, decision) in decisions.iter().enumerate() {
            if indexes.as_ref().is_none_or(|indexes| indexes.contains(&index)) {
                let (at, kind) = (style.dim(&decision.at.rfc3339()), decision.kind().name());
                lines.push(format!("{at}  {kind:<10}  {}", printable(&decision.reason_sentence())));
            }
        }
        lines.push(String::new());
    }
    let mut names = ResourceNames::default();
    for lane in all {
        if let Some(id) = &lane.id {
            names.insert(id, &lane.name);
        }
    }
    let ids: Vec<&str> = own.iter().filter_map(|lane| lane.id.as_deref()).collect();
    for firing in &result.firings {
        if view.run.is_some() && !firing.labels.iter().any(|(_, value)| ids.contains(&&**value)) {
            continue;
        }
        lines.extend(firing_lines(firing, None, &names, style));
        if let Some(text) = actions.next(firing).filter(|text| !text.is_empty()) {
            lines.push(text.strip_suffix('\n').unwrap_or(&text).to_owned());
        }
    }
    if result.firings.iter().any(|firing| firing.if_silent) {
        lines.push(style.dim("may fire: the trigger fires only if nothing came after the last captured event"));
    }
    if view.run.is_some() {
        lines.extend([String::new(), "all runs:".to_owned()]);
    }
    lines.extend(ticks(result, style));
    chance(&mut lines, result, &names, style);
    notes(&mut lines, result);
    lines.push(conclusion(result));
    if result.reason.is_some() {
        lines.extend(coverage_tables(result.coverage.as_deref().unwrap_or_default(), style));
    }
    lines.join("\n") + "\n"
}

/// When a trigger fired, what the firing is about, and why. `automation`: its name, if it is not clear.
pub(super) fn firing_lines(
    firing: &Firing,
    automation: Option<&str>,
    names: &ResourceNames<'_>,
    style: Style,
) -> Vec<String> {
    let verb = if firing.if_silent { style.yellow("may fire") } else { style.red("fired") };
    let name = automation.map(|name| ["  ", &style.bold(&printable(name))].concat()).unwrap_or_default();
    let mut lines = vec![format!("{verb} {}{name}{}", firing.at.rfc3339(), labels(firing, names))];
    let reason = firing.reason_sentence();
    if !reason.is_empty() {
        lines.push(format!("      {}", printable(&reason)));
    }
    lines
}

fn conclusion(result: &SimulationResult) -> String {
    let undelivered = result.undelivered;
    let reason = match &result.reason {
        Some(reason) => format!(": {}", printable(reason)),
        None if undelivered > 0 => format!("; {} would arrive after the end", plural(undelivered as u64, "event")),
        None => String::new(),
    };
    let is_uncertain = !result.firings.is_empty() && result.firings.iter().all(|firing| firing.if_silent);
    let never = if is_uncertain { "never fires in these events; " } else { "" };
    format!("the automation {never}{}{reason}", fires(&result.firings, is_uncertain))
}

/// How much the times of firings depend on when the server's loop runs.
fn ticks(result: &SimulationResult, style: Style) -> Option<String> {
    let milliseconds = |at: Instant| at.0.div_euclid(1000);
    let widths = result.firings.iter().filter_map(|firing| firing.span);
    let widths = widths.map(|span| milliseconds(span.latest).saturating_sub(milliseconds(span.earliest)));
    let (least, most) = widths.fold(None, |known: Option<(i64, i64)>, width| {
        Some(known.map_or((width, width), |(least, most)| (least.min(width), most.max(width))))
    })?;
    let seconds = |width: i64| decimal(width.unsigned_abs().saturating_mul(1000));
    let width = if least == most { seconds(most) } else { format!("{} to {}", seconds(least), seconds(most)) };
    Some(style.dim(&format!("a real server fires up to {width} s after the end of a window")))
}

fn chance(lines: &mut Vec<String>, result: &SimulationResult, names: &ResourceNames<'_>, style: Style) {
    let Some(found) = &result.by_chance else { return };
    let (here, reversed) = (found.only_here.len(), found.only_reversed.len());
    let mut changes = Vec::new();
    if here > 0 {
        changes.push(format!("{} would not happen", plural(here as u64, "firing")));
    }
    if reversed > 0 {
        changes.push(format!("{} would happen", plural(reversed as u64, "other firing")));
    }
    lines.push(style.yellow(&format!(
        "{} arrive at the same instant as another: a server evaluates them in random order. In the opposite order, {}",
        plural(found.events as u64, "event"),
        changes.join(", and ")
    )));
    let some = found.only_reversed.iter().take(MOST_REVERSED);
    lines.extend(some.map(|firing| format!("      {}{}", firing.at.rfc3339(), labels(firing, names))));
}

/// Notes that explain a replay.
fn notes(lines: &mut Vec<String>, result: &SimulationResult) {
    let mut note = |text: &str| lines.push(printable(text));
    if result.before_start > 0 {
        let is = if result.before_start == 1 { "is" } else { "are" };
        let earlier = plural(result.before_start as u64, "earlier event");
        let start = result.start.map(Instant::rfc3339).unwrap_or_default();
        note(&format!("the replay starts at {start}: {earlier} {is} not evaluated (--start)"));
    }
    if let Some(leaders) = &result.missing_leaders
        && (leaders.firings > 0 || leaders.firings_without != result.firings.len())
    {
        note(&[&leaders.message, " (--ignore-missing-leaders)"].concat());
    }
    if let Some(RecordedFirings { matched, pairs, only_here, only_recorded, .. }) = &result.recorded {
        let most = pairs.iter().map(|pair| pair.seconds.unsigned_abs()).max().unwrap_or_default();
        let tenths = most.saturating_add(50_000) / 100_000;
        let apart = Some(decimal(tenths.saturating_mul(100_000))).filter(|_| *matched > 0);
        let apart = apart.map(|apart| format!(" (at most {apart} s apart)")).unwrap_or_default();
        let recorded = plural(matched.saturating_add(only_recorded.len()) as u64, "firing");
        note(&format!(
            "the server recorded {recorded} of this automation: the replay has {matched} of them{apart}, and {} that \
             the server did not record",
            only_here.len()
        ));
    }
    if let Some(RecordedActions { effects, left_out, .. }) = &result.recorded_actions {
        match (left_out, &**effects) {
            (true, []) => {
                note("the recorded actions of the automation caused no events, so nothing is left out");
            }
            (true, effects) => note(&format!("left out: {} that the automation's own actions caused", caused(effects))),
            (false, []) => {}
            (false, effects) => note(&format!(
                "these events include {} that the automation's own actions caused, which changes what follows \
                 (--without-actions)",
                caused(effects)
            )),
        }
    }
}

fn caused(effects: &[ActionEffect]) -> String {
    let mut counts: Map<&str, usize> = Map::default();
    for effect in effects {
        let count = counts.or_default(&*effect.event);
        *count = count.saturating_add(1);
    }
    let all: Vec<String> = counts
        .iter()
        .map(|(event, count)| if *count > 1 { format!("{count} {event}") } else { (*event).to_owned() })
        .collect();
    let named: Vec<&str> = all.iter().take(MOST_EFFECTS).map(|one| &**one).collect();
    let more = if all.len() > MOST_EFFECTS { ", …" } else { "" };
    format!("{} ({}{more})", plural(effects.len() as u64, "event"), named.join(", "))
}

/// What a firing is about.
pub(super) fn labels(firing: &Firing, names: &ResourceNames<'_>) -> String {
    let value = |value: &str| match names.get(value) {
        // A lane without a name is named by the beginning of its id.
        Some(name) if !name.is_empty() && !value.contains(name) => format!("{name} ({value})"),
        _ => value.to_owned(),
    };
    let values: Vec<String> = firing.labels.iter().map(|(_, own)| value(own)).collect();
    if values.is_empty() { String::new() } else { ["  ", &printable(&values.join(", "))].concat() }
}

/// How often an automation fires. `verbless`: only the count of uncertain firings.
pub(super) fn fires(firings: &[Firing], verbless: bool) -> String {
    let silent = firings.iter().filter(|firing| firing.if_silent).count();
    let sure = firings.len().saturating_sub(silent);
    let more = "only if nothing came after the last event";
    match (sure, silent) {
        (0, 0) => "never fires".to_owned(),
        (sure, 0) => format!("fires {}", often(sure)),
        (0, silent) => format!("{}{} {more}", if verbless { "" } else { "fires " }, often(silent)),
        (sure, silent) => format!("fires {}; {} more {more}", often(sure), often(silent)),
    }
}

fn often(count: usize) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}
