//! One changed line with which an automation would not have fired on a run, or would have. Each is played on all events.

use crate::automation::{EventTrigger, Posture, Trigger};
use crate::simulate::{Clause, DocumentText, GivenAutomation, ReplayOptions, TriggerCoverage, automations_of};
use crate::text::order;
use crate::text::steps::step;
use crate::time::Instant;
use crate::time::span::duration;
use crate::time::units::SECOND;
use crate::trigger::Firing;

use super::change::{Edited, replace_text, set_field};
use super::explanation::{ChangedLine, WhyError};
use super::run::Run;

/// How long the server holds an event back whose leader does not come, and one round of its loops (microseconds).
const HELD: i64 = 905_000_000;

/// How many lengths of a window are tried at most before the shortest is searched.
const MOST_TRIED: usize = 12;

/// Changes of one automation.
pub(super) struct Remedies<'r> {
    pub run: &'r Run<'r>,
    pub document: DocumentText<'r>,
    /// Whether the document was given, instead of made from the events.
    pub is_given: bool,
    /// The place of the automation in the document.
    pub index: usize,
    pub given: &'r GivenAutomation,
}

/// A changed automation: how often it fires, without what the actions caused.
struct Tested {
    edited: Edited,
    firings: usize,
    on_run: usize,
    /// Those on the run that come after the last event: only if nothing more came.
    if_silent: usize,
}

impl Remedies<'_> {
    /// The shortest `within` in whole seconds with which the automation does not fire on the run, as it did.
    pub(super) fn longer_window(&self, firing: &Firing) -> Result<Option<ChangedLine>, WhyError> {
        let Some(bucket) = firing.bucket else { return Ok(None) };
        let present = bucket.end.since(bucket.start);
        // Times at which something could have closed the window: late and held events, then all later events of the run.
        let mut times: Vec<Instant> = Vec::new();
        for delayed in &firing.delayed {
            let held = if delayed.waits_for.is_some() { HELD } else { 0 };
            times.push(Instant(delayed.received.0.saturating_add(held)));
        }
        let later = self.run.own_events().filter(|event| event.received >= firing.at);
        times.extend(later.map(|event| event.received));
        order::by_key(&mut times, &mut |at| at.sortable());
        let path = &firing.trigger.path;
        let is_silent = |tested: &Tested| tested.on_run == 0 && tested.if_silent == 0;
        let mut too_short = seconds(present);
        for at in times.into_iter().take(MOST_TRIED) {
            let long_enough = seconds(at.since(bucket.start)).saturating_add(1);
            if long_enough <= too_short {
                continue;
            }
            if self.with(path, "within", long_enough)?.as_ref().is_some_and(is_silent) {
                let shortest = self.border(path, "within", too_short, long_enough, is_silent)?;
                let longer = shortest.saturating_mul(SECOND).saturating_sub(present);
                let message = format!(
                    "with it the automation does not fire on this run; it finds a dead run {} later",
                    duration(longer)
                );
                let found = self.with(path, "within", shortest)?;
                return found.map(|tested| self.line(tested, message)).transpose();
            }
            too_short = long_enough;
        }
        Ok(None)
    }

    /// A change with which the automation fires on the run, as it did not: a window of its own for each resource, if it
    /// fires on this run alone; the nearest name or label; a lower threshold; a longer window of a Reactive trigger.
    pub(super) fn to_fire(
        &self,
        coverage: &[TriggerCoverage],
        fires_alone: bool,
    ) -> Result<Option<ChangedLine>, WhyError> {
        let mut triggers = Vec::new();
        leaves(&self.given.automation.trigger, "$", &mut triggers);
        let mut found = if fires_alone { self.own_windows(&triggers)? } else { self.nearest_name(coverage)? };
        for (path, trigger) in triggers {
            if found.is_none() {
                found = self.lower_threshold(&path, trigger)?;
            }
            if found.is_none() {
                found = self.longer_reactive_window(&path, trigger)?;
            }
        }
        let Some(tested) = found else { return Ok(None) };
        let times = if tested.on_run == 1 { "once".to_owned() } else { format!("{} times", tested.on_run) };
        self.line(tested, format!("with it the automation fires {times} on this run")).map(Some)
    }

    fn own_windows(&self, triggers: &[(String, &EventTrigger)]) -> Result<Option<Tested>, WhyError> {
        for (path, _) in triggers.iter().filter(|(_, trigger)| trigger.for_each.is_empty()) {
            let own = set_field(self.document, self.index, path, "for_each", r#"["prefect.resource.id"]"#);
            let found = own.map(|edited| self.tested(edited)).transpose()?.flatten().filter(fires);
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    fn nearest_name(&self, coverage: &[TriggerCoverage]) -> Result<Option<Tested>, WhyError> {
        for trigger in coverage {
            for clause in trigger.clauses.iter().filter(|clause| clause.clause != Clause::ForEach) {
                let (Some(wanted), Some(nearest)) = (&clause.wanted, &clause.nearest) else { continue };
                let old = wanted.split_once(": ").map_or(&**wanted, |(_, pattern)| pattern);
                let edited = replace_text(self.document, self.index, &trigger.path, old, nearest);
                let found = edited.map(|edited| self.tested(edited)).transpose()?.flatten().filter(fires);
                if found.is_some() {
                    return Ok(found);
                }
            }
        }
        Ok(None)
    }

    /// The highest threshold with which it fires.
    fn lower_threshold(&self, path: &str, trigger: &EventTrigger) -> Result<Option<Tested>, WhyError> {
        let present = trigger.threshold;
        if present <= 1 || self.with(path, "threshold", 1)?.as_ref().is_none_or(|tested| !fires(tested)) {
            return Ok(None);
        }
        let highest = self.border(path, "threshold", present, 1, fires)?;
        self.with(path, "threshold", highest)
    }

    /// The shortest window in which enough events of the run are.
    fn longer_reactive_window(&self, path: &str, trigger: &EventTrigger) -> Result<Option<Tested>, WhyError> {
        let times = || self.run.own_events().map(|event| event.occurred);
        let (Some(first), Some(last)) = (times().min(), times().max()) else { return Ok(None) };
        let (present, whole) = (seconds(trigger.within), seconds(last.since(first)).saturating_add(1));
        let is_possible = trigger.posture == Posture::Reactive && trigger.threshold > 1 && whole > present;
        if !is_possible || self.with(path, "within", whole)?.as_ref().is_none_or(|tested| !fires(tested)) {
            return Ok(None);
        }
        let shortest = self.border(path, "within", present, whole, fires)?;
        self.with(path, "within", shortest)
    }

    /// The number next to `not` with which something holds. It holds for `holds`, and not for `not`.
    fn border(
        &self,
        path: &str,
        name: &str,
        not: i64,
        holds: i64,
        is_it: impl Fn(&Tested) -> bool,
    ) -> Result<i64, WhyError> {
        let (mut not, mut holds) = (not, holds);
        while holds.abs_diff(not) > 1 {
            let middle = not.midpoint(holds);
            if self.with(path, name, middle)?.is_some_and(|tested| is_it(&tested)) {
                holds = middle;
            } else {
                not = middle;
            }
        }
        Ok(holds)
    }

    fn with(&self, path: &str, name: &str, number: i64) -> Result<Option<Tested>, WhyError> {
        match set_field(self.document, self.index, path, name, &number.to_string()) {
            Some(edited) => self.tested(edited),
            None => Ok(None),
        }
    }

    fn tested(&self, edited: Edited) -> Result<Option<Tested>, WhyError> {
        let Some(all) = DocumentText::from(&*edited.text).read(automations_of).0 else { return Ok(None) };
        let Some(changed) = all.into_iter().nth(self.index) else { return Ok(None) };
        let all = self.firings(&changed)?;
        let firings = certain(&all);
        let own = self.run.firings(all);
        let on_run = certain(&own);
        Ok(Some(Tested { edited, firings, on_run, if_silent: own.len().saturating_sub(on_run) }))
    }

    fn firings(&self, automation: &GivenAutomation) -> Result<Vec<Firing>, WhyError> {
        let options = ReplayOptions { without_actions: true, ..self.run.replay() };
        Ok(self.run.captured.play(automation, &options)?.firings)
    }

    fn line(&self, tested: Tested, message: String) -> Result<ChangedLine, WhyError> {
        let Tested { edited, firings, .. } = tested;
        Ok(ChangedLine {
            before: edited.before,
            after: edited.after,
            line: self.is_given.then_some(edited.line),
            firings_before: certain(&self.firings(self.given)?),
            firings_after: firings,
            message,
        })
    }
}

/// How many firings are certain.
fn certain(firings: &[Firing]) -> usize {
    firings.iter().filter(|firing| !firing.if_silent).count()
}

fn fires(tested: &Tested) -> bool {
    tested.on_run > 0
}

/// Whole seconds, rounded down.
fn seconds(span: i64) -> i64 {
    span.checked_div(SECOND).unwrap_or_default()
}

/// The event triggers of a trigger with their paths, such as `$.0.1`.
fn leaves<'t>(trigger: &'t Trigger, path: &str, all: &mut Vec<(String, &'t EventTrigger)>) {
    step(1);
    match trigger {
        Trigger::Event(event) => all.push((path.to_owned(), event)),
        Trigger::Composite(composite) => {
            for (place, inner) in composite.triggers.iter().enumerate() {
                leaves(inner, &format!("{path}.{place}"), all);
            }
        }
    }
}
