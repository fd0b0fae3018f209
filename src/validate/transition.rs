//! The ways from one state to the next.
//!
//! Source: `CoreFlowPolicy` in `prefect/server/orchestration/core_policy.py` for flow runs, the task
//! engine for task runs. A forced transition breaks every rule, so a breach is a warning.

use crate::json::Value;

use super::words::shown;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rules {
    FlowRun,
    TaskRun,
}

/// A state as the payload shows it.
#[derive(Clone, Copy)]
pub(super) struct State<'t> {
    kind: &'static str,
    type_value: Value<'t>,
    name: Option<Value<'t>>,
}

const KINDS: [&str; 9] =
    ["SCHEDULED", "PENDING", "RUNNING", "COMPLETED", "FAILED", "CANCELLED", "CRASHED", "PAUSED", "CANCELLING"];

impl<'t> State<'t> {
    /// `None`: its type is none that there is.
    pub fn read(value: Value<'t>) -> Option<Self> {
        let type_value = value.get("type")?;
        let kind = KINDS.into_iter().find(|kind| type_value.is(kind))?;
        Some(State { kind, type_value, name: value.get("name").filter(|name| name.is_string()) })
    }

    pub fn words(self) -> String {
        match self.name {
            Some(name) => format!("{} (`{}`)", self.kind, shown(&name.string())),
            None => self.kind.to_owned(),
        }
    }

    /// Where its type stands.
    pub fn place(self) -> Value<'t> {
        self.type_value
    }

    fn is_named(self, name: &str) -> bool {
        self.name.is_some_and(|value| value.is(name))
    }
}

/// Why the way from one state to another is unusual; `None`: it is usual.
pub(super) fn unusual(rules: Rules, from: Option<State<'_>>, to: State<'_>) -> Option<&'static str> {
    match (from, rules) {
        (None, Rules::TaskRun) if !matches!(to.kind, "PENDING" | "SCHEDULED" | "CRASHED") => {
            Some(": a task run begins as PENDING or SCHEDULED")
        }
        (None, _) => None,
        (Some(from), Rules::FlowRun) => flow_run(from, to),
        (Some(from), Rules::TaskRun) => task_run(from, to),
    }
}

fn is_terminal(kind: &str) -> bool {
    matches!(kind, "COMPLETED" | "FAILED" | "CANCELLED" | "CRASHED")
}

fn flow_run(from: State<'_>, to: State<'_>) -> Option<&'static str> {
    match (from.kind, to.kind) {
        ("PENDING", "PENDING") if to.is_named("Pending") => {
            Some(": a pending run stays as it is, unless the name changes")
        }
        ("CANCELLING" | "RUNNING" | "CANCELLED", "PENDING") => Some(": the server aborts it"),
        (from, "PAUSED") if from != "RUNNING" => Some(": only a running run can be paused"),
        ("PAUSED", to) if !(matches!(to, "RUNNING" | "SCHEDULED" | "PAUSED") || is_terminal(to)) => {
            Some(": a paused run resumes or ends")
        }
        ("CANCELLING", to) if to != "CANCELLED" => Some(": a run that is being cancelled can only become CANCELLED"),
        (from, "CANCELLING" | "CRASHED") if is_terminal(from) => Some(": the run has ended"),
        (from, "SCHEDULED") if to.is_named("Late") && from != "SCHEDULED" => Some(": only a scheduled run can be late"),
        ("SCHEDULED", "SCHEDULED") if to.is_named("Late") && from.is_named("Late") => Some(": it is late already"),
        _ => None,
    }
}

fn task_run(from: State<'_>, to: State<'_>) -> Option<&'static str> {
    let usual = match (from.kind, to.kind) {
        // From a hook or a cache, a task run can end without having run.
        (_, "CRASHED")
        | ("SCHEDULED", "SCHEDULED" | "PENDING" | "RUNNING")
        | ("PENDING", "SCHEDULED" | "PENDING" | "RUNNING" | "COMPLETED" | "FAILED")
        | ("CANCELLING", "CANCELLED") => true,
        // A task can return a state of any type.
        ("RUNNING", to) => to != "PENDING",
        ("COMPLETED", "COMPLETED") => to.is_named("RolledBack"),
        _ => false,
    };
    (!usual).then_some(": the task engine does not go this way")
}
