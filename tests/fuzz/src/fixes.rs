//! A fix removes its finding, and causes no new errors. The first byte selects the kind of text: events, an automation
//! or scenarios.

use std::collections::BTreeMap;

use prefect_events::automation::{CheckOptions, check};
use prefect_events::diagnostic::{Diagnostic, Severity, TextOptions};
use prefect_events::simulate::{DocumentText, SimulateOptions, simulate};
use prefect_events::validate::{ValidateOptions, validate};

use super::input::{choice, is_short};
use super::reports::{Units, is_across_events};
use super::validate::ALL;

/// The most fixes that are all tested.
const MOST: usize = 20;

pub fn target(input: &[u8]) {
    let (choice, text) = choice(input);
    let find: fn(&[u8]) -> Vec<Diagnostic> = match choice % 3 {
        0 => of_events,
        1 => of_automations,
        _ if is_short(text) => of_scenarios,
        _ => return,
    };
    let before = find(text);
    let units = Units::of(text, false);
    for found in before.iter().filter(|found| found.fix.is_some()).take(MOST) {
        let fixed = units.fixed(found);
        assert_gone(found, &before, &find(fixed.as_bytes()), &fixed);
    }
}

/// Asserts that a finding is gone, and that there is no new one.
pub fn assert_gone(found: &Diagnostic, before: &[Diagnostic], after: &[Diagnostic], fixed: &str) {
    let is_syntax = found.code.starts_with("syntax-");
    let start = |one: &Diagnostic| one.range.map(|range| range.start);
    let is_same = |one: &&Diagnostic| {
        // After a syntax error is fixed, reading continues and finds others.
        one.code == found.code && one.path == found.path && (!is_syntax || start(one) <= start(found))
    };
    let count = |all: &[Diagnostic]| all.iter().filter(is_same).count();
    assert!(count(after) < count(before), "{found:#?}\nbecomes {fixed}\n{after:#?}");
    let mistakes = |all: &[Diagnostic]| all.iter().filter(|one| one.code.starts_with("syntax-")).count();
    if mistakes(before) > 0 {
        // Unreadable text may contain anything. But a fix of a value does not change the syntax.
        assert!(is_syntax || mistakes(after) <= mistakes(before), "{found:#?}\nbecomes {fixed}\n{after:#?}");
        return;
    }
    let errors = |all: &[Diagnostic]| {
        // Values that can be read now are compared with other values, actions and events.
        let compared = |code: &str| matches!(code, "values-disagree" | "run-deployment-loop") || is_across_events(code);
        let own = |one: &&Diagnostic| one.severity == Severity::Error && !compared(one.code);
        let mut errors: BTreeMap<(Option<u64>, &str, String), usize> = BTreeMap::new();
        for one in all.iter().filter(own) {
            *errors.entry((one.index, one.code, one.path.clone())).or_default() += 1;
        }
        errors
    };
    let known = errors(before);
    for (error, count) in errors(after) {
        let is_new = known.get(&error).is_none_or(|known| *known < count);
        // Values that were unreadable, such as a name, a type or a key, decide how their neighbours are read.
        let (around, _) = found.path.rsplit_once('/').unwrap_or_default();
        let follows = error.0 == found.index && error.2.starts_with(around);
        assert!(!is_new || follows, "{found:#?}\nbecomes {fixed}\nwith {error:?}");
    }
}

fn of_events(text: &[u8]) -> Vec<Diagnostic> {
    let options = ValidateOptions { max_diagnostics: ALL, ..ValidateOptions::default() };
    validate(text, TextOptions::default(), &options).diagnostics
}

fn of_automations(text: &[u8]) -> Vec<Diagnostic> {
    let options = CheckOptions { max_diagnostics: ALL, ..CheckOptions::default() };
    check(text, TextOptions::default(), &options).report.diagnostics
}

fn of_scenarios(text: &[u8]) -> Vec<Diagnostic> {
    let result = simulate(DocumentText::from(text), &SimulateOptions::default());
    result.errors.into_iter().chain(result.warnings).collect()
}
