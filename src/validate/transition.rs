//! The transitions from one state to the next.
//!
//! Source: `CoreFlowPolicy` in `prefect/server/orchestration/core_policy.py` for flow runs, the task
//! engine for task runs. A forced transition breaks every rule, so a breach is a warning.

use crate::text::phrase::shown;

use super::cache::Observed;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rules {
    FlowRun,
    TaskRun,
}

/// The types of states. Their names are parsed once: comparing texts in each rule takes more code.
#[derive(Clone, Copy, PartialEq, Eq)]
enum StateKind {
    Scheduled,
    Pending,
    Running,
    Completed,
    Failed,
    Cancelled,
    Crashed,
    Paused,
    Cancelling,
}

use StateKind::{Cancelled, Cancelling, Completed, Crashed, Failed, Paused, Pending, Running, Scheduled};

const KINDS: [(&str, StateKind); 9] = [
    ("SCHEDULED", Scheduled),
    ("PENDING", Pending),
    ("RUNNING", Running),
    ("COMPLETED", Completed),
    ("FAILED", Failed),
    ("CANCELLED", Cancelled),
    ("CRASHED", Crashed),
    ("PAUSED", Paused),
    ("CANCELLING", Cancelling),
];

/// A state in the payload.
#[derive(Clone, Copy)]
pub(super) struct PayloadState<'t> {
    kind: StateKind,
    type_name: &'static str,
    type_value: Observed<'t>,
    name: Option<Observed<'t>>,
}

impl<'t> PayloadState<'t> {
    /// `None`: its type does not exist.
    pub(super) fn read(value: Observed<'t>) -> Option<Self> {
        let type_value = value.get("type")?;
        let (type_name, kind) = *KINDS.iter().find(|(name, _)| type_value.is(name))?;
        Some(PayloadState { kind, type_name, type_value, name: value.get("name").filter(|name| name.is_string()) })
    }

    pub(super) fn display(self) -> String {
        match self.name {
            Some(name) => format!("{} (`{}`)", self.type_name, shown(&name.string())),
            None => self.type_name.to_owned(),
        }
    }

    /// The place of its type.
    pub(super) fn type_value(self) -> Observed<'t> {
        self.type_value
    }

    fn is_named(self, name: &str) -> bool {
        self.name.is_some_and(|value| value.is(name))
    }
}

/// Why a transition is unusual; `None`: it is usual.
pub(super) fn unusual(rules: Rules, from: Option<PayloadState<'_>>, to: PayloadState<'_>) -> Option<&'static str> {
    match (from, rules) {
        (None, Rules::TaskRun) if !matches!(to.kind, Pending | Scheduled | Crashed) => {
            Some(": a task run starts as PENDING or SCHEDULED")
        }
        (None, _) => None,
        (Some(from), Rules::FlowRun) => flow_run(from, to),
        (Some(from), Rules::TaskRun) => task_run(from, to),
    }
}

fn is_terminal(kind: StateKind) -> bool {
    matches!(kind, Completed | Failed | Cancelled | Crashed)
}

fn flow_run(from: PayloadState<'_>, to: PayloadState<'_>) -> Option<&'static str> {
    match (from.kind, to.kind) {
        (Pending, Pending) if to.is_named("Pending") => Some(": a pending run stays as it is, unless the name changes"),
        (Cancelling | Running | Cancelled, Pending) => Some(": the server aborts it"),
        (from, Paused) if from != Running => Some(": only a running run can be paused"),
        (Paused, to) if !(matches!(to, Running | Scheduled | Paused) || is_terminal(to)) => {
            Some(": a paused run resumes or ends")
        }
        (Cancelling, to) if to != Cancelled => Some(": a run that is being cancelled can only become CANCELLED"),
        (from, Cancelling | Crashed) if is_terminal(from) => Some(": the run has ended"),
        (from, Scheduled) if to.is_named("Late") && from != Scheduled => Some(": only a scheduled run can be late"),
        (Scheduled, Scheduled) if to.is_named("Late") && from.is_named("Late") => Some(": it is late already"),
        _ => None,
    }
}

fn task_run(from: PayloadState<'_>, to: PayloadState<'_>) -> Option<&'static str> {
    let usual = match (from.kind, to.kind) {
        // From a hook or a cache, a task run can end without having run.
        (_, Crashed)
        | (Scheduled, Scheduled | Pending | Running)
        | (Pending, Scheduled | Pending | Running | Completed | Failed)
        | (Cancelling, Cancelled) => true,
        // A task can return a state of any type.
        (Running, to) => to != Pending,
        (Completed, Completed) => to.is_named("RolledBack"),
        _ => false,
    };
    (!usual).then_some(": the task engine does not do this")
}
