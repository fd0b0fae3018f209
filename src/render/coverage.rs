//! How many events passed each clause of each trigger, for automations that never fire.

use crate::simulate::{Clause, ClauseCoverage, TriggerCoverage};

use super::naming::plural;
use super::printable::printable;
use super::style::Style;

/// The most triggers with a table.
const MOST_TRIGGERS: usize = 10;

/// The name of a clause in an automation.
pub(super) fn clause_name(clause: Clause) -> &'static str {
    match clause {
        Clause::Name => "expect/after",
        Clause::Match => "match",
        Clause::MatchRelated => "match_related",
        Clause::ForEach => "for_each",
        Clause::After => "after",
    }
}

/// A table for each trigger with clauses.
pub(super) fn coverage_tables(all: &[TriggerCoverage], style: Style) -> Vec<String> {
    let triggers: Vec<&TriggerCoverage> = all.iter().filter(|trigger| !trigger.clauses.is_empty()).collect();
    let mut lines = Vec::new();
    for trigger in triggers.iter().take(MOST_TRIGGERS) {
        table(&mut lines, trigger, all.len() > 1, style);
    }
    if let Some(more) = triggers.len().checked_sub(MOST_TRIGGERS).filter(|more| *more > 0) {
        lines.push(style.dim(&format!("… and {}", plural(more as u64, "more trigger"))));
    }
    lines
}

fn table(lines: &mut Vec<String>, trigger: &TriggerCoverage, is_one_of_several: bool, style: Style) {
    let TriggerCoverage { path, fired, clauses, windows, .. } = trigger;
    let width = clauses.iter().map(|clause| clause.passed.to_string().len()).max().unwrap_or_default();
    lines.push(String::new());
    // The path of a single trigger has no information.
    if is_one_of_several {
        let fired = if *fired > 0 { format!("  fired {}", plural(*fired, "time")) } else { String::new() };
        lines.push(format!("  {path}{fired}"));
    }
    lines.push(style.dim(&format!("  {:<13}  events that passed", "clause")));
    for clause in clauses {
        let count = format!("{:>width$}", clause.passed);
        let count = if clause.passed == 0 { style.red(&count) } else { count };
        lines.push(format!("  {:<13}  {count}{}", clause_name(clause.clause), near(clause)));
    }
    let opened = windows.as_ref().map(|windows| format!("  {:<13}  {:>width$}", "windows", windows.opened));
    lines.push(opened.unwrap_or_default());
}

fn near(clause: &ClauseCoverage) -> String {
    let Some(wanted) = &clause.wanted else { return String::new() };
    let role = clause.role.as_ref().map(|role| format!(" in the role {role}")).unwrap_or_default();
    let seen = clause.nearest.as_ref().map(|nearest| format!("; nearest: {nearest}")).unwrap_or_default();
    printable(&format!("  required: {wanted}{role}{seen}"))
}
