//! A backtest as text.

use crate::backtest::{
    AutomationBacktest, Backtest, DifferenceCause, Histogram, OnlyHere, OnlyRecorded, OutcomeCounts, Verdict,
};
use crate::simulate::{FoundIn, TriggerCoverage};
use crate::text::phrase::count;
use crate::text::steps::step;
use crate::time::Instant;
use crate::time::span::duration;
use crate::time::units::{HOUR, MINUTE};

use super::chart::{bars, grouped};
use super::clock::{clock, events, outcome_name};
use super::coverage::clause_name;
use super::github::{annotations, command};
use super::json::json;
use super::junit::{Case, Problem, Suite, testsuites};
use super::options::{Format, RenderOptions};
use super::printable::printable;
use super::problems::{file_of, lines, lines_not_played, unreadable};
use super::style::Style;
use super::table::columns;

/// The most differences of one side, and the most triggers, that are listed for people.
const MOST_LISTED: usize = 20;
const MOST_TRIGGERS: usize = 10;
/// The most spans of a histogram: years, by hour.
const MOST_SPANS: usize = 100_000;

/// A backtest in a format. `markdown` is that of people.
#[must_use]
pub fn render_backtest(backtest: &Backtest, options: &RenderOptions) -> String {
    if options.format == Format::Json {
        return json(backtest);
    }
    let file = file_of(backtest.found_in, backtest.events_index, options);
    if !backtest.errors.is_empty() {
        return unreadable(&backtest.errors, &file, options);
    }
    match options.format {
        Format::Junit => junit(backtest, options),
        Format::Github => github(backtest, options),
        _ => pretty(backtest, &file, options),
    }
}

fn pretty(backtest: &Backtest, file: &str, options: &RenderOptions) -> String {
    let style = Style { colour: options.colour };
    let mut out = lines(&backtest.warnings, file, style);
    out.extend(lines_not_played(&backtest.not_played, options, style));
    let captured = match (backtest.first, backtest.last) {
        (Some(first), Some(last)) => {
            let long = duration(last.since(first));
            format!("{}, received {} to {} UTC ({long})", events(backtest.events), clock(first), clock(last))
        }
        _ => "no events".to_owned(),
    };
    out.push(style.dim(&captured));
    for automation in &backtest.automations {
        out.push(String::new());
        one(&mut out, automation, style, options.width());
    }
    let number = |verdict| backtest.automations.iter().filter(|one| one.verdict == verdict).count();
    if backtest.automations.len() > 1 {
        let [agree, differ, not] = [Verdict::Agrees, Verdict::Differs, Verdict::NotCompared].map(number);
        out.push(String::new());
        let differ = if differ > 0 { style.red(&format!("{differ} differ")) } else { "0 differ".to_owned() };
        out.push(format!("{agree} of {} automations agree, {differ}, {not} not compared", backtest.automations.len()));
    }
    let mut text = out.join("\n");
    text.push('\n');
    text
}

fn name_of(automation: &AutomationBacktest) -> String {
    if automation.name.is_empty() { "the automation".to_owned() } else { printable(&automation.name) }
}

fn one(out: &mut Vec<String>, automation: &AutomationBacktest, style: Style, width: usize) {
    let mark = match automation.verdict {
        Verdict::Agrees => style.green("agrees"),
        Verdict::Differs => style.red("differs"),
        Verdict::NotCompared => style.yellow("not compared"),
    };
    out.push(format!("{}  {mark}", style.bold(&name_of(automation))));
    out.push(format!("  {}", printable(&automation.message)));
    if let Some(changed) = &automation.changed {
        out.push(format!("  {}", style.yellow(&printable(changed))));
    }
    let mut rows = Vec::new();
    let end = automation.end.map(|end| format!(" to {}", clock(end))).unwrap_or_default();
    rows.push(row("evaluated", &format!("from {}{end}", clock(automation.start))));
    let apart = automation.pairs.iter().map(|pair| pair.seconds.saturating_abs()).max();
    let apart = apart.map(|most| format!(", at most {} s apart", tenths(most))).unwrap_or_default();
    let compared = automation.verdict != Verdict::NotCompared;
    let recorded =
        if compared { format!(", {} on the server", count(automation.fired_recorded)) } else { String::new() };
    rows.push(row("fired", &format!("{} here{recorded}{apart}", count(automation.fired_here))));
    for (place, counts) in [("here", automation.outcomes_here), ("on the server", automation.outcomes_recorded)] {
        let shown = place == "here" || (compared && automation.outcomes_recorded != automation.outcomes_here);
        if let Some(runs) = outcomes(counts).filter(|_| shown) {
            rows.push(row("runs", &format!("{runs} ({place})")));
        }
    }
    if automation.if_silent > 0 {
        let number = count(automation.if_silent);
        rows.push(row("later", &format!("{number} more only if nothing came after the last event")));
    }
    out.extend(columns(&rows).into_iter().map(|line| format!("  {line}")));
    if let Some(leaders) = &automation.missing_leaders {
        out.push(format!("  {}", printable(&leaders.message)));
    }
    differences(out, automation, style);
    histogram(out, &automation.histogram, compared, width);
    if let Some(reason) = &automation.reason {
        out.push(format!("  it never fires here: {}", printable(reason)));
    }
    coverage(out, &automation.coverage, style);
}

fn row(name: &str, text: &str) -> Vec<String> {
    vec![name.to_owned(), text.to_owned()]
}

/// Seconds with one decimal place.
fn tenths(micros: i64) -> String {
    let tenths = micros.saturating_add(50_000) / 100_000;
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn outcomes(counts: OutcomeCounts) -> Option<String> {
    let parts = [(counts.alive, "alive"), (counts.finished, "finished"), (counts.silent, "silent")];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, state)| format!("{} {state}", count(number)))
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// One difference, whichever side it is on.
struct Difference {
    at: Instant,
    subject: String,
    outcome: &'static str,
    cause: DifferenceCause,
    reason: String,
}

fn only_here(automation: &AutomationBacktest) -> Vec<Difference> {
    step(automation.only_here.len());
    let one = |own: &OnlyHere| Difference {
        at: own.firing.at,
        subject: subject(own.run.as_ref(), own.firing.labels.first().map(|(_, value)| &**value)),
        outcome: outcome_name(own.outcome),
        cause: own.cause,
        reason: own.reason.clone(),
    };
    automation.only_here.iter().map(one).collect()
}

fn only_recorded(automation: &AutomationBacktest) -> Vec<Difference> {
    step(automation.only_recorded.len());
    let one = |own: &OnlyRecorded| Difference {
        at: own.firing.at,
        subject: subject(own.run.as_ref(), own.firing.labels.first().map(|(_, value)| &**value)),
        outcome: outcome_name(own.outcome),
        cause: own.cause,
        reason: own.reason.clone(),
    };
    automation.only_recorded.iter().map(one).collect()
}

/// The name of the run, otherwise the first value of `for_each`.
fn subject(run: Option<&String>, value: Option<&str>) -> String {
    run.cloned().or_else(|| value.map(str::to_owned)).unwrap_or_default()
}

fn differences(out: &mut Vec<String>, automation: &AutomationBacktest, style: Style) {
    let sides = [("only here", only_here(automation)), ("only on the server", only_recorded(automation))];
    for (place, all) in sides.into_iter().filter(|(_, all)| !all.is_empty()) {
        out.push(format!("  {place}"));
        for difference in all.iter().take(MOST_LISTED) {
            let cause = difference.cause.name();
            let cause = if difference.cause.counts() { style.red(cause) } else { style.dim(cause) };
            let subject = printable(&difference.subject);
            let parts = [&*subject, difference.outcome].into_iter().filter(|part| !part.is_empty());
            let about: String = parts.flat_map(|part| ["  ", part]).collect();
            out.push(format!("    {}{about}", clock(difference.at)));
            out.push(format!("      {cause}: {}", printable(&difference.reason)));
        }
        if all.len() > MOST_LISTED {
            out.push(format!("    … and {} more", count(all.len().saturating_sub(MOST_LISTED))));
        }
    }
}

/// Both sides below each other, each span at the same place.
fn histogram(out: &mut Vec<String>, histogram: &Histogram, compared: bool, width: usize) {
    let (Some(first), Some(last)) = (histogram.counts.first(), histogram.counts.last()) else { return };
    let span = histogram.span_seconds.0;
    let place = |from: Instant| {
        usize::try_from(from.since(first.from).checked_div(span).unwrap_or_default()).unwrap_or_default()
    };
    let number = place(last.from).saturating_add(1).min(MOST_SPANS);
    let (mut here, mut recorded) = (vec![0_usize; number], vec![0_usize; number]);
    for count in &histogram.counts {
        let place = place(count.from);
        if let (Some(own), Some(other)) = (here.get_mut(place), recorded.get_mut(place)) {
            (*own, *other) = (count.here, count.recorded);
        }
    }
    let (size, here) = grouped(&here, width.saturating_sub(12));
    let (_, recorded) = grouped(&recorded, width.saturating_sub(12));
    let most = here.iter().chain(&recorded).copied().max().unwrap_or_default();
    let each = match span.saturating_mul(i64::try_from(size).unwrap_or(i64::MAX)) {
        HOUR => "hour".to_owned(),
        MINUTE => "minute".to_owned(),
        span => duration(span),
    };
    let until = Instant(last.from.0.saturating_add(span));
    out.push(format!("  firings per {each}, {} to {}, at most {}", short(first.from), short(until), count(most)));
    out.push(format!("    here    {}", bars(&here, most)).trim_end().to_owned());
    if compared {
        out.push(format!("    server  {}", bars(&recorded, most)).trim_end().to_owned());
    }
}

/// `2026-03-01 12:00`
fn short(at: Instant) -> String {
    let text = clock(at);
    text.get(..16).unwrap_or(&text).to_owned()
}

/// How many events passed each clause.
fn coverage(out: &mut Vec<String>, all: &[TriggerCoverage], style: Style) {
    let triggers: Vec<&TriggerCoverage> = all.iter().filter(|trigger| !trigger.clauses.is_empty()).collect();
    for trigger in triggers.iter().take(MOST_TRIGGERS) {
        let path = if all.len() > 1 { format!(" of {}", trigger.path) } else { String::new() };
        out.push(style.dim(&format!("  events that passed each clause{path}")));
        let mut cells = Vec::new();
        for clause in &trigger.clauses {
            let near = clause.wanted.as_ref().map(|wanted| {
                let role = clause.role.as_ref().map(|role| format!(" in the role {role}")).unwrap_or_default();
                let near = clause.nearest.as_ref().map(|near| format!("; nearest: {near}")).unwrap_or_default();
                printable(&format!("  wanted: {wanted}{role}{near}"))
            });
            cells.push((clause_name(clause.clause), clause.passed, near.unwrap_or_default()));
        }
        if let Some(windows) = &trigger.windows {
            cells.push(("windows", windows.opened, String::new()));
        }
        let width = cells.iter().map(|(_, passed, _)| passed.to_string().len()).max().unwrap_or_default();
        for (name, passed, near) in cells {
            let number = format!("{passed:>width$}");
            let number = if passed == 0 { style.red(&number) } else { number };
            out.push(format!("    {name:<13}  {number}{near}"));
        }
    }
    if triggers.len() > MOST_TRIGGERS {
        out.push(style.dim(&format!("  … and {} more triggers", triggers.len().saturating_sub(MOST_TRIGGERS))));
    }
}

/// A test for each automation; a failure lists the differences that count.
fn junit(backtest: &Backtest, options: &RenderOptions) -> String {
    let case = |automation: &AutomationBacktest| Case {
        name: name_of(automation),
        failure: (automation.verdict == Verdict::Differs).then(|| Problem {
            message: automation.message.clone(),
            kind: Some("differs".to_owned()),
            text: Some(counting(automation).join("\n")),
        }),
        error: None,
    };
    let cases = backtest.automations.iter().map(case).collect();
    let name = options.file.clone().unwrap_or_else(|| "backtest".to_owned());
    let style = RenderOptions { colour: false, ..options.clone() };
    testsuites(&[Suite { name, cases, output: pretty(backtest, "", &style) }])
}

/// The differences that count, a line each.
fn counting(automation: &AutomationBacktest) -> Vec<String> {
    let sides = [("only here", only_here(automation)), ("only on the server", only_recorded(automation))];
    let mut out = Vec::new();
    for (place, all) in sides {
        for own in all.iter().filter(|own| own.cause.counts()).take(MOST_LISTED) {
            let subject = if own.subject.is_empty() { String::new() } else { format!(" {}", own.subject) };
            out.push(format!("{place}: {}{subject}: {}: {}", clock(own.at), own.cause.name(), own.reason));
        }
    }
    out
}

/// A warning for each event that was not played, an error for each automation that differs, a notice for each other one.
fn github(backtest: &Backtest, options: &RenderOptions) -> String {
    let mut out = String::new();
    for event in &backtest.not_played {
        let file = file_of(Some(FoundIn::Events), event.events_index, options);
        out.push_str(&annotations(&file, [&event.finding]));
    }
    for automation in &backtest.automations {
        let differs = automation.verdict == Verdict::Differs;
        let mut properties = Vec::new();
        if let Some(file) = &options.file {
            properties.push(("file", file.clone()));
        }
        properties.push(("title", format!("backtest: {}", name_of(automation))));
        let mut message = vec![automation.message.clone()];
        message.extend(counting(automation));
        out.push_str(&command(if differs { "error" } else { "notice" }, &properties, &message.join("\n")));
    }
    out
}
