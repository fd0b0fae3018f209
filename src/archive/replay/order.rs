//! The steps of a slice as rows: the ticks for all shares, and for each share what it evaluates.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::text::table::Map;
use crate::time::Instant;
use crate::trigger::{Reason, Step, StepAction};

use super::piece::{EventPlace, Head, Writer};

/// A tick of the server.
#[derive(Serialize, Deserialize, Clone)]
pub(super) struct TickRow {
    /// The number of the step among all of the slice.
    pub(super) step: u64,
    pub(super) now: i64,
    pub(super) as_of: i64,
    pub(super) previous: Option<(i64, i64)>,
    /// Up to when windows are removed; `None`: it did not come to that.
    pub(super) sweep: Option<i64>,
}

/// An event is evaluated, or waits.
#[derive(Serialize, Deserialize)]
pub(super) struct OrderRow {
    pub(super) step: u64,
    /// How many ticks of the slice have begun.
    pub(super) ticks: u32,
    /// Whether it happens in the last of them.
    pub(super) in_tick: bool,
    pub(super) now: i64,
    pub(super) place: EventPlace,
    pub(super) act: Act,
}

/// What is done with an event.
#[derive(Serialize, Deserialize, Clone, Copy)]
pub(super) enum Act {
    Evaluate,
    /// It waits for another one.
    Wait(Uuid),
    /// The same before the start, when no trigger looks at it.
    Keep,
}

/// The head of ticks or of an order.
#[derive(Serialize, Deserialize)]
pub(super) struct OrderHead {
    pub(super) plan: u64,
    pub(super) slice: u64,
    /// The events that still wait at the end.
    pub(super) waiting: Vec<EventPlace>,
}

impl Head for OrderHead {
    const KIND: u8 = 6;
}

/// What is kept of a waiting event: its place, and the set of shares that it matches.
#[derive(Clone, Copy)]
pub(super) struct Body {
    pub(super) place: EventPlace,
    pub(super) set: u32,
}

/// Sets of shares, each once.
#[derive(Default)]
pub(super) struct Sets {
    all: Vec<Vec<u32>>,
    known: Map<Vec<u32>, u32>,
}

impl Sets {
    pub(super) fn number(&mut self, set: Vec<u32>) -> u32 {
        if let Some(known) = self.known.get(&set) {
            return *known;
        }
        let own = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.all.push(set.clone());
        self.known.insert(set, own);
        own
    }

    pub(super) fn get(&self, number: u32) -> &[u32] {
        self.all.get(number as usize).map_or(&[], |set| set)
    }
}

/// Writes the steps of a slice.
pub(super) struct Recorder {
    /// Whether the warm-up is over.
    pub(super) on: bool,
    steps: u64,
    ticked: u32,
    in_tick: bool,
    tick: Option<TickRow>,
    pub(super) ticks: Writer,
    pub(super) shares: Map<u32, Writer>,
    pub(super) leaders_lost: u64,
}

impl Recorder {
    pub(super) fn new() -> Self {
        Recorder {
            on: false,
            steps: 0,
            ticked: 0,
            in_tick: false,
            tick: None,
            ticks: Writer::new(),
            shares: Map::default(),
            leaders_lost: 0,
        }
    }

    pub(super) fn record(&mut self, taken: &Step<'_, Body>, sets: &Sets) {
        if !self.on {
            return;
        }
        self.steps = self.steps.saturating_add(1);
        match &taken.action {
            StepAction::Note(_, Reason::LeaderLost) => self.leaders_lost = self.leaders_lost.saturating_add(1),
            StepAction::Note(..) | StepAction::SweepHeld => {}
            StepAction::Wait(body, leader) => self.event(taken.now, **body, Act::Wait(*leader), sets),
            StepAction::Evaluate(body) => self.event(taken.now, **body, Act::Evaluate, sets),
            StepAction::Tick { as_of, previous } => {
                let previous = previous.map(|(now, as_of)| (now.0, as_of.0));
                self.tick = Some(TickRow { step: self.steps, now: taken.now.0, as_of: *as_of, previous, sweep: None });
                (self.ticked, self.in_tick) = (self.ticked.saturating_add(1), true);
            }
            StepAction::Sweep { until } => {
                if let Some(tick) = &mut self.tick {
                    tick.sweep = Some(*until);
                }
            }
        }
    }

    /// The same before the start.
    pub(super) fn keep(&mut self, taken: &Step<'_, Body>, sets: &Sets) {
        if let StepAction::Wait(body, _) = &taken.action
            && self.on
        {
            self.event(taken.now, **body, Act::Keep, sets);
        }
    }

    fn event(&mut self, now: Instant, body: Body, act: Act, sets: &Sets) {
        let Body { place, set } = body;
        let (step, ticks, in_tick) = (self.steps, self.ticked, self.in_tick);
        for share in sets.get(set) {
            let writer = self.shares.or_insert_with(*share, Writer::new);
            writer.row(&OrderRow { step, ticks, in_tick, now: now.0, place, act });
        }
    }

    pub(super) fn end_tick(&mut self) {
        self.in_tick = false;
        if let Some(tick) = self.tick.take() {
            self.ticks.row(&tick);
        }
    }
}
