//! Why an automation did not fire: how far the events got in each trigger, and what happened to its windows.

use std::fmt::Write;

use serde::Serialize;

use crate::automation::{Automation, Composite, EventTrigger, Posture, Specification, Trigger};
use crate::event::RESOURCE_ROLE;
use crate::text::nearest::nearest;
use crate::text::order;
use crate::text::phrase::{count, shown};
use crate::text::steps::step;
use crate::text::table::Map;
use crate::time::span::duration;
use crate::trigger::coverage::{
    self as counted, CoverageReport, NearMiss, NearMisses, Passed, ReceivedNames, Seen, Windows,
};

use super::scenario::{Played, Scenario};

/// The most triggers that are listed.
const MOST_TRIGGERS: usize = 100;
/// The most values of one kind in a sentence, and in `seen`.
const MOST_NAMED: usize = 3;
const MOST_SEEN: usize = 10;

/// A clause of a trigger.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename_all = "snake_case"))]
pub enum Clause {
    /// `expect` and `after`: the names of events.
    Name,
    /// `match`
    Match,
    /// `match_related`
    MatchRelated,
    /// `for_each`: it stops no event, but those that lack a label share a window.
    ForEach,
    /// `after`: the events that open windows.
    After,
}

/// How many events passed one clause of a trigger.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct ClauseCoverage {
    /// Which clause.
    pub clause: Clause,
    /// How many events passed this clause and all clauses before it. For `after`: the events that open windows.
    pub passed: u64,
    /// How many of these are in `expect`. Absent for `after`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub expected: Option<u64>,
    /// What the clause requires, if it rejected events: `prefect.resource.name: nightli`, as in the trigger.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wanted: Option<String>,
    /// The role of the required related resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The nearest value among the rejected events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<String>,
    /// The values of the rejected events, most frequent first: at most 10.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<SeenValue>>"))]
    pub seen: Vec<SeenValue>,
}

/// A value, and how many events have it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SeenValue {
    /// The name of an event, or the value of a label.
    pub value: String,
    /// How often it was seen.
    pub events: u64,
}

/// What happened to the windows of a trigger.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct WindowCoverage {
    /// How many windows there were: opened or moved by an event, or following another window.
    pub opened: u64,
    /// The most events that counted in one window.
    pub reached: i64,
    /// How many events a Reactive trigger needs to fire, and a Proactive one not to fire.
    pub threshold: i64,
    /// For a Proactive trigger: in how many windows the expected events arrived in time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub answered: Option<u64>,
    /// The shortest time left in such a window when the last expected event arrived. Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub least_left_seconds: Option<crate::time::TimeSpan>,
    /// For a Proactive trigger: how many windows were still open at the end and can fire later.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub open: Option<u64>,
}

/// How many events passed each clause of a trigger, and why it did not fire.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct TriggerCoverage {
    /// `"$"` is the trigger of the automation, `"$.0.1"` one nested in it.
    pub path: String,
    /// How often it fired.
    pub fired: u64,
    /// The clauses, in the order of evaluation. Empty for composite triggers.
    pub clauses: Vec<ClauseCoverage>,
    /// The windows, of event triggers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub windows: Option<WindowCoverage>,
    /// Why it never fired: a sentence without a capital letter and a full stop. Absent if it fired.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How often each trigger of an automation fired, by its path.
#[derive(Clone, Debug, Default)]
pub(super) struct FiringCounts(Map<String, u64>);

impl FiringCounts {
    pub(super) fn add(&mut self, path: &str) {
        if let Some(count) = self.0.get_mut(path) {
            *count = count.saturating_add(1);
        } else {
            self.0.insert(path.to_owned(), 1);
        }
    }

    pub(super) fn of(&self, path: &str) -> u64 {
        self.0.get(path).copied().unwrap_or_default()
    }

    /// In the order of the paths.
    pub(super) fn save(&self) -> Vec<(String, u64)> {
        let mut all: Vec<(String, u64)> = self.0.iter().map(|(path, count)| (path.clone(), *count)).collect();
        all.sort_unstable();
        all
    }

    pub(super) fn restored(saved: Vec<(String, u64)>) -> Self {
        let mut all = Map::default();
        for (path, count) in saved {
            all.insert(path, count);
        }
        FiringCounts(all)
    }
}

/// Why an automation did not fire.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Coverage {
    /// Each trigger, parents before children.
    pub triggers: Vec<TriggerCoverage>,
    /// Of the automation. `None`: it fired.
    pub reason: Option<String>,
}

impl Coverage {
    /// Why it never fired, or only if nothing came after the capture; for automations that fired, only on request.
    pub(super) fn of_silent(scenario: &Scenario, played: &Played, always: bool) -> Option<Coverage> {
        (always || played.outcome.firings.iter().all(|firing| firing.if_silent)).then(|| Coverage::of(scenario, played))
    }

    /// The explanation of a play with the option `coverage`.
    pub(super) fn of(scenario: &Scenario, played: &Played) -> Coverage {
        let mut fired = FiringCounts::default();
        for firing in played.outcome.child_firings.iter().chain(&played.outcome.firings) {
            step(1);
            fired.add(&firing.trigger.path);
        }
        let silent = played.outcome.firings.iter().filter(|firing| firing.if_silent).count() as u64;
        Coverage::counted(&scenario.automation, played.coverage.as_ref(), &fired, silent, played.undelivered)
    }

    /// The same by counts. `silent`: how many of the automation's firings come after the last event.
    pub(super) fn counted(
        automation: &Automation,
        report: Option<&CoverageReport>,
        fired: &FiringCounts,
        silent: u64,
        undelivered: usize,
    ) -> Coverage {
        if !automation.enabled {
            let reason = "the automation is disabled (`enabled: false`), so its triggers are not evaluated";
            return Coverage { triggers: Vec::new(), reason: Some(reason.to_owned()) };
        }
        let Some(report) = report else { return Coverage::default() };
        let mut present: Map<&str, usize> = Map::default();
        for (summary, most) in &report.present {
            present.insert(&summary.path, *most);
        }
        let leaves = report.triggers.iter();
        let mut walk = Walk { report, leaves, fired, present, triggers: Vec::new(), undelivered };
        let firings = fired.of("$");
        let reason = walk.visit(&automation.trigger, "$").or_else(|| {
            let is_open = firings > 0 && firings == silent;
            is_open.then(|| after_the_last(firings))
        });
        Coverage { triggers: walk.triggers, reason }
    }
}

/// Why the firings are not certain: all of them come after the last event.
fn after_the_last(firings: u64) -> String {
    let windows = if firings == 1 { "its window ends" } else { "its windows end" };
    format!("{windows} after the last event, and what came then is not known")
}

/// Visits the triggers of an automation.
struct Walk<'r> {
    report: &'r CoverageReport,
    leaves: std::slice::Iter<'r, counted::TriggerCounts>,
    fired: &'r FiringCounts,
    present: Map<&'r str, usize>,
    triggers: Vec<TriggerCoverage>,
    undelivered: usize,
}

impl Walk<'_> {
    /// Why a trigger never fired. `None`: it fired.
    fn visit(&mut self, trigger: &Trigger, path: &str) -> Option<String> {
        step(1);
        let fired = self.fired.of(path);
        let lists = self.triggers.len() < MOST_TRIGGERS;
        match trigger {
            Trigger::Event(_) => {
                let leaf = self.leaves.next().filter(|_| lists)?;
                let own = Leaf { counted: leaf, names: &self.report.names, waiting: self.report.waiting };
                let reason = (fired == 0).then(|| own.reason(self.undelivered));
                self.triggers.push(TriggerCoverage {
                    path: path.to_owned(),
                    fired,
                    clauses: own.clauses(),
                    windows: Some(own.windows()),
                    reason: reason.clone(),
                });
                reason
            }
            Trigger::Composite(composite) => {
                let place = self.triggers.len();
                if lists {
                    let (path, clauses) = (path.to_owned(), Vec::new());
                    self.triggers.push(TriggerCoverage { path, fired, clauses, windows: None, reason: None });
                }
                let mut never = Vec::new();
                let mut silent = 0_usize;
                for (index, child) in composite.triggers.iter().enumerate() {
                    let path = [path, ".", &index.to_string()].concat();
                    let reason = self.visit(child, &path);
                    if self.fired.of(&path) == 0 {
                        silent = silent.saturating_add(1);
                        never.extend(reason.filter(|_| never.len() < MOST_NAMED).map(|reason| (path, reason)));
                    }
                }
                if fired > 0 {
                    return None;
                }
                let most = self.present.get(path).copied().unwrap_or_default();
                let reason = together(composite, silent, &never, most);
                if let Some(own) = self.triggers.get_mut(place) {
                    own.reason = Some(reason.clone());
                }
                Some(reason)
            }
        }
    }
}

/// Why a composite trigger never fired. `never`: children that never fired, and why. `most`: the most that counted at
/// the same time.
fn together(composite: &Composite, silent: usize, never: &[(String, String)], most: usize) -> String {
    let all = composite.triggers.len();
    let done = all.saturating_sub(silent);
    let needed = composite.require;
    let mut out = format!("{done} of {all} triggers fired");
    let lasting = composite.within.map(|within| format!(" within {}", duration(within))).unwrap_or_default();
    // Writing to a String cannot fail.
    let _ = if done < needed {
        write!(out, "; {needed} are required")
    } else if most >= needed {
        write!(out, ", but never in the declared order{lasting}")
    } else {
        write!(out, ", but at most {most} of {needed}{lasting}")
    };
    for (path, reason) in never {
        let _ = write!(out, "; `{path}` never fired: {reason}");
    }
    if silent > never.len() && !never.is_empty() {
        let _ = write!(out, "; {} more never fired", silent.saturating_sub(never.len()));
    }
    out
}

/// An event trigger with its counts.
struct Leaf<'r> {
    counted: &'r counted::TriggerCounts,
    names: &'r ReceivedNames,
    waiting: usize,
}

/// A number of events and a verb, with the right endings.
fn events(number: u64, one: &str, more: &str) -> String {
    if number == 1 { format!("1 event {one}") } else { format!("{} events {more}", self::number(number)) }
}

fn number(number: u64) -> String {
    count(usize::try_from(number).unwrap_or(usize::MAX))
}

fn windows(number: u64) -> String {
    if number == 1 { "1 window".to_owned() } else { format!("{} windows", self::number(number)) }
}

/// `label: value`, as written in the trigger.
fn requirement(label: &str, patterns: &[String]) -> String {
    match patterns {
        [only] => format!("{label}: {}", shown(only)),
        _ => format!("{label}: [{}]", first_of(patterns)),
    }
}

fn first_of(patterns: &[String]) -> String {
    let mut out = String::new();
    for pattern in patterns.iter().take(MOST_NAMED) {
        out.push_str(if out.is_empty() { "" } else { ", " });
        out.push_str(&shown(pattern));
    }
    out.push_str(if patterns.len() > MOST_NAMED { ", …" } else { "" });
    out
}

/// The most frequent first.
fn sorted(seen: &[(crate::event::SharedText, u64)]) -> Vec<SeenValue> {
    let mut values: Vec<_> = seen.iter().collect();
    order::by_key(&mut values, &mut |(_, events)| u64::MAX.saturating_sub(*events));
    let value = |(value, events): &(crate::event::SharedText, u64)| SeenValue { value: shown(value), events: *events };
    values.into_iter().take(MOST_SEEN).map(value).collect()
}

/// The value that was probably intended, otherwise the most frequent one.
fn nearest_of(patterns: &[String], seen: &[(crate::event::SharedText, u64)], values: &[SeenValue]) -> Option<String> {
    let near = patterns.iter().take(MOST_NAMED).find_map(|pattern| {
        let near = nearest(pattern.trim_end_matches('*'), &mut seen.iter().map(|(value, _)| &**value));
        near.map(shown)
    });
    near.or_else(|| values.first().map(|first| first.value.clone()))
}

/// The values seen, nearest first, each with its frequency.
fn say_seen(out: &mut String, nearest: Option<&String>, seen: &[SeenValue], more: bool) {
    let Some(nearest) = nearest else { return };
    out.push_str("; seen: ");
    let first = seen.iter().find(|own| own.value == *nearest);
    let others = seen.iter().filter(|own| own.value != *nearest).take(MOST_NAMED.saturating_sub(1));
    let shown: Vec<&SeenValue> = first.into_iter().chain(others).collect();
    for (place, own) in shown.iter().enumerate() {
        out.push_str(if place > 0 { ", " } else { "" });
        let _ = write!(out, "`{}`", own.value);
        if own.events > 1 {
            let _ = write!(out, " ({})", number(own.events));
        }
    }
    if first.is_none() {
        let _ = write!(out, "{}`{nearest}`", if shown.is_empty() { "" } else { ", " });
    }
    out.push_str(if more || seen.len() > shown.len() { ", …" } else { "" });
}

/// Why events fail a clause of labels.
struct Obstacle<'r> {
    near: &'r NearMiss,
    wanted: String,
    label: &'r str,
    role: Option<&'r str>,
    /// Whether the label itself is the role.
    of_role: bool,
    seen: Vec<SeenValue>,
    nearest: Option<String>,
}

fn obstacle<'r>(misses: &'r NearMisses, specifications: &'r [Specification]) -> Option<Obstacle<'r>> {
    let near = misses.0.as_ref()?;
    let specification = specifications.get(near.specification)?;
    let (label, patterns) = specification.0.get(near.label)?;
    let role = specification.0.iter().find(|(label, _)| label == RESOURCE_ROLE).and_then(|(_, roles)| roles.first());
    let Seen(values) = &near.seen;
    let seen = sorted(values);
    Some(Obstacle {
        near,
        wanted: requirement(label, patterns),
        label,
        of_role: label == RESOURCE_ROLE,
        role: role.filter(|_| label != RESOURCE_ROLE).map(|role| &**role),
        nearest: nearest_of(patterns, values, &seen),
        seen,
    })
}

impl Obstacle<'_> {
    /// A requirement that no event meets.
    fn say(&self, out: &mut String, clause: Clause) {
        let near = self.near;
        if self.of_role {
            let _ = write!(out, "none has a related resource with `{}`", self.wanted);
        } else if near.lacking == near.events {
            let _ = write!(out, "none has `{}`: they lack the label `{}`", self.wanted, shown(self.label));
        } else {
            let _ = write!(out, "none has `{}`", self.wanted);
        }
        if let Some(role) = self.role {
            let _ = write!(out, " in the role `{}`", shown(role));
        }
        say_seen(out, self.nearest.as_ref(), &self.seen, false);
        if near.elsewhere > 0 && near.elsewhere == near.events {
            out.push_str(if clause == Clause::Match {
                "; a related resource has it: use `match_related`"
            } else {
                "; the resource itself has it: use `match`"
            });
        }
    }
}

impl Leaf<'_> {
    fn trigger(&self) -> &EventTrigger {
        &self.counted.trigger
    }

    fn all_events(&self) -> u64 {
        self.names.all.iter().fold(self.names.others, |sum, (_, count)| sum.saturating_add(*count))
    }

    fn is_proactive(&self) -> bool {
        self.trigger().posture == Posture::Proactive
    }

    /// The expected names, and the names seen.
    fn name_obstacle(&self, patterns: &[String]) -> (String, Vec<SeenValue>, Option<String>) {
        step(self.names.all.len());
        let seen = sorted(&self.names.all);
        let nearest = nearest_of(patterns, &self.names.all, &seen);
        (first_of(patterns), seen, nearest)
    }

    fn clauses(&self) -> Vec<ClauseCoverage> {
        let (trigger, tally) = (self.trigger(), &self.counted.tally);
        let has_after = !trigger.after.is_empty();
        let clause = |clause, passed: Passed| ClauseCoverage {
            clause,
            passed: passed.all,
            expected: Some(passed.expected),
            wanted: None,
            role: None,
            nearest: None,
            seen: Vec::new(),
        };
        let fill = |own: ClauseCoverage, obstacle: Option<Obstacle<'_>>| match obstacle {
            Some(Obstacle { wanted, role, nearest, seen, .. }) => {
                ClauseCoverage { wanted: Some(wanted), role: role.map(shown), nearest, seen, ..own }
            }
            None => own,
        };
        let mut name = clause(Clause::Name, tally.named());
        if tally.named().expected == 0 && self.all_events() > 0 {
            let (wanted, seen, nearest) = self.name_obstacle(&trigger.expect);
            (name.wanted, name.seen, name.nearest) = (Some(wanted), seen, nearest);
        }
        let one = std::slice::from_ref(&trigger.matches);
        let (expected, after) = (&tally.expected, &tally.after);
        let mut clauses = vec![
            name,
            fill(
                clause(Clause::Match, tally.matching()),
                obstacle(&expected.by_match, one).or_else(|| obstacle(&after.by_match, one)),
            ),
            fill(
                clause(Clause::MatchRelated, tally.related()),
                obstacle(&expected.by_related, &trigger.match_related)
                    .or_else(|| obstacle(&after.by_related, &trigger.match_related)),
            ),
        ];
        if !trigger.for_each.is_empty() {
            let mut keyed = clause(Clause::ForEach, tally.keyed);
            keyed.wanted = tally.lacking.and_then(|label| trigger.for_each.get(label)).map(|label| shown(label));
            clauses.push(keyed);
        }
        if has_after {
            let mut own = ClauseCoverage { expected: None, ..clause(Clause::After, tally.related()) };
            own.passed = tally.related().after;
            if tally.named().after == 0 && self.all_events() > 0 {
                let (wanted, seen, nearest) = self.name_obstacle(&trigger.after);
                (own.wanted, own.seen, own.nearest) = (Some(wanted), seen, nearest);
            } else if own.passed == 0 {
                let stopped = obstacle(&after.by_related, &trigger.match_related);
                own = fill(own, stopped.or_else(|| obstacle(&after.by_match, one)));
            }
            clauses.push(own);
        }
        clauses
    }

    /// In how many windows the expected events arrived in time.
    fn answered(&self) -> u64 {
        let Windows { opened, swept, .. } = self.counted.tally.windows;
        opened.saturating_sub(self.counted.open).saturating_sub(swept)
    }

    fn windows(&self) -> WindowCoverage {
        let Windows { opened, reached, least_left, .. } = self.counted.tally.windows;
        let proactive = self.is_proactive();
        WindowCoverage {
            opened,
            reached: reached.max(0),
            threshold: self.trigger().threshold,
            answered: proactive.then(|| self.answered()),
            least_left_seconds: least_left.filter(|_| proactive).map(crate::time::TimeSpan),
            open: proactive.then_some(self.counted.open),
        }
    }

    /// Why it never fired. `undelivered`: how many events would have come after the end.
    fn reason(&self, undelivered: usize) -> String {
        let opened = self.counted.tally.windows.opened;
        let mut out = if self.is_proactive() && opened > 0 {
            self.answered_in_time()
        } else if self.all_events() == 0 {
            "no event was evaluated".to_owned()
        } else if !self.trigger().after.is_empty() && opened == 0 {
            let why = self.stopped(true).unwrap_or_else(|| "no event of `after` arrived".to_owned());
            format!("no window opened: {why}")
        } else {
            self.stopped(false).unwrap_or_else(|| self.too_few())
        };
        if self.counted.waiting > 0 {
            let waiting = events(self.counted.waiting, "that matches still waits", "that match still wait");
            let _ = write!(
                out,
                "; {waiting} for the event that {}",
                if self.counted.waiting == 1 { "it follows" } else { "they follow" }
            );
        } else if self.waiting > 0 && self.all_events() == 0 {
            let waiting = events(
                self.waiting as u64,
                "still waits for the event that it follows",
                "still wait for the events that they follow",
            );
            let _ = write!(out, "; {waiting}");
        }
        if undelivered > 0 {
            let _ = write!(out, "; {} after the end", events(undelivered as u64, "arrives", "arrive"));
        }
        out
    }

    /// The first clause that stops all events of `after`, or all that are expected.
    fn stopped(&self, after: bool) -> Option<String> {
        let (trigger, tally) = (self.trigger(), &self.counted.tally);
        let of = |passed: Passed| if after { passed.after } else { passed.expected };
        let (key, patterns) = if after { ("after", &trigger.after) } else { ("expect", &trigger.expect) };
        let stopped = if after { &tally.after } else { &tally.expected };
        if of(tally.named()) == 0 {
            let (wanted, seen, nearest) = self.name_obstacle(patterns);
            let mut out = match self.all_events() {
                1 => format!("the only event does not match `{key}` (`{wanted}`)"),
                all => format!("none of the {} events matches `{key}` (`{wanted}`)", number(all)),
            };
            say_seen(&mut out, nearest.as_ref(), &seen, self.names.others > 0);
            return Some(out);
        }
        let one = std::slice::from_ref(&trigger.matches);
        if of(tally.matching()) == 0 {
            let obstacle = obstacle(&stopped.by_match, one)?;
            let mut out = format!("{} `{key}`; ", events(of(tally.named()), "matches", "match"));
            obstacle.say(&mut out, Clause::Match);
            return Some(out);
        }
        if of(tally.related()) == 0 {
            let obstacle = obstacle(&stopped.by_related, &trigger.match_related)?;
            let and_match = if trigger.matches.0.is_empty() { "" } else { " and `match`" };
            let mut out = format!("{} `{key}`{and_match}; ", events(of(tally.matching()), "matches", "match"));
            obstacle.say(&mut out, Clause::MatchRelated);
            return Some(out);
        }
        None
    }

    /// Expected events arrived, but not enough of them.
    fn too_few(&self) -> String {
        let (trigger, tally) = (self.trigger(), &self.counted.tally);
        let Windows { reached, without_window, before_window, .. } = tally.windows;
        let mut out = events(tally.related().expected, "matches all clauses", "match all clauses");
        let threshold = trigger.threshold;
        if reached > 0 {
            let each = if trigger.for_each.is_empty() { "" } else { " of one value of `for_each`" };
            let _ = write!(out, ", but at most {reached} of {threshold} counted in one window{each}");
            let _ = write!(out, " (`within`: {})", duration(trigger.within));
        }
        if without_window > 0 {
            let _ = write!(out, "; {} when no window was open", events(without_window, "came", "came"));
        }
        if before_window > 0 {
            let _ = write!(out, "; {} before the window", events(before_window, "occurred", "occurred"));
        }
        if tally.keyed.all < tally.related().all
            && let Some(label) = tally.lacking.and_then(|label| trigger.for_each.get(label))
        {
            let lacking = tally.related().all.saturating_sub(tally.keyed.all);
            let _ = write!(out, "; {} `{}` of `for_each`", events(lacking, "lacks", "lack"), shown(label));
            out.push_str(if lacking > 1 { " and share a window" } else { "" });
        }
        out
    }

    /// Windows opened, and none of them ended without the expected events.
    fn answered_in_time(&self) -> String {
        let trigger = self.trigger();
        let Windows { opened, least_left, swept, fulfilled, .. } = self.counted.tally.windows;
        if trigger.threshold <= 0 {
            return format!(
                "`threshold` is {}: a Proactive trigger fires if fewer events arrive, which is impossible",
                trigger.threshold
            );
        }
        if trigger.after.is_empty() && !trigger.for_each.is_empty() && trigger.threshold == 1 {
            return format!(
                "{} opened, each satisfied by the event that opened it: the trigger needs an `after`",
                windows(opened)
            );
        }
        let (open, answered) = (self.counted.open, self.answered());
        let mut out = format!("{} opened", windows(opened));
        if answered > 0 {
            let _ = match (answered == opened, opened) {
                (true, 1) => write!(out, ", and the expected events arrived in time"),
                (true, _) => write!(out, ", and in each the expected events arrived in time"),
                (false, _) => write!(out, ": in {} the expected events arrived in time", number(answered)),
            };
            match least_left {
                Some(left) if fulfilled < answered => {
                    let least = if answered == 1 { "" } else { "at least " };
                    let _ = write!(out, " ({least}{} before the end)", duration(left));
                }
                _ => {}
            }
        }
        if let Some(end) = self.counted.first_end.filter(|_| open > 0) {
            let until = end.clock_time_in(trigger.within);
            let _ = match (open == opened, open) {
                (true, 1) => write!(out, ", and it was still open at the end: until {until}"),
                (true, _) => write!(out, ", and each was still open at the end: the first until {until}"),
                (false, 1) => write!(out, ", 1 was still open at the end: until {until}"),
                (false, _) => {
                    let open = number(open);
                    write!(out, ", {open} were still open at the end: the first until {until}")
                }
            };
        }
        if swept > 0 {
            let _ = write!(out, "; the server deleted {} before it evaluated", windows(swept));
        }
        out
    }
}
