//! Names in `expect` and `after` that match no event of Prefect.

use crate::catalogue::{self, Family};
use crate::diagnostic::path::Path;
use crate::diagnostic::{Code, Severity};
use crate::json::Value;
use crate::text::nearest::{nearest, within};
use crate::text::phrase;

use super::Check;
use super::shape::{is_filled_in, is_prefects, matched};

const STATES: &str = "prefect.flow-run.{state}";

impl Check<'_, '_> {
    /// Whether something is wrong with a pattern that has a wildcard.
    pub(super) fn pattern_without_events(&mut self, item: Value<'_>, name: &str, field: &str, path: &Path<'_>) -> bool {
        if is_filled_in(name) {
            return false;
        }
        if is_prefects(name) {
            if matched(name).is_empty() {
                self.no_such_event(item, name, field, path);
                return true;
            }
            return false;
        }
        let kind = name.split_once('.').map_or("", |(kind, _)| kind);
        let full = ["prefect.", name].concat();
        if !kind.is_empty() && !kind.contains('*') && !matched(&full).is_empty() {
            self.without_prefix(item, name, field, path, &full, Severity::Warning);
            return true;
        }
        false
    }

    /// A whole name that no event has.
    pub(super) fn name_without_event(&mut self, item: Value<'_>, name: &str, field: &str, path: &Path<'_>) {
        if is_filled_in(name) {
            return;
        }
        if !is_prefects(name) {
            if let Some((full, severity)) = with_prefix(name) {
                self.without_prefix(item, name, field, path, &full, severity);
            }
            return;
        }
        // The documentation shows such names, as Prefect 2 emitted them.
        if name.starts_with("prefect.block.") && name.ends_with(".called") {
            return;
        }
        let Some(found) = catalogue::find(name) else {
            self.no_such_event(item, name, field, path);
            return;
        };
        let (family, Some(hole)) = (found.family, found.hole) else { return };
        let Some(other) = family.other_variants else { return };
        if family.variants.iter().any(|variant| variant.name == hole) {
            return;
        }
        let beside: Vec<&str> = names_beside(family).collect();
        if other != Severity::Warning {
            let states = family.variants.iter().map(|variant| variant.name);
            if let Some((near, severity)) = nearest_state(hole, &mut states.chain(beside)) {
                let expected = [family.name.prefix(), near].concat();
                self.findings
                    .add_as(severity, Code::MISSPELT_STATE, &self.subject, path, item)
                    .shown("found", hole)
                    .with("field", field)
                    .with("near", near)
                    .with("expected", &expected)
                    .replace(item, &expected);
            }
            return;
        }
        let what = kind_of(family.name.prefix());
        let statuses = || family.variants.iter().map(|variant| variant.name);
        let known = phrase::list(&mut statuses(), " and ");
        let near = nearest(&hole.replace('_', "-"), &mut statuses().chain(beside.iter().copied()));
        let more = phrase::list(&mut beside.iter().copied(), " and ");
        let finding =
            self.add(Code::NO_SUCH_STATUS, path, item).shown("found", hole).with("what", what).with("field", field);
        let finding = if more.is_empty() {
            finding.say("hint", format_args!("there are {known}"))
        } else {
            finding.say("hint", format_args!("there are {known}, and the events {more}"))
        };
        if let Some(near) = near {
            let expected = [family.name.prefix(), near].concat();
            finding.with("expected", &expected).replace(item, &expected);
        }
    }

    fn no_such_event(&mut self, item: Value<'_>, name: &str, field: &str, path: &Path<'_>) {
        // Which undocumented events Cloud emits is unknown.
        let severity = if name.starts_with("prefect-cloud.") { Severity::Info } else { Code::NO_SUCH_EVENT.severity() };
        let finding = self
            .findings
            .add_as(severity, Code::NO_SUCH_EVENT, &self.subject, path, item)
            .shown("pattern", name)
            .with("field", field);
        if finding.is_counted_only() {
            return;
        }
        let (first, rest) = name.split_once('.').unwrap_or((name, ""));
        let kind = rest.split_once('.').map_or(rest, |(kind, _)| kind);
        let of_kind = [first, ".", kind, "."].concat();
        let same = |prefix: &str| {
            let names = catalogue::families().iter().map(|family| family.name.text);
            let mut same: Vec<&str> = names.filter(|name| name.starts_with(prefix)).collect();
            same.dedup();
            same
        };
        let mut known = same(&of_kind);
        if known.is_empty()
            && let Some(near) = nearest(kind, &mut kinds().into_iter())
        {
            known = same(&["prefect.", near, "."].concat());
        }
        if known.is_empty() {
            let kinds = phrase::joined(&mut kinds().into_iter(), ", ");
            finding.say("hint", format_args!("Prefect has events of {kinds}; `eventTypes` lists them"));
        } else {
            let known = phrase::list(&mut known.into_iter(), " and ");
            finding.say("hint", format_args!("there are {known}"));
        }
    }

    fn without_prefix(
        &mut self,
        item: Value<'_>,
        name: &str,
        field: &str,
        path: &Path<'_>,
        full: &str,
        severity: Severity,
    ) {
        self.findings
            .add_as(severity, Code::EVENT_WITHOUT_PREFIX, &self.subject, path, item)
            .shown("pattern", name)
            .with("field", field)
            .with("expected", full)
            .replace(item, full);
    }
}

/// The intended name, for a name without `prefect.` or a bare state name.
fn with_prefix(name: &str) -> Option<(String, Severity)> {
    let plain = name.replace('_', "-");
    let states = catalogue::families().iter().find(|family| family.name.text == STATES)?;
    let same = |state: &str| state.eq_ignore_ascii_case(name);
    if let Some(state) = states.variants.iter().map(|variant| variant.name).find(|state| same(state)) {
        // A user's own event can have such a name.
        let severity = if state == name { Severity::Warning } else { Severity::Info };
        return Some(([states.name.prefix(), state].concat(), severity));
    }
    let full = ["prefect.", &*plain].concat();
    let found = catalogue::find(&full)?;
    let known = found.hole.is_none_or(|hole| {
        found.family.other_variants != Some(Severity::Warning)
            || found.family.variants.iter().any(|variant| variant.name == hole)
    });
    known.then_some((full, Severity::Warning))
}

/// The subjects of events: the second part of their names.
fn kinds() -> Vec<&'static str> {
    let mut kinds = Vec::new();
    for family in catalogue::families() {
        if let Some(kind) = family.name.text.strip_prefix("prefect.").and_then(|rest| rest.split('.').next())
            && !kinds.contains(&kind)
            && !kind.contains('{')
        {
            kinds.push(kind);
        }
    }
    kinds
}

/// `prefect.work-queue.` → `work-queue`
pub(super) fn kind_of(prefix: &'static str) -> &'static str {
    let kind = prefix.strip_prefix("prefect.").unwrap_or(prefix);
    kind.strip_suffix('.').unwrap_or(kind)
}

/// Other names in the place of a family's placeholder: `heartbeat` beside the states.
fn names_beside(family: &'static Family) -> impl Iterator<Item = &'static str> {
    let prefix = family.name.prefix();
    let others = catalogue::families().iter().filter(|other| other.name.is_literal());
    others.filter_map(move |other| other.name.text.strip_prefix(prefix)).filter(|rest| !rest.contains('.'))
}

/// The state that another word was intended for, and how certain that is: flows can name their states freely, and
/// `Passed` is as close to `Paused` as a typo.
pub(super) fn nearest_state<'s>(word: &str, states: &mut dyn Iterator<Item = &'s str>) -> Option<(&'s str, Severity)> {
    let near = nearest(word, states)?;
    let (word, state) = (word.to_ascii_lowercase(), near.to_ascii_lowercase());
    // Rescheduled, Precompleted: another word, derived from the first.
    let grown = |longer: &str, shorter: &str| {
        longer.len() > shorter.len().saturating_add(1) && (longer.starts_with(shorter) || longer.ends_with(shorter))
    };
    if grown(&word, &state) {
        return None;
    }
    let differing: Vec<(char, char)> = word.chars().zip(state.chars()).filter(|(one, other)| one != other).collect();
    let replaced = match differing.as_slice() {
        [(one, other)] if word.chars().count() == state.chars().count() => Some((*one, *other)),
        _ => None,
    };
    let is_vowel = |c: char| "aeiouy".contains(c);
    let other_word = replaced.is_some_and(|(one, other)| is_vowel(one) != is_vowel(other) || !is_vowel(one))
        && word.chars().count() < 8;
    let certain = within(&word, &state, 1).is_some() || word.chars().count() >= 8;
    let severity = if other_word || !certain { Severity::Info } else { Severity::Warning };
    Some((near, severity))
}
