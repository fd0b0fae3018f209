//! After a fix its finding is gone, and nothing is wrong that was not wrong before. The first byte says what the text
//! holds: events, an automation or scenarios.

use std::collections::BTreeMap;

use prefect_events::automation::{CheckOptions, check};
use prefect_events::diagnostic::{Diagnostic, Severity, TextOptions};
use prefect_events::simulate::{DocumentText, SimulateOptions, simulate};
use prefect_events::validate::{ValidateOptions, validate};

use super::input::{choice, is_short};
use super::reports::{Units, is_across_events};
use super::validate::ALL;

/// Of so many fixes each is tried.
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

/// Asserts that a finding is gone, and that no other has come.
pub fn assert_gone(found: &Diagnostic, before: &[Diagnostic], after: &[Diagnostic], fixed: &str) {
    let is_syntax = found.code.starts_with("syntax-");
    let start = |one: &Diagnostic| one.range.map(|range| range.start);
    let is_same = |one: &&Diagnostic| {
        // Behind a mistake in the syntax reading goes on, and finds others.
        one.code == found.code && one.path == found.path && (!is_syntax || start(one) <= start(found))
    };
    let count = |all: &[Diagnostic]| all.iter().filter(is_same).count();
    assert!(count(after) < count(before), "{found:#?}\nbecomes {fixed}\n{after:#?}");
    let mistakes = |all: &[Diagnostic]| all.iter().filter(|one| one.code.starts_with("syntax-")).count();
    if mistakes(before) > 0 {
        // What could not be read may hold anything. But what mends a value leaves the syntax as it is.
        assert!(is_syntax || mistakes(after) <= mistakes(before), "{found:#?}\nbecomes {fixed}\n{after:#?}");
        return;
    }
    let errors = |all: &[Diagnostic]| {
        // What can be read now is compared with other values, actions and events.
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
        // What could not be read, such as a name, a type or a key, says how what stands beside it is read.
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
