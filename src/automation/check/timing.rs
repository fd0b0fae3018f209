//! Actions that come too early or too late for their run.
//!
//! Source: `HandleFlowTerminalStateTransitions` in `server/orchestration/core_policy.py`.

use crate::catalogue::runs::{FINAL_TYPES, FLOW_RUN};
use crate::diagnostic::path::Path;
use crate::diagnostic::{Code, Severity};
use crate::json::Value;
use crate::text::phrase;
use crate::time::scalar;

use super::super::model::{EventTrigger, Posture};
use super::Check;
use super::loops::FINAL;
use super::shape::ROLE;

impl Check<'_, '_> {
    /// Whether an action ends a run that only begins, or changes one that has ended.
    pub(super) fn is_too_late(&mut self, triggers: &[EventTrigger], action: Value<'_>, path: &Path<'_>) -> bool {
        let Some(kind) = action.get("type").map(Value::string) else { return false };
        for event in triggers {
            if let Some(state) = begins(event)
                && ends(&kind, action)
            {
                // Perhaps runs with a certain tag must not run at all.
                let chosen = event.match_related.iter().any(|related| {
                    related.0.iter().any(|(label, patterns)| label == ROLE && patterns.iter().any(|role| role == "tag"))
                });
                let severity = if chosen { Severity::Info } else { Code::ENDS_RUNS_AT_START.severity() };
                self.findings
                    .add_as(severity, Code::ENDS_RUNS_AT_START, &self.subject, path, action)
                    .opening()
                    .with("action", &kind)
                    .with("event", state)
                    .with("after", "posture: Proactive, after: [prefect.flow-run.Running]");
                return true;
            }
            if let Some(field) = has_ended(event)
                && rejected_at_the_end(&kind, action)
            {
                let names = if field == "after" { &event.after } else { &event.expect };
                let states = phrase::list(&mut names.iter().filter_map(|name| name.strip_prefix(FLOW_RUN)), " or ");
                self.add(Code::ACTS_ON_ENDED_RUNS, path, action)
                    .opening()
                    .with("action", &kind)
                    .with("states", &states)
                    .with("field", field);
                return true;
            }
        }
        false
    }
}

/// The state with which a run begins, if that alone makes a trigger fire.
fn begins(event: &EventTrigger) -> Option<&str> {
    let simple = event.posture == Posture::Reactive && event.threshold <= 1 && event.after.is_empty();
    let start = |name: &&String| {
        name.strip_prefix(FLOW_RUN).is_some_and(|state| ["Scheduled", "Pending", "Running"].contains(&state))
    };
    event.expect.iter().find(start).map(String::as_str).filter(|_| simple)
}

/// Whether an action ends a run.
fn ends(kind: &str, action: Value<'_>) -> bool {
    let state = action.get("state").map(Value::string);
    let final_state = state.is_some_and(|state| &*state == "CANCELLING" || FINAL_TYPES.contains(&&*state));
    matches!(kind, "cancel-flow-run" | "delete-flow-run") || kind == "change-flow-run-state" && final_state
}

/// Where a trigger says that the run has ended when it fires.
fn has_ended(event: &EventTrigger) -> Option<&'static str> {
    let is_final = |name: &String| name.strip_prefix(FLOW_RUN).is_some_and(|state| FINAL.contains(&state));
    let all = |names: &[String]| !names.is_empty() && names.iter().all(is_final);
    match event.posture {
        Posture::Reactive => all(&event.expect).then_some("expect"),
        Posture::Proactive => all(&event.after).then_some("after"),
    }
}

/// Whether the server leaves a run that has ended as it is.
fn rejected_at_the_end(kind: &str, action: Value<'_>) -> bool {
    let state = action.get("state").map(Value::string);
    let forced = action.get("force").and_then(scalar::boolean) == Some(true);
    let rejected = state.is_some_and(|state| ["CANCELLING", "PAUSED", "CRASHED"].contains(&&*state)) && !forced;
    matches!(kind, "cancel-flow-run" | "suspend-flow-run" | "resume-flow-run")
        || kind == "change-flow-run-state" && rejected
}
