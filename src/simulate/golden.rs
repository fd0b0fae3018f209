//! Freezes the firings of scenarios as their expectations.

use std::fmt::{self, Write};

use crate::diagnostic::Diagnostic;
use crate::diagnostic::edits::{Edits, insert_raw};
use crate::event::RESOURCE_ID;
use crate::json::{Kind, Span, Value, write};
use crate::text::order;
use crate::text::steps::step;
use crate::text::table::Map;
use crate::time::Instant;
use crate::time::span::compact;
use crate::trigger::Options;

use super::automations::Files;
use super::document::{Document, other_than_scenarios};
use super::judgement::{TestOptions, test_scenarios_with};
use super::reading::{DocumentText, Reading};
use super::scenario::play_sorted;

/// Why scenarios cannot be frozen: the text or one of them cannot be read or played.
#[derive(Clone, PartialEq, Debug)]
pub struct FreezeError {
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
}

/// The first finding, with its line.
impl fmt::Display for FreezeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(first) = self.diagnostics.first() else { return f.write_str("the firings do not meet themselves") };
        if let Some(range) = first.range {
            write!(f, "line {}: ", range.start.line)?;
        }
        f.write_str(&first.message)
    }
}

impl std::error::Error for FreezeError {}

/// The text of scenarios with their firings as expectations: each run that fires, how often and when; each that does not;
/// and how often the automation fires at all. Only `expect` changes, all else keeps its bytes. A scenario that meets such
/// expectations already stays as it is.
///
/// ```
/// use prefect_events::simulate::{Files, freeze_firings, test_scenarios};
///
/// let scenario = "
/// automation: crash-zombie-flows
/// heartbeat: {frequency: 30}  # as in production
/// runs: [{name: zombie, dies: 2m}, {name: healthy, ends: 5m}]
/// ";
/// let frozen = freeze_firings(scenario.into(), &Files::default()).unwrap();
/// assert!(frozen.contains("# as in production\n"));
/// assert!(frozen.ends_with("
/// expect:
///   - { run: zombie, fires: 1, between: [3m5s, 3m5s] }
///   - { run: healthy, never: true }
///   - { fires: 1 }
/// "));
/// assert!(test_scenarios((&*frozen).into()).passed);
/// ```
///
/// # Errors
/// If the text or one of its scenarios cannot be read or played.
pub fn freeze_firings(scenarios: DocumentText<'_>, files: &Files) -> Result<String, FreezeError> {
    let (edits, report) = scenarios.read(|root, reading| {
        if let Some(form) = other_than_scenarios(root) {
            reading.not_a_scenario(root, form);
            return None;
        }
        let list = if root.kind() == Kind::Array { Some(root) } else { root.get("scenarios") };
        let all: Vec<Value<'_>> = list.map_or_else(|| vec![root], |list| list.items().collect());
        let mut edits = Edits::new();
        for value in all {
            step(1);
            edits.extend(of_scenario(scenarios.bytes, files, value, reading)?);
        }
        Some(edits)
    });
    let Some(mut edits) = edits else { return Err(FreezeError { diagnostics: report.diagnostics }) };
    order::by_key(&mut edits, &mut |(span, _)| u64::from(span.start));
    // An alias of a scenario has its place.
    edits.dedup_by_key(|(span, _)| *span);
    let mut out: Vec<u8> = Vec::new();
    let mut at = 0_usize;
    for (Span { start, end }, text) in edits {
        out.extend_from_slice(scenarios.bytes.get(at..start as usize).unwrap_or_default());
        out.extend_from_slice(text.as_bytes());
        at = end as usize;
    }
    out.extend_from_slice(scenarios.bytes.get(at..).unwrap_or_default());
    let text = String::from_utf8_lossy(&out).into_owned();
    // What was written is what the test reads.
    let tested = test_scenarios_with((&*text).into(), &TestOptions { files: files.clone() });
    if tested.passed { Ok(text) } else { Err(FreezeError { diagnostics: tested.diagnostics().cloned().collect() }) }
}

/// The firings of a run, in order of time.
struct Frozen {
    /// `None`: of the whole automation.
    run: Option<String>,
    fired: Vec<Instant>,
}

fn of_scenario<'t>(text: &[u8], files: &Files, value: Value<'t>, reading: &mut Reading<'t>) -> Option<Edits> {
    let document = Document::read(value, files, None, reading, false)?;
    let played = play_sorted(&document.scenario, Options::default());
    let played = played.map_err(|error| reading.too_much(value, error.limit())).ok()?;
    let mut subjects: Map<_, _> = Map::default();
    for event in &document.scenario.events {
        step(1);
        subjects.insert(event.id, event.resource.get(RESOURCE_ID));
    }
    let mut by_run: Map<&str, Vec<Instant>> = Map::default();
    for firing in &played.outcome.firings {
        step(firing.labels.len());
        let label = firing.labels.iter().find(|(name, _)| **name == *RESOURCE_ID).map(|(_, value)| value);
        let event = firing.event.as_ref().filter(|_| firing.labels.is_empty());
        if let Some(run) = label.or_else(|| *subjects.get(&event?.id)?) {
            by_run.or_default(&**run).push(firing.at);
        }
    }
    // Copies of a run that never fire are one line.
    let mut any_fires: Map<&str, bool> = Map::default();
    for run in &document.runs {
        let own = any_fires.or_default(&*run.of);
        *own |= by_run.contains_key(&*run.resource);
    }
    let mut frozen: Vec<Frozen> = Vec::new();
    let mut silent: Map<&str, ()> = Map::default();
    for run in &document.runs {
        match by_run.get(&*run.resource) {
            Some(fired) => frozen.push(Frozen { run: Some(run.name.clone()), fired: fired.clone() }),
            None if any_fires.get(&*run.of) == Some(&true) => {
                frozen.push(Frozen { run: Some(run.name.clone()), fired: Vec::new() });
            }
            None if silent.insert(&*run.of, ()).is_none() => {
                frozen.push(Frozen { run: Some(run.of.clone()), fired: Vec::new() });
            }
            None => {}
        }
    }
    frozen.push(Frozen { run: None, fired: played.outcome.firings.iter().map(|firing| firing.at).collect() });
    Some(written(text, value, &frozen, document.scenario.start))
}

/// The edits that write expectations in the style of the scenario.
fn written(text: &[u8], scenario: Value<'_>, frozen: &[Frozen], start: Instant) -> Edits {
    let is_json = text.get(scenario.span().start as usize) == Some(&b'{');
    let entries: Vec<String> = frozen.iter().map(|one| entry(one, start, is_json)).collect();
    let flow = || {
        let mut list = String::from("[");
        for (place, entry) in entries.iter().enumerate() {
            list.push_str(if place > 0 { ", " } else { "" });
            list.push_str(entry);
        }
        list + "]"
    };
    let block = |margin: usize| {
        let between = format!("\n{}", " ".repeat(margin));
        let mut lines = String::new();
        for (place, entry) in entries.iter().enumerate() {
            lines.push_str(if place > 0 { &between } else { "" });
            lines.push_str("- ");
            lines.push_str(entry);
        }
        lines
    };
    // Merged from another scenario, it is not this one's to change.
    let whole = scenario.span();
    let is_own = |value: &Value<'_>| whole.start <= value.span().start && value.span().end <= whole.end;
    if let Some(value) = scenario.get("expect").filter(is_own) {
        let mut span = value.span();
        let dash = dash(text, span.start);
        span.start = dash.unwrap_or(span.start);
        let new = if dash.is_some() { block(column(text, span.start)) } else { flow() };
        // Nothing is written if it says the same.
        let same = text.get(span.start as usize..span.end as usize) == Some(new.as_bytes());
        return if same { Edits::new() } else { vec![(span, new)] };
    }
    if is_json {
        return insert_raw(text, scenario, "expect", &flow());
    }
    // At the end of the last line of the scenario, after a comment there.
    let margin = column(text, scenario.span().start);
    let end = scenario.span().end as usize;
    let rest = text.get(end..).unwrap_or_default();
    let line = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    let at = u32::try_from(end.saturating_add(line)).unwrap_or(u32::MAX);
    let space = " ".repeat(margin);
    let lines = block(margin.saturating_add(2));
    vec![(Span { start: at, end: at }, format!("\n{space}expect:\n{space}  {lines}"))]
}

/// Where a list in block style begins. One without an indentation of its own has the place of its first item.
fn dash(text: &[u8], at: u32) -> Option<u32> {
    if text.get(at as usize) == Some(&b'-') {
        return Some(at);
    }
    // The item can stand lines below its dash, behind comments.
    let mut before = text.get(..at as usize)?;
    loop {
        let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end.saturating_add(1));
        let (above, line) = before.split_at_checked(start)?;
        let behind = match line.trim_ascii_start() {
            [] | [b'#', ..] => None,
            [b'-', behind @ ..] => Some(behind),
            _ => return None,
        };
        if let Some(behind) = behind {
            let is_dash = matches!(behind.trim_ascii_start(), [] | [b'#', ..]);
            let dash = before.len().saturating_sub(behind.len()).saturating_sub(1);
            return is_dash.then(|| u32::try_from(dash).ok()).flatten();
        }
        before = above.strip_suffix(b"\n")?;
    }
}

/// How many bytes of its line come before a place.
fn column(text: &[u8], at: u32) -> usize {
    let before = text.get(..at as usize).unwrap_or_default();
    let line = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |place| place.saturating_add(1));
    before.len().saturating_sub(line)
}

/// An expectation in one line.
fn entry(frozen: &Frozen, start: Instant, is_json: bool) -> String {
    let key = |key: &str| if is_json { write::quoted(key) } else { key.to_owned() };
    let text = |text: &str| if is_json || !is_plain(text) { write::quoted(text) } else { text.to_owned() };
    let mut out = String::from(if is_json { "{" } else { "{ " });
    // Writing to a String cannot fail.
    if let Some(run) = &frozen.run {
        let _ = write!(out, "{}: {}, ", key("run"), text(run));
    }
    match (&*frozen.fired, &frozen.run) {
        ([], _) => {
            let _ = write!(out, "{}: true", key("never"));
        }
        (all, None) => {
            let _ = write!(out, "{}: {}", key("fires"), all.len());
        }
        ([first, ..], Some(_)) => {
            let last = frozen.fired.last().unwrap_or(first);
            let at = |at: &Instant| text(&compact(at.since(start)));
            let _ = write!(
                out,
                "{}: {}, {}: [{}, {}]",
                key("fires"),
                frozen.fired.len(),
                key("between"),
                at(first),
                at(last)
            );
        }
    }
    out.push_str(if is_json { "}" } else { " }" });
    out
}

/// Whether YAML reads it as a text without quotes.
fn is_plain(text: &str) -> bool {
    const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let is_word = |word: &str| text.eq_ignore_ascii_case(word);
    let is_duration = text.ends_with(['s', 'm', 'h', 'd']) && text.bytes().any(|byte| byte.is_ascii_digit());
    let begins = text.starts_with(|first: char| first.is_ascii_alphabetic()) || is_duration;
    begins
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        && !WORDS.iter().any(|word| is_word(word))
}
