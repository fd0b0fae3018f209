//! The description of a run: the typed input of [`build_run`](super::build_run).

use crate::json::{Kind, Tape};
use crate::time::units::SECOND;
use crate::time::{Instant, TimeSpan};

use super::super::error::{self, BuildError};
use super::super::event::{lone_surrogate, read_json};
use super::read;

/// The description of a flow run. All fields are optional.
#[derive(Clone, PartialEq, Debug, Default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct RunSpec {
    /// The flow. Default: a flow called `my-flow`.
    pub flow: Option<EntitySpec>,
    /// The flow run. Default: a name such as `brave-otter`.
    pub flow_run: Option<EntitySpec>,
    /// The deployment that created the run. Default: none.
    pub deployment: Option<EntitySpec>,
    /// The work queue. Default: `default` if there is a work pool, otherwise none.
    pub work_queue: Option<EntitySpec>,
    /// The work pool, with its `type` (default: `process`). Default: none.
    pub work_pool: Option<EntitySpec>,
    /// The tags of the run.
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<String>>"))]
    pub tags: Vec<String>,
    /// The worker that submits the flow run and reports how its infrastructure ended, with its `type` (default: that of
    /// the work pool). Default: none.
    pub worker: Option<EntitySpec>,
    /// What the worker ran. Needs `worker`.
    pub infrastructure: Option<InfrastructureSpec>,
    /// The runner that serves the flow run and cancels it. Needs `cancelled`. Default: none.
    pub runner: Option<EntitySpec>,
    /// When it was scheduled: more than a second before `starts`. Without it, the history begins with `Pending`.
    pub scheduled: Option<RunMoment>,
    /// When it is `Running`. Default: `now`.
    pub starts: Option<RunMoment>,
    /// When it reaches its final state. Default: a minute after `starts` or half a second after its last task or
    /// subflow, unless it `dies`.
    pub ends: Option<RunMoment>,
    /// When its process dies: no events occur from then on. Default: never.
    pub dies: Option<RunMoment>,
    /// When it is asked to stop: it is `Cancelling` until `ends`, then `Cancelled`. Default: never.
    pub cancelled: Option<RunMoment>,
    /// The final state. Default: `Completed`.
    pub state: Option<StateSpec>,
    /// Times at which it fails, and waits (`AwaitingRetry`) until it runs again.
    #[cfg_attr(feature = "typescript", ts(optional, type = "RunBreak | RunBreak[]"))]
    pub retry: Vec<BreakSpec>,
    /// Times at which it is `Paused`: its process waits.
    #[cfg_attr(feature = "typescript", ts(optional, type = "RunBreak | RunBreak[]"))]
    pub pause: Vec<BreakSpec>,
    /// Times at which it is `Suspended`: its process ends, and another one resumes it.
    #[cfg_attr(feature = "typescript", ts(optional, type = "RunBreak | RunBreak[]"))]
    pub suspend: Vec<BreakSpec>,
    /// How often it sends a heartbeat; null: never. Default: every 180 seconds.
    #[cfg_attr(feature = "typescript", ts(optional, type = "null | { frequency: string | number }"))]
    pub heartbeat: HeartbeatSpec,
    /// The task runs, one after the other.
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<TaskSpec>>"))]
    pub tasks: Vec<TaskSpec>,
    /// The subflows, which run in the process of their parent; 16 deep at most.
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<SubflowSpec>>"))]
    pub subflows: Vec<SubflowSpec>,
}

/// A subflow: a flow run in the process of its parent, so it has no worker and no deployment of its own. The fields are
/// those of [`RunSpec`].
#[derive(Clone, PartialEq, Debug, Default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct SubflowSpec {
    /// The flow. Default: a flow called `my-flow`.
    pub flow: Option<EntitySpec>,
    /// The flow run. Default: a name such as `brave-otter`.
    pub flow_run: Option<EntitySpec>,
    /// The tags of the run.
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<String>>"))]
    pub tags: Vec<String>,
    /// When it is `Running`. Default: `now`.
    pub starts: Option<RunMoment>,
    /// When it reaches its final state. Default: as for a run.
    pub ends: Option<RunMoment>,
    /// The final state. Default: `Completed`.
    pub state: Option<StateSpec>,
    /// How often it sends a heartbeat; null: never. Default: every 180 seconds.
    #[cfg_attr(feature = "typescript", ts(optional, type = "null | { frequency: string | number }"))]
    pub heartbeat: HeartbeatSpec,
    /// The task runs, one after the other.
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<TaskSpec>>"))]
    pub tasks: Vec<TaskSpec>,
    /// The subflows of this subflow.
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<SubflowSpec>>"))]
    pub subflows: Vec<SubflowSpec>,
}

/// A flow, a flow run, a deployment and so on. As input: a name, a UUID, or an object with these fields; null means
/// absent.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(type = "string | null | { id?: string, name?: string, type?: string }")
)]
pub struct EntitySpec {
    /// A UUID. Default: a new one.
    pub id: Option<String>,
    /// Default: depends on what it is.
    pub name: Option<String>,
    /// Of work pools and workers, such as `kubernetes`.
    pub kind: Option<String>,
}

/// The infrastructure on which a worker ran a flow run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct InfrastructureSpec {
    /// Its identifier. Default: the name of the flow run with some digits.
    pub identifier: Option<String>,
    /// The status code of its process. Default: 0, or 1 if the run crashed.
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub status_code: Option<i64>,
}

/// The final state of a run. As input: a name, or an object with these fields.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(type = "string | { name: string, type?: StateType, message?: string }")
)]
pub struct StateSpec {
    /// A standard state of Prefect, or a custom one.
    pub name: String,
    /// The state type, such as `COMPLETED`. Required for a custom state.
    pub kind: Option<&'static str>,
    /// The message of the state. Default: none.
    pub message: String,
}

/// How a run pauses, and resumes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "RunBreak"))]
pub struct BreakSpec {
    /// When it stops.
    pub at: RunMoment,
    /// After how long it resumes: at least three seconds. Default: ten seconds.
    #[cfg_attr(feature = "typescript", ts(rename = "for", optional, type = "Span"))]
    pub length: TimeSpan,
}

/// How often a run sends a heartbeat. As input: null, or an object with `frequency`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum HeartbeatSpec {
    /// As often as Prefect's clients do by default: every 180 seconds.
    #[default]
    Usual,
    /// Never.
    Off,
    /// A second or more apart.
    Every(TimeSpan),
}

/// The task runs of one task.
#[derive(Clone, PartialEq, Debug)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct TaskSpec {
    /// The name of the task; its runs have this name with a number.
    pub name: String,
    /// When it is `Pending`. Default: when the task before ends.
    pub starts: Option<RunMoment>,
    /// How long each attempt runs. Default: a second.
    #[cfg_attr(feature = "typescript", ts(optional, type = "Span"))]
    pub duration: TimeSpan,
    /// How often it fails before the last attempt: 0 to 1000. Default: 0.
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<u16>"))]
    pub retries: u16,
    /// How long it waits before each further attempt. Default: a second.
    #[cfg_attr(feature = "typescript", ts(optional, type = "Span"))]
    pub retry_delay: TimeSpan,
    /// The final state. Default: `Completed`.
    pub state: Option<StateSpec>,
    /// The tags of the task run.
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<String>>"))]
    pub tags: Vec<String>,
}

impl TaskSpec {
    /// A task with this name, and defaults for everything else.
    #[must_use]
    pub fn new(name: &str) -> Self {
        TaskSpec {
            name: name.to_owned(),
            starts: None,
            duration: one_second(),
            retries: 0,
            retry_delay: one_second(),
            state: None,
            tags: Vec::new(),
        }
    }
}

/// A point in time. As input: RFC 3339 text, or how long after `now` (`2m30s`, `-10m`, a number of seconds).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string | number"))]
pub enum RunMoment {
    /// A point in time.
    At(Instant),
    /// This many microseconds after `now`; negative: before.
    AfterNow(i64),
}

impl RunMoment {
    /// `None`: out of range.
    pub(super) fn instant(self, now: Instant) -> Option<Instant> {
        match self {
            RunMoment::At(instant) => Some(instant),
            RunMoment::AfterNow(span) => now.0.checked_add(span).map(Instant),
        }
    }
}

impl RunSpec {
    /// Reads JSON text: an object with the fields as keys.
    ///
    /// # Errors
    ///
    /// The text is not a JSON object, or a key or value in it is invalid.
    pub fn from_json(text: &[u8]) -> Result<RunSpec, BuildError> {
        const NO_OBJECT: &str = "a run must be an object";
        let mut tape = Tape::new();
        let document = read_json(text, &mut tape, NO_OBJECT)?;
        let root = document.root().filter(|root| root.kind() == Kind::Object);
        let root = root.ok_or_else(|| BuildError::new(NO_OBJECT))?;
        if let Some(key) = lone_surrogate(root) {
            return Err(error::lone_surrogate(&key));
        }
        read::run(root)
    }
}

fn one_second() -> TimeSpan {
    TimeSpan(SECOND)
}

pub(super) fn ten_seconds() -> TimeSpan {
    TimeSpan(10 * SECOND)
}
