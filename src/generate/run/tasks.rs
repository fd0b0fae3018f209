//! The task runs of a flow run.

use std::rc::Rc;

use uuid::Uuid;

use crate::catalogue::runs::TASK_RUN;
use crate::time::Instant;

use super::super::event::{JsonText, Sink, SlotValue};
use super::entities::{Entities, Givens};
use super::state::State;

/// The gap between two immediate states of a task run. Microseconds.
pub(super) const MOMENT: i64 = 10_000;

/// The shared properties of similar task runs.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct TaskCourse {
    pub retries: u16,
    pub last: State,
    pub tags: Rc<[String]>,
}

/// One task run. Times in microseconds.
#[derive(Clone, Debug)]
pub(super) struct TaskRun {
    /// The indexes of its flow run, and of its course.
    pub run: usize,
    pub course: usize,
    pub id: Uuid,
    pub name: String,
    pub key: String,
    pub dynamic: Uuid,
    /// When it is Pending.
    pub begins: Instant,
    /// How long each attempt runs.
    pub duration: i64,
    /// How long it waits before each further attempt.
    pub delay: i64,
}

/// A task run enters one of its states. They are numbered from 0: `Pending`, `Running`, then `AwaitingRetry` and
/// `Retrying` for each retry, and the last one.
#[derive(Clone, Copy, Debug)]
pub(super) struct TaskStep {
    pub number: usize,
    pub at: Instant,
    pub id: Uuid,
    pub follows: Option<Uuid>,
    /// The seed for its event's random values.
    pub seed: u64,
}

impl TaskCourse {
    /// How many states each task run enters.
    pub(super) fn steps(&self) -> usize {
        usize::from(self.retries).saturating_mul(2).saturating_add(3)
    }

    /// The state of a step: its name, type and message.
    fn state(&self, number: usize) -> (&str, &'static str, &str) {
        match number {
            0 => ("Pending", "PENDING", ""),
            1 => ("Running", "RUNNING", ""),
            _ if number.saturating_add(1) >= self.steps() => (&self.last.name, self.last.kind, &self.last.message),
            _ if number.is_multiple_of(2) => ("AwaitingRetry", "SCHEDULED", ""),
            _ => ("Retrying", "RUNNING", ""),
        }
    }

    /// The name of the event of a step.
    pub(super) fn event(&self, number: usize) -> String {
        [TASK_RUN, self.state(number).0].concat()
    }

    /// Whether it waits for the next attempt.
    fn waits(&self, number: usize) -> bool {
        number >= 2 && number.is_multiple_of(2) && number.saturating_add(1) < self.steps()
    }
}

/// A time plus a multiple of a span.
fn later(at: Instant, count: usize, span: i64) -> Instant {
    Instant(at.0.saturating_add(i64::try_from(count).unwrap_or(i64::MAX).saturating_mul(span)))
}

impl TaskRun {
    /// How many attempts have ended when a step is entered.
    fn attempts(number: usize) -> usize {
        number / 2
    }

    fn started(&self) -> Instant {
        later(self.begins, 1, MOMENT)
    }

    /// When a step is entered.
    pub(super) fn at(&self, number: usize) -> Instant {
        if number == 0 {
            return self.begins;
        }
        let attempts = Self::attempts(number);
        let delays = if number.is_multiple_of(2) { attempts.saturating_sub(1) } else { attempts };
        later(later(self.started(), attempts, self.duration), delays, self.delay)
    }

    /// The input for the event of a step.
    pub(super) fn give<'g>(
        &'g self,
        course: &TaskCourse,
        step: &TaskStep,
        entities: &Entities,
        givens: &mut Givens<'g>,
    ) {
        let TaskStep { number, at, .. } = *step;
        givens.occurred(at);
        givens.vary("task_run.id", SlotValue::Id(self.id));
        givens.vary("task_run.name", SlotValue::Text((&*self.name).into()));
        givens.vary("task_run.task_key", SlotValue::Text((&*self.key).into()));
        givens.vary("task_run.dynamic_key", SlotValue::Id(self.dynamic));
        givens.vary("task_run.expected_start_time", SlotValue::Time(self.begins));
        if number > 0 {
            givens.vary("task_run.start_time", SlotValue::Time(self.started()));
        }
        let ran = later(Instant(0), Self::attempts(number), self.duration).0;
        let seconds = format!("{}.{:06}", ran.div_euclid(1_000_000), ran.rem_euclid(1_000_000));
        givens.vary("task_run.total_run_time", SlotValue::Json(seconds.into()));
        if course.waits(number) {
            let next = self.at(number.saturating_add(1));
            givens.vary("state.state_details.scheduled_time", SlotValue::Time(next));
        }
        let before = number.checked_sub(1);
        if before.is_some_and(|before| course.waits(before)) {
            givens.vary("previous.state_details.scheduled_time", SlotValue::Time(at));
        }
        let (_, kind, message) = course.state(number);
        let run_count = number.div_ceil(2);
        let run_count = if number.is_multiple_of(2) { Self::attempts(number) } else { run_count };
        givens.fixed("task_run.run_count", || SlotValue::Json(run_count.to_string().into()));
        givens.fixed("task_run.tags", || SlotValue::Json(list(&course.tags).into()));
        givens.fixed("state.type", || SlotValue::Text(kind.into()));
        if !message.is_empty() {
            givens.fixed_text("state.message", message);
        }
        match before.map(|before| course.state(before)) {
            None => givens.null("previous"),
            Some((name, kind, _)) => {
                givens.fixed("previous.type", || SlotValue::Text(kind.into()));
                givens.fixed_text("previous.name", name);
            }
        }
        givens.flow_run(&entities.flow_run);
        givens.flow(&entities.flow);
        givens.deployment(entities.deployment.as_ref());
        givens.work_queue(entities.work_queue.as_ref());
        givens.work_pool(entities.work_pool.as_ref());
        // Client events carry the tags of all their runs.
        givens.texts("tags", &[&*course.tags, &*entities.tags].concat().into());
    }
}

/// A JSON array of strings.
fn list(texts: &[String]) -> String {
    let mut out = JsonText::default();
    out.open('[');
    for text in texts {
        out.item();
        out.text(text);
    }
    out.close(']');
    out.finish()
}
