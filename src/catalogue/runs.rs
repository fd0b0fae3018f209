//! Names of the events and states of runs.

/// The prefix of the names of flow runs' events, and of flow runs' ids.
pub(crate) const FLOW_RUN: &str = "prefect.flow-run.";
/// The same for task runs.
pub(crate) const TASK_RUN: &str = "prefect.task-run.";
/// The event that flow runs send while they run.
pub(crate) const HEARTBEAT: &str = "prefect.flow-run.heartbeat";
/// The types of states in which a run ends.
pub(crate) const FINAL_TYPES: [&str; 4] = ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"];
