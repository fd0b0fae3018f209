//! The events of a flow run: its states, reported by the server, and its heartbeats, sent by the client.
//!
//! Sources: `server/models/events.py` (state events, `follows`), `flow_engine.py` (heartbeats).

use std::rc::Rc;

use uuid::Uuid;

use crate::catalogue::find;
use crate::catalogue::runs::FLOW_RUN;
use crate::text::order;
use crate::text::steps::step;
use crate::time::Instant;
use crate::time::units::SECOND;

use super::super::ids::timed_id;
use super::super::random::Random;
use super::plan::{Heartbeats, RunPhase, RunPlan};
use super::state::{State, follows_within};

/// Between two states of one step, such as Pending and Running.
const STEP: i64 = SECOND;

/// An event of a flow run: the values that differ between events.
#[derive(Clone, Debug)]
pub(super) struct RunEvent {
    pub occurred: Instant,
    pub received: Instant,
    pub id: Uuid,
    pub follows: Option<Uuid>,
    /// `None`: it is a heartbeat.
    pub transition: Option<Transition>,
}

/// A flow run enters a state.
#[derive(Clone, Debug)]
pub(super) struct Transition {
    pub before: Option<Rc<State>>,
    pub after: Rc<State>,
    /// How often it has been running.
    pub run_count: u64,
}

/// The events of a run, in order of occurrence.
pub(super) struct Course {
    pub events: Vec<RunEvent>,
    /// When the missing heartbeats were due.
    pub missed: Vec<Instant>,
}

/// States beyond the usual ones.
#[derive(Default)]
pub(super) struct FurtherStates {
    /// Before Pending.
    pub first: Vec<(State, Instant)>,
    /// Before the last one.
    pub closing: Vec<(State, Instant)>,
}

pub(super) fn course(plan: &RunPlan, further: FurtherStates, random: &mut Random) -> Course {
    let mut misses = plan.misses.clone();
    order::by_key(&mut misses, &mut |miss| *miss);
    let mut life = Life {
        plan,
        misses,
        follows_within: find(&[FLOW_RUN, "Running"].concat()).map_or(0, |found| follows_within(found.family)),
        random,
        before: None,
        heartbeats: 0,
        run_count: 0,
        course: Course { events: Vec::new(), missed: Vec::new() },
    };
    life.live(further);
    life.course
}

struct Life<'a> {
    plan: &'a RunPlan,
    /// Sorted.
    misses: Vec<u64>,
    /// Beyond this gap, a state event does not say which one it follows.
    follows_within: i64,
    random: &'a mut Random,
    /// The previous state, with its event and time.
    before: Option<(Rc<State>, Uuid, Instant)>,
    heartbeats: u64,
    run_count: u64,
    course: Course,
}

impl Life<'_> {
    fn live(&mut self, further: FurtherStates) {
        let plan = self.plan;
        let is_over =
            |at: Instant| plan.dies.is_some_and(|dies| at >= dies) || plan.ends.is_some_and(|ends| at >= ends);
        for (state, at) in further.first {
            self.enter_state(Rc::new(state), at);
        }
        self.enter("Pending", back(plan.starts, STEP));
        if plan.dies.is_some_and(|dies| dies < plan.starts) {
            return;
        }
        self.enter("Running", plan.starts);
        let mut from = plan.starts;
        let mut has_process = true;
        for one in &plan.breaks {
            if is_over(one.from) {
                break;
            }
            let (name, stops) = match one.phase {
                RunPhase::Retry => ("AwaitingRetry", true),
                RunPhase::Pause => ("Paused", false),
                RunPhase::Suspend => ("Suspended", true),
            };
            if stops {
                self.send_heartbeats(from, one.from);
                has_process = false;
            }
            self.enter(name, one.from);
            let Some(until) = one.until.filter(|until| !is_over(*until)) else { break };
            if one.phase == RunPhase::Suspend {
                let least = |at: Instant| if at > one.from { at } else { one.from };
                self.enter("Resuming", least(back(until, 2 * STEP)));
                self.enter("Pending", least(back(until, STEP)));
            }
            self.enter("Running", until);
            if stops {
                from = until;
                has_process = true;
            }
        }
        let last = [plan.ends, plan.dies].into_iter().flatten().min().unwrap_or(plan.horizon);
        if has_process {
            self.send_heartbeats(from, last);
        }
        if let Some(ends) = plan.ends.filter(|ends| plan.dies.is_none_or(|dies| *ends <= dies)) {
            for (state, at) in further.closing {
                self.enter_state(Rc::new(state), at);
            }
            self.enter_state(Rc::new(plan.state.clone()), ends);
            if let Some(after) = plan.after_end {
                self.heartbeat(Instant(ends.0.saturating_add(after)));
            }
        }
    }

    fn enter(&mut self, name: &str, at: Instant) {
        if let Some(state) = State::known(name) {
            self.enter_state(Rc::new(state), at);
        }
    }

    fn enter_state(&mut self, state: Rc<State>, at: Instant) {
        step(1);
        if state.kind == "RUNNING" {
            self.run_count = self.run_count.saturating_add(1);
        }
        let id = timed_id(at, self.random);
        let follows = self.before.as_ref().filter(|(_, _, before)| at.since(*before) < self.follows_within);
        let follows = follows.map(|(_, id, _)| *id);
        let before = self.before.replace((state.clone(), id, at)).map(|(before, ..)| before);
        let transition = Some(Transition { before, after: state, run_count: self.run_count });
        self.course.events.push(RunEvent { occurred: at, received: at, id, follows, transition });
    }

    /// The heartbeats of one phase.
    fn send_heartbeats(&mut self, from: Instant, until: Instant) {
        let heartbeats = &self.plan.heartbeats;
        let period = heartbeats.frequency.saturating_add(heartbeats.drift);
        if heartbeats.frequency <= 0 || period <= 0 {
            return;
        }
        let mut at = Some(from.0.saturating_add(heartbeats.first));
        while let Some(now) = at.filter(|now| *now < until.0 && *now <= self.plan.horizon.0) {
            step(1);
            self.heartbeats = self.heartbeats.saturating_add(1);
            let is_lost = self.random.below(1_000_000) < heartbeats.loss;
            if is_lost || self.misses.binary_search(&self.heartbeats).is_ok() {
                self.course.missed.push(Instant(now));
            } else {
                self.heartbeat(Instant(now));
            }
            at = now.checked_add(period);
        }
    }

    fn heartbeat(&mut self, at: Instant) {
        let Heartbeats { delay, jitter, .. } = self.plan.heartbeats;
        let late = delay.saturating_add(self.random.below(jitter));
        let id = timed_id(at, self.random);
        let received = Instant(at.0.saturating_add(late));
        self.course.events.push(RunEvent { occurred: at, received, id, follows: None, transition: None });
    }
}

fn back(at: Instant, by: i64) -> Instant {
    Instant(at.0.saturating_sub(by))
}
